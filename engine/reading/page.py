"""A page as it came over the network, and what it says about itself besides its text."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain import Obstacle

MAX_PAGE_BYTES = 64 << 20
"""More than this no page or file from the web may have; whoever fetches will want to stop much earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBytes:
    """The body of an answer, or of a copy that a person saved, after the transfer's own compression was undone."""

    data: bytes
    """All of it, or its beginning where ``is_truncated``."""
    address: str
    """Where it was found in the end: relative links are read from there."""
    content_type: str = ""
    """What the server calls it: the whole header or only its first part; empty if it says nothing."""
    charset: str = ""
    """The encoding that came with the bytes, if it is not part of ``content_type``."""
    is_truncated: bool = False
    """Whether there was more than ``data``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says about itself besides its text; every field may be empty."""

    site: str = ""
    """What the site calls itself, or else its host."""
    canonical: str = ""
    """The address that the page says is its own; only where that lies on the same site."""
    links: tuple[str, ...] = ()
    """Absolute http and https addresses that a person could follow from it, each once, in its order."""
    obstacle: Obstacle | None = None
    """What the page shows instead of its text; None where it seems to be what was asked for."""
    words: str = ""
    """The same in words for the person, one sentence; empty without an obstacle."""
