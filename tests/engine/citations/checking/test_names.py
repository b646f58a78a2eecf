import pytest

from engine.citations.checking.names import KnownWords, is_form, names_of


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It was led by Michael Stonebraker of the University of Bern.", ["Michael Stonebraker", "University of Bern"]),
        ("However, Users of it agree.", ["Users"]),
        ("Ferries cross the lake.", []),
        ("The U.S. and NASA agreed.", ["U.S", "NASA"]),
        ("Use --soft or git_reset() in PostgreSQL 3.11.7.", ["--soft", "git_reset", "PostgreSQL", "3.11.7"]),
        ("Der See bei der Stadt hat Tiefe.", []),
        ("On Monday in March it was.", []),
        ("", []),
    ],
)
def test_names_are_told_from_words(text: str, said: list[str]) -> None:
    assert [name.said for name in names_of(text)] == said


@pytest.mark.parametrize(
    ("one", "other"),
    [("berg", "bergs"), ("berlin", "berliner"), ("germany", "german"), ("italy", "italian"), ("москва", "москве")],
)
def test_forms_of_one_name_are_one(one: str, other: str) -> None:
    assert is_form(one, other) and is_form(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("johnson", "johnston"), ("austria", "australia"), ("maria", "mario"), ("berg", "burg")]
)
def test_other_names_are_others(one: str, other: str) -> None:
    assert not is_form(one, other) and not is_form(other, one)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Francois Clouet", "by François Clouet"),
        ("Anna Berg", "A. Berg says"),
        ("the WHO", "World Health Organization"),
        ("World Health Organization", "the WHO says"),
        ("Dutch", "in the Netherlands"),
        ("Deutschland", "in Germany"),
        ("the Debian Project", "Debian says"),
        ("COVID-19", "Covid 19"),
    ],
)
def test_spelling_variants_are_forgiven(name: str, text: str) -> None:
    known = KnownWords([text])
    assert all(known.has(found) for found in names_of(f"it is {name}"))


def test_names_are_not_looked_for_in_another_language_or_script() -> None:
    (name,) = names_of("it was Bruce Perens")
    assert KnownWords(["Это был Брюс Перенс, и не он один."]).has(name)
