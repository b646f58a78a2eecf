import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.domain import EngineState
from engine.search.health import Condition, Health, in_words
from engine.search.rests import RESTS_FILE, Rests


class World:
    """A health whose clock is moved by hand."""

    def __init__(self, chance: float = 0.5, *, rests: Rests | None = None, at: float = 1000.0) -> None:
        self.at = at
        self.health = Health(
            clock=lambda: self.at,
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.at),
            chance=lambda: chance,
            rests=rests,
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


def test_an_engine_that_rests_is_left_alone_by_the_next_command_too(tmp_path: Path) -> None:
    world = World(rests=Rests(tmp_path))
    world.block(retry_after_s=600.0)
    left_s = world.health.again_in_s("it")
    later = World(rests=Rests(tmp_path), at=1100.0)
    assert left_s is not None and left_s >= 600.0
    assert later.health.again_in_s("it") == pytest.approx(left_s - 100.0)
    assert not later.health.may_ask("it")
    assert later.health.of("it", title="It").words.startswith("It refused.")
    after = World(rests=Rests(tmp_path), at=1100.0 + left_s)
    assert after.health.may_ask("it") and not after.health.may_ask("it")  # a trial, as it would have been
    after.block()
    assert after.health.again_in_s("it") == 120.0  # the second in a row
    after.health.answered("it")
    assert World(rests=Rests(tmp_path), at=1200.0).health.again_in_s("it") is None


def test_a_rest_of_long_ago_or_of_a_clock_that_was_wrong_counts_no_more(tmp_path: Path) -> None:
    World(rests=Rests(tmp_path)).block()
    assert World(rests=Rests(tmp_path), at=1000.0 + 8 * 3600).health.again_in_s("it") is None
    World(rests=Rests(tmp_path), at=9e6).block()
    assert World(rests=Rests(tmp_path)).health.again_in_s("it") is None


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\x00",
        b"[" * 5000,
        b'{"resting": []}',
        b'{"resting": {"it": 5}}',
        b'{"resting": {"it": {"until": "x", "since": "2026-01-01", "failures": 1, "state": "blocked", "words": ""}}}',
        b"x" * 200_000,
    ],
)
def test_damage_is_the_same_as_nobody_resting(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / RESTS_FILE).write_bytes(damage)
    world = World(rests=Rests(tmp_path))
    assert world.health.may_ask("it")
    world.block()
    assert set(json.loads((tmp_path / RESTS_FILE).read_bytes())["resting"]) == {"it"}


def test_what_cannot_be_kept_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    world = World(rests=Rests(tmp_path / "data"))
    world.block()
    assert not world.health.may_ask("it")
