"""The named colours and measures from which everything on screen is drawn; light and dark are both designed.

Views never write a colour or a distance of their own. Text colours meet WCAG AA (4.5:1) on every ground they are
used on, borders of controls and state colours 3:1; ``tests/resources/test_tokens.py`` measures it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SPACE_1: Final = 4
SPACE_2: Final = 8
SPACE_3: Final = 12
SPACE_4: Final = 16
SPACE_6: Final = 24
SPACE_8: Final = 32
"""Distances in logical pixels, on a 4/8 grid."""

RADIUS: Final = 6
"""Of every rounded corner, in logical pixels."""
RADIUS_SMALL: Final = 4
"""Of chips and other things on a line of text."""

ICON: Final = 16
ICON_LARGE: Final = 20
"""Icon edges in logical pixels."""

ROW: Final = 28
"""Height of a row in a dense list, in logical pixels."""
CONTROL: Final = 32
"""Height of a button or a one-line field, in logical pixels."""

MEASURE_CHARACTERS: Final = 70
"""Width of the report's column, in characters."""

SIDEBAR_WIDTH: Final = 240
EVIDENCE_WIDTH: Final = 380
"""Widths of the side columns at the first start, in logical pixels."""

MOTION_MS: Final = 140
"""Of every transition, ease-out; none where the system asks for reduced motion."""
CARD_DELAY_MS: Final = 100
"""Before a hover card opens."""

TEXT_PX: Final = 13
"""Of the interface at normal text size, in logical pixels."""
SMALL_PX: Final = 12
READING_PX: Final = 16
"""Of the report at normal text size."""
READING_LINE: Final = 1.5
SCALE: Final = 1.2
"""From one size of type to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One complete set of colours, each as ``#rrggbb``."""

    name: str
    """``light`` or ``dark``."""

    # grounds, from the furthest back to the nearest
    side: str
    """Sidebar and status bar."""
    window: str
    """The evidence column and everything that is neither side nor page."""
    surface: str
    """The page: where one reads and writes."""
    raised: str
    """Floating cards, menus and fields."""
    hover: str
    """A row or quiet button under the pointer."""
    pressed: str
    """The same while it is pressed, or a row that is chosen without focus."""
    selection: str
    """The chosen row and selected text."""
    code: str
    """Ground of code and of quoted source text."""

    # ink
    text: str
    text_secondary: str
    """Second lines, labels."""
    text_muted: str
    """Hints, counts and times: the quietest that may still have to be read."""
    text_disabled: str
    """Of controls that cannot be used now (exempt from contrast)."""

    # lines
    hairline: str
    """Between regions; decoration only."""
    border: str
    """Edge of a field or button: visible enough to find it."""
    border_hover: str

    # the one accent
    accent: str
    """What can be acted on: links, the chosen mark, the primary button."""
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    """A tint for grounds of accented things."""
    on_accent: str
    """Text on the accent."""
    focus: str
    """The ring around what has the keyboard."""

    # states, always shown with a shape as well
    supported: str
    supported_soft: str
    partly: str
    partly_soft: str
    unsupported: str
    unsupported_soft: str
    contradicted: str
    contradicted_soft: str
    single_source: str
    single_source_soft: str

    # passages
    highlight: str
    """Behind the words that carry a claim."""
    highlight_quiet: str
    """Behind the other passages of the same source."""
    shadow: str
    """Of floating cards, as ``#aarrggbb``."""

    @property
    def is_dark(self) -> bool:
        """Whether this is the set for dark surroundings."""
        return self.name == "dark"


LIGHT: Final = Palette(
    name="light",
    side="#f4f2ee",
    window="#faf9f6",
    surface="#fffefc",
    raised="#ffffff",
    hover="#eeebe6",
    pressed="#e2ded6",
    selection="#d5e9e5",
    code="#f5f3ef",
    text="#1f1d1a",
    text_secondary="#54504a",
    text_muted="#6b665f",
    text_disabled="#a8a39b",
    hairline="#e5e1da",
    border="#8f8a82",
    border_hover="#6b665f",
    accent="#0f766e",
    accent_hover="#0b625b",
    accent_pressed="#084f49",
    accent_soft="#e2f1ee",
    on_accent="#ffffff",
    focus="#0f766e",
    supported="#147639",
    supported_soft="#e3f3e7",
    partly="#a15c07",
    partly_soft="#faf0da",
    unsupported="#c02626",
    unsupported_soft="#fbe9e7",
    contradicted="#7c3aed",
    contradicted_soft="#f0e9fd",
    single_source="#1d5fd0",
    single_source_soft="#e6eefc",
    highlight="#fdeaa8",
    highlight_quiet="#f8f1d9",
    shadow="#2e1f1d1a",
)

DARK: Final = Palette(
    name="dark",
    side="#171614",
    window="#1b1a18",
    surface="#1f1e1c",
    raised="#282624",
    hover="#2b2926",
    pressed="#35322e",
    selection="#1d433e",
    code="#262421",
    text="#ebe8e3",
    text_secondary="#bcb7af",
    text_muted="#a09a91",
    text_disabled="#65615b",
    hairline="#33302c",
    border="#7a756d",
    border_hover="#a09a91",
    accent="#2dd4bf",
    accent_hover="#5ee0cf",
    accent_pressed="#14b8a6",
    accent_soft="#173733",
    on_accent="#06231f",
    focus="#2dd4bf",
    supported="#4ade80",
    supported_soft="#183423",
    partly="#fbbf24",
    partly_soft="#3a2e12",
    unsupported="#f88080",
    unsupported_soft="#412321",
    contradicted="#b79cfb",
    contradicted_soft="#2f2748",
    single_source="#7fb2fb",
    single_source_soft="#1d2d47",
    highlight="#564510",
    highlight_quiet="#38311f",
    shadow="#99000000",
)
