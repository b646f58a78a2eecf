"""Looks through a bundle: whether each byte, hash, passage, citation, figure and sum in it is what it should be.

Nobody is contacted, nothing is unpacked to the disk, and no file but the bundle is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.bundle import layout
from engine.bundle.archive import BundleArchive, opened_archive
from engine.bundle.claims import check_claims
from engine.bundle.contents import check_entries, check_receipt, check_texts, check_trace
from engine.bundle.pages import check_page, compare_pages
from engine.bundle.unpacked import Unpacked, unpacked
from engine.bundle.verification import Finding, Notebook, Topic, Verification

_TITLE_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A bundle that was looked through and is still open."""

    verification: Verification
    content: Unpacked | None
    """None where too little of it can be understood."""
    archive: BundleArchive


def verify(path: Path) -> Verification:
    """Return what holds of a bundle, and what does not.

    Raises:
        BundleUnusable: it cannot be read, is none, or is one that nobody should unpack.
    """
    with examined(path) as found:
        return found.verification


@contextmanager
def examined(path: Path) -> Iterator[Examined]:
    """Look a bundle through, and keep it open for who wants to take from it.

    Raises:
        BundleUnusable: it cannot be read, is none, or is one that nobody should unpack.
    """
    notebook = Notebook()
    with opened_archive(path) as archive:
        notebook.look(Topic.FILE, 1, "The file is as it was sealed, byte for byte")
        if not archive.is_sealed:
            notebook.find(Topic.FILE, path.name, "is not as it was sealed: at least one byte is another")
        check_entries(archive, notebook)
        check_page(archive, notebook)
        content = unpacked(archive, notebook)
        if content is not None:
            check_texts(archive, content, notebook)
            check_claims(content, notebook)
            check_trace(content, notebook)
            check_receipt(content, notebook)
            if not notebook.findings:
                compare_pages(archive, content, notebook)
        yield Examined(verification=_result(path, archive, content, notebook), content=content, archive=archive)


def _result(path: Path, archive: BundleArchive, content: Unpacked | None, notebook: Notebook) -> Verification:
    titles = {}
    for source in content.state.sources.values() if content is not None else ():
        titles[layout.text_name(source.text_hash)] = source.title
        titles[layout.structure_name(source.text_hash)] = source.title
    return Verification(
        name=path.name,
        digest=archive.digest,
        question=content.state.question if content is not None else "",
        version=content.manifest.plumbline if content is not None else "",
        looked=tuple(notebook.looked),
        findings=tuple(_named(finding, titles) for finding in notebook.findings),
        more_findings=notebook.more_findings,
        notes=tuple(notebook.notes),
    )


def _named(finding: Finding, titles: Mapping[str, str]) -> Finding:
    """The finding with the title of the page or file whose text it speaks of: its hash tells nobody anything."""
    title = " ".join("".join(c if c.isprintable() else " " for c in titles.get(finding.where, "")).split())
    return replace(finding, where=f"{finding.where} (“{title[:_TITLE_CHARACTERS]}”)") if title else finding
