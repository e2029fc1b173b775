"""Write modules: what registers, what is counted, what is saved, what only looks like a layer.

Run it: `python -m examples.models.modules` prints the layer table and the size of GPT-2 small.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


# --8<-- [start:count]
def count(module: nn.Module) -> int:
    """Return how many numbers training may change in a module.

    >>> count(nn.Linear(2, 4))
    12
    """
    return sum(parameter.numel() for parameter in module.parameters())


# --8<-- [end:count]


# --8<-- [start:mlp]
class MLP(nn.Module):
    """Two hidden layers, for instance from 784 pixels to the scores of 10 digits.

    >>> MLP(784, 256, 128, 10)(torch.zeros(5, 784)).shape
    torch.Size([5, 10])
    """

    def __init__(self, inputs: int, first: int, second: int, outputs: int) -> None:
        super().__init__()
        self.first = nn.Linear(inputs, first)
        self.second = nn.Linear(first, second)
        self.output = nn.Linear(second, outputs)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        """Turn float32 rows (n, inputs) into scores (n, outputs)."""
        x = self.dropout(torch.relu(self.first(x)))
        x = self.dropout(torch.relu(self.second(x)))
        scores: Tensor = self.output(x)
        return scores


# --8<-- [end:mlp]


# --8<-- [start:linear]
class MyLinear(nn.Module):
    """A linear layer made from two parameters.

    >>> [name for name, _ in MyLinear(2, 4).named_parameters()]
    ['weight', 'bias']
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = 1 / inputs**0.5
        self.weight = nn.Parameter(torch.empty(outputs, inputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(outputs).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """Turn rows (n, inputs) into rows (n, outputs)."""
        return x @ self.weight.T + self.bias


# --8<-- [end:linear]


# --8<-- [start:listed]
class Listed(nn.Module):
    """A network from one number to one number whose hidden layers stand in a plain list.

    >>> [name for name, _ in Listed().named_parameters()]
    ['output.weight', 'output.bias']
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden = [nn.Linear(1, 16), nn.Linear(16, 16)]
        self.output = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn rows (n, 1) into rows (n, 1)."""
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        scores: Tensor = self.output(x)
        return scores


# --8<-- [end:listed]


# --8<-- [start:module-listed]
class ModuleListed(nn.Module):
    """The same network, with a list that registers what is in it.

    >>> count(ModuleListed())
    321
    """

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(1, 16), nn.Linear(16, 16)])
        self.output = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn rows (n, 1) into rows (n, 1)."""
        for layer in self.hidden:
            x = torch.tanh(layer(x))
        scores: Tensor = self.output(x)
        return scores


# --8<-- [end:module-listed]


# --8<-- [start:curve]
def curve() -> tuple[Tensor, Tensor]:
    """Return a wave to learn: 64 places x from −2 to 2 and sin 3x, both float32 (64, 1)."""
    x = torch.linspace(-2, 2, 64)[:, None]
    return x, torch.sin(3 * x)


def fit(model: nn.Module, steps: int = 1500, lr: float = 0.1) -> list[float]:
    """Train a model on the wave in full batches; return the loss before each step.

    >>> len(fit(ModuleListed(), steps=3))
    3
    """
    x, y = curve()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# --8<-- [end:curve]


# --8<-- [start:standardize]
class Standardize(nn.Module):
    """Move each column to mean 0 and spread 1, as measured on a table of shape (n, f).

    >>> module = Standardize(torch.tensor([[1.0, 10.0], [3.0, 30.0]]))
    >>> module(torch.tensor([[2.0, 20.0]]))
    tensor([[0., 0.]])
    >>> count(module), list(module.state_dict())
    (0, ['mean', 'spread'])
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", table.mean(dim=0))
        self.register_buffer("spread", table.std(dim=0))

    def forward(self, x: Tensor) -> Tensor:
        """Turn rows (n, f) into rows (n, f)."""
        return (x - self.mean) / self.spread


# --8<-- [end:standardize]


# --8<-- [start:patient]
class Patient(nn.Module):
    """Halve the input until it is small; how often depends on the numbers.

    >>> Patient()(torch.tensor([[8.0, 0.0]])).shape
    (1, 2): 3 rounds, largest 1.000
    torch.Size([1, 1])
    """

    def __init__(self) -> None:
        super().__init__()
        self.output = nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Turn rows (n, 2) into rows (n, 1), with a word about each round."""
        rounds = 0
        while x.abs().max() > 1:
            x = x / 2
            rounds += 1
        print(f"{tuple(x.shape)}: {rounds} rounds, largest {x.abs().max().item():.3f}")
        scores: Tensor = self.output(x)
        return scores


# --8<-- [end:patient]


# --8<-- [start:layers]
LAYERS = [
    ("nn.Linear(784, 256)", "in·out + out", 784 * 256 + 256),
    ("nn.Conv2d(3, 64, 3)", "in·out·k·k + out", 3 * 64 * 3 * 3 + 64),
    ("nn.Embedding(50257, 768)", "words·width", 50257 * 768),
    ("nn.BatchNorm1d(256)", "2·features", 2 * 256),
    ("nn.LayerNorm(768)", "2·width", 2 * 768),
    ("nn.ReLU()", "0", 0),
    ("nn.GELU()", "0", 0),
    ("nn.Dropout(0.2)", "0", 0),
]
# --8<-- [end:layers]


# --8<-- [start:layer_table]
def layer_table() -> str:
    """Make each layer on the meta device, count it, and return a Markdown table.

    >>> layer_table().splitlines()[2]
    '| `nn.Linear(784, 256)` | in·out + out | 200,960 | 200,960 | 0 |'
    """
    lines = [
        "| layer | formula | by hand | counted | in buffers |",
        "|---|---|--:|--:|--:|",
    ]
    for code, formula, by_hand in LAYERS:
        with torch.device("meta"):
            layer = eval(code, {"nn": nn})
        buffers = sum(buffer.numel() for buffer in layer.buffers())
        lines.append(f"| `{code}` | {formula} | {by_hand:,} | {count(layer):,} | {buffers} |")
    return "\n".join(lines)


# --8<-- [end:layer_table]


if __name__ == "__main__":
    from examples.models.gpt2 import gpt2_small

    print(layer_table())
    print(f"GPT-2 small: {sum(gpt2_small().values()):,}")
