"""The text of a reply while it grows, and the texts that end it."""

from __future__ import annotations


class Speech:
    """What was said so far. Only the last few characters are searched for stop texts, however long it gets."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._reach = max((len(stop) for stop in self._stops), default=1) - 1
        self._parts: list[str] = []
        self._tail = ""
        self.is_complete = False

    def add(self, text: str) -> str:
        """Take the next piece; returns the part of it that belongs to the reply: up to the end of a stop text."""
        if self._stops and text:
            window = self._tail + text
            ends = [found + len(stop) for stop in self._stops if (found := window.find(stop)) >= 0]
            if ends:
                text = window[len(self._tail) : min(ends)]
                self.is_complete = True
            self._tail = window[-self._reach :] if self._reach else ""
        if text:
            self._parts.append(text)
        return text

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)
