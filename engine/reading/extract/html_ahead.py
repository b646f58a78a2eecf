"""Words that belong to the paragraph after them: the terms of a definition list, the title of a note."""

from __future__ import annotations

from engine.reading.document import BlockKind
from engine.reading.extract.html_navigation import HtmlDraft
from engine.reading.extract.html_tags import ADMONITIONS

_MAX_TERM_LENGTH = 120
_MAX_LABEL_LENGTH = 16


class Ahead:
    """What has been read and waits for its paragraph."""

    def __init__(self) -> None:
        self._terms: list[HtmlDraft] = []
        self._label = ""

    def add_term(self, text: str, *, anchor: str, link_characters: int) -> None:
        """Keep a term until its description comes."""
        self._terms.append(
            HtmlDraft(kind=BlockKind.LIST_ITEM, text=text, anchor=anchor, link_characters=link_characters)
        )

    def takes(self, text: str) -> bool:
        """Return whether a text is the title of a note; it is kept, and said before the next paragraph."""
        if len(text) > _MAX_LABEL_LENGTH:
            return False
        label = text.rstrip(":!. ")
        if label.casefold() not in ADMONITIONS:
            return False
        self._label = label
        return True

    def say_before(self, draft: HtmlDraft, *, is_description: bool) -> None:
        """Put what waits before the draft's own text, where the two read well together."""
        if self._label:
            draft.text = f"{self._label}: {draft.text}"
            self._label = ""
        if not self._terms or not is_description or draft.kind is BlockKind.HEADING:
            return
        terms = ", ".join(term.text for term in self._terms)
        if len(terms) <= _MAX_TERM_LENGTH:
            draft.text = f"{terms}{' ' if terms.endswith((':', '.', '—')) else ': '}{draft.text}"
            draft.kind = BlockKind.LIST_ITEM
            draft.anchor = self._terms[0].anchor
            draft.link_characters += sum(term.link_characters for term in self._terms)
            self._terms.clear()

    def left_over(self) -> list[HtmlDraft]:
        """Return, once, what found no paragraph to stand before."""
        if not self._terms and not self._label:
            return []
        left = list(self._terms)
        if self._label:
            left.append(HtmlDraft(kind=BlockKind.PARAGRAPH, text=self._label))
        self._terms.clear()
        self._label = ""
        return left
