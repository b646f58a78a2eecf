"""The planner without a language model: divides a question by its wording and proposes search queries."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import Question, analyse
from engine.agent.roles import PlanProposal
from engine.domain import Plan, SubQuestion, SubQuestionId
from engine.reading.ranking import TermStatistics

_MAX_QUESTION_CHARACTERS = 2_000
_QUERY_WORDS = 12
_QUESTION_WORD = (
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|should|will|would|has|have)"
)
_PART_BORDER = re.compile(
    rf"(?<=[?？؟])\s+|;\s+|,?\s+(?:and|or|but)(?: also)?,?\s+(?={_QUESTION_WORD}\s+\w)"
    r"|,?\s+und\s+(?=(?:was|wer|wann|wo|warum|wie|welche[rsnm]?)\s)|,?\s+et\s+(?=(?:quand|comment|pourquoi|qui|où)\s)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?P<owned>its|their)\b|\b(?:it|they|them|this|that(?= (?:work|compare|differ|mean)))\b", re.I
)
_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\bdifferences? between (?P<one>.+?) and (?P<other>[^?,;]+)",
        r"\bcompar(?:e|ing|ison of) (?P<one>.+?) (?:and|with|to|against) "
        r"(?P<other>[^?,;]+)",
        r"\bhow (?:does|do|is|are) (?P<one>.+?) (?:compare (?:to|with)|differ from|different from) "
        r"(?P<other>[^?,;]+)",
        r"\bhow (?:do|are) (?P<one>.+?) and (?P<other>.+?) (?:compare|differ|different)\b",
        r"^(?:what is |is |are )?(?P<one>\S+(?: \S+){0,3}?) (?:vs\.?|versus) "
        r"(?P<other>[^?,;]+)",
        r"^(?:is|are) (?P<one>.+?) (?:better|faster|slower|safer|smaller|larger) than (?P<other>[^?,;]+)",
        r"\bunterschied(?:e)? zwischen (?:der |dem |den )?(?P<one>.+?) und (?:der |dem |den )?(?P<other>[^?,;]+)",
    )
)
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
_FACETS = ("What is {topic}?", "How does {topic} work?", "How is {topic} used?", "What are the limits of {topic}?")


_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)
_FACETS_OF_MANY = (
    "What are {topic}?",
    "How do {topic} work?",
    "How are {topic} used?",
    "What are the limits of {topic}?",
)


class ExtractivePlanner:
    """Divides compound questions, comparisons and broad topics; leaves every other question whole."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def plan(self, question: str, *, max_subquestions: int) -> PlanProposal:
        """Return a plan of at least one sub-question, numbered from 1."""
        text = " ".join(question[:_MAX_QUESTION_CHARACTERS].split())
        texts, reason = _divided(text, limit=max(1, max_subquestions))
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


def _divided(text: str, *, limit: int) -> tuple[Sequence[str], str]:
    if limit == 1:
        return [text], "One question, researched as it stands."
    parts = [part.strip(" ,;") for part in _PART_BORDER.split(text)]
    parts = [part for part in parts if analyse(part).words or len(parts) == 1]
    if len(parts) > 1:
        return _with_referents(parts)[:limit], "The question asks for several things; each is researched on its own."
    if sides := _sides(text):
        return [text, *sides][:limit], "A comparison: the question itself, then each side."
    question = analyse(text)
    if question.is_topic and question.words and text.isascii():
        topics = [part for part in re.split(r"\s*(?:,|;|\band\b|&)\s*", text.rstrip(".")) if analyse(part).words]
        if len(topics) > 1:
            return topics[:limit], "Several topics; each is researched on its own."
        if limit >= 3:
            return _facets(topics[0])[:limit], "A topic without a question: its main aspects."
    return [text], "A single question."


def _facets(topic: str) -> list[str]:
    return [facet.format(topic=topic) for facet in (_FACETS_OF_MANY if _is_plural(topic) else _FACETS)]


def _verb_for(topic: str) -> str:
    return "are" if _is_plural(topic) and not _ARTICLE.match(topic) else "is"


def _is_plural(topic: str) -> bool:
    last = topic.casefold().split()[-1]
    return last.isalpha() and last.endswith("s") and not last.endswith(("ss", "us", "is", "as", "os"))


def _sides(text: str) -> list[str]:
    for pattern in _SIDES:
        if match := pattern.search(text):
            one, other = (side.strip(" \"'.?!") for side in (match["one"], match["other"]))
            if one and other and len(one) <= 80 and len(other) <= 80:
                head = _ARTICLE.sub("", other).split()
                if len(_ARTICLE.sub("", one).split()) == 1 and len(head) == 2 and not head[-1][:1].isupper():
                    one = f"{one} {head[-1]}"  # rollback and WAL mode
                return [f"What {_verb_for(side)} {side}?" for side in (one, other)]
    return []


def _with_referents(parts: Sequence[str]) -> list[str]:
    """Put what "it" refers to into the later parts."""
    topic = _topic(analyse(parts[0]))
    found = [_as_question(parts[0])]
    for part in parts[1:]:
        resolved = part
        if topic:
            resolved = _REFERENCE.sub(lambda match: f"{topic}'s" if match["owned"] else topic, part, count=1)
        found.append(_as_question(resolved))
    return found


def _topic(question: Question) -> str:
    """The phrase that later parts of a compound question lean on."""
    if question.subject and len(question.subject.split()) <= 6:
        subject = question.subject
        if match := re.search(r"\b(?:of|for|in) (?:an? |the )?(.+)$", subject):
            return match[1]
        return subject
    names = [word.text for word in question.words if word.is_name]
    if names:
        return " ".join(names[:3])
    return " ".join(word.text for word in question.words if not word.is_weak)


def _as_question(part: str) -> str:
    if not part:
        return part
    ended = part if part[-1] in "?？؟.!" else f"{part}?"
    return ended[0].upper() + ended[1:]
