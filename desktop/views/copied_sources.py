"""The sources of copied citations, as short lines."""

from __future__ import annotations

from desktop.evidence import source_line, source_title
from desktop.plain_text import one_line
from desktop.views.copying import CitedLine
from desktop.web_words import site_of
from engine.agent.state import RunState
from engine.citations.numbering import Numbering


def cited_lines(numbers: tuple[int, ...], *, state: RunState, numbering: Numbering) -> tuple[CitedLine, ...]:
    """Return the sources with some numbers; where a file lies on this computer is not told."""
    lines = []
    for cited in numbering.sources:
        source = state.sources.get(cited.source_id)
        if cited.number not in numbers or source is None:
            continue
        authors = ", ".join(one_line(author, limit=80) for author in source.authors[:3])
        words = [authors, source_title(source), source_line(source)]
        address = source.address if site_of(source.address) else ""
        lines.append(CitedLine(number=cited.number, words=". ".join(part for part in words if part), address=address))
    return tuple(lines)
