"""Checks of the exercises of *Saving and loading*."""

from __future__ import annotations

import io
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from bookparts.practice import same

State = Mapping[str, torch.Tensor]


def check_unwrap(answer: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]) -> None:
    """Prefixes go, one or both, and what only looks like one stays."""
    cases = {
        "0.weight": "0.weight",
        "module.0.weight": "0.weight",
        "_orig_mod.0.bias": "0.bias",
        "module._orig_mod.head.weight": "head.weight",
        "_orig_mod.module.head.bias": "head.bias",
        "submodule.weight": "submodule.weight",
        "module.submodule.bias": "submodule.bias",
        "encoder.module.weight": "encoder.module.weight",
        "module.encoder.module.bias": "encoder.module.bias",
        "modules.scale": "modules.scale",
    }
    for wrapped, bare in cases.items():
        tensor = torch.ones(2)
        state = {wrapped: tensor}
        got = answer(state)
        assert isinstance(got, dict), f"expected a dictionary, got {type(got).__name__}"
        assert list(got) == [bare], f"of {wrapped!r} should remain {bare!r}, and got {list(got)}"
        assert list(state) == [wrapped], "the dictionary that came in has changed"
        assert got[bare] is tensor, "the tensors should be the same, not copies"
    many = {f"module.{n}.weight": torch.ones(n) for n in range(4)}
    got = answer(many)
    assert list(got) == [f"{n}.weight" for n in range(4)], f"of {list(many)} came {list(got)}"
    assert answer({}) == {}, "an empty dictionary should give an empty one"


def check_load_what_fits(answer: Callable[[nn.Module, State], list[str]]) -> None:
    """What fits is loaded, what does not keeps its numbers, and nothing at all is an error."""

    def build(classes: int) -> nn.Module:
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, classes))

    torch.manual_seed(0)
    source = build(10)
    source(torch.randn(8, 3))
    state = {**source.state_dict(), "extra.scale": torch.ones(1)}
    kept = {name: tensor.clone() for name, tensor in state.items()}
    for classes, want in ((5, ["3.weight", "3.bias"]), (10, [])):
        model = build(classes)
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        parameters = list(model.parameters())
        got = answer(model, state)
        assert list(state) == list(kept), "the names in `state` have changed"
        same(got, want, f"for {classes} classes in the model and 10 in the file")
        for name, tensor in model.state_dict().items():
            wanted = before[name] if name in want else kept[name]
            hint = (
                f"`{name}` should have {'kept its own' if name in want else 'the file’s'} numbers"
            )
            same(tensor, wanted, hint)
        now = list(model.parameters())
        assert len(now) == len(parameters) and all(
            a is b for a, b in zip(now, parameters, strict=True)
        ), "the model has other parameters than before; an optimizer would not know them"
        assert all(p.requires_grad for p in now), "a parameter no longer requires a gradient"
    for name, tensor in kept.items():
        same(state[name], tensor, f"`state[{name!r}]` has changed")
    moved = dict(list(state.items())[::-1])
    same(answer(build(5), moved), ["3.weight", "3.bias"], "names in the model's order")
    broadcast = {"0.weight": torch.zeros(4, 3), "0.bias": torch.zeros(1)}
    got = answer(build(5), broadcast)
    assert "0.bias" in got, "a tensor of shape (1,) does not fit one of shape (4,)"
    for wrong in ({"module." + name: t for name, t in state.items()}, {"0.weight": torch.ones(1)}):
        try:
            answer(build(5), wrong)
        except ValueError:
            continue
        raise AssertionError("nothing fits here, and no ValueError was raised")


_heard: list[tuple[str, tuple[Any, ...]]] | None = None
_listens = False


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _heard is not None and event == "os.rename":
        _heard.append((event, arguments))


@contextmanager
def _renames() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """Collect what is renamed. Python's audit hooks cannot be taken away, so there is one."""
    global _heard, _listens
    if not _listens:
        sys.addaudithook(_listen)
        _listens = True
    found: list[tuple[str, tuple[Any, ...]]] = []
    _heard = found
    try:
        yield found
    finally:
        _heard = None


class _Looks:
    """Something to save that looks, while it is being saved, at what is under the old name."""

    def __init__(self, path: Path, fails: bool = False) -> None:
        self.path, self.fails = path, fails
        self.seen: Any = "nothing"

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            self.seen = torch.load(self.path)
        except Exception as error:
            self.seen = error
        if self.fails:
            raise TypeError("this cannot be saved")
        return OrderedDict, ()


def check_save_clean(answer: Callable[[object, Path], None]) -> None:
    """The old file is there until the new one is, and an error leaves no trace."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "last.pt"
        for number in (1, 2):  # without an old file, and with one
            answer({"epoch": number, "weight": torch.ones(3)}, path)
            assert path.exists(), "there is no file under the name that was asked for"
            same(torch.load(path), {"epoch": number, "weight": torch.ones(3)})
            _only(folder, "after saving")
        old = torch.load(path)
        looks = _Looks(path)
        with _renames() as renamed:
            answer({"epoch": 3, "looks": looks}, path)
        hint = "while the new file is being written, the old one is not whole under its name"
        assert isinstance(looks.seen, dict) and looks.seen.get("epoch") == 2, hint
        same(torch.load(path)["epoch"], 3, "the content of the new file")
        arrived = any(Path(arguments[1]).name == path.name for _, arguments in renamed)
        assert arrived, (
            "the new content was written, or copied, into the place of the old file. Write a "
            "second file beside it, and give that one the name, in one move"
        )
        answer(old, path)
        try:
            answer({"epoch": 4, "looks": _Looks(path, fails=True)}, path)
        except TypeError:
            pass
        else:
            raise AssertionError("`torch.save` raised, and the caller did not hear of it")
        assert path.exists(), "after an error, the old file is gone"
        same(torch.load(path), old, "after an error, the old file has changed")
        _only(folder, "after an error")


def _only(folder: Path, when: str) -> None:
    extra = sorted(file.name for file in folder.iterdir() if file.name != "last.pt")
    assert not extra, f"{when}, something is left in the folder: {', '.join(extra)}"


def check_rest_of_epoch(
    answer: Callable[[torch.Tensor, int, int, int], list[torch.Tensor]],
) -> None:
    """What was done and what remains are one epoch, and the global generator stands still."""
    for seed, n, size, done in ((0, 10, 2, 3), (1, 10, 4, 1), (2, 7, 3, 0), (3, 6, 2, 3)):
        generator = torch.Generator()
        generator.manual_seed(seed)
        torch.randperm(n, generator=generator)  # an earlier epoch
        state = generator.get_state()
        want = list(torch.randperm(n, generator=generator).split(size))[done:]
        kept, before = state.clone(), torch.get_rng_state()
        got = answer(state, n, size, done)
        unmoved = torch.equal(torch.get_rng_state(), before)
        torch.set_rng_state(before)
        assert unmoved, "the global generator is no longer where it was; use one of your own"
        assert torch.equal(state, kept), "the state that came in has changed"
        case = f"for {n} samples in batches of {size}, {done} done"
        assert isinstance(got, (list, tuple)), f"{case}: expected a list, got {type(got).__name__}"
        assert len(got) == len(want), f"{case}: expected {len(want)} batches, got {len(got)}"
        for one, other in zip(got, want, strict=True):
            same(one, other, case)


def check_compact(answer: Callable[[State], dict[str, torch.Tensor]]) -> None:
    """The file is small, the numbers are right, and what was compact is not copied."""
    torch.manual_seed(0)
    table = torch.randn(100, 100)
    state = {
        "row": table[3],
        "column": table[:, 4],
        "corner": table[:2, :2],
        "own": torch.randn(5),
        "turned": torch.randn(4, 3).t(),
        "whole numbers": torch.arange(1000)[10:12],
        "one": table[7, 7],
    }
    names, kept = list(state), {name: tensor.clone() for name, tensor in state.items()}
    got = answer(state)
    assert isinstance(got, dict), f"expected a dictionary, got {type(got).__name__}"
    assert got is not state, "return a new dictionary"
    assert list(state) == names, "the dictionary that came in has changed"
    same(list(got), names, "the names")
    for name, tensor in kept.items():
        same(got[name], tensor, f"{name!r}")
        same(state[name], tensor, f"the tensor {name!r} that came in has changed")
        here = got[name].untyped_storage().nbytes()
        assert here == tensor.nbytes, (
            f"{name!r} needs {tensor.nbytes} bytes, and its storage has {here}"
        )
    for name in ("own", "turned"):
        assert got[name].data_ptr() == state[name].data_ptr(), (
            f"{name!r} fills its storage, and was copied all the same"
        )
    file = io.BytesIO()
    torch.save(got, file)
    assert len(file.getvalue()) < 6000, "the file is still larger than it has to be"
