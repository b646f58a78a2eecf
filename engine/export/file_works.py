"""What is certain of a file of this computer, for a reference list: its kind, its name, the day of reading."""

from __future__ import annotations

import re
from pathlib import PureWindowsPath

from engine.citations.wording import address_words
from engine.domain import Source
from engine.export.printable import one_line

_KINDS = {
    "csv": "CSV file",
    "docx": "Word file",
    "epub": "EPUB book",
    "html": "HTML file",
    "markdown": "Markdown file",
    "odt": "OpenDocument text",
    "pdf": "PDF file",
    "pptx": "PowerPoint file",
    "rtf": "RTF file",
    "text": "text file",
    "xlsx": "Excel file",
}
_LONGEST_NAME = 120
_SPECIAL = re.compile(r"[{}\\<>]")
"""What a reference manager may take for markup, or for a field of its own."""


def file_kind(source: Source) -> str:
    """Return what kind of file a source is, empty if that is not known."""
    return _KINDS.get(source.format, "")


def file_note(source: Source) -> str:
    """Return by what to find a file again, without its folders: a list of works is handed on."""
    name = one_line(PureWindowsPath(address_words(source.address)).name)[:_LONGEST_NAME]
    found = f"Local {file_kind(source) or 'file'} {_SPECIAL.sub('_', name)}".rstrip()
    return f"{found}, read on {source.read_at.date().isoformat()}"
