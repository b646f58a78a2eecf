import json
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt

from desktop.items.hosts import HostColumn, HostsModel
from desktop.items.ledger import PAGE, Column, LedgerModel
from desktop.ledger_words import as_csv, as_json, result_of, spoken, sums_of, sums_words
from engine.network.entry import Entry, Total, Verdict
from engine.network.gate import Purpose

START = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def entry(number: int, **facts: object) -> Entry:
    values: dict[str, object] = {
        "id": number,
        "at": START + timedelta(seconds=number),
        "purpose": Purpose.PAGE,
        "host": f"site-{number % 7}.example",
        "port": 443,
        "method": "GET",
        "path": f"/page/{number}",
        "bytes_sent": 200,
        "bytes_received": 3000,
        "status": 200,
        "is_complete": True,
    }
    return Entry(**(values | facts))  # type: ignore[arg-type]


class LongLedger:
    """A hundred thousand requests, answered in pages as the real one does."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[int | None] = []

    def page(self, before: int | None) -> tuple[Entry, ...]:
        self.asked.append(before)
        newest = self.count if before is None else before - 1
        return tuple(entry(number) for number in range(newest, max(0, newest - PAGE), -1))


@pytest.fixture
def model(qapp) -> LedgerModel:
    return LedgerModel()


def ids(model: LedgerModel) -> list[int]:
    return [row.id for row in model.rows]


def test_of_a_hundred_thousand_requests_only_the_pages_in_view_are_read(model: LedgerModel):
    ledger = LongLedger(100_000)
    model.older_wanted.connect(lambda before: model.take_older(ledger.page(before)))
    model.take_newest(ledger.page(None))
    assert model.rowCount() == PAGE
    for _ in range(3):
        assert model.canFetchMore(QModelIndex())
        model.fetchMore(QModelIndex())
    assert ledger.asked == [None, 99_801, 99_601, 99_401]
    assert ids(model) == list(range(100_000, 99_200, -1))


def test_the_last_page_is_the_end(model: LedgerModel):
    ledger = LongLedger(PAGE + 5)
    model.older_wanted.connect(lambda before: model.take_older(ledger.page(before)))
    model.take_newest(ledger.page(None))
    model.fetchMore(QModelIndex())
    assert model.rowCount() == PAGE + 5
    assert not model.canFetchMore(QModelIndex())


def test_a_page_is_asked_for_once_while_it_is_on_its_way(model: LedgerModel):
    wanted: list[int] = []
    model.older_wanted.connect(wanted.append)
    model.take_newest(LongLedger(1000).page(None))
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert wanted == [801]


def test_new_requests_come_in_front_and_those_that_ended_change_in_place(qtbot, model: LedgerModel):
    model.take_newest([entry(2, is_complete=False, status=0), entry(1)])
    with qtbot.waitSignals([model.rowsInserted, model.dataChanged]):
        model.take_newest([entry(3, is_complete=False), entry(2), entry(1)])
    assert ids(model) == [3, 2, 1]
    assert model.rows[1].is_complete
    with qtbot.assertNotEmitted(model.modelReset):
        model.take_newest([entry(3), entry(2), entry(1)])


def test_the_model_keeps_the_rules_of_models(qtmodeltester, model: LedgerModel):
    model.take_newest([entry(number) for number in range(20, 0, -1)])
    qtmodeltester.check(model)
    model.take_newest([entry(number) for number in range(25, 5, -1)])
    model.clear()


def test_a_list_that_was_read_far_down_does_not_move_under_the_reader_and_is_short_again_at_its_top(model: LedgerModel):
    ledger = LongLedger(8000)
    model.older_wanted.connect(lambda before: model.take_older(ledger.page(before)))
    model.take_newest(ledger.page(None))
    while model.rowCount() < 6000:
        model.fetchMore(QModelIndex())
    ledger.count += 1
    model.follow(ledger.page(None), is_at_top=False)
    assert model.rows[0].id == 8000
    model.follow(ledger.page(None), is_at_top=True)
    assert ids(model) == list(range(8001, 7801, -1))
    assert model.canFetchMore(QModelIndex())


def test_after_a_long_absence_what_is_missing_is_not_skipped(model: LedgerModel):
    model.take_newest(LongLedger(300).page(None))
    model.take_newest(LongLedger(5000).page(None))
    assert ids(model) == list(range(5000, 4800, -1))
    assert model.canFetchMore(QModelIndex())


def test_a_request_says_what_it_asked_and_what_became_of_it(model: LedgerModel):
    refused = entry(9, verdict=Verdict.REFUSED, reason="The address is not public.", host="192.168.0.1", port=8080)
    search = entry(8, purpose=Purpose.SEARCH, provider="duckduckgo", words="grey herons", path="/html?q=grey+herons")
    model.take_newest([refused, search, entry(7, is_complete=False, status=0), entry(6, status=0, reason="Cut off")])
    texts = [[model.index(row, column).data() for column in Column] for row in range(4)]
    assert texts[0][1:] == ["192.168.0.1:8080", "Page", "/page/9", "", "", "Refused: the address is not public."]
    assert texts[1][2:4] == ["Search, DuckDuckGo", "“grey herons”"]
    assert [row[Column.RESULT] for row in texts[2:]] == ["Under way", "Failed: cut off"]
    said = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == spoken(search)
    assert "“grey herons”. 200 bytes out, 3.0 KB in. Answered 200" in said


def test_a_hostile_path_is_no_markup(model: LedgerModel):
    model.take_newest([entry(1, path="/<img src='file:///etc/passwd'>\n\u202eabc")])
    assert "<img" not in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "\n" not in model.index(0, Column.ASKED).data()
    assert "\u202e" not in model.index(0, Column.ASKED).data()


def test_a_table_holds_everything_and_no_formula():
    lines = list(as_csv([entry(1, words="=HYPERLINK(1)", path="/a,b"), entry(2)]))
    assert lines[0].startswith("at,purpose,host,port,method,path,")
    assert '"/a,b"' in lines[1]
    assert "'=HYPERLINK(1)" in lines[1]
    assert len(lines) == 3


def test_json_is_a_list_also_when_it_is_empty():
    assert json.loads("".join(as_json([]))) == []
    (one,) = json.loads("".join(as_json([entry(5, words="höhle “x”")])))
    assert one["words"] == "höhle “x”"
    assert one["verdict"] == "allowed"


def total(host: str, **facts: int) -> Total:
    values = {"requests": 1, "refused": 0, "bytes_sent": 100, "bytes_received": 1000} | facts
    return Total(host=host, purpose=Purpose.PAGE, **values)


def test_sums_say_what_left_and_never_call_a_refusal_leaving():
    assert sums_words(sums_of([])) == "No request was made."
    both = [total("a.example", requests=3), total("b.example", refused=2)]
    assert sums_words(sums_of(both)) == "4 requests to 2 hosts · 200 bytes out, 2.0 KB in · 2 refused"
    only = [total("c.example", requests=0, refused=1, bytes_sent=0, bytes_received=0)]
    assert sums_words(sums_of(only)) == "Nothing left this computer · 1 refused"


def test_hosts_sort_by_every_column(qtmodeltester):
    model = HostsModel()
    qtmodeltester.check(model)
    model.show_totals([total("b.example", bytes_sent=5), total("a.example", bytes_sent=900), total("c.example")])
    assert [row.host for row in model.rows] == ["a.example", "c.example", "b.example"]
    model.sort(HostColumn.HOST, Qt.SortOrder.AscendingOrder)
    assert [row.host for row in model.rows] == ["a.example", "b.example", "c.example"]
    assert model.index(0, HostColumn.SENT).data() == "900 bytes"


def test_what_failed_before_it_left_is_not_called_sent():
    assert result_of(entry(1, status=0, bytes_sent=0, reason="There is no connection.")) == (
        "Failed: there is no connection."
    )


def test_a_query_whose_answer_the_door_cannot_see_was_passed_on() -> None:
    query = {"status": 0, "purpose": Purpose.SEARCH, "provider": "brave", "words": "herons"}
    assert result_of(entry(1, **query)) == "Passed on"
    assert result_of(entry(1, **{**query, "status": 429})) == "Answered 429"
    assert result_of(entry(1, status=0)) == "Sent"


def test_names_keep_their_capital_in_the_middle_of_a_sentence() -> None:
    refused = {"verdict": Verdict.REFUSED}
    assert result_of(entry(1, reason="Plumbline is offline", **refused)) == "Refused: Plumbline is offline"
    assert result_of(entry(1, reason="Brave asked for a person", **refused)) == "Refused: Brave asked for a person"
    assert result_of(entry(1, reason="There is no room", **refused)) == "Refused: there is no room"
