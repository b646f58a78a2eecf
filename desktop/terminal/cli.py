"""The ``plumbline`` command: the same engine from a terminal. Never imports Qt."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from desktop.data_folder import DATA_VARIABLE, default_data_folder
from desktop.terminal.arguments import command_line, read_arguments
from desktop.terminal.ask import Order, ask, resume
from desktop.terminal.delivery import Delivery
from desktop.terminal.doctor.examination import examine
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.library import library_add, library_list, library_problems, library_remove, library_update
from desktop.terminal.look_up import LookUpOrder, look_up
from desktop.terminal.network import LogOrder, set_online, set_proxy, set_robots, show_log, show_status, tell_way_out
from desktop.terminal.report_arguments import NO_MARK
from desktop.terminal.sessions import list_runs, list_sessions, search_sessions, show_parts, show_session
from desktop.terminal.streams import Terminal
from desktop.terminal.styles import list_styles
from desktop.terminal.supply import SupplyOrder, supply
from desktop.terminal.web import OpenDoor, real_door
from desktop.terminal.web_arguments import check_reach, limits_of, reach_of
from engine.domain import AmendmentKind, Depth, Verdict
from engine.errors import BundleDamaged, ExportFailed, PlumblineError, QuestionUnusable
from engine.export import ReportFormat
from engine.research import MAX_QUESTION_CHARACTERS
from models.errors import ModelError

_LOG_FILE = "plumbline.log"
_STREAM = "-"
"""What stands for the output stream in the place of a file."""


def main(arguments: Sequence[str] | None = None, *, open_door: OpenDoor = real_door) -> int:
    """Carry out one command and return its exit code.

    Args:
        arguments: what was written after ``plumbline``; None: what the program was started with.
        open_door: makes the way to the network.
    """
    terminal = Terminal()
    terminal.prepare()
    options = read_arguments(arguments)
    terminal.is_quiet = getattr(options, "quiet", False)
    given = options.data or os.environ.get(DATA_VARIABLE)
    data_folder = Path(given).expanduser().absolute() if given else default_data_folder()
    try:
        return _carried_out(options, data_folder, terminal, open_door)
    except QuestionUnusable as problem:
        terminal.explain(problem)
        return ExitCode.USAGE
    except BundleDamaged as problem:
        terminal.explain(problem)
        return ExitCode.NOT_SOUND
    except (PlumblineError, ModelError) as problem:
        terminal.explain(problem)
        tell_way_out(problem, data_folder, terminal)
        return ExitCode.PROBLEM
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes the stream once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.READER_GONE
    except Exception as error:
        _tell_mistake(error, data_folder, terminal)
        return ExitCode.PROBLEM


def _carried_out(options: argparse.Namespace, data_folder: Path, terminal: Terminal, open_door: OpenDoor) -> int:
    match options.command:
        case "ask":
            check_reach(options)
            question = _read_question(terminal) if options.question == "-" else options.question
            order = Order(
                question=question,
                libraries=tuple(Path(path) for path in options.library),
                scope=tuple(options.scope),
                depth=Depth(options.depth),
                delivery=_delivery(options),
                model=options.model,
                is_verbose=options.verbose,
                reach=reach_of(options),
                limits=limits_of(options),
            )
            return ask(data_folder, order, terminal=terminal, open_door=open_door)
        case "resume":
            return resume(
                data_folder,
                options.session,
                _delivery(options),
                model=options.model,
                is_verbose=options.verbose,
                terminal=terminal,
                open_door=open_door,
            )
        case "sessions" if options.action == "search":
            return search_sessions(data_folder, " ".join(options.words), terminal=terminal)
        case "sessions" if options.action == "show":
            return list_runs(data_folder, options.session, terminal=terminal)
        case "sessions":
            return list_sessions(data_folder, terminal=terminal)
        case "show" if options.claims or options.versions:
            return show_parts(
                data_folder,
                options.session,
                run=options.run,
                version=options.version,
                versions=options.versions,
                terminal=terminal,
            )
        case "export" if options.list_styles is not None:
            return list_styles(options.list_styles, terminal=terminal)
        case "show" | "export":
            if options.command == "export" and (options.session is None or options.output is None):
                options.parser.error("name a session, and a file with -o")
            return show_session(
                data_folder,
                options.session,
                run=options.run,
                version=options.version,
                delivery=_delivery(options),
                terminal=terminal,
            )
        case "amend" | "compare" | "mark" | "verify" | "open":
            return _reports(options, data_folder, terminal, open_door)
        case "library":
            return _library(options, data_folder, terminal)
        case "models":
            return _models(options, data_folder, terminal)
        case "look-up":
            return look_up(
                data_folder,
                LookUpOrder(
                    session=options.session,
                    words=options.words,
                    limits=limits_of(options),
                    delivery=_delivery(options),
                    model=options.model,
                    is_verbose=options.verbose,
                    is_approved=options.yes,
                ),
                terminal=terminal,
                open_door=open_door,
            )
        case "supply":
            return supply(
                data_folder,
                SupplyOrder(
                    session=options.session,
                    address=options.address,
                    file=options.file,
                    delivery=_delivery(options),
                    model=options.model,
                    is_verbose=options.verbose,
                ),
                terminal=terminal,
                open_door=open_door,
            )
        case "network":
            return _network(options, data_folder, terminal)
        case "engines":
            return _engines(options, data_folder, terminal, open_door)
        case "doctor":
            return examine(
                data_folder, as_json=options.json, is_online=options.online, terminal=terminal, open_door=open_door
            )
        case _:
            command_line().print_help(terminal.errors)
            return ExitCode.USAGE


def _reports(options: argparse.Namespace, data_folder: Path, terminal: Terminal, open_door: OpenDoor) -> int:
    # Most commands never look at a finished report.
    from desktop.terminal import amend, bundles, reading  # noqa: PLC0415

    match options.command:
        case "amend":
            order = amend.AmendOrder(
                session=options.session,
                run=options.run,
                kind=AmendmentKind(options.change),
                delivery=_delivery(options),
                words=getattr(options, "words", ""),
                claim=getattr(options, "claim", None),
                section=getattr(options, "section", None),
                language=getattr(options, "language", ""),
                version=getattr(options, "number", None),
                model=options.model,
                is_verbose=options.verbose,
                is_approved=getattr(options, "yes", False),
            )
            return amend.amend(data_folder, order, terminal=terminal, open_door=open_door)
        case "compare":
            return reading.compare_versions(
                data_folder,
                options.session,
                run=options.run,
                first=options.first,
                second=options.second,
                terminal=terminal,
            )
        case "mark":
            return reading.mark_claim(
                data_folder,
                options.session,
                run=options.run,
                number=options.claim,
                verdict=None if options.verdict == NO_MARK else Verdict(options.verdict),
                note=options.note,
                terminal=terminal,
            )
        case "verify":
            return bundles.verify_file(options.file, as_json=options.json, terminal=terminal)
        case _:
            return bundles.open_file(
                options.file, data_folder=data_folder, is_wanted_anyway=options.anyway, terminal=terminal
            )


def _library(options: argparse.Namespace, data_folder: Path, terminal: Terminal) -> int:
    match options.action:
        case "add":
            paths = [Path(path) for path in options.folders]
            return library_add(data_folder, paths, name=options.name, terminal=terminal)
        case "update":
            return library_update(data_folder, options.folders, terminal=terminal)
        case "remove":
            return library_remove(data_folder, options.folders, terminal=terminal)
        case "problems":
            return library_problems(data_folder, options.folders, terminal=terminal)
        case _:
            return library_list(data_folder, terminal=terminal)


def _models(options: argparse.Namespace, data_folder: Path, terminal: Terminal) -> int:
    # What talks to servers takes a while to import, and only these commands need it.
    from desktop.terminal import model_choice, model_download, model_trial  # noqa: PLC0415
    from desktop.terminal.calibrate import calibrate_model  # noqa: PLC0415
    from desktop.terminal.cast import NO_MODEL, REMOTE  # noqa: PLC0415

    name = " ".join(getattr(options, "name", []))
    match options.action:
        case "get":
            return model_download.get_model(data_folder, name or None, terminal=terminal)
        case "use" if options.remote or name.startswith(("http://", "https://")):
            order = model_choice.ServerOrder(
                address=options.remote or name,
                model=options.model,
                asks_key=options.key,
                for_reading=options.for_reading,
            )
            return model_choice.use_server(data_folder, order, terminal=terminal)
        case "use" if name == NO_MODEL:
            return model_choice.use_none(data_folder, terminal=terminal)
        case "use" if name and name != REMOTE:
            return model_choice.use_file(data_folder, name, for_reading=options.for_reading, terminal=terminal)
        case "use":
            terminal.warn("Say which:  plumbline models use NAME   or   plumbline models use --remote ADDRESS")
            return ExitCode.USAGE
        case "none":
            return model_choice.use_none(data_folder, terminal=terminal)
        case "remove":
            return model_choice.remove(data_folder, name, terminal=terminal)
        case "calibrate":
            return calibrate_model(data_folder, options.model, terminal=terminal)
        case "test":
            return model_trial.try_model(data_folder, options.model, terminal=terminal)
        case _:
            return model_choice.list_models(data_folder, terminal=terminal)


def _network(options: argparse.Namespace, data_folder: Path, terminal: Terminal) -> int:
    match options.action:
        case "on" | "off":
            return set_online(data_folder, is_online=options.action == "on", terminal=terminal)
        case "proxy":
            return set_proxy(data_folder, options.proxy, terminal=terminal)
        case "robots":
            return set_robots(data_folder, obeys=options.robots == "on", terminal=terminal)
        case "log":
            order = LogOrder(
                run=options.run,
                only_refused=options.refused,
                text=options.text,
                limit=options.limit,
                as_json=options.json,
                as_csv=options.csv,
            )
            return show_log(data_folder, order, terminal=terminal)
        case _:
            return show_status(data_folder, terminal=terminal)


def _engines(options: argparse.Namespace, data_folder: Path, terminal: Terminal, open_door: OpenDoor) -> int:
    # What asks search engines takes a while to import, and only these commands need it.
    from desktop.terminal import engine_trial, engines  # noqa: PLC0415

    match options.action:
        case "on" | "off":
            return engines.switch(data_folder, options.name, is_on=options.action == "on", terminal=terminal)
        case "searxng":
            return engines.use_searxng(data_folder, options.address, terminal=terminal)
        case "scholarly":
            return engines.choose_scholarly(data_folder, options.scholarly, terminal=terminal)
        case "key":
            return engines.enter_key(data_folder, options.name, forgets=options.forget, terminal=terminal)
        case "test":
            return engine_trial.try_engines(data_folder, options.name, terminal=terminal, open_door=open_door)
        case _:
            return engines.list_engines(data_folder, terminal=terminal)


def _delivery(options: argparse.Namespace) -> Delivery:
    return Delivery(
        report_format=ReportFormat(options.format) if options.format else None,
        output=_output(options),
        as_trace=getattr(options, "json", False),
        style=options.style,
    )


def _output(options: argparse.Namespace) -> Path | None:
    """The file of ``-o``; None where the report is printed, also for ``-o -``."""
    if options.output is None or (options.output == _STREAM and options.format):
        return None
    if not options.output.strip() or options.output == _STREAM:
        words = "-o - needs --format" if options.output == _STREAM else "-o needs the name of a file"
        raise ExportFailed(words, hint="For example:  -o report.pdf   or   --format md -o -")
    return Path(options.output).expanduser()


def _read_question(terminal: Terminal) -> str:
    if terminal.input.isatty():
        terminal.note("Write the question, then end it with an empty input (Ctrl+D, on Windows Ctrl+Z and Enter).")
    return terminal.input.read(MAX_QUESTION_CHARACTERS * 2)


def _tell_mistake(error: Exception, data_folder: Path, terminal: Terminal) -> None:
    """The border of the program: what comes here is our own mistake, said in one line, told in full in the log."""
    log = data_folder / _LOG_FILE
    try:
        with log.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
        where = f"The details are in {log}."
    except OSError:
        traceback.print_exception(error, file=terminal.errors)
        where = "The details are above."
    terminal.explain(
        PlumblineError(f"Plumbline made a mistake ({type(error).__name__})", hint=f"{where} What was stored is safe.")
    )


if __name__ == "__main__":
    sys.exit(main())
