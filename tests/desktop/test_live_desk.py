from collections.abc import Callable

import pytest
from fake_office import DEEP, DEEP_ROW, FakeOffice, FakeRunner
from hesitant_model import WORDS, Hesitant
from open_apps import EGGS, OpenApp, has_ended, type_and_ask

from desktop.app import App
from engine.domain import Outcome
from models.choice import LocalChoice, ModelChoice
from models.status import ModelState


class Talk:
    """The app with a model that hesitates in the middle of its words."""

    def __init__(self, app: App, runner: FakeRunner) -> None:
        self.app = app
        self.runner = runner
        self.line = app.window.work.activity


@pytest.fixture
def talk(qtbot, open_app: OpenApp) -> Callable[[], Talk]:
    def begin() -> Talk:
        runner = FakeRunner(Hesitant())
        office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
        app = open_app(office=office, runner=runner)
        qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
        type_and_ask(app, EGGS)
        qtbot.waitUntil(lambda: app.live.live is not None and app.live.live.tail == WORDS, timeout=20_000)
        qtbot.waitUntil(lambda: app.work.is_live)
        return Talk(app, runner)

    return begin


def test_words_are_in_the_line_and_in_the_trace_while_they_come(qtbot, talk: Callable[[], Talk]):
    here = talk()
    qtbot.waitUntil(lambda: here.line.saying.full_text == WORDS)
    model = here.app.window.trace.model
    assert model.index(model.rowCount() - 1).data() == "Planning"
    assert model._live_words == WORDS
    facts = here.app.window.work.header.facts.full_text.replace("\xa0", " ")
    assert DEEP_ROW.name in facts


def test_all_of_the_words_can_be_unfolded_and_stay_so(qtbot, talk: Callable[[], Talk]):
    here = talk()
    box = here.app.window.work.live_box
    assert box.isHidden()
    here.line.unfold.click()
    assert not box.isHidden()
    assert box.toPlainText().strip() == WORDS
    assert here.app.settings.shows_live_words


def test_a_stop_is_said_at_once_and_ends_the_reply(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.line.stop.click()
    assert here.line.words.full_text == "Stopping"
    qtbot.waitUntil(lambda: has_ended(here.app, EGGS), timeout=20_000)
    assert here.app.work.state.outcome is Outcome.STOPPED
    qtbot.waitUntil(lambda: here.app.live.live is None)
    assert here.line.saying.isHidden()


def test_silence_is_said_with_what_can_be_done(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.runner.say(ModelState.ANSWERING, tokens_per_s=4.0)
    qtbot.waitUntil(lambda: here.app.models.status.state is ModelState.ANSWERING)
    here.app.live._heard_at -= 60
    here.app.models._relay._heard_at -= 60
    here.app.live_desk._look()
    assert here.line.saying.full_text.startswith("no output for 60 s; Stop")
    here.app.status.show_model()
    assert "no output for 60 s" in here.app.window.status._engine.words


def test_unloading_pauses_the_run_that_needs_the_model(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.app.model_desk.unload()
    qtbot.waitUntil(lambda: here.app.work.state.is_paused and here.app.runs.current is None, timeout=20_000)
    assert here.runner.unloaded == 0


def test_another_page_of_work_shows_no_words_of_this_one(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.app.work._clear()
    assert here.line.isHidden()
    assert here.app.window.trace.model._live_words == ""


def test_a_model_that_is_no_longer_chosen_is_named_until_its_run_ends(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.app.models.use_none()
    qtbot.waitUntil(lambda: not here.app.models.chosen_name)
    here.runner.say(ModelState.ANSWERING, tokens_per_s=30.0)
    line = here.app.window.status._engine
    qtbot.waitUntil(lambda: line.words == f"{DEEP_ROW.name}  ·  answering, 30 tokens/s  ·  until this run ends")
    assert here.app.window.models.chosen._words.text().endswith("Answering, 30 tokens/s.")
    here.line.stop.click()
    qtbot.waitUntil(lambda: has_ended(here.app, EGGS), timeout=20_000)
    qtbot.waitUntil(lambda: here.app.runs.current is None and "until this run ends" not in line.words)


def test_what_is_waited_for_is_said_where_the_run_is_looked_at(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.runner.say(ModelState.LOADING, fraction=0.4)
    here.app.live_desk._show(None)
    qtbot.waitUntil(lambda: here.line.detail.full_text == "Loading the model… 40 %")
    here.runner.say(ModelState.READING_PROMPT)
    qtbot.waitUntil(lambda: here.line.detail.full_text == "The model reads what it is asked…")
    here.runner.say(ModelState.ANSWERING)
    qtbot.waitUntil(lambda: here.line.detail.full_text == "dividing the question")


def test_the_box_closes_when_the_run_stops(qtbot, talk: Callable[[], Talk]):
    here = talk()
    here.line.unfold.click()
    assert not here.app.window.work.live_box.isHidden()
    here.line.stop.click()
    qtbot.waitUntil(lambda: has_ended(here.app, EGGS), timeout=20_000)
    assert here.app.window.work.live_box.isHidden()
    assert here.line.unfold.isHidden()
