"""Names that sentences give the things of a kind: in an enumeration that says of which kind they are, or as subjects.

"Several index types: B-tree, Hash and GiST", "X, Y and Z are herons", "The grey heron has …". What is not certain is
no name: one bad item makes an enumeration none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.agent.extractive.table_kind import KINDS, can_name, head_noun, is_compound, is_of_kind, kind_words
from engine.agent.wide import WideQuestion
from engine.agent.wide_forms import tongue_of
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

_LEAST_NAMES = 2
_MOST_NAMES = 60
_MAX_NAME_WORDS = 4
_MAX_SENTENCE_CHARACTERS = 1_500
_JOINT = re.compile(
    r"\s*(?:[,;]\s*(?:(?:and|or|und|oder|sowie|et|ou|y|o|e)\s+)?|\s(?:and|or|und|oder|sowie|et|y|e|as well as)\s)\s*"
)
_ARTICLE = re.compile(r"(?:the|an?|both|der|die|das|les?|la|el|l[oa]s|il|gli)\s+", re.IGNORECASE)
_AFTER_KIND = (
    r"(?:\s+(?:are|is|be|include|includes|supported|available|provided|exist|used|as|namely|such|like|the|of|following"
    r"|in\s+[A-Z]\w+|sind|gibt|es|werden|unterstützt|verfügbar))*"
)
_JOINED_TO_KIND = r"(?:,?\s+(?:are|include|including|such\s+as|namely|i\.\s?e\.,?|sind|umfassen|wie))\s+"
_REST = re.compile(r"\s+(?:which|that|who|each|all of|whose|in order|depending|die|welche)\b|\s[–—]\s|\.\s|\.$|[.!]$")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_NAME_LIKE = re.compile(r"[A-ZÄÖÜ\d]|\w+[_.]\w|\w+\(\)")
_SUBJECT_VERB = r"(?:is|are|was|were|has|have|had|can|(?!species)[a-z]{2,}[^su\W]s|misst|wiegt|hat|ist|erreicht|wird)\b"
_NO_MODIFIER = frozenset(
    "same other another second third last next one two three single adult young male female juvenile average typical "
    "new old modern whole entire only little such resulting given following".split()
)
_SUPERLATIVE = re.compile(r"\w+est$")


def names_in(sentence: str, wide: WideQuestion, *, over: str, context: str) -> tuple[str, ...]:
    """Return the names of an enumeration in a sentence that says of which kind they are; none where it is unclear.

    Args:
        sentence: word for word; so are the names.
        wide: of which kind they are to be.
        over: the headings over the sentence.
        context: what is known of its collection.
    """
    kind = spoken_kind(wide)
    if not kind or len(sentence) > _MAX_SENTENCE_CHARACTERS:
        return ()
    if not is_of_kind(f"{sentence} {over}", wide, context=context):
        return ()
    for listed, needs_names in _enumerations(sentence, kind, _modifiers(wide)):
        names = _names(listed, wide, needs_names=needs_names)
        if len(names) >= _LEAST_NAMES:
            return names
    return ()


def _enumerations(sentence: str, kind: str, modifiers: str) -> Iterator[tuple[str, bool]]:
    """What may be an enumeration, and whether its items have to look like names: adjectives may stand there."""
    for match in re.finditer(rf"\b{kind}{_AFTER_KIND}\s*:\s+(?P<listed>\S.*)$", sentence, re.IGNORECASE | re.DOTALL):
        yield match["listed"], False
    for match in re.finditer(rf"\b{kind}{_JOINED_TO_KIND}(?P<listed>\S.*)$", sentence, re.IGNORECASE | re.DOTALL):
        yield match["listed"], True
    are = rf"(?P<listed>\S.*?),?\s+(?:are|sind)\s+(?:all\s+|the\s+|both\s+|die\s+)*(?:\w+\s+)?{modifiers}{kind}\b"
    if found := re.match(are, sentence, re.IGNORECASE | re.DOTALL):
        yield found["listed"], True
    for match in re.finditer(rf"\b(?:the|only)\s+(?P<listed>[^:;()]*?)\s+{modifiers}{kind}\b", sentence, re.IGNORECASE):
        yield re.split(r"\b(?:the|only)\s+(?=\S+[,\s])", match["listed"])[-1], True


def _names(listed: str, wide: WideQuestion, *, needs_names: bool) -> tuple[str, ...]:
    """The items of an enumeration, up to where the sentence goes on; none where one of them is no name."""
    bare = _BRACKETS.sub("", listed)
    if rest := _REST.search(bare):
        bare = bare[: rest.start()]
    pieces = [piece.strip(" \n\t.\"'“”„«»`") for piece in _JOINT.split(" ".join(bare.split()))]
    found: dict[str, None] = {}
    for piece in [piece for piece in pieces if piece][:_MOST_NAMES]:
        article = _ARTICLE.match(piece)
        name = piece[article.end() :] if article else piece
        if not _is_name(name, wide) or (needs_names and not (_is_like_a_name(name) or _has_kind(name, wide))):
            return ()
        if name in listed:
            found[name] = None
    whole = [_has_kind(name, wide) for name in found]
    return () if any(whole) and not all(whole) else tuple(found)  # of "grey and purple herons" one is half a name


def _is_name(name: str, wide: WideQuestion) -> bool:
    words = [word.casefold() for word in name.split()]
    if not 0 < len(words) <= _MAX_NAME_WORDS or not can_name(name, wide) or not any(map(str.isalnum, name)):
        return False
    return tongue_of(wide.language).never.isdisjoint(words) and not all(term in stop_terms() for term in terms(name))


def _is_like_a_name(text: str) -> bool:
    return all(_NAME_LIKE.match(word) for word in text.split())


def _has_kind(name: str, wide: WideQuestion) -> bool:
    return head_noun(wide) in terms(name) and len(name.split()) > 1


def spoken_kind(wide: WideQuestion) -> str:
    """Return the pattern of the noun for a kind, in either number, and "types of index" for "index types"."""
    words = kind_words(wide)
    if not words or wide.language in ("fr", "es", "it"):
        words = words[:1]
    if len(words) < 2 or words[-1] not in KINDS:
        return "".join(_either_number(word) for word in words[-1:])
    of_what, kind = re.escape(words[-2].removesuffix("s")), _either_number(words[-1])
    return rf"(?:{of_what}e?s?\s+{kind}|{kind}\s+of\s+(?:\w+\s+)?{of_what}(?:e?s)?)"


def is_table_of_kind(over: str, wide: WideQuestion, *, context: str) -> bool:
    """Whether the words over a table say that its rows are of the kind: of "numeric types" both words together.

    Args:
        over: title, headings, caption and the header of its first column.
        wide: what the table is of.
        context: what is known of the collection.
    """
    if not is_of_kind(over, wide, context=context):
        return False
    words = kind_words(wide)
    return words[-1] not in KINDS or re.search(rf"\b{spoken_kind(wide)}\b", over, re.IGNORECASE) is not None


def _modifiers(wide: WideQuestion) -> str:
    """The pattern of the words of a kind that stand before its noun; none of them need to."""
    words = kind_words(wide)
    before = words[: -2 if words[-1:] and words[-1] in KINDS else -1]
    return "".join(rf"(?:{re.escape(word)}\s+)?" for word in before)


def _either_number(word: str) -> str:
    if word.endswith(("ies", "y")):
        return f"{re.escape(word.removesuffix('ies').removesuffix('y'))}(?:y|ies)"
    return f"{re.escape(word.removesuffix('s'))}s?"


def subjects_in(sentence: str, wide: WideQuestion) -> Iterable[str]:
    """Yield what a sentence speaks of that is one of the kind: "grey heron" of "The grey heron weighs …".

    Only of kinds that are one word: before "function" stands too much that is no name.
    """
    words = kind_words(wide)
    if len(words) != 1 or words[0] in KINDS or wide.language not in ("en", "de"):
        return
    kind = _either_number(words[0])
    if wide.language == "de":
        for match in re.finditer(
            rf"(?:^|,\s)(?:Der|Die|Das|der|die|das|Ein|Eine)\s+(?P<name>[\w-]+)\s+{_SUBJECT_VERB}", sentence
        ):
            if is_compound(match["name"], wide):
                yield match["name"]
        return
    pattern = rf"(?:^|,\s)(?:(?:the|an?)\s+)?(?P<name>(?:[\w'’-]+\s+){{1,3}}{kind})\s+(?:\([^)]*\)\s+)?{_SUBJECT_VERB}"
    for match in re.finditer(pattern, sentence, re.IGNORECASE):
        modifiers = [word.casefold() for word in match["name"].split()[:-1]]
        is_plain = any(
            word in _NO_MODIFIER or _SUPERLATIVE.match(word) or all(term in stop_terms() for term in terms(word))
            for word in modifiers
        )
        if not is_plain and _is_name(match["name"], wide):
            yield match["name"]
