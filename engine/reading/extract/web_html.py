"""A page from the web to a document: without what people do not see, and with what is beside the point marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HTMLParser

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, assemble
from engine.reading.extract.hidden import hides_by_itself, take_out_hidden
from engine.reading.extract.html_flat import flat_blocks
from engine.reading.extract.html_navigation import ASIDE_MARK
from engine.reading.extract.html_tags import mend_head
from engine.reading.extract.html_walk import blocks_of
from engine.reading.extract.main_content import mark_asides

_NATURAL_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
_MAX_NATURAL_WORDS = 3
_NOT_IN_TREES = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
"""What XML has no place for: a tree that was parsed with them cannot be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A parsed page."""

    root: Any
    """None for a page without any elements."""
    is_too_deep: bool


def parsed(text: str) -> Tree:
    """Return the page as a tree.

    Raises:
        DocumentUnreadable: the parser gives up.
    """
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(_NOT_IN_TREES.sub("", text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return Tree(root=None, is_too_deep=False)
    except etree.LxmlError as error:
        raise DocumentUnreadable("The page is damaged", hint="Its markup cannot be understood.") from error
    if root is not None:
        mend_head(root)
    is_too_deep = any("depth" in entry.message for entry in parser.error_log.filter_from_fatals())
    return Tree(root=root, is_too_deep=is_too_deep)


def visible_blocks(
    tree: Tree, text: str, *, styles: Iterable[str] = (), give_up_at: float
) -> tuple[list[Draft], tuple[str, ...]]:
    """Return the blocks that people see, and warnings; what the page is not about is marked as navigation.

    Args:
        tree: of the page; it is changed: what people do not see is gone afterwards.
        text: the page's markup.
        styles: style sheets that belong to the page and do not stand in it.
        give_up_at: when to do without finer judgement, by ``time.process_time``.
    """
    if tree.root is None:
        return [], ()
    if tree.is_too_deep:
        return flat_blocks(text, hides=hides_by_itself), (
            "The page is nested absurdly deeply; its structure was ignored.",
        )
    root = tree.root
    warnings: list[str] = []
    removed = take_out_hidden(root, styles=styles)
    if removed.camouflaged >= 40:
        warnings.append("Words that nobody can see on the page, such as white on white, were left out.")
    if removed.is_page_hidden:
        warnings.append("The page hides itself until its program has run; its text was read all the same.")
    for element in root.iter():
        for name in ("style", "hidden", ASIDE_MARK):
            if name in element.attrib:
                del element.attrib[name]
        if element.tag == "img" and len(_NATURAL_WORD.findall(element.get("alt") or "")) > _MAX_NATURAL_WORDS:
            del element.attrib["alt"]  # a description in words is not on the page; a formula is
    drafts = blocks_of(root)
    prose = sum(len(d.text) for d in drafts if not d.is_navigation and d.kind is not BlockKind.CODE)
    if mark_asides(root, prose_characters=prose, give_up_at=give_up_at):
        judged = blocks_of(root, is_judged=True)
        if any(not draft.is_navigation for draft in judged):
            return judged, tuple(warnings)
    return drafts, tuple(warnings)


def extract(content: Content, text: str, tree: Tree, *, styles: Iterable[str] = ()) -> Document:
    """Return the page as a document, for tests and measurements; see ``web`` for the whole of it."""
    drafts, warnings = visible_blocks(tree, text, styles=styles, give_up_at=content.give_up_at)
    return assemble(drafts, format="html", stem=content.stem, characters=content.characters, warnings=warnings)
