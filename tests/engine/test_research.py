import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from fakes import scripted_roles

from engine.agent.state import fold
from engine.casting import EXTRACTIVE, Cast
from engine.domain import Amendment, AmendmentKind, ClaimId, Depth, Outcome, RunId, Scope, Verdict
from engine.errors import ClaimNotFound, DataFolderInUse, DataFolderUnusable, QuestionUnusable, SessionNotFound
from engine.events import CommandGiven, CommandKind, RunEnded, SearchRan
from engine.export.receipt import receipt_of
from engine.export.text import render_text
from engine.library.library import Library
from engine.library.schema import LIBRARY_FILE
from engine.reading.parser import Parser
from engine.research import History, Research, RunControl

PAGES = {
    "herons.md": "# Herons\n\nThe grey heron nests in tall trees near water. A pair raises three to five young.\n",
    "eels.md": "# Eels\n\nEuropean eels can live for up to 85 years. They swim to the Sargasso Sea to spawn.\n",
    "owls.md": "# Owls\n\nBarn owls hunt voles at night. They nest in barns and hollow trees.\n",
}


@pytest.fixture(scope="module")
def parser():
    with Parser() as parser:
        yield parser


@pytest.fixture
def data_folder(tmp_path, parser):
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text)
    data = tmp_path / "data"
    library = Library.open(data, parser=parser)
    library.add_folder(folder)
    for _ in library.update(should_stop=lambda: False):
        pass
    library.close()
    return data


def state_of(data_folder, run_id):
    with closing(History.open(data_folder)) as history:
        return history.state(run_id)


def ask(research: Research, question: str, **how):
    run_id = research.start(question, **how)
    return list(research.follow(run_id, control=RunControl()))


def test_a_question_over_a_folder_gets_an_answer_that_quotes_it(data_folder):
    with Research.open(data_folder) as research:
        run_id = research.start("How long can European eels live?")
        state = fold(research._store.trace(run_id))
        for _ in research.follow(run_id, control=RunControl()):
            pass
    history = History.open(data_folder)
    state = history.state(run_id)
    assert state.outcome is Outcome.COMPLETE
    assert "85 years" in state.report.answer[0].text
    for claim in state.report.claims:
        passage = state.passages[claim.passages[0]]
        document = history.document(state.sources[passage.source_id].text_hash)
        assert document.text[passage.start : passage.end] == passage.quote
        assert claim.text in passage.quote
    assert "language model" in state.report.made_by
    history.close()


def test_what_the_documents_do_not_say_is_not_found(data_folder):
    with Research.open(data_folder) as research:
        trace = ask(research, "What is the boiling point of tungsten?")
    assert trace[-1].event.outcome is Outcome.NOT_FOUND
    assert any(isinstance(stored.event, SearchRan) for stored in trace)


def test_events_are_on_the_disk_before_they_are_handed_over(data_folder):
    with Research.open(data_folder) as research:
        history = History.open(data_folder)
        run_id = research.start("Where do barn owls nest?")
        for stored in research.follow(run_id, control=RunControl()):
            assert history.trace(run_id)[-1] == stored
        history.close()


def test_an_interrupted_run_is_unfinished_and_goes_on_in_the_next_session(data_folder):
    control = RunControl()
    with Research.open(data_folder) as research:
        run_id = research.start("Where do barn owls nest?")
        stream = research.follow(run_id, control=control)
        next(stream)
        control.interrupt()
        assert list(stream) == []
    with Research.open(data_folder) as research:
        assert research.unfinished() == (run_id,)
        rest = list(research.follow(run_id, control=RunControl()))
        assert rest[-1].event == RunEnded(outcome=Outcome.COMPLETE)
        assert research.unfinished() == ()


def test_a_stopped_run_can_go_on_and_a_complete_one_stays_as_it_is(data_folder):
    with Research.open(data_folder) as research:
        run_id = research.start("Where do barn owls nest?")
        control = RunControl()
        control.give(CommandGiven(kind=CommandKind.STOP))
        stopped = list(research.follow(run_id, control=control))
        assert stopped[-1].event.outcome is Outcome.STOPPED
        assert research.unfinished() == ()
        assert list(research.follow(run_id, control=RunControl()))[-1].event.outcome is Outcome.COMPLETE
        assert list(research.follow(run_id, control=RunControl())) == []


def test_a_scope_limits_where_a_run_looks(data_folder, tmp_path, parser):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "bats.md").write_text("# Bats\n\nBarn bats nest in barns too.\n")
    library = Library.open(data_folder, parser=parser)
    other = library.add_folder(tmp_path / "other")
    for _ in library.update(should_stop=lambda: False):
        pass
    library.close()
    with Research.open(data_folder) as research:
        trace = ask(research, "What nests in barns?", scope=Scope(folders=(other.id,)))
    read = fold_addresses(trace)
    assert read and all("other" in address for address in read)


def fold_addresses(trace):
    return [r.address for s in trace if isinstance(s.event, SearchRan) for r in s.event.results]


def test_a_data_folder_is_open_once(data_folder):
    with Research.open(data_folder), pytest.raises(DataFolderInUse):
        Research.open(data_folder)
    Research.open(data_folder).close()


@pytest.mark.parametrize("question", ["", "   \n\t", "?!…", "\x00\x01", "x" * 50_001])
def test_a_question_without_a_question_is_refused_with_a_hint(data_folder, question):
    with Research.open(data_folder) as research, pytest.raises(QuestionUnusable) as caught:
        research.start(question)
    assert caught.value.hint


@pytest.mark.parametrize(
    "question",
    [
        "heron " * 8333,
        "أين يعشش مالك الحزين؟",
        "アオサギはどこに巣を作りますか",
        "Wo nisten Graureiher?",
        "a",
        "🦉🦉 owls",
        "x" * 50_000,
    ],
)
def test_questions_of_any_length_and_script_end(data_folder, question):
    with Research.open(data_folder) as research:
        trace = ask(research, question, depth=Depth.QUICK)
    assert trace[-1].event.outcome in {Outcome.COMPLETE, Outcome.NOT_FOUND}


def test_a_mistake_of_ours_ends_the_run_with_a_reason_and_is_raised_for_the_log(data_folder):
    class Careless:
        def plan(self, question, *, max_subquestions):
            raise ZeroDivisionError

    cast = Cast(name="careless", make=lambda library, control: replace(scripted_roles(), planner=Careless()))
    with Research.open(data_folder, cast=cast) as research:
        run_id = research.start("Where do owls nest?")
        stream = research.follow(run_id, control=RunControl())
        ended = next(stream)
        assert ended.event.outcome is Outcome.FAILED and "ZeroDivisionError" in ended.event.reason
        with pytest.raises(ZeroDivisionError):
            next(stream)


def test_without_a_library_the_run_says_so_and_can_be_continued_later(tmp_path):
    with Research.open(tmp_path / "empty") as research:
        trace = ask(research, "Anything?")
    assert trace[-1].event.outcome is Outcome.FAILED
    assert "Add a folder" in trace[-1].event.reason


def test_a_run_that_does_not_exist_is_not_found(data_folder):
    with Research.open(data_folder) as research, pytest.raises(SessionNotFound):
        next(research.follow(RunId("nothing"), control=RunControl()))


def test_a_data_folder_that_was_moved_away_is_explained_and_nothing_is_asked_in_vain(data_folder):
    with Research.open(data_folder) as research:
        moved = data_folder.rename(data_folder.with_name("elsewhere"))
        with pytest.raises(DataFolderUnusable, match="not there any more"):
            research.start("Where do owls nest?")
        moved.rename(data_folder)
        assert ask(research, "Where do barn owls nest?")[-1].event.outcome is Outcome.COMPLETE


def test_a_deleted_session_can_be_restored_until_the_folder_is_opened_again(data_folder):
    with Research.open(data_folder) as research:
        run_id = research.start("Where do owls nest?")
        history = History.open(data_folder)
        (session,) = history.sessions()
        research.delete_session(session.id)
        assert history.sessions() == ()
        research.restore_session(session.id)
        assert [s.id for s in history.sessions()] == [session.id]
        research.rename_session(session.id, "Owls")
        assert history.sessions()[0].title == "Owls"
        research.delete_session(session.id)
        history.close()
    with Research.open(data_folder) as research, pytest.raises(SessionNotFound):
        next(research.follow(run_id, control=RunControl()))


def test_a_question_asked_while_a_folder_is_still_being_read_says_so(data_folder, tmp_path, parser):
    (tmp_path / "new").mkdir()
    for number in range(3):
        (tmp_path / "new" / f"{number}.md").write_text(f"# Storks {number}\n\nStorks clatter.\n")
    library = Library.open(data_folder, parser=parser)
    library.add_folder(tmp_path / "new", name="New birds")
    with Research.open(data_folder) as research:
        trace = ask(research, "Why do storks clatter?")
        report = fold_report(research, trace)
        assert report.caveats and "“New birds” was still being read" in report.caveats[0]
        assert "still being read" in render_text(fold(research._store.trace(trace[0].run_id)))
        for _ in library.update(should_stop=lambda: False):
            pass
        assert fold_report(research, ask(research, "Why do storks clatter?")).caveats == ()
        shutil.rmtree(tmp_path / "new")
        for _ in library.update(should_stop=lambda: False):
            pass
        assert "was not there" in fold_report(research, ask(research, "Why do storks clatter?")).caveats[0]
    library.close()


def fold_report(research, trace):
    return fold(research._store.trace(trace[0].run_id)).report


def test_a_run_says_for_ever_that_a_language_model_elsewhere_was_told_something(data_folder):
    elsewhere = replace(EXTRACTIVE, name="elsewhere", sent_to="models.example.org")
    with Research.open(data_folder) as research:
        asked_so = research.start("How long do eels live?", cast=elsewhere)
        asked_without = research.start("How long do eels live?")
        for run_id in (asked_so, asked_without):
            for _ in research.follow(run_id, control=RunControl(), cast=elsewhere):
                pass
    history = History.open(data_folder)
    for run_id in (asked_so, asked_without):
        state = fold(history.trace(run_id))
        assert state.sent_to == ("models.example.org",)
        assert not receipt_of(state, sources_cited=0).stayed_here
        assert "models.example.org" in render_text(state)
    history.close()


def test_a_reader_marks_a_sentence_and_the_mark_is_kept(data_folder):
    with Research.open(data_folder) as research:
        run_id = ask(research, "How long can European eels live?")[0].run_id
        number = state_of(data_folder, run_id).report.claims[0].id
        research.mark(run_id, number, Verdict.WRONG, "  Not\x00 in\nmy pond. ")
        with pytest.raises(ClaimNotFound):
            research.mark(run_id, ClaimId(999), Verdict.RIGHT)
    with Research.open(data_folder) as research:
        state = state_of(data_folder, run_id)
        assert (state.marks[number].verdict, state.marks[number].note) == (Verdict.WRONG, "Not in\nmy pond.")
        assert state.outcome is Outcome.COMPLETE
        research.mark(run_id, number, None)
        assert state_of(data_folder, run_id).marks == {}


def amend(research: Research, run_id: RunId, amendment: Amendment):
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.AMEND, amendment=amendment))
    for _ in research.follow(run_id, control=control):
        pass


def test_a_complete_report_is_changed_when_somebody_wants_it(data_folder):
    with Research.open(data_folder) as research:
        run_id = ask(research, "How long can European eels live?")[0].run_id
        amend(research, run_id, Amendment(kind=AmendmentKind.DEEPER, words="What do barn owls hunt?"))
    state = state_of(data_folder, run_id)
    assert state.outcome is Outcome.COMPLETE
    assert [version.number for version in state.versions] == [1, 2]
    assert any("voles" in claim.text for claim in state.report.claims)
    assert not any("voles" in claim.text for claim in state.versions[0].report.claims)
    with closing(History.open(data_folder)) as history:
        hits = [hit for hit in history.search("voles") if hit.run_id == run_id]
    assert len([hit for hit in hits if hit.kind == "report"]) == 1


def test_a_report_is_changed_from_its_evidence_where_its_library_is_gone(data_folder):
    with Research.open(data_folder) as research:
        run_id = ask(research, "How long can European eels live? Where do barn owls nest?")[0].run_id
        (data_folder / LIBRARY_FILE).unlink()
        amend(research, run_id, Amendment(kind=AmendmentKind.TABLE))
        amend(research, run_id, Amendment(kind=AmendmentKind.DEEPER, words="What do barn owls hunt?"))
    state = state_of(data_folder, run_id)
    assert state.outcome is Outcome.COMPLETE
    assert state.report == state.versions[-1].report
    assert state.versions[-1].amendment.kind is AmendmentKind.TABLE
