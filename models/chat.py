"""What the engine says to a language model and hears from it; imports nothing heavy.

A request is complete in itself: the whole conversation goes with each one. An implementation keeps the tokens of what
it has read, lane by lane, and reads again only what is new; after a restart nothing is lost but that head start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

OnText = Callable[[int, str], None]
"""Called with the index of the request and the next piece of its reply, as whole characters."""
IsCancelled = Callable[[], bool]
"""Asked at least every 50 ms while a model works; True ends the reply with what there is."""


class Speaker(StrEnum):
    """Whose words a message holds; the names are those of chat templates."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation. An assistant's turn holds its words exactly as they were generated."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that the model may call; the chat template writes it down as its model learnt it."""

    name: str
    description: str
    parameters: str
    """JSON schema of the arguments, as JSON text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A conversation that waits for the assistant's next turn."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    opening: str = ""
    """How the reply begins, written by us: ``<think>``. It is part of the prompt and not of the reply's text."""


class Lane(StrEnum):
    """Conversations that must not push each other's tokens out of the cache."""

    POLICY = "policy"
    """One long conversation that grows at its end."""
    READING = "reading"
    """Many short ones that begin alike: readers, planner, writer, judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is chosen. At temperature 0 always the most probable one."""

    temperature: float = 0.0
    top_p: float = 0.95
    top_k: int = 40
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What one reply is asked for with."""

    prompt: Prompt
    lane: Lane = Lane.READING
    max_tokens: int = 512
    """Of the reply."""
    grammar: str = ""
    """What the reply may be, as a Lark grammar of llguidance; anything when empty. It binds the text after the
    opening. A remote engine may not be able to enforce it: whoever asks still has to parse."""
    stops: tuple[str, ...] = ()
    """Texts after which the reply is complete; the one that was met is part of the reply's text."""
    sampling: Sampling = Sampling()


class ReplyEnd(StrEnum):
    """Why a reply ended."""

    COMPLETE = "complete"
    """The model ended its turn, a stop text was met, or the grammar allows nothing more."""
    LENGTH = "length"
    """``max_tokens`` were used."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a reply cost."""

    prompt_tokens: int = 0
    """Of the whole prompt."""
    reused_tokens: int = 0
    """Of these, how many were in the cache and not read again."""
    reply_tokens: int = 0
    forced_tokens: int = 0
    """Of the reply's, how many the grammar left no choice about: read as a batch, not generated."""
    prompt_s: float = 0.0
    reply_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model said after the prompt's opening."""

    text: str
    end: ReplyEnd
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAbout:
    """What is known of a model that is ready to answer."""

    name: str
    """For people: ``DeepResearcher-7b Q4_K_M``."""
    context_tokens: int
    """Room for a prompt of the policy's lane and its reply together."""
    reading_tokens: int
    """The same for one request of the reading lane."""
    enforces_grammar: bool
    is_remote: bool = False
    """Whether what it is told leaves this machine."""
    template_tools: bool = True
    """Whether its chat template writes the tools down by itself."""
    traits: frozenset[str] = frozenset()
    """Words that tell families of models apart, lower-case: parts of the name and special tokens such as
    ``<tool_call>``. Profiles are chosen by them."""
    test_only: bool = False
    """Made for tests of this program; whoever meets it must be told."""


class ChatModel(Protocol):
    """A language model that is ready, or makes itself ready when it is first asked. Used from one thread at a time.

    Every method may raise ModelError.
    """

    def about(self, *, is_cancelled: IsCancelled | None = None) -> ModelAbout:
        """Return what is known of the model; loads it if need be.

        Raises:
            LoadCancelled: the caller gave up waiting.
        """
        ...

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        """Return the reply to one request.

        Raises:
            ContextFull: prompt and ``max_tokens`` together have no room.
        """
        ...

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> tuple[Reply, ...]:
        """Return the replies to several independent requests of the reading lane, worked on together where it helps."""
        ...

    def weigh(
        self, request: ChatRequest, *, options: tuple[str, ...], is_cancelled: IsCancelled | None = None
    ) -> tuple[float, ...]:
        """Return how probable each option is as the beginning of the reply: from 0 to 1, together 1.

        Options are told apart by their first token. All zeros: it was cancelled.
        """
        ...

    def count(self, prompt: Prompt) -> int:
        """Return the number of tokens of a prompt."""
        ...

    def park(self, path: Path) -> None:
        """Write what the policy's lane has read to a file and give the memory back; the next request loads again.

        A file of another model, or of another conversation, is ignored. Where there is nothing to keep nothing is
        written.
        """
        ...

    def recall(self, path: Path) -> None:
        """Have the next request of the policy's lane start from a parked file, if it fits; the file is then deleted."""
        ...
