import zipfile
from pathlib import Path

import pytest
from open_apps import EGGS, OpenApp, has_ended, type_and_ask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from desktop.actions import ActionId
from desktop.app import App
from desktop.export_words import FORMAT_WORDS, file_name
from engine.domain import PassageId
from engine.export import ReportFormat
from engine.storage.folder import SESSIONS_FILE


def asked_and_answered(qtbot, app: App) -> None:
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    qtbot.waitUntil(lambda: ActionId.EXPORT in app.window.available)


def saved(qtbot, app: App, format: ReportFormat, folder: Path, *, style: str = "") -> Path:
    target = folder / f"report.{format.value}"
    app.export._save(app.work.state.run_id, format, str(target), style=style)
    said = f"Saved {target.name}"
    qtbot.waitUntil(lambda: said in [notice.title for notice in app.window.cards.notices[-1:]], timeout=60_000)
    return target


def bundle_of(qtbot, app: App, folder: Path) -> Path:
    return saved(qtbot, app, ReportFormat.BUNDLE, folder)


def test_every_format_has_a_name_and_says_what_it_is_good_for():
    assert set(FORMAT_WORDS) == set(ReportFormat)
    assert all(words.name and words.meaning for words in FORMAT_WORDS.values())


def test_a_bundle_says_what_of_this_computer_goes_with_it():
    meaning = FORMAT_WORDS[ReportFormat.BUNDLE].meaning
    for carried in ("names of your files", "folders", "notes", "searched for", "every text"):
        assert carried in meaning


def test_a_question_becomes_a_name_that_every_system_accepts():
    assert file_name('How "long" / must: it? ' + "x" * 80) == "How long  must it"
    assert file_name("?!") == "Report"


def test_the_dialog_asks_where_to_with_the_format_and_the_style(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    asked_and_answered(qtbot, app)
    app._act(ActionId.EXPORT)
    dialog = app.export.dialog
    assert dialog.format is ReportFormat.PDF
    dialog.buttons[ReportFormat.BIBTEX].click()
    assert not dialog.styles.isEnabled()
    dialog.buttons[ReportFormat.DOCX].click()
    assert dialog.styles.isEnabled()
    dialog.styles.chip._want_other()
    QTest.keyClicks(dialog.styles.field, "apa")
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(dialog.save, Qt.Key.Key_Return)
    assert chosen.args == [ReportFormat.DOCX, "apa"]
    qtbot.waitUntil(lambda: bool(app.window.findChildren(QFileDialog)))
    files = app.window.findChildren(QFileDialog)[-1]
    assert files.defaultSuffix() == "docx"
    files.reject()
    assert app.export.dialog is None


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
def test_any_style_is_found_by_its_name(qtbot, open_app: OpenApp):
    app = open_app()
    asked_and_answered(qtbot, app)
    app._act(ActionId.EXPORT)
    chooser = app.export.dialog.styles
    assert chooser.style_name == ""
    chooser.chip._want_other()
    QTest.keyClicks(chooser.field, "nature medicine")
    qtbot.waitUntil(lambda: "Nature Medicine" in chooser._names.stringList(), timeout=20_000)
    chooser.field.setText("Nature Medicine")
    assert chooser.style_name == "nature-medicine"
    app.export.dialog.reject()


@pytest.mark.parametrize("format", [ReportFormat.CSV, ReportFormat.RIS, ReportFormat.BUNDLE])
def test_a_report_is_saved_and_can_be_opened_from_the_notice(
    qtbot, open_app: OpenApp, tmp_path: Path, format: ReportFormat
):
    app = open_app()
    asked_and_answered(qtbot, app)
    target = saved(qtbot, app, format, tmp_path)
    assert target.stat().st_size > 0
    assert [action.text for action in app.window.cards.notices[-1].actions] == ["Open", "Show in folder"]


def test_a_style_that_there_is_not_is_said_and_nothing_is_written(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    asked_and_answered(qtbot, app)
    target = tmp_path / "report.docx"
    app.export._save(app.work.state.run_id, ReportFormat.DOCX, str(target), style="no such style at all")
    qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=60_000)
    assert "no such style" in app.window.bars.notices[0].title
    assert not target.exists()


def test_the_whole_report_is_copied_as_markdown(qtbot, qapp, open_app: OpenApp):
    app = open_app()
    asked_and_answered(qtbot, app)
    app._act(ActionId.COPY_REPORT)
    qtbot.waitUntil(lambda: "four eggs" in qapp.clipboard().text(), timeout=20_000)
    assert qapp.clipboard().text().startswith("# ")


def test_a_bundle_is_looked_through_shown_and_opened_as_a_session(
    qtbot, open_app: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    app = open_app()
    asked_and_answered(qtbot, app)
    bundle = bundle_of(qtbot, app, tmp_path)
    other = open_app(data=tmp_path / "other")
    other.window.drop_sheet.bundles_dropped.emit((bundle,))
    qtbot.waitUntil(lambda: other.bundles.dialog is not None, timeout=20_000)
    assert other.bundles.dialog.summary.text() == "Everything in this file holds."
    other.bundles.dialog.open_button.click()
    qtbot.waitUntil(lambda: other.work.state is not None and other.work.state.report is not None, timeout=20_000)
    assert "four eggs" in other.window.work.report.toPlainText()
    qtbot.waitUntil(lambda: len(other.work.sessions) == 1)
    opened: list[object] = []
    monkeypatch.setattr("desktop.opening.QDesktopServices.openUrl", opened.append)
    other.work.sources.open_original(next(iter(other.work.state.passages)))
    assert [notice.title for notice in other.window.bars.notices] == ["The original is on another computer"]
    other.work.sources.show_folder(next(iter(other.work.state.sources.values())).address)
    assert opened == []
    other._act(ActionId.SHORTEN)
    assert other.window.bars.notices[-1].title == "This report was opened from a bundle"
    assert other.runs.current is None
    assert (tmp_path / "other" / SESSIONS_FILE).exists()
    assert PassageId(1) in other.work.state.passages


def test_a_changed_bundle_says_what_does_not_hold_and_is_opened_only_on_purpose(
    qtbot, open_app: OpenApp, tmp_path: Path
):
    app = open_app()
    asked_and_answered(qtbot, app)
    bundle = bundle_of(qtbot, app, tmp_path)
    content = bytearray(bundle.read_bytes())
    with zipfile.ZipFile(bundle) as archive:
        entry = next(one for one in archive.infolist() if one.filename.endswith(".html"))
    content[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 1
    bundle.write_bytes(content)
    other = open_app(data=tmp_path / "other")
    other.bundles.examine(bundle)
    qtbot.waitUntil(lambda: other.bundles.dialog is not None, timeout=20_000)
    dialog = other.bundles.dialog
    assert "not hold" in dialog.summary.text()
    assert dialog.cancel.isDefault() or dialog.cancel.autoDefault()
    assert not dialog.open_button.autoDefault()
    dialog.cancel.click()
    assert other.work.sessions == ()


def test_a_file_that_is_no_bundle_is_explained(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    odd = tmp_path / "odd.plumbline"
    odd.write_text("nothing of the kind")
    app.bundles.examine(odd)
    qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=20_000)
    assert app.bundles.dialog is None
