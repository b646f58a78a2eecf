"""Hands out the missing pieces of a file in runs, to as many connections as there are."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Pieces from ``first`` up to but not including ``end``."""

    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first


class SpanQueue:
    """What is still to be fetched; used by several threads.

    Args:
        missing: numbers of pieces, in order.
        longest: pieces in one run at most, so that a connection that ends early costs little.
    """

    def __init__(self, missing: Iterable[int], *, longest: int) -> None:
        self._longest = max(longest, 1)
        self._mutex = threading.Lock()
        self._waiting: list[Span] = _joined(Span(index, index + 1) for index in missing)

    def take(self) -> Span | None:
        """Return the next run, or None when there is nothing to do at the moment."""
        with self._mutex:
            if not self._waiting:
                return None
            span = self._waiting.pop(0)
            if len(span) > self._longest:
                self._waiting.insert(0, Span(span.first + self._longest, span.end))
                span = Span(span.first, span.first + self._longest)
            return span

    def give_back(self, span: Span) -> None:
        """Have these pieces fetched, by whoever comes next."""
        with self._mutex:
            self._waiting = _joined(sorted([*self._waiting, span], key=lambda one: one.first))


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Runs that touch each other made one."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.first:
            joined[-1] = Span(joined[-1].first, span.end)
        else:
            joined.append(span)
    return joined
