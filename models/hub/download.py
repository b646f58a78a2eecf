"""Downloads a model: resumable, over several connections, and checked before it gets its name."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from models.errors import DownloadFailed, ModelError
from models.files.gguf import read_gguf
from models.http import HttpClient, RequestCancelled
from models.hub.catalog import Catalog, Offer, OfferFile, Shape, is_repository, is_safe_path
from models.hub.hub import Hub
from models.hub.part_file import PartFile, WriteAt
from models.hub.transfer import Retries, Transfer

_TELL_EVERY_S = 0.2
_SPEED_OVER_S = 6.0
_NO_SHAPE = Shape(
    layers=0, embedding=0, heads=0, kv_heads=0, head_dim=0, ffn=0, vocabulary=0, parameters=0, context_tokens=0
)


class DownloadState(StrEnum):
    """What a download does at the moment."""

    WAITING = "waiting"
    """Not begun."""
    ASKING = "asking"
    """The hub is asked for checksums."""
    RUNNING = "running"
    RETRYING = "retrying"
    """The connection failed; it tries again by itself."""
    CHECKING = "checking"
    """Everything is here; the rest of the checksum is computed."""
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more by itself."""
        return self in (self.PAUSED, self.DONE, self.FAILED, self.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadProgress:
    """How far a download is."""

    state: DownloadState
    done_bytes: int
    total_bytes: int
    checked_bytes: int = 0
    bytes_per_s: float = 0.0
    """Over the last seconds."""
    seconds_left: float | None = None
    """None while it cannot be told."""
    connections: int = 0
    restarts: int = 0
    """How often it had to begin again because the file had changed."""
    note: str = ""
    """Why nothing moves, for a person."""
    error_title: str = ""
    error_hint: str = ""

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self.done_bytes / self.total_bytes if self.total_bytes else 0.0


OnProgress = Callable[[DownloadProgress], None]


def note_of(offer: Offer) -> dict[str, object]:
    """Return what has to be kept to go on with a download after a restart, as JSON."""
    return {
        "family": offer.family,
        "name": offer.name,
        "quantisation": offer.quantisation,
        "repository": offer.repository,
        "revision": offer.revision,
        "files": [[file.path, file.size_bytes, file.sha256] for file in offer.files],
    }


def offer_from(note: Mapping[str, object], *, catalog: Catalog) -> Offer | None:
    """Return the offer that ``note_of`` wrote down, or None if it makes no sense."""
    files = note.get("files")
    words = [note.get(key) for key in ("family", "name", "quantisation", "repository", "revision")]
    if not isinstance(files, list) or not files or not all(isinstance(word, str) for word in words):
        return None
    family, name, quantisation, repository, revision = (str(word) for word in words)
    found = []
    for entry in files:
        match entry:
            case [str() as path, int() as size, str() as sha256] if is_safe_path(path) and size > 0:
                found.append(OfferFile(path=path, size_bytes=size, sha256=sha256))
            case _:
                return None
    shape = next((one.shape for one in catalog.families if one.key == family), _NO_SHAPE)
    return Offer(
        family=family,
        name=name,
        quantisation=quantisation,
        repository=repository,
        revision=revision,
        files=tuple(found),
        shape=replace(shape, weight_bytes=sum(file.size_bytes for file in found)),
    )


class Download:
    """One offer on its way to a folder. Methods may be called from any thread; only ``run`` waits for the network.

    Args:
        offer: what to fetch. Revision and checksums are asked of the hub first if it has none.
        folder: the folder of models; the file goes to ``owner/name`` below it.
        client: how to reach the network.
        mirror: another hub than the ordinary one.
        on_progress: called a few times a second and at every change of state, from any thread of the download.
        connections: how many at a time.
        retries: when to give up.
        allow_unverified: fetch also what the hub has no checksum of; the person was asked.
        write_at: how to write, for tests.
        free_bytes: how much room a folder has, for tests.
    """

    def __init__(
        self,
        offer: Offer,
        *,
        folder: Path,
        client: HttpClient,
        mirror: str = "",
        on_progress: OnProgress | None = None,
        connections: int = 4,
        retries: Retries | None = None,
        allow_unverified: bool = False,
        write_at: WriteAt | None = None,
        free_bytes: Callable[[Path], int] | None = None,
    ) -> None:
        self._offer = offer
        self._folder = folder
        self._client = client
        self._mirror = mirror
        self._on_progress = on_progress
        self._connections = connections
        self._retries = retries or Retries()
        self._allow_unverified = allow_unverified
        self._write_at = write_at
        self._free_bytes = free_bytes
        self._halt = threading.Event()
        self._mutex = threading.RLock()
        self._state = DownloadState.WAITING
        self._thread: threading.Thread | None = None
        self._transfer: Transfer | None = None
        self._before_bytes = 0
        self._restarts = 0
        self._error: ModelError | None = None
        self._is_given_up = False
        self._told_at = 0.0
        self._speeds: deque[tuple[float, int]] = deque()

    @property
    def offer(self) -> Offer:
        """What is fetched; with revision and checksums once the hub has told them."""
        return self._offer

    @property
    def path(self) -> Path:
        """Where the (first) file will lie."""
        return self._place(self._offer.files[0])

    @property
    def state(self) -> DownloadState:
        """What it does at the moment."""
        return self._state

    @property
    def error(self) -> ModelError | None:
        """Why it failed."""
        return self._error

    def start(self) -> None:
        """Begin or go on, in a thread of its own; does nothing while it is under way or done."""
        with self._mutex:
            if self._thread is not None and self._thread.is_alive():
                return
            if self._state in (DownloadState.DONE, DownloadState.CANCELLED):
                return
            self._halt.clear()
            self._thread = threading.Thread(target=self._run_quietly, name="model download", daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Stop within 300 ms; ``start`` goes on where it was."""
        self._halt.set()

    def cancel(self) -> None:
        """Stop within 300 ms and delete what was fetched."""
        with self._mutex:
            self._is_given_up = True
            self._halt.set()
            is_running = self._thread is not None and self._thread.is_alive()
        if not is_running and self._state is not DownloadState.DONE:
            self._forget()
            self._set(DownloadState.CANCELLED)

    def wait(self, timeout_s: float | None = None) -> DownloadState:
        """Wait until the thread of ``start`` has ended, and return the state then."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        return self._state

    def run(self) -> Path:
        """Do it all in this thread and return the path of the model's (first) file.

        Raises:
            DownloadFailed: it cannot be had; what is there is kept.
            ModelUnusable: it was fetched, and is no language model that can be run.
            RequestCancelled: it was paused or cancelled.
        """
        try:
            self._error = None
            self._run()
        except RequestCancelled:
            if self._is_given_up:
                self._forget()
            self._set(DownloadState.CANCELLED if self._is_given_up else DownloadState.PAUSED)
            raise
        except ModelError as error:
            self._error = error
            self._set(DownloadState.FAILED)
            raise
        except OSError as error:
            self._error = DownloadFailed(
                "The file cannot be written", hint=f"The system says: {error.strerror or error}."
            )
            self._set(DownloadState.FAILED)
            raise self._error from error
        self._set(DownloadState.DONE)
        return self.path

    def progress(self) -> DownloadProgress:
        """Return how far it is."""
        transfer, total = self._transfer, self._offer.size_bytes
        done = self._before_bytes + (transfer.done_bytes if transfer is not None else 0)
        state = self._state
        note = transfer.waiting_for if transfer is not None else ""
        if state is DownloadState.RUNNING and transfer is not None:
            if note:
                state = DownloadState.RETRYING
            elif done >= total:
                state = DownloadState.CHECKING
        speed = self._speed(transfer.received_bytes if transfer is not None else 0)
        moving = state is DownloadState.RUNNING and speed > 0
        return DownloadProgress(
            state=state,
            done_bytes=total if state is DownloadState.DONE else min(done, total),
            total_bytes=total,
            checked_bytes=self._before_bytes + (transfer.verified_bytes if transfer is not None else 0),
            bytes_per_s=speed if moving else 0.0,
            seconds_left=(total - done) / speed if moving else None,
            connections=transfer.open_connections if transfer is not None else 0,
            restarts=self._restarts + (transfer.restarts if transfer is not None else 0),
            note=note,
            error_title=self._error.title if self._error is not None else "",
            error_hint=self._error.hint if self._error is not None else "",
        )

    def _run_quietly(self) -> None:
        """The border of the thread: whatever happens is in ``state`` and ``error``."""
        try:
            self.run()
        except (ModelError, RequestCancelled):
            pass
        except Exception as error:
            self._error = DownloadFailed("The download failed for a reason unknown", hint=f"{error!r}"[:300])
            self._set(DownloadState.FAILED)

    def _run(self) -> None:
        hub = Hub(self._client, mirror=self._mirror)
        if not is_repository(self._offer.repository) or not self._offer.files:
            raise DownloadFailed(
                "The hub has not been asked yet where this model is", hint="Let the list of models be refreshed first."
            )
        if not self._offer.is_pinned:
            self._set(DownloadState.ASKING)
            self._offer = hub.pinned(self._offer, is_cancelled=self._halt.is_set)
        if not self._offer.can_be_verified and not self._allow_unverified:
            raise DownloadFailed(
                "The hub lists no checksum for this file", hint="It could not be checked. Choose another repository."
            )
        self._before_bytes = 0
        self._set(DownloadState.RUNNING)
        for file in self._offer.files:
            if not is_safe_path(file.path):
                raise DownloadFailed("The file has a name that cannot be used here", hint=f"“{file.path[:80]}”.")
            self._get(hub, file)
            self._before_bytes += file.size_bytes
            self._restarts += self._transfer.restarts if self._transfer is not None else 0
            self._transfer = None
        read_gguf(self.path)

    def _get(self, hub: Hub, file: OfferFile) -> None:
        path = self._place(file)
        if path.exists() and self._is_here(path, file):
            return
        part = PartFile.open(
            path,
            size_bytes=file.size_bytes,
            identity=file.sha256 or f"{self._offer.repository}@{self._offer.revision}/{file.path}",
            write_at=self._write_at,
        )
        try:
            part.set_note(note_of(self._offer))
            self._transfer = Transfer(
                self._client,
                address=hub.address_of(self._offer, file),
                part=part,
                sha256=file.sha256,
                connections=self._connections,
                retries=self._retries,
                halt=self._halt,
                on_change=self._tell,
                free_bytes=self._free_bytes,
            )
            if not self._transfer.run():
                raise RequestCancelled
            part.finish()
        finally:
            part.close()

    def _is_here(self, path: Path, file: OfferFile) -> bool:
        """Whether the file was fetched before. Another one of its name is in the way."""
        if path.stat().st_size == file.size_bytes and file.sha256:
            digest = hashlib.sha256()
            with path.open("rb") as opened:
                while data := opened.read(1 << 20):
                    if self._halt.is_set():
                        raise RequestCancelled
                    digest.update(data)
            if digest.hexdigest() == file.sha256:
                return True
        raise DownloadFailed(
            "There is already another file of this name",
            hint=f"“{path}” is not what the hub lists. Move or delete it, then try again.",
        )

    def _place(self, file: OfferFile) -> Path:
        owner, _, name = self._offer.repository.partition("/")
        return self._folder / owner / name / file.name

    def _forget(self) -> None:
        """Delete what was fetched, as far as nobody else is at it."""
        for file in self._offer.files:
            path = self._place(file)
            try:
                journal = path.with_name(path.name + ".part.journal")
                if journal.exists():
                    PartFile.open(path, size_bytes=file.size_bytes, identity="").remove()
                for folder in (path.parent, path.parent.parent):
                    folder.rmdir()
            except (OSError, DownloadFailed):
                continue

    def _set(self, state: DownloadState) -> None:
        self._state = state
        self._tell(now=True)

    def _tell(self, *, now: bool = False) -> None:
        moment = time.monotonic()
        with self._mutex:
            if self._on_progress is None or (not now and moment - self._told_at < _TELL_EVERY_S):
                return
            self._told_at = moment
        self._on_progress(self.progress())

    def _speed(self, received: int) -> float:
        """Bytes per second over the last seconds."""
        moment = time.monotonic()
        with self._mutex:
            if self._speeds and received < self._speeds[-1][1]:
                self._speeds.clear()
            self._speeds.append((moment, received))
            while len(self._speeds) > 2 and moment - self._speeds[0][0] > _SPEED_OVER_S:
                self._speeds.popleft()
            (begin, before), (end, after) = self._speeds[0], self._speeds[-1]
        return (after - before) / (end - begin) if end - begin > 0.2 else 0.0
