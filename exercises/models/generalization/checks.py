"""Checks of the exercises of *Generalization*."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

from bookparts.answers import kind
from bookparts.forbidden import unchanged
from bookparts.practice import same

Stop = Callable[[Sequence[float], int], tuple[int, int]]
Normalized = Callable[[Tensor, Tensor, Tensor, bool], tuple[Tensor, Tensor, Tensor]]


def check_stop(answer: Stop) -> None:
    """A curve that turns, one that never does, ties, and a bump that patience outlasts."""
    turning = [0.9, 0.5, 0.6, 0.7, 0.4]
    same(answer(turning, 2), (2, 4), "Two epochs without a new lowest loss: 3 and 4.")
    same(answer(turning, 3), (5, 5), "A bump that is shorter than the patience is outlasted.")
    same(answer([3.0, 2.0, 1.0], 1), (3, 3), "If patience never runs out, it is the last epoch.")
    same(answer([0.5, 0.5, 0.5], 2), (1, 3), "An equal loss is not a new lowest one.")
    same(answer([7.0], 4), (1, 1), "A single epoch is the best, and the last.")
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        losses = (torch.randint(1, 30, (12,), generator=generator) / 10).tolist()
        kept, patience = list(losses), seed % 4 + 1
        got = answer(losses, patience)
        same(got, _stopped(losses, patience), f"for patience {patience} and the losses {losses}")
        same(losses, kept, "the losses have changed")


def _stopped(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Look back from each epoch for the best until then."""
    for epoch in range(1, len(losses) + 1):
        best = losses.index(min(losses[:epoch])) + 1
        if epoch - best >= patience:
            break
    return best, epoch


def check_dropped(answer: Callable[[Tensor, Tensor, float], Tensor]) -> None:
    """Scaled, with holes, and with nothing left."""
    x = torch.tensor([1.0, -2.0, 3.0, 4.0])
    mask = torch.tensor([True, False, True, False])
    with unchanged(x=x, mask=mask):
        got = answer(x, mask, 0.5)
    same(got, torch.tensor([2.0, 0.0, 6.0, 0.0]), "Divide by 1 - p.")
    want = torch.tensor([1.25, 0.0, 3.75, 0.0])
    same(answer(x, mask, 0.2), want, "p is the share that goes: divide by 1 - p.")
    same(answer(x, ~mask.new_ones(4), 1.0), torch.zeros(4), "With p = 1, 1 - p is 0: all zeros.")
    for seed, p in enumerate((0.0, 0.25, 0.9, 1.0)):
        generator = torch.Generator().manual_seed(seed)
        table = torch.randn(3, 4, generator=generator, dtype=torch.float64)
        keep = torch.rand(3, 4, generator=generator) >= p
        want = table * keep / (1 - p) if p < 1 else torch.zeros_like(table)
        same(answer(table, keep, p), want, f"a table in float64, p = {p}: shape and dtype stay.")


def check_normalized(answer: Normalized) -> None:
    """Against `nn.BatchNorm1d`, several batches in training, then one in evaluation."""
    generator = torch.Generator().manual_seed(0)
    layer = nn.BatchNorm1d(3, affine=False)
    mean, var = torch.zeros(3), torch.ones(3)
    for _ in range(3):
        x = torch.randn(4, 3, generator=generator) * 7 + 2
        with unchanged(x=x, mean=mean, var=var):
            got, new_mean, new_var = _three(answer(x, mean, var, True))
        hint = "In training: the batch's own mean, and the variance that divides by n."
        same(got, layer(x), hint, atol=1e-4)
        mean, var = new_mean, new_var
        running = (layer.running_mean, layer.running_var)
        hint = "0.9 of the old, 0.1 of the new; the new variance divides by n - 1."
        same((mean, var), running, hint, atol=1e-4)
    x = torch.randn(1, 3, generator=generator)
    with unchanged(x=x, mean=mean, var=var):
        got, new_mean, new_var = _three(answer(x, mean, var, False))
    same(got, layer.eval()(x), "In evaluation: the running statistics.", atol=1e-4)
    same((new_mean, new_var), (mean, var), "In evaluation the running statistics stay.")


def _three(got: object) -> tuple[Tensor, Tensor, Tensor]:
    what = "expected a tuple of the batch, the mean and the variance"
    assert isinstance(got, tuple), f"{what}, got {kind(got)}; is a `return` missing?"
    assert len(got) == 3, f"{what}, got {len(got)} items"
    return got


def check_decay_step(answer: Callable[[Iterable[nn.Parameter], float, float], None]) -> None:
    """Against `torch.optim.SGD`, with a parameter that has no gradient."""

    def make() -> list[nn.Parameter]:
        made = [nn.Parameter(torch.tensor([2.0, -3.0])), nn.Parameter(torch.tensor([1.0]))]
        made[0].grad = torch.tensor([0.5, 0.5])
        made.append(nn.Parameter(torch.tensor([[4.0]])))
        made[2].grad = torch.tensor([[-1.0]])
        return made

    hint = "w - lr * (gradient + weight_decay * w), under no_grad and in place."
    for lr, decay in ((0.1, 0.5), (0.5, 0.01), (0.2, 0.0)):
        ours, theirs = make(), make()
        places = [p.data_ptr() for p in ours]
        answer(iter(ours), lr, decay)
        torch.optim.SGD(theirs, lr=lr, weight_decay=decay).step()
        what = f"{hint} That was lr={lr}, weight_decay={decay}."
        same(ours[0].detach(), theirs[0].detach(), what)
        nothing = "Without a gradient nothing happens, not even decay."
        same(ours[1].detach(), theirs[1].detach(), nothing)
        same(ours[2].detach(), theirs[2].detach(), "Parameters after one without a gradient, too.")
        assert [p.data_ptr() for p in ours] == places, "Change the parameters' numbers in place."
        assert all(p.requires_grad for p in ours), "Parameters should go on wanting a gradient."


def check_with_batch_norm(answer: Callable[[nn.Sequential], nn.Sequential]) -> None:
    """The order, the sizes, and the same layers again."""
    model = nn.Sequential(
        nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 2), nn.Sigmoid()
    )
    found = answer(model)
    _is_sequential(found)
    same(len(model), 6, "Leave the model as it is.")
    kinds = [type(layer).__name__ for layer in found]
    want = [
        "Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d", "Tanh", "Linear", "Sigmoid",
    ]  # fmt: skip
    same(kinds, want, "After each linear layer but the last, before its activation.")
    sizes = [layer.num_features for layer in found if isinstance(layer, nn.BatchNorm1d)]
    same(sizes, [8, 6], "A norm is as wide as the layer before it: out_features.")
    kept = [layer for layer in found if not isinstance(layer, nn.BatchNorm1d)]
    again = [a is b for a, b in zip(kept, model, strict=True)]
    same(all(again), True, "Use the layers of the model themselves.")
    alone = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    found = answer(alone)
    _is_sequential(found)
    kinds = [type(layer).__name__ for layer in found]
    same(kinds, ["Linear", "ReLU"], "A single linear layer is the last: no norm.")
    deep = nn.Sequential(*(nn.Linear(n, n + 1) for n in range(1, 5)))
    found = answer(deep)
    _is_sequential(found)
    kinds = [type(layer).__name__ for layer in found]
    want = ["Linear", "BatchNorm1d"] * 3 + ["Linear"]
    same(kinds, want, "Four linear layers in a row have three norms.")


def _is_sequential(found: object) -> None:
    assert isinstance(found, nn.Sequential), f"Return an nn.Sequential, not {kind(found)}."
