import pytest

from engine.citations.checking.clashes import clash_of


@pytest.mark.parametrize(
    ("text", "quote", "said", "held"),
    [
        ("The Hornsee is 136 metres deep.", "The Hornsee is 120 metres deep.", "136 metres", "120 metres"),
        ("Aldern had 1,200 inhabitants in 2019.", "Aldern had 1,900 inhabitants in 2019.", "1,200", "1,900"),
        ("It opened in Aldern on 1 May 1851.", "It opened in Aldern on 11 May 1851.", "1 May 1851", "11 May 1851"),
        ("The Aldern Museum was founded in 1851.", "The Aldern Museum was founded in 1861.", "1851", "1861"),
        ("The Hornsee holds 3 % of the water.", "The Hornsee holds 8 % of the water.", "3 %", "8 %"),
        (
            "In May 2000 the Aldern Society began to use the tools of the new workshop for its boats.",
            "In June 2000 the Aldern Society began to use the tools of the new workshop for its boats.",
            "May 2000",
            "June 2000",
        ),
        ("The Hornsee is 136 metres deep.", "The Hornsee is exactly 120 metres deep.", "136 metres", "120 metres"),
        (
            "El pico del Teide mide 3.715 metros.",
            "El pico del Teide mide 3.175 metros.",
            "3.715 metros",
            "3.175 metros",
        ),
    ],
)
def test_another_figure_in_the_same_sentence_is_a_clash(text: str, quote: str, said: str, held: str) -> None:
    clash = clash_of(text, f"Something else before it. {quote}")
    assert clash is not None and (clash.said, clash.held) == (said, held)
    assert clash.sentence == quote


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The Hornsee is 136 metres deep.", "The Hornsee is about 140 metres deep."),
        ("The Hornsee is 136 metres deep.", "The Hornsee is 446 feet deep."),
        ("The Hornsee covers 12 km².", "The Hornsee covers 1,200 hectares."),
        ("The Hornsee is 136 metres deep.", "The Hornsee is 120 metres deep. Newer charts give 136 metres."),
        ("In 2019 Aldern had 1,200 inhabitants.", "In 2020 Aldern had 1,300 inhabitants."),
        ("Aldern had 1,200 inhabitants.", "Aldern had 1,300 inhabitants in 2020."),
        ("In 2016 the Aldern Games took three days.", "In 2020 the Aldern Games took three days."),
        ("The Aldern Society published a report in 1990.", "The Aldern Society published a report in 1991."),
        ("In May 2000 the Aldern Society met.", "In June 2000 the Aldern Society met."),
        ("The north bridge of Aldern is 120 m long.", "The south bridge of Aldern is 140 m long."),
        ("The Aldern bridge is 120 m long.", "The old Aldern bridge is 140 m long."),
        ("The Aldern bridge is 120 m long.", "The Berren bridge is 140 m long."),
        ("The Aldern bridge is 120 m long.", "The Aldern bridge is 14 m wide."),
        ("The Aldern bridge weighs 120 tons.", "The Aldern bridge weighs 120 kilograms and 3 grams less."),
        ("The lake is 136 metres deep at its end.", "The lake is 120 metres deep at its end."),
        ("Debian 11 has a longer name than others.", "Debian 12 has a longer name than others."),
        ("The Hornsee is more than 130 metres deep.", "The Hornsee is 136 metres deep."),
        ("The Hornsee is not 136 metres deep.", "The Hornsee is 120 metres deep."),
    ],
)
def test_another_time_unit_thing_or_rounding_is_none(text: str, quote: str) -> None:
    assert clash_of(text, quote) is None


def test_what_has_no_name_is_compared_only_where_the_subject_is_known_to_be_the_same() -> None:
    text, quote = "The lake is 136 metres deep at its end.", "The lake is 120 metres deep at its end."
    assert clash_of(text, quote, is_same_subject=True) is not None


@pytest.mark.parametrize(
    ("text", "quote", "said", "held"),
    [
        ("The Hornsee is 160 m long.", "The Hornsee is 175 to 195 m long.", "160 m", "175 to 195 m"),
        ("The Hornsee is between 175 and 195 m long.", "The Hornsee is 1.6 km long.", "175 and 195 m", "1.6 km"),
        ("The Hornsee has a depth of 136 m.", "The Hornsee is 120 metres deep, and its water is clear.", "136 m", None),
        (
            "Over a short way an Aldern fox runs at 60 km/h.",
            "An Aldern fox runs at 40 km/h over a short way.",
            None,
            None,
        ),
        ("A Berren coin weighed 2 kg.", "Berren coins were of copper; one coin weighed 20 kg.", "2 kg", "20 kg"),
        ("Aldern has some 40 active mills.", "There are some 400 active mills in Aldern.", "40", "400"),
        ("It is old. The Hornsee is 136 m deep.", "The Hornsee is 120 m deep.", "136 m", "120 m"),
        (
            "The UPSERT syntax was added to SQLite with 3.24 (2018-06-05).",
            "The UPSERT syntax was added to SQLite with 3.24 (2018-06-04).",
            None,
            None,
        ),
    ],
)
def test_another_amount_of_the_same_is_a_clash_in_other_words_too(
    text: str, quote: str, said: str | None, held: str | None
) -> None:
    clash = clash_of(text, quote)
    assert clash is not None
    assert said is None or clash.said == said
    assert held is None or clash.held == held


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The Hornsee is 180 m long.", "The Hornsee is 175 to 195 m long."),
        ("The Hornsee is 1.8 km long.", "The Hornsee is between 1,750 and 1,950 m long."),
        ("The Hornsee fish weighs up to 45 kg.", "The Hornsee fish weighs 20 kg."),
        ("The Hornsee is more than 130 m deep.", "The Hornsee is more than 120 m deep."),
        ("The ship Aldern carried 120 men.", "The ship Aldern carried 200 men and women."),
        ("Aldern has 1,200 inhabitants.", "Aldern had 1,500 inhabitants."),
        ("Aldern has 1,200 inhabitants.", "In 1950 the mill closed; Aldern has 1,500 inhabitants."),
        ("The 3rd Aldern congress lasted 4 days.", "The 5th Aldern congress lasted 4 days."),
        ("If it rains, the Hornsee is 136 m deep.", "The Hornsee is 120 m deep."),
        ("The Hornsee is 3 m deeper than the Bornsee.", "The Bornsee is 5 m deeper than the Hornsee."),
        ("West Aldern was founded in 1900.", "Aldern was founded in 1800."),
        ("This tells of Python 3.10, compared to 3.9.", "This tells of Python 3.1, compared to 3.0."),
        ("The Aldern ferry costs 5 euros.", "The Aldern ferry costs 6 dollars."),
    ],
)
def test_what_leaves_room_for_the_other_is_none_in_other_words(text: str, quote: str) -> None:
    assert clash_of(text, quote) is None


def test_words_of_the_subject_may_be_left_out_where_it_is_known() -> None:
    text, quote = "The water of the Dead Sea holds 43 % of salt.", "The water holds 34 % of salt."
    assert clash_of(text, quote, is_same_subject=True) is None
    assert clash_of(text, quote, is_same_subject=True, subject=("Dead Sea",)) is not None
