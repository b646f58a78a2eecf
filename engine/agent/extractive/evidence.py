"""What an answer of each kind looks like: whether a sentence has the number, the name, the reason that is wanted."""

from __future__ import annotations

import re

from engine.agent.extractive.definitions import definition_evidence
from engine.agent.extractive.kinds import AnswerKind
from engine.agent.extractive.question import Question
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
    r"\bunlimited\b|\bno limit\b"
    r"|\d\s?(?:[kmgtpe]i?b|bytes?|bits?|(?:kilo|mega|giga|tera|peta|exa|gibi|mebi|tebi)bytes?|pages?"
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
_MOST = re.compile(r"\bmax(?:imum|imal)?\b|\b(?:largest|longest|highest|biggest|greatest)\b", re.IGNORECASE)
_LEAST = re.compile(r"\bmin(?:imum|imal)?\b|\b(?:smallest|shortest|lowest|least)\b(?<!at least)", re.IGNORECASE)
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
_ADVICE = re.compile(
    r"\bshould(?:n['’]t)?\b|\bavoid(?:s|ed)?\b|\bprefer(?:red|able|s)?\b|\brecommend(?:ed|s)?\b|\binstead\b|\bunless\b"
    r"|\b(?:useful|suitable|appropriate|unsuitable|inappropriate|helpful|harmful|dangerous|good|bad)\b"
    r"|\bdo not\b|\bdon['’]t\b|\bnever\b"
    r"|\bonly (?:if|when|use)\b|\bwhen you (?:want|need|have)\b|\bif you (?:want|need|have)\b|\bintended\b"
    r"|\b(?:slower|faster|disadvantages?|advantages?)\b|\bsollte|\bvermeide",
    re.IGNORECASE,
)
_WHILE_DOING = re.compile(r"\b(?:when|while|after|before|if|once)\s+(?:\w+\s+){0,2}\w+ing\b", re.IGNORECASE)
_COMPARING = re.compile(
    r"\bthan\b(?! (?:or equal|zero|one|\d))"
    r"|\bwhereas\b|\bwhile\b|\bunlike\b|\bboth\b|\bcompared\b|\bdifferen(?:ce|t|ces|tly)\b|\bhowever\b"
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
        case AnswerKind.ADVICE:
            return 1.0 if _ADVICE.search(sentence) else 0.0
        case AnswerKind.COMPARISON:
            return 1.0 if _COMPARING.search(sentence) else 0.0
        case AnswerKind.DEFAULT:
            return _default_evidence(sentence)
        case AnswerKind.STEPS:
            if _serves(sentence, question):
                return 1.0
            if _WHILE_DOING.search(sentence):
                return 0.3
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


def _serves(sentence: str, question: Question) -> bool:
    """Whether a sentence says that it serves what somebody wants to do: "to create a signed tag"."""
    words = [word for word in question.words if not word.is_weak]
    if not words:
        return False
    verb, *others = words
    aim = re.search(rf"(?<!used )\bto {re.escape(verb.text)} ((?:\S+\s*){{1,7}})", sentence, re.IGNORECASE)
    if aim is None:
        return False
    found = set(terms(aim[1]))
    return not others or any(other.terms[0] in found for other in others)


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


def is_of_other_end(sentence: str, question: Question) -> bool:
    """Whether a sentence gives the least of what the question asks the most of, or the other way round."""
    for wanted, other in ((_MOST, _LEAST), (_LEAST, _MOST)):
        if wanted.search(question.text) and not other.search(question.text):
            return other.search(sentence) is not None and not wanted.search(sentence)
    return False


def _default_evidence(sentence: str) -> float:
    if not _DEFAULT.search(sentence):
        return 0.0
    stated = 1.0 if _STATES_DEFAULT.search(sentence) else 0.6
    return 0.5 * stated if _CHANGES_DEFAULT.search(sentence) else stated
