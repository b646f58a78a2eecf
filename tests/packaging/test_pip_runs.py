import os
import time

import pytest
from packaging_scripts import fake_python, load

pip_runs = load("pip_runs")
SetupFailed = load("steps").SetupFailed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are POSIX scripts")


@pytest.mark.parametrize(
    ("output", "title", "may_pass"),
    [
        ("Failed to resolve 'somewhere' ([Errno -3] Temporary failure in name resolution)", "cannot be reached", True),
        ("ERROR: [Errno 28] No space left on device", "disk is full", True),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "not the one that was locked",
            False,
        ),
        ("certificate verify failed: CERTIFICATE_VERIFY_FAILED", "certificate is not trusted", True),
        ("ERROR: No matching distribution found for lxml==6.1.3 (from -r app.txt)", "no build of lxml==6.1.3", False),
        ("Traceback (most recent call last):\nZeroDivisionError", "pip could not install", False),
    ],
)
def test_a_failure_of_pip_is_said_in_words(output, title, may_pass):
    failure = pip_runs.explained(["Collecting lxml", *output.split("\n")])
    assert title in failure.title
    assert failure.hint
    assert failure.may_pass is may_pass


def test_a_registry_out_of_reach_is_not_taken_for_a_missing_build():
    output = [
        "WARNING: Retrying after connection broken by 'NewConnectionError: Failed to establish a new connection'",
        "ERROR: No matching distribution found for lxml==6.1.3",
    ]
    assert "cannot be reached" in pip_runs.explained(output).title


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "  Downloading pyside6_essentials-6.11.3-cp310-abi3-manylinux_2_34_x86_64.whl (80.4 MB)",
            "pyside6_essentials, 80 MB",
        ),
        ("Downloading llama_cpp_python-0.3.36.tar.gz (76.6 MB)", "llama_cpp_python, 77 MB"),
        ("Downloading some_cuda-1.0-py3-none-any.whl (1.2 GB)", "some_cuda, 1200 MB"),
        ("Downloading mdurl-0.1.2-py3-none-any.whl (10.0 kB)", None),
        ("Collecting lxml==6.1.3", None),
        ("", None),
    ],
)
def test_only_downloads_worth_waiting_for_are_shown(line, shown):
    assert pip_runs.large_download(line) == shown


def test_every_line_of_pip_is_handed_over_and_a_failure_raised(tmp_path):
    python = fake_python(tmp_path / "python", "print('one'); print('Connection refused'); raise SystemExit(1)")
    lines: list[str] = []
    with pytest.raises(SetupFailed, match="cannot be reached"):
        pip_runs.run_pip(python, ["install"], on_line=lines.append)
    assert lines == ["one", "Connection refused"]


def test_a_pip_that_hangs_is_ended(tmp_path):
    python = fake_python(tmp_path / "python", "import time; print('waiting', flush=True); time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(SetupFailed):
        pip_runs.run_pip(python, ["download"], on_line=lambda _line: None, timeout_s=0.3)
    assert time.monotonic() - started < 20


def test_what_pip_started_ends_with_it_when_set_up_is_interrupted(tmp_path):
    """A compiler that outlives its build would go on heating the machine for minutes."""
    beat = tmp_path / "beat"
    script = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', \"import time\\nwhile True: open({str(beat)!r}, 'w').close(); "
        "print('beat', flush=True); time.sleep(0.02)\"])"
    )
    python = fake_python(tmp_path / "python", script)

    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pip_runs.run_pip(python, ["wheel"], on_line=interrupt)
    beat.unlink()
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        assert not beat.exists()
