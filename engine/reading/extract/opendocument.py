"""OpenDocument text (odt) to a Document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.domain import Reference
from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.archive import Archive, damaged, local_name
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line
from engine.reading.extract.reference import cleaned, people_in
from engine.reading.extract.tables import is_header, labelled

_SKIPPED = frozenset(
    "tracked-changes annotation annotation-end sequence-decls variable-decls user-field-decls forms ruby-text "
    "note-citation title desc scripts".split()
)
_INDEXES = frozenset(
    "table-of-content illustration-index table-index object-index user-index alphabetical-index bibliography".split()
)
_MAX_REPEATED = 100
_MAX_STYLE_CHAIN = 20


def extract(content: Content) -> Document:
    """Return the text document.

    Raises:
        DocumentUnreadable: it is damaged, protected, or without text.
    """
    archive = Archive(content.data)
    manifest = archive.xml_if_present("META-INF/manifest.xml")
    if manifest is not None and manifest.find(".//{*}encryption-data") is not None:
        raise DocumentUnreadable(
            "The file is protected by a password", hint="Save a copy without the password and add that."
        )
    root = archive.xml("content.xml")
    body = root.find("{*}body/{*}text")
    if body is None:
        raise damaged()
    styles = _styles([root, archive.xml_if_present("styles.xml")])
    reader = _Reader(styles)
    drafts = list(reader.blocks(body))
    drafts.extend(Draft(kind=BlockKind.PARAGRAPH, text=note) for note in reader.notes)
    if not reader.has_pages:
        for draft in drafts:
            draft.page = None
    metadata = _metadata(archive, reader.title)
    return assemble(drafts, format="odt", stem=content.stem, characters=content.characters, metadata=metadata)


def _metadata(archive: Archive, title: str) -> Metadata:
    root = archive.xml_if_present("meta.xml")
    stated: dict[str, str] = {}
    if root is not None:
        for element in root.iterfind("{*}meta/*"):
            stated.setdefault(local_name(element), one_line(element.text or ""))
    return Metadata(
        title=stated.get("title") or title,
        language=stated.get("language", ""),
        authors=people_in(stated.get("initial-creator") or stated.get("creator") or ""),
        reference=cleaned(Reference(), language=stated.get("language", "")),
    )


def _styles(roots: list[Any]) -> dict[str, str]:
    """Name of a style → its name and those it is derived from, in lower case."""
    parents: dict[str, str] = {}
    for root in roots:
        if root is not None:
            for style in root.iterfind(".//{*}style"):
                parents.setdefault(_attribute(style, "name"), _attribute(style, "parent-style-name"))
    chains: dict[str, str] = {}
    for name in parents:
        chain, current = [name], name
        for _ in range(_MAX_STYLE_CHAIN):
            current = parents.get(current, "")
            if not current:
                break
            chain.append(current)
        chains[name] = " ".join(chain).replace("_20_", " ").lower()
    return chains


def _attribute(element: Any, name: str) -> str:
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


class _Reader:
    def __init__(self, styles: dict[str, str]) -> None:
        self._styles = styles
        self._page = 1
        self.has_pages = False
        self.title = ""
        self.notes: list[str] = []

    def blocks(self, parent: Any) -> Iterator[Draft]:
        """Yield the blocks of a body, a section, a list, a cell or a text box, in order."""
        waiting: list[tuple[Iterator[Any], bool, bool]] = [(iter(parent.iterchildren()), False, False)]
        while waiting:
            children, in_list, in_index = waiting[-1]
            element = next(children, None)
            if element is None:
                waiting.pop()
                continue
            tag = local_name(element)
            if tag in ("p", "h"):
                yield from self._paragraph(element, tag, in_list, in_index)
                waiting[-1] = (children, False, in_index)  # further paragraphs of an item are not items
            elif tag == "table":
                yield from self._table(element)
            elif tag == "soft-page-break":
                self._turn_page()
            elif tag in _SKIPPED:
                continue
            else:
                is_item = tag in ("list-item", "list-header")
                waiting.append((iter(element.iterchildren()), is_item, in_index or tag in _INDEXES))

    def _turn_page(self) -> None:
        self._page += 1
        self.has_pages = True

    def _paragraph(self, element: Any, tag: str, in_list: bool, in_index: bool) -> Iterator[Draft]:
        style = self._styles.get(_attribute(element, "style-name"), _attribute(element, "style-name").lower())
        page = self._page
        text, boxes = self._text(element)
        kind, level = BlockKind.PARAGRAPH, 0
        if tag == "h":
            stated = _attribute(element, "outline-level")
            kind, level = BlockKind.HEADING, int(stated) if stated.isdigit() else 1
        elif style.split(" ")[-1] == "title" or style == "title":
            kind, level = BlockKind.HEADING, 1
            self.title = self.title or one_line(text)
        elif "preformatted" in style:
            kind = BlockKind.CODE
        elif in_list:
            kind = BlockKind.LIST_ITEM
        elif "quotations" in style:
            kind = BlockKind.QUOTE
        yield Draft(kind=kind, text=text, level=level, page=page, is_navigation=in_index)
        for box in boxes:
            yield from self.blocks(box)

    def _text(self, element: Any) -> tuple[str, list[Any]]:
        """The words of a paragraph, and the text boxes that hang on it."""
        parts: list[str] = [element.text or ""]
        boxes: list[Any] = []
        waiting = [iter(element.iterchildren())]
        open_elements: list[Any] = []
        while waiting:
            part = next(waiting[-1], None)
            if part is None:
                waiting.pop()
                if open_elements:
                    parts.append(open_elements.pop().tail or "")
                continue
            tag = local_name(part)
            if tag == "s":
                count = _attribute(part, "c")
                parts.append(" " * min(int(count) if count.isdigit() else 1, _MAX_REPEATED))
            elif tag == "tab":
                parts.append("\t")
            elif tag == "line-break":
                parts.append("\n")
            elif tag == "soft-page-break":
                self._turn_page()
            elif tag == "note":
                for note in part.iterfind("{*}note-body/{*}p"):
                    self.notes.append("".join(note.itertext()))
            elif tag == "text-box":
                boxes.append(part)
            elif tag not in _SKIPPED:
                parts.append(part.text or "")
                waiting.append(iter(part.iterchildren()))
                open_elements.append(part)
                continue
            parts.append(part.tail or "")
        return "".join(parts), boxes

    def _table(self, table: Any) -> Iterator[Draft]:
        header: list[str] | None = None
        is_first = True
        for row in table.iterfind(".//{*}table-row"):
            cells = [cell for cell in row.iterchildren("{*}table-cell")]
            page = self._page
            inside = [list(self.blocks(cell)) for cell in cells]
            if len(cells) <= 1:
                for drafts in inside:
                    yield from drafts
                continue
            texts = [one_line(" ".join(draft.text for draft in drafts)) for drafts in inside]
            if is_first and is_header(texts):
                header = texts
            elif header is not None and len(header) == len(texts):
                texts = labelled(texts, header)
            is_first = False
            yield Draft(kind=BlockKind.TABLE_ROW, text="\t".join(text for text in texts if text), page=page)
