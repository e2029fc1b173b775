"""More claims that the chapters in `docs/autograd/` check."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn

from examples.autograd.cost import cost_of_backward, digit_net
from examples.autograd.graph import finite_difference
from examples.reference.claims import HALF, Claims, Finding, judge

CLAIMS = Claims()
_GRAPH, _RULES, _ENGINE = "autograd/graph", "autograd/rules", "autograd/engine"


@CLAIMS.on(_GRAPH)
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


@CLAIMS.on(_GRAPH)
def backward_is_free() -> Finding:
    """The backward pass costs nothing extra."""
    low, _, _ = cost_of_backward(digit_net(), rounds=2)
    return judge(low < 0.3, f"at least 0.3 times as long as the forward pass: {low > 0.3}")


@CLAIMS.on(_GRAPH)
def relu_slope() -> Finding:
    """The gradient of ReLU is 1 for positive numbers and 0 otherwise."""
    x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    torch.relu(x).sum().backward()
    assert x.grad is not None
    return judge(x.grad.tolist() == [0, 0, 1], f"at −1, 0 and 1: {x.grad.tolist()}")


@CLAIMS.on(_GRAPH)
def prints_as() -> Finding:
    """`grad_fn` prints as `<ReluBackward0 object>`."""
    printed = repr(torch.relu(torch.ones(1, requires_grad=True)).grad_fn)
    address = " object at 0x" in printed
    return judge(not address, f"ends in an address, another one in each run: {address}", HALF)


@CLAIMS.on(_RULES)
def everybody_has_one() -> Finding:
    """After `backward()`, every tensor that requires a gradient has one in `.grad`."""
    x = torch.tensor(2.0, requires_grad=True)
    square = x**2
    (3 * square).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of a look at this `.grad`
        has = [x.grad is not None, square.grad is not None]
    return judge(all(has), f"the leaf: {has[0]}; what was computed from it: {has[1]}", HALF)


@CLAIMS.on(_RULES)
def data_hides() -> Finding:
    """`.data` is the way to get at the numbers without their history."""
    grads = []
    for way in ("data", "detach"):
        x = torch.tensor(2.0, requires_grad=True)
        s = torch.sigmoid(x)
        (s.data if way == "data" else s.detach()).zero_()
        try:
            s.backward()
            assert x.grad is not None
            grads.append(f"gradient {x.grad.item():g}")
        except RuntimeError:
            grads.append("an error")
    text = f"then changed in place: `.data` gives {grads[0]}, `detach()` {grads[1]}"
    return judge(grads[0] == grads[1], text, HALF)


@CLAIMS.on(_ENGINE)
def forty_five_minutes() -> Finding:
    """45 minutes by hand against 30 seconds in PyTorch: 500 times faster."""
    ratio = 45 * 60 / 30
    return judge(ratio == 500, f"by the claim's own numbers, {ratio:g} times")
