"""The writer played by a language model: sentences of its own, each ending in the passages that it rests on.

It sees nothing but the evidence. A sentence that names no passage is dropped or matched with the one whose words it
shares; what cannot be written is quoted, and what was not found becomes a gap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.agent.extractive.units import in_words
from engine.agent.live import RoleName
from engine.agent.model_roles.asking import spoken, tokens_of
from engine.agent.model_roles.cited import cited_sentences, is_none
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.table_writer import ModelTableWriter
from engine.agent.model_roles.writer_account import Notes, gaps_of, made_by
from engine.agent.model_roles.writer_evidence import episode_of, fitting, found_in, has_found, passages_in
from engine.agent.model_roles.writer_language import is_other_language, question_language
from engine.agent.model_roles.writer_missing import missing_questions, missing_request, researchable
from engine.agent.model_roles.writer_outline import (
    LEAST_PASSAGES,
    default_parts,
    in_turn,
    outline_request,
    parts_of_reply,
    shown_passages,
)
from engine.agent.model_roles.writer_repeats import Said
from engine.agent.model_roles.writer_requests import (
    ANSWER_SENTENCES,
    answer_request,
    rewrite_request,
)
from engine.agent.model_roles.writer_sections import SectionWriter, claim_of
from engine.agent.roles import Brief
from engine.agent.wide import wide_question
from engine.agent.wide_parts import cell_questions, table_part
from engine.citations.versions import with_numbers
from engine.domain import (
    Claim,
    ClaimState,
    Outline,
    OutlinePart,
    Passage,
    PassageId,
    Report,
    Section,
    SubQuestionId,
)
from models.chat import ReplyEnd
from models.errors import ContextFull

_ONE_SENTENCE = 1
_MOST_FINDINGS = 60
"""Sentences that the answer is written from."""


class ModelWriter:
    """Writes the parts of an outline, looks for what they lack, and writes the answer from them."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking
        self._tables = ModelTableWriter(speaking)
        self._notes = Notes()
        self._sections = SectionWriter(speaking, notes=self._notes)
        self._outlined: tuple[frozenset[PassageId], Outline] | None = None

    # --- the outline ---------------------------------------------------------------------------------------------

    def outline(self, brief: Brief) -> Outline:
        """Return a part for each sub-question that something was found on, or the model's own where there is much.

        What was outlined before keeps its parts where only further sub-questions were researched: theirs come last.
        """
        found = found_in(brief)
        if not found:
            return Outline(parts=(), reason="Nothing was found.")
        if (wide := wide_question(brief.question)) is not None:
            return self._as_table(brief, table_part(wide, in_turn(one.passages for one in found)))
        fits: dict[SubQuestionId | None, list[Passage]] = {}
        for one in found:
            part = OutlinePart(title=one.title, passages=(), subquestion_id=one.subquestion_id)
            fits[one.subquestion_id] = self._sections.fitting(brief, part, one.passages)
        outline = self._continued(brief, fits) or self._divided(brief, fits)
        if outline is None:
            outline = Outline(parts=tuple(default_parts(found, fits)), reason="A part for each sub-question.")
        self._outlined = (frozenset(brief.passages), outline)
        return outline

    def _as_table(self, brief: Brief, part: OutlinePart) -> Outline:
        """One part that is a table, made of as many passages as are read for it."""
        read = len(part.passages) - self._tables.left_out(brief, part)
        part = replace(part, passages=part.passages[:read])
        return Outline(parts=(part,), reason="The question asks for a table.")

    def _continued(self, brief: Brief, fits: dict[SubQuestionId | None, list[Passage]]) -> Outline | None:
        """The last outline with parts for sub-questions that are new since; None where it has to be made anew."""
        if self._outlined is None:
            return None
        known, last = self._outlined
        found = found_in(brief)
        fresh = [one for one in found if known.isdisjoint(passage.id for passage in one.passages)]
        added = {passage.id for one in fresh for passage in one.passages}
        if not last.parts or not fresh or frozenset(brief.passages) - added != known:
            return None
        return Outline(
            parts=(*last.parts, *default_parts(fresh, fits)), reason="More was found while the report was written."
        )

    def _divided(self, brief: Brief, fits: dict[SubQuestionId | None, list[Passage]]) -> Outline | None:
        """The model's own outline; None where there is little to divide, or what it says cannot be used."""
        if sum(map(len, fits.values())) < LEAST_PASSAGES:
            return None
        room = self._speaking.about().reading_tokens
        passages = shown_passages(fits.values(), brief, room=room - tokens_of(outline_request(brief, [])))
        while len(passages) >= LEAST_PASSAGES:
            try:
                reply = self._speaking.reply(
                    outline_request(brief, passages), role=RoleName.WRITER, about="The outline of the report"
                )
            except ContextFull:
                passages = passages[: len(passages) // 2]
                continue
            planned = parts_of_reply(spoken(reply.text), found_in(brief), fits, brief)
            parts = [self._cut(brief, part) for part in planned]
            return Outline(parts=tuple(parts), reason="The language model divided it.") if parts else None
        return None

    def _cut(self, brief: Brief, part: OutlinePart) -> OutlinePart:
        fits = self._sections.fitting(brief, part, passages_in(brief, part.passages))
        return replace(part, passages=tuple(passage.id for passage in fits))

    def sections(self, brief: Brief, outline: Outline, *, parts: Sequence[int]) -> Iterator[tuple[int, Section]]:
        """Yield the parts, several written together; each from its passages, as many as there is room for."""
        return self._sections.sections(brief, outline, parts=parts)

    # --- what is missing, and the whole --------------------------------------------------------------------------

    def missing(self, brief: Brief, sections: Sequence[Section]) -> tuple[str, ...]:
        """Return up to three questions about what the sections lack: for tables, about their empty cells.

        There are none where nothing is written.
        """
        claims = [claim for section in sections for claim in section.all_claims]
        if not claims:
            return ()
        if cells := [question for section in sections for question in cell_questions(section, brief)]:
            return researchable(cells, brief)
        if all(section.table is not None for section in sections):
            return ()
        try:
            reply = self._speaking.reply(
                missing_request(brief, claims), role=RoleName.WRITER, about="What is still missing"
            )
        except ContextFull:
            return ()
        return missing_questions(spoken(reply.text), brief, claims)

    def report(self, brief: Brief, outline: Outline, sections: Sequence[Section]) -> Report:
        """Return the answer, the sections without what is said twice, and the gaps."""
        answer = self._answer(brief, sections)
        said = Said()
        answer = tuple(claim for claim in answer if said.is_new(claim.text))
        kept: list[Section] = []
        for section in sections:
            claims = tuple(claim for claim in section.claims if said.is_new(claim.text))
            if claims or section.table is not None:
                kept.append(replace(section, claims=claims))
        about = self._speaking.about() if outline.parts else None
        return with_numbers(
            Report(
                question=brief.question,
                answer=answer,
                sections=tuple(kept),
                gaps=gaps_of(brief, outline, sections, self._notes),
                made_by=made_by(about, brief.question, answer, sections, self._notes),
            )
        )

    def _answer(self, brief: Brief, sections: Sequence[Section]) -> tuple[Claim, ...]:
        """The answer in one to three sentences, from what was written of sub-questions that found something."""
        finding = [found for section in sections if (found := _findings(brief, section))]
        findings = [claim for found in finding for claim in found]
        if not findings:
            return ()
        if len(finding) == 1 and len(findings) <= 2:
            return tuple(findings)
        self._notes.unheard = len(findings[_MOST_FINDINGS:])
        findings = findings[:_MOST_FINDINGS]
        language = ""
        while findings:
            try:
                reply = self._speaking.reply(
                    answer_request(brief, findings, language=language), role=RoleName.WRITER, about=brief.question
                )
            except ContextFull:
                self._notes.unheard += len(findings) - len(findings) // 2
                findings = findings[: len(findings) // 2]
                continue
            if is_none(spoken(reply.text)):
                return ()
            if not language and is_other_language(spoken(reply.text), brief.question):
                language = question_language(brief.question)
                continue
            allowed: dict[PassageId, str] = {}
            for claim in findings:
                for number in claim.passages:
                    allowed[number] = f"{allowed.get(number, '')} {claim.text}"
            sentences, dropped = cited_sentences(
                spoken(reply.text), allowed, limit=ANSWER_SENTENCES, is_cut=reply.end is ReplyEnd.LENGTH
            )
            self._notes.dropped["answer"] = dropped
            if sentences:
                return tuple(claim_of(sentence, number) for number, sentence in enumerate(sentences, start=1))
            break
        return tuple(found[0] for found in finding)[:ANSWER_SENTENCES]

    # --- what failed its check -----------------------------------------------------------------------------------

    def rewrite(self, claim: Claim, brief: Brief) -> Claim | None:
        """Return the claim in other words that cite its own passages only; None where the model finds none."""
        passages = fitting(
            passages_in(brief, claim.passages), brief.sources, room=self._speaking.about().reading_tokens
        )
        while passages:
            try:
                reply = self._speaking.reply(
                    rewrite_request(claim, passages, brief), role=RoleName.WRITER, about=claim.text
                )
            except ContextFull:
                passages = passages[: len(passages) // 2]
                continue
            allowed = {passage.id: passage.quote for passage in passages}
            is_cut = reply.end is ReplyEnd.LENGTH
            sentences, _ = cited_sentences(spoken(reply.text), allowed, limit=_ONE_SENTENCE, is_cut=is_cut)
            if not sentences or in_words(sentences[0].text) == in_words(claim.text):
                return None
            (sentence,) = sentences
            return Claim(
                id=claim.id,
                text=sentence.text,
                passages=sentence.passages,
                state=ClaimState.UNCHECKED,
                former=claim.text,
                based_on=claim.based_on,
            )
        return None


def _findings(brief: Brief, section: Section) -> list[Claim]:
    """The claims of a section that cite something of a sub-question that was answered."""
    return [
        claim
        for claim in section.all_claims
        if any(
            has_found(episode_of(brief, brief.passages[number].subquestion_id))
            for number in claim.passages
            if number in brief.passages
        )
    ]
