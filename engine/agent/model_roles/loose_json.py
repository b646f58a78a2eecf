"""JSON as language models write it when nothing makes them write it properly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

_MAX_DEPTH = 12
_MAX_STARTS = 24
"""Brackets at which a value is looked for."""
_MAX_CALLS = 8
_OPENING = re.compile(r"[{\[]")
_NEXT = re.compile(r"(\s*)(.?)", re.DOTALL)
_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“”", "‘": "’", "`": "`"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_CONSTANTS = {"true": True, "false": False, "null": None, "none": None}


def loose_values(text: str) -> Iterator[object]:
    """Yield the objects and lists in a text, properly written ones first.

    Single and typographic quotes, commas too many or too few, bare words, and missing quotes and brackets at the end
    are understood.
    """
    starts = [found.start() for found in _OPENING.finditer(text)][:_MAX_STARTS]
    end = 0
    for start in starts:
        if start < end:
            continue
        try:
            value, end = json.JSONDecoder(strict=False).raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        yield value
    for start in starts:
        try:
            yield _LooseReader(text, start).value(0)
        except RecursionError:
            continue


def loose_calls(text: str) -> Iterator[tuple[str, object]]:
    """Yield name and arguments of what may be calls written like a function's: ``name(key=[…])``, ``name("…")``."""
    for called in islice(_CALL.finditer(text), _MAX_CALLS):
        try:
            yield called.group(1), _LooseReader(text, called.end()).arguments()
        except RecursionError:
            continue


def loose_value(text: str) -> object | None:
    """Return the first object or list in a text, or None."""
    return next(loose_values(text), None)


class _LooseReader:
    """Reads one value as well as it can."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at

    def value(self, depth: int) -> object:
        """Return the value at the present place.

        Raises:
            RecursionError: it is nested too deeply.
        """
        if depth > _MAX_DEPTH:
            raise RecursionError("nested too deeply")
        self._skip()
        match self._peek():
            case "{":
                self._at += 1
                return self._object(depth)
            case "[":
                return self._list(depth)
            case letter if letter in _QUOTES and letter:
                return self._string()
            case _:
                return self._word(",]})\n")

    def arguments(self) -> object:
        """Return what stands between the brackets of a call, the first of which was just passed.

        Raises:
            RecursionError: it is nested too deeply.
        """
        self._skip()
        if self._peek() in ("[", "{") or self._peek() in _QUOTES:
            return self.value(0)
        return self._object(0, closing=")")

    def _object(self, depth: int, *, closing: str = "}") -> dict[str, object]:
        found: dict[str, object] = {}
        while True:
            self._skip(",")
            letter = self._peek()
            if letter == closing:
                self._at += 1
                return found
            if letter in ("", "]"):
                return found
            before = self._at
            key = self._string() if letter in _QUOTES else str(self._word(":=,}])"))
            self._skip()
            if self._peek() in (":", "="):
                self._at += 1
                found[str(key)] = self.value(depth + 1)
            elif self._at == before:
                self._at += 1

    def _list(self, depth: int) -> list[object]:
        self._at += 1
        found: list[object] = []
        while True:
            self._skip(",")
            letter = self._peek()
            if letter == "]":
                self._at += 1
                return found
            if letter in ("", "}"):
                return found
            before = self._at
            found.append(self.value(depth + 1))
            if self._at == before:
                self._at += 1

    def _string(self) -> str:
        closing = _QUOTES[self._text[self._at]]
        self._at += 1
        letters: list[str] = []
        while letter := self._peek():
            self._at += 1
            if letter == "\\":
                letters.append(self._escaped())
            elif letter in closing and self._is_end():
                break
            else:
                letters.append(letter)
        return "".join(letters)

    def _escaped(self) -> str:
        letter = self._peek()
        self._at += 1
        if letter == "u" and (code := re.match(r"[0-9a-fA-F]{4}", self._text[self._at : self._at + 4])):
            self._at += 4
            return chr(int(code.group(), 16))
        return _ESCAPES.get(letter, letter)

    def _is_end(self) -> bool:
        """Whether the quotation mark just passed ends its text and does not stand within it."""
        space, following = _NEXT.match(self._text, self._at).groups()  # type: ignore[union-attr]  # it always matches
        return not following or following in ",:]})" or (following in _QUOTES and bool(space))

    def _word(self, ends: str) -> object:
        start = self._at
        while (letter := self._peek()) and letter not in ends:
            self._at += 1
        word = self._text[start : self._at].strip()
        return _CONSTANTS.get(word.casefold(), word)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, more: str = "") -> None:
        while (letter := self._peek()) and (letter.isspace() or letter in more):
            self._at += 1
