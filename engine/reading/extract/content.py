"""The bytes of one file, as every extractor receives them."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was read of a file."""

    data: bytes
    stem: str
    """The file's name without its suffix: the title of last resort."""
    characters: int
    """The most characters of text that are wanted; the rest is left out with a warning."""
    give_up_at: float = math.inf
    """When to be content with what has been read, by ``time.process_time``: a busy machine costs no pages."""
    is_truncated: bool = False
    """Whether the file is longer than ``data``."""
    charset: str = ""
    """The encoding that came with the bytes, not from within them."""
