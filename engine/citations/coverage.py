"""How much of a report must be said by what it cites, and the words for how much is."""

from __future__ import annotations

from engine.counting import counted
from engine.domain import ClaimState, Coverage, Report

MIN_COVERAGE = 0.7
"""Share of the sentences that must be verified for a run to end as complete."""


def is_covered(report: Report) -> bool:
    """Return whether enough of a report is established for it to be called complete."""
    return bool(report.claims) and report.coverage.share >= MIN_COVERAGE


def coverage_words(report: Report) -> str:
    """Return ``11 of 12 sentences are said by what they cite.``, and how many are contradicted elsewhere.

    Empty where nothing was written.
    """
    coverage = report.coverage
    if not coverage.written:
        return ""
    contradicted = len({(one.text, one.passages) for one in report.claims if one.state is ClaimState.CONTRADICTED})
    return _verified_words(coverage) + _contradicted_words(contradicted, verified=coverage.verified)


def _verified_words(coverage: Coverage) -> str:
    if coverage.verified == coverage.written:
        if coverage.written == 1:
            return "The sentence is said by what it cites."
        return f"All {counted(coverage.written, 'sentence')} are said by what they cite."
    verb, they = ("is", "it cites") if coverage.verified == 1 else ("are", "they cite")
    return f"{coverage.verified} of {counted(coverage.written, 'sentence')} {verb} said by what {they}."


def _contradicted_words(count: int, *, verified: int) -> str:
    if not count:
        return ""
    if count == verified:
        return " Another source says otherwise." if count == 1 else " Other sources say otherwise on all of them."
    return f" On {count} of them other sources say otherwise."
