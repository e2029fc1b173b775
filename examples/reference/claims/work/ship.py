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


@CLAIMS.on(
    _PAGE, of="5.5", at="Is softmax's number a probability?", shows="examples/work/ship.py:bins"
)
def softmax_is_probability() -> Finding:
    """Softmax gives the probability that the answer is right."""
    x, y = pictures()[2]
    with torch.inference_mode():
        found = bins(trained()(x).softmax(dim=1), y)
    _, sure, hit = found[-2]
    text = f"of digits read with {sure:.2f} on average, {hit:.2f} were right"
    return judge(abs(sure - hit) < 0.05, text)


@CLAIMS.on(
    _PAGE,
    of="5.6",
    at="Why does my app give other answers than my notebook?",
    shows='"as in training": right(model, x_test, y_test)',
)
def eval_is_why() -> Finding:
    """If a deployed model answers otherwise than the notebook, `eval()` was forgotten."""
    x, y = pictures()[2]
    model = trained()
    paper, forgotten = right(model, 255 - x, y), right(model.train(), x, y)
    text = f"forgotten: {forgotten:.0f} % right; black ink on white: {paper:.0f} %"
    return judge(forgotten < paper, text, HALF)


@CLAIMS.on(_PAGE, of="5.7", at="torch.export: a model without its code", shows="noisy.eval()")
def export_follows_the_model() -> Finding:
    """An exported model can be switched to evaluation later, like any module."""
    program = export(nn.Sequential(nn.Linear(2, 2), nn.Dropout()), (torch.ones(2, 2),)).module()
    try:
        program.eval()
    except NotImplementedError as error:
        return judge(False, f"`{error}`")
    return judge(True, "it can")


@CLAIMS.on(_PAGE, of="5.8", at="int8: smaller weights", shows="small, after = squeezed(model)")
def int8_costs_no_accuracy() -> Finding:
    """Weights rounded to int8 need a quarter of the room, and accuracy stays the same."""
    x, y = pictures()[2]
    model = trained()
    small, room = squeezed(model)
    share = room / sum(p.nbytes for p in model.parameters() if p.dim() == 2)
    before, after = right(model, x, y), right(small, x, y)
    text = f"{share:.2f} of the bytes; {before:.0f} % right, then {after:.0f} %"
    return judge(share < 0.3 and abs(before - after) < 1, text)


@CLAIMS.on(
    _PAGE, of="5.9", at="What is old, and what to read instead", shows="torch.jit.script(nn.ReLU())"
)
def script_to_deploy() -> Finding:
    """To run a model without its Python code, convert it with `torch.jit.script`."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scripted = torch.jit.script(nn.ReLU())
    runs = scripted(torch.tensor([-1.0, 1.0])).tolist() == [0, 1]
    said = str(caught[0].message) if caught else "nothing"
    return judge(runs and not caught, f"it runs: {runs}, and it warns of: {said}", HALF)
