"""The sources of a run as an item model: a row per address, with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from desktop.evidence import FORMAT_WORDS
from desktop.plain_text import one_line
from desktop.uses import Use, short_words, uses_of
from desktop.web_words import site_of
from engine.agent.state import RunState
from engine.citations.numbering import number_citations
from engine.citations.wording import OBSTACLE_WORDS, address_words
from engine.counting import counted
from engine.domain import Obstacle, Source, SourceId
from engine.events import (
    ClaimRewritten,
    CommandGiven,
    ReportDrafted,
    ReportFinished,
    SearchRan,
    SectionWritten,
    SourceFailed,
    SourceRead,
    StoredEvent,
)
from engine.web.progress import Fetching, FetchPhase

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The whole ``SourceRow``."""


class SourceStatus(StrEnum):
    """What became of a source, in the words of the pane."""

    FOUND = "found, not opened"
    FETCHING = "fetching"
    READ = "read"
    USED = "used in the report"
    NOTHING = "nothing in it"
    BLOCKED = "blocked"
    """It could not be read, and a person with a browser can probably get at it."""
    FAILED = "could not be read"
    SKIPPED = "skipped"


_SKIPPABLE = frozenset({SourceStatus.FOUND, SourceStatus.FETCHING})
_ON_ITS_WAY = {
    FetchPhase.QUEUED: "waiting its turn",
    FetchPhase.FETCHING: "fetching",
    FetchPhase.READING: "reading",
}
_HERE = {FetchPhase.DONE: "fetched, to be looked at", FetchPhase.FAILED: "could not be fetched"}
"""Said until the run itself tells what became of the page, so that its row stays where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One address as shown."""

    address: str
    title: str
    order: int
    """In which it was first seen, and again first opened; from 1."""
    is_opened: bool = False
    is_skipped: bool = False
    source_id: SourceId | None = None
    site: str = ""
    format: str = ""
    passages: int = 0
    marks: tuple[str, ...] = ()
    """Labels of the citations that lead into it."""
    number: int = 0
    """Of the source in the report; 0 if it is not cited."""
    uses: tuple[Use, ...] = ()
    """The sentences of the report that have to do with it."""
    problem: str = ""
    obstacle: Obstacle | None = None
    """What kept it from being read, if anything did."""
    published: str = ""
    """When, as it says itself or the search engine does; may be empty."""
    is_supplied: bool = False
    """Whether a person saved or pasted it."""
    is_awaited: bool = False
    """Whether a person has supplied it, and it is still to be read."""
    fetching: str = ""
    """How far it is, in words, while it is fetched and until the run says what became of it."""
    is_moving: bool = False
    """Whether it is on its way at this moment."""

    @property
    def is_web(self) -> bool:
        """Whether it is a page of the web."""
        return self.address.startswith(("https://", "http://"))

    @property
    def can_be_rescued(self) -> bool:
        """Whether a person may supply it: it is of the web and could not be read."""
        if self.obstacle is Obstacle.REFUSED:
            return False  # what the door keeps from us is no place to send a person to
        return self.is_web and not self.is_awaited and self.status in (SourceStatus.BLOCKED, SourceStatus.FAILED)

    @property
    def status(self) -> SourceStatus:
        """What became of it."""
        if self.number:
            return SourceStatus.USED
        if self.is_skipped and self.source_id is None:
            return SourceStatus.SKIPPED
        if self.source_id is not None:
            return SourceStatus.READ if self.passages else SourceStatus.NOTHING
        if self.fetching or self.is_awaited:
            return SourceStatus.FETCHING
        if self.problem:
            is_blocked = self.is_web and self.obstacle is not None and self.obstacle.can_be_rescued
            return SourceStatus.BLOCKED if is_blocked else SourceStatus.FAILED
        return SourceStatus.FOUND

    @property
    def can_be_skipped(self) -> bool:
        """Whether skipping it would still change anything."""
        return self.status in _SKIPPABLE

    @property
    def words(self) -> str:
        """The second line: where it is and what became of it."""
        parts = [self.site] if self.site else []
        if self.published:
            parts.append(self.published)
        if self.format not in ("", "html") and self.is_web:
            parts.append(FORMAT_WORDS.get(self.format, self.format))
        if self.is_supplied:
            parts.append("supplied by you")
        match self.status:
            case SourceStatus.USED if self.uses:
                parts.append(short_words(self.uses))
            case SourceStatus.USED | SourceStatus.READ:
                parts.append(counted(self.passages, "passage"))
            case SourceStatus.FETCHING:
                parts.append(self.fetching or "supplied by you, to be read")
            case SourceStatus.BLOCKED if self.obstacle is not None and self.obstacle is not Obstacle.REFUSED:
                parts.append(f"blocked: {OBSTACLE_WORDS[self.obstacle]}")
            case SourceStatus.BLOCKED:
                parts.append(f"blocked: {self.problem}")
            case SourceStatus.FAILED:
                parts.append(f"{SourceStatus.FAILED.value}: {self.problem}")
            case status:
                parts.append(status.value)
        return " · ".join(parts)


class SourcesModel(QAbstractListModel):
    """Rows in the order of first sight; one event changes the rows it speaks of and no others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SourceRow] = []
        self._row_of: dict[str, int] = {}
        self._seen = 0

    @property
    def rows(self) -> tuple[SourceRow, ...]:
        """What is known, in order of first sight."""
        return tuple(self._rows)

    def count(self, *statuses: SourceStatus) -> int:
        """Return how many rows have one of the statuses."""
        return sum(row.status in statuses for row in self._rows)

    def show_fetching(self, fetching: Fetching) -> None:
        """Show how far a page is that is being fetched; pages that the run does not know are left out."""
        number = self._row_of.get(fetching.address)
        if number is None:
            return
        row = self._rows[number]
        if fetching.phase in _HERE and not row.fetching:
            return  # the run has told already what became of it
        words = _ON_ITS_WAY.get(fetching.phase) or _HERE[fetching.phase]
        self._change(row, fetching=words, is_moving=fetching.phase in _ON_ITS_WAY)

    def end_fetching(self) -> None:
        """Say of no page any more that it is being fetched."""
        for row in tuple(self._rows):
            self._change(row, fetching="", is_moving=False)

    def show_state(self, state: RunState | None) -> None:
        """Show the sources of a state from scratch; None empties the list."""
        self.beginResetModel()
        self._rows, self._row_of, self._seen = [], {}, 0
        self.endResetModel()
        if state is None:
            return
        for episode in state.episodes:
            for ran in episode.searches:
                self._take_search(ran)
            for reading in episode.read:
                self._take_reading(reading)
            for failure in episode.failed:
                self._take_failure(failure)
        self._take_skipped(state)
        self._take_supplies(state)
        self._take_report(state)

    def show_event(self, stored: StoredEvent, state: RunState) -> None:
        """Take over one more event; the state is the one after it."""
        match stored.event:
            case SearchRan():
                self._take_search(stored.event)
            case SourceRead():
                self._take_reading(stored.event)
            case SourceFailed():
                self._take_failure(stored.event)
            case CommandGiven():
                self._take_skipped(state)
                self._take_supplies(state)
            case SectionWritten() | ReportDrafted() | ClaimRewritten() | ReportFinished():
                self._take_report(state)

    # --- what events do to rows ---

    def _take_search(self, ran: SearchRan) -> None:
        self._add(
            (result.address, one_line(result.title, limit=300) or address_words(result.address))
            for result in ran.results
        )
        for result in ran.results:
            row = self._rows[self._row_of[result.address]]
            if not row.is_opened:
                # What an engine calls a site may be the engine's own name.
                site = site_of(result.address) or one_line(result.site, limit=80)
                self._change(
                    row, site=row.site or site, published=row.published or one_line(result.published, limit=20)
                )

    def _take_reading(self, reading: SourceRead) -> None:
        source = reading.source
        self._add([(source.address, _title(source.title, source.address))])
        row = self._rows[self._row_of[source.address]]
        self._change(
            self._opened(row),
            title=_own_title(source) or row.title,
            source_id=source.id,
            site=one_line(source.site, limit=80) or site_of(source.address),
            published=one_line(source.published, limit=20) or row.published if row.is_web else "",
            is_supplied=source.is_supplied,
            is_awaited=False,
            fetching="",
            is_moving=False,
            format=source.format,
            passages=row.passages + len(reading.passages),
        )

    def _take_failure(self, failure: SourceFailed) -> None:
        self._add([(failure.address, _title(failure.title, failure.address))])
        row = self._rows[self._row_of[failure.address]]
        self._change(
            self._opened(row),
            site=row.site or site_of(failure.address),
            problem=one_line(failure.reason, limit=300),
            obstacle=failure.obstacle,
            is_awaited=False,
            fetching="",
            is_moving=False,
        )

    def _take_skipped(self, state: RunState) -> None:
        for address in state.skipped:
            if address in self._row_of:
                self._change(self._rows[self._row_of[address]], is_skipped=True)

    def _take_supplies(self, state: RunState) -> None:
        awaited = {supply.address for supply in state.supplies}
        for row in tuple(self._rows):
            self._change(row, is_awaited=row.address in awaited)

    def _take_report(self, state: RunState) -> None:
        report = state.current_report
        marks: Mapping[SourceId, tuple[int, tuple[str, ...]]] = {}
        if report is not None:
            numbering = number_citations(report, state.passages)
            marks = {
                cited.source_id: (cited.number, tuple(mark.label for mark in cited.marks))
                for cited in numbering.sources
            }
        uses = uses_of(report, state.passages)
        for row in tuple(self._rows):
            number, labels = marks.get(row.source_id, (0, ())) if row.source_id is not None else (0, ())
            used = uses.get(row.source_id, ()) if row.source_id is not None else ()
            self._change(row, number=number, marks=labels, uses=used)

    def _opened(self, row: SourceRow) -> SourceRow:
        if row.is_opened:
            return row
        self._seen += 1
        return replace(row, is_opened=True, order=self._seen)

    def _add(self, found: Iterable[tuple[str, str]]) -> None:
        new = {address: title for address, title in found if address not in self._row_of}
        if not new:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
        for address, title in new.items():
            self._seen += 1
            self._row_of[address] = len(self._rows)
            self._rows.append(SourceRow(address=address, title=title, order=self._seen))
        self.endInsertRows()

    def _change(self, row: SourceRow, **changes: object) -> None:
        number = self._row_of[row.address]
        changed = replace(row, **changes)  # type: ignore[arg-type]
        if changed != self._rows[number]:
            self._rows[number] = changed
            self.dataChanged.emit(self.index(number), self.index(number))

    # --- Qt ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                cited = f" Cited as {', '.join(row.marks)}." if row.marks else ""
                return f"{row.title}. {row.words}. {row.status.value}.{cited}"
            case _ if role == ROW_ROLE:
                return row
        return None


def _own_title(source: Source) -> str:
    """Return the title of a source; empty where it has none but the name of its host, as pasted text has."""
    title = one_line(source.title, limit=300)
    return "" if source.is_supplied and title.casefold().removeprefix("www.") == site_of(source.address) else title


def _title(title: str, address: str) -> str:
    return one_line(title, limit=300) or one_line(address_words(address), limit=300)


class SourcesFilter(QSortFilterProxyModel):
    """Cited ones by number, then opened ones as they were opened, then what was only found; and what is typed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._shows_unopened = False
        self.setDynamicSortFilter(True)
        self.sort(0)

    @property
    def shows_unopened(self) -> bool:
        """Whether results that nobody opened are in the list."""
        return self._shows_unopened

    def show_unopened(self, wanted: bool) -> None:
        """Show or hide results that nobody opened."""
        self._shows_unopened = wanted
        self.invalidate()

    def filter_by(self, text: str) -> None:
        """Keep the rows in which every typed word occurs."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        row = self.sourceModel().index(source_row, 0, source_parent).data(ROW_ROLE)
        if not self._words:
            return row.is_opened or row.is_skipped or bool(row.fetching) or row.is_awaited or self._shows_unopened
        text = f"{row.title} {row.words} {row.problem} {row.status.value} {row.address} {row.format}".casefold()
        return all(word in text for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        return self._key(left) < self._key(right)

    def _key(self, index: Index) -> tuple[int, int, int]:
        row: SourceRow = index.data(ROW_ROLE)
        group = 0 if row.number else 1 if row.is_opened else 2
        return group, row.number, row.order
