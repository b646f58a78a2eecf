import os
from pathlib import Path

import pytest
from packaging_scripts import load

run_checks = load("run_checks")


def test_what_stands_after_two_dashes_is_pytests():
    own, for_pytest = run_checks._parse(["tests", "--without-engine", "--", "-k", "citation", "--lf"])
    assert own.checks == ["tests"]
    assert own.without_engine
    assert for_pytest == ("-k", "citation", "--lf")


def test_a_check_that_does_not_exist_is_refused(capsys):
    with pytest.raises(SystemExit) as caught:
        run_checks._parse(["speling"])
    assert caught.value.code == 2
    assert "no such check: speling" in capsys.readouterr().err


def test_the_tests_cannot_find_the_real_home_folder_or_a_screen(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(Path.home() / ".local" / "share"))
    environment = run_checks.private_environment(tmp_path)
    homes = [name for name in environment if name.startswith("XDG_") and name.endswith("HOME")]
    assert "XDG_DATA_HOME" in homes
    for name in ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", *homes]:
        assert environment[name].startswith(str(tmp_path)), name
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    assert environment["PATH"] == os.environ["PATH"]


def test_a_check_that_fails_fails_the_whole_run(tmp_path, monkeypatch, capfd):
    project = load("setup_environment").this_project()
    monkeypatch.setattr(run_checks, "this_project", lambda: project)
    monkeypatch.setattr(run_checks, "ensure_environment", lambda *_arguments, **_options: False)
    passes = run_checks.Check("passes", ("-c", "print('passed')"))
    fails = run_checks.Check("fails", ("-c", "raise SystemExit(1)"))
    monkeypatch.setattr(run_checks, "CHECKS", (passes, fails))
    assert run_checks.main(["--without-engine"]) == 1
    said = capfd.readouterr().out
    assert "Failed: fails" in said
    assert run_checks.main(["passes"]) == 0
    assert "Everything passed." in capfd.readouterr().out
