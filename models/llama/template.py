"""Writes a conversation down the way its model learnt it, with the template that its file brings.

The template never sees the words of a conversation: it is given a placeholder for each message, and the words are put
in afterwards as plain text. So a document cannot end a turn, begin another one, or call a tool, whatever it says.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from models.chat import Message, Prompt, Speaker, Tool
from models.errors import ModelUnusable
from models.llama.vocabulary import Vocabulary

CHATML = """\
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
"""
"""For files that bring no template: the format most models have met."""

_GENERATION_TAG = re.compile(r"\{%-?\s*(?:end)?generation\s*-?%\}")
"""A tag of another library that only matters in training."""
_HINT = "Another file of the same model may bring a better one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a template was found to be able to write."""

    has_system: bool = True
    has_tool_answers: bool = True
    writes_tools: bool = True
    strips: bool = False
    """Whether it takes white space off both ends of what is said."""


class TemplateError(Exception):
    """The template gave up on a conversation."""


class ChatTemplate:
    """The way from a conversation to marked text.

    Raises:
        ModelUnusable: the template is broken, or cannot even write down a question.
    """

    def __init__(self, source: str, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.filters["tojson"] = _to_json
        environment.globals["raise_exception"] = _give_up
        environment.globals["strftime_now"] = _now
        try:
            self._template = environment.from_string(_GENERATION_TAG.sub("", source) if source.strip() else CHATML)
        except jinja2.TemplateError as error:
            raise ModelUnusable(f"The model's chat template is broken: {error}", hint=_HINT) from error
        self.abilities = self._probe()

    def render(self, prompt: Prompt) -> str:
        """Return a prompt as marked text, up to where the reply begins.

        Raises:
            ModelUnusable: the template cannot write this conversation down, or leaves out a part of it.
        """
        messages = prompt.messages
        tools = prompt.tools
        extra = ""
        if tools and not self.abilities.writes_tools:
            extra, tools = _tool_section(tools), ()
        turns = _turns(messages, self.abilities, extra)
        try:
            rendered = self._fill(turns, tools)
        except TemplateError as error:
            title = f"The model's chat template cannot write this conversation down: {error}"
            raise ModelUnusable(title, hint=_HINT) from error
        opening = self._vocabulary.with_specials(prompt.opening)
        if opening and rendered.rstrip().endswith(opening.strip()):
            opening = ""  # the template opens replies by itself
        return self._vocabulary.begin(rendered + opening)

    # --- putting words in ------------------------------------------------------------------------------------------

    def _fill(self, turns: Sequence[_Turn], tools: Sequence[Tool]) -> str:
        nonce = secrets.token_hex(6)
        words: list[Message] = []
        contents: list[dict[str, Any]] = []
        for turn in turns:
            content = ""
            for piece in turn.pieces:
                if isinstance(piece, str):
                    content += piece
                elif piece.text:
                    content += f"Words{nonce}N{len(words)}End"
                    words.append(piece)
            contents.append({"role": turn.role, "content": content})
        text = self._render(contents, tools)
        parts = re.split(f"Words{nonce}N([0-9]+)End", text)
        missing = set(range(len(words))) - {int(number) for number in parts[1::2]}
        if missing:
            raise TemplateError("it leaves out what was said")
        filled = [
            self._vocabulary.with_specials(part) if index % 2 == 0 else self._spoken(words[int(part)])
            for index, part in enumerate(parts)
        ]
        return "".join(filled)

    def _spoken(self, message: Message) -> str:
        text = message.text.strip() if self._strips else message.text
        if message.speaker in (Speaker.SYSTEM, Speaker.ASSISTANT):
            return self._vocabulary.with_tags(text)
        return self._vocabulary.clean(text)

    def _render(self, contents: list[dict[str, Any]], tools: Sequence[Tool]) -> str:
        special = self._vocabulary.special_text
        try:
            return self._template.render(
                messages=contents,
                tools=[_tool_value(tool) for tool in tools] or None,
                documents=None,
                add_generation_prompt=True,
                bos_token=special(self._vocabulary.bos) or "",
                eos_token=special(self._vocabulary.eos) or "",
            )
        except Exception as error:  # a template is a program of strangers: it may raise anything
            raise TemplateError(str(error) or type(error).__name__) from error

    # --- finding out -----------------------------------------------------------------------------------------------

    _strips = False

    def _probe(self) -> Abilities:
        user = Message(speaker=Speaker.USER, text="What is it?")
        system = Message(speaker=Speaker.SYSTEM, text="Answer.")
        tool = Tool(name="look_it_up", description="Looks it up", parameters='{"type": "object", "properties": {}}')
        plain = Abilities(writes_tools=True)
        try:
            self._fill(_turns((user,), plain, ""), ())
        except TemplateError as error:
            raise ModelUnusable(
                f"The model's chat template cannot write a question down: {error}", hint=_HINT
            ) from error
        has_system = self._can(_turns((system, user), plain, ""), ())
        called = Message(speaker=Speaker.ASSISTANT, text="I look it up.")
        answer = Message(speaker=Speaker.TOOL, text="It is this.")
        has_answers = self._can(_turns((user, called, answer), plain, ""), (tool,))
        has_answers = has_answers and self._can(_turns((user, called, answer, called, answer), plain, ""), (tool,))
        spaced = self._render([{"role": "user", "content": "  so much space  "}], ())
        self._strips = "so much space" in spaced and "  so much space  " not in spaced
        return Abilities(
            has_system=has_system,
            has_tool_answers=has_answers,
            writes_tools=self._writes(tool, (system, user) if has_system else (user,)),
            strips=self._strips,
        )

    def _can(self, turns: Sequence[_Turn], tools: Sequence[Tool]) -> bool:
        try:
            self._fill(turns, tools)
        except TemplateError:
            return False
        return True

    def _writes(self, tool: Tool, messages: Sequence[Message]) -> bool:
        try:
            return tool.name in self._fill(_turns(messages, Abilities(), ""), (tool,))
        except TemplateError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A message as a template gets it: words of ours, and messages whose words are put in afterwards."""

    role: str
    pieces: tuple[str | Message, ...]


def _turns(messages: Sequence[Message], abilities: Abilities, extra: str) -> tuple[_Turn, ...]:
    """Return the turns of a conversation in a form that the template can write; ``extra`` joins the system message."""
    turns: list[_Turn] = []
    preface: list[str | Message] = [extra] if extra else []
    for message in messages:
        if message.speaker is Speaker.SYSTEM:
            preface = [*([*preface, "\n\n"] if preface and not extra else []), message]
            preface += ["\n\n" + extra] if extra else []
            extra = ""
            if abilities.has_system:
                turns.append(_Turn(role="system", pieces=tuple(preface)))
                preface = []
            continue
        if preface and abilities.has_system:
            turns.append(_Turn(role="system", pieces=tuple(preface)))
            preface = []
        pieces: tuple[str | Message, ...] = (message,)
        role = message.speaker.value
        if message.speaker is Speaker.TOOL and not abilities.has_tool_answers:
            role = Speaker.USER.value
            pieces = ("<tool_response>\n", message, "\n</tool_response>")
        if preface and role == Speaker.USER.value:
            pieces = (*preface, "\n\n", *pieces)
            preface = []
        extra = ""
        turns.append(_Turn(role=role, pieces=pieces))
    if preface:
        turns.append(_Turn(role="user", pieces=tuple(preface)))
    return tuple(turns)


def _tool_value(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": json.loads(tool.parameters)}
    return {"type": "function", "function": function}


def _tool_section(tools: Sequence[Tool]) -> str:
    lines = "\n".join(json.dumps(_tool_value(tool)["function"], ensure_ascii=False) for tool in tools)
    return (
        "You can call these functions, each described by a line of JSON:\n"
        f"{lines}\n"
        "To call one, write its name and its arguments as JSON between two tags:\n"
        '<tool_call>\n{"name": "the function", "arguments": {"the argument": "its value"}}\n</tool_call>'
    )


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _give_up(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)


def _now(layout: str) -> str:
    return datetime.now().astimezone().strftime(layout)
