"""Answers to *Randomness* as readers write them, right and wrong."""

import math

import numpy as np
import torch
from torch import nn


def right_own_numbers__a_generator(seed, count):
    generator = torch.Generator()
    generator.manual_seed(seed)
    return torch.rand(count, generator=generator)


def right_own_numbers__forked(seed, count):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torch.rand(count)


def right_own_numbers__state_put_back(seed, count):
    state = torch.random.get_rng_state()
    torch.random.manual_seed(seed)
    numbers = torch.empty(count).uniform_()
    torch.random.set_rng_state(state)
    return numbers


def wrong_own_numbers__default_generator(seed, count):
    """the default generator has moved"""
    torch.manual_seed(seed)
    return torch.rand(count)


def wrong_own_numbers__seeded_again(seed, count):
    """the default generator has moved"""
    torch.manual_seed(seed)
    numbers = torch.rand(count)
    torch.manual_seed(seed)
    return numbers


def wrong_own_numbers__no_seed(seed, count):
    return torch.rand(count)


def wrong_own_numbers__normal(seed, count):
    return torch.randn(count, generator=torch.Generator().manual_seed(seed))


def wrong_own_numbers__double(seed, count):
    """expected dtype torch.float32, got dtype torch.float64"""
    return torch.rand(count, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def wrong_own_numbers__from_numpy(seed, count):
    return torch.from_numpy(np.random.default_rng(seed).random(count, dtype=np.float32))


def right_peek__forked(count):
    with torch.random.fork_rng():
        return torch.rand(count)


def right_peek__a_second_generator(count):
    second = torch.Generator()
    second.set_state(torch.get_rng_state())
    return torch.rand(count, generator=second)


def right_peek__state_put_back_at_last(count):
    state = torch.random.get_rng_state()
    try:
        return torch.rand(count)
    finally:
        torch.random.set_rng_state(state)


def right_peek__cloned_generator(count):
    return torch.rand(count, generator=torch.default_generator.clone_state())


def wrong_peek__draws(count):
    """not the ones drawn next"""
    return torch.rand(count)


def wrong_peek__from_the_beginning(count):
    generator = torch.Generator().manual_seed(torch.initial_seed())
    return torch.rand(count, generator=generator)


def wrong_peek__state_taken_too_late(count):
    numbers = torch.rand(count)
    state = torch.get_rng_state()
    torch.set_rng_state(state)
    return numbers


def wrong_peek__seeds_anew(count):
    torch.manual_seed(0)
    numbers = torch.rand(count)
    torch.manual_seed(0)
    return numbers


def right_linear__state_put_back(inputs, outputs, seed):
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    layer = nn.Linear(inputs, outputs)
    torch.set_rng_state(state)
    return layer


def right_linear__reset(inputs, outputs, seed):
    with torch.random.fork_rng():
        layer = nn.Linear(inputs, outputs)
        torch.manual_seed(seed)
        layer.reset_parameters()
    return layer


def right_linear__by_its_rule(inputs, outputs, seed):
    generator = torch.Generator().manual_seed(seed)
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
    nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
    bound = 1 / math.sqrt(inputs)
    nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
    return layer


def wrong_linear__default_generator(inputs, outputs, seed):
    """the default generator has moved"""
    torch.manual_seed(seed)
    return nn.Linear(inputs, outputs)


def wrong_linear__made_before_the_fork(inputs, outputs, seed):
    """the weight of 3 inputs"""
    layer = nn.Linear(inputs, outputs)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
    return layer


def wrong_linear__standard_normal(inputs, outputs, seed):
    generator = torch.Generator().manual_seed(seed)
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
    with torch.no_grad():
        layer.weight.normal_(generator=generator)
        layer.bias.normal_(generator=generator)
    return layer


def wrong_linear__one_seed(inputs, outputs, seed):
    with torch.random.fork_rng():
        torch.manual_seed(5)
        return nn.Linear(inputs, outputs)


def wrong_linear__its_weights(inputs, outputs, seed):
    """expected an nn.Linear, got a tensor"""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Linear(inputs, outputs).weight


def wrong_linear__turned(inputs, outputs, seed):
    """expected shape (2, 3), got shape (3, 2)"""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Linear(outputs, inputs)


def right_clearly_better__one_line(first, second, starts):
    p, q = first / starts, second / starts
    return p - q > 2 * ((p * (1 - p) + q * (1 - q)) / starts) ** 0.5


def right_clearly_better__by_hypot(first, second, starts):
    p, q = first / starts, second / starts
    a, b = (math.sqrt(s * (1 - s) / starts) for s in (p, q))
    return p - q > 2 * math.hypot(a, b)


def right_clearly_better__numpy(first, second, starts):
    p = np.array([first, second]) / starts
    return p[0] - p[1] > 2 * np.sqrt((p * (1 - p) / starts).sum())


def wrong_clearly_better__either_way(first, second, starts):
    """for 11 and 18 of 20"""
    p, q = first / starts, second / starts
    return abs(p - q) > 2 * math.sqrt((p * (1 - p) + q * (1 - q)) / starts)


def wrong_clearly_better__one_error(first, second, starts):
    p, q = first / starts, second / starts
    return p - q > math.sqrt((p * (1 - p) + q * (1 - q)) / starts)


def wrong_clearly_better__errors_added(first, second, starts):
    p, q = first / starts, second / starts
    return p - q > 2 * (math.sqrt(p * (1 - p) / starts) + math.sqrt(q * (1 - q) / starts))


def wrong_clearly_better__larger(first, second, starts):
    return first > second


def wrong_clearly_better__counts_against_shares(first, second, starts):
    p, q = first / starts, second / starts
    return first - second > 2 * math.sqrt((p * (1 - p) + q * (1 - q)) / starts)


def wrong_clearly_better__one_share_alone(first, second, starts):
    p, q = first / starts, second / starts
    return p - q > 2 * math.sqrt(p * (1 - p) / starts)


def wrong_clearly_better__a_tensor(first, second, starts):
    """expected a bool, got a tensor"""
    p, q = torch.tensor([first, second]) / starts
    return p - q > 2 * torch.sqrt((p * (1 - p) + q * (1 - q)) / starts)


def wrong_clearly_better__none_for_no(first, second, starts):
    """is a `return` missing?"""
    p, q = first / starts, second / starts
    if p - q > 2 * math.sqrt((p * (1 - p) + q * (1 - q)) / starts):
        return True
