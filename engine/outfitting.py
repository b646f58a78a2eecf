"""Gives each side of a run what it needs: its roles, and its way to the library or to the web."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.agent.control import RunControl
from engine.agent.nowhere import Nowhere
from engine.agent.plain_statistics import NoStatistics
from engine.agent.sides import Agent, Agents, World
from engine.agent.state import RunState, Stage
from engine.casting import Cast
from engine.domain import Side
from engine.errors import LibraryError, NetworkRefused, PlumblineError
from engine.library.reader import LibraryReader
from engine.library.schema import LIBRARY_FILE
from engine.web.known import known_to
from engine.web.progress import OnFetch

if TYPE_CHECKING:
    from engine.web.world import Web


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfitter:
    """Makes the agents of one run; nothing is opened before it is needed."""

    data_folder: Path
    """Where the library's index is."""
    cast: Cast
    """Makes the roles of each side. The web's are told nothing of how common words are in the library."""
    control: RunControl
    web: Web | None
    """The way to the web; None where there is none."""
    on_fetch: OnFetch | None
    cleanup: ExitStack
    """Lets go of what the agents hold."""

    def agents(self, state: RunState) -> Agents:
        """Return who researches which side of the run.

        Raises:
            NetworkRefused: it is to look on the web and may not.
        """
        make: dict[Side, Callable[[], Agent]] = {}
        settle: list[Callable[[], None]] = []
        if state.scope.reach.has_web:
            make[Side.WEB] = self._web_agent(state, settle=settle)
        if state.scope.reach.has_library:
            make[Side.LIBRARY] = self._library_agent(state, settle=settle)
        return Agents(make)

    def _web_agent(self, state: RunState, *, settle: list[Callable[[], None]]) -> Callable[[], Agent]:
        web = self.web
        if web is None:
            if state.report is None:
                raise _no_way_out()
            return self._nowhere(_no_way_out)
        if not self.control.wakes and not self.control.is_unwanted and has_web_to_do(state):
            web.check()

        def is_cancelled() -> bool:
            return self.control.is_unwanted

        def make() -> Agent:
            side = web.enter(
                state.run_id,
                scope=state.scope,
                known=known_to(state),
                is_cancelled=is_cancelled,
                on_fetch=self.on_fetch,
            )
            self.cleanup.callback(side.close)
            settle.append(side.settle)
            world = World(searcher=side.searcher, opener=side.opener)
            return Agent(roles=self.cast.make(NoStatistics(), self.control), world=world, check=web.check)

        return make

    def _nowhere(self, problem: Callable[[], PlumblineError]) -> Callable[[], Agent]:
        """Return what makes an agent that can change a report where there is nothing to search."""

        def make() -> Agent:
            nowhere = Nowhere(problem)
            world = World(searcher=nowhere, opener=nowhere)
            return Agent(roles=self.cast.make(NoStatistics(), self.control), world=world)

        return make

    def _library_agent(self, state: RunState, *, settle: list[Callable[[], None]]) -> Callable[[], Agent]:
        def make() -> Agent:
            # What was announced on the web is fetched before anything private is read, which might take longer or not.
            for each in settle:
                each()
            if not (self.data_folder / LIBRARY_FILE).exists():
                if state.report is None:
                    raise _nothing_to_search()
                return self._nowhere(_nothing_to_search)()
            reader = LibraryReader.open(self.data_folder, scope=state.scope)
            self.cleanup.callback(reader.close)
            return Agent(roles=self.cast.make(reader, self.control), world=World(searcher=reader, opener=reader))

        return make


def _no_way_out() -> NetworkRefused:
    return NetworkRefused("The web cannot be reached from here", hint="Ask in the library only.")


def _nothing_to_search() -> LibraryError:
    return LibraryError("There is nothing to search yet", hint="Add a folder to the library, then continue.")


def has_web_to_do(state: RunState) -> bool:
    """Whether a run has still to go to the web."""
    if state.stage not in (Stage.PLANNING, Stage.RESEARCHING) or state.stop_requested:
        return False
    web = [episode for episode in state.episodes if episode.subquestion.side is Side.WEB]
    return state.scope.reach.has_web and (not state.is_planned or any(episode.ended is None for episode in web))
