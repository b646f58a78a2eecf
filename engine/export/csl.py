"""The cited sources of a report as items of the Citation Style Language: what every reference list is made from.

Only what a page or file says of itself is in them. What it does not say is left out.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any
from urllib.parse import quote, urlsplit

from engine.agent.state import RunState
from engine.citations.checking.dates import dates_of
from engine.citations.numbering import Numbering, number_citations
from engine.citations.wording import address_words
from engine.domain import Reference, Source
from engine.export.bibliography import is_web, own_address
from engine.export.file_works import file_kind, file_note
from engine.export.people import csl_names
from engine.export.printable import one_line

CslItem = dict[str, Any]
"""An object of CSL-JSON; plain text in every field, never markup."""

_LONGEST_VALUE = 500
_LONGEST_DATE = 100
_NAMING_WORDS = 3
_LONGEST_NAMING = 30
_SMALL_WORDS = frozenset("a an and der des die das the of for in on to und et la le les".split())
_LONGEST_ADDRESS = 2_000
_KINDS = frozenset(
    """article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset
    document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation
    manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
    personal_communication post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage""".split()
)
_OF_A_SITE = frozenset({"webpage", "document", "post", "post-weblog", "article-newspaper", "entry-encyclopedia"})
"""Kinds that have the site as what they stand in, where nothing else is said."""
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?!\d))?)?(?:[T ]\d{2}:?\d{2}.*)?Z?")
_DIGITS_DATE = re.compile(r"(1[4-9]\d{2}|20\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])")
_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d{2}(?!\d)")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"{}\\^`|]{1,300}")
_ISBN = re.compile(r"(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dX]", re.IGNORECASE)
_ISSN = re.compile(r"\d{4}-\d{3}[\dX]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SAFE_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"


def csl_items(state: RunState) -> list[CslItem]:
    """Return the sources that the current report cites as CSL-JSON items, in the order of their numbers."""
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    cited = (one.source_id for one in numbering.sources if one.is_in_text)
    return [csl_item(state.sources[source_id]) for source_id in cited if source_id in state.sources]


def csl_json_of(state: RunState) -> bytes:
    """Return the cited sources as a file of CSL-JSON in UTF-8."""
    return (json.dumps(csl_items(state), ensure_ascii=False, indent=2) + "\n").encode()


def item_id(source: Source) -> str:
    """Return what a source is called in reference lists: the same in every report and version, letters and digits.

    Its first words make it one that can be typed, and a piece of a hash one of its own.
    """
    plain = unicodedata.normalize("NFKD", source.title).encode("ascii", "ignore").decode()
    words = [word for word in re.findall(r"[A-Za-z]{2,}", plain) if word.casefold() not in _SMALL_WORDS]
    name = "".join(word[:1].upper() + word[1:].lower() for word in words[:_NAMING_WORDS])[:_LONGEST_NAMING]
    return f"{name or 'Source'}{hashlib.sha256(source.id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def csl_item(source: Source) -> CslItem:
    """Return one source as an item of CSL-JSON; what is not known of it is not there."""
    said, web = source.reference, is_web(source)
    kind = said.kind if said.kind in _KINDS else "webpage" if web and source.format == "html" else "document"
    item: CslItem = {"id": item_id(source), "type": kind, "title": _text(source.title)}
    item["author"] = csl_names(
        tuple(name for name in source.authors if not _is_host(name, source)), language=said.language
    )
    item["issued"] = csl_date(source.published)
    item["container-title"] = _text(said.container) or (_site(source) if web and kind in _OF_A_SITE else "")
    item |= {"publisher": _text(said.publisher), "volume": _text(said.volume), "issue": _text(said.issue)}
    item |= {"page": _text(said.pages), **_numbers(said)}
    if _LANGUAGE.fullmatch(said.language):
        item["language"] = said.language
    if web:
        item["URL"] = written_address(source)
        read = source.read_at
        item["accessed"] = {"date-parts": [[read.year, read.month, read.day]]}
    else:
        # A published work is cited as such, in whatever kind of file somebody has it.
        item |= {"medium": file_kind(source) if kind == "document" else "", "note": file_note(source)}
    return {name: value for name, value in item.items() if value}


def csl_date(stated: str) -> dict[str, Any]:
    """Return a date as CSL has it: the parts that are known, else the words; empty where nothing is stated.

    Where the order of day and month does not tell, only the year is known.
    """
    words = one_line(stated)[:_LONGEST_DATE]
    match = _ISO_DATE.fullmatch(words) or _DIGITS_DATE.fullmatch(words)
    if match is not None:
        return {"date-parts": [_known(*(int(part or 0) for part in match.groups()))]}
    dates = [date for date in dates_of(words)[0] if date.readings[0][0]]
    if len(dates) == 1:
        readings = dates[0].readings
        return {"date-parts": [_known(*readings[0]) if len(readings) == 1 else [readings[0][0]]]}
    years = sorted({int(year) for year in _YEAR.findall(words)})
    if len(years) == 1:
        return {"date-parts": [years]}
    return {"literal": words} if words else {}


def written_address(source: Source) -> str:
    """Return the address of a page as it is written in a reference: without a name and password, and in ASCII signs.

    Letters of any script stay; blanks, braces, quotation marks and the like become ``%20`` and so on.
    """
    address = one_line(address_words(own_address(source)))[:_LONGEST_ADDRESS]
    return "".join(
        sign if not sign.isascii() or sign.isalnum() or sign in "-._" or sign in _SAFE_IN_ADDRESSES else quote(sign)
        for sign in address
    )


def _text(value: str) -> str:
    return one_line(value)[:_LONGEST_VALUE]


def _numbers(said: Reference) -> dict[str, str]:
    return {
        "DOI": said.doi if _DOI.fullmatch(said.doi) else "",
        "ISBN": said.isbn if _ISBN.fullmatch(said.isbn) else "",
        "ISSN": said.issn if _ISSN.fullmatch(said.issn) else "",
    }


def _known(year: int, month: int, day: int) -> list[int]:
    """The parts of a date as far as each makes sense."""
    if not 1 <= month <= 12:
        return [year]
    return [year, month, day] if 1 <= day <= 31 else [year, month]


def _site(source: Source) -> str:
    """What a site calls itself; a host name is no name."""
    return "" if _is_host(source.site, source) else _text(source.site)


def _is_host(name: str, source: Source) -> bool:
    hosts = {_host(address) for address in (source.address, source.final_address, source.canonical)}
    return name.strip().casefold().removeprefix("www.") in hosts - {""}


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").casefold().removeprefix("www.")
    except ValueError:
        return ""
