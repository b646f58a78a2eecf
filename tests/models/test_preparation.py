import pytest
from packaging_scripts import install_engine, write_json

from models.preparation import STATUS_FILE, EngineState, preparation


def test_nothing_tried_and_nothing_installed_is_missing(tmp_path):
    seen = preparation(tmp_path)
    assert seen.state is EngineState.MISSING
    assert seen.version == ""


def test_an_engine_that_somebody_installed_by_hand_is_ready(tmp_path):
    install_engine(tmp_path, version="0.3.36")
    seen = preparation(tmp_path)
    assert seen.state is EngineState.READY
    assert seen.version == "0.3.36"


def test_an_engine_that_was_removed_is_missing(tmp_path):
    write_json(tmp_path / STATUS_FILE, {"state": "ready", "since": "2026-05-01T10:00:00+00:00"})
    assert preparation(tmp_path).state is EngineState.MISSING


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '"ready"', '{"state": "soon"}', '{"state": ["ready"]}', '{"state": null}', "\x00\xff"]
)
def test_a_damaged_status_is_as_good_as_none(tmp_path, content):
    (tmp_path / STATUS_FILE).write_bytes(content.encode("latin-1"))
    assert preparation(tmp_path).state is EngineState.MISSING


@pytest.mark.parametrize("number", [None, "12", -1, 0, 2**80, 1.5, True])
def test_a_preparation_without_a_process_is_not_running(tmp_path, number):
    write_json(tmp_path / STATUS_FILE, {"state": "preparing", "pid": number, "pid_started": 1.0})
    assert preparation(tmp_path).state is EngineState.FAILED


@pytest.mark.parametrize("since", ["", "yesterday", "2026-05-01T10:00:00", "2026-05-01T10:00:00+02:00"])
def test_a_moment_has_a_time_zone_or_is_unknown(tmp_path, since):
    write_json(tmp_path / STATUS_FILE, {"state": "failed", "since": since, "detail": "no compiler"})
    seen = preparation(tmp_path)
    assert seen.detail == "no compiler"
    assert seen.since is None or seen.since.tzinfo is not None


def test_the_running_environment_is_looked_at_by_default():
    assert isinstance(preparation().state, EngineState)
