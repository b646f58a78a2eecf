"""What is said when something goes wrong: problems with what can be done about them, and mistakes of the program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.library_controller import LibraryController
from desktop.lookups import Lookups
from desktop.mistakes import Mistakes
from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.run_controller import RunController
from desktop.work_controller import WorkController
from engine.errors import PlumblineError, StorageError, StorageFull
from engine.research import StoreNotice

_FULL = "no room for runs"
"""Key of the notice that the disk is full, which is true until a run can store something again."""


class TroubleDesk(QObject):
    """Listens to everything that may fail."""

    def __init__(
        self,
        *,
        runs: RunController,
        library: LibraryController,
        lookups: Lookups,
        work: WorkController,
        mistakes: Mistakes,
        notices: Notices,
        show_log: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._mistakes = mistakes
        self._notices = notices
        self._show_log = show_log
        for source in (library, lookups):
            source.problem.connect(self._show_problem)
        runs.problem.connect(self._show_run_problem)
        for stored in (runs.event_stored, runs.run_added):
            stored.connect(self._withdraw_full)
        library.noticed.connect(self.show_store_notice)
        mistakes.happened.connect(self._show_mistake)

    def show_store_notice(self, notice: StoreNotice) -> None:
        """Say something of the stored data that a person must know."""
        self._notices.say(Notice(title=notice.title, hint=notice.hint, level=Level.WARNING))

    def _show_problem(self, error: PlumblineError, *, key: str = "") -> None:
        state = self._work.state
        can_go_on = isinstance(error, StorageError) and state is not None and state.outcome is None
        actions = (NoticeAction(text="Go on", act=self._work.go_on),) if can_go_on else ()
        self._notices.problem(error, actions=actions, key=key)

    def _show_run_problem(self, error: PlumblineError) -> None:
        self._show_problem(error, key=_FULL if isinstance(error, StorageFull) else "")

    def _withdraw_full(self) -> None:
        self._notices.withdraw(_FULL)

    def _show_mistake(self, kind: str) -> None:
        log = self._mistakes.log_path.name
        self._notices.say(
            Notice(
                title="Plumbline made a mistake",
                hint=f"It goes on, and nothing stored is lost. Details ({kind}) are in {log}.",
                level=Level.PROBLEM,
                key="mistake",
                actions=(NoticeAction(text="Show the log", act=self._show_log),),
            )
        )
