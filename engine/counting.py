"""A number together with what it counts, in words for a person."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return ``1 source`` or ``1,200 sources``; a plural that is not formed with an s has to be given."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
