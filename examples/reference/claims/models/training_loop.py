"""Claims that the chapter `docs/models/training-loop.md` checks."""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from examples.models.many_starts import Runs, train_starts
from examples.models.training_loop import (
    LABELS,
    evaluate,
    net,
    neuron,
    noisy_xor,
    repeat,
    train_one_epoch,
)
from examples.models.xor_by_hand import train_by_hand
from examples.reference.claims import FALSE, HALF, OPEN, Claims, Finding, judge, refused
from examples.tensors.create import people

CLAIMS = Claims()
_PAGE = "models/training-loop"


def first_step() -> tuple[Tensor, Tensor, nn.Linear]:
    """Return logits (4, 1), the four losses (4, 1), and the unit with its gradients."""
    unit = neuron()
    z = unit(people())
    each = nn.functional.binary_cross_entropy_with_logits(z, LABELS, reduction="none")
    each.mean().backward()
    return z.detach(), each.detach(), unit


def _four(values: Tensor) -> list[float]:
    return [round(v, 4) for v in values.flatten().tolist()]


@CLAIMS.on(_PAGE)
def same_neuron() -> Finding:
    """The same neuron in NumPy and in PyTorch gives the same sums and activations."""
    weight = np.array([[0.01, 0.02], [-0.02, 0.01], [0.03, -0.01]], dtype=np.float32)
    by_numpy = np.maximum(people().numpy() @ weight, 0)
    by_torch = torch.relu(people() @ torch.from_numpy(weight)).numpy()
    same = bool(np.allclose(by_numpy, by_torch))
    return judge(same, f"equal as far as float32 reaches: {same}")


@CLAIMS.on(_PAGE)
def four_probabilities() -> Finding:
    """The neuron's first probabilities are .7595, .8022, .7027, .8320: yes to everyone."""
    p = torch.sigmoid(first_step()[0])
    return judge(_four(p) == [0.7595, 0.8022, 0.7027, 0.832], f"{_four(p)}")


@CLAIMS.on(_PAGE)
def first_loss() -> Finding:
    """The first loss is 1.0081."""
    loss = first_step()[1].mean().item()
    return judge(round(loss, 4) == 1.0081, f"{loss:.4f}")


@CLAIMS.on(_PAGE)
def first_gradient() -> Finding:
    """The first gradients are 40.7270, 11.5755 and 10.1581, and .2741 for the bias."""
    unit = first_step()[2]
    assert unit.weight.grad is not None and unit.bias.grad is not None
    got = [*_four(unit.weight.grad), *_four(unit.bias.grad)]
    return judge(got == [40.727, 11.5755, 10.1581, 0.2741], f"{got}")


@CLAIMS.on(_PAGE)
def second_loss() -> Finding:
    """After one step at .0001 the loss is about .88."""
    loss = repeat(1e-4, 2)[0][1]
    return judge(abs(loss - 0.88) < 0.005, f"{loss:.4f}")


@CLAIMS.on(_PAGE)
def hundreds_of_steps() -> Finding:
    """Repeated hundreds or thousands of times, it gets all four right."""
    _, right = repeat(1e-4, 1000)
    return judge(min(right[500:]) == 4, f"all four right from step {right.index(4)} on")


@CLAIMS.on(_PAGE)
def four_steps() -> Finding:
    """The training loop has four steps."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(train_one_epoch)))
    loop = next(node for node in ast.walk(tree) if isinstance(node, ast.For))
    lines = [ast.unparse(statement) for statement in loop.body]
    marks = ("model(", "loss_fn(", "zero_grad(", ".backward(", ".step(")
    steps = sum(any(mark in line for mark in marks) for line in lines)
    return judge(steps == 4, f"{steps} of the {len(lines)} lines of the loop's body, in any order")


@CLAIMS.on(_PAGE)
def as_good_as_by_hand() -> Finding:
    """On noisy XOR torch reaches what the hand-coded net reaches, about 99.5 %."""
    x, y = noisy_xor(400, seed=0)
    torch.manual_seed(0)
    model = net()
    begin = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    loss_fn = nn.BCEWithLogitsLoss()
    losses = [train_one_epoch(model, [(x, y)], loss_fn, optimizer) for _ in range(400)]
    ours = train_by_hand(begin, x, y, epochs=400, lr=0.05)
    equal = max(abs(a - b) for a, b in zip(losses, ours, strict=True)) < 1e-5
    share = evaluate(model, [(x, y)], loss_fn)[1]
    text = f"losses equal: {equal}; {100 * share:.1f} % on our points, whose noise is our choice"
    return judge(equal and share > 0.99, text, HALF)


@cache
def _starts(*hidden: int) -> Runs:
    return train_starts(hidden)


@CLAIMS.on(_PAGE)
def plateau() -> Finding:
    """XOR with four ReLU units hangs at 0.69 for 500 epochs, then falls."""
    runs = _starts(4)
    leave = runs.below(0.6)[runs.learned]
    hang = int(((runs.losses[500] - math.log(2)).abs() < 0.01).sum())
    text = (
        f"of 100 starts {int(runs.learned.sum())} learn, and leave 0.6 by epoch {int(leave.max())} "
        f"at the latest; the {hang} that hang at epoch 500 never learn"
    )
    return judge(bool(leave.median() > 400), text)


@CLAIMS.on(_PAGE)
def depth_escapes() -> Finding:
    """Deeper networks leave the plateau sooner."""
    medians = [
        int(runs.below(0.6)[runs.learned].median())
        for runs in (_starts(4), _starts(4, 4), _starts(4, 4, 4), _starts(16))
    ]
    text = "epoch at which 0.6 is left, median: " + ", ".join(
        f"{label} {median}"
        for label, median in zip(("4 units", "4+4", "4+4+4", "16 units"), medians, strict=True)
    )
    return judge(medians[2] < medians[1] < medians[0], text)


def losses_of(x: torch.Tensor, lr: float, first: bool = False, steps: int = 100) -> list[float]:
    """Train the neuron on rows x (4, 3); `first`: begin each round with `zero_grad`."""
    unit, losses = neuron(), []
    loss_fn, optimizer = nn.BCEWithLogitsLoss(), torch.optim.SGD(unit.parameters(), lr=lr)
    for _ in range(steps):
        if first:
            optimizer.zero_grad()
        loss = loss_fn(unit(x), LABELS)
        if not first:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@CLAIMS.on(_PAGE)
def one_order() -> Finding:
    """The order is `zero_grad`, forward, backward, step."""
    x = people()
    same = losses_of(x, 1e-4, first=True) == losses_of(x, 1e-4)
    text = f"`zero_grad` first, or just before `backward`: losses equal bit for bit: {same}"
    return judge(not same, text, HALF)


@CLAIMS.on(_PAGE)
def update_needs_no_grad() -> Finding:
    """An update by hand must stand under `no_grad`."""
    weight = neuron().weight
    return refused(lambda: weight.__isub__(1.0), "in-place operation")


@CLAIMS.on(_PAGE)
def after_one_step() -> Finding:
    """After one step at .0001 the weights are .0059, −.0212 and .0290, and the bias is −0.0000."""
    unit = neuron()
    nn.BCEWithLogitsLoss()(unit(people()), LABELS).backward()
    torch.optim.SGD(unit.parameters(), lr=1e-4).step()
    weights = [round(w, 4) for w in unit.weight.flatten().tolist()]
    right = weights == [0.0059, -0.0212, 0.029]
    text = f"{weights}; the bias is {unit.bias.item():.4e}".replace("-", "−")
    return judge(right and unit.bias.item() == 0, text, HALF if right else FALSE)


@CLAIMS.on(_PAGE)
def noisy_log() -> Finding:
    """On noisy XOR the loss goes from .6951 (49.8 % right) to .0102 (99.5 %)."""
    count = len(noisy_xor(400, seed=0)[0])
    return OPEN, f"how its {count} points were drawn was not published"
