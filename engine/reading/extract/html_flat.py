"""HTML without a tree: paragraphs only, for pages nested too deeply for the real parser."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft
from engine.reading.extract.html_tags import BLOCKS, HEADINGS, SKIPPED, VOID, hides


def flat_blocks(markup: str, *, hides: Callable[[dict[str, str]], bool] | None = None) -> list[Draft]:
    """Return the visible text of the markup, a draft for each stretch between block tags.

    Args:
        markup: the page.
        hides: tells by the attributes of an element whether people are kept from seeing it.
    """
    reader = _FlatReader(hides or _hides_any)
    reader.feed(markup)
    reader.close()
    reader.flush()
    return reader.drafts


class _FlatReader(HTMLParser):
    """Keeps a list of open tags instead of a tree, so depth costs nothing."""

    def __init__(self, hides: Callable[[dict[str, str]], bool]) -> None:
        super().__init__(convert_charrefs=True)
        self._hides = hides
        self.drafts: list[Draft] = []
        self._parts: list[str] = []
        self._open: dict[str, int] = {}
        self._hidden_tag = ""
        self._hidden_depth = 0
        self._heading = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self._hidden_tag:
            self._hidden_depth += tag == self._hidden_tag
            return
        if tag in SKIPPED or (attrs and self._hides({name: value or "" for name, value in attrs})):
            self._hidden_tag, self._hidden_depth = tag, 1
            return
        if tag in BLOCKS:
            self.flush()
            self._heading = HEADINGS.get(tag, 0)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden_tag:
            self._hidden_depth -= tag == self._hidden_tag
            if self._hidden_depth <= 0:
                self._hidden_tag = ""
            return
        if tag in BLOCKS:
            self.flush()
            self._heading = 0

    def handle_data(self, data: str) -> None:
        if not self._hidden_tag:
            self._parts.append(data)

    def flush(self) -> None:
        """Make a draft of the words since the last one."""
        text = "".join(self._parts)
        self._parts.clear()
        if text.strip():
            kind = BlockKind.HEADING if self._heading else BlockKind.PARAGRAPH
            self.drafts.append(Draft(kind=kind, text=text, level=self._heading))


def _hides_any(attributes: dict[str, str]) -> bool:
    return any(hides(name, value) for name, value in attributes.items())
