"""The checks one after the other, and what they found in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from desktop.terminal.doctor.data import check_data_folder
from desktop.terminal.doctor.documents import check_reading, check_search
from desktop.terminal.doctor.exporting import check_exporting
from desktop.terminal.doctor.finding import Finding, Verdict, explained
from desktop.terminal.doctor.installation import check_python, check_sqlite
from desktop.terminal.doctor.language_model import check_chosen_model, check_engine
from desktop.terminal.doctor.network import check_engines, check_engines_online, check_network
from desktop.terminal.doctor.window import check_window
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Style, Terminal
from desktop.terminal.web import OpenDoor, real_door
from engine.errors import PlumblineError
from engine.version import VERSION

_SIGNS = {Verdict.WORKS: "✓", Verdict.FAILS: "✗", Verdict.ABSENT: "–"}
_STYLES = {Verdict.WORKS: Style.GOOD, Verdict.FAILS: Style.BAD, Verdict.ABSENT: None}
_INDENT = " " * 4

Check = Callable[[], Iterator[Finding]]


def examine(
    data_folder: Path,
    *,
    as_json: bool,
    is_online: bool = False,
    terminal: Terminal,
    open_door: OpenDoor = real_door,
) -> ExitCode:
    """Look at everything and say what was found; a problem if something that is needed does not work.

    Nobody is contacted, unless ``is_online`` asks for it and it is allowed.
    """
    findings = []
    checks = _checks(data_folder)
    if is_online:
        checks += (("Search engines, asked", lambda: check_engines_online(data_folder, terminal, open_door)),)
    if not as_json:
        terminal.say(f"Plumbline {VERSION}")
    for finding in _findings(checks, terminal):
        findings.append(finding)
        if not as_json:
            _say(finding, terminal)
    works = all(finding.verdict is not Verdict.FAILS for finding in findings)
    if as_json:
        content = {"version": VERSION, "works": works, "findings": [asdict(finding) for finding in findings]}
        terminal.say(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        terminal.say("Everything that is needed works." if works else "Something that is needed does not work.")
    return ExitCode.DONE if works else ExitCode.PROBLEM


def _checks(data_folder: Path) -> tuple[tuple[str, Check], ...]:
    return (
        ("Python", check_python),
        ("SQLite", check_sqlite),
        ("Data folder", lambda: check_data_folder(data_folder)),
        ("Reading documents", check_reading),
        ("Searching", check_search),
        ("Exporting", check_exporting),
        ("Qt", check_window),
        ("llama-cpp-python", check_engine),
        ("Language model", lambda: check_chosen_model(data_folder)),
        ("Network", lambda: check_network(data_folder)),
        ("Search engines", lambda: check_engines(data_folder)),
    )


def _findings(checks: tuple[tuple[str, Check], ...], terminal: Terminal) -> Iterator[Finding]:
    for name, check in checks:
        terminal.live(f"Looking at {name} …")
        try:
            yield from check()
        except PlumblineError as problem:
            yield explained(problem, name=name)
        except Exception as error:
            # A border: whatever breaks here is what the person wants to know of, and the other checks go on.
            yield Finding(name=name, verdict=Verdict.FAILS, detail=f"the check itself failed ({error!r})")


def _say(finding: Finding, terminal: Terminal) -> None:
    terminal.say(
        f"  {finding.name}: {finding.detail}" if finding.detail else f"  {finding.name}",
        lead=_SIGNS[finding.verdict],
        style=_STYLES[finding.verdict],
    )
    if finding.hint:
        terminal.say(f"{_INDENT}{finding.hint}")
