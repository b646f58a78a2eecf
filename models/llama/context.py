"""One llama.cpp context: the cache of several sequences, fed with batches, read as logits."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.errors import ModelDied, ModelTooLarge
from models.llama.bindings import abort_callback, api, token_logits
from models.llama.interrupt import Interrupt
from models.llama.pace import Pace
from models.llama.weights import Weights

KV_TYPES = {"f16": api.GGML_TYPE_F16, "q8_0": api.GGML_TYPE_Q8_0}

DONE, NO_ROOM, ABORTED = 0, 1, 2
_STEP = 8
"""Tokens of a batch up to which it is a step of generation, whose time can be compared with others."""

PADDING = {3: 1, 6: 2, 7: 1}
"""Tokens added to batches of these sizes: llama.cpp multiplies four columns at a time, so that on a processor three
take a third longer than four, and seven longer than eight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPlan:
    """How a context is made."""

    cells: int
    """Tokens that its cache holds, of all sequences together."""
    sequences: int
    ubatch: int
    threads: int
    batch_threads: int
    flash_attention: bool
    kv_type: str
    fills_up: bool = False
    """Whether batches of a few tokens are filled up to a size that a processor computes faster: see PADDING."""


class Context:
    """A context of a loaded model.

    Raises:
        ModelTooLarge: there is no memory for it.
    """

    def __init__(self, weights: Weights, plan: ContextPlan) -> None:
        params = api.llama_context_default_params()
        params.n_ctx = plan.cells
        params.n_batch = params.n_ubatch = plan.ubatch
        sequences = plan.sequences + plan.fills_up
        params.n_seq_max = sequences
        # Without this the buffers are made for the logits of a whole batch: 300 MB more with a large vocabulary.
        params.n_outputs_max = min(plan.ubatch, sequences)
        params.n_threads = plan.threads
        params.n_threads_batch = plan.batch_threads
        params.flash_attn_type = (
            api.LLAMA_FLASH_ATTN_TYPE_ENABLED if plan.flash_attention else api.LLAMA_FLASH_ATTN_TYPE_DISABLED
        )
        params.type_k = params.type_v = KV_TYPES[plan.kv_type]
        params.kv_unified = True
        params.no_perf = True
        self.plan = plan
        self._weights = weights  # keeps them alive longer than the context
        self.pointer = api.llama_init_from_model(weights.model, params)
        if not self.pointer:
            hint = "Close other programs, or choose a smaller model or a smaller context."
            raise ModelTooLarge("There is not enough memory for the model's working space", hint=hint)
        self.memory = api.llama_get_memory(self.pointer)
        self.cells = int(api.llama_n_ctx(self.pointer))
        self.batch_room = plan.ubatch
        self._words = int(api.llama_vocab_n_tokens(weights.vocab))
        self._views: dict[int, npt.NDArray[np.float32]] = {}
        self._interrupt: Interrupt | None = None
        self._abort = abort_callback()
        self._pace = Pace(plan.threads)
        self._make_batch(plan.ubatch)

    def _make_batch(self, room: int) -> None:
        self._tokens = np.zeros(room, dtype=np.int32)
        self._positions = np.zeros(room, dtype=np.int32)
        self._counts = np.ones(room, dtype=np.int32)
        self._sequences = np.zeros(room, dtype=np.int32)
        self._sequence_addresses = self._sequences.ctypes.data + 4 * np.arange(room, dtype=np.uintp)
        self._outputs = np.zeros(room, dtype=np.int8)
        self._ramp = np.arange(room, dtype=np.int32)
        batch = api.llama_batch()
        batch.token = self._tokens.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        batch.pos = self._positions.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        batch.n_seq_id = self._counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        batch.seq_id = self._sequence_addresses.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(ctypes.c_int32)))
        batch.logits = self._outputs.ctypes.data_as(ctypes.POINTER(ctypes.c_int8))
        self._batch = batch

    def obey(self, interrupt: Interrupt) -> None:
        """Have computations from now on stop when this interrupt is set."""
        if interrupt is not self._interrupt:
            self._interrupt = interrupt
            api.llama_set_abort_callback(self.pointer, self._abort, ctypes.c_void_p(interrupt.address))

    def decode(self, parts: Sequence[tuple[int, int, Sequence[int]]], *, outputs: bool) -> int:
        """Compute tokens; returns DONE, NO_ROOM (nothing was done) or ABORTED (look at ``length``).

        Args:
            parts: for each sequence its number, the position of its first token, and the tokens; together at most
                ``batch_room``.
            outputs: whether the logits after each part's last token are wanted.

        Raises:
            ModelDied: the computation failed.
        """
        size = 0
        self._outputs[: self.batch_room] = 0
        for sequence, position, tokens in parts:
            count = len(tokens)
            if count == 1:
                self._tokens[size] = tokens[0]
                self._positions[size] = position
                self._sequences[size] = sequence
            else:
                self._tokens[size : size + count] = tokens
                self._positions[size : size + count] = self._ramp[:count]
                self._positions[size : size + count] += position
                self._sequences[size : size + count] = sequence
            size += count
            self._outputs[size - 1] = outputs
        padding = PADDING.get(size, 0) if self.plan.fills_up else 0
        started = time.perf_counter()
        answer = self._compute(size, padding)
        if answer == DONE and outputs and size <= _STEP and self._pace.took(size, time.perf_counter() - started):
            fewer = self.plan.threads - self._pace.threads
            api.llama_set_n_threads(self.pointer, self._pace.threads, max(1, self.plan.batch_threads - fewer))
        if answer == NO_ROOM and padding:
            answer = self._compute(size, 0)
        if answer < 0:
            hint = "It is started again with the next request. If this happens often, choose a smaller model."
            raise ModelDied(f"The model's computation failed (code {answer})", hint=hint)
        return answer

    def _compute(self, size: int, padding: int) -> int:
        """Compute what is in the batch, and some tokens of a sequence of their own, which is forgotten again."""
        if padding:
            spare = self.plan.sequences
            whole = size + padding
            self._tokens[size:whole] = 0
            self._positions[size:whole] = self._ramp[:padding]
            self._sequences[size:whole] = spare
            self._batch.n_tokens = whole
            answer = int(api.llama_decode(self.pointer, self._batch))
            self.truncate(spare, 0)
            return answer
        self._batch.n_tokens = size
        return int(api.llama_decode(self.pointer, self._batch))

    def logits(self, row: int) -> npt.NDArray[np.float32]:
        """Return a view of the logits after the token at this place of the last batch, one for each token there is."""
        address = token_logits(self.pointer, row)
        if not address:
            raise ModelDied("The model's computation gave no result", hint="It is started again with the next request.")
        view = self._views.get(address)
        if view is None:
            if len(self._views) > 64:
                self._views.clear()
            numbers = (ctypes.c_float * self._words).from_address(address)
            view = self._views[address] = np.ctypeslib.as_array(numbers)
        return view

    def length(self, sequence: int) -> int:
        """Return how many tokens of a sequence are in the cache."""
        return int(api.llama_memory_seq_pos_max(self.memory, sequence)) + 1

    def truncate(self, sequence: int, length: int) -> bool:
        """Remove what a sequence holds from a position on; False when this model can only forget all of it."""
        return bool(api.llama_memory_seq_rm(self.memory, sequence, length, -1))

    def copy(self, source: int, target: int, length: int) -> None:
        """Let an empty sequence share the first tokens of another one."""
        api.llama_memory_seq_cp(self.memory, source, target, 0, length)

    def clear(self) -> None:
        """Forget everything."""
        api.llama_memory_clear(self.memory, False)

    def close(self) -> None:
        """Give the memory back."""
        if self.pointer is not None:
            api.llama_free(self.pointer)
            self.pointer = None
            self._views.clear()


def state_bytes(context: Context, sequence: int) -> int:
    """Return how large the cache of a sequence is when it is saved."""
    return int(api.llama_state_seq_get_size(context.pointer, sequence))
