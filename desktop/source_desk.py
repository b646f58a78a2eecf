"""From a citation to its source: the archived text beside the report, the original where it stands, its folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog

from desktop.lookups import Archive
from desktop.main_window import MainWindow, Page
from desktop.notices import Level, Notice, Notices
from desktop.opening import OriginalElsewhere, is_file, open_original, show_in_folder
from desktop.uses import Use, uses_of
from desktop.views.rescue import PasteDialog
from desktop.web_words import site_of
from engine.agent.state import RunState
from engine.domain import ClaimId, Locator, Passage, PassageId, SourceId
from engine.errors import PlumblineError

_SAVED = [
    "Saved pages and documents (*.html *.htm *.xhtml *.mht *.mhtml *.pdf *.txt *.md *.docx *.odt *.rtf *.epub)",
    "All files (*)",
]


class SourceDesk(QObject):
    """Shows sources of the run on the desk, and takes what a person supplies for those that could not be fetched."""

    supplied = Signal(str, object)
    """Address, and the file (Path) or the text (str) that a person has for it."""

    def __init__(
        self, *, archive: Archive, window: MainWindow, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._archive = archive
        self._window = window
        self._notices = notices
        self._state: RunState | None = None
        self._drafts: dict[str, str] = {}
        """Texts that were pasted for an address, and not used."""
        window.work.citation_activated.connect(self.show_passage)
        window.work.original_requested.connect(self.open_original)
        window.sources.source_activated.connect(self.show_source)
        window.sources.claim_requested.connect(self.show_claim)
        window.sources.folder_requested.connect(self.show_folder)
        window.sources.live_requested.connect(self.open_live)
        window.sources.file_requested.connect(self.choose_file)
        window.sources.text_requested.connect(self.ask_for_text)
        window.sources.file_supplied.connect(self.supplied)
        window.sources.drop_refused.connect(self._tell_refused)
        window.trace.passage_activated.connect(self.show_passage)
        window.trace.source_activated.connect(self.show_source)
        window.viewer.claim_requested.connect(self.show_claim)
        window.viewer.closed.connect(self.close_source)
        window.viewer.open_requested.connect(self.open_at)

    def take(self, state: RunState | None) -> None:
        """Take over the run whose sources can be shown."""
        self._archive.look_at(state.run_id if state is not None else None)
        self._state = state
        shown = self._window.viewer.source
        if shown is not None and self._window.is_source_shown:
            self._window.viewer.uses.show_uses(self._uses_of(shown.id))

    def show_passage(self, passage_id: PassageId) -> None:
        """Show a passage in its place in the archived source."""
        passage = self._state.passages.get(passage_id) if self._state is not None else None
        if passage is not None:
            self._show(passage.source_id, passage)

    def show_source(self, source_id: SourceId) -> None:
        """Show an archived source."""
        self._show(source_id, None)

    def show_claim(self, claim_id: ClaimId) -> None:
        """Show a sentence of the report where it stands."""
        self._window.show_page(Page.WORK)
        if not self._window.work.versions.is_newest:
            self._window.work.versions.read_newest()  # which is where its sentences are known
        report = self._window.work.report
        report.show_claim(claim_id)
        report.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_original(self, passage_id: PassageId) -> None:
        """Open the original of a passage where it stands."""
        passage = self._state.passages.get(passage_id) if self._state is not None else None
        source = self._state.sources.get(passage.source_id) if self._state and passage else None
        if passage is None or source is None:
            return
        self.open_at(source.address, passage.locator)

    def open_at(self, address: str, locator: Locator) -> None:
        """Open an original at a place."""
        try:
            self._refuse_elsewhere(address)
            open_original(address, locator)
        except PlumblineError as error:
            self._notices.problem(error)

    def open_live(self, address: str) -> None:
        """Open a page of the web in the browser, which contacts its site."""
        self.open_at(address, Locator())

    def choose_file(self, address: str) -> None:
        """Let a person choose the page that they have saved for an address."""
        dialog = QFileDialog(self._window, f"The saved page of {site_of(address)}", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(_SAVED)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Use")
        dialog.fileSelected.connect(partial(self._supply_file, address))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_for_text(self, address: str) -> None:
        """Let a person paste the text of the page at an address."""
        title = next((row.title for row in self._window.sources.model.rows if row.address == address), address)
        dialog = PasteDialog(address, title, self._window, draft=self._drafts.get(address, ""))
        dialog.pasted.connect(self.supplied)
        dialog.finished.connect(partial(self._put_away, dialog, address))
        dialog.open()

    def _put_away(self, dialog: PasteDialog, address: str, result: int) -> None:
        """Keep what was pasted and not used, for the next time."""
        if result == QDialog.DialogCode.Accepted or not dialog.draft.strip():
            self._drafts.pop(address, None)
        else:
            self._drafts[address] = dialog.draft
        dialog.deleteLater()

    def _supply_file(self, address: str, path: str) -> None:
        self.supplied.emit(address, Path(path))

    def _tell_refused(self, why: str) -> None:
        self._notices.say(Notice(title="The file was not taken", hint=why, level=Level.INFO))

    def close_source(self) -> None:
        """Go from the source back to the report."""
        self._window.show_source(shown=False)

    def show_folder(self, address: str) -> None:
        """Open the folder that the original of a source is in."""
        try:
            self._refuse_elsewhere(address)
            show_in_folder(address)
        except PlumblineError as error:
            self._notices.problem(error)

    def _uses_of(self, source_id: SourceId) -> tuple[Use, ...]:
        state = self._state
        return uses_of(state.current_report, state.passages).get(source_id, ()) if state is not None else ()

    def _refuse_elsewhere(self, address: str) -> None:
        """Refuse to open a file that a report names which was made on another computer."""
        if self._state is not None and is_file(address) and self._archive.origin(self._state.run_id) is not None:
            raise OriginalElsewhere(
                "The original is on another computer",
                hint="This report was opened from a bundle. What was read of it is there: choose “Show in source”.",
            )

    def _show(self, source_id: SourceId, passage: Passage | None) -> None:
        source = self._state.sources.get(source_id) if self._state is not None else None
        if self._state is None or source is None:
            return
        try:
            document = self._archive.document(source.text_hash)
        except PlumblineError as error:
            self._notices.problem(error)
            return
        others = tuple(
            (other.start, other.end)
            for other in self._state.passages.values()
            if other.source_id == source_id and (passage is None or other.id != passage.id)
        )
        highlight = (passage.start, passage.end) if passage is not None else None
        self._window.viewer.show_source(source, document, highlight, others, self._uses_of(source_id))
        self._window.show_source(shown=True)
