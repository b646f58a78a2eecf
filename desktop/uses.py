"""Where a source is used: the sentences of a report that rest on it, and what it says against others. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.plain_text import one_line
from engine.counting import counted
from engine.domain import Claim, Passage, PassageId, Report, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One sentence that has to do with a source."""

    claim: Claim
    passages: tuple[PassageId, ...]
    """Of the source."""
    is_against: bool
    """Whether the source only says otherwise."""
    has_failed: bool
    """Whether the sentence was taken out of the report."""

    @property
    def words(self) -> str:
        """The sentence on one line, and what is special about it."""
        aside = "said otherwise: " if self.is_against else "not established: " if self.has_failed else ""
        return aside + one_line(self.claim.text, limit=300)


def uses_of(report: Report | None, passages: Mapping[PassageId, Passage]) -> dict[SourceId, tuple[Use, ...]]:
    """Return the sentences that have to do with each source, in the order of the report."""
    found: dict[SourceId, list[Use]] = {}
    if report is None:
        return {}
    kept = len(report.claims)
    for number, claim in enumerate((*report.claims, *report.failed)):
        here: dict[SourceId, list[PassageId]] = {}
        for passage_id in dict.fromkeys((*claim.passages, *claim.agreeing, *claim.against)):
            passage = passages.get(passage_id)
            if passage is not None:
                here.setdefault(passage.source_id, []).append(passage_id)
        for source, of_source in here.items():
            says_so = any(one in claim.passages or one in claim.agreeing for one in of_source)
            use = Use(claim=claim, passages=tuple(of_source), is_against=not says_so, has_failed=number >= kept)
            found.setdefault(source, []).append(use)
    return {source: tuple(uses) for source, uses in found.items()}


def short_words(uses: tuple[Use, ...]) -> str:
    """Return the same for a narrow row: ``used in 4 sentences, 1 against``."""
    resting = sum(not use.is_against and not use.has_failed for use in uses)
    against = sum(use.is_against for use in uses)
    if not resting:
        return used_words(uses)
    return f"used in {counted(resting, 'sentence')}" + (f", {against} against" if against else "")


def used_words(uses: tuple[Use, ...]) -> str:
    """Return ``used in 4 sentences``; empty where the source has to do with none."""
    resting = sum(not use.is_against and not use.has_failed for use in uses)
    against = sum(use.is_against for use in uses)
    failed = sum(use.has_failed and not use.is_against for use in uses)
    parts = [f"used in {counted(resting, 'sentence')}"] if resting else []
    parts += [f"against {counted(against, 'sentence')}"] if against else []
    parts += [f"cited by {counted(failed, 'sentence')} that failed"] if failed else []
    return ", ".join(parts)
