import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agent.model_roles.loose_json import loose_value
from engine.agent.model_roles.profiles import DEEPRESEARCHER, TOOL_CALLING
from engine.agent.model_roles.protocol import Answer, BrowseCall, Malformed, SearchCall, understood


def step_of(reply, profile=DEEPRESEARCHER):
    return understood(reply, profile=profile).step


def searches(*queries):
    return SearchCall(queries=queries)


def opens(*names):
    return BrowseCall(names=names)


WELL_FORMED = [
    (
        ' plan\n</think>\n<tool_call>\n{"name": "web_search", "arguments": {"query": ["a b", "c"]}}\n</tool_call>',
        searches("a b", "c"),
    ),
    (
        'x</think>\n<tool_call>\n{"name": "browse_webpage", "arguments": {"url_list": ["https://a.b/c"]}}\n</tool_call>',
        opens("https://a.b/c"),
    ),
    ("x</think>\n<answer>\n42\n</answer>", Answer(text="42")),
    ("x</think><answer>Ägypten, 1922</answer>", Answer(text="Ägypten, 1922")),
]

CALL = '{"name": "web_search", "arguments": {"query": ["a"]}}'

ODD_BUT_CLEAR = [
    # form of the JSON
    (f"x</think><tool_call>```json\n{CALL}\n```</tool_call>", searches("a")),
    (f"x</think>\n```json\n{CALL}\n```", searches("a")),
    (f"x</think>\n```\n{CALL}", searches("a")),
    (f"x</think>\n{CALL}", searches("a")),
    ("x</think><tool_call>{'name': 'web_search', 'arguments': {'query': ['a', 'b']}}</tool_call>", searches("a", "b")),
    (
        "x</think><tool_call>{'name': 'web_search', 'arguments': {'query': ['what's new']}}</tool_call>",
        searches("what's new"),
    ),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a",],},}</tool_call>', searches("a")),
    ("x</think><tool_call>{“name”: “web_search”, “arguments”: {“query”: [“a”]}}</tool_call>", searches("a")),
    ('x</think><tool_call>{name: "web_search", arguments: {query: ["a"]}}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a"]}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a"</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a"}}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a" "b"]}}</tool_call>', searches("a", "b")),
    (
        'x</think><tool_call>{"name": "web_search", "arguments": {"query": ["who said "so what" first"]}}</tool_call>',
        searches('who said "so what" first'),
    ),
    (f"x</think><tool_call>{CALL}}}</tool_call>", searches("a")),
    (f"x</think><tool_call>{CALL} and then I will read on</tool_call>", searches("a")),
    (f"x</think><tool_call>Sure, [here] it is: {CALL}</tool_call>", searches("a")),
    # tags
    (f"x</think>\n<tool_call>\n{CALL}", searches("a")),
    (f"x</think><tool_call>{CALL}</tool_call> The answer will be there.", searches("a")),
    (f'x</think><tool_call>{CALL}</tool_call><tool_call>{{"name": "browse_webpage"}}</tool_call>', searches("a")),
    (f"x</think><tool_call>{CALL}</tool_call><answer>42</answer>", searches("a")),
    (f"x</think><tool_call>[{CALL}, {CALL}]</tool_call>", searches("a")),
    (f"x\n<tool_call>{CALL}</tool_call>", searches("a")),
    (f"x<tool_call>{CALL}</tool_call></think>", searches("a")),
    (f"<think>x</think></think><tool_call>{CALL}</tool_call>", searches("a")),
    (f"x</think><TOOL_CALL>{CALL}</TOOL_CALL>", searches("a")),
    (f"x</think><|python_tag|>{CALL}", searches("a")),
    (f"x</think>[TOOL_CALLS][{CALL}]", searches("a")),
    ("x</think><answer>42", Answer(text="42")),
    ("x</think><Answer> 42 </Answer> I hope this helps.", Answer(text="42")),
    ("no thought at all <answer>42</answer>", Answer(text="42")),
    ("I will use <answer> later. </think><answer>42</answer>", Answer(text="42")),
    # shape of the call
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": "a"}}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": "{\\"query\\": [\\"a\\"]}"}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "arguments": ["a", "b"]}</tool_call>', searches("a", "b")),
    (
        'x</think><tool_call>{"name": "web_search", "arguments": {"query": "[\\"a\\", \\"b\\"]"}}</tool_call>',
        searches("a", "b"),
    ),
    ('x</think><tool_call>{"name": "web_search", "parameters": {"queries": ["a"]}}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "web_search", "query": ["a"]}</tool_call>', searches("a")),
    ('x</think><tool_call>{"query": ["a"]}</tool_call>', searches("a")),
    ('x</think><tool_call>{"tool": "Web Search", "args": {"q": "a"}}</tool_call>', searches("a")),
    (
        'x</think><tool_call>{"function": {"name": "web_search", "arguments": {"query": ["a"]}}}</tool_call>',
        searches("a"),
    ),
    (
        'x</think><tool_call>{"name": "web_search", "arguments": {"query": [{"query": "a"}, null, 7]}}</tool_call>',
        searches("a", "7"),
    ),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a", "a", " "]}}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "functions.web_search", "arguments": {"query": ["a"]}}</tool_call>', searches("a")),
    ('x</think><tool_call>{"name": "visit", "arguments": {"url": "https://a"}}</tool_call>', opens("https://a")),
    ('x</think><tool_call>{"name": "answer", "arguments": {"answer": "42"}}</tool_call>', Answer(text="42")),
    ('x</think><tool_call>web_search(query=["a", "b"])</tool_call>', searches("a", "b")),
    ('x</think>\nbrowse_webpage("https://a")', opens("https://a")),
    ("x</think> I call now (see above) web_search(query='a', 'b'", searches("a")),
    ("x</think>```python\nweb_search(['a', 'b'])\n```", searches("a", "b")),
    (
        'x</think><tool_call><function=web_search><parameter=query>["a"]</parameter></function></tool_call>',
        searches("a"),
    ),
    ("x</think><function=browse_webpage>\n<parameter=url_list>\nhttps://a\n</parameter>", opens("https://a")),
]

NOT_UNDERSTOOD = [
    ("", "ended before"),
    ("   \n", "ended before"),
    ("I think and think</think>", "ended before"),
    ("I think and think", "no tool call and no answer"),
    ("x</think> The answer is 42.", "no tool call and no answer"),
    ("x</think> I think (perhaps) of herons (and of eels).", "no tool call and no answer"),
    ("x</think><answer></answer>", "answer is empty"),
    ("x</think><answer> \n ", "answer is empty"),
    ("x</think><tool_call></tool_call>", "not valid JSON"),
    ("x</think><tool_call>", "not valid JSON"),
    ("x</think><tool_call>search for herons</tool_call>", "not valid JSON"),
    ("x</think><tool_call>[]</tool_call>", "not valid JSON"),
    ("x</think><tool_call>[1, 2]</tool_call>", "not valid JSON"),
    ("x</think><tool_call>{}</tool_call>", "names no tool"),
    ('x</think><tool_call>{"name": "calculator", "arguments": {"a": 1}}</tool_call>', "no tool 'calculator'"),
    ('x</think><tool_call>{"name": "web_search"}</tool_call>', 'needs "query"'),
    ('x</think><tool_call>{"name": "web_search", "arguments": {}}</tool_call>', 'needs "query"'),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": []}}</tool_call>', 'needs "query"'),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": [""]}}</tool_call>', 'needs "query"'),
    ('x</think><tool_call>{"name": "web_search", "arguments": {"query": null}}</tool_call>', 'needs "query"'),
    (
        'x</think><tool_call>{"name": "web_search", "arguments": {"query": {"a": 1, "b": 2}}}</tool_call>',
        'needs "query"',
    ),
    ('x</think><tool_call>{"name": "browse_webpage", "arguments": {"url_list": []}}</tool_call>', 'needs "url_list"'),
    ('x</think><tool_call>{"name": "browse_webpage", "arguments": true}</tool_call>', 'needs "url_list"'),
    ('x</think><tool_call>{"name": ["a"], "arguments": 3}</tool_call>', "no tool"),
    ("x</think><tool_call>" + "[" * 400 + "</tool_call>", "not valid JSON"),
    ("x</think><tool_call>" + '{"a":' * 3_000 + "</tool_call>", ""),
    ("\x00\ud800</think>", "ended before"),
]


@pytest.mark.parametrize(("reply", "step"), WELL_FORMED)
def test_the_trained_forms_are_understood(reply, step):
    assert step_of(reply) == step


@pytest.mark.parametrize(("reply", "step"), ODD_BUT_CLEAR)
def test_a_reply_out_of_form_is_understood_where_it_is_clear(reply, step):
    assert step_of(reply) == step


@pytest.mark.parametrize(("reply", "problem"), NOT_UNDERSTOOD)
def test_what_is_not_clear_is_told_in_a_sentence(reply, problem):
    step = step_of(reply)
    assert isinstance(step, Malformed)
    assert problem in step.problem
    assert step.problem[0].isupper() or step.problem.startswith(("web", "browse"))
    assert step.problem.endswith(".")


def test_the_thought_is_what_stands_before_the_call_without_its_tags():
    assert (
        understood(f"<think> a plan\n</think>\n<tool_call>{CALL}</tool_call>", profile=DEEPRESEARCHER).thought
        == "a plan"
    )
    assert understood(f"First I look. <tool_call>{CALL}</tool_call>", profile=TOOL_CALLING).thought == "First I look."
    assert understood("on and on", profile=DEEPRESEARCHER).thought == "on and on"


def test_plain_words_are_an_answer_where_the_profile_says_so():
    assert step_of("The final answer is: 42", TOOL_CALLING) == Answer(text="42")
    assert step_of("Forty-two {of course}.", TOOL_CALLING) == Answer(text="Forty-two {of course}.")
    assert isinstance(step_of("", TOOL_CALLING), Malformed)
    assert isinstance(step_of("I wonder about this and that. " * 50, TOOL_CALLING), Malformed)


def test_a_model_that_thinks_in_its_own_tags_is_understood_by_the_general_profile():
    reply = '<think>\nhm\n</think>\n\n<tool_call>\n{"name": "answer", "arguments": {"text": "42"}}\n</tool_call>'
    parsed = understood(reply, profile=TOOL_CALLING)
    assert parsed.step == Answer(text="42")
    assert parsed.thought == "hm"


def test_what_is_asked_for_can_be_stored_and_shown():
    reply = (
        'x</think><tool_call>{"name": "web_search", "arguments": {"query": ["a\\ud800\\u0000\\nb\\u202e"]}}</tool_call>'
    )
    assert step_of(reply) == searches("a b")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_reply_is_understood_or_sent_back(reply):
    for profile in (DEEPRESEARCHER, TOOL_CALLING):
        understood(reply, profile=profile)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="{}[]\"':,\\ab<>/ \n_()=", max_size=120))
def test_any_brackets_and_quotes_come_to_an_end(text):
    loose_value(text)
    understood(f"x</think><tool_call>{text}</tool_call>", profile=DEEPRESEARCHER)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="ab é\"'\\{}[],:<", min_size=1, max_size=20), min_size=1, max_size=3))
def test_proper_json_reads_back_as_it_was(queries):
    import json

    from engine.agent.model_roles.protocol import _cleaned

    expected = tuple(dict.fromkeys(cleaned for query in queries if (cleaned := _cleaned(query))))
    call = json.dumps({"name": "web_search", "arguments": {"query": queries}})
    step = step_of(f"x</think><tool_call>{call}</tool_call>")
    if expected and not any(query.strip().startswith("[") for query in queries):
        assert step == searches(*expected)
