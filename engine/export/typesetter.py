"""The process that sets a PDF: one fixed program, data from its input, a file on its output, and an end.

It is a process of its own, as a fault in compiled code must not end the app, and its memory and time can be limited.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_MARK = b"%PDF-"


def main() -> int:
    """Set what comes in: JSON with the program, the report and its time; return the exit code."""
    asked = json.loads(sys.stdin.buffer.read())
    # What is printed by libraries must not get into the file.
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    data = typeset(asked["program"], asked["report"], epoch=int(asked["epoch"]))
    output.write(data)
    output.flush()
    return 0


def typeset(program: str, report: dict[str, object], *, epoch: int) -> bytes:
    """Return a PDF.

    The compiler's root is the folder it works in, which is empty and its own. The program that is handed over imports
    nothing; packages would be looked for in the same empty folder.

    Raises:
        ValueError: it made none.
    """
    import typst  # noqa: PLC0415 - a process that only starts must not pay for it

    root = Path.cwd()
    fonts = typst.Fonts()
    report = {**report, "fonts": sorted(fonts.families())}
    compiler = typst.Compiler(
        program.encode(),
        root=root,
        font_paths=fonts,
        sys_inputs={"report": json.dumps(report, ensure_ascii=False)},
        package_path=root,
        package_cache_path=root,
    )
    made = compiler.compile(format="pdf", timestamp=epoch)
    if not isinstance(made, bytes) or not made.startswith(_MARK):
        raise ValueError("no PDF was made")
    return made


if __name__ == "__main__":
    raise SystemExit(main())
