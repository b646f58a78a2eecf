"""Whether documents can be read and found: with samples of our own and the user guide, in a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from desktop.data_folder import GUIDE_NAME
from desktop.terminal.doctor.finding import SET_UP_AGAIN, Finding, Verdict
from desktop.terminal.doctor.samples import SENTENCE, samples
from engine.counting import counted
from engine.errors import DocumentUnreadable
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.reading.parser import Parser
from resources.locations import guide_folder


def check_reading() -> Iterator[Finding]:
    """The parser process, with the smallest document of each format."""
    unread = []
    with tempfile.TemporaryDirectory(prefix="plumbline-doctor-") as folder, Parser() as parser:
        for suffix, content in samples().items():
            path = Path(folder) / f"sample{suffix}"
            path.write_bytes(content)
            try:
                if SENTENCE not in parser.parse(path).document.text:
                    unread.append(f"{suffix} (its text is not found)")
            except DocumentUnreadable as error:
                unread.append(f"{suffix} ({error.title})")
    formats = ", ".join(suffix.removeprefix(".") for suffix in samples())
    yield Finding(
        name="Reading documents",
        verdict=Verdict.FAILS if unread else Verdict.WORKS,
        detail=f"these do not work: {', '.join(unread)}" if unread else f"{formats}, in a process of its own",
        hint=SET_UP_AGAIN if unread else "",
    )


def check_search() -> Iterator[Finding]:
    """The whole way from files to an answer: the user guide is read, indexed and searched."""
    with tempfile.TemporaryDirectory(prefix="plumbline-doctor-") as folder, Parser() as parser:
        with Library.open(Path(folder), parser=parser) as library:
            library.add_folder(guide_folder(), name=GUIDE_NAME, is_guide=True)
            for _ in library.update(should_stop=lambda: False):
                pass
            documents = sum(one.documents for one in library.folders())
            parser.close()
        with LibraryReader.open(Path(folder)) as reader:
            results = reader.search("exit codes of the terminal command", limit=3)
    works = any("terminal" in result.address for result in results)
    yield Finding(
        name="Searching",
        verdict=Verdict.WORKS if works else Verdict.FAILS,
        detail=f"the user guide ({counted(documents, 'page')}) was indexed, and "
        + ("a question finds its page" if works else "a question does not find its page"),
        hint="" if works else SET_UP_AGAIN,
    )
