"""Writes requests down as a server wants them: messages, tools, and the opening of the reply."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from models.chat import ChatRequest, Message, Prompt, Speaker, Tool
from models.servers.kinds import ServerKind

_CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.DOTALL)
_MOST_STOPS = 4
"""More are refused by some services."""

CONTINUES = frozenset({ServerKind.LLAMA_SERVER, ServerKind.VLLM, ServerKind.OLLAMA})
"""Servers that go on with an assistant's message at the end of a conversation instead of beginning a new one."""
_WRITE_TEXT = frozenset({ServerKind.LLAMA_SERVER, ServerKind.VLLM, ServerKind.OLLAMA})
"""Servers whose chat template writes the words of the assistant and of tools as they are."""


def chat_body(request: ChatRequest, *, model: str, kind: ServerKind) -> dict[str, Any]:
    """Return the body of a request to ``/v1/chat/completions`` that is answered as a stream."""
    sampling = request.sampling
    body = prompt_body(request.prompt, model=model, kind=kind)
    body |= {
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_tokens,
        "temperature": sampling.temperature,
        "seed": sampling.seed,
    }
    if request.stops:
        body["stop"] = list(request.stops[:_MOST_STOPS])
    if sampling.temperature > 0:
        body["top_p"] = sampling.top_p
        if kind is not ServerKind.OTHER:
            body["top_k"] = sampling.top_k
    if kind is ServerKind.VLLM:
        body["include_stop_str_in_output"] = True
        body["skip_special_tokens"] = False
    return body


def prompt_body(prompt: Prompt, *, model: str, kind: ServerKind) -> dict[str, Any]:
    """Return the part of a request that makes up the prompt."""
    body: dict[str, Any] = {"model": model, "messages": written_messages(prompt.messages, kind=kind)}
    if prompt.tools:
        body["tools"] = written_tools(prompt.tools)
        if kind is ServerKind.VLLM:  # its parser of calls is off unless the server was started with one
            body["tool_choice"] = "none"
    if prompt.opening and kind in CONTINUES:
        body["messages"].append({"role": "assistant", "content": prompt.opening})
        if kind is not ServerKind.OLLAMA:
            body |= {"add_generation_prompt": False, "continue_final_message": True}
    return body


def written_tools(tools: Iterable[Tool]) -> list[dict[str, Any]]:
    """Return tools in the protocol's form."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": json.loads(tool.parameters or "{}"),
            },
        }
        for tool in tools
    ]


def written_messages(messages: Iterable[Message], *, kind: ServerKind) -> list[dict[str, Any]]:
    """Return a conversation in the protocol's form.

    Services that hold to the protocol strictly take an answer of a tool only after a call in its own field, so calls
    that stand in the text are moved there; where there is none, the answer is given as a person's words.
    """
    written: list[dict[str, Any]] = []
    for message in messages:
        if kind in _WRITE_TEXT or message.speaker in (Speaker.SYSTEM, Speaker.USER):
            written.append({"role": message.speaker.value, "content": message.text})
        elif message.speaker is Speaker.ASSISTANT:
            written.append({"role": "assistant", "content": message.text})
        else:
            written.append(_answer_of_tool(message.text, before=written, number=len(written)))
    return written


def _answer_of_tool(text: str, *, before: list[dict[str, Any]], number: int) -> dict[str, Any]:
    said = before[-1] if before else {}
    call = _CALL.search(said.get("content") or "") if said.get("role") == "assistant" else None
    function = _function(call[1]) if call else None
    if call is None or function is None:
        return {"role": "user", "content": f"<tool_response>\n{text}\n</tool_response>"}
    name = f"call_{number}"
    said["content"] = (said["content"][: call.start()] + said["content"][call.end() :]).strip() or None
    said["tool_calls"] = [{"id": name, "type": "function", "function": function}]
    return {"role": "tool", "tool_call_id": name, "content": text}


def _function(call: str) -> dict[str, str] | None:
    try:
        value = json.loads(call)
    except ValueError:
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        return None
    return {"name": value["name"], "arguments": json.dumps(value.get("arguments", {}), ensure_ascii=False)}


def estimated_tokens(prompt: Prompt) -> int:
    """Return about how many tokens a prompt has, clearly more rather than fewer.

    Three characters a token for Latin letters, and one and a half tokens for every other character.
    """
    texts = [message.text for message in prompt.messages]
    texts += [tool.name + tool.description + tool.parameters for tool in prompt.tools]
    tokens = 200 if prompt.tools else 0
    for text in [*texts, prompt.opening]:
        plain = sum(character.isascii() for character in text)
        tokens += plain // 3 + 3 * (len(text) - plain) // 2 + 8
    return tokens
