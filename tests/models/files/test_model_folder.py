import pytest
from made_gguf import write_gguf

from models.files.model_folder import FolderProblem, default_folder, is_ours, move_models, remove_model, unfinished
from models.hub.part_file import PIECE_BYTES, PartFile

REPOSITORY = ("heron", "Small-GGUF")


def place(folder, name="Small-Q4_0.gguf"):
    return folder.joinpath(*REPOSITORY, name)


def half_fetched(folder, *, pieces=2):
    part = PartFile.open(place(folder), size_bytes=5 * PIECE_BYTES + 7, identity="abc")
    part.set_note({"name": "Small"})
    for index in range(pieces):
        part.write(index, bytes([index]) * PIECE_BYTES)
    return part


def test_our_folder_lies_with_our_data(tmp_path):
    assert default_folder(tmp_path) == tmp_path / "models"


def test_what_is_half_fetched_is_listed_even_while_it_is_fetched(tmp_path):
    assert unfinished(tmp_path) == ()
    part = half_fetched(tmp_path)
    (one,) = unfinished(tmp_path)
    assert (one.path, one.repository) == (place(tmp_path), "heron/Small-GGUF")
    assert (one.done_bytes, one.size_bytes) == (2 * PIECE_BYTES, 5 * PIECE_BYTES + 7)
    assert one.offer == {"name": "Small"}
    part.reset()
    assert unfinished(tmp_path)[0].done_bytes == 0
    assert unfinished(tmp_path)[0].offer == {"name": "Small"}
    part.remove()
    assert unfinished(tmp_path) == ()


def test_a_model_of_ours_is_removed_with_its_parts_and_its_empty_folders(tmp_path):
    for name in ("S-00001-of-00002.gguf", "S-00002-of-00002.gguf"):
        write_gguf(place(tmp_path, name))
    other = write_gguf(place(tmp_path, "Other.gguf"))
    remove_model(place(tmp_path, "S-00001-of-00002.gguf"), folder=tmp_path)
    assert list(tmp_path.rglob("*.gguf")) == [other]
    remove_model(other, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_half_fetched_can_be_removed_but_not_while_it_is_fetched(tmp_path):
    part = half_fetched(tmp_path)
    with pytest.raises(FolderProblem, match="already being downloaded"):
        remove_model(place(tmp_path), folder=tmp_path)
    part.close()
    remove_model(place(tmp_path), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_files_of_other_programs_are_never_deleted(tmp_path):
    theirs = write_gguf(tmp_path / "theirs" / "a.gguf")
    ours = tmp_path / "ours"
    link = place(ours)
    link.parent.mkdir(parents=True)
    try:
        link.symlink_to(theirs)
    except OSError:
        pytest.skip("no links on this system")
    for path in (theirs, link, ours / ".." / "theirs" / "a.gguf"):
        assert not is_ours(path, folder=ours)
        with pytest.raises(FolderProblem, match="did not download this file"):
            remove_model(path, folder=ours)
    assert theirs.exists()


def test_our_models_move_to_another_folder(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    content = write_gguf(place(old, "A.gguf")).read_bytes()
    half_fetched(old).close()
    assert move_models(old, new) == (place(new, "A.gguf").resolve(),)
    assert place(new, "A.gguf").read_bytes() == content
    assert unfinished(new)[0].done_bytes == 2 * PIECE_BYTES
    assert list(old.iterdir()) == []


def test_nothing_is_moved_over_something_else(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    write_gguf(place(old))
    place(new).parent.mkdir(parents=True)
    place(new).write_bytes(b"mine")
    with pytest.raises(FolderProblem, match="in the new folder already"):
        move_models(old, new)
    assert place(new).read_bytes() == b"mine"
    assert place(old).exists()


def test_a_folder_does_not_move_into_itself_or_during_a_download(tmp_path):
    with pytest.raises(FolderProblem, match="lies in the old one"):
        move_models(tmp_path, tmp_path / "inside")
    part = half_fetched(tmp_path / "old")
    with pytest.raises(FolderProblem, match="being downloaded"):
        move_models(tmp_path / "old", tmp_path / "new")
    part.close()
