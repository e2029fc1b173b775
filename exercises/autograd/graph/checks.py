"""Checks of the exercises of *The graph*."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import torch

from bookparts.answers import described
from bookparts.forbidden import exact, no_autograd, no_torch, unchanged
from bookparts.practice import same

Function = Callable[[torch.Tensor], torch.Tensor]


def check_names(answer: Callable[[torch.Tensor], list[str]]) -> None:
    """Short graphs, one with a node that two others use, and no graph at all."""
    x = torch.tensor(2.0, requires_grad=True)
    a = x.exp()
    shared = ["MulBackward0", "ExpBackward0", "SinBackward0", "AccumulateGrad"]
    cases = [
        ("x**2", x**2, ["PowBackward0", "AccumulateGrad"]),
        (
            "x**2 + 3 * x",
            x**2 + 3 * x,
            ["AddBackward0", "PowBackward0", "MulBackward0", "AccumulateGrad"],
        ),
        ("a * sin(a) with a = exp(x)", a * a.sin(), shared),
        (
            "w @ w",
            torch.ones(2, 2, requires_grad=True) @ torch.ones(2, 2, requires_grad=True),
            ["MmBackward0", "AccumulateGrad", "AccumulateGrad"],
        ),
        ("a tensor that no operation made", torch.tensor(1.0), []),
        ("a leaf that requires a gradient", x, []),
    ]
    for name, result, want in cases:
        got = answer(result)
        where = f"for {name}"
        assert isinstance(got, list), f"{where}: expected a list, got {described(got)}"
        for item in got:
            told = f"{where}: a class name is a text, and this is {described(item)}"
            assert isinstance(item, str), f"{told}; `type(node).__name__` or `node.name()`"
        short = [item.rpartition("::")[2] for item in got]  # node.name() may have a namespace
        for wanted in dict.fromkeys([*want, *short]):
            seen, needed = short.count(wanted), want.count(wanted)
            hint = " Each node once, also if two others lead to it." if seen > needed else ""
            assert seen == needed, (
                f"{where}: {wanted} stands {seen} times in {got}, "
                f"and the graph has {needed} of it.{hint}"
            )
        first = not want or short[0] == want[0]
        assert first, f"{where}: the result's own node comes first, {want[0]}; you have {got}"


def check_by_hand(answer: Callable[[float, float, float, float], tuple[float, float]]) -> None:
    """Several numbers, compared with torch in float64."""
    points: list[tuple[float, ...]] = [(2.0, 3.0, 0.5, 7.0), (-1.0, 0.0, 2.0, 2.5)]
    points.append((0.3, -4.0, 1.0, 0.0))
    rng = Random(0)
    points += [tuple(rng.uniform(-3, 3) for _ in range(4)) for _ in range(5)]
    for w, x, b, target in points:
        leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w, b)]
        ((leaves[0] * x + leaves[1] - target) ** 2).backward()
        want = tuple(leaf.grad.item() for leaf in leaves if leaf.grad is not None)
        with no_torch("Write down what the square sends, and what the product makes of it."):
            got = answer(w, x, b, target)
        hint = f"at w={w}, x={x}, b={b}, target={target}: the gradient of w is {want[0]:g}, "
        exact(got, want, hint + f"that of b is {want[1]:g}")


class _Wrong(torch.autograd.Function):
    """A cube whose backward has a factor too much or too little."""

    @staticmethod
    def forward(ctx, x, factor):  # type: ignore[no-untyped-def]
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x**3

    @staticmethod
    def backward(ctx, g):  # type: ignore[no-untyped-def]
        return g * 3 * ctx.saved_tensors[0] ** 2 * ctx.factor, None


def check_agrees(answer: Callable[[Function, torch.Tensor], bool]) -> None:
    """Right rules are accepted, wrong ones are not, and the argument stays as it was."""
    generator = torch.Generator().manual_seed(0)

    def wrong(t: torch.Tensor, factor: float) -> torch.Tensor:
        cubes: torch.Tensor = _Wrong.apply(t, factor)  # type: ignore[no-untyped-call]
        return cubes.sum()

    cases: dict[str, tuple[Function, bool]] = {
        "sum of squares": (lambda t: (t**2).sum(), True),
        "exp(sin(t)), summed": (lambda t: t.sin().exp().sum(), True),
        "100 t², summed": (lambda t: (100 * t**2).sum(), True),
        "1000 + t², summed (in float32 a small step is lost in 1000)": (
            lambda t: 1000 + (t**2).sum(),
            True,
        ),
        "a cube with a wrong rule": (lambda t: wrong(t, 0.5), False),
        "a cube whose rule is off by half a percent": (lambda t: wrong(t, 1.005), False),
    }
    for shape in ((), (4,), (2, 3)):
        for name, (f, want) in cases.items():
            x = torch.rand(shape, generator=generator) + 1.5
            with unchanged(x=x):
                got = answer(f, x)
            got = bool(got) if type(got).__name__ == "bool_" else got  # NumPy's
            same(got, want, f"for {name}, at a float32 tensor of shape {shape}")


def check_backward(
    answer: Callable[[torch.Tensor], dict[torch.Tensor, torch.Tensor]],
) -> None:
    """One leaf, two leaves, a value used twice, and too many ways to walk one by one."""

    def shared(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        a = x**2
        return a * (3 * a).exp() + z * a

    calls = 0

    def count(kept: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        return kept

    def few(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        with torch.autograd.graph.saved_tensors_hooks(lambda t: t, count):
            x = x.exp()  # its node needs what it kept, once a call
        for _ in range(3):
            x = x + x
        return x * z

    def many(x: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        for _ in range(40):
            x = x + x
        return x * z

    examples = {
        "x**2 + 3 * x + z": lambda x, z: x**2 + 3 * x + z,
        "a value used twice": shared,
        "2 to the 3 ways": few,
        "2 to the 40 ways": many,
    }
    for name, f in examples.items():
        x, z = (torch.tensor(v, requires_grad=True) for v in (0.5, 3.0))
        result = f(x, z)
        wanted = torch.autograd.grad(result, (x, z), retain_graph=True)
        calls = 0
        with no_autograd("Call the nodes: `node(g)` gives what a node sends on."):
            got = answer(result)
        assert isinstance(got, dict), f"{name}: expected a dict, got {described(got)}"
        for leaf, which, want in zip((x, z), "xz", wanted, strict=True):
            assert any(key is leaf for key in got), (
                f"{name}: the leaf {which} is no key of your dict; the `variable` of its last "
                "node is the leaf itself"
            )
            same(got[leaf], want, f"{name}: the gradient of {which}", rtol=1e-5)
            assert leaf.grad is None, "return the gradients; do not put them into `.grad`"
        assert len(got) == 2, f"{name}: two leaves are behind it, and your dict has {len(got)}"
        assert calls < 2, (
            f"{name}: one node was called {calls} times. Wait until all has come, "
            "add it up, and call the node once"
        )
