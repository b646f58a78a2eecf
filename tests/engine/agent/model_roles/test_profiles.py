import json
from dataclasses import replace
from datetime import date

import pytest
from scripted_model import ABOUT

from engine.agent.model_roles.profiles import DEEPRESEARCHER, TOOL_CALLING, Choices, profile_for
from engine.agent.model_roles.protocol import Answer, BrowseCall, SearchCall, understood
from models.chat import ModelAbout, ReplyEnd, Sampling

TODAY = date(2026, 1, 2)
PROFILES = [DEEPRESEARCHER, TOOL_CALLING]
SPECIAL = frozenset({"<tool_call>", "</tool_call>"})
NOTHING = Choices(queries=0, addresses=(), pages=0)
SEARCHING = Choices(queries=3, addresses=())
EVERYTHING = Choices(queries=2, addresses=('https://a.example/ä?b="c"&d=\\e/\'f', "library://notes/b c.txt"), pages=2)
BROWSING = Choices(queries=0, addresses=("https://a.example/",), pages=3)


def about(name="Some model", *traits, **others) -> ModelAbout:
    return replace(ABOUT, name=name, traits=frozenset(traits), **others)


@pytest.mark.parametrize(
    ("model", "profile"),
    [
        (about("DeepResearcher-7b Q4_K_M"), DEEPRESEARCHER),
        (about("some file", "qwen2", "deepresearcher-7b"), DEEPRESEARCHER),
        (about("some file", "Deep Researcher 7B"), DEEPRESEARCHER),
        (about("Qwen2.5-7B-Instruct", "qwen2", "<tool_call>"), TOOL_CALLING),
        (about("gpt-oss-20b"), TOOL_CALLING),
    ],
)
def test_a_model_gets_the_frame_it_was_taught_in(model, profile):
    assert profile_for(model) is profile


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_the_system_message_holds_the_date_and_the_tools_and_is_short(profile):
    text = profile.system(profile, TODAY, ABOUT)
    assert "2026-01-02" in text
    assert all(tool.name in text for tool in profile.tools)
    assert len(text) < 800


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_remote_model_whose_template_has_no_place_for_tools_is_told_them_in_words(profile):
    text = profile.system(profile, TODAY, replace(ABOUT, template_tools=False, is_remote=True))
    assert all(tool.parameters in text for tool in profile.tools)
    assert all(tool.parameters not in profile.system(profile, TODAY, ABOUT) for tool in profile.tools)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_the_tools_are_described_by_json_schemas(profile):
    for tool in profile.tools:
        schema = json.loads(tool.parameters)
        assert schema["type"] == "object"
        assert schema["required"] == list(schema["properties"])


def test_deepresearcher_is_opened_with_a_thought_and_has_the_two_tools_it_knows():
    assert DEEPRESEARCHER.opening == "<think>"
    keys = {tool.name: list(json.loads(tool.parameters)["properties"]) for tool in DEEPRESEARCHER.tools}
    assert keys == {"web_search": ["query"], "browse_webpage": ["url_list"]}


# --- grammars ----------------------------------------------------------------------------------------------------


class Letters:
    """A tokenizer of single bytes and the given special tokens, in the shape that llguidance takes."""

    def __init__(self, special) -> None:
        self.special_token_ids = list(range(256, 257 + len(special)))
        self.tokens = [bytes([byte]) for byte in range(256)] + [b"<end>", *(tag.encode() for tag in special)]
        self.eos_token_id = 256
        self.bos_token_id = None
        self.unk_token_id = None
        self._special = {tag: 257 + index for index, tag in enumerate(special)}

    def __call__(self, text) -> list[int]:
        return list(text if isinstance(text, bytes) else text.encode())

    def ids(self, text: str) -> list[int]:
        found = []
        while text:
            tag = next((tag for tag in self._special if text.startswith(tag)), None)
            found += [self._special[tag]] if tag else list(text[0].encode())
            text = text[len(tag or text[0]) :]
        return found


def accepts(profile, choices, reply: str, *, special) -> bool:
    """Whether the profile's grammar allows exactly this reply and then its end."""
    llguidance = pytest.importorskip("llguidance")
    letters = Letters(sorted(special))
    tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(letters))
    grammar = profile.grammar(profile, choices, replace(ABOUT, traits=special))
    matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    ids = letters.ids(reply)
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


def replies(profile) -> dict[str, str]:
    thought = "a thought\nin <two> lines"
    thought = f"{thought}</think>\n" if profile is DEEPRESEARCHER else f"{thought}\n"
    answered = (
        f"{thought}<answer>\n42\n</answer>"
        if profile is DEEPRESEARCHER
        else f'{thought}<tool_call>\n{{"name": "answer", "arguments": {{"text": "42 \\"m\\""}}}}\n</tool_call>'
    )
    hard, easy = EVERYTHING.addresses
    return {
        "one query": thought + profile.call("web_search", ["a"]),
        "two queries": thought + profile.call("web_search", ['"so" \\ sagte', "böse"]),
        "four queries": thought + profile.call("web_search", ["a", "b", "c", "d"]),
        "no query": thought + profile.call("web_search", []),
        "blank query": thought + profile.call("web_search", [" "]),
        "shown pages": thought + profile.call("browse_webpage", [hard, easy]),
        "one shown page": thought + profile.call("browse_webpage", ["https://a.example/"]),
        "another page": thought + profile.call("browse_webpage", ["https://elsewhere.example/"]),
        "a file": thought + profile.call("browse_webpage", ["file:///etc/passwd"]),
        "another tool": thought + profile.call("shell", ["a"]),
        "an answer": answered,
        "no answer": answered.replace("42", "").replace(' \\"m\\"', ""),
        "words": "just words",
    }


@pytest.mark.parametrize(
    "special", [frozenset(), SPECIAL, SPECIAL | {"<think>", "</think>", "<answer>", "</answer>"}], ids=len
)
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize(
    ("choices", "allowed"),
    [
        (SEARCHING, {"one query", "two queries", "an answer"}),
        (EVERYTHING, {"one query", "two queries", "shown pages", "an answer"}),
        (BROWSING, {"one shown page", "an answer"}),
        (NOTHING, {"an answer"}),
    ],
    ids=["searching", "everything", "browsing", "nothing"],
)
def test_the_grammar_allows_what_may_be_done_and_nothing_else(profile, choices, allowed, special):
    found = {name for name, reply in replies(profile).items() if accepts(profile, choices, reply, special=special)}
    assert found == allowed


@pytest.fixture(scope="module")
def random_model(tmp_path_factory):
    pytest.importorskip("llama_cpp")
    pytest.importorskip("llguidance")
    from asked_models import load_model
    from small_ggufs import write_random_model

    runtime = load_model(write_random_model(tmp_path_factory.mktemp("model") / "random.gguf"))
    yield runtime
    runtime.close()


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("choices", [EVERYTHING, BROWSING], ids=["everything", "browsing"])
def test_whatever_a_real_engine_generates_within_the_grammar_is_understood(random_model, profile, choices):
    from asked_models import ask, request, system, user

    asked = request(
        system(profile.system(profile, TODAY, random_model.about)),
        user("where do herons nest?"),
        tools=profile.tools,
        opening=profile.opening,
        max_tokens=400,
        grammar=profile.grammar(profile, choices, random_model.about),
        stops=profile.stops,
    )
    complete = 0
    for seed in range(6):
        (reply,) = ask(random_model, replace(asked, sampling=Sampling(temperature=1.5, seed=seed)))
        if reply.end is ReplyEnd.COMPLETE:
            complete += 1
            step = understood(reply.text, profile=profile).step
            assert isinstance(step, SearchCall | BrowseCall | Answer)
            assert not isinstance(step, BrowseCall) or set(step.names) <= set(choices.addresses)
    assert complete
