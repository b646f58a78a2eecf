"""A cast that reads only when it is told to, so that a test can act while a run is under way."""

from __future__ import annotations

import threading

from engine.agent.extractive import extractive_roles
from engine.agent.roles import Findings, Reader, ReadingTask, Roles
from engine.library.reader import LibraryReader
from engine.research import EXTRACTIVE, Cast


class _WaitingReader:
    def __init__(self, reader: Reader, gate: Gate) -> None:
        self._reader = reader
        self._gate = gate

    def read(self, task: ReadingTask) -> Findings:
        self._gate.wait()
        return self._reader.read(task)


class Gate:
    """Runs of its cast stop before they read, until the gate is opened; some documents may pass before."""

    def __init__(self, *, free: int = 0) -> None:
        self._free = free
        self.reached = threading.Event()
        self.opened = threading.Event()

    def wait(self) -> None:
        if self._free > 0:
            self._free -= 1
            return
        self.reached.set()
        self.opened.wait(timeout=60)

    @property
    def cast(self) -> Cast:
        return Cast(name=EXTRACTIVE.name, make=self._make)

    def _make(self, library: LibraryReader) -> Roles:
        roles = extractive_roles(library)
        return Roles(
            name=roles.name,
            planner=roles.planner,
            policy=roles.policy,
            reader=_WaitingReader(roles.reader, self),
            writer=roles.writer,
            judge=roles.judge,
        )
