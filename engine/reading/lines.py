"""What a single line of text is: code, part of a drawing, or words. Used where text is read and where it is quoted."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W\d_]{2,}")

_DRAWING = re.compile(
    r"\+-{2,}|-{3,}\+|[|┌┐└┘├┤┬┴┼─│═║╔╗╚╝▀█]|-->|<--|={3,}|_{4,}"
    r"|-{2,}[a-zA-Z*.]{1,2}-|^\s*-{3,}[A-Z]|^[\s/\\]*[/\\][\s/\\]*$"
)
_CODE_LINE = re.compile(
    r"[;{}]\s*(?:(?://|/\*|#).*)?$|^\s*(?:[$>%]\s|#!|#include|//|/\*|import |from \w+ import|def "
    r"|class \w+[:(]|return\b|if \(|for \(|"
    r"</?\w+[^>]*>$|\w+\(.*\)\s*[;:{]?$|\w+\s*(?:\+=|:?=)\s*\S)"
)
_SHOWN = 300
"""Characters of a line that tell what it is; lines may be as long as the file."""


def is_code(line: str) -> bool:
    """Return whether a line is one of a program; sentences may end in a semicolon, too."""
    line = line[:_SHOWN]
    return bool(_CODE_LINE.search(line)) and (len(WORD.findall(line)) < 6 or line.rstrip().endswith(("{", ");")))


def is_drawn(line: str) -> bool:
    """Return whether a line is part of a diagram or of a table with rules."""
    return bool(_DRAWING.search(line[:_SHOWN]))
