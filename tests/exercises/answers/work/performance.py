"""Answers to *Performance* as readers write them, right and wrong."""

import statistics

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential


def right_medians__sorted(works, now, rounds):
    for name in works:
        works[name]()
    times = {name: [] for name in works}
    for _ in range(rounds):
        for name in works:
            before = now()
            works[name]()
            after = now()
            times[name].append(after - before)
    result = {}
    for name, each in times.items():
        each.sort()
        result[name] = (each[rounds // 2] + each[(rounds - 1) // 2]) / 2
    return result


def right_medians__a_round_more(works, now, rounds):
    names = list(works)
    table = []
    for _ in range(rounds + 1):
        row = []
        for name in names:
            start = now()
            works[name]()
            row.append(now() - start)
        table.append(row)
    columns = zip(*table[1:], strict=True)
    return {name: statistics.median(column) for name, column in zip(names, columns, strict=True)}


def right_medians__quantile(works, now, rounds):
    def once(work):
        start = now()
        work()
        return now() - start

    for work in works.values():
        work()
    times = [[once(work) for work in works.values()] for _ in range(rounds)]
    medians = torch.tensor(times, dtype=torch.float64).quantile(0.5, dim=0).tolist()
    return dict(zip(works, medians, strict=True))


def wrong_medians__one_after_the_other(works, now, rounds):
    """in each round each function has one turn"""
    found = {}
    for work in works.values():
        work()
    for name, work in works.items():
        times = []
        for _ in range(rounds):
            start = now()
            work()
            times.append(now() - start)
        found[name] = statistics.median(times)
    return found


def wrong_medians__the_first_counts(works, now, rounds):
    """should be called 4 times"""
    times = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = now()
            work()
            times[name].append(now() - start)
    return {name: statistics.median(each) for name, each in times.items()}


def _by(summary, works, now, rounds):
    for work in works.values():
        work()
    times = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = now()
            work()
            times[name].append(now() - start)
    return {name: summary(each) for name, each in times.items()}


def wrong_medians__means(works, now, rounds):
    """so the median is"""
    return _by(statistics.mean, works, now, rounds)


def wrong_medians__least(works, now, rounds):
    """so the median is"""
    return _by(min, works, now, rounds)


def wrong_medians__the_upper_of_two(works, now, rounds):
    """an even number of rounds"""
    return _by(lambda each: sorted(each)[len(each) // 2], works, now, rounds)


def wrong_medians__the_middle_unsorted(works, now, rounds):
    return _by(lambda each: each[len(each) // 2], works, now, rounds)


def wrong_medians__a_list(works, now, rounds):
    """expected a dictionary"""
    return list(_by(statistics.median, works, now, rounds).values())


def wrong_medians__all_rounds_in_one(works, now, rounds):
    """so the median is"""
    for work in works.values():
        work()
    start = now()
    for _ in range(rounds):
        for work in works.values():
            work()
    seconds = (now() - start) / rounds / len(works)
    return dict.fromkeys(works, seconds)


def right_nearest__cdist(points, centers):
    return torch.cdist(points, centers).argmin(dim=1)


def right_nearest__expanded(points, centers):
    apart = points[:, None, :] - centers[None, :, :]
    return torch.linalg.vector_norm(apart, dim=-1).min(dim=-1).indices


def right_nearest__by_products(points, centers):
    squares = (centers**2).sum(1) - 2 * points @ centers.T
    return squares.argmin(1)


def wrong_nearest__a_loop_over_points(points, centers):
    """somewhere Python loops over them"""
    found = [(point - centers).square().sum(1).argmin() for point in points]
    return torch.stack(found) if found else torch.empty(0, dtype=torch.int64)


def wrong_nearest__a_loop_over_centers(points, centers):
    """somewhere Python loops over them"""
    apart = [(points - center).square().sum(1) for center in centers]
    return torch.stack(apart, dim=1).argmin(1)


def wrong_nearest__the_center(points, centers):
    """three centers"""
    return centers[torch.cdist(points, centers).argmin(1)]


def wrong_nearest__farthest(points, centers):
    """three centers"""
    return torch.cdist(points, centers).argmax(1)


def wrong_nearest__for_each_center(points, centers):
    return torch.cdist(points, centers).argmin(0) if len(points) else torch.empty(0).long()


def wrong_nearest__the_largest_product(points, centers):
    return (points @ centers.T).argmax(1)


def wrong_nearest__no_square(points, centers):
    return (points[:, None] - centers).sum(2).abs().argmin(1)


def wrong_nearest__floats(points, centers):
    """expected dtype torch.int64"""
    return torch.cdist(points, centers).argmin(1).float()


def wrong_nearest__signed(points, centers):
    return (points[:, None] - centers).sum(2).argmin(1)


def right_in_groups__a_function(model, x, size):
    parts = list(model)
    for start in range(0, len(parts), size):

        def run(x, group=tuple(parts[start : start + size])):
            for part in group:
                x = part(x)
            return x

        x = checkpoint(run, x, use_reentrant=False)
    return x


def right_in_groups__a_while(model, x, size):
    rest = model
    while len(rest):
        group, rest = rest[:size], rest[size:]
        x = checkpoint(group, x, use_reentrant=False)
    return x


def right_in_groups__new_sequentials(model, x, size):
    parts = list(model.children())
    groups = [parts[n : n + size] for n in range(0, len(parts), size)]
    for group in groups:
        x = checkpoint(nn.Sequential(*group).forward, x, use_reentrant=False)
    return x


def wrong_in_groups__plain(model, x, size):
    """bytes are kept"""
    return model(x)


def wrong_in_groups__each_part(model, x, size):
    """groups should keep"""
    for part in model:
        x = checkpoint(part, x, use_reentrant=False)
    return x


def wrong_in_groups__all_in_one(model, x, size):
    """groups should keep"""
    return checkpoint(model, x, use_reentrant=False)


def wrong_in_groups__reentrant(model, x, size):
    """say `use_reentrant=False`"""
    for start in range(0, len(model), size):
        x = checkpoint(model[start : start + size], x, use_reentrant=True)
    return x


def wrong_in_groups__the_last_is_forgotten(model, x, size):
    """groups of 4 of 6 parts: the result"""
    for start in range(0, len(model) - len(model) % size, size):
        x = checkpoint(model[start : start + size], x, use_reentrant=False)
    return x


def wrong_in_groups__so_many_groups(model, x, size):
    """groups"""
    return checkpoint_sequential(model, min(size, len(model)), x, use_reentrant=False)


def wrong_in_groups__no_graph(model, x, size):
    """has no graph"""
    with torch.no_grad():
        return model(x)


def wrong_in_groups__another_dropout(model, x, size):
    """dropout: the result"""
    model.eval()
    for start in range(0, len(model), size):
        x = checkpoint(model[start : start + size], x, use_reentrant=False)
    model.train()
    return x


def right_shorten__minimum(x, most):
    length = torch.sqrt((x * x).sum().clamp(min=most * most))
    return x * (most / length)


def right_shorten__where_before(x, most):
    square = x.square().sum()
    safe = torch.where(square > most**2, square, most**2)
    return x * torch.rsqrt(safe) * most


def right_shorten__vector_norm(x, most):
    length = torch.linalg.vector_norm(x)
    return x / torch.clamp(length / most, min=1.0)


def wrong_shorten__an_if(x, most):
    """An `if` on what is in a tensor needs the number"""
    length = x.norm()
    return x * (most / length) if length > most else x


def wrong_shorten__a_number(x, most):
    """it does not compile as one graph"""
    length = x.detach().norm().item()
    return x * min(1.0, most / length) if length > 0 else x * 1.0


def wrong_shorten__where_afterwards(x, most):
    """the gradient at [0.0, 0.0] is nan"""
    length = (x * x).sum().sqrt()
    return torch.where(length > most, x * (most / length), x)


def wrong_shorten__always(x, most):
    """to at most 10"""
    return x * (most / x.norm().clamp(min=1e-12))


def wrong_shorten__each_number(x, most):
    """to at most 1"""
    return x.clamp(-most, most)


def wrong_shorten__in_place(x, most):
    """the vector itself has changed"""
    return x.mul_(most / x.norm().clamp(min=most))


def wrong_shorten__a_little_more(x, most):
    """to at most 1"""
    return x * (most / (x.norm() + 1e-3)).clamp(max=1.0)


def wrong_shorten__detached(x, most):
    """no gradient comes back to the vector"""
    return (x * (most / x.norm().clamp(min=most))).detach()


def wrong_shorten__the_length_is_a_constant(x, most):
    """the gradient at [3.0, 4.0]"""
    return x * (most / x.norm().clamp(min=most)).detach()


def wrong_shorten__the_largest_number(x, most):
    """to at most 1"""
    return x * (most / x.abs().max().clamp(min=most))
