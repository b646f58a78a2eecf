"""How the words of pages and people are put into a prompt, so that they cannot pass for ours; and what they cost.

A prompt numbers its lines as ``[3] …``. Whatever a page says is flattened to one line and cannot write such a number,
nor the signs by which chat templates tell speakers apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from models.chat import ChatRequest, Message, Prompt, Speaker

_BYTES_PER_TOKEN = 3.6
_DIGIT_BYTES = 2.6
"""What a digit costs beyond its own byte: many vocabularies have a token for each."""
_CAUTION = 1.25
_SPACED = 8
"""How many times as long a text may be before its white space is taken out, where it is cut anyway."""
_OVERHEAD_TOKENS = 12
"""Of a message: its speaker and its end."""
_NUMBER_SIGN = re.compile(r"[\[［〔【]\s*([\d\s,;–-]*)\s*[\]］〕】]")
_MARKUP = re.compile(r"<(?=[|｜/]|[A-Za-z_][\w-]*>)|[［\[](?=/?[A-Z_]{3,}[\]］])")
_INVISIBLE = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_ENDED = (".", "!", "?", "…", "。", "！", "？", "؟", "।", ".”", '."', ".)")


def shown(text: str, *, limit: int = 0) -> str:
    """Return a text as it may stand in a prompt: one line, without number signs and control tokens of its own.

    Args:
        text: words of a page, a title, a question.
        limit: characters after which it is cut and ends in an ellipsis; 0 for none.
    """
    text = text[: _SPACED * limit] if limit else text
    flat = " ".join(_INVISIBLE.sub("", text).split())
    flat = _NUMBER_SIGN.sub(r"(\1)", flat)
    flat = _MARKUP.sub(lambda match: f"{match[0]} ", flat)
    if limit and len(flat) > limit:
        return f"{flat[: limit - 1].rstrip()}…"
    return flat


def tokens_in(text: str) -> int:
    """Return about how many tokens a text has, in any script, within about a quarter; asks no model."""
    digits = sum(map(text.count, "0123456789"))
    return int((len(text.encode("utf-8", "replace")) + _DIGIT_BYTES * digits) / _BYTES_PER_TOKEN) + 1


def tokens_of(request: ChatRequest) -> int:
    """Return how much room a request needs, its reply included: rather too much than too little."""
    said = sum(tokens_in(message.text) + _OVERHEAD_TOKENS for message in request.prompt.messages)
    return int(_CAUTION * said) + request.max_tokens + _OVERHEAD_TOKENS


def conversation(system: str, *turns: str) -> Prompt:
    """Return a prompt of the system's words and turns of the user and the assistant, one after the other."""
    speakers = (Speaker.USER, Speaker.ASSISTANT)
    said = [Message(speaker=speakers[number % 2], text=turn) for number, turn in enumerate(turns)]
    return Prompt(messages=(Message(speaker=Speaker.SYSTEM, text=system), *said))


def any_of(texts: Iterable[str]) -> str:
    """Return the alternatives of a grammar: each text, exactly."""
    return " | ".join(quoted(text) for text in texts)


def quoted(text: str) -> str:
    """Return a text as a literal of a grammar."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def spoken(reply: str) -> str:
    """Return a reply without the thoughts that some models write before it, where no form keeps them from it."""
    if not reply.lstrip().startswith("<think>"):
        return reply
    return reply.partition("</think>")[2].lstrip()


def one_line(text: str, *, limit: int) -> str:
    """Return what a model said as one line for a person; where it was cut off there is an ellipsis."""
    flat = " ".join(_INVISIBLE.sub("", text).split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1].rstrip()}…"


def as_sentence(text: str) -> str:
    """Return a text that begins with a capital letter and ends like a sentence; nothing stays nothing."""
    flat = " ".join(text.split())
    if not flat:
        return ""
    ended = flat if flat.endswith(_ENDED) else f"{flat.rstrip(',;:')}."
    return ended[0].upper() + ended[1:]
