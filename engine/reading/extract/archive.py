"""Zip archives that documents come in, with limits: what a member says of its size is not believed, nor is its XML."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from lxml import etree

from engine.errors import DocumentUnreadable
from engine.reading.extract.formats import Format

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 96 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_RATIO = 300
_RATIO_COUNTS_FROM_BYTES = 8 << 20
_CHUNK_BYTES = 1 << 20


class Archive:
    """A zip archive held in memory; members are unpacked one at a time, within a budget for all of them."""

    def __init__(self, data: bytes) -> None:
        """Open the archive.

        Raises:
            DocumentUnreadable: it is damaged, has absurdly many members, or is encrypted.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, OverflowError, NotImplementedError) as error:
            raise damaged() from error
        if len(members) > MAX_MEMBERS:
            raise bomb()
        self._members = {member.filename.replace("\\", "/"): member for member in members}
        self._left_bytes = MAX_TOTAL_BYTES

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all members."""
        return tuple(self._members)

    def read(self, name: str) -> bytes:
        """Return a member's bytes.

        Raises:
            DocumentUnreadable: it is missing, damaged, encrypted, or unpacks to far more than it should.
        """
        member = self._members.get(name)
        if member is None:
            raise damaged()
        if member.flag_bits & 0x1:
            raise DocumentUnreadable(
                "The file is protected by a password", hint="Save a copy without the password and add that."
            )
        chunks: list[bytes] = []
        total = 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    total += len(chunk)
                    self._left_bytes -= len(chunk)
                    is_absurd = total > _RATIO_COUNTS_FROM_BYTES and total > MAX_RATIO * max(member.compress_size, 1)
                    if total > MAX_MEMBER_BYTES or self._left_bytes < 0 or is_absurd:
                        raise bomb()
                    chunks.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise damaged() from error
        return b"".join(chunks)

    def xml(self, name: str) -> Any:
        """Return the root element of a member.

        Raises:
            DocumentUnreadable: see ``read``; or it is not well-formed, or defines entities.
        """
        return parse_xml(self.read(name))

    def xml_if_present(self, name: str) -> Any | None:
        """Return the root element of a member, or None if there is none that can be used."""
        if name not in self._members:
            return None
        try:
            return self.xml(name)
        except DocumentUnreadable:
            return None

    def check(self, wanted: Callable[[str], bool]) -> None:
        """Unpack every wanted member once, for libraries that read the archive themselves.

        Raises:
            DocumentUnreadable: one of them is damaged, a bomb, or defines XML entities.
        """
        for name in self._members:
            if wanted(name):
                head = self.read(name)[:4_096]
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise damaged()

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of an Office part: id → (kind, name of the member it leads to)."""
        folder, file = posixpath.split(part)
        root = self.xml_if_present(posixpath.join(folder, "_rels", f"{file}.rels"))
        found: dict[str, tuple[str, str]] = {}
        if root is None:
            return found
        for relation in root.iterchildren("{*}Relationship"):
            target = relation.get("Target") or ""
            if relation.get("TargetMode") == "External" or not target:
                continue
            kind = (relation.get("Type") or "").rpartition("/")[2]
            name = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[relation.get("Id") or ""] = (kind, name)
        return found


def format_of(data: bytes) -> Format | None:
    """Return what kind of document a zip archive is, by its members; None if it is just an archive.

    Raises:
        DocumentUnreadable: it is damaged.
    """
    archive = Archive(data)
    if "META-INF/container.xml" in archive:
        return Format.EPUB
    if "content.xml" in archive:
        return Format.ODT
    for member, format in (
        ("word/document.xml", Format.DOCX),
        ("ppt/presentation.xml", Format.PPTX),
        ("xl/workbook.xml", Format.XLSX),
    ):
        if member in archive:
            return format
    return None


def parse_xml(data: bytes) -> Any:
    """Return the root element of a document that may not define entities or reach outside.

    Raises:
        DocumentUnreadable: it is not well-formed, nested absurdly deeply, or defines entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged() from error
    declared: Any = root.getroottree().docinfo.internalDTD
    if declared is not None and next(iter(declared.iterentities()), None) is not None:
        raise damaged()
    return root


def local_name(element: Any) -> str:
    """Return an element's tag without its namespace; Office files come in two of them."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def damaged() -> DocumentUnreadable:
    """Return the error for a file whose inside does not hold together."""
    return DocumentUnreadable(
        "The file is damaged", hint="Try to open it in the program it comes from and save it again."
    )


def bomb() -> DocumentUnreadable:
    """Return the error for a file that unpacks to far more than any document."""
    return DocumentUnreadable(
        "The file unpacks to an absurd size", hint="It is damaged, or was made to do harm. It was not read."
    )
