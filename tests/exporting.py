"""Writes the harmless or the hostile report in every format it is told, for somebody who watches: ``exporting.py``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Take the kind of report (harmless, hostile, or few of the hostile texts), a style or -, a folder, formats."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from difficult_reports import harmless, hostile
    from hostile_snippets import SNIPPETS

    from engine.export import ReportFormat, render_bytes, save

    kind, style, folder, *formats = arguments
    # Half characters cannot be stored, and JSON has no form for them; everything else has to bear them.
    storable = tuple(text for text in SNIPPETS if text.isascii() or text.encode("utf-8", "ignore").decode() == text)
    whole = {"harmless": harmless, "hostile": hostile, "few": partial(hostile, SNIPPETS[::9])}[kind]()
    for name in formats:
        form = ReportFormat(name)
        made = hostile(storable) if form is ReportFormat.JSON and kind == "hostile" else whole
        data = render_bytes(
            made.state, form, made.document_of, departures=made.departures, style="" if style == "-" else style
        )
        save(Path(folder) / f"report.{form.value}", data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
