"""The one thread class: jobs are carried out one after another, and no exception is lost.

A job that takes long calls ``catch_up`` between its steps, so that short ones need not wait for its end.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal

Job = Callable[[], object]


class WorkThread(QThread):
    """A thread with a queue of jobs."""

    failed = Signal(object)
    """The exception of a job that did not handle it, with its traceback."""

    def __init__(self, name: str, *, on_end: Job | None = None, parent: QObject | None = None) -> None:
        """Prepare the thread; ``start`` it.

        Args:
            name: what debuggers and the log call it.
            on_end: the last thing done on the thread, whatever happened before.
            parent: the owner.
        """
        super().__init__(parent)
        self.setObjectName(name)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._on_end = on_end
        self._closing = threading.Event()

    @property
    def is_closing(self) -> bool:
        """Whether ``finish`` was called: long jobs return at their next step. Any thread may ask."""
        return self._closing.is_set()

    @property
    def has_waiting(self) -> bool:
        """Whether jobs wait for the one that is being carried out. Any thread may ask."""
        return not self._jobs.empty()

    def do(self, job: Callable[..., object], *args: Any) -> None:
        """Queue a job; any thread may call this."""
        self._jobs.put(partial(job, *args))

    def catch_up(self) -> None:
        """Carry out what waits; called on this thread, by a long job between two of its steps."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is None:
                self._jobs.put(None)
                return
            self._carry_out(job)

    def finish(self, *, timeout_s: float) -> bool:
        """Ask the thread to end and wait for it; return whether it has ended in time."""
        self._closing.set()
        self._jobs.put(None)
        return self.wait(QDeadlineTimer(round(timeout_s * 1000)))

    def run(self) -> None:
        """Carry out jobs until ``finish``."""
        while (job := self._jobs.get()) is not None:
            self._carry_out(job)
        if self._on_end is not None:
            self._carry_out(self._on_end)

    def _carry_out(self, job: Job) -> None:
        try:
            job()
        except Exception as error:
            self.failed.emit(error)
