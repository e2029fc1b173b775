# %% [markdown]
# # Lab: batch norm against dropout
#
# *Two layers that beginners add side by side. They do different jobs.*
#
# Many introductions end with the advice to add batch norm, because the network then "learns in
# fewer epochs". Does it? What does [dropout](../reference/glossary.md#dropout) do in comparison,
# and what do both do together? You will build the networks, train each from several starts, and
# then look for a place where batch norm loses.
#
# Run the cells from the top. Where a cell says `TODO` it is your turn, and the check below it
# says in words what is still missing. The worked solution follows, so you can also just read.
#
# **What they are.** Dropout sets each number in a layer to zero with some chance while the
# network trains, and enlarges the others to make up for it. Batch norm looks at one unit over all
# samples of the [batch](../reference/glossary.md#batch), subtracts the mean $m$ and divides by
# the spread:
#
# $$y = \gamma \, \frac{x - m}{\sqrt{v + \epsilon}} + \beta$$
#
# Here $v$ is the variance in the batch, $\epsilon$ a small number against division by zero, and
# $\gamma$ and $\beta$ are two parameters for each unit, which are trained. In evaluation there
# may be no batch, so batch norm then takes the running averages of $m$ and $v$ that it kept while
# it trained.

# %%
import html
import io
import math
import re
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn

torch.set_num_threads(1)


def report(check: Callable[[Any], None], answer: Any) -> None:
    """Print in words what a check found out about an answer."""
    try:
        check(answer)
    except NotImplementedError:
        print(f"{answer.__name__}: not done yet")
    except AssertionError as error:
        print(f"{answer.__name__}: not right yet. {error}")
    except Exception as error:
        print(f"{answer.__name__}: raised {type(error).__name__}: {error}")
    else:
        print(f"{answer.__name__}: right")


# %% [markdown]
# ## The data
#
# Handwritten digits of 8 × 8 pixels come with scikit-learn, 1,797 of them. A seed shuffles them:
# 1,000 to learn from, and the rest to test with. Each start below has a split of its own, so that
# the luck of the split is part of what we see.


# %%
def split(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return 1,000 images (n, 64) float32 from 0 to 1, their labels (n,) int64, and the rest."""
    images, labels = load_digits(return_X_y=True)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    x = torch.from_numpy(images).float()[order] / 16
    y = torch.from_numpy(labels).long()[order]
    return x[:1000], y[:1000], x[1000:], y[1000:]


x, y, test_x, test_y = split(0)
print(tuple(x.shape), tuple(test_x.shape))

# %% [markdown]
# ## Your turn
#
# `plain` is the network to start from: 64 pixels in, two hidden layers, ten digits out.
#
# 1. Write `with_norm`: the same, with an `nn.BatchNorm1d` between each hidden linear layer and
#    its ReLU. None after the last layer: its outputs are the answer.
# 2. Write `first_at`: the first [epoch](../reference/glossary.md#epoch), counted from 1, whose
#    accuracy reached the goal, and `None` if none did.


# %%
def plain() -> nn.Sequential:
    """Make the network 64-128-64-10."""
    return nn.Sequential(
        nn.Linear(64, 128), nn.ReLU(),
        nn.Linear(128, 64), nn.ReLU(),
        nn.Linear(64, 10),
    )  # fmt: skip


def with_norm() -> nn.Sequential:
    """Make the network of `plain` with batch norm before each ReLU."""
    raise NotImplementedError  # TODO


def first_at(accuracies: list[float], goal: float) -> int | None:
    """Return the first epoch, from 1, that reached an accuracy of `goal`; None if none did."""
    raise NotImplementedError  # TODO


# %%
def check_with_norm(answer: Callable[[], nn.Sequential]) -> None:
    model = answer()
    assert isinstance(model, nn.Sequential), "Return an nn.Sequential."
    norms = [layer for layer in model if isinstance(layer, nn.BatchNorm1d)]
    assert len(norms) == 2, f"It has {len(norms)} BatchNorm1d layers; there are 2 hidden layers."
    sizes = [norm.num_features for norm in norms]
    assert sizes == [128, 64], (
        f"The batch norms are made for {sizes} units, the hidden layers have [128, 64]."
    )
    kinds = [type(layer).__name__ for layer in model]
    want = ["Linear", "BatchNorm1d", "ReLU"] * 2 + ["Linear"]
    assert kinds == want, f"The layers are {', '.join(kinds)}; wanted: {', '.join(want)}."
    shape = tuple(model(torch.rand(5, 64)).shape)
    assert shape == (5, 10), f"Five images give the shape {shape}, not (5, 10)."
    more = sum(p.numel() for p in model.parameters()) - sum(p.numel() for p in plain().parameters())
    assert more == 384, (
        f"It has {more} parameters more than `plain`; a scale and a shift for each unit are 384."
    )


def check_first_at(answer: Callable[[list[float], float], int | None]) -> None:
    history = [91.0, 95.0, 94.0, 96.0]
    got = answer(history, 95.0)
    assert got != 1, "Epochs count from 1: the second accuracy is that of epoch 2."
    assert got == 2, f"In {history} the goal of 95 is reached in epoch 2, you say {got}."
    got = answer(history, 96.0)
    assert got == 4, f"In {history} the goal of 96 is reached in epoch 4, you say {got}."
    got = answer(history, 97.0)
    assert got is None, f"In {history} the goal of 97 is never reached: return None, not {got}."


report(check_with_norm, with_norm)
report(check_first_at, first_at)

# %% [markdown]
# ## A worked solution
#
# If both of yours are right, skip this cell and the lab goes on with them.


# %%
def with_norm() -> nn.Sequential:
    """Make the network of `plain` with batch norm before each ReLU."""
    return nn.Sequential(
        nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(),
        nn.Linear(128, 64), nn.BatchNorm1d(64), nn.ReLU(),
        nn.Linear(64, 10),
    )  # fmt: skip


def first_at(accuracies: list[float], goal: float) -> int | None:
    """Return the first epoch, from 1, that reached an accuracy of `goal`; None if none did."""
    return next((n for n, accuracy in enumerate(accuracies, 1) if accuracy >= goal), None)


report(check_with_norm, with_norm)
report(check_first_at, first_at)

# %% [markdown]
# ## The measurement
#
# Dropout goes behind each ReLU. That can be added to any of the networks, so four kinds compete:
# neither, dropout, batch norm, both. Everything else is the same: the split, the order of the
# batches, Adam, the learning rate.


# %%
def with_dropout(model: nn.Sequential, chance: float = 0.3) -> nn.Sequential:
    """Put dropout behind each ReLU of a network."""
    layers: list[nn.Module] = []
    for layer in model:
        layers.append(layer)
        if isinstance(layer, nn.ReLU):
            layers.append(nn.Dropout(chance))
    return nn.Sequential(*layers)


KINDS: dict[str, Callable[[], nn.Sequential]] = {
    "neither": plain,
    "dropout": lambda: with_dropout(plain()),
    "batch norm": with_norm,
    "both": lambda: with_dropout(with_norm()),
}


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the share of right answers in percent, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return 100 * (model(x).argmax(dim=1) == y).float().mean().item()


def train(
    make: Callable[[], nn.Sequential], seed: int, epochs: int, batch: int = 64
) -> tuple[list[float], nn.Module]:
    """Train a network from a seed; return the test accuracy after each epoch, and the network."""
    x, y, test_x, test_y = split(seed)
    torch.manual_seed(seed)
    model = make()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    history = []
    for _ in range(epochs):
        model.train()
        for chosen in torch.randperm(len(x)).split(batch):
            output = model(x[chosen])
            loss = loss_fn(output, y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(accuracy(model, test_x, test_y))
    return history, model


EPOCHS, SEEDS = 20, range(5)
runs = {kind: [train(make, seed, EPOCHS) for seed in SEEDS] for kind, make in KINDS.items()}
print(len(runs), "kinds,", len(SEEDS), "starts each")

# %% [markdown]
# ### How many epochs to 95 %?
#
# The mean over the starts, and the fastest and the slowest of them:

# %% tol="1.5"
epochs_to_goal = {}
print(f"{'':<12}  mean   from     to")
for kind, found in runs.items():
    firsts = [first_at(history, 95.0) or math.inf for history, _ in found]
    epochs_to_goal[kind] = firsts
    print(f"{kind:<12}{statistics.fmean(firsts):6.1f} {min(firsts):6.1f} {max(firsts):6.1f}")
assert max(epochs_to_goal["batch norm"]) < min(epochs_to_goal["neither"])
assert statistics.fmean(epochs_to_goal["batch norm"]) < statistics.fmean(epochs_to_goal["both"])
assert statistics.fmean(epochs_to_goal["neither"]) < statistics.fmean(epochs_to_goal["dropout"])

# %% [markdown]
# The advice holds here: the slowest start with batch norm was faster than the fastest without.
# Dropout does the opposite: on average it takes more epochs, with batch norm and without, because
# each step trains only a part of the network.
#
# ### Where do they end?
#
# The accuracy on the test images after the last epoch, and how well the network knows its own
# training images:

# %% tol="0.8"
final = {}
print(f"{'':<12}test   {'each start':<29} training")
for kind, found in runs.items():
    final[kind] = [history[-1] for history, _ in found]
    own = statistics.fmean(
        accuracy(model, *split(seed)[:2]) for seed, (_, model) in zip(SEEDS, found)
    )
    each = " ".join(f"{value:5.1f}" for value in final[kind])
    print(f"{kind:<12}{statistics.fmean(final[kind]):4.1f}  {each}    {own:5.1f}")
noise = 100 * math.sqrt(0.97 * 0.03 / len(test_y))
print(f"noise of one accuracy near 97 %, from {len(test_y)} images: {noise:.1f} points")
assert min(b - a for a, b in zip(final["neither"], final["batch norm"])) > 0
assert abs(statistics.fmean(final["neither"]) - statistics.fmean(final["dropout"])) < 1
assert statistics.fmean(final["batch norm"]) - statistics.fmean(final["neither"]) > 0.8

# %% [markdown]
# Read the last line first. An accuracy from so few images is uncertain by about that much, so no
# single difference of half a point means anything. What does mean something is a difference that
# comes back in every start: batch norm ends higher than neither, five times out of five. Dropout
# and neither lie within the noise of one another: from this table nobody can say which is better.
# All four know their own images almost by heart, so what differs is how well they do on images
# they have never seen.
#
# Is that the last word? No. It is one network, one learning rate and one small set of images.

# %% html="1" tol="12"
INK, COLORS = "#1c1b1a", ["#1f5fa8", "#b8430f", "#0b7561", "#8a3f97"]
ON_A_PAGE = {color: f"var(--bp-c{n},{color})" for n, color in enumerate(COLORS, 1)}
STYLES = [
    {"color": color, "linestyle": line, "marker": marker}
    for color, line, marker in zip(COLORS, ["-", "--"] * 2, "os^D")
]
matplotlib.rcParams.update(
    {"svg.fonttype": "none", "svg.hashsalt": "lab", "path.simplify": False, "legend.frameon": False}
    | {f"{part}color": INK for part in ("text.", "axes.edge", "axes.label", "xtick.", "ytick.")}
)


def show(fig: Figure, name: str, alt: str) -> None:
    """Show a figure in a notebook, save it for a reader at a terminal, or print it as HTML."""
    file = io.StringIO()
    fig.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = file.getvalue()[file.getvalue().index("<svg") :]
    for color, name_on_a_page in ({INK: "currentColor"} | ON_A_PAGE).items():
        drawing = drawing.replace(color, name_on_a_page)
    drawing = re.sub(
        r'<metadata>.*?</metadata>|<style.*?</style>| id="[\w.]+_\d+"', "", drawing, flags=re.S
    )
    drawing = drawing.replace(
        "<svg", '<svg aria-hidden="true" style="max-width:100%;height:auto"', 1
    )
    page = f'<figure role="img" aria-label="{html.escape(alt)}">\n{drawing}</figure>'
    if type(sys.stdout).__module__.startswith("ipykernel"):
        from IPython.display import HTML, display

        display(HTML(page))
    elif sys.stdout.isatty():
        Path(f"{name}.svg").write_text(file.getvalue(), encoding="utf-8")
        print(f"{name}.svg: {alt}")
    else:
        print(page)


fig = Figure(figsize=(6, 3.2), layout="constrained")
ax = fig.subplots()
curves = {}
for (kind, found), style in zip(runs.items(), STYLES):
    means = [statistics.fmean(values) for values in zip(*(history for history, _ in found))]
    curves[kind] = means
    ax.plot(range(1, EPOCHS + 1), means, label=kind, markersize=4, markevery=3, **style)
upper, lower = zip(curves["batch norm"], curves["both"]), zip(curves["neither"], curves["dropout"])
assert all(min(a) > max(b) for a, b in zip(upper, lower))
ax.set(xlabel="epoch", ylabel="test accuracy in %", xlim=(0.5, EPOCHS + 0.5), ylim=(80, 100))
ax.set_xticks([1, 5, 10, 15, 20])
ax.set_yticks([80, 85, 90, 95, 100])
ax.legend(loc="lower right")
show(
    fig,
    "batch_norm",
    "Four curves of test accuracy over twenty epochs, means of five starts. The two with batch "
    "norm rise at once and stay on top; neither and dropout start lower, rise more slowly, and end "
    "below them, close together.",
)

# %% [markdown]
# *The mean of five starts. The two curves with batch norm are above the two without, from the
# first epoch to the last.*
#
# ## Where batch norm loses
#
# Batch norm needs a batch. What does it do with a single sample, while training? The mean is then
# the sample itself, and the spread is nothing:

# %%
model = with_norm()
model.train()
try:
    model(x[:1])
except ValueError as error:
    print("ValueError:", str(error).partition(",")[0])
model.eval()
print(tuple(model(x[:1]).shape))

# %% [markdown]
# In training it refuses, in evaluation it uses its running averages. You meet this error when a
# data set does not come out even: 961 samples in batches of 64 leave one over. `DataLoader(...,
# drop_last=True)` is the usual cure.
#
# And with two samples? Nothing is refused. Here are two epochs in batches of 2:

# %% tol="20"
tiny = {
    kind: [train(KINDS[kind], seed, 2, batch=2)[0][-1] for seed in range(3)]
    for kind in ("neither", "batch norm")
}
print(f"{'':<12}mean   each start")
for kind, values in tiny.items():
    each = " ".join(f"{value:5.1f}" for value in values)
    print(f"{kind:<12}{statistics.fmean(values):4.1f}  {each}")
assert max(tiny["batch norm"]) < min(tiny["neither"])

# %% [markdown]
# Now it is the other way round, in every start. A mean of two samples is mostly chance, and batch
# norm passes that chance on to every unit. When memory allows only tiny batches, people take a
# norm that needs no batch, such as `nn.LayerNorm` or `nn.GroupNorm`.
#
# ## Now try
#
# - Move batch norm behind the ReLU. (You will have to relax the check.) Can you measure a
#   difference that comes back in every start?
# - Replace batch norm by `nn.LayerNorm` and train in batches of 2.
# - Set the learning rate to 0.03. Which of the four kinds bears it?
# - Give dropout a chance: learn from 200 images instead of 1,000, for 100 epochs, with
#   `chance=0.5`.
# - Forget `model.eval()` in `accuracy`, and test four images at a time. Which kind suffers more?
