"""Who can play the roles of a run: nobody but ranking and quotation, or a language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.agent.control import RunControl
from engine.agent.extractive import extractive_roles
from engine.agent.roles import Roles
from engine.library.reader import LibraryReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays the roles of a run, made anew for each from what the run can reach."""

    name: str
    make: Callable[[LibraryReader, RunControl], Roles]


def _extractive(library: LibraryReader, _control: RunControl) -> Roles:
    return extractive_roles(library)


EXTRACTIVE = Cast(name="No language model: sentences are quoted word for word", make=_extractive)
