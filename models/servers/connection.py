"""Asks a model server: keys, time limits, repeated attempts before the first word, errors in words for a person."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from models.chat import IsCancelled
from models.errors import ModelDied, ModelStuck, ServerUnreachable
from models.http import ConnectionProblem, HttpAnswer, HttpClient, RequestCancelled
from models.servers.address import ServerAddress
from models.servers.events import StreamBroken, json_events
from models.servers.problems import ServerRefused, not_a_model_server, refusal, retry_after_s

_ANSWER_BYTES = 32 << 20
_ERROR_BYTES = 64 << 10
_LINE_BYTES = 16 << 20
_SLICE_S = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a server may take, and how often it is asked again; seconds."""

    answer_s: float = 30.0
    """For a question that needs no model."""
    first_word_s: float = 900.0
    """For the first piece of a reply: a large prompt on a slow machine takes minutes."""
    between_s: float = 120.0
    """From one piece of a reply to the next."""
    waits_s: tuple[float, ...] = (0.5, 1.5, 4.0)
    """Before each further attempt; up to half as much again is added, so that many do not come at once."""
    longest_wait_s: float = 60.0
    """A server that asks to be left alone for longer is not asked again."""
    loading_s: float = 600.0
    """How long a server may go on saying that it is loading its model."""


class Wait:
    """What one request may take: the client asks it every 50 ms whether somebody gave up or time is up."""

    def __init__(self, is_cancelled: IsCancelled | None, *, limit_s: float) -> None:
        self._asked = is_cancelled
        self._until = time.monotonic() + limit_s
        self.is_over = False
        """Whether it was ended because time was up."""

    def __call__(self) -> bool:
        if self._asked is not None and self._asked():
            return True
        self.is_over = time.monotonic() > self._until
        return self.is_over

    def begin(self, limit_s: float) -> None:
        """Allow that much from now on."""
        self._until = time.monotonic() + limit_s

    def pause(self, seconds: float) -> None:
        """Wait before the next attempt.

        Raises:
            RequestCancelled: somebody gave up.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._asked is not None and self._asked():
                raise RequestCancelled
            time.sleep(min(left, _SLICE_S))


class ServerConnection:
    """One server, asked for one model. May be used from several threads at once; the key is never shown."""

    def __init__(
        self, address: ServerAddress, *, client: HttpClient, key: str = "", model: str = "", limits: Limits
    ) -> None:
        self.address = address
        self.model = model
        self.limits = limits
        self._client = client
        self._key = key

    def __repr__(self) -> str:
        return f"ServerConnection({self.address.root!r})"

    def find(self, url: str, *, is_cancelled: IsCancelled | None = None) -> dict[str, Any]:
        """Return the JSON object at an address, or an empty one if there is none: for what only some servers have.

        Raises:
            ConnectionProblem: there is no connection.
            RequestCancelled: somebody gave up.
        """
        wait = Wait(is_cancelled, limit_s=self.limits.answer_s)
        with self._timed(wait), self._open("GET", url, None, wait) as answer:
            if answer.status != 200:
                return {}
            return _object(answer.read(limit_bytes=_ANSWER_BYTES)) or {}

    def ask(
        self,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        is_cancelled: IsCancelled | None = None,
        limit_s: float | None = None,
        is_known: bool = True,
    ) -> dict[str, Any]:
        """Return the JSON object that a server answers with, after as many attempts as it takes.

        Args:
            url: where.
            body: to be sent; GET without one.
            is_cancelled: whether somebody gave up.
            limit_s: for the whole answer; that of a question without a model if left out.
            is_known: whether it has answered before; else it is not asked again where there is no connection.

        Raises:
            ServerUnreachable: it does not answer, or with an error; ContextFull.
            RequestCancelled: somebody gave up.
        """
        wait = Wait(is_cancelled, limit_s=limit_s or self.limits.answer_s)
        with (
            self._timed(wait),
            self._opened(url, body, wait, limit_s=limit_s or self.limits.answer_s, is_known=is_known) as answer,
        ):
            value = _object(answer.read(limit_bytes=_ANSWER_BYTES))
        if value is None:
            raise not_a_model_server(self.address.host)
        return value

    def stream(
        self, url: str, body: Mapping[str, Any], *, is_cancelled: IsCancelled | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the pieces of a reply as they arrive.

        Raises:
            ServerUnreachable: there was no reply; ContextFull.
            ModelDied: it broke off after it had begun; ModelStuck: it stood still.
            RequestCancelled: somebody gave up.
        """
        pieces = self._pieces(url, body, is_cancelled=is_cancelled)
        try:
            first = next(pieces, None)
        except ConnectionProblem as problem:  # cut between the head and the first word
            if not problem.is_passing:
                raise
            pieces = self._pieces(url, body, is_cancelled=is_cancelled)
            first = next(pieces, None)
        try:
            if first is not None:
                yield first
                yield from pieces
        finally:
            pieces.close()

    def _pieces(
        self, url: str, body: Mapping[str, Any], *, is_cancelled: IsCancelled | None
    ) -> Generator[dict[str, Any], None, None]:
        wait = Wait(is_cancelled, limit_s=self.limits.first_word_s)
        has_begun = False
        try:
            with self._opened(url, body, wait, limit_s=self.limits.first_word_s) as answer:
                if "json" in answer.headers.get("content-type", ""):  # a server that cannot stream
                    value = _object(answer.read(limit_bytes=_ANSWER_BYTES))
                    if value is None:
                        raise not_a_model_server(self.address.host)
                    yield value
                    return
                wait.begin(self.limits.first_word_s)
                for event in json_events(answer.lines(limit_bytes=_LINE_BYTES)):
                    if "error" in event and not event.get("choices"):
                        raise self._refusal(200, json.dumps(event).encode(), answer.headers)
                    has_begun = True
                    yield event
                    wait.begin(self.limits.between_s)
        except RequestCancelled:
            if not wait.is_over:
                raise
            if has_begun:
                raise ModelStuck(
                    f"{self.address.host} stopped in the middle of a reply",
                    hint=f"Nothing came for {self.limits.between_s:.0f} seconds.",
                ) from None
            raise self._too_slow() from None
        except StreamBroken as error:
            if has_begun:
                raise self._broken_off() from error
            raise not_a_model_server(self.address.host) from error
        except ConnectionProblem as error:
            if has_begun:
                raise self._broken_off() from error
            raise

    def _broken_off(self) -> ModelDied:
        return ModelDied(
            f"The connection to {self.address.host} broke off in the middle of a reply",
            hint="Look whether the server is still running.",
        )

    def _too_slow(self) -> ServerUnreachable:
        return ServerUnreachable(
            f"{self.address.host} takes too long",
            hint="It may be busy with something else, or too slow for this model.",
        )

    @contextmanager
    def _timed(self, wait: Wait) -> Iterator[None]:
        try:
            yield
        except RequestCancelled:
            if wait.is_over:
                raise self._too_slow() from None
            raise

    @contextmanager
    def _opened(
        self, url: str, body: Mapping[str, Any] | None, wait: Wait, *, limit_s: float, is_known: bool = True
    ) -> Iterator[HttpAnswer]:
        """Yield a good answer; asks again where that makes sense, always before anything was yielded."""
        encoded = None if body is None else json.dumps(body).encode()
        loading_until = time.monotonic() + self.limits.loading_s
        attempt = 0
        while True:
            wait.begin(limit_s)
            asked_to_wait: float | None = None
            try:
                answer = self._open("GET" if encoded is None else "POST", url, encoded, wait)
            except ConnectionProblem as problem:
                failure: Exception = problem
                may_pass = problem.is_passing and is_known
            else:
                with answer:
                    if answer.status < 300:
                        yield answer
                        return
                    failure = self._refusal(answer.status, _start_of(answer), answer.headers)
                    asked_to_wait = retry_after_s(answer.headers)
                may_pass = isinstance(failure, ServerRefused) and failure.is_passing and "quota" not in failure.title
            if isinstance(failure, ServerRefused) and failure.is_loading and time.monotonic() < loading_until:
                wait.pause(min(1.0, self.limits.longest_wait_s))
                continue
            if not may_pass or attempt == len(self.limits.waits_s) or (asked_to_wait or 0) > self.limits.longest_wait_s:
                raise failure
            planned = self.limits.waits_s[attempt] * random.uniform(1.0, 1.5)
            wait.pause(planned if asked_to_wait is None else max(planned, asked_to_wait))
            attempt += 1

    def _open(self, method: str, url: str, body: bytes | None, wait: Wait) -> HttpAnswer:
        headers = {"accept": "application/json, text/event-stream"}
        if body is not None:
            headers["content-type"] = "application/json"
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        return self._client.open(url, method=method, headers=headers, body=body, is_cancelled=wait)

    def _refusal(self, status: int, body: bytes, headers: Mapping[str, str]) -> Exception:
        if self._key:  # some servers repeat it in their complaint
            body = body.replace(self._key.encode(), b"...")
        return refusal(status, body, host=self.address.host, model=self.model, headers=headers)


def _start_of(answer: HttpAnswer) -> bytes:
    """As much of an error's body as explains it."""
    body = b""
    try:
        for piece in answer.chunks():
            body += piece
            if len(body) > _ERROR_BYTES:
                break
    except ConnectionProblem:
        pass
    return body


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
