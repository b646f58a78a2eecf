"""Why nothing is known of a sub-question though it has ended: blocked is never told as not found. No Qt."""

from __future__ import annotations

from engine.agent.episode_state import Episode
from engine.domain import EngineState, Obstacle


def nothing_known(episode: Episode) -> str:
    """Return why it was not found out what there is, as the end of a sentence; empty where it was looked for."""
    if episode.read or episode.ended is None or episode.ended.found:
        return ""
    if episode.searches and all(ran.is_unanswered for ran in episode.searches):
        reports = [report for ran in episode.searches for report in ran.engines]
        if all(report.state is EngineState.REFUSED for report in reports):
            return "its searches were not sent"
        return "no search engine answered"
    if episode.failed and all(failure.obstacle is Obstacle.REFUSED for failure in episode.failed):
        return "none of the pages that were found was fetched"
    return ""
