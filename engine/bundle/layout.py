"""What a bundle consists of: the names of its entries, its limits, and the seal at its end.

A bundle is a ZIP file. Its comment, which is the very end of the file, is the seal: the SHA-256 of every byte before
the 64 digits. So a change of any byte is found, in what zip programs look at as well as in what they do not. It is no
signature: who changes a bundle on purpose can seal it again.
"""

from __future__ import annotations

import re

FORMAT = "plumbline-bundle/1"
SUFFIX = ".plumbline"

README = "README.txt"
REPORT = "report.json"
CLAIMS = "claims.jsonl"
PASSAGES = "passages.jsonl"
SOURCES = "sources.json"
TRACE = "trace.jsonl"
RECEIPT = "receipt.json"
PAGE = "report.html"
MARKDOWN = "report.md"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
FIXED = (README, MARKDOWN, PAGE, REPORT, CLAIMS, PASSAGES, SOURCES, TRACE, RECEIPT, MANIFEST, SUMS)
"""Entries that every bundle has."""
UNLISTED = frozenset({MANIFEST, SUMS})
"""Entries that the manifest does not list: itself, and the sums, which are made of it."""

_TEXT = re.compile(r"sources/([0-9a-f]{64})\.txt")
_STRUCTURE = re.compile(r"documents/([0-9a-f]{64})\.json")

MOST_FILE_BYTES = 256 << 20
MOST_ENTRY_BYTES = 96 << 20
MOST_BYTES = 512 << 20
"""Of all entries together, unpacked."""
MOST_RATIO = 250
"""How often its own size a file may unpack to, beyond the first ``SMALL_BYTES``."""
SMALL_BYTES = 32 << 20
MOST_ENTRIES = 20_000
MOST_INDEX_BYTES = 8 << 20
"""Of the list of entries at the end of a ZIP file."""
MOST_STEPS = 20_000
MOST_CLAIMS = 5_000
"""Sentences of a report and its earlier versions."""
MOST_CHARACTERS_READ = 30_000_000
"""Of passages in which facts of sentences are looked for, each as often as a sentence cites it."""
MOST_LINES = 200_000
"""Of an entry with a line for each thing."""

DIGEST_DIGITS = 64
SEAL_BEGINNING = f"{FORMAT} sha256:".encode()
SEAL_BYTES = len(SEAL_BEGINNING) + DIGEST_DIGITS


def text_name(text_hash: str) -> str:
    """Return the name of the entry that holds an archived text."""
    return f"sources/{text_hash}.txt"


def structure_name(text_hash: str) -> str:
    """Return the name of the entry that says what each stretch of an archived text is."""
    return f"documents/{text_hash}.json"


def hash_of_text(name: str) -> str:
    """Return under which hash an entry holds a text; empty if it is none."""
    found = _TEXT.fullmatch(name)
    return found.group(1) if found else ""


def is_known(name: str) -> bool:
    """Whether a bundle has entries of this name."""
    return name in FIXED or bool(_TEXT.fullmatch(name) or _STRUCTURE.fullmatch(name))
