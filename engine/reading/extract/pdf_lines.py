"""Lines of a PDF page with where they stand and how large and heavy they are set."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

HYPHEN = "\ufffe"
"""What PDFium puts where a word was divided at the end of a line."""

_BULLETS = re.compile("^[\x80-\x9f\uf000-\uf0ff\u25aa\u25cf\u25a0\u2043\u25e6\u2023](?=\\s)")
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_FIXED_PITCH_FLAG = 1
_FIXED_NAME = re.compile(rb"mono|courier|consol|cm\w{0,3}tt|typewriter|menlo|lettergothic", re.IGNORECASE)
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|cm\w{0,3}bx|[-,]bd", re.IGNORECASE)
_BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page. Places are shares of the page's width and height, from its left and its top."""

    text: str
    left: float
    right: float
    first_baseline: float
    last_baseline: float
    """Not that of the first where PDFium has joined a divided word and with it two lines."""
    size: float = 0.0
    """Of the font in points; 0 where it is not known."""
    is_bold: bool = False
    is_fixed: bool = False
    """Whether all letters are equally wide, as in listings."""
    letter_width: float = 0.006
    """Of a typical letter, as a share of the page's width."""


def lines_of_page(page: Any) -> list[Line]:
    """Return the page's lines in the order in which PDFium reads them, and close the page."""
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        count = textpage.count_chars()
        if count <= 0:
            return []
        text = textpage.get_text_range(0, count)
        probe = _Probe(textpage.raw, max(width, 1.0), max(height, 1.0)) if len(text) == count else None
        lines: list[Line] = []
        start = 0
        for raw in text.split("\r\n"):
            words = raw.strip()
            if words:
                first = start + len(raw) - len(raw.lstrip())
                words = _BULLETS.sub("•", words).translate(_LIGATURES)
                lines.append(
                    probe.line(words, first, start + len(raw.rstrip()) - 1, start + _middle(raw))
                    if probe
                    else Line(text=words, left=0, right=1, first_baseline=0.5, last_baseline=0.5)
                )
            start += len(raw) + 2
        return lines
    finally:
        textpage.close()
        page.close()


def _middle(raw: str) -> int:
    """The index of a character near the middle that is not a space: PDFium invents spaces, and they have no size."""
    middle = len(raw) // 2
    return next((index for index in range(middle, len(raw)) if not raw[index].isspace()), middle)


class _Probe:
    """Asks PDFium about single characters: a few for each line, since each question costs a microsecond."""

    def __init__(self, textpage: Any, width: float, height: float) -> None:
        self._page = textpage
        self._width = width
        self._height = height
        self._a, self._b, self._c, self._d = (ctypes.c_double() for _ in range(4))
        self._name = ctypes.create_string_buffer(64)
        self._flags = ctypes.c_int()

    def line(self, words: str, first: int, last: int, middle: int) -> Line:
        """Return the line that reaches from one character to another and has a third between them."""
        page = self._page
        pdfium_c.FPDFText_GetCharBox(page, first, self._a, self._b, self._c, self._d)
        left = self._a.value
        pdfium_c.FPDFText_GetCharBox(page, last, self._a, self._b, self._c, self._d)
        right = self._b.value
        top, bottom = self._baseline(first), self._baseline(last)
        size = round(pdfium_c.FPDFText_GetFontSize(page, middle), 1)
        fonts = [self._font(index) for index in sorted({first, middle, last})]
        return Line(
            text=words,
            left=left / self._width,
            right=max(right, left) / self._width,
            first_baseline=top,
            # A mark such as a footnote's number stands higher than its line; that does not make it another line.
            last_baseline=max(top, bottom) if abs(bottom - top) < 0.8 * size / self._height else bottom,
            size=size,
            is_bold=all(is_bold for is_bold, _ in fonts),
            is_fixed=all(is_fixed for _, is_fixed in fonts),
            letter_width=0.6 * (size or 10.0) / self._width,
        )

    def _baseline(self, index: int) -> float:
        pdfium_c.FPDFText_GetCharOrigin(self._page, index, self._a, self._b)
        return 1 - self._b.value / self._height

    def _font(self, index: int) -> tuple[bool, bool]:
        """Whether a character is bold, and whether its font is one for listings."""
        pdfium_c.FPDFText_GetFontInfo(self._page, index, self._name, len(self._name), self._flags)
        name = self._name.value
        # The name says more than weight and flag, which PDFium sets for fonts that are neither heavy nor fixed.
        if name:
            return bool(_BOLD_NAME.search(name)), bool(_FIXED_NAME.search(name))
        weight = pdfium_c.FPDFText_GetFontWeight(self._page, index)
        return weight >= _BOLD_WEIGHT, bool(self._flags.value & _FIXED_PITCH_FLAG)
