import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading.document import Block, BlockKind, Document
from engine.reading.sentences import MAX_SENTENCE_CHARACTERS, sentence_spans, sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It has a limit.|The limit is 281 terabytes.",
        "Use a cache, e.g. Redis or similar, i.e. something fast.|It helps.",
        "See Dr. Smith vs. Mr. Jones.|They disagree.",
        "The value is 3.14, not 3.15.|Version 3.11.7 is newer.",
        "Edit postgresql.conf and restart.|Then wait.",
        "Well... maybe not.|Perhaps...|Yes.",
        'She said "It works."|He agreed.',
        '"Really?" he asked.|Nobody knew!',
        "J. R. R. Tolkien wrote it.|It sold well.",
        "It was released in 1999.|The next one came later.",
        "Fig. 3 shows it.|No. 5 is alive.",
        "The answer is no.|The question was bad.",
        "Call it first.|(See below.)|Then stop.",
        "It is stored on disk.[12]|Another claim follows.[3][4]|Done.",
        "First comes this.|sqlite3_open() then opens it.",
        "Apples, pears etc. are fruit.|We like them.",
        "ما هو الحد الأقصى؟|الحد هو مئة.|شكرا.",
        "यह एक वाक्य है।|यह दूसरा है।",
        "Er wurde am 3. Oktober geboren.|Das gilt z.B. heute, d.h. immer.|Ende.",
        "1. First do this.|Then do that.",
        "11.2.6. BRIN",
        "E.13.2. Changes",
        "It is in 11.2.6.|Then it ends.",
        "One paragraph without a stop\n\n|Another one",
        "A line that is\nwrapped in the middle.|And a second.",
    ],
)
def test_text_is_cut_where_a_reader_would(text: str) -> None:
    assert cut(text.replace("|", " ")) == [piece.strip() for piece in text.split("|")]


def test_text_without_spaces_is_cut_at_its_punctuation() -> None:
    pieces = ["数据库的最大大小是281太字节。", "它很大！", "真的吗？", "「はい。」", "次へ。"]
    assert cut("".join(pieces)) == pieces


def document(*blocks: tuple[BlockKind, str]) -> Document:
    text, made = "", []
    for kind, content in blocks:
        made.append(Block(kind=kind, start=len(text), end=len(text) + len(content)))
        text += content + "\n\n"
    return Document(title="T", text=text, blocks=tuple(made), format="text")


def test_headings_rows_and_code_are_not_split() -> None:
    made = document(
        (BlockKind.HEADING, "1. What is it? A question."),
        (BlockKind.TABLE_ROW, "Name.\tMeaning. And more."),
        (BlockKind.CODE, "print('a. B')\nx = 1. Y\n"),
        (BlockKind.PARAGRAPH, "One. Two."),
    )
    found = sentences(made)
    assert [sentence.block for sentence in found] == [0, 1, 2, 3, 3]
    assert [sentence.number for sentence in found] == [1, 2, 3, 4, 5]
    assert made.text[found[2].start : found[2].end] == "print('a. B')\nx = 1. Y"


@pytest.mark.parametrize("kind", list(BlockKind))
@pytest.mark.parametrize("unit", ["word, ", "x", "line\n", "a. ", "数", "\t"])
def test_what_is_too_long_is_bounded_and_nothing_is_lost(kind: BlockKind, unit: str) -> None:
    made = document((kind, unit * 20_000))
    found = sentences(made)
    assert all(sentence.end - sentence.start <= MAX_SENTENCE_CHARACTERS for sentence in found)
    kept = "".join(made.text[sentence.start : sentence.end] for sentence in found)
    assert "".join(kept.split()) == "".join(made.text.split())


@given(st.text(alphabet=st.sampled_from("ab A.!?…。؟।\"')]\n\t1,;e.g"), max_size=200) | st.text(max_size=200))
def test_spans_are_exact_for_any_text(text: str) -> None:
    spans = sentence_spans(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert text[start:end] == text[start:end].strip()
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()


def test_a_long_document_is_cut_quickly() -> None:
    made = document(*[(BlockKind.PARAGRAPH, "The quick brown fox jumps over the lazy dog. " * 40)] * 60)
    started = time.process_time()
    assert len(sentences(made)) == 2400
    assert time.process_time() - started < 0.5
