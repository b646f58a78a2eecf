"""Bytes that should be text, to text: marks, declarations, UTF-8, and only then guessing."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from engine.counting import counted
from engine.errors import DocumentUnreadable

_SAMPLE_BYTES = 32_768
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Labels that mean more than they say: pages that declare the left one are written in the right one.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_NOT_WRITTEN = frozenset({"Cc", "Cn", "Co", "Cs"})
"""Categories of code points that texts hardly use: controls, unassigned, private, surrogates."""
_ESCAPED_JAPANESE = re.compile(rb"\x1b\$[@B]")
_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_LATIN = frozenset({"cp1252", "cp1254", "cp1250", "cp1257", "iso8859-15", "iso8859-2", "mac-roman", "cp437", "cp850"})
_MOJIBAKE = re.compile("Ã[\x80-\xbf\u0152-\u2122]|â€[\x80-\xbf\u0152-\u2122œ]|Â[\xa0-\xbf]|Ð[\xb0-\xbf]Ð|ï¿½")
_SIGN_IN_WORD = re.compile(r"(?<=[a-z])[¡-©«-´¶-¹»-¿×÷](?=[a-z])")
_RARE_IN_THE_WEST = re.compile("[ìòõøþðýãûÿ³¹¾¼]")
"""What letters of Central Europe are taken for."""
_MOST_ACCENTS = 0.07
"""Of all letters. French has one in twenty, Polish and Czech have one in ten."""
_ASSUMED = re.compile(r"; (\S+) was assumed\.$")
_FEW = 4
_CONTROLS = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text, and what had to be assumed to get it."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, *, declared: str = "") -> Decoded:
    """Return the text that the bytes stand for.

    Args:
        data: the bytes, possibly cut off in the middle of a character.
        declared: the encoding the document itself names, if it does.

    Raises:
        DocumentUnreadable: these are not the bytes of a text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _with_marker_count(data[len(mark) :], encoding)
    if wide := _unmarked_wide_encoding(data[:_SAMPLE_BYTES]):
        return _with_marker_count(data, wide)
    refuse_binary(data)
    strict = _strict(data, "utf-8")
    if strict is not None:
        return Decoded(text=strict)
    encoding = _known(declared)
    if encoding and encoding != "utf-8":
        strict = _strict(data, encoding)
        if strict is not None:
            return Decoded(text=strict)
    return _guessed(data, encoding)


def decode_page(data: bytes, *, header: str, inside: str) -> Decoded:
    """Return the text of an answer from the web; what the server says counts before what the page says.

    Neither is believed against the bytes: what is valid UTF-8 is UTF-8, and what cannot be in an encoding is not.

    Args:
        data: the bytes, possibly cut off in the middle of a character.
        header: the encoding that the server names; may be empty.
        inside: the encoding that the page names; may be empty.

    Raises:
        DocumentUnreadable: these are not the bytes of a text.
    """
    if any(data.startswith(mark) for mark, _ in _MARKS):
        return _flagged(decode(data))
    if _ESCAPED_JAPANESE.search(data[:_SAMPLE_BYTES]) and (text := _strict(data, "iso2022_jp_ext")) is not None:
        return Decoded(text=text)
    if header.replace("_", "-").startswith("utf-16") and (wide := _declared_wide(data, header)) is not None:
        return wide
    first, second = _known(header), _known(inside)
    declared = first or second
    if second and second != first and first and _strict(data, first) is None:
        declared = second
    decoded = decode(data, declared=declared)
    if not declared and decoded.warnings and (western := _western(data, decoded)) is not None:
        return western
    if declared in ("cp1252", "cp1254") and _strict(data, "utf-8") is None and _is_hardly_latin(data):
        likely = _statistically_likely(data)
        if likely not in _LATIN:
            named = f"The page says that its letters are encoded as {header or inside}; {likely} was assumed."
            return Decoded(text=data.decode(likely, "replace"), warnings=(named,))
    return _flagged(decoded)


def _western(data: bytes, decoded: Decoded) -> Decoded | None:
    """A page in Latin letters that names no encoding, as browsers read it: in windows-1252, if that can be.

    What looks like letters of Central Europe to statistics is as a rule a few accents and dashes of the West. Where
    there are many of them, or they would be signs in the middle of words, the statistics are right.
    """
    assumed = next((found[1] for words in decoded.warnings if (found := _ASSUMED.search(words))), "")
    text = _strict(data, "cp1252")
    if assumed not in _LATIN or text is None:
        return None
    sample = _MARKUP.sub(b" ", data[: 4 * _SAMPLE_BYTES])
    high = sum(byte >= 0x80 for byte in sample)
    letters = high + sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in sample)
    is_odd = high > _MOST_ACCENTS * letters and _RARE_IN_THE_WEST.search(text)
    if assumed != "cp1252" and (is_odd or len(_SIGN_IN_WORD.findall(text)) > 1):
        return None
    told = "The page does not say how its letters are encoded; cp1252 was assumed, as browsers do."
    return _flagged(Decoded(text=text, warnings=(told,)))


def _flagged(decoded: Decoded) -> Decoded:
    """The same, with a warning where letters were damaged before they came here."""
    text = decoded.text
    lost = text.count("\ufffd")
    warnings = decoded.warnings
    if lost and not any("\ufffd" in warning for warning in warnings):
        warnings = (*warnings, *_lost(lost))
    if len(_MOJIBAKE.findall(text[:500_000])) >= _FEW:
        warnings = (*warnings, "Some letters of this page were garbled before it was sent, such as Ã© for é.")
    return Decoded(text=text, warnings=warnings)


def _declared_wide(data: bytes, header: str) -> Decoded | None:
    encoding = "utf-16-be" if header.endswith("be") else "utf-16-le"
    try:
        return _with_marker_count(data, encoding)
    except DocumentUnreadable:
        return None


def _is_hardly_latin(data: bytes) -> bool:
    """Whether so many letters are beyond ASCII that no language written in Latin letters is likely."""
    sample = _MARKUP.sub(b" ", data[: 4 * _SAMPLE_BYTES])
    high = sum(byte >= 0x80 for byte in sample)
    letters = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in sample)
    return high > 40 and high > 0.5 * (high + letters)


def refuse_binary(data: bytes) -> None:
    """Raise DocumentUnreadable if the bytes are a program, a picture, … rather than text."""
    sample = data[:_SAMPLE_BYTES]
    controls = len(_CONTROLS.findall(sample))
    if controls > 2 + len(sample) // 100:
        raise DocumentUnreadable(
            "The file does not contain text, in spite of its name",
            hint="Its bytes look like a program, a picture or another kind of data.",
        )


def _strict(data: bytes, encoding: str) -> str | None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        return decoder.decode(data, final=False)
    except (UnicodeError, ValueError):
        return None


def _with_marker_count(data: bytes, encoding: str) -> Decoded:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data, final=False)
    lost = text.count("\ufffd")
    sample = text[:_SAMPLE_BYTES]
    strange = sum(
        unicodedata.category(character) in _NOT_WRITTEN for character in sample if character not in "\t\n\r\f"
    )
    if lost > 2 + len(text) // 5 or strange > 2 + len(sample) // 20:
        raise DocumentUnreadable(
            "The file does not contain text, in spite of its name",
            hint="It begins like Unicode text, but what follows is something else.",
        )
    return Decoded(text=text, warnings=_lost(lost))


def _lost(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    characters = counted(count, "damaged character is", "damaged characters are")
    return (f"{characters} shown as \ufffd.",)


def _unmarked_wide_encoding(sample: bytes) -> str:
    """UTF-16 without a mark: in every European text one byte of each pair is zero."""
    if len(sample) < 8 or b"\x00" not in sample:
        return ""
    even, odd = sample[0::2], sample[1::2]
    zeros_even, zeros_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if zeros_odd > 0.6 and zeros_even < 0.05:
        return "utf-16-le"
    if zeros_even > 0.6 and zeros_odd < 0.05:
        return "utf-16-be"
    return ""


def _known(label: str) -> str:
    """The codec a label stands for; empty if there is none, or if it is not a text encoding of single characters."""
    label = label.strip().strip("'\"").lower()
    if not label or len(label) > 40 or not label.isascii():
        return ""
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    if not info._is_text_encoding or info.name in {"utf-7", "idna", "punycode", "undefined", "unicode_escape"}:
        return ""
    if info.name.startswith(("utf-16", "utf-32", "raw")):
        return ""  # a page whose declaration can be read as ASCII is not in UTF-16, whatever it says
    return _WIDER.get(info.name, info.name)


def _guessed(data: bytes, declared: str) -> Decoded:
    as_utf8 = codecs.getincrementaldecoder("utf-8")("replace").decode(data, final=False)
    lost = as_utf8.count("\ufffd")
    beyond_ascii = sum(1 for byte in data[:_SAMPLE_BYTES] if byte >= 0x80)
    if lost * 20 < beyond_ascii:
        return Decoded(text=as_utf8, warnings=_lost(lost))
    if declared and declared != "utf-8":
        return Decoded(text=data.decode(declared, "replace"))
    encoding = _statistically_likely(data)
    text = data.decode(encoding, "replace")
    return Decoded(
        text=text,
        warnings=(f"The file does not say how its letters are encoded; {encoding} was assumed.",),
    )


def _statistically_likely(data: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  slow to import and rarely needed

    # The letters beyond ASCII decide; a sample around the first of them is enough.
    first = next((index for index, byte in enumerate(data) if byte >= 0x80), 0)
    start = max(0, first - 2_048)
    best = from_bytes(data[start : start + _SAMPLE_BYTES // 2], steps=5, chunk_size=512).best()
    encoding = _known(best.encoding) if best else ""
    return encoding or "cp1252"
