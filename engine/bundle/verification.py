"""What became of a bundle that was checked: what was looked at, what is wrong with it, what should be known of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.counting import counted


class Topic(StrEnum):
    """What is looked at."""

    FILE = "file"
    ENTRIES = "entries"
    TEXTS = "texts"
    PASSAGES = "passages"
    CITATIONS = "citations"
    QUOTATIONS = "quotations"
    FACTS = "facts"
    TRACE = "trace"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not hold."""

    topic: Topic
    where: str
    """An entry of the file, a passage or a sentence, for people."""
    words: str
    """What is wrong with it, without a full stop."""
    is_fatal: bool = False
    """Whether the report cannot be opened because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was looked at, and how much of it there was."""

    topic: Topic
    number: int
    words: str
    """What holds of it, if nothing is found; a whole sentence without a full stop."""


NO_SIGNATURE = (
    "This finds change, not forgery: a bundle is not signed, and who changes one on purpose can seal it again. "
    "What a source really said, only the original can show."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of looking through a bundle."""

    name: str
    """Of the file."""
    digest: str
    """SHA-256 of the whole file, in hexadecimal."""
    question: str = ""
    version: str = ""
    """Of the Plumbline that packed it."""
    looked: tuple[Looked, ...] = ()
    findings: tuple[Finding, ...] = ()
    more_findings: int = 0
    """Findings that were counted and not kept, as there were very many."""
    notes: tuple[str, ...] = ()
    """What is no fault of the file and should be known, a sentence each."""

    @property
    def is_sound(self) -> bool:
        """Whether everything that was looked at holds."""
        return not self.findings

    @property
    def can_be_opened(self) -> bool:
        """Whether the report can be shown, perhaps with what is wrong with it."""
        return not any(finding.is_fatal for finding in self.findings)

    @property
    def summary(self) -> str:
        """In one sentence."""
        if self.is_sound:
            return "Everything in this file holds."
        return f"{counted(len(self.findings) + self.more_findings, 'thing')} in this file {_verb(self)} not hold."

    def of(self, topic: Topic) -> tuple[Finding, ...]:
        """Return the findings on one topic."""
        return tuple(finding for finding in self.findings if finding.topic is topic)


def _verb(verification: Verification) -> str:
    return "does" if len(verification.findings) + verification.more_findings == 1 else "do"


MOST_FINDINGS = 200
MOST_NOTES = 50


@dataclass(slots=True, kw_only=True)
class Notebook:
    """What is written down while a bundle is looked through."""

    looked: list[Looked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    notes: list[str] = field(default_factory=list)
    _places: dict[tuple[str, str], int] = field(default_factory=dict)

    def look(self, topic: Topic, number: int, words: str) -> None:
        """Write down what was looked at."""
        self.looked.append(Looked(topic=topic, number=number, words=words))

    def find(self, topic: Topic, where: str, words: str, *, is_fatal: bool = False) -> None:
        """Write down something that does not hold, once; what prevents opening is kept even among very many."""
        place = self._places.get((where, words))
        if place is not None:
            known = self.findings[place]
            self.findings[place] = replace(known, is_fatal=known.is_fatal or is_fatal)
            return
        if len(self.findings) < MOST_FINDINGS or (is_fatal and all(not one.is_fatal for one in self.findings)):
            self._places[where, words] = len(self.findings)
            self.findings.append(Finding(topic=topic, where=where, words=words, is_fatal=is_fatal))
        else:
            self.more_findings += 1

    def note(self, words: str) -> None:
        """Write down what is no fault of the file, in a sentence."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(words)
