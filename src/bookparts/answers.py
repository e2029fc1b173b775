"""Compare an answer with the expected one, and say in words which part of it differs."""

from __future__ import annotations

import math
import sys
from typing import Any

_TOLERANCES = {  # dtype: relative, absolute; those that torch.testing.assert_close uses
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "complex64": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex128": (1e-7, 1e-7),
}
_NUMBER = (1e-6, 1e-9)  # Python's own floats
_LONGEST = 300  # characters of a value that are shown


def same(
    got: object,
    want: object,
    hint: str = "",
    *,
    rtol: float | None = None,
    atol: float | None = None,
) -> None:
    """Check that an answer has the expected type, shape, dtype and values.

    Args:
        got: what the reader's function returned: a tensor, an array, a number, a text, or lists,
            tuples and dicts of them.
        want: what it should have returned.
        hint: a sentence that is shown, after what differs, to a reader whose answer is wrong.
        rtol: how far a float may be off, relative to the expected one; by default what its dtype
            allows (as in `torch.testing.assert_close`), and 1e-6 for Python's floats.
        atol: how far it may be off in absolute terms; by default by dtype, as above.

    Raises:
        AssertionError: if they differ; its message says in words what was expected.
    """
    difference = _difference(got, want, rtol, atol)
    if difference:
        raise AssertionError(f"{difference}\n{hint}" if hint else difference)


def _difference(got: Any, want: Any, rtol: float | None, atol: float | None) -> str:
    """Say what differs, or return an empty text."""
    if got is None and want is not None:
        return f"expected {kind(want)}, got {described(got)}"
    if _is_array(want):
        return _array_difference(got, want, rtol, atol)
    if isinstance(want, (list, tuple)):
        return _sequence_difference(got, want, rtol, atol)
    if isinstance(want, dict):
        return _dict_difference(got, want, rtol, atol)
    fits = isinstance(got, type(want)) and not isinstance(got, bool)  # True is an int, too
    if type(got) is not type(want) and not fits:
        number = isinstance(want, (bool, int, float)) and _is_array(got) and _size(got) == 1
        hint = " (`.item()` gets the number out)" if number else ""
        return f"expected {kind(want)}, got {described(got)}{hint}"
    if isinstance(want, (float, complex)):
        relative, absolute = _NUMBER
        alike = _close(got, want, _or(rtol, relative), _or(atol, absolute))
    else:
        alike = bool(got == want)
    return "" if alike else f"expected {_show(want)}, got {_show(got)}"


def _array_difference(got: Any, want: Any, rtol: float | None, atol: float | None) -> str:
    if not _is_array(got) or _library(got) != _library(want):
        return f"expected {kind(want)}, got {described(got)}"
    if tuple(got.shape) != tuple(want.shape):
        return f"expected shape {_shape(want)}, got shape {_shape(got)}"
    if got.dtype != want.dtype:
        return f"expected dtype {want.dtype}, got dtype {got.dtype}"
    if getattr(got, "device", None) != getattr(want, "device", None):
        return f"expected device {want.device}, got device {got.device}"
    relative, absolute = _TOLERANCES.get(str(want.dtype).removeprefix("torch."), (0.0, 0.0))
    relative, absolute = _or(rtol, relative), _or(atol, absolute)
    pairs = list(zip(_flat(got), _flat(want), strict=True))
    wrong = [n for n, (a, b) in enumerate(pairs) if not _close(a, b, relative, absolute)]
    if not wrong:
        return ""
    if not want.shape:
        return f"expected the value {_number(pairs[0][1])}, got {_number(pairs[0][0])}"
    first = wrong[0]
    text = (
        f"the shape and the dtype are right, but {len(wrong)} of {len(pairs)} values are not; "
        f"the first at [{_index(first, tuple(want.shape))}]: "
        f"expected {_number(pairs[first][1])}, got {_number(pairs[first][0])}"
    )
    if len(pairs) <= 24:
        text += f"\nexpected {_show(_plain(want))}\ngot      {_show(_plain(got))}"
    return text


def _sequence_difference(got: Any, want: Any, rtol: float | None, atol: float | None) -> str:
    base = tuple if isinstance(want, tuple) else list
    if not isinstance(got, base):
        return f"expected {kind(want)}, got {described(got)}"
    if len(got) != len(want):
        return f"expected {len(want)} item{'s' * (len(want) != 1)}, got {len(got)}: {_show(got)}"
    for n, (a, b) in enumerate(zip(got, want, strict=True)):
        if difference := _difference(a, b, rtol, atol):
            return f"item {n}: {difference}"
    return ""


def _dict_difference(got: Any, want: dict[Any, Any], rtol: float | None, atol: float | None) -> str:
    if not isinstance(got, dict):
        return f"expected {kind(want)}, got {described(got)}"
    if missing := [key for key in want if key not in got]:
        return f"the key {missing[0]!r} is missing"
    if extra := [key for key in got if key not in want]:
        return f"the key {extra[0]!r} was not expected"
    for key, value in want.items():
        if difference := _difference(got[key], value, rtol, atol):
            return f"key {key!r}: {difference}"
    return ""


def _close(got: Any, want: Any, rtol: float, atol: float) -> bool:
    if isinstance(want, complex):
        return _close(got.real, want.real, rtol, atol) and _close(got.imag, want.imag, rtol, atol)
    if not isinstance(want, float) or math.isinf(want):
        return bool(got == want)
    if math.isnan(want):
        return math.isnan(got)
    return bool(abs(got - want) <= atol + rtol * abs(want))


def _is_array(value: object) -> bool:
    """Say whether a value is a tensor or an array, without importing what makes them."""
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    return (torch is not None and isinstance(value, torch.Tensor)) or (
        numpy is not None and isinstance(value, numpy.ndarray)
    )


def _library(value: object) -> str:
    numpy = sys.modules.get("numpy")
    return "numpy" if numpy is not None and isinstance(value, numpy.ndarray) else "torch"


def _size(array: Any) -> int:
    return math.prod(array.shape)


def _plain(array: Any) -> Any:
    """Return a tensor without its gradient, so that it prints as its values alone."""
    return array.detach() if _library(array) == "torch" else array


def _flat(array: Any) -> list[Any]:
    values: list[Any] = _plain(array).reshape(-1).tolist()
    return values


def kind(value: object) -> str:
    """Name what a value is, with its article."""
    if value is None:
        return "None"
    if _is_array(value):
        return "a tensor" if _library(value) == "torch" else "a NumPy array"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def described(value: object) -> str:
    """Name what a value is, and show it; None is what a function without `return` gives."""
    if value is None:
        return "None (is a `return` missing?)"
    return f"{kind(value)}: {_show(value)}"


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _shape(array: Any) -> str:
    return str(tuple(array.shape))


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _index(position: int, shape: tuple[int, ...]) -> str:
    """Turn a position in the flattened array into an index of the array."""
    index = []
    for length in reversed(shape):
        position, here = divmod(position, length)
        index.append(str(here))
    return ", ".join(reversed(index))


def _or(given: float | None, default: float) -> float:
    return default if given is None else given
