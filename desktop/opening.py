"""Opening an original where a passage stands: a PDF at its page, a web page at its fragment, others as they are."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from engine.domain import Locator
from engine.errors import PlumblineError

_ACTIVE_SUFFIXES = frozenset(
    {".app", ".bat", ".cmd", ".com", ".cpl", ".desktop", ".exe", ".hta", ".jar", ".js", ".jse", ".lnk", ".msi", ".ps1"}
    | {".py", ".pyw", ".scr", ".sh", ".url", ".vbe", ".vbs", ".webloc", ".wsf", ".command", ".appimage", ".reg"}
)
"""What a desktop would run instead of show."""


class OriginalNotOpened(PlumblineError):
    """The original is gone, or there is no program for it, or it had better not be opened."""


class OriginalElsewhere(OriginalNotOpened):
    """The address names a file of another computer, and may mean another one on this."""


def is_file(address: str) -> bool:
    """Return whether an address names a file, of this computer or of a server; odd ones are taken for one."""
    return QUrl(address).scheme().lower() not in ("http", "https")


def place_in_original(address: str, locator: Locator | None = None) -> QUrl:
    """Return the address with the fragment that leads to the place, where the format has one."""
    url = QUrl(address)
    if locator is None:
        return url
    suffix = Path(url.path()).suffix.lower()
    if suffix == ".pdf" and locator.page is not None:
        url.setFragment(f"page={locator.page}")
    elif locator.anchor and (suffix in (".html", ".htm", ".xhtml") or url.scheme() in ("http", "https")):
        url.setFragment(locator.anchor)
    return url


def open_original(address: str, locator: Locator | None = None) -> None:
    """Show the original with the program the desktop has for it.

    Raises:
        OriginalNotOpened: title and hint say why and what to do.
    """
    url = place_in_original(address, locator)
    if url.isLocalFile():
        path = Path(url.toLocalFile())
        if not path.exists():
            raise OriginalNotOpened(
                f"{path.name} is no longer where it was read",
                hint=f"It was {path}. What Plumbline read is archived: choose “Show in source”.",
            )
        if path.suffix.lower() in _ACTIVE_SUFFIXES:
            raise OriginalNotOpened(
                f"{path.name} is a program, and Plumbline does not start programs",
                hint="Choose “Show in folder” and decide there.",
            )
    elif url.scheme() not in ("http", "https"):
        raise OriginalNotOpened(f"{address[:80]} is not something that can be opened", hint="Copy the address instead.")
    if not QDesktopServices.openUrl(url):
        raise OriginalNotOpened(
            "No program on this computer opens it", hint="Choose “Show in folder” and open it from there."
        )


def show_in_folder(address: str) -> None:
    """Open the folder that holds the original.

    Raises:
        OriginalNotOpened: the folder is gone, or nothing can show it.
    """
    folder = Path(QUrl(address).toLocalFile()).parent
    if not QUrl(address).isLocalFile() or not folder.is_dir():
        raise OriginalNotOpened("Its folder is no longer there", hint="It may be on a disk that is not connected.")
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        raise OriginalNotOpened("No program on this computer shows folders", hint=f"The folder is {folder}.")
