"""The search engines that are asked through their pages: what each is, understands, and says when it finds nothing.

The order in which they are asked is that of ``PAGES``. First come those with an index of their own or a large one
that nobody else here shares, so that two of them together know more than either: DuckDuckGo (Bing's index), Brave,
Mojeek, Startpage (Google's). Yahoo shows Bing's index once more, and comes last. Bing itself and Yandex are known to
the library and marked there as not working; they are off unless somebody switches them on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from engine.domain import WebLimits
from engine.search.provider import Facts
from engine.search.regions import country_and_language

_EPOCH = date(1970, 1, 1)
_OWN_REGIONS = {
    "jp-ja": "jp-jp", "kr-ko": "kr-kr", "no-nb": "no-no", "tw-zh": "tw-tzh", "hk-zh": "hk-tzh",
}  # fmt: skip
"""DuckDuckGo's names of regions, where they are not country and language."""
_SPANS = ((1, "d"), (7, "w"), (31, "m"), (366, "y"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePage:
    """One engine."""

    facts: Facts
    nothing: tuple[str, ...]
    """What its page says, in small letters, when it finds nothing. Without one of these it is not believed to."""
    additions: Callable[[WebLimits, date], dict[str, str]]
    """Fields of its form for a range of dates and a region, as of today."""
    cookies: Callable[[str, str], dict[str, str]] | None = None
    """Says a country and a language to an engine whose form has no field for them."""
    can_join: bool = True
    """Whether it understands ``site:one OR site:other``."""
    front_page: str = ""
    """Of an engine whose form has a secret in it."""


def region_of(limits: WebLimits, *, country_of_britain: str = "gb") -> str:
    """Return country and language as ddgs wants them; its own standard if the person wants neither."""
    country, language = country_and_language(limits)
    if not country:
        return "us-en"
    return f"{country_of_britain if country == 'gb' else country}-{language}"


def cookies_of(page: EnginePage, limits: WebLimits) -> dict[str, str]:
    """Return what an engine is told of the region; nothing if the person wants none."""
    country, language = country_and_language(limits)
    return page.cookies(country, language) if page.cookies is not None and country else {}


def _brave_cookies(country: str, _language: str) -> dict[str, str]:
    return {"country": country, "useLocation": "0"}


def _mojeek_cookies(country: str, language: str) -> dict[str, str]:
    return {"arc": country, "lb": language}


def _bing_cookies(country: str, language: str) -> dict[str, str]:
    return {"_EDGE_S": f"mkt={language}-{country}&ui={language}-{country}"}


def _duckduckgo(limits: WebLimits, today: date) -> dict[str, str]:
    region = region_of(limits, country_of_britain="uk") if limits.region or limits.language else "wt-wt"
    region = _OWN_REGIONS.get(region, region)
    fields = {"l": region, "kl": region}
    if limits.since or limits.until:
        fields["df"] = f"{limits.since or '1990-01-01'}..{limits.until or today.isoformat()}"
    return fields


def _brave(limits: WebLimits, today: date) -> dict[str, str]:
    if not (limits.since or limits.until):
        return {}
    return {"tf": f"{limits.since or '1990-01-01'}to{limits.until or today.isoformat()}"}


def _mojeek(limits: WebLimits, _today: date) -> dict[str, str]:
    wishes = {"since": limits.since.replace("-", ""), "before": limits.until.replace("-", "")}
    return {name: value for name, value in wishes.items() if value}


def _startpage(limits: WebLimits, today: date) -> dict[str, str]:
    span = _span(limits, today)
    return {"with_date": span} if span else {}


def _yahoo(limits: WebLimits, today: date) -> dict[str, str]:
    span = _span(limits, today)
    return {"btf": span} if span in ("d", "w", "m") else {}


def _bing(limits: WebLimits, today: date) -> dict[str, str]:
    if not (limits.since or limits.until):
        return {}
    first = _day(limits.since)
    last = _day(limits.until)
    until = (last or today) - _EPOCH
    return {"filters": f'ex1:"ez5_{(first - _EPOCH).days if first else 0}_{until.days}"'}


def _yandex(limits: WebLimits, _today: date) -> dict[str, str]:
    return {"lang": limits.language} if limits.language else {}


def _span(limits: WebLimits, today: date) -> str:
    """Return the shortest span up to today that holds the wanted dates; what lies outside is sorted out afterwards."""
    first = _day(limits.since)
    return "" if first is None else next((name for days, name in _SPANS if (today - first).days <= days), "")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


PAGES = (
    EnginePage(
        facts=Facts(
            name="duckduckgo",
            title="DuckDuckGo",
            hosts=("duckduckgo.com",),
            about="A large index (Bing's) without profiles. Needs no account.",
        ),
        nothing=('class="no-results"', "result--no-result", "class='no-results'"),
        additions=_duckduckgo,
    ),
    EnginePage(
        facts=Facts(
            name="brave",
            title="Brave",
            hosts=("search.brave.com",),
            about="An index of its own. Needs no account.",
        ),
        nothing=("not many great matches came back",),
        additions=_brave,
        cookies=_brave_cookies,
    ),
    EnginePage(
        facts=Facts(
            name="mojeek",
            title="Mojeek",
            hosts=("mojeek.com",),
            about="A small index of its own. Needs no account.",
        ),
        nothing=("no pages found matching", 'class="no-results"', "no results found for"),
        additions=_mojeek,
        cookies=_mojeek_cookies,
        can_join=False,
    ),
    EnginePage(
        facts=Facts(
            name="startpage",
            title="Startpage",
            hosts=("startpage.com",),
            about="Google's results without profiles. Needs no account.",
        ),
        nothing=("sorry, there are no results for this search", "no-results", "there are no web results"),
        additions=_startpage,
        front_page="https://www.startpage.com/",
    ),
    EnginePage(
        facts=Facts(
            name="yahoo",
            title="Yahoo",
            hosts=("search.yahoo.com",),
            about="Bing's index once more, for when the others refuse. Needs no account.",
        ),
        nothing=("we did not find results for", "dd zrp"),
        additions=_yahoo,
    ),
    EnginePage(
        facts=Facts(
            name="bing",
            title="Bing",
            hosts=("bing.com",),
            about="Often does not answer programs.",
            is_default=False,
        ),
        nothing=('class="b_no"', "there are no results for"),
        additions=_bing,
        cookies=_bing_cookies,
    ),
    EnginePage(
        facts=Facts(
            name="yandex",
            title="Yandex",
            hosts=("yandex.com",),
            about="An index of its own, strong in Russian. Often wants proof that a person is there.",
            is_default=False,
        ),
        nothing=("nothing found", "misspell__message", "no matching results"),
        additions=_yandex,
        can_join=False,
    ),
)
