"""Who plays the roles of a run that was asked for in a terminal: the language model that is chosen, or nobody.

A model that was asked for by name and cannot be used is a problem; one that was only chosen earlier is said to be
missing, and the run goes without. No other model takes its place unasked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from desktop.terminal.interruption import Interruption
from desktop.terminal.model_status import LoadingLine
from desktop.terminal.network import tell_way_out
from desktop.terminal.streams import Terminal
from engine.agent.live import OnLive
from engine.casting import EXTRACTIVE, Cast, model_cast
from engine.citations.calibration_store import calibration_for
from engine.network.door import Door
from models.chat import ModelAbout
from models.choice import LocalChoice, ModelChoice, RemoteChoice, read_choice
from models.errors import LoadCancelled, ModelError, ModelUnusable
from models.keys import Keys, key_name
from models.runtime import ModelRuntime
from models.servers.address import hosts_elsewhere

NO_MODEL = "none"
REMOTE = "remote"
KEY_VARIABLE = "PLUMBLINE_MODEL_KEY"
"""In the environment: the key of the model server that is chosen, where no keyring keeps it."""


class CastingStopped(Exception):
    """The person gave up while the model was being loaded."""


def wanted_choice(data_folder: Path, wanted: str | None, *, terminal: Terminal) -> ModelChoice:
    """Return what is to be used: what was chosen earlier, or what the command says.

    Args:
        data_folder: where the earlier choice is kept.
        wanted: ``none``, ``remote``, a server's address, a path, or None.
        terminal: told what is wrong with the earlier choice.

    Raises:
        ModelUnusable: ``remote`` was asked for and no server is chosen, or there is no such file.
    """
    choice = read_choice(data_folder)
    if wanted is None:
        if choice.notice:
            terminal.warn(choice.notice)
        return choice
    if wanted == NO_MODEL:
        return replace(choice, policy=None, reading=None)
    if wanted == REMOTE:
        if not isinstance(choice.policy, RemoteChoice):
            raise ModelUnusable(
                "No model server is chosen", hint="Choose one:  plumbline models use --remote ADDRESS --model NAME"
            )
        return choice
    if wanted.startswith(("http://", "https://")):
        server = RemoteChoice(address=wanted, model="", key_name=key_name(wanted))
        return replace(choice, policy=server, reading=None)
    if not wanted.strip():
        raise ModelUnusable(
            "No model is named", hint="Leave --model out, or write a file, an address, or none after it."
        )
    path = Path(wanted).expanduser().absolute()
    if path.is_dir():
        raise ModelUnusable(f"{path} is a folder", hint="Give the model itself: a file that ends in .gguf.")
    if not path.is_file():
        raise ModelUnusable(f"There is no file {path}", hint="See  plumbline models  for those that were found.")
    return replace(choice, policy=LocalChoice(path=path), reading=None)


@contextmanager
def chosen_cast(
    data_folder: Path,
    wanted: str | None,
    *,
    door: Door,
    terminal: Terminal,
    interruption: Interruption,
    on_live: OnLive | None = None,
) -> Iterator[Cast]:
    """Yield who plays the roles; the model is loaded, and given back at the end.

    Args:
        data_folder: where the choice is kept.
        wanted: as in ``wanted_choice``.
        door: through which a model on a server is reached.
        terminal: the streams.
        interruption: asked while the model is loaded.
        on_live: hears the model's words.

    Raises:
        ModelError: the model that was asked for by name cannot be used.
        CastingStopped: the person gave up.
    """
    choice = wanted_choice(data_folder, wanted, terminal=terminal)
    if choice.policy is None:
        yield EXTRACTIVE
        return
    with opened_runtime(data_folder, choice, door=door, terminal=terminal) as runtime:
        try:
            pair = runtime.models_for(choice)
            about = pair.policy.about(is_cancelled=interruption.should_stop)
        except LoadCancelled as given_up:
            raise CastingStopped from given_up
        except ModelError as problem:
            if wanted is not None:
                raise
            terminal.warn(f"The chosen language model cannot be used. {problem}")
            tell_way_out(problem, data_folder, terminal)
            terminal.warn("This question is answered without one: sentences are quoted word for word.")
            cast = EXTRACTIVE
        else:
            tell_about(about, choice, terminal=terminal)
            cast = model_cast(
                pair,
                name=about.name,
                sent_to=sent_to(choice),
                on_live=on_live,
                calibration=lambda: calibration_for(data_folder, choice),
            )
        yield cast


@contextmanager
def opened_runtime(data_folder: Path, choice: ModelChoice, *, door: Door, terminal: Terminal) -> Iterator[ModelRuntime]:
    """Yield the owner of the loaded models, telling how far loading is.

    A key in the environment is that of the servers that are chosen.
    """
    keys = Keys()
    given = os.environ.get(KEY_VARIABLE, "").strip()
    for one in (choice.policy, choice.reading):
        if given and isinstance(one, RemoteChoice):
            keys.hold(one.key_name or key_name(one.address), given)
    with ModelRuntime(data_folder, on_status=LoadingLine(terminal), keys=keys, open_client=door.client_to) as runtime:
        yield runtime


def sent_to(choice: ModelChoice) -> str:
    """Return the hosts to which the chosen models' prompts go, or nothing where they stay on this computer."""
    return hosts_elsewhere(one.address for one in (choice.policy, choice.reading) if isinstance(one, RemoteChoice))


def tell_about(about: ModelAbout, choice: ModelChoice, *, terminal: Terminal) -> None:
    """Say which model it is, and what somebody must know of it before anything is asked."""
    terminal.note(f"Language model: {about.name}")
    if about.test_only:
        terminal.warn("This is the small model made for tests of Plumbline. What it answers is worth nothing.")
    hosts = sent_to(choice)
    if hosts:
        terminal.warn(f"The question and the passages read for it are sent to {hosts}.")
