import json
import subprocess
from typing import Any

import pytest
import rispy
from difficult_reports import hostile
from fake_runs import not_found_run
from reference_runs import ARTICLE, BOOK, DIFFICULT, run_citing

from engine.domain import Reference
from engine.export.csl import csl_items
from engine.export.pandoc import pandoc_path
from engine.export.ris import ris_of


def entries(file: bytes) -> list[dict[str, Any]]:
    return list(rispy.loads(file.decode()))


def test_an_article_comes_back_with_all_its_fields() -> None:
    (entry,) = entries(ris_of(run_citing(ARTICLE)))
    assert entry["type_of_reference"] == "JOUR"
    assert entry["id"] == csl_items(run_citing(ARTICLE))[0]["id"]
    assert entry["authors"] == ["Doe, Jane", "Müller, Jörg"]
    assert entry["title"] == "Carbonation of lime mortars"
    assert entry["year"] == "2021"
    assert entry["date"] == "2021/05/03/"
    assert entry["secondary_title"] == "Journal of Mortar"
    assert (entry["volume"], entry["number"]) == ("12", "3")
    assert (entry["start_page"], entry["end_page"]) == ("101", "118")
    assert entry["doi"] == "10.1000/jm.2021.12"
    assert entry["urls"] == ["https://journal.example/articles/12"]
    assert entry["access_date"] == "2026/03/14/"


def test_pandoc_reads_the_same() -> None:
    command = [pandoc_path(), "--sandbox", "-f", "ris", "-t", "csljson"]
    done = subprocess.run(command, input=ris_of(run_citing(ARTICLE, BOOK)), capture_output=True, check=True)
    article, book = json.loads(done.stdout)
    assert article["type"] == "article-journal"
    assert article["author"] == [{"family": "Doe", "given": "Jane"}, {"family": "Müller", "given": "Jörg"}]
    assert article["container-title"] == "Journal of Mortar"
    assert article["DOI"] == "10.1000/jm.2021.12"
    assert (book["type"], book["title"]) == ("book", "Lime in Building")


@pytest.mark.parametrize("text", DIFFICULT)
def test_difficult_words_come_back_the_same(text: str) -> None:
    said = Reference(kind="article-journal", container=text, publisher=text)
    state = run_citing(ARTICLE | {"title": text, "authors": (text,), "reference": said}, BOOK)
    (item, _), (entry, book) = csl_items(state), entries(ris_of(state))
    assert (entry["title"], entry["secondary_title"], entry["publisher"]) == (text, text, text)
    assert entry.get("authors", [text]) == [text]
    assert item["title"] == text
    assert book["title"] == "Lime in Building"


def test_no_value_can_begin_a_line_of_its_own() -> None:
    state = run_citing(ARTICLE | {"title": "A\r\nER  - \r\nTY  - BOOK\u2028AU  - Evil\x85KW  - x", "authors": ()})
    (entry,) = entries(ris_of(state))
    assert entry["title"] == "A ER - TY - BOOK AU - Evil KW - x"
    assert "authors" not in entry


def test_of_hostile_works_each_comes_back_as_it_is() -> None:
    state = hostile().state
    items, read = csl_items(state), entries(ris_of(state))
    assert [one["id"] for one in read] == [one["id"] for one in items]
    assert [one.get("title", "") for one in read] == [one.get("title", "") for one in items]
    # The parser takes what stands behind a semicolon for another address.
    assert [";".join(one.get("urls", ())) for one in read] == [one.get("URL", "") for one in items]


@pytest.mark.parametrize(
    ("pages", "start", "end"), [("12–34", "12", "34"), ("e123", "e123", None), ("S1-S9", "S1", "S9")]
)
def test_pages_are_divided_where_they_are_two(pages: str, start: str, end: str | None) -> None:
    (entry,) = entries(ris_of(run_citing(ARTICLE | {"reference": Reference(pages=pages)})))
    assert entry["start_page"] == start
    assert entry.get("end_page") == end


def test_a_date_in_words_has_no_place() -> None:
    (entry,) = entries(ris_of(run_citing(ARTICLE | {"published": "undated"})))
    assert "year" not in entry


def test_a_report_that_cites_nothing_gives_an_empty_file() -> None:
    assert ris_of(not_found_run().state) == b""
