import pytest
from role_play import Evidence

from engine.agent.checks import checked, finding_words
from engine.citations.checking.check import Checked


def found(text: str, *quotes: str, title: str = "", question: str = "How deep is it?") -> Checked:
    evidence = Evidence(question)
    for number, quote in enumerate(quotes):
        evidence.passage(quote, source=f"s{number}", title=title or f"Title {'abc'[number]}")
    evidence.episode(question)
    brief = evidence.brief()
    return checked(text, list(brief.passages.values()), brief)


@pytest.mark.parametrize(
    ("text", "quote", "words"),
    [
        ("The club has 1,200 members.", "The club has 1,300 members.", "The passage says 1,300, not 1,200."),
        (
            "It opened on 4 March 2021.",
            "It opened on 3 March 2021.",
            "The passage says 3 March 2021, not 4 March 2021.",
        ),
        ("The lake is 5 miles long.", "The lake is 5 km long.", "The passage says 5 km, not 5 miles."),
        (
            "In all of the north, Anna Berg measured the lake.",
            "In all of the north, Maria Keller measured the lake.",
            "The passage says Maria Keller, not Anna Berg.",
        ),
        ("He called it “a shallow lake”.", "It was a deep lake.", "Not in the passage: “a shallow lake”."),
        ("There are 77 boats.", "There are boats.", "Not in the passage: 77."),
        (
            "The lake is not deep in the summer months.",
            "The lake is deep in the summer months.",
            "The passage says this without “not”.",
        ),
        (
            "The lake is deep in the summer months.",
            "The lake is not deep in the summer months.",
            "The passage says this with “not”.",
        ),
        (
            "The option is disabled by default in new installations.",
            "The option is enabled by default in new installations.",
            "The passage says “enabled” where this says “disabled”.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(text: str, quote: str, words: str) -> None:
    assert finding_words(found(text, quote).findings, passages=1) == words


def test_several_passages_are_spoken_of_as_such() -> None:
    findings = found("There are 77 boats and 12 ferries.", "There are boats.", "And ferries.").findings
    assert finding_words(findings, passages=2) == "Not in the passages: 77 and 12."


def test_names_may_come_from_the_places_that_passages_stand_under_and_from_the_question() -> None:
    text = "In the world of PostgreSQL it was Michael Stonebraker who led it."
    assert len(found(text, "He led it.").findings) == 2
    assert found(text, "Stonebraker led it. Michael said so.", title="PostgreSQL manual").findings == ()
    assert found(text, "He led it.", question="What did Michael Stonebraker do for PostgreSQL?").findings == ()


def test_figures_may_not_come_from_the_question() -> None:
    assert found("It is 136 metres deep.", "It is deep.", question="Is it 136 metres deep?").findings


def test_everything_is_missing_only_where_there_was_something() -> None:
    assert not found("It is deep.", "").is_everything
    assert found("It is 5 metres deep.", "It is deep.").is_everything
    assert not found("It is 5 metres deep and 7 wide.", "It is 5 metres deep.").is_everything


def test_a_remark_does_not_grow_without_end() -> None:
    text = "There are " + ", ".join(str(number) for number in range(1000, 1200)) + " boats and “" + "x " * 400 + "”."
    assert len(finding_words(found(text, "None.").findings, passages=1)) < 600
