"""Break a small training program on purpose, one line at a time, and find what is broken.

Used by the chapter *Debugging* (`docs/work/debugging.md`). Run it for a table of all the broken
programs: `python -m examples.work.debugging`.
"""

from __future__ import annotations

import copy
import functools
import inspect
import io
import pdb  # noqa: T100
import re
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import Tensor, nn


# --8<-- [start:healthy]
def healthy() -> dict[str, Any]:
    """Train on 1,000 small digits for 100 steps, and return all names of the program."""
    torch.manual_seed(0)
    data = load_digits()
    x = torch.from_numpy(data.data).float() / 16
    y = torch.from_numpy(data.target)
    order = torch.randperm(len(x))
    train, test = order[:1000], order[1000:]

    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(100):
        batch = train[torch.randint(len(train), (64,))]
        output = model(x[batch])
        loss = loss_fn(output, y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return locals()


# --8<-- [end:healthy]


# --8<-- [start:right]
def right(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return how many of 100 answers are right, for rows x of pixels and classes y (n,).

    >>> right(nn.Flatten(), torch.eye(3), torch.tensor([0, 1, 0])).__round__()
    67
    """
    with torch.no_grad():
        hits: Tensor = model(x).argmax(dim=1) == y
    return 100 * hits.float().mean().item()


# --8<-- [end:right]


# --8<-- [start:overfit]
def overfit(model: nn.Module, x: Tensor, y: Tensor, steps: int = 50, lr: float = 0.1) -> float:
    """Train on one batch again and again, and return the last loss; it should be near 0.

    >>> _ = torch.manual_seed(0)
    >>> overfit(nn.Linear(4, 3), torch.randn(2, 4), torch.tensor([0, 2])) < 0.01
    True
    """
    optimizer = torch.optim.Adam(model.parameters(), lr)
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


# --8<-- [end:overfit]


# --8<-- [start:moved]
def moved(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, float]:
    """Take a step, and return for each parameter how far it moved, as a share of its own length.

    >>> layer = nn.Linear(1, 1, bias=False)
    >>> layer.weight.data[:], layer.weight.grad = 2.0, torch.ones(1, 1)
    >>> moved(layer, torch.optim.SGD(layer.parameters(), lr=0.1))
    {'weight': 0.05}
    """
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer.step()
    return {
        name: ((p.detach() - before[name]).norm() / before[name].norm()).item()
        for name, p in model.named_parameters()
    }


# --8<-- [end:moved]


# --8<-- [start:watch]
@contextmanager
def first_not_finite(model: nn.Module) -> Iterator[list[str]]:
    """Collect the names of the modules that make a number which is not finite, the first first.

    >>> with first_not_finite(nn.Sequential(nn.Linear(1, 1), nn.ReLU())) as bad:
    ...     pass
    >>> bad
    []
    """
    bad: list[str] = []

    def hook(name: str) -> Callable[..., None]:
        def look(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            if not output.isfinite().all():
                fine = all(part.isfinite().all() for part in inputs)
                bad.append(
                    f"{name} ({type(module).__name__}), its input is {'' if fine else 'not '}finite"
                )

        return look

    handles = [m.register_forward_hook(hook(n)) for n, m in model.named_modules() if n]
    try:
        yield bad
    finally:
        for handle in handles:
            handle.remove()


# --8<-- [end:watch]


# --8<-- [start:glance]
def glance(model: nn.Module, x: Tensor, y: Tensor) -> list[tuple[str, str, float, float, float]]:
    """Send a batch forward and backward once, and describe the output of each module in it.

    Returns:
        Name and kind, shape, standard deviation, share of zeros, and the length of the gradient
        that came back to this output; in the order of forward.

    >>> model = nn.Sequential(nn.Linear(2, 3))
    >>> [row[:2] for row in glance(model, torch.ones(4, 2), torch.tensor([0, 1, 2, 0]))]
    [('0 Linear', '(4, 3)')]
    """
    outputs: dict[str, Tensor] = {}

    def hook(name: str) -> Callable[..., None]:
        def keep(module: nn.Module, inputs: object, output: Tensor) -> None:
            output.retain_grad()
            outputs[f"{name} {type(module).__name__}"] = output

        return keep

    leaves = [(n, m) for n, m in model.named_modules() if not list(m.children())]
    handles = [module.register_forward_hook(hook(name)) for name, module in leaves]
    F.cross_entropy(model(x), y).backward()
    for handle in handles:
        handle.remove()
    rows = []
    for name, o in outputs.items():
        zeros, back = (
            (o == 0).float().mean().item(),
            o.grad.norm().item() if o.grad is not None else 0.0,
        )
        rows.append((name, str(tuple(o.shape)), o.std().item(), zeros, back))
    return rows


# --8<-- [end:glance]


# --8<-- [start:kept]
class Kept:
    """A tensor that autograd keeps for the way back, and that can be counted while it is alive."""

    def __init__(self, tensor: Tensor, alive: weakref.WeakSet[Any]) -> None:
        self.tensor = tensor.detach()  # the values alone, and not how they were made
        alive.add(self)


def kept_bytes(work: Callable[[], object]) -> int:
    """Return how many bytes are still kept for backward when `work` is done.

    >>> layer = nn.Linear(10, 1)
    >>> kept_bytes(lambda: layer(torch.ones(3, 10)).sum().item())
    0
    """
    alive: weakref.WeakSet[Kept] = weakref.WeakSet()
    hooks = torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: Kept(tensor, alive), lambda kept: kept.tensor
    )
    with hooks:
        result = work()
    storages = {k.tensor.data_ptr(): k.tensor.untyped_storage().nbytes() for k in alive}
    del result
    return sum(storages.values())


# --8<-- [end:kept]


# --8<-- [start:deep]
def deep(activation: type[nn.Module], gain: float, layers: int = 12) -> nn.Sequential:
    """Make a network of many layers of 64 units, whose weights are `gain` times the usual size.

    The usual size lets a ReLU layer put out what it takes in (He initialization).
    """
    made = nn.Sequential()
    for _ in range(layers):
        layer = nn.Linear(64, 64)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
        with torch.no_grad():
            layer.weight *= gain
        made.extend([layer, activation()])
    return made.append(nn.Linear(64, 10))


# --8<-- [end:deep]


def gradient_lengths(model: nn.Module, x: Tensor, y: Tensor) -> list[float]:
    """Return the length of the gradient of each weight matrix, first layer first."""
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    return [p.grad.norm().item() for p in model.parameters() if p.dim() == 2 and p.grad is not None]


@dataclass(frozen=True)
class Bug:
    """One way to break the program, and one line that shows it.

    Attributes:
        symptom: what one sees; three bugs share one.
        cause: what is wrong, in words.
        old: the lines of the program that are replaced, as they stand there, without indent.
        new: what stands there instead.
        ask: an expression over the program's names that tells this cause from the others.
    """

    symptom: str
    cause: str
    old: str
    new: str
    ask: str


@functools.cache
def run(bug: Bug | None = None) -> dict[str, Any]:
    """Run the program, with a bug or without, and return all its names.

    Raises:
        ValueError: the program does not have the lines that the bug would replace.
    """
    program = inspect.getsource(healthy)
    if bug is not None:
        old = r"\n".join(rf"( *){re.escape(line)}" for line in bug.old.splitlines())
        found = re.findall(rf"^{old}$", program, re.M)
        if len(found) != 1:
            raise ValueError(f"the program has this {len(found)} times, not once: {bug.old!r}")
        indent = found[0] if isinstance(found[0], str) else found[0][0]
        new = "\n".join(indent + line for line in bug.new.splitlines())
        program = re.sub(rf"^{old}$", lambda _: new, program, flags=re.M)
    names: dict[str, Any] = {**globals()}
    with torch.random.fork_rng(devices=[]):
        exec(compile(program, "<program>", "exec", dont_inherit=True), names)
        return dict(names["healthy"]())


def _copies(names: dict[str, Any]) -> tuple[nn.Module, torch.optim.Optimizer]:
    """Copy a program's model and optimizer, with the gradients, which a deep copy forgets."""
    model: nn.Module
    model, optimizer = copy.deepcopy((names["model"], names["optimizer"]))
    for old, new in zip(names["model"].parameters(), model.parameters(), strict=True):
        new.grad = None if old.grad is None else old.grad.clone()
    return model, optimizer


def answer(names: dict[str, Any], ask: str) -> str:
    """Evaluate the line of a bug among the names of a program, and write the answer briefly."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, optimizer = _copies(names)  # the line may change them
        return brief(eval(ask, {**globals(), **names, "model": model, "optimizer": optimizer}))


def brief(value: Any) -> str:
    """Write a number, a tensor or a list in a few characters.

    >>> brief(torch.tensor(0.12345)), brief(3), brief([0.1, 2.0]), brief(None)
    ('0.12', '3', '[0.1, 2]', 'None')
    """
    if isinstance(value, Tensor):
        value = value.tolist()
    if isinstance(value, float):
        return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    if isinstance(value, list):
        return f"[{', '.join(brief(part) for part in value)}]"
    if isinstance(value, tuple):
        return ", ".join(brief(part) for part in value)
    return str(value)


def neighbors(x: Tensor, y: Tensor) -> float:
    """Return which share of the rows has the class of the row that is nearest to it.

    >>> neighbors(torch.tensor([[0.0], [0.1], [5.0], [5.1]]), torch.tensor([0, 0, 1, 1]))
    1.0
    """
    distance = torch.cdist(x, x).fill_diagonal_(torch.inf)
    return (y[distance.argmin(dim=1)] == y).float().mean().item()


def twins(x: Tensor, others: Tensor) -> float:
    """Return which share of the rows of x is found among the others, number for number.

    >>> twins(torch.tensor([[1.0], [2.0]]), torch.tensor([[2.0], [3.0]]))
    0.5
    """
    known = {tuple(row) for row in others.tolist()}
    return sum(tuple(row) in known for row in x.tolist()) / len(x)


_X = "x = torch.from_numpy(data.data).float() / 16"
_Y = "y = torch.from_numpy(data.target)"
_SPLIT = "train, test = order[:1000], order[1000:]"
_MODEL = "model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))"
_ADAM = "optimizer = torch.optim.Adam(model.parameters(), lr=0.01)"
_OUTPUT = "output = model(x[batch])"
_LOSS = "loss = loss_fn(output, y[batch])"
_ZERO = "optimizer.zero_grad()\nloss.backward()"

BUGS = [
    Bug(
        "The loss does not move",
        "`zero_grad` between `backward` and `step`",
        _ZERO,
        "loss.backward()\noptimizer.zero_grad()",
        "model[0].weight.grad is None",
    ),
    Bug(
        "The loss does not move",
        "the layers were replaced after the optimizer was made",
        "losses = []",
        f"{_MODEL}\nlosses = []",
        'model[0].weight is optimizer.param_groups[0]["params"][0]',
    ),
    Bug(
        "The loss does not move",
        "a learning rate 1,000 times too small",
        _ADAM,
        _ADAM.replace("0.01", "0.00001"),
        'moved(model, optimizer)["0.weight"]',
    ),
    Bug(
        "The loss stops far above 0",
        "a softmax before the loss, which has its own",
        _OUTPUT,
        f"{_OUTPUT}.softmax(dim=1)",
        "output[0].sum()",
    ),
    Bug(
        "The loss stops far above 0",
        "a layer is cut off by `detach`",
        _OUTPUT,
        "output = model[2](model[1](model[0](x[batch])).detach())",
        "model[0].weight.grad is None",
    ),
    Bug(
        "The loss stops far above 0",
        "`zero_grad` is forgotten",
        _ZERO,
        "loss.backward()",
        "model[2].bias.grad.norm()",
    ),
    Bug(
        "Accuracy stays at chance",
        "labels shuffled apart from their inputs",
        _Y,
        f"{_Y}[torch.randperm(1797)]",
        "neighbors(x, y)",
    ),
    Bug(
        "Accuracy stays at chance",
        "division of whole numbers: every input is 0",
        _X,
        "x = torch.from_numpy(data.data).byte() // 17 * 1.0",
        "x.std()",
    ),
    Bug(
        "Accuracy stays at chance",
        "a learning rate 1,000 times too large",
        _ADAM,
        _ADAM.replace("0.01", "10.0"),
        "max(losses) > 10 * losses[0]",
    ),
    Bug(
        "All predictions are the same",
        "dead units: every ReLU is off for every row",
        "losses = []",
        "nn.init.constant_(model[0].bias, -20.0)\nlosses = []",
        "(model[:2](x) == 0).all(dim=0).float().mean()",
    ),
    Bug(
        "All predictions are the same",
        "nearly all samples are of one class",
        _Y,
        f"{_Y}\ny[torch.rand(1797) < 0.97] = 3",
        "y.bincount().max() / len(y)",
    ),
    Bug(
        "All predictions are the same",
        "wrong broadcasting: each output meets each target of the batch",
        _LOSS,
        "output = output[:, :1]  # one number, to be near y\n"
        "loss = (output - y[batch]).square().mean()",
        "[*output.shape], [*y[batch].shape]",
    ),
    Bug(
        "Validation is far worse, at once",
        "the split follows the order of the labels",
        "order = torch.randperm(len(x))",
        "order = y.argsort()",
        "len(y[train].unique())",
    ),
    Bug(
        "Validation is far worse, at once",
        "validation images come with rows and columns swapped",
        _SPLIT,
        f"{_SPLIT}\nx[test] = x[test].view(-1, 8, 8).mT.reshape(-1, 64)",
        "(x[train].mean(dim=0) - x[test].mean(dim=0)).abs().max()",
    ),
    Bug(
        "Validation is far worse, at once",
        "too few samples: it learns them by heart",
        _SPLIT,
        "train, test = order[:30], order[1000:]",
        "len(train)",
    ),
    Bug(
        "Too good to be true",
        "rows of the test are among the training rows",
        _SPLIT,
        "train, test = order[:1000], order[torch.randint(1000, (797,))]",
        "torch.isin(test, train).float().mean()",
    ),
    Bug(
        "Too good to be true",
        "samples are in the data twice, and were split apart",
        _Y,
        f"{_Y}\nx, y = x[:900].repeat(2, 1), y[:900].repeat(2)",
        "twins(x[test], x[train])",
    ),
    Bug(
        "Too good to be true",
        "the label is among the inputs",
        "order = torch.randperm(len(x))",
        "x[:, :10] = F.one_hot(y, 10)\norder = torch.randperm(len(x))",
        "torch.corrcoef(torch.stack([*x.T, y == 0]))[-1, :-1].nan_to_num().max()",
    ),
    Bug(
        "The loss is nan",
        "0 / 0: a column that never changes was divided by its deviation",
        _X,
        "x = torch.from_numpy(data.data).float()\nx = (x - x.mean(dim=0)) / x.std(dim=0)",
        "losses[:2]",
    ),
    Bug(
        "The loss is nan",
        "the slope of a square root at 0",
        _LOSS,
        "if not losses:\n    nn.init.zeros_(model[0].bias)\n"
        f"{_LOSS} + 0.01 * model[0].bias.square().sum().sqrt()",
        "losses[:2]",
    ),
    Bug(
        "The loss is nan",
        "log(0): a softmax by hand, and a probability so small that it is 0",
        _LOSS,
        "p = (300 * output).softmax(dim=1)\nloss = -p[range(64), y[batch]].log().mean()",
        "losses[:2]",
    ),
    Bug(
        "The same input gets two answers",
        "dropout in training mode",
        _MODEL,
        "model = nn.Sequential(nn.Linear(64, 32), nn.Dropout(), nn.ReLU(), nn.Linear(32, 10))",
        "[m.training for m in model if isinstance(m, nn.Dropout)]",
    ),
    Bug(
        "The same input gets two answers",
        "batch norm in training mode: it depends on its neighbors",
        _MODEL,
        "model = nn.Sequential(\n"
        "    nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 10))",
        "[m.training for m in model if isinstance(m, nn.BatchNorm1d)]",
    ),
    Bug(
        "The same input gets two answers",
        "noise in `forward`, which no mode switches off",
        _MODEL,
        "class Noise(nn.Module):\n"
        "    def forward(self, x):\n"
        "        return x + 0.1 * torch.randn_like(x)\n"
        "model = nn.Sequential(nn.Linear(64, 32), Noise(), nn.ReLU(), nn.Linear(32, 10))",
        "torch.equal(model.eval()(x[:2]), model.eval()(x[:2]))",
    ),
]


def results(names: dict[str, Any]) -> tuple[float, float, float, float]:
    """Return first loss, mean of the last ten, and the right answers of 100, train and test."""
    losses, model, x, y = (names[name] for name in ("losses", "model", "x", "y"))
    train, test = names["train"], names["test"]
    late = sum(losses[-10:]) / 10
    return losses[0], late, right(model, x[train], y[train]), right(model, x[test], y[test])


def moved_share(names: dict[str, Any]) -> float:
    """Return how far one more step of a program would move its first weights, as a share."""
    model, optimizer = _copies(names)
    return moved(model, optimizer)["0.weight"]


def symptom_table(symptom: str) -> str:
    """Return a Markdown table of a symptom: each cause, the line that tells, and its answers."""
    lines = ["| cause | ask | healthy | broken |", "|---|---|---|---|"]
    for bug in BUGS:
        if bug.symptom == symptom:
            fine, broken = answer(run(), bug.ask), answer(run(bug), bug.ask)
            lines.append(f"| {bug.cause} | `{bug.ask}` | {fine} | **{broken}** |")
    return "\n".join(lines)


def changes(symptom: str) -> str:
    """Return what was changed in the program for each cause of a symptom, as a listing."""
    parts = []
    for bug in BUGS:
        if bug.symptom == symptom:
            kept = [line for line in bug.new.splitlines() if line in bug.old.splitlines()]
            shared = kept if len(bug.old.splitlines()) == 1 else []
            parts.append(f"# {bug.cause.replace('`', '')}")
            parts += [f"-{line}" for line in bug.old.splitlines() if line not in shared]
            parts += [f"{' ' if line in shared else '+'}{line}" for line in bug.new.splitlines()]
    return "\n".join(parts)


class Typist(io.StringIO):
    """Lines that someone types, which are seen on the screen as they are read."""

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        """Return the next line, and print it, as a terminal does."""
        line = super().readline(-1 if size is None else size)
        print(line, end="")
        return line


class Session(pdb.Pdb):
    """The debugger of Python, typed at by a program; it names files as the book does."""

    def __init__(self, commands: Sequence[str]) -> None:
        typed = Typist("".join(f"{command}\n" for command in commands))
        super().__init__(stdin=typed, stdout=sys.stdout, nosigint=True, readrc=False)
        self.prompt = "(Pdb) "

    def set_stepinstr(self) -> None:
        """Stop at the next line, as Python 3.11 does, also where a newer one would stop earlier."""
        self.set_step()

    def format_stack_entry(self, frame_lineno: tuple[FrameType, int], lprefix: str = ": ") -> str:
        """Leave out the file, which a notebook has under another name."""
        text = super().format_stack_entry(frame_lineno, lprefix)
        return re.sub(r"^\S.*?\(\d+\)(?=\w+\(\))", "", text)

    def start(self) -> None:
        """Do what `breakpoint()` does: stop in the function that called it."""
        self.set_trace(sys._getframe(1))


def main() -> None:
    """Print what each program did: first and last loss, and right answers of 100."""
    for bug in (None, *BUGS):
        first, last, trained, tested = results(run(bug))
        name = bug.cause if bug else "healthy"
        print(f"{first:8.2f}{last:8.2f}{trained:6.0f}{tested:6.0f}  {name}")


if __name__ == "__main__":
    main()
