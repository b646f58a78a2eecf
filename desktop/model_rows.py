"""What ``models`` knows of files and offers, as rows in a person's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.items.models import DownloadRow, FoundRow, OfferRow, Speed, gigabytes
from desktop.plain_text import one_line
from models.errors import ModelError
from models.files.gguf import GgufAbout, read_gguf
from models.files.model_folder import Unfinished
from models.hub.catalog import Catalog, Offer, quality_of
from models.hub.download import DownloadState
from models.machine.estimates import BEARABLE_MINUTES, ENOUGH_SPARE, Basis, Choice, Measured, choices, estimate_speed
from models.machine.estimates import Speed as Estimate
from models.machine.fit import Fit, fit, usable_gpu
from models.machine.hardware import Machine
from models.machine.settings import Tuned

_ON_THE_PROCESSOR = "It runs on the processor."
_UNKNOWN_RANK = 99
_USUAL = "Q4_K_M"

TunedOf = Callable[[GgufAbout], Tuned | None]
"""What was measured with such a model on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    row: FoundRow
    placed: Fit
    quantisation: str


def key_of(offer: Offer) -> str:
    """Return what tells an offer from others, before and after the hub was asked."""
    return f"{offer.family} {offer.quantisation}"


def titled(about: GgufAbout) -> str:
    """Return what a model file is called: its name, and its quantisation if the name does not tell it."""
    name = one_line(about.name, limit=80)
    if not about.quantisation or about.quantisation.casefold() in name.casefold():
        return name
    return f"{name} {about.quantisation}"


def found_rows(
    files: Sequence[tuple[Path, str, bool]], *, machine: Machine, catalog: Catalog, tuned: TunedOf
) -> tuple[FoundRow, ...]:
    """Return rows for files on this computer, those that cannot be used last, at most one of them recommended.

    Args:
        files: path, where it comes from in words, and whether it is ours.
        machine: what there is.
        catalog: tells which models are better at research.
        tuned: tells what was measured.
    """
    rows: list[FoundRow] = []
    candidates: list[_Candidate] = []
    for path, origin, is_ours in files:
        try:
            about = read_gguf(path)
        except ModelError as error:
            rows.append(
                FoundRow(path=path, name=path.name, facts=origin, problem=str(error), fits=False, is_ours=is_ours)
            )
            continue
        placed = fit(about, machine)
        measured = _measured(about, tuned(about))
        speed = estimate_speed(about, placed, machine, measured=measured)
        facts = [about.quantisation, parameters_words(about.parameters), gigabytes(about.file_bytes), origin]
        row = FoundRow(
            path=path,
            name=titled(about),
            facts=" · ".join(part for part in facts if part),
            fits=placed.fits,
            fit=fit_words(placed, machine),
            speed=_speed(speed),
            is_ours=is_ours,
            is_test_only=about.is_test_only,
        )
        rows.append(row)
        if placed.fits and not about.is_test_only:
            candidates.append(_Candidate(row=row, placed=placed, quantisation=about.quantisation))
    best = min(candidates, key=lambda one: _order(one, catalog), default=None)
    chosen = best.row.path if best is not None else None
    marked = [replace(row, is_recommended=row.path == chosen) for row in rows]
    return tuple(sorted(marked, key=lambda row: (bool(row.problem), not row.is_recommended)))


def offer_rows(
    catalog: Catalog, *, machine: Machine, measured: Iterable[Measured], is_here: Callable[[Offer], bool]
) -> tuple[OfferRow, ...]:
    """Return rows for everything that is offered: the recommended one first, what does not fit last."""
    found = choices(catalog, machine, measured=measured)

    def order(one: Choice) -> tuple[object, ...]:
        minutes = one.speed.minutes_per_question
        is_slow = minutes > BEARABLE_MINUTES
        return (not one.is_recommended, not one.fit.fits, is_slow, one.family.rank, quality_of(one.offer.quantisation))

    first = {one.family.key: _for_its_family(one.family.key, found) for one in found}
    return tuple(
        OfferRow(
            key=key_of(one.offer),
            name=one.offer.name,
            facts=one_line(one.family.about, limit=240),
            size_bytes=one.offer.size_bytes,
            size_is_estimated=one.offer.size_is_estimated,
            fits=one.fit.fits,
            fit=fit_words(one.fit, machine),
            speed=_speed(one.speed),
            is_recommended=one.is_recommended,
            is_here=is_here(one.offer),
            is_first=one.is_recommended or one is first[one.family.key],
        )
        for one in sorted(found, key=order)
    )


def _for_its_family(key: str, found: Sequence[Choice]) -> Choice:
    """Return the file of a family to show first: the best that fits and is quick enough, else the usual one."""
    members = [one for one in found if one.family.key == key]
    usual = quality_of(_USUAL)
    quick = [one for one in members if one.fit.fits and one.speed.minutes_per_question <= BEARABLE_MINUTES]
    quick = [one for one in quick if quality_of(one.offer.quantisation) <= usual]
    if quick:
        return min(quick, key=lambda one: quality_of(one.offer.quantisation))
    return min(members, key=lambda one: abs(quality_of(one.offer.quantisation) - usual))


def unfinished_row(key: str, name: str, left: Unfinished) -> DownloadRow:
    """Return a row for a download that was not completed."""
    return DownloadRow(
        key=key, name=name, state=DownloadState.PAUSED, done_bytes=left.done_bytes, total_bytes=left.size_bytes
    )


def fit_words(placed: Fit, machine: Machine) -> str:
    """Return what a model needs of what is free, or why it does not fit."""
    if not placed.fits:
        return placed.reason
    gpu = usable_gpu(machine)
    if gpu is not None and placed.is_all_on_gpu:
        return f"Needs {gigabytes(placed.gpu_bytes)} of {gigabytes(gpu.free_bytes)} free on the {gpu.name}"
    words = f"Needs {gigabytes(placed.memory_bytes)} of {gigabytes(machine.free_bytes)} free"
    rest = placed.reason.removeprefix(_ON_THE_PROCESSOR).strip().rstrip(".")
    return f"{words}. {rest}" if rest else words


def parameters_words(parameters: int) -> str:
    """Return ``7.6 B parameters`` or ``600 K parameters``."""
    for amount, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if parameters >= amount:
            value = parameters / amount
            return f"{value:.1f} {unit} parameters" if value < 100 else f"{value:.0f} {unit} parameters"
    return ""


def _speed(estimate: Estimate) -> Speed:
    return Speed(
        tokens_per_s=estimate.reply_tokens_per_s,
        minutes=estimate.minutes_per_question,
        is_measured=estimate.basis is Basis.MEASURED,
    )


def _measured(about: GgufAbout, tuned: Tuned | None) -> tuple[Measured, ...]:
    if tuned is None or not tuned.measurements:
        return ()
    best = max(tuned.measurements, key=lambda one: one.reply_tokens_per_s)
    return (
        Measured(
            prompt_tokens_per_s=best.prompt_tokens_per_s,
            reply_tokens_per_s=best.reply_tokens_per_s,
            weight_bytes=about.weight_bytes,
            parameters=about.parameters,
            gpu_layers=max(0, best.settings.gpu_layers),
        ),
    )


def _order(one: _Candidate, catalog: Catalog) -> tuple[object, ...]:
    """What makes a model on this computer the better choice: room, time, training for research, precision."""
    is_slow = one.row.speed.minutes > BEARABLE_MINUTES
    return (one.placed.spare < ENOUGH_SPARE, is_slow, _rank(one.row.name, catalog), quality_of(one.quantisation))


def _rank(name: str, catalog: Catalog) -> int:
    bare = _letters(name)
    return next((family.rank for family in catalog.families if _letters(family.name) in bare), _UNKNOWN_RANK)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
