"""What the app and its model process say to each other: length-prefixed JSON frames, never anything that runs code.

The app gives one command at a time, numbered, and may cancel it; everything the process says carries that number.
There is no command to end: the process ends when its standard input does.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from models.chat import ChatRequest, ModelAbout, Prompt, Reply
from models.llama_settings import LoadReport, Measurement, RuntimeSettings

T = TypeVar("T")

MAX_FRAME_BYTES = 64 << 20
"""Of one frame: far more than the longest conversation."""

_LENGTH = struct.Struct(">I")


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One thing that is said; ``number`` is that of the command it belongs to, 0 for none."""

    number: int = 0


# --- from the app --------------------------------------------------------------------------------------------------


class Load(Frame, frozen=True, kw_only=True):
    """Make a model ready; one that was loaded before is closed."""

    path: bytes
    """The file system's own bytes: names of files need not be text."""
    settings: RuntimeSettings


class Say(Frame, frozen=True, kw_only=True):
    """Reply to each of the requests."""

    requests: tuple[ChatRequest, ...]


class Weigh(Frame, frozen=True, kw_only=True):
    """Say how probable each option is as the beginning of the reply."""

    request: ChatRequest
    options: tuple[str, ...]


class Count(Frame, frozen=True, kw_only=True):
    """Count the tokens of a prompt."""

    prompt: Prompt


class SaveLane(Frame, frozen=True, kw_only=True):
    """Write what the policy's lane has read to a file."""

    path: bytes


class RestoreLane(Frame, frozen=True, kw_only=True):
    """Take up what the policy's lane had read from a file."""

    path: bytes


class Measure(Frame, frozen=True, kw_only=True):
    """Measure how fast the loaded model is with these settings."""

    settings: RuntimeSettings
    seconds: float
    """For reading and for generating, each."""


class Probe(Frame, frozen=True, kw_only=True):
    """Say what the engine can do; no model needs to be loaded."""


class Cancel(Frame, frozen=True, kw_only=True):
    """Break off the command of this number, if it is not done yet."""


Command = Load | Say | Weigh | Count | SaveLane | RestoreLane | Measure | Probe | Cancel

# --- from the model process ----------------------------------------------------------------------------------------


class Started(Frame, frozen=True, kw_only=True):
    """The process runs and listens; nothing is loaded, not even the engine."""


class Progressed(Frame, frozen=True, kw_only=True):
    """A sign of life: what is being done, and how much of it is done."""

    phase: str
    done: int
    total: int


class Heard(Frame, frozen=True, kw_only=True):
    """Pieces of replies, each with the index of its request."""

    pieces: tuple[tuple[int, str], ...]
    tokens: int = 0
    """How many came since the last time."""


class Loaded(Frame, frozen=True, kw_only=True):
    """The model is ready."""

    about: ModelAbout
    report: LoadReport


class Replied(Frame, frozen=True, kw_only=True):
    """All replies are complete, or broken off."""

    replies: tuple[Reply, ...]


class Weighed(Frame, frozen=True, kw_only=True):
    """How probable each option is."""

    weights: tuple[float, ...]


class Counted(Frame, frozen=True, kw_only=True):
    """How many tokens."""

    tokens: int


class LaneKept(Frame, frozen=True, kw_only=True):
    """Whether the lane was saved, or restored."""

    is_done: bool


class Measured(Frame, frozen=True, kw_only=True):
    """How fast it is; nothing when that was broken off."""

    measurement: Measurement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAbilities:
    """What the installed llama.cpp can do."""

    version: str
    """Of llama-cpp-python."""
    can_offload: bool
    """Whether it was built for a graphics card."""


class Probed(Frame, frozen=True, kw_only=True):
    """What the engine can do."""

    abilities: EngineAbilities


class Refused(Frame, frozen=True, kw_only=True):
    """The command cannot be carried out; the process is well."""

    kind: str
    title: str
    hint: str
    needed: int = 0
    available: int = 0


Answer = Started | Progressed | Heard | Loaded | Replied | Weighed | Counted | LaneKept | Measured | Probed | Refused

# --- frames --------------------------------------------------------------------------------------------------------


class BrokenFrame(Exception):
    """The stream ended within a frame, announced one longer than allowed, or holds something else than frames."""


_command_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_answer_decoder: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Write one frame and flush it."""
    payload = encode(frame)
    stream.write(_LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_command(stream: BinaryIO) -> Command | None:
    """Return the next command, or None at the end of the stream.

    Raises:
        BrokenFrame: what follows is not a whole command.
    """
    return _read(stream, _command_decoder)


def read_answer(stream: BinaryIO) -> Answer | None:
    """Return the next thing the model process says, or None at the end of the stream; raises like ``read_command``."""
    return _read(stream, _answer_decoder)


def encode(value: object) -> bytes:
    """Return the value as JSON. Halves of characters, which no UTF-8 can hold, become question marks."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole_characters(msgspec.to_builtins(value)))


def decode(data: bytes, kind: type[T]) -> T:
    """Return the value of the given type that the JSON describes; unknown fields are ignored.

    Raises:
        BrokenFrame: it is not JSON, or not of that shape.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise BrokenFrame(f"not a {kind.__name__}: {error}") from error


def path_bytes(path: Path) -> bytes:
    """Return a path as it travels."""
    return os.fsencode(path)


def path_from(data: bytes) -> Path:
    """Return the path that travelled."""
    return Path(os.fsdecode(data))


def _read(stream: BinaryIO, decoder: msgspec.json.Decoder[T]) -> T | None:
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise BrokenFrame("the stream ended within a frame's length")
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME_BYTES:
        raise BrokenFrame(f"a frame of {length} bytes was announced")
    payload = stream.read(length)
    if len(payload) < length:
        raise BrokenFrame("the stream ended within a frame")
    try:
        return decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise BrokenFrame(f"not a frame: {error}") from error


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _whole_characters(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_whole_characters(each) for each in value]
    return value
