"""The teacher: a stand-in for a model that knows the world and answers every prompt of the roles in short words.

It reads the same prompts as a model would, and looks into the world's truth only for what a perfect reader would see.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from small_model.made_up_worlds import MadeUpWorld, Truth

from engine.agent.live import RoleName
from engine.agent.model_roles.speaking import Speaking, Watch
from models.chat import (
    ChatRequest,
    IsCancelled,
    Message,
    ModelAbout,
    OnText,
    Prompt,
    Reply,
    ReplyEnd,
    Speaker,
)

NOT_FOUND = "not found"
_NUMBERED = re.compile(r"^\[(\d+)\] (?:\([^)]*\) )?(.*)$", re.MULTILINE)


class Teacher:
    """Plays a model in the worlds it is told of, and keeps what was asked and answered."""

    def __init__(self, world: MadeUpWorld) -> None:
        self._truth = world.truth
        self.role = RoleName.PLANNER
        """Who is speaking; told by ``TaughtSpeaking``."""
        self.said: list[tuple[RoleName, Prompt, str]] = []

    def about(self, *, is_cancelled: IsCancelled | None = None) -> ModelAbout:
        return ModelAbout(
            name="Plumbline test model (DeepResearcher frame)",
            context_tokens=8_192,
            reading_tokens=8_192,
            enforces_grammar=True,
            traits=frozenset({"deepresearcher", "<tool_call>", "</tool_call>"}),
            test_only=True,
        )

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        return self.replies((request,), on_text=on_text, is_cancelled=is_cancelled)[0]

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> tuple[Reply, ...]:
        return tuple(self._answered(request.prompt) for request in requests)

    def weigh(
        self, request: ChatRequest, *, options: tuple[str, ...], is_cancelled: IsCancelled | None = None
    ) -> tuple[float, ...]:
        self.role = RoleName.JUDGE
        right = self._answered(request.prompt).text
        return tuple(1.0 if option == right else 0.0 for option in options)

    def count(self, prompt: Prompt) -> int:
        return sum(len(message.text) for message in prompt.messages) // 3

    def park(self, path: Path) -> None:
        """There is nothing to keep."""

    def recall(self, path: Path) -> None:
        """Nothing was kept."""

    def _answered(self, prompt: Prompt) -> Reply:
        match self.role:
            case RoleName.PLANNER:
                text = "whole\nwhy: One search can answer it."
            case RoleName.POLICY:
                text = policy_reply(prompt.messages, self._truth)
            case RoleName.READER:
                text = reader_reply(prompt.messages[-1].text, self._truth)
            case RoleName.WRITER:
                text = writer_reply(prompt.messages[-1].text, self._truth)
            case RoleName.JUDGE:
                text = judge_reply(prompt.messages[-1].text)
        self.said.append((self.role, prompt, text))
        return Reply(text=text, end=ReplyEnd.COMPLETE)


class TaughtSpeaking(Speaking):
    """Tells the teacher who is speaking."""

    def __init__(self, teacher: Teacher, **others: object) -> None:
        super().__init__(teacher, **others)  # type: ignore[arg-type]
        self._teacher = teacher

    def reply(self, request: ChatRequest, *, role: RoleName, about: str = "", watch: Watch | None = None) -> Reply:
        self._teacher.role = role
        return super().reply(request, role=role, about=about, watch=watch)

    def replies(self, requests: Sequence[ChatRequest], *, role: RoleName, about: Sequence[str]) -> tuple[Reply, ...]:
        self._teacher.role = role
        return super().replies(requests, role=role, about=about)


def policy_reply(messages: Sequence[Message], truth: Truth) -> str:
    """Return the perfect next step: search, the first page about the town that is not read, the answer."""
    found: list[tuple[str, str]] = []
    read: list[str] = []
    knows = False
    for message in messages:
        if message.speaker is not Speaker.TOOL:
            continue
        for told in json.loads(message.text):
            if "web_page_info_list" in told:
                found += [(page["title"], page["url"]) for page in told["web_page_info_list"]]
            else:
                read.append(told["url"])
                knows = knows or any(
                    sentence in one["page_summary"] for one in told["information"] for sentence in truth.evidence
                )
    if not any(message.speaker is Speaker.TOOL for message in messages):
        thought = f"I look for the {truth.attribute.key} of {truth.town}."
        return _call(thought, "web_search", {"query": [f"{truth.town} {truth.attribute.key}"]})
    left = [url for title, url in found if truth.town in title and url not in read]
    if left:
        thought = f"Another page on {truth.town}." if read else f"I read the page on {truth.town}."
        return _call(thought, "browse_webpage", {"url_list": left[:1]})
    if knows:
        if messages[-1].speaker is Speaker.USER:
            thought = f"There is no other page on {truth.town}."
            return f"{thought}</think>\n<answer>{truth.answer}</answer>"
        return f"It is {truth.answer}.</think>\n<answer>{truth.answer}</answer>"
    return f"No page says it.</think>\n<answer>{NOT_FOUND}</answer>"


def reader_reply(shown: str, truth: Truth) -> str:
    """Return the numbers of the sentences that give the answer."""
    numbers = [number for number, sentence in _NUMBERED.findall(shown) if sentence in truth.evidence]
    note = f"the {truth.attribute.key} of {truth.town}" if numbers else "nothing on it"
    return f"new: {', '.join(numbers) or 'none'}\nnext: no\nnote: {note}"


def writer_reply(shown: str, truth: Truth) -> str:
    """Return the first sentence that gives the answer, and every passage it rests on."""
    found = [(number, sentence) for number, sentence in _NUMBERED.findall(shown) if sentence in truth.evidence]
    if not found:
        return "none"
    return f"{found[0][1]} {''.join(f'[{number}]' for number, _ in found)}"


def judge_reply(shown: str) -> str:
    """Return whether one of the passages is the sentence."""
    sentence = shown.partition("\nSentence: ")[2].partition("\n")[0]
    return "Yes" if any(passage == sentence for _, passage in _NUMBERED.findall(shown)) else "No"


def _call(thought: str, tool: str, arguments: dict[str, list[str]]) -> str:
    call = json.dumps({"name": tool, "arguments": arguments}, ensure_ascii=False)
    return f"{thought}</think>\n<tool_call>\n{call}\n</tool_call>"
