"""Small GGUF files made by hand: nothing of the format is taken from the code under test."""

from __future__ import annotations

import struct
from pathlib import Path

QWEN = {
    "general.architecture": "qwen2",
    "general.name": "Small Heron 7b",
    "general.file_type": 15,
    "qwen2.block_count": 2,
    "qwen2.context_length": 32768,
    "qwen2.embedding_length": 256,
    "qwen2.feed_forward_length": 512,
    "qwen2.attention.head_count": 4,
    "qwen2.attention.head_count_kv": 2,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "qwen2",
    "tokenizer.ggml.tokens": ["a", "b", "<tool_call>", "<|im_end|>", "<>"],
    "tokenizer.ggml.token_type": [1, 1, 4, 3, 1],
    "tokenizer.chat_template": "{% for m in messages %}{{ m.content }}{% endfor %}",
}
"""Metadata of a complete language model of two layers."""

F32, F16, Q4_K, Q6_K = 0, 1, 12, 14
_BYTES = {F32: (1, 4), F16: (1, 2), Q4_K: (256, 144), Q6_K: (256, 210)}

TENSORS = (
    ("token_embd.weight", (256, 5), Q6_K),
    ("blk.0.attn_q.weight", (256, 256), Q4_K),
    ("blk.0.attn_norm.weight", (256,), F32),
    ("blk.1.attn_q.weight", (256, 256), Q4_K),
    ("blk.1.ffn_up.weight", (256, 512), Q4_K),
)


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(item: object) -> bytes:
    """The type's number and the value itself."""
    match item:
        case bool():
            return struct.pack("<I?", 7, item)
        case int():
            return struct.pack("<II", 4, item)
        case float():
            return struct.pack("<If", 6, item)
        case str():
            return struct.pack("<I", 8) + text(item)
        case [str(), *_]:
            return struct.pack("<IIQ", 9, 8, len(item)) + b"".join(text(one) for one in item)
        case list():
            return struct.pack(f"<IIQ{len(item)}i", 9, 5, len(item), *item)
    raise TypeError(item)


def gguf(
    metadata: dict[str, object] | None = None,
    tensors: tuple[tuple[str, tuple[int, ...], int], ...] = TENSORS,
    *,
    version: int = 3,
    alignment: int = 32,
) -> bytes:
    """A whole file: header, padding and zeros for weights."""
    entries = QWEN if metadata is None else metadata
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(entries))
    head += b"".join(text(key) + value(item) for key, item in entries.items())
    start = 0
    for name, shape, kind in tensors:
        block, size = _BYTES[kind]
        elements = 1
        for dimension in shape:
            elements *= dimension
        head += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, start)
        start += -(-elements // block * size // alignment) * alignment
    head += b"\0" * (-len(head) % alignment)
    return head + b"\0" * start


def write_gguf(path: Path, metadata: dict[str, object] | None = None, **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf(metadata, **more))
    return path
