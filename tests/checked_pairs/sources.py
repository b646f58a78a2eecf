"""The documents that pairs are made from: paragraphs of Debian's documentation packages, in their languages."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import html

SHORTEST, LONGEST = 90, 620
"""Characters of a passage."""
DOCUMENTS = (
    # package, licence, folder, pattern
    ("debian-history", "GPL-2+", "usr/share/doc/debian-history/docs", "*.en.html"),
    ("debian-faq", "copies allowed with its notice", "usr/share/doc/debian/FAQ", "*.en.html"),
    ("debian-handbook", "GPL-2+ or CC-BY-SA-3.0", "usr/share/doc/debian-handbook/html/en-US", "*.html"),
    ("git-doc", "GPL-2", "usr/share/doc/git/html", "*.html"),
    ("git-doc", "GPL-2", "usr/share/doc/git/RelNotes", "*.txt"),
    ("sqlite3-doc", "public domain", "usr/share/doc/sqlite3", "*.html"),
    ("python3.11-doc", "PSF-2", "usr/share/doc/python3.11/html/whatsnew", "*.html"),
    ("python3.11-doc", "PSF-2", "usr/share/doc/python3.11/html/library", "*.html"),
    ("anarchism", "GPL-2", "usr/share/doc/anarchism/html", "*.html"),
    ("jargon-text", "public domain", "usr/share/doc/jargon-text", "*.gz"),
)
TRANSLATIONS = (
    (
        "debian-handbook",
        "GPL-2+ or CC-BY-SA-3.0",
        "usr/share/doc/debian-handbook/html/{}",
        "en-US",
        ("de-DE", "fr-FR", "es-ES", "it-IT", "pt-BR", "ru-RU", "ja-JP"),
    ),
)
_BLOCKS = "//p | //li[not(.//p)] | //dd[not(.//p)] | //div[@class='para' and not(.//p or .//div or .//li)]"
_MOST_OF_A_FILE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A short stretch of a document."""

    text: str
    package: str
    licence: str
    file: str
    """Below the root."""

    @property
    def half(self) -> str:
        """Which half of the set it is in: decided by its words alone, so that a pair never changes sides."""
        return "held_out" if int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 2 else "development"

    @property
    def source(self) -> dict[str, str]:
        return {"package": self.package, "licence": self.licence, "file": self.file}


def paragraphs(root: Path) -> Iterator[Paragraph]:
    """Yield the paragraphs of a fitting length of every document that is there, in a fixed order."""
    for package, licence, folder, pattern in DOCUMENTS:
        for path in sorted((root / folder).glob(pattern)):
            found = [text for text in _texts(path) if SHORTEST <= len(text) <= LONGEST]
            for text in [*dict.fromkeys(found)][:_MOST_OF_A_FILE]:
                yield Paragraph(text=text, package=package, licence=licence, file=str(path.relative_to(root)))


def translated(root: Path) -> Iterator[tuple[Paragraph, Paragraph, str]]:
    """Yield an English paragraph, the same in another language, and that language."""
    for package, licence, folder, english, others in TRANSLATIONS:
        for path in sorted((root / folder.format(english)).glob("*.html")):
            mine = _texts(path)
            for other in others:
                place = root / folder.format(other) / path.name
                theirs = _texts(place) if place.is_file() else []
                if len(mine) != len(theirs):
                    continue
                for one, two in zip(mine, theirs, strict=True):
                    if one != two and SHORTEST <= len(one) <= LONGEST and len(two) >= len(one) // 4:
                        at = str(path.relative_to(root)), str(place.relative_to(root))
                        yield (
                            Paragraph(text=one, package=package, licence=licence, file=at[0]),
                            Paragraph(text=two, package=package, licence=licence, file=at[1]),
                            other[:2],
                        )


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph that stand by themselves: neither short nor long, and ended."""
    pieces = re.split(r"(?<=[a-z0-9)\]%”\"][.!?])\s+(?=[A-Z“\"])", text)
    return [piece for piece in pieces if 50 <= len(piece) <= 320 and piece[-1] in ".!?" and piece[0].isupper()]


def _texts(path: Path) -> list[str]:
    if path.suffix == ".html":
        tree = html.fromstring(path.read_bytes())
        for node in tree.xpath("//script | //style | //sup | //a[contains(@class, 'headerlink')]"):
            node.drop_tree()
        return [_flat(node.text_content()) for node in tree.xpath(_BLOCKS)]
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [
        _flat(piece).removeprefix("* ") for piece in re.split(r"\n\s*\n|\n\s*\*(?= )", raw.decode("utf-8", "replace"))
    ]


def _flat(text: str) -> str:
    return " ".join(text.replace("¶", "").split())
