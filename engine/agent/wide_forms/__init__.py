"""The wordings by which questions ask for a table, in five languages; ``wide`` reads questions with them."""

from engine.agent.wide_forms.english import ENGLISH
from engine.agent.wide_forms.form import Form, Need, Tongue
from engine.agent.wide_forms.german import GERMAN
from engine.agent.wide_forms.romance import FRENCH, ITALIAN, SPANISH

__all__ = ["TONGUES", "Form", "Need", "Tongue", "tongue_of"]

TONGUES = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN)


def tongue_of(language: str) -> Tongue:
    """Return what a language has; English for one that has nothing here."""
    return next((tongue for tongue in TONGUES if tongue.language == language), ENGLISH)
