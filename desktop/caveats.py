"""What limited the making of a report: a few sentences under its answer, many of them folded to its end. No Qt."""

from __future__ import annotations

from engine.counting import counted
from engine.domain import Report

_MOST = 3
"""Sentences that stand under the answer."""


def shown_caveats(report: Report) -> tuple[str, ...]:
    """Return what is said under the answer: all of it if it is short, else its first sentence and how many more."""
    caveats = tuple(dict.fromkeys(report.caveats))
    if len(caveats) <= _MOST:
        return caveats
    return caveats[0], f"{counted(len(caveats) - 1, 'more limit')}, listed under “How this was made”."


def folded_caveats(report: Report) -> tuple[str, ...]:
    """Return what is said at the end: everything, where not all of it stands under the answer."""
    caveats = tuple(dict.fromkeys(report.caveats))
    return caveats if len(caveats) > _MOST else ()
