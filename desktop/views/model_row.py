"""A language model as a row: what it is, whether it fits, how fast it will be, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.items.models import FoundRow, OfferRow, gigabytes
from desktop.theme import Theme
from desktop.views.controls import IconButton, Label, NameLabel, TextButton
from resources.tokens import ICON, ICON_LARGE, SPACE_1, SPACE_2, SPACE_3

TEST_ONLY = "Test only"


class Badge(Label):
    """A word or two in a tint, beside a name."""

    def __init__(self, text: str, *, is_warning: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, tone="badge-warning" if is_warning else "badge", parent=parent)


class _ModelRow(QFrame):
    """What the rows have in common: a picture, a name with badges, facts, the fit, and buttons."""

    def __init__(self, theme: Theme, *, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._fits = True
        self.setProperty("kind", "model")
        self._picture = QLabel()
        self._name = NameLabel(tone="strong")
        self._badges = QHBoxLayout()
        self._badges.setSpacing(SPACE_1)
        self._facts = Label(tone="muted", wraps=True)
        self._mark = QLabel()
        self._fit = Label(tone="secondary", wraps=True)
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(self._name)
        head.addLayout(self._badges)
        head.addStretch(1)
        fit = QHBoxLayout()
        fit.setSpacing(SPACE_1)
        fit.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        fit.addWidget(self._fit, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self._facts)
        words.addLayout(fit)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE_1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2 + 2, SPACE_3, SPACE_2 + 2)
        layout.setSpacing(SPACE_3)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addLayout(self._buttons)
        theme.changed.connect(self._draw)

    def _show(self, *, name: str, facts: str, fits: bool, fit: str, badges: list[Badge]) -> None:
        self._fits = fits
        self._name.set_text(name)
        self._facts.setText(facts)
        self._fit.setText(fit)
        self._fit.setProperty("tone", "secondary" if fits else "warn")
        self._fit.style().polish(self._fit)
        self._fit.setVisible(bool(fit))
        self._mark.setVisible(bool(fit))
        while (item := self._badges.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for badge in badges:
            self._badges.addWidget(badge)
        said = [name, *(badge.text() for badge in badges), facts, fit]
        self.setAccessibleName(", ".join(part for part in said if part))
        self._draw()

    def _draw(self) -> None:
        self._picture.setPixmap(self._theme.icon(self._icon).pixmap(QSize(ICON_LARGE, ICON_LARGE)))
        name, colour = ("check", "supported") if self._fits else ("warning", "partly")
        mark = self._theme.icon(name, colour=getattr(self._theme.palette, colour))
        self._mark.setPixmap(mark.pixmap(QSize(ICON - 2, ICON - 2)))


class FoundModelRow(_ModelRow):
    """A model file on this computer."""

    use_requested = Signal(object)
    """Path."""
    remove_requested = Signal(object)
    """Path."""

    def __init__(self, row: FoundRow, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon="cpu", parent=parent)
        self._row = row
        self._in_use = Label("In use", tone="accent")
        self._use = TextButton("Use")
        self._use.clicked.connect(self._ask_use)
        self._remove = IconButton(theme, "trash", "Remove the download")
        self._remove.clicked.connect(self._ask_removal)
        self._buttons.addWidget(self._in_use)
        self._buttons.addWidget(self._use)
        self._buttons.addWidget(self._remove)
        self.show_row(row, is_next=False)

    @property
    def row(self) -> FoundRow:
        """What is shown."""
        return self._row

    def show_row(self, row: FoundRow, *, is_next: bool) -> None:
        """Show the model as it stands now.

        Args:
            row: the model.
            is_next: whether using it is what to do next.
        """
        self._row = row
        badges = [Badge("Recommended here")] if row.is_recommended else []
        if row.is_test_only:
            badges.append(Badge(TEST_ONLY, is_warning=True))
        # The card above says what is wrong with the one that is chosen.
        problem = "It cannot be used" if row.problem and row.is_chosen else row.problem
        fit = problem or " · ".join(part for part in (row.fit, row.speed.words if row.fits else "") if part)
        self._show(name=row.name, facts=row.facts, fits=row.fits and not row.problem, fit=fit, badges=badges)
        self._facts.setToolTip(str(row.path))
        self._use.setAccessibleName(f"Use {row.name}")
        _make_primary(self._use, is_primary=is_next)
        self._use.setVisible(not row.is_chosen)
        self._use.setEnabled(not row.problem)
        self._in_use.setVisible(row.is_chosen)
        self._remove.setVisible(row.is_ours or row.is_added)
        self._remove.set_name(f"{'Remove the download' if row.is_ours else 'Take off the list'}: {row.name}")

    def _ask_use(self) -> None:
        self.use_requested.emit(self._row.path)

    def _ask_removal(self) -> None:
        self.remove_requested.emit(self._row.path)


class OfferModelRow(_ModelRow):
    """A model that could be downloaded."""

    download_requested = Signal(str)
    """Key of the offer."""

    def __init__(self, row: OfferRow, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, icon="cloud-arrow-down", parent=parent)
        self._row = row
        self._here = Label("On this computer", tone="muted")
        self._download = TextButton("Download")
        self._download.clicked.connect(self._ask)
        self._buttons.addWidget(self._here)
        self._buttons.addWidget(self._download)
        self.show_row(row, is_loading=False, is_next=False)

    @property
    def row(self) -> OfferRow:
        """What is shown."""
        return self._row

    def show_row(self, row: OfferRow, *, is_loading: bool, is_next: bool) -> None:
        """Show the offer as it stands now.

        Args:
            row: the offer.
            is_loading: whether it is being downloaded.
            is_next: whether downloading it is what to do next.
        """
        self._row = row
        badges = [Badge("Recommended here")] if row.is_recommended else []
        size = f"{'about ' if row.size_is_estimated else ''}{gigabytes(row.size_bytes)} to download"
        facts = " · ".join(part for part in (size, row.facts) if part)
        fit = " · ".join(part for part in (row.fit, row.speed.words if row.fits else "") if part)
        self._show(name=row.name, facts=facts, fits=row.fits, fit=fit, badges=badges)
        self._download.setAccessibleName(f"Download {row.name}, {gigabytes(row.size_bytes)}")
        self._download.setToolTip("Contacts the model hub on the internet")
        _make_primary(self._download, is_primary=is_next)
        self._download.setVisible(not row.is_here and not is_loading)
        self._here.setVisible(row.is_here)

    def _ask(self) -> None:
        self.download_requested.emit(self._row.key)


def _make_primary(button: TextButton, *, is_primary: bool) -> None:
    kind = "primary" if is_primary else ""
    if button.property("kind") != kind:
        button.setProperty("kind", kind)
        button.style().unpolish(button)
        button.style().polish(button)
