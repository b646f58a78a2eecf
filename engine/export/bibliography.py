"""What a report says of its sources, cited or blocked: facts and their names, the same in every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

from engine.agent.state import RunState
from engine.citations.wording import OBSTACLE_WORDS, address_words
from engine.domain import Obstacle, Source

_SAME_SITE = frozenset({"www", "m", "mobile", "amp"})
"""Labels of a host's name that lead to another dress of the same site."""
SUPPLIED_WORDS = "Supplied by the reader, who saved or pasted it: it could not be fetched from its address."
UNREAD_HEADING = "Sources that could not be read"
UNREAD_WORDS = "What stands in them is not known: that they are not used does not mean that they hold no answer."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadSource:
    """A source that a search returned, and that could not be read to the end of the run."""

    title: str
    address: str
    obstacle: Obstacle
    reason: str

    @property
    def can_be_rescued(self) -> bool:
        """Whether it is a page that a person with a browser can probably get at."""
        return self.obstacle.can_be_rescued and _split(self.address).scheme in ("http", "https")

    @property
    def words(self) -> str:
        """Why it could not be read."""
        short = f"It {OBSTACLE_WORDS[self.obstacle]}."
        return f"{short} {self.reason}" if self.reason and self.obstacle is not Obstacle.OTHER else self.reason or short


def is_web(source: Source) -> bool:
    """Return whether a source is of the web, and no file of this computer."""
    return _split(source.address).scheme in ("http", "https")


def own_address(source: Source) -> str:
    """Return the address by which to cite a source: that which a page gives as its own, if it is one of the same site.

    A page may name any address as its own; that of another site would let it pass for what it is not.
    """
    fetched = source.final_address or source.address
    if source.canonical and _site(source.canonical) and _site(source.canonical) == _site(fetched):
        return source.canonical
    return fetched


def source_facts(source: Source) -> tuple[tuple[str, str], ...]:
    """Return what there is to say of a source, but for its title and hashes, as pairs of a name and words."""
    web = is_web(source)
    own = own_address(source)
    facts = []
    if source.site:
        facts.append(("Site" if web else "In", source.site))
    if source.authors:
        facts.append(("By", authors_words(source.authors)))
    if source.published:
        facts.append(("Published", source.published))
    facts += reference_facts(source)
    facts.append(("Address", address_words(own)))
    if web and source.address != own:
        facts.append(("Found at", source.address))
    if web and source.canonical and source.canonical != own:
        facts.append(("Says that it is", source.canonical))
    read = "Supplied" if source.is_supplied else "Retrieved" if web else "Read"
    facts.append((read, time_words(source.read_at)))
    if source.modified_at is not None:
        facts.append(("Last changed", time_words(source.modified_at)))
    if source.is_supplied:
        facts.append(("Note", SUPPLIED_WORDS))
    facts += [("Note", warning) for warning in source.warnings]
    return tuple(facts)


def authors_words(authors: tuple[str, ...]) -> str:
    """Return authors in a row; where one is written with the family name first, a comma would not tell them apart."""
    return ("; " if any("," in author for author in authors) else ", ").join(authors)


def reference_facts(source: Source) -> Iterator[tuple[str, str]]:
    """Yield what the source says of itself besides; it is not stated again that a page stands in its site."""
    said = source.reference
    parts = [
        said.container if said.container != source.site else "",
        f"volume {said.volume}" if said.volume else "",
        f"issue {said.issue}" if said.issue else "",
        f"pages {said.pages}" if said.pages else "",
    ]
    if any(parts):
        yield "Part of", ", ".join(part for part in parts if part)
    if said.publisher and said.publisher not in (source.site, said.container):
        yield "Publisher", said.publisher
    yield from ((name, value) for name, value in (("DOI", said.doi), ("ISBN", said.isbn), ("ISSN", said.issn)) if value)


def unread_sources(state: RunState) -> tuple[UnreadSource, ...]:
    """Return what was found and could not be read, once each, in the order in which it failed.

    Left out is what was read later, perhaps from a copy that the person supplied, and what the person did not want.
    """
    read = {source.address for source in state.sources.values()}
    unread: dict[str, UnreadSource] = {}
    for episode in state.episodes:
        for failure in episode.failed:
            if failure.address not in read and failure.address not in state.skipped:
                unread[failure.address] = UnreadSource(
                    title=failure.title, address=failure.address, obstacle=failure.obstacle, reason=failure.reason
                )
    return tuple(unread.values())


def time_words(time: datetime) -> str:
    """Return a time as ``2026-01-31 14:05 UTC``."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _site(address: str) -> tuple[str, ...]:
    parts = _split(address)
    if parts.scheme not in ("http", "https"):
        return ()
    try:
        host = parts.hostname or ""
    except ValueError:
        return ()
    return tuple(label for label in host.casefold().rstrip(".").split(".") if label not in _SAME_SITE)


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:  # an address that is none
        return SplitResult("", "", "", "", "")
