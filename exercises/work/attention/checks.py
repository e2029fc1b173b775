"""Checks of the exercises of *Attention*."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from bookparts.practice import same
from examples.work.attention import Writer, attend

_READY = ("scaled_dot_product_attention", "multi_head_attention_forward")


class _Watch(TorchFunctionMode):
    """Note whether PyTorch's own attention is called."""

    def __init__(self) -> None:
        super().__init__()
        self.used = ""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any | None = None
    ) -> Any:
        if getattr(func, "__name__", "") in _READY:
            self.used = func.__name__
        return func(*args, **(kwargs or {}))


def check_attend_safely(answer: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]) -> None:
    """The plain case, other shapes, rows that see nothing, and the gradients."""
    generator = torch.Generator().manual_seed(0)
    cases = [
        ("all is seen", (4, 3), (5, 3), (5, 2), torch.ones(4, 5, dtype=torch.bool)),
        ("a causal mask", (2, 4, 8), (2, 4, 8), (2, 4, 8), _causal(4)),
        ("batch and heads", (2, 3, 4, 8), (2, 3, 4, 8), (2, 3, 4, 5), _causal(4)),
        ("one mask for each sample", (2, 1, 3, 4), (2, 1, 3, 4), (2, 1, 3, 4), _some(2, 1, 3, 3)),
        ("a mask of one row, for all queries", (3, 4), (3, 4), (3, 4), _causal(3)[1:2]),
        ("a query that sees nothing", (3, 4), (3, 4), (3, 2), _causal(3) & ~torch.eye(3).bool()),
        ("nobody sees anything", (2, 4), (3, 4), (3, 4), torch.zeros(2, 3, dtype=torch.bool)),
    ]
    for name, q_shape, k_shape, v_shape, seen in cases:
        q, k, v = (
            torch.randn(shape, generator=generator, requires_grad=True)
            for shape in (q_shape, k_shape, v_shape)
        )
        before = [t.detach().clone() for t in (q, k, v, seen)]
        with _Watch() as watch:
            got = answer(q, k, v, seen)
        assert not watch.used, f"`{watch.used}` does it all; here it is to be done by hand"
        alone = ~seen.any(dim=-1, keepdim=True)
        want = attend(q, k, v, seen | alone)[0].masked_fill(alone, 0.0)
        if isinstance(got, Tensor):
            assert not got.isnan().any(), f"{name}: there are nan in the result"
        same(got, want.detach(), f"({name})", rtol=1e-4, atol=1e-5)
        if got.requires_grad:
            slopes = torch.autograd.grad(got.sum(), (q, k, v), allow_unused=True)
            wanted = torch.autograd.grad(want.sum(), (q, k, v))
            for letter, slope, right in zip("qkv", slopes, wanted, strict=True):
                assert slope is not None, f"{name}: no gradient comes to {letter}"
                assert not slope.isnan().any(), (
                    f"{name}: the result is right, but the gradient of {letter} has nan; "
                    "a row of the softmax must not be all -inf, even if it is thrown away"
                )
                same(slope, right, f"({name}, the gradient of {letter})", rtol=1e-3, atol=1e-5)
        else:
            raise AssertionError(f"{name}: the result has lost its gradient")
        for letter, now, old in zip(("q", "k", "v", "seen"), (q, k, v, seen), before, strict=True):
            assert torch.equal(now, old), f"{name}: {letter} has changed"


def _causal(n: int) -> Tensor:
    return torch.ones(n, n, dtype=torch.bool).tril()


def _some(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    mask = torch.rand(shape, generator=generator) < 0.5
    mask[..., 0] = True
    return mask


def check_may_look(answer: Callable[[Tensor, int], Tensor]) -> None:
    """Lengths of all kinds, each pair of steps asked in words."""
    for lengths, time in (([3, 1], 3), ([2, 4, 0], 4), ([1], 1), ([5, 5], 5), ([0], 2)):
        given = torch.tensor(lengths)
        got = answer(given, time)
        assert isinstance(got, Tensor), f"expected a tensor, got {type(got).__name__}"
        shape = (len(lengths), 1, time, time)
        assert tuple(got.shape) == shape, f"expected shape {shape}, got {tuple(got.shape)}"
        assert got.dtype == torch.bool, f"expected a mask of bool, got {got.dtype}"
        for text, length in enumerate(lengths):
            for row in range(time):
                for column in range(time):
                    _pair(bool(got[text, 0, row, column]), row, column, length, time)
        assert given.tolist() == lengths, "the lengths have changed"


def _pair(looks: bool, row: int, column: int, length: int, time: int) -> None:
    """Compare one place of a mask with what it should say."""
    where = f"in a text of {length} in a batch of {time}, step {row} (counted from 0)"
    if column > row:
        assert not looks, f"{where} sees step {column}, which is its future"
    elif row >= length:
        assert not looks, f"{where} is padding, and sees step {column}"
    elif column >= length:
        assert not looks, f"{where} sees the padding at {column}"
    else:
        assert looks, f"{where} should see step {column}; does True mean that it may look?"


def check_choose(answer: Callable[[Tensor, float, int], Tensor]) -> None:
    """Temperatures, k from one to too many, equal scores, and the scores left as they are."""
    scores = torch.tensor([[2.0, 0.0, 1.0, -1.0], [-3.0, -2.0, -2.5, -9.0]])
    for temperature, k in ((1.0, 4), (1.0, 2), (0.5, 3), (3.0, 3), (1.0, 1), (1.0, 9), (0.0, 3)):
        name = f"(temperature {temperature}, k = {k})"
        before = scores.clone()
        got = answer(scores, temperature, k)
        assert torch.equal(scores, before), "the scores that came in have changed"
        keep = 1 if temperature == 0 else min(k, 4)
        best = scores.topk(keep, dim=-1)
        chances = (best.values / (temperature or 1.0)).softmax(dim=-1)
        want = torch.zeros_like(scores).scatter(-1, best.indices, chances)
        if isinstance(got, Tensor) and got.shape == want.shape:
            assert not got.isnan().any(), f"there are nan {name}"
            sums = got.sum(dim=-1)
            assert torch.allclose(sums, torch.ones(2)), f"the rows add up to {sums.tolist()} {name}"
            kept = (got > 0).sum(dim=-1).tolist()
            assert kept == [keep] * 2, f"{kept} signs have a chance, not {keep} in each row {name}"
        same(got, want, name, rtol=1e-4, atol=1e-6)
    equal = answer(torch.zeros(1, 5), 1.0, 2)
    chosen = int((equal > 0).sum())
    assert chosen == 2, f"of five equal scores {chosen} have a chance, and k is 2"


class _Counted(Writer):
    """A model that counts the signs that go through it."""

    def __init__(self) -> None:
        super().__init__(signs=7, places=64, width=8, heads=2, blocks=3)
        self.passed: list[int] = []

    def forward(self, index: Tensor, past: list[list[Tensor]] | None = None) -> Tensor:
        self.passed.append(index.shape[1])
        return super().forward(index, past)


def check_go_on(answer: Callable[[nn.Module, Tensor, int], Tensor]) -> None:
    """The signs are those without a cache, and each was computed once."""
    for seed, batch, time, more in ((0, 1, 1, 5), (1, 3, 4, 6), (2, 2, 3, 1), (3, 1, 2, 0)):
        torch.manual_seed(seed)
        model = _Counted()
        for name, parameter in model.named_parameters():  # what it writes depends on the past
            nn.init.normal_(parameter, std=5.0 if "look.out" in name else 1.0)
        index = torch.randint(7, (batch, time))
        want = index
        with torch.no_grad():
            for _ in range(more):
                best = Writer.forward(model, want)[:, -1].argmax(dim=-1, keepdim=True)
                want = torch.cat([want, best], dim=1)
        before = index.clone()
        got = answer(model, index, more)
        assert torch.equal(index, before), "the signs that came in have changed"
        most = time + more - 1 if more else 0
        passed = sum(model.passed)
        assert passed <= most, (
            f"{passed} signs went through the model, and {most} are enough: those that were given, "
            "once, and each new one but the last"
        )
        same(got, want, f"({batch} texts of {time} signs, {more} more)")
