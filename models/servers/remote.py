"""A language model behind a server that speaks the OpenAI protocol: llama-server, vLLM, Ollama, LM Studio and others.

Replies of any such server come out in the one form that the engine knows (``servers/transcript.py``). Grammars are not
enforced: whoever asks parses. Importing this module is cheap; the client that it is given does the talking.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from models.chat import (
    ChatRequest,
    IsCancelled,
    ModelAbout,
    OnText,
    Prompt,
    Reply,
    ReplyEnd,
    Sampling,
)
from models.errors import ContextFull, LoadCancelled, ServerUnreachable
from models.http import HttpClient, RequestCancelled
from models.servers.address import server_address
from models.servers.completion import Completions
from models.servers.connection import Limits, ServerConnection
from models.servers.conversation import estimated_tokens, prompt_body
from models.servers.kinds import ServerFacts, ServerKind, recognise
from models.servers.problems import ServerRefused
from models.servers.weighing import first_token_of_chat, first_token_of_completion, weights, weights_of_word

DEFAULT_CONTEXT_TOKENS = 8192
"""Taken for the room of a model whose server does not say."""

_AT_ONCE = 4
_POLL_S = 0.03
_TEST_MODEL = "plumbline-test-model"
_ALTERNATIVES = 20
"""More probabilities than these are refused by some services."""


class RemoteModel:
    """One model of one server; implements ``ChatModel``. Nothing is contacted before the first question.

    Args:
        address: of the server, in any form that a person writes.
        model: its name there; the only one that is listed if empty.
        client: does the talking; whoever made it closes it.
        key: sent with every request, and shown nowhere.
        context_tokens: room for a prompt and its reply, where the server does not say.
        limits: how long it may take.

    Raises:
        ServerUnreachable: it is no address.
    """

    def __init__(
        self,
        address: str,
        *,
        model: str = "",
        client: HttpClient,
        key: str = "",
        context_tokens: int = DEFAULT_CONTEXT_TOKENS,
        limits: Limits | None = None,
    ) -> None:
        self._connection = ServerConnection(
            server_address(address), client=client, key=key, model=model, limits=limits or Limits()
        )
        self._default_context = context_tokens
        self._facts: ServerFacts | None = None
        self._completions: Completions | None = None

    def __repr__(self) -> str:
        return f"RemoteModel({self._connection.address.root!r}, model={self._connection.model!r})"

    def facts(self, *, is_cancelled: IsCancelled | None = None) -> ServerFacts:
        """Return what the server is and which models it lists; for this no model need be chosen.

        Raises:
            ServerUnreachable: title and hint say why.
            LoadCancelled: the caller gave up.
        """
        if self._facts is None:
            try:
                facts = recognise(self._connection, is_cancelled=is_cancelled)
            except RequestCancelled as given_up:
                raise LoadCancelled("The server was not waited for") from given_up
            if not self._connection.model and len(facts.models) == 1:
                self._connection.model = facts.models[0].name
            self._completions = Completions(self._connection, facts.kind)
            self._facts = facts
        return self._facts

    def about(self, *, is_cancelled: IsCancelled | None = None) -> ModelAbout:
        self._ready(is_cancelled)
        facts = self.facts(is_cancelled=is_cancelled)
        name = self._connection.model
        context = self._room()
        short = name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".gguf")
        return ModelAbout(
            name=f"{short} ({facts.kind} at {self._connection.address.host})",
            context_tokens=context,
            reading_tokens=context,
            enforces_grammar=False,
            is_remote=not self._connection.address.is_this_computer,
            template_tools=facts.writes_tools,
            traits=frozenset({name.lower(), *re.findall(r"[a-z0-9]+", name.lower()), *facts.tags}),
            test_only=_TEST_MODEL in name.lower(),
        )

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        def hear(words: str) -> None:
            if on_text is not None:
                on_text(0, words)

        try:
            completions = self._ready(is_cancelled)
        except LoadCancelled:
            return Reply(text="", end=ReplyEnd.CANCELLED)
        try:
            self._check_room(request, is_cancelled)
        except RequestCancelled:
            return Reply(text="", end=ReplyEnd.CANCELLED)
        try:
            return completions.reply(request, hear=hear, is_cancelled=is_cancelled)
        except ContextFull as full:
            if full.available:
                raise
            # Some services say that there is no room, and not how much there is.
            needed = estimated_tokens(request.prompt) + request.max_tokens
            raise ContextFull(needed=needed, available=min(needed - 1, self._room())) from full

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> tuple[Reply, ...]:
        if not requests:
            return ()
        with suppress(LoadCancelled):
            self.facts(is_cancelled=is_cancelled)  # once, before several threads would each find it out
        given_up = threading.Event()
        said: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()

        def asked(number: int) -> Reply:
            try:
                return self.reply(
                    requests[number], on_text=lambda _, words: said.put((number, words)), is_cancelled=given_up.is_set
                )
            except BaseException:
                given_up.set()  # nobody needs the others' replies any more
                raise

        def pass_on(*, wait_s: float) -> None:
            """Hand over what was said, on the caller's thread."""
            with suppress(queue.Empty):
                number, words = said.get(timeout=wait_s)
                while True:
                    if on_text is not None:
                        on_text(number, words)
                    number, words = said.get_nowait()

        with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="remote reply") as pool:
            try:
                futures = [pool.submit(asked, number) for number in range(len(requests))]
                while not all(future.done() for future in futures):
                    if is_cancelled is not None and is_cancelled():
                        given_up.set()
                    pass_on(wait_s=_POLL_S)
                pass_on(wait_s=0.0)
            finally:
                given_up.set()
        for future in futures:
            problem = future.exception()
            if problem is not None:
                raise problem
        return tuple(future.result() for future in futures)

    def weigh(
        self, request: ChatRequest, *, options: tuple[str, ...], is_cancelled: IsCancelled | None = None
    ) -> tuple[float, ...]:
        try:
            completions = self._ready(is_cancelled)
            self._check_room(request, is_cancelled)
            found = weights(options, self._first_tokens(completions, request, is_cancelled))
        except (RequestCancelled, LoadCancelled):
            return tuple(0.0 for _ in options)
        if found is not None:
            return found
        word = ChatRequest(prompt=request.prompt, lane=request.lane, max_tokens=8, sampling=Sampling())
        reply = self.reply(word, is_cancelled=is_cancelled)
        if reply.end is ReplyEnd.CANCELLED:
            return tuple(0.0 for _ in options)
        return weights_of_word(options, reply.text)

    def count(self, prompt: Prompt) -> int:
        self.facts()
        return self._counted(prompt, None)

    def park(self, path: Path) -> None:
        """Nothing is kept here: the server has its own memory of what it read."""

    def recall(self, path: Path) -> None:
        """Nothing was kept; a file of another model is left alone."""

    def _ready(self, is_cancelled: IsCancelled | None) -> Completions:
        facts = self.facts(is_cancelled=is_cancelled)
        if not self._connection.model:
            names = ", ".join(model.name for model in facts.models[:10]) or "none"
            raise ServerUnreachable("No model of this server is chosen", hint=f"It has these: {names}.")
        assert self._completions is not None
        return self._completions

    def _room(self) -> int:
        """Tokens of a prompt and its reply together."""
        return (self._facts.context_tokens if self._facts else 0) or self._default_context

    def _check_room(self, request: ChatRequest, is_cancelled: IsCancelled | None) -> None:
        """Raise ContextFull for what will not fit: several servers cut it without a word."""
        room = self._room()
        needed = estimated_tokens(request.prompt) + request.max_tokens
        if needed > room:
            needed = self._counted(request.prompt, is_cancelled) + request.max_tokens
        if needed > room:
            raise ContextFull(needed=needed, available=room)

    def _counted(self, prompt: Prompt, is_cancelled: IsCancelled | None) -> int:
        """The number of tokens: the server's own count where it gives one, else an estimate on the high side."""
        connection, completions = self._connection, self._ready(is_cancelled)
        with suppress(ServerRefused):
            if completions.writes_prompts:
                body: dict[str, object] = {
                    "model": connection.model,
                    "content": completions.written_prompt(prompt, is_cancelled=is_cancelled),
                    "add_special": True,
                    "parse_special": True,
                }
                tokens = connection.ask(f"{connection.address.root}/tokenize", body, is_cancelled=is_cancelled)
                if isinstance(tokens.get("tokens"), list):
                    return len(tokens["tokens"])
            elif self._facts is not None and self._facts.kind is ServerKind.VLLM:
                body = prompt_body(prompt, model=connection.model, kind=ServerKind.VLLM)
                body.pop("tool_choice", None)
                counted = connection.ask(f"{connection.address.root}/tokenize", body, is_cancelled=is_cancelled)
                if isinstance(counted.get("count"), int):
                    return int(counted["count"])
        return estimated_tokens(prompt)

    def _first_tokens(
        self, completions: Completions, request: ChatRequest, is_cancelled: IsCancelled | None
    ) -> list[tuple[str, float]]:
        connection = self._connection
        ask: Callable[..., dict[str, object]] = connection.ask
        limit_s = connection.limits.first_word_s
        if completions.writes_prompts:
            body: dict[str, object] = {
                "model": connection.model,
                "prompt": completions.written_prompt(request.prompt, is_cancelled=is_cancelled),
                "n_predict": 1,
                "n_probs": 2 * _ALTERNATIVES,
                "temperature": 0.0,
                "cache_prompt": True,
            }
            url = f"{connection.address.root}/completion"
            return first_token_of_completion(ask(url, body, is_cancelled=is_cancelled, limit_s=limit_s))
        assert self._facts is not None
        body = prompt_body(request.prompt, model=connection.model, kind=self._facts.kind)
        body |= {"max_tokens": 1, "temperature": 0.0, "logprobs": True, "top_logprobs": _ALTERNATIVES}
        try:
            answer = ask(f"{connection.address.api}/chat/completions", body, is_cancelled=is_cancelled, limit_s=limit_s)
        except ServerRefused as refused:
            if refused.status in (400, 422, 501):
                return []
            raise
        return first_token_of_chat(answer)
