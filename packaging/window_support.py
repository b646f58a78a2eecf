"""Finds out whether Qt can open a window here and, if not, names the packages that are missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from steps import SetupFailed

_TRY = "from PySide6.QtWidgets import QApplication; QApplication(['plumbline'])"
_TRY_TIMEOUT_S = 60
_WHERE = "import PySide6; print(PySide6.__path__[0])"

# The library a loader names: the packages that hold it on (Debian and Ubuntu, Fedora, Arch).
_PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libGLX.so.0": ("libglx0", "libglvnd-glx", "libglvnd"),
    "libOpenGL.so.0": ("libopengl0", "libglvnd-opengl", "libglvnd"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype", "freetype2"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5-libs", "krb5"),
    "libbrotlicommon.so.1": ("libbrotli1", "libbrotli", "brotli"),
    "libbrotlidec.so.1": ("libbrotli1", "libbrotli", "brotli"),
    "libsystemd.so.0": ("libsystemd0", "systemd-libs", "systemd-libs"),
    "libz.so.1": ("zlib1g", "zlib", "zlib"),
    "libzstd.so.1": ("libzstd1", "libzstd", "zstd"),
    "libX11.so.6": ("libx11-6", "libX11", "libx11"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb", "libx11"),
    "libxcb.so.1": ("libxcb1", "libxcb", "libxcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-glx.so.0": ("libxcb-glx0", "libxcb", "libxcb"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb", "libxcb"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb", "libxcb"),
    "libxcb-xinerama.so.0": ("libxcb-xinerama0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
    "libwayland-egl.so.1": ("libwayland-egl1", "libwayland-egl", "wayland"),
}
_INSTALLERS = (
    ("Debian and Ubuntu", "sudo apt install"),
    ("Fedora", "sudo dnf install"),
    ("Arch", "sudo pacman -S"),
)


def has_display(environment: Mapping[str, str], *, system: str) -> bool:
    """Tell whether there is a screen to open a window on (or a platform was chosen on purpose)."""
    if not system.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def check_window(python: Path) -> None:
    """Start Qt once in a child process.

    Raises:
        SetupFailed: it cannot start here; the hint says what to install.
    """
    try:
        tried = subprocess.run(
            [python, "-c", _TRY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TRY_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise SetupFailed(f"Qt did not start within {_TRY_TIMEOUT_S} s", hint="The display may not answer.") from error
    if tried.returncode == 0:
        return
    output = tried.stderr + tried.stdout
    missing = missing_libraries(output) | (_missing_by_loader(python) if sys.platform.startswith("linux") else set())
    raise explained(missing, output=output)


def missing_libraries(output: str) -> set[str]:
    """The shared libraries that Python's, Qt's or ``ldd``'s words say are missing."""
    found = set(re.findall(r"(lib[\w.+-]+\.so(?:\.\d+)*): cannot open shared object file", output))
    found |= set(re.findall(r"(lib[\w.+-]+\.so(?:\.\d+)*) => not found", output))
    if "xcb-cursor0 or libxcb-cursor0 is needed" in output:
        found.add("libxcb-cursor.so.0")
    return found


def explained(missing: Iterable[str], *, output: str) -> SetupFailed:
    """Say which packages hold the missing libraries, for the distributions that most people have."""
    names = sorted(missing)
    known = [name for name in names if name in _PACKAGES]
    unknown = [name for name in names if name not in _PACKAGES]
    if not names:
        return SetupFailed("Qt cannot open a window here", hint="Its own words:\n" + output.strip()[-1500:])
    lines = []
    for column, (distribution, installer) in enumerate(_INSTALLERS):
        packages = " ".join(sorted({_PACKAGES[name][column] for name in known}))
        if packages:
            lines.append(f"  {distribution + ':':<18} {installer} {packages}")
    if unknown:
        lines.append("  and what holds " + ", ".join(unknown))
    what = "a system library that is" if len(names) == 1 else f"{len(names)} system libraries that are"
    return SetupFailed(
        f"Qt, which draws the window, needs {what} missing here",
        hint="\n".join(["Install what holds them, then start again:", *lines, "Missing: " + ", ".join(names)]),
    )


def _missing_by_loader(python: Path) -> set[str]:
    """Ask ``ldd`` for everything at once: the loader itself stops at the first library that it misses."""
    try:
        where = subprocess.run([python, "-c", _WHERE], capture_output=True, text=True, timeout=_TRY_TIMEOUT_S)
        qt = Path(where.stdout.strip()) / "Qt"
        plugin = "libqwayland" if os.environ.get("WAYLAND_DISPLAY") else "libqxcb"
        files = [qt / "lib" / f"libQt6{part}.so.6" for part in ("Gui", "Widgets", "DBus", "Network")]
        if not os.environ.get("QT_QPA_PLATFORM"):
            files.extend((qt / "plugins" / "platforms").glob(f"{plugin}*.so"))
        listed = subprocess.run(["ldd", *(file for file in files if file.exists())], capture_output=True, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return missing_libraries(listed.stdout)
