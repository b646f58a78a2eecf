"""Generates replies: reads prompts, then one token after the other, for several requests at once where they may."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.chat import ChatRequest, OnText, Reply, ReplyEnd, Usage
from models.errors import ContextFull
from models.llama.constraint import Constraint, Grammars
from models.llama.context import ABORTED, NO_ROOM
from models.llama.interrupt import Interrupt
from models.llama.known import Known, common_length
from models.llama.lane import LaneCache
from models.llama.sampling import Sampler
from models.llama.speech import Speech
from models.llama.vocabulary import Vocabulary
from models.llama_settings import Phase

OnProgress = Callable[[Phase, int, int], None]
"""Called with what is being done, how many tokens of it are done, and how many there are."""

_REPORT_EVERY_S = 0.1
_WORTH_SHARING = 100
"""Characters that two prompts must have in common for one to wait for the other."""


class _Stopped(Exception):
    """The interrupt was set."""


@dataclass(slots=True, kw_only=True)
class _Active:
    """A reply that is being generated."""

    index: int
    request: ChatRequest
    known: Known
    sampler: Sampler
    constraint: Constraint | None
    speech: Speech
    on_text: OnText | None
    prompt_tokens: int
    reused_tokens: int
    started: float
    reply_tokens: int = 0
    forced_tokens: int = 0
    unread: int = 0
    """Prompt tokens that are left for the step that chooses the first token of the reply."""
    is_read: bool = False
    """Whether nothing but these is left of the prompt."""
    answering: float = 0.0
    """When the first token of the reply was chosen; 0 before that."""
    end: ReplyEnd | None = None

    def hear(self, text: str) -> None:
        """Take the next piece of the reply."""
        text = self.speech.add(text)
        if text and self.on_text is not None:
            self.on_text(self.index, text)

    def reply(self, end: ReplyEnd) -> Reply:
        """Return it as it is now."""
        now = time.perf_counter()
        answering = self.answering or now
        usage = Usage(
            prompt_tokens=self.prompt_tokens,
            reused_tokens=self.reused_tokens,
            reply_tokens=self.reply_tokens,
            forced_tokens=self.forced_tokens,
            prompt_s=answering - self.started,
            reply_s=now - answering,
        )
        return Reply(text=self.speech.text, end=end, usage=usage)


@dataclass(slots=True, kw_only=True)
class _Progress:
    """How far the requests of one call are; told on at most ten times a second."""

    tell: OnProgress | None
    read: int = 0
    to_read: int = 0
    next_time: float = field(default=0.0)

    def reading(self, count: int) -> None:
        self.read += count
        if self.tell is not None:
            self.tell(Phase.READING_PROMPT, self.read, self.to_read)

    def answering(self, done: int, total: int) -> None:
        if self.tell is not None and (now := time.perf_counter()) >= self.next_time:
            self.next_time = now + _REPORT_EVERY_S
            self.tell(Phase.ANSWERING, done, total)


class Decoder:
    """Generates replies in one lane."""

    def __init__(self, lane: LaneCache, vocabulary: Vocabulary, grammars: Grammars, *, max_parallel: int) -> None:
        self.lane = lane
        self._context = lane.context
        self._vocabulary = vocabulary
        self._grammars = grammars
        self._max_parallel = max_parallel

    def replies(
        self,
        requests: Sequence[ChatRequest],
        prompts: Sequence[str],
        *,
        on_text: OnText | None,
        on_progress: OnProgress | None,
        interrupt: Interrupt,
    ) -> tuple[Reply, ...]:
        """Return the replies to requests, in their order.

        Args:
            requests: what is asked for.
            prompts: their prompts as marked text.
            on_text: hears the pieces of the replies.
            on_progress: hears how far they are.
            interrupt: ends all replies with what there is of them.

        Raises:
            ContextFull: one of them has no room; nothing was generated for it.
            ValueError: a grammar is wrong.
        """
        self._context.obey(interrupt)
        progress = _Progress(tell=on_progress)
        done: dict[int, Reply] = {}
        active: list[_Active] = []
        waiting = list(range(len(requests)))
        try:
            while (waiting or active) and not interrupt.is_set:
                while waiting and len(active) < self._max_parallel:
                    index = waiting[0]
                    if self._begins_like_unread(prompts[index], active):
                        self._read_prompts(active, progress, interrupt, leave=1)
                    started = self._start(requests[index], prompts[index], index=index, active=active, on_text=on_text)
                    if started is None:
                        break
                    waiting.pop(0)
                    progress.to_read += started.prompt_tokens - started.reused_tokens
                leave = self._context.batch_room // max(1, len(active))
                self._read_prompts(active, progress, interrupt, leave=leave)
                active = self._gather(active, done)
                if active:
                    self._step(active, progress)
                    active = self._gather(active, done)
        except _Stopped:
            pass
        finally:
            for one in active:
                self._finish(one)
        for one in active:
            done.setdefault(one.index, one.reply(one.end or ReplyEnd.CANCELLED))
        for index in range(len(requests)):
            done.setdefault(index, Reply(text="", end=ReplyEnd.CANCELLED))
        return tuple(done[index] for index in range(len(requests)))

    def weigh(self, prompt: str, *, tokens: Sequence[int], interrupt: Interrupt) -> tuple[float, ...]:
        """Return how probable each of these tokens is after a prompt, together 1; all 0 when interrupted."""
        self._context.obey(interrupt)
        nothing = (0.0,) * len(tokens)
        known = self.lane.open(prompt, reply_tokens=0, busy=())
        if known is None or interrupt.is_set:
            return nothing
        try:
            self._feed([known], _Progress(tell=None), interrupt, leave=self._context.batch_room)
            (row,) = self._compute([known])
            logits = self._context.logits(row)[list(tokens)].astype(np.float64)
        except _Stopped:
            return nothing
        finally:
            self.lane.release(known)
        weights = np.exp(logits - np.max(logits))
        return tuple(float(weight) for weight in weights / weights.sum())

    # --- one request -----------------------------------------------------------------------------------------------

    def _start(
        self,
        request: ChatRequest,
        prompt: str,
        *,
        index: int,
        active: list[_Active],
        on_text: OnText | None,
    ) -> _Active | None:
        """Return a request that has joined ``active``; None when it has to wait for one of them to end."""
        constraint = self._grammars.constraint(request.grammar) if request.grammar else None
        busy = [one.known for one in active]
        known = self.lane.open(prompt, reply_tokens=request.max_tokens, busy=busy)
        if known is None:
            if not active:
                raise ContextFull(needed=self.lane.cells + 1, available=self.lane.cells)
            return None
        started = _Active(
            index=index,
            request=request,
            known=known,
            sampler=Sampler(request.sampling),
            constraint=constraint,
            speech=Speech(request.stops),
            on_text=on_text,
            prompt_tokens=len(known.tokens),
            reused_tokens=known.decoded,
            started=time.perf_counter(),
        )
        active.append(started)
        return started

    def _begins_like_unread(self, prompt: str, active: list[_Active]) -> bool:
        """Tell whether a prompt begins like one that is not read yet, so that reading that one first saves tokens."""
        for one in active:
            known = one.known
            if not one.is_read:
                read = known.ends[known.decoded - 1] // 2 if known.decoded else 0
                if common_length(known.marked, prompt) > read + _WORTH_SHARING:
                    return True
        return False

    def _read_prompts(self, active: list[_Active], progress: _Progress, interrupt: Interrupt, *, leave: int) -> None:
        """Decode all prompts that are not read yet, as many at a time as a batch takes, up to their last tokens.

        Args:
            active: whose prompts.
            progress: hears how far they are.
            interrupt: ends it.
            leave: how many tokens at most may be left of each for the step that chooses the first token of its reply,
                which then costs no computation of its own; at least 1.
        """
        unread = [one for one in active if not one.is_read]
        self._feed([one.known for one in unread], progress, interrupt, leave=leave)
        for one in unread:
            one.is_read = True
            one.unread = len(one.known.tokens) - one.known.decoded
            if one.request.max_tokens < 1:
                one.end = ReplyEnd.LENGTH
            self._force(one)

    def _feed(self, sequences: list[Known], progress: _Progress, interrupt: Interrupt, *, leave: int) -> None:
        """Decode the tokens of some sequences but for their last ones: at least one stays, at most ``leave``."""
        while left := [known for known in sequences if len(known.tokens) - known.decoded > leave]:
            if interrupt.is_set:
                raise _Stopped
            room = self._context.batch_room
            parts: list[tuple[Known, tuple[int, int, list[int]]]] = []
            for known in left:
                stop = min(len(known.tokens) - 1, known.decoded + room)
                parts.append((known, (known.sequence, known.decoded, known.tokens[known.decoded : stop])))
                room -= stop - known.decoded
                if not room:
                    break
            self._decode(parts, outputs=False)
            progress.reading(sum(len(tokens) for _, (_, _, tokens) in parts))

    def _decode(self, parts: list[tuple[Known, tuple[int, int, list[int]]]], *, outputs: bool) -> None:
        busy = [known for known, _ in parts]
        while True:
            answer = self._context.decode([part for _, part in parts], outputs=outputs)
            if answer == NO_ROOM and self.lane.drop_oldest(busy=busy):
                continue
            break
        if answer == NO_ROOM:
            raise ContextFull(needed=self.lane.cells + 1, available=self.lane.cells)
        if answer == ABORTED:
            for known in busy:
                self.lane.resynchronise(known)
            raise _Stopped
        for known, (_, _, tokens) in parts:
            self.lane.advance(known, len(tokens))

    # --- all active requests ---------------------------------------------------------------------------------------

    def _compute(self, sequences: list[Known]) -> list[int]:
        """Decode what is left of some sequences in one batch; returns the rows of their logits."""
        parts: list[tuple[Known, tuple[int, int, list[int]]]] = []
        rows: list[int] = []
        row = -1
        for known in sequences:
            tokens = known.tokens[known.decoded :]
            row += len(tokens)
            rows.append(row)
            parts.append((known, (known.sequence, known.decoded, tokens)))
        self._decode(parts, outputs=True)
        return rows

    def _step(self, active: list[_Active], progress: _Progress) -> None:
        share = self._context.batch_room // len(active)
        for one in active:
            known = one.known
            while len(known.tokens) - known.decoded > share:
                part = (known.sequence, known.decoded, known.tokens[known.decoded : known.decoded + share])
                self._decode([(known, part)], outputs=False)
        rows = self._compute([one.known for one in active])
        for one, row in zip(active, rows, strict=True):
            if not one.answering:
                one.answering = time.perf_counter()
                progress.reading(one.unread)
            self._choose(one, row)
        progress.answering(max(one.reply_tokens for one in active), max(one.request.max_tokens for one in active))

    def _choose(self, one: _Active, row: int) -> None:
        token = one.sampler.pick(self._context, row)
        if one.constraint is not None and not self._is_allowed(one.constraint, token):
            one.constraint.restrict(self._context.logits(row))
            token = one.sampler.pick(self._context, row)
            if not self._is_allowed(one.constraint, token):
                raise ValueError("The grammar leaves no token to go on with")
        if token in self._vocabulary.ends:
            one.known.append(token)
            one.end = ReplyEnd.COMPLETE
            return
        self._say(one, token)
        if one.end is None:
            self._force(one)

    def _is_allowed(self, constraint: Constraint, token: int) -> bool:
        return constraint.may_end if token in self._vocabulary.ends else constraint.take(token)

    def _force(self, one: _Active) -> None:
        """Take over the tokens that the grammar leaves no choice about."""
        if one.constraint is None or one.end is not None:
            return
        for token in one.constraint.forced():
            one.forced_tokens += 1
            self._say(one, token)
            if one.end is not None:
                return
        if one.constraint.must_end:
            one.end = ReplyEnd.COMPLETE

    def _say(self, one: _Active, token: int) -> None:
        one.hear(one.known.append(token))
        one.reply_tokens += 1
        if one.speech.is_complete:
            one.end = ReplyEnd.COMPLETE
        elif one.reply_tokens >= one.request.max_tokens:
            one.end = ReplyEnd.LENGTH

    def _gather(self, active: list[_Active], done: dict[int, Reply]) -> list[_Active]:
        """Return the requests that are still being answered; the others' replies are noted."""
        left: list[_Active] = []
        for one in active:
            if one.end is None:
                left.append(one)
            else:
                self._finish(one)
                done[one.index] = one.reply(one.end)
        return left

    def _finish(self, one: _Active) -> None:
        rest = one.known.finish_text()
        if rest and not one.speech.is_complete:
            one.hear(rest)
        one.sampler.close()
        self.lane.release(one.known)
