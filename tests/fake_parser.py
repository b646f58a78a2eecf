"""A parser in this process: text files of paragraphs, ``#`` headings and ``>`` navigation; keeps count."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import DocumentUnreadable
from engine.reading.document import Block, BlockKind, Document
from engine.reading.parser import ParsedFile


class FakeParser:
    """``UNREADABLE`` at the start of a file makes it so; ``on_parse`` is called before a file is read."""

    def __init__(self, *, on_parse: Callable[[Path], None] | None = None) -> None:
        self.parsed: list[str] = []
        self._on_parse = on_parse
        self._lock = threading.Lock()

    def parse(self, path: Path) -> ParsedFile:
        with self._lock:
            self.parsed.append(path.name)
        if self._on_parse is not None:
            self._on_parse(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise DocumentUnreadable("The file cannot be opened", hint="Look at its permissions.") from error
        if data.startswith(b"UNREADABLE"):
            raise DocumentUnreadable("The file is damaged", hint="Open it in another program and save it again.")
        return ParsedFile(
            document=parsed_document(data.decode("utf-8", "replace"), name=path.stem),
            file_hash=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            modified_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )


def parsed_document(text: str, *, name: str = "page") -> Document:
    """Return the document of a text: each line is a block."""
    blocks: list[Block] = []
    pieces: list[str] = []
    start = 0
    title = ""
    for line in text.splitlines():
        content = line.strip()
        if not content:
            continue
        level = len(content) - len(content.lstrip("#"))
        is_navigation = content.startswith(">")
        content = content.lstrip("#>").strip()
        title = title or (content if level == 1 else "")
        blocks.append(
            Block(
                kind=BlockKind.HEADING if level else BlockKind.LIST_ITEM if is_navigation else BlockKind.PARAGRAPH,
                start=start,
                end=start + len(content),
                level=min(level, 6),
                is_navigation=is_navigation,
            )
        )
        pieces.append(content)
        start += len(content) + 1
    return Document(title=title or name, text="\n".join(pieces), blocks=tuple(blocks), format="text")


def write_file(path: Path, text: str | bytes, *, age_s: float = 3_600) -> Path:
    """Write a file that was last changed some time ago, so that its time can be trusted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    at = time.time() - age_s
    os.utime(path, (at, at))
    return path
