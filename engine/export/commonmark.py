"""Any text as CommonMark that shows exactly that text: no links, images, HTML or other effects come out of it.

The signs of common dialects (tables, strikethrough, mathematics, attributes, bare addresses) are escaped too.
"""

from __future__ import annotations

import re

from engine.export.printable import closed, one_line, printable

_ANYWHERE = re.compile(r"[\\`*_{}\[\]<>&|~$^@#]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_AT_LINE_START = re.compile(r"^(?:([-+=:%])|(\d{1,9})([.)]))")


def inline(text: str) -> str:
    """Return the text on one line, to stand anywhere but at the start of one; white space runs become a space."""
    return _escaped(one_line(text))


def line(text: str) -> str:
    """Return the text on one line, to stand at the start of one."""
    return _start_escaped(inline(text))


def block_quote(text: str) -> str:
    """Return the text as a block quotation that keeps its lines; code is kept to the letter."""
    clean = closed(printable(text)).strip("\n")
    lines = clean.split("\n")
    if any(one[:1] in (" ", "\t") for one in lines[1:]):
        return _quoted(_fenced(clean))
    paragraphs = re.split(r"\n\s*\n", clean)
    return _quoted("\n\n".join(_paragraph(paragraph) for paragraph in paragraphs if paragraph.strip()))


def _paragraph(text: str) -> str:
    lines = [_start_escaped(_escaped(one.strip(" \t"))) for one in text.split("\n") if one.strip()]
    return "\\\n".join(lines)


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {one}" if one else ">" for one in text.split("\n"))


def _escaped(text: str) -> str:
    return _ANYWHERE.sub(lambda match: "\\" + match.group(), text)


def _start_escaped(text: str) -> str:
    return _AT_LINE_START.sub(
        lambda match: "\\" + match.group(1) if match.group(1) else f"{match.group(2)}\\{match.group(3)}", text
    )
