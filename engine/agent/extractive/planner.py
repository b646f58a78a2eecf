"""The planner without a language model: divides a question by its wording and proposes search queries."""

from __future__ import annotations

from engine.agent.extractive.division import divided
from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import analyse
from engine.agent.roles import PlanProposal
from engine.domain import Plan, SubQuestion, SubQuestionId
from engine.reading.ranking import TermStatistics

_MAX_QUESTION_CHARACTERS = 2_000
_QUERY_WORDS = 12
_MORE_WORDS = {
    AnswerKind.NUMBER: "maximum limit number",
    AnswerKind.DATE: "since introduced version",
    AnswerKind.NAME: "author",
    AnswerKind.PLACE: "location directory",
    AnswerKind.DEFINITION: "glossary definition",
    AnswerKind.STEPS: "",
    AnswerKind.REASON: "reason",
    AnswerKind.ADVICE: "avoid recommended instead",
    AnswerKind.COMPARISON: "difference",
    AnswerKind.DEFAULT: "default",
    AnswerKind.YES_NO: "",
    AnswerKind.LIST: "list",
    AnswerKind.TERM: "reference",
    AnswerKind.STATEMENT: "",
}


class ExtractivePlanner:
    """Divides compound questions, comparisons and broad topics; leaves every other question whole."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def plan(self, question: str, *, max_subquestions: int) -> PlanProposal:
        """Return a plan of at least one sub-question, numbered from 1."""
        text = " ".join(question[:_MAX_QUESTION_CHARACTERS].split())
        texts, reason = divided(text, limit=max(1, max_subquestions))
        subquestions = tuple(
            SubQuestion(id=SubQuestionId(number), text=part, queries=self._queries(part))
            for number, part in enumerate(texts, start=1)
        )
        return PlanProposal(plan=Plan(subquestions=subquestions), reason=reason)

    def _queries(self, text: str) -> tuple[str, ...]:
        """The telling words; without the weakest; with words of the answer; most promising first."""
        question = analyse(text)
        keys = keys_for(question, self._statistics)
        words = [word.text for word in question.words][:_QUERY_WORDS]
        if not words:
            return (text,) if text else ()
        weights = {key.word: key.weight for key in keys}
        strong = sorted(
            (word.text for word in question.words if not word.is_weak), key=lambda word: -weights.get(word, 1.0)
        )
        tellings = strong[: max(2, (2 * len(strong) + 2) // 3)]
        more = f"{_MORE_WORDS[question.kind]} {question.thing}".split()
        variants = (
            words,
            [*(strong or words), *(word for word in more if word not in words)],
            [word for word in words if word in tellings],
            strong[:2],
            strong[:1],
        )
        return tuple(dict.fromkeys(" ".join(variant) for variant in variants if variant))
