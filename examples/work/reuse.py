"""Reuse a trained network: swap its head, freeze, fine-tune, and measure what it saved.

Run it to compare six ways on MNIST, where it is at hand: `python -m examples.work.reuse`.
"""

from __future__ import annotations

import copy
import re
import string
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from sklearn import datasets
from torch import Tensor, nn

from examples.models.digits import Split, large

Params = list[Any]  # parameters, or groups of them


# --8<-- [start:halves]
def half(x: Tensor, y: Tensor, first: int) -> tuple[Tensor, Tensor]:
    """Keep five classes, `first` and the four after it, and number them from 0.

    >>> half(torch.zeros(4, 9), torch.tensor([5, 2, 9, 6]), first=5)[1]
    tensor([0, 4, 1])
    """
    keep = (y >= first) & (y < first + 5)
    return x[keep], y[keep] - first


def few(y: Tensor, each: int, seed: int) -> Tensor:
    """Draw so many positions of each of five classes; int64 of shape (5 * each,).

    >>> few(torch.tensor([0, 1, 2, 3, 4, 0]), each=1, seed=0).shape
    torch.Size([5])
    """
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    return torch.cat([order[y[order] == label][:each] for label in range(5)])


# --8<-- [end:halves]


def halves(name: str) -> tuple[Split, Split]:
    """Return the two halves of MNIST or Fashion-MNIST, as rows of 14 × 14 pixels.

    1,000 images of each half are for testing, to save time.

    Raises:
        IdxError: the files are not in the data folder.
    """
    data = large(name)

    def shrink(x: Tensor) -> Tensor:
        return F.avg_pool2d(x.reshape(-1, 1, 28, 28), 2).flatten(1)

    x, x_test = shrink(data.x), shrink(data.x_test)
    parts = []
    for first in (0, 5):
        train, test = half(x, data.y, first), half(x_test, data.y_test, first)
        parts.append(Split(*train, test[0][:1000], test[1][:1000]))
    return parts[0], parts[1]


# --8<-- [start:net]
def net(classes: int = 5) -> nn.Sequential:
    """Make a network for rows of 14 × 14 pixels, in three parts with names.

    >>> net()(torch.zeros(2, 196)).shape
    torch.Size([2, 5])
    """
    body = nn.Sequential(
        nn.Unflatten(1, (1, 14, 14)),
        nn.Conv2d(1, 12, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(12, 24, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(),
    )  # fmt: skip
    neck = nn.Sequential(nn.Linear(216, 64), nn.ReLU())
    return nn.Sequential(OrderedDict(body=body, neck=neck, head=nn.Linear(64, classes)))


# --8<-- [end:net]


# --8<-- [start:fit]
def fit(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    steps: int,
    lr: float = 3e-3,
    size: int = 32,
    groups: Params | None = None,
) -> nn.Module:
    """Take so many steps of Adam, each on `size` rows drawn at random; return the model.

    Args:
        model: from rows like `x` to scores; it is put into training mode.
        x: float rows (n, inputs).
        y: int64 labels (n,).
        steps: how many.
        lr: the rate, where a group says none.
        size: the rows of a batch.
        groups: what the optimizer gets; by default all that wants a gradient.
    """
    wanted = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(groups or wanted, lr=lr, fused=True)
    model.train()
    for _ in range(steps):
        rows = torch.randperm(len(x))[:size] if len(x) < 2000 else torch.randint(len(x), (size,))
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@torch.no_grad()
def right(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return how many of 100 answers are right, in evaluation mode."""
    model.eval()
    hits: Tensor = model(x).argmax(dim=1) == y
    return 100 * hits.float().mean().item()


# --8<-- [end:fit]


def pretrained(data: Split, steps: int = 500, classes: int = 5, seed: int = 0) -> nn.Sequential:
    """Train a network on plenty of images."""
    torch.manual_seed(seed)
    model = net(classes)
    fit(model, data.x, data.y, steps, lr=2e-3, size=64)
    return model


# --8<-- [start:ways]
def scratch(trained: Any) -> tuple[nn.Module, Params]:
    """Take nothing over."""
    model = net()
    return model, list(model.parameters())


def frozen(trained: Any) -> tuple[nn.Module, Params]:
    """Train a new head alone."""
    trained.requires_grad_(False)
    trained.head = nn.Linear(64, 5)  # new, so it wants a gradient
    return trained, list(trained.head.parameters())


def last_layers(trained: Any) -> tuple[nn.Module, Params]:
    """Train neck and head."""
    model, _ = frozen(trained)
    trained.neck.requires_grad_(True)
    return model, [*trained.neck.parameters(), *trained.head.parameters()]


def fine_tuned(trained: Any) -> tuple[nn.Module, Params]:
    """Train everything, at one rate."""
    trained.head = nn.Linear(64, 5)
    return trained, list(trained.parameters())


# --8<-- [end:ways]


# --8<-- [start:ways-more]
def own_rates(trained: Any) -> tuple[nn.Module, Params]:
    """Train everything, the deeper the faster."""
    trained.head = nn.Linear(64, 5)
    return trained, [
        {"params": trained.body.parameters(), "lr": 3e-4},
        {"params": trained.neck.parameters(), "lr": 1e-3},
        {"params": trained.head.parameters()},  # the rate for all, 3e-3
    ]


def cut_earlier(trained: Any) -> tuple[nn.Module, Params]:
    """Train a new head on what the body gives."""
    body = trained.body.requires_grad_(False)
    model = nn.Sequential(body, nn.Linear(216, 5))
    return model, list(model[1].parameters())


# --8<-- [end:ways-more]

Way = Callable[[Any], tuple[nn.Module, Params]]

WAYS: dict[str, Way] = {
    "from scratch": scratch,
    "frozen, new head": frozen,
    "last layers only": last_layers,
    "fine-tuned": fine_tuned,
    "one rate for each group": own_rates,
    "frozen, cut earlier": cut_earlier,
}


def compare(
    trained: nn.Sequential,
    data: Split,
    counts: Sequence[int],
    seeds: int,
    ways: Iterable[str] = WAYS,
    steps: int = 100,
) -> dict[str, list[list[float]]]:
    """Train from few labels in several ways, with each seed other images and another new head.

    Args:
        trained: a network as `net` makes it; it is copied, and stays as it is.
        data: images of five classes.
        counts: how many labeled images of each class.
        seeds: how often.
        ways: names of `WAYS`.
        steps: steps of each training.

    Returns:
        For each way and count, how many of 100 test images are right, once for each seed.
    """
    found: dict[str, list[list[float]]] = {}
    with torch.no_grad():
        seen_test = trained.get_submodule("body")(data.x_test)
    for way in ways:
        found[way] = []
        for each in counts:
            found[way].append([])
            for seed in range(seeds):
                rows = few(data.y, each, seed)
                torch.manual_seed(seed)
                model, groups = WAYS[way](copy.deepcopy(trained))
                x, x_test, top = data.x[rows], data.x_test, model
                lr, many = 3e-3, steps
                if way in ("frozen, new head", "last layers only", "frozen, cut earlier"):
                    assert isinstance(model, nn.Sequential)
                    with torch.no_grad():  # what is frozen computes the same in each step: once
                        x = model[0](x)
                    x_test, top = seen_test, model[1:]
                if way == "frozen, new head":  # few inputs: it is slow, and gets more of both
                    lr, many = 1e-2, 2 * steps
                fit(top, x, data.y[rows], many, lr=lr, groups=groups)
                found[way][-1].append(right(top, x_test, data.y_test))
    return found


def mean(values: Sequence[float]) -> float:
    """Return the mean.

    >>> mean([1.0, 2.0])
    1.5
    """
    return sum(values) / len(values)


def needed(counts: Sequence[int], percents: Sequence[float], goal: float) -> float:
    """Return with how many labels a rising curve reaches a goal, between the counts by doubling.

    It is the first count if the curve begins above the goal, and inf if it ends below.

    >>> needed([1, 4], [50.0, 70.0], 60.0)
    2.0
    """
    if percents[0] >= goal:
        return float(counts[0])
    for k in range(1, len(counts)):
        if percents[k] >= goal:
            share = (goal - percents[k - 1]) / (percents[k] - percents[k - 1])
            return float(counts[k - 1] * (counts[k] / counts[k - 1]) ** share)
    return float("inf")


# --8<-- [start:moved]
def moved(model: nn.Module, work: Callable[[], Any]) -> list[str]:
    """Do some work, and return the names of the model's tensors that it changed.

    >>> layer = nn.BatchNorm1d(2)
    >>> moved(layer, lambda: layer(torch.randn(4, 2)))
    ['running_mean', 'running_var', 'num_batches_tracked']
    """
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    work()
    now = model.state_dict()
    return [name for name in before if not torch.equal(now[name], before[name])]


# --8<-- [end:moved]


def what_stops() -> dict[str, dict[str, bool]]:
    """Take one step in each of six states of a small network, and say what happened in its body.

    Returns:
        For each state: whether the body's weight got a gradient, whether it moved, whether the
        running mean of the batch norm moved, and whether dropout was on.
    """
    found = {}
    for state in ("nothing done", "requires_grad_(False)", "eval()", "not in the optimizer",
                  "no_grad() around it", "requires_grad_(False) and eval()"):  # fmt: skip
        torch.manual_seed(0)
        body = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.Dropout(0.5))
        head = nn.Linear(8, 2)
        parameters = [*body.parameters(), *head.parameters()]
        if state == "not in the optimizer":
            parameters = list(head.parameters())
        optimizer = torch.optim.Adam(parameters, lr=0.1)
        if "requires_grad_" in state:
            body.requires_grad_(False)
        if "eval()" in state:
            body.eval()
        weight, norm = body.get_parameter("0.weight"), body.get_buffer("1.running_mean")
        weight_before, norm_before = weight.detach().clone(), norm.clone()
        x, y = torch.randn(16, 8), torch.randint(2, (16,))
        with torch.set_grad_enabled(state != "no_grad() around it"):
            inner = body(x)
        loss = F.cross_entropy(head(inner), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found[state] = {
            "gradient": weight.grad is not None,
            "weight moves": not torch.equal(weight, weight_before),
            "batch norm moves": not torch.equal(norm, norm_before),
            "dropout is on": bool((inner == 0).any()),
        }
    return found


# --8<-- [start:features]
@torch.no_grad()
def features(model: nn.Module, layer: nn.Module, x: Tensor) -> Tensor:
    """Return what a layer inside of a model puts out for the rows of `x`.

    >>> model = nn.Sequential(nn.Identity(), nn.Linear(2, 1))
    >>> features(model, model[0], torch.ones(1, 2))
    tensor([[1., 1.]])
    """
    caught: list[Tensor] = []
    handle = layer.register_forward_hook(lambda _layer, _input, output: caught.append(output))
    try:
        model(x)
    finally:
        handle.remove()  # else it would be called in every forward from now on
    return caught[0]


# --8<-- [end:features]


# --8<-- [start:letters]
def letter_pairs() -> Tensor:
    """Count which letter follows which in scikit-learn's descriptions of its data sets.

    Returns:
        float32 of shape (27, 27): row, then column; 0 is the gap between words, 1 is a.
    """
    names = ("load_digits", "load_iris", "load_wine", "load_breast_cancer", "load_diabetes")
    text = " ".join(getattr(datasets, name)().DESCR for name in names)
    words = " ".join(re.findall("[a-z]+", text.lower()))
    ids = torch.tensor([LETTERS.index(letter) for letter in words])
    pairs = ids[:-1] * 27 + ids[1:]
    return torch.bincount(pairs, minlength=27 * 27).reshape(27, 27).float()


# --8<-- [end:letters]

LETTERS = " " + string.ascii_lowercase


# --8<-- [start:learn]
def learn_letters(counts: Tensor, numbers: int, steps: int = 400) -> nn.Embedding:
    """Train a row of so many numbers for each letter, such that it tells the next letter."""
    table = nn.Embedding(27, numbers)
    model = nn.Sequential(table, nn.Linear(numbers, 27))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(steps):
        scores = model(torch.arange(27)).log_softmax(dim=1)
        loss = -(counts * scores).sum() / counts.sum()  # cross-entropy over all pairs
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return table


# --8<-- [end:learn]


def main() -> None:
    """Print the table of all ways, at ten labeled images of each digit."""
    old, new = halves("mnist")
    trained = pretrained(old)
    print(f"the old half: {right(trained, old.x_test, old.y_test):.1f} % right")
    for way, (percents,) in compare(trained, new, [10], seeds=5).items():
        print(f"{way:25} {mean(percents):.1f} %")


if __name__ == "__main__":
    main()
