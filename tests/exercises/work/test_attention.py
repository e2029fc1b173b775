"""Answers to the exercises of *Attention*: other styles pass, usual mistakes are named."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/attention"


def _low_score(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    scores = torch.einsum("...md,...nd->...mn", q, k) * q.size(-1) ** -0.5
    scores = scores + torch.zeros_like(scores).masked_fill(~seen, -1e9)
    return torch.softmax(scores, -1).masked_fill(~seen, 0.0) @ v


def _by_exp(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    parts = (scores - scores.amax(dim=-1, keepdim=True)).exp() * seen
    return (parts / parts.sum(dim=-1, keepdim=True).clamp(min=1e-30)) @ v


def _where(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    lonely = ~seen.any(-1, keepdim=True)
    scores = torch.where(seen | lonely, q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -torch.inf)
    return torch.where(lonely, 0.0, F.softmax(scores, dim=-1) @ v)


def _plain(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, -math.inf).softmax(dim=-1) @ v


def _mended(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    return _plain(q, k, v, seen).nan_to_num(0.0)


def _ready(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)


def _turned(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    return _low_score(q, k, v, ~seen)


def _no_root(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    return _low_score(q * q.shape[-1] ** 0.5, k, v, seen)


def _other_root(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    return _low_score(q * q.shape[-1] ** 0.5 / k.shape[-2] ** 0.5, k, v, seen)


def _everything(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, -1e9).softmax(dim=-1) @ v


def _detached(q: Tensor, k: Tensor, v: Tensor, seen: Tensor) -> Tensor:
    with torch.no_grad():
        return _low_score(q, k, v, seen)


def _in_loops(lengths: Tensor, time: int) -> Tensor:
    mask = torch.zeros(len(lengths), 1, time, time, dtype=torch.bool)
    for text, length in enumerate(lengths.tolist()):
        for row in range(length):
            mask[text, 0, row, : row + 1] = True
    return mask


def _by_numbers(lengths: Tensor, time: int) -> Tensor:
    row, column = torch.arange(time)[:, None], torch.arange(time)
    return ((column <= row) & (row < lengths.view(-1, 1, 1)))[:, None]


def _corner(lengths: Tensor, time: int) -> Tensor:
    blocks = [F.pad(torch.ones(n, n), (0, time - n, 0, time - n)) for n in lengths.tolist()]
    return torch.stack(blocks).tril().bool().unsqueeze(1)


def _hidden(lengths: Tensor, time: int) -> Tensor:
    return ~_by_numbers(lengths, time)


def _padding_only(lengths: Tensor, time: int) -> Tensor:
    real = torch.arange(time) < lengths[:, None]
    return (real[:, :, None] & real[:, None, :])[:, None]


def _keys_only(lengths: Tensor, time: int) -> Tensor:
    real = torch.arange(time) < lengths[:, None]
    return torch.ones(time, time).tril().bool() & real[:, None, None, :]


def _no_heads(lengths: Tensor, time: int) -> Tensor:
    return _by_numbers(lengths, time)[:, 0]


def _not_itself(lengths: Tensor, time: int) -> Tensor:
    return _by_numbers(lengths, time).tril(-1)


def _floats(lengths: Tensor, time: int) -> Tensor:
    return _by_numbers(lengths, time).float()


def _by_sorting(scores: Tensor, temperature: float, k: int) -> Tensor:
    order = scores.argsort(dim=-1, descending=True).argsort(dim=-1)
    if temperature == 0:
        return (order == 0).to(scores.dtype)
    return (scores / temperature).masked_fill(order >= k, -math.inf).softmax(dim=-1)


def _row_by_row(scores: Tensor, temperature: float, k: int) -> Tensor:
    out = torch.zeros(scores.shape)
    for row, line in zip(out, scores, strict=True):
        if temperature == 0:
            row[line.argmax()] = 1.0
        else:
            best = line.topk(min(k, len(line)))
            row[best.indices] = F.softmax(best.values / temperature, dim=0)
    return out


def _renormalized(scores: Tensor, temperature: float, k: int) -> Tensor:
    if temperature == 0:
        return F.one_hot(scores.argmax(-1), scores.shape[-1]).float()
    chances = (scores / temperature).softmax(-1)
    keep = chances.topk(min(k, chances.shape[-1])).indices
    kept = torch.zeros_like(chances).scatter(-1, keep, chances.gather(-1, keep))
    return kept / kept.sum(-1, keepdim=True)


def _border(scores: Tensor, temperature: float, k: int) -> Tensor:
    if temperature == 0:
        return F.one_hot(scores.argmax(-1), scores.shape[-1]).float()
    lowest = scores.topk(min(k, scores.shape[-1])).values[:, -1:]
    return (scores / temperature).masked_fill(scores < lowest, -math.inf).softmax(-1)


def _no_sum(scores: Tensor, temperature: float, k: int) -> Tensor:
    chances = (scores / (temperature or 1e-6)).softmax(-1)
    keep = chances.topk(min(k, chances.shape[-1])).indices
    return torch.zeros_like(chances).scatter(-1, keep, chances.gather(-1, keep))


def _times(scores: Tensor, temperature: float, k: int) -> Tensor:
    return _by_sorting(scores * temperature**2, temperature, k)


def _divided_by_zero(scores: Tensor, temperature: float, k: int) -> Tensor:
    return _by_sorting(scores / temperature, 1.0, k)


def _zeros_for_hidden(scores: Tensor, temperature: float, k: int) -> Tensor:
    order = scores.argsort(dim=-1, descending=True).argsort(dim=-1)
    return (scores / (temperature or 1e-6)).masked_fill(order >= k, 0.0).softmax(dim=-1)


def _in_place(scores: Tensor, temperature: float, k: int) -> Tensor:
    chosen = _by_sorting(scores, temperature, k)
    scores[chosen == 0] = -math.inf
    return chosen


def _start(model: Any) -> list[list[Tensor]]:
    return [[] for _ in model.blocks]


def _first_apart(model: Any, index: Tensor, more: int) -> Tensor:
    if more == 0:
        return index
    with torch.inference_mode():
        past = _start(model)
        signs = [model(index, past)[:, -1].argmax(-1)]
        while len(signs) < more:
            signs.append(model(signs[-1][:, None], past)[:, -1].argmax(-1))
    return torch.hstack([index, torch.stack(signs, dim=1)])


def _sign_by_sign(model: Any, index: Tensor, more: int) -> Tensor:
    past, out = _start(model), list(index.unbind(1))
    for n in range(index.shape[1] + more - 1 if more else 0):
        scores = model(out[n].unsqueeze(1), past).detach()
        if n + 1 == len(out):
            out.append(scores[:, 0].max(dim=-1).indices)
    return torch.stack(out, dim=1)


def _into_a_table(model: Any, index: Tensor, more: int) -> Tensor:
    batch, time = index.shape
    table = index.new_zeros(batch, time + more)
    table[:, :time] = index
    past, done = _start(model), 0
    for n in range(time, time + more):
        table[:, n] = model(table[:, done:n], past)[:, -1].argmax(dim=1)
        done = n
    return table


def _without(model: Any, index: Tensor, more: int) -> Tensor:
    for _ in range(more):
        index = torch.cat([index, model(index)[:, -1:].argmax(-1)], dim=1)
    return index


def _one_too_many(model: Any, index: Tensor, more: int) -> Tensor:
    past = _start(model)
    scores = model(index, past)
    for _ in range(more):
        new = scores[:, -1:].argmax(-1)
        index = torch.cat([index, new], dim=1)
        scores = model(new, past)
    return index


def _all_again(model: Any, index: Tensor, more: int) -> Tensor:
    past = _start(model)
    for _ in range(more):
        index = torch.cat([index, model(index, past)[:, -1:].argmax(-1)], dim=1)
    return index


def _forgets(model: Any, index: Tensor, more: int) -> Tensor:
    new = index
    for _ in range(more):
        new = model(new, _start(model))[:, -1:].argmax(-1)
        index = torch.cat([index, new], dim=1)
    return index


def _new_only(model: Any, index: Tensor, more: int) -> Tensor:
    return _into_a_table(model, index, more)[:, index.shape[1] :]


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("attend_safely", _low_score),
        ("attend_safely", _by_exp),
        ("attend_safely", _where),
        ("may_look", _in_loops),
        ("may_look", _by_numbers),
        ("may_look", _corner),
        ("choose", _by_sorting),
        ("choose", _row_by_row),
        ("choose", _renormalized),
        ("go_on", _first_apart),
        ("go_on", _sign_by_sign),
        ("go_on", _into_a_table),
    ],
)
def test_another_style_is_right(task: str, answer: Callable[..., Any]) -> None:
    """A right answer is right, however it was written."""
    verdict = judge(CHAPTER, task, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("attend_safely", _plain, "wrong", "nan in the result"),
        ("attend_safely", _mended, "wrong", "the gradient of v has nan"),
        ("attend_safely", _ready, "wrong", "by hand"),
        ("attend_safely", _turned, "wrong", "all is seen"),
        ("attend_safely", _no_root, "wrong", "all is seen"),
        ("attend_safely", _other_root, "wrong", "all is seen"),
        ("attend_safely", _everything, "wrong", "sees nothing"),
        ("attend_safely", _detached, "wrong", "lost its gradient"),
        ("may_look", _hidden, "wrong", "does True mean"),
        ("may_look", _padding_only, "wrong", "its future"),
        ("may_look", _keys_only, "wrong", "is padding, and sees"),
        ("may_look", _no_heads, "wrong", "expected shape"),
        ("may_look", _not_itself, "wrong", "should see step 0"),
        ("may_look", _floats, "wrong", "of bool"),
        ("choose", _border, "wrong", "of five equal scores 5"),
        ("choose", _no_sum, "wrong", "add up to"),
        ("choose", _times, "wrong", "temperature 0.5"),
        ("choose", _divided_by_zero, "wrong", "temperature 0.0"),
        ("choose", _zeros_for_hidden, "wrong", "have a chance"),
        ("choose", _in_place, "wrong", "have changed"),
        ("go_on", _without, "wrong", "are enough"),
        ("go_on", _one_too_many, "wrong", "are enough"),
        ("go_on", _all_again, "wrong", "are enough"),
        ("go_on", _forgets, "wrong", "more)"),
        ("go_on", _new_only, "wrong", "expected shape"),
    ],
)
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told, state)
