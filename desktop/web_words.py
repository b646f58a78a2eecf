"""The web in words for people, and what people write about it turned into limits. No Qt."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from engine.citations.wording import ENGINE_NAMES
from engine.counting import counted
from engine.domain import EngineReport, EngineState, Reach, Side, WebLimits
from engine.errors import QuestionUnusable
from engine.research import usable_question
from engine.search.plain import QUERY_LIMIT, query_text

REACH_NAMES = {Reach.LIBRARY: "Library", Reach.WEB: "Web", Reach.BOTH: "Both"}
REACH_WORDS = {
    Reach.LIBRARY: "Library: only your folders are searched, and nothing leaves this computer.",
    Reach.WEB: "Web: your question's words go to search engines, and pages are fetched.",
    Reach.BOTH: "Both: each is searched by itself; nothing from your files can reach the web.",
}
"""What a choice means, said before anything is asked."""
SIDE_NAMES = {Side.WEB: "Web", Side.LIBRARY: "Your documents"}
_STATE_WORDS = {
    EngineState.EMPTY: "nothing",
    EngineState.BLOCKED: "refused",
    EngineState.UNREACHABLE: "not reached",
    EngineState.NONSENSE: "an answer that is not understood",
    EngineState.RESTING: "resting",
    EngineState.REFUSED: "not let out",
}
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MOST_SITES = 100


def engine_name(name: str) -> str:
    """Return what a search engine is called."""
    return ENGINE_NAMES.get(name, name)


def engine_words(report: EngineReport) -> str:
    """Return what became of a query at one engine, as ``Brave: refused, too many requests``."""
    name = engine_name(report.name)
    if report.state is EngineState.ANSWERED:
        cached = ", from an answer of the last days" if report.is_cached else ""
        return f"{name}: {counted(report.results, 'result')}{cached}"
    return f"{name}: {_why(report, name) or _STATE_WORDS[report.state]}"


def _why(report: EngineReport, name: str) -> str:
    """Return the first sentence about an engine as it stands after its name: ``refused, too many requests``."""
    first = report.words.strip().split(". ", 1)[0].rstrip(".")
    if first.startswith(f"{name} "):
        return first.removeprefix(f"{name} ").replace("refused the query: ", "refused, ").replace(": ", ", ")
    return f"{_STATE_WORDS[report.state]}, {_lower(first)}" if first else ""


def engines_line(reports: tuple[EngineReport, ...]) -> str:
    """Return what became of a query at every engine, on one line."""
    return " · ".join(engine_words(report) for report in reports)


def _lower(words: str) -> str:
    """Return words as they stand in the middle of a sentence; a name or an abbreviation keeps its capital."""
    first = words.split(" ", 1)[0]
    return words if len(first) > 1 and not first[1:].islower() else words[:1].lower() + words[1:]


# --- what is written about sites, dates, language and region ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsText:
    """Limits as a person writes them."""

    only: str = ""
    never: str = ""
    preferred: str = ""
    since: str = ""
    until: str = ""
    language: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsAnswer:
    """What was understood."""

    limits: WebLimits
    problems: tuple[tuple[str, str], ...] = ()
    """Name of a field of ``LimitsText``, and what is wrong with it in a sentence."""


def understood(text: LimitsText, *, today: date) -> LimitsAnswer:
    """Return the limits that are written, and what is wrong with those that are not."""
    problems: list[tuple[str, str]] = []
    sites: dict[str, tuple[str, ...]] = {}
    for field in ("only", "never", "preferred"):
        found, wrong = _sites(getattr(text, field))
        sites[field] = found
        if wrong:
            problems.append((field, f"“{wrong}” is not a site. Write it like example.org."))
    if not any(field == "never" for field, _ in problems):
        both = sorted(set(sites["only"]) & set(sites["never"]))
        if both:
            problems.append(("never", f"{both[0]} is also under “Only these sites”."))
    since = _day(text.since, problems, field="since")
    until = _day(text.until, problems, field="until", is_end=True)
    if since and until and since > until:
        problems.append(("until", "The end is before the beginning."))
    if since and since > today.isoformat():
        problems.append(("since", "That day has not come yet."))
    language = _letters(text.language, problems, field="language", example="de for German")
    region = _letters(text.region, problems, field="region", example="at for Austria")
    limits = WebLimits(
        only=sites["only"],
        never=sites["never"],
        preferred=sites["preferred"],
        since=since,
        until=until,
        language=language,
        region=region,
    )
    return LimitsAnswer(limits=limits, problems=tuple(problems))


def written(limits: WebLimits) -> LimitsText:
    """Return limits as a person would write them."""
    return LimitsText(
        only=", ".join(limits.only),
        never=", ".join(limits.never),
        preferred=", ".join(limits.preferred),
        since=limits.since,
        until=limits.until,
        language=limits.language,
        region=limits.region,
    )


def limits_words(limits: WebLimits) -> str:
    """Return limits in a few words; empty when there are none."""
    parts = []
    for sites, words in ((limits.only, "only"), (limits.never, "never"), (limits.preferred, "first")):
        if sites:
            parts.append(f"{words} {sites[0] if len(sites) == 1 else counted(len(sites), 'site')}")
    if limits.since and limits.until:
        parts.append(f"{limits.since} to {limits.until}")
    elif limits.since:
        parts.append(f"since {limits.since}")
    elif limits.until:
        parts.append(f"until {limits.until}")
    if limits.language:
        parts.append(f"in {limits.language}")
    if limits.region:
        parts.append(f"from {limits.region.upper()}")
    return " · ".join(parts)


def sendable(words: str) -> str:
    """Return words exactly as search engines get them, so that nothing else is shown and approved.

    Raises:
        QuestionUnusable: nothing is left of them that can be searched for, or they are too long for a query.
    """
    written = " ".join(words.split())
    if len(written) > QUERY_LIMIT:
        raise QuestionUnusable(
            f"That is too long for a query ({len(written):,} characters)",
            hint=f"A query has at most {QUERY_LIMIT} characters. A few words, or a sentence, are best.",
        )
    sent = query_text(usable_question(written))
    if not sent or query_text(sent) != sent:
        raise QuestionUnusable("There is nothing in it to search for", hint="Write a few words.")
    return usable_question(sent)


def site_of(address: str) -> str:
    """Return the host of an address of the web as people write it; empty for others."""
    if not address.startswith(("http://", "https://")):
        return ""
    host = re.split(r"[/?#]", address.split("//", 1)[1], maxsplit=1)[0].rsplit("@", 1)[-1]
    host = re.sub(r":\d*$", "", host)  # [::1] ends in a bracket
    return host.lower().removeprefix("www.")


def _sites(text: str) -> tuple[tuple[str, ...], str]:
    """Return the domains that are written, and the first thing that is none."""
    found: dict[str, None] = {}
    for part in re.split(r"[\s,;]+", text.strip()):
        if not part:
            continue
        site = part.casefold().removeprefix("*.")
        if "://" in site:
            site = site.split("://", 1)[1]
        site = re.split(r"[/?#:]", site, maxsplit=1)[0].removeprefix("www.").rstrip(".")
        try:
            site = site if site.isascii() else unicodedata.normalize("NFC", site).encode("idna").decode("ascii")
        except UnicodeError:
            return tuple(found), part
        labels = site.split(".")
        is_number = labels[-1].isdecimal()
        if len(labels) < 2 or is_number or len(site) > 253 or not all(_LABEL.fullmatch(one) for one in labels):
            return tuple(found), part
        found[site] = None
        if len(found) > _MOST_SITES:
            return tuple(found), part
    return tuple(found), ""


def _day(text: str, problems: list[tuple[str, str]], *, field: str, is_end: bool = False) -> str:
    """Return a day as ``YYYY-MM-DD``; of a year or a month alone its first day, or its last where it is an end."""
    text = text.strip()
    if not text:
        return ""
    parts = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text)
    try:
        if parts is None:
            raise ValueError(text)
        year, month, day = (int(part) if part else 0 for part in parts.groups())
        if day:
            return date(year, month, day).isoformat()
        if month:
            first = date(year, month, 1)
            following = date(year + month // 12, month % 12 + 1, 1)
            return (date.fromordinal(following.toordinal() - 1) if is_end else first).isoformat()
        return date(year, 12, 31).isoformat() if is_end else date(year, 1, 1).isoformat()
    except ValueError:
        problems.append((field, f"“{text[:20]}” is not a day. Write it like 2024-05-31, or only 2024."))
        return ""


def _letters(text: str, problems: list[tuple[str, str]], *, field: str, example: str) -> str:
    text = text.strip().casefold()
    if not text:
        return ""
    if re.fullmatch(r"[a-z]{2}", text):
        return text
    problems.append((field, f"Write two letters, like {example}."))
    return ""
