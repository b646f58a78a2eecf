"""What the window asks of ``models``, without files, servers or models: what it answers is said by the test."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.downloads import OnProgress
from desktop.items.models import DownloadRow, FoundRow, OfferRow, ServerAnswer, Speed
from desktop.model_words import host_of
from models.chat import ChatModel
from models.choice import LocalChoice, ModelChoice, RemoteChoice
from models.errors import ModelError, ModelUnusable
from models.http import RequestCancelled
from models.hub.download import DownloadProgress, DownloadState
from models.status import ModelState, ModelStatus, OnStatus

DEEP = Path("/models/DeepResearcher-7b-Q4_K_M.gguf")
TINY = Path("/models/plumbline-test-model.gguf")
DEEP_ROW = FoundRow(
    path=DEEP,
    name="DeepResearcher-7b Q4_K_M",
    facts="Q4_K_M · 7.6 B parameters · 4.7 GB · LM Studio",
    fit="Needs 6.1 GB of 9.2 GB free",
    speed=Speed(tokens_per_s=4.4, minutes=38),
    is_recommended=True,
)
TINY_ROW = FoundRow(
    path=TINY,
    name="plumbline-test-model F16",
    facts="F16 · 1.2 M parameters · 3 MB",
    fit="Needs 60 MB of 9.2 GB free",
    speed=Speed(tokens_per_s=900, minutes=0.4),
    is_ours=True,
    is_test_only=True,
)
DEEP_OFFER = OfferRow(
    key="deepresearcher-7b Q4_K_M",
    name="DeepResearcher-7b Q4_K_M",
    facts="Trained to do research with a search engine",
    size_bytes=4_683_000_000,
    fit="Needs 6.1 GB of 9.2 GB free",
    speed=Speed(tokens_per_s=4.4, minutes=38),
    is_recommended=True,
)
LARGE_OFFER = OfferRow(
    key="qwen2.5-32b Q4_K_M",
    name="Qwen2.5-32B-Instruct Q4_K_M",
    facts="Larger, for strong machines",
    size_bytes=19_850_000_000,
    fits=False,
    fit="Needs 22 GB, and 9.2 GB are free",
)


class FakeFetch:
    """A download that goes as far as it is let."""

    def __init__(self, offer: OfferRow, *, on_progress: OnProgress) -> None:
        self._offer = offer
        self._on_progress = on_progress
        self._paused = threading.Event()
        self.goes_on = threading.Event()
        self.reached = threading.Event()
        self.problem: ModelError | None = None
        self.is_discarded = False

    def run(self) -> Path:
        half = self._offer.size_bytes // 2
        self._on_progress(
            DownloadProgress(
                state=DownloadState.RUNNING,
                done_bytes=half,
                total_bytes=self._offer.size_bytes,
                bytes_per_s=11_800_000.0,
                seconds_left=half / 11_800_000.0,
            )
        )
        self.reached.set()
        for _ in range(3000):
            if self._paused.is_set():
                raise RequestCancelled
            if self.goes_on.wait(0.02):
                break
        if self.problem is not None:
            raise self.problem
        return Path("/models") / f"{self._offer.name}.gguf"

    def pause(self) -> None:
        self._paused.set()

    def cancel(self) -> None:
        self.is_discarded = True


@dataclass
class FakeOffice:
    """Keeps what it was asked; answers what it was told to."""

    choice: ModelChoice = field(default_factory=ModelChoice)
    found_rows: tuple[FoundRow, ...] = ()
    offer_rows: tuple[OfferRow, ...] = (DEEP_OFFER, LARGE_OFFER)
    hub_problem: ModelError | None = None
    server_answer: ServerAnswer | ModelError = field(
        default_factory=lambda: ServerAnswer(words="llama-server, with one.", is_good=True, models=("one",))
    )
    keys: dict[str, str] = field(default_factory=dict)
    keyring_words: str = "The key is kept in the system's keyring."
    damaged: tuple[Path, ...] = ()
    removed: list[Path] = field(default_factory=list)
    fetches: list[FakeFetch] = field(default_factory=list)
    asked_hub: int = 0

    def read_choice(self) -> ModelChoice:
        return self.choice

    def keep_choice(self, choice: ModelChoice) -> None:
        self.choice = choice

    def check(self, path: Path) -> None:
        if path in self.damaged:
            raise ModelUnusable("page.gguf is no model", hint="Choose a GGUF file.")

    def found(self, choice: ModelChoice, *, held_bytes: int) -> tuple[FoundRow, ...]:
        chosen = choice.policy.path if isinstance(choice.policy, LocalChoice) else None
        added = tuple(FoundRow(path=path, name=path.stem, facts="", is_added=True) for path in choice.added)
        return tuple(replace(row, is_chosen=row.path == chosen) for row in (*added, *self.found_rows))

    def offers(self, _choice: ModelChoice, *, held_bytes: int) -> tuple[OfferRow, ...]:
        return self.offer_rows

    def refresh_offers(
        self, _choice: ModelChoice, *, held_bytes: int, is_cancelled: Callable[[], bool]
    ) -> tuple[OfferRow, ...]:
        self.asked_hub += 1
        if self.hub_problem is not None:
            raise self.hub_problem
        return self.offer_rows

    def unfinished(self, _choice: ModelChoice) -> tuple[DownloadRow, ...]:
        return ()

    def fetch(self, key: str, *, on_progress: OnProgress, is_cancelled: Callable[[], bool]) -> FakeFetch:
        offer = next(row for row in self.offer_rows if row.key == key)
        self.fetches.append(FakeFetch(offer, on_progress=on_progress))
        return self.fetches[-1]

    def remove(self, path: Path) -> None:
        self.removed.append(path)
        self.found_rows = tuple(row for row in self.found_rows if row.path != path)

    def list_server(self, _address: str, *, key: str, is_cancelled: Callable[[], bool]) -> ServerAnswer:
        return self._answer()

    def try_server(self, _address: str, *, model: str, key: str, is_cancelled: Callable[[], bool]) -> ServerAnswer:
        return self._answer()

    def keep_key(self, address: str, key: str) -> str:
        self.keys[address] = key
        return address

    def forget_key(self, address: str) -> None:
        self.keys.pop(address, None)

    def key_words(self, address: str) -> str:
        return self.keyring_words if address in self.keys else ""

    def name_of(self, chosen: LocalChoice | RemoteChoice) -> str:
        if isinstance(chosen, RemoteChoice):
            return f"{chosen.model} at {host_of(chosen.address)}"
        return next((row.name for row in self.found_rows if row.path == chosen.path), chosen.path.stem)

    def _answer(self) -> ServerAnswer:
        if isinstance(self.server_answer, ModelError):
            raise self.server_answer
        return self.server_answer


@dataclass(frozen=True)
class Pair:
    policy: ChatModel
    reading: ChatModel


class FakeRunner:
    """One model for everything, or a reason why there is none."""

    def __init__(self, model: ChatModel | ModelError) -> None:
        self._model = model
        self.on_status: OnStatus | None = None
        self.asked: list[ModelChoice] = []
        self.unloaded = 0
        self.tuned: list[Path] = []
        self.is_closed = False

    def __call__(self, on_status: OnStatus) -> FakeRunner:
        self.on_status = on_status
        return self

    def models_for(self, choice: ModelChoice) -> Pair:
        self.asked.append(choice)
        if isinstance(self._model, ModelError):
            raise self._model
        return Pair(self._model, self._model)

    def say(self, state: ModelState, *, fraction: float = 0.0, tokens_per_s: float = 0.0, memory: int = 0) -> None:
        """Tell what the model does, as the real one would."""
        assert self.on_status is not None
        self.on_status(ModelStatus(state=state, fraction=fraction, tokens_per_s=tokens_per_s, memory_bytes=memory))

    def unload(self) -> None:
        self.unloaded += 1

    def tune_when_idle(self, path: Path) -> None:
        self.tuned.append(path)

    def close(self) -> None:
        self.is_closed = True
