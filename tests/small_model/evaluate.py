"""Let a small model research worlds it has never seen, through the whole program, and count what it did right.

    python tests/small_model/evaluate.py [MODEL.gguf] --worlds 200

Every name in these worlds is kept out of training. The model runs in its own process, under the real runtime and the
real grammars, at temperature 0; the loop, the roles and the prompts are the product's.
"""

# ruff: noqa: E402 - a command finds the project's modules by where it lies
from __future__ import annotations

import argparse
import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from small_model.made_up_runs import roles_of, trace_and_state
from small_model.made_up_worlds import MadeUpWorld, Truth, make_world

from engine.agent.control import RunControl
from engine.agent.model_roles.speaking import Speaking
from engine.agent.state import RunState
from engine.domain import ClaimState, Outcome
from engine.events import PlanMade, PolicyReplied, SearchRan, SourceRead, StoredEvent
from models.chat import ChatModel
from models.llama_settings import RuntimeSettings
from models.process.host import LocalModel

MODEL = Path(__file__).with_name("plumbline-test-model.gguf")
FIRST_SEED = 1_000_000
"""Of the evaluated worlds; training has counted from 0, and with other names."""
DAY = datetime(2026, 7, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was right in one run; None where the world did not ask for it."""

    plan: bool
    first_search: bool
    page: bool | None
    """Whether the first page that was opened is about the town."""
    evidence: bool | None
    """Whether what was selected is what gives the answer, and all of it."""
    answer: bool | None
    claims: bool | None
    """Whether there are claims, each citing nothing but passages that give the answer."""
    checked: bool | None
    """Whether each claim was found to be supported."""
    not_found: bool | None
    """Whether it is said that nothing was found, and nothing claimed."""

    @property
    def whole(self) -> bool:
        """Whether everything was right that was asked for."""
        return all(mark is not False for mark in self.values().values())

    def values(self) -> dict[str, bool | None]:
        """Return the marks by what they are for."""
        return {
            "plan of one": self.plan,
            "first search exact": self.first_search,
            "right page chosen": self.page,
            "evidence selected exactly": self.evidence,
            "answer exact": self.answer,
            "claims cite the evidence": self.claims,
            "claims found supported": self.checked,
            "honest “not found”": self.not_found,
        }


def marked(truth: Truth, trace: list[StoredEvent], state: RunState) -> Marks:
    """Return what was right in a run."""
    events = [stored.event for stored in trace]
    plans = [event for event in events if isinstance(event, PlanMade)]
    searches = [event for event in events if isinstance(event, SearchRan)]
    read = [event for event in events if isinstance(event, SourceRead)]
    quotes = {passage.id: passage.quote for passage in state.passages.values()}
    ended = [episode.ended for episode in state.episodes if episode.ended is not None]
    claims = state.report.claims if state.report is not None else ()
    exists, is_known = bool(truth.pages), bool(truth.evidence)
    return Marks(
        plan=len(plans) == 1 and len(plans[0].plan.subquestions) == 1,
        first_search=bool(searches) and searches[0].query == f"{truth.town} {truth.attribute.key}",
        page=bool(read) and read[0].source.address in truth.pages if exists else None,
        evidence=set(quotes.values()) == set(truth.evidence) if exists else None,
        answer=len(ended) == 1 and ended[0].answer == truth.answer if is_known else None,
        claims=bool(claims)
        and all(quotes.get(number) in truth.evidence for claim in claims for number in claim.passages)
        if is_known
        else None,
        checked=bool(claims)
        and all(claim.state in (ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE) for claim in claims)
        if is_known
        else None,
        not_found=state.outcome is Outcome.NOT_FOUND and not claims if not is_known else None,
    )


def one_thread() -> RuntimeSettings:
    """Return how so small a model is run best: threads would only wait for each other."""
    return RuntimeSettings(threads=1, batch_threads=1)


def researched(world: MadeUpWorld, model: ChatModel) -> tuple[list[StoredEvent], RunState]:
    """Return the trace of a run that the model leads, and what is known at its end."""
    roles = roles_of(Speaking(model, control=RunControl()), today=DAY.date())
    return trace_and_state(world, roles, at=DAY)


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what a small model does right in worlds it has never seen.")
    parser.add_argument("model", type=Path, nargs="?", default=MODEL)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--show", type=int, default=0, help="traces of this many runs that went wrong")
    arguments = parser.parse_args()
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    began, left, tokens = time.perf_counter(), arguments.show, 0
    model = LocalModel(arguments.model.resolve(), settings=one_thread)
    try:
        for seed in range(FIRST_SEED, FIRST_SEED + arguments.worlds):
            world = make_world(seed, held_back=True)
            trace, state = researched(world, model)
            marks = marked(world.truth, trace, state)
            for what, mark in {**marks.values(), "whole run correct": marks.whole}.items():
                asked[what] += mark is not None
                right[what] += mark is True
            tokens += sum(one.event.reply_tokens for one in trace if isinstance(one.event, PolicyReplied))
            if not marks.whole and left:
                left -= 1
                print(f"--- {seed}: {world.truth}", *(stored.event for stored in trace), sep="\n")
    finally:
        model.close()
    seconds = time.perf_counter() - began
    print(f"{arguments.model.name}, {arguments.model.stat().st_size:,} bytes, {arguments.worlds} unseen worlds")
    print(f"{datetime.now().astimezone():%Y-%m-%d}, {platform.machine()}, {seconds / arguments.worlds:.2f} s a run")
    for what in asked:
        print(f"{what:28} {right[what]:4} of {asked[what]:4}  {right[what] / max(1, asked[what]):.1%}")


if __name__ == "__main__":
    main()
