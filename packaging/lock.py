"""Makes the lock files in ``packaging/requirements`` again: ``.venv/bin/python packaging/lock.py`` (developers only).

Needs ``uv`` on the path or in the environment. Each file holds versions and hashes for Python 3.11 to 3.13 on Linux,
macOS and Windows, and no addresses: the package registry that pip is set up for is used.

- ``app.txt``: what the window needs, and the setuptools that installs this folder
- ``engine.txt``: llama-cpp-python, llguidance and what they need, with the versions of ``app.txt`` where both have them
- ``build.txt``: what builds llama-cpp-python
- ``check.txt``: ``app.txt`` and the tools of ``check.py``
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

_ENGINE_BUILD = ("pip", "setuptools", "scikit-build-core>=0.9.2", "cmake>=3.21", "ninja")
_HEADER = "# Made by packaging/lock.py. For Python 3.11 to 3.13 on Linux, macOS and Windows.\n"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--upgrade", action="store_true", help="take newer versions where the declaration allows them")
    own = parser.parse_args(arguments)
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    root = Path(__file__).resolve().parent.parent
    folder = root / "packaging" / "requirements"
    folder.mkdir(exist_ok=True)
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    app = [*declared["project"]["dependencies"], *declared["build-system"]["requires"]]
    engine = declared["project"]["optional-dependencies"]["engine"]
    # check.txt is resolved first, with everything in it; the others keep to its versions.
    with tempfile.TemporaryDirectory() as scratch:
        everything = Path(scratch) / "everything.txt"
        _compile(
            uv,
            [*app, *engine, *declared["dependency-groups"]["dev"]],
            everything,
            keep=() if own.upgrade else tuple(folder.glob("*.txt")),
        )
        for name, wanted in {
            "app": app,
            "engine": engine,
            "check": [*app, *declared["dependency-groups"]["dev"]],
            "build": _ENGINE_BUILD,
        }.items():
            made = Path(scratch) / f"{name}.txt"
            _compile(uv, wanted, made, keep=(everything,))
            (folder / f"{name}.txt").write_text(_HEADER + made.read_text(encoding="utf-8"), encoding="utf-8")
            print(f"{folder / name}.txt")
    return 0


def _compile(uv: str, wanted: Sequence[str], output: Path, *, keep: Sequence[Path]) -> None:
    """Resolve requirements into a lock file.

    Args:
        keep: lock files whose versions are taken where they fit.
    """
    known = "".join(file.read_text(encoding="utf-8") for file in keep)
    output.write_text(known, encoding="utf-8")  # uv prefers the versions that its output file names already
    command = [uv, "pip", "compile", "--no-config", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "--quiet"]
    subprocess.run([*command, "-", "-o", str(output)], input="\n".join(wanted), text=True, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
