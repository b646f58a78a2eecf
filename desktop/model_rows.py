"""What ``models`` knows of files and offers, as rows in a person's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.items.models import FoundRow, OfferRow, gigabytes
from desktop.plain_text import one_line
from models.catalog import Catalog, Offer
from models.errors import ModelError
from models.gguf import GgufAbout, read_gguf
from models.hardware import Machine


def key_of(offer: Offer) -> str:
    """Return what tells an offer from others, before and after the hub was asked."""
    return f"{offer.family} {offer.quantisation}"


def titled(about: GgufAbout) -> str:
    """Return what a model file is called: its name, and its quantisation if the name does not tell it."""
    name = one_line(about.name, limit=80)
    if not about.quantisation or about.quantisation.casefold() in name.casefold():
        return name
    return f"{name} {about.quantisation}"


def found_row(path: Path, *, owner: str, machine: Machine) -> FoundRow:
    """Return a row for a file on this computer."""
    try:
        about = read_gguf(path)
    except ModelError as error:
        return FoundRow(path=path, name=path.name, facts=owner, problem=str(error), fits=False)
    facts = [about.quantisation, parameters_words(about.parameters), gigabytes(about.file_bytes), owner]
    return FoundRow(
        path=path,
        name=titled(about),
        facts="  ·  ".join(part for part in facts if part),
        is_test_only=about.is_test_only,
    )


def offer_rows(catalog: Catalog, *, machine: Machine, is_here: Callable[[Offer], bool]) -> tuple[OfferRow, ...]:
    """Return rows for everything that is offered, the recommended one first."""
    return tuple(
        OfferRow(
            key=key_of(offer),
            name=offer.name,
            facts=catalog.family(offer.family).about,
            size_bytes=offer.size_bytes,
            is_here=is_here(offer),
        )
        for offer in catalog.offers
    )


def parameters_words(parameters: int) -> str:
    """Return ``7.6 B parameters`` or ``600 K parameters``."""
    for amount, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if parameters >= amount:
            value = parameters / amount
            return f"{value:.1f} {unit} parameters" if value < 100 else f"{value:.0f} {unit} parameters"
    return ""
