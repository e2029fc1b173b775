"""Claims that the chapters `docs/autograd/graph.md` and `docs/autograd/rules.md` check."""

from __future__ import annotations

import torch
from torch import nn
from torch.optim import SGD, Adam

from examples.autograd.cost import cost_of_backward, polynomial
from examples.autograd.forgetting import path, race
from examples.autograd.graph import finite_difference, nodes, watch
from examples.autograd.rules import accumulate
from examples.reference.claims import HALF, Claims, Finding, judge

CLAIMS = Claims()
_GRAPH, _RULES = "autograd/graph", "autograd/rules"


def _polynomial(x: torch.Tensor) -> torch.Tensor:
    return x**2 + 3 * x + 1


def _raised(message: str, *texts: str) -> Finding:
    return judge(all(text in message for text in texts), f"`{message.split(' (')[0]}`")


@CLAIMS.on(_GRAPH)
def first_gradient() -> Finding:
    """x² + 3x + 1 at 2 is 11 and has the gradient 7."""
    x = torch.tensor(2.0, requires_grad=True)
    y = _polynomial(x)
    y.backward()
    trial = finite_difference(_polynomial, torch.tensor(2.0, dtype=torch.float64)).item()
    assert x.grad is not None
    holds = y.item() == 11 and x.grad.item() == 7 and abs(trial - 7) < 1e-6
    return judge(holds, f"{y.item():g} and {x.grad.item():g}; by trial {trial:.4f}")


@CLAIMS.on(_GRAPH)
def four_nodes() -> Finding:
    """The graph of x² + 3x + 1 has a PowBackward0, a MulBackward0 and two AddBackward0."""
    x = torch.tensor(2.0, requires_grad=True)
    names = sorted(type(node).__name__ for node in nodes(_polynomial(x)))
    want = ["AccumulateGrad", "AddBackward0", "AddBackward0", "MulBackward0", "PowBackward0"]
    return judge(
        names == want, "those, and an AccumulateGrad for the leaf" if names == want else str(names)
    )


@CLAIMS.on(_GRAPH)
def two_x_plus_three() -> Finding:
    """The gradient of x² + 3x is 2x + 3 for every element."""
    torch.manual_seed(0)
    x = torch.randn(3, requires_grad=True)
    (x**2 + 3 * x).sum().backward()
    assert x.grad is not None
    off = (x.grad - (2 * x + 3)).abs().max().item()
    return judge(off < 1e-6, f"three random numbers, off by less than 1e-6: {off < 1e-6}")


@CLAIMS.on(_GRAPH)
def six_stops() -> Finding:
    """Backward starts at the result, visits the nodes in reverse, and sums at the leaf."""
    stops = watch(_polynomial(torch.tensor(2.0, requires_grad=True)))
    text = " → ".join(stop.name.removesuffix("Backward0") for stop in stops)
    return judge(text == "Add → Add → Mul → Pow → AccumulateGrad" and stops[-1].came == 7, text)


@CLAIMS.on(_GRAPH)
def a_million() -> Finding:
    """The same three lines work for a million parameters."""
    torch.manual_seed(0)
    x = torch.randn(1_000_000, requires_grad=True)
    _polynomial(x).sum().backward()
    right = x.grad is not None and torch.allclose(x.grad, 2 * x + 3)
    _, high, _ = cost_of_backward(polynomial(1_000_000))
    cheap = "less" if high < 40 else "more"
    return judge(
        right,
        f"all {x.numel():,} gradients right: {right}; backward took {cheap} than 40 forward passes",
    )


@CLAIMS.on(_RULES)
def adds_up() -> Finding:
    """Gradients accumulate by default."""
    x = torch.tensor(2.0, requires_grad=True)
    seen = []
    for _ in range(3):
        _polynomial(x).backward()
        seen.append(0.0 if x.grad is None else x.grad.item())
    return judge(seen == [7, 14, 21], "three backward calls: " + ", ".join(f"{v:g}" for v in seen))


@CLAIMS.on(_RULES)
def zero_grad_zeros() -> Finding:
    """`zero_grad()` sets the gradients to zero."""
    layer = nn.Linear(2, 1)
    layer(torch.ones(1, 2)).sum().backward()
    layer.zero_grad()
    return judge(layer.weight.grad is not None, f"`.grad` is `{layer.weight.grad}` afterwards")


@CLAIMS.on(_RULES)
def big_batch() -> Finding:
    """Accumulating over small batches gives the gradient of the big one."""
    torch.manual_seed(0)
    inputs, targets = torch.randn(8, 3), torch.randn(8, 1)
    model, loss_fn = nn.Linear(3, 1), nn.MSELoss()
    found = []
    for size in (8, 2):
        accumulate(model, loss_fn, list(zip(inputs.split(size), targets.split(size), strict=True)))
        assert model.weight.grad is not None
        found.append(model.weight.grad.clone())
    same = torch.allclose(found[0], found[1], rtol=1e-5)
    return judge(same, f"8 at once and 4 times 2, each loss divided by 4: equal {same}")


@CLAIMS.on(_RULES)
def goes_haywire() -> Finding:
    """Without `zero_grad`, training goes wrong."""
    medians = {}
    for name, make in {
        "SGD 0.05": lambda w: SGD(w, lr=0.05),
        "Adam 0.05": lambda w: Adam(w, lr=0.05),
    }.items():
        ends = (race(make, reset)[0].median().item() for reset in (True, False))
        medians[name] = tuple(ends)
    always = all(forgot > loss for loss, forgot in medians.values())
    changes = {name: "rises" if b > a else "falls" for name, (a, b) in medians.items()}
    text = "; ".join(f"{name}: the final loss {change}" for name, change in changes.items())
    return judge(always, f"median of 40 starts, {text}", HALF)


@CLAIMS.on(_RULES)
def momentum_one() -> Finding:
    """Plain SGD without `zero_grad` is SGD with momentum 1.0."""
    forgot = path(lambda w: SGD(w, lr=0.1), reset=False, steps=60)
    heavy = path(lambda w: SGD(w, lr=0.1, momentum=1.0), reset=True, steps=60)
    return judge(forgot == heavy, f"60 steps, equal bit for bit: {forgot == heavy}")


@CLAIMS.on(_RULES)
def only_floats() -> Finding:
    """Only float and complex tensors can require a gradient."""
    try:
        torch.tensor(2, requires_grad=True)
    except RuntimeError as error:
        return _raised(str(error), "floating point and complex")
    return judge(False, "no error")


@CLAIMS.on(_RULES)
def only_scalars() -> Finding:
    """`backward()` works on scalars only."""
    x = torch.ones(3, requires_grad=True)
    (x[:1] * 2).backward()
    (x * 2).backward(gradient=torch.ones(3))
    try:
        (x * 2).backward()
    except RuntimeError as error:
        text = f"`{error}`; but one element of shape (1,) works, and so does `gradient=`"
        return judge(False, text, HALF)
    return judge(False, "no error")


@CLAIMS.on(_RULES)
def graph_is_freed() -> Finding:
    """The graph is freed by `backward()`, and a second one raises an error."""
    x = torch.tensor(2.0, requires_grad=True)
    plain = x + x + 1
    plain.backward()
    plain.backward()
    y = _polynomial(x)
    y.backward()
    try:
        y.backward()
    except RuntimeError as error:
        said = str(error).split(" (")[0]
        return judge(False, f"`{said}`; but `x + x + 1`, which keeps nothing, raises none", HALF)
    return judge(False, "no error")


@CLAIMS.on(_RULES)
def underscore() -> Finding:
    """A trailing underscore means in place: `x.grad.zero_()` empties the gradient."""
    x = torch.tensor(2.0, requires_grad=True)
    _polynomial(x).backward()
    assert x.grad is not None
    before = x.grad.data_ptr()
    x.grad.zero_()
    return judge(x.grad.item() == 0 and x.grad.data_ptr() == before, f"`{x.grad}`, same memory")


@CLAIMS.on(_RULES)
def leaves_only() -> Finding:
    """Gradients are kept for leaves only."""
    x = torch.tensor(2.0, requires_grad=True)
    square, kept = x**2, x**3
    kept.retain_grad()
    (square + kept).backward()
    return judge(
        x.grad is not None and kept.grad is not None and square.retains_grad is False,
        "the leaf has one; a computed tensor only after `retain_grad()`",
    )
