"""The small model in the repository: what its file says, and a world it never met, researched through llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small_model.evaluate import DAY, FIRST_SEED, MODEL, marked, one_thread, researched
from small_model.made_up_runs import roles_of, trace_and_state
from small_model.made_up_worlds import is_held_back, make_world
from small_model.record import Template, recorded
from small_model.teacher import TaughtSpeaking, Teacher

from engine.agent.control import RunControl
from engine.domain import Outcome
from models.files.gguf import read_gguf
from models.process.host import LocalModel

ONE_PAGE, TWO_PAGES, NOTHING_ON_THE_PAGE = FIRST_SEED + 2, FIRST_SEED + 8, FIRST_SEED + 12
"""Seeds of worlds that the model does right: it does about half of all."""


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    pytest.importorskip("llama_cpp")
    model = LocalModel(MODEL, settings=one_thread)
    yield model
    model.close()


def test_the_file_says_that_it_is_for_tests_only() -> None:
    about = read_gguf(MODEL)
    assert about.is_test_only
    assert about.name == "Plumbline test model"
    assert about.architecture == "qwen2"
    assert MODEL.stat().st_size < 3_200_000


@pytest.mark.parametrize("seed", [ONE_PAGE, TWO_PAGES])
def test_a_question_is_answered_from_the_pages_that_say_it(seed: int, model: LocalModel) -> None:
    world = make_world(seed, held_back=True)
    trace, state = researched(world, model)
    assert marked(world.truth, trace, state).whole
    assert state.outcome is Outcome.COMPLETE


def test_what_no_page_says_is_not_found(model: LocalModel) -> None:
    world = make_world(NOTHING_ON_THE_PAGE, held_back=True)
    trace, state = researched(world, model)
    assert marked(world.truth, trace, state).whole
    assert state.outcome is Outcome.NOT_FOUND


def test_a_model_that_is_loaded_says_what_it_is(model: LocalModel) -> None:
    about = model.about()
    assert about.test_only
    assert "deepresearcher" in about.traits


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 12))
def test_the_teacher_makes_no_mistake(seed: int) -> None:
    world = make_world(seed, held_back=True)
    roles = roles_of(TaughtSpeaking(Teacher(world), control=RunControl()), today=DAY.date())
    trace, state = trace_and_state(world, roles, at=DAY)
    assert marked(world.truth, trace, state).whole


def test_training_never_meets_a_name_of_an_evaluated_world() -> None:
    for seed in range(30):
        assert not is_held_back(make_world(seed, held_back=False).truth.town)
        assert is_held_back(make_world(seed, held_back=True).truth.town)


def test_recorded_conversations_hold_every_reply_once() -> None:
    said = [
        text for one in recorded(3, held_back=False, template=Template()) for text, is_said in one["pieces"] if is_said
    ]
    assert any("web_search" in text for text in said)
    assert all(text.endswith("<|im_end|>") for text in said)
