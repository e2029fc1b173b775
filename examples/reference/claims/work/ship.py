"""Claims that the chapter `docs/work/ship.md` checks."""

from __future__ import annotations

import warnings

import torch
from torch import nn
from torch.export import export

from examples.reference.claims import HALF, Claims, Finding, judge
from examples.work.ship import bins, pictures, right, squeezed, trained

CLAIMS = Claims()
_PAGE = "work/ship"


@CLAIMS.on(_PAGE)
def softmax_is_probability() -> Finding:
    """Softmax gives the probability that the answer is right."""
    x, y = pictures()[2]
    with torch.inference_mode():
        found = bins(trained()(x).softmax(dim=1), y)
    _, sure, hit = found[-2]
    text = f"of digits read with {sure:.2f} on average, {hit:.2f} were right"
    return judge(abs(sure - hit) < 0.05, text)


@CLAIMS.on(_PAGE)
def eval_is_why() -> Finding:
    """If a deployed model answers otherwise than the notebook, `eval()` was forgotten."""
    x, y = pictures()[2]
    model = trained()
    paper, forgotten = right(model, 255 - x, y), right(model.train(), x, y)
    text = f"forgotten: {forgotten:.0f} % right; black ink on white: {paper:.0f} %"
    return judge(forgotten < paper, text, HALF)


@CLAIMS.on(_PAGE)
def export_follows_the_model() -> Finding:
    """An exported model can be switched to evaluation later, like any module."""
    program = export(nn.Sequential(nn.Linear(2, 2), nn.Dropout()), (torch.ones(2, 2),)).module()
    try:
        program.eval()
    except NotImplementedError as error:
        return judge(False, f"`{error}`")
    return judge(True, "it can")


@CLAIMS.on(_PAGE)
def int8_costs_no_accuracy() -> Finding:
    """Weights rounded to int8 need a quarter of the room, and accuracy stays the same."""
    x, y = pictures()[2]
    model = trained()
    small, room = squeezed(model)
    share = room / sum(p.nbytes for p in model.parameters() if p.dim() == 2)
    before, after = right(model, x, y), right(small, x, y)
    text = f"{share:.2f} of the bytes; {before:.0f} % right, then {after:.0f} %"
    return judge(share < 0.3 and abs(before - after) < 1, text)


@CLAIMS.on(_PAGE)
def script_to_deploy() -> Finding:
    """To run a model without its Python code, convert it with `torch.jit.script`."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.jit.script(nn.ReLU())
    text = str(caught[0].message) if caught else "no warning"
    return judge(not caught, f"it runs, and warns: {text}", HALF)
