"""What the window asks of ``models``: everything that may take long, and the models that are loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.downloads import Fetcher
from desktop.items.models import DownloadRow, FoundRow, OfferRow, ServerAnswer
from engine.casting import ModelPair
from models.choice import LocalChoice, ModelChoice, RemoteChoice


class ModelOffice(Fetcher, Protocol):
    """Everything that the window asks of ``models``. Called on the threads of the controller, and may take long."""

    def read_choice(self) -> ModelChoice:
        """Return what was chosen before."""
        ...

    def keep_choice(self, choice: ModelChoice) -> None:
        """Write down what is chosen.

        Raises:
            ChoiceNotKept: it could not be written.
        """
        ...

    def check(self, path: Path) -> None:
        """Look whether a file is a model that can be used.

        Raises:
            ModelError: it is not.
        """
        ...

    def found(self, choice: ModelChoice, /, *, held_bytes: int) -> tuple[FoundRow, ...]:
        """Return the models on this computer, and how they would fit if ``held_bytes`` more memory were free."""
        ...

    def offers(self, choice: ModelChoice, /, *, held_bytes: int) -> tuple[OfferRow, ...]:
        """Return what could be downloaded, as far as it is known without asking anybody."""
        ...

    def refresh_offers(
        self, choice: ModelChoice, /, *, held_bytes: int, is_cancelled: Callable[[], bool]
    ) -> tuple[OfferRow, ...]:
        """Ask the hub which files there are, and return what could be downloaded."""
        ...

    def unfinished(self, choice: ModelChoice, /) -> tuple[DownloadRow, ...]:
        """Return downloads that an earlier start left incomplete."""
        ...

    def remove(self, path: Path) -> None:
        """Delete a file that was downloaded by us."""
        ...

    def list_server(self, address: str, /, *, key: str, is_cancelled: Callable[[], bool]) -> ServerAnswer:
        """Ask a server which models it has."""
        ...

    def try_server(self, address: str, /, *, model: str, key: str, is_cancelled: Callable[[], bool]) -> ServerAnswer:
        """Ask a model on a server for a word."""
        ...

    def keep_key(self, address: str, key: str) -> str:
        """Keep a server's key; return the name under which it is kept."""
        ...

    def forget_key(self, address: str) -> None:
        """Delete a server's key."""
        ...

    def key_words(self, address: str) -> str:
        """Return where a server's key is kept, in words; empty when there is none."""
        ...

    def name_of(self, chosen: LocalChoice | RemoteChoice) -> str:
        """Return what a chosen model is called, for people."""
        ...


class ModelRunner(Protocol):
    """The models that are loaded (``models.runtime.ModelRuntime``)."""

    def models_for(self, choice: ModelChoice) -> ModelPair:
        """Return the chosen models; nothing is loaded yet."""
        ...

    def unload(self) -> None:
        """Give their memory back. Any thread may call this."""
        ...

    def tune_when_idle(self, path: Path) -> None:
        """Measure once, in the background, how this computer runs a model best."""
        ...

    def close(self) -> None:
        """End their processes. Any thread may call this, at any moment."""
        ...
