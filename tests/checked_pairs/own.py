"""The labelled pairs that the project carries, all of them in its own words: a sentence, its passage, and what it is.

``passages.json`` and ``written.json`` are divided into halves by the hash of the passage, so that a pair never changes
sides: ``development`` pairs may be looked at while the checks are changed, ``held_out`` ones are only counted. The set
that comes with the app (``carried``) was looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.calibrating import LabelledPair, carried_pairs, pairs_in

HERE = Path(__file__).parent
HELD_OUT, DEVELOPMENT, CARRIED = "held_out", "development", "carried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A labelled pair."""

    kind: str
    is_true: bool
    claim: str
    wrong: str
    """What was changed, as it stands in the sentence; empty where that cannot be named."""
    passages: tuple[str, ...]
    half: str
    titles: tuple[str, ...] = ()
    is_of_forms: bool = False
    """Whether it is a short case of format or spelling, with a passage made up for it."""


def own_pairs() -> tuple[Pair, ...]:
    """Return every pair that the project carries."""
    return (*_about_passages(), *_of_forms(), *(_pair(one, half=CARRIED) for one in carried_pairs()))


def pairs_of_file(path: Path) -> tuple[Pair, ...]:
    """Return the pairs of a file that ``build.py`` wrote."""
    entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return tuple(
        Pair(
            kind=entry["kind"],
            is_true=entry["is_true"],
            claim=entry["claim"],
            wrong=entry["wrong"],
            passages=tuple(entry["passages"]),
            half=entry["half"],
            is_of_forms=entry["source"]["package"] == "none",
        )
        for entry in entries
    )


def half_of(passage: str) -> str:
    """Return which half a passage is in: decided by its words alone."""
    return HELD_OUT if int(hashlib.sha256(passage.encode()).hexdigest(), 16) % 2 else DEVELOPMENT


def _about_passages() -> Iterator[Pair]:
    for one in pairs_in(json.loads((HERE / "passages.json").read_text("utf-8"))):
        yield _pair(one, half=half_of(one.passages[0]))


def _of_forms() -> Iterator[Pair]:
    """Yield the cases of format, spelling and language; each has a passage of its own."""
    for group in json.loads((HERE / "written.json").read_text("utf-8")):
        for claim, passage, *wrong in group["pairs"]:
            half = half_of(f"order {claim}{passage}")
            kind = group["kind"]
            yield Pair(
                kind=kind if kind.startswith("true") else f"{kind}, short",
                is_true=kind.startswith("true"),
                claim=claim,
                wrong=(wrong or [""])[0],
                passages=(passage,),
                half=half,
                is_of_forms=True,
            )


def _pair(one: LabelledPair, *, half: str) -> Pair:
    return Pair(
        kind=one.kind,
        is_true=one.is_true,
        claim=one.text,
        wrong=one.wrong,
        passages=one.passages,
        titles=one.titles,
        half=half,
    )
