"""The byte-level vocabulary of the small model: syllables and pairs of digits first, then what its prompts are made of.

The order of the first merges makes a name always fall into the same syllables, wherever it stands: names are what the
model has to copy. The other merges are learnt from prompts without names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from small_model.made_up_worlds import SYLLABLES

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
)
_WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
"""How GPT-2's tokenizer cuts text before merging; llama.cpp does the same where ``tokenizer.ggml.pre`` is ``gpt-2``."""
_SPECIAL = re.compile("(" + "|".join(re.escape(one) for one in SPECIAL) + ")")


def byte_letters() -> dict[int, str]:
    """Return the printable letter that stands for each byte in byte-level vocabularies."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        letters.setdefault(byte, chr(256 + len(letters) - len(plain)))
    return letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Tokens in the order of their ids, and merges in the order in which they are applied."""

    tokens: tuple[str, ...]
    """In the letters of bytes; special ones as they are written."""
    merges: tuple[tuple[str, str], ...]


def _first_merges() -> list[tuple[str, str]]:
    pairs = [(one[0], one[1]) for one in SYLLABLES]
    pairs += [(one[0].upper(), one[1]) for one in SYLLABLES]
    pairs += [("Ġ", one.capitalize()) for one in SYLLABLES]
    pairs += [("1", str(digit)) for digit in range(5, 10)]
    pairs += [(left, right) for left in "0123456789" for right in "0123456789"]
    return list(dict.fromkeys(pairs))


def learn_vocabulary(texts: Iterable[str], *, size: int) -> Vocabulary:
    """Return a vocabulary of at most ``size`` tokens for texts like the given ones.

    Two syllables, or two pairs of digits, are never merged: a name must not depend on the words around it.
    """
    letters = byte_letters()
    merges = _first_merges()
    whole = {left + right for left, right in merges}
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    counts: Counter[str] = Counter()
    for text in texts:
        for piece in _SPECIAL.split(text):
            if piece not in SPECIAL:
                counts.update("".join(letters[byte] for byte in word.encode()) for word in _WORDS.findall(piece))
    words = [(_merged(list(word), ranks), count) for word, count in counts.items()]
    tokens = [*SPECIAL, *letters.values(), *dict.fromkeys(left + right for left, right in merges)]
    known = set(tokens)
    while len(tokens) < size:
        pairs: Counter[tuple[str, str]] = Counter()
        for parts, count in words:
            for pair in pairwise(parts):
                if not (pair[0] in whole and pair[1] in whole) and not any(part[-1].isdigit() for part in pair):
                    pairs[pair] += count
        if not pairs:
            break
        best, count = max(pairs.items(), key=lambda item: (item[1], item[0]))
        if count < 2:
            break
        merges.append(best)
        words = [(_joined(parts, best), times) for parts, times in words]
        if best[0] + best[1] not in known:
            known.add(best[0] + best[1])
            tokens.append(best[0] + best[1])
    return Vocabulary(tokens=tuple(tokens), merges=tuple(merges))


class Tokenizer:
    """Text to token ids and back, as llama.cpp does it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._letters = byte_letters()
        self._bytes = {letter: byte for byte, letter in self._letters.items()}
        self._ids = {token: index for index, token in enumerate(vocabulary.tokens)}
        self._ranks = {pair: rank for rank, pair in enumerate(vocabulary.merges)}
        self._words: dict[str, list[int]] = {}

    def is_copied(self, token: int) -> bool:
        """Return whether a token is a syllable within a name, or two digits."""
        text = self.vocabulary.tokens[token]
        return text in SYLLABLES or (len(text) == 2 and text.isdigit())

    def syllables(self) -> list[list[int]]:
        """Return for each syllable the tokens that it can be: small, capital, capital behind a space."""
        return [[self._ids[form] for form in (one, one.capitalize(), f"Ġ{one.capitalize()}")] for one in SYLLABLES]

    def digits(self) -> list[int]:
        """Return the tokens of the numbers from 1 to 9."""
        return [self._ids[str(number)] for number in range(1, 10)]

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text; special tokens written in it are recognised."""
        ids: list[int] = []
        for piece in _SPECIAL.split(text):
            if piece in SPECIAL:
                ids.append(self._ids[piece])
            else:
                for word in _WORDS.findall(piece):
                    if word not in self._words:
                        parts = _merged([self._letters[byte] for byte in word.encode()], self._ranks)
                        self._words[word] = [self._ids[part] for part in parts]
                    ids += self._words[word]
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of ids."""
        found = bytearray()
        for index in ids:
            token = self.vocabulary.tokens[index]
            found += token.encode() if token in SPECIAL else bytes(self._bytes[letter] for letter in token)
        return found.decode(errors="replace")


def _merged(parts: list[str], ranks: dict[tuple[str, str], int]) -> list[str]:
    while len(parts) > 1:
        best = min(pairwise(parts), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        parts = _joined(parts, best)
    return parts


def _joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and (joined[-1], part) == pair:
            joined[-1] += part
        else:
            joined.append(part)
    return joined
