"""The parser's client with a real parser process, and with fake ones that misbehave."""

from __future__ import annotations

import hashlib
import os
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from engine.errors import DocumentUnreadable
from engine.reading.parser import Limits, Parser, ReadingStopped


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as shared:
        yield shared


def children_named(part: str) -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if part in " ".join(child.cmdline())]


def fake_child(tmp_path: Path, body: str) -> Parser:
    """A parser whose child runs the body once for each request; ``calls`` counts over all its children."""
    script = tmp_path / "child.py"
    counter = tmp_path / "calls"
    script.write_text(
        textwrap.dedent(
            """
            import os, sys, time
            from pathlib import Path
            sys.path.insert(0, {root!r})
            from engine.reading import wire, worker
            counter = Path({counter!r})
            def answer(request):
                calls = int(counter.read_text() or "0") + 1 if counter.exists() else 1
                counter.write_text(str(calls))
            {body}
                return real(request)
            real, worker.answer = worker.answer, answer
            worker._limit_memory = lambda memory_bytes: None
            worker.main()
            """
        ).format(root=str(Path(__file__).parents[3]), counter=str(counter), body=textwrap.indent(body, " " * 4))
    )
    return Parser(
        limits=Limits(timeout_s=2.0, memory_bytes=200 << 20), command=lambda: (sys.executable, "-P", str(script))
    )


def test_a_page_becomes_a_document_with_its_hash_size_and_time(parser: Parser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"<title>Quarry</title><h1>Quarry</h1><p>Slate is split by hand.")
    os.utime(page, (1_000_000_000, 1_000_000_000))
    parsed = parser.parse(page)
    assert parsed.document.title == "Quarry"
    assert "Slate is split by hand." in parsed.document.text
    assert parsed.document.format == "html"
    assert parsed.file_hash == hashlib.sha256(page.read_bytes()).hexdigest()
    assert parsed.size_bytes == page.stat().st_size
    assert parsed.modified_at == datetime.fromtimestamp(1_000_000_000, UTC)


def test_one_process_reads_many_files_and_ends_with_the_parser(tmp_path: Path) -> None:
    others = {child.pid for child in children_named("engine.reading.worker")}
    with Parser() as parser:
        processes = set()
        for number in range(5):
            file = tmp_path / f"{number}.txt"
            file.write_text(f"File number {number} says this.")
            assert parser.parse(file).document.text == f"File number {number} says this."
            processes.update(child.pid for child in children_named("engine.reading.worker"))
        (process,) = processes - others
    assert not psutil.pid_exists(process)


def test_a_parser_that_read_nothing_starts_no_process() -> None:
    before = len(psutil.Process().children())
    with Parser():
        assert len(psutil.Process().children()) == before


def test_a_child_that_dies_in_the_middle_costs_one_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Still readable.")
    with fake_child(tmp_path, "if calls == 1:\n    os.abort()\n") as parser:
        with pytest.raises(DocumentUnreadable, match="crash"):
            parser.parse(file)
        assert parser.parse(file).document.text == "Still readable."


def test_a_child_that_hangs_is_replaced_after_the_time_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Still readable.")
    with fake_child(tmp_path, "if calls == 1:\n    time.sleep(600)\n") as parser:
        started = time.monotonic()
        with pytest.raises(DocumentUnreadable, match="more than 2 seconds"):
            parser.parse(file)
        assert time.monotonic() - started < 6
        assert parser.parse(file).document.text == "Still readable."


def test_a_child_that_grows_too_large_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Still readable.")
    body = "if calls == 1:\n    hog = bytearray(400 << 20)\n    hog[::4096] = b'x' * len(hog[::4096])\n"
    body += "    time.sleep(600)\n"
    with fake_child(tmp_path, body) as parser:
        with pytest.raises(DocumentUnreadable, match="too much memory"):
            parser.parse(file)
        assert parser.parse(file).document.text == "Still readable."


@pytest.mark.parametrize(
    "answer",
    [
        "b'{}'",
        "b'not json'",
        "b'\\xff' * 40",
        "kept(wire.Reply(number=request.number))",
        "kept(wire.Reply(number=request.number + 1, failure=wire.Failure(title='x', hint='')))",
        "kept(real(request)).replace(b'\"end\":15', b'\"end\":99')",
    ],
)
def test_a_garbled_answer_is_not_believed(tmp_path: Path, answer: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Still readable.")
    body = f"if calls == 1:\n    kept = worker.encode\n    worker.encode = lambda value: {answer}\n"
    with fake_child(tmp_path, body) as parser:
        with pytest.raises(DocumentUnreadable, match="could not be read"):
            parser.parse(file)
        assert parser.parse(file).document.text == "Still readable."


def test_a_child_that_announces_an_endless_answer_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Still readable.")
    endless = "lambda stream, payload: (stream.write(b'\\xff' * 100), stream.flush())"
    body = f"if calls == 1:\n    worker.write_frame = {endless}\n"
    with fake_child(tmp_path, body) as parser:
        with pytest.raises(DocumentUnreadable):
            parser.parse(file)
        assert parser.parse(file).document.text == "Still readable."


def test_what_a_library_prints_does_not_reach_the_answers(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Still readable.")
    with fake_child(tmp_path, "print('x' * 200_000)\nos.write(1, b'noise' * 50_000)\n") as parser:
        assert parser.parse(file).document.text == "Still readable."


def test_threads_take_turns(parser: Parser, tmp_path: Path) -> None:
    texts: dict[int, str] = {}

    def read(number: int) -> None:
        file = tmp_path / f"{number}.md"
        file.write_text(f"# Title {number}\n\nSentence {number}.\n")
        texts[number] = parser.parse(file).document.text

    threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {number: f"Title {number}\n\nSentence {number}." for number in range(8)}


def test_closing_interrupts_a_file_that_is_being_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Never answered.")
    started = tmp_path / "calls"
    parser = fake_child(tmp_path, "time.sleep(600)\n")
    problems: list[BaseException] = []

    def read() -> None:
        try:
            parser.parse(file)
        except DocumentUnreadable as error:
            problems.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    deadline = time.monotonic() + 10
    while not started.exists() and time.monotonic() < deadline:
        thread.join(timeout=0.02)
    parser.close()
    thread.join(timeout=5)
    assert [type(problem) for problem in problems] == [ReadingStopped]


def test_a_closed_parser_says_that_it_is_closed(tmp_path: Path) -> None:
    parser = Parser()
    parser.close()
    parser.close()
    with pytest.raises(ReadingStopped):
        parser.parse(tmp_path / "a.txt")


def test_a_program_that_cannot_be_started_is_explained(tmp_path: Path) -> None:
    with (
        Parser(command=lambda: (str(tmp_path / "missing"),)) as parser,
        pytest.raises(DocumentUnreadable, match="could not be started"),
    ):
        parser.parse(tmp_path / "a.txt")


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('hello, I am something else')"])
def test_a_program_that_is_not_the_parser_is_not_blamed_on_the_file(tmp_path: Path, program: str) -> None:
    with (
        Parser(command=lambda: (sys.executable, "-c", program)) as parser,
        pytest.raises(DocumentUnreadable, match="could not be started"),
    ):
        parser.parse(tmp_path / "a.txt")


def test_the_child_ends_when_its_parent_is_gone(tmp_path: Path) -> None:
    """A parent that is killed cannot close anything politely."""
    script = tmp_path / "parent.py"
    file = tmp_path / "a.txt"
    file.write_text("Text.")
    script.write_text(
        "import os, psutil, sys\n"
        "from pathlib import Path\n"
        "from engine.reading.parser import Parser\n"
        f"Parser().parse(Path({str(file)!r}))\n"
        "print(psutil.Process().children()[0].pid, flush=True)\n"
        "os.kill(os.getpid(), 9) if os.name == 'posix' else os._exit(1)\n"
    )
    import subprocess

    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=30, check=False)
    child = int(result.stdout)
    if psutil.pid_exists(child):
        _, alive = psutil.wait_procs([psutil.Process(child)], timeout=5)
        assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(sys.platform == "win32", reason="names of files are text there")
def test_a_name_that_is_not_text_can_be_read(parser: Parser, tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    file.write_text("Un café.", encoding="utf-8")
    parsed = parser.parse(file)
    assert parsed.document.text == "Un café."
    assert parsed.document.title == "caf\ufffd"


def test_the_working_folder_cannot_replace_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from the working folder')")
    file = tmp_path / "a.txt"
    file.write_text("Untouched.")
    monkeypatch.chdir(tmp_path)
    with Parser() as parser:
        assert parser.parse(Path("a.txt")).document.text == "Untouched."
