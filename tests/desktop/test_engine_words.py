from datetime import UTC, datetime

import pytest

from desktop.engine_words import engine_explanation, engine_line, engine_note
from models.preparation import EngineState, Preparation

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", EngineState)
def test_it_is_always_said_that_no_language_model_is_used(state: EngineState):
    preparation = Preparation(state=state, since=NOW, detail="No compiler was found. Install one.", version="0.3.36")
    assert engine_line(preparation, now=NOW).startswith("No language model: answers are quoted word for word")
    assert "word for word" in engine_explanation(preparation)
    assert "researched with Deep Q4" in engine_explanation(preparation, model="Deep Q4")
    assert bool(engine_note(preparation)) is (state is not EngineState.READY)


def test_a_preparation_says_since_when():
    line = engine_line(Preparation(state=EngineState.PREPARING, since=NOW), now=NOW)
    assert line.endswith("model engine being prepared since just now")


def test_a_failed_preparation_says_what_to_do():
    failed = Preparation(state=EngineState.FAILED, detail="No compiler was found. Install one.")
    assert "Install one." in engine_explanation(failed)
