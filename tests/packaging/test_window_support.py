import os

import pytest
from packaging_scripts import fake_python, load

window_support = load("window_support")
SetupFailed = load("steps").SetupFailed

IMPORT_ERROR = "ImportError: libEGL.so.1: cannot open shared object file: No such file or directory"
XCB_CURSOR = "qt.qpa.plugin: From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb platform plugin."
LDD = """
/somewhere/libqxcb.so:
\tlinux-vdso.so.1 (0x00007ffe)
\tlibxkbcommon-x11.so.0 => not found
\tlibxcb-icccm.so.4 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
"""


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        (IMPORT_ERROR, {"libEGL.so.1"}),
        (XCB_CURSOR, {"libxcb-cursor.so.0"}),
        (LDD, {"libxkbcommon-x11.so.0", "libxcb-icccm.so.4"}),
        ("qt.qpa.xcb: could not connect to display :9", set()),
    ],
)
def test_missing_libraries_are_read_from_what_the_loader_says(output, missing):
    assert window_support.missing_libraries(output) == missing


def test_the_packages_are_named_for_each_distribution():
    failure = window_support.explained({"libEGL.so.1", "libxcb-cursor.so.0"}, output="")
    assert "sudo apt install libegl1 libxcb-cursor0\n" in failure.hint
    assert "sudo dnf install libglvnd-egl xcb-util-cursor\n" in failure.hint
    assert "sudo pacman -S libglvnd xcb-util-cursor\n" in failure.hint


def test_a_library_that_we_do_not_know_is_named_itself():
    failure = window_support.explained({"libquaint.so.7"}, output="")
    assert "libquaint.so.7" in failure.hint
    assert "apt install" not in failure.hint


def test_a_qt_that_fails_for_another_reason_is_quoted():
    failure = window_support.explained(set(), output="qt.qpa.xcb: could not connect to display :9")
    assert "could not connect to display :9" in failure.hint


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are POSIX scripts")
def test_a_child_that_cannot_load_qt_ends_in_the_name_of_a_package(tmp_path):
    python = fake_python(tmp_path / "python", f"import sys; sys.exit({IMPORT_ERROR!r})")
    with pytest.raises(SetupFailed) as caught:
        window_support.check_window(python)
    assert "libegl1" in caught.value.hint


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are POSIX scripts")
def test_a_child_that_opens_qt_is_enough(tmp_path):
    window_support.check_window(fake_python(tmp_path / "python", ""))


@pytest.mark.parametrize(
    ("variables", "system", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_only_linux_can_be_without_a_display(variables, system, expected):
    assert window_support.has_display(variables, system=system) is expected
