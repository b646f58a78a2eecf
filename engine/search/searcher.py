"""The search of one run on the web: up to three queries at once, their answers in order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from engine.agent.roles import Searched
from engine.network.gate import Gate, Origin
from engine.search.broker import Broker
from engine.search.plain import query_text
from models.http import IsCancelled

QUERIES_AT_ONCE = 3


class WebSearcher:
    """Plays ``engine.agent.roles.Searcher``. Used from one thread.

    Args:
        broker: of the run.
        gate: of the run; it learns every address that is shown.
        wants_papers: whether engines for papers are asked a query.
        is_cancelled: asked all the time.
        at_once: how many queries are asked at a time. With one, what is sent depends on the answers alone, and not on
            which query was faster: it is the same in every run that is told the same.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        gate: Gate,
        wants_papers: Callable[[str], bool],
        is_cancelled: IsCancelled | None = None,
        at_once: int = QUERIES_AT_ONCE,
    ) -> None:
        self._at_once = at_once
        self._broker = broker
        self._gate = gate
        self._wants_papers = wants_papers
        self._is_cancelled = is_cancelled
        self._turns = itertools.count()

    def search_all(self, queries: Sequence[str], *, limit: int) -> Iterator[Searched]:
        """Yield the answer to each query, in order. A query that stands there twice is sent once.

        Raises:
            RequestCancelled: somebody gave up; what was yielded is whole.
        """
        is_left = threading.Event()

        def is_given_up() -> bool:
            return is_left.is_set() or (self._is_cancelled is not None and self._is_cancelled())

        pool = ThreadPoolExecutor(max_workers=self._at_once, thread_name_prefix="queries")
        try:
            asked: dict[str, Future[Searched]] = {}
            for query in queries:
                text = query_text(query)
                if text not in asked:
                    asked[text] = pool.submit(
                        self._broker.search,
                        query,
                        limit=limit,
                        turn=next(self._turns),
                        is_scholarly=self._wants_papers(text),
                        is_cancelled=is_given_up,
                    )
            for query in queries:
                answer = asked[query_text(query)].result()
                self._gate.learn([result.address for result in answer.results], origin=Origin.SEARCHED)
                yield Searched(query=query, results=answer.results, caveats=answer.caveats, engines=answer.engines)
        finally:
            is_left.set()
            pool.shutdown(cancel_futures=True)
