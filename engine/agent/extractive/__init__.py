"""The six roles of a run played without a language model: ranking, selection, quotation."""

from __future__ import annotations

from engine.agent.extractive.editor import ExtractiveEditor
from engine.agent.extractive.judge import ExtractiveJudge
from engine.agent.extractive.planner import ExtractivePlanner
from engine.agent.extractive.policy import ExtractivePolicy
from engine.agent.extractive.reader import ExtractiveReader
from engine.agent.extractive.writer import ExtractiveWriter
from engine.agent.roles import Roles
from engine.reading.ranking import TermStatistics

__all__ = ["TermStatistics", "extractive_roles"]


def extractive_roles(statistics: TermStatistics) -> Roles:
    """Return the six roles as played by ranking, selection and quotation alone."""
    return Roles(
        name="No language model: sentences quoted word for word, chosen by search ranking",
        planner=ExtractivePlanner(statistics),
        policy=ExtractivePolicy(),
        reader=ExtractiveReader(statistics),
        writer=ExtractiveWriter(statistics),
        editor=ExtractiveEditor(statistics),
        judge=ExtractiveJudge(),
    )
