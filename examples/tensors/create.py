"""Create tensors: the right numbers, in the right dtype, on the right device."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
INTEGERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


# --8<-- [start:people]
PEOPLE = [
    [170, 65, 25],  # height in cm, weight in kg, age in years
    [160, 55, 30],
    [180, 80, 22],
    [155, 50, 35],
]


def people() -> Tensor:
    """Return the four people of this part, one a row: (4, 3), float32.

    >>> people().shape
    torch.Size([4, 3])
    """
    return torch.tensor(PEOPLE, dtype=torch.float32)


# --8<-- [end:people]


def name(dtype: torch.dtype) -> str:
    """Return a dtype's name without its module: `float32` for `torch.float32`.

    >>> name(torch.bfloat16)
    'bfloat16'
    """
    return str(dtype).removeprefix("torch.")


# --8<-- [start:card]
def card(tensor: Tensor) -> str:
    """Describe a tensor in a line: shape, dtype, device, size.

    >>> card(people())
    '(4, 3) · float32 · cpu · 48 bytes'
    """
    shape, dtype = tuple(tensor.shape), name(tensor.dtype)
    return f"{shape} · {dtype} · {tensor.device} · {tensor.nbytes:,} bytes"


# --8<-- [end:card]


# --8<-- [start:megabytes]
def megabytes(shape: Sequence[int], dtype: torch.dtype) -> float:
    """Return the megabytes (10⁶ bytes) a tensor takes, without making it.

    >>> megabytes((1000, 1000), torch.float32)
    4.0
    """
    return torch.empty(*shape, dtype=dtype, device="meta").nbytes / 1e6


# --8<-- [end:megabytes]


def fraction_bits(dtype: torch.dtype) -> int:
    """Return how many bits of a floating-point dtype store the fraction of a number.

    >>> [fraction_bits(dtype) for dtype in FLOATS]
    [52, 23, 10, 7]
    """
    return round(-math.log2(torch.finfo(dtype).eps))


def gap(value: float, dtype: torch.dtype) -> float:
    """Return the distance from `value`, as `dtype` stores it, to the next larger number.

    >>> gap(1.0, torch.float32) == 2**-23
    True
    >>> gap(16_777_216.0, torch.float32)
    2.0
    """
    here = torch.tensor(value, dtype=dtype)
    above = torch.nextafter(here, torch.tensor(math.inf, dtype=dtype))
    return float((above.double() - here.double()).item())


def counts_to(dtype: torch.dtype) -> int:
    """Return the number up to which a floating-point dtype holds every whole number.

    >>> counts_to(torch.float32)
    16777216
    """
    return int(2 ** (fraction_bits(dtype) + 1))


def float_table() -> str:
    """Return a Markdown table of the floating-point dtypes, from `torch.finfo`.

    "Digits kept" is how many significant decimal digits survive storing for every number in range.

    >>> float_table().splitlines()[3]
    '| `float32` | 32 | 8 + 23 | 3.403e+38 | 1.192e-07 | 6 | 16,777,216 |'
    """
    lines = [
        "| dtype | bits | exponent + fraction | largest | gap above 1 | digits kept | counts to |",
        "|---|---|---|---|---|---|---|",
    ]
    for dtype in FLOATS:
        info, fraction = torch.finfo(dtype), fraction_bits(dtype)
        digits = math.floor(fraction * math.log10(2))
        lines.append(
            f"| `{name(dtype)}` | {info.bits} | {info.bits - 1 - fraction} + {fraction} "
            f"| {_large(info.max)} | {info.eps:.4g} | {digits} | {_large(counts_to(dtype))} |"
        )
    return "\n".join(lines)


def _large(value: float) -> str:
    return f"{value:,.0f}" if value < 1e9 else f"{value:.3e}"


def integer_table() -> str:
    """Return a Markdown table of the common integer dtypes, from `torch.iinfo`.

    >>> integer_table().splitlines()[-1]
    '| `uint8` | 8 | 0 | 255 |'
    """
    lines = ["| dtype | bits | smallest | largest |", "|---|---|---|---|"]
    for dtype in INTEGERS:
        info = torch.iinfo(dtype)
        lines.append(f"| `{name(dtype)}` | {info.bits} | {info.min:,} | {info.max:,} |")
    return "\n".join(lines)


# --8<-- [start:pick_device]
def pick_device() -> torch.device:
    """Return this machine's accelerator, or the CPU where there is none.

    >>> torch.zeros(2, device=pick_device()).sum().item()
    0.0
    """
    found = torch.accelerator.current_accelerator(check_available=True)
    return found if found is not None else torch.device("cpu")


# --8<-- [end:pick_device]


# --8<-- [start:slowdown]
def slowdown(work: Callable[[torch.dtype], object], repeats: int = 40) -> float:
    """Return how many times longer `work` takes in float64 than in float32.

    Each dtype is timed `repeats` times, in turn, and its fastest run counts: what else the
    machine does can only make a run slower.

    >>> slowdown(lambda dtype: torch.ones(10, dtype=dtype).sum(), repeats=2) > 0
    True
    """
    seconds = {torch.float32: math.inf, torch.float64: math.inf}
    for _ in range(repeats):
        for dtype, fastest in seconds.items():
            start = time.perf_counter()
            work(dtype)
            seconds[dtype] = min(fastest, time.perf_counter() - start)
    return seconds[torch.float64] / seconds[torch.float32]


# --8<-- [end:slowdown]


if __name__ == "__main__":
    print(card(people()))
    print(float_table(), integer_table(), sep="\n\n")
