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
engine.library.batches._BATCH_S = 0.02
with Library.open(Path(sys.argv[1]), parser=FakeParser(on_parse=lambda path: print(path.name, flush=True))) as library:
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


@pytest.mark.parametrize("after", [1, 40, 97, 180])
def test_a_killed_update_leaves_a_whole_index_and_the_next_one_carries_on(tmp_path: Path, after: int) -> None:
    papers = tmp_path / "papers"
    for number in range(200):
        write_file(papers / f"{number:03}.txt", f"# Paper {number}\nAbout subject{number % 7}, page {number}. " * 20)
    data, whole = tmp_path / "data", tmp_path / "whole"
    command = [sys.executable, "-c", PROGRAM, str(data), str(papers), str(TESTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
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
