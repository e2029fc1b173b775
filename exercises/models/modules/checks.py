"""Checks of the exercises of *Modules*."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from bookparts.practice import same


def check_mlp_parameters(answer: Callable[[list[int]], int]) -> None:
    """One layer, several, and none."""
    hint = "Each layer has in · out weights and out biases."
    same(answer([2, 4]), 12, hint)
    same(answer([2, 8, 1]), 33, hint)
    same(answer([784, 256, 128, 10]), 235_146, hint)
    same(answer([5]), 0, "One size alone is no layer.")


def check_Deep(answer: Callable[[list[int]], nn.Module]) -> None:
    """Count, compare with a Sequential, train one step."""
    torch.manual_seed(0)
    net = answer([3, 8, 8, 2])
    counted = sum(p.numel() for p in net.parameters())
    want = (3 * 8 + 8) + (8 * 8 + 8) + (8 * 2 + 2)
    hint = "Is every layer registered? A plain list is not seen; nn.ModuleList is."
    assert counted == want, f"it should have {want} parameters, and has {counted}. {hint}"
    x = torch.randn(64, 3)
    layers = [m for m in net.modules() if isinstance(m, nn.Linear)]
    expected = layers[2](torch.relu(layers[1](torch.relu(layers[0](x)))))
    same(net(x).detach(), expected.detach(), "ReLU after each layer but the last.")
    before = [layer.weight.clone() for layer in layers]
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net(x).square().mean().backward()
    optimizer.step()
    for n, (old, layer) in enumerate(zip(before, layers, strict=True), 1):
        assert not torch.equal(old, layer.weight), f"layer {n} did not move in training. {hint}"
    single = answer([3, 2])
    x = torch.full((1, 3), -5.0)
    only = next(m for m in single.modules() if isinstance(m, nn.Linear))
    same(single(x).detach(), only(x).detach(), "One layer alone: no ReLU after the last.")


def check_RunningMaximum(answer: Callable[[int], nn.Module]) -> None:
    """In training, in evaluation, saved and loaded."""
    module = answer(2)
    assert "largest" in module.state_dict(), 'register_buffer("largest", …) puts it into the state'
    assert not list(module.parameters()), "It should have no parameters: nothing here is trained."
    x = torch.tensor([[1.0, -5.0], [0.0, -7.0]])
    same(module(x), x, "The input is returned as it came.")
    same(module.state_dict()["largest"], torch.tensor([1.0, -5.0]), "The largest of each column.")
    module(torch.tensor([[0.0, 3.0]]))
    hint = "Compare with what was largest before: torch.maximum."
    same(module.state_dict()["largest"], torch.tensor([1.0, 3.0]), hint)
    module.eval()
    module(torch.tensor([[9.0, 9.0]]))
    hint = "In evaluation nothing is remembered: look at self.training."
    same(module.state_dict()["largest"], torch.tensor([1.0, 3.0]), hint)
    other = answer(2)
    other.load_state_dict(module.state_dict())
    same(other.state_dict()["largest"], torch.tensor([1.0, 3.0]), "It should survive loading.")


def check_snapshot(answer: Callable[[nn.Module], dict[str, Tensor]]) -> None:
    """Take one, change the model, and go back."""
    model = nn.BatchNorm1d(2)
    kept = answer(model)
    want = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    assert kept is not None and set(kept) == set(want), f"the names should be {sorted(want)}"
    with torch.no_grad():
        model.weight.add_(5.0)
    model(torch.tensor([[1.0, 2.0], [3.0, 9.0]]))
    for name, tensor in want.items():
        same(kept[name].detach(), tensor, f"{name} changed when the model did: copy the tensors.")
    model.load_state_dict(kept)
    same(model.weight.detach(), torch.ones(2), "Loading the snapshot should bring back the start.")


def check_quiet(answer: Callable[[nn.Module], None]) -> None:
    """With and without a bias, nested, with another layer after it."""
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
        same(first.weight.detach(), before.detach(), "The others should stay as they are.")
        assert last.weight is held, "Change the parameter in place; do not put in another."
        assert last.weight.requires_grad, "It should still be trained: keep requires_grad."
