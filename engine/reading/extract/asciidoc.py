"""AsciiDoc source to blocks: what a reader of the formatted page would see, without the marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft, table_row
from engine.reading.extract.marked_up import Lines, code_of, with_term
from engine.reading.lines import WORD, is_code, is_drawn

_HEADING = re.compile(r"(?P<marks>={1,6}|#{1,6}) +(?P<title>\S.*?)(?: +(?P=marks))?$")
_UNDERLINES = "=-~^+"
_LISTING = re.compile(r"(-{4,}|\.{4,}|\+{4,})$|```\w*$")
_COMMENT_BLOCK = re.compile(r"/{4,}$")
_CONTAINER = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--)$")
_TABLE = re.compile(r"[|!,:]={3,}$")
_UNSEEN = re.compile(
    r"\[\[[^\]]+\]\]$|\[[\w#.%\"',][^\]]*\]$|\[\]$|//(?!/)|:!?[\w-]+!?:(?:\s|$)|(?:include|ifdef|ifndef|ifeval|endif)::"
    r"|(?:toc|image|video)::|<<<$|'{3,}$"
)
_TERM = re.compile(r"(?P<term>\S.*?)(?:::{1,3}|;;)(?:\s+(?P<text>\S.*))?$")
_ITEM = re.compile(r"\s*(?:\*{1,5}|-|\.{1,5}|\d{1,3}\.|[a-z]\.|<(?:\d{1,2}|\.)>)\s+(?=\S)")
_MAIL_HEADER = re.compile(r"[A-Z][\w-]*:\s+\S")
_SIGNS = re.compile(
    r"^={1,5} \S|^\[\[[\w-]+\]\]$|^(?:include|ifdef|ifndef|endif)::|linkgit:\w|<<[\w-]+(?:,[^>]*)?>>"
    r"|^\[(?:verse|NOTE|TIP|source|role|listing)\b|^:[\w-]+: \S",
    re.MULTILINE,
)
_TERM_MARKS = re.compile(r"^\S.{0,70}::$", re.MULTILINE)
_DECLARED = re.compile(r"\A(?:[A-Z][\w-]*:.*\n(?:[ \t].*\n)*)*?content-type: text/asciidoc", re.IGNORECASE)
_LEAST_SIGNS = 3
_LOOKED_AT = 60_000
_PROSE_WORDS = 5

_REPLACED = (
    (re.compile(r"\[\[[\w:.-]+(?:,[^\]]*)?\]\]|\(\(\([^)]{0,400}?\)\)\)"), ""),
    (re.compile(r"<<[^<>,]{1,400},\s*([^<>]{1,400})>>"), r"\1"),
    (re.compile(r"<<#?([\w.-]+)>>"), r"\1"),
    (re.compile(r"\blinkgit:([\w.-]+)\[(\w*)\]"), r"\1(\2)"),
    (
        re.compile(r"(?:link|xref|mailto):\S*?\[([^\[\]]{1,400})\]|\bhttps?://[^\s\[\]]{1,400}\[([^\[\]]{1,400})\]"),
        r"\1\2",
    ),
    (re.compile(r"(?<![\w`])``(\S(?:.{0,400}?\S)?)''(?!\w)"), "“\\1”"),
    (re.compile(r"(?<![\w`])``?(\S(?:[^`]{0,400}?\S)?)``?(?![\w`])"), r"\1"),
    (re.compile(r"(?<![\w*`'\"/(])\*(\w(?:[^*]{0,400}?[\w.!?)])?)\*(?![\w*`'])"), r"\1"),
    (re.compile(r"(?<![\w+`'\"])\+(\S(?:[^+]{0,400}?\S)?)\+(?![\w+])"), r"\1"),
    (re.compile(r"(?<![\w`'])'([^\s'](?:[^']{0,400}?[^\s'])?)'(?![\w`'])"), r"\1"),
    (re.compile(r"(?<![\w`'/.-])_(\w(?:[^_]{0,400}?\w)?)_(?![\w`'/.-])"), r"\1"),
)
_NAMED = {
    "asterisk": "*",
    "caret": "^",
    "tilde": "~",
    "plus": "+",
    "backslash": "\\",
    "backtick": "`",
    "apostrophe": "’",
    "apos": "'",
    "startsb": "[",
    "endsb": "]",
    "litdd": "--",
    "nbsp": " ",
    "empty": "",
    "zwsp": "",
    "lt": "<",
    "gt": ">",
    "amp": "&",
    "vbar": "|",
}
_ATTRIBUTE = re.compile(rf"\{{({'|'.join(_NAMED)})\}}")


def is_asciidoc(text: str) -> bool:
    """Return whether a text is AsciiDoc source: several marks that hardly anything else has, or a header says so."""
    if _DECLARED.match(text[:_LOOKED_AT]):
        return True
    strong = sum(1 for _ in islice(_SIGNS.finditer(text, 0, _LOOKED_AT), _LEAST_SIGNS))
    weak = sum(1 for _ in islice(_TERM_MARKS.finditer(text, 0, _LOOKED_AT), _LEAST_SIGNS))
    return strong >= _LEAST_SIGNS or (strong > 0 and strong + weak >= _LEAST_SIGNS)


def blocks(text: str) -> list[Draft]:
    """Return the blocks of an AsciiDoc text."""
    return list(_Reading(text.split("\n")).drafts())


def inline(text: str) -> str:
    """Return a line of text without marks for emphasis, code and references."""
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    return _ATTRIBUTE.sub(lambda match: _NAMED[match[1]], text)


class _Reading:
    """One pass over the lines."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = Lines(lines)
        self._terms: list[str] = []
        """Waiting for what they mean."""
        self._is_verse = False

    def drafts(self) -> Iterator[Draft]:
        yield from self._mail_headers()
        lines = self._lines
        while not lines.are_done:
            line = lines.current.strip()
            if not line or line == "+":
                lines.skip()
            elif _COMMENT_BLOCK.fullmatch(line):
                lines.skip()
                lines.until(line)
            elif heading := self._heading():
                yield from self._orphaned()
                yield heading
            elif _TABLE.fullmatch(line):
                lines.skip()
                yield from _rows(lines.until(line))
            elif listing := _LISTING.fullmatch(line):
                lines.skip()
                end = listing[0] if listing[1] else "```"
                yield Draft(kind=BlockKind.CODE, text=code_of(lines.until(end)))
            elif _CONTAINER.fullmatch(line) or _UNSEEN.match(line):
                self._is_verse = line.startswith("[verse")
                lines.skip()
            else:
                yield from self._text()
        yield from self._orphaned()

    def _mail_headers(self) -> Iterator[Draft]:
        """Lines such as ``Subject: …`` at the beginning, and what is folded into them."""
        if not all(_MAIL_HEADER.match(line) for line in self._lines.ahead(2)):
            return
        while not self._lines.are_done and self._lines.current.strip():
            taken = [self._lines.take().strip()]
            while not self._lines.are_done and self._lines.current[:1] in (" ", "\t"):
                taken.append(self._lines.take().strip())
            yield Draft(kind=BlockKind.LIST_ITEM, text=" ".join(taken))

    def _heading(self) -> Draft | None:
        line = self._lines.current.rstrip()
        if match := _HEADING.match(line):
            self._lines.skip()
            return Draft(kind=BlockKind.HEADING, text=inline(match["title"]), level=len(match["marks"]))
        following = self._lines.ahead(2)[1:]
        mark = following[0].rstrip() if following else ""
        is_underlined = (
            len(mark) >= 3
            and mark[0] in _UNDERLINES
            and mark == mark[0] * len(mark)
            and abs(len(mark) - len(line)) <= 3
            and line[:1].isalnum() | (line[:1] in "'\"`(<$-")
        )
        if not is_underlined:
            return None
        self._lines.skip(2)
        return Draft(kind=BlockKind.HEADING, text=inline(line), level=1 + _UNDERLINES.index(mark[0]))

    def _orphaned(self) -> Iterator[Draft]:
        """Terms that nothing is said about."""
        if self._terms:
            yield Draft(kind=BlockKind.PARAGRAPH, text=", ".join(self._terms))
            self._terms = []

    def _text(self) -> Iterator[Draft]:
        """A paragraph, an item or an entry, up to a blank line or the next mark."""
        lines = self._lines
        first = lines.current
        if self._is_verse:
            self._is_verse = False
            yield Draft(kind=BlockKind.CODE, text=code_of([inline(line) for line in lines.paragraph()]))
            return
        if (match := _TERM.match(first.strip())) and not _ITEM.match(first):
            lines.skip()
            self._terms.append(inline(match["term"].rstrip()))
            if match["text"]:
                yield self._entry([match["text"], *self._wrapped(is_begun=True)])
            return
        if self._terms:
            if _ITEM.match(first):
                yield from self._orphaned()
            else:
                yield self._entry(self._wrapped())
                return
        if item := _ITEM.match(first):
            lines.skip()
            text = " ".join([first[item.end() :].strip(), *self._wrapped(is_begun=True)])
            yield Draft(kind=BlockKind.LIST_ITEM, text=inline(text))
        elif first[:1] in (" ", "\t"):
            yield _indented(lines.paragraph())
        elif wrapped := self._wrapped():
            yield Draft(kind=BlockKind.PARAGRAPH, text=inline(" ".join(wrapped).removesuffix(" +")))
        else:
            lines.skip()

    def _entry(self, lines: Iterable[str]) -> Draft:
        text = inline(" ".join(lines))
        terms, self._terms = self._terms, []
        return Draft(kind=BlockKind.LIST_ITEM, text=with_term(", ".join(terms), text))

    def _wrapped(self, *, is_begun: bool = False) -> list[str]:
        """The lines of one paragraph, of which the first may be taken already."""
        taken: list[str] = []
        lines = self._lines
        while not lines.are_done:
            line = lines.current.strip()
            is_mark = (
                _LISTING.fullmatch(line)
                or _COMMENT_BLOCK.fullmatch(line)
                or _CONTAINER.fullmatch(line)
                or _TABLE.fullmatch(line)
                or _ITEM.match(line)
                or (line.endswith(("::", ";;")) and _TERM.match(line))
            )
            if not line or line == "+" or ((taken or is_begun) and is_mark):
                break
            if not _UNSEEN.match(line):
                taken.append(line)
            lines.skip()
        return taken


def _indented(lines: list[str]) -> Draft:
    """A listing or, where its lines are sentences, what somebody is quoted with."""
    prose = sum(len(WORD.findall(line)) >= _PROSE_WORDS and not is_drawn(line) for line in lines)
    if 2 * prose >= len(lines) and not any(is_code(line) for line in lines):
        return Draft(kind=BlockKind.QUOTE, text=inline(" ".join(line.strip() for line in lines)))
    return Draft(kind=BlockKind.CODE, text=code_of(lines))


def _rows(lines: Iterable[str]) -> Iterator[Draft]:
    for line in lines:
        if line.lstrip().startswith("|"):
            cells = [inline(cell) for cell in line.strip().removeprefix("|").split("|")]
            yield Draft(kind=BlockKind.TABLE_ROW, text=table_row(cells))
        elif line.strip():
            yield Draft(kind=BlockKind.PARAGRAPH, text=inline(line.strip()))
