import json
from pathlib import Path

import pytest

from engine.citations.calibration import Calibration, Curve, Quality
from engine.citations.calibration_store import (
    CALIBRATIONS_FILE,
    calibration_for,
    keep_calibration,
    model_key,
    read_calibration,
)
from models.choice import LocalChoice, ModelChoice, RemoteChoice

SOME = Calibration(
    curve=Curve(slope=0.5, offset=-0.25),
    cases=300,
    true=120,
    before=Quality(brier=0.2, error=0.1),
    after=Quality(brier=0.1, error=0.02),
)


def model_file(folder: Path, name: str = "a.gguf", content: bytes = b"GGUF one") -> LocalChoice:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return LocalChoice(path=path)


def test_what_was_kept_is_found_under_the_model_wherever_its_file_lies(tmp_path: Path) -> None:
    model = model_file(tmp_path)
    keep_calibration(tmp_path, model, SOME, name="A model")
    moved = model_file(tmp_path / "elsewhere", "b.gguf")
    kept = read_calibration(tmp_path, moved)
    assert kept is not None and (kept.calibration, kept.name) == (SOME, "A model")
    assert read_calibration(tmp_path, model_file(tmp_path, content=b"GGUF two")) is None


def test_each_model_has_its_own(tmp_path: Path) -> None:
    server = RemoteChoice(address="https://models.example", model="large")
    keep_calibration(tmp_path, server, SOME, name="Large")
    keep_calibration(tmp_path, model_file(tmp_path), SOME, name="Small")
    assert read_calibration(tmp_path, server) is not None
    assert read_calibration(tmp_path, RemoteChoice(address="https://models.example", model="small")) is None


def test_the_model_that_reads_is_the_one_that_judges(tmp_path: Path) -> None:
    leading, reading = model_file(tmp_path), model_file(tmp_path, "b.gguf", b"GGUF two")
    keep_calibration(tmp_path, reading, SOME, name="B")
    assert calibration_for(tmp_path, ModelChoice(policy=leading, reading=reading)) == SOME
    assert calibration_for(tmp_path, ModelChoice(policy=leading)) is None
    assert calibration_for(tmp_path, ModelChoice()) is None


def test_a_model_file_that_is_gone_has_none(tmp_path: Path) -> None:
    gone = LocalChoice(path=tmp_path / "gone.gguf")
    assert read_calibration(tmp_path, gone) is None
    assert "gone.gguf" in model_key(gone)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b'{"models": 3}',
        b'{"models": {"x": {"curve": {"slope": "1", "offset": 0}}}}',
        b'{"models": {"x": {"curve": {"slope": -1, "offset": 0}}}}',
        b'{"models": {"x": {"curve": {"slope": NaN, "offset": 0}}}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_kept_aside_and_nothing_is_calibrated(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CALIBRATIONS_FILE).write_bytes(content)
    model = model_file(tmp_path)
    assert read_calibration(tmp_path, model) is None
    assert (tmp_path / f"{CALIBRATIONS_FILE}.damaged").read_bytes() == content
    keep_calibration(tmp_path, model, SOME, name="A")
    assert read_calibration(tmp_path, model) is not None


def test_the_file_can_be_read_by_a_person(tmp_path: Path) -> None:
    keep_calibration(tmp_path, model_file(tmp_path), SOME, name="A model")
    (written,) = json.loads((tmp_path / CALIBRATIONS_FILE).read_text())["models"].values()
    assert written["name"] == "A model" and written["curve"] == {"slope": 0.5, "offset": -0.25}
