import json
import sqlite3
from pathlib import Path

import pytest
from made_gguf import write_gguf

from desktop.terminal.cli import main
from desktop.terminal.doctor.data import check_data_folder
from desktop.terminal.doctor.documents import check_reading, check_search
from desktop.terminal.doctor.finding import Verdict
from desktop.terminal.doctor.installation import fits
from desktop.terminal.doctor.language_model import check_chosen_model
from desktop.terminal.doctor.samples import samples
from desktop.terminal.exit_codes import ExitCode
from engine.reading.parser import READABLE_SUFFIXES
from engine.research import Research
from models.choice import LocalChoice, ModelChoice, RemoteChoice, write_choice


@pytest.fixture(scope="module")
def findings(tmp_path_factory) -> dict[str, dict[str, str]]:
    """What the whole command finds on this machine, asked for once."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        main(["doctor", "--json", "--data", str(tmp_path_factory.mktemp("doctor") / "data")])
    return {finding["name"]: finding for finding in json.loads(out.getvalue())["findings"]}


def test_it_looks_at_everything_that_a_person_depends_on(findings) -> None:
    expected = {"Python", "Packages", "SQLite", "Data folder", "Sessions", "Library", "Reading documents", "Searching"}
    expected |= {"Exporting", "Citation styles", "Bundles"}
    assert expected <= set(findings)
    assert {"Qt", "llama-cpp-python", "Language model"} <= set(findings)


def test_on_a_machine_that_runs_these_tests_the_essentials_work(findings) -> None:
    for name in ("Python", "Packages", "SQLite", "Data folder", "Searching"):
        assert findings[name]["verdict"] == Verdict.WORKS, findings[name]


def test_nothing_stored_yet_is_no_failure(findings) -> None:
    assert findings["Sessions"]["verdict"] == Verdict.ABSENT
    assert findings["Library"]["verdict"] == Verdict.ABSENT


def test_no_language_model_is_no_failure(findings) -> None:
    assert findings["Language model"]["verdict"] == Verdict.ABSENT
    assert "plumbline models get" in findings["Language model"]["hint"]


def test_the_chosen_model_is_looked_at(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "heron.gguf")
    write_choice(tmp_path, ModelChoice(policy=LocalChoice(path=path), reading=RemoteChoice(address="x:1", model="big")))
    file, server = check_chosen_model(tmp_path)
    assert "Small Heron 7b" in file.detail
    assert "“big” at x:1" in server.detail
    path.write_bytes(path.read_bytes()[:999])
    file, _ = check_chosen_model(tmp_path)
    assert file.verdict is Verdict.FAILS
    assert "plumbline models" in file.hint


def test_what_fails_comes_with_what_to_do(findings) -> None:
    assert all(finding["hint"] for finding in findings.values() if finding["verdict"] == Verdict.FAILS)


def test_looking_at_a_data_folder_does_not_create_it(tmp_path: Path) -> None:
    list(check_data_folder(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_is_found_and_left_as_it_is(tmp_path: Path, capsys) -> None:
    with Research.open(tmp_path) as research:
        research.start("What is here?")
    path = tmp_path / "sessions.sqlite"
    content = bytearray(path.read_bytes())
    content[0:16] = b"not a database!!"
    path.write_bytes(content)
    found = {finding.name: finding for finding in check_data_folder(tmp_path)}
    assert found["Sessions"].verdict is Verdict.FAILS
    assert path.read_bytes() == bytes(content)


def test_a_healthy_database_that_is_in_use_is_found_healthy(tmp_path: Path) -> None:
    with Research.open(tmp_path) as research:
        research.start("What is here?")
        found = {finding.name: finding for finding in check_data_folder(tmp_path)}
    assert found["Sessions"].verdict is Verdict.WORKS
    with sqlite3.connect(tmp_path / "sessions.sqlite") as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    connection.close()


def test_a_data_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (finding, *_) = check_data_folder(tmp_path / "file" / "data")
    assert finding.verdict is Verdict.FAILS
    assert finding.hint


def test_every_format_family_has_a_sample_and_is_read() -> None:
    assert set(samples()) <= READABLE_SUFFIXES
    (finding,) = check_reading()
    assert finding.verdict is Verdict.WORKS, finding.detail


def test_the_way_from_files_to_a_search_works() -> None:
    (finding,) = check_search()
    assert finding.verdict is Verdict.WORKS, finding.detail


@pytest.mark.parametrize(
    ("version", "condition", "result"),
    [
        ("6.11.3", ">=6.10,<6.12", True),
        ("6.12.0", ">=6.10,<6.12", False),
        ("6.9", ">=6.10,<6.12", False),
        ("0.3.36", "==0.3.36", True),
        ("0.3.37", "==0.3.36", False),
        ("3.0.35+build9", ">=0.0.28", True),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, condition: str, result: bool) -> None:
    assert fits(version, condition) is result


def test_a_failure_is_the_exit_code(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["doctor", "--data", str(tmp_path / "file" / "data")]) == ExitCode.PROBLEM
    out = capsys.readouterr().out
    assert "✗  Data folder" in out
    assert "Something that is needed does not work." in out
