from dataclasses import replace

from fakes import FakeWorld, document_of
from policy_episodes import (
    ASKED_AT,
    ONE,
    QUESTION,
    Diary,
    answer,
    browse,
    cast_with,
    episode_of,
    ran,
    replied,
    search,
    standard_budget,
    was_read,
)
from scripted_model import ABOUT, ScriptedModel, in_turn

from engine.agent.roles import Conclude, EpisodeView, Rebuild, Search
from engine.events import ReplyRejected, WorkspaceRebuilt
from models.chat import Speaker
from models.errors import ContextFull

PAGES = [f"https://pages.example/{number}" for number in range(8)]


def quote(number):
    return f"Passage number {number} says something about herons. " * 3


def long_steps(reads=6):
    """A search and several readings of two passages each; the later ones are the more relevant ones."""
    steps = [replied(search("herons")), ran("herons", *PAGES, snippet="some words " * 20)]
    for number in range(reads):
        first = 2 * number + 1
        steps.append(replied(browse(PAGES[number], thought="I think about herons. " * 3)))
        quotes = (quote(first), quote(first + 1))
        steps.append(was_read(PAGES[number], *quotes, first_id=first, relevance=number / 10))
    return tuple(steps)


def choose(steps, *, context_tokens, script=None, budget=None):
    model = ScriptedModel(script or in_turn(), about=replace(ABOUT, context_tokens=context_tokens))
    view = EpisodeView(
        question=QUESTION,
        episode=episode_of(steps),
        budget=budget or standard_budget(),
        skipped=frozenset(),
        asked_at=ASKED_AT,
    )
    return cast_with(model).policy.next_action(view), model


def rebuilt(action):
    return WorkspaceRebuilt(
        subquestion_id=ONE,
        tokens_before=action.tokens_before,
        tokens_after=action.tokens_after,
        reason=action.reason,
        left_out=action.left_out,
    )


def test_a_conversation_with_room_is_not_touched():
    action, model = choose(long_steps(), context_tokens=8_000, script=in_turn(search("more")))
    assert isinstance(action, Search)
    assert model.asked[0].max_tokens == 2_000


def test_the_reply_gets_what_room_there_is():
    _, model = choose(long_steps(), context_tokens=8_000, script=in_turn(search("more")))
    needed = model.count(model.asked[0].prompt)
    action, model = choose(long_steps(), context_tokens=needed + 700, script=in_turn(search("more")))
    assert isinstance(action, Search)
    assert model.asked[0].max_tokens == 700


def test_without_room_the_conversation_is_begun_anew_from_the_evidence():
    _, model = choose(long_steps(), context_tokens=8_000, script=in_turn(search("more")))
    needed = model.count(model.asked[0].prompt)
    context = needed + 500
    action, _ = choose(long_steps(), context_tokens=context)
    assert isinstance(action, Rebuild)
    assert action.tokens_before == needed
    assert action.tokens_after <= context / 2
    assert f"{needed:,} of {context:,} tokens" in action.reason
    after, model = choose((*long_steps(), rebuilt(action)), context_tokens=context, script=in_turn(search("more")))
    assert isinstance(after, Search)
    prompt = model.asked[0].prompt
    assert [message.speaker for message in prompt.messages] == [Speaker.SYSTEM, Speaker.USER]
    assert model.count(prompt) == action.tokens_after
    assert prompt.messages[1].text.startswith(QUESTION)


def test_the_new_beginning_holds_evidence_searches_pages_and_what_is_left():
    action, _ = choose(long_steps(), context_tokens=2_300)
    assert isinstance(action, Rebuild)
    _, model = choose((*long_steps(), rebuilt(action)), context_tokens=8_000, script=in_turn(search("more")))
    text = model.asked[0].prompt.messages[1].text
    kept = [number for number in range(1, 13) if quote(number).strip() in text]
    assert len(kept) == 12 - action.left_out
    assert '["herons"]' in text
    assert all(address in text for address in PAGES)
    assert "tool calls left: 3, searches left: 4" in text
    assert PAGES[7] in model.asked[0].grammar
    assert PAGES[0] not in model.asked[0].grammar


def test_what_has_no_room_is_the_least_relevant_and_is_said():
    action, _ = choose(long_steps(), context_tokens=1_400)
    assert isinstance(action, Rebuild)
    assert 0 < action.left_out < 12
    assert f"{action.left_out} of 12 passages" in action.reason
    _, model = choose((*long_steps(), rebuilt(action)), context_tokens=8_000, script=in_turn(search("more")))
    text = model.asked[0].prompt.messages[1].text
    kept = [number for number in range(1, 13) if quote(number).strip() in text]
    by_relevance = [11, 12, 9, 10, 7, 8, 5, 6, 3, 4, 1, 2]
    assert kept == sorted(by_relevance[: 12 - action.left_out])
    assert f"({action.left_out} less relevant passages are not shown)" in text


def test_where_nothing_fits_the_episode_ends_with_that_reason():
    action, model = choose(long_steps(), context_tokens=600)
    assert isinstance(action, Conclude)
    assert "no room" in action.reason
    assert action.found
    assert model.asked == []


def test_a_model_that_refuses_a_conversation_for_its_length_gets_a_shorter_one():
    def refuses(_request):
        raise ContextFull(needed=9_000, available=8_000)

    action, _ = choose(long_steps(), context_tokens=8_000, script=refuses)
    assert isinstance(action, Rebuild)
    assert action.tokens_after < action.tokens_before
    again, _ = choose((*long_steps(), rebuilt(action)), context_tokens=8_000, script=refuses)
    while isinstance(again, Rebuild):
        assert again.tokens_after < action.tokens_after
        action = again
        again, _ = choose((*long_steps(), rebuilt(action)), context_tokens=8_000, script=refuses)
    assert isinstance(again, Conclude)


def test_the_conversation_goes_on_behind_the_new_beginning():
    action, _ = choose(long_steps(), context_tokens=2_300)
    steps = (*long_steps(), rebuilt(action), replied(search("eels")), ran("eels", "https://eels.example/"))
    _, model = choose(steps, context_tokens=8_000, script=in_turn(search("more")))
    speakers = [message.speaker for message in model.asked[0].prompt.messages]
    assert speakers == [Speaker.SYSTEM, Speaker.USER, Speaker.ASSISTANT, Speaker.TOOL]


def test_a_run_in_a_small_context_begins_anew_and_still_ends_with_an_answer():
    texts = {
        f"https://pages.example/{number}": document_of(f"herons nest in tree {number} " * 20, title=f"Page {number}")
        for number in range(6)
    }
    left = list(texts)

    def script(request):
        last = request.prompt.messages[-1].text
        if "tool calls left" in last or request.prompt.messages[-1].speaker is Speaker.TOOL:
            return browse(left.pop(0)) if len(left) > 1 else answer("in trees")
        return search("herons")

    diary = Diary()
    model = ScriptedModel(script, about=replace(ABOUT, context_tokens=1_400))
    state = diary.run(model, FakeWorld(texts))
    (event, *_) = diary.events(WorkspaceRebuilt)
    assert event.tokens_after < event.tokens_before
    assert state.episodes[0].ended is not None
    assert state.episodes[0].ended.answer == "in trees"
    assert all(model.count(request.prompt) + request.max_tokens <= 1_400 for request in model.asked)
    assert all(request.max_tokens >= 512 for request in model.asked)


def test_only_pages_that_the_new_beginning_shows_are_offered():
    many = [f"https://many.example/{number}" for number in range(10)]
    begun = WorkspaceRebuilt(subquestion_id=ONE, tokens_before=9, tokens_after=5, reason="")
    steps = (replied(search("old")), ran("old", *many), replied(search("new")), ran("new", *PAGES[:4]), begun)
    _, model = choose(steps, context_tokens=8_000, script=in_turn(search("more")))
    text, grammar = model.asked[0].prompt.messages[1].text, model.asked[0].grammar
    offered = [address for address in (*many, *PAGES) if address in grammar]
    assert offered == [address for address in (*many, *PAGES) if address in text]
    assert set(PAGES[:4]) < set(offered)
    assert len(offered) == 8


def test_a_rebuilding_forgets_no_correction():
    rejected = ReplyRejected(subquestion_id=ONE, reply="words", problem="No.")
    begun = WorkspaceRebuilt(subquestion_id=ONE, tokens_before=9, tokens_after=5, reason="")
    action, _ = choose((rejected, rejected, rejected, begun), context_tokens=8_000, script=in_turn("words"))
    assert isinstance(action, Conclude)
