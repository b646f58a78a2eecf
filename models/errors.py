"""What can go wrong with a language model and be explained to a person.

ModelError                     everything below: has a title (what happened) and a hint (what to do)
├── EngineMissing              llama-cpp-python is not installed, or not yet
├── ModelUnusable              the file is damaged, is no language model, or is of a kind that cannot be run here
├── ModelTooLarge              it does not fit into the memory that is free
├── ModelDied                  the process that ran it ended in the middle of something; it can be started again
├── ModelStuck                 it took too long without a sign of life, and was ended; it can be started again
├── LoadCancelled              nobody waits for it any more; no failure
├── ContextFull                a prompt and its reply need more room than the model has
├── ServerUnreachable          a remote engine does not answer, or answers with an error
└── DownloadFailed             a model file could not be fetched; what is there is kept

Cancelling is not an error: a cancelled reply says so in its ``end``.
"""

from __future__ import annotations


class ModelError(Exception):
    """A problem that can be explained.

    Args:
        title: what happened, one line, no jargon, no full stop.
        hint: what the person can do about it, one or two sentences.
    """

    def __init__(self, title: str, *, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.title}. {self.hint}" if self.hint else self.title


class EngineMissing(ModelError):
    """llama-cpp-python is not installed, or not yet."""


class ModelUnusable(ModelError):
    """The file is damaged, is no language model, or is of a kind that cannot be run here."""


class ModelTooLarge(ModelError):
    """It does not fit into the memory that is free."""


class ModelDied(ModelError):
    """The process that ran the model ended in the middle of something."""


class ModelStuck(ModelDied):
    """The model gave no sign of life for too long, and was ended."""


class LoadCancelled(ModelError):
    """Whoever had asked for the model gave up waiting while it was being loaded."""


class ContextFull(ModelError):
    """A prompt and its reply need more room than the model has.

    Args:
        needed: tokens of the prompt and the reply asked for.
        available: tokens that fit.
    """

    def __init__(self, *, needed: int, available: int) -> None:
        super().__init__(
            f"The text is too long for the model ({needed:,} of {available:,} tokens)",
            hint="A model with a larger context, or more free memory, would take it.",
        )
        self.needed = needed
        self.available = available


class ServerUnreachable(ModelError):
    """A remote engine does not answer, or answers with an error."""


class DownloadFailed(ModelError):
    """A model file could not be fetched; what was fetched is kept."""
