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


@CLAIMS.on(
    _PAGE,
    of="4.32 4.33 4.37",
    at="Three lines, and a 7 from nowhere",
    shows="assert x.grad == 2 * 2 + 3 == 7 and y == 11",
)
def first_gradient() -> Finding:
    """x² + 3x + 1 at 2 is 11 and has the gradient 7."""
    x = torch.tensor(2.0, requires_grad=True)
    y = quadratic(x)
    y.backward()
    trial = finite_difference(quadratic, torch.tensor(2.0, dtype=torch.float64)).item()
    assert x.grad is not None
    holds = y.item() == 11 and x.grad.item() == 7 and abs(trial - 7) < 1e-6
    return judge(holds, f"{y.item():g} and {x.grad.item():g}; by trial {trial:.4f}")


@CLAIMS.on(_PAGE, of="4.26", at="The same notes in PyTorch", shows='print(f"{name(node):<15}"')
def four_nodes() -> Finding:
    """The graph of x² + 3x + 1 has a PowBackward0, a MulBackward0 and two AddBackward0."""
    x = torch.tensor(2.0, requires_grad=True)
    names = [type(node).__name__ for node in nodes(quadratic(x))]
    inner = sorted(name for name in names if name != "AccumulateGrad")
    want = ["AddBackward0", "AddBackward0", "MulBackward0", "PowBackward0"]
    leaf = names.count("AccumulateGrad")
    return judge(inner == want, f"{', '.join(inner)}; for the leaf, AccumulateGrad: {leaf}")


@CLAIMS.on(
    _PAGE,
    of="3.23 4.28",
    at="Three lines, and a 7 from nowhere",
    shows="(v**2 + 3 * v).sum().backward()",
)
def two_x_plus_three() -> Finding:
    """The gradient of x² + 3x is 2x + 3 for every element."""
    torch.manual_seed(0)
    x = torch.randn(3, requires_grad=True)
    (x**2 + 3 * x).sum().backward()
    assert x.grad is not None
    off = (x.grad - (2 * x + 3)).abs().max().item()
    return judge(off < 1e-6, f"three random numbers, off by less than 1e-6: {off < 1e-6}")


@CLAIMS.on(_PAGE, of="0.13 4.35", at="Watch it walk", shows="got {visit.came:g}, sent {visit.sent}")
def six_stops() -> Finding:
    """Backward starts at the result, visits the nodes in reverse, and sums at the leaf."""
    stops = watch(quadratic(torch.tensor(2.0, requires_grad=True)))
    text = " → ".join(stop.name.removesuffix("Backward0") for stop in stops)
    return judge(text == "Add → Add → Mul → Pow → AccumulateGrad" and stops[-1].came == 7, text)


@CLAIMS.on(
    _PAGE, of="4.38", at="A million parameters, the same three lines", shows="all of them right:"
)
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


@CLAIMS.on(_PAGE, of="1.09")
def hundred_layers() -> Finding:
    """Through a transformer of a hundred layers, autograd works as through one."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True).double()
    model = nn.TransformerEncoder(layer, 100, enable_nested_tensor=False)
    x, where = torch.randn(1, 3, 8, dtype=torch.float64), torch.eye(1, 24).double().view(1, 3, 8)

    def through(number: Tensor) -> Tensor:
        out: Tensor = model(x + number * where)
        return out[0, 1, 0]

    number = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    through(number).backward()
    assert number.grad is not None
    trial = finite_difference(through, number.detach()).item()
    close = abs(number.grad.item() - trial) < 1e-6 * max(1, abs(trial))
    count = len(model.layers)
    text = f"{count} layers: the slope agrees with a trial within a millionth: {close}"
    return judge(close and number.grad.item() != 0, text)


@CLAIMS.on(
    _PAGE,
    of="1.09",
    at="A million parameters, the same three lines",
    shows="cost_of_backward(forward)",
)
def backward_is_free() -> Finding:
    """Of the backward pass you write nothing: it comes for free."""
    forward = digit_net()
    loss = forward()
    asked = [node.variable for node in nodes(loss) if hasattr(node, "variable")]
    loss.backward()
    got = sum(p.grad.numel() for p in asked if p.grad is not None)
    low, _, _ = cost_of_backward(forward, rounds=2)
    text = (
        f"one call gives all {got:,} gradients of the digit net; "
        f"it takes at least 0.3 times as long as the forward pass: {low > 0.3}"
    )
    return judge(got == sum(p.numel() for p in asked) > 0, text)


@CLAIMS.on(
    _PAGE,
    of="4.42",
    at="The record is your program, as it ran",
    shows="for f in (torch.relu, torch.abs",
)
def relu_slope() -> Finding:
    """The gradient of ReLU is 1 for positive numbers and 0 otherwise."""
    x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    torch.relu(x).sum().backward()
    assert x.grad is not None
    return judge(x.grad.tolist() == [0, 0, 1], f"at −1, 0 and 1: {x.grad.tolist()}")


@CLAIMS.on(_PAGE, of="4.43")
def prints_as() -> Finding:
    """`grad_fn` prints as `<ReluBackward0 object>`."""
    printed = repr(torch.relu(torch.ones(1, requires_grad=True)).grad_fn)
    address = " object at 0x" in printed
    return judge(not address, f"ends in an address, another one in each run: {address}", HALF)
