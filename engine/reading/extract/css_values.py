"""Values in styles: lengths in pixels, colours, and how well two colours can be told apart."""

from __future__ import annotations

import colorsys
import re

Colour = tuple[float, float, float, float]
"""Red, green, blue and opacity, each from 0 to 1."""

WHITE: Colour = (1.0, 1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)

_LENGTH = re.compile(r"(?:calc\(\s*)?([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z%]*)")
_PIXELS = {
    "px": 1.0, "": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "em": 16.0, "rem": 16.0, "ex": 8.0,
    "ch": 8.0, "vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8, "%": 12.8, "svh": 8.0, "dvh": 8.0, "lvh": 8.0,
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{4}|[0-9a-f]{3})(?![0-9a-f])")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_NAMES = {
    "black": "000", "white": "fff", "red": "f00", "lime": "0f0", "blue": "00f", "yellow": "ff0", "cyan": "0ff",
    "aqua": "0ff", "magenta": "f0f", "fuchsia": "f0f", "silver": "c0c0c0", "gray": "808080", "grey": "808080",
    "maroon": "800000", "olive": "808000", "green": "008000", "purple": "800080", "teal": "008080", "navy": "000080",
    "orange": "ffa500", "whitesmoke": "f5f5f5", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff",
    "floralwhite": "fffaf0", "azure": "f0ffff", "mintcream": "f5fffa", "honeydew": "f0fff0", "aliceblue": "f0f8ff",
    "seashell": "fff5ee", "linen": "faf0e6", "oldlace": "fdf5e6", "beige": "f5f5dc", "cornsilk": "fff8dc",
    "lightyellow": "ffffe0", "lavenderblush": "fff0f5", "gainsboro": "dcdcdc", "lightgray": "d3d3d3",
    "lightgrey": "d3d3d3", "darkgray": "a9a9a9", "darkgrey": "a9a9a9", "dimgray": "696969", "dimgrey": "696969",
    "darkblue": "00008b", "darkgreen": "006400", "darkred": "8b0000", "pink": "ffc0cb", "brown": "a52a2a",
    "lavender": "e6e6fa", "canvas": "fff", "canvastext": "000", "rebeccapurple": "663399",
}  # fmt: skip
_WORD = re.compile(r"[a-z-]+")


def pixels(value: str, *, relative_to_px: float = 16.0) -> float | None:
    """Return the first length in a value, in pixels of a usual screen; None if there is none.

    Args:
        value: in lower case.
        relative_to_px: what ``1em`` and ``100%`` are.
    """
    found = _LENGTH.match(value)
    if found is None:
        return None
    try:
        number = float(found.group(1))
    except ValueError:
        return None
    unit = found.group(2)
    if unit == "em":
        return number * relative_to_px
    factor = _PIXELS.get(unit)
    return None if factor is None else number * factor


def colour_in(value: str) -> Colour | None:
    """Return the first colour that a value names, None if it names none that is known."""
    if found := _HEX.search(value):
        return _from_hex(found.group(1))
    if found := _FUNCTION.search(value):
        return _from_function(found.group(1), found.group(2))
    for word in _WORD.findall(value):
        if word == "transparent":
            return (0.0, 0.0, 0.0, 0.0)
        if word in _NAMES:
            return _from_hex(_NAMES[word])
    return None


def over(colour: Colour, ground: Colour) -> Colour:
    """Return what a colour looks like before a ground."""
    share = colour[3]
    red, green, blue = (
        share * above + (1 - share) * below for above, below in zip(colour[:3], ground[:3], strict=True)
    )
    return (red, green, blue, 1.0)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two opaque colours: 1 for the same, 21 for black and white (the formula of WCAG 2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _from_hex(digits: str) -> Colour:
    if len(digits) <= 4:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[index : index + 2], 16) / 255 for index in range(0, len(digits), 2)]
    return (parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else 1.0)


def _from_function(kind: str, arguments: str) -> Colour | None:
    words = re.split(r"[\s,/]+", arguments.strip())
    if len(words) < 3:
        return None
    try:
        opacity = _share(words[3], 1.0) if len(words) > 3 else 1.0
        if kind == "rgb":
            red, green, blue = (_share(word, 255.0) for word in words[:3])
        else:
            hue = float(words[0].removesuffix("deg")) % 360 / 360
            red, green, blue = colorsys.hls_to_rgb(hue, _share(words[2], 100.0), _share(words[1], 100.0))
    except ValueError:
        return None
    return (red, green, blue, opacity)


def _share(word: str, whole: float) -> float:
    number = float(word[:-1]) / 100 if word.endswith("%") else float(word) / whole
    return min(max(number, 0.0), 1.0)
