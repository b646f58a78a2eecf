"""Estimates how fast a model is on a machine, and recommends one; every estimate says what it rests on.

Writing a token reads all weights once, so its speed goes with memory bandwidth divided by file size. Reading a prompt
is arithmetic, so its speed goes with cores divided by parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.hub.catalog import Catalog, Family, Offer, quality_of
from models.machine.fit import CONTEXTS, Fit, ModelShape, fit, usable_gpu
from models.machine.hardware import GpuMaker, Machine

PROMPT_TOKENS = 19_850
"""Read for a question at standard depth: counted in a replayed research run in which no token is read twice."""
REPLY_TOKENS = 3_000
"""Written for it: thoughts, searches, selections and the report. Of the same run; rounded."""

ENOUGH_SPARE = 0.25
BEARABLE_MINUTES = 30.0

_ANCHOR_CORES = 2
_ANCHOR_PROMPT = 11.5 * 7.62e9
"""Parameters × tokens a second in reading: Qwen2.5-7B's shape in Q4_K_M on two cores with AVX2, 9 to 14 tokens/s."""
_ANCHOR_REPLY = 4.4 * 4.9e9
"""Bytes × tokens a second in writing: the same file of 4.9 GB on the same machine, 4.3 to 4.5 tokens/s."""
_BANDWIDTH_CORES = 4
"""More cores than this rarely write faster: an ordinary desktop's memory is busy by then. An assumption."""
_GPU_REPLY = {GpuMaker.NVIDIA: 300e9, GpuMaker.AMD: 250e9, GpuMaker.APPLE: 80e9, GpuMaker.INTEL: 40e9}
"""Bytes a second that a card reads while writing. Assumptions at the low end of what is sold: published measurements
of a GeForce RTX 5060 Ti with a 7B model in Q8_0 (8.1 GB, 49.6 tokens/s) come to 400e9."""
_GPU_PROMPT = {GpuMaker.NVIDIA: 1_000.0, GpuMaker.AMD: 500.0, GpuMaker.APPLE: 120.0, GpuMaker.INTEL: 60.0}
"""Tokens a second in reading with 7.62e9 parameters. Assumptions, at the low end."""


class Basis(StrEnum):
    """What an estimate rests on."""

    MEASURED = "measured"
    """This model, on this machine."""
    SCALED = "scaled"
    """Another model on this machine, scaled by size."""
    ANCHORED = "anchored"
    """A measurement on another processor, scaled by cores and size: may be off by a factor of two."""
    ASSUMED = "assumed"
    """What graphics cards of this maker do at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured on this machine with some model."""

    prompt_tokens_per_s: float
    reply_tokens_per_s: float
    weight_bytes: int
    parameters: int
    gpu_layers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast a model is on a machine."""

    prompt_tokens_per_s: float
    reply_tokens_per_s: float
    basis: Basis

    @property
    def minutes_per_question(self) -> float:
        """For a question at standard depth: ``PROMPT_TOKENS`` / reading speed + ``REPLY_TOKENS`` / writing speed."""
        seconds = PROMPT_TOKENS / self.prompt_tokens_per_s + REPLY_TOKENS / self.reply_tokens_per_s
        return seconds / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An offer as it would be on this machine."""

    offer: Offer
    family: Family
    fit: Fit
    speed: Speed
    is_recommended: bool = False


def estimate_speed(about: ModelShape, placed: Fit, machine: Machine, *, measured: Iterable[Measured] = ()) -> Speed:
    """Return how fast a model is likely to be.

    Args:
        about: the model.
        placed: how it runs, from ``fit``.
        machine: what there is.
        measured: earlier measurements on this machine; the one with the most similar size counts, if it had its
            layers in the same place.
    """
    weight, parameters = max(about.weight_bytes, 1), max(about.parameters, 1)
    alike = [one for one in measured if _same_place(one, placed) and one.weight_bytes and one.parameters]
    if alike:
        nearest = min(alike, key=lambda one: abs(one.weight_bytes - weight))
        same = nearest.weight_bytes == weight
        return Speed(
            prompt_tokens_per_s=nearest.prompt_tokens_per_s * nearest.parameters / parameters,
            reply_tokens_per_s=nearest.reply_tokens_per_s * nearest.weight_bytes / weight,
            basis=Basis.MEASURED if same else Basis.SCALED,
        )
    cores = machine.physical_cores
    prompt = _ANCHOR_PROMPT / parameters * cores / _ANCHOR_CORES
    reply = _ANCHOR_REPLY / weight * min(max(cores, 1), _BANDWIDTH_CORES) / _ANCHOR_CORES
    gpu = usable_gpu(machine)
    if gpu is None or not placed.gpu_layers:
        return Speed(prompt_tokens_per_s=prompt, reply_tokens_per_s=reply, basis=Basis.ANCHORED)
    fast_prompt = _GPU_PROMPT.get(gpu.maker, 60.0) * 7.62e9 / parameters
    fast_reply = _GPU_REPLY.get(gpu.maker, 40e9) / weight
    share = min(placed.gpu_layers / (about.layers + 1), 1.0)
    # Each token goes through all layers in turn: times add up, not speeds.
    return Speed(
        prompt_tokens_per_s=1 / (share / fast_prompt + (1 - share) / prompt),
        reply_tokens_per_s=1 / (share / fast_reply + (1 - share) / reply),
        basis=Basis.ASSUMED,
    )


def choices(catalog: Catalog, machine: Machine, *, measured: Iterable[Measured] = ()) -> tuple[Choice, ...]:
    """Return every offer as it would be on this machine, in the catalogue's order, with at most one recommended."""
    known = tuple(measured)
    found = []
    for family in catalog.families:
        for offer in family.offers:
            placed = fit(offer.shape, machine)
            speed = estimate_speed(offer.shape, placed, machine, measured=known)
            found.append(Choice(offer=offer, family=family, fit=placed, speed=speed))
    chosen = _recommended(found)
    return tuple(
        Choice(offer=one.offer, family=one.family, fit=one.fit, speed=one.speed, is_recommended=one is chosen)
        for one in found
    )


def recommended(catalog: Catalog, machine: Machine, *, measured: Iterable[Measured] = ()) -> Choice | None:
    """Return the offer to take here, or None when nothing fits.

    A model whose licence forbids use in business is recommended only where no other fits. Of the others, in this order:

    1. One trained for research that takes at most ``BEARABLE_MINUTES`` and leaves ``ENOUGH_SPARE`` of memory: the best.
    2. The same where it leaves less, but has its whole context: the one that leaves the most.
    3. Any that is quick enough and leaves that much: the best, family first, then quantisation.
    4. Where all are too slow, the fastest that leaves that much, those trained for research first.
    5. Any that fits: the one that leaves the most.

    Fewer than four bits a weight count only in the last two.
    """
    for choice in choices(catalog, machine, measured=measured):
        if choice.is_recommended:
            return choice
    return None


def _recommended(found: list[Choice]) -> Choice | None:
    fitting = [one for one in found if one.fit.fits]
    free = [one for one in fitting if one.family.license_allows_business] or fitting
    quick = [one for one in free if one.speed.minutes_per_question <= BEARABLE_MINUTES and quality_is_fair(one)]
    if best := [one for one in quick if one.family.research_trained and _is_roomy(one)]:
        return min(best, key=_rank)
    if whole := [one for one in quick if one.family.research_trained and _has_whole_context(one)]:
        return max(whole, key=_spare)
    if good := [one for one in quick if _is_roomy(one)]:
        return min(good, key=_rank)
    roomy = [one for one in free if _is_roomy(one)]
    if slow := [one for one in roomy if one.family.research_trained and quality_is_fair(one)] or roomy:
        return min(slow, key=lambda one: one.speed.minutes_per_question)
    return max(free, key=_spare, default=None)


def _rank(choice: Choice) -> tuple[int, int]:
    return (choice.family.rank, quality_of(choice.offer.quantisation))


def _spare(choice: Choice) -> float:
    return choice.fit.spare


def _is_roomy(choice: Choice) -> bool:
    return choice.fit.spare >= ENOUGH_SPARE


def _has_whole_context(choice: Choice) -> bool:
    return choice.fit.context_tokens >= min(CONTEXTS[0], choice.offer.shape.context_tokens)


def quality_is_fair(choice: Choice) -> bool:
    """Whether the quantisation keeps most of the model's quality: four bits and more."""
    return quality_of(choice.offer.quantisation) <= quality_of("IQ4_XS")


def _same_place(one: Measured, placed: Fit) -> bool:
    if not one.gpu_layers or not placed.gpu_layers:
        return one.gpu_layers == placed.gpu_layers
    return (one.gpu_layers > placed.layers) == placed.is_all_on_gpu
