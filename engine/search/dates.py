"""Reads the dates that search engines state, and says whether they lie within limits."""

from __future__ import annotations

import re
from datetime import date, timedelta

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ].*)?", re.DOTALL)
_SLASHED = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})\b.*", re.DOTALL)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_DAY_FIRST = re.compile(r"(?:[A-Za-z]{3}, )?(\d{1,2})\.? ([A-Za-z]{3,9})\.?,? (\d{4})\b.*", re.DOTALL)
_AGO = re.compile(r"(\d{1,3}|an?|one) (minute|hour|day|week|month|year)s? ago", re.IGNORECASE)
_DAYS = {"minute": 0, "hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


def stated_date(written: object, *, today: date) -> str:
    """Return a date as ``YYYY-MM-DD``, or ``YYYY-MM`` or ``YYYY`` where no more is stated; empty if it is none.

    Args:
        written: what an engine sent: ISO 8601, ``Jan 5, 2024``, ``5 January 2024``, ``3 days ago``.
        today: what "ago" counts from.
    """
    text = written.strip()[:60] if isinstance(written, str) else ""
    if found := (_ISO.fullmatch(text) or _SLASHED.fullmatch(text)):
        return partial_date(*(int(part) for part in found.groups() if part))
    if (found := _MONTH_FIRST.fullmatch(text)) and (month := _MONTHS.get(found[1][:3].lower())):
        return partial_date(int(found[3]), month, int(found[2]))
    if (found := _DAY_FIRST.fullmatch(text)) and (month := _MONTHS.get(found[2][:3].lower())):
        return partial_date(int(found[3]), month, int(found[1]))
    if found := _AGO.fullmatch(text):
        count = int(found[1]) if found[1].isdigit() else 1
        unit = found[2].lower()
        day = today - timedelta(days=count * _DAYS[unit])
        # A year ago is known to the year only, a month ago to the month.
        return {"year": day.isoformat()[:4], "month": day.isoformat()[:7]}.get(unit, day.isoformat())
    return ""


def partial_date(*parts: int) -> str:
    """Return year, or year and month, or year, month and day as a text; empty if there is no such date."""
    padded = (*parts, 1, 1)[:3] if parts else (0, 1, 1)
    try:
        date(*padded)
    except (ValueError, OverflowError):
        return ""
    if not 1000 <= parts[0] <= 2999:
        return ""
    return "-".join(f"{part:0{width}}" for part, width in zip(parts[:3], (4, 2, 2), strict=False))


def is_within(published: str, *, since: str, until: str) -> bool:
    """Whether a date is not known to lie outside; both ends belong to the range, and an unknown date lies in it."""
    if not published:
        return True
    # A year alone is compared with a year: the day in it is not known.
    if since and published < since[: len(published)]:
        return False
    return not (until and published > until[: len(published)])
