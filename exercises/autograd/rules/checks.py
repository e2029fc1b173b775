"""Checks of the exercises of *The rules*."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn

from bookparts.forbidden import unchanged
from bookparts.practice import same

Function = Callable[[torch.Tensor], torch.Tensor]
Batches = Sequence[tuple[torch.Tensor, torch.Tensor]]


def check_slope(answer: Callable[[Function, torch.Tensor], torch.Tensor]) -> None:
    """The gradient is right, and the argument is as it was, in four situations."""

    def cubes(t: torch.Tensor) -> torch.Tensor:
        return (t**3).sum()

    values = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    marked = values.clone().requires_grad_()
    used = values.clone().requires_grad_()
    used.grad = torch.full_like(values, 9.0)
    origin = (values / 2).requires_grad_()
    cases = {
        "a plain tensor": values.clone(),
        "a leaf that requires a gradient": marked,
        "a leaf with an old gradient": used,
        "a computed tensor": origin * 2,
    }
    for name, x in cases.items():
        before = (x.requires_grad, None if not x.is_leaf or x.grad is None else x.grad.clone())
        got = answer(cubes, x)
        same(got, 3 * values**2, f"for {name}; f is the sum of the cubes")
        assert not got.requires_grad, f"for {name}: the result is still part of a graph"
        assert x.requires_grad == before[0], f"for {name}: `requires_grad` of `x` has changed"
        same(x.detach(), values, f"for {name}: your function changed the values of `x`")
        if x.is_leaf:
            kept = x.grad is None if before[1] is None else x.grad is not None
            assert kept, f"for {name}: `x.grad` has changed"
            if before[1] is not None and x.grad is not None:
                same(x.grad, before[1], f"for {name}: `x.grad` has changed")
        assert not (x.is_leaf and got is x.grad), f"for {name}: `x.grad` itself is returned"
    for seed, shape in enumerate(((), (5,), (2, 1, 3))):
        x = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
        with unchanged(x=x):
            got = answer(lambda t: (t.sin() * t).sum(), x)
        want = x.sin() + x * x.cos()
        same(got, want, f"for the sum of t·sin(t) at a tensor of shape {shape}")
    assert origin.grad is None, "for a computed tensor: a gradient went on to what it came from"


def check_accumulate_uneven(
    answer: Callable[[nn.Module, nn.Module, Batches], None],
) -> None:
    """Batches of several sizes leave what one batch of everything leaves, in all parameters."""
    generator = torch.Generator().manual_seed(0)
    inputs, targets = (torch.randn(10, n, generator=generator) for n in (3, 2))
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(torch.randn(p.shape, generator=generator))
    loss_fn = nn.MSELoss()
    wanted = torch.autograd.grad(loss_fn(model(inputs), targets), list(model.parameters()))
    before = [p.detach().clone() for p in model.parameters()]
    for sizes in ([10], [5, 5], [4, 4, 2], [7, 1, 2], [1] * 10):
        for p in model.parameters():
            p.grad = torch.ones_like(p)  # an old one
        answer(model, loss_fn, list(zip(inputs.split(sizes), targets.split(sizes), strict=True)))
        for (name, p), want, old in zip(model.named_parameters(), wanted, before, strict=True):
            where = f"for batches of {sizes}, the gradient of {name}"
            assert p.grad is not None, f"{where}: there is none"
            hint = ": are the old ones forgotten, and does each batch count by its samples?"
            same(p.grad, want, where + hint, rtol=1e-4, atol=1e-5)
            same(p.detach(), old, f"for batches of {sizes}: {name} itself has moved")


def check_step(answer: Callable[[Iterable[torch.Tensor], float], None]) -> None:
    """The new places are SGD's, in the same memory, and the leaves stay leaves."""
    for number, given in enumerate(("a list", "an iterator, which can be read once")):
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        b = torch.tensor(3.0, requires_grad=True)
        idle = torch.tensor(4.0, requires_grad=True)
        address = w.data_ptr()
        ((w**2).sum() + 5 * b).backward()
        learned = [w, idle, b]
        answer(iter(learned) if number else list(learned), 0.1)
        where = f"The parameters came as {given}."
        want = torch.tensor([1.0, 2.0]) - 0.1 * torch.tensor([2.0, 4.0])
        same(w.detach(), want, f"w - lr * 2w. {where}")
        same(b.detach(), torch.tensor(3.0) - 0.1 * torch.tensor(5.0), f"b - lr * 5. {where}")
        same(idle.detach(), torch.tensor(4.0), f"a parameter without a gradient. {where}")
        assert w.data_ptr() == address, (
            f"change the parameter in place; do not make a new tensor. {where}"
        )
        for name, tensor in (("w", w), ("b", b), ("idle", idle)):
            assert tensor.is_leaf and tensor.requires_grad, (
                f"{name} is no longer a leaf that learns. {where}"
            )
            assert tensor.grad is None, f"the gradient of {name} was not forgotten. {where}"


def check_Swish(answer: type[torch.autograd.Function]) -> None:
    """Values and slopes are silu's, and one tensor is kept."""
    assert inspect.isclass(answer) and issubclass(answer, torch.autograd.Function), (
        "a class is asked for, one that inherits from `torch.autograd.Function`"
    )
    shapes: list[tuple[int, ...]] = [(4,), (), (2, 3)]
    for seed, shape in enumerate(shapes):
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(shape, dtype=torch.float64, generator=generator).requires_grad_()
        s = x.detach().sigmoid()
        values = x.detach().clone()
        got = answer.apply(x)
        where = f"for a tensor of shape {shape}"
        same(got, values * s, f"forward, {where}: x · sigmoid(x).")
        same(x.detach(), values, f"forward, {where}: it changed x, which is its caller's.")
        kept: list[torch.Tensor] = list(getattr(got.grad_fn, "saved_tensors", ()))
        count = len(kept)
        assert count == 1, (
            f"{count} tensors were kept for backward; keep x alone, by `ctx.save_for_backward(x)`"
        )
        same(kept[0].detach(), values, "the tensor that was kept is another one than x")
        g = torch.randn(shape, dtype=torch.float64, generator=generator)
        try:
            (slope,) = torch.autograd.grad(got, x, g, allow_unused=True)
        except RuntimeError as error:
            if "gradient" not in str(error):
                raise
            raise AssertionError(f"backward is to return one tensor, for x: {error}") from None
        assert slope is not None, "backward returned None (is a `return` missing?)"
        want = g * (s + values * s * (1 - s))
        same(slope, want, f"backward, {where}: g · (s + x · s · (1 - s)).")
