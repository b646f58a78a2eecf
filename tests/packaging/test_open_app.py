import os

import pytest
from packaging_scripts import fake_python, install_engine, load, small_project

open_app = load("open_app")
engine_process = load("engine_process")
setup_environment = load("setup_environment")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are POSIX scripts")


class SetUpProject:
    """A project that is set up, whose Python writes down what it is asked to run and ends with 7 for the app."""

    def __init__(self, root):
        self.project = small_project(root)
        self.project.python.unlink()
        self._calls = root / "calls"
        fake_python(
            self.project.python,
            f"import sys; open({str(self._calls)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10)); "
            "sys.exit(7 if 'desktop' in sys.argv else 0)",
        )
        setup_environment.write_stamp(self.project, app=setup_environment.fingerprint(self.project, "app"))
        self.preparations = 0

    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []

    def start_preparation(self, _project) -> int:
        self.preparations += 1
        return 1


@pytest.fixture
def here(tmp_path, monkeypatch):
    there = SetUpProject(tmp_path)
    monkeypatch.setattr(open_app, "this_project", lambda: there.project)
    monkeypatch.setattr(open_app, "start_preparation", there.start_preparation)
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":99")
    return there


def test_the_app_gets_the_arguments_that_are_its_own_and_its_exit_status_is_ours(here):
    assert open_app.main(["--without-engine", "--data", "some folder"]) == 7
    assert here.calls()[-1] == "-m desktop --data some folder"


def test_whether_qt_can_open_a_window_is_tried_once(here):
    open_app.main(["--without-engine"])
    open_app.main(["--without-engine"])
    assert [call.split()[0] for call in here.calls()] == ["-c", "-m", "-m"]


def test_it_is_tried_again_on_another_kind_of_display(here, monkeypatch):
    open_app.main(["--without-engine"])
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    open_app.main(["--without-engine"])
    assert [call.split()[0] for call in here.calls()] == ["-c", "-m", "-c", "-m"]


def test_without_a_display_the_terminal_is_named(here, monkeypatch, capsys):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY")
    assert open_app.main(["--without-engine"]) == 1
    said = capsys.readouterr().err
    assert "no display" in said
    assert "plumbline ask" in said
    assert here.calls() == []


def test_setting_up_only_opens_nothing(here, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    assert open_app.main(["--no-window"]) == 0
    assert here.calls() == []
    assert here.preparations == 1


def test_the_window_does_not_wait_for_the_engine_and_an_engine_that_is_ready_is_left_alone(here, capsys):
    open_app.main([])
    assert here.preparations == 1
    assert "in the background" in capsys.readouterr().out
    engine_process.write_status(here.project, "ready")
    install_engine(here.project.environment)
    open_app.main([])
    assert here.preparations == 1
    assert capsys.readouterr().out == ""


def test_an_engine_that_is_not_wanted_is_not_prepared(here):
    open_app.main(["--without-engine"])
    assert here.preparations == 0


def test_a_failure_of_set_up_is_said_and_nothing_is_opened(here, monkeypatch, capsys):
    def fails(*_arguments, **_options):
        raise load("steps").SetupFailed("The package registry cannot be reached", hint="Check the network.")

    monkeypatch.setattr(open_app, "ensure_environment", fails)
    assert open_app.main([]) == 1
    assert "The package registry cannot be reached\nCheck the network." in capsys.readouterr().err
    assert here.calls() == []


def test_an_interrupted_set_up_says_that_it_can_be_repeated(here, monkeypatch, capsys):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(open_app, "ensure_environment", interrupted)
    assert open_app.main([]) == 130
    assert "Start again" in capsys.readouterr().err
