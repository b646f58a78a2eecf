"""Where it is looked for what a writer misses and what a reader wants: never on the web with private words."""

from dataclasses import replace

from fakes import FakeWorld, QuotingWriter, document_of, scripted_roles
from two_sides import FakeWeb, TwoSidedDiary

from engine.agent.control import RunControl
from engine.agent.state import fold
from engine.domain import Amendment, AmendmentKind, Outcome, Reach, Side
from engine.events import AmendmentBegun, AmendmentFailed, CommandGiven, CommandKind, GapsFound, RunContinued

QUESTION = "where do herons nest?"
HERONS, OTTERS = "https://birds.example/herons", "https://otters.example/"
SECRET = "what do otters hunt behind the barn?"


def pages() -> dict:
    return {
        HERONS: document_of("herons nest in tall trees", title="Herons"),
        OTTERS: document_of("otters hunt frogs", title="Otters"),
    }


def files() -> dict:
    return {"file:///diary.txt": document_of("my herons nest behind the barn", title="Diary")}


def misses(*questions: str):
    writer = QuotingWriter()
    writer.misses = [questions]
    return replace(scripted_roles(), writer=writer)


def finished(reach: Reach = Reach.WEB, *, web: FakeWeb) -> TwoSidedDiary:
    diary = TwoSidedDiary(QUESTION, reach=reach)
    diary.run(web=web, library=FakeWorld(files()))
    return diary


def amend(diary: TwoSidedDiary, amendment: Amendment, *, web: FakeWeb):
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=amendment))
    diary.add(RunContinued())
    return diary.run(web=web, library=FakeWorld(files()), control=control)


def test_on_the_web_alone_what_is_missing_is_looked_for_there():
    diary, web = TwoSidedDiary(QUESTION, reach=Reach.WEB), FakeWeb(pages())
    state = diary.run(web=web, web_roles=misses("what do otters hunt?"))
    assert [one.side for one in diary.events(GapsFound)[0].subquestions] == [Side.WEB]
    assert "query what do otters hunt" in web.sent
    assert any("frogs" in claim.text for claim in state.report.claims)


def test_with_both_what_is_missing_is_looked_for_in_the_library_only():
    diary, web = TwoSidedDiary(QUESTION), FakeWeb(pages())
    diary.run(web=web, library=FakeWorld(files()), library_roles=misses(SECRET))
    assert [one.side for one in diary.events(GapsFound)[0].subquestions] == [Side.LIBRARY]
    assert not any("barn" in sent for sent in web.sent)


def test_nothing_missing_is_looked_for_on_the_web_once_a_person_has_supplied_a_page():
    web = FakeWeb(
        pages(), unreadable=frozenset([HERONS]), supplied={"copy": document_of("herons nest in the abbey, they say")}
    )
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    control = RunControl()
    for stored in diary.follow(web=web, control=control, web_roles=misses(SECRET)):
        if type(stored.event).__name__ == "SourceFailed" and stored.event.address == HERONS:
            control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=HERONS, file="copy"))
    assert diary.events(GapsFound) == []
    assert not any("barn" in sent for sent in web.sent)


def test_only_approved_words_are_sent_whatever_the_writer_misses():
    diary, web = TwoSidedDiary(QUESTION, reach=Reach.WEB, approved_query=QUESTION), FakeWeb(pages())
    diary.run(web=web, web_roles=misses(SECRET))
    assert {sent for sent in web.sent if sent.startswith("query")} == {f"query {QUESTION}"}


def test_with_both_going_deeper_and_checking_send_nothing():
    web = FakeWeb(pages())
    diary = finished(Reach.BOTH, web=web)
    before = list(web.sent)
    amend(diary, Amendment(kind=AmendmentKind.DEEPER, words=SECRET), web=web)
    for claim in diary.run(web=web, library=FakeWorld(files())).report.claims:
        amend(diary, Amendment(kind=AmendmentKind.CHECK, claim=claim.id), web=web)
    assert web.sent == before
    assert {one.side for begun in diary.events(AmendmentBegun) for one in begun.subquestions} == {Side.LIBRARY}


def test_on_the_web_going_deeper_asks_in_the_words_the_person_saw():
    web = FakeWeb(pages())
    diary = finished(web=web)
    state = amend(diary, Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?"), web=web)
    assert "query what do otters hunt" in web.sent
    assert any("frogs" in claim.text for claim in state.report.claims)


def test_a_sentence_that_rests_on_a_supplied_page_is_not_looked_up_when_it_is_checked():
    web = FakeWeb(
        {HERONS: pages()[HERONS]},
        unreadable=frozenset([HERONS]),
        supplied={"copy": document_of("herons nest in the abbey, they say")},
    )
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB)
    diary.run(web=web)
    diary.add(RunContinued())
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=HERONS, file="copy"))
    state = diary.run(web=web, control=control)
    (claim, *_) = state.report.claims
    assert "abbey" in claim.text
    before = list(web.sent)
    amend(diary, Amendment(kind=AmendmentKind.CHECK, claim=claim.id), web=web)
    assert diary.events(AmendmentBegun)[-1].subquestions == ()
    assert web.sent == before


def test_no_sentence_is_looked_up_once_a_page_was_supplied_whatever_it_cites():
    web = FakeWeb(
        pages(), unreadable=frozenset([HERONS]), supplied={"copy": document_of("herons nest in the abbey, they say")}
    )
    diary = TwoSidedDiary(f"{QUESTION} what do otters hunt?", reach=Reach.WEB)
    diary.run(web=web)
    diary.add(RunContinued())
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=HERONS, file="copy"))
    state = diary.run(web=web, control=control)
    public = next(claim for claim in state.report.claims if "frogs" in claim.text)
    before = list(web.sent)
    amend(diary, Amendment(kind=AmendmentKind.CHECK, claim=public.id), web=web)
    assert web.sent == before


def test_a_run_of_approved_words_does_not_go_deeper():
    web = FakeWeb(pages())
    diary = TwoSidedDiary(QUESTION, reach=Reach.WEB, approved_query=QUESTION)
    diary.run(web=web)
    before = list(web.sent)
    state = amend(diary, Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?"), web=web)
    assert "approved" in diary.events(AmendmentFailed)[0].reason
    assert (web.sent, state.outcome) == (before, Outcome.COMPLETE)


def test_a_page_supplied_while_a_report_is_changed_is_in_the_report_after_it():
    web = FakeWeb(
        pages(), unreadable=frozenset([HERONS]), supplied={"copy": document_of("herons nest in the abbey, they say")}
    )
    diary = TwoSidedDiary("where do herons nest? what do otters hunt?", reach=Reach.WEB)
    diary.run(web=web)
    diary.add(RunContinued())
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=Amendment(kind=AmendmentKind.DEEPER, words="frogs?")))
    for stored in diary.follow(web=web, control=control):
        if isinstance(stored.event, AmendmentBegun):
            control.give(CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=HERONS, file="copy"))
    state = fold(diary.trace)
    assert any("abbey" in claim.text for claim in state.report.claims)
    assert state.outcome is Outcome.COMPLETE


def test_a_change_that_needs_the_web_while_it_is_off_leaves_the_report():
    web = FakeWeb(pages())
    diary = finished(web=web)
    web.is_offline = True
    state = amend(diary, Amendment(kind=AmendmentKind.DEEPER, words="what do otters hunt?"), web=web)
    assert [one.reason for one in diary.events(AmendmentFailed)] == ["Plumbline is offline"]
    assert state.outcome is Outcome.COMPLETE
    shorter = amend(diary, Amendment(kind=AmendmentKind.SHORTEN), web=web)
    assert len(shorter.versions) == 2
