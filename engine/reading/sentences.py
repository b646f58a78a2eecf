"""A document cut into sentences: the smallest thing that is ranked, selected and quoted.

Headings and table rows are one sentence each, code is kept in pieces of whole lines; everything else is split at
the punctuation of its script. What is too long to be a sentence is cut where it hurts least.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.reading.document import BlockKind, Document

MAX_SENTENCE_CHARACTERS = 1_000

# A full stop of the Latin kind ends a sentence only before white space; the others need none.
_END = re.compile(
    r"(?P<stop>[.!?…]+)(?P<closing>[\"'”’»)\]]*(?:\[\d{1,3}\])*)(?=\s|\Z)"
    r"|[。！？｡．][」』”’）】。！？]*"
    r"|[؟۔।॥։።၊။។]+[”\"»)]*(?=\s|\Z)"
    r"|\n[^\S\n]*\n"
)
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«]+\Z")
_OPENING = "\"'“‘«([¿¡*"
_IDENTIFIER = re.compile(r"[^\s,;]*[_(\d:/=<]|[a-z]+[A-Z]")
_SECTION_NUMBER = re.compile(r"(?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3})+")
_LINE_OR_SPACE = re.compile(r"\s")

_BEFORE_ANYTHING = frozenset(
    "e.g i.e eg ie vs cf viz approx ca resp incl mr mrs ms mx dr prof st mt sr jr gen col lt sgt capt rev hon dept "
    "z.b d.h u.a bzw vgl ggf evtl sog bspw p.ex mme mlle mgr sra ing".split()
)
_BEFORE_A_NUMBER = frozenset(
    "no nos nr fig figs eq eqs vol pp p ch chap sec sect art abs s v n jan feb mar apr jun jul aug sep sept oct nov "
    "dec tab th nº núm ver version".split()
)
_GERMAN_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A span of a document's text without white space at its ends."""

    number: int
    """From 1 within the document."""
    start: int
    end: int
    block: int
    """Index of the block it stands in."""


def sentences(document: Document) -> tuple[Sentence, ...]:
    """Return the sentences of a document, in order; each lies in one block, and none is empty."""
    found: list[Sentence] = []
    for index, block in enumerate(document.blocks):
        for start, end in _spans(document.text, block.start, block.end, block.kind):
            found.append(Sentence(number=len(found) + 1, start=start, end=end, block=index))
    return tuple(found)


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences of running text."""
    return tuple(_spans(text, 0, len(text), BlockKind.PARAGRAPH))


def _spans(text: str, start: int, end: int, kind: BlockKind) -> Iterator[tuple[int, int]]:
    if kind in (BlockKind.HEADING, BlockKind.TABLE_ROW):
        ends: Iterator[int] = iter(())
    elif kind is BlockKind.CODE:
        ends = iter(())
    else:
        ends = _sentence_ends(text, start, end)
    separators = "\n" if kind is BlockKind.CODE else "\t" if kind is BlockKind.TABLE_ROW else ";,"
    position = start
    for boundary in (*ends, end):
        yield from _bounded(text, position, boundary, separators)
        position = boundary


def _bounded(text: str, start: int, end: int, separators: str) -> Iterator[tuple[int, int]]:
    while end - start > MAX_SENTENCE_CHARACTERS:
        cut = _best_cut(text, start, start + MAX_SENTENCE_CHARACTERS, separators)
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = end - (len(piece) - len(piece.rstrip()))
    if left < right:
        yield left, right


def _best_cut(text: str, start: int, limit: int, separators: str) -> int:
    """The end of the last clause, or else word, in the second half of the stretch; else its limit."""
    half = (start + limit) // 2
    for separator in separators:
        cut = text.rfind(separator, half, limit)
        if cut > 0:
            return cut + 1
    spaces = [match.start() for match in _LINE_OR_SPACE.finditer(text, half, limit)]
    return spaces[-1] if spaces else limit


def _sentence_ends(text: str, start: int, end: int) -> Iterator[int]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match["stop"] is None or _is_end(text, begin, match, end):
            yield match.end()
            begin = match.end()


def _is_end(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether the full stop that was found ends a sentence that began at ``begin``."""
    following = text[match.end() : min(end, match.end() + 40)].lstrip().lstrip(_OPENING)
    if not following:
        return True
    lower = following[0].islower()
    if lower and not _IDENTIFIER.match(following.split(maxsplit=1)[0]):
        return False
    if match["stop"] != "." or match["closing"]:
        return True
    last = _LAST_WORD.search(text, max(begin, match.start() - 40), match.start())
    if last is None:
        return False  # a lone full stop
    return not _is_abbreviation(last[0], following=following, is_first=not text[begin : last.start()].strip())


def _is_abbreviation(word: str, *, following: str, is_first: bool) -> bool:
    folded = word.casefold()
    if folded in _BEFORE_ANYTHING:
        return True
    if folded in _BEFORE_A_NUMBER:
        return following[0].isdigit()
    if len(word) == 1 and word.isalpha() and word.isupper():
        return True  # an initial
    if is_first and _SECTION_NUMBER.fullmatch(word):
        return True  # "11.2.6. BRIN" of a table of contents
    if word.isdecimal():
        # "1. First" of a list, "3. Oktober" of a date.
        return is_first or following.split(maxsplit=1)[0].casefold().rstrip(".,") in _GERMAN_MONTHS
    return is_first and len(word) == 1 and word.isalpha()
