from models.llama.pace import Pace


def steps(pace: Pace, count: int, *, alone: bool, size: int = 1) -> list[int]:
    """Generate on a machine of two cores; returns the threads of each step."""
    used = []
    for _ in range(count):
        seconds = {(2, True): 0.010, (1, True): 0.014, (2, False): 0.034, (1, False): 0.015}[pace.threads, alone]
        used.append(pace.threads)
        pace.took(size, seconds * size)
    return used


def test_alone_all_threads_are_used():
    assert set(steps(Pace(2), 500, alone=True)) == {2}


def test_beside_a_busy_program_it_does_with_one_thread_fewer():
    pace = Pace(2)
    steps(pace, 60, alone=True)
    used = steps(pace, 600, alone=False)
    assert used.count(1) > 0.85 * len(used)


def test_all_threads_come_back_when_the_other_program_is_done():
    pace = Pace(2)
    steps(pace, 60, alone=True)
    steps(pace, 200, alone=False)
    used = steps(pace, 300, alone=True)
    assert set(used[100:]) == {2}


def test_a_growing_conversation_is_no_busy_program():
    pace = Pace(4)
    for step in range(4_000):
        pace.took(1, 0.010 * (1 + step / 2_000))
        assert pace.threads == 4


def test_where_fewer_threads_do_not_help_all_are_used_again():
    pace = Pace(2)
    for _ in range(60):
        pace.took(1, 0.010)
    used = []
    for _ in range(600):
        used.append(pace.threads)
        pace.took(1, 0.034)
    assert used.count(1) < 0.2 * len(used)


def test_steps_of_several_requests_are_not_held_against_steps_of_one():
    pace = Pace(2)
    assert set(steps(pace, 60, alone=True) + steps(pace, 60, alone=True, size=4)) == {2}


def test_one_thread_stays_one():
    pace = Pace(1)
    assert not any(pace.took(1, 1.0 * step) for step in range(100))
