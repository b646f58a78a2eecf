"""Frames between the app and the model process."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.chat import ChatRequest, Lane, Message, ModelAbout, Prompt, Reply, ReplyEnd, Sampling, Speaker, Tool, Usage
from models.errors import (
    ContextFull,
    EngineMissing,
    LoadCancelled,
    ModelDied,
    ModelError,
    ModelStuck,
    ModelTooLarge,
    ModelUnusable,
)
from models.llama_settings import LoadReport, Measurement, RuntimeSettings
from models.process.refusals import refusal, refused_error
from models.process.wire import (
    BrokenFrame,
    Cancel,
    Count,
    Counted,
    EngineAbilities,
    Frame,
    Heard,
    LaneKept,
    Load,
    Loaded,
    Measure,
    Measured,
    Probe,
    Probed,
    Progressed,
    Refused,
    Replied,
    RestoreLane,
    SaveLane,
    Say,
    Started,
    Weigh,
    Weighed,
    path_bytes,
    path_from,
    read_answer,
    read_command,
    write_frame,
)

PROMPT = Prompt(
    messages=(Message(speaker=Speaker.SYSTEM, text="Be brief."), Message(speaker=Speaker.USER, text="Why? „ä“ 漢")),
    tools=(Tool(name="web_search", description="Searches.", parameters='{"type": "object"}'),),
    opening="<think>",
)
REQUEST = ChatRequest(
    prompt=PROMPT,
    lane=Lane.POLICY,
    max_tokens=77,
    grammar='start: "yes" | "no"',
    stops=("</answer>",),
    sampling=Sampling(temperature=0.7, seed=3),
)
SETTINGS = RuntimeSettings(threads=3, use_repacking=False)
ABOUT = ModelAbout(
    name="DeepResearcher", context_tokens=9, reading_tokens=8, enforces_grammar=True, traits=frozenset({"a", "b"})
)
REPORT = LoadReport(
    threads=1,
    batch_threads=2,
    context_tokens=3,
    reading_tokens=4,
    ubatch=5,
    layers=6,
    gpu_layers=7,
    policy_flash_attention=True,
    reading_flash_attention=False,
    uses_repacking=True,
    kv_type="f16",
    kv_bytes_per_token=8,
    kv_bytes=9,
    weight_bytes=10,
    max_parallel=11,
    is_shared_context=False,
    load_s=0.5,
    notes=("Fewer layers than asked for.",),
)


def through(frame: Frame, read):
    stream = io.BytesIO()
    write_frame(stream, frame)
    stream.seek(0)
    return read(stream)


@pytest.mark.parametrize(
    "command",
    [
        Load(number=1, path=b"/m/caf\xe9.gguf", settings=SETTINGS),
        Say(number=2, requests=(REQUEST, ChatRequest(prompt=PROMPT))),
        Weigh(number=3, request=REQUEST, options=("yes", "no")),
        Count(number=4, prompt=PROMPT),
        SaveLane(number=5, path=b"lane"),
        RestoreLane(number=6, path=b"lane"),
        Measure(number=7, settings=SETTINGS, seconds=1.5),
        Probe(number=8),
        Cancel(number=7),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_command_arrives_as_it_was_sent(command):
    assert through(command, read_command) == command


@pytest.mark.parametrize(
    "answer",
    [
        Started(),
        Progressed(number=1, phase="loading", done=3, total=7),
        Heard(number=1, pieces=((0, "Wörter "), (3, "\x00\n")), tokens=2),
        Loaded(number=1, about=ABOUT, report=REPORT),
        Replied(number=2, replies=(Reply(text="Yes.", end=ReplyEnd.LENGTH, usage=Usage(prompt_tokens=5)),)),
        Weighed(number=3, weights=(0.25, 0.75)),
        Counted(number=4, tokens=12),
        LaneKept(number=5, is_done=False),
        Measured(number=6, measurement=Measurement(settings=SETTINGS, prompt_tokens_per_s=9.5, reply_tokens_per_s=4.5)),
        Probed(number=8, abilities=EngineAbilities(version="0.3.36", can_offload=True)),
        Refused(number=7, kind="unusable", title="No", hint="Other"),
    ],
    ids=lambda answer: type(answer).__name__,
)
def test_an_answer_arrives_as_it_was_given(answer):
    assert through(answer, read_answer) == answer


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_text_survives_and_half_characters_become_question_marks(text):
    (piece,) = through(Heard(number=1, pieces=((0, text),)), read_answer).pieces
    assert piece == (0, text.encode("utf-8", "replace").decode())


def test_a_name_that_is_no_text_survives(tmp_path):
    name = Path(os.fsdecode(b"/models/caf\xe9.gguf"))
    load = through(Load(number=1, path=path_bytes(name), settings=SETTINGS), read_command)
    assert path_from(load.path) == name


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00",
        b"\x00\x00\x00\x09short",
        b"\xff\xff\xff\xff" + b"x" * 100,
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x02[]",
        b'\x00\x00\x00\x10{"type":"Other"}',
        b"\x00\x00\x00\x04\xff\xfe\xfd\xfc",
        b'\x00\x00\x00\x12{"type":"Counted"}',
    ],
)
def test_what_is_no_frame_is_said_to_be_none(data):
    with pytest.raises(BrokenFrame):
        read_answer(io.BytesIO(data))


@given(st.binary(max_size=64))
def test_random_bytes_are_a_frame_an_end_or_broken(data):
    stream = io.BytesIO(data)
    try:
        while read_answer(stream) is not None:
            pass
    except BrokenFrame:
        pass


def test_the_end_of_the_stream_is_no_error():
    assert read_answer(io.BytesIO(b"")) is None


@pytest.mark.parametrize(
    "error",
    [
        kind("What happened", hint="What to do.")
        for kind in (EngineMissing, ModelUnusable, ModelTooLarge, LoadCancelled, ModelDied, ModelError)
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_keeps_its_kind_title_and_hint(error):
    arrived = refused_error(through(refusal(error, number=4), read_answer))
    assert type(arrived) is type(error)
    assert (arrived.title, arrived.hint) == (error.title, error.hint)


def test_a_full_context_keeps_its_numbers():
    arrived = refused_error(through(refusal(ContextFull(needed=9, available=5), number=4), read_answer))
    assert isinstance(arrived, ContextFull)
    assert (arrived.needed, arrived.available) == (9, 5)


def test_being_stuck_travels_as_a_death():
    assert type(refused_error(refusal(ModelStuck("Stuck"), number=1))) is ModelDied


def test_an_unknown_kind_of_refusal_is_still_an_error():
    assert isinstance(refused_error(Refused(kind="new", title="A", hint="B")), ModelError)
