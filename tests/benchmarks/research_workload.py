"""A research run as a sequence of prompts and reply lengths: what a model is asked, in which order, how much it says.

The policy's conversation grows by thoughts, calls and answers of tools; between its turns pages are read a segment at
a time, several pages together, every reader beginning with the same instructions; a plan comes first, a report and
checks of its claims last. Replies have fixed lengths, so whoever runs it evaluates the same prompts and generates the
same number of tokens.

At scale 1 and with a vocabulary like Qwen2.5's it has about 49,000 prompt tokens in all, of which 20,000 are new.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from models.chat import ChatRequest, Lane, Message, Prompt, Speaker, Tool

WORDS = (
    "river town council bridge survey harbour winter report measured annual water level station record century "
    "engineer stone arch flood summer committee archive letter map district railway census population founded "
    "building museum library garden market square church tower school mill canal valley island coast northern "
    "southern eastern western between during before after around several many early later first second modern"
).split()

SEARCH = Tool(
    name="web_search",
    description="Searches the web and returns titles, addresses and short summaries",
    parameters=json.dumps(
        {
            "type": "object",
            "properties": {"query": {"type": "array", "items": {"type": "string"}, "description": "Up to three"}},
            "required": ["query"],
        }
    ),
)
BROWSE = Tool(
    name="browse_webpage",
    description="Reads pages and returns what they say about the question",
    parameters=json.dumps(
        {
            "type": "object",
            "properties": {"url_list": {"type": "array", "items": {"type": "string"}, "description": "Addresses"}},
            "required": ["url_list"],
        }
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. Turns that a model said are left out of ``said``: whoever runs it puts its own replies there."""

    conversation: str
    """Requests of the same name go on with one conversation."""
    lane: Lane
    turns: tuple[Message, ...]
    """What is said since the last reply in this conversation."""
    reply_tokens: int
    tools: tuple[Tool, ...] = ()
    opening: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Groups of requests; those of one group do not depend on each other."""

    groups: tuple[tuple[Ask, ...], ...]


def research_workload(scale: float = 1.0, *, seed: int = 1) -> Workload:
    """Return the run; ``scale`` stretches all lengths but the fixed texts'."""
    chance = random.Random(seed)

    def prose(tokens: float) -> str:
        words: list[str] = []
        while len(words) * 1.25 < tokens * scale:
            length = chance.randint(7, 18)
            sentence = [chance.choice(WORDS) for _ in range(length)]
            sentence[chance.randrange(length)] = str(chance.randint(1700, 2020))
            words += [sentence[0].capitalize(), *sentence[1:-1], sentence[-1] + "."]
        return " ".join(words)

    def tokens(count: float) -> int:
        return max(2, round(count * scale))

    def message(speaker: Speaker, text: str) -> Message:
        return Message(speaker=speaker, text=text)

    def results() -> str:
        pages = [
            {"title": prose(8), "url": f"https://example.org/{chance.randrange(10**6)}", "quick_summary": prose(50)}
            for _ in range(10)
        ]
        return json.dumps([{"search_query": prose(8), "web_page_info_list": pages}])

    def found() -> str:
        return json.dumps(
            [{"url": "https://example.org/1", "information": [{"page_number": 0, "page_summary": prose(320)}]}]
        )

    question = prose(25)
    instructions = message(Speaker.SYSTEM, "You read pages for a researcher. " + prose(420))
    pages = iter(range(100))
    groups: list[tuple[Ask, ...]] = []

    def read(count: int) -> None:
        names = [f"page {next(pages)}" for _ in range(count)]
        for segment in range(2):
            asks = []
            for name in names:
                part = message(Speaker.USER, f"Question: {question}\nSegment {segment + 1} of {name}:\n{prose(1000)}")
                turns = (instructions, part) if segment == 0 else (part,)
                asks.append(Ask(conversation=name, lane=Lane.READING, turns=turns, reply_tokens=tokens(80)))
            groups.append(tuple(asks))

    def think(*turns: Message) -> None:
        ask = Ask(
            conversation="policy",
            lane=Lane.POLICY,
            turns=turns,
            reply_tokens=tokens(150),
            tools=(SEARCH, BROWSE),
            opening="<think>",
        )
        groups.append((ask,))

    def once(name: str, text: str, reply: float) -> Ask:
        turns = (message(Speaker.SYSTEM, f"You are the {name}. " + role[name]), message(Speaker.USER, text))
        count = tokens(reply) if reply > 1 else 1
        return Ask(conversation=f"{name} {text[:40]}", lane=Lane.READING, turns=turns, reply_tokens=count)

    role = {"planner": prose(350), "writer": prose(300), "judge": prose(130)}
    groups.append((once("planner", question, 120),))
    think(message(Speaker.SYSTEM, "You are a deep research assistant. " + prose(400)), message(Speaker.USER, question))
    for page_count in (2, 2, 1):
        think(message(Speaker.TOOL, results()))
        read(page_count)
        think(message(Speaker.TOOL, found()))
    evidence = prose(2200)
    groups.append((once("writer", evidence, 500),))
    groups.append(tuple(once("judge", f"Claim {number}: {prose(250)}", 1) for number in range(8)))
    return Workload(groups=tuple(groups))


def as_request(ask: Ask, history: tuple[Message, ...]) -> ChatRequest:
    """Return a request with all that was said in its conversation before."""
    prompt = Prompt(messages=(*history, *ask.turns), tools=ask.tools, opening=ask.opening)
    return ChatRequest(prompt=prompt, lane=ask.lane, max_tokens=ask.reply_tokens)
