from __future__ import annotations

from engine.web.politeness import Hosts, Manners


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def hosts_of(**manners: float) -> tuple[Hosts, Clock]:
    clock = Clock()
    return Hosts(Manners(**manners), now=clock), clock  # type: ignore[arg-type]


def test_pages_are_counted_by_host() -> None:
    hosts, _ = hosts_of(pages_per_host=2)
    assert [hosts.claim_page("a.example") for _ in range(3)] == [True, True, False]
    assert hosts.claim_page("b.example")


def test_a_third_request_waits_until_one_has_ended() -> None:
    hosts, _ = hosts_of(pause_s=0.0)
    assert hosts.try_begin("a.example") == 0
    assert hosts.try_begin("a.example") == 0
    assert hosts.try_begin("a.example") > 0
    assert hosts.try_begin("b.example") == 0
    hosts.end("a.example")
    assert hosts.try_begin("a.example") == 0


def test_requests_keep_a_pause_between_them() -> None:
    hosts, clock = hosts_of(pause_s=0.5)
    assert hosts.try_begin("a.example") == 0
    clock.now += 0.2
    assert abs(hosts.try_begin("a.example") - 0.3) < 1e-9
    clock.now += 0.3
    assert hosts.try_begin("a.example") == 0


def test_the_time_of_a_host_is_counted_once_however_many_requests_are_under_way() -> None:
    hosts, clock = hosts_of(pause_s=0.0, seconds_per_host=20.0)
    hosts.try_begin("a.example")
    clock.now += 3
    hosts.try_begin("a.example")
    clock.now += 4
    assert hosts.seconds_left("a.example") == 13
    hosts.end("a.example")
    clock.now += 1
    hosts.end("a.example")
    clock.now += 50
    assert hosts.seconds_left("a.example") == 12
    hosts.try_begin("a.example")
    clock.now += 30
    assert hosts.seconds_left("a.example") == -18
    assert hosts.seconds_left("b.example") == 20


def test_pages_are_counted_anew_for_another_subquestion_up_to_a_bound_for_the_run() -> None:
    hosts, _ = hosts_of(pages_per_host=2, pages_per_host_in_all=5)
    given = []
    for _ in range(4):
        given.append([hosts.claim_page("a.example") for _ in range(3)].count(True))
        hosts.begin_subquestion()
    assert given == [2, 2, 1, 0]
    assert hosts.pages_given("a.example") == 5
    assert hosts.claim_page("b.example")


def test_the_time_of_a_host_goes_on_from_one_subquestion_to_the_next() -> None:
    hosts, clock = hosts_of(pause_s=0.0, seconds_per_host=20.0)
    hosts.try_begin("a.example")
    clock.now += 15
    hosts.end("a.example")
    hosts.begin_subquestion()
    assert hosts.seconds_left("a.example") == 5
