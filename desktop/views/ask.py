"""The first thing one sees: where to look, a question box, three questions that work, what answers will come from."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.choices import DepthChip, ModelChip, ScopeChip
from desktop.views.consent import ConsentPanel
from desktop.views.controls import Label, TextButton, ground
from desktop.views.form_rows import Segments
from desktop.views.question_box import QuestionBox
from desktop.views.web_limits import WebLimitsView
from desktop.web_words import REACH_NAMES, REACH_WORDS
from engine.counting import counted
from engine.domain import Depth, Reach, Scope, WebLimits
from engine.errors import QuestionUnusable
from engine.library.values import Folder
from engine.research import usable_question
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

EXAMPLES = (
    "Which file formats can Plumbline read?",
    "What leaves this computer?",
    "What happens when I stop a run?",
)
"""Answered by the user guide."""

_PLACEHOLDERS = {
    Reach.LIBRARY: "Ask a question about your documents…",
    Reach.WEB: "Ask the web a question…",
    Reach.BOTH: "Ask a question of your documents and the web…",
}
_COLUMN_WIDTH = 720
_NO_MODEL = "There is no language model yet. Everything works without; with one, answers are researched and written."


class AskView(QScrollArea):
    """Where a question is written; ``asked`` carries the question, Scope, Depth, and whether a model is to be used."""

    asked = Signal(str, object, object, bool)
    depth_chosen = Signal(object)
    """Depth."""
    reach_chosen = Signal(object)
    """Reach."""
    limits_changed = Signal(object)
    """WebLimits."""
    online_requested = Signal(bool)
    """A person allows requests to leave; whether through the proxy that was found."""
    offline_requested = Signal()
    """A person was asked, and stays offline."""
    add_folder_requested = Signal()
    models_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._box = QuestionBox(theme)
        self._box.asked.connect(self._ask)
        self._make_where(theme)
        self._make_chips(theme)
        self._refusal = Label(tone="error", wraps=True)
        self._refusal.hide()
        self.setWidget(self._page(self._column()))
        self.setFocusProxy(self._box)
        self._box.let_follow(self._limits)
        self.set_reach(Reach.LIBRARY)

    def _make_where(self, theme: Theme) -> None:
        self._reach = Reach.LIBRARY
        self._is_online = False
        self._pending = ""
        """A question that waits for the answer whether to go online."""
        self._reaches = Segments("Where to look", REACH_NAMES)
        self._reaches.chosen.connect(self._choose_reach)
        self._reach_words = Label(tone="muted", wraps=True)
        self._limits = WebLimitsView(theme)
        self._limits.changed.connect(self.limits_changed)
        self._consent = ConsentPanel(theme)
        self._consent.accepted.connect(self.online_requested)
        self._consent.declined.connect(self._stay_offline)
        self._consent.hide()

    def _make_chips(self, theme: Theme) -> None:
        self._scope = ScopeChip(theme)
        self._scope.add_folder_requested.connect(self.add_folder_requested)
        self._depth = DepthChip(theme)
        self._depth.chosen.connect(self.depth_chosen)
        self._box.add_chip(self._scope)
        self._folders: Collection[Folder] = ()
        self._is_busy = False
        self._server = ""
        self._model = ModelChip(theme)
        self._model.switched.connect(self._say_again)
        self._model.models_requested.connect(self.models_requested)
        self._box.add_chip(self._depth)
        self._box.add_chip(self._model)

    def _column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(Label("What would you like to know?", tone="display"))
        column.addSpacing(SPACE_6)
        column.addLayout(self._where_row())
        column.addSpacing(SPACE_3)
        column.addWidget(self._box)
        column.addSpacing(SPACE_2)
        column.addWidget(self._refusal)
        column.addWidget(self._limits)
        column.addSpacing(SPACE_2)
        column.addWidget(self._consent)
        column.addSpacing(SPACE_4)
        self._example_list = self._examples()
        column.addWidget(self._example_list)
        column.addSpacing(SPACE_8)
        column.addWidget(self._teaching())
        column.addSpacing(SPACE_3)
        column.addWidget(self._model_teaching())
        return column

    def _page(self, column: QVBoxLayout) -> QWidget:
        holder = QWidget()
        holder.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        holder.setMaximumWidth(_COLUMN_WIDTH)
        page = QWidget()
        ground(page, "surface")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_6)
        layout.addStretch(2)
        layout.addLayout(row)
        layout.addStretch(3)
        return page

    def _where_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_3)
        row.addWidget(self._reaches, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._reach_words, 1)
        return row

    def _examples(self) -> QWidget:
        examples = QWidget()
        layout = QVBoxLayout(examples)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_1)
        heading = Label("Try one of these; the user guide has the answers", tone="section")
        heading.setContentsMargins(SPACE_2, 0, 0, SPACE_1)
        layout.addWidget(heading)
        for example in EXAMPLES:
            button = TextButton(example, kind="row", theme=self._theme, icon="chat-text", tip="Ask this")
            button.clicked.connect(partial(self._ask_example, example))
            layout.addWidget(button)
        return examples

    def _teaching(self) -> QWidget:
        self._teach = Label(tone="muted", wraps=True)
        add = TextButton("Add a folder…", kind="link", tip="Choose a folder with your documents  (Ctrl+O)")
        add.clicked.connect(self.add_folder_requested)
        self._library_teaching = QWidget()
        row = QHBoxLayout(self._library_teaching)
        row.setContentsMargins(SPACE_2, 0, 0, 0)
        row.setSpacing(SPACE_3)
        row.addWidget(self._teach, 1)
        row.addWidget(add, 0, Qt.AlignmentFlag.AlignTop)
        return self._library_teaching

    def _model_teaching(self) -> QWidget:
        choose = TextButton("Choose a model…", kind="link", tip="Choose or get a language model  (Ctrl+Shift+M)")
        choose.clicked.connect(self.models_requested)
        self._no_model = QWidget()
        row = QHBoxLayout(self._no_model)
        row.setContentsMargins(SPACE_2, 0, 0, 0)
        row.setSpacing(SPACE_3)
        row.addWidget(Label(_NO_MODEL, tone="muted", wraps=True), 1)
        row.addWidget(choose, 0, Qt.AlignmentFlag.AlignTop)
        return self._no_model

    # --- where to look ---

    @property
    def reach(self) -> Reach:
        """Where the next question looks."""
        return self._reach

    def set_reach(self, reach: Reach) -> None:
        """Show where the next question looks, without saying that it was chosen."""
        self._reach = reach
        self._reaches.show_choice(reach)
        self._reach_words.setText(REACH_WORDS[reach])
        self._box.set_placeholder(_PLACEHOLDERS[reach])
        self._scope.setVisible(reach.has_library)
        self._limits.setVisible(reach.has_web)
        self._show_consent()
        self._say_again()

    def set_limits(self, limits: WebLimits) -> None:
        """Show web options without saying that they were changed."""
        self._limits.show_limits(limits)

    def show_network(self, *, is_online: bool | None, proxy: str = "") -> None:
        """Take over whether requests may leave; a question that waited for it is asked.

        Args:
            is_online: None: nobody has decided yet.
            proxy: ``host:port`` that this computer is set to use; empty for none, or if that was decided already.
        """
        self._is_online = is_online is True
        self._consent.show_network(was_asked=is_online is not None, proxy=proxy)
        self._show_consent()
        pending, self._pending = self._pending, ""
        if self._is_online and pending:
            self._ask(pending)

    def ask_to_go_online(self) -> None:
        """Put the question whether to go online before a person, under the box."""
        if not self._is_online:
            if not self._reach.has_web:
                self._choose_reach(Reach.WEB)
            self._consent.online.setFocus()

    def _show_consent(self) -> None:
        self._consent.setVisible(self._reach.has_web and not self._is_online)

    def _choose_reach(self, reach: Reach) -> None:
        self._pending = ""
        self.set_reach(reach)
        self.reach_chosen.emit(reach)

    def _stay_offline(self) -> None:
        self._choose_reach(Reach.LIBRARY)
        self._box.take_focus()
        self.offline_requested.emit()

    # --- what is shown ---

    def show_model(self, name: str, *, server: str) -> None:
        """Offer the chosen language model.

        Args:
            name: of the model; empty when there is none yet.
            server: where what it is told goes, if that is not this computer.
        """
        self._server = server
        self._model.show_model(name)
        self._no_model.setVisible(not name)
        self._say_again()

    def _say_again(self) -> None:
        self.show_folders(self._folders, is_busy=self._is_busy)

    def _where(self) -> str:
        if self._server and self._model.with_model:
            return f"The passages that are found go to the language model at {self._server}."
        return "Nothing from them reaches the web." if self._reach.has_web else "Nothing is uploaded."

    def show_folders(self, folders: Collection[Folder], *, is_busy: bool) -> None:
        """Say what answers can come from."""
        self._folders, self._is_busy = folders, is_busy
        self._scope.show_folders(folders)
        has_examples = any(folder.is_guide for folder in folders) or not folders
        # The guide answers them; asked of the web, they would only leave.
        self._example_list.setVisible(has_examples and self._reach is Reach.LIBRARY)
        own = [folder for folder in folders if not folder.is_guide]
        documents = sum(folder.documents for folder in own)
        reading = "; more are being read" if is_busy and documents else ""
        if not folders:
            text = "The library is empty. Add a folder, and every answer will rest on the documents in it."
        elif not own:
            text = (
                "So far the library holds only the user guide. Add a folder with your own documents, and answers will "
                f"rest on them. {self._where()} Nothing in the folder is changed."
            )
        elif self._model.with_model:
            text = f"Answers rest on {counted(documents, 'document')} of yours{reading}. {self._where()}"
        else:
            text = f"Answers quote {counted(documents, 'document')} of yours, word for word{reading}."
        self._teach.setText(text)
        self._library_teaching.setVisible(self._reach.has_library)

    def set_depth(self, depth: Depth) -> None:
        """Show which depth a new question has."""
        self._depth.set_depth(depth)

    def begin(self, question: str = "", *, scope: Scope | None = None) -> None:
        """Start over, with a question to change if one is given."""
        self._refusal.hide()
        self._box.set_text(question)
        self._pending = ""
        if scope is not None:
            self._scope.choose(scope)
        self._box.take_focus()

    def give_back(self, question: str) -> None:
        """Put a question that could not be stored back into the box, unless another one is being written there."""
        if not self._box.text.strip():
            self._box.set_text(question)

    def refuse(self, error: QuestionUnusable) -> None:
        """Say under the box why the question cannot be asked."""
        self._refusal.setText(f"{error.title}. {error.hint}")
        self._refusal.show()
        self._box.take_focus()

    # --- what a person does ---

    def _ask_example(self, example: str) -> None:
        self._box.set_text(example)
        self._ask(example)

    def _ask(self, text: str) -> None:
        try:
            question = usable_question(text)
        except QuestionUnusable as error:
            self.refuse(error)
            return
        if self._reach.has_web and not self._limits.is_understood:
            self._limits.show_problems()
            return
        if self._reach.has_web and not self._is_online:
            # It stays in the box until it is decided.
            self._pending = question
            self._consent.online.setFocus()
            self.ensureWidgetVisible(self._consent)
            return
        self._refusal.hide()
        # The box is empty at once, so that nobody asks the same twice.
        self._box.set_text("")
        self.asked.emit(question, self._chosen_scope(), self._depth.chosen_depth, self._model.with_model)

    def _chosen_scope(self) -> Scope:
        folders = self._scope.scope.folders if self._reach.has_library else ()
        web = self._limits.limits if self._reach.has_web else WebLimits()
        return Scope(folders=folders, reach=self._reach, web=web)
