"""Claims that the chapter `docs/autograd/graph.md` checks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from examples.autograd.cost import cost_of_backward, digit_net, polynomial
from examples.autograd.graph import finite_difference, nodes, watch
from examples.reference.claims import HALF, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "autograd/graph"


def quadratic(x: torch.Tensor) -> torch.Tensor:
    """Return x² + 3x + 1, of which several claims speak."""
    return x**2 + 3 * x + 1


@CLAIMS.on(_PAGE)
def first_gradient() -> Finding:
    """x² + 3x + 1 at 2 is 11 and has the gradient 7."""
    x = torch.tensor(2.0, requires_grad=True)
    y = quadratic(x)
    y.backward()
    trial = finite_difference(quadratic, torch.tensor(2.0, dtype=torch.float64)).item()
    assert x.grad is not None
    holds = y.item() == 11 and x.grad.item() == 7 and abs(trial - 7) < 1e-6
    return judge(holds, f"{y.item():g} and {x.grad.item():g}; by trial {trial:.4f}")


@CLAIMS.on(_PAGE)
def four_nodes() -> Finding:
    """The graph of x² + 3x + 1 has a PowBackward0, a MulBackward0 and two AddBackward0."""
    x = torch.tensor(2.0, requires_grad=True)
    names = sorted(type(node).__name__ for node in nodes(quadratic(x)))
    want = ["AccumulateGrad", "AddBackward0", "AddBackward0", "MulBackward0", "PowBackward0"]
    return judge(
        names == want, "those, and an AccumulateGrad for the leaf" if names == want else str(names)
    )


@CLAIMS.on(_PAGE)
def two_x_plus_three() -> Finding:
    """The gradient of x² + 3x is 2x + 3 for every element."""
    torch.manual_seed(0)
    x = torch.randn(3, requires_grad=True)
    (x**2 + 3 * x).sum().backward()
    assert x.grad is not None
    off = (x.grad - (2 * x + 3)).abs().max().item()
    return judge(off < 1e-6, f"three random numbers, off by less than 1e-6: {off < 1e-6}")


@CLAIMS.on(_PAGE)
def six_stops() -> Finding:
    """Backward starts at the result, visits the nodes in reverse, and sums at the leaf."""
    stops = watch(quadratic(torch.tensor(2.0, requires_grad=True)))
    text = " → ".join(stop.name.removesuffix("Backward0") for stop in stops)
    return judge(text == "Add → Add → Mul → Pow → AccumulateGrad" and stops[-1].came == 7, text)


@CLAIMS.on(_PAGE)
def a_million() -> Finding:
    """The same three lines work for a million parameters."""
    torch.manual_seed(0)
    x = torch.randn(1_000_000, requires_grad=True)
    quadratic(x).sum().backward()
    right = x.grad is not None and torch.allclose(x.grad, 2 * x + 3)
    _, high, _ = cost_of_backward(polynomial(1_000_000))
    cheap = "less" if high < 40 else "more"
    return judge(
        right,
        f"all {x.numel():,} gradients right: {right}; backward took {cheap} than 40 forward passes",
    )


@CLAIMS.on(_PAGE)
def hundred_layers() -> Finding:
    """Through a hundred layers, autograd works as through one."""
    torch.manual_seed(0)
    layers = [nn.Linear(4, 4).double() for _ in range(100)]
    for layer in layers:
        nn.init.orthogonal_(layer.weight)

    def through(x: Tensor) -> Tensor:
        x = x.expand(1, 4)
        for layer in layers:
            x = torch.tanh(layer(x))
        return x.sum()

    x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    through(x).backward()
    assert x.grad is not None
    trial = finite_difference(through, x.detach())
    close = abs(x.grad.item() - trial.item()) < 1e-6
    return judge(
        close and x.grad.item() != 0, f"the slope agrees with a trial within 1e-6: {close}"
    )


@CLAIMS.on(_PAGE)
def backward_is_free() -> Finding:
    """The backward pass costs nothing extra."""
    low, _, _ = cost_of_backward(digit_net(), rounds=2)
    return judge(low < 0.3, f"at least 0.3 times as long as the forward pass: {low > 0.3}")


@CLAIMS.on(_PAGE)
def relu_slope() -> Finding:
    """The gradient of ReLU is 1 for positive numbers and 0 otherwise."""
    x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    torch.relu(x).sum().backward()
    assert x.grad is not None
    return judge(x.grad.tolist() == [0, 0, 1], f"at −1, 0 and 1: {x.grad.tolist()}")


@CLAIMS.on(_PAGE)
def prints_as() -> Finding:
    """`grad_fn` prints as `<ReluBackward0 object>`."""
    printed = repr(torch.relu(torch.ones(1, requires_grad=True)).grad_fn)
    address = " object at 0x" in printed
    return judge(not address, f"ends in an address, another one in each run: {address}", HALF)
