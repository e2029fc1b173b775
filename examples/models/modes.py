"""Dropout and batch norm by hand, and what an evaluation costs.

Run it to see what forgetting `eval()` does: `python -m examples.models.modes`.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


# --8<-- [start:drop]
def drop(x: Tensor, p: float, training: bool = True) -> Tensor:
    """Do what `nn.Dropout(p)` does to a tensor of any shape.

    >>> torch.equal(drop(torch.ones(3), 0.5, training=False), torch.ones(3))
    True
    """
    if not training:
        return x
    mask = torch.empty_like(x).bernoulli_(1 - p)  # 1 with the probability 1 - p, else 0
    return x * mask / (1 - p)


# --8<-- [end:drop]


# --8<-- [start:norm]
class Norm:
    """`nn.BatchNorm1d` by hand, for a batch (n, features)."""

    def __init__(self, features: int) -> None:
        self.weight, self.bias = torch.ones(features), torch.zeros(features)
        self.mean, self.var = torch.zeros(features), torch.ones(features)  # running statistics
        self.training = True

    def __call__(self, x: Tensor) -> Tensor:
        """Normalize by the batch's own statistics in training, by the running ones otherwise."""
        if self.training:
            mean, var = x.mean(dim=0), x.var(dim=0, unbiased=False)
            self.mean = 0.9 * self.mean + 0.1 * mean
            self.var = 0.9 * self.var + 0.1 * x.var(dim=0, unbiased=True)
        else:
            mean, var = self.mean, self.var
        return self.weight * (x - mean) / torch.sqrt(var + 1e-5) + self.bias


# --8<-- [end:norm]


# --8<-- [start:forgotten]
@torch.no_grad()
def forgotten(model: nn.Module, x: Tensor, y: Tensor, size: int) -> float:
    """Return how many of 100 answers are right in training mode, asked in batches of `size`.

    A copy of the model is asked, since an answer in training mode changes running statistics.
    """
    model = copy.deepcopy(model).train()
    scores = torch.cat([model(batch) for batch in x.split(size)])
    return 100 * (scores.argmax(dim=1) == y).float().mean().item()


# --8<-- [end:forgotten]


# --8<-- [start:kept]
def kept(model: nn.Module, x: Tensor) -> int:
    """Return how many bytes of tensors a forward pass keeps for a backward pass.

    The model's own parameters, which exist anyway, are not counted.

    >>> kept(nn.Linear(3, 4), torch.ones(10, 3))
    120
    """
    own = {parameter.data_ptr() for parameter in model.parameters()}
    found: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in own:
            found[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        output = model(x)  # held until we have counted, so that no memory is used twice
    del output
    return sum(found.values())


# --8<-- [end:kept]


if __name__ == "__main__":
    from examples.models.generalization import digits, evaluate, seeded

    data = digits()
    for name, run in {
        "dropout": seeded(0, data, dropout=0.5),
        "batch norm": seeded(0, data, norm=True),
    }.items():
        right = evaluate(run.model, data.x_val, data.y_val)[1]
        print(f"{name}: {right:.1f} % with eval()")
        for size in (400, 4):
            percent = forgotten(run.model, data.x_val, data.y_val, size)
            print(f"    forgotten, in batches of {size}: {percent:.1f} %")
