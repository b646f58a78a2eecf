"""How it stands with llama-cpp-python: prepared in the background, and not needed in this version."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.terminal.doctor.child import try_line
from desktop.terminal.doctor.finding import Finding, Verdict
from models.preparation import EngineState, preparation

_TRY_LLAMA = "import llama_cpp; print(llama_cpp.__version__)"
_SET_UP = "python3 packaging/start.py"


def check_language_model() -> Iterator[Finding]:
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
