"""Whether a style hides an element whole: by display, opacity, size, place, clipping or a transformation."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.reading.extract.css_values import pixels

LEAST_OPACITY = 0.11
"""Below it nobody reads anything."""

_FAR_LEFT_PX = -500.0
_FAR_RIGHT_PX = 3_000.0
_NUMBERS = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_FUNCTIONS = re.compile(r"([\w-]+)\(([^()]*)\)")


def hides_everything(style: Mapping[str, str]) -> bool:
    """Return whether a style keeps an element and all that is in it from being seen."""
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or _is_transparent(style)
        or _has_no_size(style)
        or _is_off_screen(style)
        or _is_cut_away(style)
        or _is_transformed_away(style)
    )


def _is_transparent(style: Mapping[str, str]) -> bool:
    opacity = style.get("opacity")
    if opacity is not None and share(opacity) < LEAST_OPACITY:
        return True
    for name, argument in _FUNCTIONS.findall(style.get("filter", "")):
        if name == "opacity" and share(argument) < LEAST_OPACITY:
            return True
    return False


def share(value: str) -> float:
    """Return a number or percentage as a share of one; 1 for what is neither."""
    try:
        return float(value[:-1]) / 100 if value.endswith("%") else float(value)
    except ValueError:
        return 1.0


def _has_no_size(style: Mapping[str, str]) -> bool:
    clips = {"hidden", "clip", "scroll", "auto"}
    overflow = style.get("overflow", "").split()
    clips_x = not clips.isdisjoint([*overflow[:1], style.get("overflow-x", "")])
    clips_y = not clips.isdisjoint([*overflow[-1:], style.get("overflow-y", "")])
    if not (clips_x or clips_y):
        return False
    padding = " ".join(style.get(name, "") for name in ("padding", "padding-top", "padding-bottom"))
    if any(float(number) >= 5 for number in _NUMBERS.findall(padding)):
        return False  # a frame that keeps the shape of a picture or film
    narrow = any(_is_at_most(style.get(name), 2.0) for name in ("width", "max-width"))
    low = any(_is_at_most(style.get(name), 2.0) for name in ("height", "max-height", "line-height"))
    return (narrow and clips_x) or (low and clips_y)


def _is_at_most(value: str | None, limit: float) -> bool:
    if value is None:
        return False
    length = pixels(value)
    if length is None:
        return False
    if value == "1":  # a line height of one, not of one pixel
        return False
    return length <= limit


def _is_off_screen(style: Mapping[str, str]) -> bool:
    indent = pixels(style.get("text-indent", ""))
    if indent is not None and not -300 < indent < _FAR_RIGHT_PX:
        return True
    for name in ("margin-left", "margin-top"):
        if (margin := pixels(style.get(name, ""))) is not None and margin <= _FAR_LEFT_PX:
            return True
    margins = style.get("margin", "").split()
    if any((margin := pixels(word)) is not None and margin <= _FAR_LEFT_PX for word in margins):
        return True
    if style.get("position", "static") == "static":
        return False
    places = [style.get(name, "") for name in ("left", "right", "top", "bottom")] + style.get("inset", "").split()
    for place in places:
        length = pixels(place)
        if length is not None and (length <= _FAR_LEFT_PX or length >= _FAR_RIGHT_PX):
            return True
    return False


def _is_cut_away(style: Mapping[str, str]) -> bool:
    clip = style.get("clip", "")
    if clip.startswith("rect"):
        numbers = [float(number) for number in _NUMBERS.findall(clip)]
        if len(numbers) == 4 and numbers[2] - numbers[0] <= 2 and numbers[1] - numbers[3] <= 2:
            return True
    for name, argument in _FUNCTIONS.findall(style.get("clip-path", "")):
        numbers = [float(number) for number in _NUMBERS.findall(argument)]
        if name == "inset" and numbers:
            sides = (numbers * 4)[:4] if len(numbers) in (1, 2, 4) else [numbers[0], numbers[1], numbers[2], numbers[1]]
            covers = "%" in argument and (sides[0] + sides[2] >= 98 or sides[1] + sides[3] >= 98)
            is_cut = covers or max(sides) >= 1_000
        elif name in ("circle", "ellipse") and numbers:
            is_cut = min(numbers[: 1 if name == "circle" else 2]) <= 0.5
        elif name == "polygon" and numbers:
            is_cut = len(set(numbers[0::2])) == 1 or len(set(numbers[1::2])) == 1
        else:
            continue
        if is_cut:
            return True
    return False


def _is_transformed_away(style: Mapping[str, str]) -> bool:
    zoom, scale = style.get("zoom"), style.get("scale")
    if zoom is not None and share(zoom) < 0.1:
        return True
    if scale is not None and any(abs(share(word)) < 0.05 for word in scale.split()):
        return True
    turned = style.get("rotate", "").split()
    if turned and turned[0] in ("x", "y") and turned[-1] in ("90deg", "-90deg", "270deg"):
        return True
    for word in style.get("translate", "").split():
        length = pixels(word)
        if length is not None and (length <= _FAR_LEFT_PX or length >= _FAR_RIGHT_PX):
            return True
    for name, argument in _FUNCTIONS.findall(style.get("transform", "")):
        words = [word for word in re.split(r"[\s,]+", argument.strip()) if word]
        if name.startswith("scale") and any(abs(share(word)) < 0.05 for word in words[:2]):
            return True
        if name.startswith("translate"):
            lengths = [pixels(word) for word in words[:2]]
            if any(length is not None and not _FAR_LEFT_PX < length < _FAR_RIGHT_PX for length in lengths):
                return True
        if name in ("rotatex", "rotatey") and words and words[0] in ("90deg", "-90deg", "270deg"):
            return True
        if name in ("matrix", "matrix3d") and words and abs(share(words[0])) < 0.05:
            return True
    return False
