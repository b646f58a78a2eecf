from __future__ import annotations

import json
import re

import pytest
from asked_models import ask, ask_policy, assistant, load_model, request, user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.chat import ReplyEnd, Sampling

pytest.importorskip("llama_cpp")

CALL = r"""
start: "{\"name\": \"web_search\", \"arguments\": {\"query\": [" WORDS "]}}"
WORDS: /"[a-z ]{1,12}"(, "[a-z ]{1,12}"){0,2}/
"""
PATTERNS = (r"[0-9]{1,5}", r"(yes|no)", r"[a-c]+z", r"\[[0-9](, [0-9]){0,4}\]", r"[é日本]{2,6}", r"x?")
HOT = Sampling(temperature=3.0, top_k=0, top_p=1.0)


@pytest.fixture(scope="module")
def kept(model_file):
    runtime = load_model(model_file)
    yield runtime
    runtime.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), question=st.text(max_size=30))
def test_whatever_the_weights_prefer_a_reply_is_what_the_grammar_allows(kept, seed, question):
    sampling = Sampling(temperature=3.0, top_k=0, top_p=1.0, seed=seed)
    (reply,) = ask(kept, request(user(question), grammar=CALL, max_tokens=120, sampling=sampling))
    assert reply.end is ReplyEnd.COMPLETE
    call = json.loads(reply.text)
    assert call["name"] == "web_search"
    assert 1 <= len(call["arguments"]["query"]) <= 3


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pattern=st.sampled_from(
        [r"[0-9]{1,5}", r"(yes|no)", r"[a-c]+z", r"\[[0-9](, [0-9]){0,4}\]", r"[é日本]{2,6}", r"x?"]
    ),
    seed=st.integers(0, 1 << 30),
)
def test_every_pattern_is_obeyed_to_the_letter(kept, pattern, seed):
    sampling = Sampling(temperature=2.0, top_k=50, top_p=0.9, seed=seed)
    (reply,) = ask(kept, request(user("go"), grammar=f"start: /{pattern}/", max_tokens=200, sampling=sampling))
    if reply.end is ReplyEnd.COMPLETE:
        assert re.fullmatch(pattern, reply.text)


def test_text_that_must_come_is_read_and_not_generated(runtime):
    reply = ask_policy(runtime, user("call"), grammar=CALL, max_tokens=100)
    assert reply.text.startswith('{"name": "web_search", "arguments": {"query": [')
    assert reply.usage.forced_tokens >= 8
    assert reply.usage.reply_tokens > reply.usage.forced_tokens


def test_a_forced_reply_needs_no_generated_token(runtime):
    reply = ask_policy(runtime, user("call"), grammar='start: "the answer"', max_tokens=100)
    assert reply.text == "the answer"
    assert reply.end is ReplyEnd.COMPLETE
    assert reply.usage.reply_tokens - reply.usage.forced_tokens <= 1


def test_forced_text_is_cut_at_the_number_of_tokens(runtime):
    reply = ask_policy(
        runtime, user("call"), grammar='start: "the answer to the question is in the page"', max_tokens=3
    )
    assert reply.end is ReplyEnd.LENGTH
    assert "the answer to the question is in the page".startswith(reply.text)
    assert reply.usage.reply_tokens == 3


def test_what_a_constrained_reply_left_is_true(runtime):
    first = ask_policy(runtime, user("call"), grammar=CALL, max_tokens=100)
    second = ask_policy(runtime, user("call"), assistant(first.text), user("again"))
    computed = first.usage.prompt_tokens + first.usage.reply_tokens - 3  # nothing was asked after the last ones
    assert second.usage.reused_tokens == computed


def test_special_tokens_can_be_asked_for(runtime):
    grammar = 'start: <tool_call> "x" </tool_call>'
    reply = ask_policy(runtime, user("call"), grammar=grammar, max_tokens=10)
    assert reply.text == "<tool_call>x</tool_call>"
    assert reply.usage.reply_tokens == 3


def test_replies_together_each_have_their_own_grammar(runtime):
    patterns = ("[0-9]{3}", "(yes|no)", "[a-c]{4}z")
    replies = ask(runtime, *(request(user("go"), grammar=f"start: /{one}/", sampling=HOT) for one in patterns))
    assert all(re.fullmatch(one, reply.text) for one, reply in zip(patterns, replies, strict=True))


def test_a_wrong_grammar_says_what_is_wrong_and_leaves_the_model_usable(runtime):
    with pytest.raises(ValueError, match="grammar is wrong"):
        ask(runtime, request(user("go"), grammar="start: nothing_of_that_name"))
    assert ask(runtime, request(user("go")))[0].usage.reply_tokens
