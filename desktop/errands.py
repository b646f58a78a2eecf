"""Has something done on a thread of its own, and its answer, or what went wrong, taken on the Qt thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.threads import WorkThread
from models.errors import LoadCancelled, ModelError

_CLOSE_TIMEOUT_S = 8.0
_T = TypeVar("_T")


class Errands(QObject):
    """One after another; what was not begun when ``give_up`` is called is left undone."""

    failed = Signal(object)
    """An exception that nobody has asked to be told of."""

    _answered = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_given_up = False
        self._thread = WorkThread(name, parent=self)
        self._thread.failed.connect(self.failed)
        self._answered.connect(self._carry_out)

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits for an answer any more. Any thread may ask."""
        return self._is_given_up or self._thread.is_closing

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def give_up(self) -> None:
        """Wait for nothing any more."""
        self._is_given_up = True

    def close(self) -> bool:
        """End the thread; return whether it has ended in time."""
        self.give_up()
        return not self._thread.isRunning() or self._thread.finish(timeout_s=_CLOSE_TIMEOUT_S)

    def must(self, job: Callable[..., object], *args: object) -> None:
        """Have something done whether or not somebody still waits; nobody takes an answer."""
        self._thread.do(job, *args)

    def do(
        self,
        ask: Callable[[], _T],
        take: Callable[[_T], object],
        refuse: Callable[[ModelError], object] | None = None,
    ) -> None:
        """Have something done.

        Args:
            ask: does it, on the thread.
            take: takes the answer, on the Qt thread.
            refuse: takes an error of the model, on the Qt thread; ``failed`` tells of it if left out.
        """
        self._thread.do(self._work, ask, take, refuse)

    def _work(
        self,
        ask: Callable[[], _T],
        take: Callable[[_T], object],
        refuse: Callable[[ModelError], object] | None,
    ) -> None:
        if self._is_given_up:
            return
        try:
            answer = ask()
        except LoadCancelled:
            return
        except ModelError as error:
            if refuse is None:
                raise
            self._answered.emit(partial(refuse, error))
        else:
            self._answered.emit(partial(take, answer))

    def _carry_out(self, act: Callable[[], object]) -> None:
        if not self._is_given_up:
            act()
