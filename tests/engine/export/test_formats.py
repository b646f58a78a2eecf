from pathlib import Path

import pytest
from fake_runs import finished_run

from engine.export import ReportFormat, format_of, render


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.txt", ReportFormat.TEXT),
        ("report.md", ReportFormat.MARKDOWN),
        ("report.MARKDOWN", ReportFormat.MARKDOWN),
        ("report.Html", ReportFormat.HTML),
        ("report.htm", ReportFormat.HTML),
        ("report.html.json", ReportFormat.JSON),
        ("report", ReportFormat.TEXT),
        ("report.docx", ReportFormat.TEXT),
        (".html", ReportFormat.TEXT),
    ],
)
def test_the_ending_of_a_file_means_a_format(name: str, expected: ReportFormat) -> None:
    assert format_of(Path(name)) is expected


def test_every_format_can_be_written_and_is_another() -> None:
    run = finished_run()
    written = {render(run.state, form, run.document_of) for form in ReportFormat}
    assert len(written) == len(ReportFormat)
    assert all(run.state.question in text for text in written)
