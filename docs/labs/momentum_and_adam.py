# %% [markdown]
# # Lab: momentum, cosine and Adam
#
# *"Adam is better than SGD." At which rate, and for how long?*
#
# Adam is what most people reach for. Others say that plain SGD with
# [momentum](../reference/glossary.md#momentum), and a learning rate that falls along a cosine, is
# as good. Published comparisons of the two often use one rate for each. You will write momentum
# and the cosine by hand, see that torch does the same, and then run the comparison at several
# rates, with and without the cosine, from several starts.
#
# Run the cells from the top. Where a cell says `TODO` it is your turn, and the check below it
# says in words what is still missing. The worked solution follows.

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
# 1,000 to learn from, and the rest to test with.


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
# **Momentum.** Plain SGD steps against the gradient $g$ and forgets it. With momentum each weight
# has a velocity $v$ that remembers earlier gradients:
#
# $$v \leftarrow \mu v + g, \qquad w \leftarrow w - \text{lr} \cdot v$$
#
# 1. `momentum_step(weight, gradient, velocity, lr, mu)` returns the new weight and the new
#    velocity, and leaves its arguments as they are.
#
# **The cosine.** The rate starts at its full height and glides down to 0, slowly at first, fast
# in the middle, slowly at the end: at step $k$ of $n$ it is multiplied by $\tfrac{1}{2}(1 +
# \cos(\pi k / n))$.
#
# 2. `cosine(k, n)` returns that factor: 1 at step 0, and 0 at step $n$.


# %%
def momentum_step(
    weight: Tensor, gradient: Tensor, velocity: Tensor, lr: float, mu: float
) -> tuple[Tensor, Tensor]:
    """Return the weight and the velocity after one step of SGD with momentum."""
    raise NotImplementedError  # TODO


def cosine(k: int, n: int) -> float:
    """Return the factor of the learning rate at step k of n."""
    raise NotImplementedError  # TODO


# %%
def check_momentum_step(answer: Callable[..., tuple[Tensor, Tensor]]) -> None:
    one = torch.ones(1)
    start = torch.tensor([1.0, -2.0])
    weight, velocity = start.clone(), torch.zeros(2)
    judge = nn.Parameter(start.clone())
    optimizer = torch.optim.SGD([judge], lr=0.1, momentum=0.9)
    for step, gradient in enumerate(
        (torch.tensor([1.0, 0.5]), torch.tensor([2.0, -1.0]), torch.zeros(2)), 1
    ):
        before = weight.clone(), velocity.clone()
        result = answer(weight, gradient, velocity, 0.1, 0.9)
        assert isinstance(result, tuple) and len(result) == 2, (
            "Return two tensors: the weight and the velocity."
        )
        assert torch.equal(weight, before[0]), (
            "The weight that was passed in has changed: make a new tensor instead."
        )
        assert torch.equal(velocity, before[1]), (
            "The velocity that was passed in has changed: make a new tensor instead."
        )
        weight, velocity = result
        judge.grad = gradient.clone()
        optimizer.step()
        want = judge.detach()
        hint = {
            1: "Minus the rate times the velocity?",
            2: "Does the velocity keep 0.9 of its past?",
        }
        message = (
            f"After step {step} the weight is {weight.tolist()}, and torch has {want.tolist()}. "
        )
        assert torch.allclose(weight, want), message + hint.get(
            step, "Without a gradient it glides on."
        )
    _, velocity = answer(one, one, one, 0.1, 0.5)
    assert torch.allclose(velocity, 1.5 * one), (
        "The velocity must not contain the rate: 0.5 · 1 + 1 is 1.5."
    )


def check_cosine(answer: Callable[[int, int], float]) -> None:
    assert math.isclose(answer(0, 10), 1.0), (
        f"At the start the factor is 1, not {answer(0, 10):.4g}."
    )
    assert abs(answer(10, 10)) < 1e-9, f"At the end it is 0, not {answer(10, 10):.4g}."
    assert math.isclose(answer(5, 10), 0.5), f"Half way it is 0.5, not {answer(5, 10):.4g}."
    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    for k in range(10):
        want = optimizer.param_groups[0]["lr"]
        assert math.isclose(answer(k, 10), want), (
            f"At step {k} of 10 torch has {want:.4f}, you have {answer(k, 10):.4f}."
        )
        optimizer.step()
        schedule.step()


report(check_momentum_step, momentum_step)
report(check_cosine, cosine)

# %% [markdown]
# ## A worked solution
#
# If both of yours are right, skip this cell and the lab goes on with them.


# %%
def momentum_step(
    weight: Tensor, gradient: Tensor, velocity: Tensor, lr: float, mu: float
) -> tuple[Tensor, Tensor]:
    """Return the weight and the velocity after one step of SGD with momentum."""
    velocity = mu * velocity + gradient
    return weight - lr * velocity, velocity


def cosine(k: int, n: int) -> float:
    """Return the factor of the learning rate at step k of n."""
    return (1 + math.cos(math.pi * k / n)) / 2


report(check_momentum_step, momentum_step)
report(check_cosine, cosine)

# %% [markdown]
# ## How far does momentum reach?
#
# Suppose the gradient is 1 in every step. How large does the velocity become?

# %%
weight, velocity = torch.zeros(1), torch.zeros(1)
for k in range(1, 61):
    weight, velocity = momentum_step(weight, torch.ones(1), velocity, lr=0.1, mu=0.9)
    if k in (1, 2, 5, 10, 20, 60):
        print(f"step {k:>2}: velocity {velocity.item():.2f}")

# %% [markdown]
# It approaches 1 / (1 − 0.9), which is ten. So as long as the gradients agree, momentum 0.9 makes
# ten steps of one. Whoever compares SGD with and without it at the same rate compares a rate with
# one ten times as large.
#
# Does torch do the same in a whole training? Train one network with both: `torch.optim.SGD`, and
# your step on each of its parameters.


# %%
def network(seed: int) -> nn.Sequential:
    """Make the network 64-64-10 from a seed."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


loss_fn = nn.CrossEntropyLoss()
theirs, ours = network(0), network(0)
optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
velocities = [torch.zeros_like(p) for p in ours.parameters()]
for k in range(100):
    loss = loss_fn(theirs(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

    loss = loss_fn(ours(x), y)
    ours.zero_grad()
    loss.backward()
    with torch.no_grad():
        for n, p in enumerate(ours.parameters()):
            new, velocities[n] = momentum_step(p, p.grad, velocities[n], lr=0.1, mu=0.9)
            p.copy_(new)
gap = max((a - b).abs().max().item() for a, b in zip(theirs.parameters(), ours.parameters()))
print("largest difference after 100 steps below a thousandth:", gap < 1e-3)

# %% [markdown]
# ## The race
#
# Two optimizers, three rates for SGD with momentum and three for Adam, each constant and with the
# cosine, 15 epochs in batches of 64, from five starts. `LambdaLR` multiplies the rate by your
# cosine after every step.


# %%
EPOCHS, SEEDS = 15, range(5)
Make = Callable[[Any], torch.optim.Optimizer]
RACE: dict[str, Make] = {
    "SGD 0.01": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "SGD 0.1": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "SGD 0.3": lambda p: torch.optim.SGD(p, lr=0.3, momentum=0.9),
    "Adam 0.001": lambda p: torch.optim.Adam(p, lr=0.001),
    "Adam 0.01": lambda p: torch.optim.Adam(p, lr=0.01),
    "Adam 0.05": lambda p: torch.optim.Adam(p, lr=0.05),
}


def train(make: Make, seed: int, falling: bool) -> tuple[list[float], float]:
    """Train from a seed; return the mean training loss of each epoch and the test accuracy."""
    x, y, test_x, test_y = split(seed)
    model = network(seed)
    optimizer = make(model.parameters())
    steps = EPOCHS * math.ceil(len(x) / 64)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda k: cosine(k, steps) if falling else 1.0
    )
    history = []
    for _ in range(EPOCHS):
        losses = []
        for chosen in torch.randperm(len(x)).split(64):
            output = model(x[chosen])
            loss = loss_fn(output, y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        history.append(statistics.fmean(losses))
    with torch.no_grad():
        return history, 100 * (model(test_x).argmax(dim=1) == test_y).float().mean().item()


runs = {
    (name, falling): [train(make, seed, falling) for seed in SEEDS]
    for name, make in RACE.items()
    for falling in (False, True)
}
print(len(runs), "settings,", len(SEEDS), "starts each")

# %% tol="1.5"
scores = {setting: [accuracy for _, accuracy in found] for setting, found in runs.items()}
print("            constant  cosine   cosine − constant, each start")
for name in RACE:
    constant, falling = scores[name, False], scores[name, True]
    gains = " ".join(f"{b - a:+6.1f}" for a, b in zip(constant, falling))
    print(f"{name:<12}{statistics.fmean(constant):8.1f}{statistics.fmean(falling):8.1f}   {gains}")
noise = 100 * math.sqrt(0.97 * 0.03 / len(test_y))
print(f"noise of one accuracy near 97 %, from {len(test_y)} images: {noise:.1f} points")

best = {
    name: max(statistics.fmean(found) for setting, found in scores.items() if name in setting[0])
    for name in ("SGD", "Adam")
}
assert abs(best["SGD"] - best["Adam"]) < 1
means = {setting: statistics.fmean(found) for setting, found in scores.items()}
assert means["Adam 0.01", False] > means["SGD 0.01", False] + 1
assert means["SGD 0.1", False] > means["Adam 0.001", False] + 1
for name in ("SGD 0.01", "Adam 0.001"):
    assert max(b - a for a, b in zip(scores[name, False], scores[name, True])) < -1

# %% [markdown]
# Three things to read.
#
# **The rate decides, not the name.** Within each optimizer the rows differ by several points. The
# best row of SGD and the best row of Adam differ by less than one. Take SGD at 0.01 and Adam at
# 0.01, and Adam wins in this table; take SGD at 0.1 and Adam at 0.001, and SGD does. An
# experiment with one rate each can show whatever you like.
#
# **At a small rate the cosine hurts**, in every start, and by more than the noise. The network
# had not arrived yet, and the cosine took away half of the way that was left: the mean of its
# factor is one half.
#
# **At a large rate nobody can tell.** There the differences go both ways from start to start, and
# most are about as large as the noise. The loss on the training images shows what happens:

# %% html="1" tol="any"
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


fig = Figure(figsize=(6, 3.4), layout="constrained")
panels = fig.subplots(ncols=2, sharey=True)
shown = {"SGD": ("SGD 0.01", "SGD 0.3"), "Adam": ("Adam 0.001", "Adam 0.05")}
for ax, (title, names) in zip(panels, shown.items()):
    settings = [(name, falling) for name in names for falling in (False, True)]
    for (name, falling), style in zip(settings, STYLES):
        curves = zip(*(history for history, _ in runs[name, falling]))
        means = [statistics.fmean(values) for values in curves]
        label = name.split()[1] + (", cosine" if falling else "")
        ax.plot(range(1, EPOCHS + 1), means, label=label, markersize=4, markevery=3, **style)
    ax.set(title=title, xlabel="epoch", yscale="log", ylim=(0.003, 3), xlim=(0.5, EPOCHS + 0.5))
    ax.set_xticks([1, 5, 10, 15])
    ax.minorticks_off()
    ax.legend(loc="lower left", fontsize=8)
panels[0].set(ylabel="training loss")
show(
    fig,
    "momentum_and_adam",
    "Training loss over fifteen epochs, on a logarithmic scale, SGD left and Adam right. At the "
    "small rate the curve with the cosine levels off above the constant one. At the large rate both "
    "fall far lower: the one with the cosine is ahead in the middle, flattens out, and at the end "
    "the constant one has caught up or is lower.",
)

# %% [markdown]
# *Means of five starts; solid lines keep their rate, dashed lines let it fall.* At the small
# rates the dashed line stops too high. At the large ones it is ahead in the middle, where smaller
# steps are calmer, and flattens out while the solid line goes on. With Adam the solid line even
# ends lower, and yet its accuracy is not higher: these networks know their training images by
# then, and a loss on them says little about others.
#
# ## What to take home
#
# Before you believe that one optimizer beats another, ask three questions. Was each given several
# rates? From how many starts? And was it trained long enough for its schedule? In your own work:
# Adam with a rate found by trying, constant, is a good beginning. A falling rate is for the end
# of a training that has already arrived.
#
# ## Now try
#
# - Train for 60 epochs instead of 15. At which rate does the cosine begin to help?
# - Set the momentum to 0 and multiply the rate by ten. Do the curves coincide with those of
#   momentum 0.9?
# - Let the rate rise over the first three epochs and fall afterwards (a warm-up). Does it tame
#   SGD at 1.0?
# - Write Adam's step by hand, as you did momentum's, and check it against `torch.optim.Adam`.
