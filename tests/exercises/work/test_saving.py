"""Answers to the exercises of "Saving and loading": other styles, and usual mistakes."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from bookparts.practice import judge
from tests.exercises.told import is_told

CHAPTER = "work/saving"
State = Mapping[str, Tensor]


def _by_pattern(state: State) -> dict[str, Tensor]:
    return {re.sub(r"^(module\.|_orig_mod\.)+", "", name): t for name, t in state.items()}


def _by_parts(state: State) -> dict[str, Tensor]:
    bare = {}
    for name, tensor in state.items():
        parts = name.split(".")
        while parts[0] in ("module", "_orig_mod"):
            parts.pop(0)
        bare[".".join(parts)] = tensor
    return bare


def _by_calling_itself(state: State) -> dict[str, Tensor]:
    bare = {n.removeprefix("module.").removeprefix("_orig_mod."): t for n, t in state.items()}
    return bare if list(bare) == list(state) else _by_calling_itself(bare)


def _replaced(state: State) -> dict[str, Tensor]:
    return {n.replace("module.", "").replace("_orig_mod.", ""): t for n, t in state.items()}


def _one_order(state: State) -> dict[str, Tensor]:
    return {n.removeprefix("module.").removeprefix("_orig_mod."): t for n, t in state.items()}


def _stripped(state: State) -> dict[str, Tensor]:
    return {n.lstrip("module.").lstrip("_orig_mod."): t for n, t in state.items()}  # noqa: B005


def _popped(state: dict[str, Tensor]) -> dict[str, Tensor]:
    for name in list(state):
        state[re.sub(r"^(module\.|_orig_mod\.)+", "", name)] = state.pop(name)
    return state


def _seven_letters(state: State) -> dict[str, Tensor]:
    return {name[7:]: tensor for name, tensor in state.items()}


def _copy_each(model: nn.Module, state: State) -> list[str]:
    kept = []
    found = False
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name in state and state[name].shape == tensor.shape:
                tensor.copy_(state[name])
                found = True
            else:
                kept.append(name)
    if not found:
        raise ValueError(name)
    return kept


def _filled_up(model: nn.Module, state: State) -> list[str]:
    own = model.state_dict()
    kept = [n for n, t in own.items() if n not in state or state[n].size() != t.size()]
    if len(kept) == len(own):
        raise ValueError("wrong file")
    model.load_state_dict({n: own[n] if n in kept else state[n] for n in own})
    return kept


def _by_one(model: nn.Module, state: State) -> list[str]:
    kept = []
    for name in model.state_dict():
        try:
            result = model.load_state_dict({name: state[name]}, strict=False)
            assert not result.unexpected_keys
        except (KeyError, RuntimeError):
            kept.append(name)
    if len(kept) == len(model.state_dict()):
        raise ValueError("nothing fits")
    return kept


def _not_strict(model: nn.Module, state: State) -> list[str]:
    return list(model.load_state_dict(state, strict=False).missing_keys)


def _caught(model: nn.Module, state: State) -> list[str]:
    with contextlib.suppress(RuntimeError):
        model.load_state_dict(state, strict=False)
    own = model.state_dict()
    return [n for n in own if n not in state or state[n].shape != own[n].shape]


def _parameters_only(model: nn.Module, state: State) -> list[str]:
    kept = []
    for name, parameter in model.named_parameters():
        if name in state and state[name].shape == parameter.shape:
            parameter.data = state[name]
        else:
            kept.append(name)
    if len(kept) == len(list(model.parameters())):
        raise ValueError
    return kept


def _assigned(model: nn.Module, state: State) -> list[str]:
    own = model.state_dict()
    fits = {n: state[n] for n in own if n in state and state[n].shape == own[n].shape}
    if not fits:
        raise ValueError
    return list(model.load_state_dict(fits, strict=False, assign=True).missing_keys)


def _by_memory(data: object, path: Path) -> None:
    file = io.BytesIO()
    torch.save(data, file)
    beside = path.with_suffix(".new")
    try:
        beside.write_bytes(file.getvalue())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _renamed(data: object, path: Path) -> None:
    beside = path.parent / f"{path.stem}.tmp"
    try:
        torch.save(data, beside)
    except Exception:
        os.remove(beside)
        raise
    os.rename(beside, path)


def _in_a_folder(data: object, path: Path) -> None:
    inner = path.parent / "writing"
    inner.mkdir()
    try:
        torch.save(data, inner / "new.pt")
        shutil.move(str(inner / "new.pt"), str(path))
    finally:
        shutil.rmtree(inner)


def _over(data: object, path: Path) -> None:
    torch.save(data, path)


def _deleted_first(data: object, path: Path) -> None:
    path.unlink(missing_ok=True)
    beside = path.with_suffix(".new")
    torch.save(data, beside)
    beside.rename(path)


def _leaves_a_piece(data: object, path: Path) -> None:
    beside = path.with_suffix(".new")
    torch.save(data, beside)
    beside.replace(path)


def _copied_over(data: object, path: Path) -> None:
    beside = path.with_suffix(".new")
    try:
        torch.save(data, beside)
        shutil.copyfile(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _written_over(data: object, path: Path) -> None:
    file = io.BytesIO()
    torch.save(data, file)
    path.write_bytes(file.getvalue())


def _swallows(data: object, path: Path) -> None:
    beside = path.with_suffix(".new")
    with contextlib.suppress(Exception):
        torch.save(data, beside)
        beside.replace(path)
    beside.unlink(missing_ok=True)


def _by_rows(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    generator = torch.Generator()
    generator.set_state(state)
    rest = torch.randperm(n, generator=generator)[size * done :]
    return [rest[at : at + size] for at in range(0, len(rest), size)]


def _by_fork(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state)
        return list(torch.randperm(n).split(size))[done:]


def _by_skipping(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    before = torch.get_rng_state()
    torch.set_rng_state(state)
    batches = iter(torch.randperm(n).split(size))
    torch.set_rng_state(before)
    for _ in range(done):
        next(batches)
    return list(batches)


def _by_loader(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    return list(torch.randperm(n).split(size))[done:]


def _global(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    torch.set_rng_state(state)
    return list(torch.randperm(n).split(size))[done:]


def _in_samples(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    generator = torch.Generator()
    generator.set_state(state)
    return list(torch.randperm(n, generator=generator)[done:].split(size))


def _new_order(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    generator = torch.Generator()
    generator.set_state(state)
    order = torch.arange(n)[size * done :]
    return list(order[torch.randperm(len(order), generator=generator)].split(size))


def _full_only(state: Tensor, n: int, size: int, done: int) -> list[Tensor]:
    batches = _by_rows(state, n, size, done)
    return [batch for batch in batches if len(batch) == size]


def _if_a_view(state: State) -> dict[str, Tensor]:
    out = {}
    for name, tensor in state.items():
        full = tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()
        out[name] = tensor if full else tensor.detach().clone()
    return out


def _by_numpy(state: State) -> dict[str, Tensor]:
    def own(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().size() == tensor.nbytes:
            return tensor
        return torch.from_numpy(tensor.numpy().copy())

    return {name: own(tensor) for name, tensor in state.items()}


def _changed_copy(state: State) -> dict[str, Tensor]:
    out = dict(state)
    for name, tensor in state.items():
        if len(tensor.untyped_storage()) != tensor.nbytes:
            out[name] = torch.empty_like(tensor, memory_format=torch.contiguous_format)
            out[name].copy_(tensor)
    return out


def _all_cloned(state: State) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in state.items()}


def _contiguous(state: State) -> dict[str, Tensor]:
    return {name: tensor.contiguous() for name, tensor in state.items()}


def _nothing_done(state: State) -> dict[str, Tensor]:
    return dict(state)


def _in_place(state: dict[str, Tensor]) -> dict[str, Tensor]:
    for name, tensor in state.items():
        if tensor.untyped_storage().nbytes() > tensor.nbytes:
            state[name] = tensor.clone()
    return state


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("unwrap", _by_pattern),
        ("unwrap", _by_parts),
        ("unwrap", _by_calling_itself),
        ("load_what_fits", _copy_each),
        ("load_what_fits", _filled_up),
        ("load_what_fits", _by_one),
        ("save_clean", _by_memory),
        ("save_clean", _renamed),
        ("save_clean", _in_a_folder),
        ("rest_of_epoch", _by_rows),
        ("rest_of_epoch", _by_fork),
        ("rest_of_epoch", _by_skipping),
        ("compact", _if_a_view),
        ("compact", _by_numpy),
        ("compact", _changed_copy),
    ],
)
def test_another_style_is_right(task: str, answer: Callable[..., Any]) -> None:
    """A right answer is right, however it was written."""
    verdict = judge(CHAPTER, task, answer)
    assert verdict.state == "right", verdict.text


@pytest.mark.parametrize(
    ("task", "answer", "state", "told"),
    [
        ("unwrap", _replaced, "wrong", "submodule.weight"),
        ("unwrap", _one_order, "wrong", "_orig_mod.module.head.bias"),
        ("unwrap", _stripped, "wrong", "should remain"),
        ("unwrap", _popped, "wrong", "that came in has changed"),
        ("unwrap", _seven_letters, "wrong", "should remain"),
        ("load_what_fits", _not_strict, "raised", "size mismatch"),
        ("load_what_fits", _caught, "wrong", "no ValueError was raised"),
        ("load_what_fits", _parameters_only, "wrong", "running_mean"),
        ("load_what_fits", _assigned, "wrong", "other parameters than before"),
        ("save_clean", _over, "wrong", "the old one is not whole"),
        ("save_clean", _deleted_first, "wrong", "the old one is not whole"),
        ("save_clean", _leaves_a_piece, "wrong", "last.new"),
        ("save_clean", _copied_over, "wrong", "in one move"),
        ("save_clean", _written_over, "wrong", "in one move"),
        ("save_clean", _swallows, "wrong", "the caller did not hear"),
        ("rest_of_epoch", _by_loader, "wrong", "global generator"),
        ("rest_of_epoch", _global, "wrong", "global generator"),
        ("rest_of_epoch", _in_samples, "wrong", "expected 2 batches"),
        ("rest_of_epoch", _new_order, "wrong", "for 10 samples"),
        ("rest_of_epoch", _full_only, "wrong", "expected 2 batches, got 1"),
        ("compact", _all_cloned, "wrong", "was copied all the same"),
        ("compact", _contiguous, "wrong", "its storage has"),
        ("compact", _nothing_done, "wrong", "its storage has 40000"),
        ("compact", _in_place, "wrong", "a new dictionary"),
    ],
)
def test_a_usual_mistake_is_named(
    task: str, answer: Callable[..., Any], state: str, told: str
) -> None:
    """The verdict says in words what a reader did who made this mistake."""
    is_told(CHAPTER, task, answer, told, state)


def test_an_answer_that_raises_leaves_the_listener_quiet() -> None:
    """The hook that hears renames is deaf between two checks."""
    from exercises.work.saving import checks

    assert judge(CHAPTER, "save_clean", _over).state == "wrong"
    assert checks._heard is None
