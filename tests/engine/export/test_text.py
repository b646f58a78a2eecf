import re
from dataclasses import replace

import pytest
from fake_runs import FakeRun, claim, document_from, finished_run, nasty_run, not_found_run, stopped_run
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.agent.state import RunState
from engine.domain import BlockKind, Gap, Report
from engine.export import render_text
from engine.export.printable import closed, printable

LONG = "A wall that leans is not repaired by plaster, and a plumb line shows it before the mortar has set hard."


def run_quoting(quote: str, *, question: str = "Why a plumb line?") -> RunState:
    """A finished run whose one sentence is a quotation."""
    run = FakeRun(question=question)
    run.started()
    run.planned([question])
    run.began(1)
    source = run.source("x.html", document_from("Masonry", [("p", quote)]))
    (passage,) = run.read(1, source, [quote])
    run.closed(1)
    run.wrote(
        Report(
            question=question,
            answer=(claim(1, quote, [passage]),),
            sections=(),
            gaps=(Gap(question=question, queries=("plumb line",), sources_read=1, reason="Nothing was read."),),
            made_by="a test",
        )
    )
    run.ended()
    return run.state


def quoted(text: str) -> list[str]:
    """The lines of the first quotation of a report, without the sign."""
    found = text[text.index("      > ") :].split("\n\n", maxsplit=1)[0]
    return [line[8:] for line in found.split("\n")]


def test_lines_fit_a_terminal() -> None:
    text = render_text(run_quoting(f"{LONG} {LONG}"))
    assert max(map(len, text.splitlines())) <= 78


def test_a_sentence_with_line_breaks_is_one_paragraph() -> None:
    text = render_text(run_quoting("A plumb line\nshows whether\n\na wall is true."))
    assert "A plumb line shows whether a wall is true. [1]" in text


def test_no_line_begins_with_a_mark() -> None:
    for length in range(40, 90):
        text = render_text(run_quoting(f"{'x' * 30} {'y' * (length - 31)}"))
        assert not re.search(r"^(\[1\] [^M]|①)", text, re.MULTILINE), text


def test_a_wrapped_quotation_keeps_its_words_and_shows_which_lines_are_its_own() -> None:
    text = render_text(run_quoting(f"{LONG}\nA second line."))
    assert text.count("      > ") == 2
    assert " ".join(quoted(text)) == f"{LONG} A second line."


def test_code_is_quoted_to_the_letter() -> None:
    code = f"def f():\n    return '{'a b ' * 30}'\n\tdone"
    assert "\n".join(quoted(render_text(run_quoting(code)))).replace("      > ", "") == code


def test_what_a_passage_is_known_to_be_counts_for_more_than_its_looks() -> None:
    def shown_as(kind: BlockKind | None, quote: str) -> list[str]:
        state = run_quoting(quote)
        passages = {number: replace(one, kind=kind) for number, one in state.passages.items()}
        return quoted(render_text(replace(state, passages=passages)))

    poem = f"{LONG}\n    {LONG}"
    assert shown_as(BlockKind.CODE, poem) == poem.split("\n")
    assert len(shown_as(BlockKind.QUOTE, poem)) > 2
    long_line = f"tool --{'very-' * 10}long {'a b ' * 20}"
    assert shown_as(BlockKind.CODE, long_line) == [long_line]
    assert len(shown_as(BlockKind.PARAGRAPH, long_line)) > 1


def test_a_space_that_holds_words_together_is_still_there_in_the_quotation() -> None:
    assert quoted(render_text(run_quoting("It weighs 12\xa0kg."))) == ["It weighs 12\xa0kg."]


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).filter(lambda text: text.strip()))
@example("a\0b")
@example("\x1b]0;title\x07")
def test_nothing_but_printable_text_comes_out(quote: str) -> None:
    text = render_text(run_quoting(quote))
    assert printable(text) == text
    shown = closed(printable(quote))
    words = "".join(shown.split())
    assert words in "".join("".join(quoted(text)).split())


def test_it_tells_what_was_looked_for_and_how_much_was_read() -> None:
    assert "Looked for “plumb line”. 1 source read." in " ".join(render_text(run_quoting("x y")).split())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (finished_run().state, "How this report was made"),
        (not_found_run().state, "Not found in these sources."),
        (stopped_run().state, "No report was written in this run."),
        (nasty_run().state, "How this report was made"),
    ],
    ids=["finished", "not found", "stopped", "nasty"],
)
def test_every_run_has_a_text(state: RunState, words: str) -> None:
    text = render_text(state)
    assert words in text
    assert printable(text) == text


def test_marks_of_passages_that_say_the_same_are_explained() -> None:
    text = render_text(finished_run().state)
    assert ("“also”" in text) == bool(re.search(r"\] also \[", " ".join(text.split())))
