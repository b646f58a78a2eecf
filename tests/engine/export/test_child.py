import os
import sys
from pathlib import Path

import pytest

from engine.errors import ExportFailed
from engine.export.child import answer_of

MEGABYTE = 1 << 20


def ask(program: str, question: bytes = b"", **changes: object) -> bytes:
    values: dict = {"timeout_s": 30.0, "memory_bytes": 512 * MEGABYTE, "answer_bytes": 4 * MEGABYTE, "name": "The tool"}
    return answer_of([sys.executable, "-I", "-c", program], question=question, **(values | changes))


def test_a_program_gets_its_input_and_its_output_is_the_answer() -> None:
    question = bytes(range(256)) * 4_000
    assert ask("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", question) == question[::-1]


def test_it_works_in_an_empty_folder_which_is_gone_afterwards_and_knows_no_variable_of_ours(monkeypatch) -> None:
    monkeypatch.setenv("PLUMBLINE_SECRET", "word")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    folder, listed, home, names = (
        ask("import os; print(os.getcwd(), os.listdir(), os.environ.get('HOME'), sorted(os.environ), sep='\\n')")
        .decode()
        .splitlines()
    )
    assert listed == "[]"
    assert home == folder
    assert not Path(folder).exists()
    assert "PLUMBLINE" not in names
    assert "PROXY" not in names
    assert not os.environ.keys() & {"SOURCE_DATE_EPOCH"}


def test_one_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ExportFailed, match=r"took more than 0\.3 seconds"):
        ask("import time; time.sleep(60)", timeout_s=0.3)


def test_one_that_closes_its_output_and_stays_is_ended_too() -> None:
    program = "import os, time; os.write(1, b'x'); os.close(0); os.close(1); os.close(2); time.sleep(60)"
    with pytest.raises(ExportFailed, match=r"did not end|took more than"):
        ask(program, timeout_s=0.5)


def test_one_that_grows_too_large_is_ended() -> None:
    with pytest.raises(ExportFailed, match="needed more than 100 MB"):
        ask("import time; kept = bytearray(b'x' * (200 << 20)); time.sleep(60)", memory_bytes=100 * MEGABYTE)


def test_one_that_says_too_much_is_ended() -> None:
    with pytest.raises(ExportFailed, match="larger than 1 MB"):
        ask("import sys\nwhile True: sys.stdout.buffer.write(b'x' * 65536)", answer_bytes=MEGABYTE)


def test_one_that_never_reads_its_input_does_not_hold_us() -> None:
    assert ask("print('done')", b"x" * (8 * MEGABYTE)).strip() == b"done"


def test_a_failure_is_told_with_the_last_that_it_said() -> None:
    with pytest.raises(ExportFailed, match="no such thing") as raised:
        ask("import sys; print('x'); print('first', file=sys.stderr); sys.exit('no such thing')")
    assert raised.value.title == "The tool could not make the file"


def test_an_answer_of_nothing_is_a_failure() -> None:
    with pytest.raises(ExportFailed, match="could not make the file"):
        ask("pass")


def test_a_program_that_is_not_there_is_explained() -> None:
    with pytest.raises(ExportFailed, match="could not be started"):
        answer_of(
            ["/nowhere/tool"],
            question=b"",
            name="The tool",
            timeout_s=1.0,
            memory_bytes=MEGABYTE,
            answer_bytes=MEGABYTE,
        )
