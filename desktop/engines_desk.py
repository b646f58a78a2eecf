"""Between the search engines and their page. Keys and questions are dealt with on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from desktop.errands import Errands
from desktop.items.engines import NO_ADDRESS, EngineRow, EnginesCard, row_of, understood_address
from desktop.main_window import MainWindow, Page
from desktop.network_controller import NetworkController
from desktop.notices import Notices
from engine.domain import EngineReport, Reach
from engine.errors import DataFolderUnusable, PlumblineError
from engine.network.gate import Gate
from engine.search.health import EngineHealth
from engine.search.settings import Scholarly, SearchSettings
from models.errors import ModelError
from models.http import IsCancelled, RequestCancelled
from models.keys import KeyPlace

_LOOK_MS = 2000
_TRIAL_WORDS = "plumb line"
_TRIAL_RUN = ""
"""What the ledger calls the run of a trial: none."""


class Engines(Protocol):
    """The search engines of the program (``engine.search.engines.SearchEngines``)."""

    @property
    def settings(self) -> SearchSettings: ...

    @property
    def trusted(self) -> tuple[str, ...]: ...

    def health(self) -> tuple[EngineHealth, ...]: ...

    def has_key(self, name: str, /) -> bool: ...

    def change(self, settings: SearchSettings, /) -> None: ...

    def store_key(self, name: str, key: str, /) -> KeyPlace: ...

    def forget_key(self, name: str, /) -> None: ...

    def forget_answers(self) -> None: ...

    def ask_one(
        self, name: str, /, *, gate: Gate, words: str, is_cancelled: IsCancelled | None = None
    ) -> EngineReport: ...


class Admission(Protocol):
    """The door, as far as a trial passes it."""

    def admit(self, run_id: str, /, *, reach: Reach, trusted: tuple[str, ...] = ()) -> Gate: ...


class EnginesDesk(QObject):
    """Shows the engines while their page is in view; nobody is contacted unless a person tries one."""

    def __init__(
        self,
        *,
        engines: Callable[[], Engines],
        door: Admission,
        network: NetworkController,
        window: MainWindow,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        """Connect everything; ``start`` it.

        Args:
            engines: returns the engines, on the thread for them; opening them takes a moment.
            door: what trials pass.
            network: whether anything may leave.
            window: where it is shown.
            notices: where things are said.
            parent: the owner.
        """
        super().__init__(parent)
        self._engines = engines
        self._door = door
        self._network = network
        self._window = window
        self._notices = notices
        self._rows: dict[str, EngineRow] = {}
        self._settings = SearchSettings()
        self._has_looked = False
        self._address_problem = ""
        self.errands = Errands("engines", parent=self)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        page = window.engines
        page.switched.connect(self._switch)
        page.try_requested.connect(self._try)
        page.key_written.connect(self._keep_key)
        page.key_removed.connect(self._remove_key)
        page.scholarly_chosen.connect(self._choose_scholarly)
        page.keeps_answers_chosen.connect(self._choose_keeping)
        page.address_written.connect(self._write_address)
        page.forget_requested.connect(self._forget)
        window.page_changed.connect(self._take_page)
        network.changed.connect(self._show_network)

    def start(self) -> None:
        """Start the thread."""
        self.errands.start()
        self._show_network()

    def close(self) -> bool:
        """End the thread; return whether it has ended in time."""
        self._timer.stop()
        return self.errands.close()

    # --- looking ---

    def _take_page(self, page: Page) -> None:
        if page is Page.ENGINES:
            self._look()
            self._timer.start()
        else:
            self._timer.stop()

    def _look(self) -> None:
        self.errands.do(self._read, self._take)

    def _read(self) -> tuple[SearchSettings, tuple[EngineRow, ...]]:
        engines = self._engines()
        rows = []
        for health in engines.health():
            has_key = health.takes_key and engines.has_key(health.name)
            rows.append(row_of(health, has_key=has_key))
        return engines.settings, tuple(rows)

    def _take(self, seen: tuple[SearchSettings, tuple[EngineRow, ...]]) -> None:
        self._settings, rows = seen
        self._has_looked = True
        before = self._rows
        self._rows = {
            row.name: replace(
                row,
                tried=before[row.name].tried,
                is_busy=before[row.name].is_busy,
                key_words=before[row.name].key_words,
            )
            if row.name in before
            else row
            for row in rows
        }
        self._show()

    def _show(self) -> None:
        # Those that can be asked come first; what waits for a key of one's own, which most people have none of, last.
        rows = sorted(self._rows.values(), key=_is_waiting)
        card = EnginesCard(rows=tuple(rows), settings=self._settings, address_problem=self._address_problem)
        self._window.engines.show_card(card)

    def _show_network(self) -> None:
        self._window.engines.show_network(is_online=self._network.is_online)

    # --- what a person does ---

    def _switch(self, name: str, is_on: bool) -> None:
        settings = self._settings
        on, off = set(settings.on) - {name}, set(settings.off) - {name}
        (on if is_on else off).add(name)
        self._change(replace(settings, on=tuple(sorted(on)), off=tuple(sorted(off))))

    def _choose_scholarly(self, wish: Scholarly) -> None:
        self._change(replace(self._settings, scholarly=wish))

    def _choose_keeping(self, keeps: bool) -> None:
        self._change(replace(self._settings, keeps_answers=keeps))

    def _write_address(self, address: str) -> None:
        address, self._address_problem = understood_address(address)
        if self._address_problem:
            self._show()
            return
        self._change(replace(self._settings, searxng_address=address))

    def _change(self, settings: SearchSettings) -> None:
        if not self._has_looked:
            return
        self._settings = settings
        self.errands.do(partial(self._keep, settings), self._take_change)

    def _keep(self, settings: SearchSettings) -> str | PlumblineError:
        try:
            self._engines().change(settings)
        except ValueError:
            return NO_ADDRESS
        except DataFolderUnusable as error:
            return error
        return ""

    def _take_change(self, answer: str | PlumblineError) -> None:
        if isinstance(answer, PlumblineError):
            self._notices.problem(answer)
        elif answer:
            self._address_problem = answer
        self._look()

    def _try(self, name: str) -> None:
        if name in self._rows:
            self._rows[name] = replace(self._rows[name], is_busy=True, tried=None)
            self._show()
            self.errands.do(partial(self._ask, name), partial(self._take_trial, name), partial(self._give_up, name))

    def _ask(self, name: str) -> EngineReport | None:
        engines = self._engines()
        gate = self._door.admit(_TRIAL_RUN, reach=Reach.WEB, trusted=engines.trusted)
        try:
            return engines.ask_one(name, gate=gate, words=_TRIAL_WORDS, is_cancelled=self._is_given_up)
        except RequestCancelled:
            return None

    def _is_given_up(self) -> bool:
        return self.errands.is_given_up

    def _take_trial(self, name: str, report: EngineReport | None) -> None:
        if name in self._rows:
            self._rows[name] = replace(self._rows[name], is_busy=False, tried=report)
            self._look()

    def _give_up(self, name: str, error: ModelError) -> None:
        self._take_trial(name, None)
        self._notices.problem(error)

    def _keep_key(self, name: str, key: str) -> None:
        self.errands.do(partial(self._store, name, key), partial(self._take_key, name))

    def _store(self, name: str, key: str) -> str:
        return self._engines().store_key(name, key).words

    def _remove_key(self, name: str) -> None:
        self.errands.do(partial(self._drop, name), partial(self._take_key, name))

    def _drop(self, name: str) -> str:
        self._engines().forget_key(name)
        return ""

    def _take_key(self, name: str, words: str) -> None:
        if name in self._rows:
            self._rows[name] = replace(self._rows[name], key_words=words, tried=None)
        self._look()

    def _forget(self) -> None:
        self.errands.do(self._forget_answers, self._tell_forgotten)

    def _forget_answers(self) -> None:
        self._engines().forget_answers()

    def _tell_forgotten(self, _nothing: None) -> None:
        self._notices.done("The kept answers of search engines are deleted")


def _is_waiting(row: EngineRow) -> bool:
    return row.is_waiting_for_key
