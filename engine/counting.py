"""Numbers in words for a person: with what they count, and sizes."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return ``1 source`` or ``1,200 sources``; a plural that is not formed with an s has to be given."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def size_words(size_bytes: int) -> str:
    """Return a size in the unit that gives it one to three digits: ``640 bytes``, ``1.2 MB``."""
    amount = float(size_bytes)
    for unit in ("bytes", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def and_more(texts: Sequence[str], *, limit: int) -> str:
    """Return the first few texts, joined, and how many more there are."""
    first = [*texts[:limit], *([f"{len(texts) - limit} more"] if len(texts) > limit else [])]
    return " and ".join(part for part in (", ".join(first[:-1]), *first[-1:]) if part)
