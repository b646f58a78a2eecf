"""The window as a person starts it: a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.__main__ import main

WINDOW = [sys.executable, "-m", "desktop"]


@pytest.fixture
def started(qtbot, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    painted = tmp_path / "painted"
    window = subprocess.Popen(
        [*WINDOW, "--data", str(tmp_path / "data"), "--started-file", str(painted)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_LOGGING_RULES": "*=false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    qtbot.waitUntil(lambda: painted.exists() or window.poll() is not None, timeout=30_000)
    qtbot.waitUntil((tmp_path / "data" / "library.sqlite").exists, timeout=30_000)
    yield window
    if window.poll() is None:
        window.kill()
    window.wait(10)
    assert window.stdout is not None
    window.stdout.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that reach a window")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_it_as_a_person_would(qtbot, started: subprocess.Popen[bytes], tmp_path: Path, number: int):
    started.send_signal(number)
    qtbot.waitUntil(lambda: started.poll() is not None, timeout=30_000)
    assert started.returncode == 0
    assert started.stdout.read() == b""
    assert [path.name for path in (tmp_path / "data").glob("*-wal")] == []


def test_an_option_that_does_not_exist_is_explained(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["--nonsense"])
    assert ended.value.code == 2
    assert "--nonsense" in capsys.readouterr().err
