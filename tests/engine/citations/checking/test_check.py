import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.citations.checking.check import Kind, check


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("It has 1200 members.", "There are 1,200 members."),
        ("It has 1,200 members.", "There are 1 200 members."),
        ("It has 1.2 thousand members.", "There are 1200 members."),
        ("It has 1,200 members.", "Der Verein hat 1.200 Mitglieder."),
        ("It is 3 percent.", "It is 3 % of all."),
        ("Three percent agreed.", "A share of 0.03 of them agreed."),
        ("It takes two minutes.", "It takes 120 seconds."),
        ("It is 5 km long.", "It is 5,000 m long."),
        ("It is 8 km long.", "It is 5 miles long."),
        ("It costs $5 million.", "The price is US$5,000,000."),
        ("It costs 5 euros.", "Der Preis ist 5 €."),
        ("The file has 4 KiB.", "The file has 4096 bytes."),
        ("The file has 4 kB.", "The file has 4096 bytes."),
        ("Water boils at 212 °F.", "Water boils at 100 °C."),
        ("It was 1.5 million.", "It was 1,500,000 in all."),
        ("It was 1.2 million.", "It was 1,234,567 in all."),
        ("Pi is 3.14.", "Pi is 3.14159."),
        ("About 1,200 people came.", "1,234 people came."),
        ("More than 1,000 people came.", "1,234 people came."),
        ("It is 10 to 20 km wide.", "It is 10–20 km wide."),
        ("It was five.", "It was 5."),
        ("97 ships sank.", "Quatre-vingt-dix-sept navires ont coulé."),
        ("21 Schiffe sind gesunken.", "Einundzwanzig Schiffe sind gesunken."),
        ("It is the third lake.", "It is the 3rd lake."),
        ("It opened in the 1990s.", "It opened in 1994."),
        ("It opened in the 19th century.", "It opened in 1851."),
        ("It opened on 3 March 2021.", "Opened: 2021-03-03."),
        ("It opened on 20 July 1851.", "It opened on 7/20/1851."),
        ("It opened on March 3rd, 2021.", "Es wurde am 3. März 2021 eröffnet."),
        ("It opened on 20 July 1851.", "Выставка открылась 20 июля 1851 года."),
        ("It opened on 5 March 2021.", "2021年3月5日に開館した。"),
        ("It opened in 2021.", "It opened on 3 March 2021."),
        ("It opened in March 2021.", "It opened on 3 March 2021."),
        ("It opened on 3 March.", "It opened on 3 March 2021."),
        ("It leaves at 5 pm.", "It leaves at 17:00."),
        ("He called it “a deep lake”.", "It was, he said, a deep\nlake."),
        ("He wrote “deep … and cold”.", "It was deep, wide and cold."),
        ("Er sagt „tief“.", "Er ist tief."),
        ("彼は「深い湖」と言った。", "それは深い湖だ。"),
        ("According to Anna Berg it is deep.", "Anna Berg's team says it is deep."),
        ("It is by Francois Clouet.", "The portrait is by François Clouet."),
        ("It is in Germany.", "Der See liegt in Deutschland."),
        ("The report is by the WHO.", "The World Health Organization wrote it."),
        ("The team of J. Smith said so.", "John Smith said so."),
        ("It uses the --soft option.", "Use --soft here."),
        ("Es ist sehr tief und sehr kalt.", "Tief."),
        ("Der See hat an seiner tiefsten Stelle im Norden eine Tiefe nach der Messung.", "The lake is deep."),
        ("The zone is 168.192 of it.", "Die Zone ist 168.192 und nicht mehr."),
        ("The first 512 bytes of it.", "Les 512 premiers octets de la zone."),
        ("It came with version 4 of it.", "Es kam mit Version 4 des Protokolls."),
        ("", ""),
    ],
)
def test_what_is_there_in_another_form_is_not_missing(text: str, quote: str) -> None:
    assert check(text, [quote]).findings == ()


@pytest.mark.parametrize(
    ("text", "quote", "kind", "said"),
    [
        ("It has 1,300 members.", "There are 1,200 members.", Kind.FIGURE, "1,300"),
        ("It has 12,000 members.", "There are 1,200 members.", Kind.FIGURE, "12,000"),
        ("It is 3 percent.", "It takes 3 seconds.", Kind.FIGURE, "3 percent"),
        ("It is 3 percent.", "It opened on 3 March 2021.", Kind.FIGURE, "3 percent"),
        ("It rose by 3 percentage points.", "It rose by 3 percent.", Kind.FIGURE, "3 percentage points"),
        ("It takes 2 hours.", "It takes 2 minutes.", Kind.FIGURE, "2 hours"),
        ("It is 5 GiB.", "It is 5 GB.", Kind.FIGURE, "5 GiB"),
        ("It costs 5 dollars.", "It costs 5 euros.", Kind.FIGURE, "5 dollars"),
        ("It costs $5m.", "It costs $5.", Kind.FIGURE, "$5m"),
        ("It costs 1.2 million.", "It costs 1.2 thousand.", Kind.FIGURE, "1.2 million"),
        ("Pi is 3.15.", "Pi is 3.14159.", Kind.FIGURE, "3.15"),
        ("Some 1,200 people came.", "1,934 people came.", Kind.FIGURE, "1,200"),
        ("1,200 people came.", "1,234 people came.", Kind.FIGURE, "1,200"),
        ("Fewer than 400 people came.", "More than 400 people came.", Kind.FIGURE, "400"),
        ("It is version 3.1 now.", "It is version 3.10 now.", Kind.FIGURE, "3.1"),
        ("It is version 3.11.7 now.", "It is version 3.11.8 now.", Kind.NAME, "3.11.7"),
        ("It opened on 4 March 2021.", "It opened on 3 March 2021.", Kind.DATE, "4 March 2021"),
        ("It opened on 3 March 2022.", "It opened on 3 March 2021.", Kind.DATE, "3 March 2022"),
        ("It opened on 3 March 2021.", "It opened in March 2021.", Kind.DATE, "3 March 2021"),
        ("It opened in 1852.", "It opened on 20 July 1851.", Kind.FIGURE, "1852"),
        ("It leaves at 6 pm.", "It leaves at 17:00.", Kind.DATE, "6 pm"),
        ("He called it “a shallow lake”.", "It was a deep lake.", Kind.QUOTATION, "a shallow lake"),
        ("He called it “lake”.", "The lakes.", Kind.QUOTATION, "lake"),
        ("It was led by Maria Johnston.", "Maria Johnson led it.", Kind.NAME, "Maria Johnston"),
        ("The lake lies in Austria.", "The lake lies in Australia.", Kind.NAME, "Austria"),
        ("Use the --hard option.", "Use the --soft option.", Kind.NAME, "--hard"),
        ("The report is by the WTO.", "The World Health Organization wrote it.", Kind.NAME, "WTO"),
    ],
)
def test_what_is_not_there_is_found(text: str, quote: str, kind: Kind, said: str) -> None:
    assert [(finding.kind, finding.said) for finding in check(text, [quote]).findings] == [(kind, said)]


def test_a_name_that_another_sentence_has_does_not_hide_a_swap() -> None:
    quote = "Maria Keller measured the lake in 1931. Anna Berg swam in it."
    (finding,) = check("Anna Berg measured the lake in 1931.", [quote]).findings
    assert (finding.said, finding.held, finding.is_clash) == ("Anna Berg", "Maria Keller", True)


def test_a_number_that_another_sentence_has_does_not_hide_a_swap() -> None:
    quote = "The northern lake is 136 metres deep. The southern lake is 20 metres deep."
    (finding,) = check("The northern lake is 20 metres deep.", [quote]).findings
    assert (finding.said, finding.held) == ("20 metres", "136 metres")


def test_a_sentence_that_leaves_out_half_does_not_deny_it() -> None:
    quote = "The bridge over the river was closed in spring and has never since been opened to cars."
    assert check("The bridge over the river was closed in spring.", [quote]).findings == ()


def test_facts_may_come_from_several_passages() -> None:
    assert (
        check("It is 136 metres deep and 20 metres wide.", ["It is 136 metres deep.", "20 metres wide"]).findings == ()
    )


def test_a_sentence_without_facts_has_none() -> None:
    checked = check("The lake is deep.", ["Something else."])
    assert checked.facts == 0 and not checked.is_everything


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_a_text_says_what_it_says_itself(text: str) -> None:
    assert check(text, [text]).findings == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789.,-/: %€$kmGB“”\"'ABab\n½²٣", max_size=200), st.text(max_size=100))
def test_any_two_texts_can_be_compared(text: str, quote: str) -> None:
    check(text, [quote])
    assert check(text, [text]).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "1" * 10_000,
        "1 " * 5_000,
        "1," * 5_000,
        "1.1" * 3_000,
        "-" * 10_000,
        "January " * 1_200,
        "“" * 10_000,
        '"a' * 5_000,
        "A. " * 3_000,
        "Ab " * 3_000,
        "a_" * 5_000,
        "one hundred " * 800,
        "9" * 39 + " million km/h per " * 500,
        "½" * 10_000,
    ],
)
def test_hostile_texts_are_checked_in_no_time(text: str) -> None:
    check(text, [text[:5_000], text[1:]])


def test_ten_thousand_passages_are_looked_through() -> None:
    quotes = [f"In the village number {number} there are {number * 7} boats of Anna Berg." for number in range(10_000)]
    assert check("In a village there are 69,994 boats.", quotes).findings != ()
    assert check("In village 9999 there are 69,993 boats.", quotes).findings == ()
    assert check("There are “69993 boats of Anna Berg”.", quotes).findings == ()
