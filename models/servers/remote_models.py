"""Makes the models behind servers that the person chose, with their keys and network clients."""

from __future__ import annotations

import threading

from models.choice import RemoteChoice
from models.http import HttpClient, OpenClient
from models.keys import Keys
from models.servers.remote import RemoteModel


class ServerModels:
    """Models behind servers and the connections they use, until it is closed.

    Args:
        keys: of the whole program, because one that could not be stored lives in it alone.
        open_client: makes a client for a server's address.
    """

    def __init__(self, keys: Keys, *, open_client: OpenClient) -> None:
        self._keys = keys
        self._open_client = open_client
        self._lock = threading.Lock()
        self._clients: dict[str, HttpClient] = {}
        self._models: dict[RemoteChoice, tuple[str, RemoteModel]] = {}

    def model(self, chosen: RemoteChoice) -> RemoteModel:
        """Return the model; the same one as long as its choice and its key stay the same.

        A keyring that does not answer holds this up for some seconds, once.

        Raises:
            ServerUnreachable: an address makes no sense.
        """
        key = self._keys.read(chosen.key_name) if chosen.key_name else ""
        with self._lock:
            known = self._models.get(chosen)
            if known is not None and known[0] == key:
                return known[1]
            client = self._clients.get(chosen.address)
            if client is None:
                client = self._clients[chosen.address] = self._open_client(chosen.address)
            model = RemoteModel(chosen.address, model=chosen.model, client=client, key=key)
            self._models[chosen] = (key, model)
            return model

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            clients = list(self._clients.values())
            self._clients.clear()
            self._models.clear()
        for client in clients:
            client.close()
