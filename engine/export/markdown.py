"""A report as CommonMark that any viewer shows and nothing in it can misuse.

Sources and passages are headings, because their fragments (``#passage-1a``) are the one kind of link target that
common viewers make of CommonMark without HTML.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.agent.state import RunState
from engine.citations.numbering import CitationMark, CitedSource, Numbering, number_citations
from engine.citations.wording import (
    STATE_SIGNS,
    STATE_WORDS,
    address_words,
    no_answer_words,
    no_report_words,
    place_words,
)
from engine.counting import counted
from engine.domain import Claim, ClaimState, Gap, Report, Source
from engine.export.bibliography import UNREAD_HEADING, UNREAD_WORDS, UnreadSource, source_facts, unread_sources
from engine.export.commonmark import block_quote, inline, line
from engine.export.departures import NOT_ASKED, DepartureLine, Departures, departure_lines
from engine.export.receipt import LEFT_HEADING, receipt_lines, receipt_of


def render_markdown(state: RunState, departures: Departures = NOT_ASKED) -> str:
    """Return the whole report: answer, sections, what was not established, sources with passages, how it was made."""
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    blocks = [f"# {inline(state.question) or 'A question without words'}"]
    if report is None:
        blocks.append(f"*{no_report_words(state.outcome)}*")
    else:
        if state.report is None:
            blocks.append("*This is a draft: not every sentence has been checked.*")
        blocks.extend(_report_blocks(report, numbering))
    if numbering.sources:
        blocks.append("## Sources")
        for cited in numbering.sources:
            blocks.extend(_source_blocks(state, cited))
    unread = unread_sources(state)
    if unread:
        blocks += [f"## {UNREAD_HEADING}", UNREAD_WORDS, "\n".join(_unread(one) for one in unread)]
    receipt = receipt_of(state, sources_cited=len(numbering.sources), departures=departures)
    blocks.append("## How this report was made")
    blocks.append("\n".join(f"- {name}: {inline(words)}" for name, words in receipt_lines(receipt)))
    lines = departure_lines(departures)
    if lines:
        blocks += [f"## {LEFT_HEADING}", "\n".join(_departure(one) for one in lines)]
    return "\n\n".join(blocks) + "\n"


def _report_blocks(report: Report, numbering: Numbering) -> Iterator[str]:
    if report.answer:
        yield from (_claim(claim, numbering) for claim in report.answer)
    else:
        yield f"**{no_answer_words(report)}**"
    yield from (f"*{inline(caveat)}*" for caveat in report.caveats)
    for section in report.sections:
        if section.claims:
            yield f"## {inline(section.title) or 'Findings'}"
            yield from (_claim(claim, numbering) for claim in section.claims)
    if report.gaps:
        yield "## Not established"
        yield "\n".join(_gap(gap) for gap in report.gaps)
    states = dict.fromkeys(claim.state for claim in report.claims)
    if states:
        signs = ", ".join(f"{STATE_SIGNS[state]} {STATE_WORDS[state]}" for state in states)
        also = "; “also” stands before passages that say the same" if any(one.agreeing for one in report.claims) else ""
        yield f"*Signs: {signs}{also}.*"


def _claim(claim: Claim, numbering: Numbering) -> str:
    marks = "".join(_link(mark) for mark in numbering.marks_of(claim))
    agreeing = "".join(_link(mark) for mark in numbering.agreeing_marks_of(claim))
    parts = [line(claim.text), marks, f"also {agreeing}" if agreeing else "", STATE_SIGNS[claim.state]]
    needs_words = claim.state not in (ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE) and claim.remark
    if needs_words:
        parts.append(f"*({inline(claim.remark)})*")
    return " ".join(part for part in parts if part)


def _link(mark: CitationMark) -> str:
    return f"[\\[{mark.label}\\]](#passage-{mark.label})"


def _gap(gap: Gap) -> str:
    looked_for = "; ".join(f"“{inline(query)}”" for query in gap.queries)
    parts = [f"- {line(gap.question)}", inline(gap.reason), f"Looked for {looked_for}." if looked_for else ""]
    read = f"{counted(gap.sources_read, 'source')} read."
    return " — ".join([parts[0], " ".join(part for part in [*parts[1:], read] if part)])


def _source_blocks(state: RunState, cited: CitedSource) -> Iterator[str]:
    source = state.sources.get(cited.source_id)
    yield f"### Source {cited.number}"
    if source is not None:
        yield "\n".join(_source_lines(source))
    for mark in cited.marks:
        passage = state.passages[mark.passage_id]
        yield f"#### Passage {mark.label}"
        place = place_words(passage.locator, title=source.title if source is not None else "")
        if place:
            yield line(place)
        yield block_quote(passage.quote)


def _source_lines(source: Source) -> Iterator[str]:
    yield f"- Title: {inline(source.title) or 'none'}"
    yield from (f"- {name}: {inline(words)}" for name, words in source_facts(source))
    yield f"- SHA-256 of the file: {inline(source.file_hash)}"
    yield f"- SHA-256 of the archived text: {inline(source.text_hash)}"


def _unread(source: UnreadSource) -> str:
    title = line(source.title) or "Without a title"
    return f"- {title} — {inline(address_words(source.address))} — {inline(source.words)}"


def _departure(one: DepartureLine) -> str:
    return "- " + " — ".join(inline(part) for part in (one.lead, one.about, one.ending) if part)
