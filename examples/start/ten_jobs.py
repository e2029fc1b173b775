"""Ten jobs of a training program, each done by hand and by torch, and compared.

The two columns are two programs: each job's code is run in the order of the table, the left side in
one namespace, the right side in another, and after each job the results are compared.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from examples.start.by_hand_then_torch import INPUTS, TARGETS, flat, forward, load, slopes


# --8<-- [start:job]
@dataclass(frozen=True)
class Job:
    """One job: its code by hand and in torch, and the expressions that must agree afterwards."""

    name: str
    by_hand: str
    in_torch: str
    left: str
    right: str


# --8<-- [end:job]

# --8<-- [start:jobs]
JOBS = [
    Job(
        "hold the cases",
        "xs, ts = INPUTS, TARGETS",
        "X = torch.tensor(INPUTS)",
        "[x2 for x1, x2 in xs]",
        "X[:, 1].tolist()",
    ),
    Job(
        "draw a start",
        "theta = [uniform(-r, r) for _ in range(9)]",
        "hidden, output = nn.Linear(2, 2), nn.Linear(2, 1)",
        "[f'{len(theta)} numbers', f'all within ±{r:.4f}: {within(theta, r)}']",
        "[f'{len(numbers())} numbers', f'all within ±{r:.4f}: {within(numbers(), r)}']",
    ),
    Job(
        "weigh and add",
        "z1 = [w11 * x1 + w12 * x2 + b1 for x1, x2 in xs]",
        "Z = hidden(X)",
        "z1",
        "Z[:, 0].tolist()",
    ),
    Job(
        "squash",
        "h1 = [1 / (1 + exp(-z)) for z in z1]",
        "H = nn.Sigmoid()(Z)",
        "h1",
        "H[:, 0].tolist()",
    ),
    Job(
        "chain the layers",
        "ys = [forward(theta, x)[2] for x in xs]",
        "model = nn.Sequential(hidden, nn.Sigmoid(), output, nn.Sigmoid()); Y = model(X)",
        "ys",
        "Y[:, 0].tolist()",
    ),
    Job(
        "measure the error",
        "loss = sum((y - t) ** 2 for y, t in zip(ys, ts)) / 4",
        "loss = nn.MSELoss()(Y, T)",
        "[loss]",
        "[loss.item()]",
    ),
    Job(
        "name what may move",
        "theta",
        "optimizer = torch.optim.SGD(model.parameters(), lr=1.0)",
        "theta",
        "flat(optimizer.param_groups[0]['params'])",
    ),
    Job(
        "forget old slopes",
        "total = [0.0] * 9",
        "optimizer.zero_grad()",
        "['slopes left' if any(total) else 'no slopes left']",
        "['slopes left' if any(g is not None for g in gradients()) else 'no slopes left']",
    ),
    Job(
        "find the slopes",
        "total = slopes(theta)",
        "loss.backward()",
        "total",
        "flat(gradients())",
    ),
    Job(
        "move",
        "theta = [p - lr * g for p, g in zip(theta, total)]",
        "optimizer.step()",
        "theta",
        "numbers()",
    ),
]
# --8<-- [end:jobs]

AFTER = {
    "hold the cases": ("", "T = torch.tensor(TARGETS).reshape(4, 1)"),
    "draw a start": (
        "w11, w12, w21, w22, b1, b2, v1, v2, c = theta",
        "load(nn.Sequential(hidden, output), theta)",  # from here on both sides hold the same net
    ),
    "name what may move": (
        "total = slopes(theta)",  # something to forget
        "loss.backward(retain_graph=True)",
    ),
}
"""Code between two jobs, by hand and in torch: what the table leaves out."""


# --8<-- [start:run]
def run_jobs(jobs: list[Job] = JOBS, seed: int = 0) -> list[list[Any]]:
    """Run both columns job by job and return what both sides gave.

    Raises:
        AssertionError: if the two sides of a job differ by more than 1e-6; it names the job.

    >>> run_jobs()[0]
    [0.0, 1.0, 0.0, 1.0]
    """
    return [left for left, _ in run_sides(jobs, seed)]


def run_sides(jobs: list[Job] = JOBS, seed: int = 0) -> list[tuple[list[Any], list[Any]]]:
    """Run both columns as `run_jobs` does; return what each side gave."""
    hand, other = namespaces(seed)
    results = []
    for job in jobs:
        exec(job.by_hand, hand)
        exec(job.in_torch, other)
        left, right = eval(job.left, hand), eval(job.right, other)
        pairs = zip(left, right, strict=True)
        assert all(_agree(a, b) for a, b in pairs), f"{job.name}: {left} is not {right}"
        results.append((left, right))
        other["theta"] = hand.get("theta")
        for code, space in zip(AFTER.get(job.name, ("", "")), (hand, other), strict=True):
            exec(code, space)
    return results


# --8<-- [end:run]


def _agree(a: Any, b: Any) -> bool:
    """Say whether two results are equal, floats within 1e-6."""
    return abs(a - b) <= 1e-6 if isinstance(a, float) else bool(a == b)


def namespaces(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the names that each side may use before its first line."""
    shared: dict[str, Any] = {"INPUTS": INPUTS, "TARGETS": TARGETS, "r": 1 / math.sqrt(2)}
    shared["within"] = lambda values, edge: max(abs(v) for v in values) <= edge
    hand = shared | {
        "uniform": random.Random(seed).uniform,
        "exp": math.exp,
        "forward": forward,
        "slopes": slopes,
        "lr": 1.0,
    }
    other = shared | {"torch": torch, "nn": nn, "flat": flat, "load": load}
    other["numbers"] = lambda: flat([*other["hidden"].parameters(), *other["output"].parameters()])
    other["gradients"] = lambda: [p.grad for p in other["model"].parameters()]
    return hand, other


def table(jobs: list[Job] = JOBS) -> str:
    """Run the jobs and return them as a Markdown table with the first value that both sides gave.

    >>> table().splitlines()[2][:24]
    '| 1 | hold the cases | `'
    """
    rows = ["| | job | by hand | in torch | both give |", "|---|---|---|---|---|"]
    for n, (job, values) in enumerate(zip(jobs, run_jobs(jobs), strict=True), 1):
        rows.append(f"| {n} | {job.name} | `{job.by_hand}` | `{job.in_torch}` | {_short(values)} |")
    return "\n".join(rows)


WHY = {
    "hold the cases": "Both hold the four cases; a tensor also knows its shape and dtype.",
    "draw a start": "Six and three are nine numbers; each layer draws its own, in that range.",
    "weigh and add": "The layer holds the weights and the bias and does the sums of all cases.",
    "squash": "It is the same formula, for each element of the tensor.",
    "chain the layers": "Each part's output is the next one's input, as in `forward`.",
    "measure the error": "It squares each distance from the target and takes the mean.",
    "name what may move": "It is told which numbers it may move; by hand, `theta` holds them.",
    "forget old slopes": "The sum of slopes begins anew; `backward` would add to the old one.",
    "find the slopes": "The chain rule, from the loss back to every parameter, into its `.grad`.",
    "move": "Each number goes against its slope, by the learning rate times as much.",
}
"""Why the two sides of a job are the same job."""


def _short(values: list[Any]) -> str:
    """Write the first values of a list, floats with four digits."""
    texts = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in values]
    return ", ".join(texts[:2]) + (", …" if len(texts) > 2 else "")


if __name__ == "__main__":
    print(table())
