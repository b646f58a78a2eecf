"""What a conversation begins anew with when it has no room left: the evidence, what was tried, and what is left."""

from __future__ import annotations

from collections.abc import Callable

from engine.agent.model_roles.progress import UNOPENED_SHOWN, Progress
from engine.domain import Passage

_TITLE = 90


def workspace_text(progress: Progress, *, left_out: int, as_json: Callable[[object], str]) -> str:
    """Return the state of the work in words and JSON.

    Args:
        progress: what was done.
        left_out: how many passages, the least relevant ones, have no room.
        as_json: writes a value as JSON in which nothing looks like a tag.
    """
    kept = kept_passages(progress, left_out=left_out)
    pages: list[object] = []
    for reading in progress.readings:
        pages.append(
            {
                "url": progress.book.name(reading.source.address),
                "information": _information(progress.passages_in(reading), kept),
            }
        )
    offered = [
        {"title": result.title[:_TITLE], "url": progress.book.name(result.address)}
        for result in progress.unopened()[:UNOPENED_SHOWN]
    ]
    lines = ["The work so far:", f"searched for {as_json([ran.query for ran in progress.searches])}"]
    lines.append(f"read {as_json(pages)}")
    if left_out:
        lines.append(f"({left_out} less relevant passages are not shown)")
    lines.append(f"not read yet {as_json(offered)}")
    lines.append(f"tool calls left: {progress.calls_left()}, searches left: {progress.searches_left}")
    return "\n".join(lines)


def kept_passages(progress: Progress, *, left_out: int) -> frozenset[int]:
    """Return the numbers of the passages that are shown: the most relevant ones, the earlier where two are equal."""
    ranked = sorted(progress.passages, key=lambda passage: (-passage.relevance, passage.id))
    return frozenset(passage.id for passage in ranked[: max(0, len(ranked) - left_out)])


def _information(passages: tuple[Passage, ...], kept: frozenset[int]) -> list[object]:
    shown = [passage for passage in passages if passage.id in kept]
    return [
        {"page_number": number, "page_summary": f"[{passage.id}] {passage.quote}"}
        for number, passage in enumerate(shown)
    ]
