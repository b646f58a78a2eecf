import os
import subprocess
import sys
from pathlib import Path

import pytest
from difficult_reports import hostile
from hostile_snippets import PLACES, SNIPPETS
from side_effects import Watch
from traced import IS_THERE, traced

from engine.errors import ExportFailed
from engine.export import STYLED_FORMATS, pandoc, render_bytes
from engine.export.pandoc import converted, formatted_bibliography, pandoc_path
from engine.export.pandoc_tree import API_VERSION, every_work
from engine.export.styles import style_xml

SCRIPT = Path(__file__).parents[2] / "exporting.py"
BOOK = {
    "id": "one",
    "type": "book",
    "title": "A <i>lime</i> *book* $x$",
    "author": [{"family": "Mason", "given": "Ada"}],
    "publisher": "Press",
    "issued": {"date-parts": [[2020]]},
}


def test_the_program_is_that_of_the_wheel_whatever_the_system_has(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYPANDOC_PANDOC", "/bin/false")
    assert pandoc_path().parent.name == "files"
    assert pandoc_path().is_file()


def test_without_it_the_failure_names_what_is_missing_and_what_works(monkeypatch) -> None:
    monkeypatch.setattr(pandoc, "_PACKAGE", "no_such_package_of_ours")
    with pytest.raises(ExportFailed, match="pandoc") as raised:
        converted(every_work([BOOK]), "docx")
    assert "HTML" in raised.value.hint


def test_our_trees_are_of_a_version_that_it_reads() -> None:
    assert converted({"pandoc-api-version": list(API_VERSION), "meta": {}, "blocks": []}, "native").strip() == b"[]"


def test_a_bibliography_is_text_in_the_order_of_the_style_and_no_title_is_markup() -> None:
    other = {**BOOK, "id": "two", "title": "Zinc", "author": [{"family": "Abbot", "given": "Cy"}]}
    lines = formatted_bibliography([BOOK, other], style_xml("apa"))
    assert lines == ("Abbot, C. (2020). Zinc. Press.", "Mason, A. (2020). A <i>lime</i> *book* $x$. Press.")
    assert formatted_bibliography([], "") == ()


def test_a_style_that_is_none_is_a_failure_with_words() -> None:
    with pytest.raises(ExportFailed, match="Pandoc could not make the file"):
        formatted_bibliography([BOOK], "this is no style")


def test_exporting_loads_neither_typst_nor_pypandoc_into_the_app() -> None:
    code = "import sys, engine.export; print(sorted(set(sys.modules) & {'typst', 'pypandoc', 'openpyxl'}))"
    assert subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, check=True).stdout.strip() == b"[]"


def test_hostile_texts_make_this_process_open_start_and_connect_to_nothing_else() -> None:
    report = hostile(SNIPPETS[::9])
    with Watch() as effects:
        for form in STYLED_FORMATS:
            render_bytes(report.state, form, report.document_of, departures=report.departures)
    assert effects.connected == []
    assert effects.named == []
    assert effects.with_any(PLACES) == []
    programs = {Path(one.split()[1]).name for one in effects.started}
    assert programs == {pandoc_path().name, Path(sys.executable).name}
    assert all("--sandbox" in one or "engine.export.typesetter" in one for one in effects.started)


@pytest.mark.skipif(not IS_THERE, reason="needs strace")
def test_the_programs_that_make_the_files_open_nothing_that_a_text_names(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    formats = [form.value for form in STYLED_FORMATS]
    command = [sys.executable, str(SCRIPT), "few", "apa", str(tmp_path), *formats]
    seen = traced(command, into=tmp_path, environment=environment)
    assert (
        len([one for one in seen.started if "pandoc" in one]) == 9
    )  # the style is written first, for all but PDF by a run of its own
    assert [one for one in seen.opened if any(place in one for place in PLACES)] == []
    assert [one for one in seen.sockets if "AF_UNIX" not in one] == []
