from pathlib import Path

import pytest
from fake_runs import finished_run

from engine.errors import ExportFailed
from engine.export import STYLED_FORMATS, TEXT_FORMATS, ReportFormat, format_of, render, render_bytes


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.txt", ReportFormat.TEXT),
        ("report.md", ReportFormat.MARKDOWN),
        ("report.MARKDOWN", ReportFormat.MARKDOWN),
        ("report.Html", ReportFormat.HTML),
        ("report.htm", ReportFormat.HTML),
        ("report.html.json", ReportFormat.JSON),
        ("report.csl.json", ReportFormat.CSL_JSON),
        ("Report.CSL.JSON", ReportFormat.CSL_JSON),
        ("report", ReportFormat.TEXT),
        ("report.docx", ReportFormat.DOCX),
        ("report.ODT", ReportFormat.ODT),
        ("report.pdf", ReportFormat.PDF),
        ("report.tex", ReportFormat.LATEX),
        ("report.epub", ReportFormat.EPUB),
        ("report.xlsx", ReportFormat.XLSX),
        ("report.bib", ReportFormat.BIBTEX),
        ("report.plumbline", ReportFormat.BUNDLE),
        (".html", ReportFormat.TEXT),
    ],
)
def test_the_ending_of_a_file_means_a_format(name: str, expected: ReportFormat) -> None:
    assert format_of(Path(name)) is expected


@pytest.mark.parametrize("name", ["report.doc", "report.rtf", "notes 2.0 final", "report.docx.exe", "x.中文"])
def test_an_ending_that_no_format_has_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(ExportFailed, match=r"\.docx, \.odt, \.pdf") as raised:
        format_of(Path(name))
    assert Path(name).suffix.lower() in raised.value.title


def test_every_text_format_can_be_written_and_is_another() -> None:
    run = finished_run()
    written = {render(run.state, form, run.document_of) for form in TEXT_FORMATS}
    assert len(written) == len(TEXT_FORMATS)
    assert all(run.state.question in text for text in written)


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_text_as_bytes_is_the_same_text(form: ReportFormat) -> None:
    run = finished_run()
    assert render_bytes(run.state, form, run.document_of).decode() == render(run.state, form, run.document_of)


@pytest.mark.parametrize(
    ("form", "beginning"),
    [
        (ReportFormat.DOCX, b"PK\x03\x04"),
        (ReportFormat.ODT, b"PK\x03\x04"),
        (ReportFormat.EPUB, b"PK\x03\x04"),
        (ReportFormat.PDF, b"%PDF-"),
        (ReportFormat.LATEX, b"% Set it with"),
    ],
)
def test_every_document_format_is_made_and_is_the_same_each_time(form: ReportFormat, beginning: bytes) -> None:
    run = finished_run()
    data = render_bytes(run.state, form, run.document_of)
    assert data.startswith(beginning)
    assert form in STYLED_FORMATS
    assert render_bytes(run.state, form, run.document_of) == data


def test_a_document_is_no_text_to_show() -> None:
    run = finished_run()
    with pytest.raises(ExportFailed, match="Save it in a file"):
        render(run.state, ReportFormat.DOCX, run.document_of)


def test_a_bundle_is_made_elsewhere_and_says_so() -> None:
    run = finished_run()
    with pytest.raises(ExportFailed, match="packed from what is stored"):
        render_bytes(run.state, ReportFormat.BUNDLE, run.document_of)


def test_a_style_that_is_not_there_is_named() -> None:
    run = finished_run()
    with pytest.raises(ExportFailed, match="no-such-style-at-all"):
        render_bytes(run.state, ReportFormat.DOCX, run.document_of, style="no-such-style-at-all")
