"""Chooses the next token from logits."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from models.chat import Sampling
from models.llama.bindings import api, sample_row
from models.llama.context import Context

_RANDOM_SEED = 0xFFFF_FFFF
"""What llama.cpp takes for the wish to be given any seed."""


class Sampler:
    """Chooses tokens as one request wants it; close it when the reply is complete."""

    def __init__(self, sampling: Sampling) -> None:
        self._chain: Any = None
        self._pointer: Any = None
        if sampling.temperature > 0:
            params = api.llama_sampler_chain_default_params()
            params.no_perf = True
            chain = api.llama_sampler_chain_init(params)
            if sampling.top_k > 0:
                api.llama_sampler_chain_add(chain, api.llama_sampler_init_top_k(sampling.top_k))
            if sampling.top_p < 1:
                api.llama_sampler_chain_add(chain, api.llama_sampler_init_top_p(sampling.top_p, 1))
            api.llama_sampler_chain_add(chain, api.llama_sampler_init_temp(sampling.temperature))
            api.llama_sampler_chain_add(chain, api.llama_sampler_init_dist(sampling.seed % _RANDOM_SEED))
            self._chain = chain
            self._pointer = ctypes.cast(chain, ctypes.c_void_p)

    def pick(self, context: Context, row: int) -> int:
        """Return the next token after the one at this place of the last batch."""
        if self._pointer is None:
            return int(np.argmax(context.logits(row)))
        return int(sample_row(self._pointer, context.pointer, row))

    def close(self) -> None:
        """Give the memory back."""
        if self._chain is not None:
            api.llama_sampler_free(self._chain)
            self._chain = self._pointer = None
