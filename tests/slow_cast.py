"""A cast that reads only when it is told to, so that a test can act while a run is under way."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from engine.agent.control import RunControl
from engine.agent.extractive import extractive_roles
from engine.agent.roles import Findings, Reader, ReadingTask, Roles
from engine.casting import EXTRACTIVE, Cast
from engine.library.reader import LibraryReader

_PATIENCE_S = 60


class _WaitingReader:
    def __init__(self, reader: Reader, gate: Gate, control: RunControl) -> None:
        self._reader = reader
        self._gate = gate
        self._control = control

    def read(self, tasks: Sequence[ReadingTask]) -> tuple[Findings, ...]:
        self._gate.wait(self._control)
        return self._reader.read(tasks)


class Gate:
    """Runs of its cast stop before they read, until the gate is opened; some documents may pass before."""

    def __init__(self, *, free: int = 0) -> None:
        self._passes = threading.Semaphore(free)
        self.reached = threading.Event()
        self.opened = threading.Event()

    def wait(self, control: RunControl) -> None:
        """Wait as a role waits for a model: what waits for the run's thread is heard meanwhile."""
        if self._passes.acquire(blocking=False):
            return
        self.reached.set()
        waited_s = 0.0
        while not self.opened.wait(0.02) and not self._passes.acquire(blocking=False) and waited_s < _PATIENCE_S:
            waited_s += 0.02
            _ = control.wants_attention

    def let_one_by(self) -> None:
        """Let one document be read."""
        self._passes.release()

    @property
    def cast(self) -> Cast:
        return Cast(name=EXTRACTIVE.name, make=self._make)

    def _make(self, library: LibraryReader, control: RunControl) -> Roles:
        roles = extractive_roles(library)
        return Roles(
            name=roles.name,
            planner=roles.planner,
            policy=roles.policy,
            reader=_WaitingReader(roles.reader, self, control),
            writer=roles.writer,
            editor=roles.editor,
            judge=roles.judge,
        )
