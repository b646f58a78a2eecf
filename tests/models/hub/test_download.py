import errno
import os
import subprocess
import sys
import threading
import time
from collections import deque

import fetched_model
import pytest
from fetched_model import FILE, MODEL, REPOSITORY, SHA, SHAPE, download, offer
from loopback_hub import REVISION, loopback_hub
from made_gguf import Q4_K, QWEN, gguf
from near_client import near_client

from models.errors import DownloadFailed, ModelUnusable
from models.files.model_folder import unfinished
from models.http import RequestCancelled, Timeouts
from models.hub.catalog import Offer, OfferFile, shipped_catalog
from models.hub.download import DownloadState, note_of, offer_from
from models.hub.part_file import PIECE_BYTES, PartFile, PartInUse, _write_at


@pytest.fixture
def hub():
    with loopback_hub() as made:
        made.add(REPOSITORY, FILE, MODEL)
        yield made


@pytest.fixture
def client(hub):
    with near_client(hub.address, timeouts=Timeouts(connect_s=5, read_s=5)) as made:
        yield made


def place(folder):
    return folder / "heron" / "Small-GGUF" / FILE


def names(folder):
    return sorted(path.name for path in place(folder).parent.glob("*"))


def test_a_model_arrives_whole_over_several_connections(hub, client, tmp_path):
    seen = []
    hub.faults.slow_s = 0.002
    path = download(hub.address, client, tmp_path, on_progress=seen.append).run()
    assert path == place(tmp_path)
    assert path.read_bytes() == MODEL
    assert names(tmp_path) == [FILE]
    assert hub.most_at_once > 1
    assert seen[-1].state is DownloadState.DONE
    assert seen[-1].done_bytes == seen[-1].total_bytes == len(MODEL)
    assert [one.done_bytes for one in seen] == sorted(one.done_bytes for one in seen)
    assert all(f"/resolve/{REVISION}/" in path for path, _ in hub.file_requests())


def test_checksum_and_revision_are_asked_of_the_hub_when_they_are_not_known(hub, client, tmp_path):
    unpinned = download(hub.address, client, tmp_path, offer(sha="", revision="", size=1))
    unpinned.run()
    assert (unpinned.offer.sha256, unpinned.offer.revision, unpinned.offer.size_bytes) == (SHA, REVISION, len(MODEL))


def test_a_model_without_a_known_checksum_is_only_fetched_if_the_person_agreed(hub, client, tmp_path):
    hub.checksums[REPOSITORY, FILE] = ""
    with pytest.raises(DownloadFailed, match="no checksum"):
        download(hub.address, client, tmp_path, offer(sha="", revision="")).run()
    assert not hub.file_requests()
    agreed = download(hub.address, client, tmp_path, offer(sha="", revision=""), allow_unverified=True)
    assert agreed.run().read_bytes() == MODEL


def test_connections_that_are_cut_cost_nothing_but_the_cut(hub, client, tmp_path):
    hub.faults.cut_after = deque([3_000_000, 100, 0, 2_500_000, 1_200_000])
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
    assert hub.bytes_sent < len(MODEL) + 6 * PIECE_BYTES


def test_a_hub_that_always_cuts_is_given_up_and_what_came_is_kept(hub, client, tmp_path):
    hub.faults.cut_after = deque([2_000_000] + [0] * 100)
    failing = download(hub.address, client, tmp_path, connections=1)
    with pytest.raises(DownloadFailed, match="was cut") as caught:
        failing.run()
    assert "kept" in caught.value.hint
    assert failing.state is DownloadState.FAILED
    assert failing.progress().error_title == caught.value.title
    hub.faults.cut_after.clear()
    before = hub.bytes_sent
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
    assert hub.bytes_sent - before < len(MODEL)


def test_pausing_takes_no_time_and_goes_on_where_it_was(hub, client, tmp_path):
    hub.faults.slow_s = 0.01
    moving = threading.Event()
    seen = []

    def on_progress(progress):
        seen.append(progress)
        if progress.done_bytes > 5_000_000:
            moving.set()

    paused = download(hub.address, client, tmp_path, on_progress=on_progress)
    paused.start()
    assert moving.wait(20)
    paused.pause()
    assert paused.wait(5) is DownloadState.PAUSED
    assert not place(tmp_path).exists()
    kept = paused.progress().done_bytes
    assert kept > 1_000_000
    hub.faults.slow_s = 0
    before = hub.bytes_sent
    paused.start()
    assert paused.wait(20) is DownloadState.DONE
    assert place(tmp_path).read_bytes() == MODEL
    assert hub.bytes_sent - before < len(MODEL) - kept + 6 * PIECE_BYTES


def test_a_hub_that_says_nothing_can_be_left(hub, client, tmp_path):
    hub.faults.silent = True
    waiting = download(hub.address, client, tmp_path)
    waiting.start()
    while not hub.requests:
        time.sleep(0.01)
    waiting.pause()
    assert waiting.wait(5) is DownloadState.PAUSED


def test_waiting_for_a_busy_hub_can_be_left(hub, client, tmp_path):
    hub.faults.statuses = deque([429] * 9)
    hub.faults.retry_after = "300"
    told = threading.Event()
    waiting = download(
        hub.address,
        client,
        tmp_path,
        on_progress=lambda progress: told.set() if progress.state is DownloadState.RETRYING else None,
    )
    waiting.start()
    assert told.wait(10)
    assert "asked too often" in waiting.progress().note
    waiting.pause()
    assert waiting.wait(5) is DownloadState.PAUSED


def test_what_was_paused_can_be_taken_up_after_a_restart(hub, client, tmp_path):
    hub.faults.cut_after = deque([6_000_000] + [0] * 50)
    with pytest.raises(DownloadFailed):
        download(hub.address, client, tmp_path, connections=1).run()
    hub.faults.cut_after.clear()
    (half,) = unfinished(tmp_path)
    assert half.done_bytes == 5 * PIECE_BYTES
    again = offer_from(half.offer, catalog=shipped_catalog())
    assert again.is_pinned
    assert download(hub.address, client, tmp_path, again).run() == half.path
    assert unfinished(tmp_path) == ()


@pytest.mark.parametrize(
    "change",
    [{"files": []}, {"files": [["../x.gguf", 5, ""]]}, {"files": [["a.gguf", -1, ""]]}, {"files": "x"}, {"name": 5}],
)
def test_a_note_that_makes_no_sense_is_no_offer(change):
    assert offer_from(note_of(offer()), catalog=shipped_catalog()).files == offer().files
    assert offer_from(note_of(offer()) | change, catalog=shipped_catalog()) is None


def test_cancelling_deletes_what_came(hub, client, tmp_path):
    hub.faults.slow_s = 0.01
    begun = threading.Event()
    cancelled = download(
        hub.address, client, tmp_path, on_progress=lambda progress: begun.set() if progress.done_bytes else None
    )
    cancelled.start()
    assert begun.wait(20)
    cancelled.cancel()
    assert cancelled.wait(5) is DownloadState.CANCELLED
    assert list(tmp_path.rglob("*")) == []
    cancelled.start()
    assert cancelled.state is DownloadState.CANCELLED


def test_a_process_that_is_killed_loses_only_the_pieces_in_its_hands(hub, client, tmp_path):
    hub.faults.slow_s = 0.02
    journal = place(tmp_path).with_name(FILE + ".part.journal")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, fetched_model.__file__, hub.address, str(tmp_path)], env=environment)
    deadline = time.monotonic() + 30
    while not (journal.exists() and len(journal.read_bytes().splitlines()) > 6):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    pieces = len(journal.read_bytes().splitlines()) - 2
    hub.faults.slow_s = 0
    while hub.is_busy:
        time.sleep(0.01)
    before = hub.bytes_sent
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
    assert hub.bytes_sent - before <= len(MODEL) - (pieces - 4) * PIECE_BYTES


def test_two_downloads_do_not_write_into_one_file(hub, client, tmp_path):
    part = PartFile.open(place(tmp_path), size_bytes=len(MODEL), identity=SHA)
    with pytest.raises(PartInUse, match="already being downloaded"):
        download(hub.address, client, tmp_path).run()
    part.close()
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


def test_a_server_that_sends_everything_is_used_as_it_is(hub, client, tmp_path):
    hub.faults.ignores_ranges = True
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
    assert hub.file_requests()[-1][1].get("range") is None


def test_a_server_that_sends_everything_is_begun_again_after_a_cut(hub, client, tmp_path):
    hub.faults.ignores_ranges = True
    hub.faults.cut_after = deque([0, 0, 0, 0, 7_000_000])
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


def test_wrong_ranges_are_noticed(hub, client, tmp_path):
    hub.faults.wrong_ranges = True
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
    assert hub.file_requests()[-1][1].get("range") is None


@pytest.mark.parametrize("no_tag", [False, True])
def test_a_file_that_changes_on_the_server_is_never_mixed(hub, client, tmp_path, no_tag):
    hub.faults.no_tag = no_tag
    hub.faults.cut_after = deque([4_000_000] + [0] * 50)
    with pytest.raises(DownloadFailed):
        download(hub.address, client, tmp_path, connections=1).run()
    hub.faults.cut_after.clear()
    other = bytearray(MODEL)
    other[10_000_000] ^= 1
    other[1_500_000] ^= 1
    hub.add(REPOSITORY, FILE, bytes(other))
    again = download(hub.address, client, tmp_path)
    with pytest.raises(DownloadFailed):
        again.run()
    assert not place(tmp_path).exists()
    # The hub now describes what it has: its pieces are not mixed with the old ones either.
    fresh = download(hub.address, client, tmp_path, offer(bytes(other)))
    assert fresh.run().read_bytes() == bytes(other)


def test_a_file_that_changes_once_is_begun_again(hub, client, tmp_path):
    other = bytearray(MODEL)
    other[2_000_000] ^= 1
    hub.add(REPOSITORY, FILE, bytes(other))
    hub.faults.cut_after = deque([4_000_000] + [0] * 50)
    with pytest.raises(DownloadFailed):
        download(hub.address, client, tmp_path, connections=1).run()
    hub.faults.cut_after.clear()
    hub.add(REPOSITORY, FILE, MODEL)
    begun_again = download(hub.address, client, tmp_path)
    assert begun_again.run().read_bytes() == MODEL
    assert begun_again.progress().restarts == 1


def test_flipped_bytes_are_found_and_nothing_of_the_file_is_kept(hub, client, tmp_path):
    hub.faults.flips = {12_345_678}
    with pytest.raises(DownloadFailed, match="arrived damaged"):
        download(hub.address, client, tmp_path).run()
    assert names(tmp_path) == []
    hub.faults.flips = set()
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


def test_pieces_that_the_disk_lost_are_fetched_again(hub, client, tmp_path):
    hub.faults.cut_after = deque([6_000_000] + [0] * 50)
    with pytest.raises(DownloadFailed):
        download(hub.address, client, tmp_path, connections=1).run()
    hub.faults.cut_after.clear()
    part = place(tmp_path).with_name(FILE + ".part")
    with part.open("r+b") as file:
        file.seek(3 * PIECE_BYTES)
        file.write(bytes(PIECE_BYTES))
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


def test_a_journal_that_ends_in_the_middle_of_a_line_is_taken_up(hub, client, tmp_path):
    hub.faults.cut_after = deque([6_000_000] + [0] * 50)
    with pytest.raises(DownloadFailed):
        download(hub.address, client, tmp_path, connections=1).run()
    hub.faults.cut_after.clear()
    journal = place(tmp_path).with_name(FILE + ".part.journal")
    journal.write_bytes(journal.read_bytes()[:-4])
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


def test_a_busy_hub_is_asked_again_when_it_says(hub, client, tmp_path):
    hub.faults.statuses = deque([429, 503, 429])
    hub.faults.retry_after = "0"
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"gated": True}, "does not give out"),
        ({"captcha": True}, "web page"),
        ({"captcha_as_file": True}, "not the one the hub describes|web page|no GGUF"),
        ({"packs": True}, "packs the file"),
        ({"statuses": deque([404] * 9)}, "does not have"),
        ({"redirect_to": "http://mirror.invalid/{path}"}, "gone online"),
        ({"redirect_to": "ftp://127.0.0.1/{path}"}, "no address"),
        ({"announces": -5}, "cut"),
    ],
)
def test_every_refusal_is_a_sentence_and_leaves_no_file(hub, client, tmp_path, fault, words):
    for name, value in fault.items():
        setattr(hub.faults, name, value)
    with pytest.raises(DownloadFailed, match=words) as caught:
        download(hub.address, client, tmp_path).run()
    assert caught.value.hint
    assert not place(tmp_path).exists()


def test_a_server_that_announces_too_much_is_not_believed(hub, client, tmp_path):
    hub.faults.announces = 5_000_000
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL


def test_files_may_come_from_another_server(hub, tmp_path):
    with loopback_hub() as other, near_client(hub.address, other.address) as client:
        other.add(REPOSITORY, FILE, MODEL)
        hub.faults.redirect_to = other.address + "{path}"
        assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
        assert other.file_requests()


def test_a_full_disk_is_seen_before_anything_is_fetched(hub, client, tmp_path):
    with pytest.raises(DownloadFailed, match="not enough room") as caught:
        download(hub.address, client, tmp_path, free_bytes=lambda folder: 5_000_000).run()
    assert "GB" in caught.value.hint
    assert not hub.file_requests()


def test_a_disk_that_becomes_full_ends_it_and_what_came_is_kept(hub, client, tmp_path):
    written = []

    def write(number, data, where):
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(where)
        _write_at(number, data, where)

    with pytest.raises(DownloadFailed, match="disk is full"):
        download(hub.address, client, tmp_path, write_at=write).run()
    before = hub.bytes_sent
    assert download(hub.address, client, tmp_path).run().read_bytes() == MODEL
    assert hub.bytes_sent - before <= len(MODEL) - 5 * PIECE_BYTES


def test_a_model_that_is_here_already_is_not_fetched_again(hub, client, tmp_path):
    download(hub.address, client, tmp_path).run()
    count = len(hub.file_requests())
    assert download(hub.address, client, tmp_path).run() == place(tmp_path)
    assert len(hub.file_requests()) == count


def test_another_file_of_the_same_name_is_not_touched(hub, client, tmp_path):
    place(tmp_path).parent.mkdir(parents=True)
    place(tmp_path).write_bytes(b"mine")
    with pytest.raises(DownloadFailed, match="already another file"):
        download(hub.address, client, tmp_path).run()
    assert place(tmp_path).read_bytes() == b"mine"


def test_what_arrived_whole_but_is_no_language_model_is_said_so(hub, client, tmp_path):
    eyes = gguf({"general.architecture": "clip"})
    hub.add(REPOSITORY, FILE, eyes)
    with pytest.raises(ModelUnusable, match="no language model"):
        download(hub.address, client, tmp_path, offer(eyes)).run()


def test_a_model_in_parts_is_fetched_part_by_part(hub, client, tmp_path):
    first = gguf(QWEN | {"split.count": 2, "split.no": 0})
    second = gguf({"split.count": 2, "split.no": 1}, tensors=(("blk.2.a", (256, 4096), Q4_K),))
    parts = (("S-Q4_0-00001-of-00002.gguf", first), ("S-Q4_0-00002-of-00002.gguf", second))
    files = tuple(
        OfferFile(path=name, size_bytes=len(content), sha256=hub.add(REPOSITORY, name, content))
        for name, content in parts
    )
    whole = Offer(
        family="small",
        name="S",
        quantisation="Q4_0",
        repository=REPOSITORY,
        revision=REVISION,
        files=files,
        shape=SHAPE,
    )
    download(hub.address, client, tmp_path, whole).run()
    assert names(tmp_path) == [name for name, _ in parts]


def test_a_mistake_of_ours_ends_in_a_message_too(hub, client, tmp_path):
    def on_progress(progress):
        if progress.state is DownloadState.RUNNING:
            raise ZeroDivisionError("a mistake")

    broken = download(hub.address, client, tmp_path, on_progress=on_progress)
    broken.start()
    assert broken.wait(10) is DownloadState.FAILED
    assert "a mistake" in broken.error.hint


def test_an_offer_that_was_never_looked_up_says_so(hub, client, tmp_path):
    unknown = Offer(family="small", name="S", quantisation="Q4_0", repository="", revision="", files=(), shape=SHAPE)
    with pytest.raises(DownloadFailed, match="has not been asked"):
        download(hub.address, client, tmp_path, unknown).run()


def test_a_paused_run_says_that_it_was_paused(hub, client, tmp_path):
    paused = download(hub.address, client, tmp_path, on_progress=lambda progress: paused.pause())
    with pytest.raises(RequestCancelled):
        paused.run()
    assert paused.state is DownloadState.PAUSED


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_disk_that_is_really_full_ends_it(hub, client, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(DownloadFailed, match="disk is full"):
            download(hub.address, client, small, free_bytes=lambda folder: 1 << 40).run()
        assert not place(small).exists()
    finally:
        subprocess.run(["umount", small], check=True)
