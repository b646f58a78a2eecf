"""A program of another make, run for one conversion: no shell, no files of ours, a limit of time, memory and size."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from engine.errors import ExportFailed

_LOOK_INTERVAL_S = 0.05
_KEPT_WORDS = 4_000
_MEGABYTE = 1 << 20
_KEPT_OF_ENVIRONMENT = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP")
"""Without which no program starts on Windows."""


def answer_of(
    command: Sequence[str],
    *,
    question: bytes,
    name: str,
    timeout_s: float,
    memory_bytes: int,
    answer_bytes: int,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> bytes:
    """Return what a program writes to its output for what it gets as input.

    It works in an empty folder that is its own, knows neither the home folder nor any other variable of ours, and is
    ended when it takes too long, grows too large or says too much.

    Args:
        command: the program and its arguments.
        question: its input.
        name: what people call it.
        timeout_s: the most it may take.
        memory_bytes: the most it may use.
        answer_bytes: the most it may write.
        environment: variables that it gets.
        folder: where it works, instead of an empty folder.

    Raises:
        ExportFailed: it cannot be started, was ended, or failed.
    """
    with tempfile.TemporaryDirectory(prefix="plumbline-export-", ignore_cleanup_errors=True) as empty:
        return _ask(
            command,
            question,
            name,
            limits=(timeout_s, memory_bytes, answer_bytes),
            environment={**_bare_environment(), "HOME": empty, **(environment or {})},
            folder=folder or Path(empty),
        )


def _ask(
    command: Sequence[str],
    question: bytes,
    name: str,
    *,
    limits: tuple[float, int, int],
    environment: Mapping[str, str],
    folder: Path,
) -> bytes:
    timeout_s, memory_bytes, answer_bytes = limits
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment,
            creationflags=flags,
        )
    except OSError as error:
        raise ExportFailed(
            f"{name}, which makes this kind of file, could not be started ({error.strerror or error})",
            hint="Install Plumbline's packages again, or choose HTML or Markdown, which need nothing else.",
        ) from error
    talk = _Talk(process, question, answer_bytes)
    try:
        talk.begin()
        deadline = time.monotonic() + timeout_s
        watched = _watched(process.pid)
        while talk.is_going:
            if time.monotonic() > deadline:
                raise _given_up(f"{name} took more than {timeout_s:g} seconds")
            if _memory_of(watched) > memory_bytes:
                raise _given_up(f"{name} needed more than {memory_bytes // _MEGABYTE} MB of memory")
            if talk.is_too_much:
                raise _given_up(f"The file would be larger than {answer_bytes // _MEGABYTE} MB")
            talk.wait(_LOOK_INTERVAL_S)
        code = process.wait(timeout=max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise _given_up(f"{name} did not end") from None
    finally:
        with suppress(OSError):
            process.kill()
        process.wait()
        talk.close()
    if code != 0 or not talk.answer:
        raise ExportFailed(
            f"{name} could not make the file",
            hint=f"It said: {_last_line(talk.words)} HTML and Markdown are made without it.",
        )
    return talk.answer


class _Talk:
    """The three pipes of a process, each with a thread, so that none of them can fill up and hold it."""

    def __init__(self, process: subprocess.Popen[bytes], question: bytes, most: int) -> None:
        self._process = process
        self._question = question
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0
        self._words = b""
        self._threads = tuple(
            threading.Thread(target=job, name=f"export {title}", daemon=True)
            for job, title in ((self._tell, "input"), (self._hear, "output"), (self._note, "messages"))
        )

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def is_going(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    @property
    def is_too_much(self) -> bool:
        return self._size > self._most

    @property
    def answer(self) -> bytes:
        return b"".join(self._parts)

    @property
    def words(self) -> str:
        return self._words.decode("utf-8", "replace")

    def wait(self, seconds: float) -> None:
        """Wait for the output to end, for at most so long."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds)
                return

    def close(self) -> None:
        """Let the threads end; the process is dead."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(5.0)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _tell(self) -> None:
        pipe = self._process.stdin
        if pipe is not None:
            with suppress(OSError, ValueError):  # it may have ended before it has read all
                pipe.write(self._question)
            with suppress(OSError, ValueError):
                pipe.close()

    def _hear(self) -> None:
        pipe = self._process.stdout
        while pipe is not None and not self.is_too_much:
            part = pipe.read1(1 << 16) if hasattr(pipe, "read1") else pipe.read(1 << 16)
            if not part:
                return
            self._parts.append(part)
            self._size += len(part)

    def _note(self) -> None:
        pipe = self._process.stderr
        while pipe is not None:
            part = pipe.read(1_024)
            if not part:
                return
            self._words = (self._words + part)[-_KEPT_WORDS:]


def _bare_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_OF_ENVIRONMENT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _watched(process_id: int) -> psutil.Process | None:
    try:
        return psutil.Process(process_id)
    except psutil.Error:
        return None


def _memory_of(process: psutil.Process | None) -> int:
    if process is None:
        return 0
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _last_line(words: str) -> str:
    lines = [" ".join(line.split()) for line in words.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "nothing."


def _given_up(title: str) -> ExportFailed:
    return ExportFailed(
        title, hint="It was given up. Choose HTML or Markdown, or export a shorter version of the report."
    )
