"""Whether something was said before: queries that differ only in form, and replies that go round in circles."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from engine.agent.model_roles.speaking import Watch

_EVERY = 48
"""Characters after which a growing reply is looked at again."""
_TIMES = 4
_LEAST = 120
"""Characters that a repeated stretch must fill before it is called a loop."""
_LONGEST_PERIOD = 400
_SENTENCE = 24
_SENTENCE_TIMES = 5


def query_key(query: str) -> str:
    """Return what two queries share that differ only in case, signs and spaces."""
    folded = unicodedata.normalize("NFKC", query).casefold()
    return " ".join(re.findall(r"\w+", folded)) or folded.strip()


def loop_start(text: str) -> int | None:
    """Return where the text begins to repeat itself over and over, or None.

    A loop is a stretch of at most 400 characters that stands at the end at least four times in a row, or a sentence
    that occurs at least five times anywhere.
    """
    return _tail_loop(text) if (start := _sentence_loop(text)) is None else start


def without_loop(text: str) -> str:
    """Return the text up to and including the first turn of its loop."""
    start = loop_start(text)
    return text if start is None else text[:start].rstrip()


def _tail_loop(text: str) -> int | None:
    longest = min(_LONGEST_PERIOD, len(text) // _TIMES)
    for period in range(1, longest + 1):
        times = max(_TIMES, -(-_LEAST // period))
        length = period * times
        if length <= len(text) and text.endswith(text[-period:] * times):
            start = len(text) - length
            while start > 0 and text[start - 1] == text[start - 1 + period]:
                start -= 1
            return start + period
    return None


def _sentence_loop(text: str) -> int | None:
    seen: Counter[str] = Counter()
    ends: dict[str, int] = {}
    for found in re.finditer(r"[^.!?。！？\n]+[.!?。！？\n]+", text):
        sentence = " ".join(found.group().split())
        if len(sentence) < _SENTENCE:
            continue
        seen[sentence] += 1
        ends.setdefault(sentence, found.end())
        if seen[sentence] >= _SENTENCE_TIMES:
            return ends[sentence]
    return None


class LoopWatch(Watch):
    """Ends a reply that goes round in circles."""

    def __init__(self) -> None:
        self.text = ""
        self.has_heard_enough = False
        self._looked_at = 0

    def hear(self, text: str) -> None:
        """Take the next piece."""
        self.text += text
        if not self.has_heard_enough and len(self.text) - self._looked_at >= _EVERY:
            self._looked_at = len(self.text)
            self.has_heard_enough = loop_start(self.text) is not None
