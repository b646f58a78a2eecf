"""How much each depth may spend."""

from __future__ import annotations

from dataclasses import replace

from engine.domain import Budget, Depth

_BUDGETS = {
    Depth.QUICK: Budget(subquestions=1, searches_per_episode=3, sources_per_episode=4, passages_per_source=3),
    Depth.STANDARD: Budget(
        subquestions=4, searches_per_episode=5, sources_per_episode=8, passages_per_source=4, deepenings=1
    ),
    Depth.THOROUGH: Budget(
        subquestions=8, searches_per_episode=9, sources_per_episode=20, passages_per_source=6, deepenings=2
    ),
}

_QUERIES_IN_A_CALL = 3
"""A language model asks for up to so many at once, as it was taught."""


def budget_for(depth: Depth) -> Budget:
    """Return the limits of a run of the given depth that no language model leads."""
    return _BUDGETS[depth]


def model_budget_for(depth: Depth) -> Budget:
    """Return the limits of a run of the given depth that a language model leads.

    It thinks in calls of tools, ten at most in training, each of which may hold several queries: so what ends an
    episode is the number of calls.
    """
    budget = _BUDGETS[depth]
    return replace(budget, searches_per_episode=_QUERIES_IN_A_CALL * budget.tool_calls_per_episode)
