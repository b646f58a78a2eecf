"""What a person is told when a run comes to the desk in another way than by asking."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.notices import Level, Notice
from desktop.plain_text import one_line
from engine.agent.state import RunState


def proposed_notice(*, are_addresses_left_out: bool) -> Notice:
    """Return that a stranger's question is in the box, and that nothing has started."""
    left_out = " Addresses in it were left out." if are_addresses_left_out else ""
    hint = f"It came with a bundle. Look it through, say where it is to be looked into, and ask it.{left_out}"
    return Notice(title="Nothing has started: the question is in the box", hint=hint, level=Level.INFO)


def taken_up_notice(states: Sequence[RunState]) -> Notice:
    """Return that the first of these runs, which were cut short, goes on, and how many do after it."""
    hint = f"“{one_line(states[0].question, limit=120)}” goes on from its last stored step."
    if len(states) > 1:
        hint += f" {len(states) - 1} more after it."
    return Notice(title="Plumbline was closed during a run", hint=hint, level=Level.INFO)
