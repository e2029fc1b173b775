"""Answers to *Many starts* as readers write them, right and wrong."""

import math

import torch
import torch.nn.functional as F
from torch import nn

_X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_T = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def right_kinds__least_and_greatest(layer, x):
    z = layer(x)
    dead = (z.amax(0) <= 0).sum().item()
    always = (z.amin(0) > 0).sum().item()
    return dead, always, z.shape[1] - dead - always


def right_kinds__a_loop(layer, x):
    dead = always = bending = 0
    for column in torch.relu(layer(x)).T.tolist():
        if all(value == 0 for value in column):
            dead += 1
        elif all(value > 0 for value in column):
            always += 1
        else:
            bending += 1
    return dead, always, bending


def right_kinds__shares(layer, x):
    share = (F.relu(x @ layer.weight.T + (0 if layer.bias is None else layer.bias)) > 0).sum(0)
    dead, always = int((share == 0).sum()), int((share == len(x)).sum())
    return dead, always, len(share) - dead - always


def wrong_kinds__zero_counts_as_on(layer, x):
    """dead, always on, bending"""
    z = layer(x)
    dead, always = int((z < 0).all(0).sum()), int((z >= 0).all(0).sum())
    return dead, always, z.shape[1] - dead - always


def wrong_kinds__tensors(layer, x):
    """`.item()` gets the number out"""
    on = layer(x) > 0
    dead, always = (~on).all(0).sum(), on.all(0).sum()
    return dead, always, on.shape[1] - dead - always


def wrong_kinds__by_sample(layer, x):
    on = layer(x) > 0
    dead, always = int((~on).all(1).sum()), int(on.all(1).sum())
    return dead, always, len(on) - dead - always


def wrong_kinds__any_for_all(layer, x):
    on = layer(x) > 0
    dead, always = int((~on).any(0).sum()), int(on.all(0).sum())
    return dead, always, on.shape[1] - dead - always


def wrong_kinds__a_list(layer, x):
    """expected a tuple, got a list"""
    return list(right_kinds__a_loop(layer, x))


def wrong_kinds__another_order(layer, x):
    """dead, always on, bending"""
    dead, always, bending = right_kinds__a_loop(layer, x)
    return (dead, bending + 1, always - 1)


def wrong_kinds__by_the_weights(layer, x):
    dead = int((layer.weight <= 0).all(1).sum())
    always = int((layer.weight > 0).all(1).sum())
    return dead, always, len(layer.weight) - dead - always


def _trained(make, seed, steps, lr=0.5, optimizer=torch.optim.SGD):
    torch.manual_seed(seed)
    model = make()
    steps_of = optimizer(model.parameters(), lr=lr)
    for _ in range(steps):
        steps_of.zero_grad()
        F.binary_cross_entropy_with_logits(model(_X), _T).backward()
        steps_of.step()
    return model


def _loss(model):
    return F.binary_cross_entropy_with_logits(model(_X), _T).item()


def right_share__a_mean(make, seeds, steps):
    good = [_loss(_trained(make, seed, steps)) < 0.1 for seed in seeds]
    return sum(good) / len(good)


def right_share__counted(make, seeds, steps):
    learned = count = 0
    for seed in seeds:
        count += 1
        learned += _loss(_trained(make, seed, steps)) < 0.1
    return learned / count


def right_share__by_hand(make, seeds, steps):
    losses = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = make()
        for _ in range(steps):
            model.zero_grad()
            z = model(_X)
            (F.softplus(z) - z * _T).mean().backward()
            with torch.no_grad():
                for p in model.parameters():
                    p -= 0.5 * p.grad
        losses.append(_loss(model))
    return (torch.tensor(losses) < 0.1).float().mean().item()


def wrong_share__before_the_last_step(make, seeds, steps):
    """after the last step"""
    good = [_loss(_trained(make, seed, steps - 1)) < 0.1 for seed in seeds]
    return sum(good) / len(good)


def wrong_share__by_the_answers(make, seeds, steps):
    """is it loss < 0.1"""
    good = []
    for seed in seeds:
        answers = _trained(make, seed, steps)(_X) > 0
        good.append(bool((answers == _T.bool()).all()))
    return sum(good) / len(good)


def wrong_share__one_seed_for_all(make, seeds, steps):
    seeds = list(seeds)
    good = []
    torch.manual_seed(seeds[0])
    for _ in seeds:
        model = make()
        good.append(_loss(model) < 0.1)
    return sum(good) / len(good)


def wrong_share__seeded_too_late(make, seeds, steps):
    good = []
    for seed in seeds:
        model = make()
        torch.manual_seed(seed)
        good.append(_loss(_trained(lambda model=model: model, seed, steps)) < 0.1)
    return sum(good) / len(good)


def wrong_share__another_rate(make, seeds, steps):
    good = [_loss(_trained(make, seed, steps, lr=0.05)) < 0.1 for seed in seeds]
    return sum(good) / len(good)


def wrong_share__a_count(make, seeds, steps):
    """expected a float, got an int"""
    return sum(_loss(_trained(make, seed, steps)) < 0.1 for seed in seeds)


def wrong_share__seeds_asked_for_their_length(make, seeds, steps):
    """TypeError at"""
    return sum(_loss(_trained(make, seed, steps)) < 0.1 for seed in seeds) / len(seeds)


def wrong_share__squared_error(make, seeds, steps):
    good = []
    for seed in seeds:
        model = _trained(make, seed, steps)
        good.append(nn.MSELoss()(torch.sigmoid(model(_X)), _T).item() < 0.1)
    return sum(good) / len(good)


def right_shelf__by_torch(yes, no):
    targets = torch.tensor([1.0] * yes + [0.0] * no)
    p = torch.full_like(targets, yes / (yes + no))
    return F.binary_cross_entropy(p, targets, reduction="sum").item() / 4


def right_shelf__two_terms(yes, no):
    n = yes + no
    return sum(k * math.log(n / k) for k in (yes, no) if k) / 4


def right_shelf__entropy(yes, no):
    shares = [yes / (yes + no), no / (yes + no)]
    return -sum(p * math.log(p) for p in shares if p > 0) * (yes + no) / 4


def wrong_shelf__of_these_rows_alone(yes, no):
    """for 1 yes and 1 no"""
    n = yes + no
    return sum(k * math.log(n / k) for k in (yes, no) if k) / n


def wrong_shelf__a_half_always(yes, no):
    return (yes + no) * math.log(2) / 4


def wrong_shelf__bits(yes, no):
    n = yes + no
    return sum(k * math.log2(n / k) for k in (yes, no) if k) / 4


def wrong_shelf__logarithm_of_zero(yes, no):
    """ValueError at"""
    p = yes / (yes + no)
    return -(yes * math.log(p) + no * math.log(1 - p)) / 4


def wrong_shelf__the_sum(yes, no):
    n = yes + no
    return sum(k * math.log(n / k) for k in (yes, no) if k)


def wrong_shelf__negative(yes, no):
    return -right_shelf__two_terms(yes, no) + 0.0


def wrong_shelf__a_tensor(yes, no):
    """`.item()` gets the number out"""
    return torch.tensor(right_shelf__two_terms(yes, no))
