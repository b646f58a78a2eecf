"""Scenes of the window with language models, for ``benchmarks/screenshots.py``: the models are stand-ins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from desktop.items.models import FoundRow, OfferRow, ServerAnswer, Speed
from desktop.main_window import Page
from models.chat import ChatRequest, IsCancelled, OnText, Reply
from models.choice import LocalChoice, ModelChoice, RemoteChoice
from models.errors import DownloadFailed, ModelTooLarge
from models.status import ModelState
from tests.fake_office import DEEP, DEEP_OFFER, DEEP_ROW, LARGE_OFFER, TINY_ROW, FakeOffice, FakeRunner
from tests.scripted_model import ScriptedModel

if TYPE_CHECKING:
    from tests.benchmarks.screenshots import Shoot

_OFFERS = (
    DEEP_OFFER,
    replace(
        DEEP_OFFER,
        key="deepresearcher-7b Q8_0",
        name="DeepResearcher-7b Q8_0",
        size_bytes=8_091_000_000,
        size_is_estimated=True,
        fits=False,
        fit="It needs 11.6 GB of memory, 2.4 GB more than can be had at the moment. Closing other programs would help.",
        is_recommended=False,
        is_first=False,
    ),
    OfferRow(
        key="qwen2.5-3b Q4_K_M",
        name="Qwen2.5-3B-Instruct Q4_K_M",
        facts="For weaker computers: quicker, and less thorough",
        size_bytes=1_930_000_000,
        fit="Needs 4.3 GB of 9.2 GB free",
        speed=Speed(tokens_per_s=11, minutes=15),
    ),
    LARGE_OFFER,
)
_FOUND = (
    DEEP_ROW,
    TINY_ROW,
    FoundRow(
        path=Path("/models/mistral.gguf"),
        name="mistral-7b-instruct.gguf",
        facts="Jan",
        problem="The file is incomplete. Download it again in the program that it belongs to.",
        fits=False,
    ),
)
_THOUGHT = (
    "I should find out which formats the library can read, and how a citation is checked. The question has two parts, "
    "so I will look for the formats first: a page of the user guide on the library is the likeliest place. After that "
    "I look for what a citation opens, and whether the words it rests on can be seen in the source. If both pages "
    "agree with each other I can answer; otherwise I have to say which part is not established."
)


class _Talking(ScriptedModel):
    """Says the thought, a piece at a time, and goes no further until it is let."""

    def __init__(self) -> None:
        super().__init__(lambda request: "")
        self.said = threading.Event()
        self.may_end = threading.Event()

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        for word in _THOUGHT.split(" "):
            if on_text is not None:
                on_text(0, f"{word} ")
        self.said.set()
        while not self.may_end.wait(0.02) and not (is_cancelled is not None and is_cancelled()):
            pass
        raise ModelTooLarge(
            "The model does not fit into the memory that is free",
            hint="It needs 6.1 GB, and 3.2 GB are free. Close other programs, or choose a smaller model.",
        )


def model_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    office = FakeOffice(offer_rows=_OFFERS)
    shoot.open(folder / "models-none", office=office)
    window, models = shoot.app.window, shoot.app.models
    QTest.qWait(500)
    window.show_page(Page.MODELS)
    QTest.qWait(400)
    yield "20-models-nothing"
    models.download(DEEP_OFFER.key)
    QTest.qWait(300)
    office.fetches[0].reached.wait(5)
    QTest.qWait(300)
    yield "21-models-downloading"
    office.fetches[0].problem = DownloadFailed(
        "The connection to the hub was cut", hint="Look whether the network works, then try again."
    )
    office.fetches[0].goes_on.set()
    QTest.qWait(400)
    yield "22-models-failed"
    shoot.close()
    yield from _chosen_scenes(shoot, folder)
    yield from _remote_scenes(shoot, folder)


def _chosen_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    talking = _Talking()
    runner = FakeRunner(talking)
    office = FakeOffice(offer_rows=_OFFERS, found_rows=_FOUND, choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    shoot.open(folder / "models-found", office=office, runner=runner)
    app, window = shoot.app, shoot.app.window
    QTest.qWait(1500)
    window.show_page(Page.MODELS)
    QTest.qWait(400)
    yield "23-models-found"
    shoot.ask("Which file formats can Plumbline read, and how do I check a citation?")
    while not talking.said.is_set():
        QTest.qWait(50)
    runner.say(ModelState.ANSWERING, tokens_per_s=4.4, memory=6_100_000_000)
    QTest.qWait(400)
    yield "24-live"
    app.window.work.activity.unfold.click()
    QTest.qWait(200)
    yield "25-live-unfolded"
    window.show_page(Page.MODELS)
    QTest.qWait(200)
    yield "26-models-at-work"
    window.show_page(Page.WORK)
    talking.may_end.set()
    QTest.qWait(600)
    runner.say(ModelState.UNLOADED)
    QTest.qWait(200)
    yield "27-run-failed"
    shoot.close()


def _remote_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    address = "https://models.example.org/v1"
    office = FakeOffice(
        offer_rows=_OFFERS,
        choice=ModelChoice(policy=RemoteChoice(address=address, model="deepresearcher-7b", key_name=address)),
        keys={address: "secret"},
        server_answer=ServerAnswer(words="It answers: “Yes”, in 0.4 s. It has room for 32,768 tokens.", is_good=True),
    )
    shoot.open(folder / "models-remote", office=office)
    window = shoot.app.window
    QTest.qWait(800)
    window.show_page(Page.MODELS)
    window.models.server_part.unfold()
    window.models.preferences_part.unfold()
    QTest.qWait(300)
    window.models.server._ask_try()
    QTest.qWait(300)
    yield "28-models-remote"
    window.models.verticalScrollBar().setValue(window.models.verticalScrollBar().maximum())
    QTest.qWait(100)
    yield "29-models-preferences"
    window.show_page(Page.ASK)
    yield "30-ask-remote"
    shoot.close()
