"""What the readers of marked-up source texts share: a place in the lines, and pieces of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Lines:
    """The lines of a text, and how far they have been read."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = [line.rstrip() for line in lines]
        self._position = 0

    @property
    def are_done(self) -> bool:
        return self._position >= len(self._lines)

    @property
    def current(self) -> str:
        return self._lines[self._position]

    def ahead(self, count: int) -> list[str]:
        """Return the next lines, this one first, without going there; fewer at the end."""
        return self._lines[self._position : self._position + count]

    def skip(self, count: int = 1) -> None:
        self._position += count

    def take(self) -> str:
        line = self.current
        self._position += 1
        return line

    def until(self, end: str) -> list[str]:
        """Take the lines before one that is the given mark, and the mark; all that is left if there is none."""
        start = self._position
        while not self.are_done:
            if self.take().strip() == end:
                return self._lines[start : self._position - 1]
        return self._lines[start:]

    def paragraph(self) -> list[str]:
        """Take the lines up to a blank one."""
        start = self._position
        while not self.are_done and self.current.strip():
            self.skip()
        return self._lines[start : self._position]

    def indented(self, margin: int) -> list[str]:
        """Take the lines indented by more than the margin, and the blank ones between, without their indent."""
        start = self._position
        while not self.are_done and (not self.current.strip() or indent_of(self.current) > margin):
            self.skip()
        return dedented(self._lines[start : self._position])


def indent_of(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip())


def dedented(lines: Sequence[str]) -> list[str]:
    """Return the lines without the indent that all of them have."""
    margin = min((indent_of(line) for line in lines if line.strip()), default=0)
    return [line[margin:] for line in lines]


def code_of(lines: Iterable[str]) -> str:
    """Return a listing at the margin."""
    return "\n".join(dedented(list(lines)))


def with_term(term: str, text: str) -> str:
    """Return an entry of a list of definitions as one text."""
    return f"{term.rstrip(':')}: {text}" if text else term
