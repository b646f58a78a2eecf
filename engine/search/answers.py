"""Fetches the answer of an engine that has a programming interface, and says in which way there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from engine.domain import EngineState
from engine.network.gate import Purpose
from engine.search.canonical import host_of, is_in
from engine.search.provider import Errand, Facts, Found, ProviderTrouble
from engine.search.refusal import Reply, empty_page, not_understood, refusal, too_slow, wall
from models.http import ConnectionProblem, RequestCancelled, Timeouts, Trouble

_LIMIT_BYTES = 4_000_000
_TIMEOUTS = Timeouts(connect_s=8.0, read_s=8.0, write_s=8.0)


def with_parameters(address: str, parameters: Mapping[str, object]) -> str:
    """Return an address with parameters, leaving out those that are empty."""
    return f"{address}?{urlencode({name: value for name, value in parameters.items() if value not in ('', None)})}"


def fetch(
    address: str,
    *,
    errand: Errand,
    facts: Facts,
    words: str,
    headers: Mapping[str, str] | None = None,
    body: Mapping[str, object] | None = None,
) -> Reply:
    """Return an answer of status 200 that has something in it.

    Args:
        address: with all parameters.
        errand: how and for how long.
        facts: of the engine.
        words: the query, for the ledger.
        headers: such as the key.
        body: sent as JSON with POST if there is one.

    Raises:
        ProviderTrouble: there is none.
        RequestCancelled: somebody gave up.
    """
    ends_at = errand.clock() + errand.limit_s

    def is_over() -> bool:
        return errand.is_given_up or errand.clock() >= ends_at

    def look_where(address: str) -> None:
        # The query goes to whom the person chose, and to nobody that they name.
        if not is_in(host_of(address), facts.hosts):
            raise refusal(
                Reply(status=302, address=address), title=facts.title, now=datetime.now(UTC)
            ) or not_understood(facts.title)
        errand.wait_turn()

    sent = {"accept": "application/json", **(headers or {})}
    content = None
    if body is not None:
        content = json.dumps(body).encode("ascii")
        sent["content-type"] = "application/json"
    try:
        with (
            errand.gate.client(
                Purpose.SEARCH, words=words, provider=facts.name, timeouts=_TIMEOUTS, on_redirect=look_where
            ) as client,
            client.open(
                address,
                method="GET" if content is None else "POST",
                headers=sent,
                body=content,
                is_cancelled=is_over,
            ) as answer,
        ):
            data = answer.read(limit_bytes=_LIMIT_BYTES)
            reply = Reply(
                status=answer.status,
                headers=dict(answer.headers),
                text=data.decode("utf-8", "replace"),
                address=answer.headers.get("location", answer.address),
            )
    except RequestCancelled:
        if errand.is_given_up:
            raise
        raise too_slow(facts.title) from None
    except ConnectionProblem as problem:
        raise unreached(problem, title=facts.title) from problem
    if trouble := refusal(reply, title=facts.title, now=datetime.now(UTC), has_key=bool(errand.key)):
        raise trouble
    if not reply.text.strip():
        raise empty_page(facts.title)
    return reply


def json_of(reply: Reply, *, facts: Facts, words: str) -> dict[str, Any]:
    """Return the object that an answer consists of.

    Raises:
        ProviderTrouble: it is something else: a wall, or nothing that is understood.
    """
    try:
        read = json.loads(reply.text)
    except (ValueError, RecursionError):
        raise wall(reply, title=facts.title, query=words) or not_understood(facts.title) from None
    if not isinstance(read, dict):
        raise not_understood(facts.title)
    return read


def objects(written: object) -> list[dict[str, Any]]:
    """Return the objects in a list, leaving out whatever else is in it."""
    return [each for each in written if isinstance(each, dict)] if isinstance(written, list) else []


def believed(found: tuple[Found, ...], *, listed: object, facts: Facts) -> tuple[Found, ...]:
    """Return what was found; nothing only if the engine sent a list and there is nothing in it.

    Raises:
        ProviderTrouble: there is something, but nothing that is understood.
    """
    if not found and (not isinstance(listed, list) or listed):
        raise not_understood(facts.title)
    return found


def text_at(read: Mapping[str, Any], *names: str) -> str:
    """Return the text at the end of a path of names; empty if there is none."""
    found: object = read
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def unreached(problem: ConnectionProblem, *, title: str) -> ProviderTrouble:
    """Return what a failed connection means."""
    reason = problem.title.rstrip(".")
    if problem.trouble is Trouble.NOT_ALLOWED:
        return ProviderTrouble(EngineState.REFUSED, f"The query did not go out to {title}: {reason}.")
    if problem.trouble is Trouble.TOO_SLOW:
        return too_slow(title)
    if problem.trouble in (Trouble.TOO_LARGE, Trouble.NONSENSE):
        return not_understood(title)
    return ProviderTrouble(EngineState.UNREACHABLE, f"{title} could not be reached. {reason}.")
