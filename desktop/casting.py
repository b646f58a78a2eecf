"""Who plays the roles of a run: the model that is chosen when it starts or goes on, or none; never silently another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, Protocol

from desktop.live_relay import LiveRelay
from engine.agent.control import RunControl
from engine.agent.state import RunState
from engine.casting import EXTRACTIVE, Cast, ModelPair, model_cast
from engine.citations.calibration_store import calibration_for
from engine.domain import AmendmentKind
from engine.errors import ModelFailed
from engine.reading.ranking import TermStatistics
from models.chat import ChatModel
from models.choice import ModelChoice, RemoteChoice
from models.errors import ModelError
from models.servers.address import hosts_elsewhere


class ChosenModels(Protocol):
    """The models that are chosen now; asked on the research thread."""

    @property
    def chosen_name(self) -> str:
        """What the chosen model is called, for people; empty when none is chosen."""
        ...

    def full_name(self) -> str:
        """Return the same, looked up if nobody has done so yet."""
        ...

    @property
    def choice(self) -> ModelChoice:
        """What is chosen."""
        ...

    def pair(self) -> ModelPair:
        """Return the chosen models. Nothing is loaded yet."""
        ...


class Casting:
    """Makes casts on the research thread."""

    def __init__(self, models: ChosenModels, *, live: LiveRelay, data_folder: Path) -> None:
        self._models = models
        self._live = live
        self._data_folder = data_folder

    def for_question(self, *, with_model: bool) -> Cast | None:
        """Return who is to play in a new run; None: nobody but ranking and quotation."""
        return self._cast() if with_model and self._models.chosen_name else None

    def for_run(self, state: RunState) -> Cast | None:
        """Return who plays when a run starts or goes on: as it was asked, with the model that is chosen now.

        A report that was made without one is gone on with by a model only for a change that needs one.
        """
        if is_without_model(state) and not (_wants_model(state) and self._models.chosen_name):
            return None
        if not self._models.chosen_name:
            return Cast(name=state.engine, make=_refuse)
        return self._cast()

    def without_model(self) -> Cast:
        """Return the cast in which no language model plays."""
        return EXTRACTIVE

    def for_stopping(self, state: RunState) -> Cast:
        """Return a cast for a run that only has to store that it was stopped."""
        return replace(EXTRACTIVE, name=state.engine)

    def end_step(self) -> None:
        """What a model said has become an event, or never will."""
        self._live.end_step()

    def _cast(self) -> Cast:
        choice = self._models.choice
        return model_cast(
            _Later(self._models.pair),
            name=self._models.full_name(),
            sent_to=hosts_elsewhere(
                one.address for one in (choice.policy, choice.reading) if isinstance(one, RemoteChoice)
            ),
            on_live=self._live.hear,
            calibration=lambda: calibration_for(self._data_folder, choice),
        )


class _Later:
    """The models, asked for when a run first needs them: what is wrong with them then ends the run with that reason."""

    def __init__(self, ask: Callable[[], ModelPair]) -> None:
        self._ask = ask
        self._pair: ModelPair | None = None

    @property
    def policy(self) -> ChatModel:
        """Leads the episodes."""
        return self._asked().policy

    @property
    def reading(self) -> ChatModel:
        """Plans, reads, writes and judges."""
        return self._asked().reading

    def _asked(self) -> ModelPair:
        if self._pair is None:
            try:
                self._pair = self._ask()
            except ModelError as error:
                raise ModelFailed(error.title, hint=error.hint) from error
        return self._pair


def is_without_model(state: RunState) -> bool:
    """Return whether a run is one in which no language model plays."""
    return state.engine == EXTRACTIVE.name


def _wants_model(state: RunState) -> bool:
    """Whether a change waits that nobody can make without a language model: a person asked for it with one chosen."""
    waiting = (*state.amendments, *((state.amending,) if state.amending is not None else ()))
    return any(one.kind is AmendmentKind.TRANSLATE for one in waiting)


def _refuse(_statistics: TermStatistics, _control: RunControl) -> NoReturn:
    raise ModelFailed(
        "No language model is chosen",
        hint="This question was asked with one. Choose a model, or go on without.",
    )
