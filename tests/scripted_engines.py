"""Search engines that answer from a script, and a gate that nobody goes through."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from engine.domain import EngineState
from engine.network.gate import Origin, Purpose
from engine.search.provider import Errand, Facts, Found, Kind, ProviderTrouble, WebQuery
from models.http import ConnectionProblem, HttpClient, RequestCancelled, Timeouts

Answer = tuple[Found, ...] | BaseException | Callable[[WebQuery, Errand], tuple[Found, ...]]


class ScriptedEngine:
    """Gives its answers one after the other, and the last one for ever."""

    def __init__(self, name: str, *answers: Answer, kind: Kind = Kind.GENERAL, **facts: object) -> None:
        self.facts = Facts(name=name, title=name.title(), hosts=(f"{name}.example",), kind=kind, **facts)  # type: ignore[arg-type]
        self._answers = list(answers) or [()]
        self._mutex = threading.Lock()
        self.asked: list[WebQuery] = []
        self.errands: list[Errand] = []

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        with self._mutex:
            self.asked.append(query)
            self.errands.append(errand)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer(query, errand) if callable(answer) else answer


def found(*addresses: str, title: str = "") -> tuple[Found, ...]:
    return tuple(
        Found(
            address=address if "://" in address else f"https://{address}",
            title=title or f"About {address}",
            snippet=f"What {address} says of it.",
        )
        for address in addresses
    )


def several(name: str, count: int = 6) -> tuple[Found, ...]:
    return found(*(f"{name}{number}.example/page" for number in range(count)))


def trouble(
    state: EngineState, words: str = "It did not answer.", retry_after_s: float | None = None
) -> ProviderTrouble:
    return ProviderTrouble(state, words, retry_after_s=retry_after_s)


def until_cancelled(query: WebQuery, errand: Errand) -> tuple[Found, ...]:
    """Hang until somebody gives up."""
    pause = threading.Event()
    while not errand.is_given_up:
        pause.wait(0.01)
    raise RequestCancelled


class ClosedGate:
    """Remembers what it learns; nobody gets through."""

    def __init__(self) -> None:
        self.learned: list[tuple[str, Origin]] = []

    def client(
        self,
        purpose: Purpose,
        *,
        words: str = "",
        provider: str = "",
        timeouts: Timeouts | None = None,
        on_redirect: Callable[[str], None] | None = None,
    ) -> HttpClient:
        raise AssertionError("nobody should have wanted a client")

    def relay(
        self,
        purpose: Purpose,
        *,
        words: str,
        provider: str,
        hosts: Collection[str],
        on_problem: Callable[[ConnectionProblem], None] | None = None,
    ) -> AbstractContextManager[str]:
        return self._lent()

    def learn(self, addresses: Iterable[str], *, origin: Origin) -> None:
        self.learned += [(address, origin) for address in addresses]

    @contextmanager
    def _lent(self) -> Iterator[str]:
        yield "http://token:x@127.0.0.1:9"


def addresses(results: Sequence[object]) -> list[str]:
    return [result.address for result in results]  # type: ignore[attr-defined]
