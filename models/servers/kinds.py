"""Finds out which program a server is, since each goes beyond the OpenAI protocol in its own way.

Only what is asked for by address is contacted. Where nothing tells, a server is taken to know the protocol alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from models.chat import IsCancelled
from models.http import ConnectionProblem
from models.servers.connection import ServerConnection
from models.servers.problems import ServerRefused, not_a_model_server

OLLAMA_CONTEXT_TOKENS = 4096
"""What Ollama gives a model that nobody configured, and silently cuts prompts to."""
_TAGS = ("<tool_call>", "</tool_call>", "<think>", "</think>", "<tool_response>")


class ServerKind(StrEnum):
    """A program that serves models."""

    LLAMA_SERVER = "llama-server"
    VLLM = "vLLM"
    OLLAMA = "Ollama"
    LM_STUDIO = "LM Studio"
    OTHER = "OpenAI-compatible server"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A model that a server lists."""

    name: str
    context_tokens: int = 0
    """0: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What is known of a server and of the model that is asked for."""

    kind: ServerKind
    models: tuple[ServedModel, ...]
    context_tokens: int = 0
    """Room of one conversation; 0: not said."""
    tags: frozenset[str] = frozenset()
    """Special tokens that its chat template shows."""
    writes_tools: bool = True
    """Whether its chat template writes tools down, as far as can be seen."""


def recognise(connection: ServerConnection, *, is_cancelled: IsCancelled | None = None) -> ServerFacts:
    """Ask a server what it is and what it serves.

    Raises:
        ServerUnreachable: it does not answer, or refuses the key, or is no model server.
        RequestCancelled: somebody gave up.
    """
    listed = connection.ask(f"{connection.address.api}/models", is_cancelled=is_cancelled, is_known=False)
    entries = listed.get("data", listed.get("models"))
    if not isinstance(entries, list):
        raise not_a_model_server(connection.address.host)
    entries = [entry for entry in entries if isinstance(entry, dict)]
    models = tuple(
        ServedModel(name=entry["id"], context_tokens=_context_of(entry))
        for entry in entries
        if isinstance(entry.get("id"), str)
    )
    kind = _kind_by_owner(entries) or _kind_by_questions(connection, is_cancelled)
    wanted = next((model for model in models if model.name == connection.model), None)
    if wanted is None and len(models) == 1:
        wanted = models[0]
    facts = ServerFacts(kind=kind, models=models, context_tokens=wanted.context_tokens if wanted else 0)
    match kind:
        case ServerKind.LLAMA_SERVER:
            return _llama_server(connection, facts, is_cancelled)
        case ServerKind.OLLAMA:
            return _ollama(connection, facts, is_cancelled)
        case ServerKind.LM_STUDIO:
            return _lm_studio(connection, facts, is_cancelled)
    return facts


def _kind_by_owner(entries: Iterable[Mapping[str, Any]]) -> ServerKind | None:
    owners = {entry.get("owned_by") for entry in entries}
    if "llamacpp" in owners:
        return ServerKind.LLAMA_SERVER
    if "vllm" in owners or any("max_model_len" in entry for entry in entries):
        return ServerKind.VLLM
    if "organization_owner" in owners:
        return ServerKind.LM_STUDIO
    return None


def _kind_by_questions(connection: ServerConnection, is_cancelled: IsCancelled | None) -> ServerKind:
    """Look for what only one kind has."""
    root = connection.address.root
    try:
        if "version" in connection.find(f"{root}/api/version", is_cancelled=is_cancelled):
            return ServerKind.OLLAMA
        if "default_generation_settings" in connection.find(f"{root}/props", is_cancelled=is_cancelled):
            return ServerKind.LLAMA_SERVER
        if isinstance(connection.find(f"{root}/api/v0/models", is_cancelled=is_cancelled).get("data"), list):
            return ServerKind.LM_STUDIO
    except ConnectionProblem:  # it knows the protocol; that it chokes on anything else is no harm
        pass
    return ServerKind.OTHER


def _llama_server(connection: ServerConnection, facts: ServerFacts, is_cancelled: IsCancelled | None) -> ServerFacts:
    url = f"{connection.address.root}/props?model={quote(connection.model)}"
    props = connection.find(url, is_cancelled=is_cancelled)
    settings = props.get("default_generation_settings")
    context = _number(settings.get("n_ctx")) if isinstance(settings, dict) else 0
    template = props.get("chat_template")
    template = template if isinstance(template, str) else ""
    return ServerFacts(
        kind=facts.kind,
        models=facts.models,
        context_tokens=context or facts.context_tokens,
        tags=frozenset(tag for tag in _TAGS if tag in template),
        writes_tools="tools" in template,
    )


def _ollama(connection: ServerConnection, facts: ServerFacts, is_cancelled: IsCancelled | None) -> ServerFacts:
    """Ollama cuts what does not fit without a word, so what it will really give is found out with care."""
    root = connection.address.root
    try:
        shown = connection.ask(f"{root}/api/show", {"model": connection.model}, is_cancelled=is_cancelled)
    except ServerRefused:  # none is chosen yet, or one that it does not have: it says so when it is asked for words
        return facts
    about = shown.get("model_info")
    most = (
        max((_number(value) for name, value in about.items() if name.endswith(".context_length")), default=0)
        if (isinstance(about, dict))
        else 0
    )
    set_to = re.search(r"^num_ctx\s+(\d+)", str(shown.get("parameters", "")), re.MULTILINE)
    running = connection.find(f"{root}/api/ps", is_cancelled=is_cancelled).get("models")
    loaded = [
        _number(entry.get("context_length"))
        for entry in (running if isinstance(running, list) else [])
        if isinstance(entry, dict) and connection.model in (entry.get("name"), entry.get("model"))
    ]
    context = max(loaded, default=0) or (int(set_to[1]) if set_to else 0) or OLLAMA_CONTEXT_TOKENS
    template = str(shown.get("template", ""))
    return ServerFacts(
        kind=facts.kind,
        models=facts.models,
        context_tokens=min(context, most) if most else context,
        tags=frozenset(tag for tag in _TAGS if tag in template),
        writes_tools=".Tools" in template,
    )


def _lm_studio(connection: ServerConnection, facts: ServerFacts, is_cancelled: IsCancelled | None) -> ServerFacts:
    listed = connection.find(f"{connection.address.root}/api/v0/models", is_cancelled=is_cancelled).get("data")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and entry.get("id") == connection.model:
            context = _number(entry.get("loaded_context_length"))
            return ServerFacts(kind=facts.kind, models=facts.models, context_tokens=context)
    return facts


def _context_of(entry: Mapping[str, Any]) -> int:
    for name in ("max_model_len", "context_length", "context_window"):
        found = _number(entry.get(name))
        if found:
            return found
    return 0


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 31 else 0
