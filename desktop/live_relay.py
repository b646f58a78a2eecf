"""The words of a language model on their way from the research thread to the window.

They are gathered, and told at most 30 times a second. The research thread never waits: it puts a piece into a queue
and goes on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.plain_text import one_line
from engine.agent.live import LiveWords, RoleName

_EVERY_MS = 33
_KEPT_CHARACTERS = 60_000
"""Of one reply; longer than any reply."""
_TAIL_CHARACTERS = 200
_WORDS = {
    RoleName.PLANNER: "Planning",
    RoleName.POLICY: "Thinking",
    RoleName.READER: "Reading",
    RoleName.WRITER: "Writing",
    RoleName.JUDGE: "Checking",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a language model is saying now."""

    what: str
    """``Thinking``, ``Reading “title”``, …"""
    text: str
    """All of the reply so far; empty while it is being waited for."""
    others: int = 0
    """How many further replies are being given at the same time."""

    @property
    def tail(self) -> str:
        """The last words, on one line."""
        return one_line(self.text[-_TAIL_CHARACTERS:])


class LiveRelay(QObject):
    """``hear`` and ``end_step`` are called on the research thread, everything else on the Qt thread."""

    changed = Signal(object)
    """Live, or None when a step has ended and nothing is being said."""

    _came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[LiveWords | None] = deque()
        self._is_announced = False
        self._texts: dict[str, list[str]] = {}
        self._role = RoleName.POLICY
        self._shown = ""
        self._live: Live | None = None
        self._heard_at = monotonic()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._gather)
        self._came.connect(self._wait)

    def hear(self, words: LiveWords) -> None:
        """Take a piece of a reply."""
        self._put(words)

    def end_step(self) -> None:
        """What was said until now has become an event, or never will."""
        self._put(None)

    @property
    def live(self) -> Live | None:
        """What was last told."""
        return self._live

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life."""
        return monotonic() - self._heard_at

    def _put(self, words: LiveWords | None) -> None:
        self._queue.append(words)
        if not self._is_announced:
            self._is_announced = True
            self._came.emit()

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _gather(self) -> None:
        # First the flag: what comes while the queue is emptied announces itself anew.
        self._is_announced = False
        self._heard_at = monotonic()
        heard: set[str] = set()
        is_over = False
        while self._queue:
            words = self._queue.popleft()
            is_over = words is None
            if words is None:
                self._texts.clear()
            else:
                heard.add(self._take(words))
        if self._shown not in self._texts or (heard and self._shown not in heard):
            self._shown = next((about for about in self._texts if about in heard), self._shown)
        live = None if is_over or not self._texts else self._now()
        if live != self._live:
            self._live = live
            self.changed.emit(live)

    def _take(self, words: LiveWords) -> str:
        if words.begins and not words.text:
            # A new request, or several at once: what was said before is over.
            self._texts.clear()
        self._role = words.role
        text = self._texts.setdefault(words.about, [])
        if words.begins:
            text.clear()
        if words.text:
            text.append(words.text)
        return words.about

    def _now(self) -> Live:
        about = self._shown
        what = _WORDS[self._role]
        if about and self._role is RoleName.READER:
            what = f"{what} “{one_line(about, limit=80)}”"
        pieces = self._texts.get(about, [])
        text = "".join(pieces)[-_KEPT_CHARACTERS:]
        self._texts[about] = [text] if text else []
        return Live(what=what, text=readable(text), others=len(self._texts) - 1)


def readable(text: str) -> str:
    """Return a reply without the tags of its form, which mean something to the program only."""
    for tag, shown in _TAGS:
        text = text.replace(tag, shown)
    return text.lstrip()


_TAGS = (
    ("<think>", ""),
    ("</think>", "\n"),
    ("<tool_call>", "→ "),
    ("</tool_call>", ""),
    ("<answer>", "→ "),
    ("</answer>", ""),
)
