"""Trying the chosen language model out: it is loaded, measured, and asked one question on the way every run takes."""

from __future__ import annotations

import time
from pathlib import Path

from desktop.terminal.cast import opened_runtime, tell_about, wanted_choice
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.interruption import Interruption
from desktop.terminal.model_choice import rounded
from desktop.terminal.streams import Style, Terminal
from desktop.terminal.web import opened_door
from engine.counting import size_words
from models.chat import ChatModel, ChatRequest, Lane, Message, ModelAbout, Prompt, Reply, ReplyEnd, Speaker
from models.choice import LocalChoice
from models.errors import LoadCancelled, ModelUnusable
from models.llama_settings import LoadReport

_QUESTION = "In one sentence: what is a plumb line used for?"
_REPLY_TOKENS = 64
_LONG_WORDS = 220
"""Of the text whose reading is measured: some 300 tokens."""


def try_model(data_folder: Path, wanted: str | None, *, terminal: Terminal) -> ExitCode:
    """Load the chosen model, say how it runs and how fast, and show one answer.

    Raises:
        ModelError: it cannot be used.
    """
    choice = wanted_choice(data_folder, wanted, terminal=terminal)
    if choice.policy is None:
        raise ModelUnusable(
            "No language model is chosen", hint="Choose one:  plumbline models use NAME\nGet one:  plumbline models get"
        )
    interruption = Interruption(terminal)
    with (
        interruption.watching(),
        opened_door(data_folder, terminal=terminal) as door,
        opened_runtime(data_folder, choice, door=door, terminal=terminal) as runtime,
    ):
        model = runtime.models_for(choice).policy
        began = time.monotonic()
        try:
            about = model.about(is_cancelled=interruption.should_stop)
        except LoadCancelled:
            return ExitCode.STOPPED
        tell_about(about, choice, terminal=terminal)
        terminal.say(f": {time.monotonic() - began:.1f} s", lead="Ready after", style=Style.HEADING)
        report = runtime.load_report(choice.policy.path) if isinstance(choice.policy, LocalChoice) else None
        _tell_how_it_runs(about, report, memory_bytes=runtime.status.memory_bytes, terminal=terminal)
        if not _measure(model, interruption, terminal):
            return ExitCode.STOPPED
        terminal.say(f": {_QUESTION}", lead="Question", style=Style.HEADING)
        reply = _asked(model, _QUESTION, interruption, terminal)
        terminal.say(f": {reply.text.strip() or '(nothing)'}", lead="Answer", style=Style.HEADING)
        return ExitCode.STOPPED if reply.end is ReplyEnd.CANCELLED else ExitCode.DONE


def _asked(model: ChatModel, text: str, interruption: Interruption, terminal: Terminal) -> Reply:
    heard: list[str] = []

    def hear(_number: int, words: str) -> None:
        heard.append(words)
        terminal.live("".join(heard)[-200:])

    request = ChatRequest(
        prompt=Prompt(messages=(Message(speaker=Speaker.USER, text=text),)),
        lane=Lane.READING,
        max_tokens=_REPLY_TOKENS,
    )
    return model.reply(request, on_text=hear, is_cancelled=interruption.should_stop)


def _measure(model: ChatModel, interruption: Interruption, terminal: Terminal) -> bool:
    """Say how fast it reads and writes; returns False if the person stopped it."""
    text = "Read this and say what it is about. " + " ".join(f"stone {number}" for number in range(_LONG_WORDS // 2))
    reply = _asked(model, text, interruption, terminal)
    usage = reply.usage
    read = usage.prompt_tokens - usage.reused_tokens
    if usage.prompt_s > 0 and read > 0:
        terminal.say(f": {rounded(read / usage.prompt_s)} tokens a second", lead="Reads", style=Style.HEADING)
    if usage.reply_s > 0 and usage.reply_tokens:
        written = usage.reply_tokens - usage.forced_tokens
        terminal.say(f": {rounded(written / usage.reply_s)} tokens a second", lead="Writes", style=Style.HEADING)
    return reply.end is not ReplyEnd.CANCELLED


def _tell_how_it_runs(about: ModelAbout, report: LoadReport | None, *, memory_bytes: int, terminal: Terminal) -> None:
    terminal.say(f": {about.context_tokens:,} tokens", lead="Room for a conversation", style=Style.HEADING)
    if memory_bytes:
        terminal.say(f": {size_words(memory_bytes)}", lead="Memory", style=Style.HEADING)
    if report is None:
        return
    where = f"{report.gpu_layers} of {report.layers} layers on the graphics card" if report.gpu_layers else "processor"
    terminal.say(f": {where}, {report.threads} threads", lead="Runs on", style=Style.HEADING)
    attention = "with" if report.policy_flash_attention else "without"
    terminal.say(
        f": {report.kv_type}, {size_words(report.kv_bytes)}, {attention} flash attention; "
        f"{report.ubatch} tokens at once",
        lead="Memory of what was read",
        style=Style.HEADING,
    )
    for note in report.notes:
        terminal.say(f"  {note}")
