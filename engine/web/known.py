"""Which addresses a run may open, as its trace tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.agent.typed import typed_addresses
from engine.domain import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Addresses that a run may open when it begins or goes on, by why."""

    typed: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    is_approved: bool = False
    """Whether the run may search only for words that a person approved, exactly as they stand."""


def known_to(state: RunState) -> Known:
    """Return what a run may open: what the person wrote, what its searches returned, and what its pages lead to."""
    web = [episode for episode in state.episodes if episode.subquestion.side is Side.WEB]
    results = (result.address for episode in web for ran in episode.searches if ran.engines for result in ran.results)
    links = (link for episode in web for reading in episode.read for link in reading.links)
    # Approved words are a query: nobody has typed an address that stands in them.
    typed = () if state.approved_query else typed_addresses(state.question)
    return Known(
        typed=_of_the_web(typed),
        searched=_of_the_web(results),
        linked=_of_the_web(links),
        is_approved=bool(state.approved_query),
    )


def _of_the_web(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in addresses if one.startswith(("https://", "http://"))))
