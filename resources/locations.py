"""Where the files that come with the app lie on this computer."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def guide_folder() -> Path:
    """Return the folder of the user guide: Markdown files, one a page."""
    return _folder("guide")


def report_folder() -> Path:
    """Return the folder with the template and the style sheet of reports in HTML."""
    return _folder("report")


def models_folder() -> Path:
    """Return the folder with what is known of models that can be had: JSON files."""
    return _folder("models")


def checks_folder() -> Path:
    """Return the folder with sentences of which it is known whether their passage says them: JSON."""
    return _folder("checks")


def _folder(name: str) -> Path:
    return Path(str(files("resources").joinpath(name)))
