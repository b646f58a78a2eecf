"""Why nothing is known of a sub-question though it has ended: blocked is never told as not found. No Qt."""

from __future__ import annotations

from desktop.web_words import SIDE_NAMES
from engine.agent.episode_state import Episode
from engine.agent.state import RunState
from engine.domain import EngineState, Gap, Obstacle, Reach, Side


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


def fails_on_the_web(state: RunState) -> str:
    """Return why a run over both knows nothing of the web, as the end of a sentence; empty where it looked there."""
    web = [one for one in state.episodes if one.subquestion.side is Side.WEB]
    if state.scope.reach is not Reach.BOTH or not web:
        return ""
    reasons = [nothing_known(one) for one in web]
    return reasons[0] if all(reasons) else ""


def place_of_gap(gap: Gap, state: RunState) -> str:
    """Return where something was looked for and not found, in a run that looks in both; empty where it is not known."""
    if state.scope.reach is not Reach.BOTH:
        return ""
    asked = [one for one in state.episodes if one.subquestion.text == gap.question]
    if len(asked) > 1:
        asked = [one for one in asked if tuple(dict.fromkeys(ran.query for ran in one.searches)) == gap.queries]
    if len(asked) > 1:
        asked = [one for one in asked if len(one.read) == gap.sources_read]
    return SIDE_NAMES[asked[0].subquestion.side] if len(asked) == 1 else ""
