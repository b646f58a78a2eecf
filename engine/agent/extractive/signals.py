"""What a sentence looks like: whether it can be the kind of answer that is wanted, and whether it says anything."""

from __future__ import annotations

import re

from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import Question
from engine.agent.extractive.words import BOILERPLATE, DANGLING_STARTS
from engine.reading.terms import terms

_NUMBER = re.compile(
    r"(?<![A-Za-z\d_.])[-+]?\d[\d,]*(?:\.\d+)?"
    r"|\bone (?:second|minute|hour|day|week|month|year|byte|page)\b|\b(?:two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand"
    r"|million|billion|trillion|no limit|unlimited|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|deux|trois|quatre"
    r"|cinq|dix|cent|mille)\b|[一二三四五六七八九十百千万亿]{2,}|[٠-٩۰-۹०-९]+",
    re.IGNORECASE,
)
_SIZE_UNIT = re.compile(
    r"\d\s?(?:[kmgtpe]i?b|bytes?|bits?|(?:kilo|mega|giga|tera|peta|exa|gibi|mebi|tebi)bytes?|pages?"
    r"|characters?|rows?|columns?)\b",
    re.IGNORECASE,
)
_TIME_UNIT = re.compile(
    r"(?:\d|\b(?:one|two|three|five|ten|few|several))[\s-]?(?:ms|milliseconds?|s|seconds?|min|minutes?|h|hours?|days?"
    r"|weeks?|months?|years?|centur(?:y|ies)|decades?|jahre?|tage?|stunden?|minuten?)\b",
    re.IGNORECASE,
)
_LENGTH_UNIT = re.compile(
    r"\d\s?(?:mm|cm|m|km|meters?|metres?|kilomet(?:er|re)s?|miles?|feet|ft|inch(?:es)?|yards?|characters?|bytes?"
    r"|hours?|minutes?|days?|years?)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:1[0-9]|20)\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d{4}年|\b(?:january|february|march|april|june|july"
    r"|august|september|october|november|december|januar|februar|märz|juni|juli|oktober|dezember|janvier|février|mars"
    r"|avril|juin|juillet|août|enero|febrero|marzo|abril|junio|julio)\b|[٠-٩]{4}",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\b(?:version|release|since|v)\s*\d+(?:\.\d+)*|\b\d+\.\d+(?:\.\d+)+\b", re.IGNORECASE)
_PERSON = re.compile(r"\b[A-Z][\w'’-]+(?:\s+(?:[A-Z]\.?|[A-Z][\w'’-]+|van|von|de|der|la|bin|al))*\s+[A-Z][\w'’-]+\b")
_CAPITALISED = re.compile(r"(?<![.!?:] )(?<!^)\b[A-Z][a-z][\w'’-]+")
_MADE_BY = re.compile(
    r"\b(?:by|author|authors|founder|inventor|creator|created|wrote|founded|invented|designed|led|started"
    r"|maintained|von|par|por)\b",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?:^|\s)[~./]?/?[\w.-]+/[\w./-]+|\b(?:directory|folder|file|in the \w+ file)\b", re.IGNORECASE)
_IN_PLACE = re.compile(r"\b(?:in|at|on|near|from|to|within|under)\s+(?:the\s+)?[A-Z]\w+")
_REASON = re.compile(
    r"\bbecause\b|\bsince\b|\bso that\b|\bin order to\b|\bdue to\b|\breasons?\b|\btherefore\b|\bas a result\b"
    r"|\bprevents?\b"
    r"|\bavoids\b|\bavoiding\b|\boverhead\b|\bexpensive\b|\bimposes?\b|\bdangerous\b|\brisks?\b|\bleads? to\b"
    r"|\bresults? in\b|\bcauses?\b|\bthus\b|\botherwise\b|\ballows?\b|\bensures?\b|\bweil\b|\bdamit\b"
    r"|\bdeshalb\b|\bdaher\b"
    r"|\bparce que\b|\bporque\b|因为|因為|所以|ため|لأن|поэтому|потому",
    re.IGNORECASE,
)
_COMPARING = re.compile(
    r"\bthan\b|\bwhereas\b|\bwhile\b|\bunlike\b|\bboth\b|\bcompared\b|\bdifferen(?:ce|t|ces|tly)\b|\bhowever\b"
    r"|\binstead\b"
    r"|\bon the other hand\b|\bbut\b|\bsimilar\b|\brather\b|\bwährend\b|\bhingegen\b|\btandis que\b|\bmientras\b",
    re.IGNORECASE,
)
_DEFAULT = re.compile(
    r"\bdefaults?\b|\binitially\b|\bif (?:not|un)(?: ?specified| ?set)?\b|standard|défaut|por defecto|默认"
    r"|預設",
    re.IGNORECASE,
)
_STATES_DEFAULT = re.compile(
    r"\bdefaults? (?:\w+ ){0,5}(?:is|are|was|to|of|has been|became)\b|\b(?:by|the) default\b|\(default|\bdefaults?:"
    r"|\bdefaults to\b|默认|預設|défaut|standard",
    re.IGNORECASE,
)
_CHANGES_DEFAULT = re.compile(
    r"\b(?:change|set|override|alter|modify|adjust|replace)(?:s|d|ed|ing)?\b (?:\w+ ){0,4}defaults?\b", re.IGNORECASE
)
_INSTRUCTION = re.compile(
    r"^(?:first|then|next|finally)?,?\s*(?:use|run|type|enter|call|execute|invoke|set|add|create|open|click"
    r"|select|choose"
    r"|press|install|configure|edit|specify|write|copy|start|go|make|start|issue)\b|\b(?:you can|can be"
    r"|you may|you should"
    r"|you must|simply|use the|using the|by (?:using|running|calling|setting|executing|specifying))\b|^to \w+",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"\b(?:yes|no|not|never|cannot|can't|doesn't|isn't|without|unable|impossible|supports?|supported"
    r"|unsupported|allows?"
    r"|allowed|can|may|must|always|only|is|are|does|nicht|kein|kann|ne|pas|peut|puede)\b|不|可以|لا|нет",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"\b\w+_\w+|\b\w+\(\)|--?[a-z][\w-]+|\b[a-z]+[A-Z]\w+|\b[A-Z]{3,}\b|[\"'`“‘]\w[^\"'`”’]{0,30}[\"'`”’]"
    r"|\b\w+\.\w+\b|\b[a-z]+ [a-z]+ --"
)
_ENUMERATION = re.compile(r":\s*$|,[^,]{2,60},[^,]{2,60}(?:,| and | or )|\b(?:following|include|includes|are:)\b")
_FIRST_WORD = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_QUESTION_END = re.compile(r"[?？؟]['\"”’»)]*$")
_LEADERS = re.compile(r"(?:\.\s?){5,}|…{2,}|\s\d{1,4}$|^\d+(?:\.\d+)+\.?\s")
_BACK_REFERENCE = re.compile(
    r"\b(?:this|these|those|that) (?:release|version|option|function|command|setting|parameter|value|case|mode"
    r"|file|method"
    r"|module|class|table|feature|change|approach|limit|number|name|year|time|date|place|company|person"
    r"|behaviou?r)s?\b",
    re.IGNORECASE,
)
_REFERRAL = re.compile(r"^(?:\W*)(?:see|refer to|read|consult|siehe|voir|véase)\b", re.IGNORECASE)
_CODE_START = re.compile(r"^(?:>>>|\$ |\+ |[-+*!] \[|# |%|//|/\*|[-=*+_]{3,})")
_FRAGMENT = re.compile(r"[\W_]*[a-z]+[\s,)'’]")
_SENTENCE_END = re.compile(r"[.!?:;。！？؟।…][\"'”’»)\]]*$")
_SYMBOLS = re.compile(r"[{}<>;=\\|$#@\[\]()*&^~_/]")
_VERBISH = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|can|could|will|would|may|might|must|should|shall"
    r"|cannot|\w+(?:ed|es|s)"
    r"|ist|sind|war|wird|werden|hat|kann|muss|est|sont|était|peut|es|son|era|puede|è|sono)\b",
    re.IGNORECASE,
)

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
_DASH = re.compile(r"[\"'”’)]*\s*(?:是|とは|—|–|:| - |\()")


def kind_evidence(sentence: str, question: Question) -> float:
    """Return how far a sentence contains what this kind of question wants, 0 to 1."""
    match question.kind:
        case AnswerKind.NUMBER:
            return _number_evidence(sentence, question)
        case AnswerKind.DATE:
            return 1.0 if _DATE.search(sentence) else 0.9 if _VERSION.search(sentence) else 0.0
        case AnswerKind.NAME:
            return _name_evidence(sentence, question)
        case AnswerKind.PLACE:
            return 1.0 if _PATH.search(sentence) else 0.8 if _IN_PLACE.search(sentence) else 0.0
        case AnswerKind.REASON:
            return 1.0 if _REASON.search(sentence) else 0.0
        case AnswerKind.COMPARISON:
            return 1.0 if _COMPARING.search(sentence) else 0.0
        case AnswerKind.DEFAULT:
            return _default_evidence(sentence)
        case AnswerKind.STEPS:
            instructs = 0.8 if _INSTRUCTION.search(sentence) else 0.4 if _IDENTIFIER.search(sentence) else 0.0
            return min(1.0, instructs + 0.3 * sentence.endswith((":", "：")))
        case AnswerKind.TERM:
            named = question.thing and re.search(rf"\b{re.escape(question.thing)}", sentence, re.IGNORECASE)
            return 0.6 * bool(_IDENTIFIER.search(sentence)) + 0.4 * bool(named)
        case AnswerKind.LIST:
            return 1.0 if _ENUMERATION.search(sentence) else 0.2
        case AnswerKind.YES_NO:
            return 0.7 if _VERDICT.search(sentence) else 0.0
        case AnswerKind.DEFINITION:
            return definition_evidence(sentence, question.subject)
        case _:
            return 0.5


def _name_evidence(sentence: str, question: Question) -> float:
    """A name that is not the question's own; of several words and near a word of making, it is a person's."""
    asked = {term for word in question.words for term in word.terms}
    others = [match[0] for match in _PERSON.finditer(sentence) if not asked.issuperset(terms(match[0]))]
    is_made = bool(_MADE_BY.search(sentence))
    if others:
        return 1.0 if is_made else 0.6
    singles = [match[0] for match in _CAPITALISED.finditer(sentence) if not asked.issuperset(terms(match[0]))]
    return (0.5 if is_made else 0.2) if singles else 0.0


def _number_evidence(sentence: str, question: Question) -> float:
    numbers = [match for match in _NUMBER.finditer(sentence) if not sentence.startswith(" or more", match.end())]
    asked = question.text.casefold()
    telling = {match[0].casefold().strip() for match in numbers if match[0].casefold().strip() not in asked}
    if telling <= {"0", "1"}:
        return 0.3 if telling else 0.0
    lower = question.text.lower()
    if re.search(r"\bhow (?:large|big)\b|\bsize\b", lower):
        return 1.0 if _SIZE_UNIT.search(sentence) else 0.5
    if re.search(r"\bhow (?:old|fast|often)\b|\btime\b|\bduration\b", lower):
        return 1.0 if _TIME_UNIT.search(sentence) else 0.5
    if re.search(r"\bhow (?:long|far|high|tall|wide|deep)\b|\blength\b|\bheight\b|\bdistance\b", lower):
        return 1.0 if _LENGTH_UNIT.search(sentence) or _TIME_UNIT.search(sentence) else 0.5
    return 0.9


def _default_evidence(sentence: str) -> float:
    if not _DEFAULT.search(sentence):
        return 0.0
    stated = 1.0 if _STATES_DEFAULT.search(sentence) else 0.6
    return 0.5 * stated if _CHANGES_DEFAULT.search(sentence) else stated


def definition_evidence(sentence: str, subject: str) -> float:
    """Return how far a sentence says what the subject is, 0 to 1.

    Of a subject of several words the first may be missing: "WAL mode" for "SQLite WAL mode".
    """
    words = subject.casefold().replace("-", " ").split()
    text = sentence.casefold().replace("-", " ")
    best = _definition_of(text, " ".join(words)) if words else 0.0
    if len(words) > 2:
        best = max(best, 0.9 * _definition_of(text, " ".join(words[1:])))
    return best


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


def is_dangling(sentence: str) -> bool:
    """Whether a sentence leans on the one before it."""
    first = _FIRST_WORD.search(sentence)
    return first is not None and first[0].casefold() in DANGLING_STARTS and first.start() <= 2


def leans_back(sentence: str) -> bool:
    """Whether a sentence is clearer with the one before it: it dangles, or speaks of "this release"."""
    return is_dangling(sentence) or _BACK_REFERENCE.search(sentence, 0, 80) is not None


def is_question(sentence: str) -> bool:
    """Whether a sentence asks instead of tells."""
    return bool(_QUESTION_END.search(sentence))


def substance(sentence: str) -> float:
    """Return how far a sentence is a statement in words rather than a title, a menu, symbols or boilerplate, 0 to 1."""
    words = len(_WORD.findall(sentence))
    if not sentence.isascii():
        words += len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]", sentence)) // 2
    value = 1.0
    if words < 3:
        value *= 0.4
    elif words < 5:
        value *= 0.8
    lower = sentence.casefold()
    if any(phrase in lower for phrase in BOILERPLATE):
        value *= 0.5
    if _LEADERS.search(sentence) and words < 12:
        value *= 0.5
    if not _SENTENCE_END.search(sentence):
        value *= 0.85
    if _FRAGMENT.match(sentence):
        value *= 0.75
    symbols = len(_SYMBOLS.findall(sentence))
    digits = sum(character.isdigit() for character in sentence)
    if symbols > 0.12 * len(sentence) or (digits > 25 and digits > 0.2 * len(sentence)):
        value *= 0.6
    if sentence.isascii() and words >= 3 and not _VERBISH.search(sentence):
        value *= 0.7
    if is_question(sentence):
        value *= 0.5
    if (_REFERRAL.match(sentence) and words < 25) or _CODE_START.match(sentence):
        value *= 0.5
    return value
