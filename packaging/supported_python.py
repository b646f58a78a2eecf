"""Which Python may run Plumbline, and where a supported one is when the running one is not.

Python 3.6 and later must be able to read this file, ``start.py`` and ``check.py``, or nobody is told what is wrong:
no newer syntax, and type hints in quotation marks.
"""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OLDEST = (3, 11)
NEWEST = (3, 13)
_PROBE = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"


def is_supported(version: "Sequence[int]") -> bool:
    """Tell whether a ``(major, minor, …)`` version is one that Plumbline's dependencies are built for."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def why_unsupported(version: "Sequence[int]") -> str:
    """One sentence for a person whose Python is too old or too new."""
    return f"Plumbline needs Python {_dotted(OLDEST)} to {_dotted(NEWEST)}, and this is Python {_dotted(version)}."


def candidates() -> "list[list[str]]":
    """The commands that may start a supported Python here, the newest first."""
    commands = []
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        commands.append([f"python3.{minor}"])
        if os.name == "nt":
            commands.append(["py", f"-3.{minor}"])
    return commands


def find_supported(commands: "Sequence[Sequence[str]]") -> "str | None":
    """Return the executable of the first command that starts a supported Python with venv, or None."""
    for command in commands:
        try:
            found = subprocess.run(
                [*command, "-c", _PROBE],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=20,
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        lines = found.stdout.decode("utf-8", "replace").split("\n")
        if found.returncode == 0 and len(lines) > 1 and is_supported([int(part) for part in lines[0].split(".")]):
            return lines[1].strip()
    return None


def go_on_with_a_supported_python(script: str) -> None:
    """Return if the running Python is supported; else run the script with one that is, or say what to do, and exit."""
    if is_supported(sys.version_info[:2]):
        return
    other = find_supported(candidates())
    if other is None:
        newest = _dotted(NEWEST)
        sys.stderr.write(
            f"{why_unsupported(sys.version_info[:2])}\nInstall Python {newest}, for example from python.org or as your "
            f"distribution's package python{newest}, and start this again with it.\n"
        )
        sys.exit(2)
    print(f"{why_unsupported(sys.version_info[:2])} Going on with {other}")
    sys.stdout.flush()
    sys.exit(subprocess.call([other, script, *sys.argv[1:]]))


def _dotted(version: "Sequence[int]") -> str:
    return f"{version[0]}.{version[1]}"
