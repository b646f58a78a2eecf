"""What a reader wants of a finished report: what it lacks is asked for, and where it cannot be done it is said why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QDialog, QMenu

from desktop.amendment_words import doing_words, failed_words, version_words
from desktop.casting import is_without_model
from desktop.lookups import Archive
from desktop.main_window import MainWindow, Page
from desktop.model_controller import ModelController
from desktop.network_controller import NetworkController
from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.plain_text import one_line
from desktop.run_controller import RunController
from desktop.theme import Theme
from desktop.views.follow_up import DeeperDialog, LanguageDialog
from desktop.views.follow_up_menu import add_on_top, can_follow_up, follow_ups
from desktop.work_controller import WorkController
from engine.agent.amending import words_sent
from engine.agent.state import RunState
from engine.agent.writing import SAME_CHECK
from engine.domain import Amendment, AmendmentKind, ClaimId, Reach, RunId, Verdict
from engine.events import AmendmentFailed, ReportFinished, StoredEvent

_KEY = "a change of the report"
_STOPPED = "You stopped it."
"""Why a change was not made where a person wanted it so: they need not be told."""


class ConfirmCheck(Protocol):
    """Shows words that would be sent, and calls back when a person wants them sent."""

    def __call__(self, words: str, *, confirmed: Callable[[], object]) -> object:
        """Show the words."""
        ...


class FollowUpDesk(QObject):
    """One dialog at a time."""

    def __init__(
        self,
        *,
        runs: RunController,
        work: WorkController,
        models: ModelController,
        network: NetworkController,
        archive: Archive,
        window: MainWindow,
        notices: Notices,
        theme: Theme,
        look_up: Callable[[str], object],
        confirm_check: ConfirmCheck,
        choose_model: Callable[[], object],
        go_online: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        """Connect everything.

        Args:
            runs: makes the changes.
            work: knows which report is on the desk.
            models: knows whether a language model is chosen.
            network: knows whether anything may leave.
            archive: knows whether the report was made here.
            window: where it is wanted.
            notices: where it is said what could not be done.
            theme: what dialogs are drawn with.
            look_up: shows words that may be sent to the web.
            confirm_check: shows the words of a sentence that is checked on the web, and says when they may be sent.
            choose_model: leads to the page on which a language model is chosen.
            go_online: goes online, or asks what that takes.
            parent: the owner.
        """
        super().__init__(parent)
        self._runs = runs
        self._work = work
        self._models = models
        self._network = network
        self._archive = archive
        self._window = window
        self._notices = notices
        self._theme = theme
        self._look_up = look_up
        self._confirm_check = confirm_check
        self._choose_model = choose_model
        self._go_online = go_online
        self.dialog: QDialog | None = None
        """What is open now."""
        window.work.follow_up_requested.connect(self.follow_up)
        window.work.change_requested.connect(self.show_menu)
        window.work.report.mark_requested.connect(self._mark)
        runs.event_stored.connect(self._tell)
        work.shown_changed.connect(self._note_shown)
        self._shown: RunId | None = None

    @property
    def can_change(self) -> bool:
        """Whether the newest version of a finished report is on the desk, and nothing works on it."""
        state = self._work.state
        if state is None or not state.versions or state.run_id in self._runs.waiting or self._work.is_live:
            return False
        return can_follow_up(state, state.versions[-1].report) and bool(state.versions[-1].report.claims)

    # --- asking ---

    def show_menu(self) -> None:
        """Offer what can be done with the report as a whole, at its button."""
        state = self._work.state
        if state is None or not self.can_change or not self._window.work.versions.is_newest:
            return
        menu = QMenu(self._window)
        add_on_top(menu, follow_ups(state.versions[-1].report), theme=self._theme, ask=self.follow_up)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._window.work.header.change_place)

    def go_deeper(self) -> None:
        """Ask into what to go deeper: what is selected in the report is proposed."""
        selected = self._window.work.report.textCursor().selectedText().replace("\ufffc", " ").strip()
        self.follow_up(Amendment(kind=AmendmentKind.DEEPER, words=selected))

    def want(self, kind: AmendmentKind) -> None:
        """Ask for a change of the whole report; CHECK is of the sentence whose citation has the keyboard."""
        claim = self._chosen_claim
        if kind is AmendmentKind.CHECK and claim is None:
            self._say_none_is_chosen()
            return
        self.follow_up(Amendment(kind=kind, claim=claim if kind is AmendmentKind.CHECK else None))

    def mark_chosen(self) -> None:
        """Open the card in which the sentence is marked whose citation has the keyboard."""
        claim = self._chosen_claim
        if claim is None:
            self._say_none_is_chosen()
        else:
            self._window.work.report.ask_for_mark(claim)

    @property
    def _chosen_claim(self) -> ClaimId | None:
        chip = self._window.work.report.focused_chip
        return ClaimId(chip.claim) if chip is not None and chip.claim is not None else None

    def _say_none_is_chosen(self) -> None:
        self._say("No sentence is chosen", "Go to one of its citations with Tab, or use the menu of the sentence.")

    def follow_up(self, amendment: Amendment) -> None:
        """Have the report on the desk changed; what the amendment lacks is asked for first."""
        state = self._work.state
        if state is None or not self.can_change or self.dialog is not None:
            return
        if not self._can_be_made(state, amendment):
            return
        if amendment.kind is AmendmentKind.DEEPER:
            self._ask_words(state, amendment)
        elif amendment.kind is AmendmentKind.TRANSLATE and not amendment.language:
            self._ask_language(state, amendment)
        elif sent := words_sent(state, amendment):
            self._confirm_check(sent, confirmed=partial(self._give, state, amendment))
        else:
            self._give(state, amendment)

    def _ask_words(self, state: RunState, amendment: Amendment) -> None:
        dialog = DeeperDialog(self._theme, amendment.words, reach=state.scope.reach, parent=self._window)

        def give(words: str) -> None:
            self._give(state, replace(amendment, words=words))

        dialog.asked.connect(give)
        dialog.look_up_requested.connect(self._look_up)
        self._open(dialog)

    def _ask_language(self, state: RunState, amendment: Amendment) -> None:
        here = QLocale.languageToCode(QLocale.system().language())[:2]
        likely = tuple(dict.fromkeys((here, "en", "de", "fr", "es")))
        by = self._models.chosen_name if is_without_model(state) else ""
        dialog = LanguageDialog(self._theme, likely=likely, by=by, parent=self._window)

        def give(language: str) -> None:
            self._give(state, replace(amendment, language=language))

        dialog.chosen.connect(give)
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    # --- giving ---

    def _can_be_made(self, state: RunState, amendment: Amendment) -> bool:
        """Return whether it can be begun as things are; if not, say what it takes."""
        if not self._window.work.versions.is_newest and amendment.kind is not AmendmentKind.RESTORE:
            self._say(
                "Only the newest version can be changed",
                "Go back to the newest one, or restore the one that you are reading.",
            )
            return False
        if self._archive.origin(state.run_id) is not None:
            self._say(
                "This report was opened from a bundle",
                "It can be read, marked and exported. Ask its question again to research it on this computer.",
            )
            return False
        choose = NoticeAction(text="Choose a model", act=self._choose_model)
        if amendment.kind is AmendmentKind.TRANSLATE and not self._models.chosen_name and is_without_model(state):
            self._say(
                "A translation needs a language model",
                "This report was made without one. Choose a language model, then ask for the translation again.",
                action=choose,
            )
            return False
        if amendment.kind is not AmendmentKind.RESTORE and not is_without_model(state) and not self._models.chosen_name:
            self._say(
                "No language model is chosen",
                f"This report was made with {one_line(state.engine, limit=80).partition(':')[0]}. Choose a language "
                "model to have it changed.",
                action=choose,
            )
            return False
        goes_out = state.scope.reach is Reach.WEB and amendment.kind is AmendmentKind.DEEPER
        if goes_out and not self._network.is_online:
            self._say(
                "Plumbline is offline",
                "This report is one of the web, and more would be looked for there. Go online, then ask for it again.",
                action=NoticeAction(text="Go online", act=self._go_online),
            )
            return False
        return True

    def _give(self, state: RunState, amendment: Amendment) -> None:
        self._notices.withdraw(_KEY)
        self._runs.amend(state.run_id, amendment)
        self._window.show_page(Page.WORK)
        self._window.work.versions.close_comparison()
        self._window.work.show_asked(doing_words(amendment))

    def _mark(self, number: int, verdict: Verdict | None, note: str) -> None:
        state = self._work.state
        if state is not None:
            self._runs.mark(state.run_id, ClaimId(number), verdict, note)

    def _note_shown(self) -> None:
        """What could not be done with one report is not said over another."""
        state = self._work.state
        shown = state.run_id if state is not None else None
        if shown != self._shown:
            self._shown = shown
            self._notices.withdraw(_KEY)

    # --- what became of it ---

    def _tell(self, stored: StoredEvent, state: RunState) -> None:
        event = stored.event
        on_desk = self._work.state is not None and self._work.state.run_id == state.run_id
        if isinstance(event, ReportFinished) and event.amendment is not None and on_desk:
            actions = (NoticeAction(text="See what changed", act=self._window.work.versions.compare),)
            self._notices.done(version_words(state.versions[-1]), actions=actions)
        if not isinstance(event, AmendmentFailed) or event.reason == _STOPPED:
            return
        was_done = event.reason == SAME_CHECK
        hint = one_line(event.reason, limit=400) + ("" if was_done else " The report is as it was.")
        if not on_desk:
            hint += f" It answers “{one_line(state.question, limit=80)}”."
        level = Level.INFO if was_done else Level.WARNING
        title = failed_words(event.amendment, event.reason)
        self._notices.say(Notice(title=title, hint=hint, level=level, key=_KEY))

    def _say(self, title: str, hint: str, *, action: NoticeAction | None = None) -> None:
        actions = (action,) if action is not None else ()
        self._notices.say(Notice(title=title, hint=hint, level=Level.WARNING, key=_KEY, actions=actions))
