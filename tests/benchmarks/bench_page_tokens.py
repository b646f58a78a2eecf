"""Counts the tokens of real pages that the reader would be shown, and how much labelled evidence is among them.

    python tests/benchmarks/bench_page_tokens.py --half held_out [--library git] [--data FOLDER] [--verbose]

What is measured is the choice of segments alone; no model runs. The reader is taken to ask for the next part as long
as there is one, so the tokens are the most that a page can cost; ``--stop`` also says what they are for a reader that
stops after the part in which the last of the evidence was shown. Whether a model marks the right sentences among
those it is shown is another question. The tokens are those of the numbered lines as they are shown, against those of
the page's whole text; instructions and replies are not counted. They are estimated from bytes and digits unless
``--vocabulary`` names a GGUF file whose vocabulary counts them.

The pairs of question and page are in ``page_tokens.json``: for each fact that the page holds on the question, pieces
of sentences of which one must be shown. Most questions are those of ``answers.json``, on pages that the search returns
for them; the rest were written about sentences drawn at random from long pages. ``tuning`` pairs were used while
segments and ranking were made, ``held_out`` ones were only counted. The pages are those of Debian's ``-doc`` packages
that the file names; a library whose folder is missing is left out and said so.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench_answers import build

from engine.agent.extractive.relevance import context_of
from engine.agent.model_roles.asking import tokens_in
from engine.agent.model_roles.segments import PAGE_TOKENS, SEGMENT_TOKENS, Segment, Worth, cut, lines_of, reading_order
from engine.library.reader import LibraryReader
from engine.reading.document import Document
from engine.reading.sentences import Sentence, sentences

PAIRS = Path(__file__).with_name("page_tokens.json")
GOAL_KEPT, GOAL_SHOWN = 0.95, 0.40

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of one pair."""

    library: str
    page: str
    question: str
    facts: int
    kept: int
    shown: int
    """Tokens, of all parts that are worth reading."""
    shown_to_last: int
    """Tokens, up to the part that shows the last of the evidence; of all parts where some is not shown."""
    whole: int
    """Tokens of the page."""
    parts: int


def read_pair(
    entry: dict[str, object], library: LibraryReader, folder: Path, *, count: Count, budget: int, from_beginning: bool
) -> Read:
    opened = library.open_source((folder / str(entry["page"])).as_uri())
    document = opened.document
    found = sentences(document)
    facts = [_sentences_with(fact, document, found) for fact in entry["evidence"]]  # type: ignore[attr-defined]
    if not all(facts):
        raise SystemExit(f"{entry['page']} does not have all the evidence: {entry['evidence']}")
    segments = cut(document, found, budget=SEGMENT_TOKENS)
    if from_beginning:
        order = list(_first(segments, budget))
    else:
        worth = Worth(
            document,
            found,
            wanted=str(entry["question"]),
            statistics=library,
            context=context_of(opened.source),
        )
        order = reading_order(segments, worth, budget=budget)
    missing = dict(enumerate(facts))
    shown = shown_to_last = number = 0
    for segment in order:
        lines = lines_of(segment, document, found, first=number + 1)
        number += len(segment.sentences)
        shown += count("\n".join(lines))
        if missing:
            shown_to_last = shown
        missing = {fact: places for fact, places in missing.items() if places.isdisjoint(segment.sentences)}
    return Read(
        library=str(entry["library"]),
        page=str(entry["page"]),
        question=str(entry["question"]),
        facts=len(facts),
        kept=len(facts) - len(missing),
        shown=shown,
        shown_to_last=shown if missing else shown_to_last,
        whole=count(document.text),
        parts=len(order),
    )


def _sentences_with(alternatives: Sequence[str], document: Document, found: Sequence[Sentence]) -> frozenset[int]:
    texts = [" ".join(document.text[sentence.start : sentence.end].split()) for sentence in found]
    return frozenset(index for index, text in enumerate(texts) if any(piece in text for piece in alternatives))


def _first(segments: Sequence[Segment], budget: int) -> Iterator[Segment]:
    used = 0
    for segment in segments:
        if used and used + segment.tokens > budget:
            return
        used += segment.tokens
        yield segment


def counter(vocabulary: Path | None) -> Count:
    """Return what counts tokens: an estimate, or the vocabulary of a GGUF file."""
    if vocabulary is None:
        return tokens_in
    from llama_cpp import Llama

    model = Llama(str(vocabulary), vocab_only=True, verbose=False)
    return lambda text: len(model.tokenize(text.encode(), add_bos=False))


def summarise(results: Sequence[Read], *, stop: bool) -> bool:
    """Print the figures and return whether the goals are met."""
    kept, facts = sum(read.kept for read in results), sum(read.facts for read in results)
    shown, whole = sum(read.shown for read in results), sum(read.whole for read in results)
    print(f"pairs of question and page:   {len(results)}, of {len({read.page for read in results})} pages")
    print(f"pieces of evidence shown:     {kept} of {facts} ({kept / facts:.1%})")
    print(f"pairs with all of it shown:   {sum(read.kept == read.facts for read in results)} of {len(results)}")
    print(f"page tokens shown:            {shown:,} of {whole:,} ({shown / whole:.3f} of reading everything)")
    ratios = [read.shown / read.whole for read in results]
    print(f"the same, page by page:       mean {statistics.mean(ratios):.3f}, median {statistics.median(ratios):.3f}")
    parts = sum(read.parts for read in results) / len(results)
    print(
        f"tokens and parts of one page: {shown / len(results):,.0f} of {whole / len(results):,.0f}, {parts:.1f} parts"
    )
    if stop:
        until = sum(read.shown_to_last for read in results)
        mean = statistics.mean(read.shown_to_last / read.whole for read in results)
        print(f"stopping at the last of it:   {until:,} ({until / whole:.3f}; page by page {mean:.3f})")
    return kept >= GOAL_KEPT * facts and shown <= GOAL_SHOWN * whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=["tuning", "held_out", "all"], default="held_out")
    parser.add_argument("--library", default="", help="only this one")
    parser.add_argument("--budget", type=int, default=PAGE_TOKENS, help="tokens of one page that may be shown")
    parser.add_argument("--stop", action="store_true", help="also count for a reader that stops at the last evidence")
    parser.add_argument("--from-beginning", action="store_true", help="read from the first part on, for comparison")
    parser.add_argument("--vocabulary", type=Path, help="a GGUF file whose vocabulary counts the tokens")
    parser.add_argument("--data", type=Path, help="keep the indexes here for the next time")
    parser.add_argument("--verbose", action="store_true", help="show the pairs of which evidence is not shown")
    options = parser.parse_args()
    labelled = json.loads(PAIRS.read_text("utf-8"))
    results: list[Read] = []
    count = counter(options.vocabulary)
    with tempfile.TemporaryDirectory() as scratch:
        for name, place in labelled["libraries"].items():
            if options.library not in ("", name):
                continue
            folder = Path(place["folder"])
            if not folder.is_dir():
                print(f"{name} is left out: {folder} is not there; install {place['package']}")
                continue
            data = (options.data or Path(scratch)) / name
            build(data, [folder])
            with LibraryReader.open(data) as library:
                results += [
                    read_pair(
                        entry,
                        library,
                        folder,
                        count=count,
                        budget=options.budget,
                        from_beginning=options.from_beginning,
                    )
                    for entry in labelled["pairs"]
                    if entry["library"] == name and options.half in ("all", entry["half"])
                ]
    if not results:
        print("There is nothing to read.")
        return 1
    for read in results:
        if options.verbose and read.kept < read.facts:
            print(f"not shown: {read.library}/{read.page} ({read.whole:,} tokens): {read.question}")
    print(f"{platform.system()} {platform.machine()}, {datetime.now(UTC).date()}, {options.half}")
    return 0 if summarise(results, stop=options.stop) else 1


if __name__ == "__main__":
    sys.exit(main())
