"""The ``plumbline`` command: the same engine from a terminal. Never imports Qt."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from desktop.cli_ask import Delivery, Order, ask, resume
from desktop.cli_exit import EXIT_CODE_WORDS, ExitCode
from desktop.cli_library import library_add, library_list, library_problems, library_remove, library_update
from desktop.cli_report import ReportFormat
from desktop.cli_sessions import list_sessions, search_sessions, show_session
from desktop.cli_terminal import Terminal
from desktop.data_folder import DATA_VARIABLE, default_data_folder
from desktop.doctor import examine
from engine.domain import Depth
from engine.errors import PlumblineError, QuestionUnusable
from engine.research import MAX_QUESTION_CHARACTERS
from engine.version import VERSION

_LOG_FILE = "plumbline.log"


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code."""
    terminal = Terminal()
    terminal.prepare()
    options = _parser().parse_args(arguments)
    terminal.is_quiet = getattr(options, "quiet", False)
    given = options.data or os.environ.get(DATA_VARIABLE)
    data_folder = Path(given).expanduser().absolute() if given else default_data_folder()
    try:
        return _carried_out(options, data_folder, terminal)
    except QuestionUnusable as problem:
        terminal.explain(problem)
        return ExitCode.USAGE
    except PlumblineError as problem:
        terminal.explain(problem)
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


def _carried_out(options: argparse.Namespace, data_folder: Path, terminal: Terminal) -> int:
    match options.command:
        case "ask":
            question = _read_question(terminal) if options.question == "-" else options.question
            order = Order(
                question=question,
                libraries=tuple(Path(path) for path in options.library),
                scope=tuple(options.scope),
                depth=Depth(options.depth),
                delivery=_delivery(options),
            )
            return ask(data_folder, order, terminal=terminal)
        case "resume":
            return resume(data_folder, options.session, _delivery(options), terminal=terminal)
        case "sessions" if options.action == "search":
            return search_sessions(data_folder, " ".join(options.words), terminal=terminal)
        case "sessions":
            return list_sessions(data_folder, terminal=terminal)
        case "show" | "export":
            return show_session(
                data_folder,
                options.session,
                report_format=_chosen_format(options),
                output=_output(options),
                terminal=terminal,
            )
        case "library":
            return _library(options, data_folder, terminal)
        case "doctor":
            return examine(data_folder, as_json=options.json, terminal=terminal)
        case _:
            _parser().print_help(terminal.errors)
            return ExitCode.USAGE


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


def _delivery(options: argparse.Namespace) -> Delivery:
    return Delivery(report_format=_chosen_format(options), output=_output(options), as_trace=options.json)


def _chosen_format(options: argparse.Namespace) -> ReportFormat | None:
    return ReportFormat(options.format) if options.format else None


def _output(options: argparse.Namespace) -> Path | None:
    return Path(options.output).expanduser() if options.output else None


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


# --- the command line --------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    codes = "\n".join(f"  {code.value:<4} {words}" for code, words in EXIT_CODE_WORDS.items())
    parser = argparse.ArgumentParser(
        prog="plumbline",
        description="Ask a question about your own documents; get a report in which every sentence leads to the words "
        "it rests on. Nothing leaves this computer.",
        epilog=f"exit codes:\n{codes}\n\nThe window is opened by:  plumbline-app",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Plumbline {VERSION}")
    parser.add_argument("--data", metavar="FOLDER", help="where sessions and library are kept (one folder for all)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--data", metavar="FOLDER", default=argparse.SUPPRESS, help="use another data folder")
    common.add_argument(
        "--quiet",
        "-q",
        action="store_true",
        default=argparse.SUPPRESS,
        help="say nothing on the error stream but problems",
    )
    _add_asking(commands, common)
    _add_sessions(commands, common)
    _add_library(commands, common)
    doctor = commands.add_parser(
        "doctor", parents=[common], help="tell what works on this computer", allow_abbrev=False
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    return parser


def _add_asking(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    ask_parser = commands.add_parser("ask", parents=[common], help="research a question", allow_abbrev=False)
    ask_parser.add_argument("question", help="in quotation marks; - reads it from the input stream")
    ask_parser.add_argument(
        "--library",
        metavar="FOLDER",
        action="append",
        default=[],
        help="look only in this folder of documents, reading it first if need be (again for more)",
    )
    ask_parser.add_argument(
        "--scope",
        metavar="NAME",
        action="append",
        default=[],
        help="look only in this folder of the library: name, id or path (again for more)",
    )
    ask_parser.add_argument("--depth", choices=[depth.value for depth in Depth], default=Depth.STANDARD.value)
    _add_delivery(ask_parser)
    again = commands.add_parser("resume", parents=[common], help="continue a run", allow_abbrev=False)
    again.add_argument(
        "session", nargs="?", help="beginning of its id, or last; otherwise every run that was cut short"
    )
    _add_delivery(again)


def _add_delivery(parser: argparse.ArgumentParser) -> None:
    _add_format(parser)
    parser.add_argument("--json", action="store_true", help="print every step as a line of JSON, not the report")


def _add_format(parser: argparse.ArgumentParser, *, needs_output: bool = False) -> None:
    parser.add_argument(
        "--format",
        choices=[form.value for form in ReportFormat],
        help="of the report; by the ending of FILE, or txt",
    )
    parser.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        required=needs_output,
        help="save the report instead of printing it",
    )


def _add_sessions(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    sessions = commands.add_parser("sessions", parents=[common], help="list or search sessions", allow_abbrev=False)
    actions = sessions.add_subparsers(dest="action", metavar="search WORDS")
    search = actions.add_parser("search", parents=[common], help="search everything asked, read and written")
    search.add_argument("words", nargs="+")
    show = commands.add_parser("show", parents=[common], help="print the report of a session", allow_abbrev=False)
    show.add_argument("session", help="beginning of its id, or last")
    _add_format(show)
    export = commands.add_parser("export", parents=[common], help="save the report of a session", allow_abbrev=False)
    export.add_argument("session", help="beginning of its id, or last")
    _add_format(export, needs_output=True)


def _add_library(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    library = commands.add_parser("library", parents=[common], help="look after your folders", allow_abbrev=False)
    actions = library.add_subparsers(dest="action", metavar="ACTION")
    add = actions.add_parser("add", parents=[common], help="add folders and read them")
    add.add_argument("folders", nargs="+", metavar="FOLDER")
    add.add_argument("--name", help="what to call it; otherwise its own name")
    actions.add_parser("list", parents=[common], help="list the folders")
    for name, nargs, words in (
        ("update", "*", "read what is new or changed"),
        ("remove", "+", "take folders out of the library; no file is touched"),
        ("problems", "*", "list the files that could not be read"),
    ):
        action = actions.add_parser(name, parents=[common], help=words)
        action.add_argument("folders", nargs=nargs, metavar="FOLDER", help="name, id or path")


if __name__ == "__main__":
    sys.exit(main())
