"""Whether the entries of a bundle are those of its list, and say the same as its trace: texts, passages, sums."""

from __future__ import annotations

from collections import Counter

from engine.bundle import layout
from engine.bundle.archive import BundleArchive, EntryBroken
from engine.bundle.entries import Manifest, claim_lines, numbering_of, receipt_file, sha256, sums
from engine.bundle.unpacked import Unpacked, is_plausible, text_in
from engine.bundle.verification import Notebook, Topic
from engine.codec import Undecodable, decode
from engine.counting import counted
from engine.domain import Passage
from engine.events import SourceRead
from engine.reading.identity import source_id


def check_entries(archive: BundleArchive, notebook: Notebook) -> None:
    """Look whether every entry has the size and the hash that the manifest says, and none is missing or too many."""
    try:
        packed = archive.read(layout.MANIFEST)
        manifest = decode(packed, Manifest)
    except (EntryBroken, Undecodable, RecursionError):
        return  # said when it is unpacked
    listed = {entry.name: entry for entry in manifest.entries}
    notebook.look(Topic.ENTRIES, len(listed), f"{_each(len(listed), 'entry', 'entries')} as the list of contents says")
    try:
        listed_sums = archive.read(layout.SUMS)
    except EntryBroken:
        listed_sums = b""
    if listed_sums != sums(manifest.entries, packed):
        notebook.find(Topic.ENTRIES, layout.SUMS, "does not say the same as the list of contents")
    for name in archive.names:
        if name not in listed and name not in layout.UNLISTED:
            notebook.find(Topic.ENTRIES, name, "is not in the list of contents")
    if len(listed) != len(manifest.entries):
        notebook.find(Topic.ENTRIES, layout.MANIFEST, "lists an entry twice")
    for entry in listed.values():
        try:
            content = archive.read(entry.name)
        except EntryBroken as error:
            notebook.find(Topic.ENTRIES, _short(entry.name), str(error))
            continue
        if len(content) != entry.size or sha256(content) != entry.sha256:
            notebook.find(Topic.ENTRIES, entry.name, "is not what the list of contents says")


def check_texts(archive: BundleArchive, content: Unpacked, notebook: Notebook) -> None:
    """Look whether every text has its hash, and every passage stands in it word for word where it says."""
    state = content.state
    by_text: dict[str, list[Passage]] = {}
    for source in state.sources.values():
        by_text.setdefault(source.text_hash, [])
    for passage in state.passages.values():
        source_of = state.sources.get(passage.source_id)
        if source_of is None:
            notebook.find(Topic.PASSAGES, f"Passage {passage.id}", "is of a source that was not read", is_fatal=True)
        else:
            by_text[source_of.text_hash].append(passage)
    number = sum(map(len, by_text.values()))
    notebook.look(Topic.TEXTS, len(by_text), f"{_each(len(by_text), 'text', 'texts')} what its hash says")
    notebook.look(Topic.PASSAGES, number, f"{_stand(number, 'passage')} word for word where the report says")
    for text_hash, passages in by_text.items():
        try:
            document = text_in(archive, text_hash)
        except EntryBroken as error:
            notebook.find(Topic.TEXTS, _short(layout.text_name(text_hash)), str(error))
            continue
        for passage in passages:
            if not 0 <= passage.start <= passage.end <= len(document.text):
                notebook.find(Topic.PASSAGES, f"Passage {passage.id}", "lies outside its text", is_fatal=True)
            elif document.text[passage.start : passage.end] != passage.quote:
                notebook.find(Topic.PASSAGES, f"Passage {passage.id}", "is not, word for word, what its text has there")
    unused = {layout.hash_of_text(name) for name in archive.names} - {""} - set(by_text)
    for text_hash in sorted(unused):
        notebook.find(Topic.TEXTS, layout.text_name(text_hash), "is of no source of the report")


def check_trace(content: Unpacked, notebook: Notebook) -> None:
    """Look whether the steps of the run lead to the report that is shown, and to all that is listed beside it."""
    state, report = content.state, content.report
    notebook.look(
        Topic.TRACE, len(content.trace), f"{counted(len(content.trace), 'step')} of the research lead to this report"
    )
    if state.current_report != report:
        notebook.find(Topic.TRACE, layout.REPORT, "is not the report to which the steps of the run lead")
    if content.claims != tuple(claim_lines(report)):
        notebook.find(Topic.TRACE, layout.CLAIMS, "does not list the sentences of the report")
    if content.sources != tuple(state.sources.values()):
        notebook.find(Topic.TRACE, layout.SOURCES, "does not list the sources that were read")
    if tuple(line.passage for line in content.passages) != tuple(state.passages.values()):
        notebook.find(Topic.TRACE, layout.PASSAGES, "does not list the passages that were found")
    labels = {mark.passage_id: mark.label for mark in numbering_of(state).marks}
    for line in content.passages:
        source = state.sources.get(line.passage.source_id)
        is_as_listed = source is not None and line.text_hash == source.text_hash
        if not is_as_listed or line.quote_sha256 != sha256(line.passage.quote.encode("utf-8")):
            notebook.find(Topic.PASSAGES, f"Passage {line.passage.id}", "is listed with another hash than its own")
        if line.label != labels.get(line.passage.id, ""):
            notebook.find(Topic.PASSAGES, f"Passage {line.passage.id}", "is listed under another number than its own")
    _check_readings(content, notebook)


def _check_readings(content: Unpacked, notebook: Notebook) -> None:
    """Look whether the sources are who they say, and no number is given to two passages."""
    numbers: Counter[int] = Counter()
    for stored in content.trace:
        event = stored.event
        if not isinstance(event, SourceRead):
            continue
        numbers.update(passage.id for passage in event.passages)
        if event.source.id != source_id(event.source.address, event.source.text_hash):
            notebook.find(Topic.TRACE, f"Step {stored.sequence}", "names a source by an id that is not its own")
        if any(passage.source_id != event.source.id for passage in event.passages):
            notebook.find(Topic.TRACE, f"Step {stored.sequence}", "has passages of another source")
    for number, times in numbers.items():
        if times > 1:
            notebook.find(Topic.PASSAGES, f"Passage {number}", "was found twice under one number")


def check_receipt(content: Unpacked, notebook: Notebook) -> None:
    """Look whether the sums of the receipt are those of the requests that it lists, and of the steps of the run."""
    said = content.receipt
    departures = said.receipt.departures
    number = len(departures.entries)
    notebook.look(
        Topic.RECEIPT,
        number,
        f"The receipt adds up: {counted(number, 'request')} at the door, and the steps of the run",
    )
    if not all(is_plausible(entry.at) for entry in departures.entries):
        notebook.find(Topic.RECEIPT, layout.RECEIPT, "has a time that cannot be", is_fatal=True)
        return
    due = receipt_file(content.state, departures)
    totals = ("requests", "refused", "bytes_sent", "bytes_received", "hosts")
    if any(getattr(said, name) != getattr(due, name) for name in totals):
        notebook.find(Topic.RECEIPT, layout.RECEIPT, "has sums that are not those of the requests it lists")
    figures = ("searches", "sources_read", "sources_cited", "passages_found", "states", "sent_to", "stayed_here")
    for name in figures:
        if getattr(said.receipt, name) != getattr(due.receipt, name):
            words = f"says {name.replace('_', ' ')} otherwise than the steps of the run"
            notebook.find(Topic.RECEIPT, layout.RECEIPT, words)


def _each(number: int, one: str, many: str) -> str:
    return f"The one {one} is" if number == 1 else f"Each of {number:,} {many} is"


def _stand(number: int, what: str) -> str:
    return f"{counted(number, what)} {'stands' if number == 1 else 'stand'}"


def _short(name: str) -> str:
    return "".join(c for c in name if c.isprintable())[:120]
