"""What a question asks for: the kind of answer, the words that say what it is about, the names in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.agent.extractive.instructions import without_instruction
from engine.agent.extractive.kinds import AnswerKind, hints_of, kind_of
from engine.agent.extractive.words import UNSPACED_QUESTION_WORDS, joined_verbs, weak_terms
from engine.agent.typed import without_addresses
from engine.agent.wide import WideQuestion, wide_question
from engine.reading.stop_words import stop_terms
from engine.reading.terms import term_groups, terms

_MAX_QUESTION_CHARACTERS = 2_000
_MAX_WORDS = 40
_CACHED_QUESTIONS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the question that an answer may be found by."""

    text: str
    terms: tuple[str, ...]
    """The word as a whole first, then its parts."""
    is_weak: bool = False
    """Whether it says what is wanted rather than what it is about."""
    is_name: bool = False
    """Whether it is a name, an identifier or quoted: something an answer cannot be silent about."""
    is_aspect: bool = False
    """Whether it is the head of a column of a table that is asked for: a text gives the value without it."""
    is_unspaced: bool = False
    """Whether the terms are pairs of characters of a script without spaces, words or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question as far as it can be understood without understanding."""

    text: str
    kind: AnswerKind
    words: tuple[Word, ...]
    subject: str = ""
    """What a definition is wanted of, or what the question is about; may be empty."""
    thing: str = ""
    """The kind of thing asked for: ``command`` in "Which command …?"; may be empty."""
    is_topic: bool = False
    """Whether it is a few words and no question at all."""
    hints: frozenset[str] = frozenset()
    """Terms that answers to such questions often have and the question has not."""
    wants_code: bool = False
    """Whether commands or a piece of a program may be part of the answer."""


_SUBJECTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^what(?:'s| is| are| was| were) (?:an? |the )?(?:meaning|definition|purpose|point|role|use) of (?:an? "
        r"|the )?(?P<subject>.+)$",
        r"^what(?:'s| is| are| was| were) (?:an? |the )?(?P<subject>[^?]+)$",
        r"^what does (?:an? |the )?(?P<subject>.+?) (?:mean|stand for|do)\b",
        r"^(?:define|explain|describe) (?:an? |the )?(?P<subject>.+)$",
        r"^was (?:ist|sind) (?:eine? |der |die |das )?(?P<subject>.+)$",
        r"^qu['’]est[- ]ce que? (?:c['’]est que )?(?:l[ea]s? |une? |l['’])?(?P<subject>.+)$",
        r"^qué es (?:el |la |un |una )?(?P<subject>.+)$",
        r"^(?P<subject>.+?)(?:是什么|是什麼|とは|무엇)",
        r"^что такое (?P<subject>.+)$",
        r"^ما ه[وي] (?P<subject>.+)$",
        r"^who (?!is\b|was\b|are\b|were\b)\w+ (?:an? |the )?(?P<subject>[^?]+)$",
        r"^(?:who|when|where|why|how) (?:is|are|was|were|does|do|did|can|should) (?:an? |the )?(?P<subject>[^?]+?)"
        r" (?:work|works|introduced|created|released|invented|written|born|founded|published|added|used|stored|located"
        r"|defined|called|configured|differ|compare)\b",
    )
)

_QUESTION_START = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|has|have"
    r"|had|may|must|list|name|define|describe|explain|compare|tell|show|give|find)\b",
    re.IGNORECASE,
)
_GERMAN = re.compile(r"\b(?:der|die|das|ist|sind|wie|wann|wer|wird|und|ein|eine|den|dem|kann)\b")
_QUOTED = re.compile(r"[\"“”«»„`]([^\"“”«»„`]{2,80})[\"“”«»„`]|(?<!\w)'([^']{2,80})'(?!\w)")
_WRITTEN_WORD = re.compile(r"[^\s,;!?()\[\]{}<>\"“”«»„`،؛؟。，、！？：；]+(?:\(\))?")
_IDENTIFIER = re.compile(r"\w_\w|\w::\w|\w\.\w|\d[a-z]|[a-z]\d|[a-z][A-Z]|\w=\w|^-{1,2}\w|\w\(\)|\+\+$|#$")

_ASKS_FOR_CODE = re.compile(
    r"\b(?:examples?|commands?|code|syntax|snippets?|scripts?|quer(?:y|ies)|how|write|beispiele?|exemples?|ejemplos?)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=_CACHED_QUESTIONS)
def analyse(question: str) -> Question:
    """Return what a question asks for; any text is a question, at worst one without words."""
    text = " ".join(question[:_MAX_QUESTION_CHARACTERS].split())
    text = without_addresses(text) or text
    kind, thing = kind_of(text)
    subject = _subject(text)
    asked = without_instruction(text)
    words = _with_aspects(_words(asked) or _words(text), wide_question(text))
    is_topic = (
        asked == text
        and not text.endswith(("?", "？", "؟"))
        and not _QUESTION_START.match(text)
        and len(text.split()) <= 6
    )
    if is_topic and kind is AnswerKind.STATEMENT:
        kind = AnswerKind.DEFINITION
    elif kind is AnswerKind.LIST and any(word.is_aspect for word in words):
        kind = AnswerKind.STATEMENT  # each row of the list is an answer
    return Question(
        text=text,
        kind=kind,
        words=words,
        subject=subject or (text if is_topic else ""),
        thing=thing,
        is_topic=is_topic,
        hints=hints_of(text, kind),
        wants_code=kind in (AnswerKind.STEPS, AnswerKind.TERM) or _ASKS_FOR_CODE.search(text) is not None,
    )


def _subject(text: str) -> str:
    for pattern in _SUBJECTS:
        if match := pattern.search(text.rstrip(" ?？؟.!")):
            return match["subject"].strip(" \"'“”")
    return ""


def _words(text: str) -> tuple[Word, ...]:
    quoted = {word for match in _QUOTED.finditer(text) for word in (match[1] or match[2]).split()}
    capitals_name = not _GERMAN.search(text) and not _is_title_case(text)
    found: dict[str, Word] = {}
    for position, match in enumerate(_WRITTEN_WORD.finditer(_without_question_words(joined_verbs(text)))):
        written = match[0].strip("'’.:*") or match[0]
        is_name = (
            written in quoted
            or bool(_IDENTIFIER.search(written))
            or (len(written) > 1 and written.isupper() and not text.isupper())
            or (position > 0 and capitals_name and len(written) > 1 and written[:1].isupper())
        )
        for group in term_groups(written):
            if group[0] in found or len(found) >= _MAX_WORDS:
                continue
            if all(term in stop_terms() for term in group) and not (
                written in quoted or (len(written) > 1 and written.isupper() and not text.isupper())
            ):
                continue
            found[group[0]] = Word(
                text=written,
                terms=group,
                is_weak=group[0] in weak_terms() and not is_name,
                is_name=is_name,
                is_unspaced=_is_unspaced(written, group),
            )
    return tuple(found.values())


def _with_aspects(words: tuple[Word, ...], wide: WideQuestion | None) -> tuple[Word, ...]:
    """The words with those marked that only say what a table is to hold of each thing."""
    if wide is None:
        return words
    things = set(terms(" ".join((wide.things, *wide.named))))
    columns = set(terms(" ".join(wide.columns[1:]))) - things
    marked = tuple(replace(word, is_aspect=True) if word.terms[0] in columns else word for word in words)
    return words if all(word.is_aspect for word in marked) else marked


def _is_title_case(text: str) -> bool:
    words = [word for word in text.split() if word[:1].isalpha()]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.8 * len(words)


def _without_question_words(text: str) -> str:
    if text.isascii():
        return text
    for word in UNSPACED_QUESTION_WORDS:
        text = text.replace(word, " ")
    return text


def _is_unspaced(written: str, group: tuple[str, ...]) -> bool:
    return not written.isascii() and len(group[0]) <= 2 and len(group) >= len(written) - 1 and not written[0].isupper()
