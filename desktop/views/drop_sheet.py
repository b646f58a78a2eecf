"""Folders, models or bundles dragged onto a page: a sheet says what will happen when they are let go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.views.controls import Label
from engine.export import ReportFormat
from resources.tokens import SPACE_3


class DropSheet(QFrame):
    """Covers its page while folders are held over it; files that are no folders are not taken."""

    dropped = Signal(object)
    """tuple[Path, ...] of folders."""
    models_dropped = Signal(object)
    """tuple[Path, ...] of GGUF files."""
    bundles_dropped = Signal(object)
    """tuple[Path, ...] of bundles."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self.setProperty("kind", "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = Label(tone="heading")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self._words)
        self.hide()
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page:
            match event.type():
                case QEvent.Type.DragEnter if isinstance(event, QDragEnterEvent):
                    return self._enter(event)
                case QEvent.Type.DragLeave:
                    self.hide()
                case QEvent.Type.Drop if isinstance(event, QDropEvent):
                    return self._drop(event)
        return super().eventFilter(watched, event)

    def _enter(self, event: QDragEnterEvent) -> bool:
        if folders_in(event):
            self._words.setText("Drop folders to add them to the library")
        elif bundles_in(event):
            self._words.setText("Drop the bundle to check and open it")
        elif models_in(event):
            self._words.setText("Drop the file to use it as language model")
        else:
            return False
        event.acceptProposedAction()
        self.setGeometry(self._page.rect().adjusted(SPACE_3, SPACE_3, -SPACE_3, -SPACE_3))
        self.raise_()
        self.show()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self.hide()
        folders, bundles, models = folders_in(event), bundles_in(event), models_in(event)
        if not folders and not bundles and not models:
            return False
        event.acceptProposedAction()
        if folders:
            self.dropped.emit(folders)
        elif bundles:
            self.bundles_dropped.emit(bundles)
        else:
            self.models_dropped.emit(models)
        return True


def folders_in(event: QDropEvent) -> tuple[Path, ...]:
    """Return the folders among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return tuple(path for path in paths if path.is_dir())


def bundles_in(event: QDropEvent) -> tuple[Path, ...]:
    """Return the bundles among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return tuple(path for path in paths if path.suffix.casefold() == f".{ReportFormat.BUNDLE.value}" and path.is_file())


def models_in(event: QDropEvent) -> tuple[Path, ...]:
    """Return the model files among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return tuple(path for path in paths if path.suffix.casefold() == ".gguf" and path.is_file())
