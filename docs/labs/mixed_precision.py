# %% [markdown]
# # Lab: mixed precision
#
# *Half the bytes. Half the time? The same result?*
#
# A float32 takes four bytes, a [bfloat16](../reference/glossary.md#bfloat16) two. If a network
# could be trained in half the bytes, twice as many numbers would pass through the same wires.
# "Mixed precision doubles the speed", says the advice, and "the accuracy stays the same". You
# will look at what a bfloat16 can hold, write a training step in mixed precision, compare its
# results from several starts with float32, and measure the speed of *your* machine.
#
# Run the cells from the top. Where a cell says `TODO` it is your turn, and the check below it
# says in words what is still missing. The worked solution follows. Most of the lab runs on any
# CPU; two cells at the end need an NVIDIA GPU.

# %%
import time
from collections.abc import Callable
from typing import Any

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

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
# ## What fits into two bytes?
#
# Two kinds of float have 16 bits, and they spend them differently:

# %%
for dtype in (torch.float32, torch.bfloat16, torch.float16):
    info = torch.finfo(dtype)
    name = str(dtype).removeprefix("torch.")
    ends = f"largest {info.max:<8.2g} smallest normal {info.tiny:.0e}"
    print(f"{name:<9} bytes {info.bits // 8}   next after 1: {1 + info.eps:<10.8g} {ends}")

# %% [markdown]
# bfloat16 reaches as far as float32 and has few digits. float16 has more digits, and ends early
# on both sides. What few digits mean:

# %%
weight = torch.tensor(1.0, dtype=torch.bfloat16)
print(weight + 0.001)
print(torch.tensor(256.0, dtype=torch.bfloat16) + 1)

# %% [markdown]
# A step of 0.001 on a weight of 1 is lost: there is no bfloat16 between 1 and 1.0078. Thousands
# of such steps would change nothing. So the rule of *mixed* precision is: the weights stay in
# float32, and only the calculations that can bear it happen in 16 bits.
#
# `torch.autocast` does that for the operations inside its `with`. Which ones? Ask the results,
# all made from float32:

# %%
layer, inputs, labels = nn.Linear(8, 8), torch.zeros(4, 8), torch.tensor([1, 2, 3, 4])
with torch.autocast("cpu", dtype=torch.bfloat16):
    hidden = layer(inputs)
    results = {
        "linear layer": hidden,
        "matrix product": inputs @ inputs.T,
        "relu of the layer": hidden.relu(),
        "addition of two float32": inputs + inputs,
        "cross-entropy": F.cross_entropy(hidden, labels),
        "mean squared error": F.mse_loss(hidden, inputs),
    }
for name, result in results.items():
    print(f"{name:<25}{str(result.dtype).removeprefix('torch.')}")
print(f"{'the weights themselves':<25}{str(layer.weight.dtype).removeprefix('torch.')}")

# %% [markdown]
# Products of matrices, where nearly all the time goes, are done in bfloat16. Losses, which add up
# many small numbers, are done in float32. Other operations keep the dtype of what they are given.
#
# ## Your turn
#
# Write `mixed_step`: the five steps of training (forward, loss, zero_grad, backward, step) with
# the first two inside `torch.autocast("cpu", dtype=torch.bfloat16)`, and the other three outside.
# Return the loss.


# %%
def mixed_step(model: nn.Module, x: Tensor, y: Tensor, optimizer: torch.optim.Optimizer) -> Tensor:
    """Do one step of training in mixed precision; return its cross-entropy, detached."""
    raise NotImplementedError  # TODO


# %%
class Watched(nn.Module):
    """A layer that notes what happens to it."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Linear(4, 3)
        self.forward_dtypes: list[torch.dtype] = []
        self.backward_in_autocast: list[bool] = []

    def forward(self, x: Tensor) -> Tensor:
        output = self.layer(x)
        self.forward_dtypes.append(output.dtype)
        if output.requires_grad:
            output.register_hook(
                lambda _: self.backward_in_autocast.append(torch.is_autocast_enabled("cpu"))
            )
        return output


def check_mixed_step(answer: Callable[..., Tensor]) -> None:
    x, y = torch.eye(4)[:3], torch.tensor([0, 1, 2])
    model, twin = Watched(), Watched()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    before = model.layer.weight.detach().clone()
    losses = [answer(model, x, y, optimizer) for _ in range(2)]
    assert isinstance(losses[0], Tensor) and losses[0].numel() == 1, (
        "Return the loss, a tensor with one number."
    )
    assert not losses[0].requires_grad, "Return loss.detach(), so that the graph can go."
    assert model.forward_dtypes, "The model was never called."
    found = model.forward_dtypes[0]
    assert found == torch.bfloat16, (
        f"The forward pass ran in {found}: put it inside torch.autocast."
    )
    assert losses[0].dtype == torch.float32, (
        "The loss is not float32: compute it inside torch.autocast, too."
    )
    assert model.backward_in_autocast, "backward() was not called."
    assert not any(model.backward_in_autocast), (
        "backward() ran inside torch.autocast: end the `with` before it."
    )
    assert model.layer.weight.dtype == torch.float32, (
        "The weights are no longer float32: leave the model as it is."
    )
    assert not torch.equal(model.layer.weight, before), (
        "The weights did not move: is step() missing?"
    )
    other = torch.optim.SGD(twin.parameters(), lr=0.5)
    for _ in range(2):
        loss = F.cross_entropy(twin.layer(x), y)
        other.zero_grad()
        loss.backward()
        other.step()
    gap = (model.layer.weight - twin.layer.weight).abs().max().item()
    assert gap < 0.02, f"After two steps a weight is {gap:.3f} off: is zero_grad() missing?"


report(check_mixed_step, mixed_step)

# %% [markdown]
# ## A worked solution
#
# If yours is right, skip this cell and the lab goes on with it.


# %%
def mixed_step(model: nn.Module, x: Tensor, y: Tensor, optimizer: torch.optim.Optimizer) -> Tensor:
    """Do one step of training in mixed precision; return its cross-entropy, detached."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = model(x)
        loss = F.cross_entropy(output, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


report(check_mixed_step, mixed_step)

# %% [markdown]
# ## Is the result the same?
#
# Three ways to train one small network on scikit-learn's handwritten digits, 1,000 to learn from
# and the rest to test with: float32; mixed precision; and the radical one, everything in
# bfloat16, weights included. Each from four starts, with SGD, for twenty epochs.


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


def plain_step(model: nn.Module, x: Tensor, y: Tensor, optimizer: torch.optim.Optimizer) -> Tensor:
    """Do one step of training in the dtype of the model."""
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def trained(way: str, seed: int, lr: float, epochs: int = 20) -> tuple[nn.Module, float, float]:
    """Train one of three ways; return the model, its test loss and its accuracy in percent."""
    x, y, test_x, test_y = split(seed)
    model = network(seed)
    if way == "all bfloat16":
        model, x = model.bfloat16(), x.bfloat16()
    step = mixed_step if way == "mixed" else plain_step
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(64):
            step(model, x[chosen], y[chosen], optimizer)
    model.float()
    with torch.no_grad():
        output = model(test_x)
    return (
        model,
        F.cross_entropy(output, test_y).item(),
        100 * (output.argmax(1) == test_y).float().mean().item(),
    )


WAYS, SEEDS = ("float32", "mixed", "all bfloat16"), range(4)
runs = {(way, lr): [trained(way, seed, lr) for seed in SEEDS] for lr in (0.3, 0.03) for way in WAYS}
print(len(runs), "settings,", len(SEEDS), "starts each")

# %% tol="1"
print("rate   way            test accuracy, each start")
for (way, lr), found in runs.items():
    print(f"{lr:<7g}{way:<15}{'  '.join(f'{accuracy:.1f}' for _, _, accuracy in found)}")

# %% tol="3%"
print("rate   way            test loss, each start")
for (way, lr), found in runs.items():
    print(f"{lr:<7g}{way:<15}{'  '.join(f'{loss:.3f}' for _, loss, _ in found)}")
for (_, full, _), (_, mixed, _), (_, half, _) in zip(*(runs[way, 0.03] for way in WAYS)):
    assert abs(full - mixed) < 0.005 < 0.03 < half - full

# %% [markdown]
# Mixed precision and float32 agree to the second or third digit of the loss, in every start. With
# everything in bfloat16 there is a difference that comes back: at the small rate its loss is
# higher, each time. Those are the lost steps: the smaller the step, the more of it is rounded
# away. At the large rate the accuracy shows nothing of this, because it can only move by whole
# images. So compare losses, too, before you call two ways the same.
#
# And are the *weights* the same?

# %% tol="any"
for lr in (0.3, 0.03):
    gaps = []
    for (a, _, _), (b, _, _) in zip(runs["float32", lr], runs["mixed", lr]):
        gaps.append(max((p - q).abs().max().item() for p, q in zip(a.parameters(), b.parameters())))
    each = "  ".join(f"{gap:.4f}" for gap in gaps)
    print(f"rate {lr}: largest difference between two weights, each start: {each}")

# %% [markdown]
# They are not. Two trainings that differ by a rounding go different ways, further apart the
# larger the steps, and arrive at networks that are equally good.
#
# ## Is it faster?
#
# On *this* CPU, with one thread: a training step of a network with two hidden layers of the width
# given, a batch of 128. The best of several tries, because other programs can only make it
# slower.


# %% tol="any"
def seconds(step: Callable[..., Tensor], width: int, tries: int) -> float:
    """Return the shortest time that one step took."""
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10)
    )  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    x, y, _, _ = split(0)
    times = []
    for _ in range(tries + 1):
        start = time.perf_counter()
        step(model, x[:128], y[:128], optimizer)
        times.append(time.perf_counter() - start)
    return min(times[1:])  # the first one prepares


for width, tries in ((64, 100), (512, 20), (1536, 4)):
    full, mixed = seconds(plain_step, width, tries), seconds(mixed_step, width, tries)
    print(
        f"width {width:>4}, samples/s: float32 {128 / full:8.0f}, mixed {128 / mixed:8.0f}, "
        f"{full / mixed:.2f} times as fast"
    )

# %% [markdown]
# Above 1 mixed precision won, below 1 it lost. These are the numbers of the processor that ran
# this cell, and another may say the opposite. With instructions for bfloat16 (AVX-512 BF16 or AMX
# on Intel and AMD, BF16 on Arm) large layers can win; without them each product is imitated,
# slowly. In small layers the conversions may cost more than they save. The advice "twice as fast"
# comes from GPUs. On a CPU, measure first.
#
# ## float16 needs a helper
#
# Older GPUs have float16 only. It ends early at the small side, and gradients are small. Take the
# gradients of the first layer of a network that we trained, make them a thousand times smaller,
# and put them into 16 bits:

# %% tol="3"
model, _, _ = runs["float32", 0.3][0]
x, y, _, _ = split(0)
model.zero_grad()
F.cross_entropy(model(x), y).backward()
gradient = model[0].weight.grad / 1000
nonzero = gradient[gradient != 0]
for name, small in {
    "float16": nonzero.half(),
    "bfloat16": nonzero.bfloat16(),
    "float16, times 65,536 first": (nonzero * 65536).half(),
}.items():
    lost, whole = (small == 0).float().mean().item(), small.isfinite().all().item()
    print(f"{name:<28} became zero: {100 * lost:4.1f} %   all finite: {whole}")
assert (nonzero.half() == 0).any() and not (nonzero.bfloat16() == 0).any()

# %% [markdown]
# So one multiplies the loss by a large number before `backward()`, and divides the gradients by
# it before `step()`. If a gradient became infinite, the number was too large: that step is left
# out, and the number is halved. `torch.amp.GradScaler` does the bookkeeping. You can watch it on
# the CPU:

# %%
weight = nn.Parameter(torch.ones(1))
optimizer = torch.optim.SGD([weight], lr=1.0)
scaler = torch.amp.GradScaler("cpu")
for slope in (0.25, float("inf"), 0.25):
    loss = (weight * slope).sum()
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    after = f"weight afterwards {weight.item():.2f}   scale afterwards {scaler.get_scale():,.0f}"
    print(f"slope {slope:<5} {after}")

# %% [markdown]
# The second step did not happen, and the scale was halved. bfloat16 reaches as far as float32, so
# it needs no scaler.
#
# ## On a GPU
#
# The same comparison where the advice comes from: samples per second and the peak of memory, in
# float32, bfloat16, and float16 with a scaler. Two things differ from the CPU. The GPU works on
# while Python goes on, so the clock may be read only after `torch.cuda.synchronize()`. And
# `max_memory_allocated` tells how much was needed at most.


# %%
WAYS_16: dict[str, torch.dtype | None] = {
    "float32": None,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def gpu_training(way: str, width: int, batch: int, steps: int) -> tuple[float, float, float]:
    """Train a wide network on a GPU; return samples per second, peak MiB and the last loss."""
    dtype = WAYS_16[way]
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
        nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10),
    ).to("cuda")  # fmt: skip
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    scaler = torch.amp.GradScaler("cuda", enabled=way == "float16")
    x, y, _, _ = split(0)
    rows = torch.randint(len(x), (batch,), generator=torch.Generator().manual_seed(0))
    x, y = x[rows].to("cuda"), y[rows].to("cuda")
    torch.cuda.reset_peak_memory_stats()
    for step in range(steps + 5):
        if step == 5:  # the first few prepare
            torch.cuda.synchronize()
            start = time.perf_counter()
        with torch.autocast("cuda", dtype=dtype, enabled=dtype is not None):
            loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    torch.cuda.synchronize()
    speed = steps * batch / (time.perf_counter() - start)
    return speed, torch.cuda.max_memory_allocated() / 2**20, loss.item()


print("ready")

# %% needs="cuda" tol="any" title="is the gain the same at both widths?"
if torch.cuda.is_available():
    print(torch.cuda.get_device_name())
    for width, batch in ((512, 512), (4096, 4096)):
        for way in WAYS_16:
            speed, peak, loss = gpu_training(way, width, batch, steps=30)
            numbers = f"{speed:>12,.0f} samples/s {peak:>8,.0f} MiB   loss {loss:.3f}"
            print(f"width {width:>4} {way:<9}{numbers}")
else:
    print("no NVIDIA GPU here")

# %% [markdown]
# What to look for when you run it: is the gain the same at both widths? Does the memory really
# halve? The float32 weights stay, and so do their gradients; only what the layers keep for the
# way back shrinks. A fourth way costs one line: since the Ampere generation, GPUs can multiply
# float32 matrices with the digits of 19 bits (TF32).

# %% needs="cuda" tol="any" title="what do fewer digits in a product bring?"
if torch.cuda.is_available():
    for precision in ("highest", "high"):
        torch.set_float32_matmul_precision(precision)
        speed, peak, loss = gpu_training("float32", 4096, 4096, steps=30)
        numbers = f"{speed:>12,.0f} samples/s {peak:>8,.0f} MiB   loss {loss:.3f}"
        print(f"float32, precision {precision:<8}{numbers}")
    torch.set_float32_matmul_precision("highest")
else:
    print("no NVIDIA GPU here")

# %% [markdown]
# ## Now try
#
# - Train all three ways with Adam at 0.01. Is "all bfloat16" still behind?
# - Put a batch norm into the network. What is the dtype of its output in autocast? And of its
#   running averages?
# - Find the width at which mixed precision begins to win on your machine, if it does.
# - Start the scaler at `init_scale=2.0**40` and count the steps that it leaves out.
