from dataclasses import replace

import pytest
from machines import GIB, SEVEN, machine

from models.hub.catalog import shipped_catalog
from models.machine.estimates import (
    BEARABLE_MINUTES,
    ENOUGH_SPARE,
    PROMPT_TOKENS,
    REPLY_TOKENS,
    Basis,
    Measured,
    Speed,
    choices,
    estimate_speed,
    recommended,
)
from models.machine.fit import fit

CATALOG = shipped_catalog()


def speed_on(computer, **more):
    return estimate_speed(SEVEN, fit(SEVEN, computer), computer, **more)


def test_minutes_are_reading_and_writing_together():
    speed = Speed(prompt_tokens_per_s=PROMPT_TOKENS / 60, reply_tokens_per_s=REPLY_TOKENS / 120, basis=Basis.MEASURED)
    assert speed.minutes_per_question == pytest.approx(3)


def test_two_cores_are_as_fast_as_two_cores_were():
    speed = speed_on(machine(32, cores=2))
    assert 9 <= speed.prompt_tokens_per_s <= 14
    assert 4.3 <= speed.reply_tokens_per_s <= 4.7
    assert speed.basis is Basis.ANCHORED


def test_more_cores_read_faster_but_do_not_write_faster_without_end():
    eight, sixteen = speed_on(machine(32, cores=8)), speed_on(machine(32, cores=16))
    assert sixteen.prompt_tokens_per_s == pytest.approx(2 * eight.prompt_tokens_per_s)
    assert sixteen.reply_tokens_per_s == eight.reply_tokens_per_s


def test_what_was_measured_here_counts_more_than_any_assumption():
    computer = machine(32)
    mine = Measured(
        prompt_tokens_per_s=30, reply_tokens_per_s=6, weight_bytes=SEVEN.weight_bytes, parameters=SEVEN.parameters
    )
    assert speed_on(computer, measured=[mine]) == Speed(
        prompt_tokens_per_s=30, reply_tokens_per_s=6, basis=Basis.MEASURED
    )
    half = Measured(
        prompt_tokens_per_s=60,
        reply_tokens_per_s=12,
        weight_bytes=SEVEN.weight_bytes // 2,
        parameters=SEVEN.parameters // 2,
    )
    scaled = speed_on(computer, measured=[half])
    assert scaled.basis is Basis.SCALED
    assert scaled.reply_tokens_per_s == pytest.approx(6)
    assert scaled.prompt_tokens_per_s == pytest.approx(30)


def test_a_measurement_on_the_processor_says_nothing_of_the_card():
    mine = Measured(
        prompt_tokens_per_s=30, reply_tokens_per_s=6, weight_bytes=SEVEN.weight_bytes, parameters=SEVEN.parameters
    )
    assert speed_on(machine(32, card=24), measured=[mine]).basis is Basis.ASSUMED


def test_some_layers_on_the_card_are_between_none_and_all():
    none, some, full = (speed_on(machine(32, card=card)) for card in (None, 6, 24))
    assert none.minutes_per_question > some.minutes_per_question > full.minutes_per_question


@pytest.mark.parametrize(
    ("computer", "name", "reason"),
    [
        (machine(4, cores=2), "Qwen2.5-1.5B-Instruct Q5_K_M", "the best that leaves a quarter of little memory"),
        (machine(8, cores=4), "Qwen2.5-1.5B-Instruct Q6_K", "a 7B does not fit; business may not use the 3B"),
        (machine(12, cores=4), "DeepResearcher-7b IQ4_XS", "it fits with its whole context, if without much to spare"),
        (machine(27, free=20, cores=2), "Qwen2.5-1.5B-Instruct Q6_K", "two cores take 40 minutes with a 7B"),
        (machine(16, cores=4), "DeepResearcher-7b Q5_K_M", "more bits would leave less than a quarter"),
        (machine(16, cores=8), "DeepResearcher-7b Q5_K_M", "more cores do not make more memory"),
        (machine(32, cores=8), "DeepResearcher-7b Q8_0", "quick enough with all its bits"),
        (machine(32, cores=8, card=12), "DeepResearcher-7b Q5_K_M", "the best that lies wholly on the card"),
        (machine(64, cores=16, card=24), "DeepResearcher-7b Q8_0", "made for research goes before larger"),
        (machine(16, cores=8, card=11, apple=True), "DeepResearcher-7b Q5_K_M", "the card shares the memory"),
        (machine(8, cores=8, card=5.5, apple=True), "Qwen2.5-1.5B-Instruct Q6_K", "a 7B does not fit"),
    ],
)
def test_what_is_recommended(computer, name, reason):
    choice = recommended(CATALOG, computer)
    assert choice.offer.name == name, reason
    assert choice.fit.fits
    assert choice.speed.minutes_per_question <= BEARABLE_MINUTES
    assert choice.family.license_allows_business
    assert choice.fit.spare >= ENOUGH_SPARE or choice.family.research_trained


def test_a_slow_machine_gets_a_smaller_model():
    choice = recommended(CATALOG, machine(32, cores=1))
    assert not choice.family.research_trained
    assert choice.speed.minutes_per_question <= BEARABLE_MINUTES


def test_what_may_not_be_used_in_business_is_recommended_only_where_nothing_else_fits():
    three = CATALOG.family("qwen2.5-3b-instruct")
    alone = replace(CATALOG, families=(three,))
    assert recommended(alone, machine(16)).family == three
    seven = replace(CATALOG, families=(three, CATALOG.family("qwen2.5-7b-instruct")))
    assert recommended(seven, machine(16, cores=2)).family != three


def test_where_everything_is_unbearably_slow_it_is_the_fastest_research_model():
    slow = Measured(
        prompt_tokens_per_s=1, reply_tokens_per_s=0.1, weight_bytes=SEVEN.weight_bytes, parameters=SEVEN.parameters
    )
    choice = recommended(CATALOG, machine(32), measured=[slow])
    assert choice.offer.name == "DeepResearcher-7b IQ4_XS"
    assert choice.speed.minutes_per_question > BEARABLE_MINUTES


def test_nothing_is_recommended_where_nothing_fits():
    assert recommended(CATALOG, machine(1, free=0.4)) is None
    assert not any(choice.is_recommended for choice in choices(CATALOG, machine(1, free=0.4)))


def test_one_offer_at_most_is_recommended():
    all_choices = choices(CATALOG, machine(32))
    assert len(all_choices) == len(CATALOG.offers)
    assert sum(choice.is_recommended for choice in all_choices) == 1
    assert all(choice.fit.memory_bytes > 0.5 * GIB for choice in all_choices)
