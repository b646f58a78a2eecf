"""Runs whose report cites web pages and files that say of themselves what a test wants them to say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fake_runs import FakeRun, claim, document_from

from engine.agent.state import RunState
from engine.domain import Reference, Report, Section, SubQuestionId

READ_AT = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
ARTICLE = {
    "address": "https://journal.example/articles/12",
    "title": "Carbonation of lime mortars",
    "authors": ("Doe, Jane", "Jörg Müller"),
    "published": "2021-05-03",
    "site": "Journal of Mortar",
    "reference": Reference(
        kind="article-journal",
        container="Journal of Mortar",
        publisher="Mortar Press",
        volume="12",
        issue="3",
        pages="101–118",
        doi="10.1000/jm.2021.12",
        issn="1234-5679",
        language="en",
    ),
}
BOOK = {
    "address": "file:///home/reader/books/lime.epub",
    "title": "Lime in Building",
    "format": "epub",
    "authors": ("Maria da Silva",),
    "published": "1998",
    "site": "My books",
    "reference": Reference(kind="book", publisher="Kalk Verlag", isbn="978-3-16-148410-0", language="de-AT"),
}
DIFFICULT = (
    "{braces} {{unbalanced {",
    "50% of $x^2$ & R&D _under_ #1 ~ ^",
    "\\input{/etc/passwd} \\write18{id} \\end{document}",
    "“curly” \"straight\" it's ''two'' `code`",
    "Über Größe – naïve façade",
    "石灰砂浆的养护",
    "ملاحظات عن ملاط الجير",
    "<b>bold</b> <script>alert(1)</script> &lt;i&gt;",
    "[link](javascript:x) *star* @cite $$",
    "iPhone and McDonald in lower case",
    "TY - JOUR ER -",
    "@article{x, title={y}}",
    "👩‍👩‍👧 🏳️‍🌈 é",
    "a -- b --- c ... d",
    "x" * 180,
)
"""Titles and names that mean something in some format or other."""


def run_citing(*works: dict[str, Any]) -> RunState:
    """Return the state of a finished run in which one sentence each rests on these works, in their order."""
    run = FakeRun()
    run.started()
    run.planned(["What is said?"])
    run.began(1)
    claims = []
    for number, work in enumerate(works, start=1):
        words = f"Mortar number {number} hardens slowly."
        document = document_from(str(work.get("title", "")), [("h1", f"Work {number}"), ("p", words)])
        changes: dict[str, Any] = {
            "read_at": READ_AT,
            "modified_at": datetime(2001, 1, 1, tzinfo=UTC),
            "format": "html",
            "authors": (),
            **work,
        }
        if changes["address"].startswith("http"):
            changes |= {"folder": None, "modified_at": None}
        passages = run.read(1, run.source(f"work-{number}", document, **changes), [words])
        claims.append(claim(number, words, passages))
    run.closed(1)
    section = Section(title="Findings", claims=tuple(claims), subquestion_id=SubQuestionId(1))
    run.wrote(Report(question=run.question, answer=(), sections=(section,), gaps=(), made_by="Nobody"))
    run.ended()
    return run.state
