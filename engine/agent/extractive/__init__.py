"""The five roles of a run played without a language model: ranking, selection, quotation."""

from engine.agent.extractive.cast import extractive_roles
from engine.reading.ranking import TermStatistics

__all__ = ["TermStatistics", "extractive_roles"]
