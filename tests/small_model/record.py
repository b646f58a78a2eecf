"""Record training data: the real loop and the real roles in made-up worlds, with the teacher in the place of a model.

    python tests/small_model/record.py --worlds 6000 --out FILE.jsonl

Every line is a conversation as the chat template renders it, cut into what is said to the model and what it says.
"""

# ruff: noqa: E402 - a command finds the project's modules by where it lies
from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import jinja2
from small_model.drills import drills
from small_model.made_up_runs import researched, roles_of
from small_model.made_up_worlds import MadeUpWorld, Truth, make_world, untrue_claims
from small_model.teacher import TaughtSpeaking, Teacher, judge_reply

from engine.agent.control import RunControl
from engine.agent.live import RoleName
from engine.agent.model_roles.judge import judge_request
from engine.agent.roles import Brief
from engine.domain import Depth
from models.chat import Prompt

TEMPLATE = Path(__file__).with_name("chat_template.jinja")
DATES = 60
"""Different days in the training data; what they say must not matter."""
_TURN_END = "<|im_end|>"
_FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 2_000

Recording = tuple[RoleName, str, str]
"""Who speaks, the rendered prompt, the reply."""


class Template:
    """The chat template of the model's file."""

    def __init__(self) -> None:
        self._template = jinja2.Environment(keep_trailing_newline=True).from_string(TEMPLATE.read_text().rstrip("\n"))

    def rendered(self, prompt: Prompt) -> str:
        """Return a prompt as the model reads it, ready for the reply."""
        tools = [
            {"type": "function", "function": {"name": one.name, "description": one.description}} for one in prompt.tools
        ]
        messages = [{"role": str(message.speaker), "content": message.text} for message in prompt.messages]
        return self._template.render(messages=messages, tools=tools, add_generation_prompt=True) + prompt.opening


def recorded(seed: int, *, held_back: bool, template: Template) -> list[dict[str, object]]:
    """Return the conversations of one world: what was said to the model and what it said, in turns."""
    world = make_world(seed, held_back=held_back)
    draw = random.Random(seed)
    day = _FIRST_DAY + timedelta(days=draw.randrange(DATES) * (_DAYS // DATES))
    teacher = Teacher(world)
    speaking = TaughtSpeaking(teacher, control=RunControl())
    depth = draw.choice((Depth.QUICK, Depth.STANDARD, Depth.STANDARD, Depth.THOROUGH))
    state = researched(world, roles_of(speaking, today=day.date()), at=day, depth=depth)
    said = [
        (role, template.rendered(prompt), text) for role, prompt, text in teacher.said if role is not RoleName.JUDGE
    ]
    brief = Brief(question=state.question, episodes=state.episodes, passages=state.passages, sources=state.sources)
    said += _judgements(world, brief, draw, template)
    return [{"role": str(role), "pieces": pieces} for role, pieces in _conversations(said)]


def _judgements(world: MadeUpWorld, brief: Brief, draw: random.Random, template: Template) -> Iterator[Recording]:
    """A claim that the evidence says and one that it does not, before a judge."""
    passages = list(brief.passages.values())
    if not passages:
        return
    cited = passages[: draw.randint(1, len(passages))]
    for claim in (cited[0].quote, draw.choice(_untrue(world.truth, cited[0].quote, draw))):
        prompt = judge_request(claim, cited, brief).prompt
        yield RoleName.JUDGE, template.rendered(prompt), judge_reply(prompt.messages[-1].text)


def _untrue(truth: Truth, sentence: str, draw: random.Random) -> list[str]:
    return untrue_claims(truth.attribute, town=truth.town, value=truth.answer, sentence=sentence, draw=draw)


def _conversations(said: list[Recording]) -> Iterator[tuple[RoleName, list[tuple[str, bool]]]]:
    """Join what goes on where the same role left off: an episode is one conversation."""
    begun: dict[RoleName, list[tuple[str, bool]]] = {}
    for role, prompt, reply in said:
        pieces = begun.get(role, [])
        before = "".join(text for text, _ in pieces)
        if pieces and not prompt.startswith(before):
            yield role, pieces
            pieces, before = [], ""
        begun[role] = [*pieces, (prompt[len(before) :], False), (reply + _TURN_END, True)]
    yield from begun.items()


def write_recorded(path: Path, *, worlds: int, held_back: bool) -> None:
    """Record the worlds of the first seeds into a file."""
    template = Template()
    beside = path.with_suffix(".part")
    with beside.open("w", encoding="utf-8") as lines:
        for seed in range(worlds):
            for one in recorded(seed, held_back=held_back, template=template):
                lines.write(json.dumps(one, ensure_ascii=False) + "\n")
        for one in drills(worlds, first=0 if not held_back else 10**6):
            lines.write(json.dumps(one, ensure_ascii=False) + "\n")
    beside.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Record training data.")
    parser.add_argument("--worlds", type=int, default=6_000)
    parser.add_argument("--held-back", action="store_true", help="with the names that are kept for evaluation")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write_recorded(arguments.out, worlds=arguments.worlds, held_back=arguments.held_back)


if __name__ == "__main__":
    main()
