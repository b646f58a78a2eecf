"""Between the language models and the views that show them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from desktop.items.models import ChosenCard, FoundRow, ModelPreferences, ReadingChoice, ServerAnswer, ServerForm
from desktop.main_window import MainWindow, Page
from desktop.model_controller import ModelController
from desktop.model_words import TEST_ONLY_WORDS, explained_words, host_of, is_this_computer
from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.plain_text import one_line
from desktop.run_controller import RunController
from engine.events import CommandKind
from models.choice import LocalChoice, RemoteChoice
from models.errors import ModelError
from models.status import ModelState, ModelStatus

_HERE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})


class ModelDesk(QObject):
    """Shows models and carries out what a person wants done with them."""

    def __init__(
        self,
        *,
        models: ModelController,
        runs: RunController,
        window: MainWindow,
        notices: Notices,
        model_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        """Connect everything.

        Args:
            models: what is chosen, found and offered.
            runs: what is being researched with them.
            window: where it is shown.
            notices: where things are said.
            model_folder: where downloads go unless another folder is chosen.
            parent: the owner.
        """
        super().__init__(parent)
        self._models = models
        self._runs = runs
        self._window = window
        self._notices = notices
        self._model_folder = model_folder
        self._leaving: dict[Path, FoundRow] = {}
        self._file_dialog: QFileDialog | None = None
        self._folder_dialog: QFileDialog | None = None
        models.choice_changed.connect(self._show_choice)
        models.found_changed.connect(self._show_found)
        models.offers_changed.connect(self._show_offers)
        models.downloads.changed.connect(window.models.show_downloads)
        models.downloads.finished.connect(self._tell_finished)
        models.status_changed.connect(self._show_status)
        models.server_answered.connect(self._show_answer)
        models.problem.connect(self._show_problem)
        self._connect_page()
        window.page_changed.connect(self._take_page)
        window.drop_sheet.models_dropped.connect(self._use_dropped)
        window.status.unload_requested.connect(self.unload)
        self._show_preferences()

    def _connect_page(self) -> None:
        page, models = self._window.models, self._models
        page.use_requested.connect(self._use)
        page.remove_requested.connect(self.remove)
        page.add_requested.connect(self.choose_file)
        page.look_requested.connect(models.look)
        page.refresh_requested.connect(models.refresh_offers)
        page.download_requested.connect(models.download)
        page.pause_requested.connect(models.downloads.pause)
        page.resume_requested.connect(models.downloads.resume)
        page.cancel_requested.connect(models.downloads.cancel)
        page.chosen.unload_requested.connect(self.unload)
        page.chosen.none_requested.connect(models.use_none)
        page.server.list_requested.connect(self._list_server)
        page.server.try_requested.connect(self._try_server)
        page.server.use_requested.connect(self._use_server)
        page.server.forget_requested.connect(models.forget_key)
        page.server.address_changed.connect(self._show_consequence)
        page.preferences.reading_chosen.connect(self._choose_reading)
        page.preferences.idle_chosen.connect(self._choose_idle)
        page.preferences.folder_requested.connect(self._choose_folder)
        page.preferences.mirror_changed.connect(self._set_mirror)

    # --- what a person does ---

    def open_page(self) -> None:
        """Show the models page."""
        self._window.show_page(Page.MODELS)

    def unload(self) -> None:
        """Give the model's memory back; a run that needs it is paused, since it would load it again at once."""
        if self._runs.current is not None:
            self._runs.command(CommandKind.PAUSE)
        else:
            self._models.unload()

    def choose_file(self) -> None:
        """Let a person choose a GGUF file."""
        if self._file_dialog is None:
            self._file_dialog = QFileDialog(self._window, "Add a model", str(Path.home()))
            self._file_dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            self._file_dialog.setNameFilters(["Models (*.gguf)", "All files (*)"])
            self._file_dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Use")
            self._file_dialog.fileSelected.connect(self._use_chosen)
        self._file_dialog.open()

    def remove(self, path: Path) -> None:
        """Remove a download of ours, or take a file off the list; both can be undone for some seconds."""
        row = next((row for row in self._models.found if row.path == path), None)
        if row is None:
            return
        if not row.is_ours:
            self._models.list_file(path, is_listed=False)
            undo = NoticeAction(text="Undo", act=partial(self._models.list_file, path, is_listed=True))
            title = f"“{one_line(row.name, limit=60)}” is no longer listed; its file stays"
            self._notices.done(title, actions=(undo,))
            return
        self._leaving[path] = row
        self._show_found()
        self._notices.say(
            Notice(
                title=f"Removed “{one_line(row.name, limit=60)}”",
                hint="Its file is deleted when this message goes.",
                level=Level.DONE,
                actions=(NoticeAction(text="Undo", act=partial(self._bring_back, path)),),
                closed=partial(self._remove, path),
                key=f"removed {path}",
            )
        )

    def _bring_back(self, path: Path) -> None:
        self._leaving.pop(path, None)
        self._show_found()

    def _remove(self, path: Path) -> None:
        if path in self._leaving:
            self._leaving.pop(path)
            chosen = self._models.choice.policy
            if isinstance(chosen, LocalChoice) and chosen.path == path:
                self._models.use_none()
            self._models.remove(path)

    def _use(self, path: Path) -> None:
        self._models.use_file(path)

    def _use_chosen(self, path: str) -> None:
        self._models.add_file(Path(path))
        self.open_page()

    def _use_dropped(self, paths: tuple[Path, ...]) -> None:
        self._models.add_file(paths[0])
        self.open_page()

    def _list_server(self, address: str, key: str) -> None:
        self._window.models.server.say_busy(f"Asking {address}…")
        self._models.list_server(address, key=key)

    def _try_server(self, address: str, model: str, key: str) -> None:
        self._window.models.server.say_busy(f"Asking {model} for a word…")
        self._models.try_server(address, model=model, key=key)

    def _use_server(self, address: str, model: str, key: str) -> None:
        self._models.use_server(address, model=model, key=key)
        self._window.models.show_first(self._window.models.chosen)

    def _choose_reading(self, key: str) -> None:
        self._models.use_for_reading(LocalChoice(path=Path(key)) if key else None)

    def _choose_idle(self, minutes: int) -> None:
        self._models.set_preferences(idle_minutes=minutes)

    def _choose_folder(self) -> None:
        if self._folder_dialog is None:
            self._folder_dialog = QFileDialog(self._window, "Folder for downloads", str(self._folder.parent))
            self._folder_dialog.setFileMode(QFileDialog.FileMode.Directory)
            self._folder_dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            self._folder_dialog.fileSelected.connect(self._set_folder)
        self._folder_dialog.open()

    def _set_folder(self, path: str) -> None:
        self._models.set_preferences(model_folder=Path(path))

    def _set_mirror(self, mirror: str) -> None:
        self._models.set_preferences(mirror=mirror)

    # --- what is shown ---

    @property
    def _folder(self) -> Path:
        return self._models.choice.model_folder or self._model_folder

    def _take_page(self, page: Page) -> None:
        if page is Page.MODELS and not self._models.found and not self._models.is_looking:
            self._models.look()

    def _show_choice(self) -> None:
        choice = self._models.choice
        if choice.notice:
            self._notices.say(Notice(title=choice.notice, level=Level.WARNING, key="model choice"))
        if isinstance(choice.policy, RemoteChoice):
            form = ServerForm(
                address=choice.policy.address, model=choice.policy.model, key_words=self._models.key_words
            )
            self._window.models.server.show_form(form)
        self._show_preferences()
        self._show_found()
        self._show_status(self._models.status)

    def _show_preferences(self) -> None:
        choice = self._models.choice
        self._window.models.show_hub(host_of(choice.mirror) or choice.mirror or "huggingface.co")
        self._window.models.preferences.show_preferences(
            ModelPreferences(folder=self._folder, idle_minutes=choice.idle_minutes, mirror=choice.mirror)
        )

    def _show_found(self) -> None:
        rows = tuple(row for row in self._models.found if row.path not in self._leaving)
        self._window.models.show_found(rows, is_looking=self._models.is_looking)
        reading = self._models.choice.reading
        names = tuple((str(row.path), row.name) for row in rows if not row.problem and not row.is_chosen)
        chosen = str(reading.path) if isinstance(reading, LocalChoice) else ""
        self._window.models.preferences.show_reading(ReadingChoice(names=names, chosen=chosen))
        if self._window.page is Page.MODELS:
            self._show_status(self._models.status)

    def _show_offers(self) -> None:
        page, problem = self._window.models, self._models.offers_problem
        page.show_offers(self._models.offers)
        if problem is not None:
            page.show_offers_note(str(problem), is_problem=True)
        else:
            page.show_offers_note("Asking which files there are…" if self._models.is_asking_hub else "")

    def _show_status(self, status: ModelStatus) -> None:
        models = self._models
        chosen = models.choice.policy
        row = next((row for row in models.found if isinstance(chosen, LocalChoice) and row.path == chosen.path), None)
        problem = f"{status.error_title}. {status.error_hint}" if status.state is ModelState.FAILED else ""
        is_up = status.state not in {ModelState.NONE, ModelState.UNLOADED, ModelState.FAILED}
        is_test_only = row is not None and row.is_test_only
        words = explained_words(status, is_remote=models.is_remote_at_work)
        if row is not None and row.problem:
            words, problem = "", row.problem
        if models.is_another_at_work:
            state = explained_words(status, is_remote=models.is_remote_at_work)
            words = f"{one_line(status.name, limit=60)} works until this run ends. {state}"
        self._window.models.show_chosen(
            ChosenCard(
                name=models.chosen_name.removesuffix(TEST_ONLY_WORDS) if is_test_only else models.chosen_name,
                words=words,
                problem=problem,
                is_remote=isinstance(chosen, RemoteChoice) and not is_this_computer(chosen.address),
                is_test_only=is_test_only,
                can_unload=is_up and not models.is_remote_at_work,
                reading_name=models.reading_name,
            )
        )

    def _show_consequence(self, address: str) -> None:
        self._window.models.server.show_consequence(leaves=not is_this_computer(address))

    def _show_answer(self, answer: ServerAnswer) -> None:
        self._window.models.server.say_answer(answer)

    def _tell_finished(self, key: str, _path: Path) -> None:
        row = next((row for row in self._models.downloads.rows if row.key == key), None)
        name = one_line(row.name, limit=60) if row is not None else "The model"
        action = NoticeAction(text="Show", act=self.open_page)
        self._notices.done(f"“{name}” is here and was checked", actions=(action,))

    def _show_problem(self, error: ModelError) -> None:
        self._notices.problem(error)
