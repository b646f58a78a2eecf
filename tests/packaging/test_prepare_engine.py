import io
import os
import subprocess
import sys

import psutil
import pytest
from packaging_scripts import fake_python, install_engine, load, small_project

from models.preparation import EngineState, preparation

engine_process = load("engine_process")
prepare_engine = load("prepare_engine")
process_lock = load("process_lock")


def progress(project):
    return prepare_engine.Progress(project=project, log=io.StringIO(), echo=lambda _text: None)


def test_the_app_reads_which_step_a_preparation_is_at(tmp_path):
    project = small_project(tmp_path)
    progress(project).step("Fetching the tools that build llama.cpp")
    seen = preparation(project.environment)
    assert seen.state is EngineState.PREPARING
    assert seen.step == "Fetching the tools that build llama.cpp"
    assert seen.since is not None
    assert seen.log == engine_process.log_file(project)


def test_the_app_reads_how_far_the_compilation_is(tmp_path):
    project = small_project(tmp_path)
    running = progress(project)
    running.line("  [90/200] Building CXX object vendor/llama.cpp/src/CMakeFiles/llama.dir/llama.cpp.o")
    assert preparation(project.environment).step == "Compiling llama.cpp, 45 %"


def test_a_killed_preparation_is_recognised_and_taken_up_again(tmp_path):
    project = small_project(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    with child:
        started = psutil.Process(child.pid).create_time()
        engine_process.write_status(project, "preparing", step="Compiling", pid=child.pid, pid_started=started)
        assert preparation(project.environment).state is EngineState.PREPARING
        child.kill()
        if hasattr(os, "waitid"):  # dead, and its parent has not asked yet: a zombie
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            assert preparation(project.environment).state is EngineState.FAILED
    seen = preparation(project.environment)
    assert seen.state is EngineState.FAILED
    assert "interrupted" in seen.detail
    assert engine_process.engine_needs_preparing(project, again=False)


def test_another_process_with_the_same_number_is_not_taken_for_the_preparation(tmp_path):
    project = small_project(tmp_path)
    me = psutil.Process()
    engine_process.write_status(project, "preparing", pid=me.pid, pid_started=me.create_time() - 3600)
    assert preparation(project.environment).state is EngineState.FAILED


def test_what_a_killed_preparation_left_running_is_ended_and_nothing_else(tmp_path):
    project = small_project(tmp_path)
    waits = ["-c", "import sys; sys.stdin.read()"]
    tool = str(project.environment / "engine-build" / "tools" / "bin" / "ninja")
    own = [str(project.environment / "bin" / "python"), *waits, tool]
    with (
        subprocess.Popen([tool, *waits], executable=sys.executable, stdin=subprocess.PIPE) as leftover,
        subprocess.Popen(own, executable=sys.executable, stdin=subprocess.PIPE) as other,
    ):
        assert leftover.poll() is None
        prepare_engine.end_leftovers(project)
        leftover.wait(timeout=10)
        assert other.poll() is None


def test_two_preparations_do_not_run_at_once(tmp_path):
    project = small_project(tmp_path)
    engine_process.write_status(project, "preparing", step="first")
    with process_lock.held(engine_process.lock_path(project)):
        assert prepare_engine.prepare_unless_another_does(project) == 3
    assert engine_process.read_status(project)["step"] == "first"


def test_a_preparation_that_fails_says_why(tmp_path):
    project = small_project(tmp_path, engine="numpy==2.4.6")
    assert prepare_engine.prepare_unless_another_does(project) == 1
    seen = preparation(project.environment)
    assert seen.state is EngineState.FAILED
    assert "names no llama-cpp-python" in seen.detail
    assert "names no llama-cpp-python" in engine_process.log_file(project).read_text()


def test_a_bug_in_a_preparation_reaches_the_log_and_the_app(tmp_path, monkeypatch):
    project = small_project(tmp_path)

    def broken():
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(prepare_engine, "this_machine", broken)
    assert prepare_engine.prepare_unless_another_does(project) == 1
    assert preparation(project.environment).state is EngineState.FAILED
    assert "on purpose" in engine_process.log_file(project).read_text()


def test_without_wheels_and_without_a_compiler_it_says_exactly_what_is_missing(tmp_path, monkeypatch):
    project = small_project(tmp_path)
    monkeypatch.setattr(prepare_engine, "answers", lambda _url: False)
    monkeypatch.setattr(prepare_engine, "missing_compiler", lambda: "A C++ compiler is missing.\nsudo apt install g++")
    assert prepare_engine.prepare_unless_another_does(project) == 1
    detail = preparation(project.environment).detail
    assert "A C++ compiler is missing." in detail
    assert "sudo apt install g++" in detail
    assert engine_process.engine_needs_preparing(project, again=False), "finding out again costs seconds"


def test_without_any_compiler_on_the_path_one_is_asked_for(tmp_path, monkeypatch):
    choices = load("engine_choices")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    assert "compiler is missing" in choices.missing_compiler()


@pytest.mark.parametrize(
    ("state", "facts", "is_installed", "needed"),
    [
        ("", {}, False, True),
        ("ready", {}, True, False),
        ("ready", {}, False, True),
        ("ready", {"inputs": "of another lock"}, True, True),
        ("failed", {"may_pass": False}, False, False),
        ("failed", {"may_pass": True}, False, True),
        ("failed", {"may_pass": False, "inputs": "of another lock"}, False, True),
        ("failed", {"may_pass": False}, True, True),
        ("preparing", {}, False, True),
    ],
)
def test_a_start_prepares_only_what_can_have_changed(tmp_path, state, facts, is_installed, needed):
    project = small_project(tmp_path)
    if state:
        engine_process.write_status(project, state, **facts)
    if is_installed:
        install_engine(project.environment)
    assert engine_process.engine_needs_preparing(project, again=False) is needed


def test_a_failed_build_is_tried_again_on_request(tmp_path):
    project = small_project(tmp_path)
    engine_process.write_status(project, "failed", may_pass=False)
    assert not engine_process.engine_needs_preparing(project, again=False)
    assert engine_process.engine_needs_preparing(project, again=True)


LOCK = """# Made by packaging/lock.py.
llama-cpp-python==0.3.36 \\
    --hash=sha256:aa
llguidance==1.9.1 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
numpy==2.4.6 \\
    --hash=sha256:dd
"""


def test_what_may_have_to_be_built_is_told_from_what_comes_ready_made(tmp_path):
    project = small_project(tmp_path, engine=LOCK)
    engine, needs = prepare_engine.locked_parts(project)
    assert engine.startswith("llama-cpp-python==0.3.36")
    assert "sha256:aa" in engine
    assert "llguidance" not in engine
    assert "llama" not in needs
    assert needs.count("--hash") == 3
    assert prepare_engine.locked_version(project) == "0.3.36"


posix_only = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are POSIX scripts")


def recording_python(project, *, pip_says: str = "", pip_ends_with: int = 0):
    """Stands in for the environment's Python: keeps what pip was to install, and has a library that loads."""
    calls = project.root / "calls"
    project.python.unlink()
    fake_python(
        project.python,
        "import sys, pathlib, json\n"
        "if 'pip' not in sys.argv:\n"
        "    print(json.dumps({'version': '0.3.36', 'offloads': False, 'system': ''})); sys.exit()\n"
        "files = [pathlib.Path(name).read_text() for name in sys.argv if name.endswith('.txt')]\n"
        f"with open({str(calls)!r}, 'a') as kept: kept.write(json.dumps(files) + chr(10))\n"
        f"print({pip_says!r}); sys.exit({pip_ends_with})\n",
    )
    return calls


@posix_only
def test_an_engine_of_the_right_version_is_only_completed(tmp_path, monkeypatch):
    project = small_project(tmp_path, engine=LOCK)
    calls = recording_python(project)
    install_engine(project.environment)
    monkeypatch.setattr(prepare_engine, "attempts", lambda _machine: ())
    assert prepare_engine.prepare_unless_another_does(project) == 0
    assert preparation(project.environment).state is EngineState.READY
    (installed,) = calls.read_text().splitlines()
    assert "llguidance" in installed
    assert "llama" not in installed


@posix_only
def test_what_the_engine_needs_fails_before_anything_is_built(tmp_path, monkeypatch):
    project = small_project(tmp_path, engine=LOCK)
    recording_python(project, pip_says="No matching distribution found for llguidance==1.9.1", pip_ends_with=1)

    def build(*_arguments):
        raise AssertionError("it was built all the same")

    monkeypatch.setattr(prepare_engine, "_build", build)
    monkeypatch.setattr(prepare_engine, "_fetch", build)
    assert prepare_engine.prepare_unless_another_does(project) == 1
    assert "no build of llguidance==1.9.1" in preparation(project.environment).detail
