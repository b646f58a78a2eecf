from __future__ import annotations

import pytest
from asked_models import SEARCH, ask, ask_policy, assistant, load_model, request, system, tool_answer, user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_ggufs import CHATML, CONTROL, USER_DEFINED, write_random_model

from models.chat import ReplyEnd, Sampling
from models.errors import ContextFull, ModelUnusable
from models.llama.interrupt import Interrupt

pytest.importorskip("llama_cpp")

from models.llama.known import Known, plan
from models.llama.speech import Speech
from models.llama.vocabulary import mark, unmark

SPECIAL = (*CONTROL, *USER_DEFINED)
MIXED = st.lists(
    st.one_of(st.sampled_from([*SPECIAL, "<|im_", "end|>", "<", "\ud800", "é", "日本"]), st.text(max_size=6))
)


@pytest.fixture(scope="module")
def kept(model_file):
    runtime = load_model(model_file)
    yield runtime
    runtime.close()


def special_tokens(runtime, *messages, **options):
    vocabulary = runtime._vocabulary
    tokens = vocabulary.encode(runtime._template.render(request(*messages, **options).prompt))
    return [vocabulary.special_text(token) for token in tokens if vocabulary.special_text(token)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=MIXED)
def test_nothing_that_a_document_says_becomes_a_special_token(kept, pieces):
    words = "".join(pieces)
    harmless = special_tokens(kept, system("Read."), user("x"), assistant("y"), tool_answer("z"))
    assert (
        special_tokens(kept, system("Read."), user("x" + words), assistant("y"), tool_answer(words + "z")) == harmless
    )


def test_a_reply_that_is_read_anew_has_its_tags_but_ends_no_turn(kept):
    said = special_tokens(kept, user("x"), assistant("<think>a</think><tool_call>b</tool_call><|im_end|><|im_start|>"))
    assert said.count("<|im_end|>") == 2
    assert said[2:7] == ["<|im_start|>", "<think>", "</think>", "<tool_call>", "</tool_call>"]


def test_the_plain_words_of_a_document_stay_what_they_are(kept):
    text = "a <|im_end|> b <tool_call> é 日本 \U0001f600"
    tokens = kept._vocabulary.encode_plain(text)
    assert b"".join(kept._vocabulary.piece(token) for token in tokens).decode() == text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=MIXED, second=MIXED)
def test_a_plan_makes_the_new_text_from_the_old_tokens(kept, first, second):
    vocabulary = kept._vocabulary
    old, new = (vocabulary.with_specials("user\n" + "".join(pieces)) for pieces in (first, second))
    known = Known(0, vocabulary)
    tokens = vocabulary.encode(old)
    known.restore(old, tokens=tokens, ends=vocabulary.ends_of(tokens, old), spoken=bytearray(len(tokens)))
    made = plan(known, new, vocabulary)
    assert [*tokens[: made.keep], *made.added] == vocabulary.encode(new)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tokens=st.lists(st.integers(0, 399), max_size=30))
def test_the_text_of_any_tokens_grows_by_whole_characters(kept, tokens):
    known = Known(0, kept._vocabulary)
    text = "".join(known.append(token) for token in tokens) + known.finish_text()
    pieces = b"".join(kept._vocabulary.piece(token) for token in tokens)
    if not any(kept._vocabulary.special_text(token) for token in tokens):
        assert text == pieces.decode("utf-8", "replace")
    assert len(known.ends) == len(known.tokens)
    assert known.ends == sorted(known.ends)
    assert not known.ends or known.ends[-1] == 2 * len(known.marked)


@given(token=st.integers(0, (1 << 20) - 1))
def test_every_special_token_has_its_own_mark(token):
    assert unmark(mark(token)) == token
    assert len(mark(token)) == 2


@given(pieces=st.lists(st.text("abc</>", max_size=4)), stop=st.text("abc</>", min_size=1, max_size=5))
def test_a_stop_text_is_found_however_it_is_split(pieces, stop):
    speech = Speech((stop,))
    for piece in pieces:
        speech.add(piece)
        if speech.is_complete:
            break
    whole = "".join(pieces)
    if stop in whole:
        assert speech.text == whole[: whole.index(stop) + len(stop)]
        assert speech.is_complete
    else:
        assert speech.text == whole
        assert not speech.is_complete


def test_a_reply_ends_with_the_stop_text_that_it_met(runtime):
    free = ask_policy(runtime, user("the river"), max_tokens=20)
    stop = free.text[6:9]
    heard: list[str] = []
    (reply,) = ask(
        runtime,
        request(user("the river"), max_tokens=20, stops=("never met", stop)),
        on_text=lambda index, text: heard.append(text),
    )
    assert reply.end is ReplyEnd.COMPLETE
    assert reply.text == free.text[: free.text.index(stop) + len(stop)] == "".join(heard)


def test_a_reply_ends_when_the_model_ends_its_turn(runtime):
    sampling = Sampling(temperature=8.0, top_k=0, top_p=1.0)
    replies = [
        ask(
            runtime,
            request(user("x"), max_tokens=600, sampling=Sampling(temperature=8.0, top_k=0, top_p=1.0, seed=seed)),
        )
        for seed in range(4)
    ]
    ended = [reply for (reply,) in replies if reply.end is ReplyEnd.COMPLETE]
    assert ended
    assert sampling.seed == 0
    assert all("<|im_end|>" not in reply.text and "<|endoftext|>" not in reply.text for reply in ended)


def test_a_prompt_without_room_says_how_much_it_needs_and_how_much_there_is(runtime):
    with pytest.raises(ContextFull) as full:
        ask_policy(runtime, user("page " * 3000), max_tokens=100)
    assert full.value.available == runtime.about.context_tokens == 2048
    assert full.value.needed == runtime.count(request(user("page " * 3000)).prompt) + 100
    assert ask_policy(runtime, user("short")).usage.reply_tokens


def test_options_are_weighed_against_each_other(runtime):
    weights = runtime.weigh(request(user("Is it?")), options=("yes", "no", "perhaps"), interrupt=Interrupt())
    assert sum(weights) == pytest.approx(1)
    assert all(0 < weight < 1 for weight in weights)
    turned = runtime.weigh(request(user("Is it?")), options=("no", "perhaps", "yes"), interrupt=Interrupt())
    assert turned == pytest.approx((weights[1], weights[2], weights[0]))


def test_options_that_begin_alike_cannot_be_weighed(runtime):
    with pytest.raises(ValueError, match="different tokens"):
        runtime.weigh(request(user("Is it?")), options=("yes", "yes!"), interrupt=Interrupt())


def test_the_tokens_of_a_prompt_are_counted_as_they_are_read(runtime):
    asked = request(system("s"), user("u" * 50), tools=(SEARCH,), opening="<think>")
    assert ask(runtime, asked)[0].usage.prompt_tokens == runtime.count(asked.prompt)


def test_a_model_without_a_template_is_asked_in_the_usual_one(tmp_path):
    runtime = load_model(write_random_model(tmp_path / "plain.gguf", template=None))
    text = runtime._template.render(request(system("Read."), user("x"), tools=(SEARCH,)).prompt)
    assert not runtime.about.template_tools
    assert "web_search" in text
    assert "Read." in text
    assert ask(runtime, request(user("x")))[0].usage.reply_tokens
    assert runtime.load_report.notes
    runtime.close()


@pytest.mark.parametrize(
    "template",
    [
        "{% for message in messages %}",
        "{{ nothing.at.all }}",
        "{{ 1 / 0 }}",
        "always the same",
        "{{ raise_exception('no') }}",
    ],
)
def test_a_template_that_cannot_write_a_question_down_is_refused(tmp_path, template):
    with pytest.raises(ModelUnusable, match="template"):
        load_model(write_random_model(tmp_path / "broken.gguf", template=template))


def test_a_template_without_system_messages_and_tools_gets_them_in_the_first_question(tmp_path):
    template = (
        "{% for message in messages %}"
        "{% if message.role not in ('user', 'assistant') %}{{ raise_exception('unknown role') }}{% endif %}"
        "<|im_start|>{{ message.role }}\n{{ message.content | trim }}<|im_end|>\n"
        "{% endfor %}{{ '<|im_start|>assistant\\n' }}"
    )
    runtime = load_model(write_random_model(tmp_path / "modest.gguf", template=template))
    abilities = runtime._template.abilities
    assert not (abilities.has_system or abilities.has_tool_answers or abilities.writes_tools)
    assert abilities.strips
    asked = request(system("Read."), user(" x "), assistant("y"), tool_answer("z"), tools=(SEARCH,))
    text = runtime._template.render(asked.prompt)
    assert text.index("Read.") < text.index("web_search") < text.index("x<" if "x<" in text else "x")
    assert text.endswith("assistant\n")
    runtime.close()


def test_a_template_that_opens_replies_by_itself_is_not_helped(tmp_path):
    template = CHATML.replace("assistant\\n' }}{% endif %}", "assistant\\n<think>\\n' }}{% endif %}")
    assert template != CHATML
    runtime = load_model(write_random_model(tmp_path / "opens.gguf", template=template))
    text = runtime._template.render(request(user("x"), opening="<think>").prompt)
    tokens = runtime._vocabulary.encode(text)
    assert tokens.count(runtime._vocabulary.special_token("<think>")) == 1
    runtime.close()


def test_a_template_may_not_reach_out_of_its_sandbox(tmp_path):
    template = "{{ ''.__class__.__mro__ }}" + CHATML
    with pytest.raises(ModelUnusable):
        load_model(write_random_model(tmp_path / "escape.gguf", template=template))
