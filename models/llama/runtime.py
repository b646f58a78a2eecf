"""The runtime: one loaded model that replies, weighs and counts, for whoever owns the process it lives in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.chat import ChatRequest, Lane, ModelAbout, OnText, Prompt, Reply
from models.errors import ModelTooLarge
from models.llama.bindings import api, engine_version
from models.llama.constraint import Grammars
from models.llama.context import Context, ContextPlan
from models.llama.decoding import Decoder, OnProgress
from models.llama.interrupt import Interrupt
from models.llama.lane import LaneCache
from models.llama.log import EngineLog
from models.llama.measuring import measure_speed
from models.llama.saved import restore_sequence, save_sequence
from models.llama.sizing import Machine, Sizes, decide, this_machine
from models.llama.template import ChatTemplate
from models.llama.vocabulary import Vocabulary
from models.llama.weights import Weights, load_weights
from models.llama_settings import LoadReport, Measurement, RuntimeSettings

_ALL_LAYERS = 1_000
_KEPT_SEQUENCES = 12
"""Of the reading lane, beside those that are generated."""
_TEST_KEY = "plumbline.test_only"
_TRAIT_KEYS = ("general.name", "general.basename", "general.finetune", "general.organization", "general.architecture")
_TAGS = ("<tool_call>", "<tool_response>", "<think>", "<answer>")


class LlamaRuntime:
    """A loaded model. Use it from one thread; an Interrupt may be set from any."""

    def __init__(
        self,
        weights: Weights,
        *,
        vocabulary: Vocabulary,
        template: ChatTemplate,
        policy: LaneCache,
        reading: LaneCache,
        contexts: tuple[Context, ...],
        report: LoadReport,
        log: EngineLog,
    ) -> None:
        self.load_report = report
        self.log = log
        self._weights = weights
        self._vocabulary = vocabulary
        self._template = template
        self._contexts = contexts
        self._policy = policy
        self._fingerprint = ""
        grammars = Grammars(vocabulary, words=vocabulary.size)
        self._decoders = {
            Lane.POLICY: Decoder(policy, vocabulary, grammars, max_parallel=1),
            Lane.READING: Decoder(reading, vocabulary, grammars, max_parallel=report.max_parallel),
        }
        self.about = ModelAbout(
            name=weights.description,
            context_tokens=policy.cells,
            reading_tokens=reading.cells,
            enforces_grammar=True,
            template_tools=template.abilities.writes_tools,
            traits=_traits(weights, vocabulary),
            test_only=weights.metadata.get(_TEST_KEY) == "true",
        )

    @classmethod
    def load(
        cls, path: Path, settings: RuntimeSettings, *, on_progress: Callable[[float], None], interrupt: Interrupt
    ) -> LlamaRuntime:
        """Return a model that is ready.

        Args:
            path: of a GGUF file, or of the first of its parts.
            settings: how to run it; what they leave open is decided for this machine.
            on_progress: called with the share that is loaded, from 0 to 1.
            interrupt: ends loading.

        Raises:
            ModelUnusable: the file is damaged, no language model, or of a kind that cannot be run here.
            ModelTooLarge: there is not enough memory.
            LoadCancelled: it was interrupted.
        """
        started = time.perf_counter()
        machine = this_machine()
        log = EngineLog()
        notes: list[str] = []
        for layers in _layer_choices(settings.gpu_layers):
            weights: Weights | None = None
            contexts: list[Context] = []
            try:
                weights = load_weights(
                    path,
                    gpu_layers=layers,
                    use_repacking=bool(settings.use_repacking),
                    log=log,
                    on_progress=on_progress,
                    interrupt=interrupt,
                )
                return cls._open(weights, settings, machine, contexts, log, notes, started)
            except ModelTooLarge as error:
                _close(weights, contexts)
                if layers == 0:
                    raise
                notes.append(f"{'All' if layers == _ALL_LAYERS else layers} layers did not fit on the graphics card.")
                last = error
            except BaseException:
                _close(weights, contexts)
                raise
        raise last

    @classmethod
    def _open(
        cls,
        weights: Weights,
        settings: RuntimeSettings,
        machine: Machine,
        contexts: list[Context],
        log: EngineLog,
        notes: list[str],
        started: float,
    ) -> LlamaRuntime:
        vocabulary = Vocabulary(weights.vocab)
        template = ChatTemplate(weights.template, vocabulary)
        is_on_gpu = weights.gpu_layers >= weights.layers and bool(api.llama_supports_gpu_offload())
        sizes = decide(
            settings,
            machine=machine,
            kv_values_per_token=weights.kv_values_per_token,
            trained_tokens=weights.trained_tokens,
            weight_bytes=weights.size_bytes,
            is_on_gpu=is_on_gpu,
        )
        policy, reading = _lanes(weights, vocabulary, sizes, settings, contexts, is_shared=is_on_gpu)
        if not weights.template:
            notes.append("The file brings no chat template; the most usual one is used.")
        report = LoadReport(
            threads=sizes.threads,
            batch_threads=sizes.batch_threads,
            context_tokens=policy.cells,
            reading_tokens=reading.cells,
            ubatch=sizes.ubatch,
            layers=weights.layers,
            gpu_layers=min(weights.gpu_layers, weights.layers) if api.llama_supports_gpu_offload() else 0,
            policy_flash_attention=sizes.policy_flash_attention,
            reading_flash_attention=sizes.reading_flash_attention,
            uses_repacking=weights.uses_repacking,
            kv_type=settings.kv_type,
            kv_bytes_per_token=sizes.kv_bytes_per_token,
            kv_bytes=sizes.kv_bytes_per_token * (policy.cells + reading.cells),
            weight_bytes=weights.size_bytes,
            max_parallel=sizes.max_parallel,
            is_shared_context=is_on_gpu,
            load_s=time.perf_counter() - started,
            notes=tuple(notes),
        )
        return cls(
            weights,
            vocabulary=vocabulary,
            template=template,
            policy=policy,
            reading=reading,
            contexts=tuple(contexts),
            report=report,
            log=log,
        )

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None,
        on_progress: OnProgress | None,
        interrupt: Interrupt,
    ) -> tuple[Reply, ...]:
        """Return the replies to requests of one lane, in their order; those of the reading lane together.

        Raises:
            ContextFull: one of them has no room.
            ModelUnusable: the chat template cannot write one of them down.
            ModelDied: the computation failed; nothing that was read is known any more.
            ValueError: a grammar is wrong, or the requests are of different lanes.
        """
        if not requests:
            return ()
        lanes = {request.lane for request in requests}
        if len(lanes) != 1:
            raise ValueError("requests that are worked on together must be of one lane")
        prompts = [self._template.render(request.prompt) for request in requests]
        decoder = self._decoders[lanes.pop()]
        return decoder.replies(requests, prompts, on_text=on_text, on_progress=on_progress, interrupt=interrupt)

    def weigh(self, request: ChatRequest, *, options: Sequence[str], interrupt: Interrupt) -> tuple[float, ...]:
        """Return how probable each option is as the beginning of the reply: together 1, or all 0 when interrupted.

        Raises:
            ContextFull: the prompt has no room.
            ValueError: two options begin with the same token, or one is empty.
        """
        first = [self._vocabulary.encode(self._vocabulary.with_tags(option))[:1] for option in options]
        tokens = [token for begun in first for token in begun]
        if len(set(tokens)) != len(options):
            raise ValueError(f"options must begin with different tokens: {list(options)}")
        prompt = self._template.render(request.prompt)
        return self._decoders[request.lane].weigh(prompt, tokens=tokens, interrupt=interrupt)

    def count(self, prompt: Prompt) -> int:
        """Return the number of tokens of a prompt."""
        return len(self._vocabulary.encode(self._template.render(prompt)))

    def save_lane(self, path: Path) -> bool:
        """Write what the policy's lane has read to a file; False when there is nothing, or it cannot be written."""
        if not self._policy.known:
            return False
        known = self._policy.known[0]
        return save_sequence(path, self._policy.context, known, belongs_to=self._belongs_to())

    def restore_lane(self, path: Path) -> bool:
        """Take up what a file says the policy's lane had read; False when it does not fit this model or is damaged."""
        lane = self._policy
        for known in tuple(lane.known):
            lane.forget(known)
        known = lane.adopt()
        if not restore_sequence(path, lane.context, known, belongs_to=self._belongs_to()):
            lane.forget(known)
            return False
        count = lane.context.length(known.sequence)
        lane.advance(known, count)
        return True

    def measure(self, settings: RuntimeSettings, *, interrupt: Interrupt, seconds: float = 3.0) -> Measurement | None:
        """Return how fast the loaded weights are with other settings; None when interrupted.

        Threads, ubatch and flash attention are taken from ``settings``; layers on a graphics card and repacking are
        those the model was loaded with.

        Args:
            settings: to be tried.
            interrupt: ends it.
            seconds: about how long it may take.

        Raises:
            ModelTooLarge: there is no memory for a second context.
        """
        settings = replace(settings, gpu_layers=self.load_report.gpu_layers, use_repacking=self._weights.uses_repacking)
        return measure_speed(self._weights, settings, interrupt=interrupt, seconds=seconds)

    def close(self) -> None:
        """Give all memory back."""
        _close(self._weights, list(self._contexts))

    def _belongs_to(self) -> dict[str, Any]:
        if not self._fingerprint:
            self._fingerprint = self._weights.fingerprint()
        return {
            "model": self._fingerprint,
            "engine": engine_version(),
            "kv_type": self.load_report.kv_type,
            "flash_attention": self.load_report.policy_flash_attention,
        }


def _layer_choices(wanted: int) -> list[int]:
    if not api.llama_supports_gpu_offload():
        return [0]
    if wanted >= 0:
        return sorted({wanted, wanted * 3 // 4, wanted // 2, 0}, reverse=True)
    return [_ALL_LAYERS, 48, 32, 24, 16, 8, 0]


def _lanes(
    weights: Weights,
    vocabulary: Vocabulary,
    sizes: Sizes,
    settings: RuntimeSettings,
    contexts: list[Context],
    *,
    is_shared: bool,
) -> tuple[LaneCache, LaneCache]:
    """Return the lanes of the policy and of the readers; their contexts are added to ``contexts``."""
    kept = sizes.max_parallel + _KEPT_SEQUENCES

    def context(*, cells: int, sequences: int, flash_attention: bool) -> Context:
        made = Context(
            weights,
            ContextPlan(
                cells=cells,
                sequences=sequences,
                ubatch=sizes.ubatch,
                threads=sizes.threads,
                batch_threads=sizes.batch_threads,
                flash_attention=flash_attention,
                kv_type=settings.kv_type,
            ),
        )
        contexts.append(made)
        return made

    def lane(context: Context, sequences: range, cells: int) -> LaneCache:
        return LaneCache(context, vocabulary, sequences=sequences, cells=cells, can_roll_back=weights.can_roll_back)

    if is_shared:
        cells = sizes.policy_tokens + sizes.reading_tokens
        shared = context(cells=cells, sequences=kept + 1, flash_attention=sizes.policy_flash_attention)
        return lane(shared, range(1), sizes.policy_tokens), lane(shared, range(1, kept + 1), sizes.reading_tokens)
    policy = context(cells=sizes.policy_tokens, sequences=1, flash_attention=sizes.policy_flash_attention)
    reading = context(cells=sizes.reading_tokens, sequences=kept, flash_attention=sizes.reading_flash_attention)
    return lane(policy, range(1), policy.cells), lane(reading, range(kept), reading.cells)


def _close(weights: Weights | None, contexts: list[Context]) -> None:
    for context in contexts:
        context.close()
    if weights is not None:
        weights.close()


def _traits(weights: Weights, vocabulary: Vocabulary) -> frozenset[str]:
    words: set[str] = set()
    for key, value in weights.metadata.items():
        if key in _TRAIT_KEYS or key.startswith("general.base_model"):
            words.update(word for word in re.split(r"[^a-z0-9.]+", value.lower()) if word)
    words.update(word for word in re.split(r"[^a-z0-9.]+", weights.path.stem.lower()) if word)
    words.update(tag for tag in _TAGS if tag in vocabulary.tags)
    return frozenset(words)
