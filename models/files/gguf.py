"""Tells what a GGUF file is before anything is loaded: its shape, its size, and whether a model in it can talk."""

from __future__ import annotations

import re
import stat
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import ModelUnusable
from models.files.gguf_header import Header, Value, damaged, read_header
from models.files.gguf_types import ENCODERS, EYES, FILE_TYPES, OTHER_TRADES, TENSOR_TYPES

TEST_ONLY_KEY = "plumbline.test_only"

_PART = re.compile(r"^(?P<stem>.+)-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf$", re.IGNORECASE)
_MAX_PARTS = 128
_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GgufAbout:
    """What a complete GGUF file of a language model says of itself."""

    path: Path
    name: str
    """For people, from the metadata; else from the file's name. One line, at most 120 characters."""
    architecture: str
    """As llama.cpp calls it: ``qwen2``."""
    quantisation: str
    """``Q4_K_M``."""
    bits_per_weight: float
    parameters: int
    layers: int
    embedding: int
    """Width."""
    heads: int
    kv_heads: int
    """Of the layer with the most of them."""
    head_dim: int
    ffn: int
    experts: int
    """0 in a model without experts."""
    vocabulary: int
    context_tokens: int
    """What it was trained for; 0 when the file does not say."""
    kv_bytes_per_token: int
    """Of keys and values in f16, over all layers."""
    template: str
    """The chat template; empty when there is none."""
    tokenizer: str
    tokenizer_pre: str
    marks: frozenset[str]
    """Tokens such as ``<tool_call>`` and ``<|im_end|>``."""
    file_bytes: int
    """Of all parts together."""
    tensors_end: int
    """Where the last tensor of the first part ends, in bytes from its beginning."""
    weight_bytes: int
    """Of all tensors."""
    layer_bytes: int
    """Of the largest layer."""
    table_bytes: int
    """Of the table of tokens, which stays in ordinary memory however many layers a graphics card takes."""
    parts: tuple[Path, ...]
    """All files of the model, in order; one as a rule."""
    is_test_only: bool

    @property
    def has_template(self) -> bool:
        """Whether the file brings its own chat template."""
        return bool(self.template.strip())


def read_gguf(path: Path, *, clock: Callable[[], float] = time.monotonic) -> GgufAbout:
    """Return what a model file says of itself; reads its header only, in bounded time and memory.

    A model in several parts is named by its first part.

    Raises:
        ModelUnusable: the file is missing, damaged, incomplete, or no language model.
    """
    header, size = _read_file(path, clock=clock)
    parts = _parts(path, header)
    _refuse_other_trades(header)
    about = _about(path, header, file_bytes=size, parts=parts)
    for part in parts[1:]:
        more, more_bytes = _read_file(part, clock=clock)
        layers = _layer_sizes(more)
        about = replace(
            about,
            parameters=about.parameters + sum(tensor.elements for tensor in more.tensors),
            weight_bytes=about.weight_bytes + sum(tensor.bytes for tensor in more.tensors),
            file_bytes=about.file_bytes + more_bytes,
            layer_bytes=max([about.layer_bytes, *layers.values()]),
        )
    if not about.parameters:
        raise ModelUnusable(
            "The file holds a vocabulary but no model", hint="Choose the model itself: its file is far larger."
        )
    if len(parts) > 1:
        about = replace(about, bits_per_weight=round(about.weight_bytes * 8 / about.parameters, 2))
    return about


def _read_file(path: Path, *, clock: Callable[[], float]) -> tuple[Header, int]:
    """The header of one file that is complete, and the file's size."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ModelUnusable(f"“{path.name}” is not a file", hint="Choose a file whose name ends in .gguf.")
        with path.open("rb") as file:
            start = file.read(4)
            if start != b"GGUF":
                raise _not_gguf(start + file.read(508), size=status.st_size)
            header = read_header(file, file_bytes=status.st_size, clock=clock)
    except FileNotFoundError as error:
        raise ModelUnusable(
            "The model file is gone", hint=f"“{path.name}” is no longer where it was. Choose it again, or another one."
        ) from error
    except PermissionError as error:
        raise ModelUnusable(
            "The model file may not be read", hint=f"Your account has no right to read “{path.name}”."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelUnusable("The model file could not be read", hint=f"The system says: {error}.") from error
    if header.end > status.st_size:
        missing, whole = header.end - status.st_size, header.end
        raise ModelUnusable(
            f"The model file is incomplete: {_megabytes(missing)} of {_megabytes(whole)} are missing",
            hint="It was not downloaded to its end. Download it again.",
        )
    return header, status.st_size


def _megabytes(count: int) -> str:
    return f"{count / _MB:,.0f} MB" if count >= 10 * _MB else f"{max(count / _MB, 0.1):.1f} MB"


def _not_gguf(start: bytes, *, size: int) -> ModelUnusable:
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    again = "Download it again, or choose another file."
    if not size:
        return ModelUnusable("The model file is empty", hint=again)
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--")):
        return ModelUnusable(
            "The file is a web page that was saved instead of the model",
            hint="The download ran into a page that asks for something, or says that something went wrong. " + again,
        )
    if head.startswith(b"version https://git-lfs"):
        return ModelUnusable(
            "The file is only a pointer to the model (Git LFS)",
            hint="The repository was copied without its large files. Download the model file itself.",
        )
    if head.startswith((b"{", b"[", b"entry not found", b"invalid", b"access to", b"repository not")):
        return ModelUnusable("The file holds an answer of the server instead of the model", hint=again)
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ")):
        return ModelUnusable("The file is an archive", hint="Unpack it first, then choose the .gguf file in it.")
    if start.startswith((b"ggml", b"lmgg", b"tjgg", b"fmgg", b"ggjt", b"ggla", b"algg")):
        return ModelUnusable(
            "The model file is of a format that is no longer used (GGML)", hint="Choose a .gguf file of the same model."
        )
    if not start.strip(b"\0"):
        return ModelUnusable(
            "The model file holds nothing but zeros", hint="Its download was started and never finished. " + again
        )
    return ModelUnusable("The file is not a GGUF model", hint="Choose a file whose name ends in .gguf.")


def _parts(path: Path, header: Header) -> tuple[Path, ...]:
    """All files of the model. Refuses a part that is not the first one, and a set with gaps."""
    count = _integer(header, "split.count")
    if count <= 1:
        return (path,)
    if count > _MAX_PARTS:
        raise damaged("announces an impossible number of parts")
    number = _integer(header, "split.no") + 1
    named = _PART.match(path.name)
    if named is None:
        raise ModelUnusable(
            f"The file is part {number} of a model in {count} parts, but not named like one",
            hint=f"Give the parts their names back: …-00001-of-{count:05}.gguf and so on, all in one folder.",
        )
    first = path.with_name(f"{named['stem']}-00001-of-{count:05}.gguf")
    if number != 1:
        raise ModelUnusable(
            f"The file is part {number} of a model in {count} parts",
            hint=f"Choose the first part, “{first.name}”. All parts belong in the same folder.",
        )
    parts = (path, *(path.with_name(f"{named['stem']}-{n:05}-of-{count:05}.gguf") for n in range(2, count + 1)))
    missing = [part.name for part in parts[1:] if not part.exists()]
    if missing:
        raise ModelUnusable(
            f"{len(missing)} of the {count} parts of the model are missing",
            hint=f"“{missing[0]}” should lie beside “{path.name}”. Download the missing parts into the same folder.",
        )
    return parts


def _refuse_other_trades(header: Header) -> None:
    architecture, kind = _text(header, "general.architecture").lower(), _text(header, "general.type").lower()
    choose = "Choose the file of a language model, such as DeepResearcher-7b."
    if kind == "adapter" or any(key.startswith("adapter.") for key in header.metadata):
        raise ModelUnusable(
            "The file is no language model but an addition to one (a LoRA adapter)",
            hint=f"It cannot run alone. {choose}",
        )
    if kind == "mmproj" or architecture in EYES:
        raise ModelUnusable(
            "The file is no language model but the part of one that sees or hears (mmproj)",
            hint=f"The model it belongs to is another file. {choose}",
        )
    if architecture in ENCODERS or _integer(header, f"{architecture}.pooling_type") > 0:
        raise ModelUnusable(
            "The file is no language model but one that compares texts (embeddings)", hint=f"It cannot write. {choose}"
        )
    if kind == "imatrix" or architecture in OTHER_TRADES:
        raise ModelUnusable(
            f"The file is no language model ({kind if kind == 'imatrix' else architecture})", hint=choose
        )
    if not architecture:
        raise ModelUnusable("The file does not say what kind of model it is", hint=choose)
    if not header.lengths.get("tokenizer.ggml.tokens") and _text(header, "tokenizer.ggml.model") != "none":
        raise ModelUnusable("The file is no language model: it has no vocabulary", hint=choose)


def _about(path: Path, header: Header, *, file_bytes: int, parts: tuple[Path, ...]) -> GgufAbout:
    architecture = _text(header, "general.architecture")

    def shape(key: str, otherwise: int = 0) -> int:
        return max(_integers(header, f"{architecture}.{key}") or (otherwise,))

    layers, embedding, heads = shape("block_count"), shape("embedding_length"), shape("attention.head_count")
    if not (0 < layers <= 4_096 and 0 < embedding <= 1 << 20 and 0 <= heads <= 1 << 16):
        raise damaged("does not describe a model that can exist")
    key_length = shape("attention.key_length", embedding // heads if heads else 0)
    value_length = shape("attention.value_length", key_length)
    each = _integers(header, f"{architecture}.attention.head_count_kv") or (heads,)
    kv_heads = sum(each) if len(each) == layers else each[0] * layers
    if max(each) > 1 << 16 or min(each) < 0 or key_length > 1 << 16 or value_length > 1 << 16:
        raise damaged("does not describe a model that can exist")
    vocabulary = header.lengths.get("tokenizer.ggml.tokens", 0) or shape("vocab_size")
    weight_bytes = sum(tensor.bytes for tensor in header.tensors)
    parameters = sum(tensor.elements for tensor in header.tensors)
    tags = header.metadata.get(TEST_ONLY_KEY)
    return GgufAbout(
        path=path,
        name=_one_line(_text(header, "general.name")) or _name_from_file(path),
        architecture=_one_line(architecture),
        quantisation=_quantisation(header),
        bits_per_weight=round(weight_bytes * 8 / parameters, 2) if parameters else 0.0,
        parameters=parameters,
        layers=layers,
        embedding=embedding,
        heads=heads,
        kv_heads=max(each),
        head_dim=key_length,
        ffn=shape("feed_forward_length"),
        experts=shape("expert_count"),
        vocabulary=vocabulary,
        context_tokens=min(max(shape("context_length"), 0), 1 << 30),
        kv_bytes_per_token=kv_heads * (key_length + value_length) * 2,
        template=_text(header, "tokenizer.chat_template"),
        tokenizer=_one_line(_text(header, "tokenizer.ggml.model")),
        tokenizer_pre=_one_line(_text(header, "tokenizer.ggml.pre")),
        marks=header.marks,
        file_bytes=file_bytes,
        tensors_end=header.end,
        weight_bytes=weight_bytes,
        layer_bytes=max(_layer_sizes(header).values(), default=0),
        table_bytes=sum(tensor.bytes for tensor in header.tensors if tensor.name == "token_embd.weight"),
        parts=parts,
        is_test_only=tags is True or str(tags).lower() in ("true", "1"),
    )


def _quantisation(header: Header) -> str:
    """The name of the mixture; where the file's own word does not agree with its tensors, the tensors are believed."""
    weights: Counter[str] = Counter()
    for tensor in header.tensors:
        if len(tensor.shape) > 1:
            weights[TENSOR_TYPES[tensor.type_number].name] += tensor.elements
    number = header.metadata.get("general.file_type")
    named = FILE_TYPES.get(number % 1024, "") if isinstance(number, int) else ""
    if not weights:
        return named or "unknown"
    most = weights.most_common(1)[0][0]
    kinds = {kind for kind, count in weights.items() if count * 10 >= weights.total()}
    agrees = any(named.startswith(kind) for kind in kinds) or (named.startswith("IQ") and most.startswith(("IQ", "Q")))
    if named and agrees:
        return named
    return most


def _layer_sizes(header: Header) -> dict[str, int]:
    """Bytes of each layer, by its number."""
    sizes: dict[str, int] = {}
    for tensor in header.tensors:
        if tensor.name.startswith("blk."):
            layer = tensor.name.split(".", 2)[1]
            sizes[layer] = sizes.get(layer, 0) + tensor.bytes
    return sizes


def _name_from_file(path: Path) -> str:
    named = _PART.match(path.name)
    return _one_line(named["stem"] if named else path.stem) or "A model without a name"


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:400]).split())[:120]


def _text(header: Header, key: str) -> str:
    value = header.metadata.get(key)
    return value if isinstance(value, str) else ""


def _integers(header: Header, key: str) -> tuple[int, ...]:
    value: Value | None = header.metadata.get(key)
    values = value if isinstance(value, tuple) else (value,)
    return tuple(one for one in values if isinstance(one, int) and not isinstance(one, bool))


def _integer(header: Header, key: str) -> int:
    return max(_integers(header, key) or (0,))
