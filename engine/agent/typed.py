"""Addresses of the web that a person wrote into a question: they are opened, and are not words to look for."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"""https?://[^\s<>"'`\u201c\u201d\u2018\u2019\u00ab\u00bb]+""", re.IGNORECASE)
_TRAILING = ".,;:!?…)]}"
_MOST = 20


def typed_addresses(question: str) -> tuple[str, ...]:
    """Return the addresses in a question, in order, without the punctuation around them."""
    found = [_without_punctuation(match[0]) for match in _ADDRESS.finditer(question)]
    return tuple(dict.fromkeys(found))[:_MOST]


def without_addresses(question: str) -> str:
    """Return the words of a question on one line; empty if it is nothing but addresses."""
    said = " ".join(_ADDRESS.sub(_punctuation_after, question).split())
    return said if any(character.isalnum() for character in said) else ""


def _without_punctuation(address: str) -> str:
    while address[-1] in _TRAILING:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def _punctuation_after(match: re.Match[str]) -> str:
    return " " + match[0][len(_without_punctuation(match[0])) :]
