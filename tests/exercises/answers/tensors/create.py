"""Answers to *Create* as readers write them, right and wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def right_table__converted_after(rows):
    return torch.tensor(rows).float()


def right_table__the_old_class(rows):
    return torch.FloatTensor(rows)


def right_table__through_numpy(rows):
    return torch.from_numpy(np.array(rows, dtype=np.float32))


def right_table__row_by_row(rows):
    return torch.stack([torch.tensor([float(number) for number in row]) for row in rows])


def wrong_table__whole_numbers(rows):
    """expected dtype torch.float32, got dtype torch.int64"""
    return torch.tensor(rows)


def wrong_table__double(rows):
    """expected dtype torch.float32, got dtype torch.float64"""
    return torch.tensor(rows, dtype=float)


def wrong_table__an_array(rows):
    """expected a tensor, got a NumPy array"""
    return np.array(rows, dtype=np.float32)


def wrong_table__turned(rows):
    return torch.tensor(rows, dtype=torch.float32).T


def wrong_table__half(rows):
    return torch.tensor(rows, dtype=torch.float16)


def wrong_table__flat(rows):
    return torch.tensor([float(n) for row in rows for n in row])


def right_megabytes_saved__by_arithmetic(shape):
    return math.prod(shape) * 2 / 1e6


def right_megabytes_saved__by_a_loop(shape):
    count = 1
    for length in shape:
        count *= length
    return count * 4 / 10**6 - count * 2 / 10**6


def right_megabytes_saved__element_size(shape):
    x = torch.empty(shape, device="meta")
    return x.numel() * (x.element_size() - x.half().element_size()) / 1_000_000


def right_megabytes_saved__torch_size(shape):
    bits = torch.finfo(torch.float32).bits - torch.finfo(torch.float16).bits
    return torch.Size(shape).numel() * bits / 8 / 1e6


def wrong_megabytes_saved__makes_the_numbers(shape):
    """Do not make the numbers"""
    full = torch.empty(shape)
    return (full.nbytes - full.nbytes // 2) / 1e6


def wrong_megabytes_saved__mebibytes(shape):
    """Half of 4 bytes"""
    return math.prod(shape) * 2 / 2**20


def wrong_megabytes_saved__all_of_it(shape):
    return math.prod(shape) * 4 / 1e6


def wrong_megabytes_saved__whole_megabytes(shape):
    """expected a float, got an int"""
    return math.prod(shape) * 2 // 10**6


def wrong_megabytes_saved__two_dimensions_only(shape):
    return shape[0] * shape[1] * 2 / 1e6


def wrong_megabytes_saved__a_tensor(shape):
    """`.item()` gets the number out"""
    return torch.tensor(math.prod(shape) * 2 / 1e6)


def right_share_over__sum_by_length(ages, limit):
    return (ages > limit).sum() / len(ages)


def right_share_over__mean_dtype(ages, limit):
    return (ages > limit).mean(dtype=torch.float32)


def right_share_over__where(ages, limit):
    return torch.where(ages > limit, 1.0, 0.0).mean()


def right_share_over__counted(ages, limit):
    above = [age for age in ages if age > limit]
    return torch.tensor(len(above) / len(ages))


def wrong_share_over__mean_of_bools(ages, limit):
    """RuntimeError at"""
    return (ages > limit).mean()


def wrong_share_over__at_the_limit(ages, limit):
    """Above the limit"""
    return (ages >= limit).float().mean()


def wrong_share_over__a_number(ages, limit):
    """expected a tensor, got a float"""
    return (ages > limit).float().mean().item()


def wrong_share_over__double(ages, limit):
    return (ages > limit).double().mean()


def wrong_share_over__the_count(ages, limit):
    return (ages > limit).float().sum()


def wrong_share_over__mean_age(ages, limit):
    return ages[ages > limit].float().mean()


def right_smallest_dtype__if_by_if(values):
    low, high = values.min(), values.max()
    if low >= 0 and high <= 255:
        return torch.uint8
    if low >= -128 and high <= 127:
        return torch.int8
    if low >= -(2**15) and high < 2**15:
        return torch.int16
    if low >= -(2**31) and high < 2**31:
        return torch.int32
    return torch.int64


def right_smallest_dtype__convert_and_compare(values):
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
        if torch.equal(values.to(dtype).to(torch.int64), values):
            return dtype


def right_smallest_dtype__all_values(values):
    kinds = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]
    infos = [torch.iinfo(kind) for kind in kinds]
    fits = [bool(((values >= i.min) & (values <= i.max)).all()) for i in infos]
    return kinds[fits.index(True)]


def wrong_smallest_dtype__forgets_the_smallest(values):
    """torch.iinfo has the ranges"""
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32):
        if values.max() <= torch.iinfo(dtype).max:
            return dtype
    return torch.int64


def wrong_smallest_dtype__off_by_one(values):
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32):
        info = torch.iinfo(dtype)
        if info.min <= values.min() and values.max() < info.max:
            return dtype
    return torch.int64


def wrong_smallest_dtype__int8_first(values):
    for dtype in (torch.int8, torch.uint8, torch.int16, torch.int32):
        info = torch.iinfo(dtype)
        if info.min <= values.min() and values.max() <= info.max:
            return dtype
    return torch.int64


def wrong_smallest_dtype__falls_off_the_end(values):
    """expected a torch.dtype, got None"""
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32):
        info = torch.iinfo(dtype)
        if info.min <= values.min() and values.max() <= info.max:
            return dtype


def wrong_smallest_dtype__its_name(values):
    """expected a torch.dtype, got a str"""
    return "uint8" if values.min() >= 0 else "int8"


def right_with_ones__new_ones(x):
    return torch.cat((x, x.new_ones(len(x), 1)), dim=-1)


def right_with_ones__ones_like(x):
    return torch.hstack([x, torch.ones_like(x[:, :1])])


def right_with_ones__padded(x):
    return F.pad(x, (0, 1), value=1)


def right_with_ones__filled(x):
    result = torch.empty(x.shape[0], x.shape[1] + 1, dtype=x.dtype, device=x.device)
    result[:, :-1] = x
    result[:, -1] = 1
    return result


def wrong_with_ones__on_the_cpu(x):
    """pass device=x.device"""
    return torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)


def wrong_with_ones__float32(x):
    """pass dtype=x.dtype"""
    return torch.cat([x.float(), torch.ones(len(x), 1, device=x.device)], dim=1)


def wrong_with_ones__promoted(x):
    """pass dtype=x.dtype"""
    return torch.cat([x, torch.ones(len(x), 1, device=x.device)], dim=1)


def wrong_with_ones__at_the_left(x):
    """The ones are the last column"""
    return torch.cat([torch.ones_like(x[:, :1]), x], dim=1)


def wrong_with_ones__a_row(x):
    """The ones are the last column"""
    return torch.cat([x, torch.ones_like(x[:1])], dim=0)


def wrong_with_ones__in_place(x):
    """changed `x`"""
    x[:, -1] = 1
    return x


def wrong_with_ones__as_float_at_last(x):
    return F.pad(x, (0, 1), value=1).float()
