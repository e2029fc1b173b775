"""Answers to *Attention* as readers write them, right and wrong."""

import math

import torch
import torch.nn.functional as F


def right_attend_safely__a_large_number(q, k, v, seen):
    scores = q @ k.mT / q.shape[-1] ** 0.5
    scores = torch.where(seen, scores, torch.tensor(-1e30))
    weights = F.softmax(scores, dim=-1)
    return (weights * seen.any(-1, keepdim=True)) @ v


def right_attend_safely__by_exp(q, k, v, seen):
    scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(k.size(-1))
    scores = scores - scores.detach().amax(-1, keepdim=True)
    parts = scores.exp() * seen
    total = parts.sum(-1, keepdim=True)
    return parts @ v / torch.where(total == 0, 1.0, total)


def right_attend_safely__opened(q, k, v, seen):
    nothing = ~seen.any(dim=-1, keepdim=True)
    scores = torch.einsum("...md,...nd->...mn", q, k) * q.shape[-1] ** -0.5
    scores = scores.masked_fill(~(seen | nothing), float("-inf"))
    out = scores.softmax(-1) @ v
    return out.masked_fill(nothing, 0.0)


def wrong_attend_safely__ready_made(q, k, v, seen):
    """here it is to be done by hand"""
    return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)


def wrong_attend_safely__nan(q, k, v, seen):
    """there are nan in the result"""
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~seen, -torch.inf)
    return scores.softmax(-1) @ v


def right_attend_safely__a_masked_fill_stops_the_nan(q, k, v, seen):
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~seen, -torch.inf)
    weights = scores.softmax(-1)
    return torch.where(seen.any(-1, keepdim=True), weights, 0.0) @ v


def wrong_attend_safely__nan_thrown_away(q, k, v, seen):
    """a row of the softmax must not be all -inf"""
    scores = q @ k.mT / q.shape[-1] ** 0.5 + torch.where(seen, 0.0, -torch.inf)
    weights = scores.softmax(-1)
    return torch.where(seen.any(-1, keepdim=True), weights, 0.0) @ v


def wrong_attend_safely__no_root(q, k, v, seen):
    """all is seen"""
    nothing = ~seen.any(-1, keepdim=True)
    scores = (q @ k.mT).masked_fill(~(seen | nothing), -torch.inf)
    return (scores.softmax(-1) @ v).masked_fill(nothing, 0.0)


def wrong_attend_safely__the_root_of_the_keys(q, k, v, seen):
    """all is seen"""
    nothing = ~seen.any(-1, keepdim=True)
    scores = (q @ k.mT / k.shape[-2] ** 0.5).masked_fill(~(seen | nothing), -torch.inf)
    return (scores.softmax(-1) @ v).masked_fill(nothing, 0.0)


def wrong_attend_safely__true_means_hidden(q, k, v, seen):
    return right_attend_safely__a_large_number(q, k, v, ~seen)


def wrong_attend_safely__masked_after_the_softmax(q, k, v, seen):
    """a causal mask"""
    weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) * seen
    return weights @ v


def wrong_attend_safely__a_mean_of_all(q, k, v, seen):
    """a query that sees nothing"""
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~seen, -1e30)
    return scores.softmax(-1) @ v


def wrong_attend_safely__over_the_queries(q, k, v, seen):
    nothing = ~seen.any(-1, keepdim=True)
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~(seen | nothing), -1e30)
    return (scores.softmax(-2) @ v).masked_fill(nothing, 0.0)


def wrong_attend_safely__detached(q, k, v, seen):
    """has lost its gradient"""
    return right_attend_safely__a_large_number(q, k, v, seen).detach()


def wrong_attend_safely__t(q, k, v, seen):
    """RuntimeError at"""
    return ((q @ k.transpose(0, 1) / q.shape[-1] ** 0.5) * seen).softmax(-1) @ v


def right_may_look__broadcast(lengths, time):
    steps = torch.arange(time)
    row, column = steps[:, None], steps[None, :]
    inside = row < lengths.view(-1, 1, 1, 1)
    return (column <= row) & inside


def right_may_look__loops(lengths, time):
    mask = torch.zeros(len(lengths), 1, time, time, dtype=torch.bool)
    for text, length in enumerate(lengths.tolist()):
        for row in range(length):
            mask[text, 0, row, : row + 1] = True
    return mask


def right_may_look__corners(lengths, time):
    full = torch.tril(torch.ones(time, time)).bool()
    masks = []
    for length in lengths:
        mask = full.clone()
        mask[length:] = False
        masks.append(mask[None])
    return torch.stack(masks)


def wrong_may_look__causal_alone(lengths, time):
    """is padding, and sees step"""
    return torch.ones(len(lengths), 1, time, time, dtype=torch.bool).tril()


def wrong_may_look__padding_alone(lengths, time):
    """which is its future"""
    real = torch.arange(time) < lengths[:, None]
    return real[:, None, None, :] & real[:, None, :, None]


def wrong_may_look__padding_sees(lengths, time):
    """is padding, and sees step"""
    real = torch.arange(time) < lengths[:, None]
    return torch.ones(time, time, dtype=torch.bool).tril() & real[:, None, None, :]


def wrong_may_look__true_means_hidden(lengths, time):
    """does True mean that it may look?"""
    return ~right_may_look__broadcast(lengths, time)


def wrong_may_look__not_at_itself(lengths, time):
    """should see step 0"""
    return right_may_look__broadcast(lengths, time).tril(-1)


def wrong_may_look__numbers(lengths, time):
    """expected a mask of bool"""
    return right_may_look__broadcast(lengths, time).float()


def wrong_may_look__three_dimensions(lengths, time):
    """expected shape (2, 1, 3, 3), got (2, 3, 3)"""
    return right_may_look__broadcast(lengths, time)[:, 0]


def wrong_may_look__the_past_is_ahead(lengths, time):
    """which is its future"""
    return right_may_look__broadcast(lengths, time).transpose(-1, -2)


def wrong_may_look__one_too_many(lengths, time):
    """is padding, and sees step"""
    return right_may_look__broadcast(lengths + 1, time)


def right_choose__masked(scores, temperature, k):
    if temperature == 0:
        return F.one_hot(scores.argmax(-1), scores.shape[-1]).float()
    order = scores.argsort(dim=-1, descending=True).argsort(dim=-1)
    return (scores / temperature).masked_fill(order >= k, -torch.inf).softmax(-1)


def right_choose__row_by_row(scores, temperature, k):
    result = torch.zeros(scores.shape)
    for row, out in zip(scores, result, strict=True):
        best = row.sort(descending=True).indices[: 1 if temperature == 0 else k]
        out[best] = torch.softmax(row[best] / (temperature if temperature else 1.0), dim=0)
    return result


def right_choose__scattered(scores, temperature, k):
    keep = min(k, scores.size(1)) if temperature > 0 else 1
    values, places = torch.topk(scores, keep)
    masked = torch.full_like(scores, -torch.inf).scatter_(1, places, values)
    return F.softmax(masked / max(temperature, 1e-3), dim=1)


def wrong_choose__not_normalized(scores, temperature, k):
    """the rows add up to"""
    p = (scores / (temperature or 1e-3)).softmax(-1)
    least = p.topk(min(k, p.shape[-1])).values[:, -1:]
    return torch.where(p >= least, p, 0.0)


def wrong_choose__all_stay(scores, temperature, k):
    """signs have a chance"""
    return (scores / (temperature or 1e-6)).softmax(-1)


def wrong_choose__too_many(scores, temperature, k):
    """RuntimeError at"""
    values, places = scores.topk(k if temperature else 1)
    return torch.zeros_like(scores).scatter(1, places, (values / (temperature or 1)).softmax(-1))


def wrong_choose__zero_by_zero(scores, temperature, k):
    """there are nan"""
    values, places = scores.topk(min(k, scores.shape[-1]))
    return torch.zeros_like(scores).scatter(1, places, (values / temperature).softmax(-1))


def wrong_choose__multiplied(scores, temperature, k):
    return right_choose__masked(scores, 1 / temperature if temperature else 0, k)


def wrong_choose__equal_ones_all_stay(scores, temperature, k):
    """of five equal scores 5 have a chance"""
    if temperature == 0:
        return right_choose__masked(scores, 0, k)
    least = scores.topk(min(k, scores.shape[-1])).values[:, -1:]
    return (scores / temperature).masked_fill(scores < least, -torch.inf).softmax(-1)


def wrong_choose__in_place(scores, temperature, k):
    """the scores that came in have changed"""
    result = right_choose__masked(scores, temperature, k)
    least = scores.topk(min(k, scores.shape[-1])).values[:, -1:]
    scores[scores < least] = -torch.inf
    scores /= 2
    return result


def wrong_choose__over_the_rows(scores, temperature, k):
    """the rows add up to"""
    return (scores / (temperature or 1e-3)).softmax(0)


def wrong_choose__a_drawn_sign(scores, temperature, k):
    return right_choose__masked(scores, temperature, k).argmax(-1)


def wrong_choose__the_smallest(scores, temperature, k):
    return right_choose__masked(-scores, temperature, k)


def right_go_on__a_list_of_signs(model, index, more):
    past = [[] for _ in model.blocks]
    signs, given = [index], index
    with torch.no_grad():
        for _ in range(more):
            given = model(given, past)[:, -1:].argmax(-1)
            signs.append(given)
    return torch.cat(signs, dim=1)


@torch.inference_mode()
def right_go_on__filled(model, index, more):
    batch, time = index.shape
    out = torch.zeros(batch, time + more, dtype=torch.int64)
    out[:, :time] = index
    past = [list() for _ in range(len(model.blocks))]
    start = 0
    for n in range(time, time + more):
        out[:, n] = model(out[:, start:n], past)[:, -1].argmax(dim=1)
        start = n
    return out


def right_go_on__first_the_given(model, index, more):
    if more == 0:
        return index.clone()
    past = [[] for _ in model.blocks]
    scores = model(index, past)
    result = index
    for n in range(more):
        new = scores[:, -1].max(dim=-1, keepdim=True).indices
        result = torch.hstack([result, new])
        if n < more - 1:
            scores = model(new, past)
    return result


@torch.no_grad()
def wrong_go_on__without_the_past(model, index, more):
    """signs went through the model"""
    for _ in range(more):
        index = torch.cat([index, model(index)[:, -1].argmax(-1, keepdim=True)], dim=1)
    return index


@torch.no_grad()
def wrong_go_on__all_again(model, index, more):
    """signs went through the model"""
    for _ in range(more):
        past = [[] for _ in model.blocks]
        index = torch.cat([index, model(index, past)[:, -1].argmax(-1, keepdim=True)], dim=1)
    return index


@torch.no_grad()
def wrong_go_on__one_too_many(model, index, more):
    """signs went through the model"""
    past = [[] for _ in model.blocks]
    new = model(index, past)[:, -1].argmax(-1, keepdim=True)
    for _ in range(more):
        index = torch.cat([index, new], dim=1)
        new = model(new, past)[:, -1].argmax(-1, keepdim=True)
    return index


@torch.no_grad()
def wrong_go_on__the_past_is_lost(model, index, more):
    """more)"""
    new = index
    for _ in range(more):
        past = [[] for _ in model.blocks]
        new = model(new, past)[:, -1].argmax(-1, keepdim=True)
        index = torch.cat([index, new], dim=1)
    return index


@torch.no_grad()
def wrong_go_on__new_signs_alone(model, index, more):
    """expected shape (1, 6), got shape (1, 5)"""
    return right_go_on__a_list_of_signs(model, index, more)[:, index.shape[1] :]


@torch.no_grad()
def wrong_go_on__drawn(model, index, more):
    past = [[] for _ in model.blocks]
    new = index
    for _ in range(more):
        new = model(new, past)[:, -1].softmax(-1).multinomial(1) * 0
        index = torch.cat([index, new], dim=1)
    return index


@torch.no_grad()
def wrong_go_on__the_first_place(model, index, more):
    past = [[] for _ in model.blocks]
    new = index
    for _ in range(more):
        new = model(new, past)[:, 0].argmax(-1, keepdim=True)
        index = torch.cat([index, new], dim=1)
    return index


@torch.no_grad()
def wrong_go_on__one_list_for_all_blocks(model, index, more):
    past = [[]] * len(model.blocks)
    new = index
    for _ in range(more):
        new = model(new, past)[:, -1].argmax(-1, keepdim=True)
        index = torch.cat([index, new], dim=1)
    return index
