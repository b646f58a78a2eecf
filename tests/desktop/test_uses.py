from fake_runs import NASTY_TEXTS, claim
from proven_runs import proven_run

from desktop.evidence import lone_words, support_words
from desktop.plain_text import as_tip
from desktop.uses import used_words, uses_of
from engine.domain import ClaimId, Report


def test_every_sentence_that_cites_a_source_is_among_its_uses_once() -> None:
    state = proven_run().state
    report = state.report
    assert report is not None
    uses = uses_of(report, state.passages)
    for source_id in state.sources:
        mine = {one.id for one in state.passages.values() if one.source_id == source_id}
        expected = [
            one.id for one in (*report.claims, *report.failed) if mine & {*one.passages, *one.agreeing, *one.against}
        ]
        assert [use.claim.id for use in uses.get(source_id, ())] == expected


def test_what_a_source_says_against_and_what_failed_is_told_apart() -> None:
    state = proven_run().state
    by_title = {state.sources[key].title: uses for key, uses in uses_of(state.report, state.passages).items()}
    handbook = by_title["Waders: a pocket handbook"]
    assert used_words(handbook) == "used in 5 sentences, against 1 sentence, cited by 1 sentence that failed"
    assert [use.claim.id for use in handbook if use.is_against] == [ClaimId(3)]
    assert next(use for use in handbook if use.has_failed).words.startswith("not established: The young of")


def test_a_report_that_cites_nothing_known_uses_no_source() -> None:
    report = Report(question="?", answer=(claim(1, "x", []),), sections=(), gaps=(), made_by="x")
    assert uses_of(report, {}) == {}
    assert uses_of(None, {}) == {}
    assert used_words(()) == ""


def test_how_sure_the_model_is_comes_in_words_with_the_number() -> None:
    assert support_words(None) == ""
    assert "almost certainly say this (97 %)" in support_words(0.97)
    assert "may or may not say this (50 %)" in support_words(0.5)
    assert "almost certainly do not say this (0 %)" in support_words(0.0)


def test_lone_figures_are_named_with_the_kind_of_place() -> None:
    one = proven_run().state.report.sections[0].claims[0]
    assert lone_words(one, is_web=True) == "Only one site states 2019 and 1,234."
    assert lone_words(one, is_web=False) == "Only one document states 2019 and 1,234."


def test_a_tool_tip_has_no_markup_but_ours() -> None:
    for text in NASTY_TEXTS.values():
        tip = as_tip(text)
        assert "<" not in tip.removeprefix("<p style='white-space: pre-wrap'>").removesuffix("</p>")
    assert as_tip("plain & simple") == "plain & simple"
