"""Citations as styles write them, put into their sentences; real styles, through pandoc."""

import json
from typing import Any

import pytest
from difficult_reports import disputes
from read_back import words_of

from engine.export import ReportFormat, render_bytes
from engine.export.cited_tree import NO_LIST_WORDS, SHORT_LIST_WORDS, has_words, settled


def words(text: str) -> list[Any]:
    return [{"t": "Str", "c": text}]


def cite(*shown: Any) -> dict[str, Any]:
    return {"t": "Link", "c": [["", [], []], [{"t": "Cite", "c": [[], list(shown)]}], ["#passage-1", ""]]}


def tree(*blocks: Any) -> dict[str, Any]:
    return {"pandoc-api-version": [1, 23, 1], "meta": {"references": 1, "title": 2}, "blocks": list(blocks)}


def paragraph(*inlines: Any) -> dict[str, Any]:
    return {"t": "Para", "c": list(inlines)}


def works(*entries: str) -> dict[str, Any]:
    divisions = [
        {"t": "Div", "c": [["", ["csl-entry"], []], [paragraph(*(words(one) if one else []))]]} for one in entries
    ]
    return {"t": "Div", "c": [["refs", [], []], divisions]}


def test_no_space_stands_before_a_raised_figure_and_its_link_stays() -> None:
    raised = {"t": "Superscript", "c": words("1")}
    made = settled(tree(paragraph(*words("Said."), {"t": "Space"}, cite(raised), {"t": "Space"}, *words("●"))))
    (block,) = made["blocks"]
    assert [one["t"] for one in block["c"]] == ["Str", "Link", "Space", "Str"]
    assert block["c"][1]["c"][1] == [raised]


def test_a_note_touches_its_sentence_and_is_inside_no_link() -> None:
    note = {"t": "Note", "c": [paragraph(*words("A book."))]}
    (block,) = settled(tree(paragraph(*words("Said."), {"t": "Space"}, cite(note))))["blocks"]
    assert [one["t"] for one in block["c"]] == ["Str", "Note"]


def test_a_citation_in_brackets_keeps_its_space() -> None:
    (block,) = settled(tree(paragraph(*words("Said."), {"t": "Space"}, cite(*words("(Mason)")))))["blocks"]
    assert [one["t"] for one in block["c"]] == ["Str", "Space", "Link"]


def test_a_list_that_is_not_kept_says_so_and_one_that_is_cut_too() -> None:
    def said(*entries: str) -> str:
        return json.dumps(settled(tree(works(*entries)))["blocks"]).replace('{"t": "Space"}, ', "")

    def as_leaves(text: str) -> str:
        return json.dumps([{"t": "Str", "c": word} for word in text.split()])[1:-1]

    assert as_leaves(NO_LIST_WORDS) in said()
    assert as_leaves(NO_LIST_WORDS) in said("", "")
    assert as_leaves(SHORT_LIST_WORDS) in said("A book.", "")
    assert as_leaves(SHORT_LIST_WORDS) not in said("A book.", "Another.")
    assert not has_words(works(""))


def test_what_was_only_needed_to_write_citations_is_gone() -> None:
    assert settled(tree())["meta"] == {"title": 2}


@pytest.mark.parametrize(("style", "shown"), [("nature", "tall.1 "), ("chicago-notes-bibliography", "tall.1 ")])
def test_raised_citations_touch_the_sentence_in_a_pdf(style: str, shown: str) -> None:
    made = disputes()
    text = words_of(render_bytes(made.state, ReportFormat.PDF, made.document_of, style=style), ReportFormat.PDF)
    assert ".1 ‹1›" in text.replace("\u00a0", " ") or ".1‹1›" in text, text[:400]
