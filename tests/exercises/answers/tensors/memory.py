"""Answers to *Memory* as readers write them, right and wrong."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def right_strides__by_products(shape):
    return tuple(math.prod(shape[n + 1 :]) for n in range(len(shape)))


def right_strides__from_the_end(shape):
    strides = [1] * len(shape)
    for n in range(len(shape) - 2, -1, -1):
        strides[n] = strides[n + 1] * shape[n + 1]
    return tuple(strides)


def right_strides__by_itself(shape):
    if not shape:
        return ()
    return (math.prod(shape[1:]), *right_strides__by_itself(shape[1:]))


def wrong_strides__ask_torch(shape):
    """torch is not allowed here, and `torch.empty` is of torch"""
    return torch.empty(shape).stride()


def wrong_strides__ask_the_meta_device(shape):
    """torch is not allowed here"""
    return torch.zeros(shape, device="meta").stride()


def wrong_strides__ask_torch_and_catch(shape):
    """torch is not allowed here"""
    try:
        return torch.empty(shape).stride()
    except AssertionError:
        return (1,)


def wrong_strides__a_list(shape):
    """expected a tuple, got a list"""
    return [math.prod(shape[n + 1 :]) for n in range(len(shape))]


def wrong_strides__backwards(shape):
    return tuple(math.prod(shape[:n]) for n in range(len(shape)))


def wrong_strides__in_bytes(shape):
    return tuple(4 * math.prod(shape[n + 1 :]) for n in range(len(shape)))


def wrong_strides__with_its_own_length(shape):
    return tuple(math.prod(shape[n:]) for n in range(len(shape)))


def wrong_strides__wrong_order(shape):
    result, step = [], 1
    for length in reversed(shape):
        result.append(step)
        step *= length
    return tuple(result)


def wrong_strides__two_dimensions(shape):
    return (shape[1], 1) if len(shape) == 2 else (1,)


def right_halved__clamp(x):
    return x.clamp(min=0) / 2


def right_halved__relu(x):
    return F.relu(x) * 0.5


def right_halved__where(x):
    return torch.where(x < 0, torch.zeros_like(x), x / 2)


def right_halved__mask(x):
    return x * (x > 0) / 2


def right_halved__clone(x):
    y = x.clone()
    y[y < 0] = 0
    y /= 2
    return y


def wrong_halved__in_place(x):
    """changed `x`"""
    x[x < 0] = 0
    x /= 2
    return x


def wrong_halved__writes_before_it_halves(x):
    """changed `x`"""
    x[x < 0] = 0
    return x / 2


def wrong_halved__a_view_is_no_copy(x):
    """changed `x`"""
    y = x.view(x.shape) if x.is_contiguous() else x
    y[y < 0] = 0
    return y / 2


def wrong_halved__only_halves(x):
    """negative elements become 0"""
    return x / 2


def wrong_halved__absolute(x):
    return x.abs() / 2


def wrong_halved__integers(x):
    return x.clamp(min=0) // 2


def wrong_halved__negative_ones_alone(x):
    return torch.where(x < 0, 0.0, x)


def right_model_input__by_tensor(array):
    return torch.tensor(array.copy(), dtype=torch.float32).contiguous()


def right_model_input__astype(array):
    return torch.from_numpy(array.astype(np.float32, order="C"))


def right_model_input__through_lists(array):
    return torch.tensor(array.tolist(), dtype=torch.float32)


def right_model_input__cloned(array):
    array = np.ascontiguousarray(array, dtype=np.float32).reshape(array.shape)
    return torch.tensor(array)


def wrong_model_input__from_numpy(array):
    return torch.from_numpy(array)


def wrong_model_input__without_a_copy(array):
    """shares NumPy's memory"""
    return torch.as_tensor(np.ascontiguousarray(array, dtype=np.float32)).reshape(array.shape)


def wrong_model_input__a_copy_if_need_be(array):
    """shares NumPy's memory"""
    if array.dtype != np.float32 or not array.flags.c_contiguous or not array.flags.writeable:
        array = np.array(array, dtype=np.float32, order="C")
    return torch.from_numpy(array)


def wrong_model_input__converted_only(array):
    """shares NumPy's memory"""
    return torch.from_numpy(array).float()


def wrong_model_input__not_contiguous(array):
    """the result is not contiguous"""
    return torch.from_numpy(array.astype(np.float32, order="K" if array.ndim > 1 else "C"))


def wrong_model_input__double(array):
    """expected dtype torch.float32"""
    return torch.tensor(array.tolist(), dtype=torch.float64)


def wrong_model_input__sorted(array):
    return torch.tensor(np.sort(array).tolist(), dtype=torch.float32)


def right_windows__unfold(x, width):
    return x.unfold(0, width, 1)


def right_windows__as_strided(x, width):
    return x.as_strided((x.shape[0] - width + 1, width), (x.stride()[0], x.stride()[0]))


def right_windows__torch_as_strided(x, width):
    n = x.numel() - width + 1
    s = x.stride(0)
    return torch.as_strided(x, [n, width], [s, s], x.storage_offset())


def wrong_windows__stacked(x, width):
    """the rows were copied"""
    return torch.stack([x[n : n + width] for n in range(len(x) - width + 1)])


def wrong_windows__stride_one(x, width):
    return x.as_strided((len(x) - width + 1, width), (1, 1))


def wrong_windows__offset_forgotten(x, width):
    step = x.stride(0)
    return x.as_strided((len(x) - width + 1, width), (step, step), 0)


def wrong_windows__one_row_short(x, width):
    """expected shape (2, 3), got shape (1, 3)"""
    return x.unfold(0, width, 1)[:-1]


def wrong_windows__side_by_side(x, width):
    return x.unfold(0, width, width)


def wrong_windows__by_index(x, width):
    """the rows were copied"""
    rows = torch.arange(len(x) - width + 1)[:, None]
    return x[rows + torch.arange(width)]
