"""The runtime: one loaded model that replies, weighs and counts, for whoever owns the process it lives in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.chat import ChatRequest, Lane, ModelAbout, OnText, Prompt, Reply
from models.llama.bindings import engine_version
from models.llama.constraint import Grammars
from models.llama.decoding import Decoder, OnProgress
from models.llama.interrupt import Interrupt
from models.llama.loading import Loaded, load
from models.llama.measuring import measure_speed
from models.llama.saved import restore_sequence, save_sequence
from models.llama_settings import Measurement, RuntimeSettings

_TEST_KEY = "plumbline.test_only"


class LlamaRuntime:
    """A loaded model. Use it from one thread; an Interrupt may be set from any."""

    def __init__(self, loaded: Loaded) -> None:
        """Use ``load``."""
        self.load_report = loaded.report
        self.log = loaded.log
        self._loaded = loaded
        self._vocabulary = loaded.vocabulary
        self._template = loaded.template
        self._policy = loaded.policy
        self._fingerprint = ""
        grammars = Grammars(loaded.vocabulary, words=loaded.vocabulary.size)
        self._decoders = {
            Lane.POLICY: Decoder(loaded.policy, loaded.vocabulary, grammars, max_parallel=1),
            Lane.READING: Decoder(loaded.reading, loaded.vocabulary, grammars, max_parallel=loaded.report.max_parallel),
        }
        self.about = ModelAbout(
            name=loaded.weights.description,
            context_tokens=loaded.policy.cells,
            reading_tokens=loaded.reading.cells,
            enforces_grammar=True,
            template_tools=loaded.template.abilities.writes_tools,
            traits=loaded.traits(),
            test_only=loaded.weights.metadata.get(_TEST_KEY) == "true",
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
        return cls(load(path, settings, on_progress=on_progress, interrupt=interrupt))

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
        weights = self._loaded.weights
        settings = replace(settings, gpu_layers=self.load_report.gpu_layers, use_repacking=weights.uses_repacking)
        return measure_speed(weights, settings, interrupt=interrupt, seconds=seconds)

    def close(self) -> None:
        """Give all memory back."""
        self._loaded.close()

    def _belongs_to(self) -> dict[str, Any]:
        if not self._fingerprint:
            self._fingerprint = self._loaded.weights.fingerprint()
        return {
            "model": self._fingerprint,
            "engine": engine_version(),
            "kv_type": self.load_report.kv_type,
            "flash_attention": self.load_report.policy_flash_attention,
        }
