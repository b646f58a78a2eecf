"""Language models as the models page shows them: frozen rows in a person's words. No Qt, nothing is asked here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from models.hub.download import DownloadState


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What can be expected of a model on this computer; estimates say so."""

    tokens_per_s: float = 0.0
    """Of a reply; 0 when it is not known."""
    minutes: float = 0.0
    """For a question of standard depth; 0 when it is not known."""
    is_measured: bool = False

    @property
    def words(self) -> str:
        """``about 4.5 tokens/s · 25 minutes a question``; empty when nothing is known."""
        parts = []
        if self.tokens_per_s > 0:
            amount = f"{self.tokens_per_s:.0f}" if self.tokens_per_s >= 9.5 else f"{self.tokens_per_s:.1f}"
            parts.append(f"{'measured' if self.is_measured else 'about'} {amount} tokens/s")
        if self.minutes > 0:
            parts.append(minutes_words(self.minutes))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A model file on this computer."""

    path: Path
    name: str
    facts: str
    """``Q4_K_M · 7.6 B parameters · 4.7 GB · LM Studio``."""
    fits: bool = True
    fit: str = ""
    """``needs 6.1 GB of 9.2 GB free``, or why it does not fit."""
    speed: Speed = Speed()
    problem: str = ""
    """Why it cannot be used at all; then nothing of the above matters."""
    is_recommended: bool = False
    is_chosen: bool = False
    is_ours: bool = False
    """Whether Plumbline downloaded it, and may remove it."""
    is_added: bool = False
    """Whether it is listed only because a person named it, and may be taken off the list."""
    is_test_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """A model that could be downloaded."""

    key: str
    name: str
    facts: str
    """What it is for, in a few words."""
    size_bytes: int
    size_is_estimated: bool = False
    fits: bool = True
    fit: str = ""
    speed: Speed = Speed()
    is_recommended: bool = False
    is_here: bool = False
    """Whether its file is on this computer already."""
    is_first: bool = True
    """Whether it is shown before somebody asks for the whole list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRow:
    """A download under way, or one that has come to rest."""

    key: str
    name: str
    state: DownloadState
    done_bytes: int = 0
    total_bytes: int = 0
    checked_bytes: int = 0
    bytes_per_s: float = 0.0
    seconds_left: float | None = None
    note: str = ""
    """Why nothing moves."""
    problem: str = ""
    hint: str = ""

    @property
    def fraction(self) -> float:
        """0 to 1; of the check, while everything is here and being checked."""
        done = self.checked_bytes if self.state is DownloadState.CHECKING else self.done_bytes
        return min(1.0, done / self.total_bytes) if self.total_bytes else 0.0

    @property
    def is_resting(self) -> bool:
        """Whether it can go on, or be tried again."""
        return self.state in {DownloadState.PAUSED, DownloadState.FAILED}

    @property
    def words(self) -> str:
        """How it stands on one line."""
        amount = f"{gigabytes(self.done_bytes)} of {gigabytes(self.total_bytes)}"
        match self.state:
            case DownloadState.WAITING:
                return "Waiting for its turn"
            case DownloadState.ASKING:
                return "Asking the hub for the file’s checksum"
            case DownloadState.RUNNING if self.bytes_per_s > 0:
                left = f" · {left_words(self.seconds_left)}" if self.seconds_left is not None else ""
                return f"{amount} · {self.bytes_per_s / 1e6:.1f} MB/s{left}"
            case DownloadState.RUNNING | DownloadState.RETRYING:
                return f"{amount} · {self.note or 'waiting for data'}"
            case DownloadState.CHECKING:
                return f"Checking that every byte is right: {percent(self.fraction)}"
            case DownloadState.PAUSED:
                return f"Paused at {amount}; what is here is kept"
            case DownloadState.FAILED:
                return f"Stopped at {amount}; what is here is kept" if self.done_bytes else "Nothing was downloaded"
            case DownloadState.DONE:
                return f"{gigabytes(self.total_bytes)}, checked and ready"
            case DownloadState.CANCELLED:
                return "Cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerForm:
    """What is known of another server."""

    address: str = ""
    model: str = ""
    key_words: str = ""
    """Where the key is: ``kept in the system's keyring``, ``only until Plumbline is closed``, or empty without one."""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAnswer:
    """What became of asking a server."""

    words: str
    is_good: bool
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCard:
    """What is chosen, and how it stands."""

    name: str = ""
    """Empty when nothing is."""
    words: str = ""
    problem: str = ""
    is_remote: bool = False
    is_test_only: bool = False
    can_unload: bool = False
    reading_name: str = ""
    """Of the other model that reads and writes; empty when it is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPreferences:
    """What can be set on the models page."""

    folder: Path
    """Where downloads go."""
    idle_minutes: int = 10
    mirror: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoice:
    """Which model reads and writes."""

    names: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    """Key and name of each that can be chosen; the key of "the same model" is empty."""
    chosen: str = ""


def percent(fraction: float) -> str:
    """Return ``43 %``."""
    return f"{100 * fraction:.0f} %"


def gigabytes(size_bytes: int) -> str:
    """Return ``4.7 GB``, ``650 MB`` or ``3 MB``."""
    if size_bytes >= 995e6:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} KB"


def minutes_words(minutes: float) -> str:
    """Return how long a question takes, no more exactly than it can be known."""
    if minutes < 1:
        return "under a minute a question"
    if minutes < 90:
        rounded = round(minutes) if minutes < 10 else round(minutes / 5) * 5
        return f"{rounded} {'minute' if rounded == 1 else 'minutes'} a question"
    return f"{minutes / 60:.1f} hours a question"


def left_words(seconds: float) -> str:
    """Return the time that is left, coarsely, so that it does not flicker."""
    if seconds < 60:
        return "less than a minute left"
    minutes = seconds / 60
    if minutes < 60:
        whole = round(minutes)
        return f"{whole} {'minute' if whole == 1 else 'minutes'} left"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"{hours} h {rest} min left" if rest else f"{hours} h left"
