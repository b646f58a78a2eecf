from datetime import UTC, datetime
from pathlib import Path

from desktop.items.library import DocumentsModel
from engine.domain import FolderId
from engine.library.values import DocumentEntry


def test_a_document_is_listed_in_words_people_use():
    entry = DocumentEntry(
        folder_id=FolderId("a"),
        path=Path("notes/herons.md"),
        address="/notes/herons.md",
        title="Herons",
        format="markdown",
        size_bytes=2048,
        modified_at=datetime(2026, 1, 1, tzinfo=UTC),
        characters=2000,
    )
    model = DocumentsModel()
    model.show_documents((entry,))
    assert [model.index(0, column).data() for column in range(4)] == ["Herons", "notes/herons.md", "Markdown", "2.0 KB"]
