"""The sections of a report as a language model writes them: several together, each from its own passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.agent.live import RoleName
from engine.agent.model_roles.asking import spoken, tokens_of
from engine.agent.model_roles.cited import Written, cited_sentences, is_none
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.table_writer import ModelTableWriter
from engine.agent.model_roles.writer_account import Notes
from engine.agent.model_roles.writer_evidence import fitting, passages_in
from engine.agent.model_roles.writer_language import is_other_language, question_language
from engine.agent.model_roles.writer_repeats import Said
from engine.agent.model_roles.writer_requests import SECTION_SENTENCES, section_request
from engine.agent.roles import Brief
from engine.domain import Claim, ClaimId, Outline, OutlinePart, Passage, Section
from engine.reading.sentences import sentence_spans
from models.chat import Reply, ReplyEnd
from models.errors import ContextFull

_TOGETHER = 4
"""Parts that are written at once: what was written is stored after each."""
_QUOTED_PASSAGES = 2
_QUOTED_CHARACTERS = 600


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A part before it is written."""

    index: int
    part: OutlinePart
    passages: Sequence[Passage]
    """The most relevant first."""
    fitting: Sequence[Passage]
    """Those that the model is shown."""


class SectionWriter:
    """Writes the parts of an outline; what a reader cannot see of how it went is noted."""

    def __init__(self, speaking: Speaking, *, notes: Notes) -> None:
        self._speaking = speaking
        self._tables = ModelTableWriter(speaking)
        self._notes = notes

    def sections(self, brief: Brief, outline: Outline, *, parts: Sequence[int]) -> Iterator[tuple[int, Section]]:
        """Yield the parts, several written together; each from its passages, as many as there is room for."""
        drafts: list[_Draft] = []
        for index in parts:
            part = outline.parts[index]
            passages = passages_in(brief, part.passages)
            if part.columns and (section := self._tables.section(brief, part)).table is not None:
                yield index, section
            elif passages:
                fits = self.fitting(brief, part, passages)
                drafts.append(_Draft(index=index, part=part, passages=passages, fitting=fits))
            else:
                yield index, Section(title=part.title, claims=(), subquestion_id=part.subquestion_id)
        for first in range(0, len(drafts), _TOGETHER):
            batch = drafts[first : first + _TOGETHER]
            replies = self._replies(brief, batch)
            for draft, reply in zip(batch, self._in_its_language(brief, batch, replies), strict=True):
                yield draft.index, self._section(draft, reply)

    def _replies(self, brief: Brief, drafts: Sequence[_Draft], *, language: str = "") -> list[Reply | None]:
        """The replies on the drafts, with fewer passages where there is no room; None where there is none at all."""
        requests = [section_request(brief, draft.part, draft.fitting, language=language) for draft in drafts]
        about = [draft.part.title for draft in drafts]
        try:
            return list(self._speaking.replies(requests, role=RoleName.WRITER, about=about))
        except ContextFull:
            if len(drafts) > 1:
                return [reply for draft in drafts for reply in self._replies(brief, (draft,), language=language)]
        draft = drafts[0]
        draft.fitting = draft.fitting[: len(draft.fitting) // 2]
        return self._replies(brief, drafts, language=language) if draft.fitting else [None]

    def _in_its_language(
        self, brief: Brief, drafts: Sequence[_Draft], replies: Sequence[Reply | None]
    ) -> list[Reply | None]:
        """The replies, each that is in another language than the question's once more; if that does not help, as is."""
        result = list(replies)
        foreign = [
            place
            for place, reply in enumerate(replies)
            if reply is not None and is_other_language(spoken(reply.text), brief.question)
        ]
        if foreign:
            language = question_language(brief.question)
            again = self._replies(brief, [drafts[place] for place in foreign], language=language)
            for place, reply in zip(foreign, again, strict=True):
                if reply is not None and not is_other_language(spoken(reply.text), brief.question):
                    result[place] = reply
        return result

    def _section(self, draft: _Draft, reply: Reply | None) -> Section:
        """What a reply says of a part; where it says nothing usable, the best passages word for word."""
        part, dropped = draft.part, 0
        sentences: tuple[Written, ...] = ()
        is_empty = False
        if reply is not None:
            text = spoken(reply.text)
            is_empty = is_none(text)
            allowed = {passage.id: passage.quote for passage in draft.fitting}
            is_cut = reply.end is ReplyEnd.LENGTH
            sentences, dropped = cited_sentences(text, allowed, limit=SECTION_SENTENCES, is_cut=is_cut)
        if not sentences and not is_empty:
            sentences = tuple(quotation(passage) for passage in draft.passages[:_QUOTED_PASSAGES])
        self._notes.dropped[part.title] = dropped
        self._notes.unshown[part.subquestion_id] = len(draft.passages) - max(len(draft.fitting), len(sentences) and 1)
        said = Said()
        claims = tuple(
            claim_of(sentence, number)
            for number, sentence in enumerate((one for one in sentences if said.is_new(one.text)), start=1)
        )
        return Section(title=part.title, claims=claims, subquestion_id=part.subquestion_id)

    def fitting(self, brief: Brief, part: OutlinePart, passages: Sequence[Passage]) -> list[Passage]:
        """Return the first of a part's passages for which a prompt has room; at least one."""
        room = self._speaking.about().reading_tokens
        return fitting(passages, brief.sources, room=room - tokens_of(section_request(brief, part, [])))


def claim_of(sentence: Written, number: int) -> Claim:
    """Return a sentence as a claim that is not checked yet."""
    return Claim(id=ClaimId(number), text=sentence.text, passages=sentence.passages, is_quotation=sentence.is_quotation)


def quotation(passage: Passage) -> Written:
    """Return the first sentences of a passage, word for word."""
    end = 0
    for _, last in sentence_spans(passage.quote):
        if end and last > _QUOTED_CHARACTERS:
            break
        end = last
    return Written(text=passage.quote[: end or len(passage.quote)], passages=(passage.id,), is_quotation=True)
