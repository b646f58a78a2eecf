"""Writes GGUF files of random weights in the shapes of real models: for speed, of which the weights' sense is no part.

    python tests/benchmarks/random_models.py 0.5b /tmp/half.gguf --vocabulary ggml-vocab-qwen2.gguf

Blocks of quantised numbers are written directly, a file of 4 GB in about half a minute. llama.cpp's sources bring
Qwen2.5's real vocabulary as models/ggml-vocab-qwen2.gguf; without it the vocabulary has the right size but is made up,
and counts of tokens mean little.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from small_ggufs import CHATML, CONTROL, USER_DEFINED, small_vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of a Qwen2.5 model."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    ffn: int
    tokens: int = 152_064
    is_tied: bool = False
    """Whether the table of tokens is used for the output as well."""


SHAPES = {
    "tiny": Shape(layers=2, width=256, heads=4, kv_heads=2, ffn=512),
    "0.5b": Shape(layers=24, width=896, heads=14, kv_heads=2, ffn=4864, tokens=151_936, is_tied=True),
    "1.5b": Shape(layers=28, width=1536, heads=12, kv_heads=2, ffn=8960, tokens=151_936, is_tied=True),
    "7b": Shape(layers=28, width=3584, heads=28, kv_heads=4, ffn=18944),
}
QWEN25_TAGS = {151_657: "<tool_call>", 151_658: "</tool_call>"}
"""Where Qwen2.5 has the tags that Qwen2, whose vocabulary llama.cpp brings, has not yet."""
TYPES = {"q4_0": gguf.GGMLQuantizationType.Q4_0, "q4_k": gguf.GGMLQuantizationType.Q4_K}


@dataclass(frozen=True, slots=True, kw_only=True)
class RealVocabulary:
    """Tokens, their kinds and merges, as a GGUF file holds them."""

    tokens: list[str]
    kinds: list[int]
    merges: list[str]
    pre: str


def write_shaped_model(path: Path, shape: Shape, *, vocabulary: Path | None = None, kind: str = "q4_0") -> Path:
    """Write a model of random weights; returns the path.

    Args:
        path: of the file.
        shape: its sizes.
        vocabulary: a GGUF file with the vocabulary to be used; a made-up one of the right size if left out.
        kind: of the weights: ``q4_0``, or ``q4_k`` where all widths are multiples of 256.
    """
    words = _read_vocabulary(vocabulary, shape.tokens) if vocabulary else _made_up(shape.tokens)
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_name(f"Random weights {path.stem}")
    writer.add_bool("plumbline.test_only", True)
    writer.add_context_length(32_768)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0 if kind == "q4_0" else gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(words.pre)
    writer.add_token_list(words.tokens)
    writer.add_token_types(words.kinds)
    writer.add_token_merges(words.merges)
    writer.add_eos_token_id(words.tokens.index("<|im_end|>"))
    writer.add_bos_token_id(words.tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)
    tensors = list(_tensors(shape))
    for name, dimensions in tensors:
        if len(dimensions) == 1:
            writer.add_tensor_info(name, dimensions, np.dtype(np.float32), 4 * dimensions[0])
        else:
            size = _quantised_bytes(dimensions, kind)
            writer.add_tensor_info(name, _byte_shape(dimensions, kind), np.dtype(np.uint8), size, raw_dtype=TYPES[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(1)
    for name, dimensions in tensors:
        if len(dimensions) == 1:
            value = 0.0 if name.endswith("bias") else 1.0
            writer.write_tensor_data(np.full(dimensions, value, dtype=np.float32))
        else:
            writer.write_tensor_data(_random_blocks(random, dimensions, kind))
    writer.close()
    return path


def _tensors(shape: Shape) -> Iterator[tuple[str, tuple[int, ...]]]:
    width, kv_width = shape.width, shape.width // shape.heads * shape.kv_heads
    yield "token_embd.weight", (shape.tokens, width)
    yield "output_norm.weight", (width,)
    if not shape.is_tied:
        yield "output.weight", (shape.tokens, width)
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        yield block + "attn_norm.weight", (width,)
        yield block + "attn_q.weight", (width, width)
        yield block + "attn_q.bias", (width,)
        yield block + "attn_k.weight", (kv_width, width)
        yield block + "attn_k.bias", (kv_width,)
        yield block + "attn_v.weight", (kv_width, width)
        yield block + "attn_v.bias", (kv_width,)
        yield block + "attn_output.weight", (width, width)
        yield block + "ffn_norm.weight", (width,)
        yield block + "ffn_gate.weight", (shape.ffn, width)
        yield block + "ffn_up.weight", (shape.ffn, width)
        yield block + "ffn_down.weight", (width, shape.ffn)


def _block(kind: str) -> tuple[int, int]:
    """Return how many numbers a block holds and how many bytes it takes."""
    return (32, 18) if kind == "q4_0" else (256, 144)


def _byte_shape(dimensions: tuple[int, ...], kind: str) -> tuple[int, ...]:
    numbers, size = _block(kind)
    if dimensions[1] % numbers:
        raise SystemExit(f"{kind} needs widths that are multiples of {numbers}, not {dimensions[1]}")
    return (dimensions[0], dimensions[1] // numbers * size)


def _quantised_bytes(dimensions: tuple[int, ...], kind: str) -> int:
    rows, row_bytes = _byte_shape(dimensions, kind)
    return rows * row_bytes


def _random_blocks(random: np.random.Generator, dimensions: tuple[int, ...], kind: str) -> np.ndarray:
    _, size = _block(kind)
    data = np.frombuffer(random.bytes(_quantised_bytes(dimensions, kind)), dtype=np.uint8).reshape(-1, size).copy()
    scale = 1.0 / np.sqrt(dimensions[1]) / 4
    if kind == "q4_0":
        data[:, :2] = np.array([scale], dtype=np.float16).view(np.uint8)
    else:
        # A scale of up to 63 times d, and numbers of 0 to 15; the least value of each part makes the mean zero.
        data[:, :4] = np.array([scale / 40, scale / 40 * 7.5], dtype=np.float16).view(np.uint8)
        data[:, 8:12] = data[:, 4:8]
    return data.reshape(_byte_shape(dimensions, kind))


def _read_vocabulary(path: Path, size: int) -> RealVocabulary:
    fields = gguf.GGUFReader(path).fields

    def texts(key: str) -> list[str]:
        field = fields[key]
        return [bytes(field.parts[index]).decode("utf-8") for index in field.data]

    tokens = texts("tokenizer.ggml.tokens")
    kinds = [
        int(fields["tokenizer.ggml.token_type"].parts[index][0]) for index in fields["tokenizer.ggml.token_type"].data
    ]
    while len(tokens) < size:
        tokens.append(f"[PAD{len(tokens)}]")
        kinds.append(int(gguf.TokenType.UNUSED))
    for token, text in QWEN25_TAGS.items():
        if text not in tokens:
            tokens[token] = text
            kinds[token] = int(gguf.TokenType.USER_DEFINED)
    return RealVocabulary(tokens=tokens[:size], kinds=kinds[:size], merges=texts("tokenizer.ggml.merges"), pre="qwen2")


def _made_up(size: int) -> RealVocabulary:
    tokens, merges = small_vocabulary(600)
    special = [*CONTROL, *USER_DEFINED]
    kinds = [int(gguf.TokenType.NORMAL)] * len(tokens)
    filler = [f"[PAD{number}]" for number in range(size - len(tokens) - len(special))]
    kinds += [int(gguf.TokenType.CONTROL)] * len(CONTROL) + [int(gguf.TokenType.USER_DEFINED)] * len(USER_DEFINED)
    kinds += [int(gguf.TokenType.UNUSED)] * len(filler)
    return RealVocabulary(tokens=[*tokens, *special, *filler], kinds=kinds, merges=merges, pre="gpt-2")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("path", type=Path)
    parser.add_argument("--vocabulary", type=Path, help="a GGUF file whose vocabulary is used")
    parser.add_argument("--kind", choices=TYPES, default="q4_0")
    options = parser.parse_args()
    path = write_shaped_model(options.path, SHAPES[options.shape], vocabulary=options.vocabulary, kind=options.kind)
    print(f"{path}: {path.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
