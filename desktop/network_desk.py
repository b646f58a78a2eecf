"""Between the network and the views that show it: the switch, the question whether to go online, what has left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from desktop.lookups import Lookups
from desktop.main_window import MainWindow, Page
from desktop.network_controller import LedgerPage, LedgerQuery, NetworkController
from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.opening import open_original, show_in_folder
from desktop.plain_text import one_line
from desktop.run_controller import RunController
from desktop.settings import Settings
from desktop.status_desk import StatusDesk
from desktop.work_controller import WorkController
from engine.agent.state import RunState
from engine.domain import Outcome, RunId, Side
from engine.errors import PlumblineError
from engine.export.departures import Departures
from engine.network.entry import Total
from models.http import ConnectionProblem

_CUT = "cut off"
"""Key of the notice that a run has lost the web."""
_PANE, _PAGE = "pane", "page"


class NetworkDesk(QObject):
    """Carries out what a person decides, and shows what the ledger says."""

    def __init__(
        self,
        *,
        network: NetworkController,
        runs: RunController,
        work: WorkController,
        lookups: Lookups,
        status: StatusDesk,
        window: MainWindow,
        notices: Notices,
        settings: Settings,
        system_proxy: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        """Connect everything.

        Args:
            network: what is decided, and the ledger.
            runs: what is being researched.
            work: the run on the desk.
            lookups: reads what left for a report.
            status: what the line at the bottom says.
            window: where it is shown.
            notices: where things are said.
            settings: what the window remembers.
            system_proxy: returns ``host:port`` of the proxy that this computer is set to use.
            parent: the owner.
        """
        super().__init__(parent)
        self._network = network
        self._runs = runs
        self._work = work
        self._status = status
        self._window = window
        self._notices = notices
        self._settings = settings
        self._system_proxy = system_proxy
        self._lookups = lookups
        self._said = ""
        self._shown: str | None = None
        self._told: tuple[object, ...] = ()
        """Of which run, in which state, it was read what left for it."""
        lookups.departures_read.connect(self._show_departures)
        lookups.approvals_listed.connect(window.privacy.show_approvals)
        self._query = LedgerQuery()
        self._dialog: QFileDialog | None = None
        self._cut: RunId | None = None
        """The run that was at work on the web when the network was switched off."""
        runs.run_ended.connect(self._take_end)
        work.ask_before_going_on(self._may_go_on)
        network.changed.connect(self.show_settings)
        network.grown.connect(self._read)
        network.page_read.connect(self._show_page)
        network.totals_read.connect(self._show_totals)
        network.exported.connect(self._tell_exported)
        network.problem.connect(self._show_problem)
        window.ask.online_requested.connect(self._go_online)
        window.ask.offline_requested.connect(network.go_offline)
        window.status.network_requested.connect(self.switch)
        window.network.older_wanted.connect(self._read_older_of_run)
        window.network.privacy_requested.connect(self.open_page)
        work.shown_changed.connect(self._take_run)
        window.page_changed.connect(self._take_page)
        page = window.privacy
        page.online_chosen.connect(self._choose_online)
        page.robots_chosen.connect(self._choose_robots)
        page.proxy_chosen.connect(network.use_proxy)
        page.filter_changed.connect(self._filter)
        page.older_wanted.connect(self._read_older)
        page.export_requested.connect(self.export)

    # --- what a person does ---

    def open_page(self) -> None:
        """Show the privacy page."""
        self._window.show_page(Page.PRIVACY)

    def switch(self) -> None:
        """Go offline at once; or online, after saying what that means if nobody has decided it before."""
        if self._network.is_online:
            self._go_offline()
        elif self._network.settings.is_online is None:
            self._window.show_page(Page.ASK)
            self._window.ask.ask_to_go_online()
        else:
            self._go_online(False)

    def export(self) -> None:
        """Ask where the requests in view are to be saved."""
        folder = self._settings.export_folder
        dialog = QFileDialog(self._window, "Save what left this computer", str(folder))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["Table (*.csv)", "JSON (*.json)"])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(partial(_follow_filter, dialog))
        dialog.selectFile("What left this computer.csv")
        dialog.fileSelected.connect(self._export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export_to(self, path: str) -> None:
        self._settings.export_folder = Path(path).parent
        self._network.export(self._query, Path(path))

    def _choose_online(self, wants: bool) -> None:
        if wants != self._network.is_online:
            self.switch()
        # Where the question has to be asked first, nothing has changed yet.
        self.show_settings()

    def _choose_robots(self, obeys: bool) -> None:
        self._network.obey_robots(obeys=obeys)

    def _go_online(self, uses_proxy: bool) -> None:
        self._network.go_online(uses_system_proxy=uses_proxy)
        self._notices.withdraw(_CUT)
        self._cut = None

    def _go_offline(self) -> None:
        self._network.go_offline()
        state = self._runs.state(self._runs.current) if self._runs.current is not None else None
        if state is None or not state.scope.reach.has_web:
            return
        self._cut = state.run_id
        hint = (
            f"“{one_line(state.question, limit=100)}” was looking on the web. What it has read stays; nothing more is "
            "fetched for it, and it goes on with what there is."
        )
        actions = (
            NoticeAction(text="Go online", act=partial(self._go_online, False)),
            NoticeAction(text="Stop the run", act=partial(self._runs.stop, state.run_id)),
        )
        self._notices.say(
            Notice(title="Offline, in the middle of a run", hint=hint, level=Level.WARNING, key=_CUT, actions=actions)
        )

    def _take_end(self, state: RunState) -> None:
        """A run has ended: what was said of it in its middle is over; what it could not fetch it can fetch later."""
        if state.run_id != self._cut:
            return
        self._cut = None
        self._notices.withdraw(_CUT)
        if not self._network.is_online and state.outcome in (None, Outcome.FAILED):
            self._offer_going_on(state)

    def _may_go_on(self, state: RunState) -> bool:
        """Return whether a run can go on as things are; if not, say what it takes."""
        if self._network.is_online or not _wants_web(state):
            return True
        self._offer_going_on(state)
        return False

    def _offer_going_on(self, state: RunState) -> None:
        hint = (
            f"“{one_line(state.question, limit=100)}” has still to look on the web, and nothing may leave this "
            "computer. What it has read is kept."
        )
        actions: tuple[NoticeAction, ...] = ()
        if self._network.settings.is_online is not None:
            go_on = partial(self._go_online_and_on, state.run_id)
            actions = (NoticeAction(text="Go online and go on", act=go_on),)
        self._notices.say(
            Notice(title="Plumbline is offline", hint=hint, level=Level.WARNING, key=_CUT, actions=actions)
        )

    def _go_online_and_on(self, run_id: RunId) -> None:
        self._go_online(False)
        self._runs.go_on(run_id)

    # --- what is shown ---

    def show_settings(self) -> None:
        """Show everywhere what is decided."""
        settings = self._network.settings
        found = self._system_proxy()
        self._window.ask.show_network(is_online=settings.is_online, proxy="" if settings.proxy else found)
        self._status.show_network(is_online=self._network.is_online)
        self._window.privacy.show_settings(settings, found_proxy=found)

    def _take_run(self) -> None:
        state: RunState | None = self._work.state
        run_id = state.run_id if state is not None else None
        if run_id != self._shown:
            self._shown = run_id
            self._window.network.clear()
            self._read_run()
        if state is not None and state.outcome is not None and self._told != (run_id, state.length):
            self._told = (run_id, state.length)
            self._lookups.read_departures(state)

    def _show_departures(self, run_id: str, departures: Departures) -> None:
        if run_id == self._shown:
            self._window.work.report.show_departures(departures)

    def say_notice(self) -> None:
        """Say what a person should know of the door."""
        words = self._network.notice
        if words and words != self._said:
            self._said = words
            title, _, hint = words.partition(". ")
            self._notices.say(Notice(title=title, hint=hint, level=Level.WARNING, key="door"))

    def _take_page(self, page: Page) -> None:
        self._network.look()
        if page is Page.PRIVACY:
            self._read_all()
            self._lookups.list_approvals()

    def _read(self) -> None:
        self.say_notice()
        self._read_run()
        state = self._work.state
        if state is not None and state.outcome is not None and not self._work.is_live:
            # What was broken off when the run ended is written down a moment later.
            self._lookups.read_departures(state)
        if self._window.page is Page.PRIVACY:
            self._read_all()

    def _read_run(self) -> None:
        if self._shown is not None:
            self._network.read_totals(self._shown, asker=_PANE)
            self._network.read_newest(LedgerQuery(run_id=self._shown), asker=_PANE)

    def _read_all(self) -> None:
        self._network.read_totals(None, asker=_PAGE)
        self._network.read_newest(self._query, asker=_PAGE)

    def _read_older_of_run(self, before: int) -> None:
        if self._shown is not None:
            self._network.read_older(LedgerQuery(run_id=self._shown), before=before, asker=_PANE)

    def _read_older(self, before: int) -> None:
        self._network.read_older(self._query, before=before, asker=_PAGE)

    def _filter(self, text: str, refused_only: bool) -> None:
        query = LedgerQuery(text=text, refused_only=refused_only)
        if query != self._query:
            self._query = query
            self._window.privacy.model.clear()
            self._network.read_newest(query, asker=_PAGE)

    def _show_page(self, page: LedgerPage) -> None:
        if page.query.run_id is not None:
            if page.query.run_id != self._shown:
                return
            pane = self._window.network
            pane.show_newest(page.entries) if page.before is None else pane.model.take_older(page.entries)
        elif page.query == self._query:
            view = self._window.privacy
            view.show_newest(page.entries) if page.before is None else view.model.take_older(page.entries)

    def _show_totals(self, run_id: str | None, totals: tuple[Total, ...]) -> None:
        if run_id is None:
            self._window.privacy.show_totals(totals)
        elif run_id == self._shown:
            self._window.network.show_totals(totals)

    def _tell_exported(self, path: Path) -> None:
        address = path.absolute().as_uri()
        actions = (
            NoticeAction(text="Open", act=partial(self._try, open_original, address)),
            NoticeAction(text="Show in folder", act=partial(self._try, show_in_folder, address)),
        )
        self._notices.done(f"Saved {path.name}", actions=actions)

    def _try(self, act: Callable[[str], None], address: str) -> None:
        try:
            act(address)
        except PlumblineError as error:
            self._notices.problem(error)

    def _show_problem(self, error: PlumblineError | ConnectionProblem) -> None:
        self._notices.problem(error)


def _wants_web(state: RunState) -> bool:
    """Return whether a run that goes on still has to look on the web."""
    if not state.scope.reach.has_web:
        return False
    is_open = any(one.ended is None and one.subquestion.side is Side.WEB for one in state.episodes)
    return is_open or not state.is_planned or state.outcome is Outcome.FAILED


def _follow_filter(dialog: QFileDialog, chosen: str) -> None:
    dialog.setDefaultSuffix("json" if "json" in chosen else "csv")
