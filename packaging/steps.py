"""Says, for a person at a terminal, what set-up is doing, how long each step took, and why it cannot go on."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO


class SetupFailed(Exception):
    """Set-up cannot go on.

    Args:
        title: what happened, one line.
        hint: what the person can do about it, as many lines as that takes.
        may_pass: it may be different next time, and finding that out costs seconds, not minutes.
    """

    def __init__(self, title: str, *, hint: str = "", may_pass: bool = False) -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.may_pass = may_pass


@dataclass
class Steps:
    """Announces steps and their seconds, on lines that read well in a terminal and in a log."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    seconds: dict[str, float] = field(default_factory=dict)
    """What each finished step took, by its title."""

    def say(self, text: str) -> None:
        print(text, file=self.out, flush=True)

    def detail(self, text: str) -> None:
        self.say(f"    {text}")

    @contextmanager
    def step(self, title: str, *, expected: str = "") -> Iterator[None]:
        """Announce a step, then say how long it took, whether it worked or not."""
        self.say(f"==> {title}" + (f" ({expected})" if expected else ""))
        started = time.monotonic()
        outcome = "stopped after"
        try:
            yield
            outcome = "done in"
        finally:
            self.seconds[title] = time.monotonic() - started
            self.detail(f"{outcome} {spoken_seconds(self.seconds[title])}")


def spoken_seconds(seconds: float) -> str:
    """``0.4 s``, ``12 s`` or ``4 min 50 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def say_why(failure: SetupFailed) -> None:
    """Write a failure to the standard error stream."""
    print(f"\n{failure.title}\n" + (f"{failure.hint}\n" if failure.hint else ""), file=sys.stderr, flush=True)
