"""Turns what a model process says into what a person is shown: no more often than a person can see."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from models.errors import ModelError
from models.llama_settings import Phase
from models.process.patience import LOADING, SETTLING
from models.process.wire import Heard, Progressed
from models.status import ModelState, ModelStatus, OnStatus

_INTERVAL_S = 0.2
_RATE_WINDOW_S = 4.0


class StatusReport:
    """The status of one model. ``now`` may be asked from any thread."""

    def __init__(
        self,
        name: str,
        *,
        on_status: OnStatus | None,
        memory_bytes: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_status = on_status
        self._memory_bytes = memory_bytes
        self._clock = clock
        self._status = ModelStatus(state=ModelState.UNLOADED, name=name)
        self._told_at = 0.0
        self._tokens: deque[tuple[float, int]] = deque()
        self._counted = 0
        """Of all pieces but the first, which only starts the clock."""

    @property
    def state(self) -> ModelState:
        """What it was doing last."""
        return self._status.state

    @property
    def now(self) -> ModelStatus:
        """What was last made known; its memory is that of this moment."""
        return replace(self._status, memory_bytes=self._memory_bytes())

    def loading(self) -> None:
        """It is being loaded."""
        self._become(ModelStatus(state=ModelState.LOADING, name=self._status.name))

    def reading(self) -> None:
        """It was given something to read."""
        self._become(ModelStatus(state=ModelState.READING_PROMPT, name=self._status.name))

    def ready(self, name: str = "") -> None:
        """It waits for requests."""
        self._tokens.clear()
        self._become(ModelStatus(state=ModelState.READY, name=name or self._status.name))

    def unloaded(self) -> None:
        """It takes no memory."""
        self._become(ModelStatus(state=ModelState.UNLOADED, name=self._status.name))

    def failed(self, error: ModelError) -> None:
        """The last request ended with an error."""
        self._tokens.clear()
        status = ModelStatus(
            state=ModelState.FAILED, name=self._status.name, error_title=error.title, error_hint=error.hint
        )
        self._become(status)

    def show(self, sign: Progressed | Heard) -> None:
        """A sign of life came in."""
        name = self._status.name
        if isinstance(sign, Heard):
            status = ModelStatus(state=ModelState.ANSWERING, name=name, tokens_per_s=self._rate(sign.tokens))
        elif sign.phase == Phase.ANSWERING:
            status = ModelStatus(state=ModelState.ANSWERING, name=name, tokens_per_s=self._status.tokens_per_s)
        else:
            state = ModelState.LOADING if sign.phase in (LOADING, SETTLING) else ModelState.READING_PROMPT
            self._tokens.clear()
            status = ModelStatus(state=state, name=name, fraction=min(1.0, sign.done / sign.total) if sign.total else 0)
        self._become(status)

    def _rate(self, tokens: int) -> float:
        """Return how many tokens a second there were lately."""
        now = self._clock()
        if self._tokens:
            self._counted += tokens
        else:
            self._counted = tokens = 0
        self._tokens.append((now, tokens))
        while now - self._tokens[0][0] > _RATE_WINDOW_S and len(self._tokens) > 2:
            self._tokens.popleft()
            self._counted -= self._tokens[0][1]
        began = self._tokens[0][0]
        return self._counted / (now - began) if now > began else 0.0

    def _become(self, status: ModelStatus) -> None:
        is_new = status.state is not self._status.state
        self._status = status
        now = self._clock()
        if self._on_status is not None and (is_new or now - self._told_at >= _INTERVAL_S):
            self._told_at = now
            self._on_status(self.now)
