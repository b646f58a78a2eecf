"""Exports difficult reports in every format, opens each file with other programs, and says what was lost.

    python tests/benchmarks/bench_exports.py [--only NAME] [--format docx --format pdf] [--style apa] [--office] [--tex]
    python tests/benchmarks/bench_exports.py --watch
    python tests/benchmarks/bench_exports.py --each

For each report (``tests/difficult_reports.py``) and format: the bytes, the seconds to make it, the programs that read
it back, and the texts of the report that were not found in what they read. Letters and signs are compared, not
spaces and line ends, nor signs that only turn or join text. DOCX, ODT, EPUB and LaTeX are read by pandoc, PDF by PDFium
and by poppler's ``pdftotext``, web pages by lxml, Markdown by pandoc, bibliographies by pandoc's readers, tables by
openpyxl and Python's csv. With ``--office`` LibreOffice opens DOCX and ODT, with ``--tex`` LuaLaTeX and XeLaTeX set the
LaTeX. A program that is not there is said to be missing, and nothing is counted for it.

``--watch`` exports a report whose every text is one of over a hundred hostile ones, in every format, under ``strace``,
and the same report with ordinary words, and shows what the first opened, started or connected to and the second did
not. ``--each`` makes a report for each hostile text alone.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from difficult_reports import DifficultReport, difficult_reports, found_again, hostile  # noqa: E402
from hostile_snippets import PLACES, SNIPPETS  # noqa: E402
from lxml import etree  # noqa: E402
from lxml import html as lxml_html  # noqa: E402
from openpyxl import load_workbook  # noqa: E402
from read_back import READERS, office_words, pdf_words, texts, words_of  # noqa: E402
from traced import IS_THERE, traced  # noqa: E402

from engine.errors import ExportFailed  # noqa: E402
from engine.export import STYLED_FORMATS, TEXT_FORMATS, ReportFormat, render_bytes  # noqa: E402
from engine.export.pandoc import pandoc_path  # noqa: E402

REFERENCES = (ReportFormat.BIBTEX, ReportFormat.RIS, ReportFormat.CSL_JSON)
TABLES = (ReportFormat.CSV, ReportFormat.XLSX)
FORMATS = (*STYLED_FORMATS, *TEXT_FORMATS, *TABLES, *REFERENCES)
TEX_ENGINES = ("lualatex", "xelatex")
LIMIT_S = 600


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one program made of one file."""

    program: str
    words: str | None
    """None where only that it could be opened is known."""
    is_whole: bool = True
    """Whether the format holds everything that the report says."""


def main() -> int:
    """Measure what was asked for; return 1 if a file could not be opened, lost a text, or a text came alive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", action="append", help="only reports whose name has this in it")
    parser.add_argument("--format", action="append", choices=[form.value for form in FORMATS])
    parser.add_argument("--style", default="", help="cite in this style where the format can")
    parser.add_argument("--office", action="store_true", help="let LibreOffice open DOCX and ODT (slow)")
    parser.add_argument("--tex", action="store_true", help="let LuaLaTeX and XeLaTeX set the LaTeX (slow)")
    parser.add_argument("--watch", action="store_true", help="see what hostile texts open and connect to")
    parser.add_argument("--each", action="store_true", help="make a report for each hostile text")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.platform()}, {os.cpu_count()} processors")
    if options.watch:
        return _watch(options.style)
    formats = tuple(ReportFormat(name) for name in options.format) if options.format else FORMATS
    if options.each:
        return _each(formats, options.style)
    for program, used in (
        ("soffice", options.office),
        *((one, options.tex) for one in TEX_ENGINES),
        ("pdftotext", True),
    ):
        if used and shutil.which(program) is None:
            print(f"missing: {program}")
    failures = 0
    for report in difficult_reports():
        if not options.only or any(name in report.name for name in options.only):
            for form in formats:
                failures += _measure(report, form, options)
    print(f"{failures} failures")
    return 1 if failures else 0


def _measure(report: DifficultReport, form: ReportFormat, options: argparse.Namespace) -> int:
    started = time.perf_counter()
    try:
        data = _made(report, form, options.style)
    except (ExportFailed, UnicodeError) as error:
        print(f"{report.name:22} {form.value:9} NOT MADE  {error}")
        return 1
    seconds = time.perf_counter() - started
    told, failures = [], 0
    try:
        for reading in _readings(data, form, options):
            lost = _lost(report, form, reading)
            told.append(reading.program + (f" LOST {len(lost)}: {[one[:40] for one in lost[:4]]}" if lost else ""))
            failures += bool(lost)
    except (subprocess.SubprocessError, ValueError, OSError, etree.LxmlError, zipfile.BadZipFile) as error:
        told.append(f"NOT READ {str(error)[:200]}")
        failures += 1
    print(f"{report.name:22} {form.value:9} {len(data):>9,} B {seconds:6.2f} s  {', '.join(told)}")
    return failures


def _made(report: DifficultReport, form: ReportFormat, style: str) -> bytes:
    if form is ReportFormat.JSON and report.name == "hostile texts":  # half characters cannot be stored
        report = hostile(tuple(text for text in SNIPPETS if text == text.encode("utf-8", "ignore").decode()))
    return render_bytes(report.state, form, report.document_of, departures=report.departures, style=style)


def _lost(report: DifficultReport, form: ReportFormat, reading: Reading) -> list[str]:
    if reading.words is None or not reading.is_whole:
        return []
    words = found_again(reading.words)
    wanted = report.says if form is ReportFormat.PDF else (*report.says, *report.drawn)
    lost = [text for text in wanted if found_again(text) not in words]
    if form is ReportFormat.PDF or reading.program in TEX_ENGINES:
        # A PDF holds what is seen: words that are turned around come turned around, and in another order.
        lost = [text for text in lost if not _is_turned(text, words)]
    return lost


def _is_turned(text: str, words: str) -> bool:
    turns = any("\u2066" <= one <= "\u2069" or "\u202a" <= one <= "\u202e" for one in text)
    return turns and all(found_again(one) in words or found_again(one)[::-1] in words for one in text.split())


def _readings(data: bytes, form: ReportFormat, options: argparse.Namespace) -> Iterator[Reading]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"report.{form.value}"
        file.write_bytes(data)
        if form in READERS:
            yield Reading(program="pandoc", words=words_of(data, form))
        if form is ReportFormat.EPUB:
            yield Reading(program="XML", words=_book(file))
        elif form is ReportFormat.PDF:
            yield Reading(program="PDFium", words=pdf_words(data))
            if shutil.which("pdftotext"):
                yield Reading(program="poppler", words=_output(["pdftotext", "-q", str(file), "-"]))
        elif form in (ReportFormat.DOCX, ReportFormat.ODT) and options.office and shutil.which("soffice"):
            yield Reading(program="LibreOffice", words=office_words(file, profile=Path(folder) / "profile"))
        elif form is ReportFormat.LATEX and options.tex:
            yield from _set(file)
        elif form is ReportFormat.HTML:
            yield Reading(program="lxml", words=lxml_html.document_fromstring(data.decode()).text_content())
        elif form is ReportFormat.MARKDOWN:
            tree = json.loads(_output([str(pandoc_path()), "--sandbox", "-fcommonmark", "-tjson", str(file)]))
            yield Reading(program="pandoc", words="".join(texts(tree)))
        elif form is ReportFormat.TEXT:
            yield Reading(program="text", words=data.decode().replace("      > ", ""))
        elif form is ReportFormat.JSON:
            yield Reading(program="json", words="\n".join(_strings(json.loads(data))), is_whole=False)
        elif form is ReportFormat.CSV:
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
            yield Reading(program=f"csv ({len(rows)} rows)", words=None)
        elif form is ReportFormat.XLSX:
            sheets = load_workbook(io.BytesIO(data)).sheetnames
            yield Reading(program=f"openpyxl ({len(sheets)} sheets)", words=None)
        elif form in REFERENCES:
            yield _bibliography(file, form)


def _book(file: Path) -> str:
    """Return the words of an EPUB, all of whose pages are well-formed and whose first part says what it is."""
    with zipfile.ZipFile(file) as book:
        first = book.infolist()[0]
        if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED:
            raise ValueError("the first part of the book is not its type")
        safe = etree.XMLParser(resolve_entities=False, no_network=True)
        pages = [one for one in book.namelist() if one.endswith((".xhtml", ".opf", ".ncx"))]
        return "\n".join("".join(etree.fromstring(book.read(page), safe).itertext()) for page in pages)


def _set(file: Path) -> Iterator[Reading]:
    """Set LaTeX, which stops at the first mistake; with half of the fonts missing, only that it can be set is told."""
    for engine in TEX_ENGINES:
        if shutil.which(engine):
            options = [
                "-interaction=nonstopmode",
                "-halt-on-error",
                "-no-shell-escape",
                f"-output-directory={file.parent}",
            ]
            try:
                subprocess.run([engine, *options, str(file)], capture_output=True, check=True, timeout=LIMIT_S)
            except subprocess.CalledProcessError as error:
                lines = error.stdout.decode("utf-8", "replace").splitlines()
                raise ValueError(
                    f"{engine}: {next((one for one in lines if one.startswith('!')), 'failed')}"
                ) from error
            yield Reading(program=engine, words=None)
            for rest in ("aux", "toc", "out"):
                file.with_suffix(f".{rest}").unlink(missing_ok=True)


def _bibliography(file: Path, form: ReportFormat) -> Reading:
    reader = {ReportFormat.BIBTEX: "biblatex", ReportFormat.RIS: "ris", ReportFormat.CSL_JSON: "csljson"}[form]
    if not file.read_bytes().strip():
        return Reading(program="empty", words=None)
    entries = json.loads(_output([str(pandoc_path()), "--sandbox", f"-f{reader}", "-tcsljson", str(file)]))
    return Reading(program=f"pandoc ({len(entries)} entries)", words=None)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, check=True, timeout=LIMIT_S).stdout.decode("utf-8", "replace")


def _each(formats: tuple[ReportFormat, ...], style: str) -> int:
    failures = 0
    started = time.perf_counter()
    for text in SNIPPETS:
        report = hostile((text,))
        for form in formats:
            try:
                data = _made(report, form, style)
                readable = form in READERS or form is ReportFormat.PDF
                lost = _lost(report, form, Reading(program="", words=words_of(data, form))) if readable else []
            except (ExportFailed, UnicodeError, subprocess.SubprocessError, ValueError) as error:
                if form is ReportFormat.JSON and isinstance(error, UnicodeError):
                    continue
                lost = [f"failed: {error}"]
            if lost:
                failures += 1
                print(f"{form.value}: {lost[0][:200]!r}")
    spent = time.perf_counter() - started
    print(f"{len(SNIPPETS)} texts, {len(formats)} formats, {failures} failures, {spent:.0f} s")
    return 1 if failures else 0


def _watch(style: str) -> int:
    if not IS_THERE:
        print("missing: strace; nothing was watched")
        return 0
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
    formats = [form.value for form in FORMATS]
    with tempfile.TemporaryDirectory() as folder:
        script = [sys.executable, str(TESTS / "exporting.py")]
        harmless, watched = (
            traced(
                [*script, kind, style or "-", folder, *formats],
                into=Path(folder),
                environment=environment,
                timeout_s=LIMIT_S,
            )
            for kind in ("harmless", "hostile")
        )
    opened = sorted(watched.opened - harmless.opened)
    lively = sorted(path for path in watched.opened if any(place in path for place in PLACES))
    sockets = [one for one in watched.sockets if "AF_UNIX" not in one]
    started = [one for one in watched.started if one not in harmless.started]
    print(f"{len(SNIPPETS)} hostile texts in every place of a report, {len(formats)} formats")
    _say("files opened that ordinary words do not open", opened)
    _say("files named by the texts that were opened", lively)
    _say("connections", sockets)
    _say("programs started that ordinary words do not start", started)
    return 1 if opened or lively or sockets or started else 0


def _say(what: str, found: list[str]) -> None:
    print(f"{what}: {len(found)}" + "".join(f"\n    {one}" for one in found[:20]))


if __name__ == "__main__":
    raise SystemExit(main())
