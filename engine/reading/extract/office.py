"""What Word and PowerPoint files have in common: the package, its parts, and what it says about itself."""

from __future__ import annotations

import re

from engine.domain import Reference
from engine.reading.extract.archive import Archive, local_name
from engine.reading.extract.draft import Metadata, one_line
from engine.reading.extract.reference import cleaned, doi_of, people_in

_JUNK_TITLE = re.compile(
    r"microsoft word\b.*|word document|powerpoint presentation|presentation\d*|slide \d+|document\d*|untitled.*"
    r"|.*\.(?:docx?|dotx?|pptx?)",
    re.IGNORECASE,
)
_JUNK_AUTHORS = frozenset(
    {"python-docx", "openpyxl", "microsoft office user", "user", "admin", "administrator", "unknown"}
)


def main_part(archive: Archive, kind: str, usual: str) -> str:
    """Return the name of the member that holds the document."""
    for target_kind, name in archive.targets("").values():
        if target_kind == kind and name in archive:
            return name
    return usual


def core_metadata(archive: Archive, *, title: str = "") -> Metadata:
    """Return what the package says about itself; when it was begun and changed is not when it was published.

    Args:
        archive: the package.
        title: as it stands in the document, which is better than what the properties say.
    """
    name = next((name for kind, name in archive.targets("").values() if kind == "core-properties"), "docProps/core.xml")
    root = archive.xml_if_present(name)
    stated: dict[str, str] = {}
    if root is not None:
        for element in root.iterchildren():
            stated[local_name(element)] = one_line(element.text or "")
    stated_title = stated.get("title", "")
    authors = people_in(stated.get("creator", ""))
    return Metadata(
        title=title or ("" if _JUNK_TITLE.fullmatch(stated_title) else stated_title),
        language=stated.get("language", ""),
        authors=tuple(author for author in authors if author.lower() not in _JUNK_AUTHORS),
        reference=cleaned(
            Reference(
                publisher=stated.get("publisher", ""),
                doi=doi_of(stated.get("identifier", "")),
                isbn=stated.get("identifier", ""),
            ),
            language=stated.get("language", ""),
        ),
    )
