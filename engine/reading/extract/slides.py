"""Presentations (pptx) to a Document: a slide is a page, its title a heading, the speaker's notes follow it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.reading.document import BlockKind, Document
from engine.reading.extract.archive import Archive, local_name
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, assemble, one_line
from engine.reading.extract.office import core_metadata, main_part
from engine.reading.extract.tables import is_header, labelled

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"sldNum", "dt", "ftr", "hdr"})
_MAX_SLIDES = 5_000


def extract(content: Content) -> Document:
    """Return the presentation.

    Raises:
        DocumentUnreadable: it is damaged, protected, or without text.
    """
    archive = Archive(content.data)
    part = main_part(archive, "officeDocument", "ppt/presentation.xml")
    targets = archive.targets(part)
    order = [_relation(element) for element in archive.xml(part).iterfind("{*}sldIdLst/{*}sldId")]
    names = [targets[identity][1] for identity in order if identity in targets]
    drafts: list[Draft] = []
    warnings: list[str] = []
    for number, name in enumerate(names[:_MAX_SLIDES], start=1):
        root = archive.xml_if_present(name)
        if root is None:
            warnings.append(f"Slide {number} is damaged and was left out.")
            continue
        drafts.extend(_slide(root, number))
        for kind, notes in archive.targets(name).values():
            if kind == "notesSlide" and (notes_root := archive.xml_if_present(notes)) is not None:
                drafts.extend(_notes(notes_root, number))
    title = next((one_line(draft.text) for draft in drafts if draft.kind is BlockKind.HEADING), "")
    return assemble(
        drafts,
        format="pptx",
        stem=content.stem,
        characters=content.characters,
        metadata=core_metadata(archive, title=title),
        warnings=tuple(warnings),
    )


def _relation(element: Any) -> str:
    return next((value for key, value in element.items() if key.startswith("{") and key.endswith("}id")), "")


def _slide(root: Any, number: int) -> Iterator[Draft]:
    """The title first, wherever it stands in the file; then the other shapes in order."""
    shapes = list(root.iterfind(".//{*}spTree//{*}sp"))
    titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
    for shape in titles:
        text = " ".join(_paragraphs(shape))
        yield Draft(kind=BlockKind.HEADING, text=text, level=1 if number == 1 else 2, page=number)
    for element in root.iterfind(".//{*}spTree//*"):
        tag = local_name(element)
        if tag == "sp":
            placeholder = _placeholder(element)
            if placeholder in _TITLES or placeholder in _FURNITURE:
                continue
            kind = BlockKind.PARAGRAPH if placeholder in ("none", "subTitle") else BlockKind.LIST_ITEM
            for text in _paragraphs(element):
                yield Draft(kind=kind, text=text, page=number)
        elif tag == "tbl":
            yield from _table(element, number)


def _placeholder(shape: Any) -> str:
    found = shape.find("{*}nvSpPr/{*}nvPr/{*}ph")
    return "none" if found is None else str(found.get("type") or "body")


def _paragraphs(shape: Any) -> Iterator[str]:
    for paragraph in shape.iterfind("{*}txBody/{*}p"):
        text = _text(paragraph)
        if text.strip():
            yield text


def _text(paragraph: Any) -> str:
    parts = []
    for element in paragraph.iter():
        tag = local_name(element)
        if tag == "t":
            parts.append(element.text or "")
        elif tag == "br":
            parts.append(" ")
    return "".join(parts)


def _table(table: Any, number: int) -> Iterator[Draft]:
    header: list[str] | None = None
    for index, row in enumerate(table.iterchildren("{*}tr")):
        cells = [
            one_line(" ".join(_text(paragraph) for paragraph in cell.iterfind("{*}txBody/{*}p")))
            for cell in row.iterchildren("{*}tc")
        ]
        if index == 0 and is_header(cells):
            header = cells
        elif header is not None and len(header) == len(cells):
            cells = labelled(cells, header)
        yield Draft(kind=BlockKind.TABLE_ROW, text="\t".join(cell for cell in cells if cell), page=number)


def _notes(root: Any, number: int) -> Iterator[Draft]:
    for shape in root.iterfind(".//{*}spTree//{*}sp"):
        if _placeholder(shape) == "body":
            for text in _paragraphs(shape):
                yield Draft(kind=BlockKind.PARAGRAPH, text=text, page=number)
