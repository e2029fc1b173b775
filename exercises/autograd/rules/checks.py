"""Checks of the exercises of *The rules*."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn

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
        assert isinstance(got, torch.Tensor), f"for {name}: a tensor was expected, not {got!r}"
        assert not got.requires_grad, f"for {name}: the result is still part of a graph"
        same(got, 3 * values**2, f"for {name}")
        assert x.requires_grad == before[0], f"for {name}: `requires_grad` of `x` has changed"
        same(x.detach(), values, f"for {name}: your function changed the values of `x`")
        if x.is_leaf:
            kept = x.grad is None if before[1] is None else x.grad is not None
            assert kept, f"for {name}: `x.grad` has changed"
            if before[1] is not None and x.grad is not None:
                same(x.grad, before[1], f"for {name}: `x.grad` has changed")
    assert origin.grad is None, "for a computed tensor: a gradient went on to what it came from"


def check_accumulate_uneven(
    answer: Callable[[nn.Module, nn.Module, Batches], None],
) -> None:
    """Batches of several sizes leave what one batch of everything leaves."""
    torch.manual_seed(0)
    inputs, targets = torch.randn(10, 3), torch.randn(10, 1)
    model, loss_fn = nn.Linear(3, 1), nn.MSELoss()
    loss_fn(model(inputs), targets).backward()
    assert model.weight.grad is not None
    want = model.weight.grad.clone()
    for sizes in ([10], [5, 5], [4, 4, 2], [7, 1, 2]):
        model.weight.grad = torch.ones(1, 3)  # an old one
        answer(model, loss_fn, list(zip(inputs.split(sizes), targets.split(sizes), strict=True)))
        got = model.weight.grad
        assert got is not None, "there is no gradient in `model.weight.grad`"
        hint = f"for batches of {sizes}: {got.tolist()} instead of {want.tolist()}"
        assert torch.allclose(got, want, rtol=1e-4, atol=1e-6), hint


def check_step(answer: Callable[[Iterable[torch.Tensor], float], None]) -> None:
    """The new places are SGD's, in the same memory, and the leaves stay leaves."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    b = torch.tensor(3.0, requires_grad=True)
    idle = torch.tensor(4.0, requires_grad=True)
    address = w.data_ptr()
    ((w**2).sum() + 5 * b).backward()
    answer([w, b, idle], 0.1)
    same(w.detach(), torch.tensor([1.0, 2.0]) - 0.1 * torch.tensor([2.0, 4.0]), "w - lr * 2w")
    same(b.detach(), torch.tensor(3.0) - 0.1 * torch.tensor(5.0), "b - lr * 5")
    same(idle.detach(), torch.tensor(4.0), "a parameter without a gradient")
    assert w.data_ptr() == address, "change the parameter in place; do not make a new tensor"
    for name, tensor in (("w", w), ("b", b), ("idle", idle)):
        assert tensor.is_leaf and tensor.requires_grad, f"{name} is no longer a leaf that learns"
        assert tensor.grad is None, f"the gradient of {name} was not forgotten"


def check_Swish(answer: type[torch.autograd.Function]) -> None:
    """Values and slopes agree with silu and with a trial, and one tensor is kept."""
    torch.manual_seed(0)
    x = torch.randn(4, dtype=torch.float64, requires_grad=True)
    got = answer.apply(x)
    assert torch.allclose(got, nn.functional.silu(x)), f"{got.tolist()} are not silu's values"
    kept = got.grad_fn.saved_tensors
    assert len(kept) == 1, f"{len(kept)} tensors were kept for backward; keep x alone"
    torch.autograd.gradcheck(answer.apply, (x,))
