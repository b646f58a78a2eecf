"""Whether the pages of a bundle are those that its data make, so that nobody reads one thing and checks another."""

from __future__ import annotations

import re

from engine.bundle import layout
from engine.bundle.archive import BundleArchive, EntryBroken
from engine.bundle.unpacked import Unpacked, document_in
from engine.bundle.verification import Notebook, Topic
from engine.errors import BundleUnusable
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.reading.document import Document

DIFFERENT = (
    "report.html and report.md are not what this version of Plumbline would write from the data. Another version may "
    "have written them; what was checked is the data. Open the file in Plumbline to read what was checked."
)


_POLICY = b"""<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;"""
"""With which a browser carries out no program in the page and fetches nothing for it."""
_POLICY_WITHIN = 1_000
_ORDERS = re.compile(rb"<\s*meta[^>]*http-equiv", re.IGNORECASE)
_ACTIVE = re.compile(
    rb"<\s*(?:script|i?frame|frameset|object|embed|applet|portal|form|link|base|img|image|video|audio|source)\b",
    re.IGNORECASE,
)


def check_page(archive: BundleArchive, notebook: Notebook) -> None:
    """Look whether the page is one that does nothing: somebody without Plumbline may open it in a browser."""
    try:
        page = archive.read(layout.PAGE)
    except EntryBroken:
        return  # said where the entries are looked at
    place = page.find(_POLICY)
    if not 0 <= place <= _POLICY_WITHIN or len(_ORDERS.findall(page)) != 1 or _ACTIVE.search(page):
        words = "could do something in a browser, such as fetch from elsewhere; no page of a report can"
        notebook.find(Topic.ENTRIES, layout.PAGE, words)


def compare_pages(archive: BundleArchive, content: Unpacked, notebook: Notebook) -> None:
    """Write a note where the pages are not, byte for byte, what is made of the data.

    It is no fault by itself: versions write pages differently.
    """

    def document_of(text_hash: str) -> Document:
        try:
            return document_in(archive, text_hash)
        except EntryBroken as error:  # looked at before
            raise BundleUnusable("A text of the bundle cannot be read") from error

    departures = content.receipt.receipt.departures
    page = render_html(content.state, document_of, departures).encode("utf-8", "replace")
    markdown = render_markdown(content.state, departures).encode("utf-8", "replace")
    if archive.read(layout.PAGE) != page or archive.read(layout.MARKDOWN) != markdown:
        notebook.note(DIFFERENT)
