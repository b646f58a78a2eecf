"""What fetching keeps for the program's life: the processes that read pages, and the runs that use them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.domain import WebLimits
from engine.network.gate import Gate
from engine.web.pages import WebPages
from engine.web.parsers import ParserPool
from engine.web.politeness import Manners
from engine.web.progress import OnFetch

_REST_AFTER_S = 90.0


class FetchOffice:
    """Opens pages for runs. Nothing is started before the first page is there to be read.

    Args:
        data_folder: where copies are kept that people supply.
        parsers: who turns pages into text.
        rest_after_s: how long after the last run the processes that read pages are ended.
    """

    def __init__(
        self, data_folder: Path, *, parsers: ParserPool | None = None, rest_after_s: float = _REST_AFTER_S
    ) -> None:
        self._data_folder = data_folder
        self._parsers = parsers or ParserPool()
        self._rest_after_s = rest_after_s
        self._lock = threading.Lock()
        self._open: set[WebPages] = set()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    @classmethod
    def open(cls, data_folder: Path) -> Self:
        """Return the office of a data folder."""
        return cls(data_folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pages(
        self,
        gate: Gate,
        *,
        limits: WebLimits | None = None,
        obey_robots: bool = True,
        is_cancelled: Callable[[], bool] | None = None,
        on_fetch: OnFetch | None = None,
        manners: Manners | None = None,
    ) -> WebPages:
        """Return the pages of one run; whoever asks for them closes them."""
        pages = WebPages(
            gate,
            parsers=self._parsers,
            data_folder=self._data_folder,
            limits=limits or WebLimits(),
            obey_robots=obey_robots,
            on_fetch=on_fetch,
            is_cancelled=is_cancelled,
            manners=manners,
            on_close=self._left,
        )
        with self._lock:
            self._open.add(pages)
        self._stop_timer()
        return pages

    def close(self) -> None:
        """Break off what is under way and end the processes; a second call does nothing."""
        with self._lock:
            self._is_closed = True
            still_open = tuple(self._open)
        for pages in still_open:
            pages.close()
        self._stop_timer()
        self._parsers.close()

    def _left(self, pages: WebPages) -> None:
        with self._lock:
            self._open.discard(pages)
            if self._open or self._is_closed or self._timer is not None:
                return
            self._timer = threading.Timer(self._rest_after_s, self._parsers.rest)
            self._timer.daemon = True
            self._timer.start()

    def _stop_timer(self) -> None:
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()
