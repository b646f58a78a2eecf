"""Short ways to load a local model and to ask it something. Can be imported where llama-cpp-python is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.chat import ChatRequest, Lane, Message, OnText, Prompt, Reply, Sampling, Speaker, Tool
from models.llama_settings import RuntimeSettings

if TYPE_CHECKING:
    from models.llama.runtime import LlamaRuntime

SEARCH = Tool(
    name="web_search",
    description="Finds pages",
    parameters='{"type": "object", "properties": {"query": {"type": "array", "items": {"type": "string"}}}}',
)


def load_model(path: Path, *, threads: int = 1, **settings: Any) -> LlamaRuntime:
    """Return a loaded model that uses one thread, so that tests can run side by side."""
    from models.llama.environment import open_engine
    from models.llama.interrupt import Interrupt

    wanted = RuntimeSettings(threads=threads, **settings)
    return open_engine().load(path, wanted, on_progress=lambda share: None, interrupt=Interrupt())


def system(text: str) -> Message:
    return Message(speaker=Speaker.SYSTEM, text=text)


def user(text: str) -> Message:
    return Message(speaker=Speaker.USER, text=text)


def assistant(text: str) -> Message:
    return Message(speaker=Speaker.ASSISTANT, text=text)


def tool_answer(text: str) -> Message:
    return Message(speaker=Speaker.TOOL, text=text)


def request(
    *messages: Message,
    lane: Lane = Lane.READING,
    max_tokens: int = 16,
    grammar: str = "",
    stops: tuple[str, ...] = (),
    sampling: Sampling | None = None,
    tools: tuple[Tool, ...] = (),
    opening: str = "",
) -> ChatRequest:
    return ChatRequest(
        prompt=Prompt(messages=messages, tools=tools, opening=opening),
        lane=lane,
        max_tokens=max_tokens,
        grammar=grammar,
        stops=stops,
        sampling=sampling or Sampling(),
    )


def ask(runtime: LlamaRuntime, *requests: ChatRequest, on_text: OnText | None = None) -> tuple[Reply, ...]:
    """Return the replies to requests of one lane."""
    from models.llama.interrupt import Interrupt

    return runtime.replies(requests, on_text=on_text, on_progress=None, interrupt=Interrupt())


def ask_policy(runtime: LlamaRuntime, *messages: Message, **options: Any) -> Reply:
    """Return the reply to a conversation in the policy's lane."""
    (reply,) = ask(runtime, request(*messages, lane=Lane.POLICY, **options))
    return reply
