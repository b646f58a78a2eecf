"""What the doctor finds out about the network without asking anybody."""

from pathlib import Path

import pytest

from desktop.terminal.doctor.finding import Finding, Verdict
from desktop.terminal.doctor.network import check_engines, check_network
from engine.network.ledger import LEDGER_FILE
from engine.network.settings import SETTINGS_FILE, NetworkSettings, SettingsFile
from engine.search import settings as search_settings


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("http_proxy", "https_proxy", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def found(data_folder: Path) -> dict[str, Finding]:
    return {one.name: one for one in (*check_network(data_folder), *check_engines(data_folder))}


def test_a_new_folder_is_offline_and_stays_empty(tmp_path: Path) -> None:
    findings = found(tmp_path)
    assert findings["Network"].verdict is Verdict.ABSENT
    assert "plumbline network on" in findings["Network"].hint
    assert findings["Ledger"].detail == "nothing was ever sent"
    assert findings["Certificates"].verdict is Verdict.WORKS
    assert "DuckDuckGo" in findings["Search engines"].detail
    assert "Tavily" not in findings["Search engines"].detail
    assert not list(tmp_path.iterdir())


def test_a_proxy_that_the_system_has_and_nobody_uses_is_mentioned(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "http://gate.example:3128")
    assert "plumbline network proxy system" in found(tmp_path)["Proxy"].hint
    SettingsFile(tmp_path).keep(NetworkSettings(is_online=True, proxy="system"))
    findings = found(tmp_path)
    assert findings["Proxy"].detail == "the system's, gate.example:3128"
    assert findings["Network"].verdict is Verdict.WORKS


def test_a_proxy_of_the_system_that_makes_no_sense_is_said_to(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://gate.example:1080")
    SettingsFile(tmp_path).keep(NetworkSettings(is_online=True, proxy="system"))
    assert found(tmp_path)["Proxy"].verdict is Verdict.FAILS


def test_certificates_that_cannot_be_loaded_are_said_to(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    finding = found(tmp_path)["Certificates"]
    assert finding.verdict is Verdict.FAILS
    assert "SSL_CERT_FILE" in finding.detail


@pytest.mark.parametrize(
    ("file", "name"),
    [(SETTINGS_FILE, "Network"), (LEDGER_FILE, "Ledger"), (search_settings.SETTINGS_FILE, "Search engines")],
)
def test_damaged_files_are_named_and_left_as_they_are(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / file).write_bytes(b"\xff nonsense" * 500)
    assert found(tmp_path)[name].verdict is Verdict.FAILS
    assert (tmp_path / file).read_bytes() == b"\xff nonsense" * 500
    assert [path.name for path in tmp_path.iterdir()] == [file]
