"""A language model that follows a script and keeps what it was asked; shaped like the real one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from models.chat import ChatRequest, IsCancelled, ModelAbout, OnText, Prompt, Reply, ReplyEnd, Usage
from models.errors import ContextFull

Script = Callable[[ChatRequest], str | Reply]
Weights = Callable[[ChatRequest, tuple[str, ...]], tuple[float, ...]]

ABOUT = ModelAbout(
    name="Scripted model",
    context_tokens=32_768,
    reading_tokens=8_192,
    enforces_grammar=False,
    traits=frozenset({"deepresearcher", "qwen2", "<tool_call>", "</tool_call>"}),
)
_PIECE = 12
"""Characters that are streamed at once."""


def in_turn(*replies: str | Reply | Exception) -> Script:
    """Return a script that gives the replies one after the other; an exception is raised in its turn."""
    left = list(replies)

    def reply(_request: ChatRequest) -> str | Reply:
        if not left:
            raise AssertionError("the model was asked once more than the script knows")
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    return reply


class ScriptedModel:
    """Replies by a script; counts a token for each word and each sign; has no more room than it says."""

    def __init__(self, script: Script, *, about: ModelAbout = ABOUT, weights: Weights | None = None) -> None:
        self._script = script
        self._about = about
        self._weights = weights
        self.asked: list[ChatRequest] = []
        """Requests for replies, in order."""
        self.batches: list[int] = []
        """How many requests came together, call by call."""
        self.weighed: list[tuple[ChatRequest, tuple[str, ...]]] = []
        self.parked: list[Path] = []
        self.recalled: list[Path] = []

    def about(self, *, is_cancelled: IsCancelled | None = None) -> ModelAbout:
        return self._about

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        self.batches.append(1)
        return self._one(request, 0, on_text, is_cancelled)

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> tuple[Reply, ...]:
        self.batches.append(len(requests))
        return tuple(self._one(request, index, on_text, is_cancelled) for index, request in enumerate(requests))

    def weigh(
        self, request: ChatRequest, *, options: tuple[str, ...], is_cancelled: IsCancelled | None = None
    ) -> tuple[float, ...]:
        self.weighed.append((request, options))
        if is_cancelled is not None and is_cancelled():
            return (0.0,) * len(options)
        if self._weights is not None:
            return self._weights(request, options)
        return (1 / len(options),) * len(options)

    def count(self, prompt: Prompt) -> int:
        texts = [message.text for message in prompt.messages]
        texts += [f"{tool.name} {tool.description} {tool.parameters}" for tool in prompt.tools]
        return sum(words_and_signs(text) + 4 for text in texts) + words_and_signs(prompt.opening)

    def park(self, path: Path) -> None:
        self.parked.append(path)

    def recall(self, path: Path) -> None:
        self.recalled.append(path)

    def _one(self, request: ChatRequest, index: int, on_text: OnText | None, is_cancelled: IsCancelled | None) -> Reply:
        prompt_tokens = self.count(request.prompt)
        room = self._about.context_tokens
        if prompt_tokens + request.max_tokens > room:
            raise ContextFull(needed=prompt_tokens + request.max_tokens, available=room)
        self.asked.append(request)
        said = self._script(request)
        text, end = (said.text, said.end) if isinstance(said, Reply) else (said, ReplyEnd.COMPLETE)
        given = ""
        for start in range(0, len(text), _PIECE):
            if is_cancelled is not None and is_cancelled():
                end = ReplyEnd.CANCELLED
                break
            piece = text[start : start + _PIECE]
            given += piece
            if on_text is not None:
                on_text(index, piece)
        usage = Usage(prompt_tokens=prompt_tokens, reply_tokens=words_and_signs(given))
        return Reply(text=given, end=end, usage=usage)


def words_and_signs(text: str) -> int:
    """Return how many tokens the scripted model sees in a text."""
    return len(re.findall(r"\w+|[^\w\s]", text))
