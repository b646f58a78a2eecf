from dataclasses import fields

import pytest

from resources.tokens import DARK, LIGHT, Palette

GROUNDS = ("side", "window", "surface", "raised", "hover", "pressed", "selection", "code", "accent_soft")
INKS = ("text", "text_secondary")
QUIET_GROUNDS = ("side", "window", "surface", "raised", "code", "hover")
STATES = ("supported", "partly", "unsupported", "contradicted", "single_source")

both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@both
def test_text_is_readable_on_every_ground(palette: Palette) -> None:
    poor = [
        (ink, ground, round(contrast(getattr(palette, ink), getattr(palette, ground)), 2))
        for ink in INKS
        for ground in (*GROUNDS, "highlight", "highlight_quiet")
        if contrast(getattr(palette, ink), getattr(palette, ground)) < 4.5
    ]
    assert poor == []


@both
def test_quiet_text_and_links_are_readable_where_they_stand(palette: Palette) -> None:
    poor = [
        (ink, ground, round(contrast(getattr(palette, ink), getattr(palette, ground)), 2))
        for ink in ("text_muted", "accent")
        for ground in QUIET_GROUNDS
        if contrast(getattr(palette, ink), getattr(palette, ground)) < 4.5
    ]
    assert poor == []


@both
def test_text_on_the_accent_is_readable(palette: Palette) -> None:
    for ground in (palette.accent, palette.accent_hover, palette.accent_pressed):
        assert contrast(palette.on_accent, ground) >= 4.5


@both
def test_states_are_readable_on_their_tints_and_on_the_page(palette: Palette) -> None:
    poor = [
        (state, ground)
        for state in STATES
        for ground in (f"{state}_soft", "surface", "window", "raised")
        if contrast(getattr(palette, state), getattr(palette, ground)) < 4.5
    ]
    assert poor == []


@both
def test_edges_of_controls_and_the_focus_ring_can_be_seen(palette: Palette) -> None:
    for edge in ("border", "border_hover", "focus"):
        for ground in ("side", "window", "surface", "raised"):
            assert contrast(getattr(palette, edge), getattr(palette, ground)) >= 3.0, (edge, ground)


@both
def test_every_colour_is_written_out(palette: Palette) -> None:
    for field in fields(palette):
        value = getattr(palette, field.name)
        assert field.name == "name" or (value.startswith("#") and len(value) in (7, 9)), field.name
