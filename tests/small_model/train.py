"""Train the small model on recorded runs: ``python tests/small_model/train.py --minutes 50 --out FOLDER``.

Needs PyTorch, for development only. The best state so far lies in FOLDER/checkpoint.pt at any time; ``export.py`` makes
the GGUF of it.
"""

# ruff: noqa: E402 - a command finds the project's modules by where it lies
from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from small_model.examples import NOTHING, Batch, Examples, Recorded, read_recorded
from small_model.network import Network, Shape, begin_copying, begin_numbering
from small_model.vocabulary import Tokenizer, Vocabulary, learn_vocabulary

_SAVE_EVERY_S = 60.0
_TEST_EVERY_S = 180.0
RUN_ROLES = ("planner", "policy", "reader", "writer", "judge")
_TEST_EXAMPLES = 60
"""Of each role."""


class Training:
    """A network, its optimisers and how far they have come."""

    def __init__(self, network: Network, tokenizer: Tokenizer, *, peak: float, out: Path) -> None:
        self.network = network
        self.tokenizer = tokenizer
        self._out = out
        matrices = [one for name, one in network.named_parameters() if one.dim() == 2 and name != "embedding"]
        others = [one for name, one in network.named_parameters() if one.dim() == 1 or name == "embedding"]
        self._optimisers: list[tuple[torch.optim.Optimizer, float]] = [
            (torch.optim.Muon(matrices, lr=peak, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"), peak),
            (torch.optim.AdamW(others, lr=peak, betas=(0.9, 0.98), weight_decay=0.0), peak),
        ]

    def step(self, batch: Batch, *, share: float) -> tuple[float, float]:
        """Learn from a batch; returns the loss and the share of reply tokens that were right."""
        logits = self.network(batch.ids, prefix=batch.prefix, rows=batch.rows)
        losses = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=NOTHING, reduction="none")
        loss = (losses * batch.weights.flatten()).sum() / len(batch.ids)
        for optimiser, peak in self._optimisers:
            for group in optimiser.param_groups:
                group["lr"] = peak * share
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for optimiser, _ in self._optimisers:
            optimiser.step()
        said = batch.weights == 1.0
        right = (logits.argmax(-1) == batch.targets) & said
        return loss.item(), (right.sum() / said.sum()).item()

    def save(self) -> None:
        """Write the checkpoint; it takes the place of the last one when it is complete."""
        beside = self._out / "checkpoint.part"
        torch.save(
            {
                "weights": self.network.state_dict(),
                "shape": asdict(self.network.shape),
                "tokens": list(self.tokenizer.vocabulary.tokens),
                "merges": [list(pair) for pair in self.tokenizer.vocabulary.merges],
            },
            beside,
        )
        beside.replace(self._out / "checkpoint.pt")


def tested(network: Network, examples: Examples) -> str:
    """Return for each role the share of replies that would be exact to the letter if all before were."""
    right: dict[str, list[bool]] = {}
    with torch.no_grad():
        for batch in examples.batches(random.Random(1), tokens=8_000, shares={}):
            logits = network(batch.ids, prefix=batch.prefix, rows=batch.rows)
            for row in range(len(batch.ids)):
                said = batch.weights[row] == 1.0
                exact = bool((logits[row].argmax(-1) == batch.targets[row])[said].all())
                right.setdefault(batch.role, []).append(exact)
    return ", ".join(f"{role} {sum(found) / len(found):.0%}" for role, found in sorted(right.items()))


def learning_rate(progress: float) -> float:
    """Return the share of the peak at a share of the time: a short rise, a plain, a fall to nearly nothing."""
    rise, fall = 0.01, 0.45
    if progress < rise:
        return progress / rise
    return 1.0 if progress < fall else max(0.02, (1 - progress) / (1 - fall))


def train(training: Training, examples: Examples, test: Examples, *, arguments: argparse.Namespace) -> None:
    """Learn until the time is over."""
    draw = random.Random(arguments.seed)
    began = saved = told = checked = time.monotonic()
    seconds = arguments.minutes * 60
    figures: dict[str, list[float]] = {}
    steps = tokens = 0
    shares = json.loads(arguments.shares)
    progress = 0.0
    while True:
        is_exercise = progress < arguments.exercise_until
        some = dict.fromkeys(RUN_ROLES, 0.0) if is_exercise else shares
        for batch in examples.batches(draw, tokens=arguments.batch_tokens, shares=some):
            now = time.monotonic()
            progress = (now - began) / seconds
            if is_exercise and progress >= arguments.exercise_until:
                break
            if progress >= 1:
                training.save()
                print(
                    f"end after {steps} steps, {tokens:,} tokens; exact replies: {tested(training.network, test)}",
                    flush=True,
                )
                return
            _, right = training.step(batch, share=learning_rate(progress))
            figures.setdefault(batch.role, []).append(right)
            steps += 1
            tokens += batch.ids.numel()
            if now - told > 30:
                shown = ", ".join(f"{role} {sum(some) / len(some):.3f}" for role, some in sorted(figures.items()))
                print(f"{now - began:5.0f} s {steps} steps {tokens:,} tokens: {shown}", flush=True)
                figures, told = {}, now
            if now - saved > _SAVE_EVERY_S:
                training.save()
                saved = now
            if now - checked > _TEST_EVERY_S:
                print(f"{now - began:5.0f} s exact replies: {tested(training.network, test)}", flush=True)
                checked = time.monotonic()


def _few(recorded: list[Recorded]) -> list[Recorded]:
    by_role: dict[str, list[Recorded]] = {}
    for one in recorded:
        by_role.setdefault(one.role, []).append(one)
    return [one for some in by_role.values() for one in some[:_TEST_EXAMPLES]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint and of the recorded runs")
    parser.add_argument("--worlds", type=int, default=6_000, help="to record, where the folder has no recorded runs")
    parser.add_argument("--warm", type=Path, help="checkpoint to begin from")
    parser.add_argument("--vocabulary", type=int, default=1_024)
    parser.add_argument("--width", type=int, default=160)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--inner", type=int, default=320)
    parser.add_argument("--peak", type=float, default=2e-3)
    parser.add_argument("--batch-tokens", type=int, default=4_000)
    parser.add_argument("--exercise-until", type=float, default=0.08, help="share of the time with exercises only")
    parser.add_argument("--shares", default="{}", help="JSON: how much of a role's examples is used in each round")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    recorded = arguments.out / "training.jsonl"
    unseen = arguments.out / "unseen.jsonl"
    if not recorded.exists():
        from small_model.record import write_recorded

        write_recorded(recorded, worlds=arguments.worlds, held_back=False)
        write_recorded(unseen, worlds=_TEST_EXAMPLES, held_back=True)
    found = read_recorded(recorded)
    if arguments.warm:
        saved = torch.load(arguments.warm, weights_only=True)
        merges = tuple((left, right) for left, right in saved["merges"])
        vocabulary = Vocabulary(tokens=tuple(saved["tokens"]), merges=merges)
    else:
        some = random.Random(1).sample(found, min(len(found), 1_500))
        vocabulary = learn_vocabulary(
            ("".join(text for text, _ in one.pieces) for one in some), size=arguments.vocabulary
        )
    tokenizer = Tokenizer(vocabulary)
    examples = Examples(found, tokenizer)
    print(examples.describe(), flush=True)
    shape = Shape(
        vocabulary=len(vocabulary.tokens),
        width=arguments.width,
        layers=arguments.layers,
        heads=arguments.heads,
        inner=arguments.inner,
    )
    network = Network(shape)
    if arguments.warm:
        network.load_state_dict(saved["weights"])
    else:
        begin_copying(network, alike=tokenizer.syllables())
        begin_numbering(network, numbers=tokenizer.digits())
    print(
        f"{sum(one.numel() for one in network.parameters()):,} parameters, {len(vocabulary.tokens)} tokens", flush=True
    )
    training = Training(network, tokenizer, peak=arguments.peak, out=arguments.out)
    train(training, examples, Examples(_few(read_recorded(unseen)), tokenizer), arguments=arguments)


if __name__ == "__main__":
    main()
