from pathlib import Path

from desktop.settings import Settings
from desktop.theme import Appearance
from engine.domain import Depth


def test_what_was_chosen_is_there_the_next_time(tmp_path: Path):
    settings = Settings(tmp_path)
    settings.appearance = Appearance.DARK
    settings.depth = Depth.THOROUGH
    settings.text_scale = 1.15
    settings.keep_widths("columns", [250, 400])
    settings.keep_folded("plan", folded=True)
    settings.save()
    again = Settings(tmp_path)
    assert again.appearance is Appearance.DARK
    assert again.depth is Depth.THOROUGH
    assert again.text_scale == 1.15
    assert again.widths("columns") == (250, 400)
    assert again.is_folded("plan")
    assert not again.is_folded("trace")


def test_a_damaged_file_counts_as_nothing_chosen(tmp_path: Path):
    (tmp_path / "window.ini").write_text(
        "[General]\nappearance=purple\ntext_scale=huge\ndepth=\ngeometry=nonsense\n[splitters]\ncolumns=a b\n"
    )
    settings = Settings(tmp_path)
    assert settings.appearance is Appearance.SYSTEM
    assert settings.text_scale == 1.0
    assert settings.depth is Depth.STANDARD
    assert settings.widths("columns") == ()
    assert settings.geometry is None


def test_a_folder_for_exports_that_is_gone_is_not_offered(tmp_path: Path):
    settings = Settings(tmp_path)
    settings.export_folder = tmp_path / "gone"
    assert settings.export_folder == Path.home()
