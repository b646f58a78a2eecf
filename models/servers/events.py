"""Reads a stream of server-sent events, as the OpenAI protocol uses them: one JSON object an event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

_DONE = "[DONE]"


class StreamBroken(Exception):
    """What arrived is no stream of JSON objects, or it ended before its end."""


def json_events(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream; returns at ``[DONE]`` or where the lines end.

    Some servers send an error under the name ``error`` instead of as data; it is yielded all the same.

    Raises:
        StreamBroken: something else than an object was sent.
    """
    data: list[str] = []
    for line in lines:
        if line.startswith(("data:", "error:")):
            data.append(line.partition(":")[2].removeprefix(" "))
            continue
        if line or not data:
            if line[:1] not in ("", ":") and not line.startswith(("event:", "id:", "retry:")):
                raise StreamBroken("a line that is no event")
            continue
        text = "\n".join(data)
        data = []
        if text.strip() == _DONE:
            return
        yield _object(text)
    if data and "\n".join(data).strip() != _DONE:
        yield _object("\n".join(data))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StreamBroken("an event that is no JSON") from error
    if not isinstance(value, dict):
        raise StreamBroken("an event that is no object")
    return value
