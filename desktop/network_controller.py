"""The network as the window decides about it: online or not, by which proxy; and the ledger, read on its own thread."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.items.ledger import PAGE
from desktop.ledger_words import as_csv, as_json
from desktop.network_seams import Door, LedgerSource
from desktop.threads import WorkThread
from engine.errors import ExportFailed, PlumblineError
from engine.network.entry import Entry, Total
from engine.network.ledger import OnEntry
from engine.network.settings import SYSTEM_PROXY, NetworkSettings
from models.http import ConnectionProblem

_CLOSE_TIMEOUT_S = 5.0
_GATHER_MS = 250
"""New entries are told of at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """Which entries are wanted."""

    run_id: str | None = None
    """Those of a run; of everything if None."""
    text: str = ""
    refused_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """A page of what was asked for."""

    query: LedgerQuery
    before: int | None
    """None: these are the newest."""
    entries: tuple[Entry, ...]


class NetworkController(QObject):
    """Changes the door's settings, and reads its ledger."""

    changed = Signal()
    """``settings`` are different now."""
    grown = Signal()
    """The ledger has new entries, or some of its entries have ended."""
    page_read = Signal(object)
    """LedgerPage."""
    totals_read = Signal(object, object)
    """Id of the run, or None for everything, and tuple[Total, ...]."""
    exported = Signal(object)
    """Path of the file."""
    problem = Signal(object)
    """PlumblineError or ConnectionProblem: each has a title and a hint."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    _was_heard = Signal()
    _refused = Signal(object)
    _decided = Signal()

    def __init__(
        self, *, open_door: Callable[[OnEntry], Door], ledger: LedgerSource, parent: QObject | None = None
    ) -> None:
        """Open the door; ``start`` the threads.

        Args:
            open_door: opens it, given who hears that the ledger has grown.
            ledger: its reading side.
            parent: the owner.
        """
        super().__init__(parent)
        self._was_heard.connect(self._gather)
        door = open_door(self.hear)
        self._door = door
        self._ledger = ledger
        self.settings = door.settings
        """What is decided; at once, even while it is being written down."""
        self._deciding = WorkThread("network", parent=self)
        self._reading = WorkThread("ledger", parent=self)
        for thread in (self._deciding, self._reading):
            thread.failed.connect(self._sort_failure)
        self._newest: dict[str, int] = {}
        self._undecided = 0
        """Decisions on their way to the door."""
        self._decided.connect(self._count_decided)
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(_GATHER_MS)
        self._gathering.timeout.connect(self.grown)
        self._refused.connect(self._take_back)

    # --- starting and ending ---

    def start(self) -> None:
        """Start the threads."""
        self._deciding.start()
        self._reading.start()

    def close(self) -> bool:
        """End the threads; return whether they have ended in time."""
        self._gathering.stop()
        threads = [thread for thread in (self._deciding, self._reading) if thread.isRunning()]
        return all([thread.finish(timeout_s=_CLOSE_TIMEOUT_S) for thread in threads])

    def hear(self, _entry: Entry) -> None:
        """Hear from the door that the ledger has grown; any thread may call this."""
        self._was_heard.emit()

    # --- deciding ---

    @property
    def notice(self) -> str:
        """What a person should know of the door: settings that could not be read, a damaged ledger; or nothing."""
        return self._door.notice

    def look(self) -> None:
        """See whether somebody else, a command in a terminal, has decided something else."""
        settings = self._door.settings
        if settings != self.settings and not self._undecided:
            self._take_back(settings)

    @property
    def is_online(self) -> bool:
        """Whether requests may leave."""
        return self.settings.is_online is True

    def go_online(self, *, uses_system_proxy: bool = False) -> None:
        """Let requests leave; through the proxy that this computer is set to use, unless another was chosen before."""
        proxy = self.settings.proxy or (SYSTEM_PROXY if uses_system_proxy else "")
        self._decide(replace(self.settings, is_online=True, proxy=proxy))

    def go_offline(self) -> None:
        """Let nothing leave, from this moment on."""
        self._decide(replace(self.settings, is_online=False))

    def obey_robots(self, *, obeys: bool) -> None:
        """Leave pages alone whose sites do not want programs there, or not."""
        self._decide(replace(self.settings, obey_robots=obeys))

    def use_proxy(self, proxy: str) -> None:
        """Go through a proxy: empty for none, ``system``, or ``http://host:port``."""
        self._decide(replace(self.settings, proxy=proxy))

    # --- reading ---

    def read_newest(self, query: LedgerQuery, *, asker: str) -> None:
        """Ask for the newest entries; of several questions of one asker only the last is answered."""
        self._ask(asker, self._read_page, query, None)

    def read_older(self, query: LedgerQuery, *, before: int, asker: str) -> None:
        """Ask for the entries before one."""
        self._ask(f"{asker} older", self._read_page, query, before)

    def read_totals(self, run_id: str | None, *, asker: str) -> None:
        """Ask what went where."""
        self._ask(f"{asker} totals", self._read_totals, run_id)

    def export(self, query: LedgerQuery, path: Path) -> None:
        """Write everything that a question finds to a file: JSON if its name ends so, else a table."""
        self._reading.do(self._export, query, path)

    # --- on the Qt thread ---

    def _decide(self, settings: NetworkSettings) -> None:
        if settings == self.settings:
            return
        self.settings = settings
        self._undecided += 1
        self._deciding.do(self._change, settings)
        self.changed.emit()

    def _count_decided(self) -> None:
        self._undecided -= 1

    def _take_back(self, settings: NetworkSettings) -> None:
        self.settings = settings
        self.changed.emit()

    def _gather(self) -> None:
        if not self._gathering.isActive():
            self._gathering.start()

    def _ask(self, kind: str, job: object, *arguments: object) -> None:
        self._newest[kind] = number = self._newest.get(kind, 0) + 1
        self._reading.do(self._answer, kind, number, job, arguments)

    def _sort_failure(self, error: BaseException) -> None:
        if isinstance(error, PlumblineError | ConnectionProblem):
            self.problem.emit(error)
        else:
            self.mistake.emit(error)

    # --- on the threads ---

    def _change(self, settings: NetworkSettings) -> None:
        try:
            self._door.change(settings)
        except BaseException:
            self._refused.emit(self._door.settings)
            raise
        finally:
            self._decided.emit()

    def _answer(self, kind: str, number: int, job: object, arguments: tuple[object, ...]) -> None:
        if number == self._newest[kind] and not self._reading.is_closing:
            assert callable(job)
            job(*arguments)

    def _read_page(self, query: LedgerQuery, before: int | None) -> None:
        entries = self._ledger.entries(
            query.run_id, text=query.text, refused_only=query.refused_only, limit=PAGE, before=before
        )
        self.page_read.emit(LedgerPage(query=query, before=before, entries=entries))

    def _read_totals(self, run_id: str | None) -> None:
        totals: tuple[Total, ...] = self._ledger.totals(run_id)
        self.totals_read.emit(run_id, totals)

    def _export(self, query: LedgerQuery, path: Path) -> None:
        pieces = as_json if path.suffix.lower() == ".json" else as_csv
        partial_path = path.with_name(f".{path.name}.part")
        try:
            with partial_path.open("w", encoding="utf-8", newline="") as file:
                for piece in pieces(self._everything(query)):
                    file.write(piece)
            partial_path.replace(path)
        except OSError as error:
            partial_path.unlink(missing_ok=True)
            raise ExportFailed(
                f"{path.name} could not be written", hint=f"{error.strerror or error}. Choose another folder."
            ) from error
        self.exported.emit(path)

    def _everything(self, query: LedgerQuery) -> Iterable[Entry]:
        before: int | None = None
        while True:
            entries = self._ledger.entries(
                query.run_id, text=query.text, refused_only=query.refused_only, limit=1000, before=before
            )
            yield from entries
            if len(entries) < 1000 or self._reading.is_closing:
                return
            before = entries[-1].id


def system_proxy() -> str:
    """Return ``host:port`` of the proxy that this computer is set to use; empty for none. Contacts nobody."""
    found = urllib.request.getproxies()
    proxy = found.get("https") or found.get("http") or found.get("all") or ""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return f"{parts.hostname}:{parts.port or 80}" if proxy and parts.hostname else ""
    except ValueError:
        return ""
