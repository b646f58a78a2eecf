"""Choosing where a question looks, how deep it goes and with which model: small buttons with menus."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.items.models import ReadingChoice
from desktop.theme import Theme
from desktop.words import DEPTH_WORDS
from engine.domain import Depth, FolderId, RunId, Scope
from engine.library.values import Folder
from resources.tokens import ICON

_NAME_CHARACTERS = 34
_SAME_MODEL = "The same model"


class MenuChip(QToolButton):
    """A button with a menu whose text is the current choice."""

    def __init__(self, theme: Theme, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._name = name
        self.setProperty("kind", "chip")
        self.setIconSize(QSize(ICON, ICON))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.setMenu(self._menu)
        theme.changed.connect(self._draw)
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.showMenu()
        else:
            super().keyPressEvent(event)

    def _say(self, choice: str) -> None:
        self.setText(f" {choice}")
        self.setAccessibleName(f"{self._name}: {choice}")

    def _draw(self) -> None:
        self.setIcon(self._theme.icon(self._icon))


class DepthChip(MenuChip):
    """How much work the question is worth."""

    chosen = Signal(object)
    """Depth."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "stack", "Depth", parent)
        self.setToolTip("How much work the question is worth")
        self._depth = Depth.STANDARD
        self._group = QActionGroup(self)
        self._actions: dict[Depth, QAction] = {}
        for depth, (name, meaning) in DEPTH_WORDS.items():
            action = self._menu.addAction(f"{name}\t{meaning}")
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose, depth))
            self._group.addAction(action)
            self._actions[depth] = action
        self.set_depth(Depth.STANDARD)

    @property
    def chosen_depth(self) -> Depth:
        """The choice."""
        return self._depth

    def set_depth(self, depth: Depth) -> None:
        """Show a choice without saying that it was chosen."""
        self._depth = depth
        self._actions[depth].setChecked(True)
        self._say(DEPTH_WORDS[depth][0])

    def _choose(self, depth: Depth, _checked: bool = False) -> None:
        self.set_depth(depth)
        self.chosen.emit(depth)


class ScopeChip(MenuChip):
    """In which folders the question looks: all of them, or those that are ticked."""

    add_folder_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "folders", "Where to look", parent)
        self.setToolTip("The folders that the answer may come from")
        self._folders: tuple[Folder, ...] = ()
        self._ticked: frozenset[FolderId] = frozenset()
        self._rebuild()

    @property
    def scope(self) -> Scope:
        """The choice; naming no folder means all there are."""
        return Scope(folders=tuple(folder.id for folder in self._folders if folder.id in self._ticked))

    def show_folders(self, folders: Collection[Folder]) -> None:
        """Offer these folders; what was ticked stays ticked."""
        new = tuple(folders)
        if [(f.id, f.name) for f in new] == [(f.id, f.name) for f in self._folders] and self._menu.actions():
            self._folders = new
            return
        self._folders = new
        self._ticked &= {folder.id for folder in new}
        self._rebuild()

    def choose(self, scope: Scope) -> None:
        """Tick the folders of a scope."""
        self._ticked = frozenset(scope.folders) & {folder.id for folder in self._folders}
        self._rebuild()

    def _rebuild(self) -> None:
        self._menu.clear()
        everything = self._menu.addAction("All folders")
        everything.setCheckable(True)
        everything.setChecked(not self._ticked)
        everything.triggered.connect(self._choose_all)
        self._menu.addSeparator()
        for folder in self._folders:
            action = self._menu.addAction(folder.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(folder.id in self._ticked)
            action.setToolTip(str(folder.path))
            action.triggered.connect(partial(self._tick, folder.id))
        self._menu.addSeparator()
        self._menu.addAction("Add a folder…").triggered.connect(self.add_folder_requested)
        self._say(self._words())

    def _choose_all(self) -> None:
        self._ticked = frozenset()
        self._rebuild()

    def _tick(self, folder_id: FolderId, is_ticked: bool) -> None:
        self._ticked = self._ticked | {folder_id} if is_ticked else self._ticked - {folder_id}
        self._rebuild()

    def _words(self) -> str:
        named = [folder.name for folder in self._folders if folder.id in self._ticked]
        if len(named) == 1:
            return named[0] if len(named[0]) <= 28 else f"{named[0][:27]}…"
        if named:
            return f"{len(named)} of {len(self._folders)} folders"
        if len(self._folders) == 1:
            return self._folders[0].name if len(self._folders[0].name) <= 28 else "1 folder"
        return f"All {len(self._folders)} folders" if self._folders else "Library"


class ModelChip(MenuChip):
    """With which language model a question is researched, or without."""

    models_requested = Signal()
    """Choose, or get, a model."""
    switched = Signal()
    """``with_model`` is different now."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "brain", "Language model", parent)
        self.setToolTip("With which language model the question is researched")
        self._model = ""
        self._is_wanted = True
        self._rebuild()

    @property
    def with_model(self) -> bool:
        """Whether the next question is to be researched with the chosen model."""
        return self._is_wanted and bool(self._model)

    def show_model(self, name: str) -> None:
        """Offer a model; an empty name means that none is chosen."""
        if name != self._model:
            # Another model is a new decision; the last one was about another.
            self._model, self._is_wanted = name, True
            self._rebuild()

    def _rebuild(self) -> None:
        self._menu.clear()
        if self._model:
            for text, is_wanted in ((self._model.replace("&", "&&"), True), ("Without a language model", False)):
                action = self._menu.addAction(text)
                action.setCheckable(True)
                action.setChecked(self._is_wanted is is_wanted)
                action.triggered.connect(partial(self._choose, is_wanted))
            self._menu.addSeparator()
        words = "Other models…" if self._model else "Choose a language model…"
        self._menu.addAction(words).triggered.connect(self.models_requested)
        name = self._model if len(self._model) <= _NAME_CHARACTERS else f"{self._model[: _NAME_CHARACTERS - 1]}…"
        self._say(name if self.with_model else "Without a model" if self._model else "No model")

    def _choose(self, is_wanted: bool, _checked: bool = False) -> None:
        self._is_wanted = is_wanted
        self._rebuild()
        self.switched.emit()


class ReadingChip(MenuChip):
    """Which model plans, reads and writes: the one that leads, or another."""

    chosen = Signal(str)
    """Key of the model; empty for the same one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "book-open", "Reading and writing", parent)
        self.show_choice(ReadingChoice())

    def show_choice(self, choice: ReadingChoice) -> None:
        """Offer models, one of them chosen."""
        self._menu.clear()
        said = _SAME_MODEL
        for key, name in (("", _SAME_MODEL), *choice.names):
            action = self._menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(key == choice.chosen)
            action.triggered.connect(partial(self._choose, key))
            said = name if key == choice.chosen else said
        self._say(said if len(said) <= _NAME_CHARACTERS else f"{said[: _NAME_CHARACTERS - 1]}…")

    def _choose(self, key: str, _checked: bool = False) -> None:
        self.chosen.emit(key)


class RunsChip(MenuChip):
    """Which run of a session is shown; hidden while there is only one."""

    chosen = Signal(object)
    """RunId."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "clock", "Run", parent)
        self.setToolTip("Earlier runs of this question")
        self.hide()

    def show_runs(self, runs: tuple[RunId, ...], *, shown: RunId) -> None:
        """Offer the runs of a session, oldest first."""
        self._menu.clear()
        self.setVisible(len(runs) > 1)
        for number, run_id in enumerate(runs, start=1):
            action = self._menu.addAction(f"Run {number}" + (" (newest)" if number == len(runs) else ""))
            action.setCheckable(True)
            action.setChecked(run_id == shown)
            action.triggered.connect(partial(self._choose, run_id))
            if run_id == shown:
                self._say(f"Run {number} of {len(runs)}")

    def _choose(self, run_id: RunId, _checked: bool = False) -> None:
        self.chosen.emit(run_id)
