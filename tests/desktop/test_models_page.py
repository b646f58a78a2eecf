from dataclasses import replace
from pathlib import Path

import pytest
from fake_office import DEEP, DEEP_OFFER, DEEP_ROW, LARGE_OFFER, TINY, TINY_ROW, FakeOffice, FakeRunner
from open_apps import EGGS, OpenApp, answer, has_ended, type_and_ask
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from scripted_model import ScriptedModel

from desktop.actions import ActionId
from desktop.app import App
from desktop.items.models import ServerAnswer
from desktop.main_window import Page
from desktop.views.drop_sheet import models_in
from engine.casting import EXTRACTIVE
from engine.domain import Outcome
from models.choice import LocalChoice, ModelChoice, RemoteChoice
from models.errors import DownloadFailed, EngineMissing, ModelTooLarge, ServerUnreachable
from models.hub.download import DownloadState
from models.status import ModelState

TOO_LARGE = ModelTooLarge("The model does not fit", hint="Choose a smaller one.")


def open_models(qtbot, app: App) -> None:
    app.window.show_page(Page.MODELS)
    qtbot.waitUntil(lambda: bool(app.models.offers) and not app.models.is_looking, timeout=10_000)


def chosen(office: FakeOffice) -> Path | None:
    return office.choice.policy.path if isinstance(office.choice.policy, LocalChoice) else None


def test_nothing_is_asked_of_anybody_before_a_button_is_pressed(qtbot, open_app: OpenApp):
    office = FakeOffice()
    app = open_app(office=office)
    open_models(qtbot, app)
    assert office.asked_hub == 0
    assert office.fetches == []
    assert "huggingface.co" in app.window.models._hub_note.text()
    app.window.models.refresh_requested.emit()
    qtbot.waitUntil(lambda: office.asked_hub == 1 and not app.models.is_asking_hub)


def test_without_any_model_the_page_says_what_to_do_and_the_ask_page_says_so_quietly(qtbot, open_app: OpenApp):
    app = open_app()
    assert not app.window.ask._no_model.isHidden()
    assert not app.window.ask._model.with_model
    open_models(qtbot, app)
    page = app.window.models
    assert not page._found_note.isHidden()
    assert page.chosen._name.full_text == "No language model is chosen"
    assert page._offers[DEEP_OFFER.key]._download.property("kind") == "primary"
    assert page._offers[LARGE_OFFER.key]._fit.property("tone") == "warn"


def test_a_model_that_is_used_is_kept_and_named_everywhere(qtbot, open_app: OpenApp):
    office = FakeOffice(found_rows=(DEEP_ROW, TINY_ROW))
    app = open_app(office=office)
    open_models(qtbot, app)
    page = app.window.models
    assert page._found[str(DEEP)]._use.property("kind") == "primary"
    page._found[str(DEEP)]._use.click()
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name and page._found[str(DEEP)].row.is_chosen)
    qtbot.waitUntil(lambda: chosen(office) == DEEP)
    assert app.window.status._engine.words == f"{DEEP_ROW.name}  ·  not loaded"
    assert app.window.ask._model.with_model
    assert app.window.ask._no_model.isHidden()
    assert DEEP_ROW.name in app.window.settings_view._engine.text()
    page.chosen._none.click()
    qtbot.waitUntil(lambda: office.choice.policy is None and app.models.chosen_name == "")
    assert app.window.status._engine.words.startswith("No language model")


def test_a_model_for_tests_is_marked_as_such(qtbot, open_app: OpenApp):
    office = FakeOffice(found_rows=(TINY_ROW,), choice=ModelChoice(policy=LocalChoice(path=TINY)))
    app = open_app(office=office)
    open_models(qtbot, app)
    assert "Test only" in app.window.models._found[str(TINY)].accessibleName()
    qtbot.waitUntil(lambda: not app.window.models.chosen._test_only.isHidden())


def test_a_download_tells_how_it_goes_and_is_used_when_it_is_the_first(qtbot, open_app: OpenApp):
    office = FakeOffice()
    app = open_app(office=office)
    open_models(qtbot, app)
    page = app.window.models
    page._offers[DEEP_OFFER.key]._download.click()
    qtbot.waitUntil(lambda: bool(app.models.downloads.rows) and app.models.downloads.rows[0].bytes_per_s > 0)
    view = page._downloads[DEEP_OFFER.key]
    assert view._words.text().startswith("2.3 GB of 4.7 GB · 11.8 MB/s · 3 minutes left")
    assert page._offers[DEEP_OFFER.key]._download.isHidden()
    office.fetches[0].goes_on.set()
    qtbot.waitUntil(lambda: app.models.downloads.rows[0].state is DownloadState.DONE)
    qtbot.waitUntil(lambda: chosen(office) is not None)
    assert view._words.text() == "4.7 GB, checked and ready"
    page.cancel_requested.emit(DEEP_OFFER.key)
    assert DEEP_OFFER.key not in page._downloads


def test_a_download_can_be_paused_taken_up_again_and_given_up(qtbot, open_app: OpenApp):
    office = FakeOffice()
    app = open_app(office=office)
    open_models(qtbot, app)
    downloads, page = app.models.downloads, app.window.models
    app.models.download(DEEP_OFFER.key)
    qtbot.waitUntil(lambda: bool(office.fetches) and office.fetches[0].reached.is_set())
    qtbot.waitUntil(lambda: downloads.rows[0].done_bytes > 0)
    page._downloads[DEEP_OFFER.key]._toggle.click()
    assert downloads.rows[0].state is DownloadState.PAUSED
    assert downloads.rows[0].words.startswith("Paused at 2.3 GB of 4.7 GB")
    page._downloads[DEEP_OFFER.key]._toggle.click()
    qtbot.waitUntil(lambda: len(office.fetches) == 2 and downloads.rows[0].state is DownloadState.RUNNING)
    page._downloads[DEEP_OFFER.key]._cancel.click()
    assert downloads.rows == ()
    qtbot.waitUntil(lambda: office.fetches[-1].is_discarded)


def test_a_download_that_fails_says_why_at_its_row_and_can_be_tried_again(qtbot, open_app: OpenApp):
    office = FakeOffice()
    app = open_app(office=office)
    open_models(qtbot, app)
    app.models.download(DEEP_OFFER.key)
    qtbot.waitUntil(lambda: bool(office.fetches) and office.fetches[0].reached.is_set())
    office.fetches[0].problem = DownloadFailed("The disk is full", hint="Make room, then try again.")
    office.fetches[0].goes_on.set()
    qtbot.waitUntil(lambda: app.models.downloads.rows[0].state is DownloadState.FAILED)
    view = app.window.models._downloads[DEEP_OFFER.key]
    assert view._problem.text() == "The disk is full. Make room, then try again."
    assert "Try again" in view._toggle.accessibleName()
    assert app.window.bars.notices == ()


def test_a_removed_download_comes_back_until_the_message_is_gone(qtbot, open_app: OpenApp):
    office = FakeOffice(found_rows=(DEEP_ROW, TINY_ROW))
    app = open_app(office=office)
    open_models(qtbot, app)
    page = app.window.models
    assert page._found[str(DEEP)]._remove.isHidden()
    page._found[str(TINY)]._remove.click()
    assert str(TINY) not in page._found
    (notice,) = app.window.cards.notices
    notice.actions[0].act()
    assert str(TINY) in page._found
    assert office.removed == []
    app.model_desk.remove(TINY)
    app.window.cards.settle()
    qtbot.waitUntil(lambda: office.removed == [TINY])


def test_a_server_is_tried_and_used_and_it_is_said_what_leaves_this_computer(qtbot, open_app: OpenApp):
    office = FakeOffice(server_answer=ServerAnswer(words="It answers: “Yes”.", is_good=True))
    app = open_app(office=office)
    open_models(qtbot, app)
    form = app.window.models.server
    form._address.setText("http://127.0.0.1:8080/v1")
    assert "nothing leaves" in form._consequence.text()
    form._address.setText("https://models.example.org/v1")
    assert "leave this computer" in form._consequence.text()
    form._model.setText("deep")
    form._key.setText("secret")
    form._try.click()
    qtbot.waitUntil(lambda: form._answer.text() == "It answers: “Yes”.")
    form._use.click()
    qtbot.waitUntil(lambda: isinstance(office.choice.policy, RemoteChoice))
    assert office.choice.policy == RemoteChoice(
        address="https://models.example.org/v1", model="deep", key_name="https://models.example.org/v1"
    )
    assert form._key.text() == ""
    qtbot.waitUntil(lambda: form._key_words.text() == office.keyring_words)
    assert "models.example.org" in app.window.status._network.text()
    form._forget.click()
    qtbot.waitUntil(lambda: office.keys == {} and form._key_words.isHidden())


def test_a_server_that_does_not_answer_is_explained_at_the_form(qtbot, open_app: OpenApp):
    office = FakeOffice(server_answer=ServerUnreachable("The server does not answer", hint="Is it running?"))
    app = open_app(office=office)
    open_models(qtbot, app)
    form = app.window.models.server
    form._address.setText("http://127.0.0.1:1/v1")
    form._list.click()
    qtbot.waitUntil(lambda: form._answer.text() == "The server does not answer. Is it running?")
    assert form._answer.property("tone") == "error"
    assert app.window.bars.notices == ()


def test_preferences_are_kept(qtbot, open_app: OpenApp, tmp_path: Path):
    office = FakeOffice(found_rows=(DEEP_ROW, TINY_ROW))
    app = open_app(office=office)
    open_models(qtbot, app)
    preferences = app.window.models.preferences
    preferences.idle_chosen.emit(30)
    preferences.mirror_changed.emit("https://mirror.example.org")
    app.model_desk._set_folder(str(tmp_path))
    preferences.reading_chosen.emit(str(TINY))
    qtbot.waitUntil(lambda: office.choice.reading == LocalChoice(path=TINY))
    assert (office.choice.idle_minutes, office.choice.mirror, office.choice.model_folder) == (
        30,
        "https://mirror.example.org",
        tmp_path,
    )
    qtbot.waitUntil(lambda: "mirror.example.org" in app.window.models._hub_note.text())


def test_the_list_is_filtered_by_typing(qtbot, open_app: OpenApp):
    offers = tuple(replace(LARGE_OFFER, key=f"k{n}", name=f"Model {n}", is_first=n < 3) for n in range(8))
    app = open_app(office=FakeOffice(offer_rows=offers))
    open_models(qtbot, app)
    page = app.window.models
    shown = [key for key, view in page._offers.items() if not view.isHidden()]
    assert shown == ["k0", "k1", "k2"]
    assert page._all.text().strip() == "Show all 8"
    page._filter.setText("model 7")
    assert [key for key, view in page._offers.items() if not view.isHidden()] == ["k7"]


def test_a_model_file_can_be_dropped(tmp_path: Path, qapp):
    file = tmp_path / "some.GGUF"
    file.write_bytes(b"GGUF")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile(str(tmp_path))])
    event = QDropEvent(
        QPointF(1, 1), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    assert models_in(event) == (file,)


@pytest.mark.parametrize("error", [TOO_LARGE, EngineMissing("The engine is not installed", hint="Set it up again.")])
def test_a_run_whose_model_cannot_be_used_ends_with_the_reason_and_goes_on_without_if_asked(
    qtbot, open_app: OpenApp, error: Exception
):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    app = open_app(office=office, runner=FakeRunner(error))
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.outcome is Outcome.FAILED
    assert app.work.state.engine == DEEP_ROW.name
    line = app.window.work.activity
    qtbot.waitUntil(lambda: line.reason.text() == str(error))
    assert not line.without.isHidden()
    qtbot.waitUntil(lambda: ActionId.WITHOUT_MODEL in app.window.available)
    line.models.click()
    assert app.window.page is Page.MODELS
    app.window.go_back()
    line.without.click()
    qtbot.waitUntil(lambda: app.work.state.outcome is Outcome.COMPLETE and app.runs.current is None, timeout=20_000)
    assert app.work.state.engine == EXTRACTIVE.name
    assert "four eggs" in answer(app)


def test_a_question_can_be_asked_without_the_model_that_is_chosen(qtbot, open_app: OpenApp):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    runner = FakeRunner(TOO_LARGE)
    app = open_app(office=office, runner=runner)
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    chip = app.window.ask._model
    next(action for action in chip.menu().actions() if action.text() == "Without a language model").trigger()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.outcome is Outcome.COMPLETE
    assert runner.asked == []


def test_a_run_asked_with_a_model_is_never_silently_carried_out_without(qtbot, open_app: OpenApp):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    app = open_app(office=office, runner=FakeRunner(TOO_LARGE))
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    app.models.use_none()
    qtbot.waitUntil(lambda: app.models.chosen_name == "")
    app.work.go_on()
    qtbot.waitUntil(lambda: "No language model is chosen" in app.work.state.end_reason, timeout=20_000)
    assert app.work.state.outcome is Outcome.FAILED


def test_what_the_model_does_is_in_the_status_line_and_it_can_be_unloaded(qtbot, open_app: OpenApp):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    runner = FakeRunner(ScriptedModel(lambda request: ""))
    app = open_app(office=office, runner=runner)
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    app.models.pair()
    status = app.window.status
    for say, words in (
        ({"state": ModelState.LOADING, "fraction": 0.43}, "loading 43 %"),
        ({"state": ModelState.READING_PROMPT, "fraction": 0.61}, "reading 61 %"),
        ({"state": ModelState.ANSWERING, "tokens_per_s": 38.0}, "answering, 38 tokens/s"),
    ):
        runner.say(**say, memory=5_100_000_000)
        line = f"{DEEP_ROW.name}  ·  {words}  ·  5.1 GB"
        qtbot.waitUntil(lambda line=line: status._engine.words == line)
    assert not status._unload.isHidden()
    status._unload.click()
    qtbot.waitUntil(lambda: runner.unloaded == 1)
    status._engine.click()
    assert app.window.page is Page.MODELS
    app.close()
    assert runner.is_closed


def test_a_damaged_file_is_refused_and_the_choice_stays(qtbot, open_app: OpenApp):
    page_file = Path("/models/page.gguf")
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)), damaged=(page_file,))
    app = open_app(office=office)
    open_models(qtbot, app)
    with qtbot.waitSignal(app.notices.said) as said:
        app.model_desk._use_chosen(str(page_file))
    assert app.models.choice == ModelChoice(policy=LocalChoice(path=DEEP))
    assert said.args[0].title == "page.gguf is no model"
    assert app.models.chosen_name == DEEP_ROW.name


def test_added_files_stay_listed_until_they_are_taken_off_the_list(qtbot, open_app: OpenApp):
    office = FakeOffice()
    app = open_app(office=office)
    open_models(qtbot, app)
    one, other = Path("/elsewhere/one.gguf"), Path("/elsewhere/other.gguf")
    app.model_desk._use_chosen(str(one))
    qtbot.waitUntil(lambda: chosen(office) == one)
    app.model_desk._use_dropped((other,))
    qtbot.waitUntil(lambda: chosen(office) == other)
    page = app.window.models
    qtbot.waitUntil(lambda: set(page._found) == {str(one), str(other)})
    page.chosen._none.click()
    qtbot.waitUntil(lambda: office.choice.policy is None)
    assert office.choice.added == (one, other)
    page._found[str(other)]._remove.click()
    qtbot.waitUntil(lambda: set(page._found) == {str(one)})
    assert office.choice.added == (one,)
    assert office.removed == []


def test_taking_the_chosen_file_off_the_list_leaves_none_chosen_and_can_be_undone(qtbot, open_app: OpenApp):
    office = FakeOffice()
    app = open_app(office=office)
    open_models(qtbot, app)
    one = Path("/elsewhere/one.gguf")
    app.model_desk._use_chosen(str(one))
    qtbot.waitUntil(lambda: str(one) in app.window.models._found)
    app.window.models._found[str(one)]._remove.click()
    qtbot.waitUntil(lambda: office.choice == ModelChoice() and str(one) not in app.window.models._found)
    app.models.list_file(one, is_listed=True)
    qtbot.waitUntil(lambda: str(one) in app.window.models._found)
    qtbot.waitUntil(lambda: office.choice == ModelChoice(added=(one,)))
