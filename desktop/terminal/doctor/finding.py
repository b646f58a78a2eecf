"""What a check comes to: works, fails, or is not there and not needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import PlumblineError

SET_UP_AGAIN = "Run the set-up again:  python3 packaging/start.py"


class Verdict(StrEnum):
    """What a finding comes to."""

    WORKS = "works"
    FAILS = "fails"
    """Something that Plumbline needs does not work."""
    ABSENT = "absent"
    """Not there, and not needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    detail: str = ""
    """What was found, in words."""
    hint: str = ""
    """What to do, if anything can be done."""


def explained(problem: PlumblineError, *, name: str) -> Finding:
    """Return a problem that a check ran into as a finding."""
    return Finding(name=name, verdict=Verdict.FAILS, detail=problem.title, hint=problem.hint)
