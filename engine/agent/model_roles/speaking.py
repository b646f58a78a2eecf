"""The one way in which roles talk to a model: words are shown as they come, and whoever steers the run is heard.

Errors of the model become errors of the engine here, so that roles and loop know one kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from engine.agent.control import Interrupted, RunControl
from engine.agent.live import LiveWords, OnLive, RoleName
from engine.agent.model_roles.visible import visible
from engine.errors import ModelBroke, ModelFailed
from models.chat import ChatModel, ChatRequest, ModelAbout, Prompt, Reply, ReplyEnd
from models.errors import ContextFull, LoadCancelled, ModelDied, ModelError


class Speaking:
    """A model as one run may use it."""

    def __init__(self, model: ChatModel, *, control: RunControl, on_live: OnLive | None = None) -> None:
        self._model = model
        self._control = control
        self._on_live = on_live

    def about(self) -> ModelAbout:
        """Return what is known of the model; loads it if need be.

        Raises:
            Interrupted: a person steers the run, or the app closes.
            ModelFailed: it cannot be made ready.
        """
        with _translated():
            return self._model.about(is_cancelled=self._is_wanted)

    def reply(self, request: ChatRequest, *, role: RoleName, about: str = "", watch: Watch | None = None) -> Reply:
        """Return the reply to one request.

        Args:
            request: what is asked.
            role: who speaks.
            about: what the reply is about, for people.
            watch: looks at the reply while it grows, and may end it: then the reply says CANCELLED.

        Raises:
            Interrupted: a person steers the run, or the app closes.
            ContextFull: there is no room for it.
            ModelFailed: the model cannot answer; ModelBroke: the step may be repeated.
        """
        (reply,) = self._replies((request,), role=role, about=(about,), watch=watch)
        return reply

    def replies(self, requests: Sequence[ChatRequest], *, role: RoleName, about: Sequence[str]) -> tuple[Reply, ...]:
        """Return the replies to independent requests, worked on together; raises like ``reply``."""
        return self._replies(requests, role=role, about=about, watch=None)

    def weigh(self, request: ChatRequest, *, options: tuple[str, ...]) -> tuple[float, ...]:
        """Return how probable each option is as the beginning of the reply; raises like ``reply``."""
        with _translated():
            weights = self._model.weigh(request, options=options, is_cancelled=self._is_wanted)
        if not any(weights):
            raise Interrupted
        return weights

    def count(self, prompt: Prompt) -> int:
        """Return the number of tokens of a prompt; raises like ``about``."""
        with _translated():
            return self._model.count(prompt)

    def _is_wanted(self) -> bool:
        return self._control.wants_attention

    def _replies(
        self, requests: Sequence[ChatRequest], *, role: RoleName, about: Sequence[str], watch: Watch | None
    ) -> tuple[Reply, ...]:
        said = [""] * len(requests)
        shown = [""] * len(requests)

        def show(index: int, text: str) -> None:
            if watch is not None:
                watch.hear(text)
            if self._on_live is None:
                return
            said[index] += text
            now, before = visible(role, said[index]), shown[index]
            if len(now) > len(before) and now.startswith(before):
                shown[index] = now
                new = LiveWords(role=role, about=about[index], text=now[len(before) :], begins=not before)
                self._on_live(new)

        def is_cancelled() -> bool:
            return self._is_wanted() or (watch is not None and watch.has_heard_enough)

        if self._on_live is not None:
            self._on_live(LiveWords(role=role, about=about[0] if about else "", text="", begins=True))
        with _translated():
            replies = (
                self._model.replies(requests, on_text=show, is_cancelled=is_cancelled)
                if len(requests) > 1
                else (self._model.reply(requests[0], on_text=show, is_cancelled=is_cancelled),)
            )
        was_enough = watch is not None and watch.has_heard_enough
        if any(reply.end is ReplyEnd.CANCELLED for reply in replies) and not was_enough:
            raise Interrupted
        return replies


class Watch:
    """Looks at a reply while it grows. The one here is content with everything."""

    has_heard_enough = False

    def hear(self, text: str) -> None:
        """Take the next piece."""


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ContextFull:
        raise
    except LoadCancelled as error:
        raise Interrupted from error
    except ModelDied as error:
        raise ModelBroke(error.title, hint=error.hint) from error
    except ModelError as error:
        raise ModelFailed(error.title, hint=error.hint) from error
