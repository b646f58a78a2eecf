"""A language model that stops in the middle of its words, so that what is done meanwhile can be looked at."""

from __future__ import annotations

import threading

from scripted_model import ScriptedModel

from models.chat import ChatRequest, IsCancelled, OnText, Reply, ReplyEnd

WORDS = "I look for herons first, and for eggs after that."


class Hesitant(ScriptedModel):
    """Says some words and then nothing more, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(lambda request: "")
        self.said = threading.Event()

    def reply(
        self, request: ChatRequest, *, on_text: OnText | None = None, is_cancelled: IsCancelled | None = None
    ) -> Reply:
        for word in WORDS.split(" "):
            if on_text is not None:
                on_text(0, f"{word} ")
        self.said.set()
        pause = threading.Event()
        for _ in range(6000):
            if is_cancelled is not None and is_cancelled():
                break
            pause.wait(0.01)
        return Reply(text=WORDS, end=ReplyEnd.CANCELLED)
