"""What the web is for a run: a search and an opener behind one gate, made from what the program keeps for its life."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.agent.roles import Opener, Searcher
from engine.domain import Reach, RunId, Scope
from engine.errors import NetworkRefused
from engine.network.door import Door
from engine.network.gate import Origin
from engine.search.engines import SearchEngines
from engine.web.known import Known
from engine.web.office import FetchOffice
from engine.web.progress import OnFetch
from models.keys import Keys


class WebSide:
    """The web as one run sees it, until it is closed."""

    def __init__(
        self, *, searcher: Searcher, opener: Opener, settle: Callable[[], None], end: Callable[[], None]
    ) -> None:
        self.searcher = searcher
        self.opener = opener
        self.settle = settle
        """Waits until all that was announced has been fetched: what is sent cannot depend on what comes after."""
        self._end = end

    def close(self) -> None:
        """Break off what is still being fetched."""
        self._end()


class Web:
    """The door, the search engines and the fetching of pages, for the program's life."""

    def __init__(self, *, door: Door, engines: SearchEngines, fetching: FetchOffice) -> None:
        self.door = door
        self.engines = engines
        self.fetching = fetching

    @classmethod
    def open(cls, data_folder: Path, *, door: Door, keys: Keys) -> Self:
        """Make everything ready; nothing is contacted. The door stays that of whoever made it."""
        return cls(
            door=door,
            engines=SearchEngines.open(data_folder, keys=keys),
            fetching=FetchOffice.open(data_folder),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that read pages; a second call does nothing."""
        self.fetching.close()
        self.engines.close()

    def check(self) -> None:
        """Do nothing where a run may go out and has somebody to ask.

        Raises:
            NetworkRefused: nobody has allowed it yet, or it was switched off, or no search engine is on.
        """
        if not any(engine.is_on for engine in self.engines.health()):
            raise NetworkRefused(
                "No search engine is switched on", hint="Switch one on, then continue; or ask in the library only."
            )
        match self.door.settings.is_online:
            case None:
                raise NetworkRefused(
                    "Plumbline has not been allowed to go online yet",
                    hint="Allow it once, then continue; or ask in the library only.",
                )
            case False:
                raise NetworkRefused(
                    "Plumbline is offline", hint="Go online, then continue; or ask in the library only."
                )

    def enter(
        self,
        run_id: RunId,
        *,
        scope: Scope,
        known: Known,
        is_cancelled: Callable[[], bool],
        on_fetch: OnFetch | None = None,
    ) -> WebSide:
        """Return the web for one run; what it may open is what is known now and what its searches return."""
        gate = self.door.admit(run_id, reach=scope.reach, trusted=self.engines.trusted)
        gate.learn(known.typed, origin=Origin.TYPED)
        gate.learn(known.searched, origin=Origin.SEARCHED)
        gate.learn(known.linked, origin=Origin.LINKED)
        # Beside private files nothing that is sent may depend on chance: it could be told from what is.
        searcher = self.engines.searcher(
            gate,
            limits=scope.web,
            is_cancelled=is_cancelled,
            in_order=scope.reach is Reach.BOTH,
            is_exact=known.is_approved,
        )
        pages = self.fetching.pages(
            gate,
            limits=scope.web,
            obey_robots=self.door.settings.obey_robots,
            is_cancelled=is_cancelled,
            on_fetch=on_fetch,
        )
        return WebSide(searcher=searcher, opener=pages, settle=pages.settle, end=pages.close)
