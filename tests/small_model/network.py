"""The small model in PyTorch: Qwen2's architecture, with what many examples have in common computed only once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of a network."""

    vocabulary: int
    width: int = 160
    layers: int = 4
    heads: int = 5
    inner: int = 320
    """Width of the feed-forward part."""
    rope_base: float = 1_000_000.0
    epsilon: float = 1e-6


class Layer(nn.Module):
    """Attention with biased queries, keys and values, then a gated feed-forward part; each behind a norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.attention_norm = nn.Parameter(torch.ones(shape.width))
        self.qkv = nn.Parameter(torch.empty(3 * shape.width, shape.width))
        self.qkv_bias = nn.Parameter(torch.zeros(3 * shape.width))
        self.attention_out = nn.Parameter(torch.empty(shape.width, shape.width))
        self.inner_norm = nn.Parameter(torch.ones(shape.width))
        self.gate_up = nn.Parameter(torch.empty(2 * shape.inner, shape.width))
        self.down = nn.Parameter(torch.empty(shape.width, shape.inner))
        for matrix in (self.qkv, self.gate_up):
            nn.init.normal_(matrix, std=shape.width**-0.5)
        for matrix in (self.attention_out, self.down):
            nn.init.normal_(matrix, std=(2 * shape.layers * matrix.shape[1]) ** -0.5)

    def heads_of(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Return queries, keys and values, (batch, heads, length, head width), turned to their positions."""
        batch, length, width = x.shape
        heads = self.shape.heads
        both = F.linear(self._normed(x, self.attention_norm), self.qkv.to(x.dtype), self.qkv_bias.to(x.dtype))
        q, k, v = both.view(batch, length, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        return _turned(q, turn), _turned(k, turn), v

    def rest(self, x: Tensor, attended: Tensor) -> Tensor:
        """Return the layer's output from its input and what the heads saw."""
        batch, heads, length, head = attended.shape
        attended = attended.transpose(1, 2).reshape(batch, length, heads * head)
        x = x + F.linear(attended, self.attention_out.to(x.dtype))
        gate, up = F.linear(self._normed(x, self.inner_norm), self.gate_up.to(x.dtype)).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, self.down.to(x.dtype))

    def _normed(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), weight.to(x.dtype), self.shape.epsilon)


class Network(nn.Module):
    """Token ids to logits; the output matrix is the embedding."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, shape.width) * 0.5)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.full((shape.width,), 0.3))

    def forward(self, ids: Tensor, *, prefix: Tensor, rows: Tensor, dtype: torch.dtype = torch.bfloat16) -> Tensor:
        """Return the logits that follow chosen tokens.

        Args:
            ids: (batch, length), padded at the end.
            prefix: (n,), what stands before each of them; may be empty.
            rows: (batch, m), indices of tokens in ``ids``.
            dtype: in which it is computed.
        """
        batch, length = ids.shape
        before = len(prefix)
        turn = self._turn(before + length, dtype)
        mine = (turn[0][before:], turn[1][before:])
        ahead = (turn[0][:before], turn[1][:before])
        x = F.embedding(ids, self.embedding).to(dtype)
        p = F.embedding(prefix[None], self.embedding).to(dtype)
        hidden = torch.full((before + length, before + length), float("-inf"), dtype=dtype).triu(1)
        ours = hidden[before:]
        for index, layer in enumerate(self.layers):
            q, k, v = layer.heads_of(x, mine)
            if before:
                pq, pk, pv = layer.heads_of(p, ahead)
                k = torch.cat([pk.expand(batch, -1, -1, -1), k], 2)
                v = torch.cat([pv.expand(batch, -1, -1, -1), v], 2)
                if index + 1 < len(self.layers):
                    p = layer.rest(p, _attended(pq, pk, pv, hidden[:before, :before]))
            if index + 1 == len(self.layers):  # what nobody asks for is not computed
                head = q.shape[-1]
                q = q.gather(2, rows[:, None, :, None].expand(-1, q.shape[1], -1, head))
                x = x.gather(1, rows[:, :, None].expand(-1, -1, x.shape[-1]))
                x = layer.rest(x, _attended(q, k, v, ours[rows].repeat_interleave(q.shape[1], 0)))
            else:
                x = layer.rest(x, _attended(q, k, v, ours))
        x = F.rms_norm(x, (x.shape[-1],), self.norm.to(dtype), self.shape.epsilon)
        return F.linear(x, self.embedding.to(dtype)).float()

    def _turn(self, length: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        head = self.shape.width // self.shape.heads
        speeds = self.shape.rope_base ** (-torch.arange(0, head, 2).float() / head)
        angles = torch.outer(torch.arange(length).float(), speeds)
        angles = torch.cat([angles, angles], -1)
        return angles.cos().to(dtype), angles.sin().to(dtype)


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    left, right = x.chunk(2, -1)
    return x * turn[0] + torch.cat([-right, left], -1) * turn[1]


def begin_numbering(network: Network, *, numbers: list[int]) -> None:
    """Set a head of the first layer up so that every token knows the number of its line.

    It looks at the last token before it that is a number: what a token is decides in dimensions that hardly turn with
    the position, how near it is in two that turn slowly. Everything is trained on from there.

    Args:
        network: untrained, or trained without it.
        numbers: the tokens of numbers with one digit.
    """
    width, heads = network.shape.width, network.shape.heads
    head = width // heads
    first, free = network.layers[0], width - head
    own = torch.arange(width - head, width)
    with torch.no_grad():
        known = F.rms_norm(network.embedding, (width,), first.attention_norm, network.shape.epsilon)
        wanted, weight = torch.zeros(len(known)), torch.ones(len(known))
        wanted[numbers], weight[numbers] = 1.0, 30.0
        is_number = torch.linalg.solve((known.T * weight) @ known + 0.5 * torch.eye(width), (known.T * weight) @ wanted)
        query = torch.zeros(head)
        for place, strength in ((5, 25.0), (6, 60.0), (head // 2 - 1, 24.0)):
            query[place] = (strength * head**0.5) ** 0.5
        key = query.clone()
        key[head // 2 - 1] = 0
        for part in range(3):
            first.qkv[part * width + own] = 0
        first.qkv[width + own[head // 2 - 1]] = is_number * query[head // 2 - 1]
        first.qkv_bias[own], first.qkv_bias[width + own], first.qkv_bias[2 * width + own] = (
            query,
            key,
            torch.zeros(head),
        )
        first.qkv[2 * width + own] = torch.randn(head, width) * width**-0.5
        first.attention_out[:, own] = 0
        first.attention_out[:free, own] = torch.randn(free, head) * 0.03


def _attended(q: Tensor, k: Tensor, v: Tensor, hidden: Tensor) -> Tensor:
    """Return what each query sees. Written out: at these sizes it takes half the time of the fused function.

    Args:
        q: (batch, heads, length, head width); k and v likewise, longer.
        k: keys.
        v: values.
        hidden: (length, length of k) or one such for each head of the batch: 0, or minus infinity where not to look.
    """
    batch, heads, length, width = q.shape
    flat = batch * heads
    scores = torch.baddbmm(
        hidden.expand(flat, -1, -1),
        q.reshape(flat, length, width),
        k.reshape(flat, -1, width).transpose(1, 2),
        alpha=width**-0.5,
    )
    return (scores.softmax(-1) @ v.reshape(flat, -1, width)).view(batch, heads, length, width)


def begin_copying(network: Network, *, alike: list[list[int]]) -> None:
    """Set the first two layers up so that they copy, which training would take long to come upon by itself.

    A head of the first layer looks at the token before, and notes in a part of the residual stream that is kept free
    which one it was. Heads of the second layer look for places whose note is the present token, and bring the token
    that stands there: what followed the last time follows again. Everything is trained on from there.

    Args:
        network: untrained.
        alike: groups of tokens that are the same syllable, whether capital or behind a space; they begin alike.
    """
    width, heads = network.shape.width, network.shape.heads
    head = width // heads
    free = width - head
    speeds = network.shape.rope_base ** (-torch.arange(0, head, 2).float() / head)
    quick = speeds > 0.02
    lasting = torch.cat([speeds, speeds]) < 0.003
    first, second = network.layers[0], network.layers[1]
    with torch.no_grad():
        for group in alike:
            network.embedding[group] = 0.5 * network.embedding[group] + 0.85 * network.embedding[group[0]]
        network.embedding[:, free:] = 0
        before, note = slice(0, head), slice(free, width)
        query, key = torch.zeros(head), torch.zeros(head)
        query[: head // 2][quick] = 6.0
        key[: head // 2][quick] = 6.0 * speeds[quick].cos()
        key[head // 2 :][quick] = 6.0 * speeds[quick].sin()
        written = torch.randn(head, free) * free**-0.5
        first.qkv[before] = 0
        first.qkv[width : width + head] = 0
        first.qkv_bias[before] = query
        first.qkv_bias[width : width + head] = key
        first.qkv[2 * width : 2 * width + head] = 0
        first.qkv[2 * width : 2 * width + head, :free] = written
        first.attention_out[:, before] = 0
        first.attention_out[note] = 0
        first.attention_out[note, before] = 0.7 * torch.eye(head)
        first.down[note] = 0
        for index in range(heads - 1):
            own = torch.arange(index * head, (index + 1) * head)
            second.qkv[own] = 0
            second.qkv[width + own] = 0
            second.qkv[2 * width + own] = 0
            second.qkv[own, :free] = written * lasting[:, None] * 4.0
            second.qkv[width + own, free:] = torch.diag(lasting * 4.0)
            second.qkv[2 * width + own, own] = 1.0
            second.attention_out[:, own] = 0
            second.attention_out[own, own] = 1.0
