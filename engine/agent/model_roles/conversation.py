"""The conversation with the policy, told anew from the steps of its episode: the same steps, the same bytes.

Texts of others (titles, pages, reasons) stand in JSON only, and nothing in them can be taken for a tag.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.agent.episode_state import Step
from engine.agent.model_roles.profiles.frame import Profile, needs_tools_in_words
from engine.agent.model_roles.progress import Look, Progress, results_shown
from engine.agent.model_roles.workspace import workspace_text
from engine.domain import Budget, Passage, SearchResult
from engine.events import (
    PolicyReplied,
    ReplyRejected,
    SearchRan,
    SecondLookAsked,
    SourceFailed,
    SourceRead,
    WorkspaceRebuilt,
)
from models.chat import Message, ModelAbout, Prompt, Speaker

NO_CALLS = "No tool calls are left. Answer now from what was found, or say that it was not found."
NO_SEARCHES = "No searches are left. Read pages that were found, or answer."
NOTHING_DONE = "Nothing was carried out. Go on."
LOOKS = {
    Look.NOTHING_READ: "Nothing that was read supports this. Read a page that does, then answer.",
    Look.ONE_SOURCE: "This rests on one source. Check it in another source, then answer.",
}
_SNIPPET = 160
"""Characters of a search result's words."""
_TITLE = 90
_REASON = 160
_TAG_LIKE = re.compile(r"<(?=[|/\w｜!])|\[(?=/?[A-Z_]{3,}\])")

Observation = SearchRan | SourceRead | SourceFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stays the same through an episode's conversation."""

    profile: Profile
    about: ModelAbout
    question: str
    budget: Budget
    today: date
    earlier: tuple[Passage, ...] = ()
    """Evidence of the run's other sub-questions."""


def prompt_for(steps: Sequence[Step], *, frame: Frame) -> Prompt:
    """Return the conversation after the given steps, ready for the next reply."""
    telling = _Telling(frame)
    for step in steps:
        telling.add(step)
    return Prompt(messages=telling.messages(), tools=frame.profile.tools, opening=frame.profile.opening)


def json_text(value: object) -> str:
    """Return a value as JSON in which nothing looks like a tag of a chat format; it reads back as the same value."""
    return _TAG_LIKE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def plain_text(text: str) -> str:
    """Return a person's or a planner's words so that nothing in them is taken for a tag."""
    return _TAG_LIKE.sub(lambda found: found[0] + " ", text.strip())


class _Telling:
    """The conversation while it is told."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._progress = Progress(frame.budget, earlier=frame.earlier)
        self._waiting: list[Observation] = []
        self._described: set[str] = set()
        """Addresses whose words stand in the conversation."""
        self._last: Step | None = None
        self._messages: list[Message] = []
        self._begin(plain_text(frame.question))

    def add(self, step: Step) -> None:
        """Take in the next step."""
        match step:
            case SearchRan() | SourceRead() | SourceFailed():
                if self._waiting and isinstance(self._waiting[-1], SearchRan) != isinstance(step, SearchRan):
                    self._tell()
                self._waiting.append(step)
            case PolicyReplied():
                self._tell()
                self._assistant(step.reply)
            case ReplyRejected():
                self._tell()
                self._assistant_once(step.reply)
                self._user(plain_text(step.problem))
            case SecondLookAsked():
                self._tell()
                self._assistant_once(step.reply)
                self._user(LOOKS[self._progress.look()])
            case WorkspaceRebuilt():
                self._waiting.clear()
        self._progress.add(step)
        if isinstance(step, WorkspaceRebuilt):
            self._described.clear()
            summary = workspace_text(self._progress, left_out=step.left_out, as_json=json_text)
            note = "" if self._progress.calls_left() else f"\n{NO_CALLS}"
            self._begin(f"{plain_text(self._frame.question)}\n\n{summary}{note}")
        self._last = step

    def messages(self) -> tuple[Message, ...]:
        """Return everything that was said, ending in what the model is to reply to."""
        self._tell()
        if self._messages[-1].speaker is Speaker.ASSISTANT:
            self._user(NOTHING_DONE)
        return tuple(self._messages)

    def _begin(self, text: str) -> None:
        frame = self._frame
        system = frame.profile.system(frame.profile, frame.today, frame.about)
        self._messages = [
            Message(speaker=Speaker.SYSTEM, text=system),
            Message(speaker=Speaker.USER, text=text),
        ]

    def _assistant(self, reply: str) -> None:
        if self._messages[-1].speaker is Speaker.ASSISTANT:
            self._user(NOTHING_DONE)
        self._messages.append(Message(speaker=Speaker.ASSISTANT, text=self._frame.profile.opening + reply))

    def _assistant_once(self, reply: str) -> None:
        """Add a reply that may have been stored on its own already, just before."""
        if not (isinstance(self._last, PolicyReplied) and self._last.reply == reply):
            self._assistant(reply)

    def _user(self, text: str) -> None:
        self._messages.append(Message(speaker=Speaker.USER, text=text))

    def _tell(self) -> None:
        """Tell what the last call brought, and what is left."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        searches = [step for step in waiting if isinstance(step, SearchRan)]
        if self._messages[-1].speaker is not Speaker.ASSISTANT:
            self._assistant(self._call_for(waiting))
        told = (
            self._found(searches)
            if searches
            else [self._page(step) for step in waiting if not isinstance(step, SearchRan)]
        )
        self._tool(json_text(told))
        if not self._progress.calls_left():
            self._user(NO_CALLS)
        elif searches and not self._progress.searches_left:
            self._user(NO_SEARCHES)

    def _tool(self, text: str) -> None:
        if needs_tools_in_words(self._frame.about):
            self._user(f"<tool_response>\n{text}\n</tool_response>")
        else:
            self._messages.append(Message(speaker=Speaker.TOOL, text=text))

    def _call_for(self, steps: Sequence[Observation]) -> str:
        """Return a reply that would have led to steps which no model has asked for."""
        profile = self._frame.profile
        searches = [step for step in steps if isinstance(step, SearchRan)]
        if searches:
            call = profile.call(profile.search_tool, [step.query for step in searches])
        else:
            names = [self._progress.book.name(_address(step)) for step in steps if not isinstance(step, SearchRan)]
            call = profile.call(profile.browse_tool, names)
        reason = plain_text(searches[0].reason if searches else "")
        return f"{reason}</think>\n{call}" if profile.opening else f"{reason}\n{call}".lstrip()

    def _found(self, searches: Sequence[SearchRan]) -> list[object]:
        told: list[object] = []
        for number, ran in enumerate(searches):
            listed = [self._result(result) for result in ran.results[: results_shown(number)]]
            told.append({"search_query": ran.query, "web_page_info_list": listed})
        return told

    def _result(self, result: SearchResult) -> dict[str, str]:
        told = {"title": cut(result.title, _TITLE), "url": self._progress.book.name(result.address)}
        if result.address not in self._described:
            self._described.add(result.address)
            told["quick_summary"] = cut(result.snippet, _SNIPPET)
        return told

    def _page(self, step: SourceRead | SourceFailed) -> dict[str, object]:
        url = self._progress.book.name(_address(step))
        if isinstance(step, SourceFailed):
            texts = [cut(f"This page could not be read: {step.reason}", _REASON)]
        else:
            texts = [f"[{passage.id}] {passage.quote}" for passage in self._progress.passages_in(step)]
        information = [{"page_number": number, "page_summary": text} for number, text in enumerate(texts)]
        return {"url": url, "information": information}


def _address(step: SourceRead | SourceFailed) -> str:
    return step.source.address if isinstance(step, SourceRead) else step.address


def cut(text: str, most: int) -> str:
    """Return a text on one line, cut between words so that it has at most ``most`` characters."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    head = line[: most - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:") + "…"
