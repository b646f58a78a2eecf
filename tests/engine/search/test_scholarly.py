import pytest

from engine.search.scholarly import looks_scholarly


@pytest.mark.parametrize(
    "question",
    [
        "randomized trial of vitamin D in older adults",
        "meta-analysis of screen time and sleep",
        "arxiv attention is all you need",
        "10.1038/s41586-020-2649-2",
        "what do peer-reviewed studies say about fasting",
        "protein folding neural network accuracy",
        "klinische Studie zu Vitamin D",
        "prevalence and mortality of sepsis",
    ],
)
def test_papers_are_asked_for_when_the_question_calls_for_them(question: str) -> None:
    assert looks_scholarly(question)


@pytest.mark.parametrize(
    "question",
    [
        "how tall is the tower",
        "best paper for a printer",
        "opening hours of the city museum",
        "study abroad in Spain",
        "latest release of sqlite",
        "",
    ],
)
def test_papers_are_not_asked_for_otherwise(question: str) -> None:
    assert not looks_scholarly(question)
