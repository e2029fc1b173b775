"""Claims that the chapter `docs/work/saving.md` checks."""

from __future__ import annotations

import io
import pickle
from typing import Any

import torch
from torch import nn
from torch.optim import Adam

from examples.models.modules import MLP
from examples.reference.claims import Claims, Finding, judge

CLAIMS = Claims()
_PAGE = "work/saving"


def _filed(thing: object) -> io.BytesIO:
    """Save something, and return the file, to be read from its start."""
    file = io.BytesIO()
    torch.save(thing, file)
    file.seek(0)
    return file


@CLAIMS.on(
    _PAGE, of="3.54", at="Save a model and load it", shows="fresh.load_state_dict(torch.load("
)
def save_and_load() -> Finding:
    """A `state_dict` can be saved and loaded with `weights_only=True`."""
    first, second = MLP(4, 3, 3, 2).eval(), MLP(4, 3, 3, 2).eval()
    second.load_state_dict(torch.load(_filed(first.state_dict()), weights_only=True))
    same = torch.equal(first(torch.ones(1, 4)), second(torch.ones(1, 4)))
    return judge(same, f"another model, loaded from the file, gives the same answer: {same}")


@CLAIMS.on(
    _PAGE, of="3.54", at="Weights only load failed", shows='torch.load(folder / "whole-model.pt")'
)
def whole_model() -> Finding:
    """Save the `state_dict` of a model, and never the whole model."""
    try:
        torch.load(_filed(nn.Linear(2, 1)))
    except pickle.UnpicklingError as error:
        return judge(True, f"`torch.load` refuses a whole one: `{str(error).split('.')[0]}`")
    return judge(False, "a whole one loads as well")


def _adam_after_a_step(lr: float) -> Any:
    """Return the state of an Adam that has taken a step."""
    layer = nn.Linear(3, 1)
    adam = Adam(layer.parameters(), lr=lr)
    layer(torch.ones(2, 3)).sum().backward()
    adam.step()
    return torch.load(_filed(adam.state_dict()))


@CLAIMS.on(
    _PAGE,
    of="5.10",
    at="Resume training from a checkpoint",
    shows="adam = Adam(there.parameters(), lr=0.5)",
)
def rate_is_reset() -> Finding:
    """Save the learning rate yourself: it is reset when an optimizer is loaded."""
    adam = Adam(nn.Linear(3, 1).parameters(), lr=0.001)
    adam.load_state_dict(_adam_after_a_step(lr=0.5))
    rate = adam.param_groups[0]["lr"]
    return judge(rate == 0.001, f"saved with 0.5, loaded into one with 0.001: the rate is {rate}")


@CLAIMS.on(
    _PAGE,
    of="5.11",
    at="Resume training from a checkpoint",
    shows='fresh_adam.state[here.weight]["exp_avg"]',
)
def state_is_left_behind() -> Finding:
    """After loading, move the optimizer's tensors to the device of the model by hand."""
    layer = nn.Linear(3, 1, device="meta")
    adam = Adam(layer.parameters())
    adam.load_state_dict(_adam_after_a_step(lr=0.5))
    device = adam.state[layer.weight]["exp_avg"].device.type
    text = f"saved on `cpu`, loaded for a model on `meta`: the averages are on `{device}`"
    return judge(device == "cpu", text)
