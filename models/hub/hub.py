"""Asks the model hub which quantised files there are of a model: sizes, checksums, and the revision they belong to.

The hub is Hugging Face's or a mirror that answers like it. Nothing it says is believed beyond its form, and nothing is
asked unless a person wants it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from models.errors import DownloadFailed
from models.http import ConnectionProblem, HttpAnswer, HttpClient, IsCancelled
from models.hub.catalog import (
    Catalog,
    Family,
    Offer,
    OfferFile,
    best_of_each,
    is_repository,
    is_safe_path,
    is_sha256,
    offers_from_files,
)

HUB = "https://huggingface.co"

_ANSWER_BYTES = 8_000_000
_MOST_REPOSITORIES = 6
"""Looked into for one model, the best known makers first."""
_LARGEST_FILE = 2_000_000_000_000


class HubProblem(DownloadFailed):
    """The hub does not say what was asked.

    Args:
        retry_after_s: after how many seconds the hub wants to be asked again; 0 when it did not say.
    """

    def __init__(self, title: str, *, hint: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(title, hint=hint)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRepository:
    """A repository as the hub lists it."""

    name: str
    downloads: int
    likes: int
    is_gated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HubListing:
    """The GGUF files of a repository at one revision."""

    repository: str
    revision: str
    """The commit; files are asked for at it, so that they cannot change under a download."""
    files: tuple[OfferFile, ...]
    is_gated: bool
    downloads: int


class Hub:
    """Asks one hub.

    Args:
        client: how to reach it.
        mirror: address of another hub that answers alike; the ordinary one when empty.

    Raises:
        HubProblem: the mirror's address makes no sense.
    """

    def __init__(self, client: HttpClient, *, mirror: str = "") -> None:
        self._client = client
        self._address = _checked(mirror) if mirror else HUB

    @property
    def address(self) -> str:
        """Where it is asked, without a slash at the end."""
        return self._address

    def quantised(
        self, base_repository: str, *, known_quantisers: tuple[str, ...] = (), is_cancelled: IsCancelled | None = None
    ) -> tuple[HubRepository, ...]:
        """Return the repositories with GGUF files made from a model: known makers first, then by downloads.

        Raises:
            HubProblem: the hub did not answer the question.
            RequestCancelled: ``is_cancelled`` said True.
        """
        query = urlencode(
            [
                ("filter", f"base_model:quantized:{base_repository}"),
                ("filter", "gguf"),
                ("sort", "downloads"),
                ("direction", "-1"),
                ("limit", "50"),
            ]
        )
        said = self._ask(f"/api/models?{query}", what=base_repository, is_cancelled=is_cancelled)
        if not isinstance(said, list):
            raise _nonsense(self._address)
        found = [_repository(entry) for entry in said if isinstance(entry, dict)]
        known = [name.lower() for name in known_quantisers]

        def order(one: HubRepository) -> tuple[bool, int, int]:
            owner = one.name.partition("/")[0].lower()
            return (one.is_gated, known.index(owner) if owner in known else len(known), -one.downloads)

        return tuple(sorted((one for one in found if one is not None), key=order))

    def files(self, repository: str, *, revision: str = "", is_cancelled: IsCancelled | None = None) -> HubListing:
        """Return the GGUF files of a repository, with sizes and checksums.

        Args:
            repository: ``owner/name``.
            revision: a commit or branch; the newest when empty.
            is_cancelled: asked every 50 ms.

        Raises:
            HubProblem: the hub did not answer the question, or there is no such repository.
            RequestCancelled: ``is_cancelled`` said True.
        """
        if not is_repository(repository):
            raise HubProblem(
                f"“{repository[:80]}” is no name of a repository",
                hint="Names look like owner/name, as on the hub's pages.",
            )
        at = f"/revision/{quote(revision, safe='')}" if revision else ""
        said = self._ask(f"/api/models/{repository}{at}?blobs=true", what=repository, is_cancelled=is_cancelled)
        if not isinstance(said, dict):
            raise _nonsense(self._address)
        commit = said.get("sha")
        entries = said.get("siblings")
        files = [_file(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        return HubListing(
            repository=repository,
            revision=commit if isinstance(commit, str) and commit.isalnum() and len(commit) <= 64 else "",
            files=tuple(file for file in files if file is not None),
            is_gated=_is_gated(said),
            downloads=_count(said.get("downloads")),
        )

    def offers(
        self, family: Family, *, known_quantisers: tuple[str, ...] = (), is_cancelled: IsCancelled | None = None
    ) -> tuple[Offer, ...]:
        """Return the best file of each quantisation that the hub has of a model; empty when it has none.

        Raises:
            HubProblem: the hub did not answer the questions.
            RequestCancelled: ``is_cancelled`` said True.
        """
        listed = self.quantised(family.base_repository, known_quantisers=known_quantisers, is_cancelled=is_cancelled)
        downloads = {one.name: one.downloads for one in listed}
        names = list(dict.fromkeys([*family.repositories, *downloads]))[:_MOST_REPOSITORIES]
        found: list[Offer] = []
        problem: HubProblem | None = None
        for name in names:
            try:
                listing = self.files(name, is_cancelled=is_cancelled)
            except HubProblem as error:
                if error.retry_after_s:
                    raise
                problem = error
                continue
            found += offers_from_files(
                family,
                repository=name,
                revision=listing.revision,
                files=listing.files,
                downloads=downloads.get(name, listing.downloads),
                is_gated=listing.is_gated,
            )
        if not found and problem is not None:
            raise problem
        return best_of_each(tuple(found), known_quantisers=known_quantisers)

    def refreshed(
        self, catalog: Catalog, *, keys: tuple[str, ...] = (), is_cancelled: IsCancelled | None = None
    ) -> Catalog:
        """Return the catalogue with what the hub has now; families it has nothing of stay as they were.

        Args:
            catalog: where to begin.
            keys: the families to ask about; all when empty.
            is_cancelled: asked every 50 ms.

        Raises:
            HubProblem: the hub did not answer the questions.
            RequestCancelled: ``is_cancelled`` said True.
        """
        for family in catalog.families:
            if not keys or family.key in keys:
                offers = self.offers(family, known_quantisers=catalog.known_quantisers, is_cancelled=is_cancelled)
                catalog = catalog.with_offers(family.key, offers)
        return catalog

    def located(self, offer: Offer, *, catalog: Catalog, is_cancelled: IsCancelled | None = None) -> Offer:
        """Return the offer ready to be downloaded; one without a repository is looked up by its family.

        Raises:
            HubProblem: the hub has no such file, or did not answer.
            RequestCancelled: ``is_cancelled`` said True.
        """
        if offer.repository:
            return self.pinned(offer, is_cancelled=is_cancelled)
        found = self.offers(
            catalog.family(offer.family), known_quantisers=catalog.known_quantisers, is_cancelled=is_cancelled
        )
        for one in found:
            if one.quantisation == offer.quantisation:
                return one
        there = ", ".join(one.quantisation for one in found)
        raise HubProblem(
            f"The hub has no file of {offer.name} at the moment",
            hint=f"It has {there}. Choose one of these." if there else "Try again later, or choose another model.",
        )

    def pinned(self, offer: Offer, *, is_cancelled: IsCancelled | None = None) -> Offer:
        """Return the offer with revision, sizes and checksums as the hub tells them now; as it is when it has them.

        Raises:
            HubProblem: the hub does not have the file any more, has another in its place, or did not answer.
            RequestCancelled: ``is_cancelled`` said True.
        """
        if offer.is_pinned:
            return offer
        listing = self.files(offer.repository, revision=offer.revision, is_cancelled=is_cancelled)
        there = {file.path: file for file in listing.files}
        if not all(file.path in there for file in offer.files) or not offer.files:
            raise HubProblem(
                f"The hub does not have “{offer.file}” any more",
                hint="Ask it for its present list, and choose another file.",
            )
        files = tuple(there[file.path] for file in offer.files)
        found = offers_from_files(
            _family_of(offer),
            repository=offer.repository,
            revision=listing.revision,
            files=files,
            is_gated=listing.is_gated,
        )
        if not found:
            size = sum(file.size_bytes for file in files)
            raise HubProblem(
                f"What the hub lists as “{offer.file}” cannot be this model",
                hint=f"It has {size / 1e9:.2f} GB, where about {offer.size_bytes / 1e9:.2f} GB were expected. "
                "Ask the hub for its present list, and choose another file.",
            )
        return found[0]

    def address_of(self, offer: Offer, file: OfferFile) -> str:
        """Return where a file can be fetched."""
        return (
            f"{self._address}/{offer.repository}/resolve/{quote(offer.revision or 'main', safe='')}/{quote(file.path)}"
        )

    def _ask(self, path: str, *, what: str, is_cancelled: IsCancelled | None) -> Any:
        """What the hub says, as Python values."""
        try:
            with self._client.open(
                self._address + path, headers={"accept": "application/json"}, is_cancelled=is_cancelled
            ) as answer:
                _check(answer, what=what, hub=self._address)
                body = answer.read(limit_bytes=_ANSWER_BYTES)
        except ConnectionProblem as error:
            raise HubProblem(error.title, hint=error.hint) from error
        if body.lstrip()[:1] == b"<":
            raise web_page(self._address)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _nonsense(self._address) from error


def _family_of(offer: Offer) -> Family:
    return Family(
        key=offer.family,
        name=offer.name.removesuffix(f" {offer.quantisation}"),
        base_repository="",
        repositories=(),
        about="",
        license="",
        license_allows_business=True,
        research_trained=False,
        rank=0,
        shape=offer.shape,
        offers=(),
    )


def retry_after_s(answer: HttpAnswer) -> float:
    """Return how long the server wants to be left alone, in seconds: at most an hour, 0 when it does not say."""
    written = answer.headers.get("retry-after", "").strip()
    return float(min(int(written), 3_600)) if written.isdecimal() and len(written) < 9 else 0.0


def web_page(hub: str) -> HubProblem:
    """Say that a page for people came instead of what was asked for."""
    return HubProblem(
        f"{urlsplit(hub).hostname} answers with a web page instead of the data",
        hint="A login page of the network, a filter or a captcha may be in the way. A browser will show it.",
    )


def refusal(status: int, *, what: str, hub: str, wait_s: float = 0.0) -> HubProblem:
    """Say in words what a status means that is no success."""
    host = urlsplit(hub).hostname or "The hub"
    if status in (401, 403):
        return HubProblem(
            f"{host} does not give out {what} to everybody",
            hint="The model may be gated: its makers want a registration. Choose a repository that is open.",
        )
    if status in (404, 410):
        return HubProblem(
            f"{host} does not have {what}", hint="It may have been renamed or removed. Choose another one."
        )
    if status == 407:
        return HubProblem(
            "The proxy wants a name and a password", hint="Write them into the proxy's address in the settings."
        )
    if status == 429:
        minutes = f" It asks to wait {round(wait_s / 60) or 1} min." if wait_s else ""
        return HubProblem(
            f"{host} has been asked too often", hint=f"Try again later.{minutes}", retry_after_s=wait_s or 60.0
        )
    if status >= 500:
        return HubProblem(
            f"{host} is out of order at the moment ({status})", hint="Try again later.", retry_after_s=wait_s
        )
    return HubProblem(f"{host} answers with an error ({status})", hint="Check the address of the hub or mirror.")


def _check(answer: HttpAnswer, *, what: str, hub: str) -> None:
    if answer.status != 200:
        raise refusal(answer.status, what=what, hub=hub, wait_s=retry_after_s(answer))
    if answer.headers.get("content-type", "").startswith("text/html"):
        raise web_page(hub)


def _checked(mirror: str) -> str:
    address = mirror.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
    except ValueError:
        good = False
    if not good:
        raise HubProblem("The mirror's address cannot be used", hint="It should look like https://mirror.example.")
    return address


def _nonsense(hub: str) -> HubProblem:
    return HubProblem(
        f"{urlsplit(hub).hostname} answers with something that is no list of models",
        hint="Check that the address is that of a model hub or its mirror.",
    )


def _repository(entry: dict[str, Any]) -> HubRepository | None:
    name = entry.get("id") or entry.get("modelId")
    if not isinstance(name, str) or not is_repository(name) or entry.get("private") is True:
        return None
    return HubRepository(
        name=name,
        downloads=_count(entry.get("downloads")),
        likes=_count(entry.get("likes")),
        is_gated=_is_gated(entry),
    )


def _file(entry: dict[str, Any]) -> OfferFile | None:
    path, large = entry.get("rfilename"), entry.get("lfs")
    if not is_safe_path(path):
        return None
    assert isinstance(path, str)
    large = large if isinstance(large, dict) else {}
    checksum = large.get("sha256") or str(large.get("oid", "")).removeprefix("sha256:")
    size = _count(large.get("size")) or _count(entry.get("size"))
    if not 0 < size <= _LARGEST_FILE:
        return None
    return OfferFile(path=path, size_bytes=size, sha256=str(checksum).lower() if is_sha256(checksum) else "")


def _is_gated(entry: dict[str, Any]) -> bool:
    return entry.get("gated") not in (None, False, "false", "")


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 60 else 0
