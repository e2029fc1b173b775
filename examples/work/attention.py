"""Attention by hand, heads, blocks, and a tiny model that learns to write words backward.

Used by the chapter *Attention* (`docs/work/attention.md`). Run it to train the model, and to see
what it writes: `python -m examples.work.attention`.
"""

# ruff: noqa: D102 (what `forward` takes and returns is said by its class)
from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# --8<-- [start:attend]
def attend(q: Tensor, k: Tensor, v: Tensor, seen: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return what each query gets of the values, (…, m, d_v), and its weights, (…, m, n).

    Args:
        q: m queries, floats of shape (…, m, d).
        k: n keys, (…, n, d).
        v: n values, (…, n, d_v).
        seen: True where a query may look, broadcast to (…, m, n); None lets it look everywhere.

    >>> attend(torch.zeros(1, 2), torch.eye(2), torch.tensor([[1.0], [3.0]]))
    (tensor([[2.]]), tensor([[0.5000, 0.5000]]))
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if seen is not None:
        scores = scores.masked_fill(~seen, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


# --8<-- [end:attend]


# --8<-- [start:leaks]
def leaks(f: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Say whether an earlier output of f moves when one number of the last step of x changes.

    x and f(x) have the shape (batch, time, features); the last output is allowed to move.

    >>> leaks(lambda x: x.cumsum(dim=1), torch.ones(1, 3, 2))
    False
    >>> leaks(lambda x: x.flip(1), torch.ones(1, 3, 2))
    True
    """
    other = x.clone()
    other[:, -1, 0] += 1
    with torch.no_grad():
        return not torch.allclose(f(x)[:, :-1], f(other)[:, :-1])


# --8<-- [end:leaks]


# --8<-- [start:attention]
class Attention(nn.Module):
    """Let each step look at itself and at earlier ones, with several heads.

    x is (batch, time, width), and so is the result. `past`, a list, is filled with the keys and
    values so far, and a later call with the next steps goes on from there.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, past: list[Tensor] | None = None) -> Tensor:
        batch, time, width = x.shape
        parts = self.qkv(x).view(batch, time, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)  # each (batch, heads, time, width / heads)
        if past is not None:
            if past:
                k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
            past[:] = [k, v]
        seen = torch.ones(time, k.shape[2], dtype=torch.bool).tril(k.shape[2] - time)
        mixed, weights = attend(q, k, v, seen)
        self.weights = weights.detach()  # to be looked at
        y: Tensor = self.out(mixed.transpose(1, 2).reshape(batch, time, width))
        return y


# --8<-- [end:attention]


# --8<-- [start:block]
class Block(nn.Module):
    """Look around, then think: attention and two layers, each added to what was there.

    x is (batch, time, width), and so is the result. With `before=False`, the norms come after
    the sums, as they did in 2017.
    """

    def __init__(self, width: int, heads: int, before: bool = True) -> None:
        super().__init__()
        self.before = before
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.look = Attention(width, heads)
        self.think = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x: Tensor, past: list[Tensor] | None = None) -> Tensor:
        if self.before:
            x = x + self.look(self.norm1(x), past)
            y: Tensor = x + self.think(self.norm2(x))
        else:
            x = self.norm1(x + self.look(x, past))
            y = self.norm2(x + self.think(x))
        return y


# --8<-- [end:block]


# --8<-- [start:words]
SIGNS = ".>abdefiklmnoprstu"  # what the model can read and write
VOWELS, REST = "aeiou", "bdfklmnprst"


def words(n: int, seed: int) -> list[str]:
    """Return n made-up words of 4 to 8 letters, in which vowels and other letters take turns.

    >>> words(3, seed=0)
    ['irakanu', 'ipef', 'ufomon']
    """
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randint(0, 2**30, (n, 10), generator=generator).tolist()
    made = []
    for first, length, *letters in draw:
        kinds = (VOWELS, REST) if first % 2 else (REST, VOWELS)
        chosen = [kinds[i % 2][x % len(kinds[i % 2])] for i, x in enumerate(letters)]
        made.append("".join(chosen[: 4 + length % 5]))
    return made


def encode(texts: Sequence[str], width: int = 19) -> Tensor:
    """Return the lines of words, `.abcd>dcba......`, as numbers, int64 (len(texts), width).

    >>> encode(["so"], width=8)
    tensor([[ 0, 15, 12,  1, 12, 15,  0,  0]])
    """
    lines = [f".{text}>{text[::-1]}".ljust(width, ".") for text in texts]
    return torch.tensor([[SIGNS.index(sign) for sign in line] for line in lines])


# --8<-- [end:words]


# --8<-- [start:writer]
class Writer(nn.Module):
    """A small transformer: numbers of signs (batch, time) in, scores (batch, time, signs) out."""

    def __init__(
        self, signs: int = 18, places: int = 18, width: int = 32, heads: int = 2, blocks: int = 2
    ) -> None:
        super().__init__()
        self.sign = nn.Embedding(signs, width)
        self.place = nn.Embedding(places, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.scores = nn.Linear(width, signs, bias=False)
        for table in (self.sign, self.place):
            nn.init.normal_(table.weight, std=0.3)

    def forward(self, index: Tensor, past: list[list[Tensor]] | None = None) -> Tensor:
        done = past[0][0].shape[2] if past and past[0] else 0
        x = self.sign(index) + self.place.weight[done : done + index.shape[1]]
        for n, block in enumerate(self.blocks):
            x = block(x, past[n] if past else None)
        y: Tensor = self.scores(self.norm(x))
        return y


# --8<-- [end:writer]


# --8<-- [start:train]
def train(model: nn.Module, optimizer: torch.optim.Optimizer, lines: Tensor) -> list[float]:
    """Take one step for each batch of lines (steps, batch, time), and return the losses."""
    losses = []
    for batch in lines:
        scores = model(batch[:, :-1])  # after each sign, a score for every next one
        loss = F.cross_entropy(scores.flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --8<-- [end:train]


# --8<-- [start:write]
@torch.no_grad()
def write(model: nn.Module, text: str, most: int = 18) -> str:
    """Go on with a text, always with the likeliest sign, until a dot or `most` signs."""
    index = torch.tensor([[SIGNS.index(sign) for sign in text]])
    while index.shape[1] < most:
        next_ = model(index)[:, -1].argmax(dim=-1, keepdim=True)
        index = torch.cat([index, next_], dim=1)
        if next_ == 0:
            break
    return "".join(SIGNS[n] for n in index[0])


# --8<-- [end:write]


class Open(Attention):
    """Attention without a mask: each step sees all, the future included."""

    def forward(self, x: Tensor, past: list[Tensor] | None = None) -> Tensor:
        batch, time, width = x.shape
        parts = self.qkv(x).view(batch, time, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        y: Tensor = self.out(attend(q, k, v)[0].transpose(1, 2).reshape(batch, time, width))
        return y


@functools.cache
def trained(
    steps: int, before: bool = True, masked: bool = True, seed: int = 1
) -> tuple[Writer, tuple[float, ...]]:
    """Train a model of float64 numbers on 32 words a step, and return it and its losses.

    Args:
        steps: how many, up to 400.
        before: whether the norms of its blocks come before their parts.
        masked: whether its attention is causal.
        seed: draws the words; the weights are always the same.
    """
    lines = encode(words(32 * 400, seed)[: 32 * steps]).view(steps, 32, 19)
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        torch.manual_seed(0)
        model = Writer()
        for block in model.blocks:
            assert isinstance(block, Block)
            block.before = before
            if not masked:
                open_ = Open(32, 2)
                open_.load_state_dict(block.look.state_dict())
                block.look = open_
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)
        return model, tuple(train(model, optimizer, lines))
    finally:
        torch.set_default_dtype(usual)


def main() -> None:
    """Train for 400 steps, and write a few words backward."""
    model, losses = trained(400)
    print(f"loss {losses[0]:.4f} … {losses[-1]:.4f}")
    for word in ("kamilo", "sona", "obafutem"):
        print(write(model, f".{word}>"))


if __name__ == "__main__":
    main()
