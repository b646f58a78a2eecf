import json
import re
from typing import Any

import pytest
from fake_runs import finished_run, not_found_run, stopped_run
from hypothesis import given
from hypothesis import strategies as st
from reference_runs import ARTICLE, BOOK, run_citing

from engine.domain import Reference
from engine.export.csl import csl_date, csl_items, csl_json_of

PAGE: dict[str, Any] = {"address": "https://www.example.org/mortar", "title": "Mortar", "site": "example.org"}


def item_of(work: dict[str, Any]) -> dict[str, Any]:
    (item,) = csl_items(run_citing(work))
    return item


def test_an_article_has_everything_that_it_says_of_itself() -> None:
    item = item_of(ARTICLE)
    assert item.pop("id").isalnum()
    assert item == {
        "type": "article-journal",
        "title": "Carbonation of lime mortars",
        "author": [{"family": "Doe", "given": "Jane"}, {"family": "Müller", "given": "Jörg"}],
        "issued": {"date-parts": [[2021, 5, 3]]},
        "container-title": "Journal of Mortar",
        "publisher": "Mortar Press",
        "volume": "12",
        "issue": "3",
        "page": "101–118",
        "DOI": "10.1000/jm.2021.12",
        "ISSN": "1234-5679",
        "language": "en",
        "URL": "https://journal.example/articles/12",
        "accessed": {"date-parts": [[2026, 3, 14]]},
    }


def test_of_a_page_that_says_nothing_nothing_is_made_up() -> None:
    item = item_of(PAGE)
    item.pop("id")
    assert item == {
        "type": "webpage",
        "title": "Mortar",
        "URL": "https://www.example.org/mortar",
        "accessed": {"date-parts": [[2026, 3, 14]]},
    }


def test_the_name_of_a_host_is_neither_author_nor_container() -> None:
    item = item_of(PAGE | {"authors": ("example.org", "www.example.org"), "site": "www.example.org"})
    assert "author" not in item
    assert "container-title" not in item


def test_what_a_site_calls_itself_is_what_a_page_stands_in() -> None:
    assert item_of(PAGE | {"site": "Example of Building"})["container-title"] == "Example of Building"


def test_a_file_tells_its_kind_its_name_and_when_it_was_read_and_no_folder() -> None:
    item = item_of(BOOK)
    assert set(item) == {"id", "type", "title", "author", "issued", "publisher", "ISBN", "language", "note"}
    assert item["note"].startswith("Local EPUB book ")
    assert item["note"].endswith(", read on 2026-03-14")
    assert "My books" not in json.dumps(item)
    assert "reader" not in json.dumps(item)
    assert item["issued"] == {"date-parts": [[1998]]}


def test_of_a_file_whose_name_looks_like_markup_the_signs_are_left_out() -> None:
    note = item_of({"address": "file:///C:/Users/x/%7B%3Aissued%3A1900%7D.pdf", "title": "X", "format": "pdf"})["note"]
    assert item_of({"address": "file:///x.pdf", "title": "X", "format": "pdf"})["medium"] == "PDF file"
    assert note.startswith("Local PDF file _:issued:1900_.pdf, read on ")


def test_a_work_is_called_by_its_first_words_and_by_something_of_its_own() -> None:
    names = [item_of({"address": f"file:///{one}", "title": "The Index, and its Types"})["id"] for one in ("a", "b")]
    assert all(re.fullmatch(r"IndexItsTypes[0-9a-f]{8}", name) for name in names)
    assert re.fullmatch(r"Source[0-9a-f]{8}", item_of({"address": "file:///c", "title": "灰浆"})["id"])


def test_when_a_file_was_changed_is_not_when_it_was_published() -> None:
    assert "issued" not in item_of(BOOK | {"published": ""})


def test_a_file_without_a_kind_is_a_document() -> None:
    assert item_of({"address": "file:///x.pdf", "title": "X", "format": "pdf"})["type"] == "document"


@pytest.mark.parametrize(
    "field", ["doi=x", "doi=10.1000/a b", "doi=10.1000/{a}", "isbn=12", "issn=1234", "language=a b", "kind=evil"]
)
def test_what_has_not_the_form_of_what_it_should_be_is_left_out(field: str) -> None:
    name, _, value = field.partition("=")
    item = item_of(PAGE | {"reference": Reference(**{name: value})})
    assert set(item) == {"id", "type", "title", "URL", "accessed"}
    assert item["type"] == "webpage"


def test_the_address_is_that_which_the_page_gives_as_its_own_without_a_name_and_password() -> None:
    changes = {"address": "https://me:secret@example.org/a?x=1", "canonical": ""}
    assert item_of(PAGE | changes)["URL"] == "https://…@example.org/a?x=1"
    own = {"address": "https://example.org/a?x=1", "canonical": "https://example.org/a"}
    assert item_of(PAGE | own)["URL"] == "https://example.org/a"


def test_nothing_in_an_address_can_end_it() -> None:
    work = PAGE | {"address": 'https://example.org/a b{c}"<d>\\e|f^g`h\ni/ü?q=%20'}
    assert item_of(work)["URL"] == "https://example.org/a%20b%7Bc%7D%22%3Cd%3E%5Ce%7Cf%5Eg%60h%20i/ü?q=%20"


def test_values_are_one_line_of_bounded_length() -> None:
    said = Reference(container="A\nB\x00\x1b[31m" + "c" * 5_000, volume="1\r\n2")
    item = item_of(PAGE | {"title": "A\n\tB\u202e", "reference": said})
    assert item["title"].startswith("A B")
    assert item["volume"] == "1 2"
    assert len(item["container-title"]) <= 500
    assert all(sign.isprintable() or sign in "\ufffd\u202e\u202c" for sign in item["title"] + item["container-title"])


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2021", {"date-parts": [[2021]]}),
        ("2021-05", {"date-parts": [[2021, 5]]}),
        ("2021-05-03T10:00:00+02:00", {"date-parts": [[2021, 5, 3]]}),
        ("20210503", {"date-parts": [[2021, 5, 3]]}),
        ("2021/5/3", {"date-parts": [[2021, 5, 3]]}),
        ("May 3, 2021", {"date-parts": [[2021, 5, 3]]}),
        ("3. Mai 2021", {"date-parts": [[2021, 5, 3]]}),
        ("2021年5月3日", {"date-parts": [[2021, 5, 3]]}),
        ("03/04/2021", {"date-parts": [[2021]]}),
        ("25/04/2021", {"date-parts": [[2021, 4, 25]]}),
        ("Spring 2019", {"date-parts": [[2019]]}),
        ("2021-13-45", {"date-parts": [[2021]]}),
        ("2019–2021", {"literal": "2019–2021"}),
        ("undated", {"literal": "undated"}),
        ("", {}),
    ],
)
def test_of_a_date_the_parts_that_are_certain_are_told(stated: str, date: dict[str, Any]) -> None:
    assert csl_date(stated) == date


@given(st.text(max_size=40))
def test_any_date_is_one_that_programs_can_read(stated: str) -> None:
    for parts in csl_date(stated).get("date-parts", []):
        year, month, day = [*parts, 1, 1][:3]
        assert year >= 0
        assert 1 <= month <= 12
        assert 1 <= day <= 31


def test_a_work_keeps_its_id_wherever_it_is_cited() -> None:
    one, two = csl_items(run_citing(ARTICLE, BOOK)), csl_items(run_citing(BOOK))
    assert len({item["id"] for item in one}) == 2
    # The same text at the same address is the same source; here the texts differ by their number.
    assert csl_items(run_citing(ARTICLE, BOOK)) == one
    assert two[0]["title"] == one[1]["title"]


def test_only_what_is_cited_is_listed_in_the_order_of_its_number() -> None:
    state = finished_run().state
    titles = [item["title"] for item in csl_items(state)]
    assert len(titles) < len(state.sources)
    assert titles[0] == "Working with lime: a site handbook"


@pytest.mark.parametrize("run", [not_found_run, stopped_run])
def test_a_report_that_cites_nothing_has_an_empty_list(run: Any) -> None:
    assert json.loads(csl_json_of(run().state)) == []


def test_the_file_is_json_in_utf_8() -> None:
    assert json.loads(csl_json_of(run_citing(ARTICLE, BOOK)).decode()) == csl_items(run_citing(ARTICLE, BOOK))
