"""Makes a model ready: weights, vocabulary, template, contexts and lanes, and falls back where not all of it fits."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import LoadCancelled, ModelTooLarge
from models.llama.bindings import api
from models.llama.context import Context, ContextPlan
from models.llama.interrupt import Interrupt
from models.llama.lane import LaneCache
from models.llama.log import EngineLog
from models.llama.sizing import Machine, Sizes, decide, this_machine
from models.llama.template import ChatTemplate
from models.llama.vocabulary import Vocabulary
from models.llama.weights import Weights, load_weights
from models.llama_settings import LoadReport, RuntimeSettings

_ALL_LAYERS = 1_000
_KEPT_SEQUENCES = 12
"""Of the reading lane, beside those that are generated."""
_TRAIT_KEYS = ("general.name", "general.basename", "general.finetune", "general.tags", "general.architecture")
_TAGS = (
    "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>", "<answer>", "</answer>"
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Loaded:
    """Everything that a ready model consists of."""

    weights: Weights
    vocabulary: Vocabulary
    template: ChatTemplate
    policy: LaneCache
    reading: LaneCache
    contexts: list[Context]
    report: LoadReport
    log: EngineLog

    def close(self) -> None:
        """Give all memory back."""
        _close(self.weights, self.contexts)

    def traits(self) -> frozenset[str]:
        """Return words that tell families of models apart."""
        metadata = self.weights.metadata
        said = [value for key, value in metadata.items() if key in _TRAIT_KEYS or key.startswith("general.base_model")]
        if not metadata.get("general.name"):
            said.append(self.weights.path.stem)
        words = {word for value in said for word in re.split(r"[^a-z0-9.]+", value.lower()) if word}
        return frozenset(words | {tag for tag in _TAGS if tag in self.vocabulary.tags})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is to be loaded and how."""

    path: Path
    settings: RuntimeSettings
    machine: Machine
    log: EngineLog
    on_progress: Callable[[float], None]
    interrupt: Interrupt
    started: float
    notes: list[str] = field(default_factory=list)

    def go_on(self) -> None:
        """Return unless loading is to stop."""
        if self.interrupt.is_set:
            raise LoadCancelled("Loading the model was stopped")


def load(
    path: Path, settings: RuntimeSettings, *, on_progress: Callable[[float], None], interrupt: Interrupt
) -> Loaded:
    """Return a model that is ready; with fewer layers on the graphics card than asked for where they do not fit.

    Raises:
        ModelUnusable: the file is damaged, no language model, or of a kind that cannot be run here.
        ModelTooLarge: there is not enough memory.
        LoadCancelled: it was interrupted.
    """
    task = _Task(
        path=path,
        settings=settings,
        machine=this_machine(),
        log=EngineLog(),
        on_progress=on_progress,
        interrupt=interrupt,
        started=time.perf_counter(),
    )
    *choices, last = _layer_choices(settings.gpu_layers)
    for layers in choices:
        try:
            return _load(task, layers)
        except ModelTooLarge:
            amount = "All" if layers == _ALL_LAYERS else str(layers)
            task.notes.append(f"{amount} layers did not fit on the graphics card.")
    return _load(task, last)


def _layer_choices(wanted: int) -> list[int]:
    if not api.llama_supports_gpu_offload():
        return [0]
    if wanted >= 0:
        return sorted({wanted, wanted * 3 // 4, wanted // 2, 0}, reverse=True)
    return [_ALL_LAYERS, 48, 32, 24, 16, 8, 0]


def _load(task: _Task, layers: int) -> Loaded:
    weights = load_weights(
        task.path,
        gpu_layers=layers,
        use_repacking=bool(task.settings.use_repacking),
        log=task.log,
        on_progress=task.on_progress,
        interrupt=task.interrupt,
    )
    contexts: list[Context] = []
    try:
        return _open(task, weights, contexts)
    except BaseException:
        _close(weights, contexts)
        raise


def _open(task: _Task, weights: Weights, contexts: list[Context]) -> Loaded:
    settings = task.settings
    task.go_on()
    vocabulary = Vocabulary(weights.vocab)
    template = ChatTemplate(weights.template, vocabulary)
    task.go_on()
    has_gpu = bool(api.llama_supports_gpu_offload())
    is_on_gpu = has_gpu and weights.gpu_layers >= weights.layers
    sizes = decide(
        settings,
        machine=task.machine,
        kv_values_per_token=weights.kv_values_per_token,
        trained_tokens=weights.trained_tokens,
        weight_bytes=weights.size_bytes,
        is_on_gpu=is_on_gpu,
    )
    policy, reading = _lanes(weights, vocabulary, sizes, settings.kv_type, contexts, is_shared=is_on_gpu)
    task.go_on()
    if not weights.template:
        task.notes.append("The file brings no chat template; the most usual one is used.")
    report = LoadReport(
        threads=sizes.threads,
        batch_threads=sizes.batch_threads,
        context_tokens=policy.cells,
        reading_tokens=reading.cells,
        ubatch=sizes.ubatch,
        layers=weights.layers,
        gpu_layers=min(weights.gpu_layers, weights.layers) if has_gpu else 0,
        policy_flash_attention=sizes.policy_flash_attention,
        reading_flash_attention=sizes.reading_flash_attention,
        uses_repacking=weights.uses_repacking,
        kv_type=settings.kv_type,
        kv_bytes_per_token=sizes.kv_bytes_per_token,
        kv_bytes=sizes.kv_bytes_per_token * (policy.cells + reading.cells),
        weight_bytes=weights.size_bytes,
        max_parallel=sizes.max_parallel,
        is_shared_context=is_on_gpu,
        load_s=time.perf_counter() - task.started,
        notes=tuple(task.notes),
    )
    return Loaded(
        weights=weights,
        vocabulary=vocabulary,
        template=template,
        policy=policy,
        reading=reading,
        contexts=contexts,
        report=report,
        log=task.log,
    )


def _lanes(
    weights: Weights,
    vocabulary: Vocabulary,
    sizes: Sizes,
    kv_type: str,
    contexts: list[Context],
    *,
    is_shared: bool,
) -> tuple[LaneCache, LaneCache]:
    """Return the lanes of the policy and of the readers; their contexts are added to ``contexts``."""
    kept = sizes.max_parallel + _KEPT_SEQUENCES

    def context(*, cells: int, sequences: int, flash_attention: bool) -> Context:
        plan = ContextPlan(
            cells=cells,
            sequences=sequences,
            ubatch=sizes.ubatch,
            threads=sizes.threads,
            batch_threads=sizes.batch_threads,
            flash_attention=flash_attention,
            kv_type=kv_type,
            fills_up=sequences > 1 and not is_shared,
        )
        contexts.append(Context(weights, plan))
        return contexts[-1]

    def lane(context: Context, sequences: range, cells: int) -> LaneCache:
        return LaneCache(context, vocabulary, sequences=sequences, cells=cells, can_roll_back=weights.can_roll_back)

    if is_shared:
        cells = sizes.policy_tokens + sizes.reading_tokens
        shared = context(cells=cells, sequences=kept + 1, flash_attention=sizes.policy_flash_attention)
        return lane(shared, range(1), sizes.policy_tokens), lane(shared, range(1, kept + 1), sizes.reading_tokens)
    policy = context(cells=sizes.policy_tokens, sequences=1, flash_attention=sizes.policy_flash_attention)
    reading = context(cells=sizes.reading_tokens, sequences=kept, flash_attention=sizes.reading_flash_attention)
    return lane(policy, range(1), policy.cells), lane(reading, range(kept), reading.cells)


def _close(weights: Weights, contexts: list[Context]) -> None:
    for context in contexts:
        context.close()
    weights.close()
