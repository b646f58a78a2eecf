"""Asks labelled questions of real documentation through the engine's door and counts cited correct answers.

    python tests/benchmarks/bench_answers.py --half held_out [--library git] [--together] [--verbose]

The questions are in ``answers.json``: each with strings of which one must occur in the cited sentences (parts joined
by `` & `` must all occur), or with none when the library cannot answer it. The folders are those of Debian's
``-doc`` packages that the file names; a library whose folder is missing is left out and said so. ``tuning`` questions
were used while the ranking was made, ``held_out`` ones were only counted.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.domain import Claim, Depth, Outcome, Report
from engine.events import ReportFinished, RunEnded
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.reading.parser import Parser
from engine.reading.sentences import sentences
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms
from engine.research import Research, RunControl

QUESTIONS = Path(__file__).with_name("answers.json")
TOP_OF_REPORT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A labelled question and what came of it."""

    library: str
    question: str
    answers: tuple[str, ...]
    report: Report
    outcome: Outcome
    seconds: float

    @property
    def is_answered(self) -> bool:
        return any(holds(self.report.answer, answer) for answer in self.answers)

    @property
    def is_in_top(self) -> bool:
        return any(holds(self.report.claims[:TOP_OF_REPORT], answer) for answer in self.answers)

    @property
    def is_not_found(self) -> bool:
        return self.outcome is Outcome.NOT_FOUND and not self.report.claims


def holds(claims: Sequence[Claim], answer: str) -> bool:
    """Whether cited sentences hold every part of an answer."""
    said = plain(" ".join(claim.text for claim in claims if claim.passages))
    return all(plain(part) in said for part in answer.split(" & "))


def plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", "").split())


def build(data: Path, folders: Sequence[Path]) -> None:
    with Parser() as parser, Library.open(data, parser=parser) as library:
        known = {folder.path for folder in library.folders()}
        for folder in folders:
            if folder.resolve() not in known and folder not in known:
                library.add_folder(folder)
        for _ in library.update(should_stop=lambda: False):
            pass


def ask(research: Research, entry: dict[str, object], *, depth: Depth) -> Asked:
    started = time.perf_counter()
    run_id = research.start(str(entry["question"]), depth=depth)
    report, outcome = None, Outcome.FAILED
    for stored in research.follow(run_id, control=RunControl()):
        if isinstance(stored.event, ReportFinished):
            report = stored.event.report
        elif isinstance(stored.event, RunEnded):
            outcome = stored.event.outcome
            if report is None:
                raise SystemExit(f"no report for {entry['question']}: {stored.event.reason}")
    assert report is not None
    return Asked(
        library=str(entry["library"]),
        question=str(entry["question"]),
        answers=tuple(entry["answers"]),  # type: ignore[arg-type]
        report=report,
        outcome=outcome,
        seconds=time.perf_counter() - started,
    )


def answered(data: Path, entries: Sequence[dict[str, object]], *, depth: Depth) -> Iterator[Asked]:
    with Research.open(data) as research:
        for entry in entries:
            yield ask(research, entry, depth=depth)


def describe(asked: Asked, *, is_verbose: bool) -> None:
    if asked.answers:
        mark = "answered " if asked.is_answered else "in report" if asked.is_in_top else "missed   "
    else:
        mark = "not found" if asked.is_not_found else "MADE UP  "
    print(f"{mark} {asked.seconds:5.2f} s  {asked.library}: {asked.question}")
    if is_verbose and mark not in ("answered ", "not found"):
        for number, claim in enumerate(asked.report.claims[:TOP_OF_REPORT]):
            part = "answer" if number < len(asked.report.answer) else "report"
            print(f"      {part}: {' '.join(claim.text.split())[:300]}")


def baseline(folder_data: Path, entries: Sequence[dict[str, object]]) -> Iterator[tuple[str, bool]]:
    """Yield whether plain BM25 over all single sentences of a library has the answer among its first six."""
    questions = {str(entry["question"]): set(terms(str(entry["question"]))) - stop_terms() for entry in entries}
    wanted = set().union(*questions.values())
    texts: list[str] = []
    lengths: list[int] = []
    places: dict[str, list[tuple[int, int]]] = {}
    reader = LibraryReader.open(folder_data)
    for folder in reader.folders():
        for row in reader.documents(folder.id, limit=100_000, offset=0):
            document = reader.open_source((folder.path / row.path).as_uri()).document
            for sentence in sentences(document):
                found = terms(document.text[sentence.start : sentence.end])
                for term in wanted.intersection(found):
                    places.setdefault(term, []).append((len(texts), found.count(term)))
                texts.append(document.text[sentence.start : sentence.end])
                lengths.append(len(found))
    average = sum(lengths) / max(1, len(lengths))
    for entry in entries:
        scores: dict[int, float] = {}
        for term in questions[str(entry["question"])]:
            found_in = places.get(term, [])
            weight = math.log(1 + (len(texts) - len(found_in) + 0.5) / (len(found_in) + 0.5))
            for index, count in found_in:
                gain = count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[index] / average))
                scores[index] = scores.get(index, 0.0) + weight * gain
        top = sorted(scores, key=lambda index: (-scores[index], index))[:TOP_OF_REPORT]
        said = plain(" ".join(texts[index] for index in top))
        answers = [str(answer) for answer in entry["answers"]]  # type: ignore[attr-defined]
        yield (
            str(entry["question"]),
            any(all(plain(part) in said for part in answer.split(" & ")) for answer in answers),
        )


def summarise(results: Sequence[Asked]) -> None:
    known = [asked for asked in results if asked.answers]
    unknown = [asked for asked in results if not asked.answers]
    print()
    if known:
        print(f"in the answer:          {sum(asked.is_answered for asked in known)} of {len(known)}")
        in_top = sum(asked.is_answered or asked.is_in_top for asked in known)
        print(f"in the top {TOP_OF_REPORT} sentences: {in_top} of {len(known)}")
        print(f"wrongly not found:      {sum(asked.is_not_found for asked in known)} of {len(known)}")
    if unknown:
        print(f"honest not found:       {sum(asked.is_not_found for asked in unknown)} of {len(unknown)}")
    times = sorted(asked.seconds for asked in results)
    if times:
        print(f"seconds a run:          median {statistics.median(times):.2f}, longest {times[-1]:.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["tuning", "held_out", "all"], default="all")
    parser.add_argument("--library", default="", help="only this one")
    parser.add_argument("--together", action="store_true", help="one index over all folders instead of one for each")
    parser.add_argument("--depth", choices=[depth.value for depth in Depth], default=Depth.STANDARD.value)
    parser.add_argument("--data", type=Path, help="keep the indexes here for the next time")
    parser.add_argument("--baseline", action="store_true", help="plain BM25 over single sentences instead of runs")
    parser.add_argument("--verbose", action="store_true", help="show what was said where the answer is missing")
    options = parser.parse_args()
    labelled = json.loads(QUESTIONS.read_text("utf-8"))
    libraries = {
        name: Path(place["folder"])
        for name, place in labelled["libraries"].items()
        if not options.library or name == options.library
    }
    for name, folder in list(libraries.items()):
        if not folder.is_dir():
            print(f"{name} is left out: {folder} is not there; install {labelled['libraries'][name]['package']}")
            del libraries[name]
    entries = [
        entry
        for entry in labelled["questions"]
        if entry["library"] in libraries and options.half in ("all", entry["half"])
    ]
    results: list[Asked] = []
    with tempfile.TemporaryDirectory() as scratch:
        data = options.data or Path(scratch)
        groups = [list(libraries)] if options.together else [[name] for name in libraries]
        for names in groups:
            place = data / ("together" if options.together else names[0])
            build(place, [libraries[name] for name in names])
            chosen = [entry for entry in entries if entry["library"] in names]
            if options.baseline:
                found = list(baseline(place, [entry for entry in chosen if entry["answers"]]))
                right = sum(is_there for _, is_there in found)
                print(f"{place.name}: plain BM25 has {right} of {len(found)} in its first {TOP_OF_REPORT}")
                continue
            for asked in answered(place, chosen, depth=Depth(options.depth)):
                describe(asked, is_verbose=options.verbose)
                results.append(asked)
    summarise(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
