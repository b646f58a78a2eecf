"""Where a person's sessions and library are kept unless they say otherwise. No Qt: the terminal uses it too."""

from __future__ import annotations

from pathlib import Path

import platformdirs

DATA_VARIABLE = "PLUMBLINE_DATA"
"""In the environment: another place for the data."""

GUIDE_NAME = "Plumbline user guide"
"""What the library calls the user guide that comes with the app."""


def download_folder(data_folder: Path) -> Path:
    """Return where downloaded models go unless another folder is chosen."""
    return data_folder / "models"


def default_data_folder() -> Path:
    """Return the folder for this person's data by the rules of the system; it need not exist yet."""
    return platformdirs.user_data_path("Plumbline", appauthor=False)
