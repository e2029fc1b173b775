"""The five steps of training, one at a time: what each line read, what it changed, and the numbers.

The lines are run as they are shown. Which tensors a line read is what torch's dispatcher saw; which
it changed is found by comparing the numbers before and after it.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from .dial import Stops, dial
from .element import colored, table

LINES = {
    "forward": "output = model(X)",
    "loss": "loss = loss_fn(output, Y)",
    "zero_grad": "optimizer.zero_grad()",
    "backward": "loss.backward()",
    "step": "optimizer.step()",
}
"""The five steps, in the book's order."""

_MOST = 4  # numbers of a tensor that are shown


def loop(
    model: nn.Module,
    X: Tensor,
    Y: Tensor,
    loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer,
    rounds: int = 2,
    watch: Sequence[str] = ("weight", "bias"),
) -> str:
    """Run the five steps a few times and return a dial that goes through them.

    Args:
        model: It is trained by this.
        X, Y: One batch.
        loss_fn: Takes the model's output and Y.
        optimizer: Of the model's parameters.
        rounds: How often the five lines are run.
        watch: Names of the parameters to show, with their gradients.

    Raises:
        ValueError: if there is no round, or the model has no such parameter.
    """
    known = dict(model.named_parameters())
    if rounds < 1 or not watch or set(watch) - set(known):
        raise ValueError(f"{rounds} rounds, parameters {list(watch)} of {list(known)}")
    names = {"model": model, "X": X, "Y": Y, "loss_fn": loss_fn, "optimizer": optimizer}
    shown = [*watch, "output", "loss", *(f"{name}.grad" for name in watch)]
    now = _look(names, known, shown)
    stops, slots = ["before"], {f"{kind}{n}": [""] for n in range(len(shown)) for kind in "cs"}
    for n, name in enumerate(shown):
        slots[f"t{n}"] = [_numbers(now[name])]
        slots[f"b{n}"] = [_numbers(now[name])]
    for n in range(len(LINES)):
        slots[f"now{n}"] = ["false"]
    for round_ in range(1, rounds + 1):
        for at, (step, line) in enumerate(LINES.items()):
            before = now
            with _Reader() as reader:
                exec(line, names)
            now = _look(names, known, shown)
            stops.append(f"round {round_}, {step}")
            for n, name in enumerate(shown):
                did = "changed" if _differ(before[name], now[name]) else ""
                did = did or ("read" if _key(before[name]) in reader.seen else "")
                slots[f"b{n}"].append(_numbers(before[name]))
                slots[f"t{n}"].append(_numbers(now[name]))
                slots[f"s{n}"].append(did)
                slots[f"c{n}"].append(f"bp-box bp-{did}" if did else "bp-box")
            for n in range(len(LINES)):
                slots[f"now{n}"].append("step" if n == at else "false")
    for n in range(len(shown)):
        slots[f"c{n}"][0] = "bp-box"
    lines = "".join(
        f'<li data-set="aria-current:now{n}"><code>{colored(line)}</code></li>'
        for n, line in enumerate(LINES.values())
    )
    boxes = "".join(
        f'<li data-set="class:c{n}"><code>{html.escape(name)}</code> '
        f'<span class="bp-did" data-text="s{n}"></span>'
        f'<span class="bp-was"><span data-text="b{n}"></span></span>'
        f'<span class="bp-is"><span aria-hidden="true">→</span> <span data-text="t{n}"></span>'
        "</span></li>"
        for n, name in enumerate(shown)
    )
    body = f'<div class="bp-loop"><ol>{lines}</ol>\n<ul>{boxes}</ul></div>'
    rows = [
        [stop, *(_cell(slots, n, at) for n in range(len(shown)))] for at, stop in enumerate(stops)
    ]
    head = ["after", *(f"<code>{html.escape(name)}</code>" for name in shown)]
    return dial(body, [Stops("Line", stops, play=True)], slots, table(head, rows))


class _Reader(TorchDispatchMode):
    """Note the memory of each tensor that an operation of torch is given."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: set[int] = set()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        for one in args:
            for tensor in one if isinstance(one, (list, tuple)) else [one]:
                if isinstance(tensor, Tensor):
                    self.seen.add(tensor.untyped_storage().data_ptr())
        return func(*args, **(kwargs or {}))


Held = tuple[int, Tensor] | None


def _look(
    names: dict[str, Any], known: dict[str, nn.Parameter], shown: Sequence[str]
) -> dict[str, Held]:
    """Copy the tensors that are there, with where they are."""
    found: dict[str, Held] = {}
    for name in shown:
        owner = known.get(name.removesuffix(".grad"))
        one = names.get(name) if owner is None else owner.grad if name.endswith(".grad") else owner
        found[name] = (
            None if one is None else (one.untyped_storage().data_ptr(), one.detach().clone())
        )
    return found


def _key(held: Held) -> int:
    return held[0] if held else -1


def _differ(before: Held, after: Held) -> bool:
    if before is None or after is None:
        return before is not after
    return not torch.equal(before[1], after[1])


def _numbers(held: Held) -> str:
    """Write the first numbers of a tensor, or that there is none yet or no more."""
    if held is None:
        return "none"
    numbers = held[1].flatten().tolist()
    more = " …" if len(numbers) > _MOST else ""
    small = [f"{n:.4f}" if not n or abs(n) >= 0.001 else f"{n:.3e}" for n in numbers[:_MOST]]
    return " ".join(small) + more


def _cell(slots: dict[str, list[str]], n: int, at: int) -> str:
    text = slots[f"t{n}"][at]
    return f"<strong>{text}</strong>" if slots[f"s{n}"][at] == "changed" else text
