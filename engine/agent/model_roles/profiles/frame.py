"""What a profile is: the frame in which one family of research models was taught to speak.

A further family is one more ``Profile`` in a small module of its own, and a line in ``profile_for``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from models.chat import ModelAbout, Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the model may do next."""

    queries: int
    """How many may be asked at once; none: it must not search."""
    addresses: tuple[str, ...]
    """The pages it may open, as they were shown to it; none: it must not open any."""
    pages: int = 3
    """How many may be opened at once."""

    @property
    def may_call(self) -> bool:
        """Whether anything but an answer is left."""
        return self.queries > 0 or (self.pages > 0 and bool(self.addresses))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The frame of a family of models: names, tags, and the texts that only it needs."""

    name: str
    opening: str
    """How we begin each of its turns."""
    search_tool: str
    queries_key: str
    browse_tool: str
    addresses_key: str
    answer_tool: str = ""
    """A tool for the final answer; empty where the answer is written in its tag."""
    answer_key: str = ""
    plain_answers: bool = False
    """Whether words without a tag or a call are its answer."""
    stops: tuple[str, ...]
    reply_tokens: int
    """The most that one reply may take."""
    queries_at_once: int = 3
    """Of one call that are carried out."""
    pages_at_once: int = 3
    reminder: str
    """The form of a reply, in a sentence, for a model that missed it."""
    system: Callable[[Profile, date, ModelAbout], str]
    """Returns the system message: the profile, today, and what is known of the model."""
    grammar: Callable[[Profile, Choices, ModelAbout], str]
    """Returns the Lark grammar of the next reply after the opening."""

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools as the chat template is given them."""
        answer = (_tool(self.answer_tool, "Gives the final answer.", self.answer_key, ANSWER),)
        return (
            _tool(self.search_tool, "Searches for pages.", self.queries_key, QUERIES),
            _tool(self.browse_tool, "Reads pages that a search has shown.", self.addresses_key, ADDRESSES),
            *(answer if self.answer_tool else ()),
        )

    def call(self, name: str, value: list[str]) -> str:
        """Return a call of the search or the browse tool in the form in which this program writes it."""
        key = self.queries_key if name == self.search_tool else self.addresses_key
        arguments = {"name": name, "arguments": {key: value}}
        return f"<tool_call>\n{json.dumps(arguments, ensure_ascii=False)}\n</tool_call>"


def needs_tools_in_words(about: ModelAbout) -> bool:
    """Whether nobody but us tells the model of its tools; a local engine does where the template cannot."""
    return about.is_remote and not about.template_tools


QUERIES = {"type": "array", "items": {"type": "string"}, "description": "one to three queries"}
ADDRESSES = {"type": "array", "items": {"type": "string"}, "description": "urls from search results"}
ANSWER = {"type": "string"}


def _tool(name: str, description: str, key: str, kind: Mapping[str, object]) -> Tool:
    parameters = {"type": "object", "properties": {key: kind}, "required": [key]}
    return Tool(name=name, description=description, parameters=json.dumps(parameters))
