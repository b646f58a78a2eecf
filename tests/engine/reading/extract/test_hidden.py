"""What people do not see on a page does not get into its text; what they do see does."""

from __future__ import annotations

import pytest
from hidden_kinds import CONTROL, IN_HEAD, KINDS, MARK, SECRET, SHOWN, THE_21, page_with
from made_documents import check_promises

from engine.domain import Obstacle
from engine.reading.document import Document
from engine.reading.extract.web import read_page
from engine.reading.page import PageBytes


def read(data: bytes) -> Document:
    document, facts = read_page(
        PageBytes(data=data, address="https://example.org/harbour", content_type="text/html"), characters=1_000_000
    )
    check_promises(document)
    assert facts.obstacle is not Obstacle.EMPTY
    return document


def everything(document: Document) -> str:
    return "\n".join((document.title, document.text, *document.authors, document.published, *document.warnings))


@pytest.mark.parametrize("name", KINDS)
def test_hidden_words_are_left_out_and_the_rest_is_not(name: str) -> None:
    document = read(page_with(KINDS[name]))
    text = everything(document)
    assert MARK not in text
    assert not any(0xE0000 <= ord(letter) <= 0xE0FFF for letter in text)
    assert CONTROL in text
    assert text.count("The harbour was built over nineteen years") == 2


@pytest.mark.parametrize("name", IN_HEAD)
def test_what_a_page_says_for_machines_is_not_its_text(name: str) -> None:
    text = everything(read(page_with("", head=IN_HEAD[name])))
    assert MARK not in text
    assert CONTROL in text


@pytest.mark.parametrize("name", SHOWN)
def test_visible_words_stay(name: str) -> None:
    document = read(page_with(SHOWN[name]))
    assert MARK in document.text
    assert CONTROL in document.text


def test_there_are_at_least_21_kinds() -> None:
    assert len(THE_21) == len(set(THE_21)) == 21
    assert set(THE_21) <= set(KINDS)


@pytest.mark.parametrize(
    ("hidden", "left"),
    [
        ("hel\u200bio\u2060trope", "heliotrope"),
        ("\u202eeportoileh\u202c", "eportoileh"),
        ("a\ufe00b\ufe01c\ufe0f\ufe0e\ufe0fd", "abc\ufe0fd"),
        ("x\u200c\u200d\u200c\u200dy", "xy"),
        ("word\u3164word", "wordword"),
        ("a\U000e0001\U000e0020b", "ab"),
    ],
)
def test_characters_that_nobody_sees_are_left_out(hidden: str, left: str) -> None:
    assert left in read(page_with(f"<p>Between {hidden} here.</p>")).text


@pytest.mark.parametrize("word", ["می‌خواهم", "क्‍ष", "👩‍👧", "❤️"])
def test_joiners_stay_where_a_script_needs_them(word: str) -> None:
    assert word in read(page_with(f"<p>Between {word} here.</p>")).text


def test_camouflage_is_said() -> None:
    document = read(page_with(f'<p style="color:#fff">{SECRET}, and {SECRET} again.</p>'))
    assert any("nobody can see" in warning for warning in document.warnings)


def test_a_page_that_hides_itself_until_its_program_has_run_is_read() -> None:
    data = page_with("").replace(b"<body>", b'<body style="opacity:0">')
    document = read(data)
    assert CONTROL in document.text
    assert any("hides itself" in warning for warning in document.warnings)


def test_light_words_on_a_page_whose_ground_is_not_known_stay() -> None:
    assert CONTROL in read(page_with("").replace(b"<body>", b'<body style="color:#eee">')).text


def test_a_page_too_deep_for_a_tree_keeps_its_hidden_words_to_itself() -> None:
    deep = "<div>" * 3_000 + f'<p>{CONTROL}</p><p style="display:none">{SECRET}</p><p style="color:white">{SECRET}</p>'
    document = read(page_with(deep))
    assert MARK not in document.text
    assert CONTROL in document.text


def test_style_sheets_of_a_saved_page_count() -> None:
    body = page_with('<p class="gone">SECRET</p>').decode()
    saved = (
        "From: saved\r\nSnapshot-Content-Location: https://example.org/harbour\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; boundary="cut"\r\n\r\n'
        f"--cut\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
        "--cut\r\nContent-Type: text/css\r\n\r\n.gone{display:none}\r\n--cut--\r\n"
    )
    document, _ = read_page(PageBytes(data=saved.encode(), address="https://example.org/harbour"), characters=1_000_000)
    assert MARK not in document.text
    assert CONTROL in document.text
