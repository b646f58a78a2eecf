"""Which profile a model needs, by what is known of it."""

from __future__ import annotations

from engine.agent.model_roles.profiles.deepresearcher import DEEPRESEARCHER
from engine.agent.model_roles.profiles.frame import Profile
from engine.agent.model_roles.profiles.tool_calling import TOOL_CALLING
from models.chat import ModelAbout

_BY_TRAIT = (("deepresearcher", DEEPRESEARCHER),)
"""Words of names, written without anything between the letters; the first that occurs decides."""


def profile_for(about: ModelAbout) -> Profile:
    """Return the frame in which a model was taught, or the general one."""
    words = {_folded(trait) for trait in about.traits} | {_folded(about.name)}
    for trait, profile in _BY_TRAIT:
        if any(trait in word for word in words):
            return profile
    return TOOL_CALLING


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
