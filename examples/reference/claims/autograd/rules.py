"""Claims that the chapter `docs/autograd/rules.md` checks."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam

from examples.autograd.forgetting import race
from examples.autograd.rules import accumulate
from examples.reference.claims import FALSE, HALF, Claims, Finding, judge
from examples.reference.claims.autograd.graph import quadratic

CLAIMS = Claims()
_PAGE = "autograd/rules"


def _raised(message: str, *texts: str) -> Finding:
    return judge(all(text in message for text in texts), f"`{message.split(' (')[0]}`")


@CLAIMS.on(_PAGE, of="0.27 2.17", at="Rule 1: gradients add up", shows="for _ in range(3):")
def adds_up() -> Finding:
    """Gradients accumulate by default."""
    x = torch.tensor(2.0, requires_grad=True)
    seen = []
    for _ in range(3):
        quadratic(x).backward()
        seen.append(0.0 if x.grad is None else x.grad.item())
    return judge(seen == [7, 14, 21], "three backward calls: " + ", ".join(f"{v:g}" for v in seen))


@CLAIMS.on(
    _PAGE, of="3.64", at="Rule 1: gradients add up", shows="optimizer.zero_grad(set_to_none=False)"
)
def zero_grad_zeros() -> Finding:
    """`zero_grad()` sets the gradients to zero."""
    layer, left = nn.Linear(2, 1), []
    ways: tuple[dict[str, bool], ...] = ({}, {"set_to_none": False})
    for how in ways:
        layer(torch.ones(1, 2)).sum().backward()
        layer.zero_grad(**how)
        left.append("None" if layer.weight.grad is None else f"{layer.weight.grad.tolist()}")
    text = f"`.grad` is `{left[0]}` afterwards, and `{left[1]}` with `set_to_none=False`"
    zero = "[[0.0, 0.0]]"
    return judge(left[0] == zero, text, HALF if left[1] == zero else FALSE)


@CLAIMS.on(
    _PAGE, of="1.15", at="Rule 1: gradients add up", shows="examples/autograd/rules.py:accumulate"
)
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


@CLAIMS.on(
    _PAGE, of="1.15", at="What forgetting zero_grad really does", shows="medians = compare({"
)
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


@CLAIMS.on(
    _PAGE,
    of="4.31",
    at="Rule 2: only leaves keep their gradient",
    shows="torch.tensor(2, requires_grad=True)",
)
def only_floats() -> Finding:
    """Only float and complex tensors can require a gradient."""
    try:
        torch.tensor(2, requires_grad=True)
    except RuntimeError as error:
        return _raised(str(error), "floating point and complex")
    return judge(False, "no error")


@CLAIMS.on(_PAGE, of="4.34", at="Rule 3: backward starts at one number", shows="y = v**2")
def only_scalars() -> Finding:
    """`backward()` works on scalars only."""
    tries = {}
    for name, given, size in (("(1,)", None, 1), ("(3,)", torch.ones(3), 3), ("no", None, 3)):
        x = torch.ones(size, requires_grad=True)
        try:
            (x * 2).backward(gradient=given)
            tries[name] = "works"
        except RuntimeError as error:
            tries[name] = str(error)
    text = (
        f"`{tries['no']}`; but one element of shape (1,): {tries['(1,)']}, "
        f"three with `gradient=`: {tries['(3,)']}"
    )
    refused_all = "works" not in (tries["(1,)"], tries["(3,)"])
    return judge(refused_all, text, FALSE if tries["no"] == "works" else HALF)


@CLAIMS.on(_PAGE, of="4.36", at="Rule 4: backward uses up the graph", shows="y = x + x + 1")
def graph_is_freed() -> Finding:
    """The graph is freed by `backward()`, and a second one raises an error."""
    said = []
    functions: tuple[Callable[[Tensor], Tensor], ...] = (quadratic, lambda x: x + x + 1)
    for function in functions:
        y = function(torch.tensor(2.0, requires_grad=True))
        y.backward()
        try:
            y.backward()
            said.append("no error")
        except RuntimeError as error:
            said.append(f"`{str(error).split(' (')[0]}`")
    text = f"{said[0]}; for `x + x + 1`, whose nodes keep nothing: {said[1]}"
    freed = [message != "no error" for message in said]
    return judge(all(freed), text, HALF if freed[0] else FALSE)


@CLAIMS.on(_PAGE, of="4.58", at="Rule 1: gradients add up", shows="x.grad.zero_()")
def underscore() -> Finding:
    """A trailing underscore means in place: `x.grad.zero_()` empties the gradient."""
    x = torch.tensor(2.0, requires_grad=True)
    quadratic(x).backward()
    assert x.grad is not None
    before = x.grad.data_ptr()
    x.grad.zero_()
    same = x.grad.data_ptr() == before
    return judge(x.grad.item() == 0 and same, f"`{x.grad}`, in the same memory: {same}")


@CLAIMS.on(
    _PAGE, of="3.24", at="Rule 2: only leaves keep their gradient", shows="square.retain_grad()"
)
def leaves_only() -> Finding:
    """Gradients are kept for leaves only."""
    x = torch.tensor(2.0, requires_grad=True)
    square, kept = x**2, x**3
    kept.retain_grad()
    (square + kept).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of a look at this `.grad`
        has = [tensor.grad is not None for tensor in (x, square, kept)]
    text = f"the leaf: {has[0]}; a computed tensor: {has[1]}, after `retain_grad()`: {has[2]}"
    return judge(has[:2] == [True, False], text)


@CLAIMS.on(
    _PAGE,
    of="4.30",
    at="Rule 2: only leaves keep their gradient",
    shows='print("square.grad", square.grad)',
)
def everybody_has_one() -> Finding:
    """After `backward()`, every tensor that requires a gradient has one in `.grad`."""
    x = torch.tensor(2.0, requires_grad=True)
    square = x**2
    (3 * square).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of a look at this `.grad`
        has = [x.grad is not None, square.grad is not None]
    return judge(all(has), f"the leaf: {has[0]}; what was computed from it: {has[1]}", HALF)


@CLAIMS.on(_PAGE, of="4.50", at="Rule 5: what was kept must not change", shows="x.data += 1")
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
