from engine.search.pace import Pace


def test_requests_to_one_engine_are_a_second_apart_and_others_do_not_wait() -> None:
    now = [100.0]
    pace = Pace(clock=lambda: now[0])
    assert [pace.take_turn("one", interval_s=1.0) for _ in range(3)] == [0.0, 1.0, 2.0]
    assert pace.take_turn("other", interval_s=1.0) == 0.0
    now[0] += 2.5
    assert pace.take_turn("one", interval_s=1.0) == 0.5
    now[0] += 100
    assert pace.take_turn("one", interval_s=1.0) == 0.0
