"""From a format to the module that reads it; imported when first needed, so a page does not wait for openpyxl."""

# ruff: noqa: PLC0415
from __future__ import annotations

from engine.errors import DocumentUnreadable
from engine.reading.document import Document
from engine.reading.extract.content import Content
from engine.reading.extract.formats import Format


def extract(content: Content, *, format: Format) -> Document:
    """Return the file's content as a document.

    Raises:
        DocumentUnreadable: with a title and a hint for the person.
    """
    match format:
        case Format.HTML:
            from engine.reading.extract import html

            return html.extract(content)
        case Format.MARKDOWN:
            from engine.reading.extract import markdown

            return markdown.extract(content)
        case Format.TEXT:
            from engine.reading.extract import plain

            return plain.extract(content)
        case Format.PDF:
            from engine.reading.extract import pdf

            return pdf.extract(content)
        case Format.DOCX:
            from engine.reading.extract import word

            return word.extract(content)
        case Format.PPTX:
            from engine.reading.extract import slides

            return slides.extract(content)
        case Format.XLSX:
            from engine.reading.extract import spreadsheet

            return spreadsheet.extract_xlsx(content)
        case Format.CSV:
            from engine.reading.extract import spreadsheet

            return spreadsheet.extract_csv(content)
        case Format.ODT:
            from engine.reading.extract import opendocument

            return opendocument.extract(content)
        case Format.RTF:
            from engine.reading.extract import rtf

            return rtf.extract(content)
        case Format.EPUB:
            from engine.reading.extract import epub

            return epub.extract(content)
        case Format.ZIP:
            from engine.reading.extract import archive

            actual = archive.format_of(content.data)
            if actual is not None:
                return extract(content, format=actual)
            raise DocumentUnreadable("The file is an archive", hint="Unpack it and add the files that are in it.")
        case Format.MHTML | Format.FEED:
            raise DocumentUnreadable(
                "The file is a page as it was saved by a program",
                hint="Save it as HTML, text or PDF and add that copy.",
            )
