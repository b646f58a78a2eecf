"""Keeps what a sequence has read in a file, and takes it up again only when every byte is what was written.

The file is llama.cpp's own state of the sequence, followed by our description of it, the description's length, a
digest of all of that, and a word that says whose file it is. Nothing reaches llama.cpp before the digest is right:
it trusts what it reads.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from models.llama.bindings import api
from models.llama.context import Context
from models.llama.known import Known

_WORD = b"PLUMBLN1"
_DIGEST_BYTES = 32
_TAIL_BYTES = 8 + _DIGEST_BYTES + len(_WORD)
_CHUNK = 1 << 20


def save_sequence(path: Path, context: Context, known: Known, *, belongs_to: dict[str, Any]) -> bool:
    """Write what a sequence holds to a file; False when there is nothing to write or it could not be written.

    Args:
        path: of the file; it appears there only when it is complete.
        context: that holds the sequence.
        known: the sequence; only its decoded tokens are kept.
        belongs_to: the model and the settings with which alone the file can be read again.
    """
    if not known.decoded:
        return False
    part = path.with_name(path.name + ".part")
    tokens = known.tokens[: known.decoded]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        written = api.llama_state_seq_save_file(context.pointer, _name(part), known.sequence, array, len(tokens))
        if not written or not _is_whole(part, int(written)):
            return False
        description = {
            "belongs_to": belongs_to,
            "tokens": known.tokens,
            "ends": known.ends,
            "spoken": known.spoken.hex(),
            "decoded": known.decoded,
            "text": known.marked.encode("utf-8", "surrogatepass").hex(),
        }
        _seal(part, json.dumps(description).encode("ascii"))
        part.replace(path)
    except OSError:
        return False
    finally:
        with suppress(OSError):
            part.unlink()
    return True


def restore_sequence(path: Path, context: Context, known: Known, *, belongs_to: dict[str, Any]) -> bool:
    """Take up what a file holds in an empty sequence; False, and an empty sequence, when the file does not fit."""
    description = _description(path)
    if description is None or description.get("belongs_to") != belongs_to:
        return False
    try:
        tokens = [int(token) for token in description["tokens"]]
        ends = [int(end) for end in description["ends"]]
        spoken = bytearray.fromhex(description["spoken"])
        decoded = int(description["decoded"])
        text = bytes.fromhex(description["text"]).decode("utf-8", "surrogatepass")
    except (KeyError, TypeError, ValueError):
        return False
    if not 0 < decoded <= len(tokens) <= context.cells or not len(tokens) == len(ends) == len(spoken):
        return False
    array = (ctypes.c_int32 * decoded)()
    count = ctypes.c_size_t(0)
    read = api.llama_state_seq_load_file(
        context.pointer, _name(path), known.sequence, array, decoded, ctypes.byref(count)
    )
    is_right = read and count.value == decoded and list(array) == tokens[:decoded]
    if not is_right or context.length(known.sequence) != decoded:
        context.truncate(known.sequence, 0)
        return False
    known.restore(text, tokens=tokens, ends=ends, spoken=spoken)
    return True


def _seal(path: Path, description: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(description)
        file.write(len(description).to_bytes(8, "little"))
        file.flush()
        file.seek(0)
        digest = _digest(file, os.fstat(file.fileno()).st_size)
        file.seek(0, os.SEEK_END)
        file.write(digest + _WORD)
        file.flush()
        os.fsync(file.fileno())


def _description(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _TAIL_BYTES:
                return None
            file.seek(size - _TAIL_BYTES)
            length = int.from_bytes(file.read(8), "little")
            digest = file.read(_DIGEST_BYTES)
            if file.read(len(_WORD)) != _WORD or length > size - _TAIL_BYTES:
                return None
            file.seek(0)
            if _digest(file, size - _DIGEST_BYTES - len(_WORD)) != digest:
                return None
            file.seek(size - _TAIL_BYTES - length)
            description = json.loads(file.read(length))
    except (OSError, ValueError):
        return None
    return description if isinstance(description, dict) else None


def _digest(file: BinaryIO, size: int) -> bytes:
    digest = hashlib.sha256()
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.digest()


def _is_whole(path: Path, size: int) -> bool:
    return path.stat().st_size == size


def _name(path: Path) -> bytes:
    return str(path).encode("utf-8") if sys.platform == "win32" else os.fsencode(path)
