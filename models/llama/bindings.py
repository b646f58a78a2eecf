"""The C functions of llama.cpp as this program calls them; the only module that imports llama_cpp.

Functions that are called for every token are bound here once more with plain argument types, which saves the
conversions of the package's own signatures.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import llama_cpp
from llama_cpp import llama_cpp as _api

api: Any = _api
"""Every function, structure and constant of llama.h under its own name."""

_library: Any = _api._lib

token_logits: Any = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)(
    ("llama_get_logits_ith", _library)
)
"""(context, row) -> address of that row's logits, or None."""

sample_row: Any = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)(
    ("llama_sampler_sample", _library)
)
"""(sampler, context, row) -> token."""

tokenize_function_address: int = ctypes.cast(_library.llama_tokenize, ctypes.c_void_p).value or 0


def engine_version() -> str:
    """Return the version of llama-cpp-python."""
    return str(llama_cpp.__version__)


def abort_callback() -> Any:
    """Return the C library's ``strlen`` in the shape of llama.cpp's abort callback.

    It is handed the address of an Interrupt: a length of 0 means go on, of 1 means stop.
    """
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    return ctypes.cast(library.strlen, api.ggml_abort_callback)
