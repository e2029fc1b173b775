"""What autograd recorded of an expression: its nodes, values and gradients, in their own order.

The nodes come from `grad_fn` and `next_functions`, the values from the operations while they ran
(heard below autograd, each matched with the node that was made for it), and the gradients from
hooks on the nodes during `backward()`. Nothing is computed a second time.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import Node
from torch.utils._python_dispatch import TorchDispatchMode

Expression = Callable[..., Tensor]
Value = float | Tensor

_POWER = "g · {b} · {a}<sup>{b} − 1</sup>"
_SHAPED = ("g, in the shape of {a}",)
RULES: Mapping[str, tuple[str, ...]] = {
    "Abs": ("g · sign {a}",),
    "Add": ("g", "g"),
    "Clone": ("g",),
    "Cos": ("−g · sin {a}",),
    "Div": ("g / {b}", "−g · {a} / {b}²"),
    "Dot": ("g · {b}", "g · {a}"),
    "Exp": ("g · {y}",),
    "Expand": ("g, summed",),
    "Log": ("g / {a}",),
    "Mean": ("g / {n}, to each of the {n}",),
    "Mul": ("g · {b}", "g · {a}"),
    "Mv": ("g times {b}, as rows and columns", "{a}ᵀ @ g"),
    "Neg": ("−g",),
    "PowBackward0": (_POWER,),
    "PowBackward1": (_POWER, "g · {y} · ln {a}"),
    "PowBackward2": ("g · {y} · ln {a}",),
    "Reciprocal": ("−g · {y}²",),
    "Relu": ("g if {a} &gt; 0, else 0",),
    "RsubBackward0": ("−g", "g"),
    "RsubBackward1": ("−g",),
    "Sigmoid": ("g · {y} · (1 − {y})",),
    "Sin": ("g · cos {a}",),
    "Sqrt": ("g / (2 · {y})",),
    "Squeeze": _SHAPED,
    "Sub": ("g", "−g"),
    "Sum": ("g, to each of the {n}",),
    "T": _SHAPED,
    "Tanh": ("g · (1 − {y}²)",),
    "Unsqueeze": _SHAPED,
    "View": _SHAPED,
}
"""What a node sends to each of its inputs: g came in, a and b are what it computed with, y its
result, n how many numbers went into one. A name with digits is meant exactly."""

_UNKNOWN = "see its derivative formula"
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "mm": "@", "mv": "@"}


@dataclass(frozen=True)
class Stop:
    """One node, in the order in which `backward()` visits them.

    Attributes:
        name: The node's class, as in `PowBackward0`.
        label: What its result is called here: `x` for a leaf, `a`, `b`, … for what was computed.
        code: What was computed, as in `x ** 2`; empty for a leaf.
        rules: For each of its inputs what it sends there, in HTML.
        value: The result when it was computed.
        came: The gradient that came in.
        sent: What went to each of its inputs; None where nothing is followed.
        leads: The index of the stop behind each of its inputs, or None.
    """

    name: str
    label: str
    code: str
    rules: tuple[str, ...]
    value: Tensor
    came: Tensor
    sent: tuple[Tensor | None, ...]
    leads: tuple[int | None, ...]

    @property
    def formula(self) -> str:
        """What stands in its box: `a = x ** 2`, or the name of a leaf."""
        return f"{self.label} = {self.code}" if self.code else self.label


@dataclass(frozen=True)
class _Call:
    """An operation that ran: its name, and for each argument the node, tensor or plain value."""

    operation: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    value: Tensor
    result: Tensor


class _Listener(TorchDispatchMode):
    """Hears every operation below autograd, and learns afterwards which node was made for it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.behind: dict[Node, _Call] = {}
        self.unrecorded: dict[int, _Call] = {}
        self._last: list[_Call] = []

    def settle(self) -> None:
        """Look up the nodes of what ran since the last time."""
        for call in self._last:
            node = call.result.grad_fn
            if node is None:
                self.unrecorded[id(call.result)] = call
            elif node not in self.behind:
                self.behind[node] = call
        self._last.clear()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.settle()
        arguments = tuple(arg.grad_fn or arg if isinstance(arg, Tensor) else arg for arg in args)
        result = func(*args, **(kwargs or {}))
        name = func._schema.name.partition("::")[2]
        if isinstance(result, Tensor) and name not in ("detach", "lift_fresh"):
            value = result.detach().clone()
            self._last.append(_Call(name, arguments, kwargs or {}, value, result))
        return result


def record(
    expression: Expression,
    inputs: Mapping[str, Value],
    given: Mapping[str, Value] | None = None,
    result: str = "y",
) -> list[Stop]:
    """Run an expression and `backward()` once, and return the stops in their order.

    Args:
        expression: takes the inputs by their names and returns a scalar.
        inputs: a number, which becomes float64, or a float tensor for each leaf, whose gradient is
            wanted.
        given: the same for what is not followed, such as data.
        result: what to call the result.

    Raises:
        ValueError: if the result is no scalar, has no record, or a node has several results.

    >>> [(stop.name, stop.came.item()) for stop in record(lambda x: 3 * x, {"x": 2.0})]
    [('MulBackward0', 1.0), ('AccumulateGrad', 3.0)]
    """
    leaves = {name: _tensor(value).requires_grad_() for name, value in inputs.items()}
    plain = {name: _tensor(value) for name, value in (given or {}).items()}
    with _Listener() as heard:
        made = expression(**leaves, **plain)
    heard.settle()
    if not isinstance(made, Tensor) or made.numel() != 1:
        raise ValueError("the expression must return one number, as a tensor")
    if made.grad_fn is None:
        raise ValueError("nothing was recorded: the result does not come from the inputs")
    visits: list[tuple[Node, Tensor, tuple[Tensor | None, ...]]] = []
    for node in _behind(made.grad_fn):
        _listen(node, visits)
    made.backward()

    names = {id(tensor): name for name, tensor in (leaves | plain).items()}
    letters = _letters({*leaves, *plain, result})
    labels = {
        node: names[id(node.variable)] if hasattr(node, "variable") else next(letters)
        for node, _, _ in reversed(visits)
    }
    labels[made.grad_fn] = result
    order = {node: n for n, (node, _, _) in enumerate(visits)}
    stops = []
    for node, came, sent in visits:
        leads = tuple(order.get(source) if source else None for source, _ in node.next_functions)
        if hasattr(node, "variable"):
            value, code = node.variable.detach().clone(), ""
            rules: tuple[str, ...] = ("adds g",)
        elif node in heard.behind:
            call = heard.behind[node]
            value, code = call.value, _code(call, labels, names, heard.unrecorded)
            words = [_word(a, labels, names, heard.unrecorded) for a in call.arguments]
            rules = _rules(node, call, words, labels[node], sent)
        else:
            raise ValueError(f"no operation was heard that made {node.name()}")
        stops.append(Stop(type(node).__name__, labels[node], code, rules, value, came, sent, leads))
    return stops


def _tensor(value: Value) -> Tensor:
    """Make a leaf; numbers in float64, whose four places are the same on every machine."""
    if isinstance(value, Tensor):
        return value.detach().clone()
    return torch.tensor(value, dtype=torch.float64)


def _behind(last: Node) -> list[Node]:
    """List all nodes behind one, itself included."""
    found = [last]
    for node in found:
        for earlier, _ in node.next_functions:
            if earlier is not None and earlier not in found:
                found.append(earlier)
    return found


def _listen(node: Node, visits: list[Any]) -> None:
    def stop(sent: tuple[Tensor | None, ...], came: tuple[Tensor, ...]) -> None:
        kept = tuple(None if g is None else g.detach().clone() for g in sent)
        if len(came) > 1:
            raise ValueError(f"{node.name()} has several results; the graph draws one")
        visits.append((node, came[0].detach().clone(), kept))

    node.register_hook(stop)


def _letters(taken: set[str]) -> Iterator[str]:
    """Name what is computed on the way: letters, then letters with numbers."""
    for n in count():
        for letter in ascii_lowercase:
            name = f"{letter}{n or ''}"
            if name not in taken and letter not in "glo":
                yield name


_Names = Mapping[int, str]


def _word(argument: Any, labels: Mapping[Node, str], names: _Names, others: Any) -> str:
    """Write an argument of an operation: a name, a number, or what it was computed from."""
    if isinstance(argument, Node):
        return labels.get(argument, "?")
    if isinstance(argument, Tensor):
        if id(argument) in names:
            return names[id(argument)]
        if id(argument) in others:
            return f"({_code(others[id(argument)], labels, names, others)})"
        return shown(argument)
    return f"{argument:g}" if isinstance(argument, float) else str(argument)


def _code(call: _Call, labels: Mapping[Node, str], names: _Names, others: Any) -> str:
    words = [_word(argument, labels, names, others) for argument in call.arguments]
    if call.operation == "rsub" and not call.options:
        return f"{words[1]} - {words[0]}"
    if call.operation in _SIGNS and len(words) == 2 and not call.options:
        return f"{words[0]} {_SIGNS[call.operation]} {words[1]}"
    words += [f"{name}={_word(v, labels, names, others)}" for name, v in call.options.items()]
    return f"{call.operation.rstrip('_')}({', '.join(words)})"


def _rules(
    node: Node, call: _Call, words: Sequence[str], own: str, sent: Sequence[Tensor | None]
) -> tuple[str, ...]:
    name = type(node).__name__
    found = RULES.get(name, RULES.get(name.partition("Backward")[0], ()))
    if call.options or len(found) < len(node.next_functions):
        return (_UNKNOWN,) * len(node.next_functions)
    a, b = (html.escape(word) for word in (*words, "", "")[:2])
    rules = []
    for rule, gradient in zip(found, sent, strict=False):
        many = 0 if gradient is None else gradient.numel() // call.value.numel()
        text = rule.format(a=a, b=b, y=own, n=many)
        if gradient is not None and gradient.numel() < call.value.numel():
            text += ", summed"
        rules.append(text)
    return tuple(rules)


def shown(value: Tensor) -> str:
    """Write a number with four significant places, or up to four of them.

    >>> shown(torch.tensor(-2.0)), shown(torch.tensor([1.0, 0.123456]))
    ('−2', '[1, 0.1235]')
    """
    if value.numel() > 4:
        return f"{'×'.join(map(str, value.shape))} numbers"
    numbers = [f"{v + 0.0:.4g}".replace("-", "−") for v in value.flatten().tolist()]
    return f"[{', '.join(numbers)}]" if value.ndim else numbers[0]
