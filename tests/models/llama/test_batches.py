from __future__ import annotations

import pytest
from asked_models import ask, load_model, request, system, user

from models.chat import Lane, ReplyEnd, Sampling

pytest.importorskip("llama_cpp")

QUESTIONS = ("What is the name?", "the answer to the question is there", "one two three", "browse_webpage: 1999")


def test_replies_made_together_are_the_ones_made_alone(runtime, model_file):
    together = ask(runtime, *(request(system("Answer."), user(text), max_tokens=16) for text in QUESTIONS))
    alone = load_model(model_file)
    apart = [ask(alone, request(system("Answer."), user(text), max_tokens=16))[0] for text in QUESTIONS]
    alone.close()
    assert [reply.text for reply in together] == [reply.text for reply in apart]
    assert len({reply.text for reply in apart}) > 1


@pytest.mark.parametrize("count", [2, 3, 5, 6, 7])
def test_batches_of_every_size_say_what_each_would_say_alone(model_file, count):
    runtime = load_model(model_file, max_parallel=8)
    asked = [request(user(f"{number} {QUESTIONS[number % 4]}"), max_tokens=10) for number in range(count)]
    together = [reply.text for reply in ask(runtime, *asked)]
    assert together == [ask(runtime, one)[0].text for one in asked]
    reading = runtime._loaded.reading
    assert reading.context.length(reading.context.plan.sequences) == 0
    runtime.close()


def test_prompts_that_share_much_are_not_read_twice_though_all_are_new(runtime):
    shared = [f"page {number} " + "the page was read " * 30 for number in range(2)]
    asked = [request(user(shared[number // 2] + f"question {number}")) for number in range(4)]
    usages = [reply.usage for reply in ask(runtime, *asked)]
    assert [usage.reused_tokens > usage.prompt_tokens // 2 for usage in usages] == [False, True, False, True]


def test_replies_keep_the_order_of_their_requests_whenever_they_end(runtime):
    lengths = (20, 3, 17, 1, 9, 12)
    replies = ask(runtime, *(request(user("the river"), max_tokens=length) for length in lengths))
    assert [reply.usage.reply_tokens for reply in replies] == list(lengths)
    assert {reply.end for reply in replies} == {ReplyEnd.LENGTH}
    longest = replies[0].text
    assert all(longest.startswith(reply.text.rstrip("\ufffd")) for reply in replies)


def test_pieces_come_with_the_index_of_their_request_and_make_the_replies(runtime):
    heard: dict[int, list[str]] = {}
    replies = ask(
        runtime,
        *(request(user(text), max_tokens=20) for text in QUESTIONS),
        on_text=lambda index, text: heard.setdefault(index, []).append(text),
    )
    said = ["".join(heard[index]) for index in range(len(replies))]
    assert said == [reply.text for reply in replies]


def test_each_request_has_its_own_chance(runtime):
    hot = Sampling(temperature=5.0, top_k=0, top_p=1.0, seed=3)
    one, same, other = ask(
        runtime,
        request(user("the river"), sampling=hot),
        request(user("the river"), sampling=hot),
        request(user("the river"), sampling=Sampling(temperature=5.0, top_k=0, top_p=1.0, seed=4)),
    )
    assert one.text == same.text != other.text


def test_requests_of_different_lanes_cannot_be_mixed(runtime):
    with pytest.raises(ValueError, match="one lane"):
        ask(runtime, request(user("a")), request(user("b"), lane=Lane.POLICY))


def test_no_requests_have_no_replies(runtime):
    assert ask(runtime) == ()
