"""A cast that reads only when it is told to, so that a test can act while a run is under way."""

from __future__ import annotations

import threading

from engine.agent.extractive import extractive_roles
from engine.agent.roles import Findings, Reader, ReadingTask, Roles
from engine.library.reader import LibraryReader
from engine.research import Cast


class _WaitingReader:
    def __init__(self, reader: Reader, gate: Gate) -> None:
        self._reader = reader
        self._gate = gate

    def read(self, task: ReadingTask) -> Findings:
        self._gate.reached.set()
        self._gate.opened.wait(timeout=30)
        return self._reader.read(task)


class Gate:
    """Runs of its cast stop before they read, until the gate is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    @property
    def cast(self) -> Cast:
        return Cast(name="No language model: a test", make=self._make)

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
