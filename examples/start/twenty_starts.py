"""Many starts of the nine-number net, trained side by side as one batch of nets.

Run it to see where twenty starts are after 5,000 epochs: `python -m examples.start.twenty_starts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from examples.start.by_hand_then_torch import INPUTS, TARGETS, net


# --8<-- [start:stack]
def stack_starts(seeds: Iterable[int]) -> list[Tensor]:
    """Draw one net per seed and stack them, number by number.

    Returns:
        float32 tensors, shapes (n, 2, 2), (n, 2), (n, 1, 2) and (n, 1).

    >>> [tuple(p.shape) for p in stack_starts(range(20))]
    [(20, 2, 2), (20, 2), (20, 1, 2), (20, 1)]
    """
    nets = []
    for seed in seeds:
        torch.manual_seed(seed)
        nets.append([p.detach() for p in net().parameters()])
    return [torch.stack(p).requires_grad_() for p in zip(*nets, strict=True)]


# --8<-- [end:stack]


# --8<-- [start:forward_stack]
def forward_stack(stack: Sequence[Tensor], X: Tensor) -> tuple[Tensor, Tensor]:
    """Return the hidden values, (n, 4, 2), and the answers, (n, 4, 1)."""
    W, b, V, c = stack
    hidden = torch.sigmoid(X @ W.mT + b[:, None])
    return hidden, torch.sigmoid(hidden @ V.mT + c[:, None])


# --8<-- [end:forward_stack]


# --8<-- [start:train_stack]
def train_stack(stack: Sequence[Tensor], epochs: int) -> tuple[Tensor, Tensor]:
    """Train n nets at once, in place; they share the steps, and no numbers.

    Returns:
        Losses and lengths of gradients at every 100th epoch, (1 + epochs // 100, n).

    >>> losses, lengths = train_stack(stack_starts([0, 1]), epochs=200)
    >>> tuple(losses.shape), tuple(lengths.shape)
    ((3, 2), (3, 2))
    """
    X, T = torch.tensor(INPUTS), torch.tensor(TARGETS).reshape(4, 1)
    optimizer = torch.optim.SGD(stack, lr=1.0)
    losses, lengths = [], []
    for epoch in range(epochs + 1):
        Y = forward_stack(stack, X)[1]
        loss = ((Y - T) ** 2).mean(dim=(1, 2))  # one for each net
        optimizer.zero_grad()
        loss.sum().backward()
        if epoch % 100 == 0:
            losses.append(loss.detach())
            lengths.append(gradient_lengths(stack))
        if epoch < epochs:
            optimizer.step()
    return torch.stack(losses), torch.stack(lengths)


# --8<-- [end:train_stack]


# --8<-- [start:gradient_lengths]
def gradient_lengths(stack: Sequence[Tensor]) -> Tensor:
    """Return the length √(g₁² + … + g₉²) of each net's gradient, shape (n,)."""
    gradients = [p.grad.flatten(start_dim=1) for p in stack if p.grad is not None]
    lengths: Tensor = torch.cat(gradients, dim=1).norm(dim=1)
    return lengths


# --8<-- [end:gradient_lengths]


# --8<-- [start:fate]
def fate(loss: float) -> str:
    """Name where a start stands after 5,000 epochs.

    >>> [fate(loss) for loss in (0.0011, 0.041, 0.1259)]
    ['solved', 'on its way', 'stalled']
    """
    if loss < 0.01:
        return "solved"
    return "stalled" if 0.12 < loss < 0.20 else "on its way"


# --8<-- [end:fate]


if __name__ == "__main__":
    stack = stack_starts(range(20))
    losses, lengths = train_stack(stack, epochs=5000)
    for seed in range(20):
        print(f"{seed:2}  loss {losses[-1, seed]:.4f}  gradient {lengths[-1, seed]:.1e}")
