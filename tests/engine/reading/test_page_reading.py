"""Pages through the parser's client and a real parser process, and with one that stops listening."""

from __future__ import annotations

import hashlib
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_documents import pdf, written

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.reading.parser import PAGE_LIMITS, Limits, PageBytes, Parser, ReadingStopped

SENTENCE = "The harbour was built over nineteen years, and every stone of its outer wall came by barge. "
ADDRESS = "https://www.example.org/town/harbour"


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as shared:
        yield shared


def page(body: str | bytes, *, content_type: str = "text/html; charset=utf-8") -> PageBytes:
    data = body.encode() if isinstance(body, str) else body
    return PageBytes(data=data, address=ADDRESS, content_type=content_type)


def test_a_page_comes_back_with_its_facts_and_hash(parser: Parser) -> None:
    sent = page(f'<html lang="en"><title>Harbour</title><p>{SENTENCE * 3}</p><a href="/next">next</a></html>')
    parsed = parser.parse_page(sent)
    assert parsed.document.title == "Harbour"
    assert parsed.document.language == "en"
    assert parsed.file_hash == hashlib.sha256(sent.data).hexdigest()
    assert parsed.size_bytes == len(sent.data)
    assert parsed.modified_at is None
    assert parsed.page is not None
    assert parsed.page.site == "example.org"
    assert parsed.page.links == ("https://www.example.org/next",)
    assert parsed.page.obstacle is None


def test_pages_and_files_take_turns_in_one_process(parser: Parser, tmp_path: Path) -> None:
    file = written(tmp_path, "a.md", "# File\n\nWords of a file.\n")
    for _ in range(3):
        assert parser.parse(file).page is None
        assert parser.parse_page(page(f"<title>Page</title><p>{SENTENCE}</p>")).document.title == "Page"


def test_a_pdf_from_the_web_is_read(parser: Parser) -> None:
    data = pdf([[(72, 700, 10, "Words of a paper.")]])
    parsed = parser.parse_page(page(data, content_type="application/octet-stream"))
    assert (parsed.document.format, parsed.document.text) == ("pdf", "Words of a paper.")


def test_what_keeps_a_page_from_being_read_comes_back_as_a_kind(parser: Parser) -> None:
    with pytest.raises(DocumentUnreadable) as shell:
        parser.parse_page(page('<div id="root"></div><script src="a.js"></script>'))
    assert shell.value.obstacle is Obstacle.JAVASCRIPT
    with pytest.raises(DocumentUnreadable) as empty:
        parser.parse_page(page("<html></html>"))
    assert empty.value.obstacle is Obstacle.EMPTY


def test_nothing_and_far_too_much_are_refused_without_a_process() -> None:
    with Parser(command=lambda: ("/nonexistent",)) as parser:
        with pytest.raises(DocumentUnreadable) as empty:
            parser.parse_page(page(""))
        assert empty.value.obstacle is Obstacle.EMPTY
        with pytest.raises(DocumentUnreadable, match="too large"):
            parser.parse_page(page(bytes(PAGE_LIMITS.file_size_bytes + 1)))


def test_a_page_larger_than_any_pipe_arrives_whole(parser: Parser) -> None:
    parsed = parser.parse_page(page("w " * 3_000_000, content_type="text/plain"))
    assert len(parsed.document.text) <= PAGE_LIMITS.characters
    assert any("Only the first" in warning for warning in parsed.document.warnings)


def deaf_parser(tmp_path: Path, *, timeout_s: float) -> Parser:
    """A parser whose process says that it is ready, and never listens."""
    script = tmp_path / "deaf.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys, time
            sys.path.insert(0, {str(Path(__file__).parents[3])!r})
            from engine.reading import wire
            wire.write_frame(sys.stdout.buffer, wire.READY)
            time.sleep(60)
            """
        )
    )
    limits = Limits(timeout_s=timeout_s, patience=1.0)
    return Parser(page_limits=limits, command=lambda: (sys.executable, "-P", str(script)))


def test_a_process_that_stops_listening_is_given_up(tmp_path: Path) -> None:
    with deaf_parser(tmp_path, timeout_s=0.3) as parser:
        with pytest.raises(DocumentUnreadable) as raised:
            parser.parse_page(page("w " * 3_000_000))
        assert raised.value.obstacle is Obstacle.SLOW


def test_closing_breaks_off_a_page_that_is_being_sent(tmp_path: Path) -> None:
    parser = deaf_parser(tmp_path, timeout_s=30.0)
    outcomes: list[BaseException] = []

    def read() -> None:
        try:
            parser.parse_page(page("w " * 3_000_000))
        except DocumentUnreadable as error:
            outcomes.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    while not any(thread.name == "parser pages" for thread in threading.enumerate()):
        reader.join(0.01)
    parser.close()
    reader.join()
    assert isinstance(outcomes[0], ReadingStopped)
