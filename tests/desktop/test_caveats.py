"""Many limits of a report are folded, and none is lost."""

from dataclasses import replace

from fake_runs import finished_run

from desktop.caveats import folded_caveats, shown_caveats
from engine.domain import Report


def report_with(*caveats: str) -> Report:
    report = finished_run().state.report
    assert report is not None
    return replace(report, caveats=caveats)


def test_a_few_stand_under_the_answer() -> None:
    report = report_with("One.", "Two.", "One.")
    assert shown_caveats(report) == ("One.", "Two.")
    assert folded_caveats(report) == ()


def test_of_many_the_first_stands_there_and_all_of_them_at_the_end() -> None:
    report = report_with(*(f"{number}." for number in range(13)))
    first, more = shown_caveats(report)
    assert first == "0."
    assert more.startswith("12 more limits")
    assert folded_caveats(report) == report.caveats
