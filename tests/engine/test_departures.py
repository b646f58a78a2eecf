from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_runs import START, finished_run
from web_runs import web_run

from engine.departures import departures_of
from engine.export.receipt import receipt_of
from engine.network.entry import Entry, Verdict
from engine.network.gate import Purpose
from engine.network.ledger import LEDGER_FILE, Ledger

WEB, LOCAL = web_run().state, finished_run().state


def entry(number: int, **changes: object) -> Entry:
    values: dict[str, object] = {
        "at": START + timedelta(seconds=number),
        "purpose": Purpose.PAGE,
        "host": f"{number}.example.org",
        "port": 443,
        "method": "GET",
        "path": f"/page?number={number}",
        "run_id": WEB.run_id,
        "address": "203.0.113.5",
    }
    return Entry(**(values | changes))  # type: ignore[arg-type]


def keep(data_folder: Path, *entries: Entry) -> None:
    ledger = Ledger(data_folder)
    for one in entries:
        ledger.finish(replace(ledger.begin(one), bytes_sent=100, bytes_received=2_000, status=200))
    ledger.close()


def test_the_requests_of_a_run_and_of_no_other_come_in_their_order(tmp_path: Path) -> None:
    refused = entry(3, verdict=Verdict.REFUSED, reason="not public")
    keep(tmp_path, entry(1), entry(2, run_id="another"), refused, entry(4, run_id=""))
    found = departures_of(tmp_path, WEB)
    assert found.is_known
    assert [(one.host, one.is_allowed) for one in found.entries] == [("1.example.org", True), ("3.example.org", False)]
    assert found.left[0].path == "/page?number=1"
    assert found.left[0].bytes_received == 2_000


def test_what_went_to_a_language_model_elsewhere_while_the_run_lasted_is_counted_to_it(tmp_path: Path) -> None:
    state = replace(LOCAL, sent_to=("models.example:8443 and big.example",))
    asked = {"purpose": Purpose.MODEL_SERVER, "run_id": "", "host": "models.example", "port": 8443, "method": "POST"}
    during = state.started_at + timedelta(seconds=1)
    keep(
        tmp_path,
        entry(1, **(asked | {"at": state.started_at - timedelta(seconds=1), "path": "/before"})),
        entry(2, **(asked | {"at": during, "path": "/v1/chat"})),
        entry(3, **(asked | {"at": during, "host": "another.example"})),
        entry(4, **(asked | {"at": during, "purpose": Purpose.MODEL_HUB})),
        entry(5, **(asked | {"at": during, "host": "big.example", "path": "/v1/big"})),
        entry(6, **(asked | {"at": state.updated_at + timedelta(seconds=1), "path": "/after"})),
    )
    assert [one.path for one in departures_of(tmp_path, state).entries] == ["/v1/chat", "/v1/big"]
    assert not departures_of(tmp_path, LOCAL).entries


def test_more_than_a_page_of_the_ledger_is_read(tmp_path: Path) -> None:
    keep(tmp_path, *(entry(number) for number in range(230)))
    assert len(departures_of(tmp_path, WEB).entries) == 230


def test_a_ledger_that_was_never_begun_says_that_nothing_left(tmp_path: Path) -> None:
    departures = departures_of(tmp_path, LOCAL)
    assert receipt_of(LOCAL, sources_cited=0, departures=departures).stayed_here
    assert not list(tmp_path.iterdir())


def test_a_run_on_the_web_without_its_ledger_cannot_be_shown(tmp_path: Path) -> None:
    assert "not there any more" in departures_of(tmp_path, WEB).trouble
    keep(tmp_path, entry(1, run_id="another"))
    assert "nothing of this run" in departures_of(tmp_path, WEB).trouble


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 4_000, b"no database at all" * 100])
def test_a_damaged_ledger_shows_nothing_and_proves_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LEDGER_FILE).write_bytes(content)
    departures = departures_of(tmp_path, LOCAL)
    assert departures.trouble
    assert not receipt_of(LOCAL, sources_cited=0, departures=departures).stayed_here


def test_a_ledger_put_aside_after_the_run_began_may_have_held_more(tmp_path: Path) -> None:
    keep(tmp_path, entry(1))
    later = LOCAL.started_at + timedelta(minutes=1)
    (tmp_path / f"network.damaged-{later:%Y%m%d-%H%M%S-%f}.sqlite").touch()
    assert "kept aside" in departures_of(tmp_path, LOCAL).trouble
    assert departures_of(tmp_path, replace(LOCAL, started_at=later + timedelta(minutes=1))).is_known
