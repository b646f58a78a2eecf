"""Every problem said once: what there is to say to a person, and no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from engine.errors import PlumblineError
from models.errors import ModelError


class Level(StrEnum):
    """How a notice is shown and how long it stays."""

    DONE = "done"
    """Goes by itself."""
    INFO = "info"
    """Goes by itself."""
    WARNING = "warning"
    """Stays until it is closed."""
    PROBLEM = "problem"
    """Stays until it is closed."""

    @property
    def goes_by_itself(self) -> bool:
        """Whether nothing is lost when nobody reads it."""
        return self in {Level.DONE, Level.INFO}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAction:
    """Something to do about a notice; doing it closes the notice."""

    text: str
    act: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to say."""

    title: str
    hint: str = ""
    level: Level = Level.INFO
    actions: tuple[NoticeAction, ...] = ()
    closed: Callable[[], object] | None = None
    """Called when it goes, however it goes, unless one of its actions was done."""
    key: str = ""
    """Notices with the same key are the same thing said again; the title where empty."""

    @property
    def identity(self) -> str:
        """What tells it from other notices."""
        return self.key or self.title


class Notices(QObject):
    """Where anything is said. A notice that is still shown is replaced when it is said again, never doubled."""

    said = Signal(object)
    """Notice."""
    withdrawn = Signal(str)
    """Identity of a notice that is not true any more."""

    def say(self, notice: Notice) -> None:
        """Show a notice."""
        self.said.emit(notice)

    def done(self, title: str, *, hint: str = "", actions: tuple[NoticeAction, ...] = ()) -> None:
        """Say that something was done."""
        self.say(Notice(title=title, hint=hint, level=Level.DONE, actions=actions))

    def problem(
        self, error: PlumblineError | ModelError, *, actions: tuple[NoticeAction, ...] = (), key: str = ""
    ) -> None:
        """Say what went wrong and what can be done about it."""
        self.say(Notice(title=error.title, hint=error.hint, level=Level.PROBLEM, actions=actions, key=key))

    def withdraw(self, identity: str) -> None:
        """Take a notice back."""
        self.withdrawn.emit(identity)
