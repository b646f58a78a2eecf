"""The report of a run that was led astray, in the window: it shows characters, and loads and opens nothing."""

from __future__ import annotations

import os

from injected_runs import SECRETS
from injection_texts import Kind, injections
from obedient_model import ObedientModel
from side_effects import Watch
from trap_pages import trap
from web_scenes import QUESTION, cast_of, written

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtTest import QTest

from desktop.theme import Appearance, Theme
from desktop.views import typesetting
from desktop.views.report import ReportView
from engine.domain import Reach
from engine.research import History

WANTED = (Kind.PICTURE, Kind.MARKUP, Kind.SCRIPT, Kind.LOCAL_FILE, Kind.ANSWER, Kind.CITE, Kind.TEMPLATE, Kind.RESPONSE)


def test_nothing_in_the_report_of_an_obedient_model_is_loaded_or_opened(bench, tmp_path, qtbot, qapp, monkeypatch):
    traps = tuple(
        trap(next(one for one in injections() if one.kind is kind), "paragraph", number=number)
        for number, kind in enumerate(WANTED)
    )
    bench.small.clear()
    for one in traps:
        bench.small.add(one.address, one.page, hit=one.hit)
    asked: list[str] = []
    opened: list[str] = []

    def load(document: QTextDocument, type: int, name: QUrl | str) -> object:
        asked.append(str(name))
        return typesetting.nothing_loaded(type)

    monkeypatch.setattr(typesetting.PlainDocument, "loadResource", load)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    model = ObedientModel([one.injection.text for one in traps], secrets=SECRETS)
    with bench.desk(
        tmp_path / "data", library=written(tmp_path / "documents", {"a.md": "# A\n\nHerons nest.\n"})
    ) as desk:
        run_id = desk.run(QUESTION, reach=Reach.BOTH, cast=cast_of(model))
        state = desk.state(run_id)
    assert state.report is not None
    said = " ".join(claim.text for claim in state.report.claims)
    assert "attacker.example" in said and "![" in said  # the frame let it say so
    theme = Theme()
    theme.use(appearance=Appearance.LIGHT)
    history = History.open(tmp_path / "data")
    try:
        with Watch() as effects:
            view = ReportView(theme, document_of=history.document)
            qtbot.addWidget(view)
            view.resize(720, 4_000)
            view.show_state(state)
            view.show()
            qtbot.waitExposed(view)
            view.selectAll()
            view.copy()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton)
            qtbot.wait(50)
        text = view.toPlainText()
        html = view.document().toHtml()
    finally:
        history.close()
        # WORKAROUND: without a screen, what Python put on the clipboard crashes the interpreter when it ends.
        qapp.clipboard().clear()
    assert asked == [] and opened == []
    assert "attacker.example" in text
    for tag in ("<img", '<a href="http', "<iframe", "<script", "<object"):
        assert tag not in html
    assert effects.connected == [] and effects.named == [] and effects.started == []
    assert not [path for path in effects.opened if "/etc/passwd" in path or "environ" in path]
