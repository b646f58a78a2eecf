"""Where a run comes from that was not made here but opened from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.export.departures import Departures


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is known of a run that was opened from a bundle. Its files are on another computer, if they still are."""

    opened_at: datetime
    digest: str
    """SHA-256 of the bundle, in hexadecimal."""
    name: str
    """Of the file, without its folder."""
    run: str
    """The run's id on the computer on which it was made."""
    version: str
    """Of the Plumbline that packed it."""
    departures: Departures
    """What the ledger of that computer said, as its receipt has it."""
    findings: tuple[str, ...] = ()
    """What did not hold when it was opened, a sentence each; none where everything did."""
