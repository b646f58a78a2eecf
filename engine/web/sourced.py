"""From a page that was fetched and read to the source that a run cites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.agent.roles import OpenedSource
from engine.domain import Obstacle, Source
from engine.errors import DocumentUnreadable
from engine.reading.identity import source_id, text_hash
from engine.reading.page import PageBytes
from engine.reading.parser import ReadingStopped
from engine.reading.wire import ParsedFile
from engine.web import obstacles, reasons
from engine.web.fetch import Fetched
from engine.web.sites import host_of, page_of, web_addresses

MOST_LINKS = 300

_LONGEST_TITLE = 500
_MOST_AUTHORS = 20
_RESCUED = frozenset([Obstacle.LOGIN, Obstacle.JAVASCRIPT, Obstacle.CAPTCHA, Obstacle.EMPTY])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page with its text, whoever asked for it under whatever fragment."""

    parsed: ParsedFile
    final_address: str
    warnings: tuple[str, ...]
    read_at: datetime
    is_supplied: bool = False

    @property
    def characters(self) -> int:
        """How much room it takes."""
        return len(self.parsed.document.text)


def read_page(address: str, fetched: Fetched, *, parse: Callable[[PageBytes], ParsedFile]) -> ReadPage:
    """Return a page that was fetched as one that can be cited.

    Args:
        address: that was asked for.
        fetched: what came.
        parse: turns bytes into text.

    Raises:
        DocumentUnreadable: what came is not what was asked for: a login, a test for robots, an empty shell, …
    """
    # What is raised here is always new: an exception that a variable holds keeps the bytes of the page alive.
    try:
        parsed = parse(fetched.page)
    except ReadingStopped:
        raise
    except DocumentUnreadable as error:
        raise reasons.again(_on_the_way(address, fetched, characters=0) or _rescuable(error)) from error
    on_the_way = _on_the_way(address, fetched, characters=len(parsed.document.text.strip()))
    if on_the_way is not None:
        raise reasons.again(on_the_way)
    facts = parsed.page
    if facts is not None and facts.obstacle is not None:
        raise DocumentUnreadable(facts.words.rstrip("."), hint=reasons.RESCUE, obstacle=facts.obstacle)
    return ReadPage(
        parsed=parsed, final_address=fetched.page.address, warnings=fetched.warnings, read_at=datetime.now(UTC)
    )


def _on_the_way(address: str, fetched: Fetched, *, characters: int) -> DocumentUnreadable | None:
    return obstacles.of_success(
        headers=fetched.headers, asked=address, final=fetched.page.address, characters=characters
    )


def _rescuable(reason: DocumentUnreadable) -> DocumentUnreadable:
    if reason.obstacle not in _RESCUED:
        return reason
    return DocumentUnreadable(reason.title, hint=reasons.RESCUE, obstacle=reason.obstacle)


def opened_source(address: str, page: ReadPage) -> OpenedSource:
    """Return a page as the source at the address under which it was asked for."""
    document, facts = page.parsed.document, page.parsed.page
    hash = text_hash(document.text)
    final = "" if page_of(page.final_address) == page_of(address) else page.final_address
    source = Source(
        id=source_id(address, hash),
        address=address,
        title=document.title[:_LONGEST_TITLE],
        format=document.format,
        text_hash=hash,
        file_hash=page.parsed.file_hash,
        characters=len(document.text),
        read_at=page.read_at,
        modified_at=None,
        site=(facts.site if facts is not None else "") or host_of(page.final_address).removeprefix("www."),
        authors=document.authors[:_MOST_AUTHORS],
        published=document.published,
        reference=document.reference,
        warnings=tuple(dict.fromkeys((*document.warnings, *page.warnings))),
        final_address=final,
        canonical=facts.canonical if facts is not None else "",
        is_supplied=page.is_supplied,
    )
    links = web_addresses(facts.links if facts is not None else (), base=page.final_address, limit=MOST_LINKS)
    return OpenedSource(source=source, document=document, links=links)
