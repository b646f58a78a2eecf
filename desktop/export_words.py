"""What the formats of a report are called, what each is good for, and which file it makes. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.export import ReportFormat

_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatWords:
    """One format in the words of somebody who has to choose."""

    name: str
    meaning: str
    filter: str
    """As a file dialog wants it."""
    icon: str = "file-text"


def _words(name: str, ending: str, meaning: str, icon: str = "file-text") -> FormatWords:
    return FormatWords(name=name, meaning=meaning, filter=f"{name} (*.{ending})", icon=icon)


GROUPS: tuple[tuple[str, dict[ReportFormat, FormatWords]], ...] = (
    (
        "To read and print",
        {
            ReportFormat.PDF: _words(
                "PDF", "pdf", "Pages to print or hand on, with its sources at the end.", "file-pdf"
            ),
            ReportFormat.HTML: _words(
                "Web page", "html", "One file for any browser; each citation opens the passage it rests on.", "globe"
            ),
            ReportFormat.EPUB: _words("EPUB", "epub", "A book for reading devices.", "book-open"),
            ReportFormat.TEXT: _words(
                "Plain text", "txt", "Words and numbers in brackets, for anything that reads text."
            ),
        },
    ),
    (
        "To write on",
        {
            ReportFormat.DOCX: _words("Word", "docx", "A document for Word, with headings, tables and references."),
            ReportFormat.ODT: _words("OpenDocument", "odt", "The same for LibreOffice and its like."),
            ReportFormat.MARKDOWN: _words("Markdown", "md", "Text with light marks, for notes, wikis and editors."),
            ReportFormat.LATEX: _words("LaTeX", "tex", "For lualatex or xelatex, in any script."),
        },
    ),
    (
        "Tables and references",
        {
            ReportFormat.XLSX: _words(
                "Excel", "xlsx", "Tables, sentences and sources as sheets, with what each rests on.", "table"
            ),
            ReportFormat.CSV: _words(
                "CSV", "csv", "The tables as rows, for any program; without a table, the sentences.", "table"
            ),
            ReportFormat.BIBTEX: _words(
                "BibTeX", "bib", "The sources it cites, for LaTeX and reference managers.", "books"
            ),
            ReportFormat.RIS: _words("RIS", "ris", "The sources it cites, for Zotero, EndNote and others.", "books"),
            ReportFormat.CSL_JSON: _words(
                "CSL-JSON", "csl.json", "The sources it cites, for pandoc and Zotero.", "books"
            ),
            ReportFormat.JSON: _words(
                "JSON", "json", "The report as data: claims, passages, states.", "tree-structure"
            ),
        },
    ),
    (
        "With everything it rests on",
        {
            ReportFormat.BUNDLE: FormatWords(
                name="Evidence bundle",
                meaning=(
                    "One file that anybody can open in Plumbline, or check offline with “plumbline verify”. It holds "
                    "every text that was read, whole; every step, with what was searched for and what left this "
                    "computer; the names of your files and of the folders they lie in; and your notes."
                ),
                filter="Plumbline bundle (*.plumbline)",
                icon="package",
            )
        },
    ),
)
FORMAT_WORDS = {format: words for _, formats in GROUPS for format, words in formats.items()}


def file_name(question: str) -> str:
    """Return a name for a file that every system accepts, from the words of a question."""
    words = re.sub(r"[^\w\s-]", "", " ".join(question.split())).strip()
    name = words[:_NAME_LENGTH].rsplit(" ", 1)[0] if len(words) > _NAME_LENGTH else words
    return name.strip(". ") or "Report"
