"""The end of a report's page: its sources with where each is used, and how it was made."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.caveats import folded_caveats
from desktop.evidence import place_in, source_line, source_title
from desktop.plain_text import one_line
from desktop.time_words import duration_words, moment_words
from desktop.uses import Use, used_words, uses_of
from desktop.views.report_pen import Pen
from desktop.views.typesetting import Role
from engine.citations.numbering import CitedSource
from engine.citations.wording import address_words
from engine.counting import counted
from engine.domain import PassageId, Report
from engine.export.departures import NOT_ASKED, Departures
from engine.export.receipt import privacy_words, receipt_of
from resources.tokens import SPACE_1, SPACE_4, SPACE_6

_AGAINST = "against"
_FAILED = "failed"
"""In the place of a section: what says otherwise than a sentence, and what a sentence cites that failed."""


def write_sources(pen: Pen, report: Report) -> None:
    """Write the list of sources, and under each what is cited of it."""
    if not pen.numbering.sources:
        return
    pen.heading("Sources", key="sources")
    parts = _parts_citing(report)
    uses = uses_of(report, pen.state.passages)
    for cited in pen.numbering.sources:
        _write_source(pen, cited, parts, uses.get(cited.source_id, ()))


def _write_source(pen: Pen, cited: CitedSource, parts: dict[PassageId, list[str]], uses: tuple[Use, ...]) -> None:
    setting = pen.setting
    source = pen.state.sources.get(cited.source_id)
    if source is None:
        return
    first = setting.block(Role.PARAGRAPH, key=f"source:{cited.number}", bottom=0, left=SPACE_6)
    setting.hang(first)
    first.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    pen.begin(first)
    pen.text(f"{cited.number}\t", setting.small("text_secondary"))
    pen.text(source_title(source), setting.strong())
    pen.begin(setting.note(bottom=SPACE_1, left=SPACE_6))
    pen.text(" · ".join(part for part in (source_line(source), used_words(uses)) if part), setting.small())
    for mark in cited.marks:
        passage = pen.state.passages[mark.passage_id]
        pen.begin(setting.note(bottom=SPACE_1, left=SPACE_6))
        pen.chip(setting.small(), mark, claim=None, shows_state=False)
        words = [place_in(passage, source), cited_words(parts.get(mark.passage_id, []))]
        pen.text("\u2002" + " · ".join(part for part in words if part), setting.small())
    for warning in source.warnings:
        pen.begin(setting.note(bottom=SPACE_1, left=SPACE_6))
        pen.text(one_line(warning, limit=300), setting.small("partly"))
    pen.begin(setting.note(bottom=SPACE_4, left=SPACE_6))
    pen.text(one_line(address_words(source.address), limit=300), setting.small())


def _parts_citing(report: Report) -> dict[PassageId, list[str]]:
    used: dict[PassageId, list[str]] = {}
    parts = [("", report.answer)]
    parts += [(str(number), part.all_claims) for number, part in enumerate(report.sections, start=1)]
    for part, claims in parts:
        for claim in claims:
            for passage in (*claim.passages, *claim.agreeing):
                used.setdefault(passage, []).append(part)
            for passage in claim.against:
                used.setdefault(passage, []).append(_AGAINST)
    for claim in report.failed:
        for passage in claim.passages:
            used.setdefault(passage, []).append(_FAILED)
    return used


def cited_words(parts: list[str]) -> str:
    """Return where a passage is cited, from the parts that cite it: ``""`` is the answer, others are sections."""
    places = ["the answer"] if "" in parts else []
    sections = len(set(parts) - {"", _AGAINST, _FAILED})
    if sections:
        places.append(counted(sections, "section"))
    words = [f"cited in {' and '.join(places)}"] if places else []
    words += ["says otherwise than a sentence"] if _AGAINST in parts else []
    words += ["cited by what is not established"] if _FAILED in parts and not places else []
    return ", ".join(words)


def write_making(pen: Pen, report: Report, departures: Departures | None) -> None:
    """Write who made it, from what, and what left this computer for it."""
    setting = pen.setting
    receipt = receipt_of(pen.state, sources_cited=pen.numbering.cited, departures=departures or NOT_ASKED)
    pen.heading("How this was made", key="making")
    took = duration_words(pen.state.worked_s)
    failed = f", {receipt.sources_failed} could not be read" if receipt.sources_failed else ""
    lines = [
        ("Written by", one_line(receipt.made_by, limit=600)),
        ("When", f"{moment_words(receipt.started_at)}, in {took}"),
        ("Depth", receipt.depth.capitalize()),
        ("Searched", counted(receipt.searches, "query", "queries")),
        ("Read", f"{counted(receipt.sources_read, 'source')}, {receipt.sources_cited} of them cited{failed}"),
        ("Found", counted(receipt.passages_found, "passage")),
    ]
    lines += [
        ("Engines" if not at else "", one_line(f"{one.name} {one.words}", limit=600))
        for at, one in enumerate(receipt.engines)
    ]
    if departures is not None:
        said = privacy_words(receipt)
        lines += [("Sent" if not at else "", one_line(words, limit=600)) for at, words in enumerate(said)]
    elif receipt.sent_to:
        hosts = one_line(" and ".join(receipt.sent_to), limit=200)
        lines.append(("Sent", f"The question and the passages, to the language model at {hosts}."))
    rest = folded_caveats(report)
    lines += [("Limits" if not at else "", one_line(words, limit=400)) for at, words in enumerate(rest)]
    lines.append(("With", f"Plumbline {receipt.version}"))
    column = setting.small_px * 6.5
    for name, words in lines:
        block = setting.note(bottom=SPACE_1)
        block.setLeftMargin(column)
        setting.hang(block)
        pen.begin(block)
        pen.text(f"{name}\t", setting.small("text_muted"))
        pen.text(words, setting.small("text_secondary"))
