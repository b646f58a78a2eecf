"""The network from a terminal: whether anything may leave this computer, and what has. Nobody is contacted here."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from desktop.ledger_words import as_csv, as_json
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.sessions import named_session, opened_history
from desktop.terminal.streams import Style, Terminal
from engine.counting import counted
from engine.departures import departure
from engine.errors import NetworkRefused, SessionNotFound
from engine.export.departures import Departure, departure_line, traffic_words
from engine.export.printable import one_line
from engine.health import has_sessions
from engine.network.addresses import parse_address
from engine.network.entry import Entry, Verdict
from engine.network.ledger import LedgerReader
from engine.network.proxies import check_proxy, proxy_for
from engine.network.settings import SYSTEM_PROXY, NetworkSettings, SettingsFile
from engine.research import History
from models.http import ConnectionProblem, Trouble

NO_PROXY = "none"
ALLOW_IT = "Allow it once:  plumbline network on"
GO_ONLINE = "Go online:  plumbline network on"
_SEE_LOG = "See each request:  plumbline network log"
_ONLINE_WORDS = {
    None: "not allowed yet: nothing leaves this computer",
    False: "off: nothing leaves this computer",
    True: "on",
}
_SOMEWHERE = "https://example.org/"
"""An address like any other, to see which proxy it would go through; it is not asked."""
_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOrder:
    """Which requests are wanted, and how."""

    run: str | None = None
    only_refused: bool = False
    text: str = ""
    limit: int = 100
    as_json: bool = False
    as_csv: bool = False


def check_online(data_folder: Path) -> NetworkSettings:
    """Return what is decided, if anything may leave this computer.

    Raises:
        NetworkRefused: nobody has allowed it yet, or it was switched off.
    """
    settings = SettingsFile(data_folder).now()
    if settings.is_online is None:
        raise NetworkRefused("Plumbline has not been allowed to go online yet", hint=ALLOW_IT)
    if not settings.is_online:
        raise NetworkRefused("Plumbline is offline", hint=GO_ONLINE)
    return settings


def tell_way_out(problem: BaseException | None, data_folder: Path, terminal: Terminal) -> None:
    """Say how to go online, where something failed because nothing may leave this computer."""
    if not isinstance(problem, ConnectionProblem) or problem.trouble is not Trouble.NOT_ALLOWED:
        return
    settings = SettingsFile(data_folder).now()
    if not settings.is_online:
        terminal.warn(ALLOW_IT if settings.is_online is None else GO_ONLINE)


def show_status(data_folder: Path, *, terminal: Terminal) -> ExitCode:
    """Say what is decided, and what has left so far."""
    file = SettingsFile(data_folder)
    settings = file.now()
    if file.notice:
        terminal.warn(file.notice)
    terminal.say(f": {_ONLINE_WORDS[settings.is_online]}", lead="Network", style=Style.HEADING)
    terminal.say(f": {proxy_words(settings.proxy)}", lead="Proxy", style=Style.HEADING)
    robots = "respected" if settings.obey_robots else "not respected"
    terminal.say(f": the rules of sites for programs are {robots}", lead="robots.txt", style=Style.HEADING)
    reader = LedgerReader.open(data_folder)
    totals = reader.totals()
    if not totals:
        terminal.say(": nothing was ever sent", lead="Ledger", style=Style.HEADING)
        return ExitCode.DONE
    requests, refused = sum(one.requests for one in totals), sum(one.refused for one in totals)
    traffic = traffic_words(sum(one.bytes_sent for one in totals), sum(one.bytes_received for one in totals))
    hosts = counted(len({one.host for one in totals if one.requests}), "host")
    turned_away = f"; {refused:,} not let out" if refused else ""
    terminal.say(
        f": {counted(requests, 'request')} to {hosts}, {traffic}{turned_away}", lead="Ledger", style=Style.HEADING
    )
    if settings.is_online is None:
        terminal.note(ALLOW_IT)
    else:
        terminal.note(_SEE_LOG)
    return ExitCode.DONE


def set_online(data_folder: Path, *, is_online: bool, terminal: Terminal) -> ExitCode:
    """Allow Plumbline to go online, or let nothing leave any more.

    Raises:
        DataFolderUnusable: the decision could not be written down.
    """
    _change(data_folder, is_online=is_online)
    if is_online:
        terminal.say("Plumbline may go online: for searches and pages that you ask for, and for models.")
        terminal.note("Questions still go to your library only, unless you add --web or --both.")
    else:
        terminal.say("Plumbline is offline: nothing leaves this computer.")
    return ExitCode.DONE


def set_proxy(data_folder: Path, proxy: str, *, terminal: Terminal) -> ExitCode:
    """Choose the proxy: ``none``, ``system``, or an address; one that makes no sense is a wrong use of the command.

    Raises:
        DataFolderUnusable: the decision could not be written down.
    """
    chosen = "" if proxy.casefold() == NO_PROXY else SYSTEM_PROXY if proxy.casefold() == SYSTEM_PROXY else proxy
    try:
        proxy_words(chosen)
    except ConnectionProblem as problem:
        terminal.explain(problem)
        return ExitCode.USAGE
    _change(data_folder, proxy=chosen)
    terminal.say(f": {proxy_words(chosen)}", lead="Proxy", style=Style.HEADING)
    return ExitCode.DONE


def set_robots(data_folder: Path, *, obeys: bool, terminal: Terminal) -> ExitCode:
    """Choose whether sites may keep programs out.

    Raises:
        DataFolderUnusable: the decision could not be written down.
    """
    _change(data_folder, obey_robots=obeys)
    if obeys:
        terminal.say("Pages whose sites do not want programs there are left alone.")
    else:
        terminal.say("The rules of sites for programs are not respected any more.")
        terminal.warn("Those who run a site may mind. Pages are still fetched slowly, and under Plumbline's own name.")
    return ExitCode.DONE


def proxy_words(proxy: str) -> str:
    """Return a proxy for people; a password in its address is left out."""
    if not proxy:
        return "none, whatever the environment says"
    if proxy == SYSTEM_PROXY:
        found = proxy_for(parse_address(_SOMEWHERE), chosen=SYSTEM_PROXY)
        return f"the system's, {found.written}" if found else "the system's, which has none"
    return check_proxy(proxy).written


def show_log(data_folder: Path, order: LogOrder, *, terminal: Terminal) -> ExitCode:
    """List requests, the latest last.

    Raises:
        SessionNotFound: there is no such session or run.
        StorageError: the ledger cannot be read.
    """
    reader = LedgerReader.open(data_folder)
    runs = _runs(data_folder, order.run) if order.run is not None else (None,)
    wanted = (
        entry
        for entry in _newest(reader, runs, text=order.text, most=order.limit if not order.only_refused else None)
        if not order.only_refused or entry.verdict is Verdict.REFUSED
    )
    entries = list(islice(wanted, order.limit))[::-1]
    if order.as_json:
        terminal.say("".join(as_json(entries)).rstrip("\n"))
    elif order.as_csv:
        terminal.say("".join(as_csv(entries)).rstrip("\r\n"))
    else:
        for entry in entries:
            _tell(departure(entry), terminal)
        if not entries:
            terminal.note("No request is known." if reader.count() == 0 else "No request fits.")
    return ExitCode.DONE


def _change(data_folder: Path, **changes: bool | str) -> None:
    file = SettingsFile(data_folder)
    file.keep(replace(file.now(), **changes))  # type: ignore[arg-type]


def _runs(data_folder: Path, name: str) -> tuple[str | None, ...]:
    """The runs of the session that is meant, or the run whose id that is."""
    if not has_sessions(data_folder):
        raise SessionNotFound(f"There are no sessions in {data_folder}", hint="See all:  plumbline network log")
    with opened_history(data_folder) as history:
        with suppress(SessionNotFound):
            return tuple(history.runs(named_session(history, name).id))
        run = _run_named(history, name)
    if run is None:
        raise SessionNotFound(f"There is no session or run “{name}”", hint="See “plumbline sessions” for the ids.")
    return (run,)


def _run_named(history: History, name: str) -> str | None:
    runs = (run for session in history.sessions() for run in history.runs(session.id))
    return next((run for run in runs if run.startswith(name.lower())), None) if name else None


def _newest(reader: LedgerReader, runs: Iterable[str | None], *, text: str, most: int | None) -> Iterable[Entry]:
    """Yield the entries of all the runs, the latest first; at most so many of each."""
    if runs == (None,):
        yield from _paged(reader, None, text=text, most=most)
        return
    found = [entry for run in runs for entry in _paged(reader, run, text=text, most=most)]
    yield from sorted(found, key=lambda entry: entry.id, reverse=True)


def _paged(reader: LedgerReader, run: str | None, *, text: str, most: int | None) -> Iterable[Entry]:
    before: int | None = None
    given = 0
    while most is None or given < most:
        page = reader.entries(run, text=text, limit=min(_PAGE, most - given) if most else _PAGE, before=before)
        yield from page
        if not page:
            return
        given += len(page)
        before = page[-1].id


def _tell(one: Departure, terminal: Terminal) -> None:
    line = departure_line(one)
    sign = "→" if one.is_allowed else "✗"
    terminal.say(f"  {one_line(line.lead)}", lead=sign, style=Style.GOOD if one.is_allowed else Style.BAD)
    terminal.say(f"     {one_line(line.about)}")
    terminal.say(f"     {one_line(line.ending)}")
