"""Answers to *Saving and loading* as readers write them, right and wrong."""

import copy
import os
import re
import shutil
import tempfile
from pathlib import Path

import torch


def right_unwrap__a_pattern(state):
    return {re.sub(r"^(module\.|_orig_mod\.)+", "", name): t for name, t in state.items()}


def right_unwrap__parts(state):
    new = {}
    for name, tensor in state.items():
        parts = name.split(".")
        while parts[0] in ("module", "_orig_mod"):
            parts.pop(0)
        new[".".join(parts)] = tensor
    return new


def right_unwrap__both_ways(state):
    result = dict(state)
    for _ in range(3):
        for prefix in ("module.", "_orig_mod."):
            result = {name.removeprefix(prefix): tensor for name, tensor in result.items()}
    return result


def wrong_unwrap__replaced_anywhere(state):
    """'submodule.weight'"""
    return {n.replace("module.", "").replace("_orig_mod.", ""): t for n, t in state.items()}


def wrong_unwrap__one_order(state):
    """'_orig_mod.module.head.bias'"""
    return {n.removeprefix("module.").removeprefix("_orig_mod."): t for n, t in state.items()}


def wrong_unwrap__one_kind(state):
    """'_orig_mod.0.bias'"""
    return {n.removeprefix("module."): t for n, t in state.items()}


def wrong_unwrap__letters(state):
    """should remain"""
    return {n.lstrip("module._orig"): t for n, t in state.items()}  # noqa: B005


def wrong_unwrap__cut_off(state):
    """should remain"""
    return {n[7:] if n.startswith("module") else n: t for n, t in state.items()}


def wrong_unwrap__in_place(state):
    """has changed"""
    for name in list(state):
        state[re.sub(r"^(module\.|_orig_mod\.)+", "", name)] = state.pop(name)
    return state


def wrong_unwrap__copies(state):
    """not copies"""
    return {n: t.clone() for n, t in right_unwrap__a_pattern(state).items()}


def wrong_unwrap__names(state):
    """expected a dictionary"""
    return list(right_unwrap__a_pattern(state))


def wrong_unwrap__looks_at_the_first(state):
    """should remain '0.bias'"""
    first = list(state)[0]
    prefix = "module." if first.startswith("module.") else ""
    return {n.removeprefix(prefix): t for n, t in state.items()}


def right_load_what_fits__copied(model, state):
    kept, loaded = [], 0
    with torch.no_grad():
        for name, own in model.state_dict().items():
            if name in state and own.shape == state[name].shape:
                own.copy_(state[name])
                loaded += 1
            else:
                kept.append(name)
    if loaded == 0:
        raise ValueError("nothing fits")
    return kept


def right_load_what_fits__completed(model, state):
    own = model.state_dict()
    new = {n: t if state.get(n, t).shape != t.shape else state.get(n, t) for n, t in own.items()}
    kept = [n for n in own if n not in state or state[n].shape != own[n].shape]
    if len(kept) == len(own):
        raise ValueError("nothing fits")
    model.load_state_dict(new)
    return kept


def right_load_what_fits__sizes(model, state):
    own = model.state_dict()
    fits = [n for n in own if n in state and list(own[n].size()) == list(state[n].size())]
    if not fits:
        raise ValueError(f"none of {list(state)}")
    model.load_state_dict({n: state[n] for n in fits}, strict=False)
    return [n for n in own if n not in fits]


def wrong_load_what_fits__strict_false(model, state):
    """RuntimeError at"""
    return list(model.load_state_dict(state, strict=False).missing_keys)


def wrong_load_what_fits__names_alone(model, state):
    """RuntimeError at"""
    fits = {n: state[n] for n in model.state_dict() if n in state}
    if not fits:
        raise ValueError("nothing fits")
    return list(model.load_state_dict(fits, strict=False).missing_keys)


def wrong_load_what_fits__nothing_is_no_error(model, state):
    """no ValueError was raised"""
    own = model.state_dict()
    fits = {n: state[n] for n, t in own.items() if n in state and state[n].shape == t.shape}
    return list(model.load_state_dict(fits, strict=False).missing_keys)


def wrong_load_what_fits__what_was_loaded(model, state):
    """for 5 classes in the model"""
    kept = right_load_what_fits__copied(model, state)
    return [n for n in model.state_dict() if n not in kept]


def wrong_load_what_fits__the_order_of_the_file(model, state):
    """in the model's order"""
    kept = right_load_what_fits__copied(model, state)
    return [n for n in state if n in kept] + [n for n in kept if n not in state]


def wrong_load_what_fits__what_is_too_much(model, state):
    """for 5 classes"""
    own = model.state_dict()
    right_load_what_fits__copied(model, state)
    return [n for n in state if n not in own or state[n].shape != own[n].shape]


def wrong_load_what_fits__removes_from_the_file(model, state):
    """the names in `state` have changed"""
    own = model.state_dict()
    for n in list(state):
        if n not in own or own[n].shape != state[n].shape:
            del state[n]
    if not state:
        raise ValueError("nothing fits")
    return list(model.load_state_dict(state, strict=False).missing_keys)


def wrong_load_what_fits__broadcast(model, state):
    """does not fit one of shape (4,)"""
    kept = []
    for n, t in model.state_dict().items():
        try:
            t.copy_(state[n])
        except (KeyError, RuntimeError):
            kept.append(n)
    if len(kept) == len(model.state_dict()):
        raise ValueError("nothing fits")
    return kept


def wrong_load_what_fits__parameters_only(model, state):
    """should have the file’s numbers"""
    kept = []
    with torch.no_grad():
        for n, p in model.named_parameters():
            if n in state and p.shape == state[n].shape:
                p.copy_(state[n])
            else:
                kept.append(n)
    return kept


def wrong_load_what_fits__other_parameters(model, state):
    """an optimizer would not know them"""
    own = model.state_dict()
    fits = {n: t for n, t in state.items() if n in own and own[n].shape == t.shape}
    if not fits:
        raise ValueError("nothing fits")
    copies = {n: t.clone() for n, t in fits.items()}
    return list(model.load_state_dict(copies, strict=False, assign=True).missing_keys)


def right_save_clean__a_temporary_name(data, path):
    handle, name = tempfile.mkstemp(dir=path.parent)
    os.close(handle)
    try:
        torch.save(data, name)
    except BaseException:
        os.unlink(name)
        raise
    os.rename(name, path)


def right_save_clean__path_replace(data, path):
    new = path.with_suffix(".new")
    done = False
    try:
        torch.save(data, new)
        new.replace(path)
        done = True
    finally:
        if not done:
            new.unlink(missing_ok=True)


def right_save_clean__a_folder_of_its_own(data, path):
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        torch.save(data, Path(folder) / "new")
        os.replace(Path(folder) / "new", path)


def wrong_save_clean__at_once(data, path):
    """the old one is not whole"""
    torch.save(data, path)


def wrong_save_clean__left_over(data, path):
    """something is left in the folder"""
    new = path.with_suffix(".new")
    torch.save(data, new)
    new.replace(path)


def wrong_save_clean__copied(data, path):
    """in one move"""
    with tempfile.TemporaryDirectory() as folder:
        torch.save(data, Path(folder) / "new")
        shutil.copyfile(Path(folder) / "new", path)


def wrong_save_clean__the_old_one_first_away(data, path):
    """the old one is not whole"""
    path.unlink(missing_ok=True)
    right_save_clean__path_replace(data, path)


def wrong_save_clean__the_error_is_kept(data, path):
    """the caller did not hear of it"""
    try:
        right_save_clean__path_replace(data, path)
    except Exception as error:
        print("could not save:", error)


def wrong_save_clean__a_copy_stays(data, path):
    """something is left in the folder"""
    if path.exists():
        shutil.copyfile(path, path.with_suffix(".old"))
    right_save_clean__path_replace(data, path)


def wrong_save_clean__another_name(data, path):
    """no file under the name"""
    torch.save(data, path.with_suffix(".part"))


def right_rest_of_epoch__sliced(state, n, size, done):
    g = torch.Generator()
    g.set_state(state)
    order = torch.randperm(n, generator=g)
    return [order[start : start + size] for start in range(done * size, n, size)]


def right_rest_of_epoch__chunks(state, n, size, done):
    g = torch.Generator().set_state(state.clone())
    rest = torch.randperm(n, generator=g)[done * size :]
    return list(torch.split(rest, size)) if len(rest) else []


def right_rest_of_epoch__state_given_back(state, n, size, done):
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state)
        order = torch.randperm(n)
    batches = []
    while len(order):
        batches.append(order[:size])
        order = order[size:]
    return batches[done:]


def wrong_rest_of_epoch__the_global_generator(state, n, size, done):
    """the global generator is no longer where it was"""
    torch.set_rng_state(state)
    return list(torch.randperm(n).split(size))[done:]


def wrong_rest_of_epoch__another_order(state, n, size, done):
    g = torch.Generator()
    return list(torch.randperm(n, generator=g).split(size))[done:]


def wrong_rest_of_epoch__samples_done(state, n, size, done):
    g = torch.Generator()
    g.set_state(state)
    return list(torch.randperm(n, generator=g)[done:].split(size))


def wrong_rest_of_epoch__what_is_done(state, n, size, done):
    """batches"""
    g = torch.Generator()
    g.set_state(state)
    return list(torch.randperm(n, generator=g).split(size))[:done]


def wrong_rest_of_epoch__full_ones_alone(state, n, size, done):
    return [b for b in right_rest_of_epoch__sliced(state, n, size, done) if len(b) == size]


def wrong_rest_of_epoch__lists(state, n, size, done):
    """expected a tensor, got a list"""
    return [b.tolist() for b in right_rest_of_epoch__sliced(state, n, size, done)]


def wrong_rest_of_epoch__in_one(state, n, size, done):
    """expected a list, got Tensor"""
    g = torch.Generator()
    g.set_state(state)
    return torch.randperm(n, generator=g)[done * size :]


def wrong_rest_of_epoch__drawn_anew(state, n, size, done):
    g = torch.Generator()
    g.set_state(state)
    rest = n - done * size
    return list((torch.randperm(rest, generator=g) + done * size).split(size)) if rest else []


def right_compact__numel(state):
    new = {}
    for name, t in state.items():
        fills = t.untyped_storage().size() == t.numel() * t.element_size()
        new[name] = t if fills else t.clone()
    return new


def right_compact__a_fresh_one(state):
    def alone(t):
        if t.untyped_storage().nbytes() == t.nbytes:
            return t
        return torch.empty(t.shape, dtype=t.dtype).copy_(t)

    return {name: alone(t) for name, t in state.items()}


def right_compact__deep(state):
    return {
        name: copy.deepcopy(t.contiguous().clone())
        if len(t.untyped_storage()) > t.nbytes
        else t.detach()
        for name, t in state.items()
    }


def wrong_compact__all_copied(state):
    """was copied all the same"""
    return {name: t.clone() for name, t in state.items()}


def wrong_compact__contiguous(state):
    """its storage has"""
    return {name: t.contiguous() for name, t in state.items()}


def wrong_compact__the_same(state):
    """return a new dictionary"""
    return state


def wrong_compact__a_new_dictionary_alone(state):
    """its storage has"""
    return dict(state)


def wrong_compact__by_being_contiguous(state):
    """its storage has"""
    return {name: t if t.is_contiguous() else t.contiguous() for name, t in state.items()}


def wrong_compact__in_place(state):
    """return a new dictionary"""
    for name, t in state.items():
        state[name] = t.clone()
    return state


def wrong_compact__deep_copies(state):
    """its storage has"""
    return copy.deepcopy(dict(state))


def wrong_compact__halves(state):
    """expected dtype torch.float32"""
    return {name: t.half() for name, t in state.items()}
