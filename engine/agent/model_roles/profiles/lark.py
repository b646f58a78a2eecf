"""Pieces of the grammars of replies, in the Lark of llguidance: text, special tokens, and calls of tools."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from models.chat import ModelAbout

if TYPE_CHECKING:
    from engine.agent.model_roles.profiles.frame import Choices, Profile

MAX_QUERY = 200
"""Characters."""
ANYTHING = r"(.|\n)*"
SOMETHING = r"\s*[^\s<](.|\n)*"
"""Neither nothing nor a tag at once."""
_STRINGS = rf"""
QUERY: /"([^\s"\\\x00-\x1f\x7f]|\\["\\])([^"\\\x00-\x1f\x7f]|\\["\\]){{0,{MAX_QUERY - 1}}}"/
"""


def literal(text: str) -> str:
    """Return a text as a Lark string."""
    return json.dumps(text, ensure_ascii=False)


def mark(tag: str, about: ModelAbout) -> str:
    """Return a tag as one special token where the model has it as one, and else as text."""
    return tag if tag in about.traits else literal(tag)


def text_until(tag: str, about: ModelAbout, *, rule: str, text: str = ANYTHING) -> str:
    """Return a rule of text up to and including the first occurrence of a tag."""
    if tag in about.traits:
        return f"{rule}: /{text}/ {tag}\n"
    return f"{rule}[lazy]: /{text}{re.escape(tag).replace('/', chr(92) + '/')}/\n"


def call_rules(profile: Profile, choices: Choices, about: ModelAbout) -> str:
    """Return the rule ``call`` with all it needs: one call of a tool that may be called, as JSON in its tags."""
    named = []
    rules = ""
    if choices.queries > 0:
        named.append("search")
        rules += _list_rule("search", profile.search_tool, profile.queries_key, "QUERY", choices.queries) + _STRINGS
    if choices.addresses and choices.pages > 0:
        named.append("browse")
        rules += _list_rule("browse", profile.browse_tool, profile.addresses_key, "ADDRESS", choices.pages)
        shown = (literal(json.dumps(address, ensure_ascii=False)) for address in choices.addresses)
        rules += f"ADDRESS: {' | '.join(shown)}\n"
    if profile.answer_tool:
        named.append("finish")
        beginning = f'{profile.answer_tool}", "arguments": {{"{profile.answer_key}": '
        rules += f"finish: {literal(beginning)} ANSWER\n"
        rules += 'ANSWER: /"([^"\\\\\\x00-\\x1f\\x7f]|\\\\["\\\\n]){1,2000}"/\n'
    before, after = mark("<tool_call>", about), mark("</tool_call>", about)
    beginning = '\n{"name": "'
    return f"call: {before} {literal(beginning)} ({' | '.join(named)}) {literal('}}' + chr(10))} {after}\n{rules}"


def _list_rule(rule: str, tool: str, key: str, item: str, most: int) -> str:
    beginning = f'{tool}", "arguments": {{"{key}": ['
    more = f" ({literal(', ')} {item}){{0,{most - 1}}}" if most > 1 else ""
    return f"{rule}: {literal(beginning)} {item}{more} {literal(']')}\n"
