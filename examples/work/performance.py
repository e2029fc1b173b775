"""Measure a piece of work: its time, its operations, its arithmetic, the bytes that it keeps.

Run it to see how fast this machine multiplies and copies: `python -m examples.work.performance`.
"""

from __future__ import annotations

import copy
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.profiler import profile, record_function
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode

Work = Callable[[], object]


# --8<-- [start:times]
def times(work: Work, repeat: int = 15, warm: int = 2) -> list[float]:
    """Return the seconds of each of so many calls, after some that do not count.

    >>> len(times(lambda: torch.ones(3), repeat=5))
    5
    """
    for _ in range(warm):
        work()
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


# --8<-- [end:times]


# --8<-- [start:typical]
def typical(work: Work, repeat: int = 15) -> float:
    """Return the median seconds of a call, which a single slow one does not move."""
    return statistics.median(times(work, repeat))


# --8<-- [end:typical]


# --8<-- [start:race]
def faster(before: Work, after: Work, rounds: int = 15) -> float:
    """Return how many times as fast `after` is: the median of ratios of neighbors in time.

    The two take turns, so that a machine that slows down slows both.

    >>> faster(lambda: torch.ones(3), lambda: torch.ones(3), rounds=3) > 0
    True
    """
    before(), after()
    ratios = [times(before, 1, 0)[0] / times(after, 1, 0)[0] for _ in range(rounds)]
    return statistics.median(ratios)


# --8<-- [end:race]


# --8<-- [start:operations]
class Operations(TorchDispatchMode):
    """Count the operations that PyTorch carries out inside of a `with`."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.namespace == "aten":
            self.counts[func.overloadpacket.__name__] += 1
        return func(*args, **(kwargs or {}))


def operations(work: Work) -> Counter[str]:
    """Return how often each operation was carried out during one call.

    >>> operations(lambda: torch.ones(3) + 1)
    Counter({'ones': 1, 'add': 1})
    """
    mode = Operations()
    with mode:
        work()
    return mode.counts


# --8<-- [end:operations]


# --8<-- [start:arithmetic]
def arithmetic(work: Work) -> int:
    """Return the multiplications and additions in the matrix products of one call.

    >>> arithmetic(lambda: torch.ones(2, 3) @ torch.ones(3, 4))
    48
    """
    with FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops())


# --8<-- [end:arithmetic]


# --8<-- [start:kept]
def kept(work: Work, own: Iterable[Tensor] = ()) -> int:
    """Return the bytes that one call keeps for its backward pass, each storage once.

    Args:
        work: returns the result, whose graph holds what is kept.
        own: tensors that are in memory anyway, such as parameters, and do not count.

    >>> x = torch.ones(10, requires_grad=True)
    >>> kept(lambda: x.exp())
    40
    """
    mine = {tensor.untyped_storage()._cdata for tensor in own}
    storages: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in mine:
            storages[storage._cdata] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        result = work()  # held until all is counted
    del result
    return sum(storages.values())


# --8<-- [end:kept]


# --8<-- [start:graphs]
Graphs = list[torch.fx.GraphModule]


def watched(function: Callable[..., Any]) -> tuple[Callable[..., Any], Graphs]:
    """Return a function compiled by a compiler that changes nothing, and what it was given.

    Each graph that PyTorch hands to the compiler is appended to the list.

    >>> double, graphs = watched(lambda x: x * 2)
    >>> double(torch.ones(1)), len(graphs)
    (tensor([2.]), 1)
    """
    graphs: Graphs = []

    def backend(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., Any]:
        graphs.append(graph)
        return graph.forward

    return torch.compile(function, backend=backend), graphs


# --8<-- [end:graphs]


# --8<-- [start:blocks]
def blocks(count: int, width: int) -> nn.Sequential:
    """Return so many blocks of a linear layer and a GELU, all of one width.

    >>> len(blocks(3, 8))
    3
    """
    return nn.Sequential(*[nn.Sequential(nn.Linear(width, width), nn.GELU()) for _ in range(count)])


# --8<-- [end:blocks]


# --8<-- [start:thrifty]
def thrifty(model: nn.Sequential, x: Tensor) -> Tensor:
    """Run a `Sequential`, and keep only what goes into each of its parts.

    >>> thrifty(blocks(2, 4), torch.ones(3, 4)).shape
    torch.Size([3, 4])
    """
    for block in model:
        x = checkpoint(block, x, use_reentrant=False)
    return x


# --8<-- [end:thrifty]


# --8<-- [start:data]
class Rows:
    """Random images as rows of text, as a slow file format would have them, and their labels.

    Args:
        count: how many.
        ready: whether the numbers are read once, at the beginning, and not each time.
    """

    def __init__(self, count: int, ready: bool) -> None:
        generator = torch.Generator().manual_seed(0)
        pixels = torch.rand(count, 64, generator=generator)
        self.lines = [" ".join(f"{value:.3f}" for value in row) for row in pixels.tolist()]
        self.labels = torch.randint(10, (count,), generator=generator)
        self.read = torch.stack([self.parse(line) for line in self.lines]) if ready else None

    @staticmethod
    def parse(line: str) -> Tensor:
        """Return the numbers of a line, shape (64,)."""
        return torch.tensor([float(word) for word in line.split()])

    def batches(self, size: int) -> Iterable[tuple[Tensor, Tensor]]:
        """Yield so many rows at a time, and their labels; the last batch may be smaller."""
        for start in range(0, len(self.lines), size):
            part = slice(start, start + size)
            if self.read is None:
                x = torch.stack([self.parse(line) for line in self.lines[part]])
            else:
                x = self.read[part]
            yield x, self.labels[part]


# --8<-- [end:data]


# --8<-- [start:parts]
PARTS = ("data", "forward", "backward", "step")


def epoch(batches: Iterable[tuple[Tensor, Tensor]], model: nn.Module, optimizer: Any) -> None:
    """Train for one epoch, each part of the loop under its name for the profiler."""
    iterator = iter(batches)
    while True:
        with record_function("data"):
            batch = next(iterator, None)
        if batch is None:
            return
        with record_function("forward"):
            loss = F.cross_entropy(model(batch[0]), batch[1])
        optimizer.zero_grad()
        with record_function("backward"):
            loss.backward()
        with record_function("step"):
            optimizer.step()


# --8<-- [end:parts]


def small_net() -> nn.Sequential:
    """Return a network for 64 numbers and ten classes."""
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))


def parts(ready: bool, count: int = 512) -> dict[str, float]:
    """Return the milliseconds of each part of an epoch, after one that does not count."""
    torch.manual_seed(0)
    model, rows = small_net(), Rows(count, ready)
    optimizer = torch.optim.Adam(model.parameters())
    epoch(rows.batches(32), model, optimizer)
    with profile() as prof:
        epoch(rows.batches(32), model, optimizer)
    found = {event.key: event.cpu_time_total / 1000 for event in prof.key_averages()}
    return {part: found[part] for part in PARTS}


def per_sample(model: nn.Module, sizes: Iterable[int]) -> list[float]:
    """Return the median microseconds that a sample of 64 numbers takes, for each batch size."""
    found = []
    for size in sizes:
        x = torch.randn(size, 64)
        with torch.inference_mode():
            found.append(1e6 * typical(partial(model, x)) / size)
    return found


class Machine(NamedTuple):
    """What a processor can do: arithmetic, and the way to its memory.

    Attributes:
        flops: multiplications and additions a second, in a large product of matrices.
        bytes: bytes a second, read and written, in a large copy.
    """

    flops: float
    bytes: float


def this_machine(size: int = 1024, numbers: int = 8_000_000) -> Machine:
    """Measure this machine, with one product and one copy."""
    a, b = torch.randn(size, size), torch.randn(numbers)
    room = torch.empty_like(b)
    product = typical(lambda: a @ a, repeat=7)
    copy = typical(lambda: room.copy_(b), repeat=7)
    return Machine(2 * size**3 / product, 2 * b.nbytes / copy)


class Point(NamedTuple):
    """An operation: arithmetic for each byte that it moves at least, and arithmetic a second."""

    name: str
    intensity: float
    speed: float


def points() -> list[Point]:
    """Measure some operations, from one that only moves numbers to one that only multiplies.

    The arithmetic of an addition is counted as one for each number; the bytes are those of all that
    is read and written once.
    """
    one, two, three = (torch.randn(4_000_000) for _ in range(3))
    out = torch.empty_like(one)
    count, each = one.numel(), one.nbytes
    found: list[tuple[str, int, int, Work]] = [
        ("a + 1", count, 2 * each, lambda: torch.add(one, 1, out=out)),
        ("a + b · c", 2 * count, 4 * each, lambda: torch.addcmul(one, two, three, out=out)),
    ]
    side = 4096
    weight = torch.randn(side, side)
    for rows in (1, 8, 64, 256):
        x = torch.randn(rows, side)
        moved = weight.nbytes + 2 * x.nbytes
        name = f"{rows} row{'s' * (rows > 1)}"
        found.append((name, 2 * rows * side**2, moved, partial(torch.mm, x, weight)))
    return [Point(name, work / moved, work / typical(call, 3)) for name, work, moved, call in found]


class Advice(NamedTuple):
    """A piece of advice, and both ways to do the work."""

    text: str
    before: Work
    after: Work


def _adam(count: int, side: int, foreach: bool = False, fused: bool | None = None) -> Work:
    """Return the step of an Adam that has so many square parameters, with gradients."""
    parameters = [nn.Parameter(torch.ones(side, side)) for _ in range(count)]
    for parameter in parameters:
        parameter.grad = torch.ones(side, side)
    step: Work = torch.optim.Adam(parameters, foreach=foreach and not fused, fused=fused).step
    return step


def advice_to_try() -> list[Advice]:
    """Return often-given advice, each as two ways that do the same."""
    torch.manual_seed(0)
    model, x, y = small_net(), torch.randn(64, 64), torch.randint(10, (64,))
    wide, rows = nn.Linear(512, 512), torch.randn(256, 512)
    conv = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1))
    last = copy.deepcopy(conv).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    image = torch.randn(4, 3, 32, 32)
    image_last = image.to(memory_format=torch.channels_last)
    table = torch.randn(1000, 1000)
    across = table.t()
    straight = across.contiguous()

    def ask(mode: Any, model: nn.Module, x: Tensor) -> None:
        with mode():
            model(x)

    def half() -> None:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            wide(rows)

    def trained(keep: Callable[[Tensor], object]) -> None:
        loss = F.cross_entropy(model(x), y)
        model.zero_grad()
        loss.backward()
        keep(loss)

    def zeros(to_none: bool) -> None:
        F.cross_entropy(model(x), y).backward()
        model.zero_grad(set_to_none=to_none)

    def read(x: Tensor) -> None:
        x * 2 + x

    none, infer = torch.no_grad, torch.inference_mode
    small, large = (50, 8), (1, 700)
    return [
        Advice("`no_grad` for asking", lambda: model(x), lambda: ask(none, model, x)),
        Advice(
            "`inference_mode`, not `no_grad`",
            lambda: ask(none, model, x),
            lambda: ask(infer, model, x),
        ),
        Advice("gradients to `None`, not to 0", lambda: zeros(False), lambda: zeros(True)),
        Advice(
            "no `.item()` in the loop",
            lambda: trained(Tensor.item),
            lambda: trained(Tensor.detach),
        ),
        Advice("Adam with `foreach=True`, 50 small tensors", _adam(*small), _adam(*small, True)),
        Advice(
            "Adam with `fused=True`, 50 small tensors", _adam(*small), _adam(*small, fused=True)
        ),
        Advice(
            "Adam with `fused=True`, one large tensor", _adam(*large), _adam(*large, fused=True)
        ),
        Advice("`contiguous()` before reading", lambda: read(across), lambda: read(straight)),
        Advice(
            "`contiguous()`, its copy included",
            lambda: read(across),
            lambda: read(across.contiguous()),
        ),
        Advice(
            "`channels_last` for convolutions",
            lambda: ask(none, conv, image),
            lambda: ask(none, last, image_last),
        ),
        Advice("bfloat16 by `autocast`", lambda: ask(none, wide, rows), half),
    ]


def verdict(times_as_fast: float) -> str:
    """Say what a ratio means, with a margin for what a busy machine makes of equal work.

    >>> verdict(1.1), verdict(0.5), verdict(2.0)
    ('no matter', 'slower', 'faster')
    """
    if times_as_fast > 1.25:
        return "faster"
    return "slower" if times_as_fast < 0.8 else "no matter"


# --8<-- [start:muon]
def muon(net: nn.Sequential) -> list[Any]:
    """Return what moves a network whose third part has its only matrix for Muon."""
    matrix = net.get_parameter("2.weight")
    rest = [p for p in net.parameters() if p is not matrix]
    return [torch.optim.AdamW(rest, lr=1e-2), torch.optim.Muon([matrix], lr=0.1)]


# --8<-- [end:muon]


def adam_alone(net: nn.Sequential) -> list[Any]:
    """Return what moves all of a network at one rate."""
    return [torch.optim.AdamW(net.parameters(), lr=1e-2)]


def unseen_loss(movers: Callable[[nn.Sequential], Sequence[Any]], steps: int) -> float:
    """Train a network for small digits, 64 a step; return its loss on 400 that it has not seen.

    Args:
        movers: makes the optimizers that move it, of the network.
        steps: how many.
    """
    data = load_digits()
    x, y = torch.from_numpy(data.data).float() / 16, torch.from_numpy(data.target).long()
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    optimizers = movers(net)
    for _ in range(steps):
        rows = torch.randint(400, len(x), (64,))
        loss = F.cross_entropy(net(x[rows]), y[rows])
        net.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    return F.cross_entropy(net(x[:400]), y[:400]).item()


class _Threads(Dataset[int]):
    """One sample: how many threads its worker computes with."""

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> int:
        return torch.get_num_threads()


def threads_of_a_worker(threads: int = 2) -> int:
    """Return with how many threads a loader's worker computes if the program has so many."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return int(next(iter(DataLoader(_Threads(), num_workers=1))))
    finally:
        torch.set_num_threads(before)


def as_planned(model: nn.Sequential, x: Tensor) -> bool:
    """Say whether a step of Adam, and of checkpointing, hold just the bytes that were computed."""
    own = list(model.parameters())
    saved = kept(lambda: thrifty(model, x), own)
    optimizer = torch.optim.Adam(own)
    model(x).sum().backward()
    optimizer.step()
    state = sum(t.nbytes for s in optimizer.state.values() for t in s.values() if t.dim())
    gradients = sum(p.grad.nbytes for p in own if p.grad is not None)
    found = {"parameters": gradients, "gradients": gradients, "optimizer": state}
    return saved == len(model) * x.nbytes and found == sizes(model, "Adam")


def same_dropout(x: Tensor) -> bool:
    """Say whether checkpointing draws the dropout of the first forward once more."""
    width = x.shape[1]
    seen = []
    for thrift in (False, True):
        torch.manual_seed(0)
        parts = [nn.Sequential(nn.Linear(width, width), nn.Dropout(0.5)) for _ in range(3)]
        deep, start = nn.Sequential(*parts), x.detach().clone().requires_grad_()
        (thrifty(deep, start) if thrift else deep(start)).sum().backward()
        assert start.grad is not None
        seen.append(start.grad)
    return torch.equal(*seen)


def sizes(model: nn.Module, kind: str) -> Mapping[str, int]:
    """Return the bytes of the parameters, the gradients, and what an optimizer keeps of both.

    Args:
        model: of any size; on the meta device it costs nothing.
        kind: `"SGD"`, `"momentum"` or `"Adam"`.
    """
    total = sum(parameter.nbytes for parameter in model.parameters())
    return {
        "parameters": total,
        "gradients": total,
        "optimizer": {"SGD": 0, "momentum": 1, "Adam": 2}[kind] * total,
    }


if __name__ == "__main__":
    measured = this_machine()
    print(f"{measured.flops / 1e9:.0f} billion operations, {measured.bytes / 1e9:.0f} GB a second")
