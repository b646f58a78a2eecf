"""The threads that fetch the pages of one run: who is next, never more at a host than is polite."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.errors import DocumentUnreadable
from engine.web.politeness import Hosts
from engine.web.sourced import ReadPage


@dataclass(slots=True, eq=False)
class Job:
    """One page to be fetched and read. Its outcome is there when ``done`` is set."""

    address: str
    """Without a fragment."""
    host: str
    is_ahead: bool
    """Whether nobody has asked for it yet."""
    done: threading.Event = field(default_factory=threading.Event)
    outcome: ReadPage | DocumentUnreadable | None = None
    """None where the run ended first."""


class Crew:
    """Threads that come when there is work and go when there is none.

    Args:
        work: fetches and reads one page and sets its outcome; a request at its host was begun for it.
        hosts: who says when a request is polite.
        ended: set when the run ends.
    """

    def __init__(self, work: Callable[[Job], None], *, hosts: Hosts, ended: threading.Event) -> None:
        self._work = work
        self._hosts = hosts
        self._ended = ended
        self._change = threading.Condition()
        self._queue: list[Job] = []
        self._threads: list[threading.Thread] = []
        self._serving = 0

    def add(self, job: Job) -> None:
        """Have a page fetched; those that somebody waits for come first."""
        with self._change:
            self._queue.append(job)
            if self._serving < self._hosts.manners.at_once:
                self._serving += 1
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                self._threads.append(threading.Thread(target=self._serve, name="page", daemon=True))
                self._threads[-1].start()
            self._change.notify()

    def tell(self) -> None:
        """Let threads that wait look again: a place became free, or a job more urgent."""
        with self._change:
            self._change.notify_all()

    def close(self) -> None:
        """Wait until all threads are gone; ``ended`` is set."""
        with self._change:
            self._change.notify_all()
            threads, left, self._queue = self._threads, self._queue, []
        for thread in threads:
            thread.join()
        for job in left:
            job.done.set()

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._work(job)
            finally:
                job.done.set()
                self.tell()

    def _next(self) -> Job | None:
        """Return the next page, its request begun; None when there is nothing left to do for this thread."""
        with self._change:
            while self._queue and not self._ended.is_set():
                wait_s = 0.05
                for job in sorted(self._queue, key=_urgency):
                    job_wait_s = self._hosts.try_begin(job.host)
                    if job_wait_s <= 0:
                        self._queue.remove(job)
                        return job
                    wait_s = min(wait_s, job_wait_s)
                self._change.wait(wait_s)
            self._serving -= 1
            return None


def _urgency(job: Job) -> bool:
    return job.is_ahead
