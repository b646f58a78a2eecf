"""Measures the library: indexing a real folder, searching it, and growth with made-up documents.

    python tests/benchmarks/bench_library.py folder /usr/share/doc/postgresql-doc-15/html
    python tests/benchmarks/bench_library.py growth 1000 10000 100000

Everything is written to a temporary folder, unless told to keep it. The queries are made from the documents
themselves (headings, words and pieces of sentences), so each has a document that it should find.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from engine.domain import FolderId
from engine.library import records
from engine.library.archive import stored_document
from engine.library.batches import Batches
from engine.library.folders import KnownFolder
from engine.library.index import Index
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.library.scan import FoundFile
from engine.library.schema import LIBRARY_FILE, library_migrations
from engine.library.upkeep import Upkeep
from engine.reading.document import Block, BlockKind, Document
from engine.reading.parser import Parser
from engine.reading.sentences import sentence_spans
from engine.storage.database import open_reader, open_writer

QUERIES = 300
SEED = 20240229


# --- queries with a known answer ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """A query, and the file that it was made from."""

    kind: str
    text: str
    path: str


def known_items(data: Path, count: int) -> list[KnownItem]:
    chance = random.Random(SEED)
    connection = open_reader(data / LIBRARY_FILE).conn
    documents = connection.execute("SELECT content_id, path FROM documents ORDER BY path").fetchall()
    items: list[KnownItem] = []
    for _ in range(20 * count):
        content_id, path = chance.choice(documents)
        made = query_from(stored_document(connection, content_id), chance)
        if made is not None:
            items.append(KnownItem(kind=made[0], text=made[1], path=path))
        if len(items) == count:
            break
    connection.close()
    return items


def query_from(document: Document, chance: random.Random) -> tuple[str, str] | None:
    kind = chance.choice(("heading", "words", "piece"))
    said = [block for block in document.blocks if not block.is_navigation]
    if kind == "heading":
        headings = [
            text
            for block in said
            if block.kind is BlockKind.HEADING and len((text := document.text[block.start : block.end]).split()) > 2
        ]
        return (kind, re.sub(r"^[\d.]+", "", chance.choice(headings))) if headings else None
    blocks = [block for block in said if block.kind is not BlockKind.HEADING and block.end - block.start > 80]
    if not blocks:
        return None
    block = chance.choice(blocks)
    start, end = chance.choice(sentence_spans(document.text[block.start : block.end]))
    sentence = document.text[block.start + start : block.start + end]
    if kind == "words":
        words = [word for word in re.findall(r"\w+", sentence) if len(word) > 3]
        if len(words) < 5:
            return None
        return kind, " ".join(words[place] for place in sorted(chance.sample(range(len(words)), 5)))
    words = sentence.split()
    if len(words) < 9:
        return None
    first = chance.randrange(len(words) - 8)
    return kind, "What is said about " + " ".join(words[first : first + 9]) + "?"


def measure_search(data: Path, items: list[KnownItem]) -> Iterator[str]:
    times: list[float] = []
    computing: list[float] = []
    found: dict[str, list[int]] = {}
    with LibraryReader.open(data) as reader:
        for item in items:
            began, worked = time.perf_counter(), time.process_time()
            results = reader.search(item.text, limit=10)
            computing.append((time.process_time() - worked) * 1e3)
            times.append((time.perf_counter() - began) * 1e3)
            places = [number for number, result in enumerate(results, 1) if result.address.endswith(f"/{item.path}")]
            found.setdefault(item.kind, []).append(places[0] if places else 0)
    yield row("searches", f"{len(times)}")
    yield row("search p50 / p95 / max", " / ".join(f"{value:.1f}" for value in spread(times)) + " ms")
    yield row("the same in processor time", " / ".join(f"{value:.1f}" for value in spread(computing)) + " ms")
    for kind, places in sorted(found.items()):
        first = statistics.mean(place == 1 for place in places)
        ten = statistics.mean(place > 0 for place in places)
        yield row(f"own document first / in ten ({kind})", f"{first:.0%} / {ten:.0%} of {len(places)}")


def spread(values: list[float]) -> tuple[float, float, float]:
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1]


# --- a real folder -----------------------------------------------------------------------------------------------


class Lateness:
    """A thread that wants to run every 5 ms, as a window's event loop does, and notes how much later it was."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Lateness:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def in_words(self) -> str:
        late = sorted(self.late_ms)
        return f"{late[int(len(late) * 0.99)]:.1f} / {late[-1]:.1f} ms"

    def _watch(self) -> None:
        while not self._is_over.is_set():
            began = time.perf_counter()
            time.sleep(0.005)
            self.late_ms.append((time.perf_counter() - began) * 1e3 - 5)


def measure_folder(folder: Path, data: Path) -> Iterator[str]:
    with Parser() as parser, Library.open(data, parser=parser) as library:
        library.add_folder(folder)
        with Lateness() as before:
            time.sleep(3)
        with Lateness() as lateness:
            first, seconds = timed(lambda: [told for told in library.update(should_stop=lambda: False)][-1])
        bytes_read = first.folder.size_bytes
        yield row("documents, unreadable", f"{first.indexed}, {first.failed}")
        yield row("indexing", f"{seconds:.1f} s, {first.indexed / seconds:.0f} documents/s")
        yield row("", f"{bytes_read / 1e6:.1f} MB of files, {bytes_read / seconds / 1e6:.2f} MB/s")
        yield row("another thread late p99 / max", lateness.in_words())
        yield row("the same before indexing", before.in_words())
        _, seconds = timed(lambda: list(library.update(should_stop=lambda: False)))
        yield row("update with nothing new", f"{seconds * 1e3:.0f} ms")
    yield row("index", f"{size_mb(data):.1f} MB, {size_mb(data) * 1e6 / max(1, bytes_read):.0%} of the files")
    yield from measure_search(data, known_items(data, QUERIES))


# --- growth ------------------------------------------------------------------------------------------------------


class Language:
    """A made-up language whose words are as unevenly used as those of a real one (Zipf)."""

    def __init__(self, *, words: int, chance: random.Random) -> None:
        self._chance = chance
        syllables = [first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n", "r")]
        made: dict[str, None] = {}
        while len(made) < words:
            length = 1 + min(4, int(chance.expovariate(0.7))) if len(made) > 100 else 1
            made["".join(chance.choices(syllables, k=length + (len(made) > 100)))] = None
        self._words = list(made)
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(words)))

    def word(self) -> str:
        return self._words[bisect(self._weights, self._chance.random() * self._weights[-1])]

    def document(self, number: int) -> Document:
        topic = [self._words[self._chance.randrange(200, len(self._words))] for _ in range(12)]
        pieces: list[tuple[BlockKind, int, str]] = []
        title = " ".join(self._chance.sample(topic, 3)).capitalize()
        pieces.append((BlockKind.HEADING, 1, title))
        for paragraph in range(max(2, int(self._chance.lognormvariate(2.0, 0.7)))):
            if paragraph % 3 == 2:
                pieces.append((BlockKind.HEADING, 2, f"{self._chance.choice(topic)} {self.word()} {self.word()}"))
            pieces.append((BlockKind.PARAGRAPH, 0, " ".join(self._sentence(topic) for _ in range(5))))
        blocks: list[Block] = []
        start = 0
        for kind, level, text in pieces:
            blocks.append(Block(kind=kind, start=start, end=start + len(text), level=level))
            start += len(text) + 2
        text = "\n\n".join(text for _, _, text in pieces)
        return Document(title=f"{title} {number}", text=text, blocks=tuple(blocks), format="text")

    def _sentence(self, topic: list[str]) -> str:
        words = [
            self._chance.choice(topic) if self._chance.random() < 0.06 else self.word()
            for _ in range(self._chance.randrange(8, 26))
        ]
        return " ".join(words).capitalize() + "."


def measure_growth(sizes: list[int], data: Path) -> Iterator[str]:
    language = Language(words=200_000, chance=random.Random(SEED))
    database = open_writer(data / LIBRARY_FILE, migrations=library_migrations(), is_durable=False)
    database.execute("PRAGMA cache_size=-65536")
    folder = FolderId("made-up")
    with database.atomic():
        records.put_folder(database.conn, KnownFolder(id=folder, path=str(data), name="made-up", is_guide=False))
    index = Index(database.conn)
    count = 0
    for size in sorted(sizes):
        writing_s = computing_s = 0.0
        before = count
        with Batches(database, index) as batches:
            while count < size:
                count += 1
                document = language.document(count)
                began, worked = time.perf_counter(), time.process_time()
                batches.open()
                add(index, database.conn, folder, document, count)
                batches.commit_if_due()
                writing_s += time.perf_counter() - began
                computing_s += time.process_time() - worked
        _, tidying_s = timed(lambda: Upkeep(database, index).tidy(should_stop=lambda: False))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        yield f"{size:,} documents"
        yield row("writing", f"{(count - before) / writing_s:.0f} documents/s, then {tidying_s:.1f} s of tidying")
        yield row("", f"{(count - before) / computing_s:.0f} documents per second of processor time")
        segments = database.execute("SELECT count(*) FROM segments").fetchone()[0]
        yield row("index", f"{size_mb(data):.0f} MB, {segments:,} segments")
        yield from measure_search(data, known_items(data, QUERIES))
    database.close()


def add(index: Index, connection: object, folder: FolderId, document: Document, number: int) -> None:
    content_id = index.add(document, file_hash=f"{number:064d}", name=f"{number}.txt", size_bytes=len(document.text))
    file = FoundFile(path=f"{number}.txt", size_bytes=len(document.text), mtime_ns=number, ctime_ns=number)
    records.put_document(connection, folder, file, content_id=content_id, is_settled=True)  # type: ignore[arg-type]


# --- output ------------------------------------------------------------------------------------------------------


def timed(work: Callable[[], object]) -> tuple[object, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def size_mb(data: Path) -> float:
    return sum(file.stat().st_size for file in data.iterdir()) / 1e6


def row(name: str, value: str) -> str:
    return f"  {name:<44}{value}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    folder = commands.add_parser("folder", help="index a real folder and search it")
    folder.add_argument("path", type=Path)
    growth = commands.add_parser("growth", help="grow an index of made-up documents")
    growth.add_argument("sizes", type=int, nargs="+")
    for command in (folder, growth):
        command.add_argument("--keep", type=Path, help="an empty folder to leave the index in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = arguments.keep or Path(temporary)
        lines = (
            measure_folder(arguments.path, data)
            if arguments.command == "folder"
            else measure_growth(arguments.sizes, data)
        )
        for line in lines:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
