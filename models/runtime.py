"""The owner of the loaded models of the app: one object for each file, memory given back when nothing is asked."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from models.chat import ChatModel
from models.choice import LocalChoice, ModelChoice, RemoteChoice
from models.errors import ModelError, ModelUnusable
from models.files.gguf import GgufAbout, read_gguf
from models.llama_settings import LoadReport, RuntimeSettings
from models.machine.hardware import Machine, this_machine
from models.machine.room import free_memory_bytes, wanted_bytes
from models.machine.settings import MachineSettings
from models.machine.tuning import Tuner, machine_is_quiet
from models.process.host import LocalModel
from models.status import ModelState, ModelStatus, OnStatus

if TYPE_CHECKING:
    from models.http import OpenClient
    from models.keys import Keys

__all__ = ["ChatPair", "ModelRuntime", "ModelState", "ModelStatus", "RemoteModels"]

LANE_FOLDER = "parked"
_LOOK_INTERVAL_S = 15.0
_OLD_LANE_S = 24 * 3600.0
_BUSY_FIRST = (
    ModelState.ANSWERING,
    ModelState.READING_PROMPT,
    ModelState.LOADING,
    ModelState.FAILED,
    ModelState.READY,
    ModelState.UNLOADED,
)


_AT_REST = frozenset({ModelState.UNLOADED, ModelState.FAILED})
_QUIET_S = 20.0
"""Measuring waits until nobody has asked a model anything for so long."""


class RemoteModels(Protocol):
    """Makes models behind servers; keeps their connections until it is closed."""

    def model(self, chosen: RemoteChoice) -> ChatModel: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPair:
    """The models of a run; the same one twice where one plays every role."""

    policy: ChatModel
    reading: ChatModel


class ModelRuntime:
    """Owner of the loaded models. Safe to use from several threads; close it at the end.

    One thread of its own looks now and then whether a model has been idle for long enough, and measures this machine
    once if it was asked to. It is started with the first local model.

    Args:
        data_folder: where what was measured is kept.
        on_status: hears what each local model does, on whatever thread that happens.
        keys: of servers; none are known if left out.
        open_client: makes network clients for servers; without it none can be used.
        remote: makes what makes models behind servers.
        make_local: makes local models.
        read: reads what a file says of itself.
        machine: looks at the computer.
        free_bytes: memory that is free.
        is_quiet: whether other programs leave the machine alone.
        clock: seconds.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        on_status: OnStatus | None = None,
        keys: Keys | None = None,
        open_client: OpenClient | None = None,
        remote: Callable[[Keys | None], RemoteModels] | None = None,
        make_local: Callable[..., LocalModel] = LocalModel,
        read: Callable[[Path], GgufAbout] = read_gguf,
        machine: Callable[[], Machine] = this_machine,
        free_bytes: Callable[[], int] = free_memory_bytes,
        is_quiet: Callable[[], bool] = machine_is_quiet,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._data_folder = data_folder
        self._on_status = on_status
        self._keys = keys
        self._make_remote = remote or partial(_remote_models, open_client=open_client)
        self._make_local = make_local
        self._read = read
        self._free_bytes = free_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._local: dict[Path, LocalModel] = {}
        self._used_at: dict[Path, float] = {}
        self._chosen: ModelChoice | None = None
        self._remote: RemoteModels | None = None
        self._is_closed = False
        self._wake = threading.Event()
        self._keeper: threading.Thread | None = None
        self.settings = MachineSettings(data_folder, machine=machine)
        self._tuner = Tuner(
            self.settings, make_model=self._model_to_measure, read=read, free_bytes=free_bytes, is_quiet=is_quiet
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def models_for(self, choice: ModelChoice) -> ChatPair:
        """Return the models that were chosen; nothing is loaded or contacted before they are asked something.

        A file that has made the model process crash is tried once more: a person has asked for it.

        Raises:
            ModelError: none is chosen, the runtime is closed, or a server's address makes no sense.
        """
        if choice.policy is None:
            raise ModelUnusable("No language model is chosen", hint="Choose one on the models page.")
        policy = self._model(choice.policy)
        reading = policy if choice.reading in (None, choice.policy) else self._model(choice.reading)
        wanted = {chosen.path for chosen in (choice.policy, choice.reading) if isinstance(chosen, LocalChoice)}
        with self._lock:
            self._chosen = choice
            others = [model for path, model in self._local.items() if path not in wanted]
        for other in others:
            other.unload_if_idle()
        return ChatPair(policy=policy, reading=reading)

    @property
    def status(self) -> ModelStatus:
        """What the models are doing: the busiest of them. May be asked from any thread."""
        with self._lock:
            local, chosen = list(self._local.values()), self._chosen
        states = [model.status.now for model in local]
        if not states:
            if chosen is not None and isinstance(chosen.policy, RemoteChoice):
                return ModelStatus(state=ModelState.READY, name=chosen.policy.model)
            return ModelStatus()
        busiest = min(states, key=lambda status: _BUSY_FIRST.index(status.state))
        return replace(busiest, memory_bytes=sum(status.memory_bytes for status in states))

    def load_report(self, path: Path) -> LoadReport | None:
        """Return how a loaded model is run; None while it is not loaded."""
        with self._lock:
            model = self._local.get(path)
        return model.load_report if model is not None else None

    def touch(self) -> None:
        """Somebody is about to ask something: what is loaded stays."""
        with self._lock:
            for path in self._used_at:
                self._used_at[path] = self._clock()

    def unload(self) -> None:
        """Give all memory back at once. An answer that is being generated ends as cancelled."""
        self._tuner.stop()
        with self._lock:
            local = list(self._local.values())
        for model in local:
            model.unload()

    def unload_idle(self) -> None:
        """Give back the memory of models that have not been asked anything for long."""
        with self._lock:
            idle_s = (self._chosen.idle_minutes if self._chosen else 0) * 60
            now = self._clock()
            late = [model for path, model in self._local.items() if now - self._used_at[path] >= idle_s]
        for model in late if idle_s else ():
            if model.is_loaded:
                model.unload_if_idle()

    def tune_when_idle(self, path: Path) -> None:
        """Measure once, in the background and while nothing else is asked, how this machine runs a model best."""
        with self._lock:
            if self._is_closed:
                return
            self._tuner.want(path)
            self._start_keeper()
        self._wake.set()

    def close(self) -> None:
        """Unload everything and end; the models cannot be used afterwards."""
        with self._lock:
            self._is_closed = True
            local, remote, keeper = list(self._local.values()), self._remote, self._keeper
        self._wake.set()
        self._tuner.close()
        for model in local:
            model.close()
            with suppress(OSError):
                self._lane_file(model.path).unlink(missing_ok=True)
        if remote is not None:
            remote.close()
        if keeper is not None:
            keeper.join()

    # --- making models ---------------------------------------------------------------------------------------------

    def _model(self, chosen: LocalChoice | RemoteChoice | None) -> ChatModel:
        assert chosen is not None
        if isinstance(chosen, RemoteChoice):
            return self._remote_now().model(chosen)
        with self._lock:
            self._check_open()
            model = self._local.get(chosen.path)
            if model is None:
                model = self._local[chosen.path] = self._new_local(chosen.path)
            self._used_at[chosen.path] = self._clock()
            self._start_keeper()
        model.forgive()
        return model

    def _remote_now(self) -> RemoteModels:
        with self._lock:
            self._check_open()
            if self._remote is None:
                self._remote = self._make_remote(self._keys)
            return self._remote

    def _check_open(self) -> None:
        if self._is_closed:
            raise ModelError("The models were closed", hint="Start Plumbline again.")

    def _new_local(self, path: Path) -> LocalModel:
        about: list[GgufAbout] = []

        def check(file: Path) -> None:
            about[:] = [self._read(file)]

        def on_status(status: ModelStatus) -> None:
            self._used_at[path] = self._clock()
            if self._on_status is not None:
                self._on_status(status)

        return self._make_local(
            path,
            check=check,
            settings=lambda: self.settings.for_model(about[0]),
            make_room=lambda is_urgent: self._make_room(path, about[0], is_urgent=is_urgent),
            on_status=on_status,
        )

    def _model_to_measure(self, path: Path, settings: Callable[[], RuntimeSettings]) -> LocalModel:
        return self._make_local(path, check=self._read, settings=settings)

    # --- memory ----------------------------------------------------------------------------------------------------

    def _make_room(self, path: Path, about: GgufAbout, *, is_urgent: bool) -> bool:
        """Have other models step aside if this one would not fit beside them; return whether one did.

        They are used from the same thread as a rule, so none of them is in the middle of an answer. What the policy
        has read is kept in a file meanwhile.
        """
        self._tuner.stop()
        with self._lock:
            others = [model for other, model in self._local.items() if other != path and model.is_loaded]
        did_one = False
        for other in others:
            if is_urgent or self._free_bytes() < wanted_bytes(about):
                did_one = other.step_aside(self._lane_file(other.path)) or did_one
        return did_one

    def _lane_file(self, path: Path) -> Path:
        name = hashlib.sha256(str(path).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._data_folder / LANE_FOLDER / f"{name}.lane"

    # --- the thread ------------------------------------------------------------------------------------------------

    def _start_keeper(self) -> None:
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, name="model keeper", daemon=True)
            self._keeper.start()

    def _keep(self) -> None:
        self._forget_old_lanes()
        while not self._is_closed:
            self.unload_idle()
            if self._tuner.is_wanted and self._is_free():
                self._tuner.run(is_free=self._is_free)
            self._wake.wait(_LOOK_INTERVAL_S)
            self._wake.clear()

    def _forget_old_lanes(self) -> None:
        """Delete what a Plumbline that was killed has left: a conversation can fill a gigabyte."""
        with suppress(OSError):
            for file in (self._data_folder / LANE_FOLDER).glob("*.lane*"):
                if time.time() - file.stat().st_mtime > _OLD_LANE_S:
                    file.unlink()

    def _is_free(self) -> bool:
        """Whether no model is loaded and none was used a moment ago."""
        if self._is_closed:
            return False
        now = self._clock()
        with self._lock:
            states = [(model.status.state, self._used_at[path]) for path, model in self._local.items()]
        return all(state in _AT_REST and now - used_at >= _QUIET_S for state, used_at in states)


def _remote_models(keys: Keys | None, *, open_client: OpenClient | None) -> RemoteModels:
    if open_client is None:
        raise ModelError("Model servers cannot be used here", hint="Choose a model file of this computer.")
    # Network and keyring are only for those who chose a server.
    from models.keys import Keys  # noqa: PLC0415
    from models.servers.remote_models import ServerModels  # noqa: PLC0415

    return ServerModels(keys or Keys(), open_client=open_client)
