"""Puts the six roles together as language models play them."""

from __future__ import annotations

from datetime import date

from engine.agent.control import RunControl
from engine.agent.live import OnLive
from engine.agent.model_roles.editor import ModelEditor
from engine.agent.model_roles.judge import ModelJudge
from engine.agent.model_roles.planner import ModelPlanner
from engine.agent.model_roles.policy import ModelPolicy
from engine.agent.model_roles.profiles import profile_for
from engine.agent.model_roles.reader import ModelReader
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.writer import ModelWriter
from engine.agent.roles import Action, EpisodeView, Roles
from engine.citations.calibration import Calibration
from engine.reading.ranking import TermStatistics
from models.chat import ChatModel

__all__ = ["model_roles"]


def model_roles(
    policy: ChatModel,
    reading: ChatModel,
    *,
    statistics: TermStatistics,
    name: str,
    control: RunControl,
    on_live: OnLive | None = None,
    calibration: Calibration | None = None,
) -> Roles:
    """Return the six roles as played by one or two language models; nothing is loaded yet.

    Args:
        policy: leads the episodes.
        reading: plans, reads, writes, edits and judges; may be the same.
        statistics: how common words are where the run may look.
        name: of the models, for the reader of the report.
        control: how a person steers the run: it breaks replies off.
        on_live: hears the words as they come.
        calibration: how well the second one judges; None where that was never measured.
    """
    leading = Speaking(policy, control=control, on_live=on_live)
    speaking = Speaking(reading, control=control, on_live=on_live)
    return Roles(
        name=name,
        planner=ModelPlanner(speaking),
        policy=_PolicyInItsFrame(leading),
        reader=ModelReader(speaking, statistics),
        writer=ModelWriter(speaking),
        editor=ModelEditor(speaking),
        judge=ModelJudge(speaking, calibration=calibration.curve if calibration is not None else None),
        caveats=_caveats(calibration),
    )


def _caveats(calibration: Calibration | None) -> tuple[str, ...]:
    """Return what a reader must know of the model's judgement."""
    if calibration is None:
        return (
            "How far the model's judgement can be trusted was never measured here; its percentages are its own. "
            "To measure it:  plumbline models calibrate",
        )
    if not calibration.is_telling:
        return ("Measured on known cases, this model's judgement does not tell true sentences from false ones.",)
    return ()


class _PolicyInItsFrame:
    """Finds out in which frame a model was trained when it is first asked to act: that takes loading it."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking
        self._policy: ModelPolicy | None = None

    def next_action(self, view: EpisodeView) -> Action:
        if self._policy is None:
            day = view.asked_at.date() if view.asked_at is not None else date.today()
            self._policy = ModelPolicy(self._speaking, profile_for(self._speaking.about()), today=lambda: day)
        return self._policy.next_action(view)
