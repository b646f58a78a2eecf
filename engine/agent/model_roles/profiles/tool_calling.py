"""Any instruct model that can call tools: a word of thought if it likes, then one call; the answer is a call too."""

from __future__ import annotations

from datetime import date

from engine.agent.model_roles.profiles.deepresearcher import tool_list
from engine.agent.model_roles.profiles.frame import Choices, Profile, needs_tools_in_words
from engine.agent.model_roles.profiles.lark import call_rules, text_until
from models.chat import ModelAbout

_SYSTEM = """\
Today is {today}. You are a deep research assistant. Work the answer out from sources, not from memory.
{search} finds pages; {browse} reads pages that a search has shown; {answer} gives the final answer.
Search, read, and check what you found in a second source. In every reply think in a sentence or two, then call \
exactly one tool. The final answer is short: a few words, a number, yes or no, or that it was not found."""
_FORM = '\nWrite a call as <tool_call>{"name": tool, "arguments": {...}}</tool_call>.\n'


def _system(profile: Profile, today: date, about: ModelAbout) -> str:
    text = _SYSTEM.format(
        today=today.isoformat(), search=profile.search_tool, browse=profile.browse_tool, answer=profile.answer_tool
    )
    return text + _FORM + tool_list(profile) if needs_tools_in_words(about) else text


def _grammar(profile: Profile, choices: Choices, about: ModelAbout) -> str:
    calls = call_rules(profile, choices, about)
    if "<tool_call>" in about.traits:
        return f"start: /(.|\\n)*/ call\n{calls}"
    # As text the tag belongs to the rule that looks for it.
    head, rest = calls.split('"<tool_call>"', 1)
    return f"start: call\n{head}thought{rest}{text_until('<tool_call>', about, rule='thought')}"


TOOL_CALLING = Profile(
    name="Tool calling",
    opening="",
    search_tool="web_search",
    queries_key="query",
    browse_tool="browse_webpage",
    addresses_key="url_list",
    answer_tool="answer",
    answer_key="text",
    plain_answers=True,
    stops=("</tool_call>",),
    reply_tokens=2_000,
    reminder="Think in a sentence, then call exactly one tool.",
    system=_system,
    grammar=_grammar,
)
