"""The frames in which research models were taught to speak, and which one a model needs."""

from engine.agent.model_roles.profiles.choice import profile_for
from engine.agent.model_roles.profiles.deepresearcher import DEEPRESEARCHER
from engine.agent.model_roles.profiles.frame import Choices, Profile
from engine.agent.model_roles.profiles.tool_calling import TOOL_CALLING

__all__ = ["DEEPRESEARCHER", "TOOL_CALLING", "Choices", "Profile", "profile_for"]
