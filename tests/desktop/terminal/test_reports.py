"""What can be done with a finished report from a terminal, on small folders in a temporary place."""

import io
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bundled_runs import packed, saved, small, small_run
from fake_runs import claim

from desktop.terminal.calibrate import marked_by_a_person
from desktop.terminal.cli import main
from desktop.terminal.exit_codes import ExitCode, exit_code_for
from desktop.terminal.interruption import Interruption
from desktop.terminal.streams import filled
from engine.bundle.verify import verify
from engine.domain import Amendment, AmendmentKind, ClaimState, Outcome, Plan, Reach, RunId, Scope, Side
from engine.events import PlanMade, RunContinued, RunEnded, RunStarted, SourceRead
from engine.research import History, Research
from engine.storage.folder import SESSIONS_FILE
from engine.storage.store import Store

QUESTION = "How high is the north tower?"
MORE = "The south tower of the harbour is 28 metres high."


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "harbour notes"
    folder.mkdir()
    (folder / "tower.txt").write_text(f"The north tower of the harbour is 41 metres high.\n\n{MORE}\n")
    (folder / "harbour.md").write_text("# Harbour\n\nThe north tower is 41 metres high and painted white.\n")
    return folder


@pytest.fixture
def data(tmp_path: Path, documents: Path, capsys) -> Path:
    """A data folder in which the question was asked."""
    data = tmp_path / "data"
    assert plumbline("ask", QUESTION, "--library", documents, "--quiet", data=data) == ExitCode.DONE
    capsys.readouterr()
    return data


def plumbline(*arguments: object, data: Path) -> int:
    return main([*(str(argument) for argument in arguments), "--data", str(data)])


def first_claim(data: Path) -> int:
    history = History.open(data)
    try:
        return history.state(history.sessions()[0].last_run).current_report.claims[0].id
    finally:
        history.close()


# --- bundles -----------------------------------------------------------------------------------------------------


def test_a_report_is_saved_as_a_bundle_that_holds(data, tmp_path, capsys) -> None:
    path = tmp_path / "tower.plumbline"
    assert plumbline("export", "last", "-o", path, data=data) == ExitCode.DONE
    assert plumbline("verify", path, data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert out.startswith(QUESTION)
    assert "Everything in this file holds." in out
    assert "not signed" in out


def test_asking_can_end_with_a_bundle(data, documents, tmp_path) -> None:
    path = tmp_path / "tower.plumbline"
    assert plumbline("ask", QUESTION, "--library", documents, "-o", path, "-q", data=data) == ExitCode.DONE
    assert verify(path).is_sound


def test_verify_needs_no_data_folder(tmp_path) -> None:
    path = saved(small("Lime mortar stays vulnerable to frost for about three months."), tmp_path)
    assert plumbline("verify", path, data=tmp_path / "nowhere") == ExitCode.DONE
    assert not (tmp_path / "nowhere").exists()


def test_a_changed_bundle_has_its_own_code_and_says_what_is_wrong(data, tmp_path, capsys) -> None:
    path = tmp_path / "tower.plumbline"
    plumbline("export", "last", "-o", path, data=data)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)
    assert plumbline("verify", path, data=data) == ExitCode.NOT_SOUND
    assert "at least one byte is another" in capsys.readouterr().out
    assert plumbline("verify", path, "--json", data=data) == ExitCode.NOT_SOUND
    found = json.loads(capsys.readouterr().out)
    assert not found["is_sound"]
    assert found["findings"][0]["topic"] == "file"


@pytest.mark.parametrize("content", [b"", b"no bundle", b"PK\5\6" + b"\0" * 18, None])
def test_what_is_no_bundle_is_explained(content, tmp_path, capsys) -> None:
    path = tmp_path / "x.plumbline"
    if content is not None:
        path.write_bytes(content)
    for command in ("verify", "open"):
        code = ExitCode.PROBLEM if content is None else ExitCode.NOT_SOUND
        assert plumbline(command, path, data=tmp_path / "data") == code
        errors = capsys.readouterr().err
        assert errors.strip() and "Traceback" not in errors


def test_a_bundle_is_opened_as_a_session_and_only_once(data, tmp_path, capsys) -> None:
    path = tmp_path / "tower.plumbline"
    plumbline("export", "last", "-o", path, data=data)
    other = tmp_path / "other data"
    assert plumbline("open", path, data=other) == ExitCode.DONE
    session = capsys.readouterr().out.strip()
    assert plumbline("open", path, data=other) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert out.strip() == session
    assert "opened before" in errors
    assert plumbline("show", session[:8], data=other) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "41 metres high" in out
    assert "opened from the file “tower.plumbline”" in errors
    assert plumbline("sessions", data=other) == ExitCode.DONE
    assert "Opened from a file: " in capsys.readouterr().out


def test_what_does_not_hold_is_opened_only_when_that_is_wanted(tmp_path, capsys) -> None:
    path = saved(small("Lime mortar stays vulnerable to frost for 17 months."), tmp_path)
    data = tmp_path / "data"
    assert plumbline("open", path, data=data) == ExitCode.NOT_SOUND
    assert "17" in capsys.readouterr().out
    assert plumbline("open", path, "--anyway", data=data) == ExitCode.DONE
    capsys.readouterr()
    plumbline("show", "last", data=data)
    assert "It does not hold" in capsys.readouterr().err


def test_an_opened_report_is_not_gone_on_with(data, tmp_path, capsys) -> None:
    path = tmp_path / "tower.plumbline"
    plumbline("export", "last", "-o", path, data=data)
    other = tmp_path / "other data"
    plumbline("open", path, data=other)
    capsys.readouterr()
    assert plumbline("amend", "last", "deeper", "Who built it?", data=other) == ExitCode.PROBLEM
    assert "opened from a file" in capsys.readouterr().err
    assert plumbline("supply", "last", "x", path, data=other) == ExitCode.PROBLEM
    assert "opened from a file" in capsys.readouterr().err
    assert plumbline("resume", "last", data=other) == ExitCode.DONE
    assert plumbline("mark", "last", first_claim(other), "right", data=other) == ExitCode.DONE


# --- sentences, versions, marks ------------------------------------------------------------------------------------


def test_sentences_are_listed_with_number_state_and_mark(data, capsys) -> None:
    number = first_claim(data)
    assert plumbline("mark", "last", number, "wrong", "It is 39 now.", data=data) == ExitCode.DONE
    assert plumbline("show", "last", "--claims", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert f"{number:>4} ●" in out
    assert "You marked it wrong: It is 39 now." in out
    assert plumbline("mark", "last", number, "none", data=data) == ExitCode.DONE
    plumbline("show", "last", "--claims", data=data)
    assert "You marked" not in capsys.readouterr().out


def test_a_sentence_that_is_not_there_cannot_be_marked(data, capsys) -> None:
    assert plumbline("mark", "last", 999, "right", data=data) == ExitCode.PROBLEM
    assert "no such sentence" in capsys.readouterr().err


def test_going_deeper_makes_a_version_that_can_be_compared_shown_and_taken_back(data, capsys) -> None:
    question = "How high is the south tower of the harbour?"
    assert plumbline("amend", "last", "deeper", question, "--model", "none", data=data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "28 metres" in out
    assert "This is version 2 of the report" in errors
    assert plumbline("show", "last", "--versions", data=data) == ExitCode.DONE
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1", "2"]
    assert plumbline("compare", "last", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert f"  + {MORE}" in out
    assert plumbline("compare", "last", 2, 1, data=data) == ExitCode.DONE
    assert f"  - {MORE}" in capsys.readouterr().out
    assert plumbline("show", "last", "--version", 1, data=data) == ExitCode.DONE
    assert "28 metres" not in capsys.readouterr().out.split("Sources")[0]
    assert plumbline("amend", "last", "restore", 1, "-q", "--model", "none", data=data) == ExitCode.DONE
    plumbline("show", "last", data=data)
    assert "28 metres" not in capsys.readouterr().out.split("Sources")[0]


def test_a_change_that_cannot_be_made_leaves_the_report_and_says_so(data, capsys) -> None:
    assert plumbline("amend", "last", "translate", "German", "--model", "none", data=data) == ExitCode.PROBLEM
    out, errors = capsys.readouterr()
    assert out == ""
    assert "The report is as it was." in errors
    assert "language model" in errors
    assert plumbline("amend", "last", "translate", "German", "-q", "--model", "none", data=data) == ExitCode.PROBLEM
    assert "language model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["amend", "last", "check", "999"], "no sentence 999"),
        (["amend", "last", "shorten", "--section", "99"], "no section 99"),
        (["amend", "last", "restore", "9"], "no version 9"),
        (["amend", "last", "translate", "Klingon"], "does not know the language"),
        (["compare", "last", "1", "7"], "no version 7"),
        (["show", "last", "--version", "7"], "no version 7"),
        (["export", "last", "-o", "x.foo"], "cannot be written as"),
        (["show", "last", "--format", "docx"], "no text to print"),
        (["export", "last", "-o", "x.md", "--style", "apa"], "not written in a citation style"),
        (["export", "last", "-o", "x.docx", "--style", "no such style at all"], "no citation style"),
        (["export", "last", "-o", "x.plumbline", "--version", "1"], "holds every version"),
    ],
)
def test_problems_are_explained_without_a_traceback(arguments, message, data, monkeypatch, capsys) -> None:
    monkeypatch.chdir(data.parent)
    assert plumbline(*arguments, data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert message in errors
    assert "Traceback" not in errors


def test_one_version_has_nothing_to_be_compared_with(data, capsys) -> None:
    assert plumbline("compare", "last", data=data) == ExitCode.DONE
    assert "only one version" in capsys.readouterr().err


def test_styles_are_listed_and_found(tmp_path, capsys) -> None:
    assert plumbline("export", "--list-styles", data=tmp_path / "data") == ExitCode.DONE
    assert "apa  " in capsys.readouterr().out
    assert plumbline("export", "--list-styles", "nature medicine", data=tmp_path / "data") == ExitCode.DONE
    assert "nature-medicine" in capsys.readouterr().out
    assert plumbline("export", "--list-styles", "qqqqxyz", data=tmp_path / "data") == ExitCode.NOTHING_FOUND


@pytest.mark.parametrize(
    "arguments", [["export"], ["export", "last"], ["amend", "last"], ["mark", "last", "1", "maybe"]]
)
def test_wrong_arguments_are_a_matter_of_usage(arguments, data, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        plumbline(*arguments, data=data)
    assert ended.value.code == ExitCode.USAGE


def test_a_report_of_which_too_little_is_said_by_its_sources_has_its_own_code(tmp_path, capsys) -> None:
    history_state = _state(tmp_path, Outcome.INCOMPLETE)
    assert exit_code_for(history_state) is ExitCode.INCOMPLETE


def _state(tmp_path: Path, outcome: Outcome):
    run = small_run(claim(1, "It is at risk for 17 months.", [1], state=ClaimState.UNSUPPORTED, is_quotation=False))
    assert packed(run)
    return replace(run.state, outcome=outcome)


# --- what may not happen in silence --------------------------------------------------------------------------------


def with_engine(data: Path, engine: str) -> None:
    """Have the last run have been made by somebody else."""
    store = Store.open(data / SESSIONS_FILE)
    try:
        run_id = RunId(store._rows("SELECT id FROM runs ORDER BY created_at DESC LIMIT 1")[0][0])
        store.append(run_id, RunContinued(engine=engine), documents={})
        store.append(run_id, RunEnded(outcome=Outcome.COMPLETE), documents={})
    finally:
        store.close()


def test_what_a_model_has_written_is_not_changed_without_one_in_silence(data, capsys) -> None:
    with_engine(data, "A model of yesterday: 8 billion")
    assert plumbline("amend", "last", "shorten", data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert "made with A model of yesterday" in errors
    assert "plumbline models use" in errors
    plumbline("show", "last", "--versions", data=data)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_what_a_model_has_written_is_changed_without_one_if_that_is_said(data, capsys) -> None:
    with_engine(data, "A model of yesterday: 8 billion")
    more = "How high is the south tower of the harbour?"
    assert plumbline("amend", "last", "deeper", more, "--model", "none", data=data) == ExitCode.DONE
    with_engine(data, "A model of yesterday: 8 billion")
    assert plumbline("amend", "last", "restore", 1, data=data) == ExitCode.DONE


def test_what_goes_to_search_engines_for_a_check_is_shown_first(tmp_path, capsys, monkeypatch) -> None:
    data = tmp_path / "data"
    run_on_the_web(data)
    monkeypatch.setattr("sys.stdin", _Typed("n\n"))
    assert plumbline("amend", "last", "check", 1, "--model", "none", data=data) == ExitCode.STOPPED
    out, errors = capsys.readouterr()
    assert "These words go to the search engines" in out
    assert "lime mortar" in out.lower()
    assert "Nothing was sent" in errors


def test_a_check_on_the_web_that_nobody_can_allow_does_not_begin(tmp_path, capsys, monkeypatch) -> None:
    data = tmp_path / "data"
    run_on_the_web(data)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert plumbline("amend", "last", "check", 1, "--model", "none", data=data) == ExitCode.PROBLEM
    assert "--yes" in capsys.readouterr().err


def test_going_deeper_with_no_words_is_a_matter_of_usage(data, capsys) -> None:
    assert plumbline("amend", "last", "deeper", " ", data=data) == ExitCode.USAGE
    errors = capsys.readouterr().err
    assert "no question yet" in errors
    assert "Done" not in errors


def test_a_change_that_failed_is_not_called_done_and_its_reason_is_told_once(data, capsys) -> None:
    nothing = "Quantum chromodynamics of purple elephants?"
    assert plumbline("amend", "last", "deeper", nothing, data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert errors.count("Nothing more was found") == 1
    assert "Done." not in errors


def wanted_before(data: Path, amendment: Amendment) -> None:
    """Have a change be asked for and not be made."""
    with Research.open(data) as research:
        history = History.open(data)
        research.want(history.sessions()[0].last_run, amendment)
        history.close()


def test_what_became_of_a_change_is_not_taken_from_one_before_it(data, capsys) -> None:
    wanted_before(data, Amendment(kind=AmendmentKind.DEEPER, words="How high is the south tower of the harbour?"))
    assert plumbline("amend", "last", "translate", "German", "--model", "none", data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert "asked for before comes first" in errors
    assert "This is version" not in errors
    wanted_before(data, Amendment(kind=AmendmentKind.TRANSLATE, language="de"))
    assert plumbline("amend", "last", "restore", 1, data=data) == ExitCode.DONE
    errors = capsys.readouterr().err
    assert "This is version 3 of the report (version 1 taken up again)" in errors


def test_a_change_that_was_stopped_says_so(data, capsys, monkeypatch) -> None:
    @contextmanager
    def pressed(self: Interruption) -> Iterator[None]:
        self.is_requested = True
        yield

    monkeypatch.setattr(Interruption, "watching", pressed)
    assert plumbline("amend", "last", "deeper", "How high is the south tower?", data=data) == ExitCode.STOPPED
    errors = capsys.readouterr().err
    assert "stopped and given up" in errors
    assert "Nothing more was found" not in errors


def test_a_damaged_file_and_a_missing_one_have_different_codes(data, tmp_path, capsys) -> None:
    path = tmp_path / "tower.plumbline"
    plumbline("export", "last", "-o", path, data=data)
    errors = capsys.readouterr().err
    assert "whole texts" in errors and "marks and notes" in errors
    path.write_bytes(path.read_bytes()[:3_000])
    assert plumbline("verify", path, data=data) == ExitCode.NOT_SOUND
    assert "not whole" in capsys.readouterr().err
    assert plumbline("verify", tmp_path / "nothing.plumbline", data=data) == ExitCode.PROBLEM


def test_marks_in_an_opened_report_are_not_called_ones_own(data, tmp_path, capsys) -> None:
    path = tmp_path / "tower.plumbline"
    plumbline("mark", "last", first_claim(data), "wrong", "It is 39 now.", data=data)
    plumbline("export", "last", "-o", path, data=data)
    other = tmp_path / "other data"
    plumbline("open", path, data=other)
    capsys.readouterr()
    plumbline("show", "last", "--claims", data=other)
    out = capsys.readouterr().out
    assert "A reader marked it wrong: It is 39 now." in out
    assert "You marked" not in out


def test_marks_in_an_opened_report_do_not_calibrate_a_model(tmp_path) -> None:
    path = saved(small("Lime mortar stays vulnerable to frost for about 3 months."), tmp_path)
    data = tmp_path / "data"
    plumbline("open", path, data=data)
    assert plumbline("mark", "last", 1, "right", data=data) == ExitCode.DONE
    assert marked_by_a_person(data) == ()


def test_no_name_is_no_file(data, capsys) -> None:
    assert plumbline("verify", "", data=data) == ExitCode.PROBLEM
    assert "No file is named" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["石灰は霜に弱い。" * 20, "lime mortar " * 30, "a" * 100 + " 石灰 b", "x"])
def test_every_script_is_wrapped(text: str) -> None:
    lines = filled(text, first="   1 ", indent="    ").split("\n")
    assert "".join("".join(lines).split()) == "1" + "".join(text.split())
    wide = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines]
    assert all(width <= 78 for width, line in zip(wide, lines, strict=True) if "a" * 100 not in line)
    assert len(lines) == 1 or lines[1].startswith("    ")


def test_long_names_and_odd_ones_are_explained(data, capsys, monkeypatch) -> None:
    monkeypatch.chdir(data.parent)
    assert plumbline("export", "last", "-o", f"{'n' * 300}.pdf", data=data) == ExitCode.PROBLEM
    assert "too long" in capsys.readouterr().err
    assert plumbline("export", "last", "-o", "", data=data) == ExitCode.PROBLEM
    assert "name of a file" in capsys.readouterr().err
    assert plumbline("export", "last", "--format", "md", "-o", "-", data=data) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("# ")
    assert not (data.parent / "-").exists()


def test_what_is_compared_is_wrapped(data, capsys) -> None:
    plumbline("amend", "last", "deeper", "How high is the south tower of the harbour?", data=data)
    capsys.readouterr()
    plumbline("compare", "last", data=data)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_long_list_of_styles_says_that_it_was_cut(tmp_path, capsys) -> None:
    assert plumbline("export", "--list-styles", "journal", data=tmp_path / "data") == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert len(out.splitlines()) == 60
    assert "others. Use more words" in errors


class _Typed(io.StringIO):
    def isatty(self) -> bool:
        return True


def run_on_the_web(data: Path) -> None:
    """A data folder with a run that was on the web, and read one page there."""
    run = small_run(claim(1, "Lime mortar stays vulnerable to frost for about three months", [1]))
    started = run.trace[0].event
    assert isinstance(started, RunStarted)
    plan = run.trace[1].event
    assert isinstance(plan, PlanMade)
    web = Plan(subquestions=tuple(replace(one, side=Side.WEB) for one in plan.plan.subquestions))
    data.mkdir()
    store = Store.open(data / SESSIONS_FILE)
    try:
        run_id = store.add_run(replace(started, scope=Scope(reach=Reach.WEB)), session_id=None).run_id
        for stored in run.trace[1:]:
            event = replace(plan, plan=web) if stored.event is plan else stored.event
            if isinstance(event, SourceRead):
                event = replace(event, source=replace(event.source, folder=None))
            store.append(run_id, event, documents=run.documents)
    finally:
        store.close()
