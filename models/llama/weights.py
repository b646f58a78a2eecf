"""Loads a model's weights and tells what it is; refuses with a sentence what cannot be run."""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from models.errors import LoadCancelled, ModelTooLarge, ModelUnusable
from models.llama.bindings import api
from models.llama.interrupt import Interrupt
from models.llama.log import EngineLog

_SHORTAGE = ("unable to allocate", "failed to allocate", "out of memory", "alloc_buffer", "bad_alloc", "mmap failed")
_UNKNOWN = ("unknown model architecture", "unknown pre-tokenizer", "unknown tokenizer", "unsupported model")
_EDGE_BYTES = 1 << 20


class Weights:
    """A loaded model. Close it when every context made from it is closed."""

    def __init__(self, model: Any, path: Path, *, gpu_layers: int, uses_repacking: bool) -> None:
        self.model = model
        self.path = path
        self.gpu_layers = gpu_layers
        self.uses_repacking = uses_repacking
        self.vocab = api.llama_model_get_vocab(model)
        self.layers = int(api.llama_model_n_layer(model))
        self.trained_tokens = int(api.llama_model_n_ctx_train(model))
        self.size_bytes = int(api.llama_model_size(model))
        self.metadata = dict(_metadata(model))
        self.can_roll_back = not (api.llama_model_is_recurrent(model) or api.llama_model_is_hybrid(model))

    @property
    def architecture(self) -> str:
        """As llama.cpp calls it: ``qwen2``."""
        return self.metadata.get("general.architecture", "")

    @property
    def description(self) -> str:
        """Name and quantisation, for people."""
        kind = api.llama_ftype_name(api.llama_model_ftype(self.model)) or b""
        quantisation = kind.decode("utf-8", "replace").removeprefix("all ")
        for long, short in ((" - Small", "_S"), (" - Medium", "_M"), (" - Large", "_L")):
            quantisation = quantisation.replace(long, short)
        name = self.metadata.get("general.name", "").strip() or self.path.stem
        return name if quantisation.lower() in name.lower() else f"{name} {quantisation}"

    @property
    def template(self) -> str:
        """The chat template; empty when the file brings none."""
        text = api.llama_model_chat_template(self.model, None)
        return text.decode("utf-8", "replace") if text else ""

    @property
    def kv_values_per_token(self) -> int:
        """Numbers that the cache holds for each token, keys and values of all layers."""
        heads = max(1, int(api.llama_model_n_head(self.model)))
        kv_heads = int(api.llama_model_n_head_kv(self.model)) or heads
        usual = int(api.llama_model_n_embd(self.model)) // heads
        prefix = f"{self.architecture}.attention."
        key = _number(self.metadata.get(prefix + "key_length"), usual)
        value = _number(self.metadata.get(prefix + "value_length"), usual)
        return self.layers * kv_heads * (key + value)

    def fingerprint(self) -> str:
        """Return what tells this model from every other: the size of its file and what lies at both its ends."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest.update(size.to_bytes(8, "little"))
            file.seek(0)
            digest.update(file.read(_EDGE_BYTES))
            file.seek(max(0, size - _EDGE_BYTES))
            digest.update(file.read(_EDGE_BYTES))
        return digest.hexdigest()

    def close(self) -> None:
        """Give the memory back."""
        if self.model is not None:
            api.llama_model_free(self.model)
            self.model = None


def load_weights(
    path: Path,
    *,
    gpu_layers: int,
    use_repacking: bool,
    log: EngineLog,
    on_progress: Callable[[float], None],
    interrupt: Interrupt,
) -> Weights:
    """Return the loaded model.

    Args:
        path: of a GGUF file, or of the first of its parts.
        gpu_layers: how many layers a graphics card takes; any number above the model's own means all.
        use_repacking: whether to rearrange the weights for this processor.
        log: where llama.cpp's reasons are found.
        on_progress: called with the share that is loaded, from 0 to 1.
        interrupt: ends loading.

    Raises:
        ModelUnusable: the file is missing, damaged, no language model, or of a kind that llama.cpp does not know.
        ModelTooLarge: there is not enough memory.
        LoadCancelled: it was interrupted.
    """
    if not path.is_file():
        raise ModelUnusable(f"There is no model at {path}", hint="Choose another one, or download it again.")
    api.llama_backend_init()
    params = api.llama_model_default_params()
    params.n_gpu_layers = gpu_layers
    params.use_extra_bufts = use_repacking

    def hear(share: float, _data: Any) -> bool:
        on_progress(share)
        return not interrupt.is_set

    callback = api.llama_progress_callback(hear)
    params.progress_callback = callback
    log.clear()
    model = api.llama_model_load_from_file(_file_name(path), params)
    if not model:
        if interrupt.is_set:
            raise LoadCancelled("Loading the model was stopped")
        raise _refusal(path, log.errors())
    weights = Weights(model, path, gpu_layers=gpu_layers, uses_repacking=use_repacking)
    reason = _unfit(model)
    if reason:
        weights.close()
        raise ModelUnusable(reason, hint="Choose a model that is made for conversations.")
    return weights


def _unfit(model: Any) -> str:
    if api.llama_model_has_encoder(model) or not api.llama_model_has_decoder(model):
        return "This model does not continue text: it translates or compares"
    if api.llama_model_is_diffusion(model):
        return "This model does not write word by word, which is what is needed here"
    if api.llama_vocab_type(api.llama_model_get_vocab(model)) == api.LLAMA_VOCAB_TYPE_NONE:
        return "This model has no vocabulary"
    return ""


def _refusal(path: Path, errors: str) -> ModelUnusable | ModelTooLarge:
    said = errors.lower()
    if any(word in said for word in _SHORTAGE):
        hint = "Close other programs, or choose a smaller model or a smaller quantisation."
        return ModelTooLarge(f"There is not enough memory for {path.name}", hint=hint)
    if any(word in said for word in _UNKNOWN):
        hint = "It may need a newer version of this program; another model will work today."
        return ModelUnusable(f"{path.name} is of a kind that cannot be run here", hint=hint)
    return ModelUnusable(
        f"{path.name} cannot be loaded", hint="The file is damaged, or no language model. Download it again."
    )


def _metadata(model: Any) -> Iterator[tuple[str, str]]:
    buffer = ctypes.create_string_buffer(4096)
    for index in range(int(api.llama_model_meta_count(model))):
        if api.llama_model_meta_key_by_index(model, index, buffer, len(buffer)) < 0:
            continue
        key = buffer.value.decode("utf-8", "replace")
        if api.llama_model_meta_val_str_by_index(model, index, buffer, len(buffer)) >= 0:
            yield key, buffer.value.decode("utf-8", "replace")


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default


def _file_name(path: Path) -> bytes:
    """Return the path as llama.cpp wants it: UTF-8 on Windows, the file system's own bytes elsewhere."""
    return str(path).encode("utf-8") if sys.platform == "win32" else os.fsencode(path)
