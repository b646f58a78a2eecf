"""What a page from the web says about itself: title, authors, date, language, site, its own address, its links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from engine.reading.extract.draft import Metadata, one_line
from engine.reading.extract.page_data import described_in, first, main_article, metas_of, name_of
from engine.reading.extract.page_reference import page_reference

_MAX_LINKS = 1_000
_MAX_ADDRESS_LENGTH = 2_000
_MAX_LABEL_LENGTH = 200
_MAX_TITLE_LENGTH = 2_000

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "citation_publication_date", "citation_date",
    "citation_online_date", "dcterms.issued", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date",
    "datepublished", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date",
    "date", "rnews:datepublished",
)  # fmt: skip
_AUTHORS = (
    "citation_author", "citation_authors", "dc.creator", "dcterms.creator", "author", "article:author",
    "parsely-author", "byl",
)  # fmt: skip
_TITLES = ("og:title", "citation_title", "dc.title", "twitter:title", "title")
_SITES = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher", "al:ios:app_name")
_DATE = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}"
    r"|\d{1,2} [A-Z][a-z]{2,8}\.? \d{4}|\d{4}年\d{1,2}月\d{1,2}日|^(?:1[4-9]|20)\d{2}$"
)
_BYLINE = re.compile(r"\b(?:byline|author(?:-?name)?|p-author|dc-creator)\b", re.I)
_BY = re.compile(r"^(?:by|von|par|por|di|written by)[:\s]+", re.I)
_SEPARATOR = re.compile(r"\s+[|–—·•»-]\s+")
_SURNAME = re.compile(r"\s*(?:,? and | und | et |;)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a page says of itself, besides its text."""

    metadata: Metadata
    site: str = ""
    canonical: str = ""
    is_free: bool = True
    """False where the page itself says that only those who pay see all of it."""


def stated_facts(root: Any, *, address: str) -> Stated:
    """Return what the page says about itself; to be asked before anything is taken out of the tree."""
    metas = metas_of(root)
    article = main_article(root)
    site = first(metas, _SITES) or name_of(article.get("publisher"))
    title = one_line(root.xpath("string(//head/title)")[:_MAX_TITLE_LENGTH])
    heading = one_line(root.xpath("string(//h1[1])")[:_MAX_TITLE_LENGTH])
    language = _language(root, metas)
    return Stated(
        metadata=Metadata(
            title=_title(title, first(metas, _TITLES), heading, site),
            language=language,
            authors=_authors(root, metas, article),
            published=_published(root, metas, article),
            reference=page_reference(root, metas=metas, article=article, language=language),
        ),
        site=site[:_MAX_LABEL_LENGTH],
        canonical=_canonical(root, metas, address),
        is_free=not any(str(data.get("isAccessibleForFree", "")).lower() == "false" for data in described_in(root)),
    )


def links_of(root: Any, *, address: str) -> tuple[str, ...]:
    """Return the absolute http and https addresses that the page's links lead to, each once, in their order."""
    base = _base(root, address)
    own = urldefrag(address)[0]
    found: dict[str, None] = {}
    for link in root.iter("a", "area"):
        target = (link.get("href") or "").strip()
        if not target or target.startswith("#") or len(target) > _MAX_ADDRESS_LENGTH:
            continue
        absolute = _absolute(base, target)
        if absolute and absolute != own:
            found.setdefault(absolute, None)
            if len(found) >= _MAX_LINKS:
                break
    return tuple(found)


def host_of(address: str) -> str:
    """Return the host of an address, without ``www.``; empty if it has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _absolute(base: str, target: str) -> str:
    """The address without its fragment; empty unless it is one of the web's."""
    try:
        joined = urldefrag(urljoin(base, target))[0]
        parts = urlsplit(joined)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return ""
    except ValueError:
        return ""
    if len(joined) > _MAX_ADDRESS_LENGTH or any(ord(letter) <= 32 or ord(letter) == 127 for letter in joined):
        return ""
    return joined


def _base(root: Any, address: str) -> str:
    element = next(root.iter("base"), None)
    stated = (element.get("href") or "").strip() if element is not None else ""
    return (_absolute(address, stated) if stated else "") or address


def _authors(root: Any, metas: dict[str, list[str]], article: dict[str, Any]) -> tuple[str, ...]:
    stated = article.get("author")
    names = [name_of(one) for one in (stated if isinstance(stated, list) else [stated])[:50]]
    if not any(names):
        names = next((metas[name] for name in _AUTHORS if name in metas), [])
    if not any(names):
        names = [
            one_line(element.text_content()[:500])
            for element in root.xpath("//*[@rel='author' or @itemprop='author'][not(self::link or self::meta)]")[:10]
        ]
    if not any(names):
        shown = next((e for e in root.iter("p", "span", "div", "a") if _BYLINE.search(e.get("class") or "")), None)
        words = one_line(shown.text_content()[:500]) if shown is not None else ""
        names = [words] if _BY.match(words) and len(words) < 100 else []
    parted: list[str] = []
    for name in names:
        for part in _SURNAME.split(_BY.sub("", name[:500])):
            if part and not part.startswith(("http:", "https:", "www.", "@")) and len(part) <= 100:
                parted.append(part.strip(" ,"))
    return tuple(dict.fromkeys(name for name in parted if name))


def _published(root: Any, metas: dict[str, list[str]], article: dict[str, Any]) -> str:
    stated = article.get("datePublished") or article.get("dateCreated")
    candidates = [stated if isinstance(stated, str) else ""]
    candidates += [metas[name][0] for name in _PUBLISHED if name in metas]
    times = [time for time in root.iter("time") if time.get("datetime")]
    marked = [
        time
        for time in times
        if time.get("pubdate") is not None or "publish" in f"{time.get('itemprop')} {time.get('class')}".lower()
    ]
    candidates += [
        element.get("content") or element.get("datetime") or one_line(element.text_content()[:100])
        for element in root.xpath("//*[@itemprop='datePublished']")[:3]
    ]
    candidates += [time.get("datetime") for time in marked[:1]]
    if not marked and times and not _is_in_list(times[0]):
        candidates.append(times[0].get("datetime"))
    return next((one_line(text)[:40] for text in candidates if text and _DATE.search(text[:100])), "")


def _is_in_list(time: Any) -> bool:
    """Whether a time stands in a list of other pages rather than over this one."""
    return any(ancestor.tag in ("li", "nav", "aside", "footer", "td") for ancestor in time.iterancestors())


def _language(root: Any, metas: dict[str, list[str]]) -> str:
    stated = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""
    stated = stated or first(metas, ("content-language", "og:locale", "dc.language", "language"))
    stated = stated.partition(",")[0].strip().replace("_", "-")
    return stated if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", stated) else ""


def _title(stated: str, shared: str, heading: str, site: str) -> str:
    """The title without the name of the site, which has a place of its own."""
    heading = heading.rstrip("¶# ")
    parts = _SEPARATOR.split(stated)
    if len(parts) > 1:
        for left, right in ((" ".join(parts[:-1]), parts[-1]), (" ".join(parts[1:]), parts[0])):
            if site and right.casefold() == site.casefold() and left:
                cut = (
                    stated[: stated.rfind(parts[-1])]
                    if right is parts[-1]
                    else stated[stated.find(parts[0]) + len(parts[0]) :]
                )
                return _SEPARATOR.sub(" – ", cut).strip(" |–—·•»-")
        if shared and shared in stated and len(shared) >= 10:
            return shared
    return stated or shared or heading


def _canonical(root: Any, metas: dict[str, list[str]], address: str) -> str:
    """The address the page calls its own; believed only where it lies on the same site."""
    stated = next(
        (link.get("href") for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()), ""
    )
    stated = (stated or first(metas, ("og:url",))).strip()
    if not stated or len(stated) > _MAX_ADDRESS_LENGTH:
        return ""
    absolute = _absolute(address, stated)
    own, host = host_of(address), host_of(absolute)
    return absolute if own and (host == own or _is_subdomain(host, own) or _is_subdomain(own, host)) else ""


def _is_subdomain(host: str, other: str) -> bool:
    """Whether one host lies within the other, which is more than a public ending such as ``co.uk``."""
    labels = other.split(".")
    is_ending = len(labels) < 2 or (len(labels) == 2 and len(labels[0]) <= 3 and len(labels[1]) == 2)
    return host.endswith(f".{other}") and not is_ending
