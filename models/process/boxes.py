"""The two ends of the model process's pipes: commands that wait and can be cancelled, and answers put together."""

from __future__ import annotations

import os
import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from models.process.engine import Interrupt
from models.process.wire import BrokenFrame, Cancel, Command, Frame, Heard, Progressed, read_command, write_frame

TEXT_INTERVAL_S = 0.02
"""Pieces of text that come faster than this travel together."""
_SIGN_INTERVAL_S = 0.05


class Inbox:
    """The commands that wait, and what was cancelled of them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._number = 0
        self._cancelled = 0
        self._interrupt: Interrupt | None = None
        threading.Thread(target=self._listen, args=(stream,), name="commands", daemon=True).start()

    def next(self) -> Command:
        """Wait for the next command; from now on it is the one that can be broken off."""
        command = self._commands.get()
        with self._lock:
            self._number = command.number
            self._settle()
        return command

    def attach(self, interrupt: Interrupt) -> None:
        """Have cancelling set this from now on."""
        with self._lock:
            self._interrupt = interrupt
            self._settle()

    def _settle(self) -> None:
        """Numbers grow and each command waits for the last, so the highest number that was cancelled is enough."""
        if self._interrupt is None:
            return
        if self._cancelled == self._number:
            self._interrupt.set()
        else:
            self._interrupt.clear()

    def _listen(self, stream: BinaryIO) -> None:
        with suppress(BrokenFrame, OSError, ValueError):
            while (command := read_command(stream)) is not None:
                if not isinstance(command, Cancel):
                    self._commands.put(command)
                    continue
                with self._lock:
                    self._cancelled = max(self._cancelled, command.number)
                    if self._interrupt is not None and self._cancelled == self._number:
                        self._interrupt.set()
        os._exit(0)


@dataclass(slots=True)
class Outbox:
    """Writes answers to one command; text and signs of life that come too fast are put together."""

    stream: BinaryIO
    number: int
    _pieces: list[tuple[int, str]] = field(default_factory=list)
    _tokens: int = 0
    _text_at: float = 0.0
    _sign_at: float = 0.0
    _phase: str = ""

    def hear(self, index: int, text: str) -> None:
        """Pass on a piece of text, now or with the next."""
        self._tokens += 1
        if self._pieces and self._pieces[-1][0] == index:
            self._pieces[-1] = (index, self._pieces[-1][1] + text)
        else:
            self._pieces.append((index, text))
        now = time.monotonic()
        if now - self._text_at >= TEXT_INTERVAL_S:
            self._text_at = now
            self._send_pieces()

    def progress(self, phase: str, done: int, total: int) -> None:
        """Pass on a sign of life, unless the last was a moment ago and of the same phase."""
        now = time.monotonic()
        if phase == self._phase and now - self._sign_at < _SIGN_INTERVAL_S:
            return
        self._phase, self._sign_at = phase, now
        self._send_pieces()
        self._write(Progressed(number=self.number, phase=phase, done=done, total=total))

    def finish(self, frame: Frame) -> None:
        """Write the answer that ends the command."""
        self._send_pieces()
        self._write(frame)

    def _send_pieces(self) -> None:
        if self._pieces:
            self._write(Heard(number=self.number, pieces=tuple(self._pieces), tokens=self._tokens))
            self._pieces.clear()
            self._tokens = 0

    def _write(self, frame: Frame) -> None:
        try:
            write_frame(self.stream, frame)
        except OSError:
            os._exit(0)  # nobody listens any more
