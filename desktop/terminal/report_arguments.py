"""What can be written after ``plumbline`` about a finished report: changing, comparing, marking it; bundles."""

from __future__ import annotations

import argparse
from typing import TypeAlias

from desktop.terminal.web_arguments import count
from engine.domain import Verdict

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

NO_MARK = "none"


def add_which(parser: argparse.ArgumentParser, *, is_optional: bool = False) -> None:
    """Add which report is meant."""
    words = "beginning of its id, or last; or of a run's id"
    parser.add_argument("session", nargs="?" if is_optional else None, help=words)
    parser.add_argument(
        "--run",
        metavar="N",
        type=count,
        help="which of its runs, as “plumbline sessions show” numbers them; otherwise the last one",
    )


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add which version of it is meant."""
    parser.add_argument(
        "--version",
        metavar="N",
        type=count,
        help="an earlier version of the report, as “plumbline show --versions” numbers them",
    )


def add_report_commands(
    commands: _Commands, common: argparse.ArgumentParser, *, delivered: argparse.ArgumentParser
) -> None:
    """Add the commands that are about a finished report.

    Args:
        commands: to which they are added.
        common: the options of every command.
        delivered: the options of those that follow a run.
    """
    _add_amend(commands, common, delivered)
    compare = commands.add_parser(
        "compare", parents=[common], help="compare two versions of a report", allow_abbrev=False
    )
    add_which(compare)
    compare.add_argument("first", metavar="A", nargs="?", type=count, help="a version; otherwise the last but one")
    compare.add_argument("second", metavar="B", nargs="?", type=count, help="another version; otherwise the last one")
    mark = commands.add_parser("mark", parents=[common], help="say what you think of a sentence", allow_abbrev=False)
    add_which(mark)
    mark.add_argument("claim", metavar="SENTENCE", type=count, help="its number, as “plumbline show --claims” has it")
    mark.add_argument("verdict", choices=[*(verdict.value for verdict in Verdict), NO_MARK])
    mark.add_argument("note", nargs="?", default="", help="in quotation marks")
    verify = commands.add_parser(
        "verify", parents=[common], help="check a bundle: every byte, quotation and figure", allow_abbrev=False
    )
    verify.add_argument("file", metavar="FILE", help="a report with its evidence, .plumbline")
    verify.add_argument("--json", action="store_true", help="print what was looked at and found as JSON")
    opening = commands.add_parser(
        "open", parents=[common], help="open a bundle as a session of its own", allow_abbrev=False
    )
    opening.add_argument("file", metavar="FILE", help="a report with its evidence, .plumbline")
    opening.add_argument("--anyway", action="store_true", help="also if not everything in it holds")


def _add_amend(commands: _Commands, common: argparse.ArgumentParser, delivered: argparse.ArgumentParser) -> None:
    amend = commands.add_parser("amend", parents=[common], help="change a finished report", allow_abbrev=False)
    add_which(amend)
    changes = amend.add_subparsers(dest="change", metavar="CHANGE", required=True)

    def add(name: str, words: str) -> argparse.ArgumentParser:
        return changes.add_parser(name, parents=[common, delivered], help=words, allow_abbrev=False)

    deeper = add("deeper", "research a further question, and add what is found")
    deeper.add_argument("words", metavar="QUESTION", help="in quotation marks")
    deeper.add_argument(
        "--behind", metavar="SENTENCE", dest="claim", type=count, help="put it behind the section of this sentence"
    )
    check = add("check", "look for more about a sentence, and check it again")
    check.add_argument("claim", metavar="SENTENCE", type=count, help="its number, as “plumbline show --claims” has it")
    check.add_argument("--yes", action="store_true", help="send its words to search engines without asking first")
    shorten = add("shorten", "say the same in fewer sentences")
    translate = add("translate", "say the same in another language")
    translate.add_argument("language", metavar="LANGUAGE", help="de, German or Deutsch")
    table = add("table", "arrange what it says in a table")
    for change in (shorten, translate, table):
        change.add_argument("--section", metavar="N", type=count, help="only this section, counted from 1")
    restore = add("restore", "take an earlier version up again")
    restore.add_argument("number", metavar="N", type=count, help="as “plumbline show --versions” numbers them")
