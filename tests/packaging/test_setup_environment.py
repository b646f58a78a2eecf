import io
import subprocess
import sys
from pathlib import Path

import pytest
from packaging_scripts import fake_python, load, small_project

setup_environment = load("setup_environment")
steps_module = load("steps")
SetupFailed = steps_module.SetupFailed


@pytest.fixture
def steps():
    return steps_module.Steps(out=io.StringIO())


def finish(project) -> None:
    setup_environment.write_stamp(project, app=setup_environment.fingerprint(project, "app"))


def test_the_second_start_finds_nothing_to_do(tmp_path, steps):
    project = small_project(tmp_path)
    finish(project)
    assert setup_environment.ensure_environment(project, "app", steps=steps, expected="") is False
    assert steps.out.getvalue() == ""


@pytest.mark.parametrize("changed", ["lock", "declaration", "python", "place"])
def test_what_was_set_up_is_set_up_again_when_it_no_longer_fits(tmp_path, changed):
    project = small_project(tmp_path / "here")
    before = setup_environment.fingerprint(project, "app")
    if changed == "lock":
        project.lock_file("app").write_text("# other\n")
    elif changed == "declaration":
        (project.root / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    elif changed == "python":
        (project.environment / "pyvenv.cfg").write_text("version = 3.13.0\n")
    else:
        project = setup_environment.Project(project.root.rename(tmp_path / "there"))
    assert setup_environment.fingerprint(project, "app") != before


def test_an_environment_whose_python_was_removed_does_not_count(tmp_path):
    project = small_project(tmp_path)
    assert setup_environment.environment_version(project.environment) == (3, 12)
    project.python.unlink()
    project.python.symlink_to(tmp_path / "removed")
    assert setup_environment.environment_version(project.environment) is None


def test_a_set_up_that_was_interrupted_is_done_again_and_whole(tmp_path, steps, monkeypatch):
    """pip is told to write every package again: a killed one may have left half of one behind."""
    project = small_project(tmp_path)
    project.python.unlink()
    calls = tmp_path / "calls"
    fake_python(project.python, f"import sys; open({str(calls)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))")
    real = setup_environment.run_pip

    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(setup_environment, "run_pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        setup_environment.ensure_environment(project, "app", steps=steps, expected="")
    assert setup_environment.read_stamp(project) == {}

    monkeypatch.setattr(setup_environment, "run_pip", real)
    assert setup_environment.ensure_environment(project, "app", steps=steps, expected="") is True
    install = next(line for line in calls.read_text().splitlines() if "--require-hashes" in line)
    assert "--force-reinstall" in install
    assert setup_environment.ensure_environment(project, "app", steps=steps, expected="") is False


def test_a_first_set_up_does_not_write_packages_twice(tmp_path, steps):
    project = small_project(tmp_path)
    project.python.unlink()
    calls = tmp_path / "calls"
    fake_python(project.python, f"import sys; open({str(calls)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))")
    setup_environment.ensure_environment(project, "app", steps=steps, expected="")
    assert "--force-reinstall" not in calls.read_text()
    assert "--editable" in calls.read_text()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is never writable, not even for root")
def test_a_folder_that_cannot_be_written_to_is_named(steps):
    project = setup_environment.Project(Path("/proc"))
    with pytest.raises(SetupFailed) as caught:
        setup_environment._check_folder(project)
    assert "cannot be written to" in caught.value.title
    assert "/proc" in caught.value.hint


def test_python_without_venv_is_told_the_package():
    output = "The virtual environment was not created successfully because ensurepip is not\navailable."
    failure = setup_environment.explained_creation(output)
    assert f"python3.{sys.version_info.minor}-venv" in failure.hint


@pytest.mark.parametrize(("works", "usable"), [({"pip"}, True), ({"ensurepip"}, True), (set(), False)])
def test_an_environment_without_pip_is_given_one_if_it_can_be(tmp_path, works, usable):
    project = small_project(tmp_path)
    project.python.unlink()
    fake_python(project.python, f"import sys; sys.exit(sys.argv[2] not in {works!r})")
    assert setup_environment._is_usable(project) is usable


def test_a_damaged_stamp_means_that_nothing_is_known(tmp_path):
    project = small_project(tmp_path)
    project.stamp.write_text('{"app": ')
    assert setup_environment.read_stamp(project) == {}


def test_two_set_ups_of_one_folder_take_turns(tmp_path, steps):
    """The second finds the work done and says that it waited."""
    project = small_project(tmp_path)
    holder = (
        "import sys, pathlib\n"
        f"sys.path.insert(0, {str(Path(setup_environment.__file__).parent)!r})\n"
        "from process_lock import held\nfrom setup_environment import Project, fingerprint, write_stamp\n"
        f"project = Project(pathlib.Path({str(project.root)!r}))\n"
        "with held(project.root / '.venv.lock'):\n"
        "    print('held', flush=True); sys.stdin.readline()\n"
        "    write_stamp(project, app=fingerprint(project, 'app'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        original = steps.say

        def say(text: str) -> None:
            original(text)
            other.stdin.write("\n")
            other.stdin.flush()

        steps.say = say
        assert setup_environment.ensure_environment(project, "app", steps=steps, expected="") is False
    assert "waiting for it" in steps.out.getvalue()
