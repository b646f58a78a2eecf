"""Sizes, dates and choices in words for people. No Qt."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.domain import Depth, Outcome

DEPTH_WORDS = {
    Depth.QUICK: ("Quick", "one line of inquiry, a few documents"),
    Depth.STANDARD: ("Standard", "up to four sub-questions"),
    Depth.THOROUGH: ("Thorough", "up to eight sub-questions, many documents"),
}
"""Name, and what it means."""

OUTCOME_WORDS = {
    Outcome.COMPLETE: "Done",
    Outcome.INCOMPLETE: "Incomplete",
    Outcome.NOT_FOUND: "Not found",
    Outcome.STOPPED: "Stopped",
    Outcome.FAILED: "Failed",
}


def day_group(at: datetime, *, now: datetime) -> str:
    """Return under which heading a time is listed; both are in the zone of this computer."""
    days = (now.date() - at.date()).days
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    if days < 7:
        return "Last 7 days"
    if days < 30:
        return "Last 30 days"
    return f"{at:%B}" if at.year == now.year else f"{at:%B %Y}"


def recent_moment(at: datetime, *, now: datetime) -> str:
    """Return when something was, as short as it can be said; both are in the zone of this computer."""
    if now - at < timedelta(minutes=1):
        return "just now"
    if at.date() == now.date():
        return f"{at:%H:%M}"
    if (now.date() - at.date()).days == 1:
        return f"yesterday {at:%H:%M}"
    return f"{at.day} {at:%b}" if at.year == now.year else f"{at.day} {at:%b} {at.year}"
