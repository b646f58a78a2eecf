"""Keeps replies within a grammar: the token that was sampled is checked, and only a wrong one costs a whole mask."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from llguidance import LLMatcher, LLTokenizer

from models.llama.bindings import tokenize_function_address
from models.llama.vocabulary import Vocabulary


class Grammars:
    """Makes constraints for one vocabulary. What they share takes about a second to make, at the first of them."""

    def __init__(self, vocabulary: Vocabulary, *, words: int) -> None:
        """``words`` is the number of logits, which may be above the number of tokens."""
        self._vocabulary = vocabulary
        self._words = words
        self._tokenizer: LLTokenizer | None = None

    def constraint(self, grammar: str) -> Constraint:
        """Return what keeps one reply within a Lark grammar.

        Raises:
            ValueError: the grammar is wrong; the message says where.
        """
        matcher = LLMatcher(self._get_tokenizer(), LLMatcher.grammar_from_lark(grammar), log_level=0)
        if matcher.is_error():
            raise ValueError(f"The grammar is wrong: {matcher.get_error()}")
        return Constraint(matcher)

    def _get_tokenizer(self) -> LLTokenizer:
        if self._tokenizer is None:
            vocabulary = self._vocabulary
            tokens = [vocabulary.piece(token) for token in range(vocabulary.size)]
            for token in vocabulary.special_tokens:
                # How llguidance tells special tokens from text that is spelt the same.
                tokens[token] = b"\xff" + tokens[token]
            tokens += [b""] * (self._words - len(tokens))
            self._tokenizer = LLTokenizer.from_llamacpp(  # type: ignore[attr-defined, unused-ignore]  # missing in its stub
                tokens=tokens,
                vocab_ptr=vocabulary.handle,
                tokenize_fptr=tokenize_function_address,
                eos_token=sorted(vocabulary.ends, key=lambda token: (token != vocabulary.eos, token)),
                slices=None,
            )
        return self._tokenizer


class Constraint:
    """What the rest of one reply may be."""

    def __init__(self, matcher: LLMatcher) -> None:
        self._matcher = matcher

    @property
    def may_end(self) -> bool:
        """Whether the reply is complete as it is."""
        return bool(self._matcher.is_accepting())

    @property
    def must_end(self) -> bool:
        """Whether nothing more may follow."""
        return bool(self._matcher.is_stopped())

    def take(self, token: int) -> bool:
        """Go on by this token if it is allowed; False when it is not, and nothing has changed."""
        return int(self._matcher.try_consume_tokens([token])) == 1

    def forced(self) -> list[int]:
        """Return the tokens that must come next, and go on by them; empty where there is a choice."""
        tokens = list(self._matcher.compute_ff_tokens())
        return tokens[: int(self._matcher.try_consume_tokens(tokens))] if tokens else tokens

    def restrict(self, logits: npt.NDArray[np.float32]) -> None:
        """Make every token that may not come next impossible.

        Raises:
            ValueError: the grammar is too complex to be followed.
        """
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        if self._matcher.is_error():
            raise ValueError(f"The grammar cannot be followed: {self._matcher.get_error()}")
        allowed = np.unpackbits(bits, bitorder="little")[: logits.size]
        forbidden = np.flatnonzero(allowed == 0)
        logits[forbidden] = -np.inf
        logits[allowed.size :] = -np.inf
