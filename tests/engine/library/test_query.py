from __future__ import annotations

from engine.library.query import Frequency, closeness, coverage, make_query


def known(**segments: int) -> dict[str, Frequency]:
    return {term: Frequency(documents=count, segments=count) for term, count in segments.items()}


def test_unknown_terms_make_no_query() -> None:
    assert make_query(["nothing", "known"], {}, segments=100) is None
    assert make_query([], known(a=1), segments=100) is None


def test_terms_are_quoted_and_neighbours_become_phrases() -> None:
    query = make_query(["old", "bridge", "unknown"], known(old=5, bridge=3), segments=100)
    assert query is not None
    assert query.expression == '"bridge" OR "old" OR "old bridge"'
    assert query.pairs == {("old", "bridge")}


def test_a_quotation_mark_cannot_end_a_term() -> None:
    query = make_query(['a"b'], {'a"b': Frequency(documents=1, segments=1)}, segments=10)
    assert query is not None
    assert query.expression == '"a""b"'


def test_frequent_words_are_not_looked_for_in_a_large_index_but_still_weighed() -> None:
    frequencies = known(the=900_000, zebra=50, of=800_000)
    query = make_query(["the", "zebra", "of"], frequencies, segments=1_000_000)
    assert query is not None
    assert query.expression == '"zebra"'
    assert query.weights.keys() == {"the", "zebra", "of"}


def test_words_without_a_subject_are_looked_for_beside_others_only() -> None:
    frequencies = known(state=5, of=30, art=6)
    query = make_query(["state", "of", "art"], frequencies, segments=100, stop_terms={"of"})
    assert query is not None
    assert query.expression == '"art" OR "state" OR "state of" OR "of art"'
    assert query.weights["of"] < query.weights["art"] / 4
    alone = make_query(["of"], frequencies, segments=100, stop_terms={"of"})
    assert alone is not None
    assert alone.expression == '"of"'


def test_a_question_of_frequent_words_only_looks_for_the_rarest() -> None:
    query = make_query(["the", "of"], known(the=900_000, of=800_000), segments=1_000_000)
    assert query is not None
    assert query.expression == '"of"'


def test_rare_terms_weigh_more() -> None:
    query = make_query(["a", "b"], known(a=2, b=60), segments=100)
    assert query is not None
    assert query.weights["a"] > query.weights["b"] > 0
    assert coverage(query, ["a"]) > coverage(query, ["b"]) > 0
    assert coverage(query, ["a", "b"]) == 1
    assert coverage(query, []) == 0


def test_neighbours_in_the_question_are_expected_near_each_other() -> None:
    query = make_query(["old", "stone", "bridge"], known(old=5, stone=5, bridge=5), segments=100)
    assert query is not None
    assert closeness(query, ["old", "x", "stone", "bridge"]) == 1
    assert closeness(query, ["old", *["x"] * 20, "stone", "bridge"]) == 0.5
    assert closeness(query, ["bridge"]) == 0


def test_thousands_of_terms_make_a_short_query() -> None:
    terms = [f"t{number}" for number in range(5_000)]
    frequencies = {term: Frequency(documents=3, segments=3) for term in terms}
    query = make_query(terms, frequencies, segments=1_000)
    assert query is not None
    assert query.expression.count(" OR ") < 40
