"""Lines of a set page to running text: joins what was broken at the margin, drops what repeats on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,6}\b", re.IGNORECASE)
_HYPHENATED = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"([^\W\d_]+)")
_WIDE_SCRIPT = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_LONGEST_WORD = 60
_EDGE_LINES = 3
_MIN_PAGES = 2


def joined(lines: Sequence[str], *, words: Container[str] = frozenset(), keep_hyphens: bool = True) -> str:
    """Return the lines as one, undoing what the margin did to them.

    Args:
        lines: of one paragraph.
        words: lower-case words of the whole document, by which a hyphen at the end of a line is judged.
        keep_hyphens: what to do with a hyphen when the words decide nothing: typewritten texts break at hyphens that
            are there anyway, typeset ones add them.
    """
    text = ""
    for line in lines:
        part = line.strip()
        if not part:
            continue
        if not text:
            text = part
            continue
        broken = _HYPHENATED.search(text[-_LONGEST_WORD:]) if text[-1] in "-\u2010" else None
        follows = _FIRST_WORD.match(part) if broken else None
        if broken and follows and follows.group(1)[0].islower():
            whole = (broken.group(1) + follows.group(1)).lower()
            is_typeset = whole in words or (not keep_hyphens and len(broken.group(1)) > 1)
            text = (text[:-1] if is_typeset else text) + part
        elif text[-1] == "\u00ad":
            text = text[:-1] + part
        elif _WIDE_SCRIPT.match(text[-1]) and _WIDE_SCRIPT.match(part[0]):
            text += part
        else:
            text += " " + part
    return text


def repeated_edges(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the pages without the running headers, footers and page numbers they share.

    A line near the top or bottom of a page is one of them if, numbers apart, the same line stands there on many pages.
    """
    if len(pages) < _MIN_PAGES:
        return [_without_number(list(page)) for page in pages]
    counts: Counter[str] = Counter()
    for page in pages:
        counts.update({shape(page[index]) for index in _edges(page)})
    needed = max(_MIN_PAGES, min(8, len(pages) // 5))
    result = []
    for page in pages:
        running = {index for index in _edges(page) if counts[shape(page[index])] >= needed}
        result.append([line for index, line in enumerate(page) if index not in running])
    return result


def _edges(page: Sequence[str]) -> list[int]:
    filled = [index for index, line in enumerate(page) if line.strip()]
    if len(filled) <= 2 * _EDGE_LINES:
        return filled[:1] + filled[-1:] if len(filled) > 2 else []
    return filled[:_EDGE_LINES] + filled[-_EDGE_LINES:]


def shape(line: str) -> str:
    """Return what two running lines have in common when only a number or a space differs."""
    return " ".join(_DIGITS.sub("0", line.lower()).split())


def _without_number(page: list[str]) -> list[str]:
    """Drop a lone page number at the end of a page."""
    filled = [index for index, line in enumerate(page) if line.strip()]
    if len(filled) > 1 and page[filled[-1]].strip(" -–—").isdigit():
        return page[: filled[-1]]
    return page
