from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.opening import OriginalNotOpened, open_original, place_in_original, show_in_folder
from engine.domain import Locator


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[QUrl]:
    urls: list[QUrl] = []

    def take(url: QUrl) -> bool:
        urls.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", take)
    return urls


def test_a_pdf_opens_at_its_page_and_a_web_page_at_its_fragment() -> None:
    assert place_in_original("file:///d/a.PDF", Locator(page=7)).toString() == "file:///d/a.PDF#page=7"
    assert place_in_original("file:///d/a.html", Locator(anchor="frost")).fragment() == "frost"
    assert place_in_original("file:///d/a.docx", Locator(page=7, anchor="x")).fragment() == ""
    assert place_in_original("file:///d/a%20b.pdf").toLocalFile() == "/d/a b.pdf"


def test_an_existing_file_is_handed_to_the_desktop(tmp_path: Path, opened: list[QUrl]) -> None:
    file = tmp_path / "a b.pdf"
    file.write_bytes(b"x")
    open_original(file.as_uri(), Locator(page=2))
    show_in_folder(file.as_uri())
    assert [url.fragment() for url in opened] == ["page=2", ""]
    assert Path(opened[1].toLocalFile()) == tmp_path


def test_a_file_that_is_gone_is_said_plainly(tmp_path: Path, opened: list[QUrl]) -> None:
    with pytest.raises(OriginalNotOpened) as caught:
        open_original((tmp_path / "gone.pdf").as_uri())
    assert caught.value.title == "gone.pdf is no longer where it was read"
    with pytest.raises(OriginalNotOpened):
        show_in_folder((tmp_path / "gone" / "file.pdf").as_uri())
    assert opened == []


@pytest.mark.parametrize("name", ["run.sh", "RUN.EXE", "a.desktop", "macro.js"])
def test_programs_are_not_started(tmp_path: Path, opened: list[QUrl], name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(OriginalNotOpened):
        open_original((tmp_path / name).as_uri())
    assert opened == []


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "mailto:x@example.org", "", "vbscript:x", "data:text/html,x"]
)
def test_only_files_and_web_pages_are_opened(opened: list[QUrl], address: str) -> None:
    with pytest.raises(OriginalNotOpened):
        open_original(address)
    assert opened == []
