"""The network from a terminal: decided, shown, listed; and nobody is contacted by any of it."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.terminal.cli import main
from desktop.terminal.exit_codes import ExitCode
from engine.network.entry import Entry, Verdict
from engine.network.gate import Purpose
from engine.network.ledger import LEDGER_FILE, Ledger
from engine.network.settings import SETTINGS_FILE, SettingsFile

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def plumbline(*arguments: object, data: Path) -> int:
    return main([*(str(argument) for argument in arguments), "--data", str(data)])


def entry(number: int = 1, **changes: object) -> Entry:
    values: dict[str, object] = {
        "at": START + timedelta(seconds=number),
        "purpose": Purpose.SEARCH,
        "host": "lite.example.org",
        "port": 443,
        "method": "GET",
        "path": f"/search?q=lime+{number}",
        "run_id": "run-1",
        "words": f"lime {number}",
        "provider": "duckduckgo",
        "address": "203.0.113.5",
    }
    return Entry(**(values | changes))  # type: ignore[arg-type]


def keep(data: Path, *entries: Entry) -> None:
    ledger = Ledger(data)
    for one in entries:
        ledger.finish(replace(ledger.begin(one), bytes_sent=400, bytes_received=9_000, status=200))
    ledger.close()


def test_at_first_nothing_is_allowed_and_looking_makes_no_file(data, capsys) -> None:
    assert plumbline("network", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "Network: not allowed yet: nothing leaves this computer" in out
    assert "Ledger: nothing was ever sent" in out
    assert not data.exists()


def test_what_is_decided_is_kept_and_each_decision_leaves_the_others_alone(data, capsys) -> None:
    for arguments in (["on"], ["proxy", "http://proxy.example:3128"], ["robots", "off"]):
        assert plumbline("network", *arguments, data=data) == ExitCode.DONE
    now = SettingsFile(data).now()
    assert (now.is_online, now.proxy, now.obey_robots) == (True, "http://proxy.example:3128", False)
    assert plumbline("network", "off", data=data) == ExitCode.DONE
    capsys.readouterr()
    assert plumbline("network", "status", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "Network: off" in out
    assert "Proxy: proxy.example:3128" in out
    assert "not respected" in out


def test_a_password_in_a_proxy_is_never_shown(data, capsys) -> None:
    plumbline("network", "proxy", "http://ada:secret@proxy.example:3128", data=data)
    plumbline("network", data=data)
    assert "secret" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("proxy", ["ftp://x", "socks5://x:1", "proxy", "http://", "http://x:99999"])
def test_a_proxy_that_makes_no_sense_is_refused_and_nothing_changes(proxy: str, data, capsys) -> None:
    assert plumbline("network", "proxy", proxy, data=data) == ExitCode.USAGE
    assert "proxy cannot be used" in capsys.readouterr().err
    assert not (data / SETTINGS_FILE).exists()


def test_the_proxy_of_the_system_is_named(data, capsys, monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "http://gate.example:8080")
    monkeypatch.delenv("no_proxy", raising=False)
    plumbline("network", "proxy", "system", data=data)
    assert "the system's, gate.example:8080" in capsys.readouterr().out
    plumbline("network", "proxy", "none", data=data)
    assert SettingsFile(data).now().proxy == ""


def test_the_log_tells_each_request_the_latest_last(data, capsys) -> None:
    refused = entry(2, purpose=Purpose.PAGE, words="", provider="", verdict=Verdict.REFUSED, reason="It is offline.")
    keep(data, entry(1), refused)
    assert plumbline("network", "log", data=data) == ExitCode.DONE
    out = capsys.readouterr().out
    first, second = out.index("“lime 1”"), out.index("refused: It is offline.")
    assert first < second
    assert "2026-11-21 09:00:01 UTC, search at DuckDuckGo, lite.example.org" in out
    assert "400 bytes sent, 9.0 KB received" in out
    plumbline("network", data=data)
    assert "1 request to 1 host" in capsys.readouterr().out


def listed(capsys, data: Path, *more: object) -> list[dict[str, object]]:
    capsys.readouterr()
    assert plumbline("network", "log", "--json", *more, data=data) == ExitCode.DONE
    return json.loads(capsys.readouterr().out)


def test_the_log_can_be_narrowed(data, capsys) -> None:
    odd = [entry(number, verdict=Verdict.REFUSED, reason="no") for number in range(1, 1_200, 400)]
    keep(data, *odd, *(entry(number, host=f"h{number % 2}.example") for number in range(30)))
    assert [one["words"] for one in listed(capsys, data, "--limit", 2)] == ["lime 28", "lime 29"]
    assert [one["words"] for one in listed(capsys, data, "--refused")] == ["lime 1", "lime 401", "lime 801"]
    assert len(listed(capsys, data, "--text", "h1.example")) == 15
    assert listed(capsys, data, "--text", "nowhere") == []


def test_a_log_of_another_session_is_not_shown(data, capsys) -> None:
    (data / "notes").mkdir(parents=True)
    (data / "notes" / "a.txt").write_text("The north tower is 41 metres high.\n")
    plumbline("ask", "How high is the north tower?", "--library", data / "notes", "--json", data=data)
    run = json.loads(capsys.readouterr().out.splitlines()[0])["run"]
    keep(data, entry(1, run_id=run), entry(2, run_id="another"))
    for name in ("last", run, run[:12]):
        assert [one["words"] for one in listed(capsys, data, name)] == ["lime 1"]
    assert plumbline("network", "log", "nonsense", data=data) == ExitCode.PROBLEM


def test_a_table_of_the_log_carries_out_nothing(data, capsys) -> None:
    keep(data, entry(1, words="=1+1", host="a,b\n.example"), entry(2, words='-2 "x"'))
    plumbline("network", "log", "--csv", data=data)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["words"] for row in rows] == ["'=1+1", '\'-2 "x"']
    assert rows[0]["host"] == "a,b\n.example"
    assert rows[0]["bytes_received"] == "9000"


def test_hostile_words_in_the_log_command_no_terminal(data, capsys) -> None:
    keep(data, entry(1, words="\x1b]0;title\x07 \u202e x", host="\x1b[2J.example", reason="a\rb"))
    plumbline("network", "log", data=data)
    assert not {"\x1b", "\r", "\x07"} & set(capsys.readouterr().out)


def test_a_damaged_ledger_is_explained(data, capsys) -> None:
    data.mkdir()
    (data / LEDGER_FILE).write_bytes(b"no database at all" * 400)
    assert plumbline("network", "log", data=data) == ExitCode.PROBLEM
    errors = capsys.readouterr().err
    assert "Traceback" not in errors
    assert "mistake" not in errors


@pytest.mark.parametrize("limit", ["0", "-3", "many", "9" * 20, "9" * 5000])
def test_a_limit_that_is_none_is_a_matter_of_usage(limit: str, data, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        plumbline("network", "log", "--limit", limit, data=data)
    assert ended.value.code == ExitCode.USAGE
    assert "usage: plumbline network log" in capsys.readouterr().err
