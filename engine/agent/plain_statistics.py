"""What is known of words where nothing may be asked of the library: nothing, so that every word weighs the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping


class NoStatistics:
    """Implements ``reading.ranking.TermStatistics`` for the web, where nothing of private files may show."""

    def document_frequency(self, terms: Collection[str]) -> Mapping[str, int]:
        """Return that no term was met anywhere."""
        return dict.fromkeys(terms, 0)

    def document_count(self) -> int:
        """Return that there are no documents."""
        return 0
