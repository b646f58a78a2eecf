"""A side with nothing to search: reports can be changed there from the evidence they have, and nothing can be added."""

# ruff: noqa: ARG002  the shape is that of a searcher and an opener, and nothing is done with what they are given

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.agent.roles import OpenedSource, Searched
from engine.errors import DocumentUnreadable, PlumblineError


class Nowhere:
    """A searcher and an opener that say why there is nothing.

    Args:
        problem: makes the error that says it.
    """

    def __init__(self, problem: Callable[[], PlumblineError]) -> None:
        self._problem = problem

    def search_all(self, queries: Sequence[str], *, limit: int) -> Iterator[Searched]:
        """Raise the problem."""
        raise self._problem()

    def begin_subquestion(self) -> None:
        """Do nothing."""

    def expect(self, addresses: Sequence[str]) -> None:
        """Do nothing."""

    def open_all(self, addresses: Sequence[str]) -> Iterator[OpenedSource | DocumentUnreadable]:
        """Raise the problem."""
        raise self._problem()

    def open_supplied(self, address: str, *, file: str) -> OpenedSource:
        """Raise the problem."""
        raise self._problem()
