"""Counts what the checks of claims find in labelled pairs of a sentence and a passage: precision and recall by kind.

    python tests/benchmarks/bench_checks.py [--half held_out|development|carried|all] [--pairs FILE]
    python tests/benchmarks/bench_checks.py --model MODEL.gguf
    python tests/benchmarks/bench_checks.py --scripted 0.1
    python tests/benchmarks/bench_checks.py --contradictions [--pairs FILE | --wide / --limit 1000]
    python tests/benchmarks/bench_checks.py --many 10000

The pairs are those that the project carries (``tests/checked_pairs/own.py``), or those of a file that
``tests/checked_pairs/build.py`` has made from documents of Debian. ``development`` pairs may be looked at while the
checks are changed, ``held_out`` ones are only counted; ``carried`` ones come with the app, and were looked at. Without
a model, the deterministic checks decide alone. With one, the judge of the app decides: the checks first, then the
probability that the model gives to yes; what the model would have said without the checks is counted beside it. The
model is calibrated on the carried pairs, and the judge is counted without and with that. ``--scripted`` is a judge that
knows the answers, errs in the share of cases that is given, and is always very sure of itself. ``--many`` says how long
a sentence takes among so many passages, the model's own time not counted.

Recall of a kind of wrong sentence is the share of it that is not called supported; precision is, of everything of this
half that is called unsupported, the share that is wrong, counting the kind's own pairs and all true ones. ``named`` is
the share in which the remark names what was changed.

``--contradictions`` asks what else the pairs show: a sentence with another number or date is true of one source while
its passage is another's, so the two contradict each other; a true sentence and any passage of the set do not.
"""

# ruff: noqa: E402 - a command finds the project's modules by where it lies
from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from checked_pairs.build import reformatted, shortened
from checked_pairs.own import Pair, own_pairs, pairs_of_file
from checked_pairs.sources import paragraphs, sentences, translated
from role_play import Evidence
from scripted_model import ScriptedModel, in_turn

from engine.agent.checks import finding_words
from engine.agent.control import RunControl
from engine.agent.extractive.judge import ExtractiveJudge
from engine.agent.extractive.near_passages import NearPassages
from engine.agent.model_roles.asking import shown
from engine.agent.model_roles.judge import OPTIONS, SAYS_SO, ModelJudge, judge_request
from engine.agent.model_roles.speaking import Speaking
from engine.agent.roles import Brief
from engine.calibrating import carried_pairs, judged_cases, left_to_the_model
from engine.citations.calibration import Calibration, TooFewCases, calibrated
from engine.citations.checking.check import check
from engine.citations.checking.clashes import clash_of
from engine.citations.lone_figures import has_figures
from engine.domain import Claim, ClaimId, ClaimState, PassageId
from models.chat import ChatModel, ChatRequest
from models.errors import ContextFull
from models.llama_settings import RuntimeSettings
from models.process.host import LocalModel

_MOST_NEAR = 30
"""Passages of the set that a true sentence is held against."""
HALVES = ("held_out", "development", "carried", "all")
FINE = (ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one way of checking made of a pair."""

    pair: Pair
    is_refused: bool
    remark: str
    seconds: float

    @property
    def is_named(self) -> bool:
        """Whether the remark names what was changed."""
        words = self.pair.wrong.casefold().split()
        return bool(words) and any(word.strip(".,") in self.remark.casefold() for word in words)


Checker = Callable[[Pair], tuple[bool, str]]


def pairs_of(half: str, file: Path | None = None) -> list[Pair]:
    every = own_pairs() if file is None else pairs_of_file(file)
    return [pair for pair in every if half in ("all", pair.half)]


def by_checks(pair: Pair) -> tuple[bool, str]:
    """The deterministic checks alone."""
    findings = check(pair.claim, pair.passages, places=pair.titles).findings
    return bool(findings), finding_words(findings, passages=len(pair.passages))


def brief_of(pair: Pair) -> tuple[Claim, Brief]:
    evidence = Evidence("What do the passages say?")
    titles = pair.titles or ("-",) * len(pair.passages)
    numbers = tuple(evidence.passage(text, title=title) for text, title in zip(pair.passages, titles, strict=True))
    evidence.episode("What do the passages say?")
    return Claim(id=ClaimId(1), text=pair.claim, passages=numbers), evidence.brief()


@contextmanager
def model_of(path: Path, *, threads: int) -> Iterator[ChatModel]:
    def settings() -> RuntimeSettings:
        return RuntimeSettings(threads=threads, batch_threads=threads)

    model = LocalModel(path.resolve(), settings=settings)
    try:
        yield model
    finally:
        model.close()


def scripted(pairs: Sequence[Pair], *, noise: float) -> ChatModel:
    """A model that knows the answers, errs as often as ``noise`` says, and is always very sure of itself."""
    truth: dict[str, list[tuple[str, bool]]] = {}
    for pair in [*pairs, *pairs_of("carried")]:
        truth.setdefault(shown(pair.claim, limit=1_200), []).append((shown(pair.passages[0]), pair.is_true))
    dice = random.Random(1)

    def weights(request: ChatRequest, _options: tuple[str, ...]) -> tuple[float, ...]:
        passages, _, rest = request.prompt.messages[-1].text.rpartition("\nSentence: ")
        is_true = next(is_true for quote, is_true in truth[rest.rpartition("\n")[0]] if quote in passages)
        says_yes = is_true is not (dice.random() < noise)
        sure = dice.uniform(0.9, 1.0)
        return (sure, 1 - sure) if says_yes else (1 - sure, sure)

    return ScriptedModel(in_turn(), weights=weights)


def by_judge(speaking: Speaking, calibration: Calibration | None = None) -> Checker:
    """The judge of the app: the checks, then the model."""
    curve = calibration.curve if calibration is not None else None

    def judged(pair: Pair) -> tuple[bool, str]:
        claim, brief = brief_of(pair)
        found = ModelJudge(speaking, calibration=curve).check(claim, brief)
        return found.state not in FINE, found.remark

    return judged


def by_model(speaking: Speaking) -> Checker:
    """The model without the checks, at the same threshold."""

    def weighed(pair: Pair) -> tuple[bool, str]:
        claim, brief = brief_of(pair)
        try:
            yes, _ = speaking.weigh(judge_request(claim.text, [*brief.passages.values()], brief), options=OPTIONS)
        except ContextFull:
            return True, "no room"
        return yes < SAYS_SO, f"{yes:.2f}"

    return weighed


def verdicts(pairs: Sequence[Pair], checker: Checker) -> list[Verdict]:
    found = []
    for pair in pairs:
        began = time.perf_counter()
        is_refused, remark = checker(pair)
        seconds = time.perf_counter() - began
        found.append(Verdict(pair=pair, is_refused=is_refused, remark=remark, seconds=seconds))
    return found


def show(title: str, found: Sequence[Verdict]) -> None:
    """Print the figures of one way of checking."""
    true = [one for one in found if one.pair.is_true]
    wrong = [one for one in found if not one.pair.is_true]
    alarms = sum(one.is_refused for one in true)
    print(f"\n{title}\n{'wrong sentences':36}{'pairs':>6}{'recall':>9}{'precision':>11}{'named':>8}")
    for kind in sorted({one.pair.kind for one in wrong}):
        of_kind = [one for one in wrong if one.pair.kind == kind]
        caught = sum(one.is_refused for one in of_kind)
        named = [one.is_named for one in of_kind if one.is_refused and one.pair.wrong]
        shown = f"{share(sum(named), len(named)):>8}" if named else f"{'':>8}"
        print(
            f"  {kind:34}{len(of_kind):>6}{share(caught, len(of_kind)):>9}{share(caught, caught + alarms):>11}{shown}"
        )
    print(f"{'true sentences':36}{'pairs':>6}{'wrongly refused':>17}")
    for kind in sorted({one.pair.kind for one in true}):
        of_kind = [one for one in true if one.pair.kind == kind]
        refused = sum(one.is_refused for one in of_kind)
        print(f"  {kind:34}{len(of_kind):>6}{refused:>8} ({share(refused, len(of_kind))})")
    caught = sum(one.is_refused for one in wrong)
    times = sorted(one.seconds for one in found)
    print(
        f"all: recall {share(caught, len(wrong))} of {len(wrong)} wrong, precision {share(caught, caught + alarms)}, "
        f"{alarms} of {len(true)} true ones refused ({share(alarms, len(true))})"
    )
    print(f"seconds a pair: median {times[len(times) // 2]:.4f}, longest {times[-1]:.3f}")


def wide(root: Path, half: str) -> None:
    """Count false alarms over all the documents that the pairs were drawn from, where these are there."""
    counts: dict[str, list[int]] = {}

    def count(kind: str, claim: str, passage: str) -> None:
        of_kind = counts.setdefault(kind, [0, 0])
        of_kind[0] += bool(check(claim, [passage]).findings)
        of_kind[1] += 1

    for paragraph in paragraphs(root):
        for sentence in sentences(paragraph.text) if half in ("all", paragraph.half) else ():
            count("word for word", sentence, paragraph.text)
            for said in shortened(sentence):
                count("shortened", said, paragraph.text)
            for said in reformatted(sentence):
                count("other format", said, paragraph.text)
    for english, other, _ in translated(root):
        for sentence in sentences(english.text)[:1] if half in ("all", other.half) else ():
            if not any(sign in sentence for sign in '“”"«'):  # a translated quotation is none
                count("other language", sentence, other.text)
    print("\nTrue sentences of all documents that are wrongly refused")
    for kind, (refused, asked) in counts.items():
        print(f"  {kind:34}{refused:>6} of {asked:>6} ({share(refused, asked)})")


def many(pairs: Sequence[Pair], *, passages: int) -> None:
    """Print how long one sentence takes where there are very many passages."""
    dice = random.Random(1)
    evidence = Evidence("What do the passages say?")
    homes: list[tuple[Pair, PassageId]] = []
    for number in range(passages):
        pair = dice.choice(pairs)
        homes.append((pair, evidence.passage(f"{pair.passages[0]} Number {number}.", source=f"s{number % 500}")))
    evidence.episode("What do the passages say?")
    brief = evidence.brief()
    sure = ScriptedModel(in_turn(), weights=lambda _request, _options: (0.9, 0.1))
    judges = {"without a model": ExtractiveJudge(), "beside a model": ModelJudge(Speaking(sure, control=RunControl()))}
    print(f"\nSeconds a sentence among {passages} passages")
    for name, judge in judges.items():
        for cited in (3, passages):
            times = []
            for pair, number in dice.sample(homes, k=min(100, len(homes))):
                others = [other for _, other in homes[: cited - 1] if other != number]
                claim = Claim(id=ClaimId(1), text=pair.claim, passages=(number, *others))
                began = time.perf_counter()
                judge.check(claim, brief)
                times.append(time.perf_counter() - began)
            times.sort()
            print(
                f"  {name}, {cited:>6} cited: median {times[len(times) // 2]:.3f}, nine of ten under "
                f"{times[9 * len(times) // 10]:.3f}, longest {times[-1]:.2f} (the first that reads all passages)"
            )


def contradictions(pairs: Sequence[Pair], *, shows: str = "") -> None:
    """Count what is found to contradict: altered sentences beside their passages, and true ones beside every passage.

    Each passage is a source of its own, and all are taken to be of one subject, which is harder than a run. A true
    sentence is held against its own passage and those nearest to it; a short case of format only against its own, for
    two of them that speak of “the path” do contradict each other.
    """
    evidence = Evidence("What do the passages say?")
    owners: dict[str, PassageId] = {}
    for pair in pairs:
        for text in () if pair.is_of_forms else pair.passages:
            if text not in owners:
                title = pair.titles[0] if pair.titles else f"Source {len(owners)}"
                owners[text] = evidence.passage(text, source=f"s{len(owners)}", title=title)
    evidence.episode("What do the passages say?")
    brief, near = evidence.brief(), NearPassages()
    found: dict[str, list[int]] = {}
    for pair in pairs:
        if any(sign in pair.kind for sign in ("altered number", "altered date", "altered unit")):
            clashes = [clash_of(pair.claim, text, is_same_subject=True, subject=pair.titles) for text in pair.passages]
            alone = [clash_of(pair.claim, text) for text in pair.passages]
            for kind, hits in ((pair.kind, clashes), (f"{pair.kind}, the subject not known", alone)):
                count = found.setdefault(f"{kind}: found", [0, 0])
                count[0] += any(hits)
                count[1] += 1
            if pair.kind == shows and not any(clashes):
                print(f"\nnot found: {pair.claim}\n  passage: {pair.passages[0]}\n  changed: {pair.wrong}")
        elif pair.is_true:
            others = [] if pair.is_of_forms else near.near(pair.claim, brief, limit=_MOST_NEAR)
            texts = [(text, "own passage") for text in pair.passages]
            texts += [(one.quote, "other passages") for one in others if one.quote not in pair.passages]
            for text, whose in texts:
                count = found.setdefault(f"true, {whose}: false alarms", [0, 0])
                subject = pair.titles if whose == "own passage" else ()
                clash = clash_of(pair.claim, text, is_same_subject=True, subject=subject)
                count[0] += clash is not None
                count[1] += 1
                if shows and clash is not None:
                    print(f"\nfalse: {pair.claim}\n  passage: {text}\n  {clash.said} / {clash.held}")
    print("\nContradictions between sources, the subject known to be the same unless said")
    for kind, (hits, asked) in sorted(found.items()):
        print(f"  {kind:60}{hits:>5} of {asked:>6} ({share(hits, asked)})")


def wide_contradictions(root: Path, *, sentences_asked: int) -> None:
    """Count sentences of real documents that other documents are said to contradict, as in a run: all are printed."""
    dice = random.Random(1)
    found = [*{paragraph.text: paragraph for paragraph in paragraphs(root)}.values()]
    dice.shuffle(found)
    evidence = Evidence("What do the documents say?")
    homes = {evidence.passage(one.text, source=one.file): one.file for one in found}
    evidence.episode("What do the documents say?")
    brief, near = evidence.brief(), NearPassages()
    asked = held = alarms = 0
    for paragraph in found:
        for sentence in sentences(paragraph.text)[:2]:
            if asked >= sentences_asked or not has_figures(sentence):
                continue
            asked += 1
            for passage in near.near(sentence, brief, limit=_MOST_NEAR, least=0.4, prefers_numbers=False):
                if homes[passage.id] == paragraph.file:
                    continue
                held += 1
                if clash := clash_of(sentence, passage.quote):
                    alarms += 1
                    print(f"\n{sentence}\n  {clash.sentence}\n  {clash.said} / {clash.held}")
    print(f"\n{asked} sentences of all documents beside {held} passages of others: {alarms} said to contradict")


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=HALVES, default="held_out")
    parser.add_argument("--pairs", type=Path, help="a file of pairs made by tests/checked_pairs/build.py")
    parser.add_argument("--contradictions", action="store_true", help="only count contradictions between sources")
    parser.add_argument("--model", type=Path, help="a GGUF file: count the judge with it as well, and the model alone")
    parser.add_argument(
        "--scripted", type=float, metavar="SHARE", help="count a judge that errs in so many cases, 0 to 1"
    )
    parser.add_argument("--many", type=int, metavar="PASSAGES", help="only time sentences among so many passages")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="of each kind only so many pairs; 0 for all")
    parser.add_argument(
        "--show", default="", help="print the pairs of this kind that were judged wrongly (not held-out)"
    )
    parser.add_argument(
        "--wide", type=Path, help="the root below which Debian's documents are: count false alarms over them"
    )
    options = parser.parse_args()
    pairs = pairs_of(options.half, options.pairs)
    if not pairs:
        parser.error("there are no such pairs")
    if options.limit:
        kinds = {pair.kind for pair in pairs}
        pairs = [pair for kind in sorted(kinds) for pair in [p for p in pairs if p.kind == kind][: options.limit]]
    origin = "the project's own" if options.pairs is None else options.pairs.name
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, no GPU used, {datetime.now(UTC).date()}")
    print(f"{origin}, {options.half}: {len(pairs)} pairs")
    check("one 1", ["two 2"])  # the names of months and units are loaded at the first check
    if options.contradictions:
        if options.wide is not None:
            wide_contradictions(options.wide, sentences_asked=options.limit or 1_000)
        else:
            contradictions(pairs, shows=options.show)
        return 0
    if options.many:
        many(pairs, passages=options.many)
        return 0
    found = verdicts(pairs, by_checks)
    show("The checks alone", found)
    if options.show and options.half != "held_out":
        for one in found:
            if one.pair.kind == options.show and one.is_refused is one.pair.is_true:
                print(f"\n{one.pair.claim}\n  passage: {one.pair.passages[0]}")
                print(f"  changed: {one.pair.wrong}\n  remark: {one.remark}")
    if options.wide is not None:
        wide(options.wide, options.half)
    if options.scripted is not None:
        show_judges(
            f"a judge that errs in {100 * options.scripted:g} %", scripted(pairs, noise=options.scripted), pairs
        )
    if options.model is not None:
        with model_of(options.model, threads=options.threads) as model:
            show_judges(options.model.name, model, pairs)
    return 0


def show_judges(name: str, model: ChatModel, pairs: Sequence[Pair]) -> None:
    """Print the figures of a model: by itself, behind the checks, and calibrated."""
    speaking = Speaking(model, control=RunControl())
    show(f"{name} alone", verdicts(pairs, by_model(speaking)))
    show(f"The checks, then {name}", verdicts(pairs, by_judge(speaking)))
    try:
        calibration = calibrated(judged_cases(model, left_to_the_model(carried_pairs())))
    except TooFewCases as few:
        print(f"\nNot calibrated: {few}")
        return
    print(f"\nCalibrated on {calibration.cases} carried pairs, {calibration.true} of them true")
    for words, quality in (("as it comes", calibration.before), ("calibrated, on parts held out", calibration.after)):
        print(f"  {words:32}Brier {quality.brier:.3f}, expected calibration error {quality.error:.3f}")
    print(f"  curve: slope {calibration.curve.slope:.3f}, offset {calibration.curve.offset:.3f}")
    show(f"The checks, then {name}, calibrated", verdicts(pairs, by_judge(speaking, calibration)))


if __name__ == "__main__":
    sys.exit(main())
