"""Language models at work for the window: what is chosen, what is found, what is offered, what the chosen one does.

Slow things happen on a thread of its own. Nothing is contacted before a person asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.downloads import Downloads
from desktop.errands import Errands
from desktop.items.models import FoundRow, OfferRow, ServerAnswer
from desktop.model_seams import ModelOffice, ModelRunner
from desktop.model_status import StatusRelay
from engine.casting import ModelPair
from models.choice import ChoiceNotKept, LocalChoice, ModelChoice, RemoteChoice
from models.errors import ModelError
from models.status import ModelState, ModelStatus, OnStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtWork:
    """The model that a run has asked for."""

    chosen: LocalChoice | RemoteChoice | None
    name: str


class ModelController(QObject):
    """Knows the choice; has things looked up; hears what the model does."""

    choice_changed = Signal()
    """``choice``, ``chosen_name`` or ``key_words`` are different now."""
    found_changed = Signal()
    offers_changed = Signal()
    server_answered = Signal(object)
    """ServerAnswer."""
    status_changed = Signal(object)
    """ModelStatus, at most some fifteen times a second."""
    problem = Signal(object)
    """ModelError."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    def __init__(
        self,
        office: ModelOffice,
        *,
        runner: Callable[[OnStatus], ModelRunner],
        parent: QObject | None = None,
    ) -> None:
        """Prepare; ``start`` it.

        Args:
            office: does what takes long.
            runner: makes what runs the models, given who hears what they do.
            parent: the owner.
        """
        super().__init__(parent)
        self._office = office
        self._make_runner = runner
        self._runner: ModelRunner | None = None
        self._is_closed = False
        self._is_named = False
        self._at_work: _AtWork | None = None
        self.choice = ModelChoice()
        self.chosen_name = ""
        self.reading_name = ""
        self.key_words = ""
        self.found: tuple[FoundRow, ...] = ()
        self.offers: tuple[OfferRow, ...] = ()
        self.is_looking = False
        self.offers_problem: ModelError | None = None
        self.is_asking_hub = False
        self.status = ModelStatus()
        self._relay = StatusRelay(self)
        self._relay.changed.connect(self._show_status)
        self._errands = Errands("models", parent=self)
        self._errands.failed.connect(self._sort_failure)
        self.downloads = Downloads(office, self)
        self.downloads.mistake.connect(self.mistake)
        self.downloads.finished.connect(self._take_download)

    # --- starting and ending ---

    def start(self) -> None:
        """Read what is chosen; look for nothing yet."""
        self._errands.start()
        self._errands.do(self._office.read_choice, self._take_choice)

    def interrupt(self) -> None:
        """Nothing is waited for any more: the app closes."""
        self._is_closed = True
        self._errands.give_up()
        self.downloads.interrupt()

    def close(self) -> bool:
        """End the model's process and the threads; return whether all have ended in time."""
        self.interrupt()
        if self._runner is not None:
            self._runner.close()
        ended = [self.downloads.close(), self._errands.close()]
        return all(ended)

    # --- for runs; called on the research thread ---

    def full_name(self) -> str:
        """Return what the chosen model is called, also when nobody has looked at its file yet; empty without one."""
        policy = self.choice.policy
        if policy is None or self._is_named:
            return self.chosen_name
        return self._office.name_of(policy)

    def pair(self) -> ModelPair:
        """Return the chosen models; they are at work from now until ``end_work``.

        Raises:
            ModelError: they cannot be had.
        """
        self._at_work = _AtWork(chosen=self.choice.policy, name=self.full_name())
        return self._running().models_for(self.choice)

    def _running(self) -> ModelRunner:
        if self._is_closed:
            raise ModelError("Plumbline is being closed")
        if self._runner is None:
            self._runner = self._make_runner(self._relay.hear)
        return self._runner

    # --- choosing ---

    @property
    def is_remote(self) -> bool:
        """Whether the model that leads is on a server."""
        return isinstance(self.choice.policy, RemoteChoice)

    @property
    def is_remote_at_work(self) -> bool:
        """Whether the model that works, or else the one that is chosen, is on a server."""
        return isinstance(self._at_work.chosen, RemoteChoice) if self._at_work is not None else self.is_remote

    @property
    def is_another_at_work(self) -> bool:
        """Whether a run still goes on with a model that is not the chosen one any more."""
        return self._at_work is not None and self._at_work.chosen != self.choice.policy

    def end_work(self) -> None:
        """The run has ended that asked for the models."""
        was_another, self._at_work = self.is_another_at_work, None
        if was_another:
            self._show_status(self.status)

    def use_file(self, path: Path) -> None:
        """Choose a model that is listed."""
        self._choose(replace(self.choice, policy=LocalChoice(path=path)))

    def add_file(self, path: Path) -> None:
        """List a file from now on and choose it, if it is a model; ``problem`` tells if it is not."""

        def take(_nothing: None) -> None:
            self._choose(replace(self._with_added(path), policy=LocalChoice(path=path)))
            self.look()

        self._errands.do(partial(self._office.check, path), take)

    def list_file(self, path: Path, *, is_listed: bool) -> None:
        """List a file that a person named, or list it no more; what is not listed is not chosen."""
        if is_listed:
            self._choose(self._with_added(path))
        else:
            choice, gone = self.choice, LocalChoice(path=path)
            added = tuple(one for one in choice.added if one != path)
            policy = None if choice.policy == gone else choice.policy
            reading = None if gone in (choice.policy, choice.reading) else choice.reading
            self._choose(replace(choice, added=added, policy=policy, reading=reading))
        self.look()

    def _with_added(self, path: Path) -> ModelChoice:
        return replace(self.choice, added=(*(one for one in self.choice.added if one != path), path))

    def use_server(self, address: str, *, model: str, key: str) -> None:
        """Choose a model on a server; a key that is given is kept."""

        def take(key_name: str | None) -> None:
            known = self.choice.policy
            if key_name is None and isinstance(known, RemoteChoice) and known.address == address:
                key_name = known.key_name
            chosen = RemoteChoice(address=address, model=model, key_name=key_name)
            self._choose(replace(self.choice, policy=chosen))

        def keep() -> str | None:
            return self._office.keep_key(address, key) if key else None

        self._errands.do(keep, take)

    def use_none(self) -> None:
        """Answer questions without a language model."""
        self._choose(replace(self.choice, policy=None, reading=None))

    def use_for_reading(self, chosen: LocalChoice | RemoteChoice | None) -> None:
        """Have another model plan, read and write; None: the same one."""
        self._choose(replace(self.choice, reading=chosen))

    def set_preferences(
        self,
        *,
        idle_minutes: int | None = None,
        model_folder: Path | None = None,
        mirror: str | None = None,
    ) -> None:
        """Change what is given."""
        choice = self.choice
        new = replace(
            choice,
            idle_minutes=choice.idle_minutes if idle_minutes is None else idle_minutes,
            model_folder=model_folder or choice.model_folder,
            mirror=choice.mirror if mirror is None else mirror,
        )
        if new != choice:
            self._choose(new)

    def forget_key(self, address: str) -> None:
        """Delete the key of a server."""
        self._errands.do(partial(self._office.forget_key, address), self._keys_changed)

    # --- looking things up ---

    def look(self) -> None:
        """Look for models on this computer, and at what is offered."""
        self.is_looking = True
        held = self.status.memory_bytes
        self.found_changed.emit()
        self._errands.do(partial(self._office.found, self.choice, held_bytes=held), self._take_found)
        if not self.offers:
            self._errands.do(partial(self._office.offers, self.choice, held_bytes=held), self._take_offers)
            self._errands.do(partial(self._office.unfinished, self.choice), self.downloads.show_unfinished)

    def refresh_offers(self) -> None:
        """Ask the hub which files there are. This contacts the internet."""
        self.is_asking_hub = True
        self.offers_problem = None
        self.offers_changed.emit()
        ask = partial(
            self._office.refresh_offers,
            self.choice,
            held_bytes=self.status.memory_bytes,
            is_cancelled=self._is_given_up,
        )
        self._errands.do(ask, self._take_offers, self._note_hub_problem)

    def download(self, key: str) -> None:
        """Download an offer. This contacts the internet."""
        offer = next((row for row in self.offers if row.key == key), None)
        if offer is not None:
            self.downloads.start(key, name=offer.name, total_bytes=offer.size_bytes)

    def remove(self, path: Path) -> None:
        """Delete a download of ours."""
        self._errands.do(partial(self._office.remove, path), self._look_again)

    def list_server(self, address: str, *, key: str) -> None:
        """Ask a server for its models."""
        self._errands.do(
            partial(self._office.list_server, address, key=key, is_cancelled=self._is_given_up),
            self.server_answered.emit,
            self._answer_problem,
        )

    def try_server(self, address: str, *, model: str, key: str) -> None:
        """Ask a model on a server for a word."""
        self._errands.do(
            partial(self._office.try_server, address, model=model, key=key, is_cancelled=self._is_given_up),
            self.server_answered.emit,
            self._answer_problem,
        )

    def unload(self) -> None:
        """Give the model's memory back."""
        if self._runner is not None:
            self._errands.do(self._runner.unload, self._done)

    def tune(self) -> None:
        """Have it measured, once and in the background, how this computer runs the chosen model best."""
        policy = self.choice.policy
        if self._runner is not None and isinstance(policy, LocalChoice):
            self._errands.do(partial(self._runner.tune_when_idle, policy.path), self._done)

    @property
    def silent_s(self) -> float:
        """Seconds since the model was last heard of."""
        return self._relay.silent_s

    # --- on the Qt thread ---

    def _choose(self, choice: ModelChoice) -> None:
        self._errands.must(self._office.keep_choice, choice)
        self._take_choice(choice)

    def _take_choice(self, choice: ModelChoice) -> None:
        if choice.policy != self.choice.policy:
            self._is_named = False
            self.chosen_name = _short_name(choice.policy)
        self.choice = choice
        self._errands.do(partial(self._names, choice), self._take_names)

    def _take_names(self, named: tuple[ModelChoice, tuple[str, str, str]]) -> None:
        choice, (self.chosen_name, self.reading_name, self.key_words) = named
        self._is_named = choice.policy == self.choice.policy
        if self.status.state in {ModelState.NONE, ModelState.UNLOADED, ModelState.FAILED}:
            state = ModelState.UNLOADED if self.chosen_name else ModelState.NONE
            self.status = ModelStatus(state=state, name=self.chosen_name)
        self.choice_changed.emit()
        self.status_changed.emit(self.status)
        if self.found:
            self.look()

    def _keys_changed(self, _nothing: None) -> None:
        self._take_choice(self.choice)

    def _take_found(self, rows: tuple[FoundRow, ...]) -> None:
        self.found = rows
        self.is_looking = False
        self.found_changed.emit()

    def _take_offers(self, rows: tuple[OfferRow, ...]) -> None:
        self.offers = rows
        self.is_asking_hub = False
        self.offers_changed.emit()

    def _note_hub_problem(self, error: ModelError) -> None:
        self.offers_problem = error
        self.is_asking_hub = False
        self.offers_changed.emit()

    def _answer_problem(self, error: ModelError) -> None:
        self.server_answered.emit(ServerAnswer(words=str(error), is_good=False))

    def _take_download(self, key: str, path: Path) -> None:
        self.offers = tuple(replace(row, is_here=True) if row.key == key else row for row in self.offers)
        self.offers_changed.emit()
        if self.choice.policy is None:
            # Whoever downloads the first model means to use it.
            self.use_file(path)
        self.look()

    def _look_again(self, _nothing: None) -> None:
        self.offers = ()
        self.look()

    def _done(self, _nothing: None) -> None:
        pass

    def _show_status(self, status: ModelStatus) -> None:
        another = self._at_work.name if self._at_work is not None and self.is_another_at_work else ""
        self.status = replace(status, name=another or self.chosen_name or status.name)
        self.status_changed.emit(self.status)

    def _sort_failure(self, error: BaseException) -> None:
        if isinstance(error, ModelError):
            self.problem.emit(error)
        elif isinstance(error, ChoiceNotKept):
            hint = "Make room, or see whether the data folder can be written."
            self.problem.emit(ModelError(str(error), hint=hint))
        else:
            self.mistake.emit(error)

    # --- on other threads ---

    def _is_given_up(self) -> bool:
        return self._errands.is_given_up

    def _names(self, choice: ModelChoice) -> tuple[ModelChoice, tuple[str, str, str]]:
        policy, reading = choice.policy, choice.reading
        return choice, (
            self._office.name_of(policy) if policy is not None else "",
            self._office.name_of(reading) if reading is not None else "",
            self._office.key_words(policy.address) if isinstance(policy, RemoteChoice) else "",
        )


def _short_name(chosen: LocalChoice | RemoteChoice | None) -> str:
    """Return what to call a model until it has been looked at."""
    if isinstance(chosen, LocalChoice):
        return chosen.path.stem
    return chosen.model if chosen is not None else ""
