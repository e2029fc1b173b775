"""A scalar autograd engine: numbers that remember how they were made.

An operation is a `Rule`, a `Value` is a number with a memory, and `backward` walks the memory back.

>>> x = Value(2.0)
>>> y = x**2 + 3 * x + 1
>>> y.backward()
>>> y.number, x.grad
(11.0, 7.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


# --8<-- [start:rule]
@dataclass(frozen=True)
class Rule:
    """One operation on plain numbers: its result, and its slope along each input.

    `slopes` gets the result first, since many slopes are short in its terms.
    """

    name: str
    result: Callable[..., float]
    slopes: Callable[..., tuple[float, ...]]


# --8<-- [end:rule]


def _power_slopes(y: float, a: float, n: float) -> tuple[float, float]:
    """Return the slopes of aⁿ along a and along n; the second needs log a, and else is nan."""
    return n * math.pow(a, n - 1), y * math.log(a) if a > 0 else math.nan


def _sigmoid(a: float) -> float:
    """Return 1 / (1 + e⁻ᵃ); the exponent is never positive, so nothing overflows."""
    small = math.exp(-abs(a))
    return 1 / (1 + small) if a >= 0 else small / (1 + small)


# --8<-- [start:rules]
ADD = Rule("add", lambda a, b: a + b, lambda y, a, b: (1.0, 1.0))
SUB = Rule("sub", lambda a, b: a - b, lambda y, a, b: (1.0, -1.0))
MUL = Rule("mul", lambda a, b: a * b, lambda y, a, b: (b, a))
DIV = Rule("div", lambda a, b: a / b, lambda y, a, b: (1 / b, -y / b))
POW = Rule("pow", math.pow, _power_slopes)
EXP = Rule("exp", math.exp, lambda y, a: (y,))
LOG = Rule("log", math.log, lambda y, a: (1 / a,))
RELU = Rule("relu", lambda a: max(a, 0.0), lambda y, a: (1.0 if a > 0 else 0.0,))
SIGMOID = Rule("sigmoid", _sigmoid, lambda y, a: (y * (1 - y),))
# --8<-- [end:rules]

RULES = (ADD, SUB, MUL, DIV, POW, EXP, LOG, RELU, SIGMOID)


# --8<-- [start:value]
class Value:
    """A number that remembers the rule and the inputs it was made from.

    A value that no rule made is a leaf. `backward` adds to the `grad` of leaves only.
    """

    def __init__(
        self, number: float, rule: Rule | None = None, inputs: tuple[Value, ...] = ()
    ) -> None:
        self.number, self.rule, self.inputs = float(number), rule, inputs
        self.grad = 0.0

    # --8<-- [end:value]
    def __repr__(self) -> str:
        return f"Value({self.number:g}, {self.rule.name if self.rule else 'leaf'})"

    # --8<-- [start:backward]
    def backward(self) -> None:
        """Add to each leaf's `grad` the slope of this value along that leaf."""
        arrived = {self: 1.0}  # what the paths have brought to each value so far
        for value in reversed(order(self)):
            slope = arrived.pop(value)
            if value.rule is None:
                value.grad += slope
                continue
            numbers = [i.number for i in value.inputs]
            local = value.rule.slopes(value.number, *numbers)
            for i, local_slope in zip(value.inputs, local, strict=True):
                arrived[i] = arrived.get(i, 0.0) + slope * local_slope

    # --8<-- [end:backward]
    # --8<-- [start:operators]
    def __add__(self, other: Value | float) -> Value:
        return apply(ADD, self, other)

    def __radd__(self, other: float) -> Value:
        return apply(ADD, other, self)

    # --8<-- [end:operators]
    def __sub__(self, other: Value | float) -> Value:
        return apply(SUB, self, other)

    def __rsub__(self, other: float) -> Value:
        return apply(SUB, other, self)

    def __mul__(self, other: Value | float) -> Value:
        return apply(MUL, self, other)

    def __rmul__(self, other: float) -> Value:
        return apply(MUL, other, self)

    def __truediv__(self, other: Value | float) -> Value:
        return apply(DIV, self, other)

    def __rtruediv__(self, other: float) -> Value:
        return apply(DIV, other, self)

    def __pow__(self, other: Value | float) -> Value:
        return apply(POW, self, other)


# --8<-- [start:apply]
def apply(rule: Rule, *inputs: Value | float) -> Value:
    """Return what the rule makes of the inputs, as a value that remembers them.

    Raises:
        ArithmeticError, ValueError: what the rule raises, as `math.log(0.0)` does.

    >>> apply(MUL, Value(2.0), 5)
    Value(10, mul)
    """
    values = tuple(i if isinstance(i, Value) else Value(i) for i in inputs)
    return Value(rule.result(*(v.number for v in values)), rule, values)


# --8<-- [end:apply]


# --8<-- [start:order]
def order(end: Value) -> list[Value]:
    """List `end` and all that it was made from: each once, inputs before results."""
    done: dict[Value, None] = {}  # a dict keeps the order in which its keys came
    stack = [end]
    while stack:
        waiting = [i for i in stack[-1].inputs if i not in done]
        if waiting:
            stack.extend(waiting)
        else:
            done[stack.pop()] = None
    return list(done)


# --8<-- [end:order]
