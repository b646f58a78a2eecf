"""Models behind servers: one object for each choice, with the key that is known now."""

from __future__ import annotations

import pytest

from models.choice import RemoteChoice
from models.errors import ModelError
from models.keys import Keys
from models.servers.remote_models import ServerModels


class Keyring:
    """Keeps passwords in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get_password(self, service_name: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service_name: str, username: str) -> None:
        del self.kept[username]


class Nobody:
    """A client that nobody is asked with."""

    def __init__(self, address: str) -> None:
        self.address = address

    def close(self) -> None:
        pass


CHOICE = RemoteChoice(address="http://127.0.0.1:9", model="small", key_name="http://127.0.0.1:9")


@pytest.fixture
def keys() -> Keys:
    return Keys(Keyring())


@pytest.fixture
def servers(keys):
    made = ServerModels(keys, open_client=Nobody)
    yield made
    made.close()


def test_the_same_choice_is_the_same_model(servers):
    assert servers.model(CHOICE) is servers.model(CHOICE)
    other = RemoteChoice(address=CHOICE.address, model="large")
    assert servers.model(other) is not servers.model(CHOICE)


def test_a_new_key_makes_a_new_model(servers, keys):
    before = servers.model(CHOICE)
    keys.store(CHOICE.key_name, "secret")
    after = servers.model(CHOICE)
    assert after is not before
    assert "secret" not in repr(after)


def test_an_address_that_makes_no_sense_is_explained(servers):
    with pytest.raises(ModelError):
        servers.model(RemoteChoice(address="http://", model=""))
