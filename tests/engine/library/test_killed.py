from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from fake_parser import FakeParser, write_file

from engine.library.library import Library
from engine.library.schema import LIBRARY_FILE

TESTS = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import engine.library.batches
from fake_parser import FakeParser
from engine.library.library import Library
engine.library.batches._BATCH_S = float(sys.argv[5])

def wait_at_the_end(path):
    sys.stdout.write(path.name + "\\n")
    sys.stdout.flush()
    if path.name == sys.argv[4]:
        sys.stdin.read()

with Library.open(Path(sys.argv[1]), parser=FakeParser(on_parse=wait_at_the_end)) as library:
    library.add_folder(Path(sys.argv[2]))
    for _ in library.update(should_stop=lambda: False):
        pass
"""


def vocabulary(data: Path) -> list[tuple[str, int, int]]:
    connection = sqlite3.connect(data / LIBRARY_FILE)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.execute("INSERT INTO segments_fts (segments_fts) VALUES ('integrity-check')")
        (totals,) = connection.execute("SELECT contents, segments FROM totals").fetchall()
        counted = connection.execute("SELECT (SELECT count(*) FROM contents), (SELECT count(*) FROM segments)")
        assert totals == counted.fetchone()
        return connection.execute("SELECT * FROM vocabulary").fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("batch_s", [0.0, 0.02, 3_600.0])
@pytest.mark.parametrize("after", [97, 199])
def test_a_killed_update_leaves_a_whole_index_and_the_next_one_carries_on(
    tmp_path: Path, after: int, batch_s: float
) -> None:
    papers = tmp_path / "papers"
    for number in range(200):
        write_file(papers / f"{number:03}.txt", f"# Paper {number}\nAbout subject{number % 7}, page {number}. " * 20)
    data, whole = tmp_path / "data", tmp_path / "whole"
    command = [sys.executable, "-c", PROGRAM, str(data), str(papers), str(TESTS), f"{after:03}.txt", str(batch_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert f"{after:03}.txt\n" in process.stdout
        process.kill()
    vocabulary(data)
    for place in (data, whole):
        with Library.open(place, parser=FakeParser()) as library:
            if not library.folders():
                library.add_folder(papers)
            for _ in library.update(should_stop=lambda: False):
                pass
            assert library.notices == ()
            assert library.folders()[0].documents == 200
    assert vocabulary(data) == vocabulary(whole)
