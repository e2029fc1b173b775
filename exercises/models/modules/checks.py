"""Checks of the exercises of *Modules*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from bookparts.answers import described, kind
from bookparts.forbidden import no_module, unchanged
from bookparts.practice import same


def check_mlp_parameters(answer: Callable[[list[int]], int]) -> None:
    """One layer, several, and none."""
    hint = "Each layer has in · out weights and out biases."
    for sizes, want in (
        ([2, 4], 12),
        ([2, 8, 1], 33),
        ([784, 256, 128, 10], 235_146),
        ([3, 3, 3, 3, 3], 48),
        ([1, 1], 2),
    ):
        kept = list(sizes)
        with no_module("Make no layer: multiply the sizes and add."):
            got = answer(sizes)
        same(got, want, f"for {kept}: {hint}")
        same(sizes, kept, "the list of sizes has changed")
    same(answer([5]), 0, "One size alone is no layer.")


def check_Deep(answer: Callable[[list[int]], nn.Module]) -> None:
    """Count, compare with a Sequential, train one step."""
    torch.manual_seed(0)
    sizes = [3, 8, 7, 2]
    net = _module(answer(sizes))
    same(sizes, [3, 8, 7, 2], "the list of sizes has changed")
    counted = sum(p.numel() for p in net.parameters())
    want = (3 * 8 + 8) + (8 * 7 + 7) + (7 * 2 + 2)
    hint = "Is every layer registered? A plain list is not seen; nn.ModuleList is."
    assert counted == want, f"it should have {want} parameters, and has {counted}. {hint}"
    x = torch.randn(64, 3)
    found = {m.in_features: m for m in net.modules() if isinstance(m, nn.Linear)}
    wanted = "there should be an nn.Linear for 3 to 8, 8 to 7 and 7 to 2 numbers"
    assert sorted(found) == [3, 7, 8], f"{wanted}, and the layers take {sorted(found)}"
    layers = [found[n] for n in (3, 8, 7)]  # in whatever order they were registered
    expected = layers[2](torch.relu(layers[1](torch.relu(layers[0](x)))))
    got = net(x)
    assert isinstance(got, Tensor), f"forward should return a tensor, not {described(got)}"
    same(got.detach(), expected.detach(), "ReLU after each layer but the last.")
    before = [layer.weight.clone() for layer in layers]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net(x).square().mean().backward()
    optimizer.step()
    for n, (old, layer) in enumerate(zip(before, layers, strict=True), 1):
        assert not torch.equal(old, layer.weight), f"layer {n} did not move in training. {hint}"
    single = _module(answer([3, 2]))
    x = torch.full((1, 3), -5.0)
    linear = [m for m in single.modules() if isinstance(m, nn.Linear)]
    assert len(linear) == 1, f"[3, 2] means one layer, and there are {len(linear)}"
    only = linear[0]
    same(single(x).detach(), only(x).detach(), "One layer alone: no ReLU after the last.")


def _module(made: object) -> nn.Module:
    assert isinstance(made, nn.Module), f"expected an nn.Module, got {kind(made)}"
    return made


def check_RunningMaximum(answer: Callable[[int], nn.Module]) -> None:
    """In training, in evaluation, saved and loaded."""
    module = _module(answer(2))
    assert "largest" in module.state_dict(), 'register_buffer("largest", …) puts it into the state'
    assert not list(module.parameters()), "It should have no parameters: nothing here is trained."
    infinite = torch.full((2,), float("-inf"))
    same(module.state_dict()["largest"], infinite, "Before anything came it is full of −inf.")
    x = torch.tensor([[1.0, -5.0], [0.0, -7.0]])
    with unchanged(x=x):
        got = module(x)
    same(got, x, "The input is returned as it came.")
    same(module.state_dict()["largest"], torch.tensor([1.0, -5.0]), "The largest of each column.")
    module(torch.tensor([[0.0, 3.0]]))
    hint = "Compare with what was largest before: torch.maximum."
    same(module.state_dict()["largest"], torch.tensor([1.0, 3.0]), hint)
    rows = torch.tensor([[0.5, 0.5]], requires_grad=True)
    got = module(rows)
    notes = "`largest` has notes for a gradient: take it from the input under torch.no_grad()"
    assert not module.get_buffer("largest").requires_grad, notes
    assert got.requires_grad, "What is returned should still lead back to the input."
    module.eval()
    got = module(torch.tensor([[9.0, 9.0]]))
    same(got, torch.tensor([[9.0, 9.0]]), "In evaluation, too, the input is returned.")
    hint = "In evaluation nothing is remembered: look at self.training."
    same(module.state_dict()["largest"], torch.tensor([1.0, 3.0]), hint)
    module.train()
    module(torch.tensor([[4.0, -1.0], [2.0, -2.0]]))
    now = module.state_dict()["largest"]
    same(now, torch.tensor([4.0, 3.0]), "In training again it goes on.")
    module.load_state_dict({"largest": torch.tensor([1.0, 3.0])})
    other = _module(answer(2))
    other.load_state_dict(module.state_dict())
    same(other.state_dict()["largest"], torch.tensor([1.0, 3.0]), "It should survive loading.")


def check_snapshot(answer: Callable[[nn.Module], dict[str, Tensor]]) -> None:
    """Take one, change the model, and go back."""
    model = nn.BatchNorm1d(2)
    kept = answer(model)
    assert isinstance(kept, dict), f"expected a dictionary, got {described(kept)}"
    want = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    names = f"the names should be {sorted(want)}, and are {list(kept)}"
    assert set(kept) == set(want), names
    for name, tensor in want.items():
        assert isinstance(kept[name], Tensor), f"{name}: expected a tensor, got {kind(kept[name])}"
        same(kept[name].detach(), tensor, f"{name} just after the snapshot")
    with torch.no_grad():
        model.weight.add_(5.0)
    model(torch.tensor([[1.0, 2.0], [3.0, 9.0]]))
    for name, tensor in want.items():
        same(kept[name].detach(), tensor, f"{name} changed when the model did: copy the tensors.")
    model.load_state_dict(kept)
    same(model.weight.detach(), torch.ones(2), "Loading the snapshot should bring back the start.")


def check_quiet(answer: Callable[[nn.Module], None]) -> None:
    """With and without a bias, nested, with another layer after it."""
    alone = nn.Linear(2, 3)
    answer(alone)
    same(alone.weight.detach(), torch.zeros(3, 2), "The model may itself be the linear layer.")
    for bias in (True, False):
        model = nn.Sequential(
            nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 2, bias=bias), nn.Tanh())
        )
        first, last = (m for m in model.modules() if isinstance(m, nn.Linear))
        before, held = first.weight.clone(), last.weight
        answer(model)
        same(last.weight.detach(), torch.zeros(2, 4), "The last linear layer should be zero.")
        if bias:
            same(last.bias.detach(), torch.zeros(2), "Its bias, too.")
        now = first.weight.detach()
        same(now, before.detach(), "The first layer should stay as it is: only the last is meant.")
        assert last.weight is held, "Change the parameter in place; do not put in another."
        assert last.weight.requires_grad, "It should still be trained: keep requires_grad."
