"""A report made of sentences quoted word for word: which ones answer, which go with them, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from engine.agent.episode_state import Episode
from engine.agent.extractive.agreement import Comparison, compare
from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.relevance import ANSWERING
from engine.agent.extractive.similarity import COPY, REDUNDANT, containment, overlap
from engine.agent.extractive.substance import is_dangling, substance
from engine.agent.extractive.tongues import preferred
from engine.agent.extractive.units import Unit, in_words, kind_at, opens_with_code, quote_spans, unit_of, units_of
from engine.agent.roles import Brief
from engine.counting import counted
from engine.domain import (
    Claim,
    ClaimId,
    EngineState,
    Gap,
    Passage,
    Report,
    Section,
    Side,
    SubQuestionId,
)
from engine.reading.ranking import TermStatistics
from engine.reading.terms import terms

MADE_BY = (
    "Plumbline, without a language model: every sentence is quoted word for word from a source; "
    "choosing and ordering were done by search ranking."
)

_MAX_ANSWER_PARTS = 3
_SEARCH_BONUS = 0.06
_MAX_PASSAGES = 2_000
_MAX_SECTIONS = 4
_MAX_CLAIMS_IN_SECTION = 3
_MAX_CLAIMS_IN_SECTIONS = 7
"""Of a simple question; each part of a compound one may have as many as a section holds."""
_WORTH_SHOWING = 0.75
"""Of the best passage's relevance, where that is for the whole report or for one part of a compound question."""
_WORTH_SHOWING_ANYWAY = 0.6
"""The same while the report is short."""
_SHORT_REPORT = 4
_WORTH_THE_REST = 0.85
"""Of the best relevance, for what is left of a passage of which the best has been quoted."""
_MAX_CLAIM_CHARACTERS = 900
_MIN_TERMS = 5
_SAID_ELSEWHERE = "What was found on it repeats what stands in the report already; nothing more was found."
_HEARD = (EngineState.ANSWERED, EngineState.EMPTY)
_ONE_ANSWER_KINDS = (
    AnswerKind.NUMBER,
    AnswerKind.DATE,
    AnswerKind.NAME,
    AnswerKind.PLACE,
    AnswerKind.DEFAULT,
    AnswerKind.TERM,
)


class Draft:
    """One report while it is written: chooses, groups and orders quotations. Deterministic."""

    def __init__(self, brief: Brief, statistics: TermStatistics) -> None:
        self._brief = brief
        self._statistics = statistics
        self._question = analyse(brief.question)
        self._claims = 0
        self._said: list[Unit] = []
        self._used: dict[int, list[tuple[int, int]]] = {}
        passages = [passage for passage in brief.passages.values() if passage.source_id in brief.sources]
        best = sorted(passages, key=lambda passage: (-passage.relevance, passage.id))[:_MAX_PASSAGES]
        asked = {episode.subquestion.id: episode.subquestion.text for episode in brief.episodes}
        self._passages = preferred(best, brief.sources, asked)

    def without(self, claims: Iterable[Claim]) -> Draft:
        """Take what other claims say as said already, and return itself."""
        for claim in claims:
            for number in claim.passages:
                passage = self._brief.passages.get(number)
                if passage is None:
                    continue
                place = passage.quote.find(claim.text)
                if place >= 0:
                    self._used.setdefault(number, []).append((place, place + len(claim.text)))
                self._said.append(unit_of(replace(passage, quote=claim.text), 0, len(claim.text), 0.0))
        return self

    def answer(self) -> tuple[Claim, ...]:
        """The best sentences for the question, without sections."""
        return self._answer()

    def report(self) -> Report:
        answer = self._answer()
        sections = self._sections() if answer else ()
        return Report(
            question=self._brief.question,
            answer=answer,
            sections=sections,
            gaps=tuple(self._gaps()),
            made_by=MADE_BY,
        )

    def best_claims(self, *, least: float = 0.0) -> tuple[Claim, ...]:
        """The best of all passages of some relevance, in the order in which a reader of the sources meets it."""
        return tuple(self._section_claims(self._passages, floor=least, limit=_MAX_CLAIMS_IN_SECTION))

    # --- the answer --------------------------------------------------------------------------------------------

    def _answer(self) -> tuple[Claim, ...]:
        """The best sentences for the question; of a compound question the best for each part."""
        claims: list[Claim] = []
        episodes = [episode for episode in self._brief.episodes if self._of(episode.subquestion.id)]
        if len(self._brief.episodes) <= 1:
            wanted = [(self._question, self._passages)]
        else:
            wanted = [
                (analyse(episode.subquestion.text), self._of(episode.subquestion.id))
                for episode in episodes[:_MAX_ANSWER_PARTS]
            ]
        for question, passages in wanted:
            limit = 2 if len(wanted) == 1 else 1
            for unit in self._best_units(question, passages)[:limit]:
                if not self._was_said(unit):
                    claims += self._claims_of(unit)
        return tuple(claims)

    def _best_units(self, question: Question, passages: Sequence[Passage]) -> list[Unit]:
        """The best unit and, where it adds something, the next."""
        keys = keys_for(question, self._statistics)
        units = [
            unit
            for passage in passages[:60]
            for unit in units_of(
                passage,
                self._brief.sources[passage.source_id],
                question,
                keys,
                bonus=self._search_bonus(passage),
            )
        ]
        units = [unit for unit in units if unit.passage.relevance >= ANSWERING and not self._was_said(unit)]
        units.sort(key=lambda unit: (-unit.score, unit.passage.id, unit.start))
        if not units:
            return []
        best = units[0]
        chosen = [best]
        needed = 0.9 if question.kind in _ONE_ANSWER_KINDS else 0.8
        for unit in units[1:]:
            is_apart = unit.passage.id != best.passage.id or unit.start >= best.end or unit.end <= best.start
            if unit.score >= needed * best.score and is_apart and overlap(unit.terms, best.terms) < 0.5:
                chosen.append(unit)
                break
        return chosen

    def _search_bonus(self, passage: Passage) -> float:
        """A document that the search put first says more often what is wanted."""
        address = self._brief.sources[passage.source_id].address
        positions = [
            position
            for episode in self._brief.episodes
            for search in episode.searches
            for position, result in enumerate(search.results)
            if result.address == address
        ]
        return _SEARCH_BONUS / (1 + min(positions, default=20) / 2)

    # --- the sections --------------------------------------------------------------------------------------------

    def _sections(self) -> tuple[Section, ...]:
        groups: list[tuple[str, SubQuestionId | None, list[Passage]]]
        if len(self._brief.episodes) > 1:
            groups = [
                (episode.subquestion.text, episode.subquestion.id, self._of(episode.subquestion.id))
                for episode in self._brief.episodes
            ]
        else:
            groups = [(title, None, passages) for title, passages in self._by_topic()]
        is_compound = len(self._brief.episodes) > 1
        best = max((passage.relevance for passage in self._passages), default=0.0)
        room = _MAX_CLAIMS_IN_SECTIONS
        found = []
        for title, subquestion_id, passages in groups:
            if is_compound:
                best, room = max((passage.relevance for passage in passages), default=0.0), _MAX_CLAIMS_IN_SECTION
            share = _WORTH_SHOWING_ANYWAY if self._claims < _SHORT_REPORT else _WORTH_SHOWING
            floor = max(ANSWERING, share * best)
            claims = tuple(self._section_claims(passages, floor=floor, limit=min(_MAX_CLAIMS_IN_SECTION, room)))
            if claims:
                found.append(Section(title=title, claims=claims, subquestion_id=subquestion_id))
                room -= len(claims)
            if not is_compound and (room <= 0 or len(found) >= _MAX_SECTIONS):
                break
        return tuple(found)

    def _by_topic(self) -> list[tuple[str, list[Passage]]]:
        """Passages under the heading they stand under, the group with the best passage first."""
        groups: dict[str, list[Passage]] = {}
        for passage in self._passages:
            groups.setdefault(self._topic(passage), []).append(passage)
        return list(groups.items())[: 2 * _MAX_SECTIONS]

    def _topic(self, passage: Passage) -> str:
        title = " ".join(self._brief.sources[passage.source_id].title.split())
        headings = [" ".join(heading.split()) for heading in passage.locator.section if heading.strip()]
        inner = headings[-1] if headings else ""
        if not inner or inner.casefold() == title.casefold():
            return title or inner or "What the sources say"
        return f"{inner} · {title}" if title else inner

    def _section_claims(self, passages: Sequence[Passage], *, floor: float, limit: int) -> Iterable[Claim]:
        """The best that has not been said, in the order in which a reader of the sources meets it."""
        best = sorted(passages, key=lambda passage: (-passage.relevance, passage.id))[: 3 * _MAX_CLAIMS_IN_SECTION]
        chosen: list[Unit] = []
        for passage in best:
            if passage.relevance < floor:
                break
            for unit in self._left_of(passage):
                if len(chosen) < limit and not self._was_said(unit, besides=chosen):
                    chosen.append(unit)
        order = {source: number for number, source in enumerate(dict.fromkeys(unit.source_id for unit in chosen))}
        chosen.sort(key=lambda unit: (order[unit.source_id], unit.passage.start + unit.start))
        for unit in chosen:
            yield self._claim(unit, compare(unit.text, unit.passage, self._brief))

    def _left_of(self, passage: Passage) -> list[Unit]:
        """What of a passage has not been quoted yet, in stretches of whole sentences."""
        used = self._used.get(passage.id, [])
        if used and passage.relevance < _WORTH_THE_REST * self._passages[0].relevance:
            return []
        said = {said for unit in self._said for said in unit.sentences}
        free = [
            (start, end)
            for start, end in quote_spans(passage.quote, first=passage.kind)
            if not any(start < used_end and used_start < end for used_start, used_end in used)
            and in_words(passage.quote[start:end]) not in said
        ]
        stretches: list[tuple[int, int]] = []
        for start, end in free:
            is_next = stretches and not passage.quote[stretches[-1][1] : start].strip()
            if is_next and end - stretches[-1][0] <= _MAX_CLAIM_CHARACTERS:
                stretches[-1] = (stretches[-1][0], end)
            else:
                stretches.append((start, end))
        is_rest = bool(used) or len(stretches) > 1
        return [
            unit_of(passage, start, end, passage.relevance)
            for start, end in stretches
            if self._can_stand_alone(passage, start, end, is_rest=is_rest)
        ]

    def _can_stand_alone(self, passage: Passage, start: int, end: int, *, is_rest: bool) -> bool:
        text = passage.quote[start:end]
        if text.endswith((":", "：")) or opens_with_code(text, first=kind_at(passage, start)):
            return False
        if substance(text) < (0.6 if is_rest else 0.3) or (is_rest and is_dangling(text)):
            return False
        return not is_rest or any(not word.is_weak and word.terms[0] in terms(text) for word in self._question.words)

    # --- claims --------------------------------------------------------------------------------------------------

    def _claims_of(self, unit: Unit) -> list[Claim]:
        """The claim and, side by side with it, what contradicts it."""
        comparison = compare(unit.text, unit.passage, self._brief)
        claims = []
        if unit.lead is not None:
            lead = unit_of(unit.passage, *unit.lead, unit.score)
            if not self._was_said(lead) and substance(lead.text) >= 0.6:
                claims.append(self._claim(lead, compare(lead.text, unit.passage, self._brief)))
        claims.append(self._claim(unit, comparison))
        for passage_id, sentence in comparison.conflicting[:1]:
            passage = self._brief.passages[passage_id]
            start = passage.quote.find(sentence)
            rival = unit_of(passage, start, start + len(sentence), passage.relevance)
            claims.append(self._claim(rival, compare(sentence, passage, self._brief)))
        return claims

    def _claim(self, unit: Unit, comparison: Comparison) -> Claim:
        self._claims += 1
        self._said.append(unit)
        self._used.setdefault(unit.passage.id, []).append((unit.start, unit.end))
        return Claim(
            id=ClaimId(self._claims),
            text=unit.text,
            passages=(unit.passage.id,),
            agreeing=comparison.agreeing,
            is_quotation=True,
        )

    def _was_said(self, unit: Unit, *, besides: Sequence[Unit] = ()) -> bool:
        """Whether a reader of the report so far learns nothing from a unit, or reads one of its sentences again."""
        for said in (*self._said, *besides):
            if unit.text in said.text or overlap(unit.terms, said.terms) >= REDUNDANT:
                return True
            if len(unit.terms) >= _MIN_TERMS and containment(unit.terms, said.terms) >= COPY:
                return True
            if not unit.sentences.isdisjoint(said.sentences):
                return True
        return False

    # --- what is missing -------------------------------------------------------------------------------------------

    def _gaps(self) -> Iterable[Gap]:
        for episode in self._brief.episodes:
            passages = self._of(episode.subquestion.id)
            answering = [passage for passage in passages if passage.relevance >= ANSWERING]
            if any(passage.id in self._used for passage in answering):
                continue
            yield Gap(
                question=episode.subquestion.text,
                queries=tuple(dict.fromkeys(search.query for search in episode.searches)),
                sources_read=len(episode.read),
                reason=_SAID_ELSEWHERE if answering else _gap_reason(episode, has_passages=bool(passages)),
            )

    def _of(self, subquestion_id: SubQuestionId) -> list[Passage]:
        return [passage for passage in self._passages if passage.subquestion_id == subquestion_id]


def _gap_reason(episode: Episode, *, has_passages: bool) -> str:
    if has_passages:
        return "What was found is near the question, but none of it clearly answers it."
    if not episode.searches:
        return "It was not searched for."
    if not any(search.results for search in episode.searches):
        return _nothing_found(episode)
    if not episode.read:
        return "The documents that may hold it could not be read." if episode.failed else "Nothing was read."
    if episode.failed and episode.subquestion.side is Side.WEB:
        return f"What was read has nothing on it; {counted(len(episode.failed), 'page')} could not be read."
    return "What was read has nothing on it."


def _nothing_found(episode: Episode) -> str:
    reports = [report for search in episode.searches for report in search.engines]
    if not reports:
        return "No document has the words that were searched for."
    silent = {one.name for one in reports} - {one.name for one in reports if one.state in _HEARD}
    if len(silent) == len({one.name for one in reports}):
        return "No search engine answered."
    if silent:
        return f"The search engines that answered found nothing; {len(silent)} did not answer."
    return "The search engines found nothing."
