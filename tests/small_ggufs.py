"""Writes GGUF files of random weights: the real format and the real architecture, a few hundred kilobytes, no sense.

The vocabulary is a plain byte-level one with some merges, so every text has tokens and most have several tokenisations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np

CHATML = """\
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{% endif %}
    {{- 'Tools:' }}
    {%- for tool in tools %}{{- '\\n' }}{{- tool | tojson }}{% endfor %}
    {{- '<|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'tool' %}
        {{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
    {%- elif message.role == 'user' or message.role == 'assistant' %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
"""
"""A template of the family that the real model's belongs to."""

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
USER_DEFINED = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>")

_SAMPLE = """\
the answer to the question is in the page that was read and the search found it there. What is the name of the
river in this town? search query arguments browse_webpage url_list {"name": "web_search", "arguments": {"query":
["the", "and"]}} yes no none found one two three 10 100 1999 2024 system user assistant you are a researcher: think
"""


def byte_letters() -> dict[int, str]:
    """Return the printable letter that stands for each byte in a byte-level vocabulary, GPT-2's mapping."""
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    letters = {byte: chr(byte) for byte in visible}
    letters.update({byte: chr(256 + index) for index, byte in enumerate(hidden)})
    return letters


def small_vocabulary(size: int, *, sample: str = _SAMPLE) -> tuple[list[str], list[str]]:
    """Return ordinary tokens and merges of a byte-level vocabulary learnt from a sample; at most ``size`` tokens."""
    letters = byte_letters()
    tokens = [letters[byte] for byte in range(256)]
    merges: list[str] = []
    words = [[letters[byte] for byte in word.encode()] for word in _words(sample)]
    while len(tokens) < size:
        pairs = Counter(pair for word in words for pair in pairwise(word))
        if not pairs:
            break
        left, right = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(f"{left} {right}")
        if left + right not in tokens:
            tokens.append(left + right)
        words = [_merged(word, left, right) for word in words]
    return tokens, merges


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in text.replace("\n", " ").split(" "):
        words.append((" " if words else "") + word)
    return words


def _merged(word: Sequence[str], left: str, right: str) -> list[str]:
    joined: list[str] = []
    index = 0
    while index < len(word):
        if word[index : index + 2] == [left, right]:
            joined.append(left + right)
            index += 2
        else:
            joined.append(word[index])
            index += 1
    return joined


def write_random_model(
    path: Path,
    *,
    layers: int = 2,
    width: int = 64,
    vocabulary: int = 400,
    template: str | None = CHATML,
    context: int = 2048,
    heads: int = 4,
    kv_heads: int = 2,
    seed: int = 1,
    name: str = "Random Qwen2",
    test_only: bool = True,
    architecture: str = "qwen2",
    control: Sequence[str] = CONTROL,
    user_defined: Sequence[str] = USER_DEFINED,
) -> Path:
    """Write a Qwen2 model whose weights are random but always the same for the same arguments; returns the path.

    Args:
        path: of the file to be written.
        layers: of the network.
        width: of the embedding; a multiple of ``heads``, and 32 at least.
        vocabulary: tokens in all, the special ones included.
        template: chat template; None writes none.
        context: what the model says it was trained for, in tokens.
        heads: of the attention.
        kv_heads: of keys and values.
        seed: of the weights.
        name: in the metadata.
        test_only: whether the file says that it is for tests.
        architecture: in the metadata; the tensors stay those of Qwen2.
        control: special tokens that only templates may write; the third ends a turn.
        user_defined: special tokens that replies may hold.
    """
    special = [*control, *user_defined]
    ordinary, merges = small_vocabulary(vocabulary - len(special))
    tokens = [*ordinary, *special]
    kinds = [gguf.TokenType.NORMAL] * len(ordinary)
    kinds += [gguf.TokenType.CONTROL] * len(control) + [gguf.TokenType.USER_DEFINED] * len(user_defined)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    writer.add_bool("plumbline.test_only", test_only)
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_eos_token_id(tokens.index(control[2]))
    writer.add_bos_token_id(tokens.index(control[0]))
    writer.add_pad_token_id(tokens.index(control[0]))
    writer.add_add_bos_token(False)
    if template is not None:
        writer.add_chat_template(template)
    for tensor, values in _weights(layers, width, width // heads * kv_heads, len(tokens), seed):
        writer.add_tensor(tensor, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _weights(layers: int, width: int, kv_width: int, tokens: int, seed: int) -> list[tuple[str, np.ndarray]]:
    random = np.random.default_rng(seed)

    def noise(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    ones = np.ones(width, dtype=np.float32)
    weights = [("token_embd.weight", noise(tokens, width) * 8), ("output_norm.weight", ones)]
    weights.append(("output.weight", noise(tokens, width) * 4))
    for layer in range(layers):
        block = f"blk.{layer}."
        weights += [
            (block + "attn_norm.weight", ones),
            (block + "attn_q.weight", noise(width, width)),
            (block + "attn_q.bias", noise(width)),
            (block + "attn_k.weight", noise(kv_width, width)),
            (block + "attn_k.bias", noise(kv_width)),
            (block + "attn_v.weight", noise(kv_width, width)),
            (block + "attn_v.bias", noise(kv_width)),
            (block + "attn_output.weight", noise(width, width)),
            (block + "ffn_norm.weight", ones),
            (block + "ffn_gate.weight", noise(2 * width, width)),
            (block + "ffn_up.weight", noise(2 * width, width)),
            (block + "ffn_down.weight", noise(width, 2 * width)),
        ]
    return weights
