"""Turns what a server streams into the one form that the engine reads: the model's words, and nothing else.

Thoughts that a server moved into a field of their own come back between ``<think>`` and ``</think>``, calls that it
took apart come back as ``<tool_call>`` JSON ``</tool_call>``, and a stop text that it cut off is put back where it
closes what was open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from models.chat import ReplyEnd

THINK, THOUGHT = "<think>", "</think>"


class Transcript:
    """The reply of one request, while it grows.

    Args:
        opening: what the reply begins after.
        stops: texts after which it is complete.
        may_repeat_opening: whether the server may say the opening again, or leave it out.
    """

    def __init__(self, *, opening: str, stops: Sequence[str], may_repeat_opening: bool = True) -> None:
        self._opening = opening
        self._stops = tuple(stop for stop in stops if stop)
        self._awaits_opening = bool(opening) and may_repeat_opening
        self._held = ""
        self._is_thinking = opening.rstrip().endswith(THINK)
        """Whether a thought is open: the opening may have begun it."""
        self._in_field = False
        """Whether the last words came in the field of thoughts."""
        self._calls: dict[int, dict[str, str]] = {}
        self.text = ""
        self.is_complete = False
        """Whether a stop text was met."""

    def add(self, delta: Mapping[str, Any]) -> str:
        """Take the next piece of a message; return the words that it adds to the reply."""
        before = len(self.text)
        thought = delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking")
        if isinstance(thought, str) and thought:
            if not self._in_field:
                self._in_field = True
                if not self._is_thinking and not self.text:
                    self._say(THINK)
                self._is_thinking = True
            self._say(thought)
        content = delta.get("content")
        if isinstance(content, str) and content:
            self._end_field(content)
            self._say(content)
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                self._take(call)
        return self.text[before:]

    def add_text(self, text: str) -> str:
        """Take the next words of a server that sends nothing but text; return those that they add to the reply."""
        before = len(self.text)
        self._say(text)
        return self.text[before:]

    def end(self, *, end: ReplyEnd, stop_text: str = "") -> str:
        """Say that nothing more comes; return the words that this adds.

        Args:
            end: why, as far as the server says.
            stop_text: the stop text that was met and cut off, where the server tells which.
        """
        before = len(self.text)
        self._release()
        for number in sorted(self._calls):
            self._end_field("")
            if self._is_thinking and THOUGHT not in self.text:  # the opening began a thought, and none came
                self._say(f"{THOUGHT}\n")
                self._is_thinking = False
            written = _written_call(self._calls[number])
            self._say(written if not self.text or self.text.endswith("\n") else f"\n{written}")
        self._calls.clear()
        if self._in_field and end is ReplyEnd.COMPLETE:
            self._end_field("")
        if end is ReplyEnd.COMPLETE and not self.is_complete:
            self._append(stop_text or self._open_tag())
        return self.text[before:]

    def _say(self, words: str) -> None:
        if not self._awaits_opening:
            self._append(words)
            return
        # A server that did not go on with the opening begins with it, or does without.
        self._held += words
        said = self._held.lstrip()
        if said.startswith(self._opening):
            self._awaits_opening = False
            self._held = ""
            self._append(said.removeprefix(self._opening))
        elif not self._opening.startswith(said):
            self._release()

    def _release(self) -> None:
        self._awaits_opening = False
        held, self._held = self._held, ""
        self._append(held)

    def _append(self, words: str) -> None:
        if self.is_complete or not words:
            return
        begin = max(0, len(self.text) - max((len(stop) for stop in self._stops), default=0))
        self.text += words
        met = [place + len(stop) for stop in self._stops if (place := self.text.find(stop, begin)) >= 0]
        if met:
            self.text = self.text[: min(met)]
            self.is_complete = True

    def _end_field(self, next_words: str) -> None:
        """Close the thought that came in a field of its own, unless what follows does."""
        if self._in_field:
            self._in_field = False
            self._is_thinking = False
            if not next_words.lstrip().startswith(THOUGHT):
                self._say(f"{THOUGHT}\n")

    def _take(self, call: Mapping[str, Any]) -> None:
        """Add a piece of a call; the first piece of each has its name."""
        number = call.get("index")
        number = number if isinstance(number, int) else len(self._calls)
        function = call.get("function")
        if not isinstance(function, dict):
            return
        kept = self._calls.setdefault(number, {"name": "", "arguments": ""})
        for field in kept:
            value = function.get(field)
            if isinstance(value, dict):
                kept[field] = json.dumps(value, ensure_ascii=False)
            elif isinstance(value, str):
                kept[field] += value

    def _open_tag(self) -> str:
        """The stop text that closes a tag which is open, or nothing."""
        whole = self._opening + self.text
        for stop in self._stops:
            if stop.startswith("</") and whole.count(f"<{stop[2:]}") > whole.count(stop):
                return stop
        return ""


def _written_call(call: Mapping[str, str]) -> str:
    arguments = call["arguments"].strip() or "{}"
    with suppress(ValueError):  # else as it is: the engine tells the model what is wrong with it
        arguments = json.dumps(json.loads(arguments), ensure_ascii=False)
    name = json.dumps(call["name"], ensure_ascii=False)
    return f'<tool_call>\n{{"name": {name}, "arguments": {arguments}}}\n</tool_call>'
