"""The smallest network worth training: it learns XOR in five steps, repeated.

Run it: `python -m examples.start.first_ten_minutes`.
"""

from __future__ import annotations

import torch
from torch import nn

# --8<-- [start:data]
X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
# --8<-- [end:data]


# --8<-- [start:model]
class XorMLP(nn.Module):
    """Two inputs, four hidden ReLU units, one probability.

    >>> XorMLP()(X).shape
    torch.Size([4, 1])
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, 4)
        self.output = nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Turn float32 rows (n, 2) into probabilities (n, 1)."""
        bent = torch.relu(self.hidden(x))
        return torch.sigmoid(self.output(bent))


# --8<-- [end:model]


# --8<-- [start:train]
def train(model: nn.Module, epochs: int = 2000) -> list[float]:
    """Train on XOR, print a log, and return all losses."""
    loss_fn = nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    losses = []
    for epoch in range(1, epochs + 1):
        probability = model(X)  # 1. forward
        loss = loss_fn(probability, Y)  # 2. loss
        optimizer.zero_grad()  # 3. zero_grad
        loss.backward()  # 4. backward
        optimizer.step()  # 5. step
        losses.append(loss.item())
        if epoch == 1 or epoch % 250 == 0:
            print(f"epoch {epoch:4d}  loss {loss.item():.4f}")
    return losses


# --8<-- [end:train]


def train_many(seeds: int, epochs: int = 2000) -> torch.Tensor:
    """Do what `train` does to one network for each seed from 0 on, all at once.

    Args:
        seeds: how many networks.
        epochs: how many rounds of the five steps, at least one.

    Returns:
        float32 losses of shape (2, seeds): those of the first epoch, then those of the last.
    """
    starts = []
    for seed in range(seeds):
        torch.manual_seed(seed)
        starts.append([p.detach() for p in XorMLP().parameters()])
    w1, b1, w2, b2 = (torch.stack(p).requires_grad_() for p in zip(*starts, strict=True))
    targets = Y.expand(seeds, 4, 1)
    first = torch.empty(0)
    for epoch in range(epochs):
        bent = torch.relu(X @ w1.mT + b1[:, None])
        probability = torch.sigmoid(bent @ w2.mT + b2[:, None])
        losses = nn.functional.binary_cross_entropy(probability, targets, reduction="none")
        loss = losses.mean((1, 2))
        first = loss.detach() if epoch == 0 else first
        gradients = torch.autograd.grad(loss.sum(), (w1, b1, w2, b2))
        with torch.no_grad():
            for parameter, gradient in zip((w1, b1, w2, b2), gradients, strict=True):
                parameter -= 0.5 * gradient
    return torch.stack([first, loss.detach()])


def count_parameters(model: nn.Module) -> int:
    """Count the numbers that training may change.

    >>> count_parameters(XorMLP())
    17
    """
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


if __name__ == "__main__":
    torch.manual_seed(42)
    network = XorMLP()
    train(network)
    print(network(X).detach())
