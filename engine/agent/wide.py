"""Which questions want a table: "All herons with their wingspan and clutch size".

Precise rather than greedy: a question that is not clearly one for a table is an ordinary question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.agent.wide_forms import TONGUES, Need, Tongue

MAX_COLUMNS = 8
"""Of a table, the names' among them."""
_MAX_QUESTION_CHARACTERS = 600
_MAX_NAMED = 40
_MAX_THINGS_WORDS = 14
_MAX_COLUMN_WORDS = 6
_MAX_NAME_WORDS = 8
_MANY_CELLS = 3
_MAX_HEADER_CHARACTERS = 60
_END = re.compile(r"[\s.?!？！…]+$")
_AS_TABLE = re.compile(
    r"[,;]? (?:as|in|into|als|in Form) (?:an? |einer? |der )?(?:table|spreadsheet|Tabelle|matrix)(?: form(?:at)?)?$",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"(?:how|why|who|when|where|is|are|can|could|do|does|did|should|was|wie|warum|wann|wo|wer|kann|comment|pourquoi"
    r"|cómo|por qué|come|perché)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"(?P<kind>[\w-]+(?: (?:of )?[\w-]+){0,4}?) (?P<verb>live|occur|breed|nest|orbit|use|belong|contain|produce|run"
    r"|speak|won|lost|play|border|are|were|have|can|exist|offer|support) (?P<rest>.+)",
    re.IGNORECASE,
)
_THERE = re.compile(
    r"(?P<kind>.+?) (?:(?:are|were|is) (?:there|available|known|supported)|exist|gibt es|existent|hay|existen|ci sono"
    r"|esistono|existieren)(?P<rest> .+)?",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"(?P<kind>.+?) (?:do|does|did) (?P<owner>.+?) (?:have|support|offer|provide|use|include|contain|know)",
    re.IGNORECASE,
)
_GERMAN_VERB = re.compile(r"(?P<kind>[A-ZÄÖÜ].*?) (?P<verb>[a-zäöüß]+en|sind) (?P<rest>.+)")
_SPLIT_VERB = re.compile(r" (?:auf|an|dar|zusammen)$")
_AUTHORS = re.compile(r"[A-Z][\w.'’-]*(?: (?:[A-Z][\w.'’-]*|de|van|von|and))*")
"""What a comparison of two books is not by."""
_THAT = re.compile(r"\b(?:that|which|who|whose|in which|,? die|,? der|,? das|qui|que|che)\b", re.IGNORECASE)
_NO_THINGS = re.compile(
    r"(?:(?:this|that|it|them|these|those|things?|the best|people|us|you|contents?|alles|dinge?|cela|ça|todo|tutto"
    r"|sum|total|number)|.* (?:steps|ways|reasons|arguments))",
    re.IGNORECASE,
)
_NO_COLUMN = re.compile(
    r"(?:list|sum|total|number|count|average|names?|product|majority|rest|some|most|half|meaning|end|mother|father|root"
    r"|kinds?|types?|best|first|last|union|set|each|steps?|Liste|Summe|Anzahl|Ende|Name[n]?|Namen|Mutter|Ursprung)",
    re.IGNORECASE,
)
_SINGULAR = re.compile(r"(?:ss|us|is|ics)$")
_IRREGULAR = frozenset(
    "species people men women children mice geese fish sheep deer series data media criteria".split()
)
_ASKED = (
    (re.compile(r"how (?:large|big)\b", re.IGNORECASE), "size"),
    (re.compile(r"how heavy\b", re.IGNORECASE), "weight"),
    (re.compile(r"how long\b", re.IGNORECASE), "length"),
    (re.compile(r"how (?:tall|high)\b", re.IGNORECASE), "height"),
    (re.compile(r"how wide\b", re.IGNORECASE), "width"),
    (re.compile(r"how deep\b", re.IGNORECASE), "depth"),
    (re.compile(r"how old\b", re.IGNORECASE), "age"),
    (re.compile(r"how fast\b", re.IGNORECASE), "speed"),
    (re.compile(r"how (?:expensive|much)\b", re.IGNORECASE), "price"),
    (re.compile(r"wie groß\b", re.IGNORECASE), "Größe"),
    (re.compile(r"wie schwer\b", re.IGNORECASE), "Gewicht"),
    (re.compile(r"wie lang\b", re.IGNORECASE), "Länge"),
    (re.compile(r"wie hoch\b", re.IGNORECASE), "Höhe"),
    (re.compile(r"wie breit\b", re.IGNORECASE), "Breite"),
    (re.compile(r"wie tief\b", re.IGNORECASE), "Tiefe"),
    (re.compile(r"wie alt\b", re.IGNORECASE), "Alter"),
    (re.compile(r"wie schnell\b", re.IGNORECASE), "Geschwindigkeit"),
    (re.compile(r"wie teuer\b", re.IGNORECASE), "Preis"),
)
_WHAT_FOR = re.compile(
    r"(?:what (?:are|is) (?:they|it|each(?: one| of them)?) (?:used|good) for|wofür sind sie(?: gut)?|wo(?:für|zu) "
    r"(?:dienen|werden) sie(?: verwendet)?|what (?:do they|does (?:it|each(?: one| of them)?)) do)",
    re.IGNORECASE,
)
_WHEN_WHERE = re.compile(
    r"(?P<word>when|where|wann|wo) (?:is|are|was|were|do|does|wurden?|werden|sind|leben|kommen) (?:they|it|sie|es|diese"
    r"|er|each(?: one| of them)?) ?(?P<done>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WideQuestion:
    """What a table is wanted of."""

    things: str
    """Of which kind the rows are, in the question's words: ``herons``."""
    columns: tuple[str, ...]
    """Headers; the first is that of the names."""
    named: tuple[str, ...] = ()
    """The things where the question names them itself; nothing else is to have a row then."""
    language: str = "en"
    """Two letters of ISO 639-1: whose form the question has."""
    left_out: tuple[str, ...] = ()
    """Columns that were asked for and for which there is no room."""


def wide_question(text: str) -> WideQuestion | None:
    """Return what a table is wanted of; None for a question that wants none."""
    whole = _END.sub("", " ".join(text.split()))
    if not 0 < len(whole) <= _MAX_QUESTION_CHARACTERS:
        return None
    wants_table = _AS_TABLE.search(whole) is not None
    if wants_table:
        whole = _AS_TABLE.sub("", whole)
        if _QUESTION_WORD.match(whole):
            return None
    for tongue in TONGUES:
        if found := _read(whole, tongue, wants_table=wants_table):
            return found
    return None


def _read(text: str, tongue: Tongue, *, wants_table: bool) -> WideQuestion | None:
    courtesy = tongue.courtesy.match(text)
    bare = text[courtesy.end() :] if courtesy else text
    request = tongue.request.match(bare)
    asked = bare[request.end() :] if request else bare
    if request and tongue.language == "de":
        asked = _SPLIT_VERB.sub("", asked)  # liste … auf
    for said in (asked, f"table of {asked}") if wants_table else (asked,):
        for form in tongue.forms:
            if form.need is Need.REQUEST and not (request or wants_table):
                continue
            match = form.pattern.fullmatch(said)
            if match and (found := _question_of(match.groupdict(), tongue, need=form.need)):
                return found
    return None


def _question_of(found: dict[str, str | None], tongue: Tongue, *, need: Need) -> WideQuestion | None:
    asked = found.get("columns") or tongue.description_column
    columns = _columns(asked, tongue)
    if not columns or (need is Need.TWO_COLUMNS and len(columns) < 2):
        return None
    if (listed := found.get("named")) is not None:
        named = _named(listed, tongue)
        if len(named) > 1:
            if len(named) * len(columns) < _MANY_CELLS or (tongue.language != "de" and _AUTHORS.fullmatch(asked)):
                return None
            return _wide(tongue, things=" ".join(listed.split()), columns=columns, named=named)
        if len(columns) < 2 or not _is_plural(listed, tongue):
            return None
        found = {"things": listed}
    told = found.get("things") or ""
    things = _which(told, tongue) if need is Need.SEVERAL else " ".join(told.split()).strip(" ,")
    if things is None or not _are_things(things, tongue):
        return None
    return _wide(tongue, things=things, columns=columns)


def _wide(tongue: Tongue, *, things: str, columns: tuple[str, ...], named: tuple[str, ...] = ()) -> WideQuestion:
    header = tongue.name_column if named or len(things) > _MAX_HEADER_CHARACTERS else _capital(things)
    return WideQuestion(
        things=things,
        columns=(header, *columns[: MAX_COLUMNS - 1]),
        named=named,
        language=tongue.language,
        left_out=columns[MAX_COLUMNS - 1 :],
    )


# --- the things --------------------------------------------------------------------------------------------------


def _which(text: str, tongue: Tongue) -> str | None:
    """What the rows are, from what stands between "which" and the columns; None where it is one thing or unclear."""
    flat = " ".join(text.split()).strip(" ,")
    if match := _THERE.fullmatch(flat):
        return f"{match['kind']}{match['rest'] or ''}" if _is_plural(match["kind"], tongue) else None
    if tongue.language == "de":
        match = _GERMAN_VERB.fullmatch(flat)
        return f"{match['kind']}, die {match['rest']} {match['verb']}" if match else None
    if tongue.language != "en":
        return flat
    if match := _HAS.fullmatch(flat):
        return f"{match['kind']} of {match['owner']}" if _is_plural(match["kind"], tongue) else None
    if (match := _VERB.fullmatch(flat)) and _is_plural(match["kind"], tongue):
        return f"{match['kind']} that {match['verb']} {match['rest']}"
    return None


def _are_things(text: str, tongue: Tongue) -> bool:
    words = text.split()
    if not 0 < len(words) <= _MAX_THINGS_WORDS or _NO_THINGS.fullmatch(text):
        return False
    head = _THAT.split(text, maxsplit=1)[0]
    said = {word.casefold().strip(",.'’\"“”„") for word in head.split()}
    return bool(said) and said.isdisjoint(tongue.never)


def _is_plural(text: str, tongue: Tongue) -> bool:
    """Whether a text is of several things of a kind, as far as the look of its words tells."""
    if tongue.language != "en":
        return True
    head = re.split(r"\b(?:of|in|that|for|on|with|from)\b", text, maxsplit=1)[0].split()
    last = head[-1].casefold() if head else ""
    return last in _IRREGULAR or (last.endswith("s") and not _SINGULAR.search(last))


def _named(text: str, tongue: Tongue) -> tuple[str, ...]:
    """The names in an enumeration; one that has too many words for a name makes it none."""
    pieces = [piece for part in re.split(r"\s+(?:vs\.?|versus)\s+", text) for piece in tongue.joints.split(part)]
    names = [_bare(piece, tongue) for piece in pieces]
    names = [name for name in dict.fromkeys(names) if name]
    if any(len(name.split()) > _MAX_NAME_WORDS for name in names):
        return ()
    *first, last = names or [""]
    words = last.split()
    if first and len(words) > 1 and all(name.islower() and " " not in name for name in first) and last.islower():
        names = [*(f"{name} {words[-1]}" for name in first), last]  # grey, purple and night herons
    return tuple(names[:_MAX_NAMED])


# --- the columns -------------------------------------------------------------------------------------------------


def _columns(text: str, tongue: Tongue) -> tuple[str, ...]:
    """The headers; none where something is no column, and the question therefore something else."""
    found: dict[str, str] = {}
    for piece in tongue.joints.split(text):
        column = _bare(_as_noun(piece.strip()), tongue)
        if not column:
            continue
        words = {word.casefold().strip(",.'’\"“”„()") for word in column.split()}
        if (
            len(column.split()) > _MAX_COLUMN_WORDS
            or not words.isdisjoint(tongue.never)
            or _NO_COLUMN.fullmatch(column)
        ):
            return ()
        found.setdefault(column.casefold(), _capital(column))
    return tuple(found.values())


def _as_noun(piece: str) -> str:
    """What a question about each of the things asks for: ``size`` for ``how large are they``."""
    for pattern, noun in _ASKED:
        if pattern.match(piece):
            return noun
    if _WHAT_FOR.fullmatch(piece):
        return "Verwendung" if piece.casefold().startswith("wo") else "use"
    if match := _WHEN_WHERE.fullmatch(piece):
        return f"{match['word']} {match['done']}".strip()
    return piece


def _bare(text: str, tongue: Tongue) -> str:
    """A column or a name without what stands before it and says nothing."""
    flat = text.strip(' \t,;."“”„«»')
    article = tongue.articles.match(flat)
    return flat[article.end() :] if article and article.end() < len(flat) else flat


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
