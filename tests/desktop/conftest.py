"""The window on no screen at all; a Qt warning or a thread left behind fails the test."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_office import FakeOffice, FakeRunner

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from desktop.app import App, Places
from engine.casting import EXTRACTIVE, Cast
from engine.network.door import Door
from engine.research import Research
from engine.web.world import Web
from models.errors import ModelUnusable

OUR_THREADS = {"research", "library", "lookups", "models", "downloads", "network", "ledger", "engines", "exports"}
HERONS = """# Herons

The grey heron is a wading bird. A grey heron lays four eggs in spring, in a nest of sticks high in a tree.

## Food

Herons eat fish and frogs, which they catch by standing still in shallow water.
"""
OTTERS = """# Otters

The otter lives along rivers. An otter can hold its breath for eight minutes.
"""


def our_threads() -> set[str]:
    """Names of running threads that are ours: Qt's as the system lists them, and Python's own."""
    names = {thread.name for thread in threading.enumerate() if not thread.daemon} - {"MainThread"}
    for task in Path("/proc/self/task").glob("*/comm"):
        try:
            names.add(task.read_text().strip())
        except OSError:
            continue
    python = {name for name in names if name.startswith("Thread-")}
    return (names & OUR_THREADS) | python


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    before = our_threads()
    yield
    # A thread that was waited for may still be listed for a moment.
    deadline = time.monotonic() + 3
    while (left := our_threads() - before) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert not left, f"threads left behind: {left}"


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    """A user guide of two pages."""
    folder = tmp_path / "guide"
    folder.mkdir()
    (folder / "herons.md").write_text(HERONS, encoding="utf-8")
    (folder / "otters.md").write_text(OTTERS, encoding="utf-8")
    return folder


@pytest.fixture
def open_app(qtbot, qapp: QApplication, tmp_path: Path, guide: Path) -> Iterator[Callable[..., App]]:
    """Opens the whole app in a data folder; whatever is open at the end is closed."""
    opened: list[App] = []
    mistakes: list[str] = []

    def open_one(
        *,
        data: Path | None = None,
        cast: Cast = EXTRACTIVE,
        research: type[Research] = Research,
        wait: bool = True,
        may_err: bool = False,
        office: FakeOffice | None = None,
        runner: FakeRunner | None = None,
        open_door: Callable[..., Door] = Door,
    ) -> App:
        def open_research(folder: Path, *, web: Web | None) -> Research:
            return research.open(folder, cast=cast, web=web)

        app = App(
            qapp,
            Places(data_folder=data or tmp_path / "data", guide=guide),
            open_research=open_research,
            open_door=open_door,
            office=office or FakeOffice(),
            runner=runner or FakeRunner(ModelUnusable("The tests have no language model")),
        )
        opened.append(app)
        if not may_err:
            app.mistakes.happened.connect(mistakes.append)
        app.start()
        qtbot.waitExposed(app.window).__enter__()
        if wait:
            qtbot.waitUntil(lambda: app.runs.is_open and bool(app.library.folders), timeout=20_000)
            qtbot.waitUntil(lambda: not app.library.is_busy and all_read(app), timeout=20_000)
        return app

    yield open_one
    for app in opened:
        assert app.close(), "a thread did not end in time"
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()
    assert mistakes == [], "exceptions that nobody handled; see the log in the data folder"
    qapp.styleHints().unsetColorScheme()


def all_read(app: App) -> bool:
    return all(folder.updated_at is not None for folder in app.library.folders)
