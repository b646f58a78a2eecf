from pathlib import Path

import pytest
from open_apps import EGGS, OpenApp, has_ended, type_and_ask

from desktop.app import App
from desktop.main_window import Page
from engine.library.library import Library
from engine.library.values import Folder
from engine.reading.parser import Parser


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "Field notes"
    folder.mkdir()
    (folder / "badgers.md").write_text("# Badgers\n\nA badger digs a sett with up to fifty entrances.\n")
    (folder / "broken.docx").write_bytes(b"not a zip file")
    return folder


def folder_called(app: App, name: str) -> Folder | None:
    return next((folder for folder in app.library.folders if folder.name == name), None)


def is_read(app: App, name: str) -> bool:
    folder = folder_called(app, name)
    return folder is not None and folder.updated_at is not None and not app.library.is_busy


def test_an_added_folder_is_read_and_what_cannot_be_is_listed_with_the_reason(qtbot, open_app: OpenApp, notes: Path):
    app = open_app()
    app.shelf.add_folders((notes,))
    assert app.window.page is Page.LIBRARY
    qtbot.waitUntil(lambda: is_read(app, "Field notes"), timeout=20_000)
    folder = folder_called(app, "Field notes")
    assert (folder.documents, folder.failed) == (1, 1)
    view = app.window.library
    qtbot.waitUntil(lambda: view._documents.rowCount() == 1 and view._problems.rowCount() == 1, timeout=20_000)
    assert view._documents.index(0, 0).data() == "Badgers"
    assert view._problems.index(0, 0).data() == "broken.docx"
    assert view._problems.index(0, 1).data()


def test_documents_are_filtered_by_typing(qtbot, open_app: OpenApp):
    app = open_app()
    app.window.show_page(Page.LIBRARY)
    view = app.window.library
    qtbot.waitUntil(lambda: view._documents.rowCount() == 2, timeout=20_000)
    view._filter.setText("otter")
    qtbot.waitUntil(lambda: view._documents.rowCount() == 1, timeout=20_000)


def test_a_folder_that_cannot_be_added_is_explained(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    app.shelf.add_folders((tmp_path / "missing",))
    qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=20_000)
    assert app.window.bars.notices[0].hint


def test_a_removed_folder_comes_back_with_undo(qtbot, open_app: OpenApp, notes: Path):
    app = open_app()
    app.shelf.add_folders((notes,))
    qtbot.waitUntil(lambda: is_read(app, "Field notes"), timeout=20_000)
    app.shelf.remove(folder_called(app, "Field notes").id)
    assert folder_called(app, "Field notes") is None
    app.window.cards._cards[-1]._act(app.window.cards.notices[-1].actions[0])
    assert folder_called(app, "Field notes").documents == 1


def test_a_removed_folder_is_gone_when_the_notice_is(qtbot, open_app: OpenApp, notes: Path):
    app = open_app()
    app.shelf.add_folders((notes,))
    qtbot.waitUntil(lambda: is_read(app, "Field notes"), timeout=20_000)
    app.shelf.remove(folder_called(app, "Field notes").id)
    app.window.cards.settle()
    qtbot.waitUntil(lambda: [f.name for f in app.library._folders] == ["Plumbline user guide"], timeout=20_000)
    assert (notes / "badgers.md").exists()


def test_a_folder_that_was_removed_is_still_removed_after_closing_at_once(qtbot, open_app: OpenApp, notes: Path):
    app = open_app()
    app.shelf.add_folders((notes,))
    qtbot.waitUntil(lambda: is_read(app, "Field notes"), timeout=20_000)
    app.shelf.remove(folder_called(app, "Field notes").id)
    app.window.close()
    again = open_app()
    assert [folder.name for folder in again.library.folders] == ["Plumbline user guide"]


def test_a_change_made_before_a_question_is_seen_by_its_run(qtbot, open_app: OpenApp, guide: Path):
    app = open_app()
    herons = guide / "herons.md"
    herons.write_text(herons.read_text().replace("four eggs", "five eggs and sometimes six"))
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert "five eggs" in " ".join(claim.text for claim in app.work.state.report.claims)


def test_a_folder_that_vanishes_is_shown_as_not_there(qtbot, open_app: OpenApp, notes: Path):
    app = open_app()
    app.shelf.add_folders((notes,))
    qtbot.waitUntil(lambda: is_read(app, "Field notes"), timeout=20_000)
    notes.rename(notes.with_name("elsewhere"))
    app.library.update()
    qtbot.waitUntil(lambda: not folder_called(app, "Field notes").is_available, timeout=20_000)
    row = app.window.library._rows[folder_called(app, "Field notes").id]
    assert "Not there" in row._state.full_text


def test_updates_that_are_asked_for_many_times_come_to_an_end(qtbot, open_app: OpenApp):
    app = open_app()
    with qtbot.waitSignal(app.library.idle, timeout=20_000):
        for _ in range(50):
            app.library.update()
    guide = app.library.folders[0].id
    with qtbot.waitSignal(app.library.idle, timeout=20_000):
        for number in range(50):
            app.library.update((guide,) if number % 2 else None)


def test_the_scope_of_a_question_is_the_ticked_folders(qtbot, open_app: OpenApp, notes: Path):
    app = open_app()
    app.shelf.add_folders((notes,))
    qtbot.waitUntil(lambda: is_read(app, "Field notes"), timeout=20_000)
    chip = app.window.ask._scope
    assert chip.scope.folders == ()
    chip._tick(folder_called(app, "Field notes").id, True)
    assert chip.text().strip() == "Field notes"
    type_and_ask(app, "How many entrances does a badger's sett have?")
    qtbot.waitUntil(lambda: app.work.state is not None and app.work.state.outcome is not None, timeout=20_000)
    assert {source.site for source in app.work.state.sources.values()} == {"Field notes"}


def test_a_library_that_a_terminal_command_holds_is_opened_when_it_is_let_go(
    qtbot, open_app: OpenApp, tmp_path: Path, guide: Path
):
    data = tmp_path / "data"
    with Parser() as parser, Library.open(data, parser=parser):
        app = open_app(wait=False)
        qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=20_000)
    app.library.update()
    qtbot.waitUntil(lambda: is_read(app, "Plumbline user guide"), timeout=20_000)
