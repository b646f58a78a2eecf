from datetime import UTC, datetime, timedelta

import pytest

from engine.domain import EngineState
from engine.search.health import Condition, Health, in_words


class World:
    """A health whose clock is moved by hand."""

    def __init__(self, chance: float = 0.5) -> None:
        self.at = 1000.0
        self.health = Health(
            clock=lambda: self.at,
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.at),
            chance=lambda: chance,
        )

    def block(self, retry_after_s: float | None = None) -> None:
        self.health.failed("it", EngineState.BLOCKED, words="It refused.", retry_after_s=retry_after_s)


def test_an_engine_that_refuses_rests_at_once_and_is_then_tried_once() -> None:
    world = World()
    assert world.health.may_ask("it")
    world.block()
    assert not world.health.may_ask("it")
    assert world.health.of("it", title="It").condition is Condition.RESTING
    world.at += 61
    assert world.health.of("it", title="It").condition is Condition.TRIAL
    assert world.health.may_ask("it")
    assert not world.health.may_ask("it")  # the trial is under way
    world.health.answered("it")
    assert world.health.may_ask("it")
    assert world.health.of("it", title="It").condition is Condition.WELL


def test_every_failed_trial_doubles_the_rest_up_to_a_limit() -> None:
    world = World()
    rests = []
    for _ in range(9):
        world.block()
        rests.append(world.health.again_in_s("it"))
        world.at += (rests[-1] or 0) + 1
        assert world.health.may_ask("it")
    assert rests[:4] == [60.0, 120.0, 240.0, 480.0]
    assert rests[-1] == 3600.0


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_the_rest_has_some_chance_in_it_but_is_never_shorter_than_what_was_asked_for(chance: float) -> None:
    world = World(chance)
    world.block(retry_after_s=100)
    assert 100 <= (world.health.again_in_s("it") or 0) <= 125
    free = World(chance)
    free.block()
    assert 45 <= (free.health.again_in_s("it") or 0) <= 75


def test_an_endless_retry_after_is_capped() -> None:
    world = World()
    world.block(retry_after_s=1e12)
    assert (world.health.again_in_s("it") or 0) <= 6 * 3600 + 30


def test_an_engine_that_is_not_reached_rests_after_the_third_time_in_a_row() -> None:
    world = World()
    for _ in range(2):
        world.health.failed("it", EngineState.UNREACHABLE, words="Nobody there.")
        assert world.health.may_ask("it")
        assert world.health.of("it", title="It").condition is Condition.FAILING
    world.health.failed("it", EngineState.UNREACHABLE, words="Nobody there.")
    assert not world.health.may_ask("it")


def test_an_answer_in_between_lets_all_be_forgotten() -> None:
    world = World()
    for _ in range(5):
        world.health.failed("it", EngineState.UNREACHABLE, words="Nobody there.")
        world.health.answered("it")
    assert world.health.may_ask("it")


def test_what_the_door_refuses_is_not_held_against_the_engine() -> None:
    world = World()
    for _ in range(5):
        world.health.failed("it", EngineState.REFUSED, words="Offline.")
    assert world.health.may_ask("it")


def test_a_trial_that_was_given_up_is_free_again() -> None:
    world = World()
    world.block()
    world.at += 100
    assert world.health.may_ask("it")
    world.health.released("it")
    assert world.health.may_ask("it")


def test_a_late_refusal_of_a_query_under_way_does_not_shorten_the_rest() -> None:
    world = World()
    world.block(retry_after_s=1000)
    world.block(retry_after_s=5)
    assert (world.health.again_in_s("it") or 0) >= 1000


def test_refusals_of_queries_that_were_under_way_together_count_once() -> None:
    world = World()
    for _ in range(3):
        world.block()
    assert world.health.again_in_s("it") == 60.0


def test_an_engine_that_always_asks_for_a_second_is_not_asked_every_second() -> None:
    world = World()
    rests = []
    for _ in range(4):
        world.block(retry_after_s=0)
        rests.append(world.health.again_in_s("it") or 0)
        world.at += rests[-1] + 1
        assert world.health.may_ask("it")
    assert rests[0] < 2
    assert rests[1:] == [120.0, 240.0, 480.0]


def test_the_health_is_told_in_words_with_times() -> None:
    world = World()
    assert world.health.of("it", title="It").words == "It has not been asked yet."
    world.health.answered("it")
    assert world.health.of("it", title="It").words == "It answers."
    world.at += 5
    world.block(retry_after_s=240)
    told = world.health.of("it", title="It")
    assert told.words == "It refused. It is asked again in 4 minutes."
    assert told.since == datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=1005)
    assert told.again_at is not None and told.again_at > told.since
    world.at += 60
    assert world.health.of("it", title="It").since == told.since


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "a second"), (12.1, "13 seconds"), (61, "a minute"), (240, "4 minutes"), (7200, "2 hours")],
)
def test_spans_are_told_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
