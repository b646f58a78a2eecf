"""Whether the pages of a bundle are those that its data make, so that nobody reads one thing and checks another."""

from __future__ import annotations

from engine.bundle import layout
from engine.bundle.archive import BundleArchive, EntryBroken
from engine.bundle.unpacked import Unpacked, document_in
from engine.bundle.verification import Notebook
from engine.errors import BundleUnusable
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.reading.document import Document

DIFFERENT = (
    "report.html and report.md are not what this version of Plumbline would write from the data. Another version may "
    "have written them; what was checked is the data. Open the file in Plumbline to read what was checked."
)


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
