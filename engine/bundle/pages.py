"""Whether the pages of a bundle are those that its data make, so that nobody reads one thing and checks another."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path

from engine.bundle import layout
from engine.bundle.archive import BundleArchive, EntryBroken
from engine.bundle.unpacked import Unpacked, document_in
from engine.bundle.verification import Notebook, Topic
from engine.errors import BundleUnusable
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.reading.document import Document
from engine.version import VERSION
from resources.locations import report_folder

DIFFERENT = (
    "report.html and report.md are not what this version of Plumbline would write from the data. Another version may "
    "have written them; what was checked is the data. Open the file in Plumbline to read what was checked."
)
OTHER_WORDS = "does not show the report of this file: it is not what Plumbline writes from the data"

_HEAD = re.compile(
    rb"""\s{0,9}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src """
    rb"""&#39;sha256-[A-Za-z0-9+/]{43}=&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Plumbline [^"<>]{0,80}">
<title>"""
)
"""How every page begins: a browser then carries out no program that is in it, and fetches nothing for it."""
_ACTIVE = re.compile(
    rb"<!--|<\s*(?:meta|script|i?frame|frameset|object|embed|applet|portal|form|link|base|img|image|video|audio|source"
    rb"|template|animate|set|use)(?![a-z0-9])",
    re.IGNORECASE,
)
"""What no page has behind its head; the words of a report are there with ``&lt;``."""


def renderer() -> str:
    """Return what tells the programs that write pages from each other: the SHA-256 of all they are made of."""
    hashed = hashlib.sha256(VERSION.encode("utf-8"))
    for folder in (Path(str(files("engine.export"))), report_folder()):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file():
                hashed.update(path.name.encode("utf-8") + b"\0" + path.read_bytes())
    return hashed.hexdigest()


def check_page(archive: BundleArchive, notebook: Notebook) -> None:
    """Look whether the page is one that does nothing: somebody without Plumbline may open it in a browser."""
    try:
        page = archive.read(layout.PAGE)
    except EntryBroken:
        return  # said where the entries are looked at
    head = _HEAD.match(page)
    if head is None or _ACTIVE.search(page, head.end()):
        words = "could do something in a browser, such as fetch from elsewhere; no page of a report can"
        notebook.find(Topic.ENTRIES, layout.PAGE, words)


def compare_pages(archive: BundleArchive, content: Unpacked, notebook: Notebook) -> None:
    """Look whether the pages are, byte for byte, what is made of the data.

    Versions write pages differently: what this one would not write is a fault if this one is said to have written it,
    and is noted otherwise.
    """

    def document_of(text_hash: str) -> Document:
        try:
            return document_in(archive, text_hash)
        except EntryBroken as error:  # looked at before
            raise BundleUnusable("A text of the bundle cannot be read") from error

    departures = content.receipt.receipt.departures
    page = render_html(content.state, document_of, departures).encode("utf-8", "replace")
    markdown = render_markdown(content.state, departures).encode("utf-8", "replace")
    others = [name for name, due in ((layout.PAGE, page), (layout.MARKDOWN, markdown)) if archive.read(name) != due]
    if not others:
        return
    if content.manifest.renderer != renderer():
        notebook.note(DIFFERENT)
        return
    for name in others:
        notebook.find(Topic.ENTRIES, name, OTHER_WORDS)
