import pytest

from engine.agent.model_roles.checks import missing_from


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("It has 1200 members.", "There are 1,200 members."),
        ("It is 3 percent.", "It is 3 % of all."),
        ("It takes two minutes.", "It takes 120 seconds."),
        ("It opened on 3 March 2021.", "Opened: 2021-03-03."),
        ("It opened on March 3rd, 2021.", "Es wurde am 3. März 2021 eröffnet."),
        ("It opened in 2021.", "It opened on 3 March 2021."),
        ("It opened on 3 March.", "It opened on 3 March 2021."),
        ("It was 1.5 million.", "It was 1,500,000 in all."),
        ("He called it “a deep lake”.", "It was, he said, a deep\nlake."),
        ("According to Anna Berg it is deep.", "Anna Berg's team says it is deep."),
        ("It was five.", "It was 5."),
        ("It uses the --soft option.", "Use --soft here."),
        ("", ""),
        ("Es ist sehr tief und sehr kalt.", "Tief."),
    ],
)
def test_what_is_there_in_another_form_is_not_missing(text: str, quote: str) -> None:
    missing = missing_from(text, [quote])
    assert (missing.facts, missing.names) == ((), ())


@pytest.mark.parametrize(
    ("text", "quote", "word"),
    [
        ("It has 1,300 members.", "There are 1,200 members.", "1300"),
        ("It is 3 percent.", "It takes 3 seconds.", "3%"),
        ("It is 3 percent.", "It opened on 3 March 2021.", "3%"),
        ("It opened on 4 March 2021.", "It opened on 3 March 2021.", "4 March 2021"),
        ("It opened on 3 March 2022.", "It opened on 3 March 2021.", "3 March 2022"),
        ("He called it “a shallow lake”.", "It was a deep lake.", "a shallow lake"),
        ("It is version 3.11.7 now.", "It is version 3.11.8 now.", "3.11.7"),
        ("It takes 2 hours.", "It takes 2 minutes.", "2 h"),
    ],
)
def test_facts_that_are_not_there_are_named(text: str, quote: str, word: str) -> None:
    missing = missing_from(text, [quote])
    assert missing.facts == (word,)


def test_names_may_come_from_the_places_that_passages_stand_under() -> None:
    text = "In the world of PostgreSQL it was Michael Stonebraker who led it."
    assert missing_from(text, ["He led it."]).names == ("michael stonebraker", "postgresql")
    assert missing_from(text, ["Stonebraker led it. Michael said so."], places=["PostgreSQL manual"]).names == ()


def test_everything_is_missing_only_where_there_was_something() -> None:
    assert not missing_from("It is deep.", [""]).is_everything
    assert missing_from("It is 5 metres deep.", ["It is deep."]).is_everything
    assert not missing_from("It is 5 metres deep and 7 wide.", ["It is 5 metres deep."]).is_everything


def test_nouns_of_a_language_that_capitalises_them_are_no_names() -> None:
    text = "Der See hat an seiner tiefsten Stelle im Norden eine Tiefe von fast vielen Metern nach der Messung."
    assert missing_from(text, ["The lake is deep."]).names == ()


def test_a_hostile_text_is_checked_in_no_time() -> None:
    missing_from("1 " * 20_000, ["January " * 20_000])
    missing_from("“" * 20_000, ["“" * 20_000])
