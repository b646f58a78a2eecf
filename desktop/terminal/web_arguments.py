"""What can be written after ``plumbline`` about the web: where to look, the network, the search engines, sources."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TypeAlias

from desktop.web_words import LimitsText, understood
from engine.domain import Reach, WebLimits

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

_LIMITS = {
    "only_site": "only",
    "not_site": "never",
    "prefer_site": "preferred",
    "since": "since",
    "until": "until",
    "language": "language",
    "region": "region",
}
"""Name of an option, and of the field of the limits that it sets."""


_MOST_LISTED = 1_000_000


def add_reach(parser: argparse.ArgumentParser) -> None:
    """Add whether to look on the web, and what to take from it."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--web", action="store_true", help="look on the web, and not in your folders")
    where.add_argument("--both", action="store_true", help="look on the web and, apart from that, in your folders")
    add_limits(parser)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add what to take from the web."""
    for name, words in (
        ("only", "only from this site and what lies under it (again for more)"),
        ("not", "nothing from this site (again for more)"),
        ("prefer", "this site first (again for more)"),
    ):
        parser.add_argument(f"--{name}-site", metavar="SITE", action="append", default=[], help=f"{words}")
    parser.add_argument(
        "--since", metavar="DAY", default="", help="nothing known to be older: 2024, 2024-05, 2024-05-31"
    )
    parser.add_argument("--until", metavar="DAY", default="", help="nothing known to be newer")
    parser.add_argument("--language", metavar="XX", default="", help="ask for pages in this language, such as de")
    parser.add_argument("--region", metavar="XX", default="", help="ask as from this country, such as at")


def reach_of(options: argparse.Namespace) -> Reach:
    """Return how far a run may go."""
    return Reach.WEB if options.web else Reach.BOTH if options.both else Reach.LIBRARY


def limits_of(options: argparse.Namespace) -> WebLimits:
    """Return what is wanted of the web; what makes no sense ends the program with the usage of the command."""
    answer = understood(
        LimitsText(
            **{
                field: " ".join(value) if isinstance(value, list) else value
                for field, value in ((field, getattr(options, name)) for name, field in _LIMITS.items())
            }
        ),
        today=datetime.now(UTC).astimezone().date(),
    )
    names = {field: name for name, field in _LIMITS.items()}
    for field, problem in answer.problems:
        options.parser.error(f"argument --{names[field].replace('_', '-')}: {problem}")
    return answer.limits


def check_reach(options: argparse.Namespace) -> None:
    """End the program where options contradict each other."""
    reach = reach_of(options)
    if not reach.has_web:
        for name in _LIMITS:
            if getattr(options, name):
                options.parser.error(f"argument --{name.replace('_', '-')}: is for the web; add --web or --both")
    if not reach.has_library and (options.library or options.scope):
        options.parser.error("argument --web: does not look into folders; --both looks on the web and into them")


def add_web_commands(
    commands: _Commands, common: argparse.ArgumentParser, *, delivered: argparse.ArgumentParser
) -> None:
    """Add the commands that are about the web.

    Args:
        commands: to which they are added.
        common: the options of every command.
        delivered: the options of those that follow a run.
    """
    _add_look_up(commands, common, delivered)
    _add_supply(commands, common, delivered)
    _add_network(commands, common)
    _add_engines(commands, common)


def _add_look_up(commands: _Commands, common: argparse.ArgumentParser, delivered: argparse.ArgumentParser) -> None:
    look_up = commands.add_parser(
        "look-up",
        parents=[common, delivered],
        help="send words on the web after you have seen them",
        allow_abbrev=False,
    )
    look_up.add_argument("session", help="which it belongs to: beginning of its id, or last")
    look_up.add_argument("words", help="in quotation marks: exactly this is sent, and nothing else of the session")
    look_up.add_argument("--yes", action="store_true", help="do not ask; for scripts")
    add_limits(look_up)


def _add_supply(commands: _Commands, common: argparse.ArgumentParser, delivered: argparse.ArgumentParser) -> None:
    supply = commands.add_parser(
        "supply", parents=[common, delivered], help="give a run a page that it could not read", allow_abbrev=False
    )
    supply.add_argument("session", help="beginning of its id, or last")
    supply.add_argument("address", help="of the page; or a part of it, if only one fits")
    supply.add_argument("file", metavar="FILE", help="the saved page or PDF; - reads copied text from the input stream")


def _add_network(commands: _Commands, common: argparse.ArgumentParser) -> None:
    network = commands.add_parser(
        "network", parents=[common], help="what may leave this computer, and what has", allow_abbrev=False
    )
    actions = network.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("status", parents=[common], help="say what is decided, and what has left so far")
    actions.add_parser("on", parents=[common], help="allow Plumbline to go online")
    actions.add_parser("off", parents=[common], help="let nothing leave this computer")
    proxy = actions.add_parser("proxy", parents=[common], help="through which proxy")
    proxy.add_argument("proxy", metavar="PROXY", help="none, system, or http://host:port")
    robots = actions.add_parser("robots", parents=[common], help="whether sites may keep programs out (robots.txt)")
    robots.add_argument("robots", choices=["on", "off"], help="on: their rules are respected")
    log = actions.add_parser("log", parents=[common], help="list every request, the latest last")
    log.add_argument("run", metavar="SESSION", nargs="?", help="only those of a session, or of a run by its id")
    log.add_argument("--refused", action="store_true", help="only those that were not let out")
    log.add_argument("--text", metavar="WORDS", default="", help="only those with this in host, path or query")
    log.add_argument("--limit", metavar="N", type=count, default=100, help="so many at most; otherwise 100")
    form = log.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON, with everything that is known")
    form.add_argument("--csv", action="store_true", help="as a table for other programs")


def _add_engines(commands: _Commands, common: argparse.ArgumentParser) -> None:
    engines = commands.add_parser("engines", parents=[common], help="look after search engines", allow_abbrev=False)
    actions = engines.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", parents=[common], help="list them; nobody is asked")
    for name, words in (("on", "ask it"), ("off", "do not ask it")):
        switch = actions.add_parser(name, parents=[common], help=words)
        switch.add_argument("name", metavar="NAME", nargs="+")
    searxng = actions.add_parser("searxng", parents=[common], help="use a SearXNG that you trust")
    searxng.add_argument("address", metavar="ADDRESS", help="such as http://localhost:8888; none for no longer")
    scholarly = actions.add_parser("scholarly", parents=[common], help="when to ask the ones for papers")
    scholarly.add_argument("scholarly", choices=["automatic", "always", "never"])
    key = actions.add_parser("key", parents=[common], help="enter a key; it is kept in the system's keyring")
    key.add_argument("name", metavar="NAME", help="the key itself is asked for, or read from the input stream")
    key.add_argument("--forget", action="store_true", help="delete the key")
    test = actions.add_parser("test", parents=[common], help="send one query, and say what came of it")
    test.add_argument("name", metavar="NAME", nargs="?", help="otherwise each one that is on")


def count(written: str) -> int:
    """Return a number of things, for a parser.

    Raises:
        ArgumentTypeError: it is none that makes sense.
    """
    try:
        number = int(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{written[:20]}” is no number") from error
    if not 1 <= number <= _MOST_LISTED:
        raise argparse.ArgumentTypeError(f"has to be between 1 and {_MOST_LISTED:,}")
    return number
