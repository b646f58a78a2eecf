"""Times and durations as a person reads them on screen, in the zone of this computer."""

from __future__ import annotations

from datetime import datetime


def duration_words(seconds: float) -> str:
    """Return ``3 ms``, ``0.4 s``, ``12 s``, ``4:12`` or ``1:04:12``."""
    seconds = max(0.0, seconds)
    if seconds < 0.0995:
        return f"{round(1000 * seconds)} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def clock_words(seconds: float) -> str:
    """Return a running time that does not change its width every second: ``0:04``, ``4:12``, ``1:04:12``."""
    whole = int(max(0.0, seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def day_words(time: datetime) -> str:
    """Return ``14 March 2026``."""
    local = time.astimezone()
    return f"{local.day} {local:%B %Y}"


def moment_words(time: datetime) -> str:
    """Return ``14 March 2026, 10:26``."""
    return f"{day_words(time)}, {time.astimezone():%H:%M}"
