from __future__ import annotations

from pathlib import Path

import pytest
from asked_models import ask, ask_policy, assistant, load_model, request, system, tool_answer, user

from models.chat import Lane
from models.llama.interrupt import Interrupt

pytest.importorskip("llama_cpp")

LONG = "the answer to the question is in the page that was read and the search found it there. " * 6


def test_a_second_turn_reads_nothing_but_what_is_new(runtime):
    turns = [system("You are a researcher."), user("What is the name of the river?")]
    first = ask_policy(runtime, *turns, opening="<think>", max_tokens=24)
    read_before = first.usage.prompt_tokens
    turns += [assistant("<think>" + first.text), tool_answer("The river is here.")]
    second = ask_policy(runtime, *turns, opening="<think>")
    known = read_before + first.usage.reply_tokens - 1  # the last token of a reply was never computed
    assert first.usage.reused_tokens == 0
    assert second.usage.reused_tokens == known
    assert second.usage.prompt_tokens > known


def test_reused_tokens_mean_the_same_as_tokens_read_anew(runtime, model_file):
    ask_policy(runtime, system("Read."), user(LONG + "one"))
    other = request(system("Read."), user(LONG + "two three"), lane=Lane.POLICY)
    options = ("yes", "no", "5", "x", "Q")
    warm = runtime.weigh(other, options=options, interrupt=Interrupt())
    fresh = load_model(model_file)
    cold = fresh.weigh(other, options=options, interrupt=Interrupt())
    fresh.close()
    assert warm == pytest.approx(cold, abs=0.02)
    (reply,) = ask(runtime, other)
    assert reply.usage.reused_tokens == reply.usage.prompt_tokens - 1 == runtime.count(other.prompt) - 1


def test_a_conversation_that_goes_another_way_keeps_what_both_begin_with(runtime):
    turns = [system("Read."), user(LONG)]
    first = ask_policy(runtime, *turns)
    ask_policy(runtime, *turns, assistant(first.text), user("And then?"))
    other = ask_policy(runtime, *turns, assistant(first.text[: len(first.text) // 2]), user("No."))
    assert first.usage.prompt_tokens <= other.usage.reused_tokens < first.usage.prompt_tokens + 16


def test_the_same_prompt_again_reads_one_token(runtime):
    first = ask_policy(runtime, user(LONG))
    again = ask_policy(runtime, user(LONG))
    assert again.usage.reused_tokens == first.usage.prompt_tokens - 1
    assert again.text == first.text


def test_a_reader_in_between_does_not_cost_the_policy_its_conversation(runtime):
    first = ask_policy(runtime, user(LONG))
    ask(runtime, request(user("Something else entirely " + LONG)))
    again = ask_policy(runtime, user(LONG), assistant(first.text), user("go on"))
    assert again.usage.reused_tokens == first.usage.prompt_tokens + first.usage.reply_tokens - 1


def test_requests_that_begin_alike_share_their_beginning(runtime):
    static = system(LONG)
    replies = ask(runtime, *(request(static, user(f"page {number} says")) for number in range(4)))
    static_tokens = replies[0].usage.prompt_tokens - 20
    assert replies[0].usage.reused_tokens == 0
    assert all(reply.usage.reused_tokens > static_tokens for reply in replies[1:])


def test_a_reader_goes_on_with_the_next_segment(runtime):
    begun = [system(LONG), user("segment one")]
    (first,) = ask(runtime, request(*begun))
    ask(runtime, request(system(LONG), user("another page")))
    (second,) = ask(runtime, request(*begun, assistant(first.text), user("segment two")))
    assert second.usage.reused_tokens == first.usage.prompt_tokens + first.usage.reply_tokens - 1


def test_more_conversations_than_there_is_room_for_are_answered_all_the_same(model_file):
    runtime = load_model(model_file, reading_tokens=512)
    texts = [f"{number} " + "the page was read " * 20 for number in range(40)]
    kept = [ask(runtime, request(user(text)))[0] for text in texts]
    fresh = load_model(model_file)
    assert kept[-1].text == ask(fresh, request(user(texts[-1])))[0].text
    fresh.close()
    assert runtime._loaded.reading.used_cells() <= 512
    runtime.close()


def test_many_requests_at_once_wait_for_room(model_file):
    runtime = load_model(model_file, reading_tokens=512, max_parallel=4)
    requests = [request(user(f"{number} " + "the page was read " * 30), max_tokens=60) for number in range(6)]
    together = ask(runtime, *requests)
    apart = [ask(runtime, one)[0] for one in requests]
    assert [reply.text for reply in together] == [reply.text for reply in apart]
    runtime.close()


def test_a_token_in_the_middle_of_a_character_is_no_place_to_go_back_to(runtime):
    first = ask_policy(runtime, user("é" * 40 + "日本語" * 10))
    other = ask_policy(runtime, user("é" * 40 + "日本" + "星" * 10))
    cold = ask_policy(runtime, user("x"))
    again = ask_policy(runtime, user("é" * 40 + "日本" + "星" * 10))
    assert cold.text
    assert other.text == again.text
    assert 0 < other.usage.reused_tokens < first.usage.prompt_tokens


def test_both_lanes_know_nothing_of_each_other(runtime):
    (reader,) = ask(runtime, request(user(LONG)))
    (policy,) = ask(runtime, request(user(LONG), lane=Lane.POLICY))
    assert (reader.usage.reused_tokens, policy.usage.reused_tokens) == (0, 0)


def test_a_model_that_was_parked_goes_on_where_it_was(runtime, model_file: Path, tmp_path: Path):
    first = ask_policy(runtime, user(LONG))
    assert runtime.save_lane(tmp_path / "lane")
    woken = load_model(model_file)
    assert woken.restore_lane(tmp_path / "lane")
    turns = (user(LONG), assistant(first.text), user("go on"))
    there, here = ask_policy(woken, *turns), ask_policy(runtime, *turns)
    woken.close()
    assert there.text == here.text
    assert there.usage.reused_tokens == here.usage.reused_tokens > first.usage.prompt_tokens
