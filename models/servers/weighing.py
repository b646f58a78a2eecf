"""Finds out how probable the beginnings of a reply are, from the probabilities of its first token."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any


def weights(options: tuple[str, ...], tokens: Iterable[tuple[str, float]]) -> tuple[float, ...] | None:
    """Return the share of each option, together 1; None where no token tells any of them.

    Args:
        options: what the reply may begin with.
        tokens: possible first tokens with the natural logarithm of their probability.
    """
    found = [0.0] * len(options)
    for token, logarithm in tokens:
        begins = token.strip()
        fitting = [
            place for place, option in enumerate(options) if begins and (option.startswith(begins) or begins == option)
        ]
        if len(fitting) == 1:
            found[fitting[0]] += math.exp(min(0.0, logarithm))
    total = sum(found)
    return tuple(share / total for share in found) if total > 0 else None


def weights_of_word(options: tuple[str, ...], reply: str) -> tuple[float, ...]:
    """Return all the weight on the option that a reply begins with, or the same on each where it begins with none."""
    said = reply.strip().lower()
    fitting = [option for option in options if said.startswith(option.strip().lower())]
    if len(fitting) != 1:
        return tuple(1 / len(options) for _ in options)
    return tuple(1.0 if option == fitting[0] else 0.0 for option in options)


def first_token_of_chat(answer: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the possible first tokens of an answer of the protocol; empty where the server does not tell them."""
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    logprobs = choice.get("logprobs")
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    return _alternatives(content)


def first_token_of_completion(answer: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the possible first tokens of an answer of llama-server."""
    return _alternatives(answer.get("completion_probabilities"))


def _alternatives(positions: object) -> list[tuple[str, float]]:
    first = positions[0] if isinstance(positions, list) and positions else None
    listed = first.get("top_logprobs") if isinstance(first, dict) else None
    found = []
    for entry in listed if isinstance(listed, list) else ():
        token, logarithm = entry.get("token"), entry.get("logprob")
        if isinstance(token, str) and isinstance(logarithm, int | float):
            found.append((token, float(logarithm)))
    return found
