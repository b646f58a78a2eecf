import subprocess
import sys

import pytest

from engine.errors import DataFolderInUse, DataFolderUnusable
from engine.storage.folder import DataFolder


def test_a_claimed_folder_cannot_be_claimed_again_until_it_is_released(tmp_path):
    first = DataFolder.claim(tmp_path / "new" / "data")
    with pytest.raises(DataFolderInUse) as caught:
        DataFolder.claim(tmp_path / "new" / "data")
    assert caught.value.hint
    first.release()
    DataFolder.claim(tmp_path / "new" / "data").release()


def test_another_process_cannot_claim_it_and_a_killed_one_lets_go(tmp_path):
    script = (
        "import sys, pathlib\n"
        "from engine.storage.folder import DataFolder\n"
        "folder = DataFolder.claim(pathlib.Path(sys.argv[1]))\n"
        "print('claimed', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "claimed\n"
        with pytest.raises(DataFolderInUse):
            DataFolder.claim(tmp_path)
        other.kill()
        other.wait(10)
    DataFolder.claim(tmp_path).release()


def test_a_file_in_its_place_is_explained(tmp_path):
    (tmp_path / "data").write_text("I am a file")
    with pytest.raises(DataFolderUnusable) as caught:
        DataFolder.claim(tmp_path / "data")
    assert str(tmp_path / "data") in caught.value.title and caught.value.hint
