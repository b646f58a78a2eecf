"""What can be written after ``plumbline``: the commands, their options, and the words of the help."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TypeAlias

from desktop.terminal.exit_codes import EXIT_CODE_WORDS
from desktop.terminal.report_arguments import add_report_commands, add_version, add_which
from desktop.terminal.web_arguments import add_reach, add_web_commands
from engine.domain import Depth
from engine.export import ReportFormat
from engine.version import VERSION

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_FIRST_STEPS = """\
first steps:
  plumbline library add ~/Documents/notes
  plumbline ask "How long must lime mortar be protected from frost?"
  plumbline export last -o report.html
  plumbline network on
  plumbline ask --web "Which towns still burn lime?"
  plumbline models get
"""


def command_line() -> argparse.ArgumentParser:
    """Return the parser of everything that can follow ``plumbline``."""
    codes = "\n".join(f"  {code.value:<4} {words}" for code, words in EXIT_CODE_WORDS.items())
    parser = argparse.ArgumentParser(
        prog="plumbline",
        description="Ask a question about your own documents, or the web; get a report in which every\n"
        "sentence leads to the words it rests on. Nothing leaves this computer until you\n"
        "have allowed it:  plumbline network",
        epilog=f"{_FIRST_STEPS}\nexit codes:\n{codes}\n\nThe window is opened by:  plumbline-app",
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
    add_report_commands(commands, common, delivered=_delivered())
    _add_library(commands, common)
    _add_models(commands, common)
    add_web_commands(commands, common, delivered=_delivered())
    doctor = commands.add_parser(
        "doctor", parents=[common], help="tell what works on this computer", allow_abbrev=False
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.add_argument(
        "--online", action="store_true", help="ask the search engines too; otherwise nobody is contacted"
    )
    _name_themselves(parser)
    return parser


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was written after ``plumbline``.

    What makes no sense ends the program with exit code 2, and the usage of the command that it was written after.
    """
    options, unknown = command_line().parse_known_args(arguments)
    if unknown:
        innermost: argparse.ArgumentParser = options.parser
        innermost.error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def _name_themselves(parser: argparse.ArgumentParser) -> None:
    """Have each parser leave itself in what it read; that of the innermost command wins."""
    parser.set_defaults(parser=parser)
    for action in parser._actions:  # there is no other way to what was added
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _name_themselves(inner)


def _add_asking(commands: _Commands, common: argparse.ArgumentParser) -> None:
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
    add_reach(ask_parser)
    ask_parser.add_argument("--depth", choices=[depth.value for depth in Depth], default=Depth.STANDARD.value)
    _add_casting(ask_parser)
    _add_delivery(ask_parser)
    again = commands.add_parser("resume", parents=[common], help="continue a run", allow_abbrev=False)
    again.add_argument(
        "session", nargs="?", help="beginning of its id, or last; otherwise every run that was cut short"
    )
    _add_casting(again)
    _add_delivery(again)


def _delivered() -> argparse.ArgumentParser:
    """Return the options of every command that follows a run."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_casting(parser)
    _add_delivery(parser)
    return parser


def _add_casting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="a GGUF file or a server's address for this time; none: without one; remote: the server that is chosen",
    )
    parser.add_argument("--verbose", "-v", action="store_true", help="show the model's words as they come")


def _add_delivery(parser: argparse.ArgumentParser) -> None:
    _add_format(parser)
    parser.add_argument("--json", action="store_true", help="print every step as a line of JSON, not the report")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=[form.value for form in ReportFormat],
        help="of the report; by the ending of FILE, or txt",
    )
    parser.add_argument(
        "--output",
        "-o",
        metavar="FILE",
        help="save the report instead of printing it",
    )
    parser.add_argument(
        "--style",
        metavar="NAME",
        default="",
        help="a citation style for docx, odt, pdf, tex and epub: apa, ieee, nature, …; see export --list-styles",
    )


def _add_sessions(commands: _Commands, common: argparse.ArgumentParser) -> None:
    sessions = commands.add_parser("sessions", parents=[common], help="list or search sessions", allow_abbrev=False)
    actions = sessions.add_subparsers(dest="action", metavar="ACTION")
    runs = actions.add_parser("show", parents=[common], help="list what was asked in a session")
    runs.add_argument("session", help="beginning of its id, or last")
    search = actions.add_parser("search", parents=[common], help="search everything asked, read and written")
    search.add_argument("words", nargs="+")
    show = commands.add_parser("show", parents=[common], help="print the report of a session", allow_abbrev=False)
    add_which(show)
    add_version(show)
    parts = show.add_mutually_exclusive_group()
    parts.add_argument("--claims", action="store_true", help="list its sentences, with their numbers and states")
    parts.add_argument("--versions", action="store_true", help="list the versions of the report")
    _add_format(show)
    export = commands.add_parser("export", parents=[common], help="save the report of a session", allow_abbrev=False)
    add_which(export, is_optional=True)
    add_version(export)
    _add_format(export)
    export.add_argument(
        "--list-styles",
        metavar="WORDS",
        nargs="?",
        const="",
        help="list citation styles: the best known ones, or those with these words in their name",
    )


def _add_library(commands: _Commands, common: argparse.ArgumentParser) -> None:
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


def _add_models(commands: _Commands, common: argparse.ArgumentParser) -> None:
    models = commands.add_parser("models", parents=[common], help="get or choose a language model", allow_abbrev=False)
    actions = models.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", parents=[common], help="say which one is used, and list those on this computer")
    get = actions.add_parser("get", parents=[common], help="list what can be downloaded, or download it")
    get.add_argument("name", nargs="*", metavar="NAME", help="words of its name, or: recommended")
    use = actions.add_parser("use", parents=[common], help="use a file, or a model server")
    use.add_argument(
        "name", nargs="*", metavar="NAME", help="path of a GGUF file, words of its name, or a server's address"
    )
    use.add_argument("--for-reading", action="store_true", help="only to plan, read, write and judge")
    use.add_argument("--remote", metavar="ADDRESS", help="a server: llama-server, vLLM, Ollama, LM Studio and the like")
    use.add_argument("--model", metavar="NAME", default="", help="which of the server's models")
    use.add_argument("--key", action="store_true", help="ask for the server's key; or put it into PLUMBLINE_MODEL_KEY")
    actions.add_parser("none", parents=[common], help="use no language model")
    remove = actions.add_parser(
        "remove", parents=[common], help="delete a model that was downloaded; take others off the list"
    )
    remove.add_argument("name", nargs="+", metavar="NAME", help="its path, or words of its name")
    calibrate = actions.add_parser("calibrate", parents=[common], help="measure how well the model judges sentences")
    calibrate.add_argument("model", nargs="?", metavar="MODEL", help="as for ask; otherwise the one that is chosen")
    test = actions.add_parser("test", parents=[common], help="load the model, measure it, and ask it something")
    test.add_argument("--model", metavar="MODEL", help="as for ask")
