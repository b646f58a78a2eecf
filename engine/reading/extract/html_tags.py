"""What the tags, classes and attributes of HTML mean for a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    "note notes warning warnings tip tips caution important attention danger hint hinweis achtung warnung wichtig tipp "
    "remarque attention avertissement nota advertencia aviso".split()
)
"""Titles of boxes that belong to the paragraph below them rather than to a section."""

_MARKED_TAGS = frozenset({"a", "span", "td", "div", "sup", "code"})
_WORD = re.compile(r"[A-Za-z]+")
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<!-)opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)", re.I
)


def is_hidden(attributes: Iterable[tuple[str, str]]) -> bool:
    """Return whether an element with these attributes is not shown to a reader."""
    for name, value in attributes:
        if name == "hidden":
            return value.strip().lower() != "until-found"
        if name == "aria-hidden":
            if value.strip().lower() == "true":
                return True
        elif name == "style" and _HIDING_STYLE.search(value):
            return True
    return False


def is_mark(element: Any) -> bool:
    """Return whether an element is a permalink, a line number or a reference mark rather than text."""
    tag = element.tag
    classes = element.get("class")
    if classes and tag in _MARKED_TAGS:
        words = set(classes.split())
        if words & LINE_NUMBER_CLASSES or words & PERMALINK_CLASSES or (tag == "sup" and "reference" in words):
            return True
    if tag == "a" and len(element) == 0:
        text = element.text
        return text is not None and text.strip() in PERMALINK_MARKS and (element.get("href") or "").startswith("#")
    return False


def names_navigation(label: str) -> bool:
    """Return whether a class or id calls its element a way to somewhere else."""
    return any(word.lower() in NAVIGATION_WORDS for word in _WORD.findall(label))
