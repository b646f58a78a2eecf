import time
from itertools import pairwise

import pytest
from fake_runs import ARABIC, CHINESE, HANDBOOK, NASTY_TEXTS, document_from, finished_run, large_document
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.theme import Appearance, Theme
from desktop.views.source_text import SourceText
from desktop.views.source_viewer import SourceViewer
from engine.domain import Locator
from engine.reading.document import Block, BlockKind, Document


def span_of(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def text_view(theme: Theme, qtbot: QtBot, document: Document, words: str) -> SourceText:
    view = SourceText(theme)
    qtbot.addWidget(view)
    view.resize(420, 600)
    view.show()
    view.show_document(document, highlight=span_of(document, words), others=())
    qtbot.waitUntil(lambda: view.is_complete, timeout=20_000)
    return view


def in_view(view: SourceText) -> bool:
    rect = view.cursorRect(view.textCursor())
    return view.viewport().rect().contains(rect.center())


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (HANDBOOK, "Protect fresh lime mortar from frost for at least three months"),
        (HANDBOOK, "Bedding\t1\t3\tThe usual mix"),
        (HANDBOOK, "sand_litres  = putty_litres * 3"),
        (HANDBOOK, "Clean water; brackish water"),
        (ARABIC, "يجب حماية ملاط الجير الطري من الصقيع"),
        (CHINESE, "石灰依靠空气中的二氧化碳缓慢硬化"),
        (CHINESE, "🧱 现场记录"),
    ],
)
def test_the_cited_words_are_the_marked_words(theme: Theme, qtbot: QtBot, document: Document, words: str) -> None:
    view = text_view(theme, qtbot, document, words)
    assert view.marked_text() == words
    assert in_view(view)


@pytest.mark.parametrize("text", NASTY_TEXTS.values(), ids=NASTY_TEXTS)
def test_marks_are_right_behind_any_text(theme: Theme, qtbot: QtBot, text: str) -> None:
    document = document_from("Odd", [("h1", text), ("li", text), ("p", f"{text} | exactly these words | {text}")])
    view = text_view(theme, qtbot, document, "exactly these words")
    assert view.marked_text() == "exactly these words"


def test_a_span_over_several_blocks_is_marked_through(theme: Theme, qtbot: QtBot) -> None:
    start = HANDBOOK.text.index("Sharp, well-graded")
    end = HANDBOOK.text.index("into the wall.") + len("into the wall.")
    view = SourceText(theme)
    qtbot.addWidget(view)
    view.resize(420, 600)
    view.show_document(HANDBOOK, highlight=(start, end), others=())
    marked = view.marked_text()
    assert marked.startswith("Sharp") and marked.endswith("into the wall.")


def test_pages_headings_and_lists_are_set_as_such(theme: Theme, qtbot: QtBot) -> None:
    view = text_view(theme, qtbot, HANDBOOK, "Mixes")
    text = view.toPlainText()
    assert "page 2\nBefore you start" in text
    assert "•\tSharp, well-graded sand" in text
    levels = [
        view.document().findBlockByNumber(n).blockFormat().headingLevel() for n in range(view.document().blockCount())
    ]
    assert {1, 2, 3} <= set(levels)


def test_a_large_document_does_not_hold_up_the_window(theme: Theme, qtbot: QtBot) -> None:
    document = large_document(blocks=8_000)
    view = SourceText(theme)
    qtbot.addWidget(view)
    view.resize(420, 600)
    view.show()
    beats: list[float] = []
    beat = QTimer()
    beat.setInterval(0)
    beat.timeout.connect(lambda: beats.append(time.perf_counter()))
    beat.start()
    words = "4001: Lime"
    view.show_document(document, highlight=span_of(document, words), others=())
    assert view.marked_text() == words
    assert in_view(view)
    assert not view.is_complete
    qtbot.waitUntil(lambda: view.is_complete, timeout=60_000)
    assert max(later - earlier for earlier, later in pairwise(beats)) < 0.5  # 0.03 s on an idle machine
    assert view.marked_text() == words
    assert in_view(view), "what was read stays where it was while the rest is set around it"
    assert view.toPlainText().count("Part ") == 160
    assert len(view.toPlainText().split("\n")) == len(document.blocks)


def test_one_paragraph_of_a_hundred_kilobytes_is_set_in_pieces(theme: Theme, qtbot: QtBot) -> None:
    for filler in ("word " * 20_000, "x" * 100_000, "漢" * 50_000):
        text = f"{filler} the needle {filler}"
        document = document_from("Long", [("p", text)])
        view = text_view(theme, qtbot, document, "the needle")
        assert view.marked_text() == "the needle"
        assert view.toPlainText().replace("\n", "") == text


def test_a_mark_across_two_pieces_of_a_long_paragraph_is_whole(theme: Theme, qtbot: QtBot) -> None:
    text = "abcde " * 3_000
    document = document_from("Long", [("p", text)])
    view = SourceText(theme)
    qtbot.addWidget(view)
    view.resize(400, 400)
    view.show_document(document, highlight=(2_900, 3_300), others=())
    qtbot.waitUntil(lambda: view.is_complete, timeout=20_000)
    assert view.marked_text().replace("\u2029", "") == text[2_900:3_300]


def test_theme_and_zoom_keep_marks_and_place(theme: Theme, qtbot: QtBot) -> None:
    document = large_document(blocks=900)
    words = "450: Lime"
    document_words = words if words in document.text else "451: Lime"
    view = text_view(theme, qtbot, document, document_words)
    before = view.cursorForPosition(view.viewport().rect().center()).block().text()
    theme.use(appearance=Appearance.DARK)
    qtbot.waitUntil(lambda: view.is_complete, timeout=20_000)
    assert view.marked_text() == document_words
    assert view.cursorForPosition(view.viewport().rect().center()).block().text() == before
    view.zoom_in()
    qtbot.waitUntil(lambda: view.is_complete, timeout=20_000)
    assert view.marked_text() == document_words


def test_words_are_found_in_all_of_a_document_once_it_is_set(theme: Theme, qtbot: QtBot) -> None:
    document = large_document(blocks=900)
    view = SourceText(theme)
    qtbot.addWidget(view)
    view.resize(420, 600)
    view.show()
    view.show_document(document, highlight=None, others=())
    view.find_all("Part 18")
    qtbot.waitUntil(lambda: view.is_complete, timeout=20_000)
    assert view.find_place == (1, 1)


def viewer(theme: Theme, qtbot: QtBot) -> tuple[SourceViewer, list[tuple[int, int]]]:
    run = finished_run()
    source = next(iter(run.state.sources.values()))
    spans = [(one.start, one.end) for one in run.passages if one.source_id == source.id]
    view = SourceViewer(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(420, 500)
    view.show()
    view.show_source(source, run.document_of(source.text_hash), spans[0], spans[1:])
    return view, spans


def test_the_viewer_steps_through_the_cited_passages(theme: Theme, qtbot: QtBot) -> None:
    view, _ = viewer(theme, qtbot)
    assert view.text.marked_text().startswith("Protect fresh")
    assert view._place.text() == "1 of 2"
    view.show_next()
    assert view.text.marked_text().startswith("Stop lime work")
    assert view._place.text() == "2 of 2"
    view.show_next()
    assert view.text.marked_text().startswith("Protect fresh")


def test_the_viewer_says_what_it_shows_and_opens_the_original_at_the_passage(theme: Theme, qtbot: QtBot) -> None:
    view, _ = viewer(theme, qtbot)
    assert view._title.full_text == "Working with lime: a site handbook"
    assert view._path.full_text == "/home/reader/Documents/Building notes/Handbook.pdf"
    assert view._facts.full_text.startswith("PDF · read ")
    with qtbot.waitSignal(view.open_requested) as caught:
        view._original.click()
    address, locator = caught.args
    assert address.endswith("Handbook.pdf")
    assert isinstance(locator, Locator) and locator.page == 3


def test_escape_goes_back(theme: Theme, qtbot: QtBot) -> None:
    view, _ = viewer(theme, qtbot)
    with qtbot.waitSignal(view.closed):
        QTest.keyClick(view.text, Qt.Key.Key_Escape)


def test_the_same_source_goes_straight_to_another_passage(theme: Theme, qtbot: QtBot) -> None:
    view, spans = viewer(theme, qtbot)
    assert view.source is not None
    page = view.text.document()
    view.show_source(view.source, view._document, spans[1], spans[:1])
    assert view.text.marked_text().startswith("Stop lime work")
    assert view.text.document() is page


def test_spans_that_do_not_fit_and_documents_without_text_are_survived(theme: Theme, qtbot: QtBot) -> None:
    view, _ = viewer(theme, qtbot)
    assert view.source is not None
    empty = Document(title="", text="", blocks=(), format="text")
    view.show_source(view.source, empty, (5, 9), [(0, 3), (-4, 2)])
    assert view.text.marked_text() == ""
    odd = Document(title="", text="a  b", blocks=(Block(kind=BlockKind.PARAGRAPH, start=3, end=4),), format="text")
    view.show_source(view.source, odd, (0, 2), [])
    view.show_source(None, None)
    assert view.text.toPlainText() == ""


def test_what_is_left_out_of_a_huge_document_is_said(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.source_pieces._MOST_BLOCKS", 100)
    document = large_document(blocks=1_000)
    view = text_view(theme, qtbot, document, "501: Lime")
    text = view.toPlainText()
    assert view.marked_text() == "501: Lime"
    assert text.startswith("What comes before is too long to be shown here\n")
    assert text.endswith("\nWhat comes after is too long to be shown here")


def test_a_document_without_blocks_is_shown_as_one_paragraph(theme: Theme, qtbot: QtBot) -> None:
    plain = Document(title="", text="Only text, and no blocks.", blocks=(), format="text")
    view = text_view(theme, qtbot, plain, "no blocks")
    assert view.marked_text() == "no blocks"
