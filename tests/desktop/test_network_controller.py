import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.network_controller import LedgerPage, LedgerQuery, NetworkController, system_proxy
from engine.errors import DataFolderUnusable
from engine.network.entry import Entry, Total
from engine.network.settings import SYSTEM_PROXY, NetworkSettings


class FakeDoor:
    """Keeps what is decided, unless there is no room."""

    def __init__(self, settings: NetworkSettings) -> None:
        self.settings = settings
        self.is_full = False
        self.notice = ""
        self.threads: set[int] = set()

    def change(self, settings: NetworkSettings) -> None:
        self.threads.add(threading.get_ident())
        if self.is_full:
            raise DataFolderUnusable("It could not be kept", hint="Make room.")
        self.settings = settings


class FakeLedger:
    """Answers when it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked: list[str] = []

    def entries(self, run_id: str | None = None, *, text: str = "", **_more: object) -> tuple[Entry, ...]:
        self.may_answer.wait(10)
        self.asked.append(text)
        return ()

    def totals(self, run_id: str | None = None) -> tuple[Total, ...]:
        return ()


@pytest.fixture
def door() -> FakeDoor:
    return FakeDoor(NetworkSettings())


@pytest.fixture
def ledger() -> FakeLedger:
    return FakeLedger()


@pytest.fixture
def network(qtbot, door: FakeDoor, ledger: FakeLedger) -> Iterator[NetworkController]:
    heard: list[Callable[[Entry], None]] = []

    def open_door(on_entry: Callable[[Entry], None]) -> FakeDoor:
        heard.append(on_entry)
        return door

    controller = NetworkController(open_door=open_door, ledger=ledger)
    controller.start()
    yield controller
    ledger.may_answer.set()
    assert controller.close()


def test_going_offline_is_shown_at_once_and_carried_out_on_another_thread(qtbot, network, door: FakeDoor):
    network.go_online(uses_system_proxy=True)
    qtbot.waitUntil(lambda: door.settings == NetworkSettings(is_online=True, proxy=SYSTEM_PROXY))
    with qtbot.waitSignal(network.changed):
        network.go_offline()
    assert not network.is_online
    qtbot.waitUntil(lambda: door.settings.is_online is False)
    assert door.settings.proxy == SYSTEM_PROXY
    assert threading.get_ident() not in door.threads


def test_a_proxy_that_was_chosen_before_stays_when_one_goes_online_again(qtbot, network, door: FakeDoor):
    network.use_proxy("http://proxy.example:3128")
    network.go_online(uses_system_proxy=True)
    qtbot.waitUntil(lambda: door.settings == NetworkSettings(is_online=True, proxy="http://proxy.example:3128"))


def test_what_a_command_in_a_terminal_decides_is_taken_over(qtbot, network, door: FakeDoor):
    network.go_online()
    qtbot.waitUntil(lambda: door.settings.is_online is True)
    qtbot.waitUntil(lambda: not network._undecided)
    door.settings = NetworkSettings(is_online=False)
    with qtbot.waitSignal(network.changed):
        network.look()
    assert not network.is_online


def test_what_could_not_be_kept_is_taken_back_and_said(qtbot, network, door: FakeDoor):
    door.is_full = True
    with qtbot.waitSignals([network.problem, network.changed]):
        network.go_online()
    qtbot.waitUntil(lambda: not network.is_online)


def test_going_offline_does_not_wait_for_a_ledger_that_is_being_read(qtbot, network, door: FakeDoor, ledger):
    ledger.may_answer.clear()
    network.read_newest(LedgerQuery(text="slow"), asker="page")
    network.go_online()
    network.go_offline()
    qtbot.waitUntil(lambda: door.settings.is_online is False)
    ledger.may_answer.set()


def test_of_several_questions_only_the_last_is_answered(qtbot, network, ledger: FakeLedger):
    ledger.may_answer.clear()
    pages: list[LedgerPage] = []
    network.page_read.connect(pages.append)
    for text in ("h", "he", "her", "heron"):
        network.read_newest(LedgerQuery(text=text), asker="page")
    ledger.may_answer.set()
    qtbot.waitUntil(lambda: bool(pages) and pages[-1].query.text == "heron")
    assert len(ledger.asked) <= 2


def test_many_entries_are_told_of_together(qtbot, network):
    told: list[None] = []
    network.grown.connect(lambda: told.append(None))
    for _ in range(500):
        network.hear(None)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(400)
    assert len(told) <= 2


def test_the_proxy_of_this_computer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://someone:secret@proxy.example.org:3128/")
    assert system_proxy() == "proxy.example.org:3128"
    monkeypatch.setenv("https_proxy", "http://[broken")
    assert system_proxy() == ""


def test_an_export_that_cannot_be_written_is_said(qtbot, network, tmp_path: Path):
    with qtbot.waitSignal(network.problem) as caught:
        network.export(LedgerQuery(), tmp_path / "missing" / "left.csv")
    assert caught.args[0].title == "left.csv could not be written"
    with qtbot.waitSignal(network.exported):
        network.export(LedgerQuery(), tmp_path / "left.csv")
    assert (tmp_path / "left.csv").read_text(encoding="utf-8").startswith("at,purpose,host")
