"""How much each depth may spend."""

from __future__ import annotations

from engine.domain import Budget, Depth

_BUDGETS = {
    Depth.QUICK: Budget(subquestions=1, searches_per_episode=3, sources_per_episode=4, passages_per_source=3),
    Depth.STANDARD: Budget(subquestions=4, searches_per_episode=5, sources_per_episode=8, passages_per_source=4),
    Depth.THOROUGH: Budget(subquestions=8, searches_per_episode=9, sources_per_episode=20, passages_per_source=6),
}


def budget_for(depth: Depth) -> Budget:
    """Return the limits of a run of the given depth."""
    return _BUDGETS[depth]
