"""The whole command, from arguments to exit code, on small folders in a temporary place."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.terminal.ask import Order, ask
from desktop.terminal.cli import main
from desktop.terminal.delivery import Delivery
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Terminal
from engine.domain import Depth
from engine.research import Research

QUESTION = "How high is the north tower?"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "harbour notes"
    folder.mkdir()
    (folder / "tower.txt").write_text(
        "The north tower of the harbour is 41 metres high.\n\nIt was built in 1873 by the engineer Ada Holm.\n"
    )
    (folder / "harbour.md").write_text("# Harbour\n\nThe north tower is 41 metres high and painted white.\n")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def plumbline(*arguments: object, data: Path) -> int:
    return main([*(str(argument) for argument in arguments), "--data", str(data)])


def asked(documents: Path, data: Path, *more: object) -> int:
    return plumbline("ask", QUESTION, "--library", documents, *more, data=data)


# --- asking ------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_on_the_output_stream_and_told_about_on_the_other(documents, data, capsys) -> None:
    assert asked(documents, data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert out.startswith("How high is the north tower?\n====")
    assert "41 metres high" in out
    assert "[1]" in out
    assert "Read harbour notes: 2 documents" in errors
    assert "Searched" in errors
    assert "\r" not in errors
    assert "\x1b" not in out + errors


def test_a_question_that_the_documents_do_not_answer_has_its_own_code(documents, data, capsys) -> None:
    assert plumbline("ask", "Who won the chess cup?", "--library", documents, data=data) == ExitCode.NOTHING_FOUND
    assert "Not found in these sources" in capsys.readouterr().out


def test_quiet_says_nothing_but_the_report(documents, data, capsys) -> None:
    assert asked(documents, data, "--quiet") == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert "41 metres" in out
    assert errors == ""


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("r.md", "# How high"), ("r.html", "<!DOCTYPE html>"), ("r.json", "{"), ("r.txt", "How high")],
)
def test_the_ending_of_the_file_decides_the_format(documents, data, tmp_path, name: str, beginning: str) -> None:
    assert asked(documents, data, "-o", tmp_path / name) == ExitCode.DONE
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)


def test_a_chosen_format_wins_over_the_ending(documents, data, tmp_path) -> None:
    assert asked(documents, data, "--format", "html", "-o", tmp_path / "report.txt") == ExitCode.DONE
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_question_can_come_from_the_input_stream(documents, data, capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"\ufeff{QUESTION}\n".encode())))
    assert plumbline("ask", "-", "--library", documents, data=data) == ExitCode.DONE
    assert "41 metres" in capsys.readouterr().out


def test_the_trace_is_one_json_object_a_line_from_question_to_end(documents, data, tmp_path, capsys) -> None:
    assert asked(documents, data, "--json", "-o", tmp_path / "r.md") == ExitCode.DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["kind"] == "RunStarted"
    assert lines[0]["event"]["question"] == QUESTION
    assert lines[-1]["kind"] == "RunEnded"
    assert len({line["run"] for line in lines}) == 1
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# How high")


def test_only_the_given_folder_is_looked_into(documents, data, tmp_path, capsys) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text("The north tower of the castle is 12 metres high.\n")
    plumbline("library", "add", other, data=data)
    assert asked(documents, data) == ExitCode.DONE
    assert "castle" not in capsys.readouterr().out
    assert plumbline("ask", QUESTION, "--scope", "other", data=data) == ExitCode.DONE
    assert "12 metres" in capsys.readouterr().out


def test_a_changed_file_is_read_again_before_the_answer(documents, data, capsys) -> None:
    asked(documents, data)
    (documents / "harbour.md").unlink()
    (documents / "tower.txt").write_text("Since the storm the north tower of the harbour is 39 metres high.\n")
    capsys.readouterr()
    assert asked(documents, data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "39 metres" in out
    assert "41 metres" not in out


def test_the_user_guide_answers_when_there_is_nothing_else(data, capsys) -> None:
    assert plumbline("ask", "How many characters can a question have?", data=data) == ExitCode.DONE
    assert "Plumbline user guide" in capsys.readouterr().err


def test_who_has_added_nothing_yet_is_told_how(documents, data, capsys) -> None:
    plumbline("ask", QUESTION, data=data)
    assert "plumbline library add FOLDER" in capsys.readouterr().err
    asked(documents, data)
    plumbline("ask", QUESTION, data=data)
    assert "library add" not in capsys.readouterr().err


# --- what can go wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   ", "?!", "x" * 50_001])
def test_a_question_that_is_none_is_a_matter_of_usage(question: str, documents, data, capsys) -> None:
    assert plumbline("ask", question, "--library", documents, data=data) == ExitCode.USAGE
    assert "Traceback" not in capsys.readouterr().err
    assert not data.exists()


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "x", "--depth", "deep"], ["nonsense"], ["export", "last"]])
def test_wrong_arguments_are_a_matter_of_usage(arguments: list[str], data, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        plumbline(*arguments, data=data)
    assert ended.value.code == ExitCode.USAGE
    assert "usage:" in capsys.readouterr().err


def test_no_command_shows_the_help_in_the_width_of_a_terminal(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([]) == ExitCode.USAGE
    errors = capsys.readouterr().err
    assert "first steps:" in errors
    assert "exit codes:" in errors
    assert max(map(len, errors.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "x y", "--library", "MISSING"], "There is no folder"),
        (["ask", "x y", "--library", "FILE"], "is a file, not a folder"),
        (["ask", "x y", "--scope", "elsewhere"], "No folder of the library is called"),
        (["ask", "x y", "-o", "MISSING/r.md"], "does not exist"),
        (["ask", "x y", "-o", "FOLDER"], "is a folder"),
        (["show", "last"], "no sessions"),
        (["export", "abc", "-o", "r.md"], "no sessions"),
        (["sessions", "search", "x"], "no sessions"),
        (["library", "remove", "x"], "No folder of the library is called"),
    ],
)
def test_problems_are_explained_without_a_traceback(arguments, message, tmp_path, data, capsys) -> None:
    (tmp_path / "FILE").write_text("x")
    (tmp_path / "FOLDER").mkdir()
    placed = [
        str(tmp_path / argument) if argument.split("/")[0] in ("MISSING", "FILE", "FOLDER") else argument
        for argument in arguments
    ]
    assert plumbline(*placed, data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert message in errors
    assert "Traceback" not in errors


def test_a_data_folder_in_use_is_explained_with_a_way_out(documents, data, capsys) -> None:
    with Research.open(data):
        assert asked(documents, data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert "already open" in errors
    assert "--data FOLDER" in errors


def test_sessions_can_be_read_while_the_data_folder_is_in_use(documents, data, capsys) -> None:
    asked(documents, data)
    capsys.readouterr()
    with Research.open(data):
        assert plumbline("show", "last", data=data) == ExitCode.DONE
    assert "41 metres" in capsys.readouterr().out


def test_a_data_folder_that_is_a_file_is_explained(documents, tmp_path, capsys) -> None:
    (tmp_path / "data").write_text("x")
    assert asked(documents, tmp_path / "data") == ExitCode.PROBLEM
    assert "cannot be used" in capsys.readouterr().err


def test_a_folder_inside_one_of_the_library_is_explained(documents, data, capsys) -> None:
    (documents / "inner").mkdir()
    asked(documents, data)
    assert plumbline("ask", QUESTION, "--library", documents / "inner", data=data) == ExitCode.PROBLEM
    assert "--data FOLDER" in capsys.readouterr().err


def test_an_empty_folder_is_told_about(tmp_path, data, capsys) -> None:
    (tmp_path / "empty").mkdir()
    assert plumbline("ask", QUESTION, "--library", tmp_path / "empty", data=data) == ExitCode.NOTHING_FOUND
    assert "no readable document" in capsys.readouterr().err


def test_our_own_mistake_goes_to_the_log_and_is_said_in_one_line(documents, data, capsys, monkeypatch) -> None:
    asked(documents, data)
    capsys.readouterr()

    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("a bug")

    monkeypatch.setattr("desktop.terminal.cli.show_session", broken)
    assert plumbline("show", "last", data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert "Plumbline made a mistake (RuntimeError)" in errors
    assert "Traceback" not in errors
    assert "a bug" in (data / "plumbline.log").read_text(encoding="utf-8")


# --- sessions and library ----------------------------------------------------------------------------------------


def test_what_was_asked_is_listed_found_shown_and_exported(documents, data, tmp_path, capsys) -> None:
    asked(documents, data)
    capsys.readouterr()
    assert plumbline("sessions", data=data) == ExitCode.DONE
    listed = capsys.readouterr().out
    assert QUESTION in listed
    session = listed.split()[0]
    assert plumbline("sessions", "search", "engineer", data=data) == ExitCode.DONE
    assert "Ada Holm" in capsys.readouterr().out
    assert plumbline("sessions", "search", "zeppelin", data=data) == ExitCode.NOTHING_FOUND
    capsys.readouterr()
    assert plumbline("show", session, "--format", "md", data=data) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("# How high")
    assert plumbline("export", "last", "-o", tmp_path / "out.html", data=data) == ExitCode.DONE
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<mark>The north tower" in page
    assert "Ada Holm" in page or "painted white" in page


def test_folders_are_added_listed_updated_and_removed(documents, data, capsys) -> None:
    (documents / "bad.pdf").write_bytes(b"\x00\x01\x02" * 100)
    assert plumbline("library", "list", data=data) == ExitCode.DONE
    assert "empty" in capsys.readouterr().err
    assert plumbline("library", "add", documents, "--name", "Harbour", data=data) == ExitCode.DONE
    assert plumbline("library", "list", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "Harbour" in out
    assert "2 documents" in out
    assert "1 cannot be read" in out
    assert "Plumbline user guide" in out
    assert plumbline("library", "problems", data=data) == ExitCode.DONE
    assert "bad.pdf" in capsys.readouterr().out
    (documents / "bad.pdf").unlink()
    assert plumbline("library", "update", "harbour", data=data) == ExitCode.DONE
    capsys.readouterr()
    assert plumbline("library", "problems", "Harbour", data=data) == ExitCode.DONE
    out, errors = capsys.readouterr()
    assert out == ""
    assert "No file is known that could not be read." in errors
    assert plumbline("library", "remove", documents, data=data) == ExitCode.DONE
    assert "2 documents" not in capsys.readouterr().out
    assert len(list(documents.iterdir())) == 2


# --- stopping ----------------------------------------------------------------------------------------------------


class SignallingStream(io.StringIO):
    """An output stream at which the person presses Ctrl+C as soon as certain words appear."""

    def __init__(self, words: str, *, times: int = 1) -> None:
        super().__init__()
        self._words = words
        self._times = times

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._words in text:
            while self._times:
                self._times -= 1
                signal.raise_signal(signal.SIGINT)
        return written


def order(documents: Path) -> Order:
    return Order(
        question=QUESTION,
        libraries=(documents,),
        scope=(),
        depth=Depth.STANDARD,
        delivery=Delivery(report_format=None, output=None, as_trace=True),
    )


def test_ctrl_c_stops_the_run_properly_and_it_can_be_resumed(documents, data, capsys) -> None:
    out = SignallingStream('"kind":"SearchRan"')
    handler = signal.getsignal(signal.SIGINT)
    assert ask(data, order(documents), terminal=Terminal(out=out, errors=io.StringIO())) == ExitCode.STOPPED
    assert signal.getsignal(signal.SIGINT) is handler
    kinds = [json.loads(line)["kind"] for line in out.getvalue().splitlines()]
    assert kinds[-1] == "RunEnded"
    assert "ReportFinished" not in kinds
    assert plumbline("resume", "last", data=data) == ExitCode.DONE
    assert "41 metres" in capsys.readouterr().out


def test_ctrl_c_while_a_folder_is_read_ends_before_the_question(documents, data) -> None:
    errors = SignallingStream("Read harbour notes")
    assert ask(data, order(documents), terminal=Terminal(out=io.StringIO(), errors=errors)) == ExitCode.STOPPED
    assert "Stopped before the question was asked" in errors.getvalue()


def test_ctrl_c_twice_ends_at_once_and_the_run_goes_on_later(documents, data, capsys, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", SignallingStream('"kind":"SearchRan"', times=2))
        assert asked(documents, data, "--json") == ExitCode.INTERRUPTED
    assert plumbline("resume", data=data) == ExitCode.DONE
    assert "41 metres" in capsys.readouterr().out
    assert plumbline("resume", data=data) == ExitCode.DONE
    assert "Every run has ended" in capsys.readouterr().err


# --- as a process of its own -------------------------------------------------------------------------------------


def run_process(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "desktop.terminal.cli", *map(str, arguments)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


def test_the_command_never_imports_qt(documents, data) -> None:
    program = (
        "import sys; from desktop.terminal.cli import main\n"
        f"code = main(['ask', {QUESTION!r}, '--library', {str(documents)!r}, '--data', {str(data)!r}, '-q'])\n"
        "qt = {'PySide6', 'shiboken6', 'qtawesome', 'qtpy'}\n"
        "loaded = [name for name in sys.modules if name.split('.')[0] in qt]\n"
        "sys.exit(f'{code} {loaded}' if loaded or code else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[3], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_character_can_be_written_whatever_the_encoding_of_the_system(documents, data) -> None:
    (documents / "tower.txt").write_text(
        "The north tower is 41 metres high – “测量” by العربية 👷.\n", encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    process = run_process("ask", QUESTION, "--library", documents, "--data", data, env=environment)
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "测量" in out.decode()


def test_a_reader_that_goes_away_is_no_problem(documents, data) -> None:
    asked(documents, data)
    process = run_process("show", "last", "--data", data)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert errors == b""
    assert process.returncode == ExitCode.READER_GONE


def test_the_version_is_told(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Plumbline ")
