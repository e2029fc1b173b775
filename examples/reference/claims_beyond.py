"""Claims about devices, about saving, and about what no run on one machine can settle."""

from __future__ import annotations

import io
import pickle
import warnings
from unittest.mock import patch

import torch
from torch import nn

from examples.models.modules import MLP
from examples.reference.claims import HALF, OPEN, Claims, Finding, judge
from examples.start.first_ten_minutes import X, XorMLP, Y

CLAIMS = Claims()
_DEVICES, _ENGINE = "work/devices", "autograd/engine"
_NOWHERE = ""


@CLAIMS.on(_DEVICES)
def three_lines() -> Finding:
    """Three lines take a training program to another device."""
    names = ("the model", "the inputs", "the answers")
    needed = []
    for left in names:
        places = ["cpu" if name == left else "meta" for name in names]
        model, x, y = XorMLP().to(places[0]), X.to(places[1]), Y.to(places[2])
        try:
            nn.functional.binary_cross_entropy(model(x), y)
        except RuntimeError:
            needed.append(left)
    text = f"an error where one is left behind: {', '.join(needed)}; a fourth picks the device"
    return judge(len(needed) + 1 <= 3, text, HALF)


@CLAIMS.on(_DEVICES)
def scaler_on_cpu() -> Finding:
    """The loop with `autocast` and `GradScaler` runs on a CPU as it is."""
    no_gpu = patch("torch.cuda.is_available", return_value=False)
    with no_gpu, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scaler = torch.amp.GradScaler("cuda")
    text = f"it runs; a scaler for CUDA warns: {bool(caught)}, is on: {scaler.is_enabled()}"
    return judge(scaler.is_enabled(), text, HALF)


@CLAIMS.on(_DEVICES)
def thousands_of_cores() -> Finding:
    """A CPU has 8 to 16 cores, a GPU several thousand."""
    return OPEN, "needs a GPU, and says little: the two kinds of core are not alike"


@CLAIMS.on(_DEVICES)
def gpu_error() -> Finding:
    """Mixing CPU and GPU raises “Expected all tensors to be on the same device”."""
    return OPEN, "needs a GPU; the chapter has the block"


@CLAIMS.on(_ENGINE)
def epoch_times() -> Finding:
    """An epoch of MNIST takes 300 s by hand, 0.5 s in PyTorch and 0.3 s in JAX."""
    return OPEN, "needs JAX, a GPU, and the machine that was timed"


@CLAIMS.on(_NOWHERE)
def save_and_load() -> Finding:
    """A `state_dict` can be saved and loaded with `weights_only=True`."""
    first, second, file = MLP(4, 3, 3, 2), MLP(4, 3, 3, 2), io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second.load_state_dict(torch.load(file, weights_only=True))
    same = torch.equal(first(torch.ones(1, 4)), second(torch.ones(1, 4)))
    return judge(same, f"saved, loaded into another model; same answer: {same}")


@CLAIMS.on(_NOWHERE)
def whole_model() -> Finding:
    """Save the `state_dict` of a model, and never the whole model."""
    file = io.BytesIO()
    torch.save(nn.Linear(2, 1), file)
    file.seek(0)
    try:
        torch.load(file)
    except pickle.UnpicklingError as error:
        return judge(True, f"`torch.load` refuses a whole one: `{str(error).split('.')[0]}`")
    return judge(False, "a whole one loads as well")


@CLAIMS.on(_NOWHERE)
def resnet_hours() -> Finding:
    """ResNet-50 learns ImageNet in 6 hours on one A100, and in 3,000 hours by hand."""
    return OPEN, "needs an A100 and 1.28 million images"


@CLAIMS.on(_NOWHERE)
def share_of_papers() -> Finding:
    """Three of four research papers used PyTorch in 2022, after 7 % in 2017."""
    return OPEN, "needs a count of papers; no source is given"


@CLAIMS.on(_NOWHERE)
def one_lab() -> Finding:
    """A well-known laboratory works in PyTorch first of all."""
    return OPEN, "nothing to run; the same text names another framework for the same laboratory"
