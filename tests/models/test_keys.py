import subprocess
import sys
import threading

import pytest

from models.errors import ServerUnreachable
from models.keys import KeyPlace, Keys, key_name

NAME = "https://models.example.org"
KEY = "sk-very-secret-4711"


class MemoryKeyring:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service_name: str, username: str) -> str | None:
        return self.kept.get((service_name, username))

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.kept[service_name, username] = password

    def delete_password(self, service_name: str, username: str) -> None:
        del self.kept[service_name, username]


class BrokenKeyring(MemoryKeyring):
    """A keyring that is locked, or that does not exist: every question ends in an error."""

    def get_password(self, service_name: str, username: str) -> str | None:
        raise RuntimeError("locked")

    def set_password(self, service_name: str, username: str, password: str) -> None:
        raise RuntimeError("locked")

    def delete_password(self, service_name: str, username: str) -> None:
        raise RuntimeError("locked")


class ForgetfulKeyring(MemoryKeyring):
    """A keyring that takes everything and keeps nothing."""

    def set_password(self, service_name: str, username: str, password: str) -> None:
        pass


class HangingKeyring(MemoryKeyring):
    """A keyring whose message bus never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.questions = 0

    def get_password(self, service_name: str, username: str) -> str | None:
        self.questions += 1
        self.let_go.wait(20)
        return None

    set_password = get_password  # type: ignore[assignment]


def test_a_key_outlives_the_program_where_there_is_a_keyring() -> None:
    keyring = MemoryKeyring()
    assert Keys(keyring).store(NAME, KEY) is KeyPlace.KEYRING
    assert Keys(keyring).read(NAME) == KEY
    Keys(keyring).forget(NAME)
    assert Keys(keyring).read(NAME) == ""
    assert keyring.kept == {}


def test_storing_no_key_deletes_the_old_one() -> None:
    keys = Keys(MemoryKeyring())
    keys.store(NAME, KEY)
    assert keys.store(NAME, "") is KeyPlace.NOWHERE
    assert keys.read(NAME) == ""


@pytest.mark.parametrize("keyring", [BrokenKeyring, ForgetfulKeyring])
def test_without_a_usable_keyring_a_key_is_kept_until_the_program_ends_and_that_is_said(keyring) -> None:
    keys = Keys(keyring())
    place = keys.store(NAME, KEY)
    assert place is KeyPlace.MEMORY
    assert "no file" in place.words
    assert keys.read(NAME) == KEY
    keys.forget(NAME)
    assert keys.read(NAME) == ""


def test_a_keyring_that_hangs_is_left_alone_after_a_while() -> None:
    keyring = HangingKeyring()
    keys = Keys(keyring, limit_s=0.1)
    assert keys.store(NAME, KEY) is KeyPlace.MEMORY
    assert keys.read(NAME) == KEY
    assert keys.read("https://other.example.org") == ""
    keys.forget(NAME)
    assert keyring.questions <= 1
    keyring.let_go.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join()


def test_keys_are_not_shown() -> None:
    keys = Keys(MemoryKeyring())
    keys.store(NAME, KEY)
    assert KEY not in repr(keys)


def test_a_server_has_one_name_however_its_address_is_written() -> None:
    names = {key_name(written) for written in ("localhost:8080", "http://localhost:8080/v1/", "http://localhost:8080")}
    assert len(names) == 1
    with pytest.raises(ServerUnreachable):
        key_name("ftp://x")


def test_the_real_keyring_library_never_raises_and_writes_no_file(tmp_path) -> None:
    """In a home folder of its own and without a message bus, as on a server."""
    program = (
        "import sys\nfrom models.keys import KeyPlace, Keys\nassert 'keyring' not in sys.modules\n"
        f"keys = Keys(limit_s=30)\nassert keys.read({NAME!r}) == ''\n"
        f"place = keys.store({NAME!r}, {KEY!r})\nassert place is KeyPlace.MEMORY, place\n"
        f"assert keys.read({NAME!r}) == {KEY!r}\nkeys.forget({NAME!r})"
    )
    environment = {
        "HOME": str(tmp_path),
        "USERPROFILE": str(tmp_path),
        "PYTHONPATH": ":".join(sys.path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
