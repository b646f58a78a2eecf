"""What a language model said and what became of it, as lines for somebody watching."""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop.items.step import Detail, Step, StepKind
from desktop.plain_text import one_line
from desktop.time_words import duration_words
from engine.counting import counted
from engine.events import (
    ModelRestarted,
    PolicyReplied,
    ReplyRejected,
    SecondLookAsked,
    ThoughtKind,
    WorkspaceRebuilt,
)

ModelEvent = PolicyReplied | ReplyRejected | SecondLookAsked | WorkspaceRebuilt | ModelRestarted

_THOUGHTS = {
    ThoughtKind.PLANNING: (StepKind.PLAN, "Planned the way"),
    ThoughtKind.NEXT_STEP: (StepKind.THINK, "Thought"),
    ThoughtKind.CROSS_CHECK: (StepKind.CROSS_CHECK, "Set out to cross-check"),
    ThoughtKind.CHANGE_OF_COURSE: (StepKind.TURN, "Changed course"),
    ThoughtKind.ADMISSION: (StepKind.ADMIT, "Admitted not to know"),
    ThoughtKind.ANSWER: (StepKind.ANSWER, "Came to an answer"),
}
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s")
_MOST_CHARACTERS = 40_000
"""Of a thought that is unfolded; no reply is as long."""


def model_step(event: ModelEvent) -> Step:
    """Return the line for something a language model did."""
    match event:
        case PolicyReplied():
            kind, words = _THOUGHTS[event.kind]
            begins = _beginning(event.thought)
            text = f"{words}: {begins}" if begins else words
            return Step(kind=kind, text=text, details=tuple(_thought_details(event)))
        case ReplyRejected():
            details = [Detail(label="why", text=one_line(event.problem, limit=600))]
            details += _prose(f"It said: {event.reply}" if event.reply.strip() else "")
            return Step(kind=StepKind.PROBLEM, text="A reply was sent back to the model", details=tuple(details))
        case SecondLookAsked():
            details = [Detail(label="why", text=one_line(event.reason, limit=600))]
            return Step(
                kind=StepKind.CROSS_CHECK, text="The model was asked for a second source", details=tuple(details)
            )
        case WorkspaceRebuilt():
            saved = f"from {event.tokens_before:,} to {event.tokens_after:,} tokens"
            details = [Detail(label="why", text=one_line(event.reason, limit=600)), Detail(label="size", text=saved)]
            text = "Began the conversation anew from the evidence"
            return Step(kind=StepKind.TIDY, text=text, details=tuple(details))
        case ModelRestarted():
            details = [Detail(label="why", text=one_line(event.reason, limit=600))]
            text = "The model broke down and was started again; the step is repeated"
            return Step(kind=StepKind.PROBLEM, text=text, details=tuple(details))


def _thought_details(event: PolicyReplied) -> Iterator[Detail]:
    yield from _prose(event.thought)
    if event.reply_tokens:
        parts = [f"{counted(event.prompt_tokens, 'token')} read"]
        if event.reused_tokens:
            parts[0] += f", {event.reused_tokens:,} of them known before"
        parts.append(f"{event.reply_tokens:,} written")
        if event.seconds > 0:
            parts.append(duration_words(event.seconds))
        yield Detail(label="", text=" · ".join(parts), is_prose=True)


def _prose(text: str) -> list[Detail]:
    """Return a text that unfolds in full, over as many rows as it needs."""
    text = text[:_MOST_CHARACTERS].strip()
    return [Detail(label="", text=text, is_prose=True)] if text else []


def _beginning(thought: str) -> str:
    return _SENTENCE_END.split(one_line(thought, limit=240), maxsplit=1)[0]
