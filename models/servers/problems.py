"""Turns what a server answers instead of a reply into an error that a person can do something about."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from models.errors import ContextFull, ModelError, ServerUnreachable

_SHOWN_CHARACTERS = 200
_CONTEXT = re.compile(r"context\W*(length|size|window)|maximum context|exceed\w* .*context|context.*overflow", re.I)
_ROOM = re.compile(r"context\W+(?:length|size|window)\D{0,20}?(\d[\d,]{2,10})", re.I)
_NUMBER = re.compile(r"\d[\d,]*")
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class ServerRefused(ServerUnreachable):
    """The server answered with an error."""

    def __init__(self, title: str, *, hint: str, status: int, message: str = "") -> None:
        super().__init__(title, hint=hint)
        self.status = status
        self.message = message
        """In the server's own words."""

    @property
    def is_passing(self) -> bool:
        """Whether trying again a little later makes sense."""
        return self.status in _PASSING

    @property
    def is_loading(self) -> bool:
        """Whether the server is there, and its model is still being loaded."""
        return self.status == 503 and "loading" in self.message.lower()


def refusal(status: int, body: bytes, *, host: str, model: str, headers: Mapping[str, str]) -> ModelError:
    """Return what to raise for an answer with an error status.

    Args:
        status: of the answer; 200 for an error in the middle of a stream.
        body: as much of it as was read.
        host: for people.
        model: the one that was asked for.
        headers: of the answer, names in lower case.
    """
    written = _json(body)
    message = _message(written)
    error = written.get("error")
    details: Mapping[str, Any] = error if isinstance(error, dict) else written
    full = _context_full(details, message)
    if full is not None:
        return full
    title, hint = _words(status, message, host=host, model=model, headers=headers, is_json=bool(written))
    return ServerRefused(title, hint=hint, status=status, message=message)


def not_a_model_server(host: str) -> ServerUnreachable:
    """Return what to raise for an answer that is a web page, or nothing that can be understood."""
    return ServerUnreachable(
        f"{host} answers, but not as a model server does",
        hint="Check the address: it is that of the programming interface and often ends in /v1.",
    )


def _words(
    status: int, message: str, *, host: str, model: str, headers: Mapping[str, str], is_json: bool
) -> tuple[str, str]:
    said = f" It said: “{message[:_SHOWN_CHARACTERS]}”." if message else ""
    low = message.lower()
    match status:
        case 401 | 403:
            return f"{host} does not accept the key", f"Check the key in the settings.{said}"
        case 402:
            return f"{host} wants to be paid first", f"The quota of this key is used up.{said}"
        case 404 if model and ("model" in low or not is_json):
            return (
                f"{host} does not know the model “{model}”",
                f"Choose one of those that it lists, or check that the address ends as it should (/v1).{said}",
            )
        case 404 | 405 | 410:
            return f"{host} has no model server at this address", f"The address often ends in /v1.{said}"
        case 413:
            return f"{host} finds the text too long", f"A model with a larger context would take it.{said}"
        case 429 if "quota" in low or "billing" in low or "credit" in low:
            return f"The quota at {host} is used up", f"It has to be raised there.{said}"
        case 429:
            return f"{host} is asked too often", f"{_later(headers)}{said}"
        case 503 if "loading" in low:
            return f"{host} is still loading its model", "Try again in a moment."
        case _ if 300 <= status < 400:
            return f"{host} sends us elsewhere", "Enter the address that it leads to; keys are not sent on."
        case _ if status >= 500 or status == 200:
            return f"{host} has a problem of its own", f"Look into the server's log, or try again later.{said}"
    return f"{host} refuses the request (status {status})", said.strip() or "Check that it is a model server."


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long the server asks to be left alone, in seconds, or None if it does not."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e6 else None


def _later(headers: Mapping[str, str]) -> str:
    seconds = retry_after_s(headers)
    if seconds is None:
        return "Try again in a moment."
    if seconds < 90:
        return f"Try again in {max(1, round(seconds))} seconds."
    return f"Try again in {round(seconds / 60)} minutes."


def _context_full(details: Mapping[str, Any], message: str) -> ContextFull | None:
    """Recognise that there is no room, in the words of each kind of server."""
    needed, available = details.get("n_prompt_tokens"), details.get("n_ctx")
    if isinstance(needed, int) and isinstance(available, int):
        return ContextFull(needed=needed, available=available)
    kinds = {details.get("type"), details.get("code")}
    if not kinds & {"context_length_exceeded", "exceed_context_size_error"} and not _CONTEXT.search(message):
        return None
    numbers = [int(found.replace(",", "")) for found in _NUMBER.findall(message) if len(found) < 12]
    large = [number for number in numbers if number >= 128]
    room = _ROOM.search(message)
    return ContextFull(
        needed=max(large, default=0),
        available=int(room[1].replace(",", "")) if room else min(large, default=0),
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _message(written: Mapping[str, Any]) -> str:
    """The server's words, wherever its kind puts them; one line."""
    found: object = written.get("error", written.get("message", written.get("detail", "")))
    if isinstance(found, dict):
        found = found.get("message", "")
    return " ".join(found.split()) if isinstance(found, str) else ""
