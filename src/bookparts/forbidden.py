"""Hold an answer to what its task forbids, kindly: a check uses these around the answer's calls.

What the source shows is looked up before the answer is called:

    no_loop(answer, "Broadcasting does it: give `a` a dimension more.")

What only a run shows is refused while it happens, at the reader's own line:

    with no_torch("Plain Python only: `math.exp` may help."):
        got = answer(w, b, x, t)
    with no_call(F.mse_loss, torch.cdist, hint="Write it with subtraction and `sum`."): ...
    with no_autograd("The chain rule, by hand."): ...
    with no_module("Count by arithmetic: multiply and add."): ...
    with no_optimizer("`θ ← θ − γ·g` is one line."): ...

What a task demands, or leaves alone, is asked for afterwards:

    with autograd_used("Let `backward` find it."): ...
    with unchanged(x=x, labels=labels): got = answer(x, labels)
    f = counted(f); answer(f, x); assert f.calls <= 2, "..."
    exact(got, want, "at x = 2")      # floats: what nudging finds is nearly right, and not exact

Only the answer's calls belong into a `with`: what the check computes itself comes before or after.
A hint says what to do instead. An answer that catches the error is refused all the same.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import math
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from bookparts.answers import same

__all__ = [
    "ForbiddenError",
    "autograd_used",
    "counted",
    "exact",
    "no_autograd",
    "no_call",
    "no_loop",
    "no_module",
    "no_optimizer",
    "no_torch",
    "unchanged",
]

_LOOPS = {
    ast.For: "a loop",
    ast.AsyncFor: "a loop",
    ast.While: "a loop",
    ast.ListComp: "a comprehension, which is a loop",
    ast.SetComp: "a comprehension, which is a loop",
    ast.DictComp: "a comprehension, which is a loop",
    ast.GeneratorExp: "a comprehension, which is a loop",
}
_LOOPERS = {"map", "filter", "reduce", "starmap", "vectorize", "apply_along_axis"}


class ForbiddenError(AssertionError):
    """An answer takes a way that its task rules out; the text is for its reader."""


def no_loop(answer: Callable[..., Any], hint: str = "") -> None:
    """Refuse an answer that loops in Python, itself or in a function of its own file that it calls.

    Comprehensions, `map` and recursion count. Of a class all methods are read. What has no source,
    as a built-in, passes.

    Raises:
        ForbiddenError: With the line, and the hint.
    """
    for function in _reached(answer):
        tree = _tree(function)
        for node in ast.walk(tree) if tree else ():
            what = _LOOPS.get(type(node), "")
            name = _called(node)
            own = name == function.__name__ and isinstance(getattr(node, "func", None), ast.Name)
            if name in _LOOPERS:
                what = f"`{name}`, which is a loop"
            elif own:
                what = "a call of the function itself, which is a loop"
            if what:
                first = function.__code__.co_firstlineno
                number = first + getattr(node, "lineno", 1) - 1
                line = linecache.getline(function.__code__.co_filename, number).strip()
                raise ForbiddenError(
                    _told(f"no loop is allowed, and here is {what}: `{line}`", hint)
                )


def _called(node: ast.AST) -> str:
    """Return the name of what a node calls, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    name: str = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name


def _reached(answer: Callable[..., Any]) -> list[FunctionType]:
    """List the answer and the functions of the same file that it can reach by their names."""
    start = inspect.unwrap(answer)
    methods = vars(start).values() if inspect.isclass(start) else [start]
    plain = [getattr(method, "__func__", method) for method in methods]  # a static one, too
    found = [function for function in plain if isinstance(function, FunctionType)]
    for function in found:
        names = [n for code in _codes(function.__code__) for n in code.co_names]
        captured = inspect.getclosurevars(function).nonlocals
        for name in names:
            other = captured.get(name, function.__globals__.get(name))
            if (
                isinstance(other, FunctionType)
                and other.__code__.co_filename == function.__code__.co_filename
                and other not in found
            ):
                found.append(other)
    return found


def _codes(code: Any) -> Iterator[Any]:
    yield code
    for inner in code.co_consts:
        if hasattr(inner, "co_names"):
            yield from _codes(inner)


def _tree(function: FunctionType) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):  # no source, or a lambda in the middle of a line
        return None


class _Watch(TorchFunctionMode):
    """Calls `seen` with every function of torch before it runs."""

    def __init__(self, seen: Callable[[Any], None]) -> None:
        super().__init__()
        self.seen = seen

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen(func)
        return func(*args, **(kwargs or {}))


@contextmanager
def no_call(*functions: Callable[..., Any], hint: str = "") -> Iterator[None]:
    """Refuse calls of these functions of torch, however they were imported, or through a module.

    A method is named as one: `torch.Tensor.mean` is another function than `torch.mean`.

    Raises:
        ForbiddenError: With the function's name, the reader's line, and the hint.
    """
    names = {_name(function) for function in functions}

    def seen(func: Any) -> None:
        if any(func is f for f in functions) or _name(func) in names:
            refuse(f"`{_short(func)}` is not allowed here")

    with _refusing(hint) as refuse, _Watch(seen):
        yield


@contextmanager
def no_torch(hint: str = "") -> Iterator[None]:
    """Refuse every call of torch.

    Raises:
        ForbiddenError: With the function's name, the reader's line, and the hint.
    """

    def seen(func: Any) -> None:
        refuse(f"torch is not allowed here, and `{_short(func)}` is of torch")

    with _refusing(hint) as refuse, _Watch(seen):
        yield


@contextmanager
def no_autograd(hint: str = "") -> Iterator[None]:
    """Refuse `backward`, `torch.autograd.grad` and what is built on them.

    Raises:
        ForbiddenError: With the reader's line, and the hint.
    """

    def run(*args: Any, **kwargs: Any) -> Any:
        refuse("autograd is not allowed here, and this asks it for the gradient")

    with _refusing(hint) as refuse, _replaced(torch.autograd, "_engine_run_backward", run):
        yield


@contextmanager
def autograd_used(hint: str = "") -> Iterator[None]:
    """Refuse an answer that got through without a single run of autograd.

    Raises:
        ForbiddenError: With the hint.
    """
    runs = 0
    usual = torch.autograd._engine_run_backward  # type: ignore[attr-defined]

    def run(*args: Any, **kwargs: Any) -> Any:
        nonlocal runs
        runs += 1
        return usual(*args, **kwargs)

    with _replaced(torch.autograd, "_engine_run_backward", run):
        yield
    if not runs:
        raise ForbiddenError(_told("autograd is to find this, and it was not asked", hint))


@contextmanager
def no_module(hint: str = "") -> Iterator[None]:
    """Refuse that a module is built, as by `nn.Linear(2, 3)`.

    Raises:
        ForbiddenError: With the reader's line, and the hint.
    """

    def build(self: nn.Module, *args: Any, **kwargs: Any) -> None:
        refuse(f"no module is to be built, and this builds: `{type(self).__name__}`")

    with _refusing(hint) as refuse, _replaced(nn.Module, "__init__", build):
        yield


@contextmanager
def no_optimizer(hint: str = "") -> Iterator[None]:
    """Refuse that an optimizer of torch is built.

    Raises:
        ForbiddenError: With the reader's line, and the hint.
    """

    def build(self: object, *args: Any, **kwargs: Any) -> None:
        refuse(f"no optimizer is to be used, and this makes: `{type(self).__name__}`")

    with _refusing(hint) as refuse, _replaced(torch.optim.Optimizer, "__init__", build):
        yield


@contextmanager
def unchanged(**tensors: torch.Tensor) -> Iterator[None]:
    """Refuse an answer that writes into one of these tensors, or leaves a gradient on it.

    Raises:
        ForbiddenError: With the name of the tensor.
    """
    before = {name: _state(tensor) for name, tensor in tensors.items()}
    yield
    for name, tensor in tensors.items():
        values, shape, wants, grad = before[name]
        now = _state(tensor)
        if now[1] != shape or not torch.equal(now[0], values):
            raise ForbiddenError(
                f"your function changed `{name}`, which is its caller's: "
                "which line writes in place?"
            )
        if now[2] != wants:
            raise ForbiddenError(
                f"your function changed `{name}.requires_grad`, which is its caller's"
            )
        if (grad is None) != (now[3] is None) or (
            grad is not None and now[3] is not None and not torch.equal(grad, now[3])
        ):
            raise ForbiddenError(f"your function left another `{name}.grad` than there was")


def _state(tensor: torch.Tensor) -> tuple[Any, Any, bool, torch.Tensor | None]:
    """Return what of a tensor is to stay: its bits (NaN equals itself), shape, and gradient."""
    bits = tensor.detach().clone().contiguous().reshape(-1).view(torch.uint8)
    grad = tensor.grad.clone() if tensor.is_leaf and tensor.grad is not None else None
    return bits, tensor.shape, tensor.requires_grad, grad


class _Counted:
    """A function that knows how often it was called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        return self.function(*args, **kwargs)


def counted(function: Callable[..., Any]) -> _Counted:
    """Return the function as one whose `calls` tells how often it was called."""
    return _Counted(function)


def exact(got: object, want: float | tuple[float, ...], hint: str = "") -> None:
    """Check floats to the last few bits: a slope by nudging agrees to some digits only.

    Raises:
        AssertionError: If a type or a number differs.
    """
    same(got, want, hint)  # what is plainly wrong is told as such
    pairs: Any = zip(got, want, strict=True) if isinstance(want, tuple) else [(got, want)]  # type: ignore[call-overload]
    for mine, right in pairs:
        if not math.isclose(mine, right, rel_tol=1e-12, abs_tol=1e-14):
            near = f"nearly, and not exactly: expected {right!r}, got {mine!r}"
            raise ForbiddenError(_told(f"{near}; was it found by nudging?", hint))


class _Refusal:
    """Raises at the forbidden call, and remembers it."""

    def __init__(self, hint: str) -> None:
        self.hint, self.error = hint, None

    error: ForbiddenError | None

    def __call__(self, what: str) -> None:
        line = _readers_line(sys._getframe(1))
        self.error = ForbiddenError(_told(f"{what}: `{line}`" if line else what, self.hint))
        raise self.error


@contextmanager
def _refusing(hint: str) -> Iterator[_Refusal]:
    """Give what refuses a call; an answer that caught the refusal meets it again at the end."""
    refusal = _Refusal(hint)
    try:
        yield refusal
    except ForbiddenError:
        raise
    except BaseException as error:
        if refusal.error is not None:
            raise refusal.error from error
        raise
    if refusal.error is not None:
        raise refusal.error


@contextmanager
def _replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    old = getattr(owner, name)
    setattr(owner, name, new)
    try:
        yield
    finally:
        setattr(owner, name, old)


def _readers_line(frame: FrameType | None) -> str:
    """Return the innermost line that belongs neither to torch nor to the checks."""
    while frame is not None:
        file = frame.f_code.co_filename.replace("\\", "/")
        if "/site-packages/" not in file and not file.endswith(
            ("bookparts/forbidden.py", "<string>")
        ):
            if file.endswith(("/checks.py", "contextlib.py", "bookparts/practice.py")):
                return ""
            return linecache.getline(file, frame.f_lineno).strip()
        frame = frame.f_back
    return ""


def _name(function: Any) -> str:
    return torch.overrides.resolve_name(function) or ""


def _short(function: Any) -> str:
    full = _name(function) or f"{getattr(function, '__name__', function)}"
    full = full.removesuffix(".__get__")
    return full.replace("torch.functional.", "torch.").replace("torch.nn.functional.", "F.")


def _told(text: str, hint: str) -> str:
    return f"{text}\n{hint}" if hint else text
