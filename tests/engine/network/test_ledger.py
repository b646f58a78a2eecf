import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from loopback_web import LoopbackWeb, Reply, door_to

from engine.domain import Reach
from engine.errors import StorageError
from engine.network.entry import Entry, Total, Verdict
from engine.network.gate import Origin, Purpose
from engine.network.ledger import LEDGER_FILE, Ledger, LedgerReader
from models.http import ConnectionProblem, Trouble

PAGE = "http://herons.example/winter?of=2025"


def entry(**more):
    known = {
        "at": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        "purpose": Purpose.PAGE,
        "host": "herons.example",
        "port": 443,
        "method": "GET",
        "path": "/winter",
        "run_id": "run-1",
    }
    return Entry(**known | more)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path)
    yield made
    made.close()


@pytest.fixture
def web():
    with LoopbackWeb() as made:
        made.page("herons.example", "/winter", "<p>Herons stay.</p>")
        yield made


def page_client(door, address=PAGE):
    gate = door.admit("run-1", reach=Reach.WEB)
    gate.learn([address], origin=Origin.SEARCHED)
    return gate.client(Purpose.PAGE, words="herons", provider="Small")


def test_what_was_written_is_read_the_latest_first(ledger, tmp_path):
    first = ledger.begin(entry())
    second = ledger.begin(entry(path="/summer", words="Herons in summer", provider="Small", via="proxy.example:3128"))
    reader = LedgerReader.open(tmp_path)
    assert reader.entries() == (second, first)
    assert reader.entries(limit=1) == (second,)
    assert reader.entries(before=second.id) == (first,)
    assert reader.entries(text="SUMMER") == (second,)
    assert reader.entries(text="100%") == ()
    assert reader.entries("run-2") == () and reader.entries("") == ()
    assert reader.count() == 2


def test_an_entry_is_on_the_disk_before_anything_is_sent_and_complete_after(web, tmp_path):
    seen = []

    def look(_asked):
        seen.extend(LedgerReader.open(tmp_path).entries())
        return "<p>Herons</p>"

    web.on("herons.example", look)
    heard = []
    with door_to(web, tmp_path, on_entry=heard.append) as door, page_client(door).open(PAGE) as answer:
        answer.read(limit_bytes=1000)
    (before,), (after,) = seen, LedgerReader.open(tmp_path).entries()
    assert (before.host, before.path, before.words, before.provider) == (
        "herons.example",
        "/winter?of=2025",
        "herons",
        "Small",
    )
    assert (before.is_complete, after.is_complete) == (False, True)
    assert after.bytes_sent == len(web.requests[0].raw)
    assert after.bytes_received > len("<p>Herons</p>") and after.status == 200 and after.seconds > 0
    assert heard == [before, after]


def test_even_a_name_is_looked_up_only_after_it_was_written_down(web, tmp_path):
    counts = []

    class Asking(LoopbackWeb):
        def resolve(self, host):
            counts.append(LedgerReader.open(tmp_path).count())
            return super().resolve(host)

    with Asking() as asking, door_to(asking, tmp_path) as door, pytest.raises(ConnectionProblem):
        page_client(door).open(PAGE)
    assert counts == [1]


def test_refusals_are_in_the_ledger_with_their_reason(web, tmp_path):
    web.on("bad.example", Reply(status=302, headers={"Location": "http://10.0.0.1/x"}))
    with door_to(web, tmp_path) as door:
        for address in ("http://10.0.0.1/", "http://user:secret@a.example/\n", "http://bad.example/"):
            with pytest.raises(ConnectionProblem):
                page_client(door, address).open(address)
        entries = door.ledger.entries()
        assert [(one.host, one.path, one.verdict) for one in entries] == [
            ("10.0.0.1", "/x", Verdict.REFUSED),
            ("bad.example", "/", Verdict.ALLOWED),
            ("", "http://…@a.example/?", Verdict.REFUSED),
            ("10.0.0.1", "/", Verdict.REFUSED),
        ]
        assert all(one.reason for one in entries if one.verdict is Verdict.REFUSED)
        assert door.ledger.totals("run-1")[0] == Total(
            host="bad.example",
            purpose=Purpose.PAGE,
            requests=1,
            refused=0,
            bytes_sent=entries[1].bytes_sent,
            bytes_received=entries[1].bytes_received,
        )
        assert sum(one.refused for one in door.ledger.totals()) == 3


def fill(ledger_or_door):
    """Let the file not grow any more, as on a full disk."""
    ledger = getattr(ledger_or_door, "_ledger", ledger_or_door)
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count = {pages}")


def test_what_cannot_be_written_down_is_not_sent(web, tmp_path):
    with door_to(web, tmp_path) as door:
        with page_client(door).open(PAGE) as answer:
            answer.read(limit_bytes=1000)
        fill(door)
        sent = len(web.requests)
        with pytest.raises(ConnectionProblem, match="could not be written down") as caught:
            while True:
                with page_client(door, PAGE + "x" * 3000).open(PAGE + "x" * 3000) as answer:
                    answer.read(limit_bytes=1000)
                sent += 1
        assert caught.value.trouble is Trouble.NOT_ALLOWED
        assert len(web.requests) == sent == door.ledger.count()
        with pytest.raises(ConnectionProblem, match="not on the public internet"):
            page_client(door, "http://nas.local/" + "x" * 5000).open("http://nas.local/" + "x" * 5000)


@pytest.mark.parametrize(
    "damage", [b"this is no database at all, but a text of some length" * 100, b"SQLite format 3\0" + b"x" * 4080]
)
def test_a_damaged_ledger_is_kept_aside_and_a_new_one_begun(tmp_path, damage):
    (tmp_path / LEDGER_FILE).write_bytes(damage)
    ledger = Ledger(tmp_path)
    written = ledger.begin(entry())
    ledger.close()
    assert LedgerReader.open(tmp_path).entries() == (written,)
    (aside,) = tmp_path.glob("network.damaged-*.sqlite")
    assert aside.read_bytes() == damage
    assert aside.name in ledger.notice


def test_a_ledger_that_is_damaged_while_it_is_open_is_kept_aside_too(ledger, tmp_path):
    for number in range(300):
        ledger.begin(entry(path=f"/{number}" + "x" * 200))
    path = tmp_path / LEDGER_FILE
    whole = bytearray(path.read_bytes())
    whole[100:] = b"\xff" * (len(whole) - 100)
    path.write_bytes(whole)
    with sqlite3.connect(path) as other, pytest.raises(sqlite3.DatabaseError):
        other.execute("SELECT count(*) FROM entries").fetchone()
    other.close()
    ledger._connection.execute("PRAGMA shrink_memory")
    ledger.close()
    again = Ledger(tmp_path)
    again.begin(entry())
    again.close()
    assert LedgerReader.open(tmp_path).count() == 1
    assert "was damaged" in again.notice


def test_a_folder_that_cannot_be_written_lets_nothing_out(web, tmp_path):
    place = tmp_path / "data"
    with door_to(web, place) as door:
        (place / LEDGER_FILE).mkdir()
        with pytest.raises(ConnectionProblem, match="could not be written down"):
            page_client(door).open(PAGE)
    assert web.dialled == []


def test_several_threads_and_two_programs_write_at_once(tmp_path):
    ledgers = [Ledger(tmp_path), Ledger(tmp_path)]
    problems = []

    def write(ledger, name):
        try:
            for number in range(20):
                ledger.finish(ledger.begin(entry(path=f"/{name}/{number}")))
        except StorageError as problem:
            problems.append(problem)

    threads = [threading.Thread(target=write, args=(ledgers[name % 2], name)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()
    assert problems == []
    entries = LedgerReader.open(tmp_path).entries(limit=1000)
    assert len({one.path for one in entries}) == len(entries) == 80
    assert all(one.is_complete for one in entries)


def test_half_a_character_does_not_break_the_ledger(ledger, tmp_path):
    ledger.begin(entry(path="/\ud800", words="a\ud800"))
    assert LedgerReader.open(tmp_path).entries()[0].path == "/?"


KILLED = """
import os, sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from engine.network.entry import Entry
from engine.network.gate import Purpose
from engine.network.ledger import Ledger

known = dict(at=datetime.now(UTC), purpose=Purpose.PAGE, port=443, method="GET", path="/")
ledger = Ledger(Path(sys.argv[1]))
ledger.finish(ledger.begin(Entry(host="done.example", **known)))
ledger.begin(Entry(host="open.example", **known))
os._exit(9)
"""


def test_what_a_killed_program_left_under_way_is_closed_at_the_next_opening(web, tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=60)
    assert [one.is_complete for one in LedgerReader.open(tmp_path).entries()] == [False, True]
    with door_to(web, tmp_path) as door:
        left, done = door.ledger.entries()
    assert left.is_complete and left.is_cut_off
    assert left.reason == "Plumbline was closed while it was under way; how much was sent is not known"
    assert not done.is_cut_off and not done.reason
    assert not list(tmp_path.glob("network-*.lock"))


def test_what_another_living_program_has_under_way_stays_open(ledger, tmp_path):
    living = ledger.begin(entry())
    other = Ledger(tmp_path)
    other.close_cut_off()
    assert LedgerReader.open(tmp_path).entries() == (living,)
    other.begin(entry(path="/summer"))
    other.close()
    ledger.close_cut_off()
    summer, winter = LedgerReader.open(tmp_path).entries()
    assert summer.is_cut_off and winter == living


def test_a_ledger_of_an_earlier_version_is_written_on(ledger, tmp_path):
    ledger.begin(entry())
    ledger.close()
    with closing(sqlite3.connect(tmp_path / LEDGER_FILE)) as connection:
        connection.execute("ALTER TABLE entries DROP COLUMN writer")
    later = Ledger(tmp_path)
    later.close_cut_off()
    later.begin(entry(path="/summer"))
    later.close()
    assert [one.is_cut_off for one in LedgerReader.open(tmp_path).entries()] == [False, True]


def test_a_damaged_ledger_is_no_reason_not_to_open(web, tmp_path):
    (tmp_path / LEDGER_FILE).write_bytes(b"no database at all" * 100)
    with door_to(web, tmp_path) as door, page_client(door).open(PAGE) as answer:
        answer.read(limit_bytes=1000)


def test_numbers_beyond_all_measure_are_taken_for_the_largest(ledger, tmp_path):
    written = ledger.begin(entry())
    reader = LedgerReader.open(tmp_path)
    assert reader.entries(limit=10**20, before=10**20) == (written,)
    assert reader.entries(limit=-1) == () and reader.entries(before=-(10**20)) == ()


@pytest.mark.parametrize(
    ("target", "host"),
    [("ftp://files.example/x", "files.example"), ("http://a b/", "herons.example"), ("http://[::1", "herons.example")],
)
def test_a_refused_redirect_is_in_the_ledger_with_a_host(web, tmp_path, target, host):
    web.on("herons.example", Reply(status=302, headers={"Location": target}))
    with door_to(web, tmp_path) as door:
        with pytest.raises(ConnectionProblem):
            page_client(door).open(PAGE)
        assert {one.host for one in door.ledger.entries()} <= {host, "herons.example"}
        assert door.ledger.entries()[0].host == host
