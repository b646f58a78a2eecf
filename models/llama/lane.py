"""Keeps what sequences of a context have read, and starts each new prompt from the one that is most like it."""

from __future__ import annotations

import itertools
from collections.abc import Collection

from models.errors import ContextFull
from models.llama.context import Context
from models.llama.known import Known, Plan, common_length, plan
from models.llama.vocabulary import Vocabulary


class LaneCache:
    """Sequences of one lane. The least recently used ones make room for new ones."""

    def __init__(
        self, context: Context, vocabulary: Vocabulary, *, sequences: range, cells: int, can_roll_back: bool
    ) -> None:
        """``cells`` is how many tokens all sequences of this lane may hold together; shared ones count once."""
        self.context = context
        self.cells = cells
        self.known: list[Known] = []
        self._vocabulary = vocabulary
        self._free = list(sequences)
        self._can_roll_back = can_roll_back
        self._clock = itertools.count(1)
        self._new_cells = itertools.count()
        self._promised: dict[int, int] = {}

    def open(self, prompt: str, *, reply_tokens: int, busy: Collection[Known]) -> Known | None:
        """Return a sequence that holds the tokens of a prompt, as many of them decoded as were known.

        At least the last one is left to be decoded: its logits are wanted. None: the sequences that are busy leave no
        room now.

        Args:
            prompt: marked text.
            reply_tokens: how many tokens of a reply must find room after it.
            busy: sequences that are being worked on; they are left alone but may be copied from.

        Raises:
            ContextFull: there would be no room even if nothing else were kept.
        """
        best, its_plan = self._most_like(prompt)
        count = its_plan.keep + len(its_plan.added)
        if count + reply_tokens > self.cells:
            raise ContextFull(needed=count + reply_tokens, available=self.cells)
        reused = min(its_plan.keep, best.decoded if best else 0, count - 1)
        known = self._continue_or_copy(best, reused, its_plan, busy)
        if known is None:
            return None
        known.start(prompt, source=best, plan=its_plan)
        known.used = next(self._clock)
        self._promised[known.sequence] = count + reply_tokens
        if not self._make_room(known, busy):
            self.forget(known)
            return None
        return known

    def advance(self, known: Known, count: int) -> None:
        """Note that the next tokens of a sequence were decoded."""
        known.decoded += count
        known.cells += itertools.islice(self._new_cells, count)

    def resynchronise(self, known: Known) -> None:
        """Find out what is in the cache after a computation was broken off."""
        length = min(self.context.length(known.sequence), len(known.tokens))
        if length < known.decoded:
            del known.cells[length:]
            known.decoded = length
        else:
            self.advance(known, length - known.decoded)
        self._truncate(known, known.decoded)

    def release(self, known: Known) -> None:
        """Note that a sequence is not busy any more; what it holds is kept until the room is needed."""
        self._promised.pop(known.sequence, None)
        known.used = next(self._clock)

    def drop_oldest(self, *, busy: Collection[Known], keep: Known | None = None) -> bool:
        """Forget the least recently used sequence that is not busy; False when there is none."""
        idle = [known for known in self.known if known not in busy and known is not keep]
        if not idle:
            return False
        self.forget(min(idle, key=lambda known: known.used))
        return True

    def forget(self, known: Known) -> None:
        """Forget a sequence."""
        self.context.truncate(known.sequence, 0)
        self.known.remove(known)
        self._promised.pop(known.sequence, None)
        self._free.append(known.sequence)

    def adopt(self) -> Known:
        """Return an empty sequence, making room for it if need be."""
        if not self._free and not self.drop_oldest(busy=()):
            raise RuntimeError("a lane needs at least one sequence")
        known = Known(self._free.pop(), self._vocabulary)
        self.known.append(known)
        return known

    def used_cells(self) -> int:
        """Return how many cells of the cache hold something."""
        return len(set().union(*(known.cells for known in self.known)))

    # --- choosing --------------------------------------------------------------------------------------------------

    def _most_like(self, prompt: str) -> tuple[Known | None, Plan]:
        best: Known | None = None
        most = 0
        for known in self.known:
            readable = known.ends[known.decoded - 1] // 2 if known.decoded else 0
            shared = min(readable, common_length(known.marked, prompt))
            if shared > most:
                best, most = known, shared
        if best is None:
            return None, Plan(0, self._vocabulary.encode(prompt))
        return best, plan(best, prompt, self._vocabulary)

    def _continue_or_copy(
        self, best: Known | None, reused: int, its_plan: Plan, busy: Collection[Known]
    ) -> Known | None:
        """Return a sequence in which the first ``reused`` tokens of ``best`` are decoded, and nothing else."""
        if best is not None and best not in busy:
            goes_on = its_plan.keep == len(best.tokens)
            is_only = not self._free and all(known is best or known in busy for known in self.known)
            if goes_on or is_only:
                self._truncate(best, reused)
                return best
        if not self._free and not self.drop_oldest(busy=busy, keep=best):
            return None
        known = self.adopt()
        if best is not None and reused and (self._can_roll_back or reused == best.decoded):
            self.context.copy(best.sequence, known.sequence, reused)
            known.decoded = reused
            known.cells = best.cells[:reused]
        return known

    def _truncate(self, known: Known, length: int) -> None:
        if not self.context.truncate(known.sequence, length):
            self.context.truncate(known.sequence, 0)
            length = 0
        known.decoded = min(known.decoded, length)
        del known.cells[known.decoded :]

    def _make_room(self, known: Known, busy: Collection[Known]) -> bool:
        while True:
            working = [*busy, known]
            promised = sum(max(0, self._promised.get(one.sequence, 0) - one.decoded) for one in working)
            if self.used_cells() + promised <= self.cells:
                return True
            if not self.drop_oldest(busy=working):
                return False
