"""Opens what the program keeps for the web when it is first needed: the search engines and the fetching of pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.network.door import Door
from models.keys import Keys

if TYPE_CHECKING:
    from engine.research import Research
    from engine.search.engines import SearchEngines
    from engine.web.world import Web


class WebOffice:
    """Used by the threads for runs and for search engines. Opening contacts nobody."""

    def __init__(self, data_folder: Path, *, door: Door, keys: Keys) -> None:
        self._data_folder = data_folder
        self._door = door
        self._keys = keys
        self._lock = threading.Lock()
        self._web: Web | None = None

    def web(self) -> Web:
        """Return the way to the web."""
        # Its import takes longer than the start of the window may.
        from engine.web.world import Web  # noqa: PLC0415

        with self._lock:
            if self._web is None:
                self._web = Web.open(self._data_folder, door=self._door, keys=self._keys)
            return self._web

    def engines(self) -> SearchEngines:
        """Return the search engines."""
        return self.web().engines

    def open_research(self, opener: Callable[..., Research], data_folder: Path) -> Research:
        """Open a data folder with the way to the web, on the thread for runs."""
        return opener(data_folder, web=self.web())

    def close(self) -> None:
        """End what was opened; a second call does nothing."""
        with self._lock:
            web, self._web = self._web, None
        if web is not None:
            web.close()
