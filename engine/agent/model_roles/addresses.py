"""The names under which a model sees addresses: those of files are short and say nothing of where the files lie."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

_SCHEME = "file:"
_SHORT = "library://"
_PARTS = 2
"""Of a path that are shown when they are enough."""


class AddressBook:
    """Names in the order in which addresses were met; the same order gives the same names."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._loose: dict[str, str] = {}

    def name(self, address: str) -> str:
        """Return the name of an address, and give it one if it has none."""
        if address not in self._names:
            name = self._new_name(address)
            self._names[address] = name
            self._addresses[name] = address
            self._loose.setdefault(_loosened(name), address)
        return self._names[address]

    def address(self, name: str) -> str | None:
        """Return the address that was shown under a name, also when the name comes back a little changed."""
        bare = name.strip().strip("<>\"'` ")
        return self._addresses.get(name) or self._addresses.get(bare) or self._loose.get(_loosened(bare))

    def __contains__(self, address: str) -> bool:
        return address in self._names

    def _new_name(self, address: str) -> str:
        candidates = list(_candidates(address))
        number = 2
        while (name := candidates.pop(0)) in self._addresses:
            if not candidates:
                candidates.append(f"{name.removesuffix(f'~{number - 1}')}~{number}")
                number += 1
        return name


def _candidates(address: str) -> Iterator[str]:
    """Yield the names of an address from the shortest on."""
    if not address.casefold().startswith(_SCHEME):
        yield address
        return
    parts = [part for part in _printable(unquote(address[len(_SCHEME) :])).split("/") if part] or ["document"]
    for count in range(min(_PARTS, len(parts)), len(parts) + 1):
        yield _SHORT + "/".join(parts[-count:])


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else "_" for letter in text).split())


def _loosened(name: str) -> str:
    """Return a name without what is lost on the way: the scheme, case, a fragment, a last slash, and escapes."""
    name = unquote(name).partition("#")[0].casefold()
    for scheme in ("https://", "http://", _SHORT):
        name = name.removeprefix(scheme)
    return name.removeprefix("www.").rstrip("/")
