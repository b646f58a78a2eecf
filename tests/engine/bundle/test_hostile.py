"""Files that are meant to harm whoever looks at them: said in words, in little memory, and nothing is unpacked."""

import json
import os
import random
import stat
import struct
import tracemalloc
import zipfile

import pytest
from bundled_runs import entries, forged, saved, sealed, small, whole, zipped

from engine.bundle import layout
from engine.bundle.verify import verify
from engine.errors import BundleUnusable


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return whole()


def refused(content: bytes, tmp_path) -> str:
    with pytest.raises(BundleUnusable) as error:
        verify(saved(content, tmp_path))
    assert error.value.hint
    return str(error.value)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\5\6" + b"\0" * 18, b"%PDF-1.7", b"PK\3\4" * 5_000, b"\0" * 100_000]
)
def test_what_is_no_bundle_is_said_to_be_none(content: bytes, tmp_path):
    refused(content, tmp_path)


def test_bytes_without_sense_are_no_bundle(tmp_path):
    dice = random.Random(3)
    for size in (10, 200, 4_000):
        refused(dice.randbytes(size), tmp_path)
        refused(b"PK" + dice.randbytes(size) + layout.SEAL_BEGINNING + b"0" * 64, tmp_path)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "nothing", tmp_path / "no\0name"):
        with pytest.raises(BundleUnusable):
            verify(path)


@pytest.mark.parametrize(
    "name",
    ["../../outside.txt", "/etc/passwd", "C:\\x.txt", "sources\\..\\x", "sources/../x.txt", "CON", "x" * 60_000, "a/"],
)
def test_names_that_lead_elsewhere_are_refused(bundle, tmp_path, name: str):
    assert "names that no bundle has" in refused(zipped({**entries(bundle), name: b"x"}), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.plumbline"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_the_same_name_are_refused(bundle, tmp_path):
    assert "two entries" in refused(zipped(entries(bundle), twice=layout.REPORT), tmp_path)


def test_links_are_refused(bundle, tmp_path):
    def link(info: zipfile.ZipInfo) -> None:
        if info.filename == layout.REPORT:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert "no plain file" in refused(zipped(entries(bundle), change=link), tmp_path)


def test_encrypted_entries_are_refused(bundle, tmp_path):
    content = bytearray(bundle)
    place = content.index(b"PK\1\2")
    content[place + 8] |= 1
    assert "encrypted" in refused(sealed(bytes(content)), tmp_path)


def test_other_packings_are_refused(bundle, tmp_path):
    def other(info: zipfile.ZipInfo) -> None:
        info.compress_type = zipfile.ZIP_LZMA

    assert "packed in a way" in refused(zipped(entries(bundle), change=other), tmp_path)


def test_what_would_fill_the_memory_is_not_unpacked(bundle, tmp_path):
    bomb = zipped({**entries(bundle), layout.text_name("0" * 64): b"\0" * (64 << 20)})
    assert len(bomb) < 200_000
    path = saved(bomb, tmp_path)
    del bomb
    tracemalloc.start()
    try:
        with pytest.raises(BundleUnusable, match="far more"):
            verify(path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_an_entry_that_unpacks_to_more_than_it_says_is_damaged(bundle, tmp_path):
    content = entries(bundle)
    name = layout.text_name("0" * 64)
    made = bytearray(zipped({**content, name: b"\0" * (16 << 20)}))
    place = made.rindex(name.encode())  # in the index at the end
    made[place - 22 : place - 18] = struct.pack("<L", 100)
    found = verify(saved(sealed(bytes(made)), tmp_path))
    assert any(one.where == name for one in found.findings)


def test_a_list_of_entries_without_end_is_not_read(bundle, tmp_path):
    content = bytearray(bundle)
    end = len(content) - layout.SEAL_BYTES - 22
    content[end + 8 : end + 12] = struct.pack("<2H", 65_000, 65_000)
    assert "more entries" in refused(sealed(bytes(content)), tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 200_000,
        '{"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"RunStarted","event":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"os.system","event":{}}',
        '{"sequence":1,"at":"0001-01-01T00:00:00+23:00","kind":"RunContinued","event":{}}',
        '{"sequence":1,"at":"2026-01-01T00:00:00","kind":"RunContinued","event":{}}',
        '{"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"RunEnded","event":{"outcome":"complete"}}',
        '{"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"RunEnded","event":{"outcome":NaN}}',
        '{"sequence":' + "9" * 5_000 + ',"at":"2026-01-01T00:00:00Z","kind":"RunEnded","event":{}}',
        "",
        "null",
    ],
)
def test_a_trace_that_is_none_is_said_to_be_none(bundle, tmp_path, line: str):
    found = verify(saved(forged(bundle, layout.TRACE, lambda _: line.encode()), tmp_path))
    assert not found.can_be_opened
    assert {one.topic.value for one in found.findings} == {"trace"}


def test_a_second_beginning_and_a_step_of_nothing_are_found(bundle, tmp_path):
    lines = entries(bundle)[layout.TRACE].splitlines()
    first = json.loads(lines[0])
    first["sequence"] = len(lines) + 1
    twice = forged(bundle, layout.TRACE, lambda data: data + json.dumps(first).encode())
    assert "begins a second run" in str(verify(saved(twice, tmp_path)).findings)
    stray = {"sequence": len(lines) + 1, "at": first["at"], "kind": "EpisodeStarted", "event": {"subquestion_id": 77}}
    loose = forged(bundle, layout.TRACE, lambda data: data + json.dumps(stray).encode())
    assert not verify(saved(loose, tmp_path)).can_be_opened


@pytest.mark.parametrize("name", [name for name in layout.FIXED if name.endswith((".json", ".jsonl"))])
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"format":"x"}', b"0"])
def test_no_entry_can_be_put_that_breaks_the_look(bundle, tmp_path, name: str, content: bytes):
    changed = entries(bundle)
    changed[name] = content
    assert not verify(saved(zipped(changed), tmp_path)).is_sound


@pytest.mark.parametrize("name", layout.FIXED)
def test_a_missing_entry_is_found(bundle, tmp_path, name: str):
    content = entries(bundle)
    del content[name]
    assert not verify(saved(zipped(content), tmp_path)).is_sound


def test_a_structure_that_does_not_fit_its_text_is_found(bundle, tmp_path):
    name = next(name for name in entries(bundle) if name.startswith("documents/"))

    def changed(data: bytes) -> bytes:
        structure = json.loads(data)
        structure["blocks"][0]["end"] = 10**9
        return json.dumps(structure).encode()

    found = verify(saved(forged(bundle, name, changed), tmp_path))
    assert any("structure" in one.words for one in found.findings)


def longer(bundle: bytes, kind: str, change, *, times: int) -> bytes:
    """The bundle with a step of its trace changed, and said many times."""

    def changed(data: bytes) -> bytes:
        steps = []
        for line in data.splitlines():
            step = json.loads(line)
            if step["kind"] != kind or any(one["kind"] == kind for one in steps):
                steps.append(step)
                continue
            change(step["event"])
            steps += [dict(step) for _ in range(times)]
        for number, step in enumerate(steps, start=1):
            step["sequence"] = number
        return "".join(json.dumps(step) + "\n" for step in steps).encode()

    return forged(bundle, layout.TRACE, changed)


def test_a_run_with_sub_questions_without_end_is_not_followed(bundle, tmp_path):
    def many(event) -> None:
        one = event["plan"]["subquestions"][0]
        event["plan"]["subquestions"] += [{**one, "id": number} for number in range(100, 20_000)]

    found = verify(saved(longer(bundle, "PlanMade", many, times=1), tmp_path))
    assert not found.can_be_opened
    assert "more sub-questions than a run can have" in str(found.findings)


def test_a_source_with_passages_without_end_is_not_followed(bundle, tmp_path):
    def many(event) -> None:
        event["passages"] = event["passages"][:1] * 3_000

    found = verify(saved(longer(bundle, "SourceRead", many, times=1), tmp_path))
    assert "more passages than a source can give" in str(found.findings)


def test_steps_that_would_take_minutes_to_follow_are_not_followed(bundle, tmp_path, monkeypatch):
    monkeypatch.setattr("engine.bundle.measure.MOST_WORK", 20_000)

    def many(event) -> None:
        event["passages"] = event["passages"][:1] * 200

    found = verify(saved(longer(bundle, "SourceRead", many, times=20), tmp_path))
    assert not found.can_be_opened
    assert "more work than a run can" in str(found.findings)


def test_very_many_findings_are_counted_and_not_all_kept(bundle, tmp_path):
    def changed(data: bytes) -> bytes:
        line = json.loads(data.splitlines()[0])
        lines = [{**line, "label": "9", "passage": {**line["passage"], "id": number}} for number in range(3_000)]
        return "".join(json.dumps(one) + "\n" for one in lines).encode()

    found = verify(saved(forged(bundle, layout.PASSAGES, changed), tmp_path))
    assert len(found.findings) <= 201
    assert found.more_findings > 2_000
    assert f"{len(found.findings) + found.more_findings:,} things" in found.summary


def test_words_of_the_file_cannot_command_a_terminal(bundle, tmp_path):
    content = entries(bundle)
    line = b'"entries": [{"name": "\\u001b[2J\\u202e", "size": 1, "sha256": "x"},'
    content[layout.MANIFEST] = content[layout.MANIFEST].replace(b'"entries": [', line)
    found = verify(saved(zipped(content), tmp_path))
    assert found.findings
    assert not any("\x1b" in one.where or "\u202e" in one.where for one in found.findings)


def test_a_report_that_cites_without_end_is_not_looked_through_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(layout, "MOST_CHARACTERS_READ", 10)
    found = verify(saved(small("Lime mortar stays vulnerable to frost for about 3 months."), tmp_path))
    assert "more than can be looked through" in found.findings[0].words
