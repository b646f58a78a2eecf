"""Values to JSON and back: the one place that knows how domain values are written down (msgspec)."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class Undecodable(ValueError):
    """The bytes are not a value of the expected shape."""


def encode(value: Any) -> bytes:
    """Return the value as UTF-8 JSON; dataclasses become objects, tuples arrays, times RFC 3339."""
    return msgspec.json.encode(value)


def decode(data: bytes | str, kind: type[T]) -> T:
    """Return the value of the given type that the JSON describes; unknown fields are ignored.

    Raises:
        Undecodable: it is not JSON, or not of that shape.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Undecodable(f"not a {kind.__name__}: {error}") from error
