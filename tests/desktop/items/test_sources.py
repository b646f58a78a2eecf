"""The rows of sources while pages are on their way."""

from dataclasses import replace

from web_runs import web_run

from desktop.items.sources import SourceRow, SourcesModel, SourceStatus
from engine.agent.state import fold
from engine.events import SearchRan, SourceRead
from engine.web.progress import Fetching, FetchPhase

PAGE = "https://paper.example.net/frost"


def searched() -> SourcesModel:
    run = web_run()
    place = next(number for number, stored in enumerate(run.trace) if isinstance(stored.event, SearchRan))
    model = SourcesModel()
    model.show_state(fold(run.trace[: place + 1]))
    return model


def row(model: SourcesModel) -> SourceRow:
    return next(one for one in model.rows if one.address == PAGE)


def test_a_page_that_is_here_keeps_its_row_until_the_run_has_looked_at_it(qapp) -> None:
    model = searched()
    seen = []
    for phase in (FetchPhase.QUEUED, FetchPhase.FETCHING, FetchPhase.READING, FetchPhase.DONE):
        model.show_fetching(Fetching(address=PAGE, phase=phase, is_ahead=True))
        assert row(model).status is SourceStatus.FETCHING
        seen.append((row(model).words.rpartition(" · ")[2], row(model).is_moving))
    assert seen == [
        ("waiting its turn", True),
        ("fetching", True),
        ("reading", True),
        ("fetched, to be looked at", False),
    ]
    model.end_fetching()
    assert row(model).status is SourceStatus.FOUND


def test_a_row_names_the_host_of_its_address_and_not_who_found_it(qapp) -> None:
    assert row(searched()).site == "paper.example.net"


def test_a_supplied_page_without_a_title_keeps_the_one_that_was_found(qapp) -> None:
    run = web_run()
    state = fold(run.trace)
    reading = next(stored for stored in run.trace if isinstance(stored.event, SourceRead))
    for title, shown in (("paper.example.net", "Lime"), ("Its own", "Its own")):
        source = replace(reading.event.source, address=PAGE, title=title, is_supplied=True)
        model = searched()
        model.show_event(replace(reading, event=replace(reading.event, source=source)), state)
        assert row(model).title == shown
