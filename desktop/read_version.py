"""A run as if an earlier version of its report were the newest: what is read is also what is saved. No Qt."""

from __future__ import annotations

from dataclasses import replace

from engine.agent.state import RunState


def with_version(state: RunState, number: int | None) -> RunState:
    """Return the state with a version as its report.

    Args:
        state: of a run.
        number: of the version, from 1; None: the newest, and so the state as it is.
    """
    if number is None or not 1 <= number <= len(state.versions):
        return state
    report = state.versions[number - 1].report
    return replace(state, report=report, draft=report, checked=(), amending=None)
