"""What the tags, classes and attributes of HTML mean for a reader."""

from __future__ import annotations

import re
from typing import Any

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}

SKIPPED = frozenset(
    "script style template noscript head title meta link base iframe frame frameset object embed applet video audio "
    "canvas svg map area select option datalist button input textarea progress meter dialog rt rp annotation "
    "annotation-xml noframes noembed".split()
)
"""Tags whose content is not text of the page."""

VOID = frozenset("area base br col embed hr img input link meta source track wbr param frame".split())

BLOCKS = frozenset(
    "html body address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol p plaintext pre section summary "
    "table caption colgroup tbody thead tfoot tr td th ul xmp".split()
)
"""Tags that begin and end a stretch of text."""

ROW_BREAKERS = ("table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dl", "blockquote", "form", "xmp", "listing")
"""Tags that no cell of a real table holds: a row with one of them is there for the layout."""

PERMALINK_CLASSES = frozenset(
    "headerlink permalink anchor-link anchorjs-link hash-link heading-anchor viewcode-link viewcode-back "
    "copiable-link mw-editsection".split()
)
PERMALINK_MARKS = frozenset({"¶", "#", "§", "🔗", "⚓", "∞", "[source]", "[edit]", "[back]"})

LINE_NUMBER_CLASSES = frozenset("lineno linenos linenodiv line-number line-numbers gutter ln".split())

NAVIGATION_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "menu", "menubar", "directory", "doc-toc"}
)

NAVIGATION_WORDS = frozenset(
    "pagination nav navbar navigation navheader navfooter navpath navtab navtabs navrow navset topnav subnav "
    "sidenav bottomnav sidebar sphinxsidebar breadcrumb breadcrumbs toc tocbox contents minitoc shortcontents "
    "menu menubar footer related ingroups pager prevnext skip skiplink genindex indextable sitemap tablist qindex "
    "search searchbox cookie cookies consent share sharing social newsletter subscribe advert advertisement ads "
    "promo masthead copyright".split()
)
"""Words in classes and ids of regions that usually lead elsewhere; the region's text has the last say."""

ADMONITIONS = frozenset(
    "note warning tip caution important attention danger hint hinweis achtung warnung wichtig tipp "
    "remarque attention avertissement nota advertencia aviso".split()
)
"""Titles of boxes that belong to the paragraph below them rather than to a section."""

_APPEALS = frozenset({"cookie", "cookies", "consent", "newsletter", "subscribe", "advert", "advertisement", "paywall"})
MARKED_TAGS = frozenset({"a", "span", "td", "div", "sup", "code"})
"""Tags whose class can make them a mark that is not text."""

_OF_HEAD = frozenset("title meta link base style script noscript template basefont bgsound".split())

HIDING_ATTRIBUTES = frozenset({"hidden", "aria-hidden", "style"})

_WORD = re.compile(r"[A-Za-z]+")
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<!-)opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)", re.I
)


def hides(name: str, value: str) -> bool:
    """Return whether an attribute keeps its element from being shown to a reader."""
    if name == "hidden":
        return value.strip().lower() != "until-found"
    if name == "aria-hidden":
        return value.strip().lower() == "true"
    return name == "style" and _HIDING_STYLE.search(value) is not None


def is_permalink(link: Any) -> bool:
    """Return whether a link is only a mark by which its own place can be linked to."""
    if len(link):
        return False
    text = link.text
    return text is not None and text.strip() in PERMALINK_MARKS and (link.get("href") or "").startswith("#")


def titles_a_note(heading: Any) -> bool:
    """Return whether a heading is that of a box in the text: DocBook gives notes headings of their own."""
    parent = heading.getparent() if heading.tag in HEADINGS else None
    label = parent.get("class") if parent is not None else None
    return label is not None and not ADMONITIONS.isdisjoint(label.lower().split())


def names_mark(label: str) -> bool:
    """Return whether a class is that of permalinks or line numbers rather than of text."""
    words = set(label.split())
    return not words.isdisjoint(LINE_NUMBER_CLASSES) or not words.isdisjoint(PERMALINK_CLASSES)


def names_appeal(label: str) -> bool:
    """Return whether a class or id calls its element a plea to the reader: for consent, an address, a purchase."""
    return any(word.lower() in _APPEALS for word in _WORD.findall(label))


def names_navigation(label: str) -> bool:
    """Return whether a class or id calls its element a way to somewhere else."""
    return any(word.lower() in NAVIGATION_WORDS for word in _WORD.findall(label))


def mend_head(root: Any) -> None:
    """Move what stands in the head of a page and is not of it into the body.

    WORKAROUND: libxml2 does not know that <main>, <article>, … begin the body of a page that has no <body> tag.
    """
    head = root.find("head")
    if head is None:
        return
    first = next((index for index, child in enumerate(head) if child.tag not in _OF_HEAD), None)
    if first is None:
        return
    body = root.find("body")
    if body is None:
        body = root.makeelement("body")
        root.append(body)
    for place, child in enumerate(list(head)[first:]):
        body.insert(place, child)
