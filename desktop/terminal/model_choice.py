"""The language model from a terminal: which ones there are, and which one is used."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.terminal.cast import KEY_VARIABLE
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Style, Terminal
from engine.counting import counted, size_words
from engine.export.printable import one_line
from engine.network.door import Door
from models.choice import ChoiceNotKept, LocalChoice, ModelChoice, RemoteChoice, read_choice, write_choice
from models.errors import ModelError, ModelUnusable
from models.files.discovery import FoundModel, find_models, readable_name
from models.files.gguf import GgufAbout, read_gguf
from models.files.model_folder import default_folder, is_ours, remove_model
from models.files.places import Keeper
from models.keys import KeyPlace, Keys, key_name
from models.machine.estimates import Basis, Measured, Speed, estimate_speed
from models.machine.fit import Fit, fit
from models.machine.hardware import Machine, this_machine
from models.machine.settings import MachineSettings
from models.servers.address import server_address
from models.servers.remote import RemoteModel

_BASIS_WORDS = {
    Basis.MEASURED: "measured here",
    Basis.SCALED: "judged by another model that was measured here",
    Basis.ANCHORED: "a rough estimate",
    Basis.ASSUMED: "a rough estimate",
}
_SEE_MODELS = "See those that were found:  plumbline models"
_SEE_OFFERS = "See what can be downloaded:  plumbline models get"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOrder:
    """A model server, as a command names it."""

    address: str
    model: str
    asks_key: bool
    """Whether the person wants to enter a key."""
    for_reading: bool = False
    """Only to plan, read, write and judge."""


def our_folder(data_folder: Path, choice: ModelChoice) -> Path:
    """Return where downloads go."""
    return choice.model_folder or default_folder(data_folder)


def list_models(data_folder: Path, *, terminal: Terminal) -> ExitCode:
    """Say which model is used, and list the files that were found."""
    choice = read_choice(data_folder)
    if choice.notice:
        terminal.warn(choice.notice)
    _tell_choice(choice, terminal)
    terminal.live("Looking for models …")
    machine = this_machine()
    settings = MachineSettings(data_folder, machine=lambda: machine)
    chosen = {one.path for one in (choice.policy, choice.reading) if isinstance(one, LocalChoice)}
    found = _found(data_folder, choice)
    for one in found:
        _tell_found(one, machine=machine, settings=settings, is_chosen=one.path in chosen, terminal=terminal)
    if not found:
        terminal.note(f"No model file was found on this computer. {_SEE_OFFERS}")
    return ExitCode.DONE


def use_file(data_folder: Path, named: str, *, for_reading: bool, terminal: Terminal) -> ExitCode:
    """Use a model file, named by its path or by words of its name.

    Raises:
        ModelError: there is none, or it cannot be used.
    """
    choice = read_choice(data_folder)
    found = _found(data_folder, choice)
    path = _path_of(named, found)
    about = read_gguf(path)
    chosen = LocalChoice(path=path)
    if not any(path in (one.path, *one.also_at) and one.keeper is not Keeper.CHOSEN for one in found):
        choice = replace(choice, added=(*(one for one in choice.added if one != path), path))
    keep_choice(data_folder, replace(choice, reading=chosen) if for_reading else replace(choice, policy=chosen))
    terminal.say(f"Used from now on: {about_words(about)}  ({path})")
    if about.is_test_only:
        terminal.warn("This is a model made for tests of Plumbline. What it answers is worth nothing.")
    placed = fit(about, this_machine())
    terminal.note(placed.reason)
    return ExitCode.DONE


def use_server(data_folder: Path, order: ServerOrder, *, terminal: Terminal, keys: Keys | None = None) -> ExitCode:
    """Use a model behind a server, after asking it whether it has it.

    Raises:
        ModelError: it does not answer, refuses the key, or has several models and none was named.
    """
    keys = keys or Keys()
    choice = read_choice(data_folder)
    address = server_address(order.address)
    key = _entered_key(order, terminal) or keys.read(key_name(order.address))
    terminal.live(f"Asking {address.host} …")
    with Door(data_folder) as door, door.client_to(order.address) as client:
        facts = RemoteModel(order.address, model=order.model, client=client, key=key).facts()
    names = [model.name for model in facts.models]
    model = order.model or (names[0] if len(names) == 1 else "")
    if not model:
        raise ModelUnusable(
            "Which model is meant is not clear",
            hint=f"Add --model NAME; {address.host} has: {', '.join(names) or 'none'}.",
        )
    if names and model not in names and f"{model}:latest" not in names:
        terminal.warn(f"{address.host} does not list “{model}”. It lists: {', '.join(names)}")
    if key:
        _keep_key(order.address, key, keys=keys, terminal=terminal)
    remote = RemoteChoice(address=order.address, model=model, key_name=key_name(order.address) if key else None)
    keep_choice(data_folder, replace(choice, reading=remote) if order.for_reading else replace(choice, policy=remote))
    terminal.say(f"Used from now on: {model} ({facts.kind} at {address.host})")
    if not address.is_this_computer:
        terminal.warn(f"Questions and the passages read for them will be sent to {address.host}.")
    return ExitCode.DONE


def use_none(data_folder: Path, *, terminal: Terminal) -> ExitCode:
    """Research without a language model from now on."""
    keep_choice(data_folder, replace(read_choice(data_folder), policy=None, reading=None))
    terminal.say("No language model is used from now on: sentences are quoted word for word.")
    return ExitCode.DONE


def remove(data_folder: Path, named: str, *, terminal: Terminal) -> ExitCode:
    """Delete a file that was downloaded by Plumbline; one that was only named is no longer listed, and stays.

    Raises:
        ModelError: there is none, it is another program's, or it cannot be deleted.
    """
    choice = read_choice(data_folder)
    folder = our_folder(data_folder, choice)
    found = _found(data_folder, choice)
    removable = tuple(one for one in found if is_ours(one.path, folder=folder) or one.path in choice.added)
    path = _path_of(named, removable or found)
    if path in choice.added and not is_ours(path, folder=folder):
        choice = replace(choice, added=tuple(one for one in choice.added if one != path))
        keep_choice(data_folder, choice)
        terminal.say(f"No longer listed: {path}")
        terminal.note("The file itself stays: Plumbline did not download it, so it does not delete it.")
    else:
        size = next((one.size_bytes for one in found if one.path == path), 0)
        remove_model(path, folder=folder)
        terminal.say(f"Deleted {path.name}" + (f", {size_words(size)}" if size else ""))
    if LocalChoice(path=path) in (choice.policy, choice.reading):
        without = replace(
            choice,
            policy=None if choice.policy == LocalChoice(path=path) else choice.policy,
            reading=None if choice.reading == LocalChoice(path=path) else choice.reading,
        )
        keep_choice(data_folder, without)
        terminal.warn("It was the one that was used. Choose another one:  plumbline models use NAME")
    return ExitCode.DONE


def about_words(about: GgufAbout) -> str:
    """Return what a model file is called: its name, and its quantisation if the name does not tell it."""
    name = one_line(about.name)
    return name if about.quantisation.casefold() in name.casefold() else f"{name} {about.quantisation}"


def speed_words(placed: Fit, speed: Speed) -> str:
    """Return how a model would run here, in a line."""
    if not placed.fits:
        return placed.reason
    return (
        f"{placed.reason} About {rounded(speed.reply_tokens_per_s)} tokens a second, "
        f"{_time_words(speed.minutes_per_question)} a question ({_BASIS_WORDS[speed.basis]})."
    )


def keep_choice(data_folder: Path, choice: ModelChoice) -> None:
    """Write down what is chosen.

    Raises:
        ModelError: it could not be written.
    """
    try:
        write_choice(data_folder, choice)
    except ChoiceNotKept as error:
        raise ModelError(str(error), hint="Make room on the disk, or choose another data folder.") from error


def rounded(number: float) -> str:
    """Return a speed with two figures: an estimate, or a short measurement, is no better."""
    if number < 1:
        return f"{number:.1g}"
    return f"{float(f'{number:.2g}'):,.{1 if number < 9.95 else 0}f}"


def _time_words(minutes: float) -> str:
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return counted(int(float(f"{minutes:.2g}")), "minute")
    return f"{rounded(minutes / 60)} hours"


def _found(data_folder: Path, choice: ModelChoice) -> tuple[FoundModel, ...]:
    """The files on this computer; those that were chosen or named and lie elsewhere are among them."""
    chosen = [one.path for one in (choice.policy, choice.reading) if isinstance(one, LocalChoice)]
    found = find_models(our_folder=our_folder(data_folder, choice)).models
    known = {path for one in found for path in (one.path, *one.also_at)}
    elsewhere = [
        FoundModel(
            path=path,
            name=readable_name(path.name),
            size_bytes=path.stat().st_size,
            quantisation="",
            keeper=Keeper.CHOSEN,
        )
        for path in dict.fromkeys((*chosen, *choice.added))
        if path not in known and path.is_file()
    ]
    return (*elsewhere, *found)


def _path_of(named: str, found: tuple[FoundModel, ...]) -> Path:
    """The file that is meant by a path, or by words that only one name has."""
    path = Path(named).expanduser().absolute()
    if path.is_file():
        return path
    words = named.casefold().split()
    fitting = [one for one in found if all(word in f"{one.name} {one.path.name}".casefold() for word in words)]
    if not fitting:
        fitting = [one for one in found if all(word in _name_inside(one.path) for word in words)]
    if len(fitting) == 1:
        return fitting[0].path
    if fitting:
        names = ", ".join(f"“{one.name}”" for one in fitting[:6])
        raise ModelUnusable(f"Several models fit “{named}”", hint=f"{names}. Write more of the name, or the path.")
    raise ModelUnusable(f"There is no model “{named}” on this computer", hint=f"{_SEE_MODELS}\n{_SEE_OFFERS}")


def _name_inside(path: Path) -> str:
    """What a file calls itself, for comparison; nothing if it cannot be read."""
    try:
        return about_words(read_gguf(path)).casefold()
    except ModelError:
        return ""


def _entered_key(order: ServerOrder, terminal: Terminal) -> str:
    """A key from the environment or from the keyboard; never from the command line, which others can read."""
    given = os.environ.get(KEY_VARIABLE, "").strip()
    if given or not order.asks_key:
        return given
    if not terminal.input.isatty():
        raise ModelUnusable("There is nobody to ask for the key", hint=f"Put it into {KEY_VARIABLE} instead.")
    return getpass.getpass("Key (it is not shown): ").strip()


def _keep_key(address: str, key: str, *, keys: Keys, terminal: Terminal) -> None:
    place = keys.store(key_name(address), key)
    if place is KeyPlace.KEYRING:
        terminal.note(place.words)
    else:
        terminal.warn(
            "There is no keyring to be used here, and keys are never written to a file: this one is forgotten when the "
            f"command ends. Put it into {KEY_VARIABLE} for the others."
        )


def _tell_choice(choice: ModelChoice, terminal: Terminal) -> None:
    for title, one in (("Used", choice.policy), ("Used for reading and writing", choice.reading)):
        if isinstance(one, RemoteChoice):
            key = ", with a key" if one.key_name else ""
            terminal.say(f": {one.model} at {one.address}{key}", lead=title, style=Style.HEADING)
        elif isinstance(one, LocalChoice):
            missing = "" if one.path.exists() else "  (it is not there any more)"
            terminal.say(f": {one.path}{missing}", lead=title, style=Style.HEADING)
    if choice.policy is None:
        terminal.say("No language model is used: sentences are quoted word for word.")


def _tell_found(
    found: FoundModel, *, machine: Machine, settings: MachineSettings, is_chosen: bool, terminal: Terminal
) -> None:
    keeper = "" if found.keeper in (Keeper.OURS, Keeper.CHOSEN) else f"  {found.keeper}"
    used = "  — used" if is_chosen else ""
    try:
        about = read_gguf(found.path)
    except ModelError as problem:
        terminal.say(f"  {size_words(found.size_bytes)}{keeper}{used}", lead=found.name, style=Style.HEADING)
        terminal.say(f"  {found.path}\n  {problem}")
        return
    # Ollama's files have no names of their own; people know them by Ollama's.
    name = found.name if found.keeper is Keeper.OLLAMA else about_words(about)
    terminal.say(f"  {size_words(found.size_bytes)}{keeper}{used}", lead=name, style=Style.HEADING)
    terminal.say(f"  {found.path}")
    placed = fit(about, machine)
    if about.is_test_only:
        terminal.say("  Made for tests of Plumbline; useless for anything else.")
        if not placed.fits:
            terminal.say(f"  {placed.reason}")
        return
    speed = estimate_speed(about, placed, machine, measured=_measured(about, settings))
    terminal.say(f"  {speed_words(placed, speed)}")


def _measured(about: GgufAbout, settings: MachineSettings) -> tuple[Measured, ...]:
    """What was measured with such a model on this machine, as an estimate takes it."""
    tuned = settings.tuned(about)
    if tuned is None or not tuned.measurements:
        return ()
    best = max(tuned.measurements, key=lambda one: one.reply_tokens_per_s)
    return (
        Measured(
            prompt_tokens_per_s=best.prompt_tokens_per_s,
            reply_tokens_per_s=best.reply_tokens_per_s,
            weight_bytes=about.weight_bytes,
            parameters=about.parameters,
            gpu_layers=best.settings.gpu_layers or 0,
        ),
    )
