import re
from xml.etree import ElementTree

from amended_runs import amended_run
from fake_runs import FakeRun, finished_run, nasty_run
from proven_runs import proven_run
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.comparison import ComparisonPage
from desktop.views.reading_view import ReadingView
from desktop.views.report import ReportView


def shown(theme: Theme, qtbot: QtBot, run: FakeRun) -> ReportView:
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(900, 900)
    view.show()
    view.show_state(run.state)
    return view


def copy_between(view: ReadingView, first: str, last: str) -> QMimeData:
    """Copy from the beginning of some words to the end of others."""
    document = view.document()
    start = document.find(first).selectionStart()
    end = document.find(last, document.find(first)).selectionEnd()
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    return view.createMimeDataFromSelection()


def copy_all(view: ReadingView) -> QMimeData:
    view.selectAll()
    return view.createMimeDataFromSelection()


def tree_of(mime: QMimeData) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", mime.html()))


def test_headings_and_sentences_keep_their_marks_and_name_what_they_lead_to(theme: Theme, qtbot: QtBot) -> None:
    mime = copy_between(shown(theme, qtbot, finished_run()), "What does frost do", "grains apart.")
    assert mime.text() == (
        "## What does frost do to lime mortar that has not hardened?\n\n"
        "Water expands by about nine per cent when it freezes. [2b]\n\n"
        "In a mortar that has not yet hardened the ice pushes the grains apart.\n\n"
        "### Sources\n\n- [2] Frost and fresh mortar. Building notes · HTML · 2021-10"
    )
    tree = tree_of(mime)
    assert [one.text for one in tree.iter("h2")] == ["What does frost do to lime mortar that has not hardened?"]
    assert "when it freezes. [2b]" in mime.html()


def test_words_of_one_sentence_are_copied_as_they_stand(theme: Theme, qtbot: QtBot) -> None:
    mime = copy_between(shown(theme, qtbot, finished_run()), "expands by", "nine per cent")
    assert mime.text() == "expands by about nine per cent"


def test_where_a_file_lies_on_this_computer_is_not_copied_with_a_sentence(theme: Theme, qtbot: QtBot) -> None:
    mime = copy_between(shown(theme, qtbot, finished_run()), "What does frost do", "Does natural hydraulic")
    assert "/home/reader" not in mime.text() + mime.html()


def test_a_table_is_a_table_wherever_it_is_pasted(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    table = next(part.table for part in run.state.report.sections if part.table is not None)
    mime = copy_all(shown(theme, qtbot, run))
    tree = tree_of(mime)
    heads = {tuple(cell.text for cell in one.findall("tr/th")): one for one in tree.iter("table")}
    found = heads[table.columns]
    assert len(found.findall("tr")) == len(table.rows) + 1
    lines = mime.text().split("\n")
    head = next(number for number, one in enumerate(lines) if one.startswith(f"| {table.columns[0]} |"))
    assert lines[head + 1] == "| " + " | ".join(["---"] * len(table.columns)) + " |"
    assert all(one.startswith("| ") for one in lines[head : head + len(table.rows) + 2])


def test_only_sources_of_the_web_become_links(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    view = shown(theme, qtbot, run)
    addresses = {source.address for source in run.state.sources.values()}
    tree = tree_of(copy_between(view, "Three waders", "sentences are said"))
    links = [one.get("href") for one in tree.iter("a")]
    assert links and set(links) <= addresses
    assert all(link.startswith("https://") for link in links)


def test_hostile_words_stay_words_in_every_form(theme: Theme, qtbot: QtBot) -> None:
    mime = copy_all(shown(theme, qtbot, nasty_run()))
    tree = tree_of(mime)
    ours = {"html", "head", "meta", "body", "h2", "h3", "p", "blockquote", "ul", "li", "br", "pre"}
    assert {one.tag for one in tree.iter()} <= ours
    assert all(not one.attrib for one in tree.iter() if one.tag != "meta")
    markdown = bytes(mime.data("text/markdown").data()).decode()
    assert not re.search(r"(?<!\\)<(?!https?://)", markdown)
    assert not re.search(r"(?<!\\)\]\(", markdown)


def test_a_comparison_is_copied_with_what_was_struck_and_what_is_new(theme: Theme, qtbot: QtBot) -> None:
    versions = amended_run().state.versions
    page = ComparisonPage(theme)
    qtbot.addWidget(page)
    page.show_versions(versions[0], versions[1])
    mime = copy_all(page)
    assert "<del>, depending on its grade</del>" in mime.html()
    assert "~~, depending on its grade~~" in mime.text()
    assert "<ins>" in mime.html()
