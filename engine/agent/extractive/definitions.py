"""Whether a sentence says what something is or does: "X is a …", "X - Does …", "the … called X"."""

from __future__ import annotations

import re

_DEFINING_LEAD = re.compile(
    r"[\s\"'“‘(*]*(?:(?:the|an?|in \w+(?: \w+)?,(?: the| an?)?|der|die|das|eine?|la|le|les|el|los|un"
    r"|une)\s)?[\"'“‘(*\s]*"
)
_COPULA = re.compile(
    r"[\"'”’)]*(?:\s*\([^)]{1,40}\))?,?\s+(?:command |statement |function )?(?:is|are|was|were|means|denotes|refers to"
    r"|stands for|consists of|describes|ist|sind|bezeichnet|est|sont|es|son|è)\b"
    r"(?! (?:not|only|also|used|set|required|called|available|the same|always|never|usually)\b)"
)
_ARTICLE = re.compile(r".{0,62}?\b(?:an?|the|one|eine?r?|une?|der|die|das)\b")
_ACTION = re.compile(
    r"[\"'”’)]*(?:\(\))?(?:\s(?:command|function|statement|option|operator|method|module|pragma|keyword|class|tool"
    r"|program|clause|parameter|setting|feature|mode|file|object))?\s(?:\w+ly\s)?"
    r"(?!is\b|was\b|has\b|does\b|uses\b|as\b|its\b|this\b)[a-z]{3,}s\s"
    r"(?!(?:is|are|was|were|be|have|has|can|will|may|must|should|and|or|of|in|for|do|does)\b)"
)
_CALLED = re.compile(
    r"\b(?:called|known as|named|termed|referred to as|i\.e\.,?|genannt|appelée?)(?: an?| the)?[\s\"'“‘`(*]*$"
)
_ARTICLE_FIRST = re.compile(r"\s*(?:an?|the|one|eine?|une?|der|die|das)\b")
_SPELT_OUT = re.compile(r"\w+(?: \(|, | \([\w ]+, )$")
_INNER_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_NAME_LINE = re.compile(r"(?P<name>[\w.+:()/-]+(?: [\w.+:()/-]+){0,3}) (?:-{1,3}|–|—) (?=\w)")
_ARGUMENTS = re.compile(r"\([^)]*\)?")
_MAX_LABEL_WORDS = 4
_CONDITION = re.compile(
    r"\W*(?:if|when|unless|for|see|note|by default|with|without|after|before|in case|while|wenn|si|cuando)\b",
    re.IGNORECASE,
)
_UNSURE_FACTOR = 0.6
_DASH = re.compile(r"[\"'”’)]*\s*(?:是|とは|—|–|:| - |\()")


def definition_evidence(sentence: str, subject: str) -> float:
    """Return how far a sentence says what the subject is, 0 to 1.

    Of a subject of several words the first may be missing: "WAL mode" for "SQLite WAL mode".
    """
    words = _INNER_HYPHEN.sub(" ", subject.casefold()).split()
    if not words:
        return 0.0
    text = _INNER_HYPHEN.sub(" ", sentence.casefold())
    head = " ".join(words)
    if _is_entry_of(text, head):
        return 1.0
    best = _definition_of(text, head)
    if len(words) > 2:
        best = max(best, 0.9 * _definition_of(text, " ".join(words[1:])))
    return best * _UNSURE_FACTOR if _CONDITION.match(sentence) else best


def is_name_line(sentence: str) -> bool:
    """Whether a sentence is the line of a manual that names a thing and says what it does: ``ls - list files``."""
    return _NAME_LINE.match(sentence) is not None


def _is_entry_of(lower: str, head: str) -> bool:
    """Whether a sentence is the subject's entry in a list of descriptions, or its line in a manual."""
    label, colon, said = lower.partition(": ")
    if colon and said.strip() and ", " not in _ARGUMENTS.sub("", label):
        called = _ARGUMENTS.sub("", label).split()
        if 0 < len(called) <= _MAX_LABEL_WORDS and " ".join(called[-len(head.split()) :]) == head.removesuffix("()"):
            return True
    match = _NAME_LINE.match(lower)
    return match is not None and match["name"].strip() == head


def _definition_of(lower: str, head: str) -> float:
    position = lower.find(head)
    if position < 0:
        return 0.0
    after = lower[position + len(head) : position + len(head) + 60]
    lead = lower[:position]
    leads = _DEFINING_LEAD.fullmatch(lead) is not None
    copula = _COPULA.match(after)
    if copula and leads:
        return 1.0 if _ARTICLE.match(after) else 0.85
    if _ACTION.match(after) and leads:
        return 0.9
    if (match := _DASH.match(after)) and leads:
        return 0.95 if _ARTICLE_FIRST.match(after, match.end()) else 0.8
    if _SPELT_OUT.search(lead) and after[:1] in (")", ""):
        return 0.9
    if _CALLED.search(lead):
        return 0.85
    if copula:
        return 0.5
    return 0.45 if leads else 0.15
