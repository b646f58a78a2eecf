"""What a search and an opener need beyond answering one query and opening one address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.agent.roles import OpenedSource, Searched
from engine.domain import SearchResult
from engine.errors import DocumentUnreadable


class OneByOne:
    """Answers queries and opens addresses one after the other; the rest is in the class that has this for a base."""

    def caveats(self) -> tuple[str, ...]:
        return ()

    def search(self, query: str, *, limit: int) -> tuple[SearchResult, ...]:
        raise NotImplementedError

    def open_source(self, address: str) -> OpenedSource:
        raise NotImplementedError

    def search_all(self, queries: Sequence[str], *, limit: int) -> Iterator[Searched]:
        for query in queries:
            yield Searched(query=query, caveats=self.caveats(), results=self.search(query, limit=limit))

    def begin_subquestion(self) -> None:
        pass

    def expect(self, addresses: Sequence[str]) -> None:
        """What is opened one by one is not fetched beforehand."""

    def open_all(self, addresses: Sequence[str]) -> Iterator[OpenedSource | DocumentUnreadable]:
        for address in addresses:
            try:
                yield self.open_source(address)
            except DocumentUnreadable as error:
                yield error

    def open_supplied(self, address: str, *, file: str) -> OpenedSource:
        raise DocumentUnreadable("Nothing is supplied here")
