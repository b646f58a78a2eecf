"""What a person prefers: kept, shown, and put into effect at once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop.main_window import MainWindow
from desktop.settings import TEXT_SCALES, Settings
from desktop.theme import Appearance, Theme, Typeface
from engine.domain import Depth, Reach, WebLimits


class Preferences(QObject):
    """Between the settings file, the theme, and the views where something can be chosen."""

    def __init__(
        self,
        *,
        settings: Settings,
        theme: Theme,
        window: MainWindow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._theme = theme
        self._window = window
        view = window.settings_view
        view.appearance_chosen.connect(self.choose_appearance)
        view.text_scale_chosen.connect(self.choose_text_scale)
        view.typeface_chosen.connect(self.choose_typeface)
        view.depth_chosen.connect(self.choose_depth)
        window.ask.depth_chosen.connect(self.choose_depth)
        window.ask.reach_chosen.connect(self.keep_reach)
        window.ask.limits_changed.connect(self.keep_limits)

    def put_into_effect(self) -> None:
        """Use and show what is kept."""
        settings = self._settings
        self._window.ask.set_depth(settings.depth)
        self._window.settings_view.show_choices(
            appearance=settings.appearance,
            text_scale=settings.text_scale,
            typeface=settings.typeface,
            depth=settings.depth,
        )
        wanted = (settings.appearance, settings.text_scale, settings.typeface)
        if wanted != (self._theme.appearance, self._theme.text_scale, self._theme.typeface):
            self._theme.use(appearance=settings.appearance, text_scale=settings.text_scale, typeface=settings.typeface)

    def restore_question(self) -> None:
        """Show where the last question looked, for the next one."""
        self._window.ask.set_reach(self._settings.reach)
        self._window.ask.set_limits(self._settings.web_limits)

    def choose_appearance(self, appearance: Appearance) -> None:
        """Light, dark, or as the system."""
        self._settings.appearance = appearance
        self.put_into_effect()

    def switch_appearance(self) -> None:
        """From light to dark or back."""
        self.choose_appearance(Appearance.LIGHT if self._theme.is_dark else Appearance.DARK)

    def choose_text_scale(self, scale: float) -> None:
        """Set the size of text; 1.0 is normal."""
        self._settings.text_scale = scale
        self.put_into_effect()

    def step_text(self, step: int) -> None:
        """Make text larger (1) or smaller (-1)."""
        scales = list(TEXT_SCALES.values())
        place = scales.index(self._settings.text_scale) + step
        if 0 <= place < len(scales):
            self.choose_text_scale(scales[place])

    def choose_typeface(self, typeface: Typeface) -> None:
        """Set what reports are set in."""
        self._settings.typeface = typeface
        self.put_into_effect()

    def choose_depth(self, depth: Depth) -> None:
        """Set how deep new questions go."""
        self._settings.depth = depth
        self.put_into_effect()

    def keep_reach(self, reach: Reach) -> None:
        """Remember where the last question looked."""
        self._settings.reach = reach

    def keep_limits(self, limits: WebLimits) -> None:
        """Remember the web options of the last question."""
        self._settings.web_limits = limits
