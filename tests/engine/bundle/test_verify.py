import contextlib
import io
import json
import random
import zipfile
from dataclasses import replace

import pytest
from bundled_runs import REQUESTS, entries, forged, packed, saved, small, small_run, summed, whole, zipped
from fake_runs import claim, finished_run, large_run

from engine.bundle import layout
from engine.bundle.pages import DIFFERENT, renderer
from engine.bundle.verification import Topic, Verification
from engine.bundle.verify import verify
from engine.domain import Cell, ClaimState, Gap, PassageId, Report, Table
from engine.errors import BundleDamaged, BundleUnusable
from engine.events import ReportFinished
from engine.export.departures import Departures

VERBATIM = "Lime mortar stays vulnerable to frost for about three months"


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return whole()


def verified(content: bytes, tmp_path) -> Verification:
    return verify(saved(content, tmp_path))


def topics(content: bytes, tmp_path) -> set[Topic]:
    return {finding.topic for finding in verified(content, tmp_path).findings}


# --- what holds --------------------------------------------------------------------------------------------------


def test_a_bundle_as_it_was_packed_holds_and_its_counts_are_those_of_the_run(bundle, tmp_path):
    found = verified(bundle, tmp_path)
    assert found.findings == ()
    assert found.notes == ()
    assert found.is_sound and found.can_be_opened
    run = finished_run(with_other_scripts=True)
    numbers = {one.topic: one.number for one in found.looked}
    assert numbers[Topic.PASSAGES] == len(run.passages)
    assert numbers[Topic.TEXTS] == len(run.state.sources)
    assert numbers[Topic.CITATIONS] == len(run.state.report.claims)
    assert numbers[Topic.TRACE] == len(run.trace)
    assert numbers[Topic.RECEIPT] == len(REQUESTS.entries)
    assert found.question == run.question


def test_a_large_report_holds(tmp_path):
    assert verified(packed(large_run(120)), tmp_path).is_sound


def test_a_report_whose_ledger_was_not_known_holds(tmp_path):
    assert verified(packed(finished_run(), Departures(trouble="It was damaged.")), tmp_path).is_sound


def test_a_sentence_that_the_report_itself_calls_unsupported_is_no_fault(tmp_path):
    text = "Lime mortar stays vulnerable to frost for 17 months."
    assert verified(small(text, state=ClaimState.UNSUPPORTED), tmp_path).is_sound
    assert verified(small(text, state=ClaimState.PARTLY), tmp_path).is_sound


def test_a_sentence_that_was_taken_out_as_it_failed_is_no_fault(tmp_path):
    run = small_run(claim(1, VERBATIM, [PassageId(1)]))
    failed = claim(2, "It is at risk for 17 months.", [PassageId(1)], state=ClaimState.UNSUPPORTED, is_quotation=False)
    ended = run.trace.pop()
    last = run.trace[-1].event
    assert isinstance(last, ReportFinished)
    gap = Gap(question="How long?", queries=(), sources_read=1, reason="No passage says it.", claim=failed)
    run.trace[-1] = replace(run.trace[-1], event=ReportFinished(report=replace(last.report, gaps=(gap,))))
    run.trace.append(ended)
    assert verified(packed(run), tmp_path).is_sound


# --- what was changed --------------------------------------------------------------------------------------------


def test_each_of_many_flipped_bits_is_found(bundle, tmp_path):
    dice = random.Random(20260314)
    path = saved(bundle, tmp_path)
    places = [dice.randrange(len(bundle)) for _ in range(40)] + [0, 3, *range(-85, -61, 3), -1, -2]
    for place in places:
        changed = bytearray(bundle)
        changed[place] ^= 1 << dice.randrange(8)
        path.write_bytes(changed)
        with contextlib.suppress(BundleUnusable):
            assert not verify(path).is_sound, place


@pytest.mark.parametrize("left", [0, 1, 21, 100, 5_000, -1, -64, -90])
def test_a_file_that_was_cut_off_is_found(bundle, tmp_path, left: int):
    with pytest.raises(BundleUnusable):
        verified(bundle[:left], tmp_path)


@pytest.mark.parametrize("more", [b"\0", b"0", b"PK\5\6" + b"\0" * 18])
def test_what_was_added_is_found(bundle, tmp_path, more: bytes):
    with pytest.raises(BundleUnusable):
        verified(bundle + more, tmp_path)
    with pytest.raises(BundleUnusable):
        verified(more + bundle, tmp_path)


def test_a_bundle_that_another_program_has_packed_again_is_said_to_be_that(bundle, tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in entries(bundle).items():
            archive.writestr(name, content)
    with pytest.raises(BundleDamaged, match="packed again"):
        verified(made.getvalue(), tmp_path)


def test_a_zip_file_of_something_else_is_said_to_be_no_bundle(tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", b"x" * 5_000)
    with pytest.raises(BundleDamaged, match="is no bundle"):
        verified(made.getvalue(), tmp_path)


def test_the_entry_in_which_a_byte_was_changed_is_named(bundle, tmp_path):
    content = entries(bundle)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data)
        archive.comment = layout.SEAL_BEGINNING + b"0" * 64
    changed = stored.getvalue().replace(b"Frost and fresh mortar", b"Frost and fresh Mortar")
    findings = verified(changed, tmp_path).findings
    (damaged,) = (one for one in findings if one.where.startswith("sources/"))
    assert "damaged" in damaged.words
    assert Topic.FILE in {one.topic for one in findings}


# --- what was changed by somebody who made the sums anew ------------------------------------------------------------


def test_an_altered_text_is_found(bundle, tmp_path):
    name = next(name for name in entries(bundle) if name.startswith("sources/"))
    found = verified(forged(bundle, name, lambda data: data + b" "), tmp_path)
    (finding,) = found.findings
    assert finding.topic is Topic.TEXTS
    source = next(one for one in finished_run(with_other_scripts=True).state.sources.values() if one.text_hash in name)
    assert finding.where == f"{name} (“{source.title}”)"
    assert found.can_be_opened


def test_an_altered_report_is_found(bundle, tmp_path):
    changed = forged(bundle, layout.REPORT, lambda data: data.replace(b"three months", b"three weeks"))
    assert Topic.TRACE in topics(changed, tmp_path)


def test_an_altered_trace_is_found(bundle, tmp_path):
    changed = forged(bundle, layout.TRACE, lambda data: data.replace(b"three months", b"three weeks "))
    assert {Topic.TRACE, Topic.PASSAGES} <= topics(changed, tmp_path)


def test_a_missing_step_is_found(bundle, tmp_path):
    changed = forged(bundle, layout.TRACE, lambda data: b"\n".join(data.split(b"\n")[:5] + data.split(b"\n")[6:]))
    assert topics(changed, tmp_path) == {Topic.TRACE}


def test_a_moved_passage_is_found(bundle, tmp_path):
    def moved(data: bytes) -> bytes:
        lines = [json.loads(line) for line in data.splitlines()]
        for line in lines:
            for passage in line["event"].get("passages", []) if line["kind"] == "SourceRead" else []:
                passage["start"] += 1
                passage["end"] += 1
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()

    assert Topic.PASSAGES in topics(forged(bundle, layout.TRACE, moved), tmp_path)


@pytest.mark.parametrize("name", [layout.CLAIMS, layout.PASSAGES])
def test_a_line_that_was_left_out_is_found(bundle, tmp_path, name: str):
    changed = forged(bundle, name, lambda data: b"".join(data.splitlines(keepends=True)[1:]))
    assert Topic.TRACE in topics(changed, tmp_path)


def test_a_quote_hash_that_is_not_its_own_is_found(bundle, tmp_path):
    def changed(data: bytes) -> bytes:
        place = data.index(b'"quote_sha256":"') + 16
        return data[:place] + (b"0" if data[place : place + 1] != b"0" else b"1") + data[place + 1 :]

    assert topics(forged(bundle, layout.PASSAGES, changed), tmp_path) == {Topic.PASSAGES}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"requests": 2', b'"requests": 1'),
        (b'"bytes_sent": 400', b'"bytes_sent": 4'),
        (b'"stayed_here": false', b'"stayed_here": true'),
        (b'"searches": ', b'"searches": 1'),
    ],
)
def test_a_receipt_that_does_not_add_up_is_found(bundle, tmp_path, before: bytes, after: bytes):
    assert topics(forged(bundle, layout.RECEIPT, lambda data: data.replace(before, after)), tmp_path) == {Topic.RECEIPT}


def test_sums_for_other_programs_that_say_something_else_are_found(bundle, tmp_path):
    content = entries(bundle)
    digits = content[layout.SUMS]
    content[layout.SUMS] = digits.replace(digits[:8], b"00000000")
    assert topics(zipped(content), tmp_path) == {Topic.ENTRIES}


@pytest.mark.parametrize("name", [layout.PAGE, layout.MARKDOWN])
def test_pages_that_show_something_else_than_the_data_are_found(bundle, tmp_path, name: str):
    changed = forged(bundle, name, lambda data: data.replace(b"three months", b"three weeks"))
    (finding,) = verified(changed, tmp_path).findings
    assert (finding.topic, finding.where, finding.is_fatal) == (Topic.ENTRIES, name, False)


def test_pages_that_another_version_has_written_are_noted(bundle, tmp_path):
    content = entries(forged(bundle, layout.PAGE, lambda data: data.replace(b"three months", b"three weeks")))
    content[layout.MANIFEST] = content[layout.MANIFEST].replace(renderer().encode(), b"0" * 64)
    found = verified(zipped(summed(content)), tmp_path)
    assert found.findings == ()
    assert found.notes == (DIFFERENT,)


def test_a_report_about_pages_that_do_something_holds(tmp_path):
    text = '<script>alert(1)</script> <meta http-equiv="refresh"> <img src=x onerror=y> Lime mortar'
    assert verified(small(text, state=ClaimState.UNSUPPORTED), tmp_path).is_sound


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace(b"</body>", b"<SCRIPT>fetch('//x.example')</SCRIPT></body>"),
        lambda page: page.replace(b"</body>", b'<img src="https://x.example/1.png"></body>'),
        lambda page: page.replace(b"default-src &#39;none&#39;", b"default-src *"),
        lambda page: page.replace(b"<head>", b'<head><meta http-equiv="refresh" content="0;url=//x.example">'),
        lambda page: b"x" * 2_000 + page,
        lambda _: b"<h1>All is well</h1>",
        lambda page: page.replace(b"&#39;none&#39;;", b"&#39;none&#39;; script-src &#39;unsafe-inline&#39;;", 1),
        lambda page: page.replace(b"<meta http-equiv", b"<!-- <meta http-equiv", 1).replace(b"<title>", b"--><title>"),
        lambda page: page.replace(b"<html", b"<body onload=\"fetch('//x.example')\"><html", 1),
        lambda page: page.replace(b"</body>", b'<meta name=">" http-equiv="refresh" content="0;url=//x"></body>'),
        lambda page: page.replace(b"connect", b"").replace(b"form-action &#39;none&#39;", b"form-action *"),
    ],
)
def test_a_page_that_could_do_something_is_found(bundle, tmp_path, change):
    assert topics(forged(bundle, layout.PAGE, change), tmp_path) == {Topic.ENTRIES}


# --- what the report itself has wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lime mortar stays vulnerable to frost for 17 months.", "17"),
        ("Lime mortar was vulnerable to frost until 3 May 1871.", "1871"),
        ("It is said that lime mortar “was never once in danger from any frost”.", "never once in danger"),
    ],
)
def test_a_supported_sentence_whose_facts_are_not_in_its_passages_is_found(text: str, said: str, tmp_path):
    findings = verified(small(text), tmp_path).findings
    assert {finding.topic for finding in findings} == {Topic.FACTS}
    assert any(said in finding.words for finding in findings)


def test_a_figure_in_another_form_is_no_fault(tmp_path):
    assert verified(small("Lime mortar stays vulnerable to frost for about 3 months."), tmp_path).is_sound


def test_what_calls_itself_a_quotation_and_is_none_is_found(tmp_path):
    text = "Lime mortar is vulnerable to frost for about three months"
    assert Topic.QUOTATIONS in topics(small(text, is_quotation=True), tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "Lime mortar stays vulnerable to frost for about three months. " * 170,
        "It stays vulnerable for " + ", ".join(f"{number} months" for number in range(1_000, 1_150)) + " and 3 months",
    ],
)
def test_a_sentence_that_is_too_long_to_be_looked_through_is_found(text: str, tmp_path):
    findings = verified(small(text), tmp_path).findings
    assert any("to be looked through" in finding.words for finding in findings)


def with_cells(*cells: Cell) -> bytes:
    run = small_run()
    ended = run.trace.pop()
    last = run.trace[-1].event
    assert isinstance(last, ReportFinished)
    table = Table(columns=("Mortar", "At risk"), rows=((Cell(text="Lime"), *cells),))
    (section,) = last.report.sections
    report = replace(last.report, sections=(replace(section, table=table),))
    run.trace[-1] = replace(run.trace[-1], event=ReportFinished(report=report))
    run.trace.append(ended)
    return packed(run)


def test_a_cell_that_shows_what_its_sentence_says_holds(tmp_path):
    assert verified(with_cells(Cell(text=VERBATIM, claim=claim(1, VERBATIM, [PassageId(1)]))), tmp_path).is_sound
    assert verified(with_cells(Cell(missing="Not found.")), tmp_path).is_sound


@pytest.mark.parametrize("said", [VERBATIM, None])
def test_a_cell_that_shows_what_no_sentence_says_is_found(tmp_path, said: str | None):
    cell = Cell(text="95 years", claim=claim(1, said, [PassageId(1)]) if said else None)
    (finding,) = verified(with_cells(cell), tmp_path).findings
    assert finding.topic is Topic.CITATIONS
    assert "95 years" in finding.words


def test_a_citation_of_nothing_is_found(tmp_path):
    found = verified(small(VERBATIM, cites=99), tmp_path)
    assert {finding.topic for finding in found.findings} == {Topic.CITATIONS}
    assert "passage 99" in found.findings[0].words


def test_a_report_without_sentences_holds(tmp_path):
    run = small_run()
    assert isinstance(run.state.report, Report)
    assert verified(packed(run), tmp_path).is_sound
