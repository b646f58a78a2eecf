"""What a page or file says of itself for reference lists, held to the form that each thing has."""

from __future__ import annotations

import re
from dataclasses import fields

from engine.domain import Reference
from engine.reading.extract.draft import one_line

_LONGEST = 300
_LONGEST_NUMBER = 40
_LONGEST_ROW = 5_000
_NUMBERS = ("volume", "issue", "pages")
_RESOLVER = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|info:doi/|urn:doi:|doi\s*:?\s*)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"{}\\^`|]{1,200}")
_DOI_IN_TEXT = re.compile(r"(?<![\d.])10\.\d{4,9}/[-._;()/:A-Za-z0-9]{1,200}")
_ISSN = re.compile(r"(?<!\d)(\d{4})-?(\d{3}[\dX])(?!\d)", re.IGNORECASE)
_ISBN = re.compile(r"(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dX](?!\d)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_KIND = re.compile(r"[a-z]+(?:[-_][a-z]+)*")
_BETWEEN_PEOPLE = re.compile(r"\s*(?:;|,? and | & )\s*")
_DASH = re.compile(r"\s*(?:--?|[‐‑‒–—])\s*")


def cleaned(stated: Reference, *, language: str = "") -> Reference:
    """Return a reference whose values are one line, of bounded length and of the form they should have; others go.

    Args:
        stated: as found.
        language: of the document, for a reference that states none.
    """
    values = {field.name: one_line(str(getattr(stated, field.name))[: 4 * _LONGEST]) for field in fields(Reference)}
    values = {
        name: value if len(value) <= (_LONGEST_NUMBER if name in _NUMBERS else _LONGEST) else ""
        for name, value in values.items()
    }
    values["doi"] = doi_of(values["doi"])
    values["issn"] = issn_of(values["issn"])
    values["isbn"] = isbn_of(values["isbn"])
    values["kind"] = values["kind"] if _KIND.fullmatch(values["kind"]) else ""
    values["language"] = _language(values["language"]) or _language(one_line(language))
    return Reference(**values)


def merged(*stated: Reference) -> Reference:
    """Return one reference of several: of each thing what the first says that says anything."""
    return Reference(
        **{
            field.name: next((value for one in stated if (value := str(getattr(one, field.name)))), "")
            for field in fields(Reference)
        }
    )


def people_in(text: str) -> tuple[str, ...]:
    """Return the names in a field for authors, each once.

    Commas part them only where no name could have one within: in a row of three or more, each of two words at least.
    """
    names: list[str] = []
    for part in _BETWEEN_PEOPLE.split(one_line(text[:_LONGEST_ROW])):
        pieces = [piece.strip() for piece in part.split(",")]
        is_row = len(pieces) > 2 and all(" " in piece for piece in pieces)
        names += pieces if is_row else [part.strip(" ,")]
    return tuple(dict.fromkeys(name for name in names if name))


def doi_of(text: str) -> str:
    """Return the DOI that a text is, without a resolver in front of it; empty if it is none."""
    bare = text.strip()
    match = _RESOLVER.match(bare)
    bare = bare[match.end() :].strip() if match is not None else bare
    return bare if _DOI.fullmatch(bare) else ""


def dois_in(text: str) -> tuple[str, ...]:
    """Return the DOIs that stand in a text, each once, without the punctuation behind them."""
    found: dict[str, None] = {}
    for match in _DOI_IN_TEXT.finditer(text):
        doi = match[0].rstrip(".,;:")
        while doi.endswith(")") and doi.count("(") < doi.count(")"):
            doi = doi[:-1].rstrip(".,;:")
        if not doi.endswith("/"):
            found.setdefault(doi, None)
    return tuple(found)


def issn_of(text: str) -> str:
    """Return the ISSN in a text as ``1234-567X``; empty without one whose check digit is right."""
    for match in _ISSN.finditer(text):
        number = f"{match[1]}{match[2].upper()}"
        if sum((8 - place) * _digit(sign) for place, sign in enumerate(number)) % 11 == 0:
            return f"{number[:4]}-{number[4:]}"
    return ""


def isbn_of(text: str) -> str:
    """Return the ISBN in a text as it is written there; empty without one whose check digit is right."""
    for match in _ISBN.finditer(text):
        signs = [sign for sign in match[0].upper() if sign.isdigit() or sign == "X"]
        if len(signs) == 10 and sum((10 - place) * _digit(sign) for place, sign in enumerate(signs)) % 11 == 0:
            return match[0].upper()
        if len(signs) == 13 and "X" not in signs:
            weighed = sum((3 if place % 2 else 1) * int(sign) for place, sign in enumerate(signs))
            if weighed % 10 == 0:
                return match[0]
    return ""


def pages_of(first: str, last: str) -> str:
    """Return two pages as printed: ``12–34``; one where they are the same or the second is not known."""
    first, last = one_line(first), one_line(last)
    return f"{first}–{last}" if first and last and first != last else first


def range_of(pages: str) -> str:
    """Return pages with the dash that is printed between them."""
    return _DASH.sub("–", one_line(pages))


def _digit(sign: str) -> int:
    return 10 if sign == "X" else int(sign)


def _language(text: str) -> str:
    tag = text.partition(",")[0].strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) and len(tag) <= 35 else ""
