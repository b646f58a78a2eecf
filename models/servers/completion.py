"""Carries one reply out on a server: chat completions for all, and llama-server's plain completions.

llama-server writes the prompt down itself (``/apply-template``), so that the opening can be put behind it and the reply
comes as it was generated. Elsewhere the reply is put together from the fields that the protocol has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from models.chat import ChatRequest, IsCancelled, Prompt, Reply, ReplyEnd, Usage
from models.errors import ModelDied
from models.http import RequestCancelled
from models.servers.connection import ServerConnection
from models.servers.conversation import CONTINUES, chat_body, prompt_body
from models.servers.kinds import ServerKind
from models.servers.problems import ServerRefused
from models.servers.transcript import THINK, THOUGHT, Transcript

Hear = Callable[[str], None]
"""Called with the next words of the reply."""

_OPTIONAL = (
    "stream_options",
    "include_stop_str_in_output",
    "skip_special_tokens",
    "continue_final_message",
    "add_generation_prompt",
    "tool_choice",
    "seed",
    "top_k",
    "top_p",
    "stop",
    "temperature",
)
"""What a request can do without where a server does not know it."""
_KEPT_TOKENS = [THINK, THOUGHT, "<tool_call>", "</tool_call>", "<answer>", "</answer>"]
"""Tokens that llama-server would leave out of its words where a model's file calls them control tokens."""


class Completions:
    """Asks one server for replies; remembers what it does not understand. May be used from several threads."""

    def __init__(self, connection: ServerConnection, kind: ServerKind) -> None:
        self._connection = connection
        self._kind = kind
        self._left_out: set[str] = set()
        self.writes_prompts = kind is ServerKind.LLAMA_SERVER

    def reply(self, request: ChatRequest, *, hear: Hear, is_cancelled: IsCancelled | None) -> Reply:
        """Return the reply to one request; a cancelled one holds what there is.

        Raises:
            ModelError: as ``ServerConnection.stream``.
        """
        transcript = Transcript(
            opening=request.prompt.opening, stops=request.stops, may_repeat_opening=not self.writes_prompts
        )
        clock = _Clock()
        try:
            if self.writes_prompts:
                end = self._plain(request, transcript, clock, hear, is_cancelled)
            else:
                end = self._chat(request, transcript, clock, hear, is_cancelled)
        except RequestCancelled:
            rest = transcript.end(end=ReplyEnd.CANCELLED)
            if rest:
                hear(rest)
            return Reply(text=transcript.text, end=ReplyEnd.CANCELLED, usage=clock.usage())
        return Reply(text=transcript.text, end=end, usage=clock.usage())

    def written_prompt(self, prompt: Prompt, *, is_cancelled: IsCancelled | None = None) -> str:
        """Return a prompt as llama-server writes it for its model, with the opening at its end.

        Raises:
            ServerUnreachable: it does not answer, or cannot write it.
            RequestCancelled: somebody gave up.
        """
        connection = self._connection
        bare = replace(prompt, opening="")
        body = prompt_body(bare, model=connection.model, kind=self._kind)
        written = connection.ask(f"{connection.address.root}/apply-template", body, is_cancelled=is_cancelled)
        text = str(written.get("prompt", ""))
        # The templates of models that always think begin the thought by themselves.
        return text if prompt.opening and text.rstrip().endswith(prompt.opening) else text + prompt.opening

    def _plain(
        self,
        request: ChatRequest,
        transcript: Transcript,
        clock: _Clock,
        hear: Hear,
        is_cancelled: IsCancelled | None,
    ) -> ReplyEnd:
        connection = self._connection
        body = {
            "model": connection.model,
            "prompt": self.written_prompt(request.prompt, is_cancelled=is_cancelled),
            "stream": True,
            "cache_prompt": True,
            "n_predict": request.max_tokens,
            "stop": list(request.stops),
            "preserved_tokens": _KEPT_TOKENS,
            "temperature": request.sampling.temperature,
            "top_p": request.sampling.top_p,
            "top_k": request.sampling.top_k,
            "min_p": 0.0,  # off: it is on by default
            "seed": request.sampling.seed,
        }
        url = f"{connection.address.root}/completion"
        for event in connection.stream(url, body, is_cancelled=is_cancelled):
            _say(transcript.add_text(str(event.get("content", ""))), hear, clock)
            if event.get("stop"):
                clock.count_plain(event)
                end = ReplyEnd.LENGTH if event.get("stop_type") == "limit" else ReplyEnd.COMPLETE
                _say(transcript.end(end=end, stop_text=str(event.get("stopping_word") or "")), hear, clock)
                return end
        raise _cut_short(connection)

    def _chat(
        self,
        request: ChatRequest,
        transcript: Transcript,
        clock: _Clock,
        hear: Hear,
        is_cancelled: IsCancelled | None,
    ) -> ReplyEnd:
        body = chat_body(request, model=self._connection.model, kind=self._kind)
        url = f"{self._connection.address.api}/chat/completions"
        while True:
            sent = self._understood(body)
            try:
                return self._followed(
                    self._connection.stream(url, sent, is_cancelled=is_cancelled), transcript, clock, hear
                )
            except ServerRefused as refused:
                if refused.status not in (400, 422) or not self._learns_from(refused.message, sent):
                    raise

    def _followed(
        self, events: Iterable[Mapping[str, Any]], transcript: Transcript, clock: _Clock, hear: Hear
    ) -> ReplyEnd:
        finished = ""
        for event in events:
            clock.count_chat(event.get("usage"))
            choices = event.get("choices")
            choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
            delta = choice.get("delta") or choice.get("message")
            if isinstance(delta, dict):
                _say(transcript.add(delta), hear, clock)
            if transcript.is_complete:  # the server did not stop by itself
                return ReplyEnd.COMPLETE
            finished = choice.get("finish_reason") or finished
        if not finished:
            raise _cut_short(self._connection)
        end = ReplyEnd.LENGTH if finished == "length" else ReplyEnd.COMPLETE
        _say(transcript.end(end=end), hear, clock)
        return end

    def _understood(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The request without what this server does not know."""
        sent = {name: value for name, value in body.items() if name not in self._left_out}
        if "max_tokens" in self._left_out:
            sent["max_completion_tokens"] = body["max_tokens"]
        if "continue_final_message" in self._left_out and self._kind in CONTINUES and _ends_with_opening(sent):
            sent["messages"] = sent["messages"][:-1]
        return sent

    def _learns_from(self, complaint: str, sent: Mapping[str, Any]) -> bool:
        """Remember what a complaint is about; returns whether the request can do without it."""
        if "max_tokens" in sent and "max_completion_tokens" in complaint:
            self._left_out.add("max_tokens")
            return True
        for name in _OPTIONAL:
            if name in sent and name in complaint:
                self._left_out.add(name)
                return True
        return False


class _Clock:
    """What a reply cost."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._first: float | None = None
        self._usage = Usage()

    def heard(self) -> None:
        """The first words have come."""
        if self._first is None:
            self._first = time.monotonic()

    def count_chat(self, usage: object) -> None:
        """Take the protocol's account."""
        if not isinstance(usage, dict):
            return
        details = usage.get("prompt_tokens_details")
        self._usage = Usage(
            prompt_tokens=_number(usage.get("prompt_tokens")),
            reused_tokens=_number(details.get("cached_tokens")) if isinstance(details, dict) else 0,
            reply_tokens=_number(usage.get("completion_tokens")),
        )

    def count_plain(self, event: Mapping[str, Any]) -> None:
        """Take llama-server's account."""
        timings = event.get("timings")
        timings = timings if isinstance(timings, dict) else {}
        self._usage = Usage(
            prompt_tokens=_number(event.get("tokens_evaluated")),
            reused_tokens=_number(timings.get("cache_n")),
            reply_tokens=_number(event.get("tokens_predicted")),
        )

    def usage(self) -> Usage:
        """Return the account, with the time it took as seen from here."""
        now = time.monotonic()
        first = self._first or now
        return replace(self._usage, prompt_s=first - self._began, reply_s=now - first)


def _say(words: str, hear: Hear, clock: _Clock) -> None:
    if words:
        clock.heard()
        hear(words)


def _ends_with_opening(sent: Mapping[str, Any]) -> bool:
    return bool(sent["messages"]) and sent["messages"][-1]["role"] == "assistant"


def _cut_short(connection: ServerConnection) -> ModelDied:
    return ModelDied(
        f"{connection.address.host} ended a reply without saying why",
        hint="Look into the server's log: it may have run out of memory.",
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
