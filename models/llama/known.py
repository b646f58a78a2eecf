"""What a sequence of the cache holds: its text, the very tokens that make it, and how much of a new prompt that is."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from models.llama.vocabulary import Vocabulary, mark

_MARK_CHARACTER = re.compile("[\ud800-\udfff]")


class Known:
    """The text and the tokens of one sequence, in step with each other.

    Tokens up to ``decoded`` are in llama.cpp's cache. The ones after that are known but were not computed: the last
    token of a reply, or what an interrupt left.
    """

    def __init__(self, sequence: int, vocabulary: Vocabulary) -> None:
        self.sequence = sequence
        self.tokens: list[int] = []
        self.ends: list[int] = []
        """Where each token ends in the marked text, in half characters: odd numbers lie inside a character."""
        self.spoken = bytearray()
        """For each token 1 if it belongs to a reply, 0 if it was read."""
        self.decoded = 0
        self.cells: list[int] = []
        """The cells of the cache that its decoded tokens lie in; sequences that were copied share them."""
        self.used = 0
        """When it was last used, on the clock of whoever owns it."""
        self._vocabulary = vocabulary
        self._text = ""
        self._parts: list[str] = []
        self._length = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def marked(self) -> str:
        """The marked text of all tokens."""
        if self._parts:
            self._text += "".join(self._parts)
            self._parts.clear()
        return self._text

    def start(self, prompt: str, *, source: Known | None, plan: Plan) -> None:
        """Hold the tokens of a prompt, made as planned from what a sequence holds, which may be this one.

        How many of them are decoded, and in which cells, is for the caller to know.
        """
        keep = plan.keep if source is not None else 0
        tokens = source.tokens[:keep] if source is not None else []
        ends = source.ends[:keep] if source is not None else []
        spoken = source.spoken[:keep] if source is not None else bytearray()
        begin = ends[-1] // 2 if ends else 0
        ends += [2 * begin + end for end in self._vocabulary.ends_of(plan.added, prompt[begin:])]
        self.restore(prompt, tokens=tokens + plan.added, ends=ends, spoken=spoken + bytes(len(plan.added)))

    def restore(self, marked: str, *, tokens: list[int], ends: list[int], spoken: bytearray) -> None:
        """Hold these tokens, of which the text is known."""
        self.tokens = tokens
        self.ends = ends
        self.spoken = spoken
        self._text = marked
        self._parts.clear()
        self._length = len(marked)
        self._decoder.reset()

    def append(self, token: int) -> str:
        """Take a token of a reply; returns what it adds to the reply's text, whole characters only."""
        vocabulary = self._vocabulary
        self.tokens.append(token)
        self.spoken.append(1)
        special = vocabulary.special_text(token)
        if special is not None:
            rest = self._decoder.decode(b"", True) if self._decoder.getstate()[0] else ""
            self._decoder.reset()
            self._length += len(rest) + 2
            self._parts.append(rest + mark(token))
            self.ends.append(2 * self._length)
            return rest + special
        pending = self._decoder.getstate()[0]
        text = None if pending else vocabulary.text(token)
        if text is None:
            text = self._decoder.decode(vocabulary.piece(token))
            pending = self._decoder.getstate()[0]
        if text:
            self._parts.append(text)
            self._length += len(text)
        self.ends.append(2 * self._length + (1 if pending else 0))
        return text

    def finish_text(self) -> str:
        """Return what is left of the reply's text: a replacement character where it ended inside a character."""
        rest = self._decoder.decode(b"", True) if self._decoder.getstate()[0] else ""
        self._decoder.reset()
        if rest:
            self._parts.append(rest)
            self._length += len(rest)
            self.ends[-1] = 2 * self._length
        return rest


@dataclass(frozen=True, slots=True)
class Plan:
    """How a new prompt is made from a known sequence."""

    keep: int
    """How many of the sequence's tokens stay."""
    added: list[int] = field(default_factory=list)
    """The tokens that come after them."""


def plan(known: Known, prompt: str, vocabulary: Vocabulary) -> Plan:
    """Return how a prompt, as marked text, is made from what a sequence holds.

    Where the prompt goes on from all that is known, the tokens stay as they are, also those that a tokenizer would
    have chosen otherwise. Where the two part ways inside a stretch of text, the stretch is tokenised anew and its
    first tokens stay as far as they are the same.
    """
    marked = known.marked
    shared = common_length(marked, prompt)
    if shared == len(marked) and (shared == len(prompt) or _is_mark(prompt, shared)):
        return Plan(len(known.tokens), vocabulary.encode(prompt[shared:]))
    start = _stretch_start(prompt, shared)
    first = _token_at(known, start)
    if first is None:
        return Plan(0, vocabulary.encode(prompt))
    stop = _MARK_CHARACTER.search(prompt, start)
    end = stop.start() if stop else len(prompt)
    stretch = vocabulary.encode(prompt[start:end])
    same = 0
    for ours, theirs in zip(known.tokens[first:], stretch, strict=False):
        if ours != theirs:
            break
        same += 1
    exact = first + same
    boundary = _last_boundary(known, shared)
    if boundary > exact and known.spoken[exact]:
        # Generated tokens stay up to the last one that the prompt repeats in full, as they are.
        return Plan(boundary, vocabulary.encode(prompt[known.ends[boundary - 1] // 2 :]))
    return Plan(exact, stretch[same:] + vocabulary.encode(prompt[end:]))


def common_length(left: str, right: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    low, high = 0, min(len(left), len(right))
    if left[:high] == right[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_mark(text: str, index: int) -> bool:
    return "\ud800" <= text[index] <= "\udbff"


def _stretch_start(text: str, index: int) -> int:
    """Return where the stretch without special tokens begins that holds a position, or ends there."""
    if index and "\ud800" <= text[index - 1] <= "\udbff":
        index -= 1  # between the halves of a mark
    last = _MARK_CHARACTER.search(text[:index][::-1])
    return index - last.start() if last else 0


def _token_at(known: Known, position: int) -> int | None:
    """Return which token begins at a position of the marked text; None when none does."""
    count = _last_boundary(known, position)
    return count if (known.ends[count - 1] if count else 0) == 2 * position else None


def _last_boundary(known: Known, position: int) -> int:
    """Return how many tokens lie wholly before a position, counting only as far as one ends between characters."""
    count = bisect_right(known.ends, 2 * position)
    while count and known.ends[count - 1] % 2:
        count -= 1
    return count
