"""Whether characters of a comparison stand only in the older or only in the newer version."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtGui import QTextFormat


class Told(IntEnum):
    """The property of a character format that says so, and its values."""

    PROPERTY = QTextFormat.Property.UserProperty + 20
    OLD = 1
    NEW = 2
