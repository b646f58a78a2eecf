"""HTML to a Document: decoding, parsing and what the page says about itself. ``html_walk`` finds the blocks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from lxml import etree

from engine.errors import DocumentUnreadable
from engine.reading.document import Document
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line
from engine.reading.extract.encoding import decode
from engine.reading.extract.html_flat import flat_blocks
from engine.reading.extract.html_tags import mend_head
from engine.reading.extract.html_walk import blocks_of
from engine.reading.extract.page_data import main_article, metas_of
from engine.reading.extract.page_reference import page_reference

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})["']""")
_DECLARATION_WITHIN_BYTES = 4_096

_AUTHOR_NAMES = frozenset({"author", "article:author", "dc.creator", "dcterms.creator", "citation_author"})
_PUBLISHED_NAMES = (
    "article:published_time",
    "citation_publication_date",
    "citation_date",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "datepublished",
    "pubdate",
    "date",
)


def extract(content: Content) -> Document:
    """Return the page as a document.

    Raises:
        DocumentUnreadable: the bytes are not a page, or there is no text in it.
    """
    decoded = decode(content.data, declared=declared_encoding(content.data))
    warnings = decoded.warnings
    root, is_too_deep = _parsed(decoded.text)
    metadata = _with_reference(_metadata(root), root) if root is not None else Metadata()
    drafts: list[Draft]
    if is_too_deep:
        drafts = flat_blocks(decoded.text)
        warnings = (*warnings, "The page is nested absurdly deeply; its structure was ignored.")
    else:
        drafts = [] if root is None else blocks_of(root)
    if content.is_truncated:
        warnings = (*warnings, f"Only the first {len(content.data):,} bytes of the file were read.")
    return assemble(
        drafts,
        format="html",
        stem=content.stem,
        characters=content.characters,
        metadata=metadata,
        warnings=warnings,
    )


def drafts_of_markup(markup: str) -> tuple[list[Draft], Metadata]:
    """Return the blocks and metadata of HTML that comes from inside another format."""
    root, is_too_deep = _parsed(markup)
    if root is None:
        return [], Metadata()
    return (flat_blocks(markup) if is_too_deep else blocks_of(root)), _metadata(root)


def declared_encoding(data: bytes) -> str:
    """Return the encoding that a page names near its beginning; empty if it names none."""
    head = data[:_DECLARATION_WITHIN_BYTES]
    found = _XML_DECLARED.search(head) or _DECLARED.search(head)
    return found.group(1).decode("ascii") if found else ""


def _parsed(text: str) -> tuple[Any, bool]:
    """The tree (None for nothing at all), and whether the parser gave up because of its depth."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None, False
    except etree.LxmlError as error:
        raise DocumentUnreadable("The page is damaged", hint="Its markup cannot be understood.") from error
    if root is not None:
        mend_head(root)
    is_too_deep = any("depth" in entry.message for entry in parser.error_log.filter_from_fatals())
    return root, is_too_deep


def _with_reference(metadata: Metadata, root: Any) -> Metadata:
    reference = page_reference(root, metas=metas_of(root), article=main_article(root), language=metadata.language)
    return replace(metadata, reference=reference)


def _metadata(root: Any) -> Metadata:
    title = one_line("".join(root.xpath("string(//head/title)")))
    heading = one_line(root.xpath("string(//h1[1])")).rstrip("¶# ")
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""
    authors: list[str] = []
    stated: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip().lower()
        value = one_line(meta.get("content") or "")
        if not name or not value:
            continue
        if name in _AUTHOR_NAMES and not value.startswith(("http:", "https:")):
            authors.append(value)
        stated.setdefault(name, value)
    published = next((stated[name] for name in _PUBLISHED_NAMES if name in stated), "")
    return Metadata(
        title=title or stated.get("og:title", "") or heading,
        language=language or stated.get("language", ""),
        authors=tuple(dict.fromkeys(authors)),
        published=published,
    )
