"""The processes that turn pages into text: a few, lent one at a time, started when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from engine.reading.page import PageBytes
from engine.reading.parser import Parser
from engine.reading.wire import ParsedFile

_SLICE_S = 0.05


class Lent:
    """A parser that one thread uses at the moment."""

    def __init__(self, parser: Parser, *, stop: Callable[[Lent], None]) -> None:
        self.parser = parser
        self.is_stopped = False
        self._stop = stop

    def read(self, page: PageBytes) -> ParsedFile:
        """Return the page as text.

        Raises:
            DocumentUnreadable: as ``Parser.parse_page``.
        """
        return self.parser.parse_page(page)

    def stop(self) -> None:
        """Break off what it reads, from any thread; nothing happens when it was given back already."""
        self._stop(self)


class ParserPool:
    """Lends parsers.

    Args:
        size: how many pages are read at once.
        make: makes a parser; no process is started by that.
    """

    def __init__(self, *, size: int = 2, make: Callable[[], Parser] = Parser) -> None:
        self._make = make
        self._change = threading.Condition()
        self._free: list[Parser] = []
        self._size = size
        self._lent: set[Lent] = set()
        self._is_closed = False

    @contextmanager
    def lend(self, *, is_unwanted: Callable[[], bool]) -> Iterator[Lent | None]:
        """Lend a parser for the length of a ``with`` block; None when that is no longer wanted, or it is closed."""
        lent = self._taken(is_unwanted)
        try:
            yield lent
        finally:
            if lent is not None:
                self._take_back(lent)

    def rest(self) -> None:
        """End the processes that nobody uses; they are started again when they are needed."""
        with self._change:
            resting, self._free = self._free, []
        for parser in resting:
            parser.close()

    def close(self) -> None:
        """End all processes, in the middle of a page if need be."""
        with self._change:
            self._is_closed = True
            lent = tuple(self._lent)
            self._change.notify_all()
        for one in lent:
            one.stop()
        self.rest()

    def _taken(self, is_unwanted: Callable[[], bool]) -> Lent | None:
        with self._change:
            while True:
                if self._is_closed or is_unwanted():
                    return None
                if len(self._lent) < self._size:
                    lent = Lent(self._free.pop() if self._free else self._make(), stop=self._stop)
                    self._lent.add(lent)
                    return lent
                self._change.wait(_SLICE_S)

    def _take_back(self, lent: Lent) -> None:
        with self._change:
            self._lent.discard(lent)
            if not lent.is_stopped and not self._is_closed:
                self._free.append(lent.parser)
            self._change.notify()

    def _stop(self, lent: Lent) -> None:
        with self._change:
            if lent not in self._lent:
                return
            lent.is_stopped = True
        lent.parser.close()
