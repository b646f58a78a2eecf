"""What a page says of itself for reference lists: the tags that scholarly sites have, Dublin Core, PRISM, JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from engine.domain import Reference
from engine.reading.extract.page_data import first, kinds_of, name_of, text_of
from engine.reading.extract.reference import cleaned, doi_of, issn_of, merged, pages_of, range_of

_KINDS = (
    ("scholarlyarticle", "article-journal"),
    ("newsarticle", "article-newspaper"),
    ("blogposting", "post-weblog"),
    ("chapter", "chapter"),
    ("thesis", "thesis"),
    ("dataset", "dataset"),
    ("legislation", "legislation"),
    ("book", "book"),
    ("report", "report"),
)
"""Types of schema.org, the more particular first, and what reference lists call them."""
_CONTAINERS = ("periodical", "newspaper", "magazine", "book", "proceedings", "encyclopedia")
_DOI_TAGS = (
    "citation_doi", "prism.doi", "bepress_citation_doi", "eprints.doi", "dc.identifier.doi", "dc.identifier",
    "dcterms.identifier", "doi",
)  # fmt: skip
_DOI_LINKS = frozenset({"cite-as", "doi", "identifier", "canonical"})
_MAX_DEPTH = 6


def page_reference(root: Any, *, metas: dict[str, list[str]], article: dict[str, Any], language: str = "") -> Reference:
    """Return what the page says of itself; what it does not say is empty.

    Args:
        root: of the page.
        metas: its ``meta`` elements, by name.
        article: what its JSON-LD says of the text it shows.
        language: of the page.
    """
    tagged, described = _of_tags(metas), _of_data(article)
    doi = tagged.doi or described.doi or next((doi for doi in _linked_dois(root) if doi), "")
    if tagged.kind == "article-journal" and described.kind not in ("", "article-journal", "article-newspaper"):
        tagged = merged(Reference(kind=described.kind), tagged)
    return cleaned(merged(Reference(doi=doi), tagged, described), language=language)


def _of_tags(metas: dict[str, list[str]]) -> Reference:
    journal = first(metas, ("citation_journal_title", "prism.publicationname", "bepress_citation_journal_title"))
    meeting = first(metas, ("citation_conference_title", "citation_conference"))
    book = first(metas, ("citation_inbook_title", "citation_book_title"))
    school = first(metas, ("citation_dissertation_institution", "bepress_citation_dissertation_institution"))
    office = first(metas, ("citation_technical_report_institution", "bepress_citation_technical_report_institution"))
    kinds = (
        ("article-journal", journal),
        ("paper-conference", meeting),
        ("chapter", book),
        ("thesis", school),
        ("report", office or first(metas, ("citation_technical_report_number",))),
        ("book", first(metas, ("citation_isbn", "book:isbn"))),
    )
    start = first(metas, ("citation_firstpage", "prism.startingpage", "bepress_citation_firstpage"))
    end = first(metas, ("citation_lastpage", "prism.endingpage", "bepress_citation_lastpage"))
    issns = metas.get("citation_issn", []) + metas.get("prism.issn", []) + metas.get("prism.eissn", [])
    issns += metas.get("dcterms.ispartof", []) + metas.get("dc.relation.ispartof", [])
    return Reference(
        kind=next((kind for kind, said in kinds if said), ""),
        container=journal or meeting or book,
        publisher=first(metas, ("citation_publisher",)) or school or office or first(metas, ("dc.publisher",)),
        volume=first(metas, ("citation_volume", "prism.volume", "bepress_citation_volume")),
        issue=first(metas, ("citation_issue", "prism.number", "bepress_citation_issue")),
        pages=pages_of(start, end) or range_of(first(metas, ("citation_pages", "prism.pagerange"))),
        doi=next((doi for name in _DOI_TAGS for value in metas.get(name, []) if (doi := doi_of(value))), ""),
        isbn=first(metas, ("citation_isbn", "book:isbn", "prism.isbn")),
        issn=next((issn for one in issns if (issn := issn_of(one))), ""),
        language=first(metas, ("citation_language", "dc.language", "dcterms.language")),
    )


def _of_data(article: dict[str, Any]) -> Reference:
    if not article:
        return Reference()
    types = kinds_of(article)
    above = list(_containers(article))
    holder = next((one for one in above if any(word in kinds_of(one) for word in _CONTAINERS)), {})
    publisher = article.get("publisher") or holder.get("publisher")
    return Reference(
        kind=next((kind for type_, kind in _KINDS if type_ in types), ""),
        container=name_of(holder),
        publisher=name_of(publisher),
        volume=next((text for one in (article, *above) if (text := text_of(one.get("volumeNumber")))), ""),
        issue=next((text for one in (article, *above) if (text := text_of(one.get("issueNumber")))), ""),
        pages=pages_of(text_of(article.get("pageStart")), text_of(article.get("pageEnd")))
        or range_of(text_of(article.get("pagination"))),
        doi=next((doi for value in _identifiers(article) if (doi := doi_of(value))), ""),
        isbn=next((text for one in (article, holder) if (text := text_of(one.get("isbn")))), ""),
        issn=next((issn for one in above if (issn := issn_of(" ".join(_texts(one.get("issn")))))), ""),
        language=text_of(article.get("inLanguage")) or _language_code(article.get("inLanguage")),
    )


def _containers(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What it is part of, and what that is part of: issue, volume, journal."""
    waiting, seen = [article.get("isPartOf")], 0
    while waiting and seen < _MAX_DEPTH:
        value = waiting.pop(0)
        seen += 1
        if isinstance(value, list):
            waiting.extend(value[:_MAX_DEPTH])
        elif isinstance(value, dict):
            yield value
            waiting.append(value.get("isPartOf"))


def _identifiers(article: dict[str, Any]) -> Iterator[str]:
    """What may be its DOI, the plainest first."""
    yield from _texts(article.get("doi"))
    for value in _listed(article.get("identifier")):
        if isinstance(value, dict) and "doi" in str(value.get("propertyID", value.get("name", ""))).lower():
            yield from _texts(value.get("value"))
        elif isinstance(value, str):
            yield value
    yield from _texts(article.get("sameAs"))
    yield from _texts(article.get("@id"))


def _linked_dois(root: Any) -> Iterator[str]:
    for link in root.iter("link"):
        if _DOI_LINKS & set((link.get("rel") or "").lower().split()):
            yield doi_of(unquote((link.get("href") or "")[:500]))


def _listed(value: Any) -> list[Any]:
    return value[:20] if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    return [one for one in _listed(value) if isinstance(one, str)]


def _language_code(value: Any) -> str:
    return text_of(value.get("alternateName")) if isinstance(value, dict) else ""
