"""The licences of what the program needs: each is one that was looked at, so that a new one is noticed."""

import re
from importlib import metadata

from packaging_scripts import SCRIPTS

KNOWN = re.compile(
    r"MIT|BSD|Apache|ISC|MPL-2\.0|Mozilla Public|PSF|Python Software|Public Domain|Unlicense|LGPL|Lesser General|Zlib",
    re.IGNORECASE,
)
STRICTER = {"chardet", "pyside6-essentials", "shiboken6"}
"""Under the LGPL: named in docs/packaging.md."""


def licence_of(name: str) -> str | None:
    """What a package says of its licence; None where it is not installed on this system."""
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    named = [line.rsplit("::", 1)[-1] for line in found.get_all("Classifier") or [] if line.startswith("License")]
    return " ".join([found.get("License-Expression") or found.get("License") or "", *named])


def test_every_package_of_the_app_has_a_licence_that_fits() -> None:
    lock = (SCRIPTS / "requirements" / "app.txt").read_text(encoding="utf-8")
    licences = {name: licence_of(name) for name in re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)}
    installed = {name: words for name, words in licences.items() if words is not None}
    assert {"ddgs", "primp", "readability-lxml", "protego"} <= set(installed)
    for name, words in installed.items():
        assert KNOWN.search(words), f"{name}: {words[:100] or 'none given'}"
    copyleft = {name for name, words in installed.items() if re.search(r"GPL|General Public", words)}
    assert copyleft == STRICTER
