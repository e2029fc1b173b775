"""Checks of the exercises of *Reusing a trained network*."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from bookparts.practice import same


class _Net(nn.Module):
    def __init__(self, bias: bool = True) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU())
        self.fc = nn.Linear(6, 10, bias=bias)
        self.top = nn.Linear(10, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.top(self.fc(self.body(x)))
        return out


def check_swap_head(answer: Callable[[nn.Module, str, int], list[nn.Parameter]]) -> None:
    """The new layer fits and trains, the rest is as it was and frozen."""
    for bias, name, classes in ((True, "top", 5), (False, "fc", 10), (True, "fc", 2)):
        torch.manual_seed(0)
        model = _Net(bias)
        old = getattr(model, name)
        before = copy.deepcopy(model.state_dict())
        got = answer(model, name, classes)
        case = f"for {name!r} and {classes} classes"
        new = getattr(model, name)
        assert new is not old, f"{case}: `model.{name}` is still the old layer"
        assert isinstance(new, nn.Linear), f"{case}: `model.{name}` is no `nn.Linear`"
        same((new.in_features, new.out_features), (old.in_features, classes), case)
        with_bias, had_bias = new.bias is not None, old.bias is not None
        assert with_bias == had_bias, f"{case}: the new layer should have a bias if the old one had"
        assert sorted(dict(model.named_children())) == ["body", "fc", "top"], (
            f"{case}: the model has other parts than before"
        )
        assert not isinstance(got, (nn.Module, dict)), f"{case}: return a list of parameters"
        got = list(got)
        assert [id(p) for p in got] == [id(p) for p in new.parameters()], (
            f"{case}: return the parameters of the new layer, and no others"
        )
        trains = [n for n, p in model.named_parameters() if p.requires_grad]
        want = [f"{name}.{n}" for n, _ in new.named_parameters()]
        assert trains == want, f"{case}: {want} should want a gradient, and it is {trains}"
        for key, tensor in model.state_dict().items():
            if not key.startswith(f"{name}."):
                same(tensor, before[key], f"{case}: `{key}` has changed")
        assert model.training, f"{case}: the mode has changed; freezing is not `eval()`"
    model = _Net()
    try:
        answer(model, "classifier", 5)
    except AttributeError:
        assert not hasattr(model, "classifier"), "the layer was added, and then the error raised"
    else:
        raise AssertionError(
            "the model has no `classifier`, and no AttributeError was raised: assigning to a name "
            "that is not there adds a layer that nobody calls"
        )


def check_train_mode(answer: Callable[[nn.Module], None]) -> None:
    """All in training mode but batch norms that are frozen."""

    class Deep(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5))
            self.more = nn.ModuleDict({"a": nn.Sequential(nn.BatchNorm2d(2), nn.ReLU())})
            self.bare = nn.BatchNorm2d(2, affine=False)
            self.partly = nn.BatchNorm1d(3)
            self.calm = nn.LayerNorm(3)
            self.head = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2))

    for start in (True, False):
        model = Deep()
        model.stem.requires_grad_(False)
        model.more.requires_grad_(False)
        model.calm.requires_grad_(False)
        model.partly.bias.requires_grad_(False)  # its weight still trains
        model.train(start)
        wants = {n: p.requires_grad for n, p in model.named_parameters()}
        for _ in range(2):  # and once more, as in each epoch
            answer(model)
            still = {name for name, module in model.named_modules() if not module.training}
            want = {"stem.1", "more.a.0"}
            for name in sorted(want - still):
                raise AssertionError(f"`{name}` is a frozen batch norm, and is in training mode")
            for name in sorted(still - want):
                kind = type(model.get_submodule(name)).__name__
                raise AssertionError(f"`{name}` ({kind}) should be in training mode")
        now = {n: p.requires_grad for n, p in model.named_parameters()}
        assert now == wants, "`requires_grad` of a parameter has changed"
    alone = nn.BatchNorm1d(2).requires_grad_(False)
    answer(alone)
    assert not alone.training, "the model may itself be a frozen batch norm"
    free = nn.BatchNorm1d(2).requires_grad_(False)
    answer(free)
    free.requires_grad_(True)
    answer(free)
    assert free.training, "a batch norm that is no longer frozen should be in training mode again"


def check_groups(
    answer: Callable[[nn.Sequential, float, float], list[dict[str, Any]]],
) -> None:
    """Each part that trains has a rate, and frozen ones take none."""
    whole = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 3), nn.Linear(3, 1))
    frozen = copy.deepcopy(whole)
    frozen[2].requires_grad_(False)
    partly = copy.deepcopy(whole)
    partly[0].weight.requires_grad_(False)
    partly[3].requires_grad_(False)
    nested = nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), nn.Linear(2, 1))
    none = nn.Sequential(nn.Linear(2, 1)).requires_grad_(False)
    for what, model, lr, factor, want in (
        ("three layers", whole, 0.1, 0.5, {0: 0.025, 2: 0.05, 3: 0.1}),
        ("a frozen layer in the middle", frozen, 1.0, 0.1, {0: 0.1, 3: 1.0}),
        ("a frozen head, and half a layer", partly, 1.0, 0.1, {0: 0.1, 2: 1.0}),
        ("a part of two layers", nested, 0.3, 1.0, {0: 0.3, 1: 0.3}),
        ("all frozen", none, 0.3, 0.1, {}),
    ):
        wants = [p.requires_grad for p in model.parameters()]
        got = answer(model, lr, factor)
        assert isinstance(got, (list, tuple)), f"expected a list, got {type(got).__name__}"
        assert len(got) == len(want), f"{what}: expected {len(want)} groups, got {len(got)}"
        for group, (at, rate) in zip(got, want.items(), strict=True):
            same(sorted(group), ["lr", "params"], f"{what}: the keys of a group")
            here = [id(p) for p in model[at].parameters() if p.requires_grad]
            listed = group["params"]
            assert isinstance(listed, list), (
                f"{what}: `params` should be a list, not a {type(listed).__name__}: an iterator "
                "is empty after the first look"
            )
            assert [id(p) for p in listed] == here, (
                f"{what}: the group for part {at} should have those of its parameters that want a "
                "gradient, groups from input to output"
            )
            assert abs(group["lr"] - rate) < 1e-9, (
                f"{what}: part {at} should have the rate {rate:g}, and has {group['lr']:g}"
            )
        assert [p.requires_grad for p in model.parameters()] == wants, "`requires_grad` has changed"


def check_row_means(answer: Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor]) -> None:
    """Means over what is there, with and without gaps, and a gradient for the rows."""
    table = torch.tensor([[9.0, 9.0], [1.0, 2.0], [3.0, 6.0], [5.0, -2.0]])
    for ids, empty, want in (
        ([[1, 2], [3, 3]], 0, [[2.0, 4.0], [5.0, -2.0]]),
        ([[1, 0, 0], [1, 2, 3], [0, 2, 0]], 0, [[1.0, 2.0], [3.0, 2.0], [3.0, 6.0]]),
        ([[0, 0], [0, 1]], 0, [[0.0, 0.0], [1.0, 2.0]]),
        ([[0, 3], [2, 3]], 3, [[9.0, 9.0], [3.0, 6.0]]),
        ([[2]], 0, [[3.0, 6.0]]),
    ):
        rows, given = table.clone(), torch.tensor(ids)
        got = answer(rows, given, empty)
        same(got, torch.tensor(want), f"for {ids}, where {empty} is empty")
        same(rows, table, "the table has changed")
        same(given, torch.tensor(ids), "the numbers have changed")
    rows = torch.full((3, 2), float("inf"))
    rows[1:] = 1.0
    got = answer(rows, torch.tensor([[1, 0]]), 0)
    same(got, torch.ones(1, 2), "the row of `empty` should not count, whatever is in it")
    rows = table.clone().requires_grad_()
    answer(rows, torch.tensor([[1, 1, 2, 0]]), 0).sum().backward()
    assert rows.grad is not None, "no gradient comes back to the table"
    want_grad = torch.tensor([0.0, 2 / 3, 1 / 3, 0.0]).unsqueeze(1).expand(4, 2)
    same(rows.grad, want_grad.contiguous(), "the gradient of the table's rows")
