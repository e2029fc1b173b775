"""The modules of `examples/models/` register, count and compute what they say."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from examples.models import gpt2, modules, starts
from examples.tensors.create import people


def test_the_digit_network_has_the_parameters_counted_by_hand() -> None:
    """Weights and biases of three linear layers, and nothing for ReLU and dropout."""
    by_hand = (784 * 256 + 256) + (256 * 128 + 128) + (128 * 10 + 10)
    assert modules.count(modules.MLP(784, 256, 128, 10)) == by_hand == 235_146


def test_my_linear_agrees_with_torch_and_so_do_its_gradients() -> None:
    """Output and gradients are those of `nn.Linear` with the same numbers."""
    torch.manual_seed(0)
    mine, theirs = modules.MyLinear(5, 3), nn.Linear(5, 3)
    mine.load_state_dict(theirs.state_dict())
    x = torch.randn(4, 5)
    torch.testing.assert_close(mine(x), theirs(x))
    for layer in (mine, theirs):
        layer(x).square().sum().backward()
    torch.testing.assert_close(mine.weight.grad, theirs.weight.grad)
    torch.testing.assert_close(mine.bias.grad, theirs.bias.grad)


@pytest.mark.parametrize(
    ("build", "moves"), [(modules.Listed, False), (modules.ModuleListed, True)]
)
def test_only_registered_layers_are_trained(build: type[nn.Module], moves: bool) -> None:
    """A plain list keeps its layers from the optimizer, a ModuleList does not."""
    torch.manual_seed(0)
    model = build()
    first = model.hidden[0].weight  # type: ignore[index,union-attr]
    before = first.detach().clone()
    losses = modules.fit(model, steps=50)
    assert losses[-1] < losses[0]
    assert torch.equal(first, before) is not moves


def test_standardize_saves_its_numbers_and_trains_none() -> None:
    """Mean and spread are buffers: in the state, moved by `.to`, and no parameters."""
    module = modules.Standardize(people())
    x = module(people())
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(x.std(dim=0), torch.ones(3))
    assert not list(module.parameters())
    other = modules.Standardize(torch.rand(5, 3))
    other.load_state_dict(module.state_dict())
    torch.testing.assert_close(other(people()), x)
    assert {t.device.type for t in module.to("meta").state_dict().values()} == {"meta"}


def test_patient_takes_as_many_rounds_as_the_numbers_ask(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A loop in `forward` depends on the input."""
    modules.Patient()(torch.full((1, 2), 100.0))
    assert "7 rounds" in capsys.readouterr().out


def test_every_formula_of_the_layer_table_is_what_is_counted() -> None:
    """By hand and counted are equal in all eight rows."""
    rows = [row.split(" | ") for row in modules.layer_table().splitlines()[2:]]
    assert len(rows) == 8
    assert all(row[2] == row[3] for row in rows)


def test_gpt2_counted_as_modules_equals_the_arithmetic() -> None:
    """Part by part, and the shared matrix once."""
    parts, model = gpt2.gpt2_small(), gpt2.GPT2Parts()
    blocks = [model.blocks[n] for n in range(12)]
    assert modules.count(model) == sum(parts.values())
    attention = [p for block in blocks for n, p in block.named_parameters() if "attend" in n]
    assert sum(p.numel() for p in attention) == parts["attention"]
    assert all(p.is_meta for p in model.parameters())


def test_only_the_start_by_he_keeps_rows_apart() -> None:
    """After twenty layers the others have vanished or exploded."""
    ends = {start: starts.spreads(start)[-1] for start in (starts.he_start, starts.default_start)}
    assert 0.1 < ends[starts.he_start] < 1
    assert ends[starts.default_start] < 1e-6
    assert starts.spreads(starts.large_start)[-1] > 1e3
    assert starts.spreads(starts.small_start)[-1] < 1e-20
