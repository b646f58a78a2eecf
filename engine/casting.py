"""Who can play the roles of a run: nobody but ranking and quotation, or a language model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.agent.budget import budget_for, model_budget_for
from engine.agent.control import RunControl
from engine.agent.extractive import extractive_roles
from engine.agent.live import OnLive
from engine.agent.model_roles.cast import model_roles
from engine.agent.roles import Roles
from engine.citations.calibration import Calibration
from engine.domain import Budget, Depth
from engine.reading.ranking import TermStatistics
from models.chat import ChatModel
from models.errors import ModelError


def _nothing(_path: Path) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays the roles of a run, made anew for each side of it."""

    name: str
    make: Callable[[TermStatistics, RunControl], Roles]
    """Makes the roles of one side of a run; the statistics tell how common words are where that side looks."""
    sent_to: str = ""
    """The host to which everything goes that the models are told; empty where they run on this computer."""
    budget: Callable[[Depth], Budget] = budget_for
    """What a run of a depth may spend."""
    park: Callable[[Path], None] = _nothing
    """Called when a run is paused: gives memory back and may keep in a file what would take long to make again."""
    recall: Callable[[Path], None] = _nothing
    """Called before a parked run goes on, if there is such a file."""


def _extractive(statistics: TermStatistics, _control: RunControl) -> Roles:
    return extractive_roles(statistics)


EXTRACTIVE = Cast(name="No language model: sentences are quoted word for word", make=_extractive)


class ModelPair(Protocol):
    """The models of a run; the same one twice where one plays every role."""

    @property
    def policy(self) -> ChatModel:
        """Leads the episodes."""
        ...

    @property
    def reading(self) -> ChatModel:
        """Plans, reads, writes and judges."""
        ...


def model_cast(
    pair: ModelPair,
    *,
    name: str,
    sent_to: str = "",
    on_live: OnLive | None = None,
    calibration: Callable[[], Calibration | None] | None = None,
) -> Cast:
    """Return the cast in which language models play the six roles.

    Nothing is loaded before a run needs it.

    Args:
        pair: the models.
        name: of the model or models, for people: it stands in the report.
        sent_to: the host of a server elsewhere, if one of them is there: the report says so.
        on_live: hears the models' words as they come, on the thread that follows the run.
        calibration: tells, when a run begins or goes on, how well the model that judges does so, where that was ever
            measured.
    """

    def make(statistics: TermStatistics, control: RunControl) -> Roles:
        return model_roles(
            pair.policy,
            pair.reading,
            statistics=statistics,
            name=name,
            control=control,
            on_live=on_live,
            calibration=calibration() if calibration is not None else None,
        )

    def park(path: Path) -> None:
        # What is not kept is read again; the run is not the worse for it.
        with suppress(ModelError):
            pair.policy.park(path)

    def recall(path: Path) -> None:
        with suppress(ModelError):
            pair.policy.recall(path)

    return Cast(name=name, make=make, sent_to=sent_to, budget=model_budget_for, park=park, recall=recall)
