"""The window on a web that does not exist, for pictures: asking, watching, pages that are blocked, what has left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loopback_web import Asked, LoopbackWeb, Reply, door_to
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtTest import QTest
from web_scenes import ENGINE, Hit, SmallWeb, article

from desktop.actions import ActionId
from desktop.main_window import Page
from engine.domain import Reach
from engine.network.gate import Purpose
from engine.search.settings import SearchSettings, write_settings
from models.http import ConnectionProblem

if TYPE_CHECKING:
    from tests.benchmarks.screenshots import Shoot

QUESTION = "Where do grey herons nest, and how long do they sit on their eggs?"
_OFF = tuple("duckduckgo mojeek startpage yahoo openalex arxiv crossref semantic-scholar wikipedia".split())
_PAGES = {
    "http://birds.example/grey-heron": (
        "Grey heron: nesting and young",
        "Grey herons nest in colonies high in tall trees near water, often in old oaks. They sit on their eggs for 25 "
        "to 26 days, and both parents take their turn.",
    ),
    "http://www.marshtrust.example/wildlife/herons?page=2": (
        "Herons of the northern marshes",
        "In marshes without trees grey herons nest in reeds, close above the water.",
    ),
    "http://naturejournal.example/2021/heronries": (
        "A census of heronries",
        "Most colonies of grey herons are within ten kilometres of a river where they fish.",
    ),
}


def web_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    """Yield the name of each scene when it stands."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    os.environ["https_proxy"] = "http://proxy.example.org:3128"
    data = folder / "web-data"
    write_settings(data, SearchSettings(off=_OFF, searxng_address=f"http://{ENGINE}"))
    with LoopbackWeb() as web:
        small = _furnished(web)
        shoot.open(data, open_door=partial(door_to, web, is_online=None))
        try:
            yield from _scenes(shoot, small)
        finally:
            os.environ.pop("https_proxy", None)
            shoot.gate.opened.set()
            shoot.close()


def _furnished(web: LoopbackWeb) -> SmallWeb:
    small = SmallWeb(web)
    for address, (title, words) in _PAGES.items():
        head = '<meta property="article:published_time" content="2021-03-14">'
        snippet = words[:90]
        small.add(
            address, article(words, title=title, head=head), hit=Hit(address=address, title=title, snippet=snippet)
        )

    def walled(_asked: Asked) -> Reply:
        return Reply("<title>Sign in</title><form>Please sign in <input type=password></form>", status=403)

    web.on("paywalled.example", walled)
    web.on("robots-only.example", Reply("<html><body><noscript>Please enable JavaScript</noscript></body></html>"))
    for address, title in (
        ("http://paywalled.example/ornithology/heron-incubation", "Incubation in Ardea cinerea"),
        ("http://robots-only.example/app", "Heron tracker"),
        ("http://gone.example/old", "An old page on herons"),
    ):
        small.hits.append(Hit(address=address, title=title, snippet="Herons, nests and eggs"))
    return small


def _scenes(shoot: Shoot, small: SmallWeb) -> Iterator[str]:  # noqa: PLR0915  a walk through the window
    app, window = shoot.app, shoot.app.window
    _wait(lambda: app.library.folders and not app.library.is_busy)
    window.show_page(Page.ASK)
    window.ask._choose_reach(Reach.WEB)
    window.ask.begin(QUESTION)
    yield "30-consent"
    window.ask._consent._proxy._buttons[False].click()
    window.ask._consent.online.click()
    os.environ.pop("https_proxy", None)
    app.network_desk.show_settings()
    window.ask._limits._heading.setChecked(True)
    window.ask._limits._fields["preferred"].setText("birds.example")
    window.ask._limits._fields["since"].setText("May 2020")
    yield "31-web-options"
    window.ask._limits.clear()
    window.ask._limits._heading.setChecked(False)
    window.ask._choose_reach(Reach.BOTH)
    yield "32-both"
    shoot.gate.opened.set()
    shoot.ask(QUESTION)
    _wait(lambda: bool(window.sources.model.rows), seconds=30)
    yield "33-web-during"
    _wait(partial(shoot.ended, QUESTION), seconds=60)
    window.evidence.fold("network", folded=False)
    window.evidence.fold("plan", folded=True)
    yield "34-web-report"
    window.evidence.fold("network", folded=True)
    window.evidence.fold("plan", folded=False)
    row = next(row for row in window.sources.model.rows if "paywalled" in row.address)
    window.sources.list.setCurrentIndex(window.sources._index_of(row.address))
    yield "35-blocked"
    app.work.sources.ask_for_text(row.address)
    QTest.qWait(150)
    shoot.grab_dialog("36-paste")
    app._act(ActionId.LOOK_UP)
    QTest.qWait(150)
    shoot.grab_dialog("37-look-up")
    if app.look_up_desk.dialog is not None:
        app.look_up_desk.dialog.reject()
    passages = [one for one in app.work.state.passages.values()] if app.work.state else []
    for passage in passages:
        source = app.work.state.sources[passage.source_id] if app.work.state else None
        if source is not None and source.address.startswith("http"):
            app.work.sources.show_passage(passage.id)
            QTest.qWait(100)
            yield "38-archived-page"
            window.go_back()
            break
    for address in ("http://192.168.0.1/admin", "http://localhost:8080/"):
        try:
            app.door.client(Purpose.PAGE).open(address)
        except ConnectionProblem:
            continue
    app._act(ActionId.PRIVACY)
    QTest.qWait(600)
    yield "39-privacy"
    window.privacy._tabs.setCurrentIndex(1)
    yield "40-privacy-hosts"
    small.failing = Reply("", status=429, headers={"Retry-After": "120"})
    app._act(ActionId.SEARCH_ENGINES)
    _wait(lambda: "searxng" in window.engines._rows)
    window.engines._rows["searxng"]._try.click()
    _wait(lambda: window.engines._rows["searxng"].row.tried is not None)
    yield "41-engines"
    window.engines.verticalScrollBar().setValue(window.engines.verticalScrollBar().maximum())
    yield "42-engines-keys"
    window.show_page(Page.SETTINGS)
    yield "43-settings"
    app._act(ActionId.SHORTCUTS)
    yield "44-shortcuts"
    window.shortcuts_overlay.close_overlay()


def _wait(what: object, *, seconds: float = 30) -> None:
    deadline = QDeadlineTimer(round(seconds * 1000))
    while not what():  # type: ignore[operator]
        if deadline.hasExpired():
            raise TimeoutError(what)
        QTest.qWait(20)
    QTest.qWait(120)
