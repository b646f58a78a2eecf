import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from role_play import speaking
from scripted_model import ScriptedModel, in_turn
from stored_runs import asked, planned, reading, reported

from engine.agent.control import RunControl
from engine.agent.model_roles.asking import shown
from engine.agent.model_roles.cast import model_roles
from engine.agent.model_roles.judge import ModelJudge
from engine.agent.plain_statistics import NoStatistics
from engine.agent.state import RunState, fold
from engine.calibrating import Cancelled, LabelledPair, brief_of, carried_pairs, judged_cases, marked_pairs
from engine.citations.calibration import Calibration, Curve, Quality, calibrated
from engine.citations.checking.check import check
from engine.domain import Claim, ClaimId, ClaimState, RunId, SessionId, Verdict
from engine.events import ClaimMarked, Event, StoredEvent
from models.chat import ChatRequest
from models.errors import ContextFull

LEAST_PAIRS = 300


def judging(pairs: tuple[LabelledPair, ...], *, noise: float = 0.0, sure: float = 0.9, seed: int = 1) -> ScriptedModel:
    """A model that knows the answers, errs as often as ``noise`` says and is never less than ``sure`` of itself."""
    truth: dict[str, list[LabelledPair]] = {}
    for pair in pairs:
        truth.setdefault(pair.text, []).append(pair)
    dice = random.Random(seed)

    def weights(request: ChatRequest, _options: tuple[str, ...]) -> tuple[float, ...]:
        text = request.prompt.messages[-1].text
        passages, _, rest = text.partition("\nSentence: ")
        meant = next(pair for pair in truth[rest.rpartition("\n")[0]] if shown(pair.passages[0]) in passages)
        says_yes = meant.is_true is not (dice.random() < noise)
        value = dice.uniform(sure, 1.0)
        return (value, 1 - value) if says_yes else (1 - value, value)

    return ScriptedModel(in_turn(), weights=weights)


def test_the_set_that_comes_with_the_app_has_enough_of_each_kind() -> None:
    pairs = carried_pairs()
    counts = Counter(pair.kind for pair in pairs)
    assert len(pairs) >= LEAST_PAIRS
    for kind in ("true", "true paraphrase", "altered number", "altered date", "swapped name", "negated", "unrelated"):
        assert counts[kind] >= 35, kind
    assert all(pair.is_true is pair.kind.startswith("true") for pair in pairs)
    assert len({(pair.text, pair.passages) for pair in pairs}) == len(pairs)
    assert all(pair.wrong in pair.text for pair in pairs)


def test_the_first_sentence_of_a_passage_is_whole() -> None:
    for pair in carried_pairs():
        if pair.kind == "true":
            assert pair.passages[0].startswith(pair.text) and pair.text[-1] in ".!?"
            assert len(pair.text) < len(pair.passages[0])


def test_the_checks_refuse_no_true_sentence_of_it_and_find_nearly_all_altered_ones() -> None:
    refused: Counter[str] = Counter()
    for pair in carried_pairs():
        refused[pair.kind] += bool(check(pair.text, pair.passages, places=pair.titles).findings)
    assert refused["true"] == 0
    assert refused["true paraphrase"] <= 6  # of 88: lengths of time that were reckoned, and a bound from the other side
    assert min(refused[kind] for kind in ("altered number", "altered date")) >= 35


def test_a_model_that_boasts_is_calibrated_down_to_how_often_it_is_right() -> None:
    pairs = carried_pairs()
    found = calibrated(judged_cases(judging(pairs, noise=0.2, sure=0.97), pairs))
    assert found.cases == len(pairs)
    assert 0.6 < found.curve(0.985) < 0.9
    assert found.after.brier < found.before.brier and found.after.error < found.before.error


def test_a_model_that_always_says_yes_tells_nothing() -> None:
    always = ScriptedModel(in_turn(), weights=lambda _request, _options: (0.99, 0.01))
    found = calibrated(judged_cases(always, carried_pairs()))
    assert found.curve(0.99) == pytest.approx(0.5, abs=0.02)


def test_progress_is_told_and_what_has_no_room_is_left_out() -> None:
    pairs = carried_pairs()[:8]
    told: list[tuple[int, int]] = []
    assert len(judged_cases(judging(pairs), pairs, on_progress=lambda *where: told.append(where))) == 8
    assert told[-1] == (8, 8)

    def full(_request: ChatRequest, _options: tuple[str, ...]) -> tuple[float, ...]:
        raise ContextFull(needed=2, available=1)

    assert judged_cases(ScriptedModel(in_turn(), weights=full), pairs) == ()


def test_it_can_be_given_up() -> None:
    pairs = carried_pairs()
    with pytest.raises(Cancelled):
        judged_cases(judging(pairs), pairs, is_cancelled=lambda: True)


# --- marks -------------------------------------------------------------------------------------------------------


def run_of(*events: Event) -> RunState:
    read, _ = reading()
    trace = [asked(), planned(), read, *events]
    return fold(
        [
            StoredEvent(
                session_id=SessionId("s"),
                run_id=RunId("r"),
                sequence=number,
                at=datetime(2026, 1, 1, tzinfo=UTC),
                event=event,
            )
            for number, event in enumerate(trace, start=1)
        ]
    )


@pytest.mark.parametrize(("verdict", "is_true"), [(Verdict.RIGHT, True), (Verdict.WRONG, False)])
def test_what_a_person_marked_joins_the_set(verdict: Verdict, is_true: bool) -> None:
    state = run_of(reported("Herons build in trees."), ClaimMarked(claim_id=ClaimId(1), verdict=verdict))
    (pair,) = marked_pairs([state])
    assert (pair.text, pair.is_true) == ("Herons build in trees.", is_true)
    assert pair.passages == ("Herons nest in trées.",)
    assert pair.titles == ("A page on birds",)


def test_what_is_unclear_or_not_marked_does_not() -> None:
    unclear = ClaimMarked(claim_id=ClaimId(1), verdict=Verdict.UNCLEAR)
    assert marked_pairs([run_of(reported("Herons build in trees."), unclear)]) == ()
    assert marked_pairs([run_of(reported("Herons build in trees."))]) == ()


# --- in a run ----------------------------------------------------------------------------------------------------


def roles_with(calibration: Calibration | None) -> tuple[str, ...]:
    model = ScriptedModel(in_turn())
    roles = model_roles(
        model, model, statistics=NoStatistics(), name="m", control=RunControl(), calibration=calibration
    )
    return roles.caveats


def test_a_report_says_once_that_its_judge_was_never_measured() -> None:
    quality = Quality(brier=0.1, error=0.1)
    measured = Calibration(curve=Curve(slope=1.0, offset=0.0), cases=300, true=100, before=quality, after=quality)
    useless = Calibration(curve=Curve(slope=0.0, offset=0.0), cases=300, true=100, before=quality, after=quality)
    (caveat,) = roles_with(None)
    assert "never measured" in caveat
    assert roles_with(measured) == ()
    assert "does not tell" in roles_with(useless)[0]


def test_a_calibrated_judge_lets_fewer_wrong_sentences_pass_than_one_that_boasts() -> None:
    pairs = carried_pairs()
    curve = calibrated(judged_cases(judging(pairs, noise=0.35, sure=0.97), pairs)).curve
    fine = (ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE)

    def passing(judge: ModelJudge) -> int:
        wrong = [pair for pair in pairs if not pair.is_true]
        return sum(judged_with(judge, pair).state in fine for pair in wrong)

    boasting = passing(ModelJudge(speaking(judging(pairs, noise=0.35, sure=0.97))))
    measured = passing(ModelJudge(speaking(judging(pairs, noise=0.35, sure=0.97)), calibration=curve))
    assert measured < boasting


def judged_with(judge: ModelJudge, pair: LabelledPair) -> Claim:
    passages, brief = brief_of(pair)
    claim = Claim(id=ClaimId(1), text=pair.text, passages=tuple(passage.id for passage in passages))
    return judge.check(claim, brief)
