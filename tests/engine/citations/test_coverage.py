from dataclasses import replace

from engine.citations.coverage import coverage_words, is_covered
from engine.domain import Claim, ClaimId, ClaimState, Gap, PassageId, Report


def report(*states: ClaimState, failed: int = 0) -> Report:
    def claim(number: int, state: ClaimState) -> Claim:
        return Claim(id=ClaimId(number), text=f"Sentence {number}.", passages=(PassageId(1),), state=state)

    gaps = tuple(
        Gap(question="", queries=(), sources_read=0, reason="", claim=claim(100 + n, ClaimState.UNSUPPORTED))
        for n in range(failed)
    )
    answer = tuple(claim(number, state) for number, state in enumerate(states))
    return Report(question="", answer=answer, sections=(), gaps=gaps, made_by="")


def test_what_failed_counts_as_written_though_it_is_out_of_the_text():
    one = report(ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE, failed=2)
    assert (one.coverage.verified, one.coverage.written) == (2, 4)
    assert not is_covered(one)
    assert coverage_words(one) == "2 of 4 sentences are said by what they cite."


def test_a_contradicted_claim_is_said_by_what_it_cites_and_a_partly_supported_one_is_not():
    assert report(ClaimState.CONTRADICTED).coverage.share == 1
    assert report(ClaimState.PARTLY).coverage.share == 0
    assert report(ClaimState.UNCHECKED).coverage.share == 0


def test_a_report_is_covered_from_seven_in_ten():
    assert is_covered(report(*[ClaimState.SUPPORTED] * 7, failed=3))
    assert not is_covered(report(*[ClaimState.SUPPORTED] * 69, failed=31))
    assert not is_covered(report())


def test_the_words_fit_the_numbers():
    assert coverage_words(report()) == ""
    assert coverage_words(report(ClaimState.SUPPORTED)) == "The sentence is said by what it cites."
    assert coverage_words(report(*[ClaimState.SUPPORTED] * 3)) == "All 3 sentences are said by what they cite."
    assert coverage_words(report(ClaimState.SUPPORTED, failed=1)) == "1 of 2 sentences is said by what it cites."


def test_what_is_said_twice_counts_once():
    once = report(ClaimState.SUPPORTED, failed=1)
    twice = replace(once, answer=(*once.answer, replace(once.answer[0], id=ClaimId(9))))
    assert twice.coverage == once.coverage


def test_contradictions_are_said_beside_what_is_verified():
    verified, contradicted = ClaimState.SUPPORTED, ClaimState.CONTRADICTED
    for states, words in (
        ([contradicted], "The sentence is said by what it cites. Another source says otherwise."),
        ([contradicted] * 2, "All 2 sentences are said by what they cite. Other sources say otherwise on all of them."),
        (
            [verified, contradicted],
            "All 2 sentences are said by what they cite. On 1 of them other sources say otherwise.",
        ),
    ):
        assert coverage_words(report(*states)) == words
