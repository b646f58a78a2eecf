"""What is said about a missing llama.cpp."""

from __future__ import annotations

import sys

import pytest

from models.errors import EngineMissing
from models.preparation import EngineState, Preparation
from models.process.missing import explained

ERROR = EngineMissing("llama.cpp could not be started: no module", hint="Install it.")


@pytest.mark.parametrize(
    ("known", "title", "hint"),
    [
        (Preparation(state=EngineState.PREPARING, step="Compiling, 45 %"), "still being prepared", "Compiling, 45 %"),
        (Preparation(state=EngineState.FAILED, detail="No compiler."), "could not be installed", "No compiler."),
        (Preparation(state=EngineState.FAILED), "could not be installed", "next start"),
        (Preparation(state=EngineState.MISSING), "is not installed", "start script"),
        (Preparation(state=EngineState.READY), "could not be started: no module", "Install it."),
    ],
)
def test_the_hint_fits_how_far_the_installation_is(known, title, hint):
    error = explained(ERROR, known=known)
    assert title in error.title
    assert hint in error.hint


def test_an_installed_program_brings_its_engine(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert explained(ERROR) is ERROR
