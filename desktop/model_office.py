"""Does for the window what takes long with language models: looks for them, asks the hub or a server, fetches files."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from desktop.downloads import Fetch, OnProgress
from desktop.items.models import DownloadRow, FoundRow, OfferRow, ServerAnswer
from desktop.model_rows import found_rows, key_of, offer_rows, titled, unfinished_row
from desktop.model_seams import ModelRunner
from desktop.model_words import TEST_ONLY_WORDS
from engine.network.door import Door
from engine.network.gate import Purpose
from models.chat import ChatRequest, Message, Prompt, Speaker
from models.choice import LocalChoice, ModelChoice, RemoteChoice, read_choice, write_choice
from models.errors import DownloadFailed, LoadCancelled, ModelError
from models.files.discovery import find_models
from models.files.gguf import read_gguf
from models.files.model_folder import default_folder, remove_model, unfinished
from models.http import HttpClient, RequestCancelled
from models.hub.catalog import Catalog, Offer, shipped_catalog
from models.hub.download import Download, offer_from
from models.hub.hub import Hub
from models.keys import KeyPlace, Keys, key_name
from models.machine.hardware import Machine, this_machine
from models.machine.settings import MachineSettings
from models.servers.address import server_address
from models.servers.remote import RemoteModel
from models.status import OnStatus

_WORD_TOKENS = 16


class LocalOffice:
    """Implements ``ModelOffice``. Used by the thread for models and by the one for downloads."""

    def __init__(self, data_folder: Path, *, keys: Keys, door: Door) -> None:
        self._data_folder = data_folder
        self._door = door
        self._keys = keys
        self._places: dict[str, KeyPlace] = {}
        self._seen: Machine | None = None
        self._lock = threading.Lock()
        self._catalog: Catalog | None = None
        self._choice = ModelChoice()
        self._begun: dict[str, Offer] = {}
        """Offers whose download an earlier start began, as they were then."""

    # --- the choice ---

    def read_choice(self) -> ModelChoice:
        """Return what was chosen before."""
        self._choice = read_choice(self._data_folder)
        return self._choice

    def keep_choice(self, choice: ModelChoice) -> None:
        """Write down what is chosen."""
        self._choice = choice
        write_choice(self._data_folder, choice)

    def name_of(self, chosen: LocalChoice | RemoteChoice) -> str:
        """Return what a chosen model is called."""
        if isinstance(chosen, RemoteChoice):
            return f"{chosen.model} at {server_address(chosen.address).host}"
        try:
            about = read_gguf(chosen.path)
        except ModelError:
            return chosen.path.stem
        return titled(about) + TEST_ONLY_WORDS if about.is_test_only else titled(about)

    # --- what is here ---

    def check(self, path: Path) -> None:
        """Look whether a file is a model that can be used."""
        read_gguf(path)

    def found(self, choice: ModelChoice, *, held_bytes: int) -> tuple[FoundRow, ...]:
        """Return the models on this computer, and how they would fit."""
        machine = self._machine(held_bytes)
        folder = self._folder(choice)
        also = () if folder == default_folder(self._data_folder) else (default_folder(self._data_folder),)
        files = [(one.path, str(one.keeper), one.is_ours) for one in find_models(also, our_folder=folder).models]
        chosen = choice.policy.path if isinstance(choice.policy, LocalChoice) else None
        known = {path for path, _, _ in files}
        added = [path for path in (*choice.added, chosen) if path is not None and path not in known]
        files[:0] = [(path, str(path.parent), False) for path in dict.fromkeys(reversed(added))]
        settings = MachineSettings(self._data_folder, machine=self._looked_at)
        rows = found_rows(files, machine=machine, catalog=self._known(), tuned=settings.tuned)
        return tuple(replace(row, is_chosen=row.path == chosen, is_added=row.path in added) for row in rows)

    def remove(self, path: Path) -> None:
        """Delete a file that was downloaded by us."""
        remove_model(path, folder=self._folder(self._choice))

    # --- what is offered ---

    def offers(self, _choice: ModelChoice, *, held_bytes: int) -> tuple[OfferRow, ...]:
        """Return what could be downloaded, as far as it is known without asking anybody."""
        return offer_rows(self._known(), machine=self._machine(held_bytes), measured=(), is_here=self._is_here)

    def refresh_offers(
        self, choice: ModelChoice, *, held_bytes: int, is_cancelled: Callable[[], bool]
    ) -> tuple[OfferRow, ...]:
        """Ask the hub which files there are, and return what could be downloaded."""
        try:
            with closing(self._hub_client(choice)) as client:
                catalog = Hub(client, mirror=choice.mirror).refreshed(self._known(), is_cancelled=is_cancelled)
        except RequestCancelled as error:
            raise LoadCancelled("It was given up") from error
        with self._lock:
            self._catalog = catalog
        return self.offers(choice, held_bytes=held_bytes)

    def unfinished(self, choice: ModelChoice) -> tuple[DownloadRow, ...]:
        """Return downloads that an earlier start left incomplete."""
        rows = []
        for left in unfinished(self._folder(choice)):
            offer = offer_from(left.offer, catalog=self._known())
            if offer is not None:
                self._begun[key_of(offer)] = offer
                rows.append(unfinished_row(key_of(offer), offer.name, left))
        return tuple(rows)

    def fetch(self, key: str, *, on_progress: OnProgress, is_cancelled: Callable[[], bool]) -> Fetch:
        """Return the download of an offer; asks the hub where it is, if nobody knows yet."""
        choice = self._choice
        offer = self._offer(key)
        client = self._hub_client(choice)
        try:
            if not offer.repository:
                offer = self._looked_up(offer, client, is_cancelled=is_cancelled)
        except BaseException:
            client.close()
            raise
        download = Download(
            offer, folder=self._folder(choice), client=client, mirror=choice.mirror, on_progress=on_progress
        )
        return _Fetch(download, client)

    def _hub_client(self, choice: ModelChoice) -> HttpClient:
        return self._door.client(Purpose.MODEL_HUB, trusted=(choice.mirror,))

    def _looked_up(self, offer: Offer, client: HttpClient, *, is_cancelled: Callable[[], bool]) -> Offer:
        catalog = self._known()
        found = Hub(client, mirror=self._choice.mirror).offers(
            catalog.family(offer.family), known_quantisers=catalog.known_quantisers, is_cancelled=is_cancelled
        )
        with self._lock:
            self._catalog = catalog.with_offers(offer.family, found)
        same = next((one for one in found if one.quantisation == offer.quantisation), None)
        if same is None:
            raise DownloadFailed(
                f"The hub has no file of {offer.name} at the moment",
                hint="Ask for newer files, and choose one that is there.",
            )
        return same

    def _offer(self, key: str) -> Offer:
        offer = self._begun.get(key) or next((one for one in self._known().offers if key_of(one) == key), None)
        if offer is None:
            raise DownloadFailed("This model is not offered any more", hint="Choose another one.")
        return offer

    def _known(self) -> Catalog:
        with self._lock:
            if self._catalog is None:
                self._catalog = shipped_catalog()
            return self._catalog

    def _folder(self, choice: ModelChoice) -> Path:
        return choice.model_folder or default_folder(self._data_folder)

    def _looked_at(self) -> Machine:
        if self._seen is None:
            self._seen = this_machine()
        return self._seen

    def _machine(self, held_bytes: int) -> Machine:
        """Return this computer as it is now; what a loaded model of ours holds counts as free."""
        machine = self._seen = this_machine()
        return replace(machine, free_bytes=machine.free_bytes + held_bytes)

    def _is_here(self, offer: Offer) -> bool:
        owner, _, name = offer.repository.partition("/")
        names = [Path(file.path).name for file in offer.files]
        folder = self._folder(self._choice) / owner / name
        return bool(offer.repository) and all((folder / one).is_file() for one in names)

    # --- servers ---

    def list_server(self, address: str, *, key: str, is_cancelled: Callable[[], bool]) -> ServerAnswer:
        """Ask a server which models it has."""
        with closing(self._door.client_to(address)) as client:
            model = RemoteModel(address, model="?", client=client, key=key or self._key(address))
            facts = model.facts(is_cancelled=is_cancelled)
        names = tuple(one.name for one in facts.models)
        if not names:
            return ServerAnswer(words=f"{facts.kind}: it answers, but lists no models.", is_good=False)
        listed = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        return ServerAnswer(words=f"{facts.kind}, with {listed}.", is_good=True, models=names)

    def try_server(self, address: str, *, model: str, key: str, is_cancelled: Callable[[], bool]) -> ServerAnswer:
        """Ask a model on a server for a word."""
        request = ChatRequest(
            prompt=Prompt(messages=(Message(speaker=Speaker.USER, text="Answer with one word: are you there?"),)),
            max_tokens=_WORD_TOKENS,
        )
        with closing(self._door.client_to(address)) as client:
            remote = RemoteModel(address, model=model, client=client, key=key or self._key(address))
            about = remote.about(is_cancelled=is_cancelled)
            reply = remote.reply(request, is_cancelled=is_cancelled)
        said = " ".join(reply.text.split())[:80] or "nothing at all"
        words = f"It answers: “{said}”, in {reply.usage.reply_s + reply.usage.prompt_s:.1f} s."
        return ServerAnswer(words=f"{words} It has room for {about.context_tokens:,} tokens.", is_good=True)

    def keep_key(self, address: str, key: str) -> str:
        """Keep a server's key; return the name under which it is kept."""
        name = key_name(address)
        self._places[name] = self._keys.store(name, key)
        return name

    def forget_key(self, address: str) -> None:
        """Delete a server's key."""
        self._keys.forget(key_name(address))

    def key_words(self, address: str) -> str:
        """Return where a server's key is kept, in words; empty when there is none."""
        name = key_name(address)
        if not self._keys.read(name):
            return ""
        return self._places.get(name, KeyPlace.KEYRING).words

    def _key(self, address: str) -> str:
        return self._keys.read(key_name(address))


class _Fetch:
    """A download with the connections that are its own."""

    def __init__(self, download: Download, client: HttpClient) -> None:
        self._download = download
        self._client = client

    def run(self) -> Path:
        try:
            return self._download.run()
        finally:
            self._client.close()

    def pause(self) -> None:
        self._download.pause()

    def cancel(self) -> None:
        self._download.cancel()
        self._client.close()


def make_runner(data_folder: Path, keys: Keys, door: Door, on_status: OnStatus) -> ModelRunner:
    """Return what runs the models; it knows the keys that the office knows."""
    from models.runtime import ModelRuntime  # noqa: PLC0415  keeps the window's start quick

    return ModelRuntime(data_folder, on_status=on_status, keys=keys, open_client=door.client_to)
