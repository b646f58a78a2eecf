"""What a change of a report is called: while it is made, when it is done, and when it could not be made. No Qt."""

from __future__ import annotations

from desktop.language_words import language_name
from desktop.plain_text import one_line
from engine.agent.writing import SAME_CHECK
from engine.domain import Amendment, AmendmentKind, ReportVersion

_WORDS_SHOWN = 64
"""Characters of a question, of which a menu and a card have the room for one line or two."""
_DOING = {
    AmendmentKind.DEEPER: "Going deeper",
    AmendmentKind.CHECK: "Checking a sentence again",
    AmendmentKind.SHORTEN: "Shortening",
    AmendmentKind.TRANSLATE: "Translating",
    AmendmentKind.TABLE: "Making a table",
    AmendmentKind.RESTORE: "Going back to an earlier version",
}
_DONE = {
    AmendmentKind.DEEPER: "went deeper",
    AmendmentKind.CHECK: "one sentence checked again",
    AmendmentKind.SHORTEN: "shortened",
    AmendmentKind.TRANSLATE: "translated",
    AmendmentKind.TABLE: "as a table",
    AmendmentKind.RESTORE: "taken up again",
}
_ASKED = {
    AmendmentKind.DEEPER: "You asked to go deeper",
    AmendmentKind.CHECK: "You asked for a sentence to be checked again",
    AmendmentKind.SHORTEN: "You asked for it to be shortened",
    AmendmentKind.TRANSLATE: "You asked for a translation",
    AmendmentKind.TABLE: "You asked for a table",
    AmendmentKind.RESTORE: "You went back to an earlier version",
}
_FAILED = {
    AmendmentKind.DEEPER: "Nothing was added to the report",
    AmendmentKind.CHECK: "The sentence could not be checked again",
    AmendmentKind.SHORTEN: "The report could not be shortened",
    AmendmentKind.TRANSLATE: "The report could not be translated",
    AmendmentKind.TABLE: "No table could be made",
    AmendmentKind.RESTORE: "The version could not be taken up again",
}


def doing_words(amendment: Amendment) -> str:
    """Return what is being done: ``Translating into German``."""
    return _DOING[amendment.kind] + _further(amendment)


def done_words(amendment: Amendment | None) -> str:
    """Return what made a version: ``translated into German``; without an amendment, ``as first written``."""
    if amendment is None:
        return "as it was written"
    if amendment.kind is AmendmentKind.RESTORE and amendment.version is not None:
        return f"version {amendment.version} taken up again"
    if amendment.kind is AmendmentKind.SHORTEN and amendment.section is not None:
        return "one section shortened"
    return _DONE[amendment.kind] + _further(amendment)


def asked_words(amendment: Amendment) -> str:
    """Return what a person asked for, for the trace."""
    return _ASKED[amendment.kind] + _further(amendment)


def failed_words(amendment: Amendment, reason: str = "") -> str:
    """Return what could not be done, as a title; or that it was done, and for that reason nothing is different."""
    return "The sentence stands as it was" if reason == SAME_CHECK else _FAILED[amendment.kind]


def version_words(version: ReportVersion) -> str:
    """Return what a version is called in a list: ``Version 2: shortened``."""
    return f"Version {version.number}: {done_words(version.amendment)}"


def _further(amendment: Amendment) -> str:
    if amendment.kind is AmendmentKind.TRANSLATE and amendment.language:
        return f" into {language_name(amendment.language)}"
    if amendment.kind is AmendmentKind.DEEPER and amendment.words:
        return f": “{one_line(amendment.words, limit=_WORDS_SHOWN)}”"
    if amendment.kind is AmendmentKind.RESTORE and amendment.version is not None:
        return f": version {amendment.version}"
    return ""
