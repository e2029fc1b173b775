"""Checks of the exercises of *Debugging*."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bookparts.answers import described
from bookparts.practice import same


def _reference(model: nn.Module, x: Tensor, y: Tensor, steps: int, lr: float) -> list[float]:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def check_train(answer: Callable[..., list[float]]) -> None:
    """The losses and the weights are those of the loop in order, for several beginnings."""
    torch.manual_seed(0)
    x, y = torch.randn(24, 6), torch.randint(3, (24,))
    plain = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
    norm = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)).eval()
    cases = [
        ("20 steps", plain, 20, 0.01),
        ("another rate", plain, 5, 0.1),
        ("no step at all", plain, 0, 0.01),
        ("a model that comes in evaluation mode", norm, 6, 0.01),
    ]
    for name, model, steps, lr in cases:
        mine, theirs = copy.deepcopy(model), copy.deepcopy(model)
        for parameter in (*mine.parameters(), *theirs.parameters()):
            parameter.grad = torch.ones_like(parameter)  # an old one
        want = _reference(mine, x, y, steps, lr)
        got = answer(theirs, x, y, steps, lr)
        assert isinstance(got, list), f"{name}: expected a list, got {described(got)}"
        assert len(got) == steps, f"{name}: {len(got)} losses for {steps} steps"
        for n, (a, b) in enumerate(zip(got, want, strict=True), 1):
            assert isinstance(a, float), (
                f"{name}: loss {n} is a {type(a).__name__}, not a float; `.item()` gives the number"
            )
            hint = ""
            if n == 1 and steps:
                hint = "; is the model in training mode, and are these logits?"
            elif len(set(got)) == 1:
                hint = "; nothing moves"
            assert abs(a - b) < 1e-3 * (1 + b), f"{name}: loss {n} is {a:.4f}, not {b:.4f}{hint}"
        for (key, a_), b_ in zip(
            theirs.state_dict().items(), mine.state_dict().values(), strict=True
        ):
            hint = f"{name}: {key} is not what {steps} steps of Adam make of it"
            assert torch.allclose(a_.float(), b_.float(), rtol=1e-2, atol=1e-3), hint
        assert theirs.training, f"{name}: the model is not in training mode"


def check_stuck(answer: Callable[..., dict[str, str]]) -> None:
    """Each reason is found, the first that applies counts, and nothing is changed."""
    torch.manual_seed(0)
    names = ("fine", "gone", "cold", "unused", "dead")
    model = nn.ModuleDict({name: nn.Linear(2, 2) for name in names})
    model["cold"].requires_grad_(False)
    nn.init.constant_(model["dead"].get_parameter("bias"), -100.0)
    groups = [{"params": list(model[n].parameters())} for n in ("fine", "cold", "unused", "dead")]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    x = torch.randn(4, 2)
    (
        model["dead"](x).relu() + model["fine"](x) + model["gone"](x) + model["cold"](x)
    ).sum().backward()
    reasons = {
        "gone": "not in the optimizer",
        "cold": "frozen",
        "unused": "no gradient",
        "dead": "gradient is 0",
    }
    want = {f"{n}.{kind}": text for n, text in reasons.items() for kind in ("weight", "bias")}
    before = {n: (p.detach().clone(), p.requires_grad) for n, p in model.named_parameters()}
    slope = model.get_parameter("fine.weight").grad
    kept = slope.clone() if slope is not None else None
    got = answer(model, optimizer)
    assert isinstance(got, dict), f"a dictionary was expected, not {got!r}"
    for name, text in want.items():
        assert got.get(name) == text, f"{name}: {got.get(name)!r} instead of {text!r}"
    extra = sorted(set(got) - set(want))
    assert not extra, f"{', '.join(extra)}: these will move"
    for name, p in model.named_parameters():
        assert torch.equal(p, before[name][0]), f"{name} was changed; only look"
        assert p.requires_grad == before[name][1], f"`requires_grad` of {name} was changed"
    left = [model.get_parameter(name).grad for name in ("fine.weight", "dead.bias")]
    assert all(grad is not None for grad in left), "the gradients are gone; only look"
    assert kept is not None and left[0] is not None
    assert torch.equal(left[0], kept), "a gradient was changed; only look"

    layer = nn.Linear(3, 1)
    layer(torch.tensor([[0.0, 0.0, 1.0]])).sum().backward()  # two of three slopes are 0
    got = answer(layer, torch.optim.SGD(layer.parameters(), lr=0.1))
    assert got == {}, f"one slope that is not 0 moves a parameter, but {got} was returned"
    twin, other = nn.Linear(1, 1), nn.Linear(1, 1)
    twin.load_state_dict(other.state_dict())
    twin(torch.ones(1, 1)).sum().backward()
    got = answer(twin, torch.optim.SGD(other.parameters(), lr=0.1))
    hint = "equal numbers do not make it the same parameter; ask for the object itself"
    assert set(got.values()) == {"not in the optimizer"} and len(got) == 2, hint


def check_standardize(answer: Callable[[Tensor], Tensor]) -> None:
    """Means and deviations are right, and constant columns are 0, in seven tables."""
    torch.manual_seed(0)
    mixed = torch.tensor([[1.0, 5.0, -3.0], [2.0, 5.0, 0.0], [6.0, 5.0, 9.0]])
    cases = {
        "a column that never changes": mixed,
        "ordinary numbers": torch.randn(20, 4) * 7 - 3,
        "columns with a spread of 1e-4": torch.randn(20, 2) * 1e-4,
        "a constant that float32 cannot hold exactly": torch.cat(
            [torch.full((7, 1), 0.1), torch.arange(7.0)[:, None]], dim=1
        ),
        "zeros": torch.zeros(4, 2),
        "a single row": torch.tensor([[3.0, -4.0]]),
        "integers": torch.tensor([[1, 7], [2, 7], [3, 7]]),
    }
    for name, x in cases.items():
        before = x.clone()
        got = answer(x)
        assert isinstance(got, Tensor), f"{name}: a tensor was expected, not {got!r}"
        assert got.shape == x.shape, f"{name}: shape {tuple(got.shape)}, not {tuple(x.shape)}"
        assert torch.equal(x, before), f"{name}: your function changed `x`"
        assert got.isfinite().all(), f"{name}: the result is not finite: {got.tolist()}"
        exact = x.double()
        moves = (exact != exact[0]).any(dim=0)
        want = exact - exact.mean(dim=0)
        if moves.any():
            want[:, moves] /= exact[:, moves].std(dim=0)
        want[:, ~moves] = 0
        hint = f"{name}: {got[0].tolist()} in the first row, not {want[0].float().tolist()}"
        assert torch.allclose(got.double(), want, rtol=1e-3, atol=1e-3), hint
        assert got.dtype == torch.float32, f"{name}: {got.dtype}, not torch.float32"


def check_accuracy(answer: Callable[[nn.Module, Tensor, Tensor], float]) -> None:
    """Both kinds of models, each mode kept, and nothing recorded."""
    x = torch.tensor([[1.0, -1.0], [-2.0, 3.0], [0.5, 0.1], [-1.0, -4.0]])
    first = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[1.0, 0.0]]))  # yes where the first number is above 0
    for y, want in (
        (torch.tensor([1, 0, 1, 0]), 100.0),
        (torch.tensor([1.0, 1.0, 1.0, 0.0]), 75.0),
        (torch.tensor([0, 1, 0, 1]), 0.0),
    ):
        _close(answer(first, x, y), want, f"one output, targets {y.tolist()}")
    for y, want in ((torch.tensor([0, 1, 0, 0]), 100.0), (torch.tensor([0, 0, 1, 0]), 50.0)):
        _close(answer(nn.Identity(), x, y), want, f"two outputs, targets {y.tolist()}")
    _close(answer(nn.Identity(), x[:1], torch.tensor([0])), 100.0, "a single row")

    torch.manual_seed(0)
    many = torch.randn(200, 8)
    norm = nn.BatchNorm1d(8)
    model = nn.Sequential(nn.Dropout(0.9), norm, nn.Linear(8, 3))
    model.train()
    norm.eval()  # somebody wants the batch norm to stay as it is
    norm.get_buffer("running_mean").add_(0.5)
    truth = copy.deepcopy(model).eval()
    seen: list[bool] = []
    model.register_forward_hook(lambda module, inputs, output: seen.append(output.requires_grad))
    running = norm.get_buffer("running_mean").clone()
    got = answer(model, many, truth(many).argmax(dim=1))
    _close(got, 100.0, "a model with dropout, asked for its own answers; is dropout off?")
    assert torch.equal(norm.get_buffer("running_mean"), running), (
        "the batch norm was changed by your look"
    )
    assert seen and not any(seen), "the answers were recorded for gradients; `torch.no_grad()`"
    modes = [module.training for module in model.modules()]
    hint = f"the modes were train, train, eval, train; now they are {modes}"
    assert modes == [True, True, False, True], hint
    quiet = nn.Sequential(nn.Dropout(0.5), nn.Identity()).eval()
    answer(quiet, x, torch.tensor([0, 1, 0, 0]))
    assert not quiet.training, "a model that came in evaluation mode has left it"


def _close(got: object, want: float, name: str) -> None:
    assert isinstance(got, float), f"{name}: a float was expected, not {got!r}"
    same(torch.tensor(got), torch.tensor(want), name)
