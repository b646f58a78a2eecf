"""Preferences and what the window remembers, as an ini file in the data folder."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings

from desktop.theme import Appearance, Typeface
from desktop.web_words import LimitsText, understood, written
from engine.domain import Depth, Reach, WebLimits

TEXT_SCALES = {"Small": 0.92, "Normal": 1.0, "Large": 1.15, "Larger": 1.3}
"""What can be chosen, in words."""

_Choice = TypeVar("_Choice", Appearance, Typeface, Depth, Reach)


class Settings:
    """Typed access to the file; anything unreadable in it counts as not set."""

    def __init__(self, data_folder: Path) -> None:
        self._store = QSettings(str(data_folder / "window.ini"), QSettings.Format.IniFormat)

    def save(self) -> None:
        """Write what has changed to the disk; a folder that cannot be written is no error here."""
        self._store.sync()

    # --- preferences ---

    @property
    def appearance(self) -> Appearance:
        """Light, dark, or as the system."""
        return self._choice("appearance", Appearance.SYSTEM)

    @appearance.setter
    def appearance(self, value: Appearance) -> None:
        self._store.setValue("appearance", value.value)

    @property
    def typeface(self) -> Typeface:
        """What reports are set in."""
        return self._choice("typeface", Typeface.SANS)

    @typeface.setter
    def typeface(self, value: Typeface) -> None:
        self._store.setValue("typeface", value.value)

    @property
    def text_scale(self) -> float:
        """1.0 is the normal text size."""
        try:
            value = float(str(self._store.value("text_scale", 1.0)))
        except ValueError:
            return 1.0
        return value if value in TEXT_SCALES.values() else 1.0

    @text_scale.setter
    def text_scale(self, value: float) -> None:
        self._store.setValue("text_scale", value)

    @property
    def depth(self) -> Depth:
        """How deep a new question goes unless told otherwise."""
        return self._choice("depth", Depth.STANDARD)

    @depth.setter
    def depth(self, value: Depth) -> None:
        self._store.setValue("depth", value.value)

    @property
    def reach(self) -> Reach:
        """Where the last question looked."""
        return self._choice("reach", Reach.LIBRARY)

    @reach.setter
    def reach(self, value: Reach) -> None:
        self._store.setValue("reach", value.value)

    @property
    def web_limits(self) -> WebLimits:
        """The web options of the last question; what makes no sense any more is left out."""
        text = LimitsText(
            **{field.name: str(self._store.value(f"web/{field.name}", "")) for field in fields(LimitsText)}
        )
        return understood(text, today=date.max).limits

    @web_limits.setter
    def web_limits(self, value: WebLimits) -> None:
        text = written(value)
        for field in fields(LimitsText):
            self._store.setValue(f"web/{field.name}", getattr(text, field.name))

    # --- what the window remembers ---

    @property
    def shows_live_words(self) -> bool:
        """Whether all of what a model says is shown while it says it."""
        return str(self._store.value("live_words", "no")) == "yes"

    @shows_live_words.setter
    def shows_live_words(self, value: bool) -> None:
        self._store.setValue("live_words", "yes" if value else "no")

    @property
    def export_folder(self) -> Path:
        """Where the last report was saved; the home folder at first."""
        remembered = Path(str(self._store.value("export_folder", "")) or Path.home())
        return remembered if remembered.is_dir() else Path.home()

    @export_folder.setter
    def export_folder(self, value: Path) -> None:
        self._store.setValue("export_folder", str(value))

    def widths(self, splitter: str) -> tuple[int, ...]:
        """Return the remembered sizes of a splitter's parts in logical pixels, or nothing."""
        text = str(self._store.value(f"splitters/{splitter}", ""))
        parts = text.split(" ")
        return tuple(int(part) for part in parts) if text and all(part.isdecimal() for part in parts) else ()

    def keep_widths(self, splitter: str, sizes: list[int]) -> None:
        """Remember the sizes of a splitter's parts."""
        self._store.setValue(f"splitters/{splitter}", " ".join(str(size) for size in sizes))

    def is_folded(self, part: str, *, otherwise: bool = False) -> bool:
        """Return whether a column or pane was folded; ``otherwise`` as long as nobody has decided."""
        return str(self._store.value(f"folds/{part}", "yes" if otherwise else "no")) == "yes"

    def keep_folded(self, part: str, *, folded: bool) -> None:
        """Remember whether a column or pane is folded."""
        self._store.setValue(f"folds/{part}", "yes" if folded else "no")

    @property
    def geometry(self) -> QByteArray | None:
        """Where the window was."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    @geometry.setter
    def geometry(self, value: QByteArray | None) -> None:
        self._store.setValue("geometry", value)

    def _choice(self, key: str, otherwise: _Choice) -> _Choice:
        try:
            return type(otherwise)(str(self._store.value(key, otherwise.value)))
        except ValueError:
            return otherwise
