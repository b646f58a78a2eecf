"""PDF to a Document: lines as PDFium reads them, made into paragraphs and headings by size, weight and place."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from engine.counting import counted
from engine.domain import Reference
from engine.errors import DocumentUnreadable
from engine.reading.document import Document
from engine.reading.extract.archive import damaged
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Metadata, assemble, one_line
from engine.reading.extract.pdf_layout import OutlineEntry, page_blocks
from engine.reading.extract.pdf_lines import Line, lines_of_page
from engine.reading.extract.pdf_reference import PdfFacts, packet_facts, printed_doi
from engine.reading.extract.reference import cleaned, doi_of, merged, people_in

_JUNK_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b.*|untitled.*|document\d*|slide \d+|[\W\d_]*|title|print|full page photo"
    r"|.*\.(?:docx?|dvi|tex|indd|qxd|pptx?|xlsx?|pdf|rtf|html?|ps|pmd|fm|odt)",
    re.IGNORECASE,
)
_MAX_PAGES = 20_000
_MAX_OUTLINE = 5_000


def extract(content: Content) -> Document:
    """Return the PDF as a document with page numbers.

    Raises:
        DocumentUnreadable: it is damaged, protected by a password, or consists of pictures of pages.
    """
    try:
        pdf = pdfium.PdfDocument(content.data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentUnreadable(
                "The PDF is protected by a password",
                hint="Open it with its password, save or print it to a new PDF, and add that copy.",
            ) from error
        raise damaged() from error
    try:
        return _document(pdf, content)
    finally:
        pdf.close()


def _document(pdf: Any, content: Content) -> Document:
    warnings: list[str] = []
    pages, read = _pages(pdf, content)
    count = min(len(pdf), _MAX_PAGES)
    if count == 0:
        raise damaged()
    empty = [number for number, lines in enumerate(pages, start=1) if not lines]
    if len(empty) == len(pages):
        raise DocumentUnreadable(
            "The PDF contains only pictures of its pages",
            hint="It was probably scanned. Let a program recognise the text (OCR), save it, and add that copy.",
        )
    if read < len(pdf):
        warnings.append(f"Only the first {read:,} of {counted(len(pdf), 'page')} could be read.")
    if empty:
        warnings.append(_without_text(empty))
    if _is_garbled(pages):
        warnings.append("The fonts of this PDF do not say which letters they show: much of the text is unreadable.")
    drafts, largest = page_blocks(pages, outline=_outline(pdf))
    return assemble(
        drafts,
        format="pdf",
        stem=content.stem,
        characters=content.characters,
        metadata=_metadata(pdf, largest, facts=packet_facts(content.data), first_page=[line.text for line in pages[0]]),
        warnings=tuple(warnings),
    )


def _pages(pdf: Any, content: Content) -> tuple[list[list[Line]], int]:
    """The lines of each page, and how many pages there was time and room for."""
    pages: list[list[Line]] = []
    characters = 0
    for number in range(min(len(pdf), _MAX_PAGES)):
        if characters > content.characters or (pages and time.process_time() > content.give_up_at):
            break
        try:
            lines = lines_of_page(pdf[number])
        except pdfium.PdfiumError:
            lines = []
        characters += sum(len(line.text) for line in lines)
        pages.append(lines)
    return pages, len(pages)


def _outline(pdf: Any) -> list[OutlineEntry]:
    """The bookmarks: what the author calls headings, and on which page they stand."""
    entries: list[OutlineEntry] = []
    try:
        for bookmark in pdf.get_toc(max_depth=8):
            destination = bookmark.get_dest()
            page = destination.get_index() if destination is not None else None
            title = one_line(bookmark.get_title())
            if page is not None and title:
                entries.append(OutlineEntry(title=title, level=min(bookmark.level + 1, 6), page=page + 1))
            if len(entries) >= _MAX_OUTLINE:
                break
    except (pdfium.PdfiumError, ValueError, UnicodeError):
        pass  # a broken outline is no reason not to read the pages
    return entries


def _metadata(pdf: Any, largest: str, *, facts: PdfFacts, first_page: Sequence[str]) -> Metadata:
    """What it says of itself; when the file was made is not when what stands in it was published."""
    try:
        stated = pdf.get_metadata_dict()
        doi = doi_of(one_line(pdf.get_metadata_value("doi")))
    except (pdfium.PdfiumError, UnicodeError):
        stated, doi = {}, ""
    title = one_line(stated.get("Title", ""))
    authors = (
        facts.authors if len(facts.authors) > 1 else people_in(next(iter(facts.authors), stated.get("Author", "")))
    )
    found = Reference(doi=facts.reference.doi or doi or printed_doi(first_page))
    return Metadata(
        title=largest if _JUNK_TITLE.fullmatch(title) else title,
        language=facts.reference.language,
        authors=authors,
        published=facts.published,
        reference=cleaned(merged(found, facts.reference)),
    )


def _without_text(pages: Sequence[int]) -> str:
    ranges: list[str] = []
    start = previous = pages[0]
    for page in (*pages[1:], -1):
        if page == previous + 1:
            previous = page
            continue
        ranges.append(str(start) if start == previous else f"{start}–{previous}")
        start = previous = page
    shown = ", ".join(ranges[:12]) + (", …" if len(ranges) > 12 else "")
    return f"No text on page{'' if len(pages) == 1 else 's'} {shown}: empty or a picture."


def _is_garbled(pages: Sequence[Sequence[Line]]) -> bool:
    sample = "".join(line.text for lines in pages[:50] for line in lines)[:20_000]
    strange = sum(1 for character in sample if character == "\ufffd" or "\ue000" <= character <= "\uf8ff")
    return strange > 0.2 * len(sample)
