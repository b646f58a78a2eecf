import pytest

from desktop.items.models import DownloadRow, Speed, gigabytes, left_words, minutes_words
from desktop.model_words import (
    explained_words,
    host_of,
    is_this_computer,
    silence_words,
    state_words,
    status_words,
    waiting_words,
)
from models.hub.download import DownloadState
from models.status import ModelState, ModelStatus


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ModelStatus(state=ModelState.UNLOADED), "not loaded"),
        (ModelStatus(state=ModelState.LOADING, fraction=0.43), "loading 43 %"),
        (ModelStatus(state=ModelState.READY), "ready"),
        (ModelStatus(state=ModelState.READING_PROMPT, fraction=0.61), "reading 61 %"),
        (ModelStatus(state=ModelState.ANSWERING, tokens_per_s=38.2), "answering, 38 tokens/s"),
        (ModelStatus(state=ModelState.ANSWERING, tokens_per_s=4.43), "answering, 4.4 tokens/s"),
        (ModelStatus(state=ModelState.FAILED, error_title="It does not fit"), "It does not fit"),
    ],
)
def test_every_state_is_said_in_words(status: ModelStatus, words: str):
    assert state_words(status) == words


def test_the_line_says_name_state_and_memory():
    status = ModelStatus(state=ModelState.READY, name="DeepResearcher-7b Q4_K_M", memory_bytes=5_100_000_000)
    said = status_words(status)
    assert said.text == "DeepResearcher-7b Q4_K_M  ·  ready  ·  5.1 GB"
    assert said.can_unload


@pytest.mark.parametrize("state", [ModelState.NONE, ModelState.UNLOADED, ModelState.LOADING, ModelState.READY])
def test_nothing_is_said_of_loading_a_model_on_a_server(state: ModelState):
    assert status_words(ModelStatus(state=state, name="qwen at host"), is_remote=True).text == "qwen at host"


def test_what_a_run_waits_for_is_said():
    assert waiting_words(ModelStatus(state=ModelState.LOADING, fraction=0.4)) == "Loading the model… 40 %"
    assert waiting_words(ModelStatus(state=ModelState.READING_PROMPT)) == "The model reads what it is asked…"
    assert waiting_words(ModelStatus(state=ModelState.ANSWERING)) == ""


def test_silence_is_said_with_what_can_be_done():
    status = ModelStatus(state=ModelState.ANSWERING, name="Deep", tokens_per_s=4)
    assert silence_words(status, silent_s=3) == ""
    assert silence_words(status, silent_s=34).startswith("no output for 34 s; Stop")
    assert status_words(status, silent_s=34).text == "Deep  ·  no output for 34 s"
    assert silence_words(ModelStatus(state=ModelState.READY), silent_s=999) == ""


def test_a_failure_says_what_to_do():
    failed = ModelStatus(state=ModelState.FAILED, error_title="It does not fit", error_hint="Close other programs.")
    assert status_words(failed).hint == "It does not fit. Close other programs"
    assert status_words(failed).is_problem
    assert explained_words(ModelStatus(state=ModelState.READY, memory_bytes=2 * 10**9), is_remote=False) == (
        "Ready. It holds 2.0 GB of memory."
    )


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("localhost:1234", True),
        ("http://[::1]:8080", True),
        ("https://api.example.org/v1", False),
        ("http://127.0.0.1.example.org", False),
        ("http://192.168.1.4:8080", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_what_stays_on_this_computer_is_known(address: str, is_here: bool):
    assert is_this_computer(address) is is_here


def test_hosts_are_named():
    assert host_of("https://api.example.org/v1") == "api.example.org"


def test_sizes_and_times_are_as_coarse_as_they_are_known():
    assert (gigabytes(4_683_000_000), gigabytes(650_000_000), gigabytes(2_100)) == ("4.7 GB", "650 MB", "2 KB")
    assert (minutes_words(0.4), minutes_words(1.2), minutes_words(38), minutes_words(150)) == (
        "under a minute a question",
        "1 minute a question",
        "40 minutes a question",
        "2.5 hours a question",
    )
    assert (left_words(20), left_words(200), left_words(5400)) == (
        "less than a minute left",
        "3 minutes left",
        "1 h 30 min left",
    )
    assert Speed(tokens_per_s=4.43, minutes=38).words == "about 4.4 tokens/s · 40 minutes a question"
    assert Speed(tokens_per_s=38.2, is_measured=True).words == "measured 38 tokens/s"
    assert Speed().words == ""


def test_a_download_says_how_it_stands():
    row = DownloadRow(
        key="k",
        name="n",
        state=DownloadState.RUNNING,
        done_bytes=2_000_000_000,
        total_bytes=4_000_000_000,
        bytes_per_s=10e6,
        seconds_left=200,
    )
    assert row.words == "2.0 GB of 4.0 GB · 10.0 MB/s · 3 minutes left"
    assert row.fraction == 0.5
