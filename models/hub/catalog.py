"""The models that are offered: a list that comes with the app, made fresh by what the hub says when a person asks.

The shipped list knows no checksums. What is in it can only be downloaded after the hub has told them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from models.files.gguf_types import FILE_TYPES, TENSOR_TYPES
from resources.locations import models_folder

_QUANTISATION = re.compile(
    r"(?<![A-Za-z0-9])(IQ[1-4]_(?:XXS|XS|NL|S|M)|Q[1-8]_K_(?:XL|S|M|L)|Q[2-8]_K|Q[1-8]_[01]|TQ[12]_0|MXFP4|NVFP4|BF16|F16|F32)"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_MODELS = ("mmproj", "imatrix", "projector", "lora", "adapter")

BITS = {
    "Q2_K": 3.13, "Q3_K_S": 3.6, "Q3_K_M": 3.98, "Q3_K_L": 4.29, "IQ3_M": 3.75, "IQ4_XS": 4.4,
    "Q4_0": 4.62, "Q4_K_S": 4.64, "Q4_K_M": 4.91, "Q5_K_S": 5.58, "Q5_K_M": 5.72, "Q6_K": 6.56, "Q8_0": 8.5,
    "F16": 16.0, "BF16": 16.0, "F32": 32.0,
}  # fmt: skip
"""Bits a weight: listed sizes of files of Qwen2.5-7B and 14B divided by their number of parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model takes, known before its file is here."""

    layers: int
    embedding: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int
    parameters: int
    context_tokens: int
    weight_bytes: int = 0

    @property
    def kv_bytes_per_token(self) -> int:
        """Of keys and values in f16, over all layers."""
        return 2 * self.layers * self.kv_heads * self.head_dim * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFile:
    """One file in a repository."""

    path: str
    size_bytes: int
    sha256: str = ""
    """Lower case; empty when nobody has told it yet."""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model in one quantisation, in one or several files."""

    family: str
    """Key of its family."""
    name: str
    """For people: ``DeepResearcher-7b Q4_K_M``."""
    quantisation: str
    repository: str
    """``owner/name`` on the hub; empty when it has to be looked up there first."""
    revision: str
    """The commit that was looked at; empty when it is not pinned yet."""
    files: tuple[OfferFile, ...]
    shape: Shape
    size_is_estimated: bool = False
    """Whether the size was computed from the number of weights and not told by anybody."""
    source: str = ""
    """Where the size comes from."""
    downloads: int = 0
    is_gated: bool = False

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def file(self) -> str:
        """Path of the first file in the repository; empty when it has to be looked up first."""
        return self.files[0].path if self.files else ""

    @property
    def sha256(self) -> str:
        """Of the first file; empty when nobody has told it yet."""
        return self.files[0].sha256 if self.files else ""

    @property
    def can_be_verified(self) -> bool:
        """Whether the checksum of every file is known."""
        return bool(self.files) and all(file.sha256 for file in self.files)

    @property
    def is_pinned(self) -> bool:
        """Whether repository, revision and checksums are known: it can be downloaded as it is."""
        return bool(self.repository and self.revision) and self.can_be_verified


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A model that exists in several quantisations."""

    key: str
    name: str
    base_repository: str
    """Of the unquantised weights; quantised ones are looked up by it."""
    repositories: tuple[str, ...]
    """Repositories that are known to hold quantised files."""
    about: str
    license: str
    license_allows_business: bool
    research_trained: bool
    """Whether it was trained to do research with a search engine."""
    rank: int
    """Lower is better at research; the order is judgement, not measurement."""
    shape: Shape
    offers: tuple[Offer, ...]


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """Families of models, the best first."""

    families: tuple[Family, ...]
    known_quantisers: tuple[str, ...]
    """Owners of repositories who are known to make sound files, the best known first."""
    hub: str
    """Address of the hub."""

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """All offers of all families."""
        return tuple(offer for family in self.families for offer in family.offers)

    def family(self, key: str) -> Family:
        """Return a family by its key.

        Raises:
            KeyError: there is none.
        """
        for family in self.families:
            if family.key == key:
                return family
        raise KeyError(key)

    def with_offers(self, key: str, offers: tuple[Offer, ...]) -> Catalog:
        """Return a catalogue in which a family has other offers; the old ones stay when there are none."""
        if not offers:
            return self
        families = tuple(replace(one, offers=offers) if one.key == key else one for one in self.families)
        return replace(self, families=families)


def shipped_catalog(path: Path | None = None) -> Catalog:
    """Return the catalogue that comes with the app.

    Args:
        path: another JSON file of the same form.
    """
    written = json.loads((path or models_folder() / "catalogue.json").read_text(encoding="utf-8"))
    families = sorted((_family(entry) for entry in written["families"]), key=lambda family: family.rank)
    return Catalog(families=tuple(families), known_quantisers=tuple(written["known_quantisers"]), hub=written["hub"])


def _family(entry: Mapping[str, Any]) -> Family:
    shape = Shape(**entry["shape"])
    family = Family(
        key=entry["key"],
        name=entry["name"],
        base_repository=entry["base_repository"],
        repositories=tuple(entry["repositories"]),
        about=entry["about"],
        license=entry["license"],
        license_allows_business=entry["license_allows_business"],
        research_trained=entry["research_trained"],
        rank=entry["rank"],
        shape=shape,
        offers=(),
    )
    return replace(family, offers=tuple(_shipped_offer(family, file) for file in entry["files"]))


def _shipped_offer(family: Family, entry: Mapping[str, Any]) -> Offer:
    quantisation, listed = entry["quantisation"], entry["size_bytes"]
    size = listed or estimated_bytes(family.shape, quantisation)
    return Offer(
        family=family.key,
        name=f"{family.name} {quantisation}",
        quantisation=quantisation,
        repository=entry["repository"],
        revision="",
        files=(OfferFile(path=entry["file"], size_bytes=size),),
        shape=replace(family.shape, weight_bytes=size),
        size_is_estimated=not listed,
        source=entry["source"],
    )


def estimated_bytes(shape: Shape, quantisation: str) -> int:
    """Return about how large a file is: parameters × bits a weight / 8, with ``BITS`` of a model of the same kind."""
    return round(shape.parameters * BITS.get(quantisation, 5.0) / 8)


def quantisation_of(name: str) -> str:
    """Return the quantisation that a file's name tells, in capitals; empty when it tells none."""
    found = _QUANTISATION.findall(PurePosixPath(name).name)
    return found[-1].upper() if found else ""


def is_repository(name: object) -> bool:
    """Whether this can be the name of a repository: ``owner/name``."""
    return isinstance(name, str) and _REPOSITORY.fullmatch(name) is not None and ".." not in name


def is_sha256(value: object) -> bool:
    """Whether this can be a SHA-256 as the hub writes it."""
    return isinstance(value, str) and _SHA256.fullmatch(value.lower()) is not None


def is_safe_path(path: object) -> bool:
    """Whether a file's path in a repository is one that may be asked for and written under its last part."""
    if not isinstance(path, str) or not 0 < len(path) <= 300 or path.startswith("/"):
        return False
    name = PurePosixPath(path).name
    return (
        path.isprintable()
        and not set(path) & set('\\:*?"<>|%#')
        and ".." not in path.split("/")
        and name.lower().endswith(".gguf")
        and not name.startswith((".", "-"))
    )


def offers_from_files(
    family: Family,
    *,
    repository: str,
    revision: str,
    files: tuple[OfferFile, ...],
    downloads: int = 0,
    is_gated: bool = False,
) -> tuple[Offer, ...]:
    """Return what a repository's files offer: whole models in a known quantisation, incomplete sets left out."""
    sets: dict[str, list[OfferFile]] = {}
    for file in sorted(files, key=lambda file: file.path):
        if is_safe_path(file.path) and not any(word in file.name.lower() for word in _NOT_MODELS):
            sets.setdefault(_PART.sub("", file.path), []).append(file)
    found = []
    for together in sets.values():
        quantisation = quantisation_of(together[0].name)
        if not quantisation or not _is_whole(together):
            continue
        size = sum(file.size_bytes for file in together)
        # Helpers such as draft models lie beside some models, and are far smaller than their quantisation tells.
        if family.shape.parameters and size * 8 < family.shape.parameters * 1.2:
            continue
        found.append(
            Offer(
                family=family.key,
                name=f"{family.name} {quantisation}",
                quantisation=quantisation,
                repository=repository,
                revision=revision,
                files=tuple(together),
                shape=replace(family.shape, weight_bytes=size),
                source=repository,
                downloads=downloads,
                is_gated=is_gated,
            )
        )
    return tuple(found)


def _is_whole(files: list[OfferFile]) -> bool:
    parts = [_PART.search(file.path) for file in files]
    if len(files) == 1 and parts[0] is None:
        return files[0].size_bytes > 0
    numbers = [(int(part[1]), int(part[2])) for part in parts if part is not None]
    count = len(files)
    return numbers == [(number, count) for number in range(1, count + 1)] and all(file.size_bytes > 0 for file in files)


def best_of_each(offers: tuple[Offer, ...], *, known_quantisers: tuple[str, ...]) -> tuple[Offer, ...]:
    """Return one offer for each quantisation, the largest first: of a known maker, then the most downloaded."""

    def order(offer: Offer) -> tuple[object, ...]:
        owner = offer.repository.partition("/")[0].lower()
        known = [name.lower() for name in known_quantisers]
        place = known.index(owner) if owner in known else len(known)
        return (not offer.can_be_verified, offer.is_gated, len(offer.files) > 1, place, -offer.downloads, offer.file)

    best: dict[str, Offer] = {}
    for offer in sorted(offers, key=order):
        best.setdefault(offer.quantisation, offer)
    return tuple(sorted(best.values(), key=lambda offer: -offer.size_bytes))


_ORDER = ("F32", "BF16", "F16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q4_K_M", "Q4_K_S", "IQ4_NL",
          "IQ4_XS", "Q4_1", "Q4_0", "Q3_K_L", "Q3_K_M", "IQ3_M", "Q3_K_S", "IQ3_XS", "IQ3_XXS", "Q2_K", "Q2_K_S",
          "IQ2_M", "IQ2_S", "IQ2_XS", "IQ2_XXS", "IQ1_M", "IQ1_S")  # fmt: skip


def quality_of(quantisation: str) -> int:
    """Return how much of a model's quality a quantisation keeps, as a place: 0 for all of it, more is worse."""
    simple = quantisation.upper().replace("_XL", "_L").replace("Q4_K_L", "Q4_K_M").replace("Q5_K_L", "Q5_K_M")
    simple = simple.replace("Q6_K_L", "Q6_K").replace("Q2_K_L", "Q2_K")
    return _ORDER.index(simple) if simple in _ORDER else len(_ORDER)


def is_known_quantisation(name: str) -> bool:
    """Whether llama.cpp can run files of this quantisation."""
    simple = name.upper().removesuffix("_XL").removesuffix("_L")
    known = {*FILE_TYPES.values(), *(kind.name for kind in TENSOR_TYPES.values())}
    return name.upper() in known or simple in known
