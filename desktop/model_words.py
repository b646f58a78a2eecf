"""How it stands with the language model, in words: for the status line, the models page and the work in progress."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.items.models import gigabytes, percent
from desktop.plain_text import one_line
from models.errors import ModelError
from models.servers.address import server_address
from models.status import ModelState, ModelStatus

TEST_ONLY_WORDS = " (test only)"
"""Behind the name of a model that was made for tests, where there is no badge."""
SILENT_AFTER_S = 10.0
"""Without a sign of life for this long, it is said."""


_NOTHING_TO_SAY = frozenset({ModelState.NONE, ModelState.UNLOADED, ModelState.LOADING, ModelState.READY})
"""Of a model on a server, which nobody loads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWords:
    """One line about the model and what may be done."""

    text: str
    hint: str
    can_unload: bool
    is_problem: bool = False


def status_words(status: ModelStatus, *, silent_s: float = 0.0, is_remote: bool = False) -> StatusWords:
    """Return the line for the status bar; the status is of a model that is chosen."""
    name = one_line(status.name, limit=60) or "Language model"
    memory = f"  ·  {gigabytes(status.memory_bytes)}" if status.memory_bytes else ""
    hint = "Click to choose a language model."
    is_up = status.state not in {ModelState.NONE, ModelState.UNLOADED, ModelState.FAILED}
    text = f"{name}  ·  {state_words(status)}{memory}"
    if is_remote and status.state in _NOTHING_TO_SAY:
        text = name
    silence = silence_words(status, silent_s=silent_s)
    if silence:
        text, hint = f"{name}  ·  {silence.partition(';')[0]}{memory}", silence
    if status.state is ModelState.FAILED:
        hint = f"{status.error_title}. {status.error_hint}".strip(". ")
    return StatusWords(
        text=text,
        hint=hint,
        can_unload=is_up,
        is_problem=status.state is ModelState.FAILED or bool(silence),
    )


def state_words(status: ModelStatus) -> str:
    """Return what a model is doing, in a word or two."""
    match status.state:
        case ModelState.NONE:
            return "none chosen"
        case ModelState.UNLOADED:
            return "not loaded"
        case ModelState.LOADING:
            return f"loading {percent(status.fraction)}" if status.fraction > 0 else "loading"
        case ModelState.READY:
            return "ready"
        case ModelState.READING_PROMPT:
            return f"reading {percent(status.fraction)}" if status.fraction > 0 else "reading"
        case ModelState.ANSWERING:
            if status.tokens_per_s <= 0:
                return "answering"
            rate = status.tokens_per_s
            return f"answering, {rate:.0f} tokens/s" if rate >= 9.5 else f"answering, {rate:.1f} tokens/s"
        case ModelState.FAILED:
            return one_line(status.error_title, limit=120) or "could not be used"


def waiting_words(status: ModelStatus) -> str:
    """Return what a run waits for while its model says nothing yet; empty when it waits for no model."""
    fraction = f" {percent(status.fraction)}" if status.fraction > 0 else ""
    match status.state:
        case ModelState.LOADING:
            return f"Loading the model…{fraction}"
        case ModelState.READING_PROMPT:
            return f"The model reads what it is asked…{fraction}"
        case _:
            return ""


def silence_words(status: ModelStatus, *, silent_s: float) -> str:
    """Return that nothing has come for long and what can be done, or nothing when all is well."""
    if silent_s < SILENT_AFTER_S:
        return ""
    waited = f"{round(silent_s)} s"
    match status.state:
        case ModelState.LOADING:
            return f"still loading, no progress for {waited}; Stop gives it up"
        case ModelState.READING_PROMPT | ModelState.ANSWERING:
            return f"no output for {waited}; Stop ends it at once, Pause also gives the memory back"
        case _:
            return ""


def explained_words(status: ModelStatus, *, is_remote: bool) -> str:
    """Return a sentence or two for the card of the chosen model."""
    memory = f" It holds {gigabytes(status.memory_bytes)} of memory." if status.memory_bytes else ""
    match status.state:
        case ModelState.NONE:
            return ""
        case ModelState.UNLOADED if is_remote:
            return "Asked when a question needs it. Its server does the work."
        case ModelState.UNLOADED:
            return "Not loaded: it takes no memory until a question needs it."
        case ModelState.READY:
            return f"Ready.{memory}"
        case ModelState.FAILED:
            return "It could not be used."
        case _:
            words = state_words(status)
            return f"{words[:1].upper()}{words[1:]}.{memory}"


def host_of(address: str) -> str:
    """Return the name of the computer in an address, or nothing if it is no address."""
    try:
        return server_address(address).host
    except ModelError:
        return ""


def is_this_computer(address: str) -> bool:
    """Return whether what is sent to an address stays on this computer; in doubt it does not."""
    try:
        return server_address(address).is_this_computer
    except ModelError:
        return False
