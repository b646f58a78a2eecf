"""Electronic books (epub) to a Document: the chapters of the spine in order, each read as the page it is."""

from __future__ import annotations

import posixpath
import time
from typing import Any
from urllib.parse import unquote, urldefrag

from engine.counting import counted
from engine.domain import Reference
from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.archive import Archive, damaged, local_name
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line
from engine.reading.extract.encoding import decode
from engine.reading.extract.html import declared_encoding, drafts_of_markup
from engine.reading.extract.reference import cleaned, doi_of, isbn_of

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_MAX_CHAPTERS = 5_000
_EVENTS = ("", "publication", "original-publication")
"""What happened on a day that is that of publication."""


def extract(content: Content) -> Document:
    """Return the book.

    Raises:
        DocumentUnreadable: it is damaged, copy-protected, or without text.
    """
    archive = Archive(content.data)
    _refuse_protected(archive)
    package = _package(archive)
    root = archive.xml(package)
    folder = posixpath.dirname(package)
    items = {item.get("id"): item for item in root.iterfind("{*}manifest/{*}item")}
    chapters = [items[name] for ref in root.iterfind("{*}spine/{*}itemref") if (name := ref.get("idref")) in items]
    titles = _titles(archive, items, folder)
    drafts: list[Draft] = []
    warnings: list[str] = []
    characters = 0
    for number, item in enumerate(chapters[:_MAX_CHAPTERS], start=1):
        if characters > content.characters or (drafts and time.process_time() > content.give_up_at):
            warnings.append(f"Only {number - 1} of {counted(len(chapters), 'chapter')} could be read.")
            break
        name = _resolved(folder, item.get("href") or "")
        if item.get("media-type") not in _PAGES or name not in archive:
            continue
        chapter = _chapter(archive, name, titles.get(name, ""))
        if "nav" in (item.get("properties") or "").split():
            for draft in chapter:
                draft.is_navigation = True
        characters += sum(len(draft.text) for draft in chapter)
        drafts.extend(chapter)
    return assemble(
        drafts,
        format="epub",
        stem=content.stem,
        characters=content.characters,
        metadata=_metadata(root),
        warnings=tuple(warnings),
    )


def _refuse_protected(archive: Archive) -> None:
    encryption = archive.xml_if_present("META-INF/encryption.xml")
    if encryption is None:
        return
    for method in encryption.iterfind(".//{*}EncryptedData/{*}EncryptionMethod"):
        if method.get("Algorithm") not in _FONT_ALGORITHMS:
            raise DocumentUnreadable(
                "The book is copy-protected", hint="Only books without such protection (DRM) can be read."
            )


def _package(archive: Archive) -> str:
    container = archive.xml_if_present("META-INF/container.xml")
    if container is not None:
        for rootfile in container.iterfind(".//{*}rootfile"):
            name = unquote(rootfile.get("full-path") or "")
            if name in archive:
                return name
    name = next((name for name in archive.names if name.endswith(".opf")), "")
    if not name:
        raise damaged()
    return name


def _resolved(folder: str, reference: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(urldefrag(reference).url)))


def _chapter(archive: Archive, name: str, title: str) -> list[Draft]:
    data = archive.read(name)
    chapter, _ = drafts_of_markup(decode(data, declared=declared_encoding(data)).text)
    for draft in chapter:
        draft.anchor = ""  # fragments are unique within a chapter only
    has_heading = any(draft.kind is BlockKind.HEADING for draft in chapter[:5])
    if chapter and title and not has_heading and one_line(chapter[0].text).casefold() != title.casefold():
        chapter.insert(0, Draft(kind=BlockKind.HEADING, text=title, level=1))
    elif chapter and title and not has_heading:
        chapter[0] = Draft(kind=BlockKind.HEADING, text=title, level=1)
    return chapter


def _titles(archive: Archive, items: dict[str, Any], folder: str) -> dict[str, str]:
    """What the book's table of contents calls each chapter: file → title, from EPUB 2's list or EPUB 3's."""
    titles: dict[str, str] = {}
    for item in items.values():
        name = _resolved(folder, item.get("href") or "")
        base = posixpath.dirname(name)
        if item.get("media-type") == "application/x-dtbncx+xml" and (ncx := archive.xml_if_present(name)) is not None:
            for point in ncx.iterfind(".//{*}navPoint"):
                label = one_line(point.findtext("{*}navLabel/{*}text") or "")
                content = point.find("{*}content")
                if label and content is not None:
                    titles.setdefault(_resolved(base, content.get("src") or ""), label)
        elif "nav" in (item.get("properties") or "").split() and (nav := archive.xml_if_present(name)) is not None:
            for link in nav.iterfind(".//{*}nav//{*}a"):
                label = one_line("".join(link.itertext()))
                if label:
                    titles.setdefault(_resolved(base, link.get("href") or ""), label)
    return titles


def _metadata(root: Any) -> Metadata:
    stated: dict[str, list[Any]] = {}
    for element in root.iterfind("{*}metadata//*"):
        if one_line(element.text or ""):
            stated.setdefault(local_name(element), []).append(element)
    roles = {
        (meta.get("refines") or "").removeprefix("#"): one_line(meta.text or "")
        for meta in stated.get("meta", [])
        if meta.get("property") == "role"
    }
    creators = [
        (one_line(one.text), _attribute(one, "role") or roles.get(one.get("id"), ""))
        for one in stated.get("creator", [])
    ]
    authors = [name for name, role in creators if role in ("", "aut")] or [name for name, _ in creators]
    dates = [
        one for one in stated.get("date", []) if _attribute(one, "event") in ("", "publication", "original-publication")
    ]
    language = _first(stated, "language")
    identifiers = [one_line(one.text) for one in stated.get("identifier", [])]
    return Metadata(
        title=_first(stated, "title"),
        language=language,
        authors=tuple(dict.fromkeys(authors)),
        published=one_line(dates[0].text)[:10] if dates else "",
        reference=cleaned(
            Reference(
                kind="book",
                publisher=_first(stated, "publisher"),
                doi=next((doi for one in identifiers if (doi := doi_of(one))), ""),
                isbn=next((isbn for one in identifiers if (isbn := isbn_of(one.removeprefix("urn:isbn:")))), ""),
            ),
            language=language,
        ),
    )


def _first(stated: dict[str, list[Any]], name: str) -> str:
    return one_line(stated[name][0].text) if name in stated else ""


def _attribute(element: Any, name: str) -> str:
    """An attribute by its name, in whatever space it is."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
