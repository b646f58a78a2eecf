import pytest
from PySide6.QtWidgets import QLabel

from desktop.theme import Theme
from desktop.views.evidence import ACCORDION_BELOW, Arrangement, EvidenceView

KEYS = ("plan", "sources", "trace")


@pytest.fixture
def evidence(qtbot, theme: Theme) -> EvidenceView:
    view = EvidenceView(theme, panes={key: (key.title(), QLabel(key)) for key in KEYS})
    qtbot.addWidget(view)
    view.resize(380, ACCORDION_BELOW + 200)
    view.show()
    return view


def open_panes(view: EvidenceView) -> list[str]:
    return [key for key in KEYS if not view._panes[key].is_folded]


def test_a_tall_window_shows_all_three(evidence: EvidenceView):
    assert evidence.arrangement is Arrangement.PANES
    assert open_panes(evidence) == list(KEYS)


def test_a_short_window_shows_one_at_a_time(evidence: EvidenceView):
    evidence.resize(380, ACCORDION_BELOW - 100)
    assert evidence.arrangement is Arrangement.ACCORDION
    assert open_panes(evidence) == ["plan"]
    evidence._panes["trace"]._toggle()
    assert open_panes(evidence) == ["trace"]


def test_what_was_folded_for_lack_of_room_comes_back_with_it(evidence: EvidenceView):
    evidence._panes["sources"]._toggle()
    evidence.resize(380, ACCORDION_BELOW - 100)
    evidence.resize(380, ACCORDION_BELOW + 200)
    assert open_panes(evidence) == ["plan", "trace"]
    assert evidence.is_folded("sources")


def test_a_narrow_window_shows_tabs_and_the_panes_come_back(evidence: EvidenceView):
    evidence.use_tabs(tabs=True)
    evidence.set_summary("sources", "12")
    assert evidence.arrangement is Arrangement.TABS
    assert evidence._tabs.tabText(1) == "Sources  12"
    evidence.go_to("trace")
    assert evidence._pages.currentWidget() is evidence._panes["trace"].body
    evidence.use_tabs(tabs=False)
    assert evidence._panes["trace"].body.isVisible()


def test_going_to_a_folded_pane_unfolds_it(evidence: EvidenceView):
    evidence.fold("trace", folded=True)
    evidence.go_to("trace")
    assert not evidence.is_folded("trace")
