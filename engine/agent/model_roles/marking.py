"""The three lines in which the reader says what it found: which sentences, whether to go on, and a note."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.agent.model_roles.asking import any_of, one_line

_MAX_NOTE_CHARACTERS = 100
_MAX_ITEMS = 8
"""Numbers and ranges in one reply."""
_MAX_REPLY_CHARACTERS = 4_000
_NEW = re.compile(r"^\W*new\W*[:：](?P<items>.*)$", re.IGNORECASE | re.MULTILINE)
_BARE = re.compile(r"\s*\[?[\d\s,;\[\]–-]*\d[\d\s,;\[\]–-]*\]?\s*|\s*none\W*", re.IGNORECASE)
_NEXT = re.compile(r"^\W*next\W*[:：]\W*(?P<answer>\w+)", re.IGNORECASE | re.MULTILINE)
_NOTE = re.compile(r"^\W*note\W*[:：][ \t]*(?P<note>.*)$", re.IGNORECASE | re.MULTILINE)
_ITEM = re.compile(r"(?<![\w.])(\d{1,6})(?:\s*(?:-|–|to)\s*(\d{1,6}))?(?![\w])")
_NONE = re.compile(r"\W*(?:none|nothing|-)?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a reply of the reader says."""

    numbers: tuple[int, ...]
    """Of sentences that were shown, in order."""
    wants_more: bool
    note: str


def marking_grammar(*, first: int, last: int, may_go_on: bool) -> str:
    """Return the form of a reply about the sentences from ``first`` to ``last``."""
    go_on = '("yes" | "no")' if may_go_on else '"no"'
    return (
        f'start: "new: " (list | "none") "\\nnext: " {go_on} "\\nnote: " NOTE\n'
        f'list: item (", " item){{0,{_MAX_ITEMS - 1}}}\n'
        'item: NUMBER | NUMBER "-" NUMBER\n'
        f"NUMBER: {any_of(str(number) for number in range(first, last + 1))}\n"
        f"NOTE: /[^\\s\\x00-\\x1f][^\\n\\r\\x00-\\x1f]{{1,{_MAX_NOTE_CHARACTERS}}}/\n"
    )


def read_marks(said: str, *, first: int, last: int) -> Marked | None:
    """Return what a reply says of the sentences from ``first`` to ``last``; None when it is not readable.

    Numbers that were not shown are dropped. Forgiving, because not every engine enforces the form.
    """
    said = said[:_MAX_REPLY_CHARACTERS]
    line = _NEW.search(said)
    if line is not None:
        items = line["items"]
    else:
        items = next((text for text in said.splitlines() if text.strip()), "")
        if not _BARE.fullmatch(items):
            return None
    numbers: set[int] = set()
    for match in _ITEM.finditer(items):
        one, other = int(match[1]), int(match[2] or match[1])
        low, high = max(first, min(one, other)), min(last, max(one, other))
        numbers.update(range(low, high + 1))
    if not numbers and not _NONE.fullmatch(items):
        return None
    go_on = _NEXT.search(said)
    note = _NOTE.search(said)
    return Marked(
        numbers=tuple(sorted(numbers)),
        wants_more=go_on is not None and go_on["answer"].casefold() in ("yes", "y", "true", "ja", "oui"),
        note=one_line(note["note"], limit=_MAX_NOTE_CHARACTERS + 1) if note else "",
    )
