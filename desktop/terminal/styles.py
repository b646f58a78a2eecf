"""Citation styles from a terminal: the best known ones, and those that some words lead to."""

from __future__ import annotations

from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Style, Terminal
from engine.export.printable import one_line

_MOST_LISTED = 60
_MOST_FOUND = 20_000


def list_styles(words: str, *, terminal: Terminal) -> ExitCode:
    """List citation styles with the names by which they are chosen.

    Args:
        words: of their names; empty for the best known ones.
        terminal: the streams.

    Raises:
        ExportFailed: the styles are not installed.
    """
    from engine.export.styles import find_styles, style_names  # noqa: PLC0415  needed by few

    found = find_styles(words, limit=_MOST_FOUND) if words.strip() else style_names()
    for one in found[:_MOST_LISTED] if words.strip() else found:
        terminal.say(f"  {one_line(one.title)}", lead=one.name, style=Style.HEADING)
    if not found:
        terminal.note("No style has these words in its name.")
        return ExitCode.NOTHING_FOUND
    if words.strip() and len(found) > _MOST_LISTED:
        more = f"{len(found) - _MOST_LISTED:,}" + (" or more" if len(found) >= _MOST_FOUND else "")
        terminal.note(f"And {more} others. Use more words to find fewer.")
    if not words.strip():
        terminal.note("There are more than ten thousand others. Look for one:  plumbline export --list-styles WORDS")
    return ExitCode.DONE
