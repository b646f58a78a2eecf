import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from loopback_chat import (
    KINDS,
    LLAMA_SERVER,
    LM_STUDIO,
    MODEL,
    OLLAMA,
    STRICT,
    VLLM,
    Fault,
    LoopbackChat,
    Words,
    loopback_chat,
)
from near_client import near_client

from engine.network.gate import Purpose
from models.chat import ChatRequest, Message, Prompt, ReplyEnd, Sampling, Speaker, Tool
from models.errors import ContextFull, LoadCancelled, ModelDied, ModelError, ModelStuck, ServerUnreachable
from models.http import HttpClient
from models.servers.connection import Limits
from models.servers.remote import DEFAULT_CONTEXT_TOKENS, RemoteModel

KEY = "sk-very-secret-4711"
AT_ONCE = Limits(waits_s=(0.0, 0.0, 0.0), answer_s=20.0)
SEARCH = Tool(name="web_search", description="Searches.", parameters='{"type": "object"}')
CALL = '<tool_call>\n{"name": "web_search", "arguments": {"query": ["tower height"]}}\n</tool_call>'


@pytest.fixture
def client(server: LoopbackChat) -> Iterator[HttpClient]:
    with client_to(server) as opened:
        yield opened


def client_to(*servers: LoopbackChat, name: str = "") -> AbstractContextManager[HttpClient]:
    return near_client(*(one.address for one in servers), name, purpose=Purpose.MODEL_SERVER)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[LoopbackChat]:
    with loopback_chat(getattr(request, "param", VLLM)) as chat:
        yield chat


on = pytest.mark.parametrize
everywhere = on("server", KINDS, indirect=True)


def model_of(server: LoopbackChat, client: HttpClient, *, key: str = "", limits: Limits = AT_ONCE) -> RemoteModel:
    return RemoteModel(server.address, model=MODEL, client=client, key=key, limits=limits)


def asked(
    text: str = "How high is the tower?", *, opening: str = "", tools: tuple[Tool, ...] = (), **more: object
) -> ChatRequest:
    prompt = Prompt(messages=(Message(speaker=Speaker.USER, text=text),), opening=opening, tools=tools)
    return ChatRequest(prompt=prompt, **more)


# --- what the server is ------------------------------------------------------------------------------------------


@everywhere
def test_a_server_is_known_by_what_it_says_of_itself(server, client) -> None:
    about = model_of(server, client).about()
    expected = {
        LLAMA_SERVER: "llama-server",
        VLLM: "vLLM",
        OLLAMA: "Ollama",
        LM_STUDIO: "LM Studio",
        STRICT: "OpenAI-compatible server",
    }
    assert expected[server.kind] in about.name
    assert MODEL in about.name
    assert about.context_tokens == (DEFAULT_CONTEXT_TOKENS if server.kind == STRICT else server.context)
    assert not about.is_remote
    assert not about.enforces_grammar
    assert "deepresearcher" in about.traits


@on("server", [LLAMA_SERVER, OLLAMA], indirect=True)
def test_tags_of_the_template_become_traits(server, client) -> None:
    assert "<tool_call>" in model_of(server, client).about().traits


def test_the_only_model_of_a_server_need_not_be_named(server, client) -> None:
    model = RemoteModel(server.address, client=client)
    assert MODEL in model.about().name
    assert model.reply(asked()).text == "Yes."


@everywhere
def test_the_models_of_a_server_are_listed_before_one_is_chosen(server, client) -> None:
    server.more_models = ("llama-3", "gemma-3")
    facts = RemoteModel(server.address, client=client).facts()
    assert [model.name for model in facts.models] == [MODEL, "llama-3", "gemma-3"]
    with pytest.raises(ServerUnreachable, match="No model of this server is chosen") as raised:
        RemoteModel(server.address, client=client).reply(asked())
    assert "gemma-3" in raised.value.hint


def test_nothing_is_contacted_before_the_first_question(server, client) -> None:
    RemoteModel(server.address, model=MODEL, client=client)
    assert server.seen == []


# --- words -------------------------------------------------------------------------------------------------------


@everywhere
def test_words_arrive_piece_by_piece_and_make_up_the_reply(server, client) -> None:
    server.words = Words(text="Der Turm ist 41 Meter hoch – 测量 👷.")
    heard: list[tuple[int, str]] = []
    reply = model_of(server, client).reply(asked(), on_text=lambda number, words: heard.append((number, words)))
    assert reply.text == server.words.text
    assert reply.end is ReplyEnd.COMPLETE
    assert "".join(words for _, words in heard) == reply.text
    assert len(heard) > 3
    assert {number for number, _ in heard} == {0}
    assert reply.usage.reply_tokens == len(server.words.text.split())


@everywhere
def test_characters_that_are_cut_by_the_network_come_out_whole(server, client) -> None:
    server.words = Words(text="– 测量 👷 é")
    server.faults = [Fault(byte_by_byte=True)]
    assert model_of(server, client).reply(asked()).text == "– 测量 👷 é"


@everywhere
def test_a_reply_goes_on_after_its_opening(server, client) -> None:
    """Some servers go on with an opening, some begin anew with it or without: the reply is what follows it."""
    goes_on = server.kind in (LLAMA_SERVER, VLLM, OLLAMA)
    server.words = Words(text=" It is tall.</think>\n<answer>41</answer>")
    model = model_of(server, client)
    assert model.reply(asked(opening="<think>")).text == server.words.text
    sent = server.asked[-1][1]
    if server.kind == LLAMA_SERVER:
        assert sent["prompt"].endswith("<assistant> <think>")
    else:
        assert (sent["messages"][-1] == {"role": "assistant", "content": "<think>"}) is goes_on
    if server.kind != LLAMA_SERVER:
        server.words = Words(text="<think> It is tall.</think>")
        assert model.reply(asked(opening="<think>")).text == " It is tall.</think>"


@on("server", [VLLM, OLLAMA, LM_STUDIO, STRICT], indirect=True)
@on("opening", ["", "<think>"])
def test_thoughts_in_a_field_of_their_own_are_the_models_words(server, client, opening) -> None:
    server.words = Words(thought="Let me see.", text="41 metres.")
    reply = model_of(server, client).reply(asked(opening=opening))
    assert opening + reply.text == "<think>Let me see.</think>\n41 metres."


@on("server", [OLLAMA, LM_STUDIO, STRICT], indirect=True)
def test_calls_that_a_server_took_apart_are_put_together_again(server, client) -> None:
    server.words = Words(
        thought="I search.", text="", calls=(("web_search", '{"query": ["tower height"]}'), ("browse", '{"a": 1'))
    )
    reply = model_of(server, client).reply(asked(opening="<think>", tools=(SEARCH,)))
    assert reply.text.startswith("I search.</think>\n" + CALL)
    assert reply.text.endswith('<tool_call>\n{"name": "browse", "arguments": {"a": 1}\n</tool_call>')
    assert reply.end is ReplyEnd.COMPLETE


@everywhere
def test_the_stop_text_that_was_met_is_part_of_the_reply(server, client) -> None:
    server.words = Words(text="</think>\n" + CALL + " and more")
    request = asked(opening="<think>", tools=(SEARCH,), stops=("</answer>", "</tool_call>"))
    assert model_of(server, client).reply(request).text == "</think>\n" + CALL


def test_a_stop_text_that_the_server_ignores_ends_the_reply_all_the_same(server, client) -> None:
    server.kind = STRICT
    server.refuses = ("stop",)
    server.words = Words(text="<answer>41</answer> and so on for ever")
    reply = model_of(server, client).reply(asked(stops=("</answer>",)))
    assert reply.text == "<answer>41</answer>"
    assert reply.end is ReplyEnd.COMPLETE


@everywhere
def test_a_reply_that_is_too_long_says_so(server, client) -> None:
    server.words = Words(text="and then and then", finish="length")
    reply = model_of(server, client).reply(asked(max_tokens=4))
    assert reply.end is ReplyEnd.LENGTH
    sent = server.asked[-1][1]
    assert sent.get("max_tokens", sent.get("n_predict")) == 4


@everywhere
def test_answers_of_tools_arrive_in_the_form_that_each_server_takes(server, client) -> None:
    messages = (
        Message(speaker=Speaker.USER, text="How high?"),
        Message(speaker=Speaker.ASSISTANT, text=f"<think>I search.</think>\n{CALL}"),
        Message(speaker=Speaker.TOOL, text="[results]"),
        Message(speaker=Speaker.ASSISTANT, text="<think>Hm.</think>"),
        Message(speaker=Speaker.TOOL, text="You gave no call."),
    )
    model_of(server, client).reply(ChatRequest(prompt=Prompt(messages=messages, tools=(SEARCH,))))
    (path, sent) = next((path, body) for path, body in server.asked if "messages" in body)
    assert path
    assert [tool["function"]["name"] for tool in sent["tools"]] == ["web_search"]
    if server.kind in (LLAMA_SERVER, VLLM, OLLAMA):
        assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "tool", "assistant", "tool"]
        assert sent["messages"][1]["content"].endswith(CALL)
    else:
        assert [message["role"] for message in sent["messages"]] == ["user", "assistant", "tool", "assistant", "user"]
        (call,) = sent["messages"][1]["tool_calls"]
        assert call["function"] == {"name": "web_search", "arguments": '{"query": ["tower height"]}'}
        assert sent["messages"][1]["content"] == "<think>I search.</think>"
        assert "You gave no call." in sent["messages"][4]["content"]


def test_what_a_service_does_not_know_is_left_out_and_remembered(server, client) -> None:
    server.kind = STRICT
    server.refuses = ("max_tokens", "seed", "top_p")
    model = model_of(server, client)
    request = asked(sampling=Sampling(temperature=0.7), max_tokens=9)
    assert model.reply(request).text == "Yes."
    assert server.asked[-1][1]["max_completion_tokens"] == 9
    before = len(server.asked)
    assert model.reply(request).text == "Yes."
    assert len(server.asked) == before + 1


# --- weighing, counting, room ------------------------------------------------------------------------------------


@everywhere
def test_options_are_weighed_by_the_probability_of_their_first_token(server, client) -> None:
    server.words = Words(tokens=((" Yes", -0.2), ("No", -2.0), ("yes", -9.0), ("Maybe", -0.1)))
    yes, no = model_of(server, client).weigh(asked(), options=("Yes", "No"))
    assert yes + no == pytest.approx(1.0)
    assert yes == pytest.approx(0.858, abs=0.001)


@on(("said", "expected"), [("No.", (0.0, 1.0)), ("I cannot say", (0.5, 0.5))])
def test_where_probabilities_are_not_told_the_word_itself_is_asked_for(server, client, said, expected) -> None:
    server.kind = OLLAMA
    server.words = Words(text=said, tokens=None)
    assert model_of(server, client).weigh(asked(), options=("Yes", "No")) == expected


def test_a_cancelled_weighing_weighs_nothing(server, client) -> None:
    model = model_of(server, client)
    model.about()
    assert model.weigh(asked(), options=("Yes", "No"), is_cancelled=lambda: True) == (0.0, 0.0)


@on("server", [LLAMA_SERVER, VLLM], indirect=True)
def test_tokens_are_counted_by_the_server_where_it_can(server, client) -> None:
    prompt = asked("one two three four").prompt
    assert model_of(server, client).count(prompt) == len("<user> one two three four <assistant>".split())


@on("server", [OLLAMA, LM_STUDIO, STRICT], indirect=True)
def test_elsewhere_more_tokens_are_taken_for_granted_than_there_are(server, client) -> None:
    model = model_of(server, client)
    assert model.count(asked("word " * 300).prompt) >= 500
    assert model.count(asked("测量" * 100).prompt) >= 300


@everywhere
def test_what_has_no_room_is_not_sent(server, client) -> None:
    server.context = 300
    model = RemoteModel(server.address, model=MODEL, client=client, context_tokens=300)
    with pytest.raises(ContextFull) as raised:
        model.reply(asked("word " * 260, max_tokens=100))
    assert raised.value.available == 300
    assert raised.value.needed > 300
    assert not any(path.endswith(("completions", "/completion")) for path, _ in server.asked)
    assert model.reply(asked(max_tokens=100)).text == "Yes."


@on(
    ("body", "needed", "available"),
    [
        (
            '{"error": {"code": 400, "type": "exceed_context_size_error", "message": "too long", '
            '"n_prompt_tokens": 9001, "n_ctx": 4096}}',
            9001,
            4096,
        ),
        (
            '{"object": "error", "message": "This model\'s maximum context length is 4096 tokens. However, you '
            'requested 5000 tokens (4500 in the messages, 500 in the completion).", "code": 400}',
            5000,
            4096,
        ),
        (
            '{"error": "Trying to keep the first 6000 tokens when context the overflows. However, the model is loaded '
            'with context length of only 4096 tokens"}',
            6000,
            4096,
        ),
    ],
)
def test_each_server_says_in_its_own_words_that_there_is_no_room(server, client, body, needed, available) -> None:
    server.faults = [Fault(status=400, body=body)]
    with pytest.raises(ContextFull) as raised:
        model_of(server, client).reply(asked())
    assert (raised.value.needed, raised.value.available) == (needed, available)


def test_a_service_that_does_not_say_how_much_room_there_is_is_understood(server, client) -> None:
    server.faults = [Fault(status=400, body='{"error": {"message": "Too many.", "code": "context_length_exceeded"}}')]
    with pytest.raises(ContextFull) as raised:
        model_of(server, client).reply(asked())
    assert raised.value.needed > raised.value.available > 0


# --- several at once ---------------------------------------------------------------------------------------------


def test_up_to_four_replies_are_worked_on_at_once_and_come_back_in_order(server, client) -> None:
    together = threading.Barrier(4, timeout=10)

    def words(body: dict) -> Words:
        if not body["messages"][-1]["content"].startswith("late"):
            together.wait()
        return Words(text=f"reply to {body['messages'][-1]['content']}")

    server.script = words
    heard: dict[int, str] = {}
    threads: set[int] = set()

    def hear(number: int, said: str) -> None:
        threads.add(threading.get_ident())
        heard[number] = heard.get(number, "") + said

    requests = [asked("a"), asked("b"), asked("c"), asked("d"), asked("late"), asked("later")]
    replies = model_of(server, client).replies(requests, on_text=hear)
    expected = [f"reply to {text}" for text in ("a", "b", "c", "d", "late", "later")]
    assert [reply.text for reply in replies] == expected
    assert [heard[number] for number in range(6)] == expected
    assert threads == {threading.get_ident()}
    assert server.most_at_once == 4


def test_one_failure_among_several_ends_all_of_them(server, client) -> None:
    def words(body: dict) -> Words:
        return Words(text=body["messages"][-1]["content"])

    server.script = words
    server.faults = [Fault(status=500, body="{}", times=99)]
    with pytest.raises(ServerUnreachable):
        model_of(server, client).replies([asked("a"), asked("b")])
    assert model_of(server, client).replies([]) == ()


# --- giving up ---------------------------------------------------------------------------------------------------


class GivesUp:
    """Says True from the moment that the server stands still; measures how long that takes to be obeyed."""

    def __init__(self, server: LoopbackChat) -> None:
        self._server = server
        self.at = 0.0

    def __call__(self) -> bool:
        if self._server.stalled.is_set() and not self.at:
            self.at = time.monotonic()
        return bool(self.at)


@everywhere
@on("fault", [Fault(silent=True), Fault(stall_after=2)], ids=["before the first word", "in the middle"])
def test_a_reply_is_given_up_at_once_and_the_server_is_left(server, client, fault) -> None:
    server.faults = [fault]
    server.words = Words(text="One two three four five.")
    gives_up = GivesUp(server)
    reply = model_of(server, client).reply(asked(), is_cancelled=gives_up)
    assert time.monotonic() - gives_up.at < 5
    assert reply.end is ReplyEnd.CANCELLED
    assert server.words.text.startswith(reply.text)


def test_several_replies_are_given_up_together(server, client) -> None:
    server.faults = [Fault(stall_after=2)]
    replies = model_of(server, client).replies([asked("a"), asked("b")], is_cancelled=GivesUp(server))
    assert [reply.end for reply in replies] == [ReplyEnd.CANCELLED, ReplyEnd.CANCELLED]


def test_waiting_for_a_server_can_be_given_up(server, client) -> None:
    server.faults = [Fault(silent=True, path="/models")]
    with pytest.raises(LoadCancelled):
        model_of(server, client).about(is_cancelled=GivesUp(server))
    server.stalled.clear()
    server.faults = [Fault(silent=True, path="/models")]
    assert model_of(server, client).reply(asked(), is_cancelled=GivesUp(server)).end is ReplyEnd.CANCELLED


def test_a_wait_before_another_attempt_can_be_given_up(server, client) -> None:
    server.faults = [Fault(status=429, headers={"retry-after": "30"})]
    began = time.monotonic()
    reply = model_of(server, client).reply(
        asked(), is_cancelled=lambda: len(server.bodies("completions")) > 0 and time.monotonic() > began + 0.2
    )
    assert reply.end is ReplyEnd.CANCELLED
    assert time.monotonic() - began < 10


# --- faults ------------------------------------------------------------------------------------------------------


@on("status", [429, 500, 502, 503])
def test_a_problem_that_passes_is_waited_out(server, client, status) -> None:
    server.faults = [Fault(status=status, body="{}", times=2)]
    assert model_of(server, client).reply(asked()).text == "Yes."
    assert len(server.bodies("completions")) == 3


def test_a_model_that_is_still_being_loaded_is_waited_for(server, client) -> None:
    server.kind = LLAMA_SERVER
    loading = '{"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}'
    server.faults = [Fault(status=503, body=loading, path="/models", times=5)]
    limits = Limits(waits_s=(), longest_wait_s=0.0)
    assert model_of(server, client, limits=limits).reply(asked()).text == "Yes."


def test_a_server_that_wants_to_be_left_alone_for_long_is(server, client) -> None:
    server.faults = [Fault(status=429, headers={"retry-after": "3600"}, body='{"error": {"message": "Slow down."}}')]
    with pytest.raises(ServerUnreachable) as raised:
        model_of(server, client).reply(asked())
    assert "60 minutes" in raised.value.hint
    assert "Slow down." in raised.value.hint
    assert len(server.bodies("completions")) == 1


@on(
    ("status", "body", "title"),
    [
        (401, '{"error": {"message": "bad key"}}', "does not accept the key"),
        (403, "", "does not accept the key"),
        (404, '{"error": {"message": "model not found"}}', f"does not know the model “{MODEL}”"),
        (404, '{"detail": "Not Found"}', "no model server at this address"),
        (429, '{"error": {"message": "You exceeded your current quota"}}', "quota"),
        (500, "<html>oops</html>", "a problem of its own"),
        (302, "", "sends us elsewhere"),
        (418, '{"message": "a teapot"}', "refuses the request"),
    ],
)
def test_errors_say_what_happened_and_what_to_do(server, client, status, body, title) -> None:
    server.faults = [Fault(status=status, body=body)]
    with pytest.raises(ServerUnreachable) as raised:
        model_of(server, client).reply(asked())
    assert title in raised.value.title
    assert raised.value.hint


@on(
    "fault",
    [
        Fault(status=200, body="<html><body>Welcome!</body></html>", headers={"content-type": "text/html"}),
        Fault(raw=b"data: {broken\n\n"),
        Fault(raw=b"<html>\n<body>\n"),
        Fault(raw=b"data: [1, 2]\n\n"),
    ],
)
def test_an_answer_that_is_no_reply_is_told_from_one(server, client, fault) -> None:
    server.faults = [fault]
    with pytest.raises(ModelError) as raised:
        model_of(server, client).reply(asked())
    assert "127.0.0.1" in raised.value.title


def test_a_web_page_where_the_list_of_models_should_be_is_explained(server, client) -> None:
    server.faults = [Fault(status=200, body="<html></html>", path="/models")]
    with pytest.raises(ServerUnreachable, match="not as a model server"):
        model_of(server, client).about()


def test_an_address_where_nothing_listens_is_explained(server, client) -> None:
    server.close()
    with pytest.raises(ServerUnreachable, match="refuses the connection"):
        model_of(server, client).about()


@on("address", ["", "http://", "ftp://example.org", "http://user:secret@example.org", "http://[::1"])
def test_an_address_that_is_none_is_refused(client, address) -> None:
    with pytest.raises(ServerUnreachable) as raised:
        RemoteModel(address, client=client)
    assert "secret" not in str(raised.value)


@everywhere
def test_a_reply_that_breaks_off_can_be_asked_for_again(server, client) -> None:
    server.words = Words(text="One two three four five.")
    server.faults = [Fault(cut_after=3, times=1)]
    model = model_of(server, client)
    with pytest.raises(ModelDied, match="broke off"):
        model.reply(asked())
    assert model.reply(asked()).text == "One two three four five."


def test_a_connection_that_is_cut_before_the_first_word_is_made_again(server, client) -> None:
    server.faults = [Fault(cut_after=0, times=1)]
    assert model_of(server, client).reply(asked()).text == "Yes."


def test_a_stream_without_an_end_is_not_taken_for_a_reply(server, client) -> None:
    server.faults = [Fault(raw=b'data: {"choices": [{"delta": {"content": "Ye"}}]}\n\ndata: [DONE]\n\n')]
    with pytest.raises(ModelDied, match="without saying why"):
        model_of(server, client).reply(asked())


def test_an_error_in_the_middle_of_a_stream_is_one(server, client) -> None:
    server.faults = [Fault(raw=b'data: {"error": {"message": "CUDA out of memory"}}\n\n')]
    with pytest.raises(ServerUnreachable) as raised:
        model_of(server, client).reply(asked())
    assert "CUDA out of memory" in raised.value.hint


def test_a_server_that_stands_still_is_left_after_a_while(server, client) -> None:
    server.words = Words(text="One two three.")
    server.faults = [Fault(stall_after=2)]
    with pytest.raises(ModelStuck):
        model_of(server, client, limits=Limits(between_s=0.2)).reply(asked())
    server.faults = [Fault(silent=True)]
    with pytest.raises(ServerUnreachable, match="takes too long"):
        model_of(server, client, limits=Limits(first_word_s=0.2)).reply(asked())


def test_a_huge_piece_is_taken_whole(server, client) -> None:
    server.words = Words(text="word " * 200_000, piece=1_000_000)
    assert len(model_of(server, client).reply(asked()).text) == 1_000_000


def test_a_server_that_cannot_stream_is_understood(server, client) -> None:
    body = '{"choices": [{"message": {"content": "All at once."}, "finish_reason": "stop"}]}'
    server.faults = [Fault(status=200, body=body, headers={"content-type": "application/json"})]
    assert model_of(server, client).reply(asked()).text == "All at once."


# --- keys --------------------------------------------------------------------------------------------------------


def test_the_key_goes_to_the_server_and_nowhere_else() -> None:
    with loopback_chat(STRICT, key=KEY) as server, client_to(server) as client:
        model = model_of(server, client, key=KEY)
        assert model.reply(asked()).text == "Yes."
        assert server.keys == {f"Bearer {KEY}"}
        assert KEY not in repr(model)
        assert KEY not in repr(vars(model))


def test_a_wrong_key_is_explained_without_showing_it() -> None:
    with (
        loopback_chat(STRICT, key="another") as server,
        client_to(server) as client,
        pytest.raises(ServerUnreachable) as raised,
    ):
        model_of(server, client, key=KEY).about()
    assert "does not accept the key" in raised.value.title
    assert KEY not in str(raised.value)


def test_the_key_is_not_sent_on_to_another_place() -> None:
    with (
        loopback_chat(STRICT) as other,
        loopback_chat(STRICT, key=KEY) as server,
        client_to(server, other, name=(elsewhere := other.address.replace("127.0.0.1", "localhost"))) as client,
    ):
        away = Fault(status=307, headers={"location": f"{elsewhere}/v1/models"})
        server.faults = [Fault(status=307, headers=away.headers, path="/v1/models", times=1)]
        model_of(server, client, key=KEY).about()
        assert other.seen
        assert other.keys == set()
        server.faults = [Fault(status=307, headers={"location": f"{other.address}/v1/chat/completions"})]
        with pytest.raises(ServerUnreachable, match="sends us elsewhere"):
            model_of(server, client, key=KEY).reply(asked())
        assert other.asked == []
