"""What roles that are played by a model are tried on: evidence, briefs, readings, and grammars taken token by token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from fakes import source_of
from scripted_model import ScriptedModel
from small_library import SmallLibrary

from engine.agent.control import RunControl
from engine.agent.episode_state import Episode
from engine.agent.model_roles.reader import ModelReader
from engine.agent.model_roles.speaking import Speaking
from engine.agent.roles import Brief, Findings, ReadingTask, Writer
from engine.domain import (
    Locator,
    Passage,
    PassageId,
    Report,
    SearchResult,
    Source,
    SourceId,
    SubQuestion,
    SubQuestionId,
)
from engine.events import EpisodeEnded, SearchRan, SourceRead
from engine.reading.document import Document


def speaking(model: ScriptedModel) -> Speaking:
    return Speaking(model, control=RunControl())


def task_of(
    document: Document,
    question: str,
    *,
    known: tuple[Passage, ...] = (),
    limit: int = 4,
    part_of: str = "",
    address: str = "file:///x",
) -> ReadingTask:
    return ReadingTask(
        question=part_of or question,
        subquestion=SubQuestion(id=SubQuestionId(1), text=question),
        document=document,
        source=source_of(address, document),
        known=known,
        max_passages=limit,
    )


def read_by(model: ScriptedModel, *tasks: ReadingTask) -> tuple[Findings, ...]:
    """Read with a library of the tasks' documents."""
    library = SmallLibrary({f"file:///{number}": task.document for number, task in enumerate(tasks)})
    return ModelReader(speaking(model), library).read(tasks)


def quotes(findings: Findings, document: Document) -> list[str]:
    return [document.text[selection.start : selection.end] for selection in findings.selections]


def report_of(writer: Writer, brief: Brief) -> Report:
    """Return the report that a writer makes of a brief, all parts written one after the other."""
    outline = writer.outline(brief)
    written = dict(writer.sections(brief, outline, parts=range(len(outline.parts))))
    return writer.report(brief, outline, [written[number] for number in range(len(outline.parts))])


class Evidence:
    """Sources, passages and episodes, put together one by one."""

    def __init__(self, question: str) -> None:
        self._question = question
        self._sources: dict[SourceId, Source] = {}
        self._passages: dict[PassageId, Passage] = {}
        self._episodes: list[Episode] = []

    def passage(
        self,
        quote: str,
        *,
        source: str = "a",
        title: str = "",
        about: int = 1,
        relevance: float = 0.8,
        section: Sequence[str] = (),
    ) -> PassageId:
        """Add a passage of the page of that name and return its number."""
        found = Source(
            id=SourceId(source),
            address=f"file:///pages/{source}.html",
            title=title or f"Page {source}",
            format="html",
            text_hash=f"hash of {source}",
            file_hash=f"hash of {source}",
            characters=len(quote),
            read_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        self._sources[found.id] = found
        number = PassageId(len(self._passages) + 1)
        self._passages[number] = Passage(
            id=number,
            source_id=found.id,
            subquestion_id=SubQuestionId(about),
            start=0,
            end=len(quote),
            quote=quote,
            locator=Locator(section=tuple(section)),
            relevance=relevance,
        )
        return number

    def episode(self, text: str, *, found: bool = True, answer: str = "", query: str = "") -> None:
        """Add the next sub-question; with a query it was searched for and a page was read."""
        number = SubQuestionId(len(self._episodes) + 1)
        searches: tuple[SearchRan, ...] = ()
        read: tuple[SourceRead, ...] = ()
        if query:
            result = SearchResult(address="file:///pages/z.html", title="Z", snippet="", score=1.0)
            searches = (SearchRan(subquestion_id=number, query=query, results=(result,), reason=""),)
        if query and self._sources:
            source = next(iter(self._sources.values()))
            read = (SourceRead(subquestion_id=number, source=source, passages=(), note=""),)
        self._episodes.append(
            Episode(
                subquestion=SubQuestion(id=number, text=text),
                searches=searches,
                read=read,
                ended=EpisodeEnded(subquestion_id=number, found=found, reason="", answer=answer),
            )
        )

    def brief(self) -> Brief:
        return Brief(
            question=self._question,
            episodes=tuple(self._episodes),
            passages=dict(self._passages),
            sources=dict(self._sources),
        )


def admits(grammar: str, text: str) -> bool:
    """Whether a grammar lets the whole text pass, byte by byte, and may end there."""
    return _taken(grammar, text) == (len(text.encode()), True)


def admitted(grammar: str, text: str) -> str:
    """Return how much of a text a grammar lets pass before it rejects the next byte."""
    return text.encode()[: _taken(grammar, text)[0]].decode(errors="ignore")


def _taken(grammar: str, text: str) -> tuple[int, bool]:
    llguidance = pytest.importorskip("llguidance")
    tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Bytes()))
    matcher = llguidance.LLMatcher(tokenizer, llguidance.LLMatcher.grammar_from_lark(grammar))
    assert not matcher.get_error()
    taken = 0
    for byte in text.encode():
        if matcher.try_consume_tokens([byte]) != 1:
            break
        taken += 1
    return taken, matcher.is_accepting()


class _Bytes:
    """A vocabulary with a token for each byte."""

    eos_token_id = 256
    bos_token_id = None
    special_token_ids = [256]  # noqa: RUF012  the shape that llguidance asks for

    def __init__(self) -> None:
        self.tokens = [bytes([value]) for value in range(256)] + [b"<end>"]

    def __call__(self, text: str | bytes) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)
