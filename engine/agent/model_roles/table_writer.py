"""The writer of tables played by a language model: the things first, then what is said of each, column by column.

A cell may only cite passages of its part; a value that no passage is named for stays empty, with a word on why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.agent.extractive.units import in_words
from engine.agent.live import RoleName
from engine.agent.model_roles.asking import spoken, tokens_in, tokens_of
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.table_requests import cells_of, cells_request, names_of, names_request
from engine.agent.model_roles.writer_evidence import PASSAGE_TOKENS, passage_line, passages_in
from engine.agent.roles import Brief
from engine.agent.table_cells import MAX_ROWS, Row, Value, cell_sentence, merged_names, table_section, wide_of
from engine.agent.wide import WideQuestion
from engine.domain import OutlinePart, Passage, PassageId, Section
from models.chat import ChatRequest, Reply, ReplyEnd
from models.errors import ContextFull

_MOST_WINDOWS = 6
"""Prompts in which things are looked for; passages that stand in none of them are not read."""
_ROW_TOKENS = 1_200
"""Of the passages in which the cells of one thing are looked for, about: a table has up to forty."""
_TOGETHER = 8
"""Rows that are asked for at once."""


@dataclass(slots=True, kw_only=True)
class _Ask:
    """A request that can be made with fewer passages."""

    passages: Sequence[Passage]
    request: Callable[[Sequence[Passage]], ChatRequest]
    about: str

    @property
    def allowed(self) -> dict[PassageId, str]:
        return {passage.id: passage.quote for passage in self.passages}


class ModelTableWriter:
    """Fills the table of a part of the outline."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking

    def section(self, brief: Brief, part: OutlinePart) -> Section:
        """Return the table of a part with ``columns``; without passages, or things in them, a section without claims.

        What there was no room for is told by ``left_out`` and ``table_cells.table_gaps``.
        """
        passages = passages_in(brief, part.passages)
        if not passages or len(part.columns) < 2:
            return Section(title=part.title, claims=(), subquestion_id=part.subquestion_id)
        wide = wide_of(brief, part)
        read = [passage for window in self._windows(brief, wide, passages) for passage in window]
        names = self._names(brief, wide, passages)
        return table_section(part, wide, self._rows(brief, wide, names, read))

    def left_out(self, brief: Brief, part: OutlinePart) -> int:
        """Return how many passages of a part are not read for its table, for want of room."""
        passages = passages_in(brief, part.passages)
        if not passages or len(part.columns) < 2:
            return 0
        return len(passages) - sum(map(len, self._windows(brief, wide_of(brief, part), passages)))

    # --- the things ------------------------------------------------------------------------------------------------

    def _names(
        self, brief: Brief, wide: WideQuestion, passages: Sequence[Passage]
    ) -> list[tuple[str, tuple[PassageId, ...]]]:
        """The things with the passages that name them: those of the question, or what a model finds in the passages."""
        if wide.named:
            return [(name, ()) for name in wide.named[:MAX_ROWS]]
        asks = [
            _Ask(passages=window, request=_names_asked(brief, wide), about=wide.columns[0])
            for window in self._windows(brief, wide, passages)
        ]
        found: list[tuple[str, tuple[PassageId, ...]]] = []
        for ask, reply in zip(asks, self._replies(asks), strict=True):
            if reply is not None:
                found += names_of(spoken(reply.text), ask.allowed, is_cut=reply.end is ReplyEnd.LENGTH)
        kinds = {in_words(wide.things), in_words(wide.columns[0])}
        return [one for one in merged_names(found) if in_words(one[0]) not in kinds][:MAX_ROWS]

    def _windows(self, brief: Brief, wide: WideQuestion, passages: Sequence[Passage]) -> list[list[Passage]]:
        """The passages in groups that each fill one prompt, the best first."""
        room = min(PASSAGE_TOKENS, self._room(names_request(brief, wide, [])))
        windows: list[list[Passage]] = [[]]
        left = room
        for passage in passages:
            cost = tokens_in(passage_line(passage, brief.sources))
            if cost > left and windows[-1]:
                if len(windows) == _MOST_WINDOWS:
                    break
                windows.append([])
                left = room
            windows[-1].append(passage)
            left -= cost
        return windows

    # --- the cells -------------------------------------------------------------------------------------------------

    def _rows(
        self,
        brief: Brief,
        wide: WideQuestion,
        names: Sequence[tuple[str, tuple[PassageId, ...]]],
        passages: Sequence[Passage],
    ) -> list[Row]:
        asks = [
            _Ask(
                passages=self._about(brief, wide, name, passages, naming=naming),
                request=_cells_asked(brief, wide, name),
                about=name,
            )
            for name, naming in names
        ]
        replies: list[Reply | None] = []
        for first in range(0, len(asks), _TOGETHER):
            replies += self._replies(asks[first : first + _TOGETHER])
        return [
            Row(name=name, passages=naming, values=_values(name, wide, ask, reply))
            for (name, naming), ask, reply in zip(names, asks, replies, strict=True)
        ]

    def _about(
        self,
        brief: Brief,
        wide: WideQuestion,
        name: str,
        passages: Sequence[Passage],
        *,
        naming: Sequence[PassageId],
    ) -> list[Passage]:
        """The passages in which something on a thing is looked for: those that name it, or stand where it is named."""
        said = in_words(name)
        first = [one for one in passages if one.id in naming]
        second = [one for one in passages if one.id not in naming and said in in_words(one.quote)]
        third = [
            one for one in passages if one not in first and one not in second and said in in_words(_place(one, brief))
        ]
        chosen = [*first, *second, *third] or list(passages)
        left = min(_ROW_TOKENS, self._room(cells_request(brief, wide, name, [])))
        fits: list[Passage] = []
        for passage in chosen:
            left -= tokens_in(passage_line(passage, brief.sources))
            if left < 0 and fits:
                break
            fits.append(passage)
        return fits

    # --- asking ----------------------------------------------------------------------------------------------------

    def _room(self, request: ChatRequest) -> int:
        return self._speaking.about().reading_tokens - tokens_of(request)

    def _replies(self, asks: Sequence[_Ask]) -> list[Reply | None]:
        """The replies, with fewer passages where there is no room; None where there is none for any."""
        if not asks:
            return []
        try:
            requests = [ask.request(ask.passages) for ask in asks]
            return list(self._speaking.replies(requests, role=RoleName.WRITER, about=[ask.about for ask in asks]))
        except ContextFull:
            if len(asks) > 1:
                return [reply for ask in asks for reply in self._replies((ask,))]
        asks[0].passages = asks[0].passages[: len(asks[0].passages) // 2]
        return self._replies(asks) if asks[0].passages else [None]


def _values(name: str, wide: WideQuestion, ask: _Ask, reply: Reply | None) -> tuple[Value | None, ...]:
    columns = wide.columns[1:]
    if reply is None:
        return (None,) * len(columns)
    cut = reply.end is ReplyEnd.LENGTH
    found = cells_of(spoken(reply.text), name, columns, ask.allowed, is_cut=cut)
    return tuple(
        Value(
            text=said[0],
            claim=cell_sentence(name, column, said[0], language=wide.language),
            passages=said[1],
        )
        if said is not None
        else None
        for column, said in zip(columns, found, strict=True)
    )


def _names_asked(brief: Brief, wide: WideQuestion) -> Callable[[Sequence[Passage]], ChatRequest]:
    def request(passages: Sequence[Passage]) -> ChatRequest:
        return names_request(brief, wide, passages)

    return request


def _cells_asked(brief: Brief, wide: WideQuestion, name: str) -> Callable[[Sequence[Passage]], ChatRequest]:
    def request(passages: Sequence[Passage]) -> ChatRequest:
        return cells_request(brief, wide, name, passages)

    return request


def _place(passage: Passage, brief: Brief) -> str:
    """Where a passage stands: the title of its source and the headings above it."""
    return " ".join((brief.sources[passage.source_id].title, *passage.locator.section))
