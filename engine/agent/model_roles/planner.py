"""The planner played by a language model: whether a question has to be divided, and into which ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.agent.live import RoleName
from engine.agent.model_roles.asking import as_sentence, conversation, one_line, shown, spoken
from engine.agent.model_roles.speaking import Speaking
from engine.agent.roles import PlanProposal
from engine.domain import Plan, SubQuestion, SubQuestionId
from models.chat import ChatRequest
from models.errors import ContextFull

SYSTEM = (
    "You plan research. If one search can answer the question, reply: whole\n"
    "Otherwise divide it into the fewest questions that must be researched one after the other, numbered, one a line; "
    "each must be clear without the others.\n"
    "The last line says in one sentence why: “why: …”."
)
_MAX_QUESTION_CHARACTERS = 2_000
_MAX_LINE_CHARACTERS = 240
_MAX_REPLY_CHARACTERS = 10_000
_TOKENS_A_LINE = 70
_NUMBERED = re.compile(r"\s*(?:[-*•]|\(?(?P<number>\d{1,2})[.):])\s*(?P<text>\S.*)")
_WHY = re.compile(r"\s*(?:why|reason)\s*[:：]\s*(?P<text>\S.*)", re.IGNORECASE)
_WHOLE = re.compile(r"\s*[\"'“*]*whole\b", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_UNREADABLE = "The model's plan could not be read, so the question is researched as a whole."
_NO_ROOM = "The question is too long for the model to divide, so it is researched as a whole."
_ONLY_ONE = "At this depth a question is researched as a whole."
_AS_A_WHOLE = "One search can answer it, so it is researched as a whole."
_DIVIDED = "The question has several parts."


class ModelPlanner:
    """Asks the model for the fewest questions; whatever it says, there is a plan."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking

    def plan(self, question: str, *, max_subquestions: int) -> PlanProposal:
        """Return a plan of at least one sub-question, numbered from 1, without search queries."""
        text = " ".join(question.split())
        if max_subquestions <= 1:
            return _whole(text, _ONLY_ONE)
        try:
            reply = self._speaking.reply(planner_request(text, limit=max_subquestions), role=RoleName.PLANNER)
        except ContextFull:
            return _whole(text, _NO_ROOM)
        return _proposal(text, spoken(reply.text), limit=max_subquestions)


def planner_request(question: str, *, limit: int) -> ChatRequest:
    """Return what the planner asks."""
    user = f"Question: {shown(question, limit=_MAX_QUESTION_CHARACTERS)}\nAt most {limit} questions."
    return ChatRequest(
        prompt=conversation(SYSTEM, user),
        max_tokens=_TOKENS_A_LINE * (limit + 1),
        grammar=planner_grammar(limit=limit),
    )


def planner_grammar(*, limit: int) -> str:
    """Return the form of a plan: ``whole`` or 2 to ``limit`` numbered lines, and why."""
    rest = ""
    for number in range(limit, 2, -1):
        rest = f' ("\\n{number}. " LINE{rest})?'
    return (
        f'start: ("whole" | "1. " LINE "\\n2. " LINE{rest}) "\\nwhy: " LINE\n'
        f"LINE: /[^\\s\\x00-\\x1f][^\\n\\r\\x00-\\x1f]{{4,{_MAX_LINE_CHARACTERS}}}/\n"
    )


def _proposal(question: str, said: str, *, limit: int) -> PlanProposal:
    parts: dict[str, str] = {}
    reason = ""
    is_whole = False
    for line in said[:_MAX_REPLY_CHARACTERS].splitlines():
        if match := _WHY.fullmatch(line):
            reason = reason or as_sentence(one_line(match["text"], limit=_MAX_LINE_CHARACTERS))
        elif match := _NUMBERED.fullmatch(line):
            part = one_line(match["text"].strip(' "“”*'), limit=_MAX_LINE_CHARACTERS)
            if len(_LETTER.findall(part)) >= 3:
                parts.setdefault(part.casefold(), part)
        elif _WHOLE.match(line) and not parts:
            is_whole = True
    if is_whole or len(parts) == 1:
        return _whole(question, reason or _AS_A_WHOLE)
    if not parts:
        return _whole(question, _UNREADABLE)
    return PlanProposal(plan=_numbered(tuple(parts.values())[:limit]), reason=reason or _DIVIDED)


def _whole(question: str, reason: str) -> PlanProposal:
    return PlanProposal(plan=_numbered((question,)), reason=reason)


def _numbered(texts: Sequence[str]) -> Plan:
    return Plan(
        subquestions=tuple(
            SubQuestion(id=SubQuestionId(number), text=text) for number, text in enumerate(texts, start=1)
        )
    )
