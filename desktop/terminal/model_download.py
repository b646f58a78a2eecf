"""Getting a language model from a terminal: what is offered for this computer, and the download of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.interruption import Interruption
from desktop.terminal.model_choice import keep_choice, our_folder, speed_words
from desktop.terminal.network import tell_way_out
from desktop.terminal.streams import Style, Terminal
from engine.counting import size_words
from engine.network.door import Door
from engine.network.gate import Purpose
from models.choice import LocalChoice, ModelChoice, read_choice
from models.errors import ModelUnusable
from models.http import ConnectionProblem, HttpClient, RequestCancelled
from models.hub.catalog import Catalog, Offer, shipped_catalog
from models.hub.download import Download, DownloadProgress, DownloadState
from models.hub.hub import Hub, HubProblem
from models.machine.estimates import Choice, choices
from models.machine.hardware import this_machine

_PLAIN_EVERY = 0.1
"""Between two lines of progress where no line can be drawn again: a tenth of the file."""
_RECOMMENDED = "recommended"


def get_model(data_folder: Path, named: str | None, *, terminal: Terminal) -> ExitCode:
    """Ask the hub what there is, and fetch what was named; only list it where nothing was.

    Args:
        data_folder: where the choice is kept.
        named: words of an offer's name, or ``recommended``.
        terminal: the streams.

    Raises:
        ModelError: the hub does not answer, the name is not clear, or the download failed.
    """
    choice = read_choice(data_folder)
    interruption = Interruption(terminal)
    try:
        with (
            interruption.watching(),
            Door(data_folder) as door,
            door.client(Purpose.MODEL_HUB, trusted=(choice.mirror,)) as client,
        ):
            catalog = _asked_hub(client, choice, interruption, terminal, data_folder)
            offered = choices(catalog, this_machine())
            if named is None:
                _list(offered, terminal)
                return ExitCode.DONE
            offer = _named(named, offered)
            return _fetch(
                offer, data_folder, choice=choice, client=client, interruption=interruption, terminal=terminal
            )
    except RequestCancelled:
        return ExitCode.STOPPED


def _asked_hub(
    client: HttpClient, choice: ModelChoice, interruption: Interruption, terminal: Terminal, data_folder: Path
) -> Catalog:
    """The offers as the hub has them now; those that came with Plumbline where it has nothing or does not answer."""
    catalog = shipped_catalog()
    hub = Hub(client, mirror=choice.mirror)
    for family in catalog.families:
        terminal.live(f"Asking {hub.address} for {family.name} …")
        try:
            catalog = hub.refreshed(catalog, keys=(family.key,), is_cancelled=interruption.should_stop)
        except HubProblem as problem:
            if isinstance(problem.__cause__, ConnectionProblem) or problem.retry_after_s:
                terminal.warn(f"{problem} What follows is the list that came with Plumbline.")
                tell_way_out(problem.__cause__, data_folder, terminal)
                return catalog
            terminal.note(f"{family.name}: {problem}")
    return catalog


def _list(offered: tuple[Choice, ...], terminal: Terminal) -> None:
    told = ""
    for one in offered:
        if one.family.name != told:
            told = one.family.name
            terminal.say(f"  {one.family.about}", lead=told, style=Style.HEADING)
            business = "" if one.family.license_allows_business else ", which does not allow use in business"
            terminal.say(f"  License: {one.family.license}{business}")
        mark = "  — recommended for this computer" if one.is_recommended else ""
        if mark and not one.family.license_allows_business:
            mark += "; its license does not allow use in business"
        about = "about " if one.offer.size_is_estimated else ""
        size = f"{about}{size_words(one.offer.size_bytes)}" if one.offer.size_bytes else "size not known"
        terminal.say(f"    {one.offer.quantisation}  {size}, needs {size_words(one.fit.memory_bytes)} of memory{mark}")
        terminal.say(f"      {speed_words(one.fit, one.speed)}")
    terminal.note(f"Download one:  plumbline models get {_RECOMMENDED}   or words of its name")


def _named(named: str, offered: tuple[Choice, ...]) -> Offer:
    """The offer that is meant by words of its name."""
    if named.casefold() == _RECOMMENDED:
        best = next((one.offer for one in offered if one.is_recommended), None)
        if best is None:
            raise ModelUnusable(
                "No model that is offered fits this computer", hint="Close other programs, or use a model server."
            )
        return best
    words = named.casefold().split()
    fitting = [one for one in offered if all(word in one.offer.name.casefold() for word in words)]
    exact = [one for one in fitting if one.offer.name.casefold() == named.casefold()]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0].offer
    if fitting:
        names = ", ".join(f"“{one.offer.name}”" for one in fitting[:8])
        raise ModelUnusable(f"Several models are called “{named}”", hint=f"Write more of the name: {names}.")
    raise ModelUnusable(f"No model called “{named}” is offered", hint="See the list:  plumbline models get")


def _fetch(
    offer: Offer,
    data_folder: Path,
    *,
    choice: ModelChoice,
    client: HttpClient,
    interruption: Interruption,
    terminal: Terminal,
) -> ExitCode:
    if not offer.repository:
        raise ModelUnusable(
            f"Where {offer.name} is to be found is not known", hint="The hub has to be asked first; try again later."
        )
    telling = _Telling(terminal)
    download = Download(
        offer, folder=our_folder(data_folder, choice), client=client, mirror=choice.mirror, on_progress=telling
    )
    terminal.note(f"{offer.name}, {size_words(offer.size_bytes)}, from {offer.repository}")
    download.start()
    while not download.wait(timeout_s=0.1).is_over:
        if interruption.is_requested:
            download.pause()
    if download.state is DownloadState.PAUSED:
        terminal.warn(f'Paused. Go on with:  plumbline models get "{offer.name}"')
        return ExitCode.STOPPED
    if download.error is not None:
        raise download.error
    terminal.say(f"Downloaded and checked: {download.path}")
    if choice.policy is None:
        keep_choice(data_folder, replace(read_choice(data_folder), policy=LocalChoice(path=download.path)))
        terminal.say("It is used from now on.")
    else:
        terminal.say(f'Use it with:  plumbline models use "{download.path}"')
    return ExitCode.DONE


class _Telling:
    """Tells how far a download is; called from its thread, so it only draws what a person should see at once."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told = 0.0

    def __call__(self, progress: DownloadProgress) -> None:
        words = _progress_words(progress)
        self._terminal.live(words)
        if not self._terminal.is_live and progress.fraction - self._told >= _PLAIN_EVERY:
            self._told = progress.fraction
            self._terminal.note(words)


def _progress_words(progress: DownloadProgress) -> str:
    if progress.state is DownloadState.CHECKING:
        return "Checking …"
    parts = [f"{progress.fraction:.0%} of {size_words(progress.total_bytes)}"]
    if progress.bytes_per_s:
        parts.append(f"{size_words(round(progress.bytes_per_s))}/s")
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        parts.append(f"{minutes} min {seconds:02} s left" if minutes else f"{seconds} s left")
    if progress.note:
        parts.append(progress.note)
    return ", ".join(parts)
