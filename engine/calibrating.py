"""Measures how well a model judges: sentences of which it is known whether their passages say them are put to it.

The sentences come with the app, and from what a person has marked as right or wrong in reports. The model is asked only
about those that the deterministic checks let pass, for in a run it is asked about no others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from engine.agent.model_roles.judge import OPTIONS, judge_request
from engine.agent.roles import Brief
from engine.agent.state import RunState
from engine.citations.calibration import Case
from engine.citations.checking.check import check
from engine.domain import (
    ClaimId,
    Locator,
    Passage,
    PassageId,
    Source,
    SourceId,
    SubQuestionId,
    Verdict,
)
from models.chat import ChatModel, IsCancelled
from models.errors import ContextFull
from resources.locations import checks_folder

LABELLED_PAIRS = "labelled_pairs.json"
_ALTERED = {"number": "altered number", "date": "altered date", "name": "swapped name"}
_MARKED = {Verdict.RIGHT: True, Verdict.WRONG: False}
_FAR = 7
"""How far the entry is from which a sentence that has nothing to do with a passage is taken."""

OnProgress = Callable[[int, int], None]
"""Told how many pairs are done, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPair:
    """A sentence, its passages, and whether they say it."""

    kind: str
    """What was done to the sentence: ``true paraphrase``, ``altered number``, …"""
    text: str
    passages: tuple[str, ...]
    titles: tuple[str, ...]
    """Of the passages' sources."""
    is_true: bool
    wrong: str = ""
    """What of the sentence is wrong, as it stands there; empty where it is true or that cannot be named."""


def carried_pairs() -> tuple[LabelledPair, ...]:
    """Return the pairs that come with the app."""
    return pairs_in(json.loads((checks_folder() / LABELLED_PAIRS).read_text("utf-8")))


def pairs_in(entries: Sequence[Mapping[str, Any]]) -> tuple[LabelledPair, ...]:
    """Return the pairs of passages and what is written about each, in the form of the set that comes with the app."""
    others = [entries[(number + _FAR) % len(entries)] for number in range(len(entries))]
    return tuple(pair for entry, other in zip(entries, others, strict=True) for pair in _pairs_of(entry, other=other))


def _pairs_of(entry: Mapping[str, Any], *, other: Mapping[str, Any]) -> Iterator[LabelledPair]:
    def pair(kind: str, text: str, *, is_true: bool = False, wrong: str = "") -> LabelledPair:
        return LabelledPair(
            kind=kind, text=text, passages=(entry["passage"],), titles=(entry["title"],), is_true=is_true, wrong=wrong
        )

    yield pair("true", _first_sentence(entry["passage"]), is_true=True)
    for text in entry["paraphrase"]:
        yield pair("true paraphrase", text, is_true=True)
    for name, kind in _ALTERED.items():
        if name in entry:
            text, wrong = entry[name]
            yield pair(kind, text, wrong=wrong)
    yield pair("negated", entry["negated"])
    yield pair("unrelated", other["paraphrase"][0])


def _first_sentence(passage: str) -> str:
    ends = (end for end, after in pairwise(range(len(passage))) if passage[end] in ".!?" and passage[after] == " ")
    return passage[: next((end for end in ends if end > 40), len(passage) - 1) + 1]


def marked_pairs(states: Iterable[RunState]) -> tuple[LabelledPair, ...]:
    """Return what a person has marked as right or wrong in reports, as pairs; each sentence once.

    Sentences that are quoted word for word are left out: no model is asked about them.
    """
    found: dict[str, LabelledPair] = {}
    for state in states:
        claims = {claim.id: claim for version in state.versions for claim in version.report.claims}
        claims |= {claim.id: claim for version in state.versions for claim in version.report.failed}
        for number, mark in state.marks.items():
            claim = claims.get(ClaimId(number))
            if claim is None or claim.is_quotation or mark.verdict not in _MARKED:
                continue
            passages = [state.passages[one] for one in claim.passages if one in state.passages]
            if not passages or any(one.source_id not in state.sources for one in passages):
                continue
            found[claim.text] = LabelledPair(
                kind=f"marked {mark.verdict.value}",
                text=claim.text,
                passages=tuple(one.quote for one in passages),
                titles=tuple(state.sources[one.source_id].title for one in passages),
                is_true=_MARKED[mark.verdict],
            )
    return tuple(found.values())


def left_to_the_model(pairs: Iterable[LabelledPair]) -> tuple[LabelledPair, ...]:
    """Return the pairs that the deterministic checks let pass."""
    return tuple(pair for pair in pairs if not check(pair.text, pair.passages, places=pair.titles).findings)


class Cancelled(Exception):
    """It was given up."""


def judged_cases(
    model: ChatModel,
    pairs: Iterable[LabelledPair],
    *,
    on_progress: OnProgress | None = None,
    is_cancelled: IsCancelled | None = None,
) -> tuple[Case, ...]:
    """Return what a model gives for pairs; those that it has no room for are left out.

    Raises:
        Cancelled: a person wants it to end.
        ModelError: the model cannot answer.
    """
    pairs = tuple(pairs)
    cases = []
    for done, pair in enumerate(pairs, start=1):
        passages, brief = brief_of(pair)
        try:
            request = judge_request(pair.text, passages, brief)
            weights = model.weigh(request, options=OPTIONS, is_cancelled=is_cancelled)
        except ContextFull:
            continue
        if not any(weights):
            raise Cancelled
        group = hashlib.sha256("\0".join(pair.passages).encode()).hexdigest()
        cases.append(Case(given=weights[0], is_true=pair.is_true, group=group))
        if on_progress is not None:
            on_progress(done, len(pairs))
    return tuple(cases)


def brief_of(pair: LabelledPair) -> tuple[tuple[Passage, ...], Brief]:
    """Return the passages of a pair, and a brief that holds nothing else."""
    passages, sources = [], []
    for number, (quote, title) in enumerate(zip(pair.passages, pair.titles, strict=True), start=1):
        content = hashlib.sha256(quote.encode()).hexdigest()
        source = Source(
            id=SourceId(f"pair-{number}"),
            address=f"pair:{number}",
            title=title,
            format="text",
            text_hash=content,
            file_hash=content,
            characters=len(quote),
            read_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        sources.append(source)
        passages.append(
            Passage(
                id=PassageId(number),
                source_id=source.id,
                subquestion_id=SubQuestionId(1),
                start=0,
                end=len(quote),
                quote=quote,
                locator=Locator(),
                relevance=1.0,
            )
        )
    brief = Brief(
        question="",
        episodes=(),
        passages={one.id: one for one in passages},
        sources={one.id: one for one in sources},
    )
    return tuple(passages), brief
