"""What a reader's marks are called and how they are read: right, wrong, unclear. No Qt."""

from __future__ import annotations

from desktop.plain_text import one_line
from engine.domain import Mark, Verdict

VERDICT_WORDS = {
    Verdict.RIGHT: "Right",
    Verdict.WRONG: "Wrong",
    Verdict.UNCLEAR: "Unclear",
}
"""As on buttons and in menus."""

VERDICT_SIGNS = {
    Verdict.RIGHT: "\u2713",
    Verdict.WRONG: "\u2717",
    Verdict.UNCLEAR: "?",
}
"""As in copied text."""

NOTE_LIMIT = 2_000
"""Characters that a note may have."""


def mark_words(mark: Mark) -> str:
    """Return ``Marked wrong: …``, on one line."""
    words = f"Marked {VERDICT_WORDS[mark.verdict].lower()}"
    note = one_line(mark.note, limit=400)
    return f"{words}: {note}" if note else f"{words}."
