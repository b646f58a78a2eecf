"""Answers from the web: which format, which letters, what a page says of itself, and what it shows instead of text."""

# ruff: noqa: E501  the pages are easier to read unbroken
from __future__ import annotations

import base64
import quopri

import pytest
from made_documents import check_promises, epub, odt, pdf, texts, zipped

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.encoding import decode_page
from engine.reading.extract.web import read_page
from engine.reading.page import PageBytes, PageFacts

SENTENCE = "The harbour was built over nineteen years, and every stone of its outer wall came by barge. "
ARTICLE = f"<article><h1>The harbour</h1><p>{SENTENCE * 4}</p><p>{SENTENCE * 5}</p></article>"


def read(
    data: str | bytes,
    *,
    content_type: str = "text/html; charset=utf-8",
    address: str = "https://www.example.org/town/harbour.html",
    charset: str = "",
    is_truncated: bool = False,
) -> tuple[Document, PageFacts]:
    document, facts = read_page(
        PageBytes(
            data=data.encode() if isinstance(data, str) else data,
            address=address,
            content_type=content_type,
            charset=charset,
            is_truncated=is_truncated,
        ),
        characters=1_000_000,
    )
    check_promises(document)
    return document, facts


def page(body: str, *, head: str = "<title>The harbour</title>", attributes: str = "") -> str:
    return f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>{body}</body></html>"


# --- formats -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "content_type", "address", "format"),
    [
        (page(ARTICLE).encode(), "text/html", "https://example.org/", "html"),
        (page(ARTICLE).encode(), "", "https://example.org/page.php?id=3", "html"),
        (page(ARTICLE).encode(), "application/pdf", "https://example.org/paper.pdf", "html"),
        (
            b"<p>A fragment with some words in it, long enough.</p>",
            "application/octet-stream",
            "https://e.org/x",
            "html",
        ),
        (b"Just words, and a good many of them.", "text/plain", "https://example.org/notes", "text"),
        (b"# Title\n\nJust *words*, and a good many.", "text/plain", "https://example.org/README.md", "markdown"),
        (b"# Title\n\nJust *words*, and a good many.", "text/markdown", "https://example.org/readme", "markdown"),
        (b"a,b\n1,2\n3,4\n", "text/csv; header=present", "https://example.org/data", "csv"),
        (b'{"name": "harbour", "built": 1850}', "application/json", "https://example.org/api", "text"),
        (pdf([[(72, 700, 10, "Words.")]]), "application/octet-stream", "https://example.org/get?id=7", "pdf"),
        (pdf([[(72, 700, 10, "Words.")]]), "text/html", "https://example.org/paper", "pdf"),
        (odt("<text:p>Words.</text:p>"), "application/vnd.oasis.opendocument.text", "https://e.org/f", "odt"),
        (odt("<text:p>Words.</text:p>"), "application/zip", "https://example.org/f", "odt"),
        (epub({"a.xhtml": "<p>Words.</p>"}), "", "https://example.org/book", "epub"),
        (rb"{\rtf1 Words.\par}", "text/plain", "https://example.org/letter", "rtf"),
    ],
)
def test_the_bytes_say_what_an_answer_is(data: bytes, content_type: str, address: str, format: str) -> None:
    assert read(data, content_type=content_type, address=address)[0].format == format


@pytest.mark.parametrize(
    ("data", "content_type", "match"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "text/html", "picture"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "video/mp4", "film"),
        (b"nothing that is known", "video/webm", "film"),
        (b"nothing that is known", "image/x-strange", "picture"),
        (b"Not a PDF.", "application/pdf", "something else"),
        (zipped({"a.txt": "words"}), "application/zip", "archive"),
        (bytes(range(256)) * 20, "text/html", "not contain text"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, content_type: str, match: str) -> None:
    with pytest.raises(DocumentUnreadable, match=match) as raised:
        read(data, content_type=content_type, address="https://example.org/thing")
    assert raised.value.hint


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_a_page_saved_in_one_file_is_unpacked(encoding: str) -> None:
    body = page(f'{ARTICLE}<p>Äpfel — <a href="next.html">next</a></p>').encode()
    packed = {"quoted-printable": quopri.encodestring(body), "base64": base64.encodebytes(body), "8bit": body}[encoding]
    data = (
        b"From: <Saved by a browser>\r\nSnapshot-Content-Location: https://example.net/town/\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--cut--here"\r\n\r\n\r\n'
        b"----cut--here\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n"
        b"Content-Location: https://example.net/town/\r\n\r\n" + packed + b"\r\n"
        b"----cut--here\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n"
        b"----cut--here--\r\n"
    )
    document, facts = read(data, content_type="", address="https://example.net/elsewhere")
    assert document.title == "The harbour"
    assert "Äpfel" in document.text
    assert facts.links == ("https://example.net/town/next.html",)


def test_a_feed_becomes_its_entries() -> None:
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>News of the town</title><item><title>Harbour opens'
        "</title><link>https://example.org/1</link><pubDate>Mon, 06 Sep 2021</pubDate><description>&lt;p&gt;"
        f"{SENTENCE}&lt;/p&gt;</description></item></channel></rss>"
    )
    document, facts = read(feed, content_type="application/rss+xml")
    assert texts(document, BlockKind.HEADING) == ["News of the town", "Harbour opens"]
    assert SENTENCE.strip() in document.text
    assert facts.links == ("https://example.org/1",)


# --- letters -----------------------------------------------------------------------------------------------------

RUSSIAN = "Гавань строили девятнадцать лет, и каждый камень её внешней стены привезли на барже. " * 3
JAPANESE = "港は十九年かけて築かれ、外壁の石はすべて船で運ばれた。" * 4
FRENCH = "Le port fut bâti en dix-neuf années ; chaque pierre du môle, dit-on, était venue par péniche. " * 3


@pytest.mark.parametrize(
    ("text", "encoding", "header", "inside"),
    [
        (FRENCH, "utf-8", "utf-8", ""),
        (FRENCH, "utf-8", "iso-8859-1", "iso-8859-1"),
        (FRENCH, "cp1252", "iso-8859-1", ""),
        (FRENCH, "cp1252", "", "windows-1252"),
        (FRENCH, "cp1252", "utf-8", ""),
        (FRENCH, "utf-8-sig", "iso-8859-1", "iso-8859-1"),
        (FRENCH, "utf-16", "utf-8", ""),
        (FRENCH, "utf-16-le", "utf-8", ""),
        (RUSSIAN, "cp1251", "windows-1251", ""),
        (RUSSIAN, "cp1251", "", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r", "windows-1251"),
        (RUSSIAN, "cp1251", "iso-8859-1", ""),
        (RUSSIAN, "cp1251", "utf-8", "utf-8"),
        (RUSSIAN, "utf-16-be", "utf-16be", ""),
        (JAPANESE, "shift_jis", "shift_jis", ""),
        (JAPANESE, "euc_jp", "", "euc-jp"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp", ""),
        (JAPANESE, "iso2022_jp", "", ""),
        ("海港建造了十九年，外墙的每一块石头都由驳船运来。" * 4, "gb18030", "gb2312", ""),
        ("항구는 십구 년에 걸쳐 지어졌고, 모든 돌은 배로 운반되었다. " * 4, "euc_kr", "euc-kr", ""),
    ],
)
def test_letters_are_right_whatever_is_declared(text: str, encoding: str, header: str, inside: str) -> None:
    declared = f'<meta charset="{inside}">' if inside else ""
    data = page(f"<article><p>{text}</p></article>", head=f"{declared}<title>x</title>").encode(encoding)
    document, _ = read(data, content_type=f"text/html; charset={header}" if header else "text/html")
    assert text[:20].strip() in document.text


def test_letters_garbled_before_they_came_are_pointed_out() -> None:
    garbled = FRENCH.encode().decode("cp1252", "replace")
    document, _ = read(page(f"<p>{garbled}</p>"))
    assert any("garbled" in warning for warning in document.warnings)


def test_utf_7_is_not_understood() -> None:
    document, _ = read(page(f"{ARTICLE}+ADw-script+AD4-"), content_type="text/html; charset=utf-7")
    assert "+ADw-script+AD4-" in document.text


# --- what a page says of itself -----------------------------------------------------------------------------------


def test_structured_data_counts_first() -> None:
    data = (
        '{"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Town"}, {"@type": "NewsArticle", '
        '"headline": "The harbour", "datePublished": "2021-09-06T08:00:00+02:00", "author": [{"name": "A. Mason"}, '
        '{"name": "B. Bargee"}], "publisher": {"name": "The Town Paper"}}]}'
    )
    head = (
        f'<title>The harbour | The Town Paper</title><script type="application/ld+json">{data}</script>'
        '<meta name="author" content="Somebody Else"><link rel="canonical" href="/town/harbour">'
    )
    document, facts = read(page(ARTICLE, head=head, attributes='lang="en-GB"'))
    assert document.title == "The harbour"
    assert document.authors == ("A. Mason", "B. Bargee")
    assert document.published == "2021-09-06T08:00:00+02:00"
    assert document.language == "en-GB"
    assert facts.site == "The Town Paper"
    assert facts.canonical == "https://www.example.org/town/harbour"


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ('<meta property="article:published_time" content="2020-01-02">', "", "2020-01-02"),
        ('<meta name="citation_publication_date" content="2019/5/1">', "", "2019/5/1"),
        ("", '<time datetime="2018-03-04" pubdate>4 March</time>', "2018-03-04"),
        ("", '<time datetime="2017-03-04T10:00">4 March</time>', "2017-03-04T10:00"),
        ("", '<span itemprop="datePublished" content="2016-03-04">then</span>', "2016-03-04"),
        ("", '<ul><li><time datetime="2015-03-04">another page</time></li></ul>', ""),
        ('<meta name="date" content="yesterday">', "", ""),
    ],
)
def test_the_date_is_found_where_pages_put_it(head: str, body: str, published: str) -> None:
    assert read(page(f"{body}{ARTICLE}", head=f"<title>x</title>{head}"))[0].published == published


@pytest.mark.parametrize(
    ("markup", "authors"),
    [
        ('<a rel="author" href="/m">A. Mason</a>', ("A. Mason",)),
        ('<p class="byline">By A. Mason and B. Bargee</p>', ("A. Mason", "B. Bargee")),
        ('<p class="byline">Follow us everywhere</p>', ()),
    ],
)
def test_authors_are_found_in_the_page(markup: str, authors: tuple[str, ...]) -> None:
    assert read(page(f"{markup}{ARTICLE}"))[0].authors == authors


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("https://example.org/harbour", "https://example.org/harbour"),
        ("https://en.example.org/harbour", "https://en.example.org/harbour"),
        ("https://other.org/harbour", ""),
        ("https://example.org.other.net/harbour", ""),
        ("https://user@example.org/harbour", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("http://[broken", ""),
    ],
)
def test_a_page_is_believed_about_its_own_site_only(link: str, canonical: str) -> None:
    head = f'<title>x</title><link rel="canonical" href="{link}">'
    assert read(page(ARTICLE, head=head))[1].canonical == canonical


def test_links_are_absolute_visible_and_each_there_once() -> None:
    links = (
        '<p><a href="a.html">a</a> <a href="/b#part">b</a> <a href="//other.org/c">c</a> <a href="a.html#x">a</a> '
        '<a href="#here">here</a> <a href="mailto:a@example.org">m</a> <a href="javascript:x()">j</a> '
        '<a href="ftp://example.org/f">f</a> <a href="data:text/html,x">d</a> <a href="http://[x/">x</a> '
        '<a style="display:none" href="/trap">trap</a> <a href="http://user:word@example.org/">u</a></p>'
    )
    assert read(page(ARTICLE + links))[1].links == (
        "https://www.example.org/town/a.html",
        "https://www.example.org/b",
        "https://other.org/c",
    )


def test_a_base_moves_relative_links_but_not_off_the_web() -> None:
    body = f'{ARTICLE}<a href="a.html">a</a>'
    assert read(page(body, head='<base href="/other/">'))[1].links == ("https://www.example.org/other/a.html",)
    assert read(page(body, head='<base href="file:///etc/">'))[1].links == ("https://www.example.org/town/a.html",)


def test_the_title_does_without_the_name_of_the_site() -> None:
    head = '<title>The harbour - Town Paper</title><meta property="og:site_name" content="Town Paper">'
    assert read(page(ARTICLE, head=head))[0].title == "The harbour"
    assert read(page(ARTICLE, head="<title>Harbour - a short history</title>"))[0].title == "Harbour - a short history"
    assert read(page(ARTICLE, head=""))[0].title == "The harbour"


# --- the main part ------------------------------------------------------------------------------------------------


def test_menus_are_marked_and_tables_lists_and_listings_stay() -> None:
    menu = "".join(f'<li><a href="/{number}">Section number {number}</a></li>' for number in range(12))
    body = (
        f'<div id="menu"><ul>{menu}</ul></div><div class="content"><h1>The harbour</h1><p>{SENTENCE * 4}</p>'
        "<h2>Figures</h2><table><tr><th>Year</th><th>Ships</th></tr><tr><td>1850</td><td>12</td></tr></table>"
        f"<p>{SENTENCE * 3}</p><pre>barge = load(stone)\nbarge.leave()</pre><ul><li>salt</li><li>wool</li></ul>"
        f'<p>{SENTENCE * 4}</p></div><div class="sidebar"><p>Subscribe to our newsletter today.</p></div>'
    )
    document, _ = read(page(body))
    kept = texts(document, navigation=False)
    assert "barge = load(stone)\nbarge.leave()" in kept
    assert "Year: 1850\tShips: 12" in kept or "1850\t12" in kept
    assert {"salt", "wool", "Figures", "The harbour"} <= set(kept)
    assert not any("Section number" in text or "newsletter" in text for text in kept)


def test_columns_of_a_layout_are_not_rows_of_a_table() -> None:
    body = f'<div class="row"><div class="col-md-8"><h1>Harbour</h1><p>{SENTENCE}</p><p>{SENTENCE}</p></div></div>'
    document, _ = read(page(body))
    assert texts(document, BlockKind.PARAGRAPH) == [SENTENCE.strip()] * 2


# --- obstacles ----------------------------------------------------------------------------------------------------

SCRIPTS = '<script src="/app.js"></script>'
OBSTACLES = {
    "cloudflare": (
        page(
            "<h1>example.org</h1><p>Checking if the site connection is secure</p>",
            head="<title>Just a moment...</title>",
        ),
        Obstacle.CAPTCHA,
    ),
    "widget": (page('<form><div class="g-recaptcha"></div></form><p>One more step</p>'), Obstacle.CAPTCHA),
    "are you a robot": (
        page(
            "<p>Please confirm below. Unusual traffic came from your network.</p>",
            head="<title>Are you a robot?</title>",
        ),
        Obstacle.CAPTCHA,
    ),
    "proof of work": (
        page(
            '<p>Loading</p><script id="anubis_challenge">{}</script>',
            head="<title>Making sure you're not a bot!</title>",
        ),
        Obstacle.CAPTCHA,
    ),
    "shell with a note": (
        page(f'<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>{SCRIPTS}'),
        Obstacle.JAVASCRIPT,
    ),
    "shell that loads": (page(f'<div id="app">Loading…</div>{SCRIPTS}'), Obstacle.JAVASCRIPT),
    "visible note": (page(f"<p>JavaScript is disabled in your browser.</p>{SCRIPTS}"), Obstacle.JAVASCRIPT),
    "login form": (
        page(
            '<h1>Sign in</h1><form><input name="user"><input type="password"><button>Sign in</button></form>',
            head="<title>Sign in</title>",
        ),
        Obstacle.LOGIN,
    ),
    "login in German": (page("<p>Bitte melden Sie sich an.</p>", head="<title>Anmelden</title>"), Obstacle.LOGIN),
    "members": (page("<p>You must be logged in to view this page.</p>"), Obstacle.LOGIN),
    "paywall by words": (
        page(f"<article><p>{SENTENCE * 3}</p><p>Subscribe to continue reading.</p></article>"),
        Obstacle.LOGIN,
    ),
    "paywall by data": (
        page(
            f"<article><p>{SENTENCE * 3}</p></article>",
            head='<title>x</title><script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", '
            '"isAccessibleForFree": "False"}</script>',
        ),
        Obstacle.LOGIN,
    ),
    "missing": (page("<h1>Page not found</h1><p>Try the search.</p>", head="<title>404</title>"), Obstacle.GONE),
    "missing in French": (
        page("<p>Désolé.</p>", head="<title>Page introuvable - page introuvable</title>"),
        Obstacle.GONE,
    ),
    "consent": (
        page("<h1>Before you continue</h1><p>We value your privacy. Accept all cookies or manage cookies.</p>"),
        Obstacle.EMPTY,
    ),
    "hardly anything": (page("<p>Hello there</p>"), Obstacle.EMPTY),
}
NO_OBSTACLES = {
    "an article about captchas": page(
        f"<article><h1>Are you a robot?</h1><p>Captchas ask people to prove that they are human. {SENTENCE * 8}</p>"
        f"<p>The phrase “verify you are human” appeared in 1997. {SENTENCE * 8}</p></article>",
        head="<title>Are you a robot? A history of the captcha</title>",
    ),
    "an article about logging in": page(
        f"<article><h1>Sign in with a passkey</h1><p>You must be logged in to change this. {SENTENCE * 10}</p></article>",
        head="<title>Sign in with a passkey</title>",
    ),
    "an article about error 404": page(
        f"<article><h1>404 not found</h1><p>The page not found error has a history. {SENTENCE * 10}</p></article>",
        head="<title>404 Not Found: where the number comes from</title>",
    ),
    "an article about paywalls": page(
        f"<article><h1>Subscribe to continue reading</h1><p>{SENTENCE * 20}</p></article>"
    ),
    "an article about JavaScript": page(
        f"<article><h1>Enable JavaScript</h1><p>JavaScript is required by many pages. {SENTENCE * 10}</p></article>"
    ),
    "an article about cookies": page(
        f"<article><h1>Accept all cookies</h1><p>We value your privacy, they say. {SENTENCE * 20}</p></article>"
    ),
    "a page with a login in its corner": page(
        f'<header><form><input name="user"><input type="password"></form></header>{ARTICLE}'
    ),
    "a form for letters with a captcha": page(
        f'{ARTICLE}<form><input name="name"><textarea name="text"></textarea><div class="h-captcha"></div></form>'
    ),
    "a text with comments behind a captcha": page(
        f'{ARTICLE}<script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>'
    ),
    "an application that was put together on the server": page(
        f'<div id="__next">{ARTICLE}</div><noscript>Please enable JavaScript.</noscript>{SCRIPTS}'
    ),
    "a page with a banner for cookies": page(
        f'{ARTICLE}<div class="cookie-banner">We value your privacy. Accept all cookies. Manage cookies.</div>'
    ),
    "a short but whole note": page(
        "<p>The harbour office is open on weekdays from eight to four, and closed in May.</p>"
    ),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_an_obstacle_is_recognised(name: str) -> None:
    data, obstacle = OBSTACLES[name]
    try:
        _, facts = read(data)
    except DocumentUnreadable as error:
        assert error.obstacle is obstacle
        assert error.hint
    else:
        assert facts.obstacle is obstacle
        assert facts.words.endswith(".")


@pytest.mark.parametrize("name", NO_OBSTACLES)
def test_a_text_about_an_obstacle_is_none(name: str) -> None:
    _, facts = read(NO_OBSTACLES[name])
    assert facts.obstacle is None
    assert facts.words == ""


@pytest.mark.parametrize(
    "data", ["", " ", "<html><body></body></html>", page(""), page('<img src="a.png">'), "<!-- -->"]
)
def test_nothing_is_never_silently_nothing(data: str) -> None:
    with pytest.raises(DocumentUnreadable) as raised:
        read(data or " ")
    assert raised.value.obstacle is Obstacle.EMPTY


def test_what_was_cut_off_is_said() -> None:
    assert any("Only the first" in warning for warning in read(page(ARTICLE), is_truncated=True)[0].warnings)
    words = read(SENTENCE * 30, content_type="text/plain", is_truncated=True)[0].warnings
    assert any("Only the first" in warning for warning in words)


def test_what_a_page_says_only_to_browsers_without_programs_is_read_when_there_is_nothing_else() -> None:
    document, _ = read(page(f"<p>Hello to you and everybody.</p><noscript><p>{SENTENCE * 5}</p></noscript>"))
    assert SENTENCE.strip() in document.text
    assert any("without programs" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "Le héron cendré est présent toute l’année – naïve façade, über. Grey herons nest early.",
        "Grey herons – café, naïve, über. They nest early in the year by the water and stay all winter long.",
        "Die Reiher brüten früh im Jahr und ziehen große Junge auf. Straße, Öl, Ärger, Übung.",
    ],
)
def test_a_western_page_that_names_no_encoding_is_read_as_browsers_read_it(text: str) -> None:
    assert decode_page(f"<p>{text}</p>".encode("cp1252"), header="", inside="").text == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń. Czapla siwa gniazduje wcześnie, żółw, ślimak, ćma, źrebię, łąka, świętość. ", "cp1250"),
        ("Volavka popelavá hnízdí brzy na jaře u vody. Příliš kůň úpěl ďábelské ódy. Děti běžely. ", "cp1250"),
        ("Серая цапля гнездится рано весной у воды. ", "cp1251"),
    ],
)
def test_other_letters_without_an_encoding_are_still_told_apart(text: str, encoding: str) -> None:
    page = f"<p>{text * 3}</p>"
    assert decode_page(page.encode(encoding), header="", inside="").text == page
