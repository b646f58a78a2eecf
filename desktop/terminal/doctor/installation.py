"""The interpreter, the packages and the database library that Plumbline stands on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata

from desktop.terminal.doctor.finding import SET_UP_AGAIN, Finding, Verdict
from engine.health import has_full_text_search, sqlite_version

_SUPPORTED = ((3, 11), (3, 13))


def check_python() -> Iterator[Finding]:
    """The interpreter and the packages that Plumbline asks for."""
    version = sys.version_info[:2]
    is_supported = _SUPPORTED[0] <= version <= _SUPPORTED[1]
    yield Finding(
        name="Python",
        verdict=Verdict.WORKS if is_supported else Verdict.FAILS,
        detail=f"{sys.version.split()[0]}, {sys.platform}",
        hint="" if is_supported else "Plumbline needs Python 3.11, 3.12 or 3.13.",
    )
    wrong = list(_wrong_packages())
    total = len(_requirements())
    yield Finding(
        name="Packages",
        verdict=Verdict.FAILS if wrong else Verdict.WORKS,
        detail=", ".join(wrong) if wrong else f"all {total} are installed in a version that fits",
        hint=SET_UP_AGAIN if wrong else "",
    )


def check_sqlite() -> Iterator[Finding]:
    """The database library."""
    works = has_full_text_search()
    yield Finding(
        name="SQLite",
        verdict=Verdict.WORKS if works else Verdict.FAILS,
        detail=f"{sqlite_version()}, full-text search {'works' if works else 'is missing'}",
        hint="" if works else "Use a Python whose SQLite has FTS5, such as the one from python.org.",
    )


def fits(version: str, condition: str) -> bool:
    """Return whether a version meets a condition of ``>=``, ``<`` and ``==`` parts, as our own requirements have."""
    for part in filter(None, (part.strip() for part in condition.split(","))):
        sign = re.match(r"[<>=]+", part)
        wanted = _numbers(part[sign.end() :]) if sign else ()
        have = _numbers(version)
        meets = {">=": have >= wanted, "<": have < wanted, "==": have[: len(wanted)] == wanted}
        if not meets.get(sign.group() if sign else "", True):
            return False
    return True


def _requirements() -> list[tuple[str, str]]:
    """Return name and version condition of every package that Plumbline cannot do without."""
    found = []
    for requirement in metadata.requires("plumbline") or []:
        if "extra ==" not in requirement:
            matched = re.match(r"([A-Za-z0-9._-]+)\s*\(?([^;)]*)", requirement)
            if matched:
                found.append((matched.group(1), matched.group(2).strip()))
    return found


def _wrong_packages() -> Iterator[str]:
    for name, condition in _requirements():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield f"{name} is missing"
            continue
        if not fits(version, condition):
            yield f"{name} is {version}, needed is {condition}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:4])
