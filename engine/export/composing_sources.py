"""The second half of a report as a document: its sources with the words that are cited, and how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from engine.agent.state import RunState
from engine.citations.numbering import CitedSource, Numbering
from engine.citations.wording import address_words, place_words
from engine.domain import BlockKind, Passage, Source
from engine.export.bibliography import UNREAD_HEADING, UNREAD_WORDS, UnreadSource, source_facts, unread_sources
from engine.export.departures import DepartureLine, Departures, departure_lines
from engine.export.manuscript import (
    Block,
    Bullets,
    Code,
    Heading,
    Inline,
    Look,
    Paragraph,
    Quotation,
    Role,
    WebLink,
    Words,
    WorksCited,
    beside_words,
)
from engine.export.printable import closed, direction, one_line, printable
from engine.export.receipt import LEFT_HEADING, receipt_lines, receipt_of
from engine.export.report_words import ONLY_TAKEN_OUT_WORDS

_FOLLOWED = frozenset({"http", "https", "mailto"})
_ODD_IN_ADDRESSES = frozenset(' \t\n"<>\\^`{|}\ufffd')
_LONGEST_LINK = 2_000
"""Characters; word processors refuse to follow longer ones."""


def proof_blocks(state: RunState, numbering: Numbering, departures: Departures, *, is_styled: bool) -> Iterator[Block]:
    """Yield the sources and their passages, what could not be read, the receipt, and what left this computer.

    Args:
        state: of the run.
        numbering: of its report.
        departures: what the ledger says.
        is_styled: whether a citation style writes the list of works, so that ours only holds the passages.
    """
    if numbering.sources:
        if is_styled:
            yield Heading(level=1, text="References", anchor="references")
            yield WorksCited()
        yield Heading(level=1, text="Passages" if is_styled else "Sources", anchor="sources")
        for cited in numbering.sources:
            yield from _source(state, cited, is_styled=is_styled)
    unread = unread_sources(state)
    if unread:
        yield Heading(level=1, text=UNREAD_HEADING)
        yield Paragraph(inlines=(Words(text=UNREAD_WORDS),), role=Role.QUIET)
        yield Bullets(items=tuple((_unread(one),) for one in unread))
    receipt = receipt_of(state, sources_cited=numbering.cited, departures=departures)
    yield Heading(level=1, text="How this report was made", anchor="receipt")
    yield Bullets(items=tuple((_fact(name, words),) for name, words in receipt_lines(receipt)))
    lines = departure_lines(departures)
    if lines:
        yield Heading(level=1, text=LEFT_HEADING)
        yield Bullets(items=tuple((_departure(one),) for one in lines))


def followed_address(address: str) -> str:
    """Return the address if it is one of the web or of a mailbox that may become a link; else nothing.

    Files, programs and whatever else a scheme can name are shown as words.
    """
    if len(address) > _LONGEST_LINK or any(one in _ODD_IN_ADDRESSES or not one.isprintable() for one in address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:  # an address that is none
        return ""
    if parts.scheme not in _FOLLOWED or "@" in parts.netloc:
        return ""
    return address if host or (parts.scheme == "mailto" and parts.path) else ""


def _source(state: RunState, cited: CitedSource, *, is_styled: bool) -> Iterator[Block]:
    source = state.sources.get(cited.source_id)
    title = one_line(source.title) if source is not None else ""
    number = "" if is_styled else f"[{cited.number}] "
    yield Heading(level=2, text=f"{number}{title or 'Without a title'}", anchor=f"source-{cited.number}")
    if source is not None:
        yield Bullets(items=tuple((one,) for one in _facts(source, is_in_text=cited.is_in_text)))
    for mark in cited.marks:
        passage = state.passages[mark.passage_id]
        place = one_line(place_words(passage.locator, title=source.title if source is not None else ""))
        label = beside_words(mark.label) if is_styled else f"[{mark.label}]"
        parts = (Words(text=f"{label} {place}".rstrip(), look=Look.QUIET),)
        yield Paragraph(inlines=parts, role=Role.ENTRY, direction=direction(place), anchor=f"passage-{mark.label}")
        yield _quoted(passage)


def _facts(source: Source, *, is_in_text: bool) -> Iterator[Paragraph]:
    if not is_in_text:
        yield Paragraph(inlines=(Words(text=ONLY_TAKEN_OUT_WORDS),))
    yield from (_fact(name, words) for name, words in source_facts(source))
    for name, value in (("SHA-256 of the file", source.file_hash), ("SHA-256 of the archived text", source.text_hash)):
        parts = (Words(text=f"{name}: ", look=Look.QUIET), Words(text=one_line(value), look=Look.FINGERPRINT))
        yield Paragraph(inlines=parts)


def _fact(name: str, words: str) -> Paragraph:
    text = one_line(words)
    return Paragraph(inlines=(Words(text=f"{name}: "), _address(text)), direction=direction(text))


def _address(text: str) -> Inline:
    return WebLink(address=text) if followed_address(text) else Words(text=text)


def _quoted(passage: Passage) -> Quotation | Code:
    text = closed(printable(passage.quote)).strip("\n")
    is_indented = any(line[:1] in (" ", "\t") for line in text.split("\n")[1:])
    if passage.kind is BlockKind.CODE or is_indented:
        return Code(text=text)
    return Quotation(text=text, direction=direction(text))


def _unread(source: UnreadSource) -> Paragraph:
    from_words = one_line(source.words)
    title = one_line(source.title) or "Without a title"
    shown = one_line(address_words(source.address))
    parts = (Words(text=title, look=Look.STRONG), Words(text=" — "), _address(shown), Words(text=f" — {from_words}"))
    return Paragraph(inlines=parts, direction=direction(title))


def _departure(one: DepartureLine) -> Paragraph:
    words = " — ".join(one_line(part) for part in (one.lead, one.about, one.ending) if part)
    return Paragraph(inlines=(Words(text=words),))
