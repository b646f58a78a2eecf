"""Pages on their way, on a line that the next one replaces; what becomes of them is told by the run's own steps."""

from __future__ import annotations

import threading

from desktop.terminal.streams import Terminal
from desktop.web_words import site_of
from engine.counting import counted
from engine.web.progress import Fetching, FetchPhase

_ENDED = frozenset([FetchPhase.DONE, FetchPhase.FAILED])


class FetchLine:
    """Hears of pages on any thread, and draws how many are fetched and read at this moment."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._lock = threading.Lock()
        self._pages: dict[str, FetchPhase] = {}

    def __call__(self, page: Fetching) -> None:
        with self._lock:
            if page.phase in _ENDED:
                self._pages.pop(page.address, None)
            else:
                self._pages[page.address] = page.phase
            line = self._line()
        if line:
            self._terminal.live(line)

    def _line(self) -> str:
        fetched = [address for address, phase in self._pages.items() if phase is FetchPhase.FETCHING]
        read = sum(phase is FetchPhase.READING for phase in self._pages.values())
        parts = []
        if fetched:
            more = f" and {counted(len(fetched) - 1, 'other page')}" if len(fetched) > 1 else ""
            parts.append(f"Fetching {site_of(fetched[0]) or fetched[0]}{more}")
        if read:
            parts.append(f"{'reading' if parts else 'Reading'} {counted(read, 'page')}")
        return f"{', '.join(parts)} …" if parts else ""
