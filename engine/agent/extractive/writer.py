"""The writer without a language model: a report made of sentences quoted word for word, the answer first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.agent.extractive.agreement import Comparison, compare
from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.relevance import ANSWERING
from engine.agent.extractive.similarity import REDUNDANT, overlap
from engine.agent.extractive.substance import is_dangling, substance
from engine.agent.extractive.units import Unit, quote_spans, unit_of, units_of
from engine.agent.roles import Brief
from engine.agent.state import Episode
from engine.domain import Claim, ClaimId, Gap, Passage, Report, Section, SubQuestionId
from engine.reading.ranking import TermStatistics

MADE_BY = (
    "Plumbline, without a language model: every sentence is quoted word for word from a source; "
    "choosing and ordering were done by search ranking."
)

_MAX_ANSWER_PARTS = 3
_SEARCH_BONUS = 0.06
_MAX_PASSAGES = 2_000
_MAX_SECTIONS = 6
_MAX_CLAIMS_IN_SECTION = 5
_WORTH_SHOWING = 0.65
"""Of the best passage's relevance."""
_MAX_CLAIM_CHARACTERS = 1_200
_ONE_ANSWER_KINDS = (
    AnswerKind.NUMBER,
    AnswerKind.DATE,
    AnswerKind.NAME,
    AnswerKind.PLACE,
    AnswerKind.DEFAULT,
    AnswerKind.TERM,
)


class ExtractiveWriter:
    """Chooses, groups and orders quotations. Deterministic."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def write(self, brief: Brief) -> Report:
        """Return the report; without evidence it has gaps only."""
        return _Draft(brief, self._statistics).report()


class _Draft:
    """One report while it is written."""

    def __init__(self, brief: Brief, statistics: TermStatistics) -> None:
        self._brief = brief
        self._statistics = statistics
        self._question = analyse(brief.question)
        self._claims = 0
        self._said: list[Unit] = []
        self._used: dict[int, list[tuple[int, int]]] = {}
        passages = [passage for passage in brief.passages.values() if passage.source_id in brief.sources]
        self._passages = sorted(passages, key=lambda passage: (-passage.relevance, passage.id))[:_MAX_PASSAGES]

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
        found = []
        for title, subquestion_id, passages in groups:
            claims = tuple(self._section_claims(passages))
            if claims:
                found.append(Section(title=title, claims=claims, subquestion_id=subquestion_id))
        return tuple(found) if len(self._brief.episodes) > 1 else tuple(found[:_MAX_SECTIONS])

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

    def _section_claims(self, passages: Sequence[Passage]) -> Iterable[Claim]:
        best = sorted(passages, key=lambda passage: (-passage.relevance, passage.id))[: 3 * _MAX_CLAIMS_IN_SECTION]
        best = [passage for passage in best if passage.relevance >= _WORTH_SHOWING * best[0].relevance]
        order = {source: number for number, source in enumerate(dict.fromkeys(passage.source_id for passage in best))}
        best.sort(key=lambda passage: (order[passage.source_id], passage.start, passage.id))
        count = 0
        for passage in best:
            for unit in self._left_of(passage):
                if count >= _MAX_CLAIMS_IN_SECTION:
                    return
                if not self._was_said(unit):
                    yield self._claim(unit, compare(unit.text, unit.passage, self._brief))
                    count += 1

    def _left_of(self, passage: Passage) -> list[Unit]:
        """What of a passage has not been quoted yet, in stretches of whole sentences."""
        used = self._used.get(passage.id, [])
        free = [
            (start, end)
            for start, end in quote_spans(passage.quote)
            if not any(start < used_end and used_start < end for used_start, used_end in used)
        ]
        stretches: list[tuple[int, int]] = []
        for start, end in free:
            is_next = stretches and not passage.quote[stretches[-1][1] : start].strip()
            if is_next and end - stretches[-1][0] <= _MAX_CLAIM_CHARACTERS:
                stretches[-1] = (stretches[-1][0], end)
            else:
                stretches.append((start, end))
        return [
            unit_of(passage, start, end, passage.relevance)
            for start, end in stretches
            if substance(passage.quote[start:end]) >= (0.6 if used else 0.3)
            and not (used and is_dangling(passage.quote[start:end]))
        ]

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

    def _was_said(self, unit: Unit) -> bool:
        return any(unit.text in said.text or overlap(unit.terms, said.terms) >= REDUNDANT for said in self._said)

    # --- what is missing -------------------------------------------------------------------------------------------

    def _gaps(self) -> Iterable[Gap]:
        for episode in self._brief.episodes:
            passages = self._of(episode.subquestion.id)
            if any(passage.relevance >= ANSWERING for passage in passages):
                continue
            yield Gap(
                question=episode.subquestion.text,
                queries=tuple(dict.fromkeys(search.query for search in episode.searches)),
                sources_read=len(episode.read),
                reason=_gap_reason(episode, has_passages=bool(passages)),
            )

    def _of(self, subquestion_id: SubQuestionId) -> list[Passage]:
        return [passage for passage in self._passages if passage.subquestion_id == subquestion_id]


def _gap_reason(episode: Episode, *, has_passages: bool) -> str:
    if has_passages:
        return "Only passages near the question were found; none of them clearly answers it."
    if not episode.searches:
        return "It was not searched for."
    if not any(search.results for search in episode.searches):
        return "No document has these words."
    if not episode.read:
        return "The documents that might say something could not be read." if episode.failed else "Nothing was read."
    return "Nothing relevant was found in what was read."
