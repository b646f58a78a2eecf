"""Whether the conversation has room for another reply, and what to begin anew with where it has not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.agent.episode_state import Step
from engine.agent.model_roles.conversation import Frame, prompt_for
from engine.agent.model_roles.progress import progress_of
from engine.agent.roles import Conclude, Rebuild
from engine.domain import SubQuestionId
from engine.events import WorkspaceRebuilt
from models.chat import Prompt

LEAST_REPLY = 512
"""Tokens that a reply must have."""
_SHARES_KEPT = (1.0, 0.75, 0.5, 0.25, 0.0)
_GOOD_SHARE = 0.5
"""Of the context, that a new conversation should fill at most, so that it is not soon full again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A conversation that fits, and what is left for the reply."""

    prompt: Prompt
    reply_tokens: int


def room_for(
    steps: Sequence[Step], *, frame: Frame, count: Callable[[Prompt], int], refused: int = 0
) -> Room | Rebuild | Conclude:
    """Return the conversation with the room for its reply, or how it has to be begun anew, or that it cannot go on.

    Args:
        steps: of the episode so far.
        frame: what stays the same.
        count: returns the tokens of a prompt.
        refused: tokens with which the model has refused this conversation; 0 when it was not asked yet.
    """
    prompt = prompt_for(steps, frame=frame)
    tokens = count(prompt)
    left = frame.about.context_tokens - tokens
    if not refused and left >= min(LEAST_REPLY, frame.profile.reply_tokens):
        return Room(prompt=prompt, reply_tokens=min(frame.profile.reply_tokens, left))
    return _rebuilt(steps, frame=frame, count=count, tokens=tokens, refused=refused)


def _rebuilt(
    steps: Sequence[Step], *, frame: Frame, count: Callable[[Prompt], int], tokens: int, refused: int
) -> Rebuild | Conclude:
    passages = len(progress_of(steps, budget=frame.budget, earlier=frame.earlier).passages)
    context = frame.about.context_tokens
    told = max(tokens, refused)
    best: Rebuild | None = None
    for left_out in dict.fromkeys(passages - round(passages * share) for share in _SHARES_KEPT):
        begun = WorkspaceRebuilt(
            subquestion_id=SubQuestionId(0), tokens_before=told, tokens_after=0, reason="", left_out=left_out
        )
        after = count(prompt_for((*steps, begun), frame=frame))
        if after >= tokens or context - after < min(LEAST_REPLY, frame.profile.reply_tokens):
            continue
        reason = _reason(told, context, left_out=left_out, passages=passages)
        best = Rebuild(tokens_before=told, tokens_after=after, reason=reason, left_out=left_out)
        if after <= context * _GOOD_SHARE:
            break
    if best is not None:
        return best
    reason = f"The model has no room for more ({told:,} of {context:,} tokens), also not without what was said."
    return Conclude(found=passages > 0, reason=reason, model_failed=True)


def _reason(tokens: int, context: int, *, left_out: int, passages: int) -> str:
    reason = f"The conversation had no room left ({tokens:,} of {context:,} tokens) and goes on from what was found."
    if left_out:
        reason += f" {left_out} of {passages} passages, the least relevant ones, have no room in it."
    return reason
