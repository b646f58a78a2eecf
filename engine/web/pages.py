"""Opens pages for one run: those that are asked for, and ahead of that those that will probably be."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from engine.agent.control import Interrupted
from engine.agent.roles import OpenedSource
from engine.domain import Obstacle, WebLimits
from engine.errors import DocumentUnreadable
from engine.network.gate import Gate, Origin
from engine.reading.parser import ReadingStopped
from engine.web import reasons
from engine.web.crew import Crew, Job
from engine.web.fetch import Fetcher
from engine.web.parsers import Lent, ParserPool
from engine.web.politeness import Hosts, Manners
from engine.web.progress import Fetching, FetchPhase, OnFetch
from engine.web.sites import host_of, is_wanted, page_of
from engine.web.sourced import ReadPage, opened_source, read_page
from engine.web.supplied import read_supplied
from engine.web.visit import Visit, VisitEnded

_SLICE_S = 0.05
_KEPT_CHARACTERS = 16_000_000
"""Of pages that were handed over, in case another sub-question asks for them too."""


class WebPages:
    """Implements ``roles.Opener`` for the web. A page is fetched at most once in a run, also where that failed,
    as long as there is room for what was read.

    What is fetched follows from what was announced and asked for alone, never from how quickly anything happened:
    each page is counted against its host the moment it is named, and pages that were announced are fetched to the
    end although nobody may ask for them. Only the end of the run breaks them off.

    Args:
        gate: what the run may do at the door.
        parsers: who turns pages into text.
        data_folder: where copies are that people supplied.
        limits: which sites may be opened.
        obey_robots: whether the rules of sites for programs count.
        on_fetch: hears how far pages are.
        is_cancelled: asked every 50 ms while somebody waits for pages.
        manners: how much is asked of the web.
        on_close: told once when the run is done with pages.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        parsers: ParserPool,
        data_folder: Path,
        limits: WebLimits,
        obey_robots: bool = True,
        on_fetch: OnFetch | None = None,
        is_cancelled: Callable[[], bool] | None = None,
        manners: Manners | None = None,
        on_close: Callable[[WebPages], None] | None = None,
    ) -> None:
        self._gate = gate
        self._parsers = parsers
        self._data_folder = data_folder
        self._limits = limits
        self._on_fetch = on_fetch
        self._is_cancelled = is_cancelled
        self._manners = manners or Manners()
        self._on_close = on_close
        self._ended = threading.Event()
        self._hosts = Hosts(self._manners)
        self._fetcher = Fetcher(gate, limits=limits, obey_robots=obey_robots, manners=self._manners)
        self._crew = Crew(self._work, hosts=self._hosts, ended=self._ended)
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._lent: set[Lent] = set()

    def begin_subquestion(self) -> None:
        """Let each site give pages anew; those that were left out for its limit may be asked for again."""
        self._hosts.begin_subquestion()
        for address, job in tuple(self._jobs.items()):
            if isinstance(job.outcome, DocumentUnreadable) and job.outcome.obstacle is Obstacle.LIMIT:
                del self._jobs[address]

    def expect(self, addresses: Sequence[str]) -> None:
        """Begin to fetch the first of the addresses in the background; return at once."""
        for address in addresses[: self._manners.expected]:
            self._job(page_of(address), is_ahead=True)

    def open_all(self, addresses: Sequence[str]) -> Iterator[OpenedSource | DocumentUnreadable]:
        """Yield each page as a source, or why that is not possible, in order; several are fetched at once.

        Raises:
            Interrupted: ``is_cancelled`` said True. What is under way goes on, and is there when it is asked for again.
        """
        jobs = [self._job(page_of(address), is_ahead=False) for address in addresses]
        for address, job in zip(addresses, jobs, strict=True):
            self._await(job)
            if isinstance(job.outcome, DocumentUnreadable):
                yield reasons.again(job.outcome)
                continue
            assert job.outcome is not None  # or waiting for it was interrupted
            opened = opened_source(address, job.outcome)
            self._gate.learn(opened.links, origin=Origin.LINKED)
            self._forget_old()
            yield opened

    def open_supplied(self, address: str, *, file: str) -> OpenedSource:
        """Return the document that a person saved for an address.

        Raises:
            DocumentUnreadable: it cannot be turned into text.
            Interrupted: the run ended.
        """
        page = read_supplied(
            self._data_folder, file, address=address, parsers=self._parsers, is_unwanted=self._ended.is_set
        )
        if page is None:
            raise Interrupted
        opened = opened_source(address, page)
        self._gate.learn(opened.links, origin=Origin.LINKED)
        return opened

    def settle(self) -> None:
        """Wait until all that was announced has arrived, so that what was sent cannot depend on what happens next.

        Raises:
            Interrupted: ``is_cancelled`` said True.
        """
        for job in tuple(self._jobs.values()):
            self._await(job)

    def close(self) -> None:
        """Break off what is under way; a second call does nothing."""
        with self._lock:
            if self._ended.is_set():
                return
            self._ended.set()
            lent = tuple(self._lent)
        for one in lent:
            one.stop()
        self._crew.close()
        self._fetcher.close()
        if self._on_close is not None:
            self._on_close(self)

    def _job(self, address: str, *, is_ahead: bool) -> Job:
        """Return the job for a page: the one there is, or a new one."""
        job = self._jobs.get(address)
        if job is None:
            job = self._jobs[address] = Job(address=address, host=host_of(address), is_ahead=is_ahead)
            reason = self._refusal(job.host, address)
            if reason is not None:
                job.outcome = reason
                job.done.set()
                self._say(job, FetchPhase.FAILED, str(reason))
            else:
                self._say(job, FetchPhase.QUEUED)
                self._crew.add(job)
        elif job.is_ahead and not is_ahead:
            job.is_ahead = False
            self._crew.tell()
        self._jobs.move_to_end(address)
        return job

    def _refusal(self, host: str, address: str) -> DocumentUnreadable | None:
        if not host:
            return self._fetcher.refused(address)
        if not is_wanted(host, self._limits):
            return reasons.unwanted(host)
        if not self._hosts.claim_page(host):
            return reasons.enough_pages(host, pages=self._hosts.pages_given(host))
        return None

    def _await(self, job: Job) -> None:
        while True:
            if self._ended.is_set() or (self._is_cancelled is not None and self._is_cancelled()):
                raise Interrupted
            if job.done.wait(_SLICE_S):
                if job.outcome is None:
                    raise Interrupted
                return

    def _work(self, job: Job) -> None:
        """Fetch and read one page, on a thread of the crew."""
        try:
            job.outcome = self._read(job)
        except DocumentUnreadable as reason:
            job.outcome = reasons.again(reason)  # the first one holds, by its traceback, the bytes of the page
            self._say(job, FetchPhase.FAILED, str(reason))
        except VisitEnded:
            job.outcome = None if self._ended.is_set() else reasons.stopped()
        except Exception as error:  # the border of a thread: a bug costs one page, and is shown as one
            job.outcome = reasons.our_mistake(type(error).__name__)
            threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
        else:
            self._say(job, FetchPhase.DONE)

    def _read(self, job: Job) -> ReadPage:
        visit = Visit(job.address, hosts=self._hosts, ended=self._ended, limits=self._limits)
        try:
            self._say(job, FetchPhase.FETCHING)
            if visit.is_over():
                raise visit.why_over()
            fetched = self._fetcher.fetch(visit)
        finally:
            visit.leave()
            self._crew.tell()
        self._say(job, FetchPhase.READING)
        with self._parsers.lend(is_unwanted=self._ended.is_set) as lent:
            with self._lock:
                if lent is None or self._ended.is_set():
                    raise VisitEnded
                self._lent.add(lent)
            try:
                return read_page(job.address, fetched, parse=lent.read)
            except ReadingStopped as error:
                raise VisitEnded from error
            finally:
                with self._lock:
                    self._lent.discard(lent)

    def _forget_old(self) -> None:
        """Let go of the texts that were handed over longest ago; the most recent ones are kept."""
        room = _KEPT_CHARACTERS
        for address, job in reversed(tuple(self._jobs.items())):
            if isinstance(job.outcome, ReadPage):
                room -= job.outcome.characters
                if room < 0 and not job.is_ahead:
                    del self._jobs[address]

    def _say(self, job: Job, phase: FetchPhase, words: str = "") -> None:
        if self._on_fetch is not None:
            self._on_fetch(Fetching(address=job.address, phase=phase, words=words, is_ahead=job.is_ahead))
