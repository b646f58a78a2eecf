import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile

import pytest
from bundled_runs import REQUESTS, entries, packed, whole
from fake_runs import finished_run, stopped_run

from engine.bundle import layout
from engine.bundle.pack import pack
from engine.errors import ExportFailed
from engine.events import ReportFinished, RunEnded


def test_the_same_run_gives_the_same_bytes():
    assert whole() == whole()


def test_a_bundle_is_a_zip_file_with_the_entries_that_it_should_have():
    content = entries(whole())
    run = finished_run(with_other_scripts=True)
    hashes = {source.text_hash for source in run.state.sources.values()}
    assert set(content) == {*layout.FIXED, *map(layout.text_name, hashes), *map(layout.structure_name, hashes)}
    for text_hash in hashes:
        assert content[layout.text_name(text_hash)].decode() == run.document_of(text_hash).text


def test_nothing_tells_when_or_where_it_was_packed(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    bundle = whole()
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        for info in archive.infolist():
            assert (info.date_time, info.create_system, info.extra, info.comment) == (
                (1980, 1, 1, 0, 0, 0),
                3,
                b"",
                b"",
            )
    assert not any(str(tmp_path).encode() in content for content in entries(bundle).values())


def test_the_end_of_the_file_is_the_digest_of_what_stands_before_it():
    bundle = whole()
    assert hashlib.sha256(bundle[:-64]).hexdigest().encode() == bundle[-64:]


def test_the_receipt_has_each_request_and_its_sums():
    receipt = json.loads(entries(packed(finished_run(), REQUESTS))[layout.RECEIPT])
    assert (receipt["requests"], receipt["refused"], receipt["bytes_sent"], receipt["bytes_received"]) == (2, 1, 700, 9)
    assert [one["host"] for one in receipt["hosts"]] == ["search.example", "paper.example", "other.example"]
    assert len(receipt["receipt"]["departures"]["entries"]) == 3


def test_it_can_be_checked_by_hand_as_its_readme_says(tmp_path):
    bundle = whole()
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(tmp_path)
    for line in (tmp_path / layout.SUMS).read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    readme = (tmp_path / layout.README).read_text(encoding="utf-8")
    program = re.search(r"^--- check\.py\n(.*?)^---$", readme, re.DOTALL | re.MULTILINE).group(1)
    command = [sys.executable, "-I", "-c", program]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    number = len(finished_run(with_other_scripts=True).passages)
    assert found.stdout == f"{number} passages stand where the report says\n"
    line = (tmp_path / layout.PASSAGES).read_text(encoding="utf-8").splitlines()[0]
    text = tmp_path / layout.text_name(json.loads(line)["text_hash"])
    text.write_bytes(text.read_bytes()[:-1])
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode != 0


def test_a_run_that_has_not_ended_is_not_packed():
    run = finished_run()
    with pytest.raises(ExportFailed, match="has not ended"):
        pack(run.until(ReportFinished), run.document_of)


def test_a_run_without_a_report_is_not_packed():
    run = stopped_run()
    assert isinstance(run.trace[-1].event, RunEnded)
    with pytest.raises(ExportFailed, match="no report"):
        pack(run.trace, run.document_of)


def test_a_text_that_is_gone_is_said():
    run = finished_run()
    run.documents.clear()
    with pytest.raises(ExportFailed, match="not in the archive"):
        packed(run)
