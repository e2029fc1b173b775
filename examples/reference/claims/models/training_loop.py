"""Claims that the chapter `docs/models/training-loop.md` checks."""

from __future__ import annotations

import ast
import inspect
import textwrap

import numpy as np
import torch
from torch import Tensor, nn

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
from examples.reference.claims.sources import listing
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


@CLAIMS.on(
    _PAGE, of="4.40 4.44", at="A neuron in NumPy and in torch", shows="Z_np = x_np @ W_np + b_np"
)
def same_neuron() -> Finding:
    """The same neuron in NumPy and in PyTorch gives the same sums and activations."""
    weight = np.array([[0.01, 0.02], [-0.02, 0.01], [0.03, -0.01]], dtype=np.float32)
    by_numpy = np.maximum(people().numpy() @ weight, 0)
    by_torch = torch.relu(people() @ torch.from_numpy(weight)).numpy()
    same = bool(np.allclose(by_numpy, by_torch))
    return judge(same, f"equal as far as float32 reaches: {same}")


@CLAIMS.on(_PAGE, of="4.47 4.48 4.49", at="Forward", shows="p = torch.sigmoid(z)")
def four_probabilities() -> Finding:
    """The neuron's first probabilities are .7595, .8022, .7027, .8320: yes to everyone."""
    p = torch.sigmoid(first_step()[0])
    return judge(_four(p) == [0.7595, 0.8022, 0.7027, 0.832], f"{_four(p)}")


@CLAIMS.on(_PAGE, of="4.52", at="Loss", shows="each = nn.functional.binary_cross_entropy(p, Y")
def first_loss() -> Finding:
    """The first loss is 1.0081."""
    loss = first_step()[1].mean().item()
    return judge(round(loss, 4) == 1.0081, f"{loss:.4f}")


@CLAIMS.on(_PAGE, of="4.53", at="Backward", shows="print(W.grad.flatten(), b.grad)")
def first_gradient() -> Finding:
    """The first gradients are 40.7270, 11.5755 and 10.1581, and .2741 for the bias."""
    unit = first_step()[2]
    assert unit.weight.grad is not None and unit.bias.grad is not None
    got = [*_four(unit.weight.grad), *_four(unit.bias.grad)]
    return judge(got == [40.727, 11.5755, 10.1581, 0.2741], f"{got}")


@CLAIMS.on(
    _PAGE, of="4.59", at="Zero_grad and step", shows="{loss.item():.4f} → {after.item():.4f}"
)
def second_loss() -> Finding:
    """After one step at .0001 the loss is about .88."""
    loss = repeat(1e-4, 2)[0][1]
    return judge(abs(loss - 0.88) < 0.005, f"{loss:.4f}")


@CLAIMS.on(_PAGE, of="4.60", at="Again, and again", shows="for_good(right)")
def hundreds_of_steps() -> Finding:
    """Repeated hundreds or thousands of times, it gets all four right."""
    _, right = repeat(1e-4, 1000)
    return judge(min(right[500:]) == 4, f"all four right from step {right.index(4)} on")


def _loop() -> tuple[int, int]:
    """Return how many lines of the body of our loop train, and how many it has."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(train_one_epoch)))
    loop = next(node for node in ast.walk(tree) if isinstance(node, ast.For))
    lines = [ast.unparse(statement) for statement in loop.body]
    marks = ("model(", "loss_fn(", "zero_grad(", ".backward(", ".step(")
    return sum(any(mark in line for mark in marks) for line in lines), len(lines)


@CLAIMS.on(
    _PAGE, of="0.26 4.45", at="What did each line change?", shows="print(ast.unparse(statement))"
)
def four_steps() -> Finding:
    """The training loop has four steps."""
    steps, lines = _loop()
    named = listing("0.26")[0]
    text = f"the introduction itself lists {named}; in our loop {steps} of {lines} lines train"
    return judge(steps == named == 4, text)


@CLAIMS.on(
    _PAGE, of="3.32 3.33", at="What did each line change?", shows="print(ast.unparse(statement))"
)
def five_lines() -> Finding:
    """Five lines inside the loop over batches trained the largest models."""
    steps, lines = _loop()
    shown = listing("3.32")[0]
    text = f"its listing has {shown} there; in our loop {steps} of {lines} lines train"
    return judge(shown == 5, text, HALF if steps == 5 else FALSE)


@CLAIMS.on(
    _PAGE,
    of="1.14",
    at="The same without autograd",
    shows="ours = train_by_hand(begin.parameters()",
)
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


@CLAIMS.on(
    _PAGE,
    of="1.11",
    at="What did each line change?",
    shows="optimizer.zero_grad() loss = loss_fn(model(X), Y) loss.backward()",
)
def one_order() -> Finding:
    """The order is `zero_grad`, forward, backward, step."""
    x = people()
    same = losses_of(x, 1e-4, first=True) == losses_of(x, 1e-4)
    text = f"`zero_grad` first, or just before `backward`: losses equal bit for bit: {same}"
    return judge(not same, text, HALF)


@CLAIMS.on(_PAGE, of="4.56", at="Zero_grad and step", shows="W -= 1e-4 * W.grad")
def update_needs_no_grad() -> Finding:
    """An update by hand must stand under `no_grad`."""
    weight = neuron().weight
    return refused(lambda: weight.__isub__(1.0), "in-place operation")


@CLAIMS.on(_PAGE, of="4.57", at="Zero_grad and step", shows="b -= 1e-4 * b.grad")
def after_one_step() -> Finding:
    """After one step at .0001 the weights are .0059, −.0212 and .0290, and the bias is −0.0000."""
    unit = neuron()
    nn.BCEWithLogitsLoss()(unit(people()), LABELS).backward()
    torch.optim.SGD(unit.parameters(), lr=1e-4).step()
    weights = [round(w, 4) for w in unit.weight.flatten().tolist()]
    right = weights == [0.0059, -0.0212, 0.029]
    text = f"{weights}; the bias is {unit.bias.item():.4e}".replace("-", "−")
    return judge(right and unit.bias.item() == 0, text, HALF if right else FALSE)


@CLAIMS.on(_PAGE, of="1.10 1.12")
def noisy_log() -> Finding:
    """On noisy XOR the loss goes from .6951 (49.8 % right) to .0102 (99.5 %)."""
    return OPEN, "needs its points, and how they were drawn was not published"
