"""What the installed llama.cpp can do, asked of a model process that loads no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.chat import IsCancelled
from models.errors import EngineMissing, LoadCancelled, ModelDied
from models.process.child import Child, NotStarted, model_command
from models.process.dialogue import Dialogue, GivenUp
from models.process.missing import explained
from models.process.wire import EngineAbilities, Probe, Probed

__all__ = ["EngineAbilities", "engine_abilities"]


def engine_abilities(
    *, command: Callable[[], Sequence[str]] = model_command, is_cancelled: IsCancelled | None = None
) -> EngineAbilities:
    """Return what the installed llama.cpp can do; takes about half a second, longer on a cold disk.

    Args:
        command: starts the model process.
        is_cancelled: asked several times while waiting.

    Raises:
        EngineMissing: there is none, or it cannot be used on this computer.
        LoadCancelled: nobody waits for it any more.
    """
    try:
        child = Child(command())
    except NotStarted as error:
        raise EngineMissing(
            "The process that runs language models could not be started", hint=f"The reason: {error}."
        ) from error
    try:
        dialogue = Dialogue(child)
        asked = Probe(number=dialogue.next_number)
        return dialogue.ask(
            asked, expect=Probed, phase="starting", doing="while it was started", is_cancelled=is_cancelled
        ).abilities
    except EngineMissing as error:
        raise explained(error) from error
    except GivenUp as error:
        raise LoadCancelled("Nobody waits for llama.cpp any more") from error
    except ModelDied as error:
        raise EngineMissing(
            "llama.cpp, which runs language models, cannot be used",
            hint="It crashes as soon as it is started: what is installed is damaged, or not made for this computer.",
        ) from error
    finally:
        child.end()
