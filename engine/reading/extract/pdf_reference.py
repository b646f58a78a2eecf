"""What a PDF says of itself for reference lists: its packet of metadata (XMP), and a DOI printed on its first page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.domain import Reference
from engine.errors import DocumentUnreadable
from engine.reading.extract.archive import local_name, parse_xml
from engine.reading.extract.draft import one_line
from engine.reading.extract.reference import doi_of, dois_in, issn_of, pages_of, range_of

_BEGIN, _END = b"<x:xmpmeta", b"</x:xmpmeta>"
_MOST_PACKETS = 1_000
_MOST_PARSED = 20
_PACKET_BYTES = 500_000
_OF_DOCUMENT = (b"application/pdf", b"prism", b"ns.adobe.com/pdf", b"crossmark")
"""One of these is in a packet that speaks of the whole document."""
_MOST_AUTHORS = 50
_PDF_SPACES = ("ns.adobe.com/pdf/1.3/", "ns.adobe.com/pdfx/1.3/", "crossref.org/crossmark")
"""Of what is only said of a whole document; pictures in it have packets of their own."""
_KINDS = {
    "journal": "article-journal",
    "book": "book",
    "magazine": "article-magazine",
    "newspaper": "article-newspaper",
}
_MOST_LINES = 200
_BEFORE_DOI = 60
_LISTED = re.compile(r"\s*(?:\[\d+\]|\(?\d{1,3}[.)])\s")
_LIST_OF_WORKS = re.compile(
    r"(?:\d+\.?\s*)?(?:references|bibliography|literatur|literature cited|works cited)\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """What the packet of a PDF says."""

    reference: Reference = field(default_factory=Reference)
    authors: tuple[str, ...] = ()
    published: str = ""


def packet_facts(data: bytes) -> PdfFacts:
    """Return what the metadata packet of a PDF says of the document; the last one that speaks of it counts."""
    for packet in _packets(data):
        try:
            said = _said(parse_xml(packet))
        except DocumentUnreadable:
            continue
        if _is_of_document(said):
            return _facts(said)
    return PdfFacts()


def _packets(data: bytes) -> Iterator[bytes]:
    """Yield the packets that may speak of the document, the last first; each byte is looked at a few times at most."""
    end, parsed = len(data), 0
    for _ in range(_MOST_PACKETS):
        end = data.rfind(_END, 0, end)
        if end < 0 or parsed >= _MOST_PARSED:
            return
        begin = data.rfind(_BEGIN, max(0, end - _PACKET_BYTES), end)
        packet = data[begin : end + len(_END)] if begin >= 0 else b""
        if any(sign in packet for sign in _OF_DOCUMENT):
            parsed += 1
            yield packet
        end = begin if begin >= 0 else end


def printed_doi(lines: Sequence[str]) -> str:
    """Return the only DOI on the first page, if it stands where that of the document itself would.

    Not in a list of works, not behind a number, and not deep within a sentence: there it is that of another work.
    """
    found: dict[str, bool] = {}
    for line in lines[:_MOST_LINES]:
        if _LIST_OF_WORKS.fullmatch(line.strip()):
            break
        for doi in dois_in(line):
            found.setdefault(doi.casefold(), not _LISTED.match(line) and line.find(doi) <= _BEFORE_DOI)
    if len(found) != 1 or not all(found.values()):
        return ""
    (wanted,) = found
    return next(doi for line in lines for doi in dois_in(line) if doi.casefold() == wanted)


def _said(root: Any) -> dict[str, list[str]]:
    """The values of a packet by the local names of their elements and attributes, with the space in front."""
    said: dict[str, list[str]] = {}
    for description in root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"):
        for name, value in description.attrib.items():
            if one_line(value):
                said.setdefault(_key(name), []).append(one_line(value)[:500])
        for element in description.iterchildren():
            items = [item for item in element.iter() if local_name(item) == "li"] or [element]
            values = [text for item in items[:_MOST_AUTHORS] if (text := one_line(item.text or "")[:500])]
            if values:
                said.setdefault(_key(element.tag), []).extend(values)
    return said


def _key(tag: str) -> str:
    space, _, name = tag.rpartition("}")
    kind = ""
    if "purl.org/dc" in space:
        kind = "dc"
    elif "prism" in space:
        kind = "prism"
    elif any(one in space for one in _PDF_SPACES):
        kind = "pdf"
    return f"{kind}:{name}".lower()


def _is_of_document(said: dict[str, list[str]]) -> bool:
    if any("pdf" in value.lower() for value in said.get("dc:format", [])):
        return True
    return "dc:format" not in said and any(key.startswith(("prism:", "pdf:")) for key in said)


def _facts(said: dict[str, list[str]]) -> PdfFacts:
    def first(*keys: str) -> str:
        return next((said[key][0] for key in keys if key in said), "")

    pages = pages_of(first("prism:startingpage"), first("prism:endingpage")) or range_of(first("prism:pagerange"))
    names = ("prism:doi", "pdf:doi", "pdf:wps-articledoi", "dc:identifier")
    dois = [doi_of(value) for name in names for value in said.get(name, [])]
    container = first("prism:publicationname")
    kind = _KINDS.get(first("prism:aggregationtype").lower(), "")
    reference = Reference(
        kind=kind or ("article-journal" if container and first("prism:volume", "prism:issn") else ""),
        container=container,
        publisher=first("dc:publisher"),
        volume=first("prism:volume"),
        issue=first("prism:number"),
        pages=pages,
        doi=next((doi for doi in dois if doi), ""),
        isbn=first("prism:isbn"),
        issn=issn_of(first("prism:issn", "prism:eissn")),
        language=first("dc:language") if first("dc:language") != "x-unknown" else "",
    )
    published = first("prism:publicationdate", "prism:coverdate", "prism:coverdisplaydate")
    return PdfFacts(reference=reference, authors=tuple(said.get("dc:creator", ())), published=published)
