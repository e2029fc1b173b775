"""Claims that the chapter `docs/work/distributed.md` checks."""

from __future__ import annotations

from collections.abc import Callable

import torch
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.utils.data import DistributedSampler

from examples.reference.claims import FALSE, HALF, Claims, Finding, judge
from examples.work.distributed import batch, fit, gradient, net, together

CLAIMS = Claims()
_PAGE = "work/distributed"


@CLAIMS.on(
    _PAGE,
    of="5.12",
    at="Two halves make the gradient of the whole batch",
    shows="shares_agree = torch.allclose(",
)
def averages_are_the_whole() -> Finding:
    """Gradients averaged over processes are those of the whole batch."""
    x, y = batch()
    whole = gradient(net(seed=0), x, y)
    network = [net(seed=0) for _ in range(2)]

    def same(first: int) -> bool:
        def job(rank: int, all_reduce: Callable[[Tensor], None]) -> bool:
            rows = slice(first, None) if rank else slice(0, first)
            mine = gradient(network[rank], x[rows], y[rows])
            all_reduce(mine)
            return torch.allclose(mine / 2, whole)

        return all(together(job, world=2))

    even, uneven = same(4), same(6)
    text = f"shares of 4 and 4: {even}; of 6 and 2: {uneven}"
    return judge(even and uneven, text, HALF if even else FALSE)


@CLAIMS.on(
    _PAGE,
    of="5.13",
    at="Batch size and learning rate",
    shows="for lr in (0.1, 0.1 * k**0.5, 0.1 * k)",
)
def rate_times_k() -> Finding:
    """With *k* processes, multiply the learning rate by *k*."""
    data = load_digits()
    x, y = torch.tensor(data.data)[:1400] / 16, torch.tensor(data.target)[:1400]

    def loss(k: int) -> float:
        model, _ = fit(x, y, size=16 * k, lr=0.1 * k)
        return cross_entropy(model(x), y).item()

    one, four, sixteen = loss(1), loss(4), loss(16)
    text = f"losses: one process {one:.2f}, four {four:.2f}, sixteen {sixteen:.2f}"
    return judge(max(four, sixteen) < 2 * one, text, HALF)


@CLAIMS.on(
    _PAGE, of="5.14", at="DistributedSampler and set_epoch", shows="orders.add(tuple(sampler))"
)
def epochs_have_to_be_told() -> Finding:
    """Without `set_epoch`, a `DistributedSampler` shuffles alike in each epoch."""
    sampler: DistributedSampler[int] = DistributedSampler(range(7), 2, 0)  # type: ignore[arg-type]
    orders = [{tuple(sampler) for _ in range(5)}, set()]
    for epoch in range(5):
        sampler.set_epoch(epoch)
        orders[1].add(tuple(sampler))
    without, told = map(len, orders)
    text = f"different orders in five epochs: {without}; with `set_epoch` {told}"
    return judge(without == 1 < told, text)
