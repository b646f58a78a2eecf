"""Commands and answers between the app and one model process, watched: cancelled, stuck and dead are told apart."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psutil

from models.chat import IsCancelled
from models.errors import ModelDied, ModelStuck
from models.process.child import Child, Ended
from models.process.deaths import death, last_lines
from models.process.patience import LOADING, QUICK, SETTLING, Limits, Patience
from models.process.refusals import refused_error
from models.process.wire import Answer, Cancel, Command, Heard, Load, Progressed, Refused

T = TypeVar("T", bound=Answer)

_LOOK_INTERVAL_S = 0.03
_MEMORY_INTERVAL_S = 0.5

OnSign = Callable[[Progressed | Heard], None]


class GivenUp(Exception):
    """Nobody waits for the answer any more; the process was ended, by us, because it did not stop by itself."""


class Dialogue:
    """One process and what is said to it. For one thread at a time; ``kill`` may come from any."""

    def __init__(self, child: Child, *, limits: Limits | None = None) -> None:
        self.child = child
        self.has_engine = False
        """Whether the process got as far as importing the engine."""
        self._patience = Patience(child, limits=limits)
        self._number = 0
        self._free_bytes = 0
        self._memory_at = 0.0

    @property
    def is_quick(self) -> bool:
        """Whether what it did last was something that takes no time unless the file is damaged."""
        return self._patience.phase in QUICK

    @property
    def is_settling(self) -> bool:
        """Whether the weights were loaded, and what did not end came after them: the chat template."""
        return self._patience.phase == SETTLING

    @property
    def next_number(self) -> int:
        """For the next command."""
        self._number += 1
        return self._number

    def ask(
        self,
        command: Command,
        *,
        expect: type[T],
        phase: str,
        doing: str,
        is_cancelled: IsCancelled | None = None,
        on_sign: OnSign | None = None,
    ) -> T:
        """Return the answer to a command.

        Args:
            command: with the next number.
            expect: what the answer must be.
            phase: what the process does first.
            doing: the same for people, for the case that it dies: ``while it was being loaded``.
            is_cancelled: asked several times while waiting.
            on_sign: hears signs of life and text.

        Raises:
            ModelError: the process refuses, is dead, or was ended because it was stuck.
            GivenUp: it was cancelled and did not stop, or somebody ended the process.
        """
        try:
            return self._answered(
                command, expect=expect, phase=phase, doing=doing, is_cancelled=is_cancelled, on_sign=on_sign
            )
        except BaseException:
            # Whatever broke the wait, nobody takes this answer any more.
            self.child.send(Cancel(number=command.number))
            raise

    def _answered(
        self,
        command: Command,
        *,
        expect: type[T],
        phase: str,
        doing: str,
        is_cancelled: IsCancelled | None,
        on_sign: OnSign | None,
    ) -> T:
        patience = self._patience
        patience.begin(phase)
        self.child.send(command)
        grace_s = patience.limits.loading_grace_s if isinstance(command, Load) else patience.limits.grace_s
        cancelled_at: float | None = None
        while True:
            said = self.child.receive(timeout_s=_LOOK_INTERVAL_S)
            now = time.monotonic()
            if isinstance(said, Ended):
                if said.was_killed:
                    raise GivenUp
                raise death(said, doing=doing, free_bytes=self._free_bytes)
            if said is not None and said.number == command.number:
                if isinstance(said, Progressed | Heard):
                    patience.sign(said.phase if isinstance(said, Progressed) else None)
                    self.has_engine = self.has_engine or patience.phase == LOADING
                    if on_sign is not None:
                        on_sign(said)
                elif isinstance(said, expect):
                    return said
                else:
                    raise self._refused(said)
            if now - self._memory_at > _MEMORY_INTERVAL_S:
                self._memory_at = now
                self._free_bytes = psutil.virtual_memory().available
            if cancelled_at is None:
                if is_cancelled is not None and is_cancelled():
                    cancelled_at = time.monotonic()
                    self.child.send(Cancel(number=command.number))
            elif now - cancelled_at > grace_s:
                self.child.kill()
                raise GivenUp
            if patience.is_stuck():
                self.child.kill()
                raise _stuck(patience, doing=doing)

    def _refused(self, said: Answer) -> Exception:
        error = refused_error(said) if isinstance(said, Refused) else _nonsense(said)
        if isinstance(error, ModelDied):
            # It met something it was not made for: nothing it says can be relied on.
            self.child.kill()
            error.add_note(f"the model process said: {last_lines(self.child.last_words())}")
        return error


def _stuck(patience: Patience, *, doing: str) -> ModelStuck:
    if patience.phase in QUICK or patience.phase == SETTLING:
        return ModelStuck(
            "The model got stuck before it began to read",
            hint="Its chat template or its tokenizer does not come to an end. "
            "If this happens again, the file is damaged or not suitable: choose another one.",
        )
    return ModelStuck(
        "The model got stuck",
        hint=f"It gave no sign of life {doing} for {patience.limit_s():.0f} seconds, and was ended. "
        "It is started again when it is needed.",
    )


def _nonsense(said: Answer) -> ModelDied:
    return ModelDied(
        "The model process gave a garbled answer",
        hint=f"It said {type(said).__name__} where something else was expected. It is started again when it is needed.",
    )
