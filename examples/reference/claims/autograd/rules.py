"""Claims that the chapter `docs/autograd/rules.md` checks."""

from __future__ import annotations

import warnings

import torch
from torch import nn
from torch.optim import SGD, Adam

from examples.autograd.forgetting import path, race
from examples.autograd.rules import accumulate
from examples.reference.claims import HALF, Claims, Finding, judge
from examples.reference.claims.autograd.graph import quadratic

CLAIMS = Claims()
_PAGE = "autograd/rules"


def _raised(message: str, *texts: str) -> Finding:
    return judge(all(text in message for text in texts), f"`{message.split(' (')[0]}`")


@CLAIMS.on(_PAGE)
def adds_up() -> Finding:
    """Gradients accumulate by default."""
    x = torch.tensor(2.0, requires_grad=True)
    seen = []
    for _ in range(3):
        quadratic(x).backward()
        seen.append(0.0 if x.grad is None else x.grad.item())
    return judge(seen == [7, 14, 21], "three backward calls: " + ", ".join(f"{v:g}" for v in seen))


@CLAIMS.on(_PAGE)
def zero_grad_zeros() -> Finding:
    """`zero_grad()` sets the gradients to zero."""
    layer = nn.Linear(2, 1)
    layer(torch.ones(1, 2)).sum().backward()
    layer.zero_grad()
    return judge(layer.weight.grad is not None, f"`.grad` is `{layer.weight.grad}` afterwards")


@CLAIMS.on(_PAGE)
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


@CLAIMS.on(_PAGE)
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


@CLAIMS.on(_PAGE)
def momentum_one() -> Finding:
    """Plain SGD without `zero_grad` is SGD with momentum 1.0."""
    forgot = path(lambda w: SGD(w, lr=0.1), reset=False, steps=60)
    heavy = path(lambda w: SGD(w, lr=0.1, momentum=1.0), reset=True, steps=60)
    return judge(forgot == heavy, f"60 steps, equal bit for bit: {forgot == heavy}")


@CLAIMS.on(_PAGE)
def only_floats() -> Finding:
    """Only float and complex tensors can require a gradient."""
    try:
        torch.tensor(2, requires_grad=True)
    except RuntimeError as error:
        return _raised(str(error), "floating point and complex")
    return judge(False, "no error")


@CLAIMS.on(_PAGE)
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


@CLAIMS.on(_PAGE)
def graph_is_freed() -> Finding:
    """The graph is freed by `backward()`, and a second one raises an error."""
    x = torch.tensor(2.0, requires_grad=True)
    plain = x + x + 1
    plain.backward()
    plain.backward()
    y = quadratic(x)
    y.backward()
    try:
        y.backward()
    except RuntimeError as error:
        said = str(error).split(" (")[0]
        return judge(False, f"`{said}`; but `x + x + 1`, which keeps nothing, raises none", HALF)
    return judge(False, "no error")


@CLAIMS.on(_PAGE)
def underscore() -> Finding:
    """A trailing underscore means in place: `x.grad.zero_()` empties the gradient."""
    x = torch.tensor(2.0, requires_grad=True)
    quadratic(x).backward()
    assert x.grad is not None
    before = x.grad.data_ptr()
    x.grad.zero_()
    return judge(x.grad.item() == 0 and x.grad.data_ptr() == before, f"`{x.grad}`, same memory")


@CLAIMS.on(_PAGE)
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


@CLAIMS.on(_PAGE)
def everybody_has_one() -> Finding:
    """After `backward()`, every tensor that requires a gradient has one in `.grad`."""
    x = torch.tensor(2.0, requires_grad=True)
    square = x**2
    (3 * square).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of a look at this `.grad`
        has = [x.grad is not None, square.grad is not None]
    return judge(all(has), f"the leaf: {has[0]}; what was computed from it: {has[1]}", HALF)


@CLAIMS.on(_PAGE)
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
