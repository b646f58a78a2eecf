"""Downloads of models, one after another on a thread of their own: start, pause, resume, cancel; how each stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop.items.models import DownloadRow
from desktop.threads import WorkThread
from models.errors import ModelError
from models.http import RequestCancelled
from models.hub.download import DownloadProgress, DownloadState

_CLOSE_TIMEOUT_S = 8.0

OnProgress = Callable[[DownloadProgress], None]


class Fetch(Protocol):
    """One download (``models.hub.download.Download``)."""

    def run(self) -> Path:
        """Fetch and check everything, from where an earlier attempt ended; return where the file is.

        Raises:
            ModelError: it cannot be had; what is here stays.
            RequestCancelled: it was paused or cancelled.
        """
        ...

    def pause(self) -> None:
        """End ``run`` soon. Any thread may call this."""
        ...

    def cancel(self) -> None:
        """Delete what is here of it; called when ``run`` is not at work."""
        ...


class Fetcher(Protocol):
    """Where downloads come from; called on the downloads thread."""

    def fetch(self, key: str, *, on_progress: OnProgress, is_cancelled: Callable[[], bool]) -> Fetch:
        """Return the download of an offer; may have to ask the hub where it is.

        Raises:
            ModelError: it cannot be had.
        """
        ...


class _Ticket:
    """One attempt at a download. Who stops it need not know how far it is."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._fetch: Fetch | None = None

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def take(self, fetch: Fetch) -> None:
        self._fetch = fetch
        if self._stopped.is_set():
            fetch.pause()

    def stop(self) -> None:
        self._stopped.set()
        if self._fetch is not None:
            self._fetch.pause()


class Downloads(QObject):
    """Every public method is called on the Qt thread."""

    changed = Signal(object)
    """tuple[DownloadRow, ...]."""
    finished = Signal(str, object)
    """Key of the offer, and the Path of the verified file."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    _told = Signal(object, object)
    _arrived = Signal(str, object)

    def __init__(self, fetcher: Fetcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetcher = fetcher
        self._rows: dict[str, DownloadRow] = {}
        self._tickets: dict[str, _Ticket] = {}
        self._reached = 0
        self._thread = WorkThread("downloads", parent=self)
        self._thread.failed.connect(self.mistake)
        self._told.connect(self._take)
        self._arrived.connect(self.finished)

    @property
    def rows(self) -> tuple[DownloadRow, ...]:
        """How every download stands, in the order in which they were started."""
        return tuple(self._rows.values())

    @property
    def is_busy(self) -> bool:
        """Whether one is under way or waits."""
        return bool(self._tickets)

    def show_unfinished(self, rows: tuple[DownloadRow, ...]) -> None:
        """List what an earlier start of the app left incomplete."""
        for row in rows:
            self._rows.setdefault(row.key, row)
        self.changed.emit(self.rows)

    def start(self, key: str, *, name: str, total_bytes: int) -> None:
        """Download an offer's file, after those that were started before."""
        row = self._rows.get(key)
        if key in self._tickets or (row is not None and row.state is DownloadState.DONE):
            return
        done = row.done_bytes if row is not None else 0
        self._rows[key] = DownloadRow(
            key=key, name=name, state=DownloadState.WAITING, done_bytes=done, total_bytes=total_bytes
        )
        ticket = self._tickets[key] = _Ticket()
        self._work(self._fetch, self._rows[key], ticket)
        self.changed.emit(self.rows)

    def pause(self, key: str) -> None:
        """Stop for now; what is here is kept."""
        row = self._rows.get(key)
        if row is not None:
            self._stop(key)
            self._rows[key] = replace(row, state=DownloadState.PAUSED, bytes_per_s=0.0, note="")
            self.changed.emit(self.rows)

    def resume(self, key: str) -> None:
        """Go on, or try again."""
        row = self._rows.get(key)
        if row is not None:
            self.start(key, name=row.name, total_bytes=row.total_bytes)

    def cancel(self, key: str) -> None:
        """Stop, and delete what is here; a finished one only leaves the list."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        self._stop(key)
        if row.state is not DownloadState.DONE:
            self._work(self._discard, key)
        self.changed.emit(self.rows)

    def interrupt(self) -> None:
        """Stop everything: the app closes. What is here is kept."""
        for key in tuple(self._tickets):
            self._stop(key)

    def close(self) -> bool:
        """End the thread; return whether it has ended in time."""
        self.interrupt()
        return not self._thread.isRunning() or self._thread.finish(timeout_s=_CLOSE_TIMEOUT_S)

    # --- on the Qt thread ---

    def _work(self, job: Callable[..., object], *arguments: object) -> None:
        if not self._thread.isRunning():
            self._thread.start()
        self._thread.do(job, *arguments)

    def _stop(self, key: str) -> None:
        ticket = self._tickets.pop(key, None)
        if ticket is not None:
            ticket.stop()

    def _take(self, ticket: _Ticket, row: DownloadRow) -> None:
        if self._tickets.get(row.key) is not ticket:
            return  # said before it was paused or cancelled
        if row.state.is_over:
            self._tickets.pop(row.key)
        self._rows[row.key] = row
        self.changed.emit(self.rows)

    # --- on the downloads thread ---

    def _fetch(self, row: DownloadRow, ticket: _Ticket) -> None:
        if ticket.is_stopped or self._thread.is_closing:
            return
        self._reached = 0
        tell = partial(self._tell, row, ticket)
        try:
            fetch = self._fetcher.fetch(row.key, on_progress=tell, is_cancelled=lambda: ticket.is_stopped)
            ticket.take(fetch)
            path = fetch.run()
        except RequestCancelled:
            return
        except ModelError as error:
            self._told.emit(ticket, self._failed(row, error))
        except Exception:
            self._told.emit(ticket, self._failed(row, ModelError("Plumbline made a mistake", hint="See the log.")))
            raise
        else:
            self._told.emit(ticket, replace(row, state=DownloadState.DONE, done_bytes=row.total_bytes))
            self._arrived.emit(row.key, path)

    def _tell(self, row: DownloadRow, ticket: _Ticket, progress: DownloadProgress) -> None:
        """Tell how it goes; how it ends is told when it has ended."""
        self._reached = progress.done_bytes
        if progress.state.is_over:
            return
        now = replace(
            row,
            state=progress.state,
            done_bytes=progress.done_bytes,
            total_bytes=progress.total_bytes or row.total_bytes,
            checked_bytes=progress.checked_bytes,
            bytes_per_s=progress.bytes_per_s,
            seconds_left=progress.seconds_left,
            note=progress.note,
        )
        self._told.emit(ticket, now)

    def _failed(self, row: DownloadRow, error: ModelError) -> DownloadRow:
        return replace(
            row,
            state=DownloadState.FAILED,
            done_bytes=max(row.done_bytes, self._reached),
            problem=error.title,
            hint=error.hint,
        )

    def _discard(self, key: str) -> None:
        with suppress(ModelError, RequestCancelled):
            self._fetcher.fetch(key, on_progress=_ignore, is_cancelled=lambda: True).cancel()


def _ignore(_progress: DownloadProgress) -> None:
    pass
