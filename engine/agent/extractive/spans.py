"""Candidate spans of a document: a sentence, with what it needs around it to be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.agent.extractive.definitions import is_name_line
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import Question
from engine.agent.extractive.substance import leans_back, refers_on
from engine.reading.document import BlockKind, Document
from engine.reading.ranking import label_of
from engine.reading.sentences import Sentence

_MAX_SPAN_CHARACTERS = 900
_MAX_LIST_CHARACTERS = 1_200
_MAX_ENTRY_CHARACTERS = 500
_MAX_ITEMS = 10
_MAX_TO_TOPIC = 10
_IS_SAID = re.compile(r": \S|[.!?:;,。！？：؟।…][\"'”’»)\]]*$")
"""In a text that is more than a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Consecutive sentences, by index, inclusive; ``core`` is the one that the span was built around."""

    first: int
    last: int
    core: int


class SpanBuilder:
    """Builds spans over the sentences of one document."""

    def __init__(self, document: Document, sentences: Sequence[Sentence], *, question: Question) -> None:
        """Args: question: says whether code belongs to what introduces it, and whether entries are quoted whole."""
        self._document = document
        self._sentences = sentences
        self._listed = {BlockKind.LIST_ITEM, BlockKind.TABLE_ROW} | ({BlockKind.CODE} if question.wants_code else set())
        self._wants_entries = question.kind is AnswerKind.DEFINITION

    def text(self, index: int) -> str:
        """Return a sentence's text."""
        sentence = self._sentences[index]
        return self._document.text[sentence.start : sentence.end]

    def kind(self, index: int) -> BlockKind:
        """Return what kind of block a sentence stands in."""
        return self._document.blocks[self._sentences[index].block].kind

    def start(self, index: int) -> int:
        """Return where a sentence begins in the document."""
        return self._sentences[index].start

    def block(self, index: int) -> int:
        """Return the index of the block that a sentence stands in."""
        return self._sentences[index].block

    def is_navigation(self, index: int) -> bool:
        """Whether a sentence stands in a menu, an index or the like."""
        return self._document.blocks[self._sentences[index].block].is_navigation

    def is_label(self, index: int) -> bool:
        """Whether a sentence only names what follows it."""
        block = self._document.blocks[self._sentences[index].block]
        text = self.text(index)
        return (
            block.kind is BlockKind.PARAGRAPH
            and label_of(self._document, block) == text
            and not (":" in text or is_name_line(text))
        )

    def label(self, index: int) -> str:
        """Return what the list entry that a sentence belongs to is called, or nothing."""
        own = self._sentences[index].block
        for block in (own, self._label_block(own)):
            if block is not None and self._document.blocks[block].kind is BlockKind.LIST_ITEM:
                return label_of(self._document, self._document.blocks[block])
        return ""

    def is_unfinished(self, span: Span) -> bool:
        """Whether a span announces something that it does not have."""
        return self.text(span.last).endswith((":", "：")) and self.kind(span.last) is not BlockKind.TABLE_ROW

    def opens_section(self, index: int) -> bool:
        """Whether a sentence is the first one under a heading."""
        return index > 0 and self.kind(index) is not BlockKind.HEADING and self.kind(index - 1) is BlockKind.HEADING

    def span_text(self, span: Span) -> str:
        """Return the text from the first sentence to the last."""
        return self._document.text[self._sentences[span.first].start : self._sentences[span.last].end]

    def around(self, core: int) -> Iterator[Span]:
        """Yield the spans that a sentence may be quoted in, the shortest that can stand alone first."""
        first = self._standing_alone(core)
        last = self._end_of_list(core)
        if self._sentences[last].end - self._sentences[first].start > _MAX_LIST_CHARACTERS:
            first = core
        yield Span(first=first, last=last, core=core)
        if last == core and self._continues(core, core + 1) and self._fits(first, core + 1):
            yield Span(first=first, last=core + 1, core=core)
        topic = self._topic_of(core)
        if topic < first and self._fits(topic, core):
            yield Span(first=topic, last=core, core=core)

    def _standing_alone(self, core: int) -> int:
        first = core
        while first > 0 and core - first < 2 and leans_back(self.text(first)) and self._continues(first - 1, first):
            if refers_on(self.text(first - 1)):
                break
            first -= 1
        if self.kind(core) is BlockKind.LIST_ITEM and first == core:
            first = self._lead_in(core)
        elif self.kind(core) is BlockKind.TABLE_ROW and not self._names_its_cells(core):
            first = self._table_header(core)
        return first if self._fits(first, core) else core

    def _topic_of(self, core: int) -> int:
        """The sentence that says what a later one is about: the first of its block, or of its entry in a list."""
        own_block = self._sentences[core].block
        label_block = None if self.kind(core) is BlockKind.LIST_ITEM else self._label_block(own_block)
        wanted = own_block if label_block is None else label_block
        index = core
        while index > 0 and core - index < _MAX_TO_TOPIC and self._sentences[index - 1].block >= wanted:
            index -= 1
        is_there = self._sentences[index].block == wanted and index < core
        return index if is_there and self._reads_on(index, core) else core

    def _reads_on(self, index: int, core: int) -> bool:
        """Whether a sentence may be quoted before a later one: a mere title is no part of the sentence after it.

        What an entry of a list of descriptions is called is more than a title: without it one does not know of what.
        """
        if self._sentences[index].block == self._sentences[core].block:
            return True
        if self.is_navigation(index):
            return False
        return self.kind(index) is BlockKind.LIST_ITEM or _IS_SAID.search(self.text(index)) is not None

    def _label_block(self, block: int) -> int | None:
        """The block of the list entry that a paragraph or piece of code belongs to, if it is near."""
        blocks = self._document.blocks
        for index in range(block - 1, max(-1, block - 10), -1):
            if blocks[index].kind is BlockKind.HEADING:
                return None
            if blocks[index].kind is BlockKind.LIST_ITEM and not blocks[index].is_navigation:
                return index if label_of(self._document, blocks[index]) else None
        return None

    def _continues(self, index: int, following: int) -> bool:
        """Whether one sentence goes on in the next: same block, or the prose block right after it."""
        if following >= len(self._sentences):
            return False
        here, there = self._sentences[index].block, self._sentences[following].block
        if here == there:
            return self.kind(index) is not BlockKind.CODE
        prose = (BlockKind.PARAGRAPH, BlockKind.QUOTE)
        is_prose = there == here + 1 and self.kind(index) in prose and self.kind(following) in prose
        return is_prose and self._reads_on(index, following)

    def _lead_in(self, core: int) -> int:
        """The sentence that introduces the list an item stands in, if it is near."""
        index = core
        while index > 0 and core - index < 3 and self.kind(index) is BlockKind.LIST_ITEM:
            index -= 1
        introduces = self.kind(index) is BlockKind.PARAGRAPH and self.text(index).endswith((":", "："))
        return index if introduces else core

    def _names_its_cells(self, core: int) -> bool:
        """Whether a row says what its cells are, as in "depth: 136 m", so that it is clear without the header."""
        header = self.text(self._table_header(core))
        return any(cell.strip() and f"{cell.strip()}: " in self.text(core) for cell in header.split("\t"))

    def _table_header(self, core: int) -> int:
        index = core
        while index > 0 and core - index < 3 and self.kind(index - 1) is BlockKind.TABLE_ROW:
            index -= 1
        is_header = index == 0 or self.kind(index - 1) is not BlockKind.TABLE_ROW
        return index if is_header else core

    def _end_of_list(self, core: int) -> int:
        """The last item of the list or steps that a sentence introduces; the sentence itself if there is none."""
        if self._wants_entries and self._begins_entry(core):
            return self._end_of_entry(core)
        if self.kind(core) in self._listed or not self.text(core).endswith((":", "：")):
            return core
        last = core
        items = 0
        while (
            last + 1 < len(self._sentences)
            and self.kind(last + 1) in self._listed
            and items < _MAX_ITEMS
            and self._sentences[last + 1].end - self._sentences[core].start <= _MAX_LIST_CHARACTERS
        ):
            last += 1
            items += 1
        return last

    def _begins_entry(self, core: int) -> bool:
        is_first = core == 0 or self._sentences[core - 1].block != self._sentences[core].block
        return is_first and self.kind(core) is BlockKind.LIST_ITEM and self.label(core) != ""

    def _end_of_entry(self, core: int) -> int:
        """The last sentence of a short entry: what a thing is takes more than one where it begins with "Normally"."""
        last = core
        while (
            last + 1 < len(self._sentences)
            and self._sentences[last + 1].block == self._sentences[core].block
            and self._sentences[last + 1].end - self._sentences[core].start <= _MAX_ENTRY_CHARACTERS
        ):
            last += 1
        return last

    def _fits(self, first: int, last: int) -> bool:
        return self._sentences[last].end - self._sentences[first].start <= _MAX_SPAN_CHARACTERS
