"""Right answers in other styles pass the checks of *Debugging*; usual wrong ones are named."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/debugging"


def _zero_first(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def _zero_last(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    optimizer = torch.optim.Adam(model.train().parameters(), lr)
    optimizer.zero_grad()
    losses = torch.zeros(steps)
    for n in range(steps):
        loss = F.nll_loss(F.log_softmax(model(x), dim=-1), y)
        loss.backward()
        optimizer.step()
        model.zero_grad(set_to_none=True)
        losses[n] = loss.detach()
    return [float(value) for value in losses.tolist()]


def _by_hand(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    model.train()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=lr, foreach=False)

    def one() -> float:
        loss = F.cross_entropy(model(x), y)
        for p, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            p.grad = gradient
        optimizer.step()
        return loss.item()

    return [one() for _ in range(steps)]


def _keeps_eval(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _tensors(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[Tensor]:
    return [torch.tensor(loss) for loss in _zero_first(model, x, y, steps, lr)]


def _softmax(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    return _zero_first(_Softmaxed(model), x, y, steps, lr)


class _Softmaxed(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.model(x)
        return scores.softmax(dim=1)


def _new_optimizer(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    return [_zero_first(model, x, y, 1, lr)[0] for _ in range(steps)]


def _zero_between(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _never_zero(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _fixed_rate(model: Any, x: Tensor, y: Tensor, steps: int, lr: float = 0.01) -> list[float]:
    return _zero_first(model, x, y, steps, 0.01)


def _by_identity(model: Any, optimizer: Any) -> dict[str, str]:
    held = [p for group in optimizer.param_groups for p in group["params"]]
    found = {}
    for name, p in model.named_parameters():
        if not any(p is q for q in held):
            found[name] = "not in the optimizer"
        elif not p.requires_grad:
            found[name] = "frozen"
        elif p.grad is None:
            found[name] = "no gradient"
        elif p.grad.abs().max() == 0:
            found[name] = "gradient is 0"
    return found


def _by_set(model: Any, optimizer: Any) -> dict[str, str]:
    held = set()  # tensors are hashed by what they are, not by their numbers
    for group in optimizer.param_groups:
        held.update(group["params"])

    def reason(p: Tensor) -> str | None:
        if p not in held:
            return "not in the optimizer"
        if not p.requires_grad:
            return "frozen"
        if p.grad is None:
            return "no gradient"
        return None if torch.count_nonzero(p.grad) else "gradient is 0"

    reasons = {name: reason(p) for name, p in model.named_parameters()}
    return {name: text for name, text in reasons.items() if text}


def _by_address(model: Any, optimizer: Any) -> dict[str, str]:
    held = {p.data_ptr() for group in optimizer.param_groups for p in group["params"]}
    tests: list[tuple[str, Callable[[Tensor], bool]]] = [
        ("not in the optimizer", lambda p: p.data_ptr() not in held),
        ("frozen", lambda p: not p.requires_grad),
        ("no gradient", lambda p: p.grad is None),
        ("gradient is 0", lambda p: p.grad is not None and p.grad.norm().item() == 0),
    ]
    found: dict[str, str] = {}
    for name, p in model.named_parameters():
        for text, holds in tests:
            if holds(p):
                found.setdefault(name, text)
    return found


def _first_group_only(model: Any, optimizer: Any) -> dict[str, str]:
    held = {id(p) for p in optimizer.param_groups[0]["params"]}
    return {
        name: "not in the optimizer" for name, p in model.named_parameters() if id(p) not in held
    }


def _by_value(model: Any, optimizer: Any) -> dict[str, str]:
    held = [p for group in optimizer.param_groups for p in group["params"]]
    found = {}
    for name, p in model.named_parameters():
        if not any(p.shape == q.shape and torch.equal(p, q) for q in held):
            found[name] = "not in the optimizer"
        elif not p.requires_grad:
            found[name] = "frozen"
        elif p.grad is None:
            found[name] = "no gradient"
        elif not p.grad.any():
            found[name] = "gradient is 0"
    return found


def _some_zero(model: Any, optimizer: Any) -> dict[str, str]:
    found = _by_identity(model, optimizer)
    for name, p in model.named_parameters():
        if name not in found and p.grad is not None and not p.grad.all():
            found[name] = "gradient is 0"
    return found


def _takes_the_step(model: Any, optimizer: Any) -> dict[str, str]:
    found = _by_identity(model, optimizer)
    optimizer.step()
    return found


def _clears(model: Any, optimizer: Any) -> dict[str, str]:
    found = _by_identity(model, optimizer)
    model.zero_grad()
    return found


def _where(x: Tensor) -> Tensor:
    x = x.to(torch.float32)
    centered = x - x.mean(dim=0, keepdim=True)
    still = x.amax(dim=0) == x.amin(dim=0)
    spread = centered.square().sum(dim=0).div(max(len(x) - 1, 1)).sqrt()
    return torch.where(still, 0.0, centered / torch.where(still, 1.0, spread))


def _columns(x: Tensor) -> Tensor:
    result = torch.zeros(x.shape)
    for n, column in enumerate(x.double().T):
        if len(column.unique()) > 1:
            result[:, n] = (column - column.mean()) / column.std()
    return result


def _in_double(x: Tensor) -> Tensor:
    wide = x.double()
    if len(wide) < 2:
        return torch.zeros(x.shape)
    spread = wide.std(dim=0)
    made = (wide - wide.mean(dim=0)) / spread
    made[:, spread < 1e-12] = 0
    return made.float()


def _plain(x: Tensor) -> Tensor:
    return (x.float() - x.float().mean(dim=0)) / x.float().std(dim=0)


def _epsilon(x: Tensor) -> Tensor:
    x = x.float()
    return (x - x.mean(dim=0)) / (x.std(dim=0, correction=0) + 1e-3)


def _nan_to_num_all(x: Tensor) -> Tensor:
    x = x.float()
    return torch.nan_to_num((x - x.mean()) / x.std())


def _in_place(x: Tensor) -> Tensor:
    made = _where(x)
    x -= x.float().mean(dim=0).to(x.dtype)
    return made


def _doubles(x: Tensor) -> Tensor:
    return _where(x).double()


def _context(model: Any, x: Tensor, y: Tensor) -> float:
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.inference_mode():
        scores = model(x)
    for module, mode in modes:
        module.training = mode
    guess = scores.squeeze(1) > 0 if scores.size(1) == 1 else scores.argmax(1)
    right = sum(int(int(a) == int(b)) for a, b in zip(guess, y, strict=True))
    return 100 * right / len(y)


def _finally(model: Any, x: Tensor, y: Tensor) -> float:
    before = {name: m.training for name, m in model.named_modules()}
    try:
        model.train(False)
        with torch.no_grad():
            scores = model(x)
    finally:
        for name, m in model.named_modules():
            m.training = before[name]
    if scores.shape[-1] == 1:
        return float(((scores > 0).float() == y[:, None].float()).float().mean().item() * 100)
    return float((scores.max(dim=1).indices == y.long()).double().mean().item() * 100)


def _copied(model: Any, x: Tensor, y: Tensor) -> float:
    import copy

    with torch.no_grad():
        scores = copy.deepcopy(model).eval()(x)
    guess = (scores[:, 0] > 0).to(y.dtype) if scores.shape[1] == 1 else scores.argmax(dim=1)
    return float((guess == y).sum()) / len(y) * 100


def _broadcast(model: Any, x: Tensor, y: Tensor) -> float:
    modes = [(m, m.training) for m in model.modules()]
    model.eval()
    with torch.no_grad():
        scores = model(x)
    for module, mode in modes:
        module.training = mode
    guess = (scores > 0).long() if scores.shape[1] == 1 else scores.argmax(dim=1)
    return float(100 * (guess == y).float().mean().item())


def _train_again(model: Any, x: Tensor, y: Tensor) -> float:
    found = _context(model, x, y)
    model.train()
    return found


def _no_eval(model: Any, x: Tensor, y: Tensor) -> float:
    with torch.no_grad():
        scores = model(x)
    guess = scores[:, 0] > 0 if scores.shape[1] == 1 else scores.argmax(dim=1)
    return float(100 * (guess == y).float().mean().item())


def _recorded(model: Any, x: Tensor, y: Tensor) -> float:
    modes = [(m, m.training) for m in model.modules()]
    scores = model.eval()(x)
    for module, mode in modes:
        module.training = mode
    guess = scores[:, 0] > 0 if scores.shape[1] == 1 else scores.argmax(dim=1)
    return float(100 * (guess == y).float().mean().item())


def _share(model: Any, x: Tensor, y: Tensor) -> float:
    return _context(model, x, y) / 100


def _argmax_always(model: Any, x: Tensor, y: Tensor) -> float:
    modes = [(m, m.training) for m in model.modules()]
    with torch.no_grad():
        guess = model.eval()(x).argmax(dim=1)
    for module, mode in modes:
        module.training = mode
    return float(100 * (guess == y).float().mean().item())


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        *(("train", answer) for answer in (_zero_first, _zero_last, _by_hand)),
        *(("stuck", answer) for answer in (_by_identity, _by_set, _by_address)),
        *(("standardize", answer) for answer in (_where, _columns, _in_double)),
        *(("accuracy", answer) for answer in (_context, _finally, _copied)),
    ],
)
def test_a_right_answer_in_another_style_is_right(task: str, answer: Callable[..., Any]) -> None:
    """What counts is what it does, not how it is written."""
    assert str(judge(CHAPTER, task, answer)) == "right"


@pytest.mark.parametrize(
    ("task", "answer", "told"),
    [
        ("train", _keeps_eval, "a model that comes in evaluation mode"),
        ("train", _tensors, "is a Tensor, not a float"),
        ("train", _softmax, "are these logits?"),
        ("train", _new_optimizer, "20 steps"),
        ("train", _zero_between, "nothing moves"),
        ("train", _never_zero, "20 steps"),
        ("train", _fixed_rate, "another rate"),
        ("stuck", _first_group_only, "cold.weight"),
        ("stuck", _by_value, "ask for the object itself"),
        ("stuck", _some_zero, "one slope that is not 0"),
        ("stuck", _takes_the_step, "was changed; only look"),
        ("stuck", _clears, "the gradients are gone"),
        ("standardize", _plain, "not finite"),
        ("standardize", _epsilon, "in the first row"),
        ("standardize", _nan_to_num_all, "in the first row"),
        ("standardize", _in_place, "your function changed `x`"),
        ("standardize", _doubles, "torch.float64, not torch.float32"),
        ("accuracy", _broadcast, "one output"),
        ("accuracy", _train_again, "now they are [True, True, True, True]"),
        ("accuracy", _no_eval, "is dropout off?"),
        ("accuracy", _recorded, "recorded for gradients"),
        ("accuracy", _share, "one output"),
        ("accuracy", _argmax_always, "one output"),
    ],
)
def test_a_usual_mistake_is_named(task: str, answer: Callable[..., Any], told: str) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told)


def test_percent_of_a_model_that_is_never_right() -> None:
    """The check's own numbers are those of a model that can be followed by hand."""
    assert math.isclose(_context(nn.Identity(), torch.eye(2), torch.tensor([1, 0])), 0.0)
