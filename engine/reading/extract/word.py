"""Word documents (docx) to a Document, straight from their XML, which keeps revisions, boxes and hidden text apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.reading.document import BlockKind, Document
from engine.reading.extract.archive import Archive, damaged, local_name
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, assemble, one_line
from engine.reading.extract.office import core_metadata, main_part
from engine.reading.extract.tables import is_header, labelled

_SKIPPED = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "rubyPr", "rt", "pPr", "rPr", "sectPr"})
_CODE_STYLES = ("code", "preformatted", "source", "listing", "verbatim", "macro")
_QUOTE_STYLES = ("quote", "block text")
_MAX_STYLE_CHAIN = 20


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style, with what it is based on, means."""

    name: str = ""
    level: int = 0
    is_list: bool = False


@dataclass(slots=True)
class _Paragraph:
    text: str
    style: _Style
    level: int
    is_list: bool
    page: int
    boxes: list[Any] = field(default_factory=list)


def extract(content: Content) -> Document:
    """Return the Word document.

    Raises:
        DocumentUnreadable: it is damaged, protected, or without text.
    """
    archive = Archive(content.data)
    part = main_part(archive, "officeDocument", "word/document.xml")
    body = next(archive.xml(part).iterchildren("{*}body"), None)
    if body is None:
        raise damaged()
    targets = archive.targets(part)
    reader = _Reader(_styles(archive, targets))
    drafts = list(reader.blocks(body))
    for kind in ("footnotes", "endnotes"):
        for target_kind, name in targets.values():
            if target_kind == kind and (root := archive.xml_if_present(name)) is not None:
                drafts.extend(reader.notes(root))
    if not reader.has_pages:
        for draft in drafts:
            draft.page = None
    metadata = core_metadata(archive, title=reader.title)
    return assemble(drafts, format="docx", stem=content.stem, characters=content.characters, metadata=metadata)


def _styles(archive: Archive, targets: dict[str, tuple[str, str]]) -> dict[str, _Style]:
    name = next((name for kind, name in targets.values() if kind == "styles"), "word/styles.xml")
    root = archive.xml_if_present(name)
    if root is None:
        return {}
    own: dict[str, tuple[_Style, str]] = {}
    for style in root.iterchildren("{*}style"):
        named, based_on, level, is_list = "", "", 0, False
        for part in style.iterchildren():
            tag = local_name(part)
            if tag == "name":
                named = (_value(part) or "").lower()
            elif tag == "basedOn":
                based_on = _value(part) or ""
            elif tag == "pPr":
                level, is_list = _paragraph_properties(part)
        if named.startswith("heading ") and named[8:9].isdigit():
            level = int(named[8])
        elif named == "title":
            level = 1
        own[_attribute(style, "styleId") or ""] = (_Style(named, level, is_list or named.startswith("list ")), based_on)
    return {identity: _inherited(identity, own) for identity in own}


def _inherited(identity: str, own: dict[str, tuple[_Style, str]]) -> _Style:
    style, based_on = own[identity]
    level, is_list, name = style.level, style.is_list, style.name
    for _ in range(_MAX_STYLE_CHAIN):
        if based_on not in own:
            break
        parent, based_on = own[based_on]
        level = level or parent.level
        is_list = is_list or parent.is_list
        if any(word in parent.name for word in (*_CODE_STYLES, *_QUOTE_STYLES)):
            name = f"{name} {parent.name}"
    return _Style(name, level, is_list)


def _paragraph_properties(properties: Any) -> tuple[int, bool]:
    """Heading level (0 for none) and whether it is an item of a list."""
    level, is_list = 0, False
    for part in properties.iterchildren():
        tag = local_name(part)
        if tag == "outlineLvl":
            value = _value(part) or ""
            level = int(value) + 1 if value.isdigit() and int(value) < 9 else 0
        elif tag == "numPr":
            number = next((_value(child) for child in part.iterchildren("{*}numId")), "")
            is_list = number != "0"
    return level, is_list


def _attribute(element: Any, name: str) -> str | None:
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def _value(element: Any) -> str | None:
    return _attribute(element, "val")


class _Reader:
    """Walks the body; counts pages by the marks Word left when it last laid the document out."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self._styles = styles
        self._page = 1
        self.has_pages = False
        self.title = ""

    def blocks(self, parent: Any) -> Iterator[Draft]:
        """Yield the blocks of a body, a cell or a text box, in order."""
        waiting = [iter(parent.iterchildren())]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
                continue
            tag = local_name(element)
            if tag == "p":
                yield from self._paragraph_blocks(element)
            elif tag == "tbl":
                yield from self._table(element)
            elif tag == "sdt":
                is_contents = element.find("{*}sdtPr/{*}docPartObj/{*}docPartGallery") is not None and "ontents" in (
                    _value(element.find("{*}sdtPr/{*}docPartObj/{*}docPartGallery")) or ""
                )
                for content in element.iterchildren("{*}sdtContent"):
                    if is_contents:
                        for draft in self.blocks(content):
                            draft.is_navigation = True
                            yield draft
                    else:
                        waiting.append(iter(content.iterchildren()))
            elif tag in ("ins", "moveTo", "smartTag", "customXml", "txbxContent"):
                waiting.append(iter(element.iterchildren()))

    def notes(self, root: Any) -> Iterator[Draft]:
        """Yield foot- or endnotes; separators, which are notes too, are left out."""
        for note in root.iterchildren("{*}footnote", "{*}endnote"):
            if (_attribute(note, "type") or "normal") != "normal":
                continue
            for draft in self.blocks(note):
                draft.page = None
                yield draft

    def _paragraph_blocks(self, element: Any) -> Iterator[Draft]:
        paragraph = self._read(element)
        text, style = paragraph.text, paragraph.style
        kind, level, is_navigation = BlockKind.PARAGRAPH, 0, style.name.startswith("toc ")
        if paragraph.level and len(text) <= 400:
            kind, level = BlockKind.HEADING, paragraph.level
            if style.name == "title" and not self.title:
                self.title = one_line(text)
        elif any(word in style.name for word in _CODE_STYLES):
            kind = BlockKind.CODE
        elif paragraph.is_list:
            kind = BlockKind.LIST_ITEM
        elif any(word in style.name for word in _QUOTE_STYLES):
            kind = BlockKind.QUOTE
        yield Draft(kind=kind, text=text, level=level, page=paragraph.page, is_navigation=is_navigation)
        for box in paragraph.boxes:
            yield from self.blocks(box)

    def _read(self, element: Any) -> _Paragraph:
        style, level, is_list = _Style(), 0, False
        properties = next(element.iterchildren("{*}pPr"), None)
        if properties is not None:
            named = next((_value(part) for part in properties.iterchildren("{*}pStyle")), "")
            style = self._styles.get(named or "", _Style())
            level, is_list = _paragraph_properties(properties)
        page = 0
        parts: list[str] = []
        boxes: list[Any] = []
        waiting = [iter(element.iterchildren())]
        while waiting:
            part = next(waiting[-1], None)
            if part is None:
                waiting.pop()
                continue
            tag = local_name(part)
            if tag == "t":
                if not page and (part.text or "").strip():
                    page = self._page
                parts.append(part.text or "")
            elif tag in ("tab", "ptab"):
                parts.append("\t")
            elif tag in ("br", "cr"):
                parts.append("\n")
            elif tag == "noBreakHyphen":
                parts.append("-")
            elif tag == "lastRenderedPageBreak":
                self._page += 1
                self.has_pages = True
            elif tag == "txbxContent":
                boxes.append(part)
            elif tag in _SKIPPED or (tag == "r" and _is_hidden(part)):
                continue
            else:
                waiting.append(iter(part.iterchildren()))
        return _Paragraph(
            "".join(parts), style, level or style.level, is_list or style.is_list, page or self._page, boxes
        )

    def _table(self, table: Any) -> Iterator[Draft]:
        header: list[str] | None = None
        rows = list(table.iterchildren("{*}tr"))
        for index, row in enumerate(rows):
            cells = list(row.iterchildren("{*}tc"))
            page = self._page
            inside = [list(self.blocks(cell)) for cell in cells]
            if len(cells) <= 1 or sum(len(drafts) for drafts in inside) > 8 * len(cells):
                for drafts in inside:
                    yield from drafts
                continue
            texts = [one_line(" ".join(draft.text for draft in drafts)) for drafts in inside]
            if index == 0 and len(rows) > 1 and is_header(texts):
                header = texts
            elif header is not None and len(header) == len(texts):
                texts = labelled(texts, header)
            yield Draft(kind=BlockKind.TABLE_ROW, text="\t".join(text for text in texts if text), page=page)


def _is_hidden(run: Any) -> bool:
    properties = next(run.iterchildren("{*}rPr"), None)
    if properties is None:
        return False
    vanish = next(properties.iterchildren("{*}vanish"), None)
    return vanish is not None and (_value(vanish) or "1") not in ("0", "false", "off")
