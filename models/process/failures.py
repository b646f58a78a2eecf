"""Keeps a file that makes the model process crash from doing so again and again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from models.errors import EngineMissing, ModelDied, ModelError, ModelStuck, ModelTooLarge, ModelUnusable
from models.process.deaths import TakenDown

_MOST = 2
"""Deaths of one kind before a verdict: one may be an accident."""


class Failures:
    """What went wrong with one model file since it last worked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _fingerprint(path)
        self._deaths = 0
        self._verdict: ModelError | None = None

    def check(self) -> None:
        """Raise the verdict there is on the file, unless it was changed since."""
        seen = _fingerprint(self._path)
        if seen != self._seen:
            self._seen, self._deaths, self._verdict = seen, 0, None
        if self._verdict is not None:
            raise type(self._verdict)(self._verdict.title, hint=self._verdict.hint)

    def judged(self, error: ModelDied, *, has_engine: bool, is_certain: bool = False) -> ModelError:
        """Return what to raise after a death while the file was loaded, or its template or tokens were worked on.

        Args:
            error: the death.
            has_engine: whether the engine had been imported by then.
            is_certain: whether it would be the same the next time.
        """
        self._deaths += 1
        if self._deaths < _MOST and not is_certain:
            return error
        self._verdict = _verdict(error, has_engine=has_engine)
        for note in getattr(error, "__notes__", ()):
            self._verdict.add_note(note)
        return self._verdict

    def worked(self) -> None:
        """It was loaded and has answered."""
        self._deaths, self._verdict = 0, None

    def forgive(self) -> None:
        """Allow one more attempt: a person asked for it."""
        if self._verdict is not None:
            self._deaths, self._verdict = _MOST - 1, None


def _verdict(error: ModelDied, *, has_engine: bool) -> ModelError:
    if not has_engine:
        return EngineMissing(
            "llama.cpp, which runs language models, cannot be used",
            hint="It crashes as soon as it is started: what is installed is damaged, or not made for this computer.",
        )
    if isinstance(error, TakenDown):
        return ModelTooLarge(
            "The model does not fit into memory",
            hint="Twice it was ended while it was being loaded. Close other programs, or choose a smaller model.",
        )
    if isinstance(error, ModelStuck):
        return ModelUnusable(
            "The model file makes its reader run for ever",
            hint="It is damaged or not suitable: delete it and fetch it again, or choose another one.",
        )
    return ModelUnusable(
        "The file makes llama.cpp crash",
        hint="It is damaged, or of a kind that cannot be run here: fetch it again, or choose another one.",
    )


def _fingerprint(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        status = path.stat()
        return status.st_size, status.st_mtime_ns
    return None
