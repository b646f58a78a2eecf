"""The policy played by a language model, in the frame in which it was trained.

The next action follows from the stored steps of the episode and the model's reply alone; nothing is kept between two
calls, so a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from engine.agent.episode_state import Step
from engine.agent.live import RoleName
from engine.agent.model_roles.context import Room, room_for
from engine.agent.model_roles.conversation import Frame
from engine.agent.model_roles.judgement import Situation, stagnation
from engine.agent.model_roles.profiles.frame import Profile
from engine.agent.model_roles.progress import Progress, progress_of
from engine.agent.model_roles.protocol import Answer, Understood, understood
from engine.agent.model_roles.repetition import LoopWatch, without_loop
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.thoughts import Place, thought_kind
from engine.agent.roles import Action, Browse, Conclude, EpisodeView, Said, Search
from engine.domain import Budget
from engine.events import PolicyReplied, ReplyRejected, SearchRan, SecondLookAsked, SourceFailed, SourceRead
from models.chat import ChatRequest, Lane, Reply, Sampling
from models.errors import ContextFull

LOOPING = "The reply went round in circles. Think in a few sentences, then act."
_OTHER_WORDS = 0.7
"""Temperature after a reply that was sent back: the same words would be sent back again."""


class ModelPolicy:
    """Chooses the next step of an episode by asking a language model, unless its last choice is not carried out yet."""

    def __init__(self, speaking: Speaking, profile: Profile, *, today: Callable[[], date]) -> None:
        self._speaking = speaking
        self._profile = profile
        self._today = today

    def next_action(self, view: EpisodeView) -> Action:
        """Return what remains of the last choice, or the model's next one."""
        choice = _last_choice(view.episode.steps)
        rest = self._rest(view, choice) if choice is not None else None
        return rest or self._asked(view)

    def _rest(self, view: EpisodeView, index: int) -> Action | None:
        """Return what is still to be done of the choice at a place among the steps."""
        steps = view.episode.steps
        choice, done = steps[index], steps[index + 1 :]
        assert isinstance(choice, PolicyReplied)
        situation = self._situation(_progress(view, steps[:index]), view.budget)
        said = Said(reply=choice.reply, thought=choice.thought, kind=choice.kind)
        action = situation.judged(understood(choice.reply, profile=self._profile), said=said)
        match action:
            case Search():
                ran = {step.query for step in done if isinstance(step, SearchRan)}
                queries = tuple(query for query in action.queries if query not in ran)
                return replace(action, queries=queries, said=None) if queries else None
            case Browse():
                asked = (action.address, *action.also)
                left = [address for address in asked if address not in view.episode.opened]
                # A source may turn out to lie at another address than the one that was opened.
                if not left or sum(isinstance(step, SourceRead | SourceFailed) for step in done) >= len(asked):
                    return None
                return replace(action, address=left[0], also=tuple(left[1:]), said=None)
            case Conclude():
                return replace(action, said=None)
            case _:
                return None if done else action

    def _asked(self, view: EpisodeView) -> Action:
        """Ask the model, if there is room for its reply, and return what it chose."""
        steps = view.episode.steps
        progress = _progress(view, steps)
        if ended := stagnation(progress):
            return ended
        about = self._speaking.about()
        frame = Frame(
            profile=self._profile,
            about=about,
            question=view.episode.subquestion.text,
            budget=view.budget,
            today=view.asked_at.date() if view.asked_at else self._today(),
            earlier=view.earlier,
        )
        room = room_for(steps, frame=frame, count=self._speaking.count)
        if not isinstance(room, Room):
            return room
        choices = progress.choices(self._profile, skipped=view.skipped)
        request = ChatRequest(
            prompt=room.prompt,
            lane=Lane.POLICY,
            max_tokens=room.reply_tokens,
            grammar=self._profile.grammar(self._profile, choices, about),
            stops=self._profile.stops,
            sampling=_sampling(steps),
        )
        watch = LoopWatch()
        try:
            reply = self._speaking.reply(request, role=RoleName.POLICY, about=frame.question, watch=watch)
        except ContextFull as error:
            refused = max(error.needed - room.reply_tokens, 1)
            begun = room_for(steps, frame=frame, count=self._speaking.count, refused=refused)
            assert not isinstance(begun, Room)
            return begun
        return self._chosen(reply, view, progress, looped=watch.has_heard_enough)

    def _chosen(self, reply: Reply, view: EpisodeView, progress: Progress, *, looped: bool) -> Action:
        text = _storable(reply.text)
        parsed = understood(text, profile=self._profile)
        place = _place(view.episode.steps, progress, parsed)
        answer = parsed.step.text if isinstance(parsed.step, Answer) else ""
        usage = reply.usage
        said = Said(
            reply=text,
            thought=parsed.thought,
            kind=thought_kind(parsed.thought, place=place, answer=answer),
            prompt_tokens=usage.prompt_tokens,
            reused_tokens=usage.reused_tokens,
            reply_tokens=usage.reply_tokens,
            seconds=usage.prompt_s + usage.reply_s,
        )
        situation = self._situation(progress, view.budget)
        if looped:
            return situation.rejected(replace(said, reply=without_loop(text)), LOOPING)
        return situation.judged(parsed, said=said)

    def _situation(self, progress: Progress, budget: Budget) -> Situation:
        return Situation(progress=progress, profile=self._profile, corrections=budget.corrections_per_episode)


def _progress(view: EpisodeView, steps: Sequence[Step]) -> Progress:
    return progress_of(steps, budget=view.budget, earlier=view.earlier)


def _last_choice(steps: Sequence[Step]) -> int | None:
    """Return the place of the last reply if nothing but what it led to has happened since."""
    for index in range(len(steps) - 1, -1, -1):
        step = steps[index]
        if isinstance(step, PolicyReplied):
            return index
        if not isinstance(step, SearchRan | SourceRead | SourceFailed):
            return None
    return None


def _place(steps: Sequence[Step], progress: Progress, parsed: Understood) -> Place:
    last = steps[-1] if steps else None
    return Place(
        is_first=not any(isinstance(step, PolicyReplied) for step in steps),
        is_answer=isinstance(parsed.step, Answer),
        has_evidence=bool(progress.passages),
        was_barren=isinstance(last, SourceFailed)
        or (isinstance(last, SourceRead) and not progress.passages_in(last))
        or (isinstance(last, SearchRan) and not last.results),
        second_look=isinstance(last, SecondLookAsked),
    )


def _sampling(steps: Sequence[Step]) -> Sampling:
    """The most probable words, but others after a reply that was sent back; the same steps give the same ones."""
    if steps and isinstance(steps[-1], ReplyRejected):
        return Sampling(temperature=_OTHER_WORDS, seed=len(steps))
    return Sampling()


def _storable(text: str) -> str:
    """Return a text without halves of characters, which neither file nor prompt can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
