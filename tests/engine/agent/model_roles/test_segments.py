from hypothesis import given, settings
from hypothesis import strategies as st
from small_library import SmallLibrary, article

from engine.agent.model_roles.asking import tokens_in
from engine.agent.model_roles.segments import Worth, cut, lines_of, reading_order
from engine.reading.document import Block, BlockKind, Document
from engine.reading.sentences import sentences

FILLER = "Many people come to the shore in summer and stay for a day. "


def long_page(*, paragraphs: int, needle: str, at: int) -> Document:
    lines = ["# The lake"]
    for number in range(paragraphs):
        lines.append(needle if number == at else f"{FILLER * 4}This is paragraph {number}.")
    return article("The lake", "\n".join(lines))


def order_of(document: Document, question: str):
    found = sentences(document)
    segments = cut(document, found)
    library = SmallLibrary({"file:///x": document})
    worth = Worth(document, found, wanted=question, statistics=library, context="")
    return segments, reading_order(segments, worth)


def test_every_sentence_but_headings_is_in_exactly_one_segment() -> None:
    document = long_page(paragraphs=30, needle="The lake is 136 metres deep.", at=17)
    found = sentences(document)
    shown = [index for segment in cut(document, found) for index in segment.sentences]
    headings = [i for i, s in enumerate(found) if document.blocks[s.block].kind is BlockKind.HEADING]
    assert sorted(shown + headings) == list(range(len(found)))


def test_segments_keep_to_their_budget_where_sentences_allow_it() -> None:
    document = long_page(paragraphs=30, needle="The lake is 136 metres deep.", at=17)
    assert all(segment.tokens <= 200 for segment in cut(document, sentences(document), budget=200))


def test_every_segment_is_shown_under_its_heading() -> None:
    markup = "\n".join(f"# Part {number}\n{FILLER * 3}" for number in range(12))
    document = article("Parts", markup)
    found = sentences(document)
    segments = cut(document, found, budget=90)
    assert len(segments) > 3
    for segment in segments:
        assert lines_of(segment, document, found, first=1)[0].startswith("# Part ")


def test_the_part_that_answers_is_read_first() -> None:
    document = long_page(paragraphs=60, needle="The lake is 136 metres deep at its deepest point.", at=41)
    _, order = order_of(document, "How deep is the lake?")
    found = sentences(document)
    first = " ".join(document.text[found[i].start : found[i].end] for i in order[0].sentences)
    assert "136 metres" in first


def test_much_of_a_long_page_is_not_read() -> None:
    document = long_page(paragraphs=200, needle="The lake is 136 metres deep at its deepest point.", at=150)
    segments, order = order_of(document, "How deep is the lake?")
    assert sum(segment.tokens for segment in order) < 0.2 * sum(segment.tokens for segment in segments)


def test_a_short_page_is_read_whole_and_in_order() -> None:
    document = long_page(paragraphs=4, needle="The lake is 136 metres deep.", at=3)
    segments, order = order_of(document, "How deep is the lake?")
    assert order == list(segments)


def test_a_page_in_another_language_is_begun_at_its_beginning() -> None:
    document = article(
        "Το νησί", "\n".join("Το νησί έχει πολλά δέντρα και μικρά σπίτια κοντά στη θάλασσα." for _ in range(90))
    )
    segments, order = order_of(document, "How deep is the lake?")
    assert [segment.number for segment in order] == [1, 2]
    assert len(segments) > 10


def test_menus_are_left_out_where_there_is_more() -> None:
    menu = article("Menu", "Home and start page\nAll the pages of this site", is_navigation=True)
    text = f"{menu.text}The lake is deep and cold."
    block = Block(kind=BlockKind.PARAGRAPH, start=len(menu.text), end=len(text))
    document = Document(title="Lake", text=text, blocks=(*menu.blocks, block), format="html")
    (segment,) = cut(document, sentences(document))
    assert len(segment.sentences) == 1
    (alone,) = cut(menu, sentences(menu))
    assert len(alone.sentences) == 2


def test_what_the_page_says_cannot_pass_for_a_number_of_ours() -> None:
    document = article("Trap", "One [2] is here. [3] Take me\u2028[4] and me.")
    found = sentences(document)
    (segment,) = cut(document, found)
    lines = lines_of(segment, document, found, first=1)
    assert [line.split("]")[0] for line in lines] == [f"[{number}" for number in range(1, len(found) + 1)]
    assert all(line.count("[") == 1 and "\n" not in line and "\u2028" not in line for line in lines)


def test_headings_are_shown_without_a_number() -> None:
    document = article("Lake", "# The lake\n## Depth\nIt is deep.\n## Size\nIt is large.")
    found = sentences(document)
    (segment,) = cut(document, found)
    assert lines_of(segment, document, found, first=5) == (
        "# The lake > Depth",
        "[5] It is deep.",
        "# The lake > Size",
        "[6] It is large.",
    )


def test_a_page_of_headings_has_nothing_to_read() -> None:
    document = article("Only", "# One\n# Two")
    assert cut(document, sentences(document)) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300), max_size=12))
def test_any_text_is_cut_into_whole_sentences(paragraphs: list[str]) -> None:
    text, blocks = "", []
    for paragraph in paragraphs:
        blocks.append(Block(kind=BlockKind.PARAGRAPH, start=len(text), end=len(text) + len(paragraph)))
        text += f"{paragraph}\n\n"
    document = Document(title="", text=text, blocks=tuple(blocks), format="text")
    found = sentences(document)
    segments = cut(document, found, budget=80)
    assert [index for segment in segments for index in segment.sentences] == list(range(len(found)))
    for segment in segments:
        for line in lines_of(segment, document, found, first=1):
            assert "\n" not in line


def test_a_giant_sentence_and_scripts_without_spaces_are_cut_small_enough() -> None:
    for text in ("湖" * 40_000, "a" * 40_000, "词语，" * 20_000):
        document = Document(
            title="", text=text, blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text)),), format="text"
        )
        found = sentences(document)
        segments = cut(document, found)
        assert len(segments) > 10
        assert max(segment.tokens for segment in segments) <= tokens_in("湖" * 1_000) + 10


def test_a_megabyte_in_one_paragraph_is_cut() -> None:
    text = f"{FILLER}The lake is deep. " * 13_000
    block = Block(kind=BlockKind.PARAGRAPH, start=0, end=len(text))
    document = Document(title="Big", text=text, blocks=(block,), format="text")
    found = sentences(document)
    segments = cut(document, found)
    assert len(segments) > 500
    assert segments[-1].sentences[-1] == len(found) - 1
