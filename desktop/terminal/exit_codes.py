"""The exit codes of the ``plumbline`` command: part of what scripts rely on, so never renumbered."""

from __future__ import annotations

from enum import IntEnum

from engine.agent.state import RunState
from engine.domain import Outcome


class ExitCode(IntEnum):
    """What a command tells the program that started it."""

    DONE = 0
    PROBLEM = 1
    USAGE = 2
    NOTHING_FOUND = 3
    STOPPED = 4
    INCOMPLETE = 5
    NOT_SOUND = 6
    INTERRUPTED = 130
    """Ended at once by a second Ctrl+C."""
    READER_GONE = 141
    """Nobody reads the output any more, as in ``plumbline show last | head -1``."""


EXIT_CODE_WORDS = {
    ExitCode.DONE: "the question was answered, or the command did what it was asked to do",
    ExitCode.PROBLEM: "there was a problem; it is explained on the error stream",
    ExitCode.USAGE: "the command was not used correctly, or there is no usable question",
    ExitCode.NOTHING_FOUND: "no answer was found in the sources",
    ExitCode.STOPPED: "stopped before it was done; it can be resumed",
    ExitCode.INCOMPLETE: "a report was written, but too little of it is said by what it cites",
    ExitCode.NOT_SOUND: "a bundle does not hold what it says, is damaged, or is no bundle",
    ExitCode.INTERRUPTED: "ended at once by a second Ctrl+C",
}


def exit_code_for(state: RunState) -> ExitCode:
    """Return the code for how a run stands."""
    match state.outcome:
        case Outcome.COMPLETE:
            is_answered = state.report is not None and bool(state.report.answer)
            return ExitCode.DONE if is_answered else ExitCode.NOTHING_FOUND
        case Outcome.INCOMPLETE:
            return ExitCode.INCOMPLETE
        case Outcome.NOT_FOUND:
            return ExitCode.NOTHING_FOUND
        case Outcome.FAILED:
            return ExitCode.PROBLEM
        case Outcome.STOPPED | None:
            return ExitCode.STOPPED
