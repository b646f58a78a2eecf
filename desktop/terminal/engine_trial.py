"""One query to each search engine, to see what comes of it: the only command about engines that contacts anybody."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.terminal.engines import looked_at, named_engine
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.interruption import Interruption
from desktop.terminal.network import check_online
from desktop.terminal.streams import Style, Terminal
from desktop.terminal.web import OpenDoor, opened_door, real_door
from desktop.web_words import engine_words
from engine.domain import EngineReport, EngineState, Reach
from engine.network.door import Door
from engine.search.engines import SearchEngines
from engine.search.health import EngineHealth
from engine.search.settings import Scholarly, SearchSettings
from models.keys import Keys

TRIAL_QUERY = "history of the plumb line"
"""Says nothing of anybody."""
_HEARD = frozenset([EngineState.ANSWERED, EngineState.EMPTY])


def try_engines(
    data_folder: Path, name: str | None, *, terminal: Terminal, open_door: OpenDoor = real_door
) -> ExitCode:
    """Ask one engine, or each one that is on, and say what came of it.

    Raises:
        NetworkRefused: nothing may leave this computer.
        PlumblineError: there is no such engine.
    """
    check_online(data_folder)
    interruption = Interruption(terminal)
    keys = Keys()
    with interruption.watching(), looked_at(data_folder, keys=keys) as engines:
        chosen = [named_engine(engines, name)] if name else [one for one in engines.health() if one.is_on]
        settings = engines.settings
        terminal.note(f"Each is asked for “{TRIAL_QUERY}”.")
        works = []
        with opened_door(data_folder, terminal=terminal, open_door=open_door) as door:
            for report in asked_alone(chosen, settings=settings, keys=keys, door=door, interruption=interruption):
                is_heard = report.state in _HEARD
                works.append(is_heard)
                terminal.say(
                    f" {engine_words(report)}, {report.seconds:.1f} s",
                    lead="✓" if is_heard else "✗",
                    style=Style.GOOD if is_heard else Style.BAD,
                )
    if interruption.is_requested:
        return ExitCode.STOPPED
    return ExitCode.DONE if works and all(works) else ExitCode.PROBLEM


def asked_alone(
    chosen: Sequence[EngineHealth],
    *,
    settings: SearchSettings,
    keys: Keys,
    door: Door,
    interruption: Interruption,
) -> Iterator[EngineReport]:
    """Ask each engine as if there were no other, with no earlier answers, and yield what became of the query."""
    with tempfile.TemporaryDirectory(prefix="plumbline-engines-") as folder:
        engines = SearchEngines.open(Path(folder), keys=keys)
        try:
            engines.change(replace(settings, keeps_answers=False, scholarly=Scholarly.ALWAYS))
            names = [one.name for one in engines.health()]
            for one in chosen:
                if interruption.is_requested:
                    return
                others = tuple(name for name in names if name != one.name)
                engines.change(replace(engines.settings, on=(one.name,), off=others))
                gate = door.admit("", reach=Reach.WEB, trusted=engines.trusted)
                searcher = engines.searcher(gate, is_cancelled=interruption.should_stop)
                for searched in searcher.search_all([TRIAL_QUERY], limit=3):
                    yield from (report for report in searched.engines if report.name in (one.name, one.title))
        finally:
            engines.close()
