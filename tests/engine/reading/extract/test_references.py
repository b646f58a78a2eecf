"""What pages and files say of themselves for reference lists."""

from __future__ import annotations

import html
import io
import json
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import epub, odt, paragraph, pdf, read, zipped

from engine.codec import decode, encode
from engine.domain import Reference
from engine.reading.document import Document
from engine.reading.extract.formats import Format
from engine.reading.extract.pdf_reference import printed_doi
from engine.reading.extract.reference import cleaned, doi_of, dois_in, isbn_of, issn_of, people_in
from engine.reading.extract.web import read_page
from engine.reading.page import PageBytes

TEXT = "<p>" + "Lime mortar takes up carbon dioxide from damp air and hardens slowly over many weeks. " * 5 + "</p>"
SCHOLARLY = (
    ("citation_title", "Carbonation of lime mortars"),
    ("citation_author", "Doe, Jane"),
    ("citation_author", "Müller, Jörg"),
    ("citation_publication_date", "2021/05/03"),
    ("citation_journal_title", "Journal of Mortar"),
    ("citation_volume", "12"),
    ("citation_issue", "3"),
    ("citation_firstpage", "101"),
    ("citation_lastpage", "118"),
    ("citation_doi", "doi:10.1000/jm.2021.12"),
    ("citation_issn", "1234-5679"),
    ("citation_publisher", "Mortar Press"),
    ("citation_language", "en"),
)


def metas(*pairs: tuple[str, str]) -> str:
    return "".join(f'<meta name="{name}" content="{html.escape(value)}">' for name, value in pairs)


def page(head: str, *, attributes: str = "", body: str = "") -> Document:
    markup = (
        f"<html {attributes}><head><title>A page</title>{head}</head><body><h1>A page</h1>{TEXT}{body}</body></html>"
    )
    return read_page(PageBytes(data=markup.encode(), address="https://example.org/a"), characters=100_000)[0]


def data(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_the_tags_of_scholarly_sites_say_everything() -> None:
    document = page(metas(*SCHOLARLY))
    assert document.authors == ("Doe, Jane", "Müller, Jörg")
    assert document.published == "2021/05/03"
    assert document.reference == Reference(
        kind="article-journal",
        container="Journal of Mortar",
        publisher="Mortar Press",
        volume="12",
        issue="3",
        pages="101–118",
        doi="10.1000/jm.2021.12",
        issn="1234-5679",
        language="en",
    )


def test_a_page_that_was_saved_says_the_same() -> None:
    markup = f"<html><head><title>x</title>{metas(*SCHOLARLY)}</head><body>{TEXT}</body></html>"
    assert read(markup, Format.HTML).reference == page(metas(*SCHOLARLY)).reference


def test_a_page_that_says_nothing_has_nothing_but_its_language() -> None:
    assert page("").reference == Reference()
    assert page("", attributes='lang="de-AT"').reference == Reference(language="de-AT")


def test_a_year_alone_is_a_date() -> None:
    assert page(metas(("citation_publication_date", "2021"))).published == "2021"


def test_structured_data_names_issue_volume_and_journal() -> None:
    described = {
        "@type": "ScholarlyArticle",
        "headline": "Carbonation",
        "author": [{"@type": "Person", "name": "Jane Doe"}],
        "datePublished": "2021-05-03",
        "isPartOf": {
            "@type": "PublicationIssue",
            "issueNumber": 3,
            "isPartOf": {
                "@type": ["PublicationVolume", "Periodical"],
                "name": "Journal of Mortar",
                "volumeNumber": "12",
                "issn": ["1234-5678", "1234-5679"],
            },
        },
        "pageStart": "101",
        "pageEnd": 118,
        "sameAs": "https://doi.org/10.1000/jm.2021.12",
        "publisher": {"@type": "Organization", "name": "Mortar Press"},
        "inLanguage": "en-GB",
    }
    assert page(data(described)).reference == Reference(
        kind="article-journal",
        container="Journal of Mortar",
        publisher="Mortar Press",
        volume="12",
        issue="3",
        pages="101–118",
        doi="10.1000/jm.2021.12",
        issn="1234-5679",
        language="en-GB",
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("NewsArticle", "article-newspaper"),
        ("BlogPosting", "post-weblog"),
        ("Book", "book"),
        ("Report", "report"),
        ("Dataset", "dataset"),
        ("Article", ""),
        ("WebPage", ""),
        ("https://schema.org/Thesis", "thesis"),
    ],
)
def test_the_kind_is_what_the_page_calls_itself(kind: str, expected: str) -> None:
    said = page(data({"@type": kind, "headline": "x", "author": "A. Mason"})).reference
    assert said.kind == expected


def test_what_a_page_cites_mentions_or_lists_is_not_what_it_is() -> None:
    other = {"@type": "ScholarlyArticle", "headline": "Other", "author": "B. Bargee", "doi": "10.1000/other"}
    for name in ("citation", "mentions", "hasPart", "isPartOf", "itemListElement"):
        document = page(data({"@type": "WebSite", "name": "x", name: [other]}))
        assert (document.authors, document.reference) == ((), Reference())
    graph = [{"@type": "WebPage", "datePublished": "2020-01-01", "name": "x"}, {**other, "datePublished": "2021-05-03"}]
    document = page(data({"@graph": graph}))
    assert document.published == "2021-05-03"
    assert document.reference.doi == "10.1000/other"


def test_the_site_is_no_container() -> None:
    part = {"@type": "WebSite", "name": "Example of Building"}
    assert page(data({"@type": "NewsArticle", "headline": "x", "isPartOf": part})).reference.container == ""


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            metas(("citation_conference_title", "Mortar 2021")),
            Reference(kind="paper-conference", container="Mortar 2021"),
        ),
        (metas(("citation_inbook_title", "On Walls")), Reference(kind="chapter", container="On Walls")),
        (
            metas(("citation_dissertation_institution", "University of Lime")),
            Reference(kind="thesis", publisher="University of Lime"),
        ),
        (
            metas(("prism.publicationName", "Mortar"), ("prism.startingPage", "7"), ("prism.issn", "1234-5679")),
            Reference(kind="article-journal", container="Mortar", pages="7", issn="1234-5679"),
        ),
        (
            metas(("DC.identifier", "https://doi.org/10.1000/X.1"), ("DC.publisher", "P")),
            Reference(doi="10.1000/X.1", publisher="P"),
        ),
        ('<link rel="cite-as" href="https://doi.org/10.1000/x%281%29">', Reference(doi="10.1000/x(1)")),
        ('<meta property="book:isbn" content="978-3-16-148410-0">', Reference(kind="book", isbn="978-3-16-148410-0")),
        (
            data({"@type": "Book", "headline": "x", "isbn": "9783161484100"}),
            Reference(kind="book", isbn="9783161484100"),
        ),
    ],
)
def test_other_ways_to_say_it_are_understood(head: str, expected: Reference) -> None:
    assert page(head).reference == expected


def test_the_dois_of_other_works_are_not_those_of_the_page() -> None:
    cited = metas(("citation_reference", "citation_title=Other;citation_doi=10.1000/other"))
    body = '<a href="https://doi.org/10.1000/other">another work, doi:10.1000/other</a>'
    assert page(cited, body=body).reference.doi == ""


@pytest.mark.parametrize(
    "stated",
    [
        "10.1000",
        "11.1000/x",
        "10.1000/",
        "10.1000/a b",
        "javascript:10.1000/x",
        "https://evil.example/10.1000/x",
        '10.1/"x',
        "10.1000/{x}",
        "",
    ],
)
def test_what_is_not_of_the_form_of_a_doi_is_none(stated: str) -> None:
    assert doi_of(stated) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://doi.org/10.1000/abc.", ("10.1000/abc",)),
        ("(doi: 10.1016/S0008-8846(01)00423-8)", ("10.1016/S0008-8846(01)00423-8",)),
        ("10.1000/a, 10.1000/b; 10.1000/a", ("10.1000/a", "10.1000/b")),
        ("version 10.1000 / 3", ()),
    ],
)
def test_dois_in_a_text_end_before_its_punctuation(text: str, found: tuple[str, ...]) -> None:
    assert dois_in(text) == found


def test_numbers_with_a_wrong_check_digit_are_left_out() -> None:
    assert issn_of("ISSN 1234-5679") == "1234-5679"
    assert issn_of("1234-5678") == ""
    assert isbn_of("978-3-16-148410-0") == "978-3-16-148410-0"
    assert isbn_of("978-3-16-148410-1") == ""
    assert isbn_of("0-8044-2957-X") == "0-8044-2957-X"


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Jane Doe; Jörg Müller", ("Jane Doe", "Jörg Müller")),
        ("Jane Doe and Jörg Müller", ("Jane Doe", "Jörg Müller")),
        ("Jane Doe, Jörg Müller, A. Mason", ("Jane Doe", "Jörg Müller", "A. Mason")),
        ("Doe, Jane; Müller, Jörg", ("Doe, Jane", "Müller, Jörg")),
        ("Doe, Jane", ("Doe, Jane",)),
        ("AT&T", ("AT&T",)),
        (" ; , ", ()),
    ],
)
def test_names_in_one_field_are_parted_where_no_name_is_torn(field: str, names: tuple[str, ...]) -> None:
    assert people_in(field) == names


XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/">
<rdf:Description rdf:about="" prism:volume="12" prism:number="3"><dc:format>{format}</dc:format>
<dc:creator><rdf:Seq><rdf:li>Jane Doe</rdf:li><rdf:li>Jörg Müller</rdf:li></rdf:Seq></dc:creator>
<dc:publisher><rdf:Bag><rdf:li>Mortar Press</rdf:li></rdf:Bag></dc:publisher>
<prism:publicationName>Journal of Mortar</prism:publicationName><prism:aggregationType>journal</prism:aggregationType>
<prism:startingPage>101</prism:startingPage><prism:endingPage>118</prism:endingPage>
<prism:publicationDate>2021-05-03</prism:publicationDate><prism:doi>10.1000/jm.2021.12</prism:doi>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_the_packet_of_a_pdf_says_what_it_is() -> None:
    document = read(pdf([paragraph("Words.", top=700)]) + XMP.format(format="application/pdf").encode(), Format.PDF)
    assert document.authors == ("Jane Doe", "Jörg Müller")
    assert document.published == "2021-05-03"
    assert document.reference == Reference(
        kind="article-journal",
        container="Journal of Mortar",
        publisher="Mortar Press",
        volume="12",
        issue="3",
        pages="101–118",
        doi="10.1000/jm.2021.12",
    )


def test_the_packet_of_a_picture_says_nothing_of_the_document() -> None:
    document = read(pdf([paragraph("Words.", top=700)]) + XMP.format(format="image/jpeg").encode(), Format.PDF)
    assert document.authors == ("Test",)
    assert document.reference == Reference()


def test_the_packet_that_was_written_last_counts() -> None:
    made = pdf([paragraph("Words.", top=700)])
    packet = XMP.format(format="application/pdf")
    first, last = (packet.replace("10.1000/jm.2021.12", doi) for doi in ("10.1000/a", "10.1000/b"))
    picture = XMP.format(format="image/jpeg")
    assert read(made + (first + last + picture).encode(), Format.PDF).reference.doi == "10.1000/b"


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmpmeta xmlns:x='a'><unclosed></x:xmpmeta>",
        b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x:xmpmeta>&e;</x:xmpmeta>",
        b"<x:xmpmeta prism" * 200_000,
        b"</x:xmpmeta>" * 200_000,
        b"<x:xmpmeta prism" * 100_000 + b"</x:xmpmeta>" * 100_000,
        b"<x:xmpmeta xmlns:x='a'>" + b"<a>" * 5_000 + b"</x:xmpmeta>",
    ],
)
def test_a_broken_packet_is_passed_over(packet: bytes) -> None:
    assert read(pdf([paragraph("Words.", top=700)]) + packet, Format.PDF).reference == Reference()


def test_a_doi_printed_on_the_first_page_is_that_of_the_document() -> None:
    lines = [(72, 750, 9, "https://doi.org/10.1000/jm.2021.12"), *paragraph("Words about mortar.", top=700)]
    assert read(pdf([lines]), Format.PDF).reference.doi == "10.1000/jm.2021.12"


@pytest.mark.parametrize(
    "lines",
    [
        ["[1] A. Mason, Other, doi:10.1000/other"],
        ["3. B. Bargee, 10.1000/other"],
        ["References", "Other work, doi:10.1000/other"],
        ["doi:10.1000/one", "doi:10.1000/two"],
        ["It was shown long ago and by several people, among them somebody in doi:10.1000/other, that lime hardens."],
        ["no doi at all"],
    ],
)
def test_the_doi_of_another_work_on_the_first_page_is_not_taken(lines: list[str]) -> None:
    assert printed_doi(lines) == ""


def test_a_word_file_says_who_wrote_it_and_in_what_language() -> None:
    made = docx.Document()
    made.add_paragraph("Words about mortar.")
    made.core_properties.author = "Jane Doe; Jörg Müller"
    made.core_properties.language = "de-AT"
    made.core_properties.identifier = "doi:10.1000/jm.2021.12"
    out = io.BytesIO()
    made.save(out)
    document = read(out.getvalue(), Format.DOCX)
    assert document.authors == ("Jane Doe", "Jörg Müller")
    assert document.reference == Reference(language="de-AT", doi="10.1000/jm.2021.12")
    assert document.published == ""  # when the file was begun is not when it was published


def test_an_open_document_without_a_language_says_nothing() -> None:
    assert read(odt("<text:p>Words.</text:p>"), Format.ODT).reference == Reference()


def test_a_book_says_its_publisher_and_number_and_who_only_translated_it_did_not_write_it() -> None:
    made = epub({"one.xhtml": "<p>Words.</p>"})
    metadata = (
        '<dc:title>The Book</dc:title><dc:creator id="a">Jane Doe</dc:creator><dc:creator id="b">A. Mason</dc:creator>'
        '<meta refines="#a" property="role">aut</meta><meta refines="#b" property="role">trl</meta>'
        "<dc:publisher>Mortar Press</dc:publisher><dc:identifier>urn:isbn:9783161484100</dc:identifier>"
        '<dc:language>en</dc:language><dc:date opf:event="modification" xmlns:opf="http://www.idpf.org/2007/opf">'
        "2024-01-01</dc:date><dc:date>1998</dc:date>"
    )
    document = read(_with_metadata(made, metadata), Format.EPUB)
    assert document.authors == ("Jane Doe",)
    assert document.published == "1998"
    assert document.reference == Reference(kind="book", publisher="Mortar Press", isbn="9783161484100", language="en")


def _with_metadata(made: bytes, metadata: str) -> bytes:
    import re
    import zipfile

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    package = bytes(members["OPS/book.opf"]).decode()  # type: ignore[arg-type]
    members["OPS/book.opf"] = re.sub("<metadata>.*</metadata>", f"<metadata>{metadata}</metadata>", package)
    return zipped(members)


DESCRIBED = """headline author datePublished isPartOf publisher identifier sameAs isbn issn pageStart inLanguage
    volumeNumber""".split()
HOSTILE = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["x" * 100_000, "\x00\x1b[31m\u202e", "a\nb\r\nc\u2028d", "\ud800", "<script>", "{{7*7}}"]),
)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | HOSTILE,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@type", "name", "value"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries({name: HOSTILE for name in Reference.__dataclass_fields__}))
def test_every_value_is_one_line_of_bounded_length(values: dict[str, str]) -> None:
    kept = cleaned(Reference(**values))
    for name in values:
        value = getattr(kept, name)
        assert len(value) <= 300
        assert value == " ".join(value.split())
        assert not any(ord(sign) < 32 or sign in "\u202e\ud800" for sign in value)
    assert cleaned(kept) == kept


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(DESCRIBED), JUNK))
def test_no_structured_data_can_do_harm(said: dict[str, Any]) -> None:
    document = page(data({"@type": "ScholarlyArticle", "headline": "x", **said}))
    assert document.text
    assert cleaned(document.reference) == document.reference
    assert decode(encode(document), Document) == document


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([name for name, _ in SCHOLARLY]), HOSTILE)
def test_no_tag_can_do_harm(name: str, value: str) -> None:
    document = page(
        metas(*((known, value if known == name else said) for known, said in SCHOLARLY)).replace("\ud800", "?")
    )
    assert cleaned(document.reference) == document.reference
    assert document.reference.container in ("Journal of Mortar", " ".join(document.reference.container.split()))
