from fakes import document_of, source_of

from engine.agent.budget import budget_for
from engine.agent.episode_state import Episode
from engine.agent.extractive.policy import ExtractivePolicy
from engine.agent.roles import Action, Browse, Conclude, EpisodeView, Search
from engine.domain import (
    Depth,
    Locator,
    Passage,
    PassageId,
    SearchResult,
    SubQuestion,
    SubQuestionId,
)
from engine.events import SearchRan, SourceRead

NUMBER = SubQuestionId(1)
QUESTION = SubQuestion(id=NUMBER, text="How deep is the lake?", queries=("deep lake", "lake depth limit", "lake"))


def ran(query: str, *titles: str) -> SearchRan:
    results = tuple(
        SearchResult(address=f"file:///{title}", title=title, snippet="about a lake", score=1.0) for title in titles
    )
    return SearchRan(subquestion_id=NUMBER, query=query, results=results)


def was_read(title: str, *, relevance: float | None = None) -> SourceRead:
    document = document_of(f"Text of {title}", title=title)
    source = source_of(f"file:///{title}", document)
    passages = ()
    if relevance is not None:
        passage = Passage(
            id=PassageId(1),
            source_id=source.id,
            subquestion_id=NUMBER,
            start=0,
            end=4,
            quote="Text",
            locator=Locator(),
            relevance=relevance,
        )
        passages = (passage,)
    return SourceRead(subquestion_id=NUMBER, source=source, passages=passages)


def chosen(episode: Episode, *, skipped: frozenset[str] = frozenset()) -> Action:
    view = EpisodeView(question=QUESTION.text, episode=episode, budget=budget_for(Depth.STANDARD), skipped=skipped)
    action = ExtractivePolicy().next_action(view)
    assert action == ExtractivePolicy().next_action(view)
    assert action.reason.endswith(".")
    return action


def test_it_begins_with_a_search() -> None:
    action = chosen(Episode(subquestion=QUESTION))
    assert isinstance(action, Search)
    assert action.queries[0] == "deep lake"


def test_a_question_without_words_ends_at_once() -> None:
    action = chosen(Episode(subquestion=SubQuestion(id=NUMBER, text="")))
    assert isinstance(action, Conclude)
    assert not action.found


def test_it_opens_the_best_result_that_was_not_opened_or_skipped() -> None:
    searches = (ran("deep lake", "Index", "Guide", "Map"), ran("lake depth limit", "Guide", "Map"), ran("lake"))
    first = chosen(Episode(subquestion=QUESTION, searches=searches))
    assert isinstance(first, Browse)
    assert first.address == "file:///Guide"
    second = chosen(Episode(subquestion=QUESTION, searches=searches, read=(was_read("Guide", relevance=0.9),)))
    assert isinstance(second, Browse)
    assert second.address == "file:///Map"
    other = chosen(Episode(subquestion=QUESTION, searches=searches), skipped=frozenset({"file:///Guide"}))
    assert isinstance(other, Browse)
    assert other.address == "file:///Map"


def test_it_ends_when_everything_was_read() -> None:
    searches = (ran("deep lake", "Guide"), ran("lake depth limit"), ran("lake"))
    for relevance, found in ((0.9, True), (0.42, False), (None, False)):
        read = (was_read("Guide", relevance=relevance),)
        action = chosen(Episode(subquestion=QUESTION, searches=searches, read=read))
        assert isinstance(action, Conclude)
        assert action.found is found


def test_it_never_spends_more_than_the_budget() -> None:
    titles = [f"Page {number}" for number in range(30)]
    searches = (ran("deep lake", *titles), ran("lake depth limit"), ran("lake"))
    read: tuple[SourceRead, ...] = ()
    while True:
        action = chosen(Episode(subquestion=QUESTION, searches=searches, read=read))
        if isinstance(action, Conclude):
            break
        assert isinstance(action, Browse)
        read = (*read, was_read(action.address.removeprefix("file:///"), relevance=0.6))
    assert len(read) == budget_for(Depth.STANDARD).sources_per_episode


def test_a_page_is_read_rather_than_its_source_text() -> None:
    episode = Episode(subquestion=QUESTION, searches=(ran("deep lake", "lake.txt", "eel.html", "lake.html"),))
    first = chosen(episode)
    assert isinstance(first, Browse)
    assert first.address == "file:///lake.html"


def test_the_source_text_of_a_page_that_was_read_is_not_read() -> None:
    episode = Episode(
        subquestion=QUESTION,
        searches=(ran("deep lake", "lake.html", "lake.txt"), ran("lake depth limit"), ran("lake")),
        read=(was_read("lake.html"),),
    )
    assert isinstance(chosen(episode), Conclude)
