"""Put what a name holds into words, and tell whether it changed: without changing it.

Nothing here draws random numbers, records for autograd, writes into what it looks at, or keeps
it alive: what is kept are texts and copied bytes.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _disable_current_modes

LARGE = 1 << 20  # of more numbers than this only the count of changes in place is compared
_PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)
_NAMED = (torch.dtype, torch.device, torch.Size, torch.layout, np.dtype, range, slice)


@dataclass(frozen=True)
class State:
    """What the page says of a value.

    Attributes:
        text: The value, cut in the middle if it is long; its lines are those of a table.
        facts: Its kind: for a tensor with shape, dtype, device and who made it.
        grad: The text of its `.grad`, None for what has no such thing.
        mark: What is different as soon as the value is.
        brief: Its kind in a word or two.
    """

    text: str
    facts: str
    grad: str | None = None
    mark: object = None
    brief: str = ""


@dataclass(frozen=True)
class Weights:
    """One parameter or buffer of a model: its size and its gradient's, as texts and as bytes."""

    shape: str
    size: str
    grad: str
    mark: object
    grad_mark: object
    copy: Tensor | None


@contextmanager
def unseen() -> Iterator[None]:
    """Compute with tensors so that no mode of the block, such as a counter, notices."""
    with torch.no_grad(), torch._C.DisableTorchFunction(), _disable_current_modes():
        yield


def look(value: Any, before: State | None = None) -> State:
    """Describe a value; what did not change since `before` is not described again."""
    try:
        with unseen():
            mark = _mark(value, 0)
            if before is not None and before.mark == mark:
                return before
            return State(*_words(value), mark=mark, brief=_brief(value))
    except (RuntimeError, TypeError, AttributeError, NotImplementedError):
        return State("", type(value).__name__)  # a stranger among the tensors


def is_value(value: Any) -> bool:
    """Say whether a value is worth showing as what an expression gave."""
    if isinstance(value, list | tuple | set | frozenset | dict):
        held = value.values() if isinstance(value, dict) else value
        return all(map(is_value, held))
    return isinstance(value, (*_PLAIN, Tensor, np.ndarray, torch.Size, torch.dtype, torch.device))


def weights(module: nn.Module, before: dict[str, Weights]) -> dict[str, Weights]:
    """Measure each parameter and buffer of a module: the root of the sum of the squares."""
    found: dict[str, Weights] = {}
    with unseen():
        for name, parameter in module.named_parameters():
            found[name] = _weight(parameter, parameter.grad, before.get(name))
        for name, buffer in module.named_buffers():
            if buffer.is_floating_point():
                found[name] = replace(_weight(buffer, None, before.get(name)), grad="–")
    return found


def _weight(value: Tensor, grad: Tensor | None, before: Weights | None) -> Weights:
    mark, grad_mark = _bytes(value), None if grad is None else _bytes(grad)
    if before is not None and before.mark == mark and before.grad_mark == grad_mark:
        return before
    plain = value.is_meta or value.numel() > LARGE
    copy = None if plain else value.detach().to("cpu", torch.float64, copy=True)
    grad_size = "None" if grad is None else _norm(grad)
    place = "" if value.is_cpu else f" {value.device.type}"
    return Weights(_shape(value) + place, _norm(value), grad_size, mark, grad_mark, copy)


def distance(old: Weights, new: Weights) -> str:
    """Say how far a parameter moved, empty where that has no meaning."""
    if old.copy is None or new.copy is None or old.copy.shape != new.copy.shape:
        return ""
    with unseen():
        return number((new.copy - old.copy).norm().item())


def number(value: Any, whole: str = "") -> str:
    """Return a number in four significant digits; integers have all of theirs.

    >>> number(0.123456), number(2.0, "."), number(16777216.0, ".0"), number(-3)
    ('0.1235', '2.', '16777216.0', '-3')
    """
    if isinstance(value, complex):
        sign = "" if math.copysign(1, value.imag) < 0 else "+"
        return f"{number(value.real, whole)}{sign}{number(value.imag, whole)}j"
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    text = f"{value:.4g}"
    if value.is_integer() and abs(value) < 1e9:
        text = f"{value:.0f}"
    return text + whole if text.lstrip("-").isdigit() else text


def _words(value: Any) -> tuple[str, str, str | None]:
    """Return a value's text, its facts, and its gradient's text."""
    name = type(value).__name__
    match value:
        case Tensor():
            return _tensor_words(value)
        case np.ndarray():
            return _grid(value.shape, value.item), f"array {_shape(value)} {value.dtype}", None
        case str():
            short = value if len(value) <= 60 else f"{value[:30]} … {value[-20:]}"
            return repr(short), "str", None
        case _ if isinstance(value, _PLAIN):
            return (
                number(value.item() if isinstance(value, np.generic) else value, ".0"),
                name,
                None,
            )
        case _ if isinstance(value, _NAMED):
            return str(value), name, None
        case nn.Module():
            text = repr(value)
            return text if text.count("\n") < 12 else "", "module", None
        case torch.optim.Optimizer():
            rates = ", ".join(number(float(g["lr"])) for g in value.param_groups)
            return f"lr {rates}", name, None
        case BaseException():
            return f"{value}".split("\n")[0][:120], name, None
        case list() | tuple() | set() | frozenset() | dict():
            many = f" of {len(value)}" if len(value) != 1 else " of one"
            return _holder(value, 0), name + many, None
        case types.ModuleType():
            return "", "module", None
        case type():
            return "", "class", None
        case types.FunctionType() | types.BuiltinFunctionType():
            return "", "function", None
    return "", name, None


def _tensor_words(value: Tensor) -> tuple[str, str, str | None]:
    kind = "parameter" if isinstance(value, nn.Parameter) else "tensor"
    facts = [f"{kind} {_shape(value)} {_dtype(value)}", str(value.device)]
    if value.grad_fn is not None:
        facts.append(f"grad_fn {type(value.grad_fn).__name__}")
    elif value.requires_grad:
        facts.append("requires grad")
    grad = None
    if value.requires_grad and (value.is_leaf or value.retains_grad):
        grad = "None" if value.grad is None else _numbers(value.grad)
    return _numbers(value), ", ".join(facts), grad


def _brief(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{_shape(value)} {_dtype(value)}"
    if isinstance(value, np.ndarray):
        return f"array {_shape(value)} {value.dtype}"
    return ""


def _shape(value: Any) -> str:
    return str(tuple(value.shape))


def _dtype(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _numbers(value: Tensor) -> str:
    """Return a tensor's numbers, none for one that keeps no numbers."""
    if value.is_meta:
        return "shape only, no numbers"
    if value.layout != torch.strided or value.is_quantized:
        return ""
    plain = value.detach().resolve_conj().resolve_neg().cpu()
    return _grid(plain.shape, lambda *at: plain[at].item())


def _grid(shape: tuple[int, ...], item: Callable[..., Any]) -> str:
    """Return numbers as rows and columns, of which long ones show their ends."""
    most = 6 if len(shape) < 3 else 4

    def places(length: int) -> list[int | None]:
        if length <= most:
            return list(range(length))
        return [*range(most // 2), None, *range(length - (most - 1) // 2, length)]

    def texts(at: tuple[int, ...]) -> list[str]:
        return ["…" if n is None else number(item(*at, n), ".") for n in places(shape[-1])]

    def cells(at: tuple[int, ...]) -> Iterator[str]:
        if len(at) == len(shape) - 1:
            yield from texts(at)
        else:
            for n in places(shape[len(at)]):
                if n is not None:
                    yield from cells((*at, n))

    if not shape:
        return number(item(), ".")
    width = max(map(len, cells(())), default=0) if len(shape) > 1 else 0

    def rows(at: tuple[int, ...]) -> str:
        if len(at) == len(shape) - 1:
            return f"[{', '.join(text.rjust(width) for text in texts(at))}]"
        inner = ["…" if n is None else rows((*at, n)) for n in places(shape[len(at)])]
        between = ",\n" + " " * (len(at) + 1)
        return f"[{between.join(inner)}]"

    return rows(())


def _holder(value: Any, deep: int) -> str:
    """Return a list, tuple, set or dictionary in one line."""

    def inside(held: Any) -> str:
        if isinstance(held, list | tuple | set | frozenset | dict):
            return _holder(held, deep + 1) if deep < 2 else "…"
        if isinstance(held, Tensor | np.ndarray):
            text = _words(held)[0]
            return text if "\n" not in text and len(text) < 20 else f"tensor {_shape(held)}"
        return _words(held)[0] or type(held).__name__

    if isinstance(value, dict):
        parts = [f"{inside(key)}: {inside(held)}" for key, held in _few(list(value.items()))]
        ends = "{}"
    else:
        kept = sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)
        parts = [inside(held) for held in _few(kept)]
        ends = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
    if len(value) > 6:
        parts.insert(3, "…")
    comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
    return f"{ends[0]}{', '.join(parts)}{comma}{ends[1]}"


def _few(held: list[Any]) -> list[Any]:
    return held if len(held) <= 6 else [*held[:3], *held[-2:]]


def _mark(value: Any, deep: int) -> object:
    """Return what is different as soon as a value is."""
    if isinstance(value, Tensor):
        grad = value.grad if value.is_leaf or value.retains_grad else None
        made = type(value).__name__, type(value.grad_fn).__name__
        own = (str(value.shape), str(value.dtype), str(value.device), value.requires_grad)
        return (*made, *own, _bytes(value), None if grad is None else _bytes(grad))
    if isinstance(value, np.ndarray):
        return (value.shape, str(value.dtype), value.tobytes() if value.size < LARGE else None)
    if isinstance(value, _PLAIN):
        return (type(value).__name__, repr(value))
    if isinstance(value, torch.optim.Optimizer):
        return (type(value).__name__, [float(group["lr"]) for group in value.param_groups])
    if isinstance(value, nn.Module):
        return ("module", repr(value), value.training)
    if isinstance(value, list | tuple | set | frozenset | dict) and deep < 3 and len(value) < 1000:
        held: list[Any] = list(value.items()) if isinstance(value, dict) else list(value)
        return (type(value).__name__, [_mark(part, deep + 1) for part in held])
    return type(value).__name__


def _bytes(value: Tensor) -> object:
    if value.is_meta or value.layout != torch.strided or value.is_quantized:
        return _version(value)
    if value.numel() > LARGE:
        return (value.data_ptr(), _version(value))
    plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
    return plain.view(torch.uint8).numpy().tobytes()


def _version(value: Tensor) -> int | None:
    return None if value.is_inference() else value._version


def _norm(value: Tensor) -> str:
    if value.is_meta:
        return "–"
    return number(value.detach().to("cpu", torch.float64).norm().item())
