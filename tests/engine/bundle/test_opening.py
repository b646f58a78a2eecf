"""A bundle opened in a data folder of somebody else."""

import json
from dataclasses import replace

import pytest
from bundled_runs import REQUESTS, entries, forged, packed, saved, small, small_run, whole
from fake_runs import claim, finished_run

from engine.agent.control import RunControl
from engine.bundle import layout
from engine.bundle.opening import TITLE
from engine.bundle.pack import pack
from engine.bundle.verify import verify
from engine.departures import departures_of
from engine.domain import Amendment, AmendmentKind, Reach, RunId, Scope, Verdict
from engine.errors import AmendmentImpossible, BundleUnusable, QuestionUnusable, SessionNotFound
from engine.events import CommandGiven, CommandKind, RunStarted, SourceRead
from engine.export.html import render_html
from engine.research import History, Research
from engine.storage.folder import SESSIONS_FILE
from engine.storage.store import Store


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def research(data):
    with Research.open(data) as research:
        yield research


@pytest.fixture
def history(research, data):
    history = History.open(data)
    yield history
    history.close()


def test_an_opened_run_is_the_one_that_was_packed(research, history, tmp_path):
    run = finished_run(with_other_scripts=True)
    opened = research.open_bundle(saved(whole(), tmp_path))
    assert opened.is_new and opened.verification.is_sound
    assert [one.event for one in history.trace(opened.run_id)] == [one.event for one in run.trace]
    assert [one.at for one in history.trace(opened.run_id)] == [one.at for one in run.trace]
    state = history.state(opened.run_id)
    assert state.current_report == run.state.report
    for source in state.sources.values():
        assert history.document(source.text_hash) == run.document_of(source.text_hash)
        assert history.source(source.id) == source
    (session,) = history.sessions()
    assert session.title == TITLE + run.question
    assert session.id == opened.session_id
    assert session.outcome is run.state.outcome


def test_nothing_of_it_is_left_to_do(research, history, tmp_path):
    research.open_bundle(saved(whole(), tmp_path))
    assert research.unfinished() == ()


def test_what_it_holds_can_be_searched(research, history, tmp_path):
    research.open_bundle(saved(whole(), tmp_path))
    assert {hit.kind for hit in history.search("frost")} == {"question", "report", "source"}


def test_where_it_comes_from_is_known_and_its_receipt_is_that_of_the_other_computer(research, history, data, tmp_path):
    opened = research.open_bundle(saved(packed(finished_run(), REQUESTS), tmp_path, "from a friend.plumbline"))
    origin = history.origin(opened.run_id)
    assert origin is not None
    assert (origin.name, origin.run, origin.findings) == ("from a friend.plumbline", "run-1", ())
    assert departures_of(data, history.state(opened.run_id)) == REQUESTS


def test_a_run_that_was_made_here_has_no_origin(research, history):
    assert history.origin(research.start("How high is the tower?")) is None


def test_the_same_file_is_opened_once(research, history, tmp_path):
    path = saved(whole(), tmp_path)
    first = research.open_bundle(path)
    again = research.open_bundle(saved(whole(), tmp_path, "copy.plumbline"))
    assert (again.session_id, again.run_id, again.is_new) == (first.session_id, first.run_id, False)
    assert len(history.sessions()) == 1
    research.delete_session(first.session_id)
    assert research.open_bundle(path).is_new


def test_it_can_be_opened_where_it_was_made_without_touching_the_original(research, history, tmp_path):
    question = "How long must lime mortar be protected from frost?"
    research.start(question)
    opened = research.open_bundle(saved(whole(), tmp_path))
    assert len(history.sessions()) == 2
    assert opened.session_id in {session.id for session in history.sessions()}


def test_it_is_not_gone_on_with_and_not_changed(research, history, tmp_path):
    opened = research.open_bundle(saved(whole(), tmp_path))
    before = history.trace(opened.run_id)
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=Amendment(kind=AmendmentKind.SHORTEN)))
    with pytest.raises(AmendmentImpossible, match="opened from a file"):
        list(research.follow(opened.run_id, control=control))
    assert history.trace(opened.run_id) == before


def test_it_can_be_marked_and_packed_again(research, history, data, tmp_path):
    opened = research.open_bundle(saved(whole(), tmp_path))
    claim = history.state(opened.run_id).current_report.claims[0]
    research.mark(opened.run_id, claim.id, Verdict.WRONG, "Not so.")
    state = history.state(opened.run_id)
    again = pack(history.trace(opened.run_id), history.document, departures=departures_of(data, state))
    path = saved(again, tmp_path, "again.plumbline")
    assert verify(path).is_sound
    second = research.open_bundle(path)
    assert history.state(second.run_id).marks[claim.id].note == "Not so."


def test_what_does_not_hold_is_opened_only_if_that_was_said(research, history, tmp_path):
    path = saved(small("Lime mortar stays vulnerable to frost for 17 months."), tmp_path)
    with pytest.raises(BundleUnusable, match="17"):
        research.open_bundle(path)
    assert history.sessions() == ()
    opened = research.open_bundle(path, despite_findings=True)
    origin = history.origin(opened.run_id)
    assert origin is not None and "17" in origin.findings[0]


def test_what_is_too_damaged_is_not_opened_whatever_is_said(research, history, tmp_path):
    path = saved(forged(whole(), layout.TRACE, lambda data: data[:5_000]), tmp_path)
    with pytest.raises(BundleUnusable, match="too damaged"):
        research.open_bundle(path, despite_findings=True)
    assert history.sessions() == ()


@pytest.mark.parametrize("folder", ["sources/", "documents/"])
def test_one_text_that_is_not_whole_does_not_keep_the_report_from_being_read(research, history, tmp_path, folder: str):
    name = next(name for name in entries(whole()) if name.startswith(folder))
    path = saved(forged(whole(), name, lambda data: data[:-1] + b"?" if folder == "sources/" else b"[]"), tmp_path)
    with pytest.raises(BundleUnusable, match="sources/"):
        research.open_bundle(path)
    opened = research.open_bundle(path, despite_findings=True)
    assert any("sources/" in finding for finding in history.origin(opened.run_id).findings)
    state, whole_run = history.state(opened.run_id), finished_run(with_other_scripts=True)
    assert state.current_report == whole_run.state.report
    lost = name.removeprefix(folder)[:64]
    with pytest.raises(SessionNotFound):
        history.documents_of(opened.run_id)(lost)
    for source in state.sources.values():
        if source.text_hash != lost:
            assert history.documents_of(opened.run_id)(source.text_hash) == whole_run.document_of(source.text_hash)
    assert "three months" in render_html(state, history.documents_of(opened.run_id))


def test_what_others_approved_is_not_listed_as_approved_here(research, history, tmp_path):
    run = finished_run()
    first = run.trace[0]
    assert isinstance(first.event, RunStarted)
    run.trace[0] = replace(first, event=replace(first.event, approved_query="words of somebody else"))
    research.open_bundle(saved(packed(run), tmp_path))
    assert history.approvals() == ()


def opened_with_approved(research, tmp_path, words: str):
    run = finished_run()
    first = run.trace[0]
    assert isinstance(first.event, RunStarted)
    run.trace[0] = replace(first, event=replace(first.event, approved_query=words))
    return research.open_bundle(saved(packed(run), tmp_path))


def test_what_others_approved_is_not_sent_as_if_it_was_approved_here(research, history, tmp_path):
    opened = opened_with_approved(research, tmp_path, "words of somebody else")
    with pytest.raises(QuestionUnusable, match="somebody else"):
        research.start(
            "words of somebody else",
            scope=Scope(reach=Reach.WEB),
            session_id=opened.session_id,
            approved_query="words of somebody else",
        )
    assert history.approvals() == ()


def test_a_question_asked_here_does_not_join_a_session_that_came_in_a_file(research, history, tmp_path):
    opened = opened_with_approved(research, tmp_path, "words of somebody else")
    own = research.start("How long does it take?", session_id=opened.session_id)
    assert history.state(own).session_id != opened.session_id
    assert history.runs(opened.session_id) == (opened.run_id,)


def test_it_is_gone_when_it_is_deleted(data, tmp_path):
    with Research.open(data) as research:
        research.delete_session(research.open_bundle(saved(whole(), tmp_path)).session_id)
    with Research.open(data):
        history = History.open(data)
        assert history.sessions() == ()
        assert history.search("frost") == ()
        history.close()


def with_other_structure(bundle: bytes) -> bytes:
    """The same texts, said to be called otherwise and to have no paragraphs."""

    def changed(data: bytes) -> bytes:
        return json.dumps({**json.loads(data), "title": "Quite another title", "blocks": []}).encode()

    for name in entries(bundle):
        if name.startswith("documents/"):
            bundle = forged(bundle, name, changed)
    return bundle


def made_here(data, run) -> RunId:
    """The run as one of this computer's own."""
    store = Store.open(data / SESSIONS_FILE)
    try:
        first = run.trace[0].event
        run_id = store.add_run(first, session_id=None).run_id
        for stored in run.trace[1:]:
            event = stored.event
            is_read = isinstance(event, SourceRead)
            documents = {event.source.text_hash: run.document_of(event.source.text_hash)} if is_read else {}
            store.append(run_id, event, documents=documents)
    finally:
        store.close()
    return run_id


@pytest.mark.parametrize("is_opened_first", [True, False])
def test_what_a_file_says_of_a_text_is_not_taken_for_what_was_read_here(
    research, history, data, tmp_path, is_opened_first: bool
):
    run = small_run(claim(1, "Lime mortar stays vulnerable to frost for about three months", [1]))
    path = saved(with_other_structure(packed(run)), tmp_path)
    if not is_opened_first:
        own = made_here(data, run)
    opened = research.open_bundle(path, despite_findings=True)
    if is_opened_first:
        own = made_here(data, run)
    (source,) = run.state.sources.values()
    read_here = run.document_of(source.text_hash)
    assert history.document(source.text_hash) == read_here
    assert history.documents_of(own)(source.text_hash) == read_here
    theirs = history.documents_of(opened.run_id)(source.text_hash)
    assert (theirs.title, theirs.blocks, theirs.text) == ("Quite another title", (), read_here.text)
    hits = [hit for hit in history.search("frost mortar vulnerable") if hit.kind == "source"]
    assert {(hit.title, hit.source_id) for hit in hits} == {
        ("Quite another title", source.id),
        (read_here.title, source.id),
    }


def test_what_a_file_says_of_a_source_is_not_taken_for_what_was_read_here(research, history, data, tmp_path):
    run = small_run(claim(1, "Lime mortar stays vulnerable to frost for about three months", [1]))
    opened = research.open_bundle(
        saved(forged(packed(run), layout.TRACE, lambda d: d.replace(b"Building notes", b"Elsewhere")), tmp_path),
        despite_findings=True,
    )
    own = made_here(data, run)
    (source,) = run.state.sources.values()
    assert history.source(source.id) == history.source(source.id, run_id=own) == source
    assert history.source(source.id, run_id=opened.run_id).site == "Elsewhere"


def test_deleting_what_was_opened_leaves_what_was_read_here(data, tmp_path):
    run = small_run(claim(1, "Lime mortar stays vulnerable to frost for about three months", [1]))
    with Research.open(data) as research:
        own = made_here(data, run)
        opened = research.open_bundle(saved(packed(run), tmp_path))
        research.delete_session(opened.session_id)
    with Research.open(data):
        history = History.open(data)
        (source,) = run.state.sources.values()
        assert history.documents_of(own)(source.text_hash) == run.document_of(source.text_hash)
        assert len([hit for hit in history.search("frost mortar vulnerable") if hit.kind == "source"]) == 1
        history.close()
