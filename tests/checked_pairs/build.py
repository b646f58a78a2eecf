"""Makes a set of labelled pairs from real documents: sentences beside passages, each labelled as what it is.

    python tests/checked_pairs/build.py --to FILE [--root /]

The set is no part of the project, since its passages are not ours: it is written to FILE, for
``tests/benchmarks/bench_checks.py --pairs FILE``. The passages are short paragraphs of Debian's documentation
packages: debian-history, debian-faq, debian-handbook, git-doc, sqlite3-doc, python3.11-doc, anarchism and jargon-text.
With ``apt-get download`` and ``dpkg -x`` they can be unpacked into a folder, which ``--root`` names. A sentence is one
of the passage, or one with a single thing changed by the rules below, or one that was written about it by hand
(``rewordings.json``). The cases of format and spelling of ``written.json`` are added. The rules know nothing of how
the checks work. The same documents give the same set; with another version of a package it may be a little different.

Whoever wrote the pairs by hand also wrote the checks; the figures of those kinds are to be read with that in mind.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checked_pairs.sources import Paragraph, paragraphs, sentences, translated

HERE = Path(__file__).parent
OF_A_KIND = {"true": 60, "unrelated": 30}
OF_OTHER_KINDS = 36
OF_A_PACKAGE = 9
"""Of a kind, so that no document decides a figure."""

_NUMBER = re.compile(
    r"(?<!\w\()(?<![\w.,:/+$-])\d{1,3}(?:,\d{3})+(?![\w.,])|(?<![\w.,:/+-])\d{1,4}(?:\.\d+)?(?![\w/]|[.,:-]\d)"
)
_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(
    rf"\b({'|'.join(_MONTHS)})\s+(?:(\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(\d{{4}})\b|\b(\d{{4}})-(\d\d)-(\d\d)\b"
)
_UNITS = {
    "bytes": "megabytes",
    "byte": "kilobyte",
    "bits": "bytes",
    "seconds": "minutes",
    "minutes": "hours",
    "hours": "days",
    "days": "weeks",
    "weeks": "months",
    "months": "years",
    "years": "months",
    "percent": "seconds",
    "MB": "GB",
    "GB": "TB",
    "KB": "MB",
    "%": " degrees Celsius",
    "milliseconds": "seconds",
    "MiB": "KiB",
    "GiB": "MiB",
    "kB": "MB",
}
_WITH_UNIT = re.compile(rf"(?<![\w.,:/-])(\d[\d,.]*)(\s?|-)({'|'.join(map(re.escape, _UNITS))})(?![\w-])")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,}){0,2}(?=[\s,.)'’])")
_NO_NAMES = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday "
    "Section Chapter Figure Table Note See The This If In".split()
)
_VERB = re.compile(r"\b(is|are|was|were|can|will|should|has been|have been|must)\b(?! not| n't|n't| never| no\b)")
_NEGATION = re.compile(r"\b(is|are|was|were|can|will|should|does|do|did|must) ?not\b")
_QUOTED = re.compile(r"[“”\"«‘]")
_PARENTHESIS = re.compile(r" \([^()]{3,80}\)")
_RELATIVE = re.compile(r", (?:which|who|where)\b[^,.;()“\"]{10,90}(?=\.$)")
_AFTER_SEMICOLON = re.compile(r"; [^;()“\"]{10,150}(?=\.$)")
_OPENING = re.compile(
    r"^(?:However|Moreover|Therefore|Thus|In addition|Note that|Also|For example|Of course|Similarly),? "
)
_SHORTEST_CLAIM = 40
_PLAIN_WORD = re.compile(r"(?<=[a-z] )[a-z]{5,}(?= [a-z])")
_WORDS = {
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
    12: "twelve",
    16: "sixteen",
    20: "twenty",
    64: "sixty-four",
    100: "one hundred",
    1000: "one thousand",
}
_LONGER = {
    "minutes": (60, "seconds"),
    "hours": (60, "minutes"),
    "days": (24, "hours"),
    "weeks": (7, "days"),
    "seconds": (1000, "milliseconds"),
    "KB": (1000, "bytes"),
    "MB": (1000, "KB"),
    "GB": (1000, "MB"),
    "TB": (1000, "GB"),
    "MiB": (1024, "KiB"),
    "GiB": (1024, "MiB"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A sentence beside its passage."""

    kind: str
    claim: str
    passage: str
    half: str
    source: dict[str, str]
    wrong: str = ""
    """What was changed, as it stands in the sentence."""
    language: str = "en"
    """Of the passage."""


@dataclass(slots=True)
class Set:
    """The pairs so far, as many of each kind and package as there may be."""

    pairs: list[Pair] = field(default_factory=list)

    def wants(self, kind: str, package: str) -> bool:
        of_kind = [pair for pair in self.pairs if pair.kind == kind and pair.source.get("by") is None]
        of_package = sum(pair.source["package"] == package for pair in of_kind)
        return len(of_kind) < OF_A_KIND.get(kind, OF_OTHER_KINDS) and of_package < OF_A_PACKAGE

    def add(self, pair: Pair) -> None:
        self.pairs.append(pair)


def changed(sentence: str, passage: str, names: Sequence[str], dice: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield kind, sentence and what is wrong in it, for each rule that can be used on a sentence."""
    undated = _DATE.sub(lambda match: "_" * len(match[0]), sentence)
    numbers = [match for match in _NUMBER.finditer(undated) if not re.match(r"(?:18|19|20)\d\d$", match[0])]
    if numbers:
        match = dice.choice(numbers)
        other = _other_number(match[0], passage, dice)
        yield "altered number", _put(sentence, match, other), other
    if numbers:
        match = dice.choice(numbers)
        others = [other[0] for other in _NUMBER.finditer(passage.replace(sentence, " ")) if other[0] not in sentence]
        if others:
            other = dice.choice(others)
            yield "number from elsewhere in the passage", _put(sentence, match, other), other
    if match := _WITH_UNIT.search(sentence):
        other = f"{match[1]}{match[2]}{_UNITS[match[3]]}".replace("  ", " ")
        if other not in passage:
            yield "altered unit", _put(sentence, match, other), other
    if match := _DATE.search(sentence):
        other = _other_date(match, dice)
        if other not in passage:
            yield "altered date", _put(sentence, match, other), other
    found = [match for match in _NAME.finditer(sentence) if match[0].split()[0] not in _NO_NAMES | {*_MONTHS}]
    others = [name for name in names if name not in passage and not set(name.split()) & set(passage.split())]
    if found and others:
        match = dice.choice(found)
        other = dice.choice(others)
        yield "swapped name", _put(sentence, match, other), other
    elsewhere = [
        name[0]
        for name in _NAME.finditer(passage.replace(sentence, " "))
        if name[0] not in sentence and name[0].split()[0] not in _NO_NAMES | {*_MONTHS}
    ]
    if found and elsewhere:
        match, other = dice.choice(found), dice.choice(elsewhere)
        yield "name from elsewhere in the passage", _put(sentence, match, other), other
    if match := _NEGATION.search(sentence):
        yield "negated", _put(sentence, match, match[1]), match[0]
    elif match := _VERB.search(sentence):
        first, _, rest = match[1].partition(" ")
        yield "negated", _put(sentence, match, f"{first} not {rest}".strip()), "not"
    words = [match for match in _PLAIN_WORD.finditer(sentence)]
    if len(words) > 3 and '"' not in sentence and "“" not in sentence:
        match, other = dice.choice(words), dice.choice(words)[0]
        if other != match[0] and (quoted := _put(sentence, match, other).rstrip(".")) not in passage:
            yield "altered quotation", f"The text says: “{quoted}”.", quoted
            yield "true quotation", f"The text says: “{sentence.rstrip('.')}”.", ""


def shortened(sentence: str) -> Iterator[str]:
    """Yield a sentence without a parenthesis, an added clause or an opening word: less, and still true."""
    if _QUOTED.search(sentence):
        return  # what is left out of a quotation alters it
    for pattern in (_PARENTHESIS, _RELATIVE, _AFTER_SEMICOLON, _OPENING):
        if match := pattern.search(sentence):
            less = sentence[: match.start()] + sentence[match.end() :]
            if len(less) >= _SHORTEST_CLAIM:
                yield less[0].upper() + less[1:]


def reformatted(sentence: str) -> Iterator[str]:
    """Yield a sentence with a number, a date or a unit in another format."""
    if _QUOTED.search(sentence):
        return
    if match := _DATE.search(sentence):
        if match[1]:
            month = _MONTHS.index(match[1]) + 1
            yield _put(
                sentence,
                match,
                f"{match[3]}-{month:02}-{int(match[2]):02}" if match[2] else f"{match[1][:3]} {match[3]}",
            )
        else:
            yield _put(
                sentence,
                match,
                f"{int(match[6])} {_MONTHS[int(match[5]) - 1]} {match[4]}" if 1 <= int(match[5]) <= 12 else match[0],
            )
        return
    if (match := _WITH_UNIT.search(sentence)) and match[3] in _LONGER and match[1].isdigit():
        factor, unit = _LONGER[match[3]]
        yield _put(sentence, match, f"{int(match[1]) * factor:,} {unit}")
    elif (match := _NUMBER.search(sentence)) and not re.match(r"(?:18|19|20)\d\d$", match[0]) and "." not in match[0]:
        before = sentence[: match.start()].split()[-1:]
        if before and before[0][0].isupper():
            return  # Chapter 8, Python 3: a name, not a count
        value = int(match[0].replace(",", ""))
        if value in _WORDS:
            yield _put(sentence, match, _WORDS[value])
        elif value >= 1000:
            yield _put(sentence, match, str(value) if "," in match[0] else f"{value:,}")


def _put(sentence: str, match: re.Match[str], other: str) -> str:
    return sentence[: match.start()] + other + sentence[match.end() :]


def _other_number(number: str, passage: str, dice: random.Random) -> str:
    while True:
        digits = list(number)
        places = [place for place, digit in enumerate(digits) if digit.isdigit()]
        place = dice.choice(places)
        digits[place] = dice.choice([digit for digit in "123456789" if digit != digits[place]])
        other = "".join(digits)
        if not re.search(rf"(?<!\d){re.escape(other)}(?!\d)", passage):
            return other


def _other_date(match: re.Match[str], dice: random.Random) -> str:
    said = match[0]
    if match[4]:
        return f"{match[4]}-{match[5]}-{int(match[6]) % 28 + 1:02}"
    which = dice.choice(["year", "month"] + ["day"] * bool(match[2]))
    if which == "year":
        return said.replace(match[3], str(int(match[3]) + dice.choice([-3, -1, 1, 2])))
    if which == "month":
        return said.replace(match[1], dice.choice([month for month in _MONTHS if month != match[1]]))
    return re.sub(rf"\b{match[2]}(?=\D)", str(int(match[2]) % 27 + 2), said, count=1)


def _key(text: str) -> str:
    return hashlib.sha256(f"order {text}".encode()).hexdigest()


def build(root: Path) -> list[Pair]:
    """Return the pairs: the same for the same documents."""
    found = Set()
    everything = sorted({one.text: one for one in paragraphs(root)}.values(), key=lambda one: _key(one.text))
    reworded(found, everything)
    names: dict[str, list[str]] = {}
    for one in everything:
        names.setdefault(one.package, []).extend(
            match[0] for match in _NAME.finditer(one.text) if " " in match[0] and match[0].split()[0] not in _NO_NAMES
        )
    names = {package: sorted(set(those)) for package, those in names.items()}
    for number, one in enumerate(everything):
        dice = random.Random(one.text)
        usable = sentences(one.text)
        if not usable:
            continue
        sentence = dice.choice(usable)
        made = [("true", sentence, "")]
        made += [("true, shortened", said, "") for said in shortened(sentence)]
        made += [("true, other format", said, "") for said in reformatted(sentence)]
        made += [*changed(sentence, one.text, names[one.package], dice)]
        # One pair of a paragraph, and of the rarest kind that it can give.
        made.sort(key=lambda entry: sum(pair.kind == entry[0] for pair in found.pairs))
        other = everything[(number + 1) % len(everything)]
        made.append(("unrelated", dice.choice(sentences(other.text) or [""]), ""))
        for kind, claim, wrong in made:
            if claim and found.wants(kind, one.package) and (kind != "unrelated" or other.package != one.package):
                found.add(Pair(kind=kind, claim=claim, passage=one.text, half=one.half, source=one.source, wrong=wrong))
                break
    in_other_languages(found, root)
    by_hand(found)
    return found.pairs


def reworded(found: Set, everything: Sequence[Paragraph]) -> None:
    """Add what a person wrote about passages of the documents."""
    for entry in json.loads((HERE / "rewordings.json").read_text("utf-8")):
        one = next((one for one in everything if one.text.startswith(entry["opening"])), None)
        if one is None:
            raise SystemExit(f"no document has a paragraph that begins: {entry['opening']}")
        source = {**one.source, "by": "hand"}
        for claim in entry["true"]:
            found.add(Pair(kind="true paraphrase", claim=claim, passage=one.text, half=one.half, source=source))
        for kind, claim, wrong in entry["wrong"]:
            found.add(Pair(kind=kind, claim=claim, passage=one.text, half=one.half, source=source, wrong=wrong))


def in_other_languages(found: Set, root: Path) -> None:
    """Add English sentences beside the translation of their paragraph, as they are and with a number changed."""
    counts: dict[tuple[str, str], int] = {}
    for english, other, language in sorted(translated(root), key=lambda entry: _key(entry[1].text)):
        dice = random.Random(other.text)
        usable = sentences(english.text)
        usable = [
            sentence for sentence in usable if not re.search(r"[“”\"«]", sentence)
        ]  # no quotation is a translation
        if not usable or not re.search(r"\d|[a-z] [A-Z]", english.text):
            continue
        sentence = dice.choice(usable)
        changes = [
            entry for entry in changed(sentence, other.text, [], dice) if entry[0] in ("altered number", "altered date")
        ]
        kinds = [("true, other language", sentence, "")] + [
            ("altered number, other language", entry[1], entry[2]) for entry in changes
        ]
        kind, claim, wrong = min(kinds, key=lambda entry: counts.get((entry[0], language), 0))
        if counts.get((kind, language), 0) >= 6:
            continue
        counts[kind, language] = counts.get((kind, language), 0) + 1
        found.add(
            Pair(
                kind=kind,
                claim=claim,
                passage=other.text,
                half=other.half,
                source=other.source,
                wrong=wrong,
                language=language,
            )
        )


def by_hand(found: Set) -> None:
    """Add the cases of format and spelling."""
    for group in json.loads((HERE / "written.json").read_text("utf-8")):
        for claim, passage, *wrong in group["pairs"]:
            half = "held_out" if int(_key(claim + passage), 16) % 2 else "development"
            source = {"package": "none", "by": "hand"}
            found.add(
                Pair(
                    kind=group["kind"],
                    claim=claim,
                    passage=passage,
                    half=half,
                    source=source,
                    wrong=(wrong or [""])[0],
                    language="",
                )
            )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True, help="the file to be written, outside of the sources")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where usr/share/doc is")
    options = parser.parse_args()
    pairs = build(options.root)
    lines = [
        json.dumps(
            {
                "id": number,
                "kind": pair.kind,
                "is_true": pair.kind.startswith("true"),
                "half": pair.half,
                "claim": pair.claim,
                "wrong": pair.wrong,
                "passages": [pair.passage],
                "language": pair.language,
                "source": pair.source,
            },
            ensure_ascii=False,
        )
        for number, pair in enumerate(pairs, start=1)
    ]
    options.to.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(pairs)} pairs in {options.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
