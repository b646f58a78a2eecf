"""Recorded prompts and replies as token ids, in batches that share how they begin."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from small_model.vocabulary import Tokenizer
from torch import Tensor

NOTHING = -100
_COPIED_WEIGHT = 0.3
"""Of a token that is a repetition in what the model reads: to learn copying from more than its replies."""
_SYSTEM_END = "<|im_end|>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A conversation: what was said to the model and what it has to reply, in turns."""

    role: str
    pieces: tuple[tuple[str, bool], ...]
    """Texts in order, and whether the model has to say them."""

    @property
    def beginning(self) -> str:
        """The system message, which many examples share."""
        return self.pieces[0][0].partition(_SYSTEM_END)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Token ids, and of each how much it counts as something to be predicted."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one step computes; see ``Network.forward``."""

    role: str
    prefix: Tensor
    ids: Tensor
    rows: Tensor
    targets: Tensor
    weights: Tensor


def read_recorded(path: Path) -> list[Recorded]:
    """Return the conversations of a file written by ``record.py``."""
    with path.open(encoding="utf-8") as lines:
        made = [json.loads(line) for line in lines]
    return [
        Recorded(role=one["role"], pieces=tuple((text, bool(said)) for text, said in one["pieces"])) for one in made
    ]


class Examples:
    """All examples of a file, by role and beginning."""

    def __init__(self, recorded: list[Recorded], tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
        for one in recorded:
            self._groups[one.role, one.beginning].append(self._example(one))
        self._prefixes = {key: _common(group) for key, group in self._groups.items()}
        self.tokens: dict[str, int] = defaultdict(int)
        for key, group in self._groups.items():
            self.tokens[key[0]] += sum(len(one.ids) - self._prefixes[key] for one in group)

    def describe(self) -> str:
        """Return how much there is of each role."""
        lines = []
        for role in self.tokens:
            groups = [(key, group) for key, group in self._groups.items() if key[0] == role]
            count = sum(len(group) for _, group in groups)
            prefix = sum(self._prefixes[key] for key, _ in groups) / len(groups)
            lines.append(
                f"{role}: {count} examples, shared beginning {prefix:.0f}, rest {self.tokens[role] / count:.0f}"
            )
        return "\n".join(lines)

    def batches(self, draw: random.Random, *, tokens: int, shares: dict[str, float]) -> Iterator[Batch]:
        """Yield every example about once, in random order.

        Args:
            draw: chooses.
            tokens: of a batch, about.
            shares: how many of a role's examples are used, where not all.
        """
        plans: list[tuple[tuple[str, str], list[Example]]] = []
        for key, group in self._groups.items():
            share = shares.get(key[0], 1.0)
            some = draw.sample(group, min(len(group), int(len(group) * share + draw.random())))
            some.sort(key=lambda one: len(one.ids) + draw.random() * 40)
            while some:
                longest = len(some[-1].ids) - self._prefixes[key]
                size = max(1, tokens // longest)
                plans.append((key, some[-size:]))
                del some[-size:]
        draw.shuffle(plans)
        for key, chosen in plans:
            yield self._batch(key[0], chosen, self._prefixes[key])

    def _batch(self, role: str, chosen: list[Example], before: int) -> Batch:
        prefix = list(chosen[0].ids[:before])
        length = max(len(one.ids) for one in chosen) - before
        ids = torch.zeros(len(chosen), length, dtype=torch.long)
        picked = []
        for index, one in enumerate(chosen):
            ids[index, : len(one.ids) - before] = torch.tensor(one.ids[before:])
            picked.append([at for at in range(before + 1, len(one.ids)) if one.weights[at] > 0])
        most = max(len(one) for one in picked)
        rows = torch.zeros(len(chosen), most, dtype=torch.long)
        targets = torch.full((len(chosen), most), NOTHING, dtype=torch.long)
        weights = torch.zeros(len(chosen), most)
        for index, (one, places) in enumerate(zip(chosen, picked, strict=True)):
            rows[index, : len(places)] = torch.tensor([at - before - 1 for at in places])
            targets[index, : len(places)] = torch.tensor([one.ids[at] for at in places])
            weights[index, : len(places)] = torch.tensor([one.weights[at] for at in places])
        return Batch(
            role=role,
            prefix=torch.tensor(prefix, dtype=torch.long),
            ids=ids,
            rows=rows,
            targets=targets,
            weights=weights,
        )

    def _example(self, one: Recorded) -> Example:
        ids: list[int] = []
        weights: list[float] = []
        for text, said in one.pieces:
            found = self._tokenizer.encode(text)
            ids += found
            weights += [1.0 if said else 0.0] * len(found)
        seen: set[tuple[int, int]] = set()
        for at in range(1, len(ids)):
            pair = (ids[at - 1], ids[at])
            if pair in seen and not weights[at] and self._tokenizer.is_copied(ids[at]):
                weights[at] = _COPIED_WEIGHT
            seen.add(pair)
        return Example(ids=tuple(ids), weights=tuple(weights))


def _common(group: list[Example]) -> int:
    """Return how many tokens all begin with; what has to be said is never among them, nor the last token before it."""
    first = min(group, key=lambda one: len(one.ids))
    length = next(at for at, weight in enumerate(first.weights) if weight == 1.0) - 2
    for one in group:
        at = 0
        while at < length and one.ids[at] == first.ids[at] and one.weights[at] != 1.0:
            at += 1
        length = at
    return max(0, length)
