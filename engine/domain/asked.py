"""What is asked: how far a run may go, how much it may spend, and its plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.identity import FolderId, SubQuestionId


class Reach(StrEnum):
    """How far a run may go."""

    LIBRARY = "library"
    WEB = "web"
    BOTH = "both"

    @property
    def has_library(self) -> bool:
        """Whether files of this computer are searched."""
        return self is not Reach.WEB

    @property
    def has_web(self) -> bool:
        """Whether queries and requests for pages leave this computer."""
        return self is not Reach.LIBRARY


class Side(StrEnum):
    """Where an episode looks. Nothing that one side has read is ever told to the agent of the other."""

    LIBRARY = "library"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """What a person wants of the web."""

    only: tuple[str, ...] = ()
    """Domains: nothing else is shown or opened. ``example.org`` stands for its subdomains too."""
    never: tuple[str, ...] = ()
    """Domains that are neither shown nor opened."""
    preferred: tuple[str, ...] = ()
    """Domains that come first."""
    since: str = ""
    """``YYYY-MM-DD``: nothing that is known to be older; empty for no limit."""
    until: str = ""
    """``YYYY-MM-DD``: nothing that is known to be newer; empty for no limit."""
    language: str = ""
    """Two letters of ISO 639-1, ``de``; empty for the engines' own choice."""
    region: str = ""
    """Two letters of ISO 3166-1, ``at``; empty for the engines' own choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a run may look."""

    folders: tuple[FolderId, ...] = ()
    """Folders of the library; none named means every folder there is."""
    reach: Reach = Reach.LIBRARY
    web: WebLimits = WebLimits()


class Depth(StrEnum):
    """How much work a question is worth."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most a run may spend; reaching a limit ends an episode with that reason and is never an error."""

    subquestions: int
    searches_per_episode: int
    sources_per_episode: int
    passages_per_source: int
    tool_calls_per_episode: int = 10
    """Searches and readings that a language model may ask for before it has to answer."""
    corrections_per_episode: int = 3
    """Replies out of form that are sent back to a language model before the episode ends with what is known."""
    deepenings: int = 0
    """How often what is found missing while the report is written may become new sub-questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubQuestion:
    """One question of the plan; each is researched in an episode of its own."""

    id: SubQuestionId
    text: str
    queries: tuple[str, ...] = ()
    """Search queries proposed by the planner, most promising first."""
    side: Side = Side.LIBRARY
    twin: SubQuestionId | None = None
    """The sub-question of the same words that was researched on the web, where this one is in the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sub-questions of a run, in the order in which they are researched."""

    subquestions: tuple[SubQuestion, ...]
