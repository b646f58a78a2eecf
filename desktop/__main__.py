"""Starting the window: ``python -m desktop [--data DIR]``. In a frozen app also its other processes."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from resources.locations import guide_folder

PARSER_PROCESS = "--parser-process"
MODEL_PROCESS = "--model-worker"
TYPESETTER_PROCESS = "--typeset-process"
DATA_VARIABLE = "PLUMBLINE_DATA"


def main(arguments: list[str] | None = None) -> int:
    """Start what the arguments ask for; return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == [PARSER_PROCESS]:
        # The child must not pay for importing Qt.
        from engine.reading import worker  # noqa: PLC0415

        worker.main()
        return 0
    if given[:1] == [MODEL_PROCESS]:
        from models.process.worker import main as run_models  # noqa: PLC0415

        run_models()
        return 0
    if given[:1] == [TYPESETTER_PROCESS]:
        from engine.export.typesetter import main as typeset  # noqa: PLC0415

        return typeset()
    options = _parser().parse_args(given)
    from desktop.data_folder import default_data_folder  # noqa: PLC0415
    from desktop.single_instance import SingleInstance  # noqa: PLC0415

    chosen = options.data or os.environ.get(DATA_VARIABLE) or default_data_folder()
    data_folder = Path(chosen).expanduser().absolute()
    if SingleInstance(data_folder).raise_other():
        return 0
    # A second start ends above, without having paid for all that a window needs.
    from desktop.app import Places  # noqa: PLC0415
    from desktop.launch import run  # noqa: PLC0415

    places = Places(
        data_folder=data_folder,
        guide=guide_folder(),
        started_file=options.started_file,
    )
    return run(sys.argv[:1], places)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="plumbline-app", description="Open the Plumbline window.")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help=f"keep sessions and library in this folder (also: {DATA_VARIABLE} in the environment)",
    )
    parser.add_argument(
        "--started-file", metavar="FILE", type=Path, help="write the time to this file when the window is first painted"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
