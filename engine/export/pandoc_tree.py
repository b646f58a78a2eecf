"""A document as the tree that pandoc reads: each text a leaf of its own, never parsed as markup."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.citations.wording import STATE_SIGNS, STATE_WORDS
from engine.export.manuscript import (
    Block,
    Bullets,
    CitedWork,
    Code,
    Grid,
    Heading,
    Inline,
    Look,
    Manuscript,
    MarkLink,
    Paragraph,
    Quotation,
    Role,
    Sign,
    StyledCitation,
    WebLink,
    Words,
    WorksCited,
)
from engine.export.printable import direction, printable
from engine.export.widths import column_shares

Node = dict[str, Any]
"""``{"t": name, "c": content}``, as pandoc's JSON has it."""

API_VERSION = (1, 23, 1)
_NO_ATTRIBUTES: list[Any] = ["", [], []]
_BREAK = "\u200b"
"""A place where a line may end, and nothing to see."""
_LEAST_LETTERS = 8
_BREAKABLE = re.compile(r"(?<=[/?&=._-])(?=\w)")

ROLE_STYLES = {
    Role.ANSWER: "Plumbline Answer",
    Role.NOTICE: "Plumbline Notice",
    Role.QUIET: "Plumbline Note",
    Role.ENTRY: "Plumbline Entry",
}
"""Names of the paragraph styles in word processors; BODY has the usual one."""
QUIET_STYLE = "Plumbline Quiet"
MARK_STYLE = "Plumbline Mark"
SIGN_STYLE = "Plumbline Sign"
FINGERPRINT_STYLE = "Plumbline Fingerprint"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLook:
    """What differs from one kind of file to the next."""

    has_signs: bool = True
    """Whether the fonts that it will be set in have signs for the states; else they are said in words."""
    line_letters: int = 0
    """Of longer words it has to be said where they may end; 0 where the program that shows it finds that out."""
    unprintable: str = "\ufffd"
    """What stands for a sign that cannot be shown. LuaTeX takes the usual one for damage of the file."""
    raw: Mapping[str, str] = field(default_factory=dict)
    """Signs that pandoc would write so that they become others, with the LaTeX that shows them."""
    fingerprint: tuple[str, str] = ("", "")
    """The LaTeX before and after a hash."""
    turns_each_run: bool = False
    """Whether nobody finds out which words run from right to left: then it is said at each run of words, and at each
    paragraph of a quotation."""
    turns_by_style: bool = False
    """Whether the direction of a paragraph can only be said by its style, whose name then may have no spaces."""


def tree_of(manuscript: Manuscript, look: TreeLook, *, extra: Mapping[str, Node] | None = None) -> Node:
    """Return the document as pandoc's JSON.

    Args:
        manuscript: the document.
        look: what the format needs.
        extra: further metadata, as nodes.
    """
    trees = _Trees(look=look)
    meta: dict[str, Node] = {
        "lang": _meta_string("en"),  # of the words that are ours
        "date": _meta_string(manuscript.at.date().isoformat()),
        "identifier": _meta_string(manuscript.identifier),
    }
    meta["title"] = {"t": "MetaInlines", "c": trees.title(manuscript.title)}
    if manuscript.works:
        meta["references"] = {"t": "MetaList", "c": [_work(work) for work in manuscript.works]}
    meta |= extra or {}
    blocks = [node for block in manuscript.blocks for node in trees.block(block)]
    return {"pandoc-api-version": list(API_VERSION), "meta": meta, "blocks": blocks}


def every_work(works: Iterable[Mapping[str, object]]) -> Node:
    """Return a document that is nothing but the list of some works, given as CSL-JSON."""
    cite = {**_citation(CitedWork(key="*")), "citationMode": {"t": "NormalCitation"}}
    meta = {
        "references": {"t": "MetaList", "c": [_work(work) for work in works]},
        "nocite": {"t": "MetaInlines", "c": [_node("Cite", [[cite], [_node("Str", "@*")]])]},
    }
    return {"pandoc-api-version": list(API_VERSION), "meta": meta, "blocks": [_div([], anchor="refs")]}


def encoded(tree: Node) -> bytes:
    """Return the tree as pandoc reads it from its input."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trees:
    look: TreeLook
    is_turned: bool = False
    """Whether the words stand in a paragraph that runs from right to left."""

    def block(self, block: Block) -> Iterator[Node]:
        match block:
            case Heading():
                yield _node("Header", [block.level, [block.anchor, [], []], self.title(block.text)])
            case Paragraph():
                yield self._paragraph(block)
            case Quotation():
                yield self._quotation(block)
            case Code():
                yield _node("CodeBlock", [_NO_ATTRIBUTES, block.text.replace("\ufffd", self.look.unprintable)])
            case Bullets():
                yield _node("BulletList", [[self._paragraph(one, "Plain") for one in item] for item in block.items])
            case Grid():
                yield self._grid(block)
            case WorksCited():
                yield _div([], anchor="refs")

    def words(self, text: str) -> list[Node]:
        """Return text as words and spaces; line feeds become line breaks."""
        if self.look.turns_each_run and (self.is_turned or _turns(text)):
            return list(self._runs(text))
        return self._plain(text)

    def title(self, text: str) -> list[Node]:
        """Return a title or heading, which as a whole may run from right to left."""
        return [_span(self.words(text), direction="rtl")] if direction(text) == "rtl" else self.words(text)

    def _runs(self, text: str) -> Iterator[Node]:
        """Yield runs of words of one direction; figures run from left to right, signs go with what is before them."""
        runs: list[tuple[str, str]] = []
        for token in re.findall(r"\S+|\s+", text):
            way = "rtl" if _turns(token) else "ltr" if any(one.isalnum() for one in token) else ""
            if runs and way in ("", runs[-1][0]):
                runs[-1] = (runs[-1][0], runs[-1][1] + token)
            else:
                runs.append((way or "ltr", token))
        for way, run in runs:
            words = run.rstrip()
            if words:
                yield _span(self._plain(words), direction=way)
            yield from self._plain(run[len(words) :])

    def _plain(self, text: str) -> list[Node]:
        nodes: list[Node] = []
        for part in re.split(r"([ \t]+|\n)", text):
            if part == "\n":
                nodes.append({"t": "LineBreak"})
            elif part and part.isspace() and not part.strip(" \t"):
                nodes.append({"t": "Space"})
            elif part:
                nodes += self._word(self._broken(part))
        return nodes

    def _paragraph(self, block: Paragraph, kind: str = "Para") -> Node:
        trees = replace(self, is_turned=block.direction == "rtl")
        paragraph = _node(kind, [node for inline in block.inlines for node in trees._inline(inline)])
        style = ROLE_STYLES.get(block.role, "")
        if self.look.turns_by_style and block.direction == "rtl":
            style = f"{style or 'Plumbline Body'} RTL"
        if style or block.anchor or block.direction != "ltr":
            return _div([paragraph], anchor=block.anchor, style=self._style(style), direction=block.direction)
        return paragraph

    def _quotation(self, block: Quotation) -> Node:
        paragraphs = list(self._quoted(block.text))
        if block.direction == "ltr":
            return _node("BlockQuote", paragraphs)
        if self.look.turns_by_style:
            return _div(paragraphs, style=self._style("Plumbline Quotation RTL"), direction=block.direction)
        if self.look.turns_each_run:
            return _node("BlockQuote", [_div([one], direction=block.direction) for one in paragraphs])
        return _div([_node("BlockQuote", paragraphs)], direction=block.direction)

    def _style(self, name: str) -> str:
        return name.replace(" ", "") if self.look.turns_by_style else name

    def _inline(self, inline: Inline) -> Iterator[Node]:
        match inline:
            case Words():
                yield from self._said(inline)
            case Sign():
                words = STATE_SIGNS[inline.state] if self.look.has_signs else f"({STATE_WORDS[inline.state]})"
                yield _span(self.words(words), style=self._style(SIGN_STYLE))
            case MarkLink():
                link = _node("Link", [_NO_ATTRIBUTES, self._plain(inline.words), [f"#{inline.target}", ""]])
                yield _span([link], style=self._style(MARK_STYLE), direction="ltr")
            case WebLink():
                link = _node("Link", [_NO_ATTRIBUTES, self._plain(inline.address), [inline.address, ""]])
                yield _span([link], direction="ltr")
            case StyledCitation():
                cite = _node("Cite", [[_citation(work) for work in inline.works], self.words("[…]")])
                yield _node("Link", [_NO_ATTRIBUTES, [cite], [f"#{inline.target}", ""]])

    def _said(self, inline: Words) -> Iterator[Node]:
        match inline.look:
            case Look.PLAIN:
                yield from self.words(inline.text)
            case Look.STRONG:
                yield _node("Strong", self.words(inline.text))
            case Look.QUIET:
                yield _span(self.words(inline.text), style=self._style(QUIET_STYLE))
            case Look.FINGERPRINT:
                before, after = ([_node("RawInline", ["latex", raw])] if raw else [] for raw in self.look.fingerprint)
                yield _span(
                    [*before, *self._plain(inline.text), *after], style=self._style(FINGERPRINT_STYLE), direction="ltr"
                )

    def _quoted(self, text: str) -> Iterator[Node]:
        paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()] or [""]
        for paragraph in paragraphs:
            lines = [line.strip(" \t") for line in paragraph.split("\n") if line.strip()]
            yield _node("Para", self.words("\n".join(lines)))

    def _grid(self, grid: Grid) -> Node:
        shares = column_shares(grid)
        line = self.look.line_letters
        letters = [max(_LEAST_LETTERS, int(line * share)) if line else 0 for share in shares]
        places = [_Trees(look=replace(self.look, line_letters=most)) for most in letters]
        header = _row(
            [
                _node("Plain", [_node("Strong", place.words(column))])
                for place, column in zip(places, grid.columns, strict=True)
            ]
        )
        rows = [_row([place._paragraph(cell) for place, cell in zip(places, row, strict=True)]) for row in grid.rows]
        return _node(
            "Table",
            [
                _NO_ATTRIBUTES,
                [None, []],
                [[{"t": "AlignLeft"}, _node("ColWidth", round(share, 4))] for share in shares],
                [_NO_ATTRIBUTES, [header]],
                [[_NO_ATTRIBUTES, 0, [], rows]],
                [_NO_ATTRIBUTES, []],
            ],
        )

    def _word(self, word: str) -> Iterator[Node]:
        raw = self.look.raw
        for piece in re.split(f"([{re.escape(''.join(raw))}])", word) if raw else (word,):
            if piece in raw:
                yield _node("RawInline", ["latex", raw[piece]])
            elif piece:
                yield _node("Str", piece)

    def _broken(self, word: str) -> str:
        word = word.replace("\ufffd", self.look.unprintable)
        letters = self.look.line_letters
        return _with_breaks(word, max(4, letters // 3)) if 0 < letters < len(word) else word


def _with_breaks(word: str, most: int) -> str:
    """Let a long word end behind the signs of an address, and where there are none after so many letters."""
    pieces: list[str] = []
    for part in _BREAKABLE.split(word):
        start = 0
        while start < len(part):
            end = start + most
            while end < len(part) and _is_joined(part[end - 1], part[end]):
                end += 1
            pieces.append(part[start:end])
            start = end
    return _BREAK.join(pieces)


def _turns(text: str) -> bool:
    """Whether something of the text runs from right to left."""
    return any(unicodedata.bidirectional(one) in ("R", "AL") for one in text)


def _is_joined(one: str, next_: str) -> bool:
    """Whether two signs may be parts of one: a letter and its accent, the parts of an emoji."""
    return unicodedata.category(next_) in ("Mn", "Mc", "Me", "Sk", "Cf") or unicodedata.category(one) == "Cf"


def _citation(work: CitedWork) -> Node:
    suffix = [_node("Str", f", page {work.page}")] if work.page is not None else []
    return {
        "citationId": work.key,
        "citationPrefix": [],
        "citationSuffix": suffix,
        "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": 0,
        "citationHash": 0,
    }


def _work(value: object) -> Node:
    """Return CSL-JSON as metadata whose texts are texts: a title is no place for markup."""
    if isinstance(value, Mapping):
        return _node("MetaMap", {printable(str(name)): _work(one) for name, one in value.items()})
    if isinstance(value, list | tuple):
        return _node("MetaList", [_work(one) for one in value])
    if isinstance(value, bool):
        return _node("MetaBool", value)
    text = " ".join(printable(str(value)).split())
    return _node("MetaInlines", _Trees(look=TreeLook()).words(text))


def _row(cells: Iterable[Node]) -> list[Any]:
    return [_NO_ATTRIBUTES, [[_NO_ATTRIBUTES, {"t": "AlignDefault"}, 1, 1, [cell]] for cell in cells]]


def _div(blocks: list[Node], *, anchor: str = "", style: str = "", direction: str = "ltr") -> Node:
    return _node("Div", [_attributes(anchor, style, "" if direction == "ltr" else direction), blocks])


def _span(inlines: list[Node], *, style: str = "", direction: str = "") -> Node:
    return _node("Span", [_attributes("", style, direction), inlines])


def _attributes(anchor: str, style: str, direction: str) -> list[Any]:
    pairs = [["custom-style", style]] if style else []
    classes = [style.casefold().replace(" ", "-")] if style else []
    return [anchor, classes, pairs + ([["dir", direction]] if direction else [])]


def _meta_string(text: str) -> Node:
    return _node("MetaString", text)


def _node(name: str, content: object) -> Node:
    return {"t": name, "c": content}
