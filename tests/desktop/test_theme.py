import pytest
from PySide6.QtGui import QFontDatabase

from desktop.theme import Theme, Typeface


@pytest.mark.parametrize("typeface", Typeface)
def test_chinese_is_set_without_searching_all_fonts_for_each_character(qapp, typeface: Typeface) -> None:
    """A family that has it is named: else its layout takes fifty times as long."""
    able = set(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
    if not able:
        pytest.skip("no font of this computer has Chinese characters")
    theme = Theme()
    theme.use(typeface=typeface)
    for font in (theme.ui_font(), theme.reading_font(), theme.mono_font()):
        families = font.families()
        assert able & set(families)
        assert len(families) == len(set(families))
