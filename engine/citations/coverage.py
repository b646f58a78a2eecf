"""How much of a report must be said by what it cites, and the words for how much is."""

from __future__ import annotations

from engine.counting import counted
from engine.domain import Report

MIN_COVERAGE = 0.7
"""Share of the sentences that must be verified for a run to end as complete."""


def is_covered(report: Report) -> bool:
    """Return whether enough of a report is established for it to be called complete."""
    return bool(report.claims) and report.coverage.share >= MIN_COVERAGE


def coverage_words(report: Report) -> str:
    """Return ``11 of 12 sentences are said by what they cite.``; empty where nothing was written."""
    coverage = report.coverage
    if not coverage.written:
        return ""
    if coverage.verified == coverage.written:
        return "The sentence is said by what it cites." if coverage.written == 1 else _all_words(coverage.written)
    verb, they = ("is", "it cites") if coverage.verified == 1 else ("are", "they cite")
    return f"{coverage.verified} of {counted(coverage.written, 'sentence')} {verb} said by what {they}."


def _all_words(count: int) -> str:
    return f"All {counted(count, 'sentence')} are said by what they cite."
