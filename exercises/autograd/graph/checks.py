"""Checks of the exercises of *The graph*."""

from __future__ import annotations

from collections.abc import Callable

import torch

from bookparts.practice import same

Function = Callable[[torch.Tensor], torch.Tensor]


def check_names(answer: Callable[[torch.Tensor], list[str]]) -> None:
    """Short graphs, one with a node that two others use, and no graph at all."""
    x = torch.tensor(2.0, requires_grad=True)
    same(answer(x**2), ["PowBackward0", "AccumulateGrad"], "for x**2")
    want = ["AddBackward0", "PowBackward0", "MulBackward0", "AccumulateGrad"]
    same(answer(x**2 + 3 * x), want, "for x**2 + 3 * x: x has one mailbox, so name it once")
    a = x.exp()
    same(
        answer(a * a.sin()),
        ["MulBackward0", "ExpBackward0", "SinBackward0", "AccumulateGrad"],
        "for a * sin(a) with a = exp(x)",
    )
    same(answer(torch.tensor(1.0)), [], "for a tensor that no operation made")


def check_by_hand(answer: Callable[[float, float, float, float], tuple[float, float]]) -> None:
    """Several numbers, compared with torch in float64."""
    for w, x, b, target in ((2.0, 3.0, 0.5, 7.0), (-1.0, 0.0, 2.0, 2.5), (0.3, -4.0, 1.0, 0.0)):
        leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w, b)]
        ((leaves[0] * x + leaves[1] - target) ** 2).backward()
        got = answer(w, x, b, target)
        assert len(got) == 2, "two numbers were asked for: for w, and for b"
        for name, mine, leaf in zip(("w", "b"), got, leaves, strict=True):
            assert leaf.grad is not None
            off = abs(float(mine) - leaf.grad.item())
            hint = f"at w={w}, x={x}, b={b}, target={target}"
            assert off < 1e-9, f"{hint}: the gradient of {name} is {leaf.grad.item():g}"


class _Wrong(torch.autograd.Function):
    """A cube whose backward forgets a factor."""

    @staticmethod
    def forward(ctx, x):  # type: ignore[no-untyped-def]
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):  # type: ignore[no-untyped-def]
        return g * 3 * ctx.saved_tensors[0]


def check_agrees(answer: Callable[[Function, torch.Tensor], bool]) -> None:
    """Right rules are accepted, a wrong one is not, and the argument stays as it was."""
    torch.manual_seed(0)

    def wrong(t: torch.Tensor) -> torch.Tensor:
        cubes: torch.Tensor = _Wrong.apply(t)  # type: ignore[no-untyped-call]
        return cubes.sum()

    cases: dict[str, tuple[Function, bool]] = {
        "sum of squares": (lambda t: (t**2).sum(), True),
        "exp(sin(t)), summed": (lambda t: t.sin().exp().sum(), True),
        "100 t², summed": (lambda t: (100 * t**2).sum(), True),
        "a cube with a wrong rule": (wrong, False),
    }
    for shape in ((), (4,), (2, 3)):
        for name, (f, want) in cases.items():
            x = torch.rand(shape) + 1.5
            before = x.clone()
            got = answer(f, x)
            hint = f"for {name} at a float32 tensor of shape {shape}"
            assert bool(got) is want, f"{hint}: {want} was expected, not {got}"
            same(x, before, "your function changed its argument")
            assert not x.requires_grad and x.grad is None, "your function left a mark on `x`"


def check_backward(
    answer: Callable[[torch.Tensor], dict[torch.Tensor, torch.Tensor]],
) -> None:
    """One leaf, two leaves, a value used twice, and too many ways to walk one by one."""

    def shared(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        a = x**2
        return a * (3 * a).exp() + z * a

    def many(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        for _ in range(40):
            x = x + x
        return x * z

    examples = {
        "x**2 + 3 * x + z": lambda x, z: x**2 + 3 * x + z,
        "a value used twice": shared,
        "2 to the 40 ways": many,
    }
    for name, f in examples.items():
        x, z = (torch.tensor(v, requires_grad=True) for v in (0.5, 3.0))
        result = f(x, z)
        wanted = torch.autograd.grad(result, (x, z), retain_graph=True)
        got = answer(result)
        for leaf, want in zip((x, z), wanted, strict=True):
            assert any(key is leaf for key in got), f"{name}: a leaf is missing"
            assert torch.allclose(got[leaf], want), f"{name}: {got[leaf]} instead of {want}"
            assert leaf.grad is None, "return the gradients; do not put them into `.grad`"
