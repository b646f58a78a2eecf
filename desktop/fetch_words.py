"""What a run waits for while pages are fetched, in words: how many, from whom, for how long. No Qt."""

from __future__ import annotations

from desktop.time_words import clock_words
from desktop.web_words import site_of
from engine.counting import counted
from engine.web.progress import Fetching, FetchPhase

_ENDED = frozenset([FetchPhase.DONE, FetchPhase.FAILED])
_MOST_NAMED = 2


class FetchTally:
    """The pages on their way together; begun anew when the last of them is here."""

    def __init__(self) -> None:
        self._phases: dict[str, FetchPhase] = {}
        self._since_s = 0.0

    def hear(self, page: Fetching, *, at_s: float) -> None:
        """Take over how far a page is; ``at_s`` are the seconds of a clock that only runs forward."""
        if not self.is_under_way:
            self._phases.clear()
            if page.phase in _ENDED:
                return
            self._since_s = at_s
        self._phases[page.address] = page.phase

    def clear(self) -> None:
        """Nothing is fetched any more."""
        self._phases.clear()

    @property
    def is_under_way(self) -> bool:
        """Whether any page is not here yet."""
        return any(phase not in _ENDED for phase in self._phases.values())

    def words(self, *, at_s: float) -> str:
        """Return ``Fetching 3 pages: 2 here, waiting for example.org (0:04)``; empty when nothing is waited for."""
        if not self.is_under_way:
            return ""
        phases = self._phases.values()
        here = sum(phase in (FetchPhase.DONE, FetchPhase.READING) for phase in phases)
        lost = sum(phase is FetchPhase.FAILED for phase in phases)
        awaited = [at for at, phase in self._phases.items() if phase in (FetchPhase.FETCHING, FetchPhase.QUEUED)]
        hosts = list(dict.fromkeys(site_of(address) for address in awaited))
        named = " and ".join(hosts[:_MOST_NAMED])
        if len(hosts) > _MOST_NAMED:
            named = f"{hosts[0]} and {counted(len(hosts) - 1, 'other site')}"
        parts = [f"{here} here"] if here else []
        parts += [f"{lost} could not be fetched"] if lost else []
        parts.append(f"waiting for {named}" if named else "reading them" if here > 1 else "reading it")
        about = ", ".join(parts)
        return f"Fetching {counted(len(phases), 'page')}: {about} ({clock_words(at_s - self._since_s)})"
