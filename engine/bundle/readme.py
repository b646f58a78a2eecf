"""The words in a bundle for somebody who has no Plumbline: what is in it, and how to check it by hand."""

from __future__ import annotations

TEXT = """\
A report by Plumbline, with everything it rests on.

  report.html, report.md   the report, for reading
  report.json              the same as data: sections, claims, citations
  claims.jsonl             each sentence, with the numbers of its passages and its state
  passages.jsonl           each passage: text, first and last character, words, SHA-256 of the words
  sources.json             each page or file that was read, with the SHA-256 of its text
  sources/HASH.txt         its text, exactly as it was read; the name is the SHA-256 of the file
  documents/HASH.json      what each stretch of that text is: heading, paragraph, row of a table
  trace.jsonl              each step of the research, in order
  receipt.json             how the report was made, and what left the computer for it
  manifest.json            the SHA-256 and the size of every entry
  SHA256SUMS               the same for the program sha256sum

With Plumbline:

  plumbline verify FILE
  plumbline open FILE

Without Plumbline, where FILE is the bundle:

1. The end of FILE is the SHA-256 of everything before it. These two are the same:

  head -c -64 FILE | sha256sum
  tail -c 64 FILE

2. Unpack it into an empty folder (it is a ZIP file), go there, and check each entry:

  sha256sum -c SHA256SUMS

3. Check that each passage stands, word for word, where the report says. Save this as check.py in that folder, and
   run it with Python 3:

--- check.py
import hashlib, json, pathlib
number = 0
for line in open("passages.jsonl", encoding="utf-8"):
    entry = json.loads(line)
    passage = entry["passage"]
    data = pathlib.Path("sources", entry["text_hash"] + ".txt").read_bytes()
    words = data.decode("utf-8")[passage["start"] : passage["end"]]
    assert hashlib.sha256(data).hexdigest() == entry["text_hash"], passage["id"]
    assert words == passage["quote"], passage["id"]
    assert hashlib.sha256(words.encode("utf-8")).hexdigest() == entry["quote_sha256"], passage["id"]
    number += 1
print(number, "passages stand where the report says")
---

All this finds change. It does not prove who made the report: there is no signature in it, and who changes a bundle on
purpose can make the sums anew. Whether a page or file really said what its text here says, only the original can show.
"""
