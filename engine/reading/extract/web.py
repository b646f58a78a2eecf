"""An answer from the web to a document and what the page says about itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.content import Content
from engine.reading.extract.dispatch import extract
from engine.reading.extract.draft import Draft, assemble
from engine.reading.extract.encoding import decode_page
from engine.reading.extract.feed import feed_markup
from engine.reading.extract.formats import Format
from engine.reading.extract.html import declared_encoding
from engine.reading.extract.mhtml import unpacked
from engine.reading.extract.page_facts import host_of, links_of, stated_facts
from engine.reading.extract.page_format import page_format, type_and_charset
from engine.reading.extract.page_obstacles import Shown, obstacle_in, shown_by
from engine.reading.extract.web_html import parsed, visible_blocks
from engine.reading.page import PageBytes, PageFacts

_HARDLY_ANY_TEXT = 100
_NO_TEXT = 20
_LEAST_WITHOUT_PROGRAM = 300


def read_page(page: PageBytes, *, characters: int, give_up_at: float = math.inf) -> tuple[Document, PageFacts]:
    """Return the page's text, and what else it says.

    Args:
        page: what was fetched, or saved by a person.
        characters: the most that are wanted.
        give_up_at: when to be content with what has been read, by ``time.process_time``.

    Raises:
        DocumentUnreadable: it has no text, or cannot be understood; ``obstacle`` says which.
    """
    media_type, charset = type_and_charset(page.content_type)
    content = Content(
        data=page.data,
        stem=_stem(page.address),
        characters=characters,
        is_truncated=page.is_truncated,
        give_up_at=give_up_at,
        charset=(page.charset or charset).strip().lower(),
    )
    address = page.address
    format = page_format(page.data, media_type=media_type, address=address)
    styles: tuple[str, ...] = ()
    if format is Format.MHTML:
        saved = unpacked(page.data)
        styles, address = saved.styles, saved.address if host_of(saved.address) else address
        content = replace(content, data=saved.data, charset=saved.charset)
        format = Format.TEXT if saved.media_type == "text/plain" else Format.HTML
    if format is Format.FEED:
        return _read_html(replace(content, data=feed_markup(content.data), charset="utf-8"), address, ())
    if format is Format.HTML:
        return _read_html(content, address, styles)
    try:
        document = extract(content, format=format)
    except DocumentUnreadable as error:
        if error.title.startswith("There is no text"):
            raise _without_text() from error
        raise
    if page.is_truncated and format not in (Format.TEXT, Format.MARKDOWN, Format.CSV):
        document = replace(document, warnings=(*document.warnings, "Only the beginning was fetched."))
    return document, PageFacts(site=host_of(address))


def _read_html(content: Content, address: str, styles: Sequence[str]) -> tuple[Document, PageFacts]:
    decoded = decode_page(content.data, header=content.charset, inside=declared_encoding(content.data))
    tree = parsed(decoded.text)
    if tree.root is None:
        raise _without_text()
    stated = stated_facts(tree.root, address=address)
    shown = shown_by(tree.root)
    drafts, warnings = visible_blocks(tree, decoded.text, styles=styles, give_up_at=content.give_up_at)
    warnings = (*decoded.warnings, *warnings)
    if content.is_truncated:
        warnings = (*warnings, f"Only the first {len(content.data):,} bytes of the page were fetched.")
    facts = PageFacts(
        site=stated.site or host_of(address),
        canonical=stated.canonical,
        links=links_of(tree.root, address=address),
    )
    whole = "\n".join(draft.text for draft in drafts)
    prose = "\n".join(draft.text for draft in drafts if not draft.is_navigation)
    found = obstacle_in(shown, title=stated.metadata.title, text=whole, prose=prose, is_free=stated.is_free)
    if found is None and len(prose) < _HARDLY_ANY_TEXT:
        if len(shown.without_program) >= _LEAST_WITHOUT_PROGRAM:
            drafts.append(Draft(kind=BlockKind.PARAGRAPH, text=shown.without_program))
            warnings = (*warnings, "Only what the page says to browsers without programs was read.")
        elif len(prose) < _NO_TEXT:
            found = Obstacle.EMPTY, "There is hardly any text in the page."
        else:
            warnings = (*warnings, "There is hardly any text in the page.")
    elif found is None and not stated.is_free:
        warnings = (*warnings, "The page says that only those who pay see all of it.")
    if found is not None:
        facts = replace(facts, obstacle=found[0], words=found[1])
    try:
        document = assemble(
            drafts,
            format="html",
            stem=content.stem,
            characters=content.characters,
            metadata=stated.metadata,
            warnings=warnings,
        )
    except DocumentUnreadable as error:
        raise _explained(found, shown) from error
    return document, facts


def _explained(found: tuple[Obstacle, str] | None, shown: Shown) -> DocumentUnreadable:
    """Why there is no text at all."""
    if found is not None and found[0] is not Obstacle.EMPTY:
        obstacle, words = found[0], found[1].rstrip(".")
    elif shown.scripts and (shown.has_shell or shown.without_program):
        obstacle, words = Obstacle.JAVASCRIPT, "There is no text in the page before its program has run"
    else:
        return _without_text()
    hint = "Open it in a browser, and save or copy what you see there."
    return DocumentUnreadable(words, hint=hint, obstacle=obstacle)


def _without_text() -> DocumentUnreadable:
    return DocumentUnreadable(
        "There is no text in the page",
        hint="It may hold only pictures, or need a browser to be put together. Open it there to see.",
        obstacle=Obstacle.EMPTY,
    )


def _stem(address: str) -> str:
    """What an address would call its page, for pages without a title."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return address[:80] or "page"
    name = path.rstrip("/").rpartition("/")[2]
    return (
        (name.rpartition(".")[0] or name).replace("_", " ").replace("-", " ").strip()[:200]
        or host_of(address)
        or "page"
    )
