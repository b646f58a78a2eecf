"""One pass over a parsed page that turns it into blocks; without recursion, since pages nest as deeply as they like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft, one_line
from engine.reading.extract.html_ahead import Ahead
from engine.reading.extract.html_navigation import (
    Hint,
    HtmlDraft,
    mark_empty_sections,
    mark_navigation,
    mark_region,
    region_hint,
)
from engine.reading.extract.html_rows import Row, Table, is_grid_cell, is_simple_row
from engine.reading.extract.html_tags import (
    BLOCKS,
    HEADINGS,
    HIDING_ATTRIBUTES,
    MARKED_TAGS,
    SKIPPED,
    hides,
    is_permalink,
    names_mark,
    titles_a_note,
)
from engine.reading.extract.plain import looks_like_prose, text_blocks

_BREAK = "\x00"
"""Stands for <br> until it is known whether it ends a paragraph; cannot occur in parsed text."""
_PARAGRAPH_BREAK = re.compile(r"\x00\s*(?:\x00\s*)+")
_MIN_PROSE_LENGTH = 1_500


def blocks_of(root: Any, *, is_judged: bool = False) -> list[Draft]:
    """Return the blocks of the page in reading order, those that only lead elsewhere marked.

    Args:
        root: of the page.
        is_judged: whether what is beside the point was marked before (``main_content``) and nothing else is.
    """
    walker = _Walker(is_judged=is_judged)
    walker.walk(root)
    if is_judged:
        mark_empty_sections(walker.drafts)
    else:
        mark_navigation(walker.drafts, main=walker.main)
    return list(walker.drafts)


@dataclass(slots=True)
class _Frame:
    """A block element that is open."""

    tag: str
    first_draft: int
    hint: Hint
    level: int = 0
    """Of a heading."""
    item_is_used: bool = False
    """Of a list item: whether its first paragraph has been emitted."""


class _Walker:
    def __init__(self, *, is_judged: bool) -> None:
        self._is_judged = is_judged
        self.drafts: list[HtmlDraft] = []
        self.main: tuple[int, int] | None = None
        self._parts: list[str] = []
        self._link_characters = 0
        self._link_depth = 0
        self._anchor = ""
        self._block_anchor = ""
        self._frames: list[_Frame] = []
        self._tables: list[Table] = []
        self._row: Row | None = None
        self._code_depth = 0
        self._quote_depth = 0
        self._ahead = Ahead()
        self._marks: dict[str, bool] = {}
        """Classes that were met, and whether they are those of marks: pages use few of them, and often."""

    # --- the pass ------------------------------------------------------------------------------------------------

    def walk(self, root: Any) -> None:
        """Visit every element once."""
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if self._begins(element):
                    if text := element.text:
                        self._say(text)
                    continue
                walk.skip_subtree()
                next(walk, None)
            else:
                self._ends(element)
            if text := element.tail:
                self._say(text)
        self._flush()
        self._emit_terms()

    def _begins(self, element: Any) -> bool:
        """Note that an element opens; False if it and everything in it is to be left out."""
        tag = element.tag
        if tag in SKIPPED:
            self._space()
            return False
        attributes = element.items()
        if attributes:
            anchor = ""
            for name, value in attributes:
                if name == "class":
                    if tag in MARKED_TAGS and self._is_mark(tag, value):
                        return False
                elif name in HIDING_ATTRIBUTES:
                    if hides(name, value):
                        return False
                elif name == "id" or (name == "name" and tag == "a"):
                    anchor = value
            if tag == "a" and is_permalink(element):
                return False
            self._anchor = anchor or self._anchor
        if tag in BLOCKS:
            self._begins_block(element, tag, attributes)
        elif tag == "a":
            if element.get("href") is not None:
                self._link_depth += 1
        elif tag == "br":
            self._break_line()
        elif tag == "sup":
            self._raise(element)
        elif tag == "img":
            self._say_picture(element)
        elif tag == "q":
            self._say("“")
        return True

    def _is_mark(self, tag: str, label: str) -> bool:
        is_mark = self._marks.get(label)
        if is_mark is None:
            is_mark = self._marks[label] = names_mark(label)
        return is_mark or (tag == "sup" and label == "reference")

    def _ends(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._ends_block(tag)
        elif tag == "a":
            if element.get("href") is not None:
                self._link_depth -= 1
        elif tag == "q":
            self._say("”")

    # --- words ---------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        if not self._parts:
            if not self._code_depth and text.isspace():
                return
            self._block_anchor = self._anchor
        self._parts.append(text)
        if self._link_depth:
            self._link_characters += len(text)

    def _space(self) -> None:
        if self._parts and not self._code_depth:
            self._parts.append(" ")

    def _break_line(self) -> None:
        if self._code_depth:
            self._say("\n")
        elif self._row is not None:
            self._space()
        elif self._parts:
            self._parts.append(_BREAK)

    def _raise(self, element: Any) -> None:
        """Keep 10<sup>6</sup> apart from 106."""
        if self._parts and (element.text or "").strip().lstrip("-+−").isdigit() and self._parts[-1][-1:].isalnum():
            self._parts.append("^")

    def _say_picture(self, element: Any) -> None:
        """Formulas are often pictures; what they say is in their description."""
        described = (element.get("alt") or "").strip()
        if described.startswith(("$", "\\")) or "math" in (element.get("class") or ""):
            self._say(f" {described.strip('$ ')} ")

    # --- blocks --------------------------------------------------------------------------------------------------

    def _begins_block(self, element: Any, tag: str, attributes: list[tuple[str, str]]) -> None:
        if self._code_depth:
            self._code_depth += 1
            if self._parts and not self._parts[-1].endswith("\n"):
                self._parts.append("\n")
            return
        if self._row is not None and self._begins_in_row(self._row, element, tag):
            return
        self._flush()
        if tag == "tr" and is_simple_row(element):
            self._row = Row(anchor=self._anchor)
            return
        if tag == "div" and is_grid_cell(element):
            self._row = Row(anchor=self._anchor, is_grid=True)
            self._begins_grid_cell(self._row, element)
            return
        if tag in ("pre", "xmp", "listing", "plaintext") or (tag == "div" and element.get("class") == "fragment"):
            self._emit_terms()
            self._code_depth = 1
            return
        if tag == "table":
            self._tables.append(Table())
        elif tag == "blockquote":
            self._quote_depth += 1
        elif tag in ("dl", "ul", "ol", "table") or tag in HEADINGS:
            self._emit_terms()
        level = 0 if titles_a_note(element) else HEADINGS.get(tag, 0)
        if _is_page_title(element, tag):
            level = 1
        is_outer = tag in ("header", "footer") and self._frames_are_outer()
        hint = region_hint(tag, attributes, is_outer)
        self._frames.append(_Frame(tag, len(self.drafts), hint, level))

    def _frames_are_outer(self) -> bool:
        """Whether a header or footer opened now belongs to the page rather than to an article in it."""
        return not any(frame.tag in ("article", "main", "section") for frame in self._frames[-30:])

    def _ends_block(self, tag: str) -> None:
        if self._code_depth:
            self._code_depth -= 1
            if self._code_depth == 0:
                self._flush_code()
            return
        if self._row is not None and self._ends_in_row(self._row, tag):
            return
        if tag == "dt":
            self._ends_term()
        else:
            self._flush()
        if tag == "dl":
            self._emit_terms()
        elif tag == "table" and self._tables:
            self._tables.pop()
        elif tag == "blockquote":
            self._quote_depth -= 1
        if self._frames and self._frames[-1].tag == tag:
            frame = self._frames.pop()
            if tag == "main" or frame.hint is Hint.MAIN:
                self._note_main(frame.first_draft)
            elif frame.hint is not Hint.NONE and (not self._is_judged or frame.hint is Hint.ASIDE):
                mark_region(self.drafts[frame.first_draft :], frame.hint)

    def _note_main(self, first: int) -> None:
        if self.main is None or len(self.drafts) - first > self.main[1] - self.main[0]:
            self.main = (first, len(self.drafts))

    def _take(self) -> tuple[str, int]:
        text, links = "".join(self._parts), self._link_characters
        self._parts.clear()
        self._link_characters = 0
        return text, links

    def _flush(self) -> None:
        if not self._parts:
            return
        text, links = self._take()
        if _BREAK in text:
            for paragraph in _PARAGRAPH_BREAK.split(text):
                self._emit(paragraph.replace(_BREAK, "\n"), links * len(paragraph) // len(text))
        else:
            self._emit(text, links)

    def _emit(self, text: str, links: int) -> None:
        text = one_line(text)
        if not text:
            return
        kind, level = self._kind()
        if kind is not BlockKind.HEADING and self._ahead.takes(text):
            return
        draft = HtmlDraft(kind=kind, text=text, level=level, anchor=self._block_anchor, link_characters=links)
        self._ahead.say_before(draft, is_description=self._is_in_description())
        self._emit_terms()
        self.drafts.append(draft)

    def _kind(self) -> tuple[BlockKind, int]:
        for frame in reversed(self._frames):
            tag = frame.tag
            if frame.level:
                return BlockKind.HEADING, frame.level
            if tag == "li":
                if frame.item_is_used:
                    return BlockKind.PARAGRAPH, 0
                frame.item_is_used = True
                return BlockKind.LIST_ITEM, 0
            if tag == "dt":
                return BlockKind.LIST_ITEM, 0
            if tag in ("dd", "td", "th", "ul", "ol", "dl", "table") or frame.hint is Hint.MAYBE:
                break
        return (BlockKind.QUOTE if self._quote_depth else BlockKind.PARAGRAPH), 0

    def _flush_code(self) -> None:
        text, _ = self._take()
        if not text.strip():
            return
        anchor = self._block_anchor
        if len(text) >= _MIN_PROSE_LENGTH and looks_like_prose(text):
            for draft in text_blocks(text):
                self.drafts.append(
                    HtmlDraft(
                        kind=draft.kind,
                        text=draft.text,
                        level=min(draft.level + 1, 6) if draft.level else 0,
                        anchor=anchor,
                        is_navigation=draft.is_navigation,
                    )
                )
            return
        self.drafts.append(HtmlDraft(kind=BlockKind.CODE, text=text, anchor=anchor))

    # --- definition lists ----------------------------------------------------------------------------------------

    def _ends_term(self) -> None:
        text, links = self._take()
        if text := one_line(text.replace(_BREAK, " ")):
            self._ahead.add_term(text, anchor=self._block_anchor, link_characters=links)

    def _is_in_description(self) -> bool:
        """Whether the innermost list that is open is the one the waiting terms stand in."""
        for frame in reversed(self._frames):
            if frame.tag == "dd":
                return True
            if frame.tag in ("ul", "ol", "table", "dl"):
                return False
        return False

    def _emit_terms(self) -> None:
        self.drafts.extend(self._ahead.left_over())

    # --- tables --------------------------------------------------------------------------------------------------

    def _begins_in_row(self, row: Row, element: Any, tag: str) -> bool:
        """Note a block element inside a row; False if the row has ended and the element stands after it."""
        if row.is_grid and row.depth == 0:
            if tag == "div" and is_grid_cell(element):
                self._begins_grid_cell(row, element)
                return True
            self._ends_row(row)
            return False
        if not row.is_grid and tag in ("td", "th"):
            self._keep_stray_words(row)
            row.begin_cell(is_header=tag == "th")
            return True
        row.depth += row.is_grid or tag == "tr"
        self._space()
        return True

    def _ends_in_row(self, row: Row, tag: str) -> bool:
        """Note the end of a block element inside a row; False if the row had ended before."""
        if row.is_grid and row.depth == 0:
            self._ends_row(row)
            return False
        if (row.is_grid and row.depth == 1) or (not row.is_grid and tag in ("td", "th")):
            row.end_cell(*self._take())
            row.depth -= row.is_grid
            if row.is_grid and row.is_last_cell:
                self._ends_row(row)
        elif not row.is_grid and tag == "tr" and row.depth == 0:
            self._ends_row(row)
        else:
            row.depth -= row.is_grid or tag == "tr"
            self._space()
        return True

    def _keep_stray_words(self, row: Row) -> None:
        """Words of a row that stand in none of its cells make one of their own."""
        if self._parts:
            text, links = self._take()
            if text.strip():
                row.begin_cell(is_header=False)
                row.end_cell(text, links)

    def _begins_grid_cell(self, row: Row, element: Any) -> None:
        label = element.get("class")
        self._keep_stray_words(row)
        row.depth = 1
        row.begin_cell(is_header="table-header" in label, is_last="col-last" in label)

    def _ends_row(self, row: Row) -> None:
        self._row = None
        self._keep_stray_words(row)
        draft = row.draft(self._tables[-1] if self._tables else Table())
        if draft is not None:
            self._emit_terms()
            self.drafts.append(draft)


def _is_page_title(element: Any, tag: str) -> bool:
    """Doxygen's headings are <div>s."""
    if tag != "div" or element.get("class") != "title":
        return False
    parent = element.getparent()
    return parent is not None and parent.get("class") == "headertitle"
