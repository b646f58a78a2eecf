"""The one thread class: jobs are carried out one after another, and no exception is lost.

A job that takes long calls ``catch_up`` between its steps, and ``catch_up_briefly`` while one of its steps waits for
something, so that short ones need not wait for its end.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Signal

Job = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Queued:
    job: Job | None
    """None: the thread ends here."""
    is_brief: bool = False


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
        self._jobs: deque[_Queued] = deque()
        self._changed = threading.Condition()
        self._ident: int | None = None
        self._is_in_brief_job = False
        self._on_end = on_end
        self._closing = threading.Event()

    @property
    def is_closing(self) -> bool:
        """Whether ``finish`` was called: long jobs return at their next step. Any thread may ask."""
        return self._closing.is_set()

    @property
    def has_waiting(self) -> bool:
        """Whether jobs wait for the one that is being carried out. Any thread may ask."""
        return bool(self._jobs)

    def do(self, job: Callable[..., object], *args: Any) -> None:
        """Queue a job; any thread may call this."""
        self._put(_Queued(job=partial(job, *args)))

    def do_briefly(self, job: Callable[..., object], *args: Any) -> None:
        """Queue a job that is over at once and may be carried out in the middle of another; any thread may call."""
        self._put(_Queued(job=partial(job, *args), is_brief=True))

    def catch_up(self) -> None:
        """Carry out what waits; called on this thread, by a long job between two of its steps."""
        while (job := self._take(only_brief=False)) is not None:
            self._carry_out(job)

    def catch_up_briefly(self) -> None:
        """Carry out the brief jobs that wait; called often, by what a step waits for. Does nothing on other threads."""
        if not self._jobs or self._is_in_brief_job or threading.get_ident() != self._ident:
            return
        self._is_in_brief_job = True
        try:
            while (job := self._take(only_brief=True)) is not None:
                self._carry_out(job)
        finally:
            self._is_in_brief_job = False

    def finish(self, *, timeout_s: float) -> bool:
        """Ask the thread to end and wait for it; return whether it has ended in time."""
        self._closing.set()
        self._put(_Queued(job=None))
        return self.wait(QDeadlineTimer(round(timeout_s * 1000)))

    def run(self) -> None:
        """Carry out jobs until ``finish``."""
        self._ident = threading.get_ident()
        while (job := self._wait()) is not None:
            self._carry_out(job)
        if self._on_end is not None:
            self._carry_out(self._on_end)

    def _put(self, queued: _Queued) -> None:
        with self._changed:
            self._jobs.append(queued)
            self._changed.notify()

    def _wait(self) -> Job | None:
        with self._changed:
            while not self._jobs:
                self._changed.wait()
            return self._jobs.popleft().job

    def _take(self, *, only_brief: bool) -> Job | None:
        """Return the next job that waits, or None when there is none before the end."""
        with self._changed:
            for index, queued in enumerate(self._jobs):
                if queued.job is None:
                    return None
                if queued.is_brief or not only_brief:
                    del self._jobs[index]
                    return queued.job
        return None

    def _carry_out(self, job: Job) -> None:
        try:
            job()
        except Exception as error:
            self.failed.emit(error)
