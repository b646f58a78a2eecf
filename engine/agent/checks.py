"""What can be checked without a model: what of a claim its passages do not say, and how to tell a person."""

from __future__ import annotations

from collections.abc import Sequence

from engine.agent.roles import Brief
from engine.citations.checking.check import Checked, Finding, Kind, check
from engine.citations.checking.rows import told_of
from engine.counting import and_more
from engine.domain import Passage

_MOST_NAMED = 3
_SHOWN_CHARACTERS = 90


def checked(text: str, passages: Sequence[Passage], brief: Brief) -> Checked:
    """Return what of a sentence some passages of a brief lack; their titles and headings count as their words.

    Of a table in a passage only the row counts that the sentence begins with, if it begins with one.
    """
    places = [brief.sources[passage.source_id].title for passage in passages]
    places += [brief.sources[passage.source_id].site for passage in passages]
    places += [heading for passage in passages for heading in passage.locator.section]
    asked = [brief.question, *(episode.subquestion.text for episode in brief.episodes)]
    quotes = [told_of(text, passage.quote) for passage in passages]
    return check(text, quotes, places=[*dict.fromkeys(place for place in places if place)], asked=asked)


def finding_words(findings: Sequence[Finding], *, passages: int) -> str:
    """Return a remark for people: what the passages say instead, and what they do not say at all."""
    who, verb = ("The passages", "say") if passages > 1 else ("The passage", "says")
    said = [f"{who} {verb} {_short(one.held)}, not {_short(one.said)}." for one in findings if _is_swapped(one)]
    sentences = said[:_MOST_NAMED]
    if missing := [_named(one) for one in findings if one.kind is not Kind.NEGATION and not one.held]:
        sentences.append(f"Not in the {'passages' if passages > 1 else 'passage'}: {and_more(missing, limit=5)}.")
    if denied := next((one for one in findings if one.kind is Kind.NEGATION), None):
        sentences.append(_denied(denied, who=who, verb=verb))
    return " ".join(sentences)


def _is_swapped(finding: Finding) -> bool:
    return finding.kind is not Kind.NEGATION and bool(finding.held)


def _denied(finding: Finding, *, who: str, verb: str) -> str:
    if finding.said and finding.held:
        return f"{who} {verb} “{_short(finding.held)}” where this says “{_short(finding.said)}”."
    if finding.said:
        return f"{who} {verb} this without “{_short(finding.said)}”."
    return f"{who} {verb} this with “{_short(finding.held)}”."


def _named(finding: Finding) -> str:
    return f"“{_short(finding.said)}”" if finding.kind is Kind.QUOTATION else _short(finding.said)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN_CHARACTERS else f"{flat[: _SHOWN_CHARACTERS - 1].rstrip()}…"
