"""Search engines from a terminal: which ones are asked, and what they need. Nobody is contacted here."""

from __future__ import annotations

import getpass
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Style, Terminal
from engine.errors import PlumblineError
from engine.network.entry import Entry, Verdict
from engine.network.gate import Purpose
from engine.network.ledger import LedgerReader
from engine.search.engines import SearchEngines
from engine.search.health import EngineHealth
from engine.search.settings import SETTINGS_FILE, Scholarly
from models.keys import KeyPlace, Keys

_NONE = "none"
_LOOKED_BACK = 2_000
_MOST_CHARACTERS = 10_000
_SCHOLARLY_WORDS = {
    Scholarly.AUTOMATIC: "when the question looks as if papers would answer it",
    Scholarly.ALWAYS: "always",
    Scholarly.NEVER: "only when they are the last ones left",
}


@contextmanager
def looked_at(data_folder: Path, *, keys: Keys | None = None) -> Iterator[SearchEngines]:
    """Yield the search engines as they are set in a data folder, which stays as it is; nobody is contacted."""
    with tempfile.TemporaryDirectory(prefix="plumbline-engines-") as folder:
        with suppress(OSError):
            shutil.copyfile(data_folder / SETTINGS_FILE, Path(folder) / SETTINGS_FILE)
        with opened_engines(Path(folder), keys=keys) as engines:
            yield engines


@contextmanager
def opened_engines(data_folder: Path, *, keys: Keys | None = None) -> Iterator[SearchEngines]:
    """Yield the search engines of a data folder, to be set; nobody is contacted."""
    engines = SearchEngines.open(data_folder, keys=keys or Keys())
    try:
        yield engines
    finally:
        engines.close()


def named_engine(engines: SearchEngines, name: str) -> EngineHealth:
    """Return the engine that is meant by its name or its title.

    Raises:
        PlumblineError: there is none.
    """
    known = engines.health()
    wanted = name.casefold().strip()
    for one in known:
        if wanted in (one.name.casefold(), one.title.casefold()):
            return one
    hint = f"There are: {', '.join(one.name for one in known)}."
    if wanted == "searxng":
        hint = "Say first where it is:  plumbline engines searxng ADDRESS"
    raise PlumblineError(f"No search engine is called “{name}”", hint=hint)


def list_engines(data_folder: Path, *, terminal: Terminal) -> ExitCode:
    """List the engines in the order in which they are asked, and what became of the last query to each."""
    last = _last_requests(data_folder)
    with looked_at(data_folder) as engines:
        if engines.settings.notice:
            terminal.warn(engines.settings.notice)
        for one in engines.health():
            terminal.say(f"  {one.title}: {standing_words(one, engines)}", lead=one.name, style=Style.HEADING)
            if one.about:
                terminal.say(f"  {one.about}")
            if one.name in last:
                terminal.say(f"  {_last_words(last[one.name])}")
        settings = engines.settings
    terminal.say(f"Engines for papers are asked {_SCHOLARLY_WORDS[settings.scholarly]}.")
    if not settings.searxng_address:
        terminal.note("A SearXNG of your own is used with:  plumbline engines searxng ADDRESS")
    return ExitCode.DONE


def standing_words(one: EngineHealth, engines: SearchEngines) -> str:
    """Return whether an engine is asked, and what it lacks."""
    if not one.is_on:
        return "off"
    if one.needs_key and not engines.has_key(one.name):
        return f"needs a key (plumbline engines key {one.name})"
    if one.takes_key and engines.has_key(one.name):
        return "on, with a key"
    return "on"


def switch(data_folder: Path, names: Sequence[str], *, is_on: bool, terminal: Terminal) -> ExitCode:
    """Let engines be asked, or not.

    Raises:
        PlumblineError: there is no such engine, or the choice could not be kept.
    """
    with opened_engines(data_folder) as engines:
        chosen = [named_engine(engines, name) for name in names]
        for one in chosen:
            settings = engines.settings
            on = tuple(name for name in settings.on if name != one.name)
            off = tuple(name for name in settings.off if name != one.name)
            changed = (
                replace(settings, on=(*on, one.name), off=off)
                if is_on
                else replace(settings, on=on, off=(*off, one.name))
            )
            engines.change(changed)
            terminal.say(f"{one.title} is asked from now on." if is_on else f"{one.title} is not asked any more.")
        for one in chosen:
            if is_on and one.needs_key and not engines.has_key(one.name):
                terminal.warn(f"{one.title} needs a key:  plumbline engines key {one.name}")
    return ExitCode.DONE


def use_searxng(data_folder: Path, address: str, *, terminal: Terminal) -> ExitCode:
    """Use a SearXNG, or none any more.

    Raises:
        PlumblineError: its address makes no sense, or the choice could not be kept.
    """
    with opened_engines(data_folder) as engines:
        wanted = "" if address.casefold() == _NONE else address
        try:
            engines.change(replace(engines.settings, searxng_address=wanted))
        except ValueError as error:
            raise PlumblineError(
                f"“{address}” is not the address of a SearXNG",
                hint="It should look like http://localhost:8888, or https://search.example.org.",
            ) from error
        kept = engines.settings.searxng_address
    terminal.say(f"The SearXNG at {kept} is asked first." if kept else "No SearXNG is asked any more.")
    if kept:
        terminal.note("It has to allow answers in JSON. Try it:  plumbline engines test searxng")
    return ExitCode.DONE


def choose_scholarly(data_folder: Path, when: str, *, terminal: Terminal) -> ExitCode:
    """Choose when engines for papers are asked.

    Raises:
        PlumblineError: the choice could not be kept.
    """
    with opened_engines(data_folder) as engines:
        engines.change(replace(engines.settings, scholarly=Scholarly(when)))
    terminal.say(f"Engines for papers are asked {_SCHOLARLY_WORDS[Scholarly(when)]}.")
    return ExitCode.DONE


def enter_key(data_folder: Path, name: str, *, forgets: bool, terminal: Terminal, keys: Keys | None = None) -> ExitCode:
    """Keep the key of an engine in the system's keyring, or delete it. It is never taken from the command line.

    Raises:
        PlumblineError: there is no such engine, it takes no key, or none was entered.
    """
    with opened_engines(data_folder, keys=keys) as engines:
        one = named_engine(engines, name)
        if not one.takes_key:
            raise PlumblineError(f"{one.title} takes no key", hint="It is asked without one.")
        if forgets:
            engines.forget_key(one.name)
            terminal.say(f"The key of {one.title} is deleted.")
            return ExitCode.DONE
        key = _entered(one.title, terminal)
        before = engines.settings
        place = engines.store_key(one.name, key)
        is_kept = place is KeyPlace.KEYRING
        if not is_kept:
            engines.change(before)
    if not is_kept:
        raise PlumblineError(
            "There is no keyring to be used here, and keys are never written to a file",
            hint="So the key is forgotten when this command ends. In the window it can be entered for as long as that "
            "is open.",
        )
    terminal.say(f"{one.title} is asked from now on. {place.words}")
    return ExitCode.DONE


def _entered(title: str, terminal: Terminal) -> str:
    if terminal.input.isatty():
        key = getpass.getpass(f"Key of {title} (it is not shown): ").strip()
    else:
        key = terminal.input.read(_MOST_CHARACTERS).strip()
    if not key or not key.isprintable() or " " in key:
        raise PlumblineError("That is no key", hint="A key is one word, as the engine's own site shows it.")
    return key


def _last_requests(data_folder: Path) -> dict[str, Entry]:
    """The last request to each engine, by its name."""
    found: dict[str, Entry] = {}
    for entry in LedgerReader.open(data_folder).entries(limit=_LOOKED_BACK):
        if entry.purpose is Purpose.SEARCH and entry.provider:
            found.setdefault(entry.provider, entry)
    return found


def _last_words(entry: Entry) -> str:
    when = f"{entry.at.astimezone():%Y-%m-%d %H:%M}"
    if entry.verdict is Verdict.REFUSED:
        return f"{when}: not let out. {entry.reason}".rstrip()
    if entry.reason:
        return f"{when}: {entry.reason}"
    return f"{when}: it answered" + (f" with status {entry.status}" if entry.status not in (0, 200) else "")
