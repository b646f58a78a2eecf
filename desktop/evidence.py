"""What stands behind one citation, gathered for a card: the passage, its source, its state, and who agrees. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from desktop.mark_words import mark_words
from desktop.plain_text import one_line
from desktop.time_words import day_words
from desktop.web_words import site_of
from engine.agent.state import RunState
from engine.citations.numbering import Numbering
from engine.citations.wording import STATE_WORDS, address_words, place_words
from engine.domain import Claim, ClaimState, Mark, Passage, PassageId, Source

_SURE = 0.9
_LIKELY = 0.7
_UNSURE = 0.4
_UNLIKELY = 0.15
"""From which probability on a word for it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Another passage of the same claim: one that says the same, or one that says otherwise."""

    label: str
    title: str
    passage: PassageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything a citation's card shows."""

    label: str
    passage: Passage
    source: Source
    claim: Claim | None
    """None while nothing has been written yet."""
    agreeing: tuple[Agreement, ...] = ()
    """The others that the claim rests on or that say the same."""
    against: tuple[Agreement, ...] = ()
    """Those that say otherwise."""
    is_against: bool = False
    """Whether the passage itself is one of those."""
    mark: Mark | None = None
    """What the reader thinks of the claim."""
    is_web: bool = False

    @property
    def title(self) -> str:
        """Of the source; its address if it has none."""
        return source_title(self.source)

    @property
    def origin(self) -> str:
        """Site, format and date on one line."""
        return source_line(self.source)

    @property
    def place(self) -> str:
        """Page and section, beginning with a capital; may be empty."""
        words = place_in(self.passage, self.source)
        return words[:1].upper() + words[1:]

    @property
    def state(self) -> ClaimState | None:
        """Of the claim that cites the passage."""
        return self.claim.state if self.claim is not None else None

    @property
    def state_words(self) -> str:
        """The state in a few words, beginning with a capital."""
        if self.claim is None:
            return ""
        words = STATE_WORDS[self.claim.state]
        return words[:1].upper() + words[1:]

    @property
    def remark(self) -> str:
        """Why the claim is in its state; may be empty."""
        return one_line(self.claim.remark, limit=400) if self.claim is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What else there is to know of the claim, a sentence each, the most telling first."""
        claim = self.claim
        if claim is None:
            return ()
        notes = ["This passage says otherwise than the sentence."] if self.is_against else []
        notes += [words for words in (support_words(claim.support), lone_words(claim, is_web=self.is_web)) if words]
        if claim.former:
            notes.append(f"Written once more from its passages. It first read: “{one_line(claim.former, limit=300)}”")
        return tuple(notes)

    @property
    def mark_words(self) -> str:
        """What the reader thinks of the claim; empty where nothing is marked."""
        return mark_words(self.mark) if self.mark is not None else ""

    @property
    def claimed(self) -> tuple[int, int]:
        """Where in the passage the claim's own words are; all of it, if it says them in other words."""
        quote = self.passage.quote
        if self.claim is not None and self.claim.is_quotation:
            words = r"\s+".join(re.escape(word) for word in self.claim.text.split())
            found = re.search(words, quote) if words else None
            if found is not None:
                return found.span()
        return 0, len(quote)

    @property
    def spoken(self) -> str:
        """The card in one breath, for somebody who cannot see it."""
        quote = one_line(self.passage.quote, limit=300)
        parts = [
            f"Citation {self.label}",
            self.state_words,
            self.title,
            self.place,
            quote,
            *self.notes,
            self.mark_words,
        ]
        return ". ".join(part for part in parts if part)


def evidence_of(
    state: RunState,
    passage_id: PassageId,
    *,
    label: str,
    claim: Claim | None = None,
    numbering: Numbering | None = None,
) -> Evidence | None:
    """Return the evidence behind a citation, or None if the run knows no such passage."""
    passage = state.passages.get(passage_id)
    source = state.sources.get(passage.source_id) if passage is not None else None
    if passage is None or source is None:
        return None
    agreeing: list[Agreement] = []
    against: list[Agreement] = []
    if claim is not None and numbering is not None:
        same = (*numbering.marks_of(claim), *numbering.agreeing_marks_of(claim))
        for marks, found in ((same, agreeing), (numbering.marks_against(claim), against)):
            for mark in marks:
                other = state.sources.get(mark.source_id)
                if mark.passage_id != passage_id and other is not None:
                    found.append(Agreement(label=mark.label, title=source_title(other), passage=mark.passage_id))
    return Evidence(
        label=label,
        passage=passage,
        source=source,
        claim=claim,
        agreeing=tuple(agreeing),
        against=tuple(against),
        is_against=claim is not None and passage_id in claim.against and passage_id not in claim.passages,
        mark=state.marks.get(claim.id) if claim is not None else None,
        is_web=bool(site_of(source.address)),
    )


def support_words(support: float | None) -> str:
    """Return how sure the language model that checked a claim is; empty where none did."""
    if support is None:
        return ""
    if support >= _SURE:
        words = "almost certainly say"
    elif support >= _LIKELY:
        words = "probably say"
    elif support >= _UNSURE:
        words = "may or may not say"
    elif support >= _UNLIKELY:
        words = "probably do not say"
    else:
        words = "almost certainly do not say"
    return f"In the judgement of the language model, its passages {words} this ({round(100 * support)} %)."


def lone_words(claim: Claim, *, is_web: bool) -> str:
    """Return which figures of a claim only one place states; empty where there are none."""
    if not claim.lone_figures:
        return ""
    *most, last = [one_line(figure, limit=60) for figure in claim.lone_figures]
    figures = f"{', '.join(most)} and {last}" if most else last
    return f"Only one {'site' if is_web else 'document'} states {figures}."


def source_title(source: Source) -> str:
    """Return the title of a source, or its address if it has none."""
    return one_line(source.title, limit=300) or one_line(address_words(source.address), limit=300)


def place_in(passage: Passage, source: Source) -> str:
    """Return page and section of a passage, without the document's own title in front; may be empty."""
    locator = passage.locator
    if locator.section and one_line(locator.section[0]) == one_line(source.title):
        locator = replace(locator, section=locator.section[1:])
    return one_line(place_words(locator), limit=200)


def source_line(source: Source) -> str:
    """Return site, format and date of a source on one line."""
    dates = []
    if source.published:
        dates.append(one_line(source.published, limit=40))
    elif source.modified_at is not None:
        dates.append(f"changed {day_words(source.modified_at)}")
    parts = [one_line(source.site, limit=80), FORMAT_WORDS.get(source.format, source.format), *dates]
    return " · ".join(part for part in parts if part)


FORMAT_WORDS = {
    "html": "HTML",
    "markdown": "Markdown",
    "text": "text",
    "pdf": "PDF",
    "docx": "Word",
    "odt": "OpenDocument",
    "rtf": "RTF",
    "epub": "EPUB",
    "xlsx": "Excel",
    "csv": "CSV",
    "pptx": "PowerPoint",
}
"""Formats as people call them."""
