"""Versions of a report: which claims stay the same from one to the next, and how two of them differ."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import count

from engine.domain import Cell, Claim, ClaimId, PassageId, Report, Section, Table

_LIKE = 0.6
"""Share of the words that two sentences have in common from which one is taken to be the other in new words."""
_WORDS_BESIDES = 400
"""Characters compared of a sentence, at most."""


ChangeClaim = Callable[[Claim], Claim]


class ChangeKind(StrEnum):
    """What became of a claim."""

    KEPT = "kept"
    """Word for word; its state may be another."""
    REWORDED = "reworded"
    ADDED = "added"
    REMOVED = "removed"
    MOVED_OUT = "moved_out"
    """It stands under what is not established now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of one claim, or of several that were put into one."""

    kind: ChangeKind
    place: str
    """The title of the section; empty for the answer."""
    before: tuple[Claim, ...] = ()
    after: Claim | None = None

    @property
    def is_state_changed(self) -> bool:
        """Whether a claim that was kept is in another state."""
        return self.kind is ChangeKind.KEPT and self.after is not None and self.before[0].state is not self.after.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A stretch of words in the comparison of two sentences."""

    text: str
    is_old: bool
    is_new: bool
    """Both where it is the same in both."""


def with_numbers(report: Report, *, before: Iterable[Report] = ()) -> Report:
    """Return the report with its claims numbered: those of earlier versions keep theirs, each number occurs once.

    Args:
        report: numbered in any way.
        before: the versions so far, oldest first.
    """
    taken = {claim.id for claim in report.failed}
    known: dict[tuple[str, tuple[PassageId, ...]], deque[ClaimId]] = {}
    highest = max(taken, default=0)
    for version in before:
        known.clear()
        for claim in version.claims + version.failed:
            highest = max(highest, claim.id)
            if claim.id not in taken:
                known.setdefault((claim.text, claim.passages), deque()).append(claim.id)
    own: set[ClaimId] = set()
    for claim in report.claims:
        numbers = known.get((claim.text, claim.passages), ())
        if claim.id in numbers:
            # It was not touched: another sentence of the same words does not get its number.
            known[claim.text, claim.passages].remove(claim.id)
            own.add(claim.id)
    fresh = count(highest + 1)

    def numbered(claim: Claim) -> Claim:
        if claim.id in own:
            own.remove(claim.id)
            return claim
        same = known.get((claim.text, claim.passages))
        return replace(claim, id=same.popleft() if same else ClaimId(next(fresh)))

    return with_each_claim(report, numbered)


def next_number(reports: Iterable[Report]) -> ClaimId:
    """Return a number that no claim of any of these reports has."""
    numbers = (claim.id for report in reports for claim in report.claims + report.failed)
    return ClaimId(max(numbers, default=0) + 1)


def with_each_claim(report: Report, change: ChangeClaim) -> Report:
    """Return the report with every claim of its text and its tables as ``change`` returns it."""
    return replace(
        report,
        answer=tuple(change(claim) for claim in report.answer),
        sections=tuple(section_with_each_claim(section, change) for section in report.sections),
    )


def section_with_each_claim(section: Section, change: ChangeClaim) -> Section:
    """Return the section with every claim of its text and its table as ``change`` returns it."""
    claims = tuple(change(claim) for claim in section.claims)
    table = section.table
    if table is not None:
        table = Table(
            columns=table.columns, rows=tuple(tuple(_cell(cell, change) for cell in row) for row in table.rows)
        )
    return replace(section, claims=claims, table=table)


def _cell(cell: Cell, change: ChangeClaim) -> Cell:
    if cell.claim is None:
        return cell
    claim = change(cell.claim)
    return replace(cell, claim=claim, text=_following(cell.text, cell.claim.text, claim.text))


def _following(shown: str, before: str, now: str) -> str:
    """What a cell shows when its claim says something else: never what the claim no longer says."""
    if now == before:
        return shown
    lead = before.removesuffix(shown)
    if lead != before and lead and now.startswith(lead):
        return now.removeprefix(lead).rstrip(".")  # "Grey heron, wingspan: "
    return now


def compare(old: Report, new: Report) -> tuple[Change, ...]:
    """Return what became of every claim, in the order of the new report; what was removed stands where it stood.

    A claim is taken for one of the old version in new words if it says so itself, was written once more, or shares
    most of its words with one of the same place.
    """
    places_before = {claim.id: (place, claim) for place, claim in _placed(old)}
    left = dict(places_before)
    by_text: dict[str, deque[ClaimId]] = {}
    for number, (_, claim) in places_before.items():
        by_text.setdefault(claim.text, deque()).append(number)
    same: dict[int, ClaimId] = {}
    placed = list(_placed(new))
    for position, (_, claim) in enumerate(placed):
        own = claim.id if claim.id in left and left[claim.id][1].text == claim.text else None
        others = [number for number in by_text.get(claim.text, ()) if number in left]
        found = own if own is not None else (others[0] if others else None)
        if found is not None:
            same[position] = found
            del left[found]
    changes: list[Change] = []
    for position, (place, claim) in enumerate(placed):
        if position in same:
            changes.append(_made(ChangeKind.KEPT, place, before=(places_before[same[position]][1],), after=claim))
            continue
        former = _former(claim, left, place)
        for one in former:
            left.pop(one.id, None)
        kind = ChangeKind.REWORDED if former else ChangeKind.ADDED
        changes.append(_made(kind, place, before=former, after=claim))
    out = {claim.text for claim in new.failed}
    out |= {claim.former for claim in new.failed if claim.former}
    order = list(places_before)
    for number, (place, claim) in left.items():
        kind = ChangeKind.MOVED_OUT if claim.text in out else ChangeKind.REMOVED
        behind = _index_behind(changes, set(order[: order.index(number)]))
        changes.insert(behind, _made(kind, place, before=(claim,)))
    return tuple(changes)


def _made(kind: ChangeKind, place: str, *, before: tuple[Claim, ...] = (), after: Claim | None = None) -> Change:
    return Change(kind=kind, place=place, before=before, after=after)


def _placed(report: Report) -> Iterator[tuple[str, Claim]]:
    for claim in report.answer:
        yield "", claim
    for section in report.sections:
        for claim in section.all_claims:
            yield section.title, claim


def _former(claim: Claim, left: dict[ClaimId, tuple[str, Claim]], place: str) -> tuple[Claim, ...]:
    named = tuple(left[number][1] for number in claim.based_on if number in left)
    if named:
        return named
    if claim.id in left:
        return (left[claim.id][1],)
    if claim.former:
        for _, other in left.values():
            if other.text == claim.former:
                return (other,)
    near = [other for home, other in left.values() if home == place and _likeness(other.text, claim.text) >= _LIKE]
    return tuple(near[:1])


def _likeness(one: str, other: str) -> float:
    first, second = one[:_WORDS_BESIDES].split(), other[:_WORDS_BESIDES].split()
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _index_behind(changes: list[Change], numbers: set[ClaimId]) -> int:
    """Return the place behind the last change that has one of these claims of the old version."""
    for position in range(len(changes) - 1, -1, -1):
        if any(claim.id in numbers for claim in changes[position].before):
            return position + 1
    return 0


def words_diff(old: str, new: str) -> tuple[Words, ...]:
    """Return two sentences as one row of stretches: only in the old one, only in the new one, in both."""
    before, after = _pieces(old), _pieces(new)
    found: list[Words] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag == "equal":
            found.append(Words(text="".join(before[start:end]), is_old=True, is_new=True))
            continue
        if end > start:
            found.append(Words(text="".join(before[start:end]), is_old=True, is_new=False))
        if other_end > other_start:
            found.append(Words(text="".join(after[other_start:other_end]), is_old=False, is_new=True))
    return tuple(found)


def _pieces(text: str) -> list[str]:
    """Return words and the spaces and signs between them; of scripts without spaces, single characters."""
    pieces: list[str] = []
    for character in text:
        joins = character.isalnum() and not _stands_alone(character)
        if joins and pieces and pieces[-1][-1].isalnum() and not _stands_alone(pieces[-1][-1]):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _stands_alone(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff"
