"""``plumbline models calibrate``, with a model server on this computer that knows some of the answers."""

import random
from collections.abc import Iterator
from math import log
from pathlib import Path
from typing import Any

import pytest
from loopback_chat import VLLM, LoopbackChat, Words, loopback_chat

from desktop.terminal.cli import main
from desktop.terminal.exit_codes import ExitCode
from engine.calibrating import carried_pairs
from engine.citations.calibration_store import CALIBRATIONS_FILE, calibration_for
from models.choice import read_choice


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path, monkeypatch) -> None:
    for name in ("HOME", "USERPROFILE", "APPDATA", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("PLUMBLINE_MODEL_KEY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(autouse=True)
def _few_pairs(monkeypatch) -> None:
    """Every pair is a request to the server."""
    pairs = carried_pairs()
    few = [pair for pair in pairs if pair.kind == "true"][:12] + [pair for pair in pairs if pair.kind == "negated"][:22]
    monkeypatch.setattr("desktop.terminal.calibrate.carried_pairs", lambda: tuple(few))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def server() -> Iterator[LoopbackChat]:
    with loopback_chat(VLLM) as chat:
        chat.context = 32_768
        yield chat


def plumbline(*arguments: str, data: Path) -> int:
    return main([*arguments, "--data", str(data)])


def boasting(*, errs: float) -> Any:
    """A model that is right as often as it is not said to err, and always sure of itself."""
    truth: dict[str, list[tuple[str, bool]]] = {}
    for pair in carried_pairs():
        truth.setdefault(pair.text, []).append((pair.passages[0], pair.is_true))
    dice = random.Random(1)

    def words(body: dict[str, Any]) -> Words:
        passages, _, rest = body["messages"][-1]["content"].rpartition("\nSentence: ")
        known = truth.get(rest.rpartition("\n")[0], [])
        is_true = next((one for quote, one in known if quote in passages), True)
        says, other = ("Yes", "No") if is_true is (dice.random() >= errs) else ("No", "Yes")
        return Words(text=says, tokens=((says, log(0.97)), (other, log(0.03))))

    return words


def test_a_model_is_measured_and_used_as_measured_from_then_on(server: LoopbackChat, data: Path, capsys) -> None:
    server.script = boasting(errs=0.2)
    assert plumbline("models", "use", "--remote", server.address, data=data) == ExitCode.DONE
    assert plumbline("models", "calibrate", data=data) == ExitCode.DONE
    said = capsys.readouterr()
    assert "Brier score" in said.out and "calibration error" in said.out
    assert "Kept." in said.err
    measured = calibration_for(data, read_choice(data))
    assert measured is not None
    assert 0.6 < measured.curve(0.97) < 0.97
    assert measured.after.brier <= measured.before.brier


def test_without_a_model_there_is_nothing_to_measure(data: Path, capsys) -> None:
    assert plumbline("models", "calibrate", data=data) == ExitCode.PROBLEM
    assert "No language model is chosen" in capsys.readouterr().err
    assert not (data / CALIBRATIONS_FILE).exists()


def test_a_server_that_is_gone_leaves_nothing_behind(server: LoopbackChat, data: Path, capsys) -> None:
    server.close()
    assert plumbline("models", "calibrate", server.address, data=data) == ExitCode.PROBLEM
    assert capsys.readouterr().err
    assert not (data / CALIBRATIONS_FILE).exists()
