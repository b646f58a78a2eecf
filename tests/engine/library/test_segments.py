from __future__ import annotations

from fake_parser import parsed_document
from hypothesis import given
from hypothesis import strategies as st

from engine.library.segments import segments
from engine.reading.document import Block, BlockKind, Document

PARAGRAPH = "The quick brown fox jumps over the lazy dog and rests in the shade. " * 3


def test_a_short_document_is_one_segment() -> None:
    document = parsed_document("# Title\nOne sentence.\nAnother one.")
    (segment,) = segments(document)
    assert document.text[segment.start : segment.end] == document.text
    assert segment.headings == ()


def test_segments_do_not_cross_top_headings() -> None:
    document = parsed_document(f"# Title\n## First\n{PARAGRAPH}\n## Second\n{PARAGRAPH}\n{PARAGRAPH}")
    assert [segment.headings for segment in segments(document)] == [("First",), ("Second",)]


def test_small_parts_under_lower_headings_stay_together() -> None:
    document = parsed_document("# Title\n## Part\n### A\nShort.\n### B\nShort too.")
    (segment,) = segments(document)
    assert segment.headings == ("Part", "A", "B")


def test_segments_are_of_a_size_that_is_about_one_thing() -> None:
    document = parsed_document("# Title\n" + "\n".join([PARAGRAPH] * 40))
    found = segments(document)
    sizes = [len(document.text[segment.start : segment.end].split()) for segment in found]
    assert len(found) > 5
    assert all(60 <= size <= 140 for size in sizes[:-1])


def test_one_endless_line_is_cut_at_sentences() -> None:
    document = parsed_document("# Title\n" + PARAGRAPH * 100)
    found = segments(document)
    assert len(found) > 20
    assert all(document.text[segment.start : segment.end].rstrip().endswith(".") for segment in found)


def test_an_endless_line_without_any_space_is_cut_too() -> None:
    for text in ("x" * 50_000, "語" * 50_000):
        document = parsed_document(text)
        found = segments(document)
        assert len(found) > 10
        assert max(segment.end - segment.start for segment in found) < 2_000


def test_navigation_is_left_out() -> None:
    document = parsed_document("# Title\n> Home\n> Chapter one\nA sentence that says something.\n> Next")
    (segment,) = segments(document)
    assert "says something" in document.text[segment.start : segment.end]
    assert "Next" not in document.text[segment.start : segment.end]


def test_a_document_that_is_nearly_all_navigation_weighs_little() -> None:
    index = parsed_document("# Index\nSee below for the terms.\n" + "\n".join(f"> entry {n}" for n in range(100)))
    text = parsed_document("# Text\nSee below for the terms.")
    assert segments(index)[0].weight < segments(text)[0].weight / 2


def test_lists_of_names_weigh_less_than_sentences() -> None:
    names = "\n".join(f"name{number}" for number in range(60))
    blocks, start = [], 0
    for line in names.split("\n"):
        blocks.append(Block(kind=BlockKind.LIST_ITEM, start=start, end=start + len(line)))
        start += len(line) + 1
    document = Document(title="Names", text=names, blocks=tuple(blocks), format="text")
    assert segments(document)[0].weight < 0.5
    assert segments(parsed_document(PARAGRAPH))[0].weight == 1.0


def test_a_document_without_text_can_still_be_found_by_its_title() -> None:
    for text in ("", "# Title", "> Home\n> Next"):
        (segment,) = segments(parsed_document(text))
        assert segment.is_placeholder


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(BlockKind)),
            st.integers(1, 6),
            st.booleans(),
            st.text(alphabet="ab .\n語", min_size=1, max_size=400),
        ),
        max_size=30,
    )
)
def test_segments_are_in_order_within_the_text_and_hold_all_that_is_said(
    lines: list[tuple[BlockKind, int, bool, str]],
) -> None:
    blocks: list[Block] = []
    start = 0
    for kind, level, is_navigation, text in lines:
        blocks.append(
            Block(
                kind=kind,
                start=start,
                end=start + len(text),
                level=level if kind is BlockKind.HEADING else 0,
                is_navigation=is_navigation,
            )
        )
        start += len(text) + 1
    text = "\n".join(text for *_, text in lines)
    document = Document(title="x", text=text, blocks=tuple(blocks), format="text")
    found = segments(document)
    assert found
    end = 0
    for segment in found:
        assert end <= segment.start <= segment.end <= len(text)
        assert 0 < segment.weight <= 1
        end = segment.end
    for block in blocks:
        if block.kind is not BlockKind.HEADING and not block.is_navigation:
            covered = sum(
                max(0, min(segment.end, block.end) - max(segment.start, block.start))
                for segment in found
                if not segment.is_placeholder
            )
            assert covered == block.end - block.start
