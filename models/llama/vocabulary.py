"""Turns text into tokens and back, and never lets ordinary text become a special token.

A prompt is kept as *marked text*: a special token is written as a pair of surrogates that holds its number, and every
other character stands for itself. Surrogates cannot occur in real text, so nothing that a document says can be taken
for a special token, and two prompts begin alike exactly when their marked texts do.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Sequence
from typing import Any

from models.llama.bindings import api

_MARK = re.compile("([\ud800-\udbff][\udc00-\udfff])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9_ -]*>\Z")
_USUAL_TAGS = ("tool_call", "tool_response", "think", "answer")
"""What replies may hold even where a file calls it a control token."""
_PIECE_BYTES = 1024
_NOTHING = re.compile(r"(?!)")


class Vocabulary:
    """The tokens of a loaded model."""

    def __init__(self, vocab: Any) -> None:
        self.handle = vocab
        self.size = int(api.llama_vocab_n_tokens(vocab))
        self.bos = int(api.llama_vocab_bos(vocab))
        self.eos = int(api.llama_vocab_eos(vocab))
        self.adds_bos = bool(api.llama_vocab_get_add_bos(vocab)) and self.bos >= 0
        self._buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        self._pieces: dict[int, bytes] = {}
        self._texts: dict[int, str | None] = {}
        self._special = self._find_special()
        self.ends = frozenset(token for token in self._special if api.llama_vocab_is_eog(vocab, token)) | {
            token for token in (self.eos, int(api.llama_vocab_eot(vocab))) if token >= 0
        }
        self._by_text = {text: token for token, text in self._special.items()}
        tags = {text: token for text, token in self._by_text.items() if self._is_tag(text, token)}
        self.tags = frozenset(tags)
        """Special tokens that a reply may hold, such as ``<tool_call>``."""
        self._all_pattern = _any_of(self._by_text)
        self._tag_pattern = _any_of(tags)
        self._lookalike = re.compile(f"(?={self._all_pattern.pattern})") if self._by_text else _NOTHING

    def _is_tag(self, text: str, token: int) -> bool:
        if token in self.ends or token == self.bos or not _TAG.match(text):
            return False
        is_own = bool(api.llama_vocab_get_attr(self.handle, token) & api.LLAMA_TOKEN_ATTR_USER_DEFINED)
        return is_own or text.strip("</>") in _USUAL_TAGS

    # --- marked text -----------------------------------------------------------------------------------------------

    def clean(self, text: str) -> str:
        """Return the text of anybody as marked text without special tokens."""
        return _SURROGATE.sub("\ufffd", text)

    def with_tags(self, text: str) -> str:
        """Return marked text in which only tags such as ``<tool_call>`` are special tokens: instructions, replies."""
        return self._tag_pattern.sub(self._mark_match, self.clean(text))

    def with_specials(self, text: str) -> str:
        """Return marked text in which everything that spells a special token is one: text of a template."""
        return self._all_pattern.sub(self._mark_match, self.clean(text))

    def begin(self, marked: str) -> str:
        """Return the marked text with the token that begins every text, if the model wants one."""
        if not self.adds_bos or marked.startswith(mark(self.bos)):
            return marked
        return mark(self.bos) + marked

    def _mark_match(self, match: re.Match[str]) -> str:
        return mark(self._by_text[match.group()])

    # --- tokens ----------------------------------------------------------------------------------------------------

    def encode(self, marked: str) -> list[int]:
        """Return the tokens of marked text."""
        tokens: list[int] = []
        for index, part in enumerate(_MARK.split(marked)):
            if index % 2:
                tokens.append(unmark(part))
            elif part:
                tokens += self.encode_plain(part)
        return tokens

    def encode_plain(self, text: str) -> list[int]:
        """Return the tokens of text without special tokens, whatever it spells."""
        cuts = [match.start() + 1 for match in self._lookalike.finditer(text)]
        tokens: list[int] = []
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            tokens += self._tokenize(text[start:end])
        if not self._tag_free(tokens):
            tokens = [token for letter in text for token in self._tokenize(letter)]
        return tokens

    def _tag_free(self, tokens: Iterable[int]) -> bool:
        special = self._special
        return not any(token in special for token in tokens)

    def _tokenize(self, text: str) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (ctypes.c_int32 * room)()
        count = int(api.llama_tokenize(self.handle, data, len(data), tokens, room, False, False))
        if count < 0:
            tokens = (ctypes.c_int32 * -count)()
            count = int(api.llama_tokenize(self.handle, data, len(data), tokens, -count, False, False))
        return tokens[: max(0, count)]

    def ends_of(self, tokens: Sequence[int], marked: str) -> list[int]:
        """Return where each token ends in the marked text that the tokens make, in half characters.

        Odd numbers lie inside a character, or inside a stretch whose tokens do not spell its text letter by letter.
        """
        ends: list[int] = []
        position = 0
        for number, part in enumerate(_MARK.split(marked)):
            if number % 2:
                position += 2
                ends.append(2 * position)
            elif part:
                ends += self._stretch(tokens, len(ends), position, len(part))
                position += len(part)
        return ends

    def _stretch(self, tokens: Sequence[int], index: int, position: int, length: int) -> list[int]:
        """Return the ends of the tokens from ``index`` on that make a text of this length without special tokens."""
        ends: list[int] = []
        pending = b""
        reached = position
        for token in tokens[index:]:
            if token in self._special:
                break
            whole = None if pending else self.text(token)
            if whole is None:
                pending += self.piece(token)
                whole = _whole(pending)
            if whole is None:
                ends.append(2 * reached + 1)
                continue
            pending = b""
            reached += len(whole)
            ends.append(2 * reached)
        if ends and (reached != position + length or pending):
            return [*[2 * position + 1] * (len(ends) - 1), 2 * (position + length)]
        return ends

    @property
    def special_tokens(self) -> tuple[int, ...]:
        """All special tokens."""
        return tuple(self._special)

    def special_text(self, token: int) -> str | None:
        """Return how a special token is spelt; None for an ordinary one."""
        return self._special.get(token)

    def special_token(self, text: str) -> int | None:
        """Return the special token that is spelt so."""
        return self._by_text.get(text)

    def text(self, token: int) -> str | None:
        """Return what an ordinary token says; None when it is only a part of a character."""
        try:
            return self._texts[token]
        except KeyError:
            text = self._texts[token] = _whole(self.piece(token))
            return text

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for."""
        piece = self._pieces.get(token)
        if piece is None:
            length = int(api.llama_token_to_piece(self.handle, token, self._buffer, _PIECE_BYTES, 0, True))
            if length < 0:
                room = ctypes.create_string_buffer(-length)
                length = int(api.llama_token_to_piece(self.handle, token, room, -length, 0, True))
                piece = room.raw[: max(0, length)]
            else:
                piece = self._buffer.raw[:length]
            self._pieces[token] = piece
        return piece

    def _find_special(self) -> dict[int, str]:
        control = api.LLAMA_TOKEN_ATTR_CONTROL | api.LLAMA_TOKEN_ATTR_UNKNOWN
        own = api.LLAMA_TOKEN_ATTR_USER_DEFINED
        special: dict[int, str] = {}
        for token in range(self.size):
            kind = api.llama_vocab_get_attr(self.handle, token)
            if kind & (control | own):
                text = self.piece(token).decode("utf-8", "replace")
                if text and (kind & control or (text.startswith("<") and text.endswith(">"))):
                    special[token] = text
        return special


def mark(token: int) -> str:
    """Return the pair of surrogates that stands for a special token; its number must be below 1,048,576."""
    return chr(0xD800 + (token >> 10)) + chr(0xDC00 + (token & 0x3FF))


def unmark(pair: str) -> int:
    """Return the token that a pair of surrogates stands for."""
    return ((ord(pair[0]) - 0xD800) << 10) + ord(pair[1]) - 0xDC00


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    alternatives = sorted(texts, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, alternatives))) if alternatives else _NOTHING


def _whole(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
