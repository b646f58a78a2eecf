"""One model process, seen from the app: starts it, passes frames both ways without ever blocking, and ends it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from models.process.windows_job import Job
from models.process.wire import Answer, BrokenFrame, Frame, read_answer, write_frame

_NOISE_CHUNK_BYTES = 4_096
_KEPT_NOISE_BYTES = 65_536
_JOIN_S = 10.0
_LAST_WORDS_S = 1.0


class NotStarted(Exception):
    """The system does not start the process."""


def model_command() -> tuple[str, ...]:
    """Return the command that starts a model process: of the installed program, or of this Python."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--model-worker")
    # -P: a file called llama_cpp.py in the folder somebody works in must not be imported.
    return (sys.executable, "-P", "-m", "models.process.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The process is gone, or says what is no frame and was ended for it."""

    exit_code: int | None
    """Negative: the signal that ended it (POSIX)."""
    words: str
    """The last of what it wrote to its standard error."""
    was_killed: bool
    """Whether we did it."""


class Child:
    """One model process and the three threads that serve its pipes.

    ``send`` and ``receive`` are for one thread at a time; ``kill`` may be called from any thread at any moment.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._commands: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._noise = bytearray()
        self._was_killed = False
        self._is_gone = False
        self._process: subprocess.Popen[bytes] | None = None
        self._problem: OSError | None = None
        is_started = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(is_started,), name="model answers", daemon=True)]
        self._threads[0].start()
        is_started.wait()
        if (problem := self._start_problem()) is not None:
            self._threads[0].join()
            raise NotStarted(str(problem)) from problem
        self._job = Job(self._started)
        for serve, name in ((self._pass_commands, "model commands"), (self._collect_noise, "model noise")):
            thread = threading.Thread(target=serve, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._seen: psutil.Process | None = None
        with suppress(psutil.Error):
            self._seen = psutil.Process(self._started.pid)

    @property
    def process_id(self) -> int:
        """Of the process."""
        return self._started.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs and listens."""
        return not self._is_gone and self._started.poll() is None

    def send(self, frame: Frame) -> None:
        """Hand over a frame; a process that does not listen is no reason to wait."""
        self._commands.put(frame)

    def receive(self, *, timeout_s: float) -> Answer | Ended | None:
        """Return what the process says next, None if it says nothing for so long, or that it is gone."""
        try:
            answer = self._answers.get(timeout=timeout_s)
        except queue.Empty:
            return None
        return answer if answer is not None else self._ended()

    def memory_bytes(self) -> int:
        """Return the memory the process holds; 0 when it is gone."""
        with suppress(psutil.Error):
            if self._seen is not None:
                return int(self._seen.memory_info().rss)
        return 0

    def worked_s(self) -> float:
        """Return the processor time it has used, in seconds."""
        with suppress(psutil.Error):
            if self._seen is not None:
                times = self._seen.cpu_times()
                return float(times.user + times.system)
        return 0.0

    def last_words(self) -> str:
        """Return the last of what a process that was ended wrote to its standard error."""
        for thread in self._threads[2:]:
            thread.join(_LAST_WORDS_S)  # they may still be on their way
        return bytes(self._noise).decode("utf-8", "replace")

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        self._was_killed = True
        with suppress(OSError):
            self._started.kill()

    def end(self) -> None:
        """End the process and free everything it held here."""
        self.kill()
        self._commands.put(None)
        deadline = time.monotonic() + _JOIN_S
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        for stream in (self._started.stdin, self._started.stdout, self._started.stderr):
            with suppress(OSError, ValueError):
                if stream is not None:
                    stream.close()
        self._job.close()

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _start_problem(self) -> OSError | None:
        return self._problem

    def _ended(self) -> Ended:
        return Ended(exit_code=self._started.poll(), words=self.last_words(), was_killed=self._was_killed)

    def _live(self, is_started: threading.Event) -> None:
        """Start the process, pass on what it says, and take note of its end.

        Linux ends a process that asked for it together with the *thread* that started it, so that is this one, which
        lives as long as the process does.
        """
        try:
            process = self._process = self._start()
        except OSError as error:
            self._problem = error
            return
        finally:
            is_started.set()
        with suppress(BrokenFrame, OSError, ValueError):
            while (answer := read_answer(_pipe(process.stdout))) is not None:
                self._answers.put(answer)
        self._is_gone = True  # or talks nonsense, which is as good
        with suppress(OSError):
            process.kill()
        process.wait()
        self._answers.put(None)

    def _start(self) -> subprocess.Popen[bytes]:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(sys.executable).parent,
            creationflags=flags,
        )

    def _pass_commands(self) -> None:
        with suppress(OSError, ValueError):
            while (frame := self._commands.get()) is not None:
                write_frame(_pipe(self._started.stdin), frame)

    def _collect_noise(self) -> None:
        with suppress(OSError, ValueError):
            descriptor = _pipe(self._started.stderr).fileno()
            while chunk := os.read(descriptor, _NOISE_CHUNK_BYTES):
                self._noise += chunk
                del self._noise[:-_KEPT_NOISE_BYTES]


def _pipe(stream: object) -> BinaryIO:
    assert stream is not None
    return stream  # type: ignore[return-value]
