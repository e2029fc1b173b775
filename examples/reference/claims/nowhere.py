"""Claims that no chapter checks yet, and what no run on one machine can settle."""

from __future__ import annotations

import io
import pickle

import torch
from torch import nn

from examples.models.modules import MLP
from examples.reference.claims import OPEN, Claims, Finding, judge

CLAIMS = Claims()
_PAGE = ""


@CLAIMS.on(_PAGE)
def save_and_load() -> Finding:
    """A `state_dict` can be saved and loaded with `weights_only=True`."""
    first, second, file = MLP(4, 3, 3, 2).eval(), MLP(4, 3, 3, 2).eval(), io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second.load_state_dict(torch.load(file, weights_only=True))
    same = torch.equal(first(torch.ones(1, 4)), second(torch.ones(1, 4)))
    return judge(same, f"saved, loaded into another model; same answer: {same}")


@CLAIMS.on(_PAGE)
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


@CLAIMS.on(_PAGE, of="3.06")
def resnet_hours() -> Finding:
    """ResNet-50 learns ImageNet in 6 hours on one A100, and in 3,000 hours by hand."""
    return OPEN, "needs an A100 and 1.28 million images"


@CLAIMS.on(_PAGE, of="3.11")
def share_of_papers() -> Finding:
    """Three of four research papers used PyTorch in 2022, after 7 % in 2017."""
    return OPEN, "needs a count of papers; no source is given"


@CLAIMS.on(_PAGE, of="3.11 3.40")
def one_lab() -> Finding:
    """A well-known laboratory works in PyTorch first of all."""
    return OPEN, "nothing to run; the same text names another framework for the same laboratory"
