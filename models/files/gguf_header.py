"""Reads the header of a GGUF file within fixed limits: what it says of itself and which tensors it lists.

Nothing here is believed beyond its form: every count, length and offset comes from a file anybody may have made. Layout
as in the GGUF specification, versions 2 and 3, little-endian.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from models.errors import ModelUnusable
from models.files.gguf_types import TENSOR_TYPES

MAX_HEADER_BYTES = 96 * 1024 * 1024
"""Vocabularies of 260,000 tokens with their merges take 16 MB."""
MAX_ENTRIES = 4_096
MAX_TENSORS = 32_768
MAX_KEY_BYTES = 512
MAX_TEXT_BYTES = 4 * 1024 * 1024
MAX_STRINGS = 1_500_000
"""In all lists of the file together."""
MAX_NUMBERS = 8_000_000
"""In one list."""
MAX_DIMENSIONS = 4
MAX_ELEMENTS = 1 << 48
MAX_TIME_S = 8.0
"""For a whole header. A slow disk may need some seconds; what takes longer is no header."""

_CHUNK_BYTES = 1 << 18
_KEPT_NUMBERS = 4_096
"""A list of more numbers than this is skipped: nothing per layer is that long."""
_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

Value = int | float | bool | str | tuple[int | float | bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One tensor as the header lists it."""

    name: str
    shape: tuple[int, ...]
    type_number: int
    start: int
    """From the beginning of the data, in bytes."""
    elements: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a GGUF file says of itself before its data begins."""

    version: int
    metadata: dict[str, Value]
    """Long lists are left out; their lengths are in ``lengths``."""
    lengths: dict[str, int]
    marks: frozenset[str]
    """The tokens that look like ``<tool_call>`` or ``<|im_end|>``."""
    tensors: tuple[Tensor, ...]
    data_start: int
    """Where the data begins in the file, in bytes."""

    @property
    def end(self) -> int:
        """How long the file has to be, in bytes; 0 without tensors."""
        return max((self.data_start + tensor.start + tensor.bytes for tensor in self.tensors), default=0)


def damaged(why: str) -> ModelUnusable:
    """Say that a file is no sound GGUF file; ``why`` is a clause after "its header"."""
    return ModelUnusable(
        "The model file is damaged",
        hint=f"Its header {why}. Download the file again, or choose another one.",
    )


def read_header(file: BinaryIO, *, file_bytes: int, clock: Callable[[], float] = time.monotonic) -> Header:
    """Return the header of a file that is open at its beginning, behind the four letters ``GGUF``.

    Raises:
        ModelUnusable: the header is damaged, too large, cut off, or of another version.
    """
    return _Reading(file, file_bytes=file_bytes, clock=clock).header()


class _Reading:
    """The bytes of a header, taken one after the other and counted."""

    def __init__(self, file: BinaryIO, *, file_bytes: int, clock: Callable[[], float]) -> None:
        self._file = file
        self._file_bytes = file_bytes
        self._clock = clock
        self._deadline = clock() + MAX_TIME_S
        self._buffer = b""
        self._at = 0
        self._before = file.tell()
        self._strings = 0

    def header(self) -> Header:
        version = self._version()
        tensor_count, entry_count = self._struct("<qq")
        if not 0 <= tensor_count <= MAX_TENSORS or not 0 <= entry_count <= MAX_ENTRIES:
            raise damaged("announces an impossible number of entries")
        metadata: dict[str, Value] = {}
        lengths: dict[str, int] = {}
        marks: set[str] = set()
        for _ in range(entry_count):
            key = self._text(MAX_KEY_BYTES)
            if not key or key in metadata or key in lengths:
                raise damaged("has the same entry twice" if key else "has an entry without a name")
            (kind,) = self._struct("<I")
            value, length = self._value(kind, marks if key == "tokenizer.ggml.tokens" else None)
            if length is not None:
                lengths[key] = length
            if value is not None:
                metadata[key] = value
        names: set[str] = set()
        tensors = []
        for _ in range(tensor_count):
            tensor = self._tensor()
            if tensor.name in names:
                raise damaged("lists the same tensor twice")
            names.add(tensor.name)
            tensors.append(tensor)
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20 or alignment & (alignment - 1):
            raise damaged("has an impossible alignment")
        position = self._before + self._at
        if any(tensor.start % alignment for tensor in tensors):
            raise damaged("places a tensor where none can be")
        return Header(
            version=version,
            metadata=metadata,
            lengths=lengths,
            marks=frozenset(marks),
            tensors=tuple(tensors),
            data_start=-(-position // alignment) * alignment,
        )

    def _version(self) -> int:
        (version,) = self._struct("<I")
        if version in (2, 3):
            return int(version)
        if version & 0xFFFF == 0:
            raise ModelUnusable(
                "The model file was made for big-endian computers",
                hint="Choose the ordinary (little-endian) file of the same model.",
            )
        if version == 1:
            raise ModelUnusable(
                "The model file is of an old format (GGUF 1)", hint="Choose a file of the same model made after 2023."
            )
        raise ModelUnusable(
            f"The model file is of a format that is not known here (GGUF {version})",
            hint="It may be damaged, or made for a newer version of this program.",
        )

    def _value(self, kind: int, marks: set[str] | None) -> tuple[Value | None, int | None]:
        """A value, or None when it is not kept; and its length when it is a list."""
        if kind == _STRING:
            return self._text(MAX_TEXT_BYTES), None
        if kind in _NUMBERS:
            (value,) = self._struct("<" + _NUMBERS[kind])
            return value, None
        if kind != _ARRAY:
            raise damaged("has an entry of an unknown type")
        element, count = self._struct("<IQ")
        if element == _STRING:
            self._skip_texts(count, marks)
            return None, count
        if element not in _NUMBERS:
            raise damaged("has a list of an unknown type")
        if count > MAX_NUMBERS:
            raise damaged("has a list that is far too long")
        form = _NUMBERS[element]
        data = self._take(count * struct.calcsize("<" + form))
        return (struct.unpack(f"<{count}{form}", data) if count <= _KEPT_NUMBERS else None), count

    def _tensor(self) -> Tensor:
        name = self._text(MAX_KEY_BYTES)
        (dimensions,) = self._struct("<I")
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise damaged("lists a tensor of an impossible shape")
        shape = self._struct(f"<{dimensions}Q")
        elements = 1
        for size in shape:
            elements *= size
        if not 0 < elements <= MAX_ELEMENTS:
            raise damaged("lists a tensor of an impossible size")
        kind, start = self._struct("<IQ")
        if kind not in TENSOR_TYPES:
            raise ModelUnusable(
                "The model is packed in a way that is not known here",
                hint="It may be damaged, or made for a newer version of this program. Choose another quantisation.",
            )
        block, block_bytes = TENSOR_TYPES[kind].block, TENSOR_TYPES[kind].block_bytes
        if shape[0] % block or start > MAX_ELEMENTS:
            raise damaged("lists a tensor of an impossible size")
        size_bytes = elements // block * block_bytes
        return Tensor(name=name, shape=shape, type_number=kind, start=start, elements=elements, bytes=size_bytes)

    def _text(self, limit: int) -> str:
        (length,) = self._struct("<Q")
        if length > limit:
            raise damaged("has a text that is far too long")
        return self._take(length).decode("utf-8", "replace")

    def _skip_texts(self, count: int, marks: set[str] | None) -> None:
        self._strings += count
        if self._strings > MAX_STRINGS:
            raise damaged("has a list that is far too long")
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if self._at + 8 > len(self._buffer):
                self._fill(8)
            (length,) = unpack(self._buffer, self._at)
            self._at += 8
            if length > MAX_TEXT_BYTES:
                raise damaged("has a text that is far too long")
            end = self._at + length
            if end > len(self._buffer):
                self._fill(length)
                end = self._at + length
            if marks is not None and 2 < length <= 48 and self._buffer[self._at] == 60 and self._buffer[end - 1] == 62:
                marks.add(self._buffer[self._at : end].decode("utf-8", "replace"))
            self._at = end

    def _struct(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, self._take(struct.calcsize(form)))

    def _take(self, count: int) -> bytes:
        if self._at + count > len(self._buffer):
            self._fill(count)
        self._at += count
        return self._buffer[self._at - count : self._at]

    def _fill(self, count: int) -> None:
        """Have at least so many bytes in the buffer from where we are."""
        if self._clock() > self._deadline:
            raise damaged("takes too long to read")
        position = self._before + self._at
        if position + count > self._file_bytes:
            raise ModelUnusable(
                "The model file is incomplete: it ends inside its header",
                hint="It was not downloaded to its end. Download it again.",
            )
        if position + count > MAX_HEADER_BYTES:
            raise damaged("is far too large")
        rest = self._buffer[self._at :]
        fresh = self._file.read(max(_CHUNK_BYTES, count - len(rest)))
        self._before, self._at, self._buffer = position, 0, rest + fresh
        if len(self._buffer) < count:
            raise ModelUnusable(
                "The model file became shorter while it was read", hint="Try again when it is complete."
            )
