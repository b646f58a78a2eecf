"""One line of the ledger: a request that left this computer, or was not let out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.network.gate import Purpose

CUT_OFF = "Plumbline was closed while it was under way; how much was sent is not known"
"""The reason of a request whose program was killed before it ended."""


class Verdict(StrEnum):
    """What the door decided."""

    ALLOWED = "allowed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of one request; each redirect that was followed is a request of its own."""

    at: datetime
    """In UTC."""
    purpose: Purpose
    host: str
    port: int
    method: str
    path: str
    """With the query, exactly as it was sent. What goes through a relay is encrypted: here are the words."""
    run_id: str = ""
    """Empty for what no run has asked for."""
    words: str = ""
    """The query that was asked with it."""
    provider: str = ""
    """The search engine's name."""
    via: str = ""
    """The proxy, ``host:port``; empty where the connection went straight."""
    address: str = ""
    """The number that was connected to, or tried last."""
    bytes_sent: int = 0
    """Heads and bodies, before encryption; through a relay or a proxy's tunnel, as they pass."""
    bytes_received: int = 0
    status: int = 0
    """HTTP's; 0 where no answer came, or where it passed through a relay, encrypted."""
    verdict: Verdict = Verdict.ALLOWED
    reason: str = ""
    """Why it was refused, or why it failed; empty when all went well."""
    seconds: float = 0.0
    is_complete: bool = False
    """Whether it has ended; what a program that was killed left open is closed when the ledger is opened next."""
    id: int = 0
    """Its place in the ledger, from 1."""

    @property
    def is_cut_off(self) -> bool:
        """Whether its program was killed while it was under way, so that its bytes are not known."""
        return self.reason == CUT_OFF

    @property
    def is_passed_on(self) -> bool:
        """Whether a library sent it through a relay, where it is encrypted: what the answer was is not seen there."""
        return self.method == "CONNECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What went to one host for one purpose."""

    host: str
    purpose: Purpose
    requests: int
    """Those that were let out."""
    refused: int
    bytes_sent: int
    bytes_received: int
