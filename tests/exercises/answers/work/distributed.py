"""Answers to *Several processes* as readers write them, right and wrong."""

import math
import time

import torch
import torch.distributed as dist
from torch.utils.data import DistributedSampler


def right_share__dealt_again(length, rank, world):
    samples = list(range(length))
    while len(samples) % world:
        samples.append(samples[len(samples) - length if len(samples) < 2 * length else 0])
    samples = [n % length for n in range(math.ceil(length / world) * world)]
    return samples[rank::world]


def right_share__a_range(length, rank, world):
    total = math.ceil(length / world) * world
    return [n % length for n in range(rank, total, world)]


def right_share__a_while(length, rank, world):
    found, here = [], rank
    while len(found) < (length + world - 1) // world:
        found.append(here % length)
        here += world
    return found


def right_share__tensors(length, rank, world):
    each = (length - 1) // world + 1
    return (torch.arange(each * world) % length).reshape(each, world)[:, rank].tolist()


def wrong_share__the_sampler(length, rank, world):
    """write it without `DistributedSampler`"""
    return list(DistributedSampler(range(length), world, rank, shuffle=False))


def wrong_share__the_sampler_by_another_way(length, rank, world):
    """DistributedSampler"""
    sampler = getattr(torch.utils.data, "Distributed" + "Sampler")
    return list(sampler(range(length), world, rank, shuffle=False))


def wrong_share__uneven(length, rank, world):
    """7 samples, rank 1 of 2"""
    return list(range(rank, length, world))


def wrong_share__the_rest_is_dropped(length, rank, world):
    """7 samples, rank 0 of 2"""
    return list(range(rank, length - length % world, world))


def wrong_share__blocks(length, rank, world):
    """8 samples, rank 0 of 2"""
    each = math.ceil(length / world)
    return [n % length for n in range(rank * each, (rank + 1) * each)]


def wrong_share__the_last_again(length, rank, world):
    each = math.ceil(length / world)
    return [min(rank + turn * world, length - 1) for turn in range(each)]


def wrong_share__once_more_is_enough(length, rank, world):
    """2 samples, rank 4 of 5"""
    each = math.ceil(length / world)
    samples = list(range(length)) * 2
    return [samples[n] for n in range(rank, each * world, world) if n < len(samples)]


def wrong_share__counted_from_one(length, rank, world):
    return [n + 1 for n in right_share__a_range(length, rank, world)]


def wrong_share__a_range_object(length, rank, world):
    """expected a list, got range"""
    return range(rank, length, world)


def right_average_gradients__divided_first(parameters, all_reduce, world):
    for p in parameters:
        if not p.requires_grad:
            continue
        grad = torch.zeros_like(p) if p.grad is None else p.grad / world
        all_reduce(grad)
        p.grad = grad.detach()


def right_average_gradients__one_long_vector(parameters, all_reduce, world):
    parameters = [p for p in parameters if p.requires_grad]
    flat = torch.cat(
        [(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in parameters]
    ).detach()
    all_reduce(flat)
    start = 0
    for p in parameters:
        end = start + p.numel()
        p.grad = (flat[start:end] / world).view_as(p).clone()
        start = end


@torch.no_grad()
def right_average_gradients__no_grad(parameters, all_reduce, world):
    for p in filter(lambda p: p.requires_grad, parameters):
        if p.grad is None:
            p.grad = torch.zeros(p.shape, dtype=p.dtype)
        all_reduce(p.grad)
        p.grad.div_(world)


def wrong_average_gradients__sums(parameters, all_reduce, world):
    """the gradient of `all.weight`"""
    for p in parameters:
        if p.requires_grad:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
            all_reduce(p.grad)


def wrong_average_gradients__those_that_have_one(parameters, all_reduce, world):
    """a hang"""
    for p in parameters:
        if p.grad is not None:
            all_reduce(p.grad)
            p.grad /= world


def wrong_average_gradients__frozen_ones_too(parameters, all_reduce, world):
    """it is frozen, and should have none"""
    for p in parameters:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        all_reduce(p.grad)
        p.grad /= world


def wrong_average_gradients__divided_twice(parameters, all_reduce, world):
    """the gradient of `all.weight`"""
    for p in parameters:
        if p.requires_grad:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
            p.grad /= world
            all_reduce(p.grad)
            p.grad /= world


def wrong_average_gradients__the_parameters(parameters, all_reduce, world):
    """the gradient of"""
    for p in parameters:
        if p.requires_grad:
            all_reduce(p.data)
            p.data /= world


def wrong_average_gradients__a_copy(parameters, all_reduce, world):
    """the gradient of"""
    for p in parameters:
        if p.requires_grad:
            grad = torch.zeros_like(p) if p.grad is None else p.grad.clone()
            all_reduce(grad)
            grad /= world


def wrong_average_gradients__float32(parameters, all_reduce, world):
    """Error at"""
    for p in parameters:
        if p.requires_grad:
            grad = torch.zeros(p.shape) if p.grad is None else p.grad.float()
            all_reduce(grad)
            p.grad = grad / world


def wrong_average_gradients__own_kind_of_zeros(parameters, all_reduce, world):
    """ranks brought different dtypes"""
    for p in parameters:
        if p.requires_grad:
            grad = torch.zeros(p.shape) if p.grad is None else p.grad
            all_reduce(grad)
            p.grad = grad.to(p.dtype) / world


def wrong_average_gradients__nothing(parameters, all_reduce, world):
    """the gradient of"""
    for p in parameters:
        if p.requires_grad and p.grad is not None:
            p.grad /= world


def right_accuracy__a_vector(scores, labels, all_reduce):
    counts = torch.zeros(2)
    counts[0] = (scores.argmax(1) == labels).sum()
    counts[1] = labels.numel()
    all_reduce(counts)
    right, total = counts.tolist()
    return right / total


def right_accuracy__stacked(scores, labels, all_reduce):
    right = scores.argmax(dim=-1).eq(labels)
    both = torch.stack([right.sum(), torch.ones_like(right, dtype=torch.long).sum()])
    all_reduce(both)
    return both[0].item() / both[1].item()


def right_accuracy__double(scores, labels, all_reduce):
    hits = 0
    for row, label in zip(scores, labels, strict=True):
        hits += int(row.argmax()) == int(label)
    pair = torch.tensor([hits, len(scores)], dtype=torch.float64)
    all_reduce(pair)
    return float(pair[0] / pair[1])


def wrong_accuracy__mean_of_ranks(scores, labels, all_reduce):
    """right of"""
    pair = torch.tensor([(scores.argmax(1) == labels).float().mean().item(), 1.0])
    all_reduce(pair)
    return (pair[0] / pair[1]).item()


def wrong_accuracy__its_own(scores, labels, all_reduce):
    """right of"""
    return (scores.argmax(1) == labels).float().mean().item()


def wrong_accuracy__twice(scores, labels, all_reduce):
    """once is enough, with both numbers"""
    right = (scores.argmax(1) == labels).sum()
    total = torch.tensor(len(labels))
    all_reduce(right)
    all_reduce(total)
    return (right / total).item()


def wrong_accuracy__the_empty_rank_stays_away(scores, labels, all_reduce):
    """a hang"""
    if len(labels) == 0:
        return 0.0
    pair = torch.tensor([int((scores.argmax(1) == labels).sum()), len(labels)])
    all_reduce(pair)
    return (pair[0] / pair[1]).item()


def wrong_accuracy__a_tensor(scores, labels, all_reduce):
    """`.item()` makes one"""
    pair = torch.tensor([int((scores.argmax(1) == labels).sum()), len(labels)])
    all_reduce(pair)
    return pair[0] / pair[1]


def wrong_accuracy__a_number_is_brought(scores, labels, all_reduce):
    """`all_reduce` wants a tensor, and got int"""
    all_reduce(int((scores.argmax(1) == labels).sum()))
    return 1.0


def wrong_accuracy__by_the_own_length(scores, labels, all_reduce):
    """right of"""
    right = (scores.argmax(1) == labels).sum().float()
    all_reduce(right)
    return right.item() / max(1, len(labels))


def wrong_accuracy__percent(scores, labels, all_reduce):
    return 100 * right_accuracy__a_vector(scores, labels, all_reduce)


def right_save_once__returns_early(state, path, rank, barrier):
    if rank != 0:
        barrier()
        return
    torch.save(state, path)
    barrier()


def right_save_once__finally(state, path, rank, barrier):
    try:
        if not rank:
            torch.save(state, path)
    finally:
        barrier()


def right_save_once__opened(state, path, rank, barrier):
    if rank == 0:
        with open(path, "wb") as file:
            torch.save(state, file)
    barrier()


def right_save_once__two_barriers(state, path, rank, barrier):
    barrier()
    if rank == 0:
        torch.save(state, path)
    barrier()


def wrong_save_once__all_write(state, path, rank, barrier):
    """only rank 0 should write"""
    torch.save({**state, "rank": rank} if state else state, path)
    barrier()


def wrong_save_once__nobody_waits(state, path, rank, barrier):
    """nobody called `barrier`"""
    if rank == 0:
        torch.save(state, path)


def wrong_save_once__too_early(state, path, rank, barrier):
    """rank"""
    barrier()
    if rank == 0:
        time.sleep(0.02)
        torch.save(state, path)


def wrong_save_once__the_others_alone_wait(state, path, rank, barrier):
    """a hang"""
    if rank == 0:
        torch.save(state, path)
    else:
        barrier()


def wrong_save_once__the_first_alone_waits(state, path, rank, barrier):
    """a hang"""
    if rank == 0:
        torch.save(state, path)
        barrier()


def wrong_save_once__the_last_one_writes(state, path, rank, barrier):
    """rank"""
    if rank == 1:
        torch.save(state, path)
    barrier()


def wrong_save_once__a_file_each(state, path, rank, barrier):
    """other files were left"""
    torch.save(state, path if rank == 0 else path.with_suffix(f".{rank}"))
    barrier()


def wrong_save_once__by_torch(state, path, rank, barrier):
    """Error at"""
    if dist.get_rank() == 0:
        torch.save(state, path)
    barrier()
