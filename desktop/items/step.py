"""What a line of the trace is: its kind, its words, and what can be unfolded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain import ClaimState, PassageId, SourceId


class StepKind(StrEnum):
    """Decides the icon."""

    ASK = "ask"
    THINK = "think"
    PLAN = "plan"
    CROSS_CHECK = "cross-check"
    TURN = "change of course"
    ADMIT = "admission"
    ANSWER = "answer"
    TIDY = "tidy"
    SEARCH = "search"
    READ = "read"
    NOTE = "note"
    WRITE = "write"
    CHECK = "check"
    PROBLEM = "problem"
    COMMAND = "command"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One unfolded line, or a text that takes several."""

    label: str
    """Short, in front: a score, ``why``, a page; may be empty."""
    text: str
    passage: PassageId | None = None
    """What activating the line opens."""
    source: SourceId | None = None
    is_prose: bool = False
    """Whether the text is shown in full, over as many rows as it needs, without a label; its line ends are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the trace."""

    kind: StepKind
    text: str
    details: tuple[Detail, ...] = ()
    state: ClaimState | None = None
    """Of a claim that was checked: its mark takes the place of the icon."""
