"""What the person decided about the network, kept as ``network.json`` in the data folder.

Several programs may have the folder open: what one of them decides counts for the others at once.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.errors import DataFolderUnusable
from engine.storage.private import make_private_folder
from models.choice import replace_file
from models.http import ConnectionProblem

SETTINGS_FILE = "network.json"
SYSTEM_PROXY = "system"

_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """What was decided."""

    is_online: bool | None = None
    """Whether anything may leave this computer. None: nobody was asked yet, so nothing may."""
    proxy: str = ""
    """Empty: go straight; ``system``: as the system and the environment say; or ``http://host:port``."""
    obey_robots: bool = True
    """Whether pages are left alone whose sites do not want programs there."""


class SettingsFile:
    """The file; may be used from several threads."""

    def __init__(self, data_folder: Path) -> None:
        self._path = data_folder / SETTINGS_FILE
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._now = NetworkSettings()
        self.notice = ""
        """Why nothing is decided although there is a file, in a sentence for the person; empty when all is well."""
        self.now()

    def now(self) -> NetworkSettings:
        """Return what is decided at this moment; a file that changed is read again."""
        with self._lock:
            seen = self._signature()
            if seen is not None and seen != self._seen:
                self._now = self._read()
                self._seen = seen
            return self._now

    def keep(self, settings: NetworkSettings) -> None:
        """Write down what was decided. Going offline counts even where it cannot be written down.

        Raises:
            ConnectionProblem: the proxy's address makes no sense.
            DataFolderUnusable: it could not be written.
        """
        if settings.is_online is not True:
            with self._lock:
                self._now = replace(self._now, is_online=settings.is_online)
        if settings.proxy not in ("", SYSTEM_PROXY):
            _check_proxy(settings.proxy)
        with self._lock:
            written = {"is_online": settings.is_online, "proxy": settings.proxy, "obey_robots": settings.obey_robots}
            try:
                make_private_folder(self._path.parent)
                replace_file(self._path, json.dumps(written, indent=2).encode("ascii"))
            except OSError as error:
                raise DataFolderUnusable(
                    f"What was decided about the network could not be kept ({error.strerror or error})",
                    hint=f"Make room on the disk of {self._path.parent}, or choose another data folder.",
                ) from error
            self._now, self._seen, self.notice = settings, self._signature(), ""

    def _signature(self) -> tuple[int, ...] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> NetworkSettings:
        try:
            with self._path.open("rb") as file:
                settings = _settings(json.loads(file.read(_MOST_BYTES)))
        except (OSError, ValueError, RecursionError, TypeError, ConnectionProblem) as error:
            self.notice = (
                f"What was decided about the network could not be read ({error}), so Plumbline is offline. "
                "Deciding again writes it anew."
            )
            return NetworkSettings()
        self.notice = ""
        return settings


def _settings(written: Any) -> NetworkSettings:
    if not isinstance(written, dict):
        raise TypeError("it holds something else")
    is_online, proxy = written.get("is_online"), written.get("proxy", "")
    if not (is_online is None or isinstance(is_online, bool)) or not isinstance(proxy, str):
        raise TypeError("it holds something else")
    if proxy not in ("", SYSTEM_PROXY):
        _check_proxy(proxy)
    return NetworkSettings(
        is_online=is_online,
        proxy=proxy,
        obey_robots=written.get("obey_robots", True) is not False,
    )


def _check_proxy(proxy: str) -> None:
    from engine.network.proxies import check_proxy  # noqa: PLC0415

    check_proxy(proxy)
