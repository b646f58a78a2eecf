"""A report as one HTML file that needs nothing else: no network, no scripts, no fonts or pictures from elsewhere.

A citation opens its passage, in its paragraph, as a popover of the page itself. On paper, and where a browser knows no
popovers, the passages stand in a list at the end. The content security policy allows exactly the one style sheet.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, fields

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from engine.agent.state import RunState
from engine.citations.context import PassageInContext, in_context
from engine.citations.numbering import CitationMark, CitedSource, Numbering, number_citations
from engine.citations.wording import (
    STATE_SIGNS,
    STATE_WORDS,
    address_words,
    no_report_words,
    place_words,
)
from engine.domain import Claim, Passage, Source
from engine.errors import PlumblineError
from engine.export.bibliography import (
    SUPPLIED_WORDS,
    UNREAD_HEADING,
    UNREAD_WORDS,
    authors_words,
    is_web,
    own_address,
    reference_facts,
    time_words,
    unread_sources,
)
from engine.export.departures import NOT_ASKED, Departures, departure_lines
from engine.export.printable import direction, one_line, printable
from engine.export.receipt import LEFT_HEADING, receipt_lines, receipt_of
from engine.export.report_words import (
    EARLIER_MARKS_HEADING,
    MISSING_WORDS,
    ONLY_TAKEN_OUT_WORDS,
    SIDE_HEADINGS,
    coverage_line,
    earlier_marks,
    former_words,
    gap_words,
    mark_words,
    no_answer_line,
    notes_below,
    notices_of,
    remark_of,
    shown_sections,
    sides_of,
    states_used,
)
from engine.reading.document import Document
from resources.locations import report_folder
from resources.tokens import DARK, LIGHT, Palette


@dataclass(frozen=True, slots=True, kw_only=True)
class _Card:
    """What a citation opens."""

    mark: CitationMark
    passage: Passage
    context: PassageInContext
    source: Source
    place: str
    claims: tuple[Claim, ...]
    """Of the report and what was taken out of it, for which the passage speaks or against which."""
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _CitedWith:
    cited: CitedSource
    source: Source


def render_html(state: RunState, document_of: Callable[[str], Document], departures: Departures = NOT_ASKED) -> str:
    """Return the whole report as a self-contained page.

    Args:
        state: of the run.
        document_of: text hash → archived document; where it raises a PlumblineError or KeyError, the passage is shown
            without its surroundings.
        departures: what the ledger says that left this computer for the run.
    """
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    style = _style()
    environment = Environment(
        loader=FileSystemLoader(report_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_safe,
    )
    return environment.get_template("report.html").render(
        policy=_policy(style),
        style=Markup(style),
        state=state,
        report=report,
        numbering=numbering,
        no_answer=no_answer_line(report) if report is not None else "",
        notices=notices_of(state, report) if report is not None else (),
        coverage=coverage_line(state, report) if report is not None else "",
        sections=tuple(shown_sections(report)) if report is not None else (),
        earlier=earlier_marks(state, report) if report is not None else (),
        no_report=no_report_words(state.outcome),
        sources=[
            _CitedWith(cited=cited, source=state.sources[cited.source_id])
            for cited in numbering.sources
            if cited.source_id in state.sources
        ],
        cards=_cards(state, numbering, document_of),
        receipt=receipt_lines(receipt_of(state, sources_cited=numbering.cited, departures=departures)),
        unread=unread_sources(state),
        unread_heading=UNREAD_HEADING,
        unread_words=UNREAD_WORDS,
        left_heading=LEFT_HEADING,
        departures=departure_lines(departures),
        own_address=own_address,
        is_web=is_web,
        supplied_words=SUPPLIED_WORDS,
        used_states=states_used(report) if report is not None else (),
        signs=STATE_SIGNS,
        words=STATE_WORDS,
        remark_of=remark_of,
        sides_of=sides_of,
        side_headings=SIDE_HEADINGS,
        notes_below=notes_below,
        mark_words=mark_words,
        gap_words=gap_words,
        former_words=former_words,
        missing_words=MISSING_WORDS,
        earlier_heading=EARLIER_MARKS_HEADING,
        taken_out_only=ONLY_TAKEN_OUT_WORDS,
        reference_facts=reference_facts,
        authors_words=authors_words,
        direction=direction,
        one_line=one_line,
        address_words=address_words,
        time_words=time_words,
    )


def _cards(state: RunState, numbering: Numbering, document_of: Callable[[str], Document]) -> list[_Card]:
    report = state.current_report
    if report is None:
        return []
    documents: dict[str, Document | None] = {}
    cards = []
    for mark in numbering.marks:
        source = state.sources.get(mark.source_id)
        if source is None:
            continue
        if source.text_hash not in documents:
            documents[source.text_hash] = _document(source.text_hash, document_of)
        document = documents[source.text_hash]
        passage = state.passages[mark.passage_id]
        context = in_context(passage, document) if document is not None else None
        cards.append(
            _Card(
                mark=mark,
                passage=passage,
                context=context or _alone(passage),
                source=source,
                place=place_words(passage.locator, title=source.title),
                claims=tuple(
                    claim
                    for claim in (*report.claims, *report.failed)
                    if passage.id in (*claim.passages, *claim.agreeing, *claim.against)
                ),
                language=document.language if document is not None else "",
            )
        )
    return cards


def _document(text_hash: str, document_of: Callable[[str], Document]) -> Document | None:
    try:
        return document_of(text_hash)
    except (PlumblineError, KeyError):
        return None


def _alone(passage: Passage) -> PassageInContext:
    return PassageInContext(
        before="", quote=passage.quote, after="", starts_midway=False, ends_midway=False, is_code=False
    )


def _safe(value: object) -> object:
    """Make everything printable that the template shows; escaping follows."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style() -> str:
    """Return the style sheet with both palettes; a browser hashes it without carriage returns, so there are none."""
    sheet = (report_folder() / "report.css").read_text(encoding="utf-8")
    style = (
        f":root {{\n{_variables(LIGHT)}}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n:root {{\n{_variables(DARK)}}}\n}}\n{sheet}"
    )
    return style.replace("\r", "")


def _variables(palette: Palette) -> str:
    colours = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return "".join(
        f"--{name.replace('_', '-')}: {value};\n"
        for name, value in colours.items()
        if value.startswith("#") and len(value) == 7
    )


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
