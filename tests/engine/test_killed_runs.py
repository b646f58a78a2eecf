import pytest
from benchmarks.kill_runs import kill_runs, prepare


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.md").write_text(
            f"# Folder notes {number}\n\nAdd a folder to the library with step {number}. "
            f"Files that cannot be read are listed with reason {number}.\n"
        )
    return folder


def test_killed_runs_lose_nothing_and_go_on_to_the_same_report(tmp_path, documents):
    data_folder = tmp_path / "data"
    expected = prepare(data_folder, documents)
    tally = kill_runs(data_folder, expected, kills=3, seed=3)
    assert tally.is_clean, tally
    assert tally.acknowledged > 0


def test_the_harness_notices_events_that_are_shown_before_they_are_committed(tmp_path, documents):
    data_folder = tmp_path / "data"
    expected = prepare(data_folder, documents)
    tally = kill_runs(data_folder, expected, kills=4, seed=1, fault="early-ack")
    assert tally.events_lost > 0
