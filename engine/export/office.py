"""The last touch on the zip files that pandoc makes: our named styles, the report's own date, the same bytes each time.

Styles and properties are changed at fixed places. Of the part that holds the report only tags are: in its words there
is no sign that begins one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

_EPOCH_WORDS = "1970-01-01T00:00:00Z"
"""What pandoc writes in its sandbox, where it knows no time."""
_MARGIN = "0.6cm"

_GREY, _BLUE, _LINE = "595959", "1f5c99", "c8c8c8"


def finished_docx(data: bytes, at: datetime) -> bytes:
    """Return a DOCX file with our styles, and with the time of the report as its own."""
    changes = {
        "docProps/core.xml": _dated(at),
        "word/styles.xml": _with_word_styles,
        "word/document.xml": _with_whole_rows,
    }
    return _rewritten(data, changes)


def finished_odt(data: bytes, at: datetime) -> bytes:
    """Return an ODT file with our styles, and with the time of the report as its own."""
    changes = {"meta.xml": _dated(at), "styles.xml": _with_odt_styles, "content.xml": _with_table_lines}
    return _rewritten(data, changes)


def finished_epub(data: bytes, at: datetime) -> bytes:
    """Return an EPUB file with our style sheet, and with the time of the report as its own."""
    return _rewritten(data, {"EPUB/content.opf": _dated(at), "EPUB/styles/stylesheet1.css": _with_book_styles})


def _rewritten(data: bytes, changes: dict[str, Callable[[str], str]]) -> bytes:
    """Return a zip file with some of its parts changed, all in their order; the first stays first and uncompressed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            change = changes.get(part.filename)
            if change is not None:
                content = change(content.decode("utf-8")).encode("utf-8")
            entry = zipfile.ZipInfo(part.filename, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content)
    return written.getvalue()


def _dated(at: datetime) -> Callable[[str], str]:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def change(text: str) -> str:
        tags = r"(<(?:dcterms:(?:created|modified)|meta:creation-date|dc:date|meta)(?: [^<>]*)?>)"
        return re.sub(tags + re.escape(_EPOCH_WORDS), lambda match: match.group(1) + moment, text)

    return change


# --- word processors ---------------------------------------------------------------------------------------------


def _with_word_styles(text: str) -> str:
    text = _with_plain_title(text)
    for style_id, name, kind, look in _WORD_STYLES:
        text = re.sub(rf'<w:style [^<>]*w:styleId="{style_id}"[^<>]*>.*?</w:style>', "", text, flags=re.DOTALL)
        based = "BodyText" if kind == "paragraph" else "BodyTextChar"
        style = (
            f'<w:style w:type="{kind}" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{name}" />'
            f'<w:basedOn w:val="{based}" /><w:qFormat />{look}</w:style>'
        )
        text = text.replace("</w:styles>", f"{style}</w:styles>")
    return text.replace("<w:tblCellMar>", f"{_WORD_TABLE_LINES}<w:tblCellMar>", 1) if _is_plain_table(text) else text


def _with_whole_rows(text: str) -> str:
    """Return a document whose rows stay on one page; one that is higher than a page is divided all the same."""
    return text.replace("<w:tr><w:tc>", "<w:tr><w:trPr><w:cantSplit /></w:trPr><w:tc>")


def _with_plain_title(text: str) -> str:
    """Return styles whose title is of the size of a question, which may be long, and not of a word or two."""
    before, tag, after = text.partition('w:styleId="Title"')
    title, end, rest = after.partition("</w:style>")
    title = title.replace('<w:jc w:val="center" />', "").replace('w:val="56"', 'w:val="40"')
    return f"{before}{tag}{title}{end}{rest}"


def _is_plain_table(text: str) -> bool:
    """Whether the first cell margins of the styles are those of our tables' style."""
    before = text.partition("<w:tblCellMar>")[0]
    return 'w:styleId="Table"' in before[before.rfind("<w:style ") :]


def _run(size: int, colour: str = "", *, bold: bool = False) -> str:
    """Size in half points."""
    strong = "<w:b /><w:bCs />" if bold else ""
    tint = f'<w:color w:val="{colour}" />' if colour else ""
    return f'<w:rPr>{strong}{tint}<w:sz w:val="{size}" /><w:szCs w:val="{size}" /></w:rPr>'


def _spaced(before: int, after: int, *, keeps_next: bool = False, box: str = "") -> str:
    keep = "<w:keepNext />" if keeps_next else ""
    return f'<w:pPr>{keep}{box}<w:spacing w:before="{before}" w:after="{after}" /></w:pPr>'


def _edge(side: str, *, space: int = 6) -> str:
    return f'<w:{side} w:val="single" w:sz="4" w:space="{space}" w:color="{_LINE}" />'


_WORD_BOX = f"<w:pBdr>{''.join(_edge(side) for side in ('top', 'left', 'bottom', 'right'))}</w:pBdr>"
_WORD_TABLE_LINES = (
    f"<w:tblBorders>{''.join(_edge(side, space=0) for side in ('top', 'bottom', 'insideH'))}</w:tblBorders>"
)
_WORD_CODE = (
    '<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Courier New" /><w:noProof />'
    '<w:sz w:val="19" /><w:szCs w:val="19" /></w:rPr>'
)
_WORD_FINGERPRINT = (
    '<w:rPr><w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Courier New" /><w:noProof />'
    f'<w:color w:val="{_GREY}" /><w:sz w:val="14" /><w:szCs w:val="14" /></w:rPr>'
)
_WORD_STYLES = (
    ("PlumblineAnswer", "Plumbline Answer", "paragraph", _spaced(120, 120) + _run(27)),
    ("PlumblineNotice", "Plumbline Notice", "paragraph", _spaced(120, 120, box=_WORD_BOX) + _run(21)),
    ("PlumblineNote", "Plumbline Note", "paragraph", _spaced(40, 120) + _run(20, _GREY)),
    ("PlumblineEntry", "Plumbline Entry", "paragraph", _spaced(160, 40, keeps_next=True) + _run(20, _GREY)),
    ("SourceCode", "Source Code", "paragraph", _spaced(100, 100) + _WORD_CODE),
    ("PlumblineQuiet", "Plumbline Quiet", "character", _run(20, _GREY)),
    ("PlumblineMark", "Plumbline Mark", "character", _run(20, _BLUE)),
    ("PlumblineSign", "Plumbline Sign", "character", _run(20, _GREY)),
    ("PlumblineFingerprint", "Plumbline Fingerprint", "character", _WORD_FINGERPRINT),
)

# --- open documents ----------------------------------------------------------------------------------------------


def _with_odt_styles(text: str) -> str:
    styles = "".join(_odt_style(*one) for one in _ODT_STYLES)
    text = text.replace('fo:keep-together="auto"', 'fo:keep-together="always"')
    return text.replace("</office:styles>", f"{styles}</office:styles>", 1)


def _with_table_lines(text: str) -> str:
    """Return a text with a line below each cell of a table; pandoc's style of one says that it has none."""
    line = f'fo:border-bottom="0.5pt solid #{_LINE}" fo:padding="0.1cm"'
    return re.sub(
        r'(style:name="Table(?:Header)?RowCell"[^<>]*>\s*<style:table-cell-properties )fo:border="none"',
        rf"\1{line}",
        text,
    )


def _odt_style(name: str, family: str, paragraph: str, words: str) -> str:
    told = []
    for shown, layout in (
        (name, paragraph),
        *(((f"{name} RTL", f"{paragraph} {_ODT_RTL}"),) * (family == "paragraph")),
    ):
        parent = ' style:parent-style-name="Text_20_body"' if family == "paragraph" else ""
        inner = f"<style:paragraph-properties {layout.strip()} />" if layout.strip() else ""
        inner += f"<style:text-properties {words} />" if words else ""
        told.append(
            f'<style:style style:name="{shown.replace(" ", "")}" style:display-name="{shown}" '
            f'style:family="{family}"{parent}>{inner}</style:style>'
        )
    return "".join(told)


def _odt_size(points: float, colour: str = "") -> str:
    tint = f' fo:color="#{colour}"' if colour else ""
    sizes = " ".join(f'{name}="{points}pt"' for name in _ODT_SIZES)
    return sizes + tint


def _odt_space(before: float, after: float, more: str = "") -> str:
    return f'fo:margin-top="{before}cm" fo:margin-bottom="{after}cm" {more}'


_ODT_SIZES = ("fo:font-size", "style:font-size-asian", "style:font-size-complex")
_ODT_RTL = 'style:writing-mode="rl-tb" fo:text-align="start"'
_ODT_STYLES = (
    ("Plumbline Body", "paragraph", "", ""),
    ("Plumbline Quotation", "paragraph", f'fo:margin-left="{_MARGIN}" fo:margin-right="{_MARGIN}"', ""),
    ("Plumbline Answer", "paragraph", _odt_space(0.2, 0.2), _odt_size(13.5)),
    (
        "Plumbline Notice",
        "paragraph",
        _odt_space(0.2, 0.2, f'fo:border="0.5pt solid #{_LINE}" fo:padding="0.2cm"'),
        _odt_size(10.5),
    ),
    ("Plumbline Note", "paragraph", _odt_space(0.05, 0.2), _odt_size(10, _GREY)),
    ("Plumbline Entry", "paragraph", _odt_space(0.3, 0.05, 'fo:keep-with-next="always"'), _odt_size(10, _GREY)),
    ("Plumbline Quiet", "text", "", _odt_size(10, _GREY)),
    ("Plumbline Mark", "text", "", _odt_size(10, _BLUE)),
    ("Plumbline Sign", "text", "", _odt_size(10, _GREY)),
    ("Plumbline Fingerprint", "text", "", f'style:font-name="Courier New" {_odt_size(7, _GREY)}'),
)

# --- books -------------------------------------------------------------------------------------------------------

_BOOK_STYLES = """
body { overflow-wrap: anywhere; }
.plumbline-answer { font-size: 1.15em; }
.plumbline-notice { border: 1px solid #c8c8c8; padding: 0 0.75em; }
.plumbline-note, .plumbline-entry, .plumbline-quiet, .plumbline-mark, .plumbline-sign { font-size: 0.85em; }
.plumbline-note .plumbline-quiet, .plumbline-entry .plumbline-quiet { font-size: 1em; }
.plumbline-mark { unicode-bidi: isolate; }
.plumbline-fingerprint { font-family: monospace; font-size: 0.65em; }
.plumbline-entry { page-break-after: avoid; break-after: avoid; }
table { width: 100%; border-collapse: collapse; }
th, td { border-bottom: 1px solid #c8c8c8; padding: 0.25em 0.5em; text-align: start; vertical-align: top; }
pre { white-space: pre-wrap; }
"""


def _with_book_styles(text: str) -> str:
    return f"{text.rstrip()}\n{_BOOK_STYLES}"
