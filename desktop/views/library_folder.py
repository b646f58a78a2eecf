"""One folder of the library as a row: what it is, how much is in it, how far its reading has come."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import ElidedLabel, IconButton
from desktop.words import recent_moment
from engine.counting import counted, size_words
from engine.domain import FolderId
from engine.library.values import Folder, IndexProgress
from resources.tokens import ICON_LARGE, SPACE_2, SPACE_3


class FolderRow(QFrame):
    """A folder that can be chosen, updated and removed."""

    chosen = Signal(object)
    """FolderId."""
    update_requested = Signal(object)
    stop_requested = Signal()
    remove_requested = Signal(object)

    def __init__(self, folder: Folder, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._folder = folder
        self._is_reading = False
        self.setProperty("kind", "folder")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._picture = QLabel()
        self._name = ElidedLabel(tone="strong")
        self._state = ElidedLabel(tone="muted")
        self._path = ElidedLabel(tone="muted", mode=Qt.TextElideMode.ElideMiddle)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(f"Reading {folder.name}")
        self._bar.hide()
        self._update = IconButton(theme, "arrows-clockwise", "Look for changed files")
        self._update.clicked.connect(self._ask_update)
        self._remove = IconButton(theme, "trash", "Take out of the library; the files stay")
        self._remove.clicked.connect(self._ask_removal)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._path)
        words.addWidget(self._state)
        words.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2 + 2, SPACE_2, SPACE_2 + 2)
        layout.setSpacing(SPACE_3)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self._update, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._draw)
        self.show_folder(folder)

    @property
    def folder_id(self) -> FolderId:
        """Which folder this is."""
        return self._folder.id

    def show_folder(self, folder: Folder) -> None:
        """Show the folder as it stands now."""
        self._folder = folder
        self._name.set_text(one_line(folder.name, limit=200))
        self._path.set_text("Comes with Plumbline" if folder.is_guide else one_line(str(folder.path), limit=400))
        if not self._is_reading:
            self._state.set_text(_state_words(folder))
        self.setAccessibleName(f"{folder.name}: {_state_words(folder)}")
        self._draw()

    def show_progress(self, progress: IndexProgress) -> None:
        """Show how far the reading has come."""
        self._is_reading = not progress.is_final
        self._bar.setVisible(self._is_reading)
        self._update.set_icon("stop" if self._is_reading else "arrows-clockwise")
        self._update.set_name("Stop reading; what was read stays" if self._is_reading else "Look for changed files")
        if not self._is_reading:
            self.show_folder(progress.folder)
            return
        if progress.total == 0:
            self._bar.setRange(0, 0)
            self._state.set_text("Looking for files…")
            return
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        current = f"  ·  {one_line(progress.current, limit=200)}" if progress.current else ""
        self._state.set_text(f"Reading {progress.done:,} of {progress.total:,}{current}")

    def show_chosen(self, *, is_chosen: bool) -> None:
        """Mark the row as the one whose documents are listed."""
        self.setProperty("chosen", "true" if is_chosen else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._folder.id)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(self._folder.id)
        elif event.key() == Qt.Key.Key_Delete:
            self._ask_removal()
        else:
            super().keyPressEvent(event)

    def _ask_update(self) -> None:
        if self._is_reading:
            self.stop_requested.emit()
        else:
            self.update_requested.emit(self._folder.id)

    def _ask_removal(self) -> None:
        self.remove_requested.emit(self._folder.id)

    def _draw(self) -> None:
        name = "book-open" if self._folder.is_guide else "folder"
        colour = None
        if not self._folder.is_available:
            name, colour = "warning", self._theme.palette.partly
        self._picture.setPixmap(self._theme.icon(name, colour=colour).pixmap(QSize(ICON_LARGE, ICON_LARGE)))


def _state_words(folder: Folder) -> str:
    if not folder.is_available:
        kept = f"; its {counted(folder.documents, 'document')} can still be searched" if folder.documents else ""
        return f"Not there at the moment{kept}"
    if folder.updated_at is None and not folder.documents:
        return "Not read yet"
    now = datetime.now().astimezone()
    parts = [counted(folder.documents, "document"), size_words(folder.size_bytes)]
    if folder.failed:
        parts.append(f"{folder.failed:,} could not be read")
    if folder.updated_at is None:
        parts.append("not read to the end")
    else:
        parts.append(f"checked {recent_moment(folder.updated_at.astimezone(), now=now)}")
    return "  ·  ".join(parts)
