"""Whether a sentence says anything: a statement in words, not a title, a menu, a piece of code or of a sentence."""

from __future__ import annotations

import re

from engine.agent.extractive.definitions import is_name_line
from engine.agent.extractive.words import BOILERPLATE, DANGLING_STARTS
from engine.reading.lines import is_code as is_code_line
from engine.reading.lines import is_drawn

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
_REFERS_ON = re.compile(
    r"\b(?:see|refer to|siehe|voir) (?:also )?(?:Table|Section|Chapter|Figure|Appendix|Tabelle|Kapitel|Abschnitt)\b"
)
_LATE_REFERENCE = re.compile(
    r"^(?:in|on|at|for|with|under|by|to|as|usually|normally|typically|generally|often|in fact)\b[^.,;:]{0,50}, "
    r"(?:this|these|those|that|it|they) (?:is|are|was|were|can|will|may|might|has|have|does|do|should|must)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 12
_CODE_START = re.compile(r"^(?:>>>|\$ |\+ |[-+*!] \[|# |%|//|/\*|[-=*+_]{3,})")
_PROMPT = re.compile(r"(?:>>>|\$|%|#|[\w-]+[=-][#>]) \S")
_FRAGMENT = re.compile(r"[\W_]*[a-z]+[\s,)'’]")
_CUT_OFF = re.compile(
    r"[\W_]*(?:(?:and|or|but|which|that|to|of|with|then|than|is|are|was|were|will|can|by|from|for|as|because|so|while)\s"
    r"|[a-z]{2,}(?:ed|es|ts|s|ing)\s(?:a|an|the|to|and|by|in|on|into|with|it|its|all|new)\s)"
)
_LONG = ((450, 0.85), (700, 0.7))
_SENTENCE_END = re.compile(r"[.!?:;。！？؟।…][\"'”’»)\]]*$")
_SYMBOLS = re.compile(r"[{}<>;=\\|$#@\[\]()*&^~_/]")
_VERBISH = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|can|could|will|would|may|might|must|should|shall"
    r"|cannot|\w+(?:ed|es|s)"
    r"|ist|sind|war|wird|werden|hat|kann|muss|est|sont|était|peut|es|son|era|puede|è|sono)\b",
    re.IGNORECASE,
)


def is_dangling(sentence: str) -> bool:
    """Whether a sentence leans on the one before it."""
    first = _FIRST_WORD.search(sentence)
    return first is not None and first[0].casefold() in DANGLING_STARTS and first.start() <= 2


def leans_back(sentence: str) -> bool:
    """Whether a sentence is clearer with the one before it: it dangles, speaks of "this release" or "this"."""
    if _LATE_REFERENCE.match(sentence):
        return True
    return is_dangling(sentence) or _BACK_REFERENCE.search(sentence, 0, 80) is not None


def refers_on(sentence: str) -> bool:
    """Whether a sentence says little but where something is to be found: "For lock modes, see Table 13.2."."""
    return _REFERS_ON.search(sentence) is not None and len(_WORD.findall(sentence)) < _FEW_WORDS


def is_question(sentence: str) -> bool:
    """Whether a sentence asks instead of tells."""
    return bool(_QUESTION_END.search(sentence))


def substance(sentence: str) -> float:
    """Return how far a sentence is a statement in words rather than a title, a menu, symbols or boilerplate, 0 to 1."""
    if is_name_line(sentence):
        return 0.95
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
        value *= 0.5 if _CUT_OFF.match(sentence) else 0.75
    for characters, factor in _LONG:
        if len(sentence) > characters:
            value *= factor
    if sentence[0] == "(":
        value *= 0.8
    symbols = len(_SYMBOLS.findall(sentence))
    digits = sum(character.isdigit() for character in sentence)
    if symbols > 0.12 * len(sentence) or (digits > 25 and digits > 0.2 * len(sentence)):
        value *= 0.6
    if sentence.isascii() and words >= 3 and not _VERBISH.search(sentence):
        value *= 0.7
    if is_question(sentence):
        value *= 0.5
    if refers_on(sentence) or (_REFERRAL.match(sentence) and words < 25) or _CODE_START.match(sentence):
        value *= 0.5
    return value


def is_code(lines: str) -> bool:
    """Whether lines that stand together are a program, a session in a shell, a drawing."""
    found = [line for line in lines.split("\n") if line.strip()]
    if not found:
        return False
    if any(line[0] in " \t" for line in found) or _CODE_START.match(found[0]):
        return True
    return sum(is_code_line(line) or is_drawn(line) for line in found) * 2 >= len(found)


def is_prompt(line: str) -> bool:
    """Whether a line was typed into a shell or an interpreter."""
    return _PROMPT.match(line) is not None
