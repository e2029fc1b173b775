"""More claims that the chapters in `docs/models/` check."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from examples.models.losses import JOBS
from examples.models.training_loop import LABELS, neuron, noisy_xor
from examples.reference.claims import FALSE, HALF, OPEN, Claims, Finding, judge
from examples.reference.claims_tensors_b import refused
from examples.tensors.create import people

CLAIMS = Claims()
_MODULES, _LOSSES = "models/modules", "models/losses"
_OPTIMIZERS, _LOOP = "models/optimizers", "models/training-loop"
_DATA, _DIGITS = "models/data", "models/digits"


@CLAIMS.on(_MODULES)
def names_of_all() -> Finding:
    """The `state_dict` has every parameter by its name, at any depth."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 1)))
    names = list(model.state_dict())
    return judge(names == [name for name, _ in model.named_parameters()], ", ".join(names))


@CLAIMS.on(_MODULES)
def resnet() -> Finding:
    """ResNet-50 has 25.6 million parameters."""
    total, before = 64 * 3 * 7 * 7 + 2 * 64, 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        total += before * 4 * width + 2 * 4 * width  # the first block's shortcut
        for _ in range(blocks):  # 1 × 1, 3 × 3 and 1 × 1, each with a batch norm
            total += before * width + 9 * width**2 + 4 * width**2 + 2 * (width + width + 4 * width)
            before = 4 * width
    total += before * 1000 + 1000
    return judge(round(total / 1e5) == 256, f"{total:,} by arithmetic")


@CLAIMS.on(_LOSSES)
def five_losses() -> Finding:
    """Each kind of answer has its loss, and each loss wants its kind of outputs and targets."""
    torch.manual_seed(0)
    fits = []
    for _, code, shape, target in JOBS:
        loss = eval(code, {"nn": nn})(torch.randn(shape), eval(target, {"torch": torch}))
        fits.append(loss.shape == ())
    return judge(all(fits), f"{sum(fits)} of {len(fits)} run and give one number")


@CLAIMS.on(_OPTIMIZERS)
def default_rates() -> Finding:
    """Adam and AdamW begin with a rate of 0.001, LBFGS with 1."""
    w = [nn.Parameter(torch.zeros(1))]
    makers = (torch.optim.Adam, torch.optim.AdamW, torch.optim.LBFGS)
    rates = [make(w).defaults["lr"] for make in makers]
    return judge(rates == [0.001, 0.001, 1], ", ".join(f"{rate:g}" for rate in rates))


def _losses(x: torch.Tensor, lr: float, first: bool = False, steps: int = 100) -> list[float]:
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


@CLAIMS.on(_OPTIMIZERS)
def small_because_raw() -> Finding:
    """Data that is not normalized needs a rate as small as 0.0001."""
    x = people()
    scaled = (x - x.mean(0)) / x.std(0)
    raw, tamed = _losses(x, 0.5), _losses(scaled, 0.5)
    throws, falls = raw[1] > 1000, all(b < a for a, b in pairwise(tamed))
    text = f"0.5 throws the raw loss above 1,000: {throws}; scaled, each step lowers it: {falls}"
    return judge(throws and falls, text)


@CLAIMS.on(_LOOP)
def one_order() -> Finding:
    """The order is `zero_grad`, forward, backward, step."""
    x = people()
    same = _losses(x, 1e-4, first=True) == _losses(x, 1e-4)
    text = f"`zero_grad` first, or just before `backward`: losses equal bit for bit: {same}"
    return judge(not same, text, HALF)


@CLAIMS.on(_LOOP)
def update_needs_no_grad() -> Finding:
    """An update by hand must stand under `no_grad`."""
    weight = neuron().weight
    return refused(lambda: weight.__isub__(1.0), "in-place operation")


@CLAIMS.on(_LOOP)
def after_one_step() -> Finding:
    """After one step at .0001 the weights are .0059, −.0212 and .0290, and the bias is −0.0000."""
    unit = neuron()
    nn.BCEWithLogitsLoss()(unit(people()), LABELS).backward()
    torch.optim.SGD(unit.parameters(), lr=1e-4).step()
    weights = [round(w, 4) for w in unit.weight.flatten().tolist()]
    right = weights == [0.0059, -0.0212, 0.029]
    text = f"{weights}; the bias is {unit.bias.item():.4e}".replace("-", "−")
    return judge(right and unit.bias.item() == 0, text, HALF if right else FALSE)


@CLAIMS.on(_LOOP)
def noisy_log() -> Finding:
    """On noisy XOR the loss goes from .6951 (49.8 % right) to .0102 (99.5 %)."""
    count = len(noisy_xor(400, seed=0)[0])
    return OPEN, f"how its {count} points were drawn was not published"


@CLAIMS.on(_DATA)
def mnist_files() -> Finding:
    """MNIST is four files: 60,000 images of 28 × 28 with labels to learn, 10,000 to test."""
    return OPEN, "needs the files; the chapter reads and counts them"


@CLAIMS.on(_DIGITS)
def mnist_97() -> Finding:
    """A 784-128-10 net gets 97 % on MNIST after ten epochs, in under a minute on a laptop."""
    return OPEN, "needs the files and minutes; the chapter trains a larger net on them"


@CLAIMS.on(_DIGITS)
def mnist_978() -> Finding:
    """784-256-128-10 gets 97.8 % on MNIST after ten epochs: 30 s on a CPU, 5 s on a GPU."""
    return OPEN, "needs the files and minutes, and a GPU for the 5 s; the chapter has three starts"
