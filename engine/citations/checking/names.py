"""Names and identifiers in a text, and whether another text has them, spelling variants forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.citations.checking.languages import countries, folded, language_of, month_names
from engine.reading.stop_words import stop_terms

_IDENTIFIER = re.compile(
    r"(?<![\w-])--?[a-z][\w-]+(?:\.\d[\w-]*)*(?!\w)"
    r"|(?<![\w@/.-])(?:https?://\S{1,300}|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,32}){1,4}"
    r"|\w+_\w+|\w+(?:\.\w+)*\(\)|v?\d+(?:\.\d+){2,8}(?:[-+~]?[a-z]+\d*)?"
    r"|[a-z]+[A-Z]\w*|[A-Z]+[a-z]+[A-Z]\w*|[A-Za-z]+(?:-[A-Za-z]+)*-?\d[\w-]*(?:\.\d[\w-]*)*|0x[\da-fA-F]+|\d+[A-Za-z]+\d\w*)(?!\w)"
)
_WORD = re.compile(r"[^\W_][\w]*(?:(?:[.&]|['’](?!s\b)|-)[^\W_]\w*)*\.?")
_KATAKANA = re.compile(r"[\u30a1-\u30ff]{3,}")
_SENTENCE_END = '.!?:;•*"“„«»(–—|…'
_LINKS = frozenset("of de la le du des der den von van zu di da do dos del el & the für for".split())
_NOT_NAMES = frozenset(
    "i mr mrs ms dr prof st sir lord herr frau monsieur madame no nr vs etc according however moreover although while "
    "when where since during after before also both each every many most some several other another there these those "
    "such thus therefore because if then once only even still yet now here today later earlier finally first second "
    "its their his her our your my we you they he she it this that in on at by for from with to of and or as the a an "
    "is are was were has have had will would can could may might must should do does did not nor but so than who what "
    "which why how all any few more less monday tuesday wednesday thursday friday saturday sunday am pm "
    "section chapter figure table page part appendix volume article".split()
)
_GENERIC = frozenset(
    "project company university institute institution college school team group government act law treaty foundation "
    "inc ltd corporation corp agency council committee commission department ministry city town village river lake "
    "county state province district republic kingdom empire island islands mount mountain president minister king "
    "queen professor doctor general system systems manual guide report book series museum library church street".split()
)
"""Words that go with a name and may be added to it or left out."""
_NOUNS_ARE_CAPITAL = ("de",)
_ENDINGS = frozenset(
    " s es n en e er ern in ish ian ians an ans ese ic isch ische ischer ischen ischem isches ais aise ien ienne ien i "
    "a u y om em ów ie ium".split(" ")
)
_BOTH_ENDINGS = frozenset((("y", "ian"), ("y", "ies"), ("ey", "ish"), ("e", "ish"), ("a", "ish"), ("en", "ish")))
_SPELT = re.compile(r"[^\W_](?:[\w.&'’-]*[^\W_])?")
_PLAIN = re.compile(r"(?<![^\W_])[a-zà-ÿ]{3,}(?![^\W_])")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_LETTERS = 2_000
_LEAST_STEM = 4
_MOST_NAMES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as the text has it."""

    said: str
    start: int
    end: int
    words: tuple[str, ...]
    """What of it has to be found, folded; for an identifier, itself."""
    is_identifier: bool = False
    is_any_enough: bool = False
    """Whether one of the words is enough, since capital letters do not make a name in this language."""


class KnownWords:
    """The words of a text, prepared for looking up names in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        joined = "\n".join(texts)
        self.flat = " ".join(folded(line) for line in joined.split())
        self._by_stem: dict[str, set[str]] = {}
        words = re.findall(r"[^\W_]+", self.flat)
        for word in words:
            self._by_stem.setdefault(word[:3], set()).add(word)
        self._compact = frozenset(re.sub(r"[\W_]", "", word) for word in _SPELT.findall(self.flat))
        self._script = _script(joined)
        self.acronyms = frozenset(_initials(joined))
        self.language = language_of(joined)
        self._countries = self._countries_in(words)

    def has(self, name: Name, *, is_other_language: bool = False) -> bool:
        """Return whether the name is there, in some spelling."""
        if name.is_identifier:
            return self._has_identifier(name.words[0])
        if self._has_country(name) or self._is_acronym(name):
            return True
        if is_other_language or _script(name.said) != self._script:
            return True  # names are translated and transliterated
        known = [self._has_word(word) or self._has_initial(word, name.words[-1]) for word in name.words]
        return any(known) if name.is_any_enough else all(known)

    def shares_no_word_of(self, text: str) -> bool:
        """Whether this is clearly of another language than English, and no plain word of a text is in it."""
        if self.language in ("", "en"):
            return False
        words = {folded(word) for word in _PLAIN.findall(text)}
        return len(words) > 1 and not any(self._has_word(word) for word in words)

    def _has_word(self, word: str) -> bool:
        if word in self._compact:
            return True
        candidates = self._by_stem.get(word[:3], ())
        if any(is_form(word, other) for other in candidates):
            return True
        pieces = re.findall(r"[^\W_]+", word)
        if len(pieces) > 1:
            return all(self._has_word(piece) for piece in pieces)
        return not word.isascii() and not word[0].isalnum()

    def _has_initial(self, word: str, last: str) -> bool:
        """Whether the text has a letter with a full stop in the place of a first name, or a name for a letter."""
        if len(word) == 1:
            return True
        pattern = rf"(?<!\w){re.escape(word[0])}\. ?(?:\w\. ?){{0,2}}{re.escape(last)}(?!\w)"
        return word != last and re.search(pattern, self.flat) is not None

    def _has_identifier(self, word: str) -> bool:
        plain = word.strip("_").removesuffix("()").rstrip(".,;:)")
        no_longer = r"(?<!\d\.)" if plain[:1].isdigit() else ""
        return re.search(rf"(?<![^\W_]){no_longer}{_spelt(plain)}(?![^\W_]|\.\d)", self.flat) is not None

    def _is_acronym(self, name: Name) -> bool:
        if len(name.words) == 1:
            return name.said.isupper() and folded(name.said.replace(".", "")) in self.acronyms
        letters = "".join(word[0] for word in name.words)
        return len(letters) > 2 and letters in self._compact

    def _has_country(self, name: Name) -> bool:
        known = countries()
        codes = [known.get(" ".join(name.words)), *(known.get(word) for word in name.words)]
        return codes[0] in self._countries if codes[0] else len(codes) == 2 and codes[1] in self._countries

    def _countries_in(self, words: list[str]) -> frozenset[str]:
        known = countries()
        found = {known[word] for word in words if word in known}
        for length in (2, 3):
            runs = (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))
            found.update(known[run] for run in runs if run in known)
        return frozenset(found)


def is_form(one: str, other: str) -> bool:
    """Return whether two folded words are forms of one name: Berlin, Berlins, Berliner."""
    if one == other:
        return True
    shared = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rests = (one[shared:], other[shared:])
    if shared < _LEAST_STEM and not (shared == 3 and set(rests) == {"", "s"}):
        return False
    if "" in rests:
        return rests[0] in _ENDINGS and rests[1] in _ENDINGS
    if not one.isascii() and not other.isascii():
        return max(map(len, rests)) <= 2
    return rests in _BOTH_ENDINGS or rests[::-1] in _BOTH_ENDINGS


def names_of(text: str, *, language: str = "") -> tuple[Name, ...]:
    """Return the names and identifiers of a text; a word that merely begins a sentence is none."""
    language = language or language_of(text)
    found: list[Name] = []
    for match in _IDENTIFIER.finditer(text):
        said = match[0].rstrip(".,;:)")
        found.append(
            Name(
                said=said, start=match.start(), end=match.start() + len(said), words=(folded(said),), is_identifier=True
            )
        )
    rest = _IDENTIFIER.sub(lambda match: "_" * len(match[0]), text)
    for run in _runs(rest):
        if name := _of_run(run, text, language):
            found.append(name)
    for match in _KATAKANA.finditer(text):
        found.append(
            Name(said=match[0], start=match.start(), end=match.end(), words=(folded(match[0]),), is_identifier=True)
        )
    return tuple(sorted(found[:_MOST_NAMES], key=lambda name: name.start))


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield runs of capitalised words, with small words such as “of” between them."""
    run: list[re.Match[str]] = []
    links: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        last = (links or run)[-1] if run else None
        is_apart = last is not None and (
            text[last.end() : match.start()].strip(" \t\n-") != "" or _ends_sentence(last[0])
        )
        if run and is_apart:
            yield run
            run, links = [], []
        if match[0][0].isupper():
            run += [*links, match]
            links = []
        elif run and match[0].casefold() in _LINKS and not links:
            links = [match]
        elif run:
            yield run
            run, links = [], []
    if run:
        yield run


def _ends_sentence(word: str) -> bool:
    return word.endswith(".") and len(word) > 3 and "." not in word[:-1]


def _of_run(run: list[re.Match[str]], text: str, language: str) -> Name | None:
    capital = [match for match in run if match[0][0].isupper()]
    before = text[: run[0].start()].rstrip()
    is_first = not before or before[-1] in _SENTENCE_END
    kept = []
    for match in capital:
        word = re.sub(r"['’]s$", "", match[0].rstrip("._"))
        plain = folded(word).replace(".", "")
        is_shouted = word.isupper() and len(plain) > 1
        is_first_word = is_first and match is capital[0]
        if not is_shouted and (plain in _NOT_NAMES or plain in month_names() or (is_first_word and _is_common(plain))):
            continue
        kept.append((match, word, plain))
    if not kept:
        return None
    is_alone = len(kept) == 1
    starts = is_first and kept[0][0] is capital[0]
    is_acronym = is_alone and kept[0][1].isupper() and len(kept[0][2]) > 1
    if is_alone and starts and not is_acronym:
        return None
    if language in _NOUNS_ARE_CAPITAL and is_alone and not is_acronym:
        return None
    words = tuple(plain for _, _, plain in kept if plain)
    words = tuple(word for word in words if word not in _GENERIC) or words
    if starts and len(words) > 1:
        words = words[1:] if not is_acronym else words
    return Name(
        said=text[kept[0][0].start() : kept[-1][0].start() + len(kept[-1][1])],
        start=kept[0][0].start(),
        end=kept[-1][0].start() + len(kept[-1][1]),
        words=words,
        is_any_enough=language in _NOUNS_ARE_CAPITAL and not is_acronym,
    )


def _spelt(word: str) -> str:
    """A pattern of an identifier, in which a hyphen may be a space or nothing: COVID-19, Covid 19."""
    first = "" if word[:1] != "-" else re.escape(word[: len(word) - len(word.lstrip("-"))])
    return first + r"[-‐‑ ]?".join(re.escape(piece) for piece in word[len(word) - len(word.lstrip("-")) :].split("-"))


def _script(text: str) -> bool:
    """Whether most letters are Latin ones."""
    letters = _LETTER.findall(text[:_MOST_LETTERS])
    return 2 * sum(bool(_LATIN.match(letter)) for letter in letters) >= len(letters)


def _is_common(word: str) -> bool:
    return word in stop_terms() or word.endswith(("ing", "ly"))


def _initials(text: str) -> Iterator[str]:
    """Yield the acronyms that runs of capitalised words could have: who for World Health Organization."""
    for run in _runs(text):
        capital = [match[0] for match in run if match[0][0].isupper()][:12]
        for start in range(len(capital) - 1):
            for end in range(start + 2, min(len(capital), start + 6) + 1):
                yield "".join(folded(word[0]) for word in capital[start:end])
