"""How it stands with language models: llama-cpp-python, prepared in the background, and the model that is chosen.

None of it is needed: Plumbline answers without a language model too. A model that was chosen and cannot be used fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from desktop.terminal.doctor.child import try_line
from desktop.terminal.doctor.finding import Finding, Verdict
from engine.counting import size_words
from engine.export.printable import one_line
from models.choice import LocalChoice, RemoteChoice, read_choice
from models.errors import ModelError
from models.files.gguf import read_gguf
from models.machine.fit import fit
from models.machine.hardware import this_machine
from models.preparation import EngineState, preparation

_TRY_LLAMA = (
    "import llama_cpp, llguidance; llama_cpp.llama_backend_init(); "
    "print(llama_cpp.__version__ + "
    "(', with graphics card' if llama_cpp.llama_supports_gpu_offload() else ', on the processor'))"
)
_SET_UP = "python3 packaging/start.py"
_CHOOSE = "Choose another one:  plumbline models"


def check_engine() -> Iterator[Finding]:
    """llama-cpp-python, which is a failure in no case."""
    found = preparation()
    verdict = Verdict.ABSENT
    match found.state:
        case EngineState.READY:
            detail, trouble = try_line(_TRY_LLAMA)
            if trouble:
                detail = f"installed, but cannot be loaded: {trouble}"
                hint = f"Plumbline works without it. Prepare it again:  {_SET_UP} --retry-engine"
            else:
                verdict, hint = Verdict.WORKS, ""
        case EngineState.PREPARING:
            detail = f"is being prepared: {found.step}" if found.step else "is being prepared"
            hint = "Plumbline works without it."
        case EngineState.FAILED:
            detail = f"could not be prepared. {found.detail}".strip()
            hint = f"Plumbline works without it. Try again:  {_SET_UP} --retry-engine"
        case EngineState.MISSING:
            detail = found.detail or "is not installed"
            hint = f"Plumbline works without it. The set-up prepares it:  {_SET_UP}"
    yield Finding(name="llama-cpp-python", verdict=verdict, detail=detail, hint=hint)


def check_chosen_model(data_folder: Path) -> Iterator[Finding]:
    """The model that is chosen: whether its file is sound and fits; a server is named, and not asked."""
    choice = read_choice(data_folder)
    if choice.notice:
        yield Finding(name="Language model", verdict=Verdict.FAILS, detail=choice.notice, hint=_CHOOSE)
        return
    if choice.policy is None:
        yield Finding(
            name="Language model",
            verdict=Verdict.ABSENT,
            detail="none is chosen; sentences are quoted word for word",
            hint="Get one:  plumbline models get",
        )
        return
    yield _finding("Language model", choice.policy)
    if choice.reading is not None and choice.reading != choice.policy:
        yield _finding("Language model for reading", choice.reading)


def _finding(name: str, chosen: LocalChoice | RemoteChoice) -> Finding:
    if isinstance(chosen, RemoteChoice):
        return Finding(
            name=name,
            verdict=Verdict.WORKS,
            detail=f"“{chosen.model}” at {chosen.address} is chosen; it was not asked",
            hint="Try it:  plumbline models test",
        )
    try:
        about = read_gguf(chosen.path)
    except ModelError as problem:
        return Finding(
            name=name, verdict=Verdict.FAILS, detail=f"{chosen.path}: {problem.title}", hint=f"{problem.hint} {_CHOOSE}"
        )
    placed = fit(about, this_machine())
    test_only = " It is made for tests of Plumbline, and useless for anything else." if about.is_test_only else ""
    detail = f"{one_line(about.name)}, {about.quantisation}, {size_words(about.file_bytes)}. {placed.reason}{test_only}"
    if not placed.fits:
        hint = "Close other programs, or choose a smaller one:  plumbline models"
        return Finding(name=name, verdict=Verdict.FAILS, detail=detail, hint=hint)
    return Finding(name=name, verdict=Verdict.WORKS, detail=detail)
