from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.views.drop_sheet import DropSheet


@pytest.fixture
def page(qtbot) -> QWidget:
    page = QWidget()
    page.resize(400, 300)
    qtbot.addWidget(page)
    page.show()
    return page


def hold(page: QWidget, *paths: Path) -> tuple[bool, QMimeData]:
    """Drag paths over the page; return whether they would be taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(page, event)
    return event.isAccepted(), data


def let_go(page: QWidget, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(page, event)


def test_folders_are_taken_and_files_are_not(page: QWidget, tmp_path: Path):
    sheet, dropped = DropSheet(page), []
    sheet.dropped.connect(dropped.append)
    note = tmp_path / "note.md"
    note.write_text("a file")
    accepted, data = hold(page, tmp_path, note)
    assert accepted
    assert sheet.isVisible()
    let_go(page, data)
    assert dropped == [(tmp_path,)]
    assert sheet.isHidden()


def test_a_file_alone_is_not_taken(page: QWidget, tmp_path: Path):
    sheet = DropSheet(page)
    note = tmp_path / "note.md"
    note.write_text("a file")
    accepted, _ = hold(page, note)
    assert not accepted
    assert sheet.isHidden()


def test_a_bundle_is_taken_to_be_opened(page: QWidget, tmp_path: Path):
    sheet, dropped = DropSheet(page), []
    sheet.bundles_dropped.connect(dropped.append)
    bundle = tmp_path / "report.plumbline"
    bundle.write_bytes(b"PK")
    accepted, data = hold(page, bundle)
    assert accepted
    let_go(page, data)
    assert dropped == [(bundle,)]
