"""Takes a bundle into a data folder, as a session of its own that can be read and not gone on with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.bundle.archive import BundleArchive, EntryBroken
from engine.bundle.unpacked import text_in
from engine.bundle.verification import Finding, Verification
from engine.bundle.verify import examined
from engine.domain import RunId, SessionId
from engine.errors import BundleUnusable
from engine.reading.document import Document
from engine.storage.origin import Origin
from engine.storage.store import Store

TITLE = "Opened from a file: "
_MOST_TOLD = 3
_MOST_KEPT = 50
_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A bundle that is in the data folder now."""

    session_id: SessionId
    run_id: RunId
    is_new: bool
    """False where the same file was opened before: that session is meant then, and nothing was added."""
    verification: Verification


def open_into(store: Store, path: Path, *, despite_findings: bool = False) -> Opened:
    """Look a bundle through, and store it as a session. Nobody is contacted.

    Args:
        store: of the data folder.
        path: of the bundle.
        despite_findings: whether a person has seen what does not hold, and wants to read the report all the same.

    Raises:
        BundleUnusable: it cannot be read, is none, is too damaged to be shown, or does not hold and nobody said that
            it is to be opened anyway.
        StorageError: it could not be stored.
    """
    with examined(path) as found:
        verification, content, archive = found.verification, found.content, found.archive
        known = store.opened(verification.digest)
        if known is not None:
            return Opened(session_id=known[0], run_id=known[1], is_new=False, verification=verification)
        if content is None or not verification.can_be_opened:
            raise BundleUnusable(
                f"“{path.name}” is too damaged to be opened", hint=_told(verification, only_fatal=True)
            )
        if not verification.is_sound and not despite_findings:
            raise BundleUnusable(
                f"“{path.name}” does not hold what it says",
                hint=f"{_told(verification)} It was not opened; it can be, with these findings kept beside it.",
            )
        origin = Origin(
            opened_at=datetime.now(UTC),
            digest=verification.digest,
            name="".join(c for c in path.name if c.isprintable())[:_NAME_CHARACTERS],
            run="".join(c for c in content.manifest.run if c.isalnum() or c == "-")[:64],
            version=content.manifest.plumbline[:40],
            departures=content.receipt.receipt.departures,
            findings=tuple(sentence(finding) for finding in verification.findings[:_MOST_KEPT]),
        )
        hashes = dict.fromkeys(source.text_hash for source in content.state.sources.values())
        try:
            session_id, run_id = store.add_opened(
                content.trace,
                title=TITLE + content.state.question,
                origin=origin,
                documents=_whole(archive, hashes),
            )
        except ValueError as error:
            raise BundleUnusable(f"“{path.name}” is damaged", hint="Nothing of it was stored.") from error
    return Opened(session_id=session_id, run_id=run_id, is_new=True, verification=verification)


def _whole(archive: BundleArchive, hashes: Iterable[str]) -> Iterator[tuple[str, Document]]:
    """Yield the texts that are what they should be; that others are not is among the findings."""
    for text_hash in hashes:
        with suppress(EntryBroken):
            yield text_hash, text_in(archive, text_hash)


def sentence(finding: Finding) -> str:
    """Return a finding as a sentence."""
    where = finding.where[:1].upper() + finding.where[1:] if finding.where.startswith("sentence") else finding.where
    return f"{where} {finding.words}."


def _told(verification: Verification, *, only_fatal: bool = False) -> str:
    findings = [one for one in verification.findings if one.is_fatal or not only_fatal]
    told = " ".join(sentence(finding) for finding in findings[:_MOST_TOLD])
    more = len(findings) + verification.more_findings - _MOST_TOLD
    return f"{told} And {more:,} more." if more > 0 else told
