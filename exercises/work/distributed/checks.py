"""Checks of the exercises of *Several processes*. They play the other ranks, in one process."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DistributedSampler

from bookparts.practice import same

Reduce = Callable[[Tensor], None]
PATIENCE = 20.0  # seconds that the others may take; the answers take none


class AloneError(Exception):
    """Somebody waits for a rank that does not come."""


class Meeting:
    """Where ranks meet, each in a thread of its own."""

    def __init__(self, world: int) -> None:
        self.world = world
        self.brought: list[Any] = [None] * world
        self.calls = [0] * world
        self.door = threading.Barrier(world)

    def wait(self) -> None:
        """Wait for all ranks.

        Raises:
            AloneError: if one of them has ended, or does not come.
        """
        try:
            self.door.wait(PATIENCE)
        except threading.BrokenBarrierError:
            raise AloneError from None

    def all_reduce(self, rank: int, tensor: Tensor) -> None:
        """Add up what all brought, in place."""
        assert isinstance(tensor, Tensor), (
            f"`all_reduce` wants a tensor, and got {type(tensor).__name__}"
        )
        self.calls[rank] += 1
        self.brought[rank] = tensor.detach().clone()
        self.wait()
        shapes = [tuple(t.shape) for t in self.brought]
        assert len(set(shapes)) == 1, (
            f"in one and the same `all_reduce`, ranks brought the shapes {shapes}"
        )
        dtypes = {t.dtype for t in self.brought}
        assert len(dtypes) == 1, f"ranks brought different dtypes: {sorted(map(str, dtypes))}"
        total = self.brought[0].clone()
        for other in self.brought[1:]:
            total += other
        self.wait()
        with torch.no_grad():
            tensor.copy_(total)


def _meet(world: int, job: Callable[[int, Meeting], Any]) -> tuple[list[Any], Meeting]:
    """Run a job for each rank and return the results, or raise what was wrong first."""
    meeting = Meeting(world)
    results: list[Any] = [None] * world
    errors: list[BaseException | None] = [None] * world

    def member(rank: int) -> None:
        try:
            results[rank] = job(rank, meeting)
        except BaseException as error:
            errors[rank] = error

    threads = [threading.Thread(target=member, args=(rank,), daemon=True) for rank in range(world)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.01)
        alive = sum(thread.is_alive() for thread in threads)
        if 0 < alive < world and meeting.door.n_waiting == alive:
            meeting.door.abort()  # all who are left wait for one who is gone
    for error in errors:
        if error is not None and not isinstance(error, AloneError):
            raise error
    if any(errors):
        waiting = [rank for rank, error in enumerate(errors) if error]
        raise AssertionError(
            f"rank {waiting[0]} waits for the others, which do not come: a hang. "
            "All ranks must call it equally often"
        )
    return results, meeting


@contextmanager
def _no_sampler() -> Iterator[None]:
    """Refuse that the sampler is made, by whatever name."""
    usual, made = DistributedSampler.__init__, []
    hint = "it works, and hides what is asked: write it without `DistributedSampler`"

    def refuse(*args: Any, **kwargs: Any) -> None:
        made.append(args)
        raise AssertionError(hint)

    DistributedSampler.__init__ = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        DistributedSampler.__init__ = usual  # type: ignore[method-assign]
    assert not made, hint


def check_share(answer: Callable[[int, int, int], list[int]]) -> None:
    """Many lengths and worlds, compared with the sampler."""
    cases = [(8, 2), (7, 2), (5, 3), (10, 4), (3, 3), (1, 1), (2, 5), (1, 4), (3, 8), (100, 7)]
    for length, world in cases:
        for rank in range(world):
            data: Any = range(length)
            want: list[Any] = list(DistributedSampler(data, world, rank, shuffle=False))
            with _no_sampler():
                got = answer(length, rank, world)
            assert isinstance(got, list), f"expected a list, got {type(got).__name__}"
            same(got, want, f"{length} samples, rank {rank} of {world}")


def _model(rank: int) -> nn.Module:
    """Return a network of which each rank uses another part, with gradients."""
    torch.manual_seed(0)
    net = nn.ModuleDict({name: nn.Linear(2, 2).double() for name in ("all", "some", "none", "ice")})
    net["ice"].requires_grad_(False)
    x = torch.full((1, 2), 1.0 + rank, dtype=torch.float64)
    out = net["all"](x).sum()
    if rank == 0:
        out = out + net["some"](x).square().sum()
    out.backward()
    return net


def check_average_gradients(
    answer: Callable[[Iterable[nn.Parameter], Reduce, int], None],
) -> None:
    """Three ranks, one of which uses a layer that the others do not."""
    for world in (2, 1, 3):
        models = [_model(rank) for rank in range(world)]
        before = [p.detach().clone() for p in models[0].parameters()]
        want: dict[str, Tensor] = {}
        for model in models:
            for name, p in model.named_parameters():
                grad = torch.zeros_like(p) if p.grad is None else p.grad
                want[name] = want.get(name, torch.zeros_like(p)) + grad.detach().clone() / world

        def job(rank: int, meeting: Meeting, models: list[nn.Module] = models) -> Any:
            def reduce(tensor: Tensor) -> None:
                meeting.all_reduce(rank, tensor)

            return answer(iter(models[rank].parameters()), reduce, meeting.world)

        _meet(world, job)
        for rank, model in enumerate(models):
            for name, p in model.named_parameters():
                where = f"of {world} ranks, on rank {rank}: the gradient of `{name}`"
                if name.startswith("ice"):
                    assert p.grad is None and not p.requires_grad, (
                        f"{where}: it is frozen, and should have none"
                    )
                    continue
                if name.startswith("none") and p.grad is None:
                    continue  # used nowhere: none is as good as zero
                assert p.grad is not None, f"{where} is missing, and other ranks have one"
                same(p.grad.detach(), want[name], where)
                assert not p.grad.requires_grad, f"{where} is part of a graph"
        for p, old in zip(models[0].parameters(), before, strict=True):
            same(p.detach(), old, "a parameter itself has changed; only gradients should")


def check_accuracy(answer: Callable[[Tensor, Tensor, Reduce], float]) -> None:
    """Uneven ranks, one without a sample, all wrong, and many."""
    cases = [([6, 2], [6, 1]), ([4, 4], [1, 3]), ([3, 0], [2, 0]), ([2, 5], [0, 0]), ([7], [5])]
    cases += [([1, 2, 3], [1, 1, 3]), ([400, 100], [399, 3])]
    for sizes, rights in cases:

        def job(rank: int, meeting: Meeting, sizes: Any = sizes, rights: Any = rights) -> Any:
            labels = torch.arange(sizes[rank]) % 3
            guess = labels.clone()
            guess[rights[rank] :] = (guess[rights[rank] :] + 1) % 3
            scores = nn.functional.one_hot(guess, 3).float() - 5.0
            kept = scores.clone(), labels.clone()
            got = answer(scores, labels, lambda tensor: meeting.all_reduce(rank, tensor))
            same(scores, kept[0], "`scores` has changed")
            same(labels, kept[1], "`labels` has changed")
            return got

        results, meeting = _meet(len(sizes), job)
        want = sum(rights) / sum(sizes)
        for rank, got in enumerate(results):
            where = f"{rights} right of {sizes}, on rank {rank}"
            assert isinstance(got, float), (
                f"{where}: expected a float, got {type(got).__name__}; `.item()` makes one"
            )
            assert abs(got - want) < 1e-6, f"{where}: expected {want:.4f}, got {got:.4f}"
        assert set(meeting.calls) == {1}, (
            f"`all_reduce` was called {meeting.calls} times; once is enough, with both numbers"
        )


def check_save_once(answer: Callable[[Any, Path, int, Callable[[], None]], None]) -> None:
    """Three ranks, of which none may go on too early, and two may not write."""
    for world in (1, 2, 3):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "last.pt"
            state = {"weight": torch.arange(3.0), "rank": 0}
            waits = [0] * world
            early: list[int] = []

            def job(
                rank: int,
                meeting: Meeting,
                path: Path = path,
                state: Any = state,
                waits: Any = waits,
            ) -> bool:
                def barrier() -> None:
                    waits[rank] += 1
                    if rank == 0 and not path.exists():
                        early.append(rank)  # noqa: B023
                    meeting.wait()

                mine = {**state, "rank": rank}
                answer(mine, path, rank, barrier)
                return path.exists()

            there, _ = _meet(world, job)
            assert set(waits) != {0} or world == 1, (
                "nobody called `barrier`: other ranks may go on before the file is there"
            )
            assert path.exists(), f"with {world} ranks, no file was written"
            assert all(there), "a rank went on before the file was there"
            assert len(set(waits)) == 1, f"`barrier` was called {waits} times by the ranks"
            assert not waits[0] or len(early) < waits[0], (
                "rank 0 passed its last barrier before it had saved"
            )
            loaded = torch.load(path)
            assert loaded["rank"] == 0, (
                f"the file was written by rank {loaded['rank']}; only rank 0 should write"
            )
            same(loaded["weight"], state["weight"], "what is in the file")
            extra = sorted(file.name for file in Path(folder).iterdir() if file != path)
            assert not extra, f"other files were left: {extra}"
    writers = _writers(answer)
    assert writers == [0], f"ranks {writers} wrote; only rank 0 should"


def _writers(answer: Callable[[Any, Path, int, Callable[[], None]], None]) -> list[int]:
    """Return which of three ranks write a file, one after another, each in an empty folder."""
    found = []
    for rank in range(3):
        with tempfile.TemporaryDirectory() as folder:
            answer({}, Path(folder) / "last.pt", rank, lambda: None)
            if any(Path(folder).iterdir()):
                found.append(rank)
    return found
