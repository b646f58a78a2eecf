"""How a report was made: the figures and facts that every format ends with, each of them counted from the trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from engine.agent.state import RunState
from engine.citations.wording import OUTCOME_WORDS, count_words
from engine.domain import ClaimState, Report

_ORDER = (
    ClaimState.SUPPORTED,
    ClaimState.SINGLE_SOURCE,
    ClaimState.PARTLY,
    ClaimState.CONTRADICTED,
    ClaimState.UNSUPPORTED,
    ClaimState.UNCHECKED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What can be said of the making of a report."""

    made_by: str
    version: str
    started_at: datetime
    ended_at: datetime
    depth: str
    outcome: str
    """In words; says so when the run has not ended."""
    reason: str
    searches: int
    sources_read: int
    sources_failed: int
    sources_cited: int
    passages_found: int
    states: Mapping[ClaimState, int]
    stayed_here: bool
    """Whether, by its trace, the run only read files of this computer, and told nobody elsewhere."""
    sent_to: tuple[str, ...] = ()
    """Hosts of language models elsewhere, to which the question and what was found went."""


def receipt_of(state: RunState, *, sources_cited: int) -> Receipt:
    """Count what the trace tells."""
    report = state.current_report
    return Receipt(
        made_by=report.made_by if report is not None and report.made_by else state.engine,
        version=state.version,
        started_at=state.started_at,
        ended_at=state.updated_at,
        depth=state.depth.value,
        outcome=OUTCOME_WORDS[state.outcome] if state.outcome is not None else "Not ended yet",
        reason=state.end_reason,
        searches=sum(len(episode.searches) for episode in state.episodes),
        sources_read=len(state.sources),
        sources_failed=len({failure.address for episode in state.episodes for failure in episode.failed}),
        sources_cited=sources_cited,
        passages_found=len(state.passages),
        states=_states(report),
        stayed_here=_stayed_here(state),
        sent_to=state.sent_to,
    )


def receipt_lines(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    """Return the receipt as pairs of a name and a sentence or figure, for any format."""
    lines = [
        ("Written by", receipt.made_by),
        ("Program", f"Plumbline {receipt.version}"),
        ("Time", f"{time_words(receipt.started_at)} to {time_words(receipt.ended_at)}"),
        ("Result", f"{receipt.outcome}. {receipt.reason}" if receipt.reason else receipt.outcome),
        ("Depth", receipt.depth),
        ("Searches", str(receipt.searches)),
        (
            "Sources",
            f"{receipt.sources_read} read, {receipt.sources_cited} cited"
            + (f", {receipt.sources_failed} could not be read" if receipt.sources_failed else ""),
        ),
        ("Passages", f"{receipt.passages_found} found"),
        ("Sentences", count_words(receipt.states)),
    ]
    if receipt.stayed_here:
        lines.append(("Privacy", "Nothing left this computer: only files on it were searched and read."))
    if receipt.sent_to:
        hosts = " and ".join(receipt.sent_to)
        sent = "The question, what was read for it, and the report as it was written"
        lines.append(("Privacy", f"{sent} were sent to the language model at {hosts}."))
    return tuple(lines)


def time_words(time: datetime) -> str:
    """Return a time as ``2026-01-31 14:05 UTC``."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _states(report: Report | None) -> Mapping[ClaimState, int]:
    counted = Counter(claim.state for claim in report.claims) if report is not None else Counter()
    return {state: counted[state] for state in _ORDER}


def _stayed_here(state: RunState) -> bool:
    searches = [search for episode in state.episodes for search in episode.searches]
    addresses = [source.address for source in state.sources.values()]
    addresses += [failure.address for episode in state.episodes for failure in episode.failed]
    return (
        not state.sent_to
        and all(search.where == "library" for search in searches)
        and all(urlsplit(address).scheme == "file" for address in addresses)
    )
