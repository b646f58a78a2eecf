"""How far loading a model is, and what it says while it says it: lines on the error stream."""

from __future__ import annotations

from desktop.terminal.streams import Terminal
from engine.agent.live import LiveWords, RoleName
from engine.export.printable import one_line
from models.status import ModelState, ModelStatus

_ROLE_WORDS = {
    RoleName.PLANNER: "Planning",
    RoleName.POLICY: "Thinking",
    RoleName.READER: "Reading",
    RoleName.WRITER: "Writing",
    RoleName.JUDGE: "Checking",
}


class LoadingLine:
    """Draws how far a model is: loading, reading the prompt. Nothing where lines cannot be drawn again."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def __call__(self, status: ModelStatus) -> None:
        match status.state:
            case ModelState.LOADING:
                self._terminal.live(f"Loading {status.name} … {status.fraction:.0%}")
            case ModelState.READING_PROMPT if status.fraction:
                self._terminal.live(f"Reading the prompt … {status.fraction:.0%}")
            case _:
                pass


class LiveLine:
    """Draws who speaks, and how many words there are by now, on a line that the next one replaces."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._pieces = 0

    def __call__(self, words: LiveWords) -> None:
        if words.begins:
            self._pieces = 0
        self._pieces += bool(words.text)
        about = f" about {one_line(words.about)}" if words.about else ""
        amount = f", {self._pieces:,} tokens" if self._pieces else ""
        self._terminal.live(f"{_ROLE_WORDS[words.role]}{about} …{amount}")


class LiveText:
    """Writes the model's words as they come, each reply under who says it."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def __call__(self, words: LiveWords) -> None:
        if words.begins and words.text:
            about = f": {one_line(words.about)}" if words.about else ""
            self._terminal.note(f"── {_ROLE_WORDS[words.role]}{about}")
        elif words.begins:
            self._terminal.live(f"{_ROLE_WORDS[words.role]} …")
        if words.text:
            self._terminal.stream(words.text)
