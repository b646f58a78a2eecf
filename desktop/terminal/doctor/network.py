"""How it stands with the network: what is decided, what was recorded, what it would go through. Nobody is contacted.

Only ``check_engines_online`` asks anybody, and only where it is wanted and allowed.
"""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from desktop.terminal.doctor.finding import Finding, Verdict
from desktop.terminal.interruption import Interruption
from desktop.terminal.network import ALLOW_IT, proxy_words
from desktop.terminal.streams import Terminal
from desktop.terminal.web import OpenDoor, opened_door
from desktop.web_words import engine_words
from engine.counting import counted, size_words
from engine.domain import EngineState
from engine.errors import StorageError
from engine.health import ledger_health
from engine.network.ledger import LedgerReader
from engine.network.settings import SYSTEM_PROXY, SettingsFile
from models.errors import ModelError
from models.keys import Keys

_HEARD = frozenset([EngineState.ANSWERED, EngineState.EMPTY])


def check_network(data_folder: Path) -> Iterator[Finding]:
    """What is decided, the proxy, the certificates and the ledger."""
    file = SettingsFile(data_folder)
    settings = file.now()
    words = {None: "not allowed yet; nothing leaves this computer", False: "off", True: "allowed"}
    yield Finding(
        name="Network",
        verdict=Verdict.FAILS if file.notice else Verdict.WORKS if settings.is_online else Verdict.ABSENT,
        detail=file.notice or words[settings.is_online],
        hint="" if settings.is_online else ALLOW_IT,
    )
    yield _proxy(settings.proxy)
    yield _certificates()
    yield _ledger(data_folder)


def check_engines(data_folder: Path) -> Iterator[Finding]:
    """Which search engines are on, by the settings; none is asked."""
    # What asks search engines takes a while to import.
    from desktop.terminal.engines import looked_at  # noqa: PLC0415

    with looked_at(data_folder) as engines:
        settings = engines.settings
        on = [one for one in engines.health() if one.is_on and not (one.needs_key and not engines.has_key(one.name))]
    if settings.notice:
        yield Finding(
            name="Search engines",
            verdict=Verdict.FAILS,
            detail=settings.notice,
            hint="See them:  plumbline engines",
        )
        return
    yield Finding(
        name="Search engines",
        verdict=Verdict.WORKS if on else Verdict.ABSENT,
        detail=f"{', '.join(one.title for one in on)}; not asked" if on else "all are off",
        hint="" if on else "Switch some on:  plumbline engines",
    )


def check_engines_online(data_folder: Path, terminal: Terminal, open_door: OpenDoor) -> Iterator[Finding]:
    """One query to each search engine that is on."""
    from desktop.terminal.engine_trial import asked_alone  # noqa: PLC0415
    from desktop.terminal.engines import looked_at  # noqa: PLC0415

    if not SettingsFile(data_folder).now().is_online:
        yield Finding(
            name="Search engines, asked",
            verdict=Verdict.ABSENT,
            detail="nothing may leave this computer",
            hint=ALLOW_IT,
        )
        return
    keys, interruption = Keys(), Interruption(terminal)
    with (
        interruption.watching(),
        looked_at(data_folder, keys=keys) as engines,
        opened_door(data_folder, terminal=terminal, open_door=open_door) as door,
    ):
        on = [one for one in engines.health() if one.is_on and not (one.needs_key and not engines.has_key(one.name))]
        heard = False
        for report in asked_alone(on, settings=engines.settings, keys=keys, door=door, interruption=interruption):
            is_heard = report.state in _HEARD
            heard = heard or is_heard
            yield Finding(
                name="Search engine", verdict=Verdict.WORKS if is_heard else Verdict.ABSENT, detail=engine_words(report)
            )
    yield Finding(
        name="Search engines, asked",
        verdict=Verdict.WORKS if heard else Verdict.FAILS,
        detail="at least one answers" if heard else "none answers",
        hint="" if heard else "Check the connection and the proxy:  plumbline network",
    )


def _proxy(proxy: str) -> Finding:
    try:
        words = proxy_words(proxy)
    except ModelError as problem:
        return Finding(name="Proxy", verdict=Verdict.FAILS, detail=problem.title, hint=problem.hint)
    unused = [name for name in ("https", "http", "all") if urllib.request.getproxies().get(name)]
    if unused and not proxy:
        return Finding(
            name="Proxy",
            verdict=Verdict.ABSENT,
            detail="none is used; the system has one",
            hint=f"If the network needs it:  plumbline network proxy {SYSTEM_PROXY}",
        )
    return Finding(name="Proxy", verdict=Verdict.WORKS if proxy else Verdict.ABSENT, detail=words)


def _certificates() -> Finding:
    """Whose certificates are believed: whether they can be loaded."""
    from engine.network.certificates import trusted_certificates  # noqa: PLC0415

    try:
        context = trusted_certificates()
    except (ssl.SSLError, OSError, ImportError) as error:
        return Finding(
            name="Certificates",
            verdict=Verdict.FAILS,
            detail=f"cannot be loaded: {error}",
            hint="SSL_CERT_FILE in the environment may name a file that is none.",
        )
    named = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
    if not named:
        return Finding(name="Certificates", verdict=Verdict.WORKS, detail="those of the system are believed")
    if not context.cert_store_stats()["x509"] and not Path(os.environ.get("SSL_CERT_DIR") or os.devnull).is_dir():
        return Finding(
            name="Certificates",
            verdict=Verdict.FAILS,
            detail=f"{named[0]} in the environment leads to no certificate, so no server is believed",
            hint=f"Correct it, or take it out: then those of the system are believed. It says: {os.environ[named[0]]}",
        )
    return Finding(
        name="Certificates", verdict=Verdict.WORKS, detail=f"those that {named[0]} names are believed, and no others"
    )


def _ledger(data_folder: Path) -> Finding:
    health = ledger_health(data_folder)
    if not health.exists:
        return Finding(name="Ledger", verdict=Verdict.ABSENT, detail="nothing was ever sent")
    try:
        number = LedgerReader.open(data_folder).count()
    except StorageError as problem:
        health_trouble = health.trouble or problem.title
        number = 0
    else:
        health_trouble = health.trouble
    if health_trouble:
        return Finding(
            name="Ledger",
            verdict=Verdict.FAILS,
            detail=f"{health.path.name} is damaged or cannot be read: {health_trouble}",
            hint="With the next request it is kept aside, and a new one is begun.",
        )
    return Finding(
        name="Ledger",
        verdict=Verdict.WORKS,
        detail=f"{health.path.name} is whole, {counted(number, 'request')}, {size_words(health.size_bytes)}",
    )
