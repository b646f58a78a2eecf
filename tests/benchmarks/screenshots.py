"""Pictures of the real window in its states: ``python tests/benchmarks/screenshots.py OUT [--only NAME]``.

Runs the whole app in a data folder of its own, on the offscreen platform unless another is set, at two sizes and in
light and dark. Questions are asked and answered, errors are real ones; one run is held for a moment before its third
document, to be seen at work. Only language models and the web are stand-ins: what is found, offered and said is made up
here. The web is one on this computer, reached through the real door.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QDeadlineTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QStyleFactory

from desktop.actions import ActionId
from desktop.app import App, Places
from desktop.main_window import Page
from desktop.theme import Appearance
from engine.errors import StorageFull
from engine.network.door import Door
from engine.research import Research
from models.errors import ModelUnusable
from tests.amended_scenes import amended_scenes
from tests.fake_office import FakeOffice, FakeRunner
from tests.model_scenes import model_scenes
from tests.proven_scenes import proven_scenes
from tests.slow_cast import Gate
from tests.window_on_the_web import web_scenes

SIZES = {"1280": (1280, 800), "1920": (1920, 1080), "900": (900, 700)}
GUIDE = Path(__file__).parents[2] / "resources" / "guide"
QUESTION = "Which file formats can Plumbline read, and how do I check a citation?"
QUESTIONS = ("How do I check a citation?", "What happens when I stop a run?", "Who won the 1998 football world cup?")


def wait_for(what: Callable[[], object], *, seconds: float = 30) -> None:
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not what():
        if deadline.hasExpired():
            raise TimeoutError(what)
        QTest.qWait(20)
    QTest.qWait(120)


class Shoot:
    """One data folder, one window, many pictures."""

    def __init__(self, application: QApplication, out: Path, only: str, sizes: list[str]) -> None:
        self.application = application
        self.out = out
        self.only = only
        self.sizes = sizes
        self.app: App

    def take(self, name: str) -> None:
        if self.only and not name.startswith(self.only):
            return
        for size in self.sizes:
            self.app.window.resize(*SIZES[size])
            for appearance in (Appearance.LIGHT, Appearance.DARK):
                self.app.theme.use(appearance=appearance)
                QTest.qWait(120)
                path = self.out / f"{name}-{size}-{appearance.value}.png"
                self.app.window.grab().save(str(path))
                print(path)

    def grab_dialog(self, name: str) -> None:
        """Take the dialog that is in front."""
        dialogs = [one for one in self.app.window.findChildren(QDialog) if one.isVisible()]
        if dialogs and (not self.only or name.startswith(self.only)):
            for appearance in (Appearance.LIGHT, Appearance.DARK):
                self.app.theme.use(appearance=appearance)
                QTest.qWait(120)
                path = self.out / f"{name}-{appearance.value}.png"
                dialogs[-1].grab().save(str(path))
                print(path)
        for dialog in dialogs:
            dialog.reject()
        QTest.qWait(50)

    def open(
        self,
        data: Path,
        *,
        office: FakeOffice | None = None,
        runner: FakeRunner | None = None,
        open_door: Callable[..., Door] = Door,
    ) -> None:
        self.gate = Gate(free=2)
        open_research = partial(Research.open, cast=self.gate.cast)
        self.app = App(
            self.application,
            Places(data_folder=data, guide=GUIDE),
            open_research=open_research,
            open_door=open_door,
            office=office or FakeOffice(),
            runner=runner or FakeRunner(ModelUnusable("There is no language model here")),
        )
        self.app.window.resize(*SIZES[self.sizes[0]])
        self.app.start()
        QTest.qWaitForWindowExposed(self.app.window)

    def close(self) -> None:
        self.app.close()
        self.app.dismantle()

    def ask(self, question: str) -> None:
        self.app.window.show_page(Page.ASK)
        self.app.window.ask.begin(question)
        field = self.app.window.ask._box._field
        QTest.keyClick(field, Qt.Key.Key_Return)

    def ended(self, question: str) -> bool:
        state = self.app.work.state
        has_ended = state is not None and state.question == question and state.outcome is not None
        return has_ended and self.app.runs.current is None


def scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    data = folder / "data"
    shoot.open(data)
    app, window = shoot.app, shoot.app.window
    yield "00-opening"
    wait_for(lambda: app.library.folders and not app.library.is_busy)
    yield "01-first-start"
    shoot.ask("  ?? ")
    QTest.qWait(50)
    yield "02-refused"
    window.ask.begin("How do I check a citation in a report, and what do the signs beside it mean?")
    yield "03-asking"
    shoot.ask(QUESTION)
    wait_for(shoot.gate.reached.is_set)
    yield "04-during"
    shoot.gate.opened.set()
    wait_for(partial(shoot.ended, QUESTION))
    yield "05-report"
    passages = list(app.work.state.passages) if app.work.state else []
    if passages:
        app.work.sources.show_passage(passages[0])
        QTest.qWait(100)
        yield "06-source"
        window.go_back()
    for question in QUESTIONS:
        shoot.ask(question)
        wait_for(partial(shoot.ended, question))
    yield "07-not-found"
    window.sessions.start_search()
    QTest.keyClicks(window.sessions._search, "citation")
    QTest.qWait(600)
    yield "08-search"
    QTest.keyClick(window.sessions._search, Qt.Key.Key_Escape)
    app._act(ActionId.PALETTE)
    yield "09-palette"
    window.palette_overlay.close_overlay()
    app._act(ActionId.SHORTCUTS)
    yield "10-shortcuts"
    window.shortcuts_overlay.close_overlay()
    yield from library_scenes(shoot, folder)
    window.show_page(Page.SETTINGS)
    yield "13-settings"
    window.show_page(Page.ASK)
    yield from problem_scenes(shoot, folder)


def problem_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    app = shoot.app
    app.notices.problem(StorageFull("The disk is full", hint="Nothing that was shown is lost. Make room, then go on."))
    app.work.delete_session(app.work.sessions[0].id)
    yield "14-notices"
    shoot.close()
    blocked = folder / "blocked"
    blocked.write_text("a file where the data folder should be")
    shoot.open(blocked)
    wait_for(lambda: shoot.app.window.page is Page.PROBLEM)
    yield "15-unusable"
    shoot.close()
    yield from model_scenes(shoot, folder)
    yield from web_scenes(shoot, folder)
    yield from proven_scenes(shoot, folder)
    yield from amended_scenes(shoot, folder)


def library_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    own = folder / "Field notes"
    own.mkdir()
    for source in GUIDE.glob("*.md"):
        shutil.copy(source, own / source.name)
    (own / "scan.pdf").write_bytes(b"%PDF-1.4 damaged")
    (own / "letters.docx").write_bytes(b"not a zip")
    shoot.app.shelf.add_folders((own,))
    library = shoot.app.library
    wait_for(lambda: any(f.documents and not f.is_guide for f in library.folders) and not library.is_busy)
    yield "11-library"
    shoot.app.window.library._choose(next(f.id for f in shoot.app.library.folders if not f.is_guide))
    QTest.qWait(200)
    shoot.app.window.library._tabs.setCurrentIndex(1)
    yield "12-library-problems"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="", help="beginning of the names of the pictures to take")
    parser.add_argument("--web", action="store_true", help="only the scenes on the web, which is much quicker")
    parser.add_argument("--report", action="store_true", help="only the scenes of a report with all its proof")
    parser.add_argument("--versions", action="store_true", help="only the scenes of a report that is changed")
    parser.add_argument("--sizes", nargs="+", default=["1280", "1920"], choices=list(SIZES))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    application.setStyle(QStyleFactory.create("Fusion"))
    shoot = Shoot(application, options.out, options.only, options.sizes)
    with tempfile.TemporaryDirectory() as folder:
        try:
            chosen = (
                (options.web, web_scenes),
                (options.report, proven_scenes),
                (options.versions, amended_scenes),
            )
            taken = next((some for is_wanted, some in chosen if is_wanted), scenes)
            for name in taken(shoot, Path(folder)):
                shoot.take(name)
        finally:
            sys.excepthook = sys.__excepthook__
            shoot.gate.opened.set()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
