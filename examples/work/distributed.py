"""Start a function in several processes, and average, shard, hang and restart there.

Used by the chapter *Several processes* (`docs/work/distributed.md`). The jobs, which have no
arguments, run in the file that `launch` writes; the rest needs one process only.
"""

# The names of torch.distributed that come from C++ have no types, or not all of them.
# mypy: disable-error-code="attr-defined, name-defined, no-any-return, arg-type"
# mypy: disable-error-code="operator, union-attr"

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss
from torch.nn.parallel import DistributedDataParallel as DDP  # noqa: N817

# --8<-- [start:frame]
HEAD = """
import json, os, time
from collections.abc import Iterable
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path
from typing import Any
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import mse_loss
from torch.nn.parallel import DistributedDataParallel as DDP
"""
MAIN = """
if __name__ == "__main__":
    dist.init_process_group("gloo")
    job()
    dist.destroy_process_group()
"""
# --8<-- [end:frame]


# --8<-- [start:launch]
def launch(folder: Path, *functions: Callable[..., Any], options: str = "") -> str:
    """Run a job in two processes, and return what they printed.

    Args:
        folder: where the file is written, and where the processes work.
        functions: what the job needs, and at last the job, which has no arguments.
        options: more options of `torchrun`.

    Raises RuntimeError with what was said if a process failed.
    """
    job = functions[-1].__name__
    parts = [HEAD, *map(inspect.getsource, functions), MAIN.replace("job", job)]
    file = folder / f"{job}.py"
    file.write_text("\n\n".join(part.strip("\n") for part in parts) + "\n", encoding="utf-8")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command = [*torchrun, "--nproc-per-node=2", *options.split(), file.name]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=folder, encoding="utf-8", **pipes) as agent:
        try:
            said, complaints = agent.communicate(timeout=300)
        except BaseException:
            agent.terminate()  # on which it ends the two
            raise
    if agent.returncode:
        raise RuntimeError(complaints)
    return said


# --8<-- [end:launch]


# --8<-- [start:report]
def report(text: str) -> None:
    """Print the texts of all ranks, in order, from rank 0."""
    texts = [""] * dist.get_world_size() if dist.get_rank() == 0 else None
    dist.gather_object(text, texts)
    if texts:
        print(*texts, sep="\n", flush=True)


# --8<-- [end:report]


# --8<-- [start:hello]
def hello() -> None:
    """Say who is there, and add."""
    names = "RANK", "LOCAL_RANK", "WORLD_SIZE"
    report("  ".join(f"{name}={os.environ[name]}" for name in names))

    x = torch.tensor([1.0 + dist.get_rank()])
    before = x.item()
    dist.all_reduce(x)
    report(f"rank {dist.get_rank()} had {before}, has {x.item()}")


# --8<-- [end:hello]


# --8<-- [start:together]
def together(job: Callable[[int, Callable[[torch.Tensor], None]], Any], world: int) -> list[Any]:
    """Call `job(rank, all_reduce)` for each rank, in threads of this process, and list the results.

    `all_reduce` adds a tensor up over the ranks, in place, through gloo; it waits ten seconds for
    the others at most.

    >>> def job(rank, all_reduce):
    ...     x = torch.tensor([1.0 + rank])
    ...     all_reduce(x)
    ...     return x.item()
    >>> together(job, world=3)
    [6.0, 6.0, 6.0]
    """
    store = dist.HashStore()

    def member(rank: int) -> Any:
        group = dist.ProcessGroupGloo(store, rank, world, timedelta(seconds=10))
        return job(rank, lambda tensor: group.allreduce([tensor]).wait() and None)

    with ThreadPoolExecutor(world) as pool:
        return list(pool.map(member, range(world)))


# --8<-- [end:together]


def alone_at_the_barrier() -> list[str]:
    """Let rank 0 of two wait at a barrier that rank 1 never calls, and say what each of them did.

    >>> alone_at_the_barrier()
    ['timed out', 'went on']
    """
    store = dist.HashStore()

    def member(rank: int) -> str:
        group = dist.ProcessGroupGloo(store, rank, 2, timedelta(seconds=1))
        if rank == 0:
            try:
                group.barrier().wait()
            except RuntimeError as error:
                return "timed out" if "Timed out" in str(error) else str(error)
        time.sleep(1.5)  # the program goes on
        return "went on"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(member, range(2)))


# --8<-- [start:net]
def net(seed: int) -> nn.Sequential:
    """Return a small network in float64, with the weights of a seed."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)).double()


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Return 8 samples with 4 numbers each, and 8 targets, the same on every rank."""
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(8, 4, generator=generator, dtype=torch.float64)
    return x, x.sum(dim=1, keepdim=True)


# --8<-- [end:net]


# --8<-- [start:gradient]
def gradient(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the gradient of the mean squared error, all parameters in one row."""
    model.zero_grad()
    mse_loss(model(x), y).backward()
    return torch.cat([p.grad.flatten().clone() for p in model.parameters() if p.grad is not None])


# --8<-- [end:gradient]


# --8<-- [start:by-hand]
def by_hand(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return what rank and rank find together, each from its own samples."""
    model = net(seed=dist.get_rank())  # another one on each rank, on purpose
    for p in model.parameters():
        dist.broadcast(p.data, src=0)  # now all have rank 0's
    found = gradient(model, x, y)
    dist.all_reduce(found)  # the sum …
    return found / dist.get_world_size()  # … and the mean


# --8<-- [end:by-hand]


# --8<-- [start:halves]
def halves() -> None:
    """Compare the gradients of two halves with the gradient of the whole batch."""
    x, y = batch()
    whole = gradient(net(seed=0), x, y)
    mine = slice(0, 4) if dist.get_rank() == 0 else slice(4, 8)
    wrapped = DDP(net(seed=dist.get_rank()))

    same = torch.allclose(by_hand(x[mine], y[mine]), whole)
    ddp_same = torch.allclose(gradient(wrapped, x[mine], y[mine]), whole)
    alone = torch.allclose(gradient(net(seed=0), x[mine], y[mine]), whole)
    report(f"rank {dist.get_rank()}: alone {alone}, by hand {same}, DDP {ddp_same}")

    mine = slice(0, 6) if dist.get_rank() == 0 else slice(6, 8)
    uneven = gradient(wrapped, x[mine], y[mine])
    report(f"rank {dist.get_rank()}: uneven shares {torch.allclose(uneven, whole)}")


# --8<-- [end:halves]


# --8<-- [start:accumulated]
def accumulated() -> None:
    """Count what is sent in four backwards, with `no_sync` and without."""
    from contextlib import nullcontext

    from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook

    x, y = batch()
    mine = range(dist.get_rank(), 8, 2)  # samples 0 2 4 6, or 1 3 5 7
    sent = []

    def counting(state: None, bucket: dist.GradBucket) -> torch.futures.Future[torch.Tensor]:
        sent.append(bucket.buffer().nbytes)
        return allreduce_hook(dist.group.WORLD, bucket)

    for quiet in (False, True):
        wrapped = DDP(net(seed=0))
        wrapped.register_comm_hook(None, counting)
        sent.clear()
        for n, row in enumerate(mine):
            with wrapped.no_sync() if quiet and n < 3 else nullcontext():
                loss = mse_loss(wrapped(x[row]), y[row]) / 4
                loss.backward()
        bias = wrapped.module[2].bias.grad.item()
        report(f"no_sync {quiet}: {len(sent)} messages, {sum(sent)} bytes, gradient {bias:.4f}")


# --8<-- [end:accumulated]


# --8<-- [start:pace]
def pace() -> None:
    """Time a step over 64 samples, by rank 0 alone and by both."""
    found = {}
    for width in (16, 1024):
        model = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        wrapped = DDP(nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width)))

        def step(net: nn.Module, x: torch.Tensor) -> None:
            net.zero_grad()
            net(x).square().mean().backward()

        for name, net_, rows in (("one", model, 64), ("two", wrapped, 32)):
            dist.barrier()
            if name == "one" and dist.get_rank() == 1:
                continue
            times = []
            for _ in range(6):
                started = time.perf_counter()
                step(net_, torch.ones(rows, width))
                times.append(time.perf_counter() - started)
            found[f"{width} {name}"] = sorted(times[1:])[2]
    if dist.get_rank() == 0:
        print(json.dumps(found))


# --8<-- [end:pace]


# --8<-- [start:lesson]
def lesson() -> None:
    """Do several things in one start; the lines of those that come later go into files."""
    later = [pace, own, waiting, table, sharded, train]  # what later sections show
    if os.environ["TORCHELASTIC_RESTART_COUNT"] != "0":
        later = [train]  # rank 1 died in it, and all were started again
    else:
        halves()
        accumulated()
        mixed()  # from the box above
    for job in later:
        with open(f"{job.__name__}.{dist.get_rank()}", "a") as file, redirect_stdout(file):
            job()


# --8<-- [end:lesson]


# --8<-- [start:shares]
def shares(length: int, world: int, **options: Any) -> list[list[int]]:
    """Return which samples a `DistributedSampler` gives to each rank.

    >>> shares(5, 2, shuffle=False)
    [[0, 2, 4], [1, 3, 0]]
    """
    from torch.utils.data import DistributedSampler

    data: Any = range(length)
    return [list(DistributedSampler(data, world, rank, **options)) for rank in range(world)]


# --8<-- [end:shares]


# --8<-- [start:fit]
def fit(
    x: torch.Tensor, y: torch.Tensor, size: int, lr: float, epochs: int = 10
) -> tuple[nn.Module, int]:
    """Train a network for digits in batches of `size`; return it, and how many steps it took."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).double()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    steps = 0
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(size):
            loss = cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
    return model, steps


# --8<-- [end:fit]


# --8<-- [start:alone]
def waiting() -> None:
    """Let rank 0 wait for rank 1, which does not come: first one way, then another."""
    rank, short = dist.get_rank(), timedelta(seconds=2)
    for wait in (dist.all_reduce, dist.monitored_barrier):
        group = dist.new_group(timeout=short)
        said = "rank 1: was never there"
        if rank == 0:
            try:
                if wait is dist.all_reduce:
                    dist.all_reduce(torch.ones(1), group=group)
                else:
                    dist.monitored_barrier(group, timeout=short)
            except RuntimeError as error:
                said = f"RuntimeError: {str(error).splitlines()[0].rpartition('] ')[2]}"
        report(said)


# --8<-- [end:alone]


# --8<-- [start:own]
def own() -> None:
    """Ask on each rank for the mean that batch norm takes, and for what dropout drops."""
    rank = dist.get_rank()
    x = torch.arange(4.0)[:, None] + 4 * rank  # 0 1 2 3, or 4 5 6 7
    norm = nn.BatchNorm1d(1, momentum=1.0)
    norm(x)
    everywhere = x.mean()
    dist.all_reduce(everywhere)
    report(f"rank {rank}: mean {norm.running_mean.item()}, over all {everywhere.item() / 2}")
    for said, seed in (("seed 0", 0), ("seed 0 + rank", rank)):
        torch.manual_seed(seed)
        kept = nn.functional.dropout(torch.ones(8)).bool().int().tolist()
        report(f"rank {rank}, {said}: dropout keeps {kept}")
    try:
        nn.SyncBatchNorm(1)(x)
    except ValueError as error:
        if rank == 0:
            print(f"SyncBatchNorm: {error}")


# --8<-- [end:own]


# --8<-- [start:mixed]
def mixed() -> None:
    """Print from two ranks, one in the middle of the other's line: barriers make sure of it."""
    dist.barrier()
    if dist.get_rank() == 1:
        print("rank 1: loss ", end="", flush=True)
    dist.barrier()
    if dist.get_rank() == 0:
        print("rank 0: loss 0.25", flush=True)
    dist.barrier()
    if dist.get_rank() == 1:
        print(0.75, flush=True)


# --8<-- [end:mixed]


# --8<-- [start:resume]
def train() -> None:
    """Train for six steps, saving each; rank 1 dies after the third, the first time."""
    rank, file = dist.get_rank(), Path("last.pt")
    model = net(seed=0)
    start = 0
    if file.exists():
        checkpoint = torch.load(file)
        model.load_state_dict(checkpoint["model"])
        start = checkpoint["step"]
    if rank == 0:
        print(f"life {os.environ['TORCHELASTIC_RESTART_COUNT']}: from step {start}", flush=True)

    x, y = batch()
    for step in range(start, 6):
        loss = mse_loss(model(x[rank::2]), y[rank::2])
        model.zero_grad()
        loss.backward()
        for p in model.parameters():  # what DDP and SGD would do
            dist.all_reduce(p.grad)
            p.data -= 0.1 * p.grad / 2
        save({"model": model.state_dict(), "step": step + 1})
        if rank == 1 and step == 2 and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
            os._exit(1)  # as a machine that fails: no error, no goodbye
    report(f"rank {rank}: last loss {loss.item():.4f}")


# --8<-- [end:resume]


# --8<-- [start:save]
def save(checkpoint: dict[str, Any]) -> None:
    """Save from rank 0, whole or not at all; the others wait until the file is there."""
    if dist.get_rank() == 0:
        torch.save(checkpoint, "last.part")
        os.replace("last.part", "last.pt")
    dist.barrier()


# --8<-- [end:save]


# --8<-- [start:held]
def held(tensors: Iterable[Any]) -> int:
    """Return the bytes of those parts of the tensors that this process holds."""
    parts = [t.to_local() if hasattr(t, "to_local") else t for t in tensors]
    return sum(part.nbytes for part in parts)


# --8<-- [end:held]


def cut_bytes(model: nn.Module, ranks: int, kind: str) -> dict[str, int]:
    """Return the bytes that rank 0 holds of a training if every tensor is cut over the ranks.

    A tensor is cut by rows; where they do not come out even, the first ranks hold one part more.

    Args:
        model: of any size; on the meta device it costs nothing.
        ranks: over how many processes; 1 is the whole.
        kind: `"SGD"`, or `"Adam"`: two numbers for each weight, and a count for each tensor.

    >>> cut_bytes(nn.Linear(2, 3), 2, "Adam")
    {'weights': 24, 'gradients': 24, 'optimizer': 56}
    """
    tensors = [p.detach() for p in model.parameters()]
    part = sum(tensor.chunk(ranks)[0].nbytes for tensor in tensors)
    kept = 2 * part + 4 * len(tensors) if kind == "Adam" else 0
    return {"weights": part, "gradients": part, "optimizer": kept}


# --8<-- [start:sharded]
def sharded() -> None:
    """Train one step with a network that is cut in two; count; save it in parts."""
    import torch.distributed.checkpoint as dcp
    from torch.distributed.fsdp import fully_shard

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10)).double()
    mesh = dist.device_mesh.init_device_mesh("cpu", (2,))
    for layer in (model[0], model[2], model):  # each layer, then the rest
        fully_shard(layer, mesh=mesh)

    optimizer = torch.optim.Adam(model.parameters())
    x = torch.ones(8, 64, dtype=torch.float64)
    loss = model(x).square().mean()
    loss.backward()
    optimizer.step()

    weight: Any = model[0].weight
    report(
        f"{type(weight).__name__} of {tuple(weight.shape)}, here {tuple(weight.to_local().shape)}"
    )
    counts = {
        "weights": held(model.parameters()),
        "gradients": held(p.grad for p in model.parameters()),
        "Adam": held(t for state in optimizer.state.values() for t in state.values()),
    }
    if dist.get_rank() == 0:
        print(json.dumps(counts))
    dcp.save(model.state_dict(), checkpoint_id="parts")
    whole = {name: t.full_tensor() for name, t in model.state_dict().items()}
    if dist.get_rank() == 0:
        torch.save(whole, "whole.pt")


# --8<-- [end:sharded]


# --8<-- [start:dtensor]
def table() -> None:
    """Cut a table into two, and add it up."""
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh = dist.device_mesh.init_device_mesh("cpu", (2,))
    whole = torch.arange(8.0).reshape(4, 2)
    cut = distribute_tensor(whole, mesh, [Shard(0)])
    report(f"{cut.to_local().tolist()}, the sum is {cut.sum().full_tensor().item()}")


# --8<-- [end:dtensor]
