"""What sources are called in remarks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from engine.agent.roles import Brief
from engine.domain import Passage, Source


def title_of(passage: Passage, brief: Brief) -> str:
    """Return the title of a passage's source, or the end of its address."""
    source = brief.sources[passage.source_id]
    return source.title or _file_name(source)


def titles_of(passages: Sequence[Passage], brief: Brief) -> list[str]:
    """Return the titles of sources; of those that share one, the addresses' ends instead."""
    titles = [title_of(passage, brief) for passage in passages]
    return [
        title if titles.count(title) == 1 else _file_name(brief.sources[passage.source_id])
        for title, passage in zip(titles, passages, strict=True)
    ]


def _file_name(source: Source) -> str:
    return unquote(source.address.rstrip("/").rsplit("/", 1)[-1])
