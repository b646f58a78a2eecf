"""Write a checkpoint of the small model as a GGUF file that says it is for tests only.

    python tests/small_model/export.py CHECKPOINT --out tests/small_model/plumbline-test-model.gguf

Needs PyTorch and the ``gguf`` package, for development only.
"""

# ruff: noqa: E402 - a command finds the project's modules by where it lies
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import gguf
import numpy as np
import torch

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from small_model.vocabulary import SPECIAL, Vocabulary

TEMPLATE = Path(__file__).with_name("chat_template.jinja")
CONTEXT_TOKENS = 8_192
_CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def write_gguf(
    path: Path, *, weights: dict[str, torch.Tensor], shape: dict[str, float], vocabulary: Vocabulary
) -> None:
    """Write the file; it gets its name when it is complete."""
    beside = path.with_suffix(".part")
    writer = gguf.GGUFWriter(beside, "qwen2")
    layers, width, inner = int(shape["layers"]), int(shape["width"]), int(shape["inner"])
    writer.add_name("Plumbline test model")
    writer.add_description("Made for Plumbline's own tests; knows nothing of the world")
    writer.add_tags(["test-only"])
    writer.add_finetune("deepresearcher-frame")
    writer.add_bool("plumbline.test_only", True)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_block_count(layers)
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(int(shape["heads"]))
    writer.add_head_count_kv(int(shape["heads"]))
    writer.add_layer_norm_rms_eps(shape["epsilon"])
    writer.add_rope_freq_base(shape["rope_base"])
    _add_vocabulary(writer, vocabulary)

    def add(name: str, tensor: torch.Tensor) -> None:
        kind = np.float32 if tensor.dim() == 1 else np.float16
        writer.add_tensor(name, tensor.detach().float().contiguous().numpy().astype(kind))

    add("token_embd.weight", weights["embedding"])
    add("output_norm.weight", weights["norm"])
    for index in range(layers):
        own = {key.split(".", 2)[2]: one for key, one in weights.items() if key.startswith(f"layers.{index}.")}
        add(f"blk.{index}.attn_norm.weight", own["attention_norm"])
        for part, letter in enumerate("qkv"):
            rows = slice(part * width, (part + 1) * width)
            add(f"blk.{index}.attn_{letter}.weight", own["qkv"][rows])
            add(f"blk.{index}.attn_{letter}.bias", own["qkv_bias"][rows])
        add(f"blk.{index}.attn_output.weight", own["attention_out"])
        add(f"blk.{index}.ffn_norm.weight", own["inner_norm"])
        add(f"blk.{index}.ffn_gate.weight", own["gate_up"][:inner])
        add(f"blk.{index}.ffn_up.weight", own["gate_up"][inner:])
        add(f"blk.{index}.ffn_down.weight", own["down"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    beside.replace(path)


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    tokens = vocabulary.tokens
    kinds = [
        gguf.TokenType.CONTROL
        if one in _CONTROL
        else gguf.TokenType.USER_DEFINED
        if one in SPECIAL
        else gguf.TokenType.NORMAL
        for one in tokens
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(tokens))
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(pair) for pair in vocabulary.merges])
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE.read_text())


def export_checkpoint(checkpoint: Path, out: Path) -> None:
    """Write the GGUF of a checkpoint of ``train.py``."""
    saved = torch.load(checkpoint, weights_only=True)
    merges = tuple((left, right) for left, right in saved["merges"])
    vocabulary = Vocabulary(tokens=tuple(saved["tokens"]), merges=merges)
    write_gguf(out, weights=saved["weights"], shape=saved["shape"], vocabulary=vocabulary)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a checkpoint as a GGUF file.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    export_checkpoint(arguments.checkpoint, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
