"""How a report was made: the figures and facts that every format ends with, each of them counted from the trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.agent.state import RunState
from engine.citations.wording import OUTCOME_WORDS, count_words
from engine.domain import ClaimState, Report, Verdict
from engine.export.answers import EngineSum, engine_sums, unanswered_searches
from engine.export.bibliography import time_words, unread_sources
from engine.export.departures import NOT_ASKED, Departures, total_words
from engine.export.report_words import version_words

_ORDER = (
    ClaimState.SUPPORTED,
    ClaimState.SINGLE_SOURCE,
    ClaimState.PARTLY,
    ClaimState.CONTRADICTED,
    ClaimState.UNSUPPORTED,
    ClaimState.UNCHECKED,
)

LEFT_HEADING = "What left this computer"
"""Over the requests of the run, where there were any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """What can be said of a version of the report."""

    number: int
    at: datetime
    words: str
    """What made it."""
    is_shown: bool
    """Whether it is the one that is shown."""


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
    """Whether nothing left this computer: the trace knows only files and models on it, and so does the ledger."""
    sent_to: tuple[str, ...] = ()
    """Hosts of language models elsewhere, to which the question and what was found went."""
    is_local: bool = False
    """Whether, by its trace alone, the run only read files of this computer, and told nobody elsewhere."""
    searches_unanswered: int = 0
    """Queries that no search engine answered, which says nothing of what there is to find."""
    engines: tuple[EngineSum, ...] = ()
    approved_query: str = ""
    """Words that may come from private files, and that a person let leave as they stand."""
    versions: tuple[VersionLine, ...] = ()
    """Of the report, oldest first."""
    marks: Mapping[Verdict, int] = field(default_factory=dict)
    """How many sentences the reader marked as what."""
    departures: Departures = NOT_ASKED
    """Every request at the network's door, as the ledger has it."""


def receipt_of(state: RunState, *, sources_cited: int, departures: Departures = NOT_ASKED) -> Receipt:
    """Count what the trace tells, and put what the ledger says beside it."""
    report = state.current_report
    is_local = _is_local(state)
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
        sources_failed=len(unread_sources(state)),
        sources_cited=sources_cited,
        passages_found=len(state.passages),
        states=_states(report),
        stayed_here=is_local and departures.is_nothing,
        sent_to=state.sent_to,
        is_local=is_local,
        searches_unanswered=unanswered_searches(state),
        engines=engine_sums(state),
        approved_query=state.approved_query,
        versions=_versions(state, report),
        marks=Counter(mark.verdict for mark in state.marks.values()),
        departures=departures,
    )


def receipt_lines(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    """Return the receipt as pairs of a name and a sentence or figure, for any format."""
    lines = [
        ("Written by", receipt.made_by),
        ("Program", f"Plumbline {receipt.version}"),
        ("Time", f"{time_words(receipt.started_at)} to {time_words(receipt.ended_at)}"),
        ("Result", f"{receipt.outcome}. {receipt.reason}" if receipt.reason else receipt.outcome),
        ("Depth", receipt.depth),
        ("Searches", _search_words(receipt)),
        *(("Search engine", f"{one.name} {one.words}") for one in receipt.engines),
        (
            "Sources",
            f"{receipt.sources_read} read, {receipt.sources_cited} cited"
            + (f", {receipt.sources_failed} could not be read" if receipt.sources_failed else ""),
        ),
        ("Passages", f"{receipt.passages_found} found"),
        ("Sentences", count_words(receipt.states)),
    ]
    if receipt.marks:
        marked = ", ".join(
            f"{number} {verdict.value}" for verdict in Verdict if (number := receipt.marks.get(verdict, 0))
        )
        lines.append(("Marked by the reader", marked))
    if len(receipt.versions) > 1:
        for one in receipt.versions:
            shown = " (this one)" if one.is_shown else ""
            lines.append((f"Version {one.number}{shown}", f"{time_words(one.at)}: {one.words}"))
    lines += [("Privacy", words) for words in privacy_words(receipt)]
    return tuple(lines)


def privacy_words(receipt: Receipt) -> tuple[str, ...]:
    """Return, in sentences, what left this computer, what did not, and what of that cannot be shown."""
    if receipt.stayed_here:
        return ("Nothing left this computer: only files on it were searched and read.",)
    words = []
    if receipt.is_local:
        words.append("Only files on this computer were searched and read.")
    if receipt.sent_to:
        hosts = " and ".join(receipt.sent_to)
        sent = "The question, what was read for it, and the report as it was written"
        words.append(f"{sent} were sent to the language model at {hosts}.")
    if receipt.approved_query:
        words.append(f"These words were shown and approved before they were sent: “{receipt.approved_query}”.")
    words.append(total_words(receipt.departures))
    return tuple(words)


def _search_words(receipt: Receipt) -> str:
    if not receipt.searches_unanswered:
        return str(receipt.searches)
    return (
        f"{receipt.searches}, of which {receipt.searches_unanswered} got no answer from any search engine: that says "
        "nothing of what there is to find"
    )


def _states(report: Report | None) -> Mapping[ClaimState, int]:
    counted = Counter(claim.state for claim in report.claims) if report is not None else Counter()
    return {state: counted[state] for state in _ORDER}


def _versions(state: RunState, report: Report | None) -> tuple[VersionLine, ...]:
    shown = next((one.number for one in reversed(state.versions) if one.report is report or one.report == report), None)
    return tuple(
        VersionLine(number=one.number, at=one.at, words=version_words(one), is_shown=one.number == shown)
        for one in state.versions
    )


def _is_local(state: RunState) -> bool:
    searches = [search for episode in state.episodes for search in episode.searches]
    addresses = [source.address for source in state.sources.values()]
    addresses += [failure.address for episode in state.episodes for failure in episode.failed]
    return (
        not state.sent_to
        and not state.scope.reach.has_web
        and all(search.where == "library" for search in searches)
        and all(address.startswith("file:") for address in addresses)
    )
