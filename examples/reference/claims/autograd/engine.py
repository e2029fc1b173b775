"""Claims that the chapter `docs/autograd/engine.md` checks."""

from __future__ import annotations

import math
from functools import cache
from random import Random

import torch
from torch import nn

from examples.autograd.beside import twin
from examples.autograd.circles import accuracy, four_layers, train, two_rings
from examples.autograd.framework import (
    SGD,
    BCEWithLogitsLoss,
    DataLoader,
    Linear,
    ReLU,
    Sequential,
    five_steps,
)
from examples.autograd.seven_rows import run_rows
from examples.autograd.speed import band, rounds, seconds
from examples.reference.claims import FALSE, HALF, OPEN, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "autograd/engine"


@CLAIMS.on(_PAGE, of="3.04", at="Two rings", shows="share = accuracy(model, fresh_X, fresh_T)")
def circles_in_plain_python() -> Finding:
    """A framework in plain Python can train a four-layer net to classify circles."""
    X, T = two_rings(400, Random(0))
    model = four_layers(16, Random(0))
    train(model, DataLoader(X, T, batch_size=32, rng=Random(0)), epochs=12)
    right = accuracy(model, *two_rings(400, Random(1)))
    return judge(right > 0.95, f"more than 95 % of fresh points right: {right > 0.95}")


@CLAIMS.on(
    _PAGE,
    of="3.08 3.53",
    at="Seven pieces, both ways",
    shows="from examples.autograd.seven_rows import table",
)
def one_to_one() -> Finding:
    """The pieces of a mini framework and of PyTorch correspond one to one."""
    counts = [len(numbers) for numbers in run_rows()]
    return judge(
        len(counts) == 7, f"{len(counts)} pieces, {sum(counts)} numbers, all equal to 1e-9"
    )


@cache
def mnist_round() -> tuple[float, float]:
    """Return the seconds of one round of 784-256-128-10 on 64 images, in lists and in torch."""
    rng = Random(0)
    model = Sequential(
        *(Linear(784, 256, rng), ReLU(), Linear(256, 128, rng), ReLU(), Linear(128, 10, rng))
    )
    images = [[rng.random() for _ in range(784)] for _ in range(64)]
    answers = [[float(n % 10 == digit) for digit in range(10)] for n in range(64)]
    fast, x, t = twin(model).float(), torch.tensor(images), torch.tensor(answers)
    loss_fn, optimizer = BCEWithLogitsLoss(), SGD(model.parameters(), lr=0.01)
    fast_loss_fn, fast_optimizer = (
        nn.BCEWithLogitsLoss(),
        torch.optim.SGD(fast.parameters(), lr=0.01),
    )

    def in_torch() -> None:
        loss = fast_loss_fn(fast(x), t)
        fast_optimizer.zero_grad()
        loss.backward()
        fast_optimizer.step()

    in_torch()  # once to warm up
    once = 0.001  # seconds: shorter than a single round
    in_lists = seconds(lambda: five_steps(model, loss_fn, optimizer, images, answers), once)
    return in_lists, seconds(in_torch, at_least=0.1)


@CLAIMS.on(_PAGE, of="3.05", at="How much slower?", shows="bands = {size: band(*rounds(*size))")
def five_hundred_times() -> Finding:
    """A framework in pure Python is 500 times slower than PyTorch."""
    small = band(*rounds(8, 1), repeats=1)[0]
    by_hand, fast = mnist_round()
    faster, slower = small < 1, by_hand / fast > 250
    text = (
        f"3 × 8 units, one sample: Python is faster: {faster}; "
        f"MNIST's net, batch of 64: torch is more than 250 times as fast: {slower}"
    )
    return judge(slower and not faster, text, HALF if slower else FALSE)


@CLAIMS.on(_PAGE, of="3.40 3.52")
def forty_five_minutes() -> Finding:
    """By hand, an epoch of MNIST takes 300 s, and training 45 minutes."""
    batches = math.ceil(60_000 / 64)
    epoch = batches * mnist_round()[0]
    text = f"{batches} batches of 64, at the time of one in our lists: over 450 s: {epoch > 450}"
    return judge(200 < epoch < 450, text)


@CLAIMS.on(_PAGE, of="3.40")
def epoch_times() -> Finding:
    """An epoch of MNIST takes 0.5 s in PyTorch and 0.3 s in JAX."""
    return OPEN, "needs a GPU, JAX, and the machine that was timed"
