import json
import subprocess
from typing import Any

import bibtexparser
import pytest
from bibtexparser import middlewares
from difficult_reports import hostile
from fake_runs import not_found_run
from reference_runs import ARTICLE, BOOK, DIFFICULT, run_citing

from engine.domain import Reference
from engine.export.bibtex import bibtex_of
from engine.export.csl import csl_items
from engine.export.pandoc import pandoc_path


def entries(file: bytes) -> list[dict[str, Any]]:
    """What a parser of BibTeX sees: the fields of each entry as text, and its kind as ``entry``."""
    library = bibtexparser.parse_string(file.decode())
    decoded = bibtexparser.parse_string(file.decode(), append_middleware=[middlewares.LatexDecodingMiddleware()])
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries)
    return [
        {"entry": one.entry_type, "key": one.key}
        | {field.key: field.value for field in of_latex.fields}
        | {field.key: field.value for field in one.fields if field.key in ("url", "doi")}  # these stand for themselves
        for one, of_latex in zip(library.entries, decoded.entries, strict=True)
    ]


def read_by_pandoc(file: bytes) -> list[dict[str, Any]]:
    command = [pandoc_path(), "--sandbox", "-f", "biblatex", "-t", "csljson"]
    done = subprocess.run(command, input=file, capture_output=True, check=True)
    return list(json.loads(done.stdout))


def test_an_article_is_an_article_with_all_its_fields() -> None:
    (entry,) = entries(bibtex_of(run_citing(ARTICLE)))
    assert entry["entry"] == "article"
    assert entry["key"] == csl_items(run_citing(ARTICLE))[0]["id"]
    assert entry["author"] == "Doe, Jane and Müller, Jörg"
    assert entry["date"] == "2021-05-03"
    assert entry["year"] == "2021"
    assert entry["volume"] == "12"
    assert entry["number"] == "3"
    assert entry["pages"] == "101–118"
    assert entry["doi"] == "10.1000/jm.2021.12"
    assert entry["url"] == "https://journal.example/articles/12"
    assert entry["urldate"] == "2026-03-14"


def test_pages_and_books_are_what_they_are() -> None:
    page = {"address": "https://example.org/a", "title": "A page", "published": "undated"}
    online, book = entries(bibtex_of(run_citing(page, BOOK)))
    assert (online["entry"], book["entry"]) == ("online", "book")
    assert "date" not in online
    assert "author" not in online
    assert book["isbn"] == "978-3-16-148410-0"


@pytest.mark.parametrize("text", DIFFICULT)
def test_difficult_words_come_back_the_same(text: str) -> None:
    said = Reference(kind="article-journal", container=text, publisher=text)
    address = f"https://example.org/{text[:30]}"
    state = run_citing(ARTICLE | {"title": text, "reference": said, "authors": (text,), "address": address}, BOOK)
    (item, _), file = csl_items(state), bibtex_of(state)
    back, book = read_by_pandoc(file)
    assert book["title"] == "Lime in Building"
    for field in ("title", "container-title", "publisher", "URL"):
        assert _as_read(back[field]) == _as_read(item[field]), field
    first, second = entries(file)
    assert first["url"] == item["URL"]
    assert second["key"] == csl_items(state)[1]["id"]
    assert [letter for letter in first["title"] if letter.isalnum()] == [one for one in text if one.isalnum()]


def _as_read(text: str) -> str:
    """Without what pandoc itself makes of quotation marks and joined letters when it reads BibTeX."""
    for sign, plain in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("`", "'"), ("''", '"')):
        text = text.replace(sign, plain)
    return text


def test_nothing_that_a_page_says_is_a_command() -> None:
    evil = "\\input{/etc/passwd} \\immediate\\write18{id}"
    file = bibtex_of(run_citing(ARTICLE | {"title": evil, "authors": (evil,)})).decode()
    assert "\\input" not in file
    assert "\\write" not in file
    assert "\\immediate" not in file
    assert "textbackslash" in file


def test_of_hostile_works_none_breaks_out_of_its_entry() -> None:
    state = hostile().state
    items, file = csl_items(state), bibtex_of(state)
    read, back = entries(file), read_by_pandoc(file)
    assert [one["key"] for one in read] == [one["id"] for one in items] == [one["id"] for one in back]
    for one, item in zip(back, items, strict=True):
        assert _letters(one.get("title", "")) == _letters(item.get("title", ""))
        assert one.get("URL", "") == item.get("URL", "")


def _letters(text: str) -> list[str]:
    return [sign for sign in text if sign.isalnum()]


def test_a_report_that_cites_nothing_gives_an_empty_file() -> None:
    assert bibtex_of(not_found_run().state) == b""
