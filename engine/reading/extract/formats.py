"""Which formats can be read, and which one a file is in: by its first bytes, or by its name where they say nothing."""

from __future__ import annotations

import re
from enum import StrEnum

from engine.errors import DocumentUnreadable


class Format(StrEnum):
    """What the bytes of a file are."""

    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    ODT = "odt"
    RTF = "rtf"
    EPUB = "epub"
    CSV = "csv"
    ZIP = "zip"
    """A zip archive whose members have to say what it is."""
    MHTML = "mhtml"
    """A page in one file, as browsers save it. Only from the web."""
    FEED = "feed"
    """RSS or Atom. Only from the web."""


_SUFFIXES = {
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".xht": Format.HTML,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".mdown": Format.MARKDOWN,
    ".mkd": Format.MARKDOWN,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".rst": Format.TEXT,
    ".adoc": Format.TEXT,
    ".asciidoc": Format.TEXT,
    ".org": Format.TEXT,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".docm": Format.DOCX,
    ".pptx": Format.PPTX,
    ".pptm": Format.PPTX,
    ".ppsx": Format.PPTX,
    ".xlsx": Format.XLSX,
    ".xlsm": Format.XLSX,
    ".odt": Format.ODT,
    ".rtf": Format.RTF,
    ".epub": Format.EPUB,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".tab": Format.CSV,
}

READABLE_SUFFIXES: frozenset[str] = frozenset({*_SUFFIXES, ".doc", ".ppt", ".xls"})
"""Lower-case endings of files that are worth trying. The last three are often another format under an old name;
where they are not, the person is told what to do with them."""

TEXT_FORMATS = frozenset({Format.HTML, Format.MARKDOWN, Format.TEXT, Format.CSV})
"""Formats of which the first part can be read without the rest."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)[\s>]",
    re.I | re.S,
)
_OTHER_KINDS = (
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"BZh", "a compressed archive"),
    (b"\xfd7zXZ", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!\x1a\x07", "a compressed archive"),
    (b"SQLite format 3\x00", "a database"),
    (b"ID3", "a sound recording"),
    (b"OggS", "a sound recording"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film"),
    (b"\x1aE\xdf\xa3", "a film"),
)


def named_format(suffix: str) -> Format | None:
    """Return the format that an ending stands for, in lower case and with its dot; None if it stands for none."""
    return _SUFFIXES.get(suffix)


def sniff(head: bytes, *, suffix: str) -> Format:
    """Return the format of a file.

    Args:
        head: its first kilobytes.
        suffix: the ending of its name with the dot, in any case; may be empty.

    Raises:
        DocumentUnreadable: it is in none of the formats that can be read.
    """
    suffix = suffix.lower()
    named = _SUFFIXES.get(suffix)
    if b"%PDF-" in head[:1024] and (named in (None, Format.PDF) or head.lstrip().startswith(b"%PDF-")):
        return Format.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return named if named in (Format.DOCX, Format.PPTX, Format.XLSX, Format.ODT, Format.EPUB) else Format.ZIP
    if head.lstrip().startswith(b"{\\rtf"):
        return Format.RTF
    if head.startswith(_OLD_OFFICE):
        raise _old_office(suffix)
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            raise DocumentUnreadable(
                f"The file is {kind}, not a document", hint="Only files with text in them can be read."
            )
    if named in TEXT_FORMATS:
        return Format.HTML if _MARKUP.match(head) else named
    if named is not None:
        raise DocumentUnreadable(
            f"The file is not what its ending {suffix} says",
            hint="It may be damaged or incompletely downloaded. Try to open it in the program it comes from.",
        )
    if _MARKUP.match(head):
        return Format.HTML
    if suffix in ("", ".doc", ".xls", ".log", ".me", ".1st", ".nfo"):
        return Format.TEXT
    raise DocumentUnreadable(
        f"Files ending in {suffix} cannot be read",
        hint="Save it as PDF, Word, HTML or plain text and add that copy.",
    )


def _old_office(suffix: str) -> DocumentUnreadable:
    """A container that old Word files, and encrypted new ones, come in."""
    if suffix in (".docx", ".pptx", ".xlsx", ".docm", ".pptm", ".xlsm", ".ppsx"):
        return DocumentUnreadable(
            "The file is protected by a password", hint="Save a copy without the password and add that."
        )
    newer = {".doc": ".docx", ".ppt": ".pptx", ".xls": ".xlsx"}.get(suffix, ".docx")
    return DocumentUnreadable(
        "The file is in an old Office format",
        hint=f"Open it in Word or LibreOffice and save it as {newer}.",
    )
