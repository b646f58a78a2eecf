"""DeepResearcher: thinks in a tag that we open, then calls one of two tools or answers in a tag.

The frame is the one in which it was trained; the words are ours.
"""

from __future__ import annotations

from datetime import date

from engine.agent.model_roles.profiles.frame import Choices, Profile, needs_tools_in_words
from engine.agent.model_roles.profiles.lark import SOMETHING, call_rules, mark, text_until
from models.chat import ModelAbout

_SYSTEM = """\
Today is {today}. You are a deep research assistant. The question needs deep research: work the answer out from \
sources, not from memory.
{search} finds pages; {browse} reads pages that a search has shown.
First think about the plan or the next search. Every reply has one of these two shapes:
<think> your thoughts </think>
<tool_call> one call of a tool </tool_call>
or
<think> your thoughts </think>
<answer> the answer alone: a few words, a number, yes or no </answer>"""


def _system(profile: Profile, today: date, about: ModelAbout) -> str:
    text = _SYSTEM.format(today=today.isoformat(), search=profile.search_tool, browse=profile.browse_tool)
    return text + "\n" + tool_list(profile) if needs_tools_in_words(about) else text


def tool_list(profile: Profile) -> str:
    """Return the tools in words, for a model whose chat template has no place for them."""
    lines = [f"{tool.name}: {tool.description} Arguments: {tool.parameters}" for tool in profile.tools]
    return "\n".join(('A call is {"name": tool, "arguments": {...}}. The tools:', *lines))


def _grammar(profile: Profile, choices: Choices, about: ModelAbout) -> str:
    answer = f"answer: {mark('<answer>', about)} body\n" + text_until("</answer>", about, rule="body", text=SOMETHING)
    step = "(call | answer)" if choices.may_call else "answer"
    calls = call_rules(profile, choices, about) if choices.may_call else ""
    return f"start: thought /\\n?/ {step}\n{text_until('</think>', about, rule='thought')}{answer}{calls}"


DEEPRESEARCHER = Profile(
    name="DeepResearcher",
    opening="<think>",
    search_tool="web_search",
    queries_key="query",
    browse_tool="browse_webpage",
    addresses_key="url_list",
    stops=("</tool_call>", "</answer>"),
    reply_tokens=2_000,
    reminder="After </think> write either one <tool_call> or one <answer>.",
    system=_system,
    grammar=_grammar,
)
