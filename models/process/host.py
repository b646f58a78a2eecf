"""A local model as the engine sees it: starts the model process when it is needed, and again when it died."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from models.chat import ChatRequest, IsCancelled, Lane, ModelAbout, OnText, Prompt, Reply, ReplyEnd
from models.errors import LoadCancelled, ModelDied, ModelError
from models.files.gguf import read_gguf
from models.llama_settings import LoadReport, Measurement, RuntimeSettings
from models.process.child import model_command
from models.process.dialogue import Dialogue, GivenUp
from models.process.failures import Failures
from models.process.loading import Loader, load_cancelled
from models.process.patience import Limits
from models.process.wire import (
    Count,
    Counted,
    Heard,
    LaneKept,
    Loaded,
    Measure,
    Measured,
    Progressed,
    Replied,
    RestoreLane,
    SaveLane,
    Say,
    Weigh,
    Weighed,
    path_bytes,
)
from models.status import OnStatus
from models.status_report import StatusReport

_ANSWERING = "in the middle of an answer"
_TURN_INTERVAL_S = 0.05


class LocalModel:
    """One model file, run by a process of its own (``models.chat.ChatModel``).

    Used from one thread at a time, others wait; ``unload`` and ``close`` may be called from any at any moment.

    Args:
        path: the model file.
        settings: how to run it, asked for at each load.
        on_status: hears what it is doing, on the thread that uses it.
        make_room: called before each load, and again with True if there was not enough memory; gives back memory
            that other models hold and says whether it did.
        check: looks at the file before it is loaded, and raises ModelUnusable.
        command: starts the process.
        limits: how long it may be silent.
    """

    def __init__(
        self,
        path: Path,
        *,
        settings: Callable[[], RuntimeSettings] = RuntimeSettings,
        on_status: OnStatus | None = None,
        make_room: Callable[[bool], bool] | None = None,
        check: Callable[[Path], object] = read_gguf,
        command: Callable[[], Sequence[str]] = model_command,
        limits: Limits | None = None,
    ) -> None:
        path = path.absolute()  # the process works in a folder of its own
        self.path = path
        self._turn = threading.RLock()
        self._dialogue: Dialogue | None = None
        self._loaded: Loaded | None = None
        self._failures = Failures(path)
        self._loader = Loader(
            path=path,
            settings=settings,
            check=check,
            make_room=make_room,
            command=command,
            limits=limits or Limits(),
            failures=self._failures,
        )
        self._parked: Path | None = None
        self._has_lane = False
        self._is_closed = False
        self.status = StatusReport(path.stem, on_status=on_status, memory_bytes=self.memory_bytes)

    # --- models.chat.ChatModel ---------------------------------------------------------------------------------

    def about(self, *, is_cancelled: IsCancelled | None = None) -> ModelAbout:
        """Return what is known of the model; loads it if need be."""
        with self._turn:
            self._ready(is_cancelled)
            assert self._loaded is not None
            return self._loaded.about

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        """Return the reply to one request."""
        (reply,) = self.replies((request,), on_text=on_text, is_cancelled=is_cancelled)
        return reply

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> tuple[Reply, ...]:
        """Return the replies; when it is cancelled, with the text there is."""
        texts: list[list[str]] = [[] for _ in requests]
        if not requests:
            return ()

        def on_sign(sign: Progressed | Heard) -> None:
            self.status.show(sign)
            if isinstance(sign, Heard):
                for index, piece in sign.pieces:
                    texts[index].append(piece)
                    if on_text is not None:
                        on_text(index, piece)

        with self._turn:
            try:
                dialogue = self._ready(is_cancelled)
                is_policy = any(request.lane is Lane.POLICY for request in requests)
                if is_policy:
                    self._restore_lane(dialogue, is_cancelled)
                    self._has_lane = True
                with self._watched(dialogue):
                    self.status.reading()
                    said = dialogue.ask(
                        Say(number=dialogue.next_number, requests=tuple(requests)),
                        expect=Replied,
                        phase="template",
                        doing=_ANSWERING,
                        is_cancelled=is_cancelled,
                        on_sign=on_sign,
                    )
            except (GivenUp, LoadCancelled):
                return tuple(Reply(text="".join(pieces), end=ReplyEnd.CANCELLED) for pieces in texts)
            self._failures.worked()
            return said.replies

    def weigh(
        self, request: ChatRequest, *, options: tuple[str, ...], is_cancelled: IsCancelled | None = None
    ) -> tuple[float, ...]:
        """Return how probable each option is as the beginning of the reply."""
        with self._turn:
            try:
                dialogue = self._ready(is_cancelled)
                with self._watched(dialogue):
                    self.status.reading()
                    said = dialogue.ask(
                        Weigh(number=dialogue.next_number, request=request, options=options),
                        expect=Weighed,
                        phase="weighing",
                        doing=_ANSWERING,
                        is_cancelled=is_cancelled,
                        on_sign=self.status.show,
                    )
            except (GivenUp, LoadCancelled):
                return (0.0,) * len(options)
            return said.weights

    def count(self, prompt: Prompt) -> int:
        """Return the number of tokens of a prompt."""
        with self._turn:
            dialogue = self._ready(None)
            with self._watched(dialogue), _given_up_is_an_error():
                command = Count(number=dialogue.next_number, prompt=prompt)
                return dialogue.ask(command, expect=Counted, phase="counting", doing=_ANSWERING).tokens

    def park(self, path: Path) -> None:
        """Write what the policy's lane has read to a file and end the process; the next request loads again."""
        with self._turn:
            try:
                dialogue = self._dialogue
                if dialogue is not None and dialogue.child.is_alive and self._has_lane:
                    with _given_up_is_an_error():
                        command = SaveLane(number=dialogue.next_number, path=path_bytes(path.absolute()))
                        dialogue.ask(command, expect=LaneKept, phase="keeping", doing="while it was being parked")
            finally:
                self.unload()

    def recall(self, path: Path) -> None:
        """Have the next request of the policy's lane start from a parked file; the file is then deleted."""
        with self._turn:
            self._parked = path

    # --- the process -------------------------------------------------------------------------------------------

    @property
    def is_loaded(self) -> bool:
        """Whether it takes memory and answers at once."""
        dialogue = self._dialogue
        return self._loaded is not None and dialogue is not None and dialogue.child.is_alive

    @property
    def load_report(self) -> LoadReport | None:
        """How it is run; None while it is not loaded."""
        loaded = self._loaded
        return loaded.report if loaded is not None else None

    @property
    def process_id(self) -> int | None:
        """Of its process, if there is one."""
        dialogue = self._dialogue
        return dialogue.child.process_id if dialogue is not None and dialogue.child.is_alive else None

    def memory_bytes(self) -> int:
        """Return what its process holds; 0 when there is none."""
        dialogue = self._dialogue
        return dialogue.child.memory_bytes() if dialogue is not None else 0

    def measure(
        self, settings: RuntimeSettings, *, seconds: float = 3.0, is_cancelled: IsCancelled | None = None
    ) -> Measurement | None:
        """Return how fast it is with these settings; None if it was cancelled.

        Args:
            settings: to be tried on the weights as they are loaded.
            seconds: about how long reading may take, and again generating.
            is_cancelled: asked several times while waiting.
        """
        with self._turn:
            try:
                dialogue = self._ready(is_cancelled)
                with self._watched(dialogue):
                    return dialogue.ask(
                        Measure(number=dialogue.next_number, settings=settings, seconds=seconds),
                        expect=Measured,
                        phase="measuring",
                        doing="while its speed was measured",
                        is_cancelled=is_cancelled,
                        on_sign=self.status.show,
                    ).measurement
            except (GivenUp, LoadCancelled):
                return None

    def unload(self) -> None:
        """End the process, in the middle of an answer if need be; the next request starts it again."""
        while True:
            # A process may be starting at this very moment, so one look is not enough.
            dialogue = self._dialogue
            if dialogue is not None:
                dialogue.child.kill()
            if self._turn.acquire(timeout=_TURN_INTERVAL_S):
                break
        try:
            self._end()
            self.status.unloaded()
        finally:
            self._turn.release()

    def step_aside(self, path: Path) -> bool:
        """Give the memory back if it is not being used at this moment; the conversation goes on from the file later.

        Returns:
            Whether it takes no memory now.
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            with suppress(ModelError):
                self.park(path)
            if path.exists():
                self.recall(path)
        finally:
            self._turn.release()
        return True

    def unload_if_idle(self) -> bool:
        """End the process unless it is being used at this moment; return whether it is ended now."""
        if not self._turn.acquire(blocking=False):
            return False
        try:
            self.unload()
        finally:
            self._turn.release()
        return True

    def close(self) -> None:
        """End the process for good."""
        self._is_closed = True
        self.unload()

    def forgive(self) -> None:
        """Try a file once more that has made the process crash: a person asked for it."""
        self._failures.forgive()

    def _ready(self, is_cancelled: IsCancelled | None) -> Dialogue:
        if self._is_closed:
            raise ModelDied("The model was closed", hint="Start what you were doing again.")
        if self._dialogue is not None and self._loaded is not None and self._dialogue.child.is_alive:
            return self._dialogue
        self._end()
        self.status.loading()
        try:
            self._loaded = self._loader.load(on_start=self._take, on_sign=self.status.show, is_cancelled=is_cancelled)
        except LoadCancelled:
            self._end()
            self.status.unloaded()
            raise
        except ModelError as error:
            self._end()
            self.status.failed(error)
            raise
        self.status.ready(self._loaded.about.name)
        assert self._dialogue is not None
        return self._dialogue

    def _take(self, dialogue: Dialogue | None) -> None:
        self._end()
        self._dialogue = dialogue
        if self._is_closed:
            raise load_cancelled()

    def _restore_lane(self, dialogue: Dialogue, is_cancelled: IsCancelled | None) -> None:
        """Take up a parked conversation, if it fits; then, or if it does harm, its file has done its service."""
        parked, self._parked = self._parked, None
        if parked is None or not parked.is_file():
            return
        try:
            with self._watched(dialogue):
                dialogue.ask(
                    RestoreLane(number=dialogue.next_number, path=path_bytes(parked.absolute())),
                    expect=LaneKept,
                    phase="keeping",
                    doing="while a parked conversation was taken up",
                    is_cancelled=is_cancelled,
                )
        except GivenUp:
            self._parked = parked
            raise
        except ModelDied:
            _forget(parked)
            raise
        except ModelError:
            pass  # what it holds is read again
        _forget(parked)

    @contextmanager
    def _watched(self, dialogue: Dialogue) -> Iterator[None]:
        """Keep status and failures right, whichever way a command ends."""
        try:
            yield
        except ModelDied as error:
            was_quick = dialogue.is_quick
            self._end()
            judged = self._failures.judged(error, has_engine=True) if was_quick else error
            self.status.failed(judged)
            if judged is error:
                raise
            raise judged from error
        except GivenUp:
            self._end()
            self.status.unloaded()
            raise
        except BaseException:
            self.status.ready()
            raise
        self.status.ready()

    def _end(self) -> None:
        """End the process, if there is one, and free what belongs to it."""
        dialogue, self._dialogue, self._loaded, self._has_lane = self._dialogue, None, None, False
        if dialogue is not None:
            dialogue.child.end()


def _forget(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


@contextmanager
def _given_up_is_an_error() -> Iterator[None]:
    try:
        yield
    except GivenUp as error:
        raise LoadCancelled("The model was unloaded", hint="It is loaded again when it is needed.") from error
