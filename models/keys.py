"""Keeps the keys of model servers in the system's keyring, by the server's address; the only owner of keyring.

A program makes one ``Keys``, and hands it to whoever stores keys and to ``remote_models.ServerModels``, who reads them.
Where there is no keyring that can be used, or it does not answer in time, a key is kept in memory until the program
ends, and whoever stored it is told so. It is never written to a file, and nothing here raises.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, TypeVar

from models.servers.address import server_address

_SERVICE = "Plumbline model server"
_FILES = "keyrings.alt"
"""A package of keyrings that are files anybody can read."""
_LIMIT_S = 5.0
"""A keyring may ask the person for its password; a desktop's message bus may hang for ever."""

_Answer = TypeVar("_Answer")


class KeyPlace(StrEnum):
    """Where a key is."""

    KEYRING = "keyring"
    MEMORY = "memory"
    """Until the program ends."""
    NOWHERE = "nowhere"

    @property
    def words(self) -> str:
        """A sentence for the person who entered the key."""
        return {
            KeyPlace.KEYRING: "The key is kept in this computer's keyring.",
            KeyPlace.MEMORY: "There is no keyring to be used here: the key is kept until Plumbline is closed, and in "
            "no file.",
            KeyPlace.NOWHERE: "There is no key.",
        }[self]


class Keyring(Protocol):
    """What of the keyring library is used."""

    def get_password(self, service_name: str, username: str) -> str | None: ...

    def set_password(self, service_name: str, username: str, password: str) -> None: ...

    def delete_password(self, service_name: str, username: str) -> None: ...


class Keys:
    """The keys that one program knows. May be used from several threads.

    Args:
        keyring: where they are kept; the system's if left out, which is looked for when it is first needed.
        limit_s: how long it may take to answer. One that did not is not asked again.
    """

    def __init__(self, keyring: Keyring | None = None, *, limit_s: float = _LIMIT_S) -> None:
        self._keyring = keyring
        self._limit_s = limit_s
        self._in_memory: dict[str, str] = {}
        self._is_given_up = False

    def __repr__(self) -> str:
        return "Keys()"

    def read(self, name: str) -> str:
        """Return the key of a server, or an empty text.

        Args:
            name: the server's address, as ``key_name`` makes it.
        """
        if name in self._in_memory:
            return self._in_memory[name]
        found = self._asked(lambda keyring: keyring.get_password(_SERVICE, name))
        return found if isinstance(found, str) else ""

    def store(self, name: str, key: str) -> KeyPlace:
        """Keep a key; returns where it is kept now."""
        if not key:
            self.forget(name)
            return KeyPlace.NOWHERE
        self._in_memory[name] = key

        def kept(keyring: Keyring) -> bool:
            keyring.set_password(_SERVICE, name, key)
            # Some keyrings take everything and keep nothing.
            return keyring.get_password(_SERVICE, name) == key

        return KeyPlace.KEYRING if self._asked(kept) else KeyPlace.MEMORY

    def hold(self, name: str, key: str) -> None:
        """Keep a key in memory only, whatever the keyring has."""
        self._in_memory[name] = key

    def forget(self, name: str) -> None:
        """Delete a key wherever it is."""
        self._in_memory.pop(name, None)
        self._asked(lambda keyring: keyring.delete_password(_SERVICE, name))

    def _asked(self, question: Callable[[Keyring], _Answer]) -> _Answer | None:
        """Ask the keyring in a thread of its own; None where it fails or takes too long, and then for good."""
        if self._is_given_up:
            return None
        answers: list[_Answer] = []

        def ask() -> None:
            try:
                if self._keyring is None:
                    self._keyring = _system_keyring()
                answers.append(question(self._keyring))
            except Exception:  # the border to the backends, which raise what they like: no key is no failure
                return

        asking = threading.Thread(target=ask, name="keyring", daemon=True)
        asking.start()
        asking.join(self._limit_s)
        if asking.is_alive():
            self._is_given_up = True
            return None
        return answers[0] if answers else None


def key_name(address: str) -> str:
    """Return the name under which the key of a server is kept: its scheme and host, the same however it was written.

    Raises:
        ServerUnreachable: it is no address.
    """
    return server_address(address).root


def _system_keyring() -> Keyring:
    # The import looks for backends, which takes a while.
    import keyring  # noqa: PLC0415

    found = keyring.get_keyring()
    if any(type(each).__module__.startswith(_FILES) for each in (found, *getattr(found, "backends", ()))):
        raise LookupError("a keyring that is a plain file")
    return found
