# %% [markdown]
# # Lab: a learning-rate finder
#
# *One short run that tries every rate. What does it really tell you?*
#
# Which [learning rate](../reference/glossary.md#learning-rate) should you take? A popular recipe
# spares you the search: train once, but raise the rate after every step, from far too small to
# far too large, and write down the loss. Somewhere it begins to fall, somewhere it explodes, and
# the good rate lies between. "Just before it climbs", say some; "where it falls fastest", say
# others.
#
# You will build the finder, draw its plot, and then do what its descriptions leave out: train
# with each of the rates that it proposes, from several starts, and see which advice was good.
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
# ## The data and the network
#
# Handwritten digits of 8 × 8 pixels come with scikit-learn, 1,797 of them. A seed shuffles them:
# 1,000 to learn from, and the rest to test with. In batches of 64 that makes 16 steps an
# [epoch](../reference/glossary.md#epoch).


# %%
def split(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return 1,000 images (n, 64) float32 from 0 to 1, their labels (n,) int64, and the rest."""
    images, labels = load_digits(return_X_y=True)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    x = torch.from_numpy(images).float()[order] / 16
    y = torch.from_numpy(labels).long()[order]
    return x[:1000], y[:1000], x[1000:], y[1000:]


def network(seed: int) -> nn.Sequential:
    """Make the network 64-64-10 from a seed."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


def batches(x: Tensor, y: Tensor, steps: int) -> list[tuple[Tensor, Tensor]]:
    """Return as many batches of 64 as asked for, shuffled anew for each epoch."""
    chosen: list[Tensor] = []
    while len(chosen) < steps:
        chosen += torch.randperm(len(x)).split(64)
    return [(x[rows], y[rows]) for rows in chosen[:steps]]


x, y, test_x, test_y = split(0)
torch.manual_seed(0)
print(
    tuple(x.shape),
    tuple(test_x.shape),
    "batches of an epoch:",
    len(torch.randperm(len(x)).split(64)),
)

# %% [markdown]
# ## Your turn
#
# 1. `rates`: the rates to try. Each is the one before times the same factor, the first is
#    `lowest` and the last is `highest`. (Adding the same amount would spend nearly all steps on
#    the large rates.) Rate number $k$ of $n$, counted from 0, is $\text{lowest} \cdot
#    q^{k / (n - 1)}$, where $q$ is $\text{highest} / \text{lowest}$.
# 2. `smooth`: single batches are easy or hard, so the loss jumps. Keep a running average $a$,
#    which starts at 0, and after each loss becomes $\beta a + (1 - \beta) \cdot \text{loss}$.
#    Early on it is too small, because it started at 0; dividing by $1 - \beta^{k}$ after $k$
#    losses repairs that. Return the repaired average after each loss.


# %%
def rates(lowest: float, highest: float, steps: int) -> list[float]:
    """Return `steps` rates from `lowest` to `highest`, each the same multiple of the one before."""
    raise NotImplementedError  # TODO


def smooth(losses: list[float], beta: float) -> list[float]:
    """Return the running average after each loss, repaired for its start at 0."""
    raise NotImplementedError  # TODO


# %%
def check_rates(answer: Callable[[float, float, int], list[float]]) -> None:
    got = answer(0.001, 10.0, 5)
    assert len(got) == 5, f"Five rates are wanted, you return {len(got)}."
    assert math.isclose(got[0], 0.001), f"The first must be the lowest, 0.001, and is {got[0]:.4g}."
    assert math.isclose(got[-1], 10.0), f"The last must be the highest, 10, and is {got[-1]:.4g}."
    assert not math.isclose(got[2], 5.0005), (
        "You add the same amount each time; multiply by the same factor."
    )
    want = [0.001, 0.01, 0.1, 1.0, 10.0]
    shown = ", ".join(f"{rate:.4g}" for rate in got)
    assert all(map(math.isclose, got, want)), (
        f"Between 0.001 and 10 five rates are 0.001, 0.01, 0.1, 1, 10, not {shown}."
    )


def check_smooth(answer: Callable[[list[float], float], list[float]]) -> None:
    got = answer([2.0, 2.0, 2.0], 0.9)
    assert len(got) == 3, f"Three losses give three averages, not {len(got)}."
    assert not math.isclose(got[0], 0.2), (
        "The average of one loss of 2 is 2, not 0.2: the start at 0 is not repaired."
    )
    assert all(math.isclose(value, 2.0) for value in got), (
        f"The average of 2, 2, 2 is always 2, not {got}."
    )
    got = answer([4.0, 1.0], 0.5)
    assert math.isclose(got[0], 4.0), (
        f"After the first loss, 4, the average is 4, not {got[0]:.4g}."
    )
    assert math.isclose(got[1], 2.0), (
        f"With beta 0.5, 4 and then 1 make (0.25 · 4 + 0.5 · 1) / 0.75 = 2, not {got[1]:.4g}."
    )


report(check_rates, rates)
report(check_smooth, smooth)

# %% [markdown]
# ## A worked solution
#
# If both of yours are right, skip this cell and the lab goes on with them.


# %%
def rates(lowest: float, highest: float, steps: int) -> list[float]:
    """Return `steps` rates from `lowest` to `highest`, each the same multiple of the one before."""
    return [lowest * (highest / lowest) ** (k / (steps - 1)) for k in range(steps)]


def smooth(losses: list[float], beta: float) -> list[float]:
    """Return the running average after each loss, repaired for its start at 0."""
    average, found = 0.0, []
    for k, loss in enumerate(losses, 1):
        average = beta * average + (1 - beta) * loss
        found.append(average / (1 - beta**k))
    return found


report(check_rates, rates)
report(check_smooth, smooth)

# %% [markdown]
# ## The sweep
#
# The five steps of training, with one line before them that sets the rate. An optimizer keeps its
# settings in `param_groups`.


# %%
LOWEST, HIGHEST = 1e-5, 3.0


def sweep(seed: int, steps: int) -> tuple[list[float], list[float]]:
    """Train once with a rising rate; return the rates and the loss at each."""
    x, y, _, _ = split(seed)
    model = network(seed)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters())
    tried, losses = rates(LOWEST, HIGHEST, steps), []
    for rate, (inputs, labels) in zip(tried, batches(x, y, steps)):
        optimizer.param_groups[0]["lr"] = rate
        output = model(inputs)
        loss = loss_fn(output, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return tried, losses


def marks(tried: list[float], losses: list[float]) -> dict[str, float]:
    """Return the rates that different people would take from the same curve."""
    curve = smooth(losses, 0.9)
    low = min(range(len(curve)), key=curve.__getitem__)
    falls = [curve[k + 1] - curve[k] for k in range(max(low, 1))]
    steepest = min(range(len(falls)), key=falls.__getitem__)
    climbs = next((k for k in range(low, len(curve)) if curve[k] > 2 * curve[low]), len(curve) - 1)
    return {
        "where it falls fastest": tried[steepest],
        "a tenth of the lowest": tried[low] / 10,
        "the lowest": tried[low],
        "just before it climbs": tried[climbs],
    }


STEPS = 160
tried, losses = sweep(0, STEPS)
print(len(tried), "steps,", STEPS // 16, "epochs")

# %% tol="60%"
for rule, rate in marks(tried, losses).items():
    print(f"{rule:<24}{rate:.4f}")

# %% [markdown]
# "It climbs" needs a definition, and gets one here: where the smoothed loss is twice its lowest
# value. From one curve, four pieces of advice, and the highest rate is many times the lowest.
# They cannot all be right.
#
# ## Which advice is good?
#
# To find out, train in the ordinary way, with one rate from the first step to the last, for ten
# epochs and from three starts, for a whole row of rates.


# %%
def trained(seed: int, rate: float, epochs: int = 10) -> float:
    """Train with one rate; return the test accuracy in percent."""
    x, y, test_x, test_y = split(seed)
    model = network(seed)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for inputs, labels in batches(x, y, 16 * epochs):
        output = model(inputs)
        loss = loss_fn(output, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return 100 * (model(test_x).argmax(dim=1) == test_y).float().mean().item()


GRID = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
outcome = {rate: [trained(seed, rate) for seed in range(3)] for rate in GRID}
print("rates tried:", len(outcome))

# %% tol="8"
print("rate     mean   each start")
for rate, found in outcome.items():
    print(
        f"{rate:<7g}{statistics.fmean(found):6.1f}  {' '.join(f'{value:6.1f}' for value in found)}"
    )
means = {rate: statistics.fmean(found) for rate, found in outcome.items()}
assert max(means, key=means.get) in (0.01, 0.03)
assert means[0.3] < 80 and means[0.1] < means[0.03]

# %% [markdown]
# Here is the finder's curve above, and below it what each rate is worth:

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


fig = Figure(figsize=(6, 5.2), layout="constrained")
above, below = fig.subplots(nrows=2, sharex=True)
capped = [min(loss, 3.3) for loss in losses]  # after the climb anything may happen
above.plot(tried[::3], capped[::3], ".", color="#8a8782", markersize=3, label="every third batch")
curve = [min(loss, 3.3) for loss in smooth(losses, 0.9)]
above.plot(tried[::2], curve[::2], color=STYLES[0]["color"], label="smoothed")
below.plot(GRID, [means[rate] for rate in GRID], label="mean of three starts", **STYLES[2])
for letter, rate in zip("ABCD", marks(tried, losses).values()):
    for ax in (above, below):
        ax.axvline(rate, color=STYLES[1]["color"], linestyle=":", linewidth=1.2)
    above.text(rate, 3.45, letter, ha="center", color=STYLES[1]["color"])
above.set(ylabel="loss of the batch", ylim=(0, 3.4), xscale="log", xlim=(1e-5, 3))
below.set(xlabel="learning rate", ylabel="test accuracy in %", ylim=(0, 104))
above.minorticks_off()
below.minorticks_off()
above.set_yticks([0, 1, 2, 3])
below.set_yticks([0, 25, 50, 75, 100])
above.legend(loc="lower left")
below.legend(loc="lower left")
show(
    fig,
    "learning_rate_finder",
    "Two panels over the same learning rates. Above, the loss of the sweep: flat, then falling, "
    "lowest at mark C, then rising steeply past mark D. Below, the accuracy after ten epochs: low "
    "for small rates, highest around mark A, and far down at mark D.",
)

# %% [markdown]
# *The dotted lines are the four pieces of advice: A, where the loss falls fastest; B, a tenth of
# the lowest; C, the lowest; D, just before it climbs. Follow each line down to the accuracy that
# it buys.*
#
# One start proves nothing, so here is each rule on five starts: its own sweep, its own pick, its
# own ten epochs.


# %% tol="12"
def compete(steps: int) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Return for each rule the median rate of five starts and the accuracies it earned."""
    picks = [marks(*sweep(seed, steps)) for seed in range(5)]
    middle = {rule: statistics.median(pick[rule] for pick in picks) for rule in picks[0]}
    return middle, {
        rule: [trained(n, pick[rule]) for n, pick in enumerate(picks)] for rule in middle
    }


results = {STEPS: compete(STEPS)}
print(f"{'':<24}mean   each start")
for rule, found in results[STEPS][1].items():
    print(
        f"{rule:<24}{statistics.fmean(found):4.1f}  {' '.join(f'{value:6.1f}' for value in found)}"
    )
earned = results[STEPS][1]
assert min(earned["where it falls fastest"]) > max(earned["just before it climbs"])
assert max(earned["the lowest"]) > 90 and min(earned["the lowest"]) < 85
assert statistics.fmean(earned["a tenth of the lowest"]) > statistics.fmean(earned["the lowest"])

# %% [markdown]
# "Just before it climbs" fails, in every start. Why? At that point of the sweep the network has
# had many smaller steps and stands in a good place, from which one large step does little harm at
# first. A training that *begins* with such a rate never gets there. "The lowest" is a gamble:
# fine in some starts, a failure in others. The first two rules earn about the same: the
# difference between them is smaller than the spread of the starts.
#
# ## How long must the sweep be?
#
# One [epoch](../reference/glossary.md#epoch) of these digits is 16 steps, far too few for a
# curve. Here are sweeps of three lengths. First the rate that each rule picks, the median of five
# starts:

# %% tol="80%"
LENGTHS = (40, 160, 640)
results |= {steps: compete(steps) for steps in LENGTHS if steps not in results}
print(f"{'':<24}" + "".join(f"{steps:>6} steps" for steps in LENGTHS))
for rule in results[40][0]:
    print(f"{rule:<24}" + "".join(f"{results[steps][0][rule]:>12.4f}" for steps in LENGTHS))
assert all(results[40][0][rule] > 4 * results[640][0][rule] for rule in results[40][0])

# %% [markdown]
# And what these rates earn, the mean of the same five starts, in percent of the test images:

# %% tol="15"
print(f"{'':<24}" + "".join(f"{steps:>6} steps" for steps in LENGTHS))
means_of = {
    rule: [statistics.fmean(results[steps][1][rule]) for steps in LENGTHS] for rule in earned
}
for rule, found in means_of.items():
    print(f"{rule:<24}" + "".join(f"{value:>12.1f}" for value in found))
assert all(value > 90 for rule in list(earned)[:2] for value in means_of[rule])
assert means_of["just before it climbs"][0] < 50 and means_of["just before it climbs"][2] > 90

# %% [markdown]
# The longer the sweep, the smaller the rate that it proposes, whatever the rule. In a short sweep
# the rate has risen far before the network could learn anything, so the fall comes late and looks
# as if it belonged to a large rate. The curve does not show what a *rate* does. It shows what a
# rate does after all those before it. So "just before it climbs" is neither good nor bad advice:
# it fails after a short sweep and works after a long one. The two cautious rules earned more than
# nine tenths at every length.
#
# What is the finder good for, then? It tells you the decade, for the price of one run. Take a
# cautious rule. Then train with three or four rates around it, from more than one start, and keep
# the one that wins.
#
# ## Now try
#
# - Replace Adam by `torch.optim.SGD` with `momentum=0.9` in both places. By how much do all the
#   marks move?
# - Take batches of 16. Does the rate that the finder proposes go up or down? Do the trainings
#   agree?
# - Smooth with `beta` 0.5 and 0.98, and see which of the four rules minds most.
# - Add a rule of your own to `marks`, and let it compete.
