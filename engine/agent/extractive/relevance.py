"""How well a span of a document answers a question: the one measure that reader and writer share."""

from __future__ import annotations

import math
import re
from urllib.parse import unquote

from engine.agent.extractive.evidence import is_of_other_end, kind_evidence
from engine.agent.extractive.kinds import VALUE_KINDS, AnswerKind
from engine.agent.extractive.question import Question
from engine.agent.extractive.spans import Span, SpanBuilder
from engine.agent.extractive.substance import is_dangling, substance
from engine.domain import Source
from engine.reading.document import BlockKind
from engine.reading.ranking import Ranking
from engine.reading.terms import term_groups, terms

ANSWERING = 0.5
"""Relevance from which a passage may stand in an answer; below it is only near the question."""
_MIN_COVERAGE = 0.55
"""Share of what is asked about that a span and its surroundings must mention."""
_MIN_TOPIC_COVERAGE = 0.45
"""Of a few words that are no question, half may be enough."""
_MIN_OWN = 0.25
"""Share that the span itself must mention."""
_COMPANY = 0.88
OPENING_CHARACTERS = 1_500
"""How far the beginning of a document reaches."""
_ENTRY_BONUS = 1.15
_UNFINISHED = 0.6
"""For a sentence that announces a list or a piece of code which is not there."""
_OTHER_END = 0.6
"""For a minimum where the maximum is asked for."""
_MIN_REQUIRED_CREDIT = 0.3
_CHANGE_FACTOR = 0.6
_CHANGE_LOG = re.compile(
    r"\brelease[-_ ]?notes?\b|\brelnotes\b|\brelease(?:[-_ ]?log)?[-_ /]v?\d|\brelease \d"
    r"|\bchange[-_ ]?log\b|\bhistory of changes\b"
    r"|\bwhat['’]?s[-_ ]?new\b|/news\b|/NEWS\b|/changes\.\w+$",
    re.IGNORECASE,
)
_ASKS_FOR_CHANGES = re.compile(
    r"\b(?:version|release|chang|new|added|introduc|since|remov|deprecat|fix|bug|histor|upgrad|migrat|compatib|neu|seit"
    r"|änder)|\d+\.\d+",
    re.IGNORECASE,
)
_NEEDS = {
    AnswerKind.NUMBER: 0.65,
    AnswerKind.DATE: 0.65,
    AnswerKind.NAME: 0.65,
    AnswerKind.PLACE: 0.4,
    AnswerKind.DEFAULT: 0.55,
    AnswerKind.DEFINITION: 0.5,
    AnswerKind.TERM: 0.4,
    AnswerKind.REASON: 0.3,
    AnswerKind.ADVICE: 0.4,
    AnswerKind.STEPS: 0.3,
    AnswerKind.COMPARISON: 0.3,
    AnswerKind.LIST: 0.3,
    AnswerKind.YES_NO: 0.3,
    AnswerKind.STATEMENT: 0.0,
}
"""How much of a passage's worth depends on whether it holds the kind of answer that is wanted."""


def context_of(source: Source) -> str:
    """Return what else is known of a source as a whole: its collection and the end of its address."""
    path = unquote(source.address).replace("-", " ").split("/")
    return " ".join([source.site, *path[-3:]])


def in_its_source(relevance: float, question: Question, source: Source) -> float:
    """Return what a span's relevance is worth in its source: less in a list of what was changed once.

    It may still answer, where nothing else does. An entry there tells of a state that is gone, "was treated as
    aborted"; only a question about changes wants it.
    """
    if question.kind is AnswerKind.DATE or _ASKS_FOR_CHANGES.search(question.text):
        return relevance
    if not _CHANGE_LOG.search(f"{source.title} {unquote(source.address)}"):
        return relevance
    return max(_CHANGE_FACTOR * relevance, min(relevance, ANSWERING))


def relevance_of(
    question: Question, ranking: Ranking, builder: SpanBuilder, span: Span, *, opens_document: bool = False
) -> float:
    """Return how well a span answers, 0 to 1; 0 for one that cannot be about the question.

    It opens the document when it stands where that says what it is about.
    """
    credits = ranking.credits(span.first, span.last)
    if any(
        key.is_required and credit < _MIN_REQUIRED_CREDIT for key, credit in zip(ranking.keys, credits, strict=True)
    ):
        return 0.0
    # What a sentence says itself counts more than what those quoted with it say.
    own = max(ranking.own_share(span.core, span.core), _COMPANY * ranking.own_share(span.first, span.last))
    coverage = ranking.coverage(span.first, span.last)
    heading = ranking.heading_share(builder.block(span.core))
    is_under_it = heading >= 0.5 or (question.kind in VALUE_KINDS and ranking.earlier_share(span.first) >= 0.5)
    if coverage < (_MIN_TOPIC_COVERAGE if question.is_topic else _MIN_COVERAGE) or (own < _MIN_OWN and not is_under_it):
        return 0.0
    core = builder.text(span.core)
    text = builder.span_text(span)
    # What a sentence introduces belongs to it; what merely stands beside it hardly does.
    share = 0.9 if core.endswith((":", "：")) else 0.3
    evidence = max(kind_evidence(core, question), share * kind_evidence(text, question) if text != core else 0.0)
    if question.kind is AnswerKind.DEFINITION and builder.opens_section(span.core):
        evidence = max(evidence, 0.7 * heading)
    if question.kind is AnswerKind.DEFINITION and opens_document and ranking.title_share() >= 0.8:
        # The first sentences of a document about something say what it is.
        evidence = min(1.0, max(evidence, 0.6) + 0.2)
    if question.hints:
        has_hint = not question.hints.isdisjoint(terms(text))
        evidence = 0.75 * evidence + 0.25 * has_hint
    need = 0.2 if question.is_topic else _NEEDS.get(question.kind, 0.3)
    value = 0.35 * coverage + 0.3 * own + 0.15 * min(1.0, ranking.bm25(span.core))
    value += 0.2 * (ranking.closeness(span.first, span.last) if len(ranking.keys) > 1 else own)
    if question.is_topic:
        value = 0.35 + 0.65 * value  # a few words are matched by fewer still
    value *= 1 - need + need * evidence
    if _is_entry_of_subject(builder.label(span.core), ranking):
        value *= _ENTRY_BONUS
    if question.kind is AnswerKind.NUMBER and is_of_other_end(core, question):
        value *= _OTHER_END
    form = substance(core)
    value *= math.sqrt(max(form, 0.8) if builder.kind(span.core) is BlockKind.TABLE_ROW else form)
    if builder.is_unfinished(span):
        value *= _UNFINISHED
    if is_dangling(builder.text(span.first)):
        value *= 0.85
    return min(1.0, value)


def _is_entry_of_subject(label: str, ranking: Ranking) -> bool:
    """Whether a list entry is called by the rarest thing that is asked about, and by little else."""
    found = [group for group in term_groups(label)]
    if not found or len(found) > 6:
        return False
    rarest = max(ranking.keys, key=lambda key: key.weight)
    return rarest.credit_in(found[0]) >= 0.9
