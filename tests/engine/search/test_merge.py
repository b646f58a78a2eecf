from dataclasses import replace

from scripted_engines import addresses, found

from engine.domain import WebLimits
from engine.search.merge import EngineAnswer, merged
from engine.search.provider import Found

ANY = WebLimits()


def answers(**by_engine: tuple[Found, ...]) -> list[EngineAnswer]:
    return [EngineAnswer(engine=engine, found=each) for engine, each in by_engine.items()]


def test_what_several_engines_hold_comes_first() -> None:
    got = merged(
        answers(one=found("a.example", "b.example", "c.example"), two=found("d.example", "c.example")),
        limits=ANY,
        limit=10,
    ).results
    assert addresses(got)[0] == "https://c.example"
    assert got[0].engines == ("one", "two")
    assert got[0].score > got[1].score


def test_spellings_of_one_page_are_one_result_opened_where_an_engine_said() -> None:
    one = found("https://www.a.example/x/?utm_source=one")
    two = found("http://a.example/x")
    got = merged(answers(one=one, two=two), limits=ANY, limit=10).results
    assert len(got) == 1
    assert got[0].address in (one[0].address, two[0].address)
    assert got[0].engines == ("one", "two")


def test_the_same_engine_is_not_counted_twice_for_one_page() -> None:
    got = merged(answers(one=found("a.example/x", "a.example/x#y", "b.example")), limits=ANY, limit=10).results
    assert len(got) == 2
    assert got[0].engines == ("one",)


def test_copies_of_a_text_at_other_places_are_merged() -> None:
    text = "The tower was finished in the year of the great fair and stood taller than anything else for forty years."
    one = Found(address="https://a.example/1", title="The height of the tower - A Site", snippet=text)
    copy = Found(address="https://mirror.example/9", title="The height of the tower | Mirror", snippet=text + " More.")
    got = merged(answers(one=(one,), two=(copy,)), limits=ANY, limit=10).results
    assert addresses(got) == ["https://a.example/1"]
    assert got[0].engines == ("one", "two")


def test_pages_of_the_same_title_that_say_other_things_stay() -> None:
    one = Found(
        address="https://a.example/1", title="Annual report", snippet="Numbers of the year two thousand and one."
    )
    two = Found(
        address="https://b.example/1", title="Annual report", snippet="What another firm earned in its last year."
    )
    assert len(merged(answers(one=(one, two)), limits=ANY, limit=10).results) == 2


def test_editions_of_different_years_stay() -> None:
    one = Found(address="https://a.example/1", title="Survey of the state of towers", snippet="", published="2020")
    assert (
        len(
            merged(
                answers(one=(one, replace(one, address="https://a.example/2", published="2023"))), limits=ANY, limit=9
            ).results
        )
        == 2
    )


def test_editions_with_other_numbers_in_their_titles_stay() -> None:
    text = (
        "All that happened in the year, told by those who were there, with many pictures and a long index at the end."
    )
    one = Found(address="https://a.example/1", title="Yearbook of the tower society 2023", snippet=text)
    other = replace(one, address="https://a.example/2", title="Yearbook of the tower society 2024")
    assert len(merged(answers(one=(one, other)), limits=ANY, limit=9).results) == 2


def test_of_two_spellings_the_encrypted_one_is_opened() -> None:
    one, two = found("http://a.example/x"), found("b.example", "https://a.example/x")
    got = merged(answers(one=one, two=two), limits=ANY, limit=9).results
    assert "https://a.example/x" in addresses(got)
    assert "http://a.example/x" not in addresses(got)


def test_a_paper_found_at_two_places_is_one() -> None:
    title = "A randomised trial of very tall towers"
    one = Found(address="https://doi.org/10.1/x", title=title, published="2021-03-04")
    two = Found(address="https://arxiv.org/abs/2101.1", title=title, snippet="We tried towers.", published="2021")
    got = merged(answers(one=(one,), two=(two,)), limits=ANY, limit=10).results
    assert len(got) == 1
    assert got[0].snippet == "We tried towers."


def test_denied_and_other_than_wanted_domains_are_left_out_with_all_below_them() -> None:
    all_ = answers(one=found("a.example/1", "sub.a.example/2", "nota.example/3", "b.example/4"))
    only = merged(all_, limits=WebLimits(only=("A.example",)), limit=10)
    assert addresses(only.results) == ["https://a.example/1", "https://sub.a.example/2"]
    assert only.outside == 2
    never = merged(all_, limits=WebLimits(never=("https://a.example/",)), limit=10)
    assert addresses(never.results) == ["https://nota.example/3", "https://b.example/4"]
    both = merged(all_, limits=WebLimits(only=("a.example",), never=("sub.a.example",)), limit=10)
    assert addresses(both.results) == ["https://a.example/1"]


def test_preferred_domains_come_first() -> None:
    got = merged(
        answers(one=found("a.example", "b.example", "c.gov")), limits=WebLimits(preferred=("gov",)), limit=10
    ).results
    assert addresses(got) == ["https://c.gov", "https://a.example", "https://b.example"]


def test_dates_outside_of_the_range_are_left_out_where_they_are_known() -> None:
    old, new, unknown = (
        Found(address=f"https://{number}.example", title=f"Number {number}", published=published)
        for number, published in enumerate(("2019-05-01", "2024", ""))
    )
    got = merged(answers(one=(old, new, unknown)), limits=WebLimits(since="2020-01-01"), limit=10)
    assert addresses(got.results) == ["https://1.example", "https://2.example"]
    assert got.outside == 1


def test_addresses_that_are_none_are_never_shown() -> None:
    bad = found(
        "javascript://x.example/%0aalert(1)",
        "https://user:pw@a.example/",
        "https://a.example/\nb",
        "https://a.example\\@b.example/",
        "ftp://a.example/",
        "https:///x",
        "https://a.example:99999/",
        "https://a.example/" + "x" * 3000,
        "https://a.example/\ud800",
    )
    assert merged(answers(one=bad), limits=ANY, limit=10).results == ()


def test_a_result_has_a_site_and_no_more_than_asked_for_are_shown() -> None:
    got = merged(answers(one=found(*(f"www.s{n}.example/x" for n in range(30)))), limits=ANY, limit=7).results
    assert len(got) == 7
    assert got[0].site == "s0.example"
