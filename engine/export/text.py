"""A report as plain text, for a terminal, a mail or a text field."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.citations.wording import (
    STATE_SIGNS,
    STATE_WORDS,
    address_words,
    no_answer_words,
    no_report_words,
    place_words,
)
from engine.counting import counted
from engine.domain import Claim, ClaimState, Gap, Report
from engine.export.bibliography import UNREAD_HEADING, UNREAD_WORDS, UnreadSource, source_facts, unread_sources
from engine.export.departures import NOT_ASKED, DepartureLine, Departures, departure_lines
from engine.export.printable import closed, one_line, printable
from engine.export.receipt import LEFT_HEADING, receipt_lines, receipt_of

_WIDTH = 78
_QUOTE = "      > "
_TIE = "\0"
"""Stands for a space at which no line ends; no printable text has one."""


def render_text(state: RunState, departures: Departures = NOT_ASKED) -> str:
    """Return the report as text of at most 78 columns, except for paths, words and lines of code that are longer."""
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    title = one_line(state.question) or "A question without words"
    blocks = [_wrapped(title) + "\n" + "=" * min(len(title), _WIDTH)]
    if report is None:
        blocks.append(no_report_words(state.outcome))
    else:
        if state.report is None:
            blocks.append("This is a draft: not every sentence has been checked.")
        blocks.extend(_report_blocks(report, numbering))
    if numbering.sources:
        blocks.append(_heading("Sources"))
        blocks.extend(_sources(state, numbering))
    unread = unread_sources(state)
    if unread:
        blocks += [_heading(UNREAD_HEADING), _wrapped(UNREAD_WORDS), *(_unread(one) for one in unread)]
    blocks.append(_heading("How this report was made"))
    receipt = receipt_of(state, sources_cited=len(numbering.sources), departures=departures)
    blocks.append(
        "\n".join(_wrapped(f"{name}: {one_line(words)}", indent="  ") for name, words in receipt_lines(receipt))
    )
    lines = departure_lines(departures)
    if lines:
        blocks += [_heading(LEFT_HEADING), "\n".join(_departure(one) for one in lines)]
    return "\n\n".join(blocks) + "\n"


def _report_blocks(report: Report, numbering: Numbering) -> Iterator[str]:
    if report.answer:
        yield from (_claim(claim, numbering) for claim in report.answer)
    else:
        yield no_answer_words(report)
    yield from (_wrapped(one_line(caveat)) for caveat in report.caveats)
    for section in report.sections:
        if section.claims:
            yield _heading(one_line(section.title) or "Findings")
            yield from (_claim(claim, numbering) for claim in section.claims)
    if report.gaps:
        yield _heading("Not established")
        yield from (_gap(gap) for gap in report.gaps)
    states = dict.fromkeys(claim.state for claim in report.claims)
    if states:
        signs = ", ".join(f"{STATE_SIGNS[state]} {STATE_WORDS[state]}" for state in states)
        also = "; “also” stands before passages that say the same" if any(one.agreeing for one in report.claims) else ""
        yield _wrapped(f"Signs: {signs}{also}.")


def _claim(claim: Claim, numbering: Numbering) -> str:
    marks = "".join(f"[{mark.label}]" for mark in numbering.marks_of(claim))
    agreeing = "".join(f"[{mark.label}]" for mark in numbering.agreeing_marks_of(claim))
    parts = [one_line(claim.text), marks, f"also{_TIE}{agreeing}" if agreeing else "", STATE_SIGNS[claim.state]]
    words = _TIE.join(part for part in parts if part)
    needs_remark = claim.state not in (ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE) and claim.remark
    return _wrapped(f"{words} ({one_line(claim.remark)})" if needs_remark else words)


def _gap(gap: Gap) -> str:
    looked_for = "; ".join(f"“{one_line(query)}”" for query in gap.queries)
    parts = [
        one_line(gap.reason),
        f"Looked for {looked_for}." if looked_for else "",
        f"{counted(gap.sources_read, 'source')} read.",
    ]
    return _wrapped(f"- {one_line(gap.question)} — {' '.join(part for part in parts if part)}", indent="  ")


def _sources(state: RunState, numbering: Numbering) -> Iterator[str]:
    for cited in numbering.sources:
        source = state.sources.get(cited.source_id)
        lines = [f"[{cited.number}] {one_line(source.title) if source is not None else ''}".rstrip()]
        if source is not None:
            lines += [_fact(name, words) for name, words in source_facts(source)]
            lines.append(f"    SHA-256 {source.file_hash}")
        for mark in cited.marks:
            passage = state.passages[mark.passage_id]
            place = one_line(place_words(passage.locator, title=source.title if source is not None else ""))
            label = f"[{mark.label}] " if mark.letter else ""
            if label or place:
                lines.append(_wrapped(f"{label}{place}".rstrip(), first=" " * 4, indent=" " * 6))
            lines.extend(_quoted(passage.quote))
        yield "\n".join(lines)


def _fact(name: str, words: str) -> str:
    if name == "Address":
        return f"    {one_line(words)}"
    return _wrapped(f"{name}: {one_line(words)}", first=" " * 4, indent=" " * 6)


def _unread(source: UnreadSource) -> str:
    title = _wrapped(f"- {one_line(source.title) or 'Without a title'}", indent="  ")
    return f"{title}\n    {one_line(address_words(source.address))}\n" + _wrapped(
        one_line(source.words), first=" " * 4, indent=" " * 4
    )


def _departure(one: DepartureLine) -> str:
    lines = [_wrapped(one_line(one.lead), first="- ", indent="  ")]
    if one.about:
        lines.append(_wrapped(one_line(one.about), first=" " * 4, indent=" " * 4))
    return "\n".join([*lines, _wrapped(one_line(one.ending), first=" " * 4, indent=" " * 4)])


def _quoted(quote: str) -> Iterator[str]:
    """Yield the lines of a quotation, each after a sign; those of code as they are, others with what they wrap to."""
    lines = [line for line in closed(printable(quote)).split("\n") if line.strip()]
    is_code = any(line[0].isspace() for line in lines[1:])
    for line in lines:
        yield f"{_QUOTE}{line}" if is_code else _wrapped(line, first=_QUOTE, indent=" " * len(_QUOTE))


def _heading(text: str) -> str:
    return f"{_wrapped(text)}\n{'-' * min(len(text), _WIDTH)}"


def _wrapped(text: str, *, first: str = "", indent: str = "") -> str:
    lines = textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )
    return "\n".join(lines).replace(_TIE, " ")
