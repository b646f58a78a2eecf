"""What a person is shown of a reply while it is generated: thoughts and sentences, not the form around them."""

from __future__ import annotations

import re

from engine.agent.live import RoleName

_TAGS = ("</think>", "<think>", "<tool_call>", "</tool_call>", "<answer>", "</answer>")
_ACTS = re.compile(r"</think>|<tool_call>|<answer>")
_ANSWER = re.compile(r"<answer>(.*?)(?:</answer>|$)", re.DOTALL)
_FORMS = {RoleName.PLANNER: ("whole", "why: "), RoleName.READER: ("new: ", "next: ", "note: ")}
_KEPT = {RoleName.PLANNER: "why: ", RoleName.READER: "note: "}


def visible(role: RoleName, said: str) -> str:
    """Return the part of what was said so far that a person is shown; more words never take any of it back."""
    match role:
        case RoleName.POLICY:
            return _thought(said)
        case RoleName.PLANNER | RoleName.READER:
            return "\n".join(_lines(role, said))
        case _:
            return said


def _thought(said: str) -> str:
    said = said.removeprefix("<think>")
    end = _ACTS.search(said)
    if end is None:
        return _without_begun_tag(said)
    answer = _ANSWER.search(said, end.start())
    thought = said[: end.start()].rstrip()
    return f"{thought}\n{_without_begun_tag(answer[1]).strip()}" if answer and answer[1].strip() else thought


def _without_begun_tag(said: str) -> str:
    """Hold back what may become a tag, and the white space before it."""
    start = said.rfind("<")
    held = said[:start] if start >= 0 and any(tag.startswith(said[start:]) for tag in _TAGS) else said
    return held.rstrip()


def _lines(role: RoleName, said: str) -> list[str]:
    shown = []
    *whole, last = said.split("\n")
    for line in (*whole, last):
        if line is last and any(form.startswith(line) for form in _FORMS[role]):
            continue  # it may still become a form
        if line.startswith(_KEPT[role]):
            shown.append(line.removeprefix(_KEPT[role]))
        elif not any(line.startswith(form) for form in _FORMS[role]):
            shown.append(line)
    return [line.rstrip() for line in shown if line.strip()]
