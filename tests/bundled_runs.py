"""Bundles to check and to open: of made runs, whole or changed on purpose and sealed again."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from fake_runs import START, WINTER, FakeRun, claim, finished_run

from engine.bundle import layout
from engine.bundle.pack import pack
from engine.domain import Claim, ClaimState, Outcome, Report, Section, SubQuestionId
from engine.export.departures import Departure, Departures

REQUESTS = Departures(
    entries=(
        Departure(
            at=START, purpose="search", host="search.example", words="lime frost", bytes_sent=400, bytes_received=9
        ),
        Departure(at=START + timedelta(seconds=1), purpose="page", host="paper.example", path="/a", bytes_sent=300),
        Departure(
            at=START + timedelta(seconds=2), purpose="page", host="other.example", is_allowed=False, reason="No."
        ),
    )
)


def packed(run: FakeRun, departures: Departures = Departures()) -> bytes:  # noqa: B008  a frozen value
    return pack(run.trace, run.document_of, departures=departures)


def whole() -> bytes:
    """The bundle of a run with several scripts in it."""
    return packed(finished_run(with_other_scripts=True), REQUESTS)


def small_run(*claims: Claim) -> FakeRun:
    """A run that has read one text and found two passages in it; they are numbers 1 and 2."""
    run = FakeRun(question="How long is lime mortar at risk from frost?")
    run.started()
    run.planned(["How long is lime mortar at risk?"])
    run.began(1)
    source = run.source("frost.html", WINTER)
    run.searched(1, "lime mortar frost", [(source.address, source.title)])
    run.read(1, source, ["Lime mortar stays vulnerable to frost for about three months", "Water expands by about nine"])
    run.closed(1)
    section = Section(title="Risk", claims=claims, subquestion_id=SubQuestionId(1))
    run.wrote(Report(question=run.question, answer=(), sections=(section,), gaps=(), made_by="A test"))
    run.ended(Outcome.COMPLETE)
    return run


def small(
    text: str, *, state: ClaimState = ClaimState.SINGLE_SOURCE, is_quotation: bool = False, cites: int = 1
) -> bytes:
    """The bundle of a small run with one sentence."""
    return packed(small_run(claim(1, text, [cites], state=state, is_quotation=is_quotation)))  # type: ignore[list-item]


def sealed(content: bytes) -> bytes:
    """The file with a seal that fits it; its comment has to have the room."""
    content = content[: -layout.DIGEST_DIGITS]
    return content + hashlib.sha256(content).hexdigest().encode()


def entries(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(
    content: Mapping[str, bytes], *, change: Callable[[zipfile.ZipInfo], None] = lambda _: None, twice: str = ""
) -> bytes:
    """A sealed file of these entries, as somebody else might make it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            for _ in range(1 + (name == twice)):
                info = zipfile.ZipInfo(name)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o100644 << 16
                change(info)
                archive.writestr(info, data)
        archive.comment = layout.SEAL_BEGINNING + b"0" * layout.DIGEST_DIGITS
    return sealed(made.getvalue())


def summed(content: Mapping[str, bytes]) -> dict[str, bytes]:
    """The entries with every sum made anew."""
    content = dict(content)
    manifest = json.loads(content[layout.MANIFEST])
    for entry in manifest["entries"]:
        data = content[entry["name"]]
        entry.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    content[layout.MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
    lines = [f"{entry['sha256']}  {entry['name']}\n" for entry in manifest["entries"]]
    lines.append(f"{hashlib.sha256(content[layout.MANIFEST]).hexdigest()}  {layout.MANIFEST}\n")
    content[layout.SUMS] = "".join(lines).encode()
    return content


def forged(bundle: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The bundle with one entry changed, and every sum made anew: only what the data itself says can betray it."""
    content = entries(bundle)
    before = content[name]
    content[name] = change(before)
    assert content[name] != before
    return zipped(summed(content))


def saved(bundle: bytes, folder: Path, name: str = "report.plumbline") -> Path:
    path = folder / name
    path.write_bytes(bundle)
    return path
