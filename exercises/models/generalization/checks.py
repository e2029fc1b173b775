"""Checks of the exercises of *Generalization*."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor, nn

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


def check_dropped(answer: Callable[[Tensor, Tensor, float], Tensor]) -> None:
    """Scaled, with holes, and with nothing left."""
    x = torch.tensor([1.0, -2.0, 3.0, 4.0])
    mask = torch.tensor([True, False, True, False])
    same(answer(x, mask, 0.5), torch.tensor([2.0, 0.0, 6.0, 0.0]), "Divide by 1 - p.")
    want = torch.tensor([1.25, 0.0, 3.75, 0.0])
    same(answer(x, mask, 0.2), want, "p is the share that goes: divide by 1 - p.")
    same(answer(x, ~mask.new_ones(4), 1.0), torch.zeros(4), "With p = 1, 1 - p is 0: all zeros.")
    same(x, torch.tensor([1.0, -2.0, 3.0, 4.0]), "Leave x as it is.")


def check_normalized(answer: Normalized) -> None:
    """Against `nn.BatchNorm1d`, several batches in training, then one in evaluation."""
    generator = torch.Generator().manual_seed(0)
    layer = nn.BatchNorm1d(3, affine=False)
    mean, var = torch.zeros(3), torch.ones(3)
    for _ in range(3):
        x = torch.randn(4, 3, generator=generator) * 7 + 2
        before = mean.clone()
        got, new_mean, new_var = answer(x, mean, var, True)
        hint = "In training: the batch's own mean, and the variance that divides by n."
        same(got, layer(x), hint, atol=1e-4)
        same(mean, before, "Leave the tensors that come in as they are.")
        mean, var = new_mean, new_var
        running = (layer.running_mean, layer.running_var)
        hint = "0.9 of the old, 0.1 of the new; the new variance divides by n - 1."
        same((mean, var), running, hint, atol=1e-4)
    x = torch.randn(1, 3, generator=generator)
    got, new_mean, new_var = answer(x, mean, var, False)
    same(got, layer.eval()(x), "In evaluation: the running statistics.", atol=1e-4)
    same((new_mean, new_var), (mean, var), "In evaluation the running statistics stay.")


def check_decay_step(answer: Callable[[Iterable[nn.Parameter], float, float], None]) -> None:
    """Against `torch.optim.SGD`, with a parameter that has no gradient."""

    def make() -> list[nn.Parameter]:
        made = [nn.Parameter(torch.tensor([2.0, -3.0])), nn.Parameter(torch.tensor([1.0]))]
        made[0].grad = torch.tensor([0.5, 0.5])
        return made

    ours, theirs = make(), make()
    answer(ours, 0.1, 0.5)
    torch.optim.SGD(theirs, lr=0.1, weight_decay=0.5).step()
    hint = "w - lr * (gradient + weight_decay * w), under no_grad and in place."
    same(ours[0].detach(), theirs[0].detach(), hint)
    same(
        ours[1].detach(), theirs[1].detach(), "Without a gradient nothing happens, not even decay."
    )


def check_with_batch_norm(answer: Callable[[nn.Sequential], nn.Sequential]) -> None:
    """The order, the sizes, and the same layers again."""
    model = nn.Sequential(
        nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 2), nn.Sigmoid()
    )
    found = answer(model)
    same(isinstance(found, nn.Sequential), True, "Return an nn.Sequential.")
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
    same(len(model), 6, "Leave the model as it is.")
