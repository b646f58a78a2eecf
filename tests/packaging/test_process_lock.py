import subprocess
import sys
from pathlib import Path

import pytest
from packaging_scripts import load

process_lock = load("process_lock")


def holder(path: Path) -> subprocess.Popen[str]:
    script = (
        f"import sys, pathlib; sys.path.insert(0, {str(Path(process_lock.__file__).parent)!r})\n"
        "from process_lock import held\n"
        f"with held(pathlib.Path({str(path)!r})):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lock_is_held_by_one_process_and_let_go_when_that_is_killed(tmp_path):
    path = tmp_path / "lock"
    with holder(path) as other:
        with pytest.raises(process_lock.AlreadyHeld), process_lock.held(path):
            pass
        other.kill()
        other.wait()
        with process_lock.held(path):
            pass


def test_whoever_waits_says_so_first(tmp_path):
    path = tmp_path / "lock"
    said: list[str] = []
    with holder(path) as other:

        def before_waiting() -> None:
            said.append("waiting")
            other.kill()

        with process_lock.held_in_turn(path, before_waiting=before_waiting):
            assert said == ["waiting"]


def test_nobody_waits_for_a_free_lock(tmp_path):
    def before_waiting() -> None:
        pytest.fail("there was nothing to wait for")

    with process_lock.held_in_turn(tmp_path / "lock", before_waiting=before_waiting):
        pass
