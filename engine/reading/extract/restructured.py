"""reStructuredText source to blocks: what a reader of the formatted page would see, without the marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft, table_row
from engine.reading.extract.marked_up import Lines, code_of, indent_of, with_term

_RULE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}$")
_DIRECTIVE = re.compile(r"\.\. +(?:\|[^|]+\| +)?(?P<name>[\w+-]+(?::[\w+-]+)*) *::(?:\s+(?P<rest>\S.*))?$")
_EXPLICIT = re.compile(r"\.\.(?:\s|$)")
_NOTE_MARK = re.compile(r"\.\. \[[^\]]+\]\s*")
_FIELD = re.compile(r":(?P<name>[^:`\s][^:`]{0,40}):(?:\s+(?P<text>.*))?$")
_ITEM = re.compile(r"(?:[-*+•]|\(?(?:\d{1,3}|#|[a-zA-Z])[.)])\s+(?=\S)")
_SIMPLE_TABLE = re.compile(r"={2,}(?: +={2,})+$")
_GRID = re.compile(r"\+(?:[-=]+\+)+$")
_SIGNS = re.compile(
    r"^ *\.\. +(?:_[^:\n]+:$|[\w+-]+(?::[\w+-]+)*::)|(?<![\w:]):[\w+-]+(?::[\w+-]+)?:`[^`\n]", re.MULTILINE
)
_CODE_MARKS = re.compile(r"(?<!`)``[^`\n]+``(?![`'])|\w`_\b|[^:\s]::$", re.MULTILINE)
_LEAST_SIGNS = 3
_LOOKED_AT = 60_000
_DEPTH = 12

_LISTINGS = frozenset(
    "code code-block sourcecode doctest testcode testoutput testsetup parsed-literal productionlist math "
    "literalinclude prompt".split()
)
_UNSEEN = frozenset(
    "index toctree module currentmodule py:module py:currentmodule moduleauthor sectionauthor highlight highlightlang "
    "only image figure raw include default-role role contents meta testcleanup tabularcolumns audit-event-table "
    "availability".split()
)
_NOTES = frozenset(
    "note warning tip hint important caution danger error attention admonition seealso rubric topic sidebar epigraph "
    "container impl-detail glossary table hlist centered list-table csv-table compound versionadded "
    "versionchanged deprecated deprecated-removed replace".split()
)
"""Directives that only frame what is in them; any other one describes the thing that it names."""
_VERSIONS = {
    "versionadded": "New in version {}",
    "versionchanged": "Changed in version {}",
    "deprecated": "Deprecated since version {}",
    "deprecated-removed": "Deprecated since version {}",
}
_CALLABLE_ROLES = frozenset("func meth c:func py:func py:meth".split())

_ROLE = re.compile(r":(?P<name>[\w+-]+(?::[\w+-]+)*):`(?P<text>[^`]{1,1000})`")
_TARGET = re.compile(r"\s*<[^<>]*>$")
_REPLACED = (
    (re.compile(r"(?<![`\w])``(.{1,400}?)``(?!`)"), r"\1"),
    (re.compile(r"(?<![`\w])`([^`<]{1,400}?)\s*(?:<[^`>]{0,400}>)?`_{0,2}(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*\\])\*\*(\S(?:.{0,400}?[^\s\\])?)\*\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w*\\])\*([^\s*](?:[^*]{0,400}?[^\s*\\])?)\*(?![\w*])"), r"\1"),
    (re.compile(r"(\[(?:\d+|#\w*|\*)\])_\b"), r"\1"),
    (re.compile(r"\\ "), ""),
    (re.compile(r"\\(\S)"), r"\1"),
)


def is_restructured(text: str) -> bool:
    """Return whether a text is reStructuredText source: several marks that hardly anything else has."""
    strong = sum(1 for _ in islice(_SIGNS.finditer(text, 0, _LOOKED_AT), _LEAST_SIGNS))
    weak = sum(1 for _ in islice(_CODE_MARKS.finditer(text, 0, _LOOKED_AT), _LEAST_SIGNS))
    return strong >= _LEAST_SIGNS or (strong > 0 and strong + weak >= _LEAST_SIGNS)


def blocks(text: str) -> list[Draft]:
    """Return the blocks of a reStructuredText text."""
    return list(_Reading(text.split("\n"), levels={}, depth=0).drafts())


def inline(text: str) -> str:
    """Return a line of text without marks for emphasis, code, roles and references."""
    text = _ROLE.sub(_shown_role, text)
    for pattern, replacement in _REPLACED:
        text = pattern.sub(replacement, text)
    return text


def _shown_role(match: re.Match[str]) -> str:
    name, text = match["name"], match["text"]
    shown = _TARGET.sub("", text) or text.strip("<>")
    if shown == text and shown.startswith("~"):
        shown = shown.rsplit(".", 1)[-1]
    shown = shown.lstrip("~!")
    if name in _CALLABLE_ROLES and not shown.endswith(")") and shown.replace(".", "").replace("_", "").isalnum():
        return f"{shown}()"
    return f"{name.upper()} {shown}" if name in ("pep", "rfc") else shown


class _Reading:
    """One pass over the lines of a text, or of what is indented under something."""

    def __init__(self, lines: Sequence[str], *, levels: dict[str, int], depth: int) -> None:
        self._lines = Lines(lines)
        self._levels = levels
        self._depth = depth
        self._is_code_next = False

    def drafts(self) -> Iterator[Draft]:
        lines = self._lines
        while not lines.are_done:
            line = lines.current
            text = line.strip()
            if not text:
                lines.skip()
                continue
            is_code, self._is_code_next = self._is_code_next, False
            if is_code and indent_of(line) > 0:
                yield Draft(kind=BlockKind.CODE, text=code_of(lines.indented(0)))
            elif indent_of(line) > 0:
                yield from self._inner(lines.indented(0))
            elif directive := _DIRECTIVE.match(text):
                lines.skip()
                yield from self._directive(directive["name"], directive["rest"] or "", lines.indented(0))
            elif _EXPLICIT.match(text):
                lines.skip()
                following = lines.indented(0)
                if note := _NOTE_MARK.match(text):
                    yield from self._inner([text[note.end() :], *following])
            elif heading := self._heading():
                yield heading
            elif _SIMPLE_TABLE.fullmatch(text):
                yield from _simple_rows(lines.paragraph(), text)
            elif _GRID.fullmatch(text):
                yield from _grid_rows(lines.paragraph())
            elif field := _FIELD.match(text):
                lines.skip()
                rest = " ".join([field["text"] or "", *(part.strip() for part in lines.indented(0))]).strip()
                if rest and self._depth:
                    yield Draft(kind=BlockKind.LIST_ITEM, text=inline(with_term(field["name"], rest)))
            else:
                yield from self._text()

    def _inner(self, lines: Sequence[str]) -> Iterator[Draft]:
        if self._depth < _DEPTH:
            yield from _Reading(lines, levels=self._levels, depth=self._depth + 1).drafts()
        else:
            yield Draft(kind=BlockKind.PARAGRAPH, text=inline(" ".join(line.strip() for line in lines)))

    def _heading(self) -> Draft | None:
        first, *rest = [line.rstrip() for line in self._lines.ahead(3)]
        if _RULE.match(first) and len(rest) == 2 and rest[1] == first and rest[0].strip():
            mark, title, count = first[0] + "^", rest[0], 3
        elif rest and _RULE.match(rest[0]) and len(rest[0]) >= len(first) - 2 and not _RULE.match(first):
            mark, title, count = rest[0][0], first, 2
        else:
            if _RULE.fullmatch(first):
                self._lines.skip()  # a rule between paragraphs
                return Draft(kind=BlockKind.PARAGRAPH, text="")
            return None
        self._lines.skip(count)
        level = self._levels.setdefault(mark, len(self._levels) + 1)
        return Draft(kind=BlockKind.HEADING, text=inline(title.strip()), level=level)

    def _directive(self, name: str, rest: str, content: list[str]) -> Iterator[Draft]:
        if name in _UNSEEN:
            return
        if name in _LISTINGS:
            yield Draft(kind=BlockKind.CODE, text=code_of(_without_options(content)))
            return
        if name in _VERSIONS:
            version, _, said = rest.partition(" ")
            lead = _VERSIONS[name].format(version)
            text = " ".join([said, *_first_paragraph(content)]).strip()
            yield Draft(kind=BlockKind.PARAGRAPH, text=inline(f"{lead}: {text}" if text else f"{lead}."))
            yield from self._inner(_after_first_paragraph(content))
        elif name in _NOTES:
            framed = [] if name in ("hlist", "container") else [rest] if rest else []
            yield from self._inner([*framed, *([""] if name == "rubric" else []), *_without_options(content)])
        else:
            signatures = [rest, *_first_paragraph(content)] if content and content[0].strip() else [rest]
            body = content[len(signatures) - 1 :]
            shown = [part.strip() for part in signatures if part.strip() and not part.strip().startswith(":")]
            label = ", ".join(shown).replace("\\, ", "")
            drafts = list(self._inner(_without_options(body)))
            if drafts and drafts[0].kind is BlockKind.PARAGRAPH:
                first = drafts.pop(0)
                yield Draft(kind=BlockKind.LIST_ITEM, text=with_term(inline(label), first.text))
            elif label:
                yield Draft(kind=BlockKind.PARAGRAPH, text=inline(label))
            yield from drafts

    def _text(self) -> Iterator[Draft]:
        """A paragraph, a listing, an item or an entry."""
        lines = self._lines
        first = lines.current.strip()
        if first.startswith((">>> ", "$ ")):
            yield Draft(kind=BlockKind.CODE, text=code_of(lines.paragraph()))
            return
        if item := _ITEM.match(first):
            lines.skip()
            drafts = list(self._inner([first[item.end() :], *lines.indented(0)]))
            if drafts and drafts[0].kind is BlockKind.PARAGRAPH:
                drafts[0].kind = BlockKind.LIST_ITEM
            yield from drafts
            return
        following = lines.ahead(2)[1:]
        if following and following[0].strip() and indent_of(following[0]) > 0:
            lines.skip()
            if first.startswith("|"):
                lines.indented(0)
                return
            drafts = list(self._inner(lines.indented(0)))
            if drafts and drafts[0].kind is BlockKind.PARAGRAPH:
                drafts[0].kind = BlockKind.LIST_ITEM
                drafts[0].text = with_term(inline(first.partition(" : ")[0]), drafts[0].text)
            else:
                yield Draft(kind=BlockKind.PARAGRAPH, text=inline(first))
            yield from drafts
            return
        taken: list[str] = []
        while not lines.are_done and (line := lines.current).strip():
            if taken and (_EXPLICIT.match(line) or indent_of(line) > 0):
                break
            taken.append(lines.take().strip())
        text = " ".join(taken)
        if text.endswith("::"):
            self._is_code_next = True
            text = text[:-2].rstrip() if text.endswith(" ::") or text == "::" else text[:-1]
        yield Draft(kind=BlockKind.PARAGRAPH, text=inline(text))


def _without_options(content: Sequence[str]) -> list[str]:
    """What is in a directive, after lines such as ``:noindex:``."""
    position = 0
    while position < len(content) and _FIELD.match(content[position].strip()):
        position += 1
    return list(content[position:])


def _first_paragraph(content: Sequence[str]) -> list[str]:
    taken: list[str] = []
    for line in content:
        if not line.strip():
            break
        taken.append(line.strip())
    return taken


def _after_first_paragraph(content: Sequence[str]) -> Sequence[str]:
    return content[len(_first_paragraph(content)) :]


def _simple_rows(lines: Sequence[str], rule: str) -> Iterator[Draft]:
    starts = [match.start() for match in re.finditer(r"=+", rule)]
    rows: list[list[str]] = []
    for line in lines:
        if _SIMPLE_TABLE.fullmatch(line.strip()) or re.fullmatch(r"[- ]+", line.strip() or "-"):
            continue
        cells = [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
        if rows and not cells[0]:
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    for row in rows:
        yield Draft(kind=BlockKind.TABLE_ROW, text=table_row(inline(cell) for cell in row))


def _grid_rows(lines: Sequence[str]) -> Iterator[Draft]:
    row: list[str] = []
    for line in lines:
        text = line.strip()
        if text.startswith("+"):
            if row:
                yield Draft(kind=BlockKind.TABLE_ROW, text=table_row(inline(cell) for cell in row))
            row = []
        elif text.startswith("|"):
            cells = [cell.strip() for cell in text.strip("|").split("|")]
            same = len(cells) == len(row)
            row = [f"{old} {new}".strip() for old, new in zip(row, cells, strict=True)] if same else [*row, *cells]
    if row:
        yield Draft(kind=BlockKind.TABLE_ROW, text=table_row(inline(cell) for cell in row))
