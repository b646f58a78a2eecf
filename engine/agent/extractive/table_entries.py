"""Rows of lists whose items say what they are of and then tell of it: "wal_level (enum): It determines how much …".

That the items are of the kind that is asked for has to be said: by the words that announce the list, by the heading
over it, or by the items themselves, most of which speak of "this parameter".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.extractive.relevance import context_of
from engine.agent.extractive.table_columns import is_descriptive, speaks_of
from engine.agent.extractive.table_kind import KINDS, can_name, is_list_of, is_of_kind, kind_words, plain_heading
from engine.agent.extractive.table_mentions import mentions, place_of
from engine.agent.extractive.table_names import spoken_kind
from engine.agent.extractive.units import quote_spans
from engine.agent.roles import Brief
from engine.agent.table_cells import Value, name_key
from engine.agent.wide import WideQuestion
from engine.agent.wide_forms import tongue_of
from engine.domain import BlockKind, Passage

_ENTRY = re.compile(
    r"(?P<name>[^:\t\n,;]{1,60}?)(?P<note>\s*\([^()\n]{1,60}\))?"
    r"(?:: (?=\S)|\s[–—]\s(?=\S)|\s-{1,2}\s(?=\S)|,\s(?=(?:which|who|whose)\s))"
)
_NO_NAMES = frozenset("note notes tip important warning caution example examples see hinweis achtung beispiel".split())
_PREPOSITION = re.compile(
    r"(?<![\w-])(?:at|of|in|for|by|with|under|between|on|from|bei|von|für|mit)\s+(?:\w+\s+){0,2}$"
)
_BEGUN = re.compile(r"(?:first|zuerst|zunächst|d'abord|primero),", re.IGNORECASE)
"""How the first of several steps begins, which says little alone."""
_LEAST_ENTRIES = 2
_MAX_NAME_WORDS = 6
_MAX_CELL_CHARACTERS = 500
_ENOUGH_CHARACTERS = 120
"""Of a description, from which no further sentence is added to it: "First, an inner join is performed." says little."""
_OPENING_CHARACTERS = 40
_MAX_CAPTION_CHARACTERS = 100
_MAX_ARTICLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a list, and what stands under it up to the next."""

    name: str
    passage: Passage
    told: int
    """Where in the quote that begins which tells of it."""
    sentences: tuple[tuple[int, int], ...]
    """Spans within the quote; the first begins with the name."""


def entry_name(line: str, wide: WideQuestion) -> tuple[str, int] | None:
    """Return what the item of a list is of, and where its telling begins: None where it does not say so."""
    match = _ENTRY.match(line)
    if match is None:
        return None
    name = match["name"].strip()
    words = [word.casefold().strip(".,") for word in name.split()]
    if not 0 < len(words) <= _MAX_NAME_WORDS or not _NO_NAMES.isdisjoint(words):
        return None
    if words[-1].endswith("s") and words[-1] == kind_words(wide)[-1]:
        return None  # "Storage Parameters" are several of them
    if not tongue_of(wide.language).never.isdisjoint(words) or not any(map(str.isalnum, name)):
        return None
    return name, 0 if match[0].rstrip().endswith(",") else match.end()


def entries_in(passages: Sequence[Passage], brief: Brief, wide: WideQuestion) -> list[Entry]:
    """Return the items of the lists in passages that are of the kind, in their order."""
    found: list[Entry] = []
    lists: set[object] = set()
    of_kind: dict[int, bool] = {}
    parsed = {passage.id: _parsed(passage, wide) for passage in passages}
    for passage in passages:
        lead, entries = parsed[passage.id]
        if len(entries) < _LEAST_ENTRIES:
            continue
        context = context_of(brief.sources[passage.source_id])
        texts = [passage.quote[one.sentences[0][0] : one.sentences[-1][1]] for one in entries]
        headings = (brief.sources[passage.source_id].title, *passage.locator.section)
        of_kind[passage.id] = is_list_of_kind(lead, texts, wide, headings=headings, context=context)
        if of_kind[passage.id]:
            lists.add((passage.source_id, passage.locator.section))
    for passage in sorted(passages, key=lambda one: (one.source_id, one.start)):
        is_next = passage.kind is BlockKind.LIST_ITEM and (passage.source_id, passage.locator.section) in lists
        if of_kind.get(passage.id) or (is_next and parsed[passage.id][1]):
            found += parsed[passage.id][1]
    place = {passage.id: number for number, passage in enumerate(passages)}
    first: dict[object, int] = {}
    for entry in found:
        where = (entry.passage.source_id, entry.passage.locator.section)
        first[where] = min(first.get(where, place[entry.passage.id]), place[entry.passage.id])
    return sorted(
        found,
        key=lambda one: (first[(one.passage.source_id, one.passage.locator.section)], one.passage.start, one.told),
    )


def is_list_of_kind(
    lead: str, entries: Sequence[str], wide: WideQuestion, *, headings: Sequence[str], context: str
) -> bool:
    """Whether a list is one of the things that are asked for.

    Args:
        lead: the words directly before it; may be none.
        entries: its items.
        wide: what the table is of.
        headings: title of the source and headings over the list.
        context: what is known of the collection.
    """
    this = re.compile(rf"\bthis {spoken_kind(wide)}\b", re.IGNORECASE)
    speaking = sum(this.search(entry) is not None for entry in entries)
    over = " ".join(headings)
    words = kind_words(wide)
    noun = words[-2:] if words[-1] in KINDS else words[-1:]
    if 2 * speaking >= len(entries) and is_of_kind(f"{over} {' '.join(noun)}", wide, context=context):
        return True
    said = f"{over} {lead}"
    if not is_of_kind(said, wide, context=context):
        return False
    if lead.endswith((":", "：")):
        return _announces(lead, wide)
    if 0 < len(lead) <= _MAX_CAPTION_CHARACTERS and not lead.endswith((".", "!", "?")):
        return is_list_of(plain_heading(lead), wide)
    return bool(headings) and is_list_of(plain_heading(headings[-1]), wide)


def _announces(lead: str, wide: WideQuestion) -> bool:
    """Whether words before a list call its items by the kind, and not only say where something is."""
    last = re.split(r"(?<=[.!?])\s", lead)[-1]
    return any(
        not _PREPOSITION.search(last[: match.start()])
        for match in re.finditer(rf"\b{spoken_kind(wide)}\b", last, re.IGNORECASE)
    )


def _parsed(passage: Passage, wide: WideQuestion) -> tuple[str, list[Entry]]:
    """The words before the first item, and the items."""
    spans = quote_spans(passage.quote, first=passage.kind)
    lines = {match.start(): match[0] for match in re.finditer(r"(?:\A|(?<=\n))\S[^\n]*", passage.quote)}
    lead: list[str] = []
    entries: list[tuple[str, int, list[tuple[int, int]]]] = []
    for start, end in spans:
        line = lines.get(start, "")
        head = entry_name(line, wide) if "\t" not in line else None
        if head is not None:
            entries.append((head[0], start + head[1], [(start, end)]))
        elif entries:
            entries[-1][2].append((start, end))
        else:
            lead.append(passage.quote[start:end])
    made = [Entry(name=name, passage=passage, told=told, sentences=tuple(found)) for name, told, found in entries]
    return " ".join(lead), made


def entry_value(entry: Entry, column: str, *, others: Sequence[str]) -> Value | None:
    """Return what an item says in a column, word for word; None where it says nothing of it."""
    quote = entry.passage.quote
    if is_descriptive(column):
        start, end = entry.sentences[0]
        for next_start, next_end in entry.sentences[1:]:
            is_full = end - entry.told >= _ENOUGH_CHARACTERS or next_end - start > _MAX_CELL_CHARACTERS
            if is_full or "\n" in quote[start:next_start]:
                break
            end = next_end
        text = quote[entry.told : end]
        is_begun = _BEGUN.match(text) is not None and end - entry.told < _ENOUGH_CHARACTERS
        return _quotation(text, quote[start:end], entry) if entry.told < end and not is_begun else None
    found: list[tuple[bool, int, str, str]] = []
    for start, end in entry.sentences:
        shown = quote[max(start, entry.told) : end]
        opening = shown[:_OPENING_CHARACTERS]
        if not speaks_of(shown, column, partly=True) or shown.endswith(("?", ":")) or "\t" in shown:
            continue
        if any(mentions(shown[: len(other) + _MAX_ARTICLE], other) for other in others):
            continue
        found.append((not speaks_of(opening, column, partly=True), start, shown, quote[start:end]))
    if not found:
        return None
    _, _, shown, claim = min(found)
    return _quotation(shown, claim, entry)


def _quotation(text: str, claim: str, entry: Entry) -> Value | None:
    if not text.strip() or len(claim) > _MAX_CELL_CHARACTERS:
        return None
    return Value(text=text.strip(), claim=claim, passages=(entry.passage.id,), is_quotation=True)


def items_in(passage: Passage, brief: Brief, wide: WideQuestion) -> tuple[str, ...]:
    """Return the names that stand one below the other under words that announce things of the kind."""
    lines = [line.strip() for line in passage.quote.split("\n") if line.strip()]
    for place, lead in enumerate(lines[:-_LEAST_ENTRIES]):
        if not lead.endswith((":", "：")) or not _announces(lead, wide):
            continue
        if not is_of_kind(
            f"{place_of(passage, brief)} {lead}", wide, context=context_of(brief.sources[passage.source_id])
        ):
            continue
        names: dict[str, str] = {}
        for line in lines[place + 1 :]:
            name = line.rstrip(",;")
            if name != plain_heading(name) or not any(map(str.isalnum, name)):
                break
            if "\t" in name or len(name.split()) > _MAX_NAME_WORDS or ":" in name or not can_name(name, wide):
                break
            if not tongue_of(wide.language).never.isdisjoint(name.casefold().split()):
                break
            names.setdefault(name_key(name), name)
        if len(names) >= _LEAST_ENTRIES:
            return tuple(names.values())
    return ()
