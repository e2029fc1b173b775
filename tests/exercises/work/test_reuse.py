"""Answers to the exercises of "Reusing a trained network": other styles, and usual mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/reuse"
NORMS = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d


def _one_by_one(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    for parameter in model.parameters():
        parameter.requires_grad = False
    old = model.get_submodule(name)
    assert isinstance(old, nn.Linear)
    new = nn.Linear(old.weight.shape[1], classes, bias=old.bias is not None)
    model._modules[name] = new
    return [p for p in model.parameters() if p.requires_grad]


def _head_last(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    old: Any = getattr(model, name)
    new = nn.Linear(old.in_features, classes, old.bias is not None)
    model.set_submodule(name, new)
    for key, parameter in model.named_parameters():
        parameter.requires_grad_(key.startswith(f"{name}."))
    return list(model.get_submodule(name).parameters())


def _looked_for(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    parts = dict(model.named_children())
    if name not in parts:
        raise AttributeError(name)
    model.requires_grad_(requires_grad=False)
    old: Any = parts[name]
    setattr(model, name, nn.Linear(old.in_features, classes, bias=old.bias is not None))
    return list(getattr(model, name).parameters())


def _frozen_too_late(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    old: Any = getattr(model, name)
    setattr(model, name, nn.Linear(old.in_features, classes, bias=old.bias is not None))
    model.requires_grad_(False)
    return list(getattr(model, name).parameters())


def _always_six(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    model.requires_grad_(False)
    setattr(model, name, nn.Linear(6, classes))
    return list(getattr(model, name).parameters())


def _nothing_frozen(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    old: Any = getattr(model, name)
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None)
    setattr(model, name, new)
    return list(new.parameters())


def _all_returned(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    _looked_for(model, name, classes)
    return list(model.parameters())


def _by_eval(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    model.eval()
    return _looked_for(model, name, classes)


def _stored_anywhere(model: nn.Module, name: str, classes: int) -> list[nn.Parameter]:
    old: Any = dict(model.named_children()).get(name, model.get_submodule("top"))
    model.requires_grad_(False)
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None)
    setattr(model, name, new)
    return list(new.parameters())


def _by_any(model: nn.Module) -> None:
    model.train()
    for module in model.modules():
        own = [p.requires_grad for p in module.parameters()]
        if isinstance(module, NORMS) and own and not any(own):
            module.train(False)


def _by_flags(model: nn.Module) -> None:
    for module in model.modules():
        wants = {p.requires_grad for p in module.parameters(recurse=False)}
        module.training = not (isinstance(module, NORMS) and wants == {False})


def _by_apply(model: nn.Module) -> None:
    def still(module: nn.Module) -> None:
        if "BatchNorm" not in type(module).__name__ or module.weight is None:
            return
        if not module.weight.requires_grad and not module.bias.requires_grad:
            module.eval()

    model.train().apply(still)


def _only_children(model: nn.Module) -> None:
    model.train()
    for module in model.children():
        if isinstance(module, NORMS) and not any(p.requires_grad for p in module.parameters()):
            module.eval()


def _all_norms(model: nn.Module) -> None:
    model.train()
    for module in model.modules():
        if isinstance(module, NORMS):
            module.eval()


def _whatever_is_frozen(model: nn.Module) -> None:
    model.train()
    for module in model.modules():
        own = list(module.parameters())
        if own and not any(p.requires_grad for p in own):
            module.eval()


def _without_parameters(model: nn.Module) -> None:
    model.train()
    for module in model.modules():
        if isinstance(module, NORMS) and not any(p.requires_grad for p in module.parameters()):
            module.eval()


def _only_the_weight(model: nn.Module) -> None:
    model.train()
    for module in model.modules():
        if isinstance(module, NORMS) and module.bias is not None and not module.bias.requires_grad:
            module.eval()


def _just_train(model: nn.Module) -> None:
    model.train()


def _by_power(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    parts = [[p for p in part.parameters() if p.requires_grad] for part in model]
    parts = [part for part in parts if part]
    last = len(parts) - 1
    return [{"params": part, "lr": lr * factor ** (last - k)} for k, part in enumerate(parts)]


def _backwards(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    out = []
    for part in list(model.children())[::-1]:
        if any(p.requires_grad for p in part.parameters()):
            out.append({"lr": lr, "params": [p for p in part.parameters() if p.requires_grad]})
            lr = lr * factor
    return out[::-1]


def _called_again(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    if len(model) == 0:
        return []
    wanted = [p for p in model[-1].parameters() if p.requires_grad]
    rest = _called_again(nn.Sequential(*list(model)[:-1]), lr * factor if wanted else lr, factor)
    return [*rest, {"params": wanted, "lr": lr}] if wanted else rest


def _activations_count(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    out = []
    for k, part in enumerate(reversed(model)):
        wanted = [p for p in part.parameters() if p.requires_grad]
        if wanted:
            out.append({"params": wanted, "lr": lr * factor**k})
    return out[::-1]


def _first_is_fast(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    out = []
    for part in model:
        wanted = [p for p in part.parameters() if p.requires_grad]
        if wanted:
            out.append({"params": wanted, "lr": lr})
            lr *= factor
    return out


def _iterators(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    return [{**g, "params": iter(g["params"])} for g in _by_power(model, lr, factor)]


def _frozen_too(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    parts = [list(part.parameters()) for part in model if list(part.parameters())]
    last = len(parts) - 1
    return [{"params": part, "lr": lr * factor ** (last - k)} for k, part in enumerate(parts)]


def _from_the_end(model: nn.Sequential, lr: float, factor: float) -> list[dict[str, Any]]:
    return _by_power(model, lr, factor)[::-1]


def _by_mask(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    rows = table[ids].masked_fill((ids == empty)[..., None], 0)
    return rows.sum(1) / (ids != empty).sum(1, keepdim=True).clamp(min=1)


def _by_sentence(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    out = []
    for sentence in ids:
        words = sentence[sentence != empty]
        out.append(table[words].mean(dim=0) if len(words) else torch.zeros(table.shape[1]))
    return torch.stack(out)


def _by_bag(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    return nn.functional.embedding_bag(ids, table, mode="mean", padding_idx=empty)


def _plain_mean(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    return table[ids].mean(dim=1)


def _times_zero(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    seen = (ids != empty).unsqueeze(-1).float()
    return (table[ids] * seen).sum(dim=1) / seen.sum(dim=1).clamp(min=1)


def _divided_by_nothing(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    rows = table[ids].masked_fill((ids == empty)[..., None], 0)
    return rows.sum(1) / (ids != empty).sum(1, keepdim=True)


def _table_cleared(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    with torch.no_grad():
        table[empty] = 0
    return table[ids].sum(dim=1) / (ids != empty).sum(1, keepdim=True).clamp(min=1)


def _detached(table: Tensor, ids: Tensor, empty: int) -> Tensor:
    with torch.no_grad():
        return _by_mask(table, ids, empty).requires_grad_()


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("swap_head", _one_by_one),
        ("swap_head", _head_last),
        ("swap_head", _looked_for),
        ("train_mode", _by_any),
        ("train_mode", _by_flags),
        ("train_mode", _by_apply),
        ("groups", _by_power),
        ("groups", _backwards),
        ("groups", _called_again),
        ("row_means", _by_mask),
        ("row_means", _by_sentence),
        ("row_means", _by_bag),
    ],
)
def test_another_style_is_right(task: str, answer: Callable[..., Any]) -> None:
    """A right answer is right, however it was written."""
    verdict = judge(CHAPTER, task, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("swap_head", _frozen_too_late, "wrong", "should want a gradient, and it is []"),
        ("swap_head", _always_six, "wrong", "for 'top' and 5 classes"),
        ("swap_head", _nothing_frozen, "wrong", "body.0.weight"),
        ("swap_head", _all_returned, "wrong", "and no others"),
        ("swap_head", _by_eval, "wrong", "freezing is not `eval()`"),
        ("swap_head", _stored_anywhere, "wrong", "adds a layer that nobody calls"),
        ("train_mode", _just_train, "wrong", "is a frozen batch norm"),
        ("train_mode", _only_children, "wrong", "is a frozen batch norm"),
        ("train_mode", _all_norms, "wrong", "should be in training mode"),
        ("train_mode", _whatever_is_frozen, "wrong", "should be in training mode"),
        ("train_mode", _without_parameters, "wrong", "`bare`"),
        ("train_mode", _only_the_weight, "wrong", "`partly`"),
        ("groups", _activations_count, "wrong", "should have the rate 0.025"),
        ("groups", _first_is_fast, "wrong", "should have the rate"),
        ("groups", _iterators, "wrong", "an iterator is empty after the first look"),
        ("groups", _frozen_too, "wrong", "a frozen layer in the middle"),
        ("groups", _from_the_end, "wrong", "groups from input to output"),
        ("row_means", _plain_mean, "wrong", "is empty"),
        ("row_means", _times_zero, "wrong", "whatever is in it"),
        ("row_means", _divided_by_nothing, "wrong", "is empty"),
        ("row_means", _table_cleared, "wrong", "the table has changed"),
        ("row_means", _detached, "wrong", "no gradient comes back"),
    ],
)
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told, state)
