"""Answers to *Devices* as readers write them, right and wrong."""

import statistics

import torch
from torch import nn


def right_ask__a_list_of_parameters(model, x):
    parameters = list(model.parameters())
    with torch.no_grad():
        if parameters:
            x = x.to(parameters[0].device)
        return model(x)


def right_ask__stop_iteration(model, x):
    try:
        x = x.to(next(model.parameters()).device)
    except StopIteration:
        pass
    with torch.no_grad():
        return model(x)


@torch.inference_mode()
def right_ask__inference_mode(model, x):
    for p in model.parameters():
        return model(x.to(p.device))
    return model(x)


def wrong_ask__detached(model, x):
    """thrown away with `detach`"""
    p = next(model.parameters(), None)
    return model(x if p is None else x.to(p.device)).detach()


def wrong_ask__with_gradients(model, x):
    """Without gradients"""
    p = next(model.parameters(), None)
    return model(x if p is None else x.to(p.device))


@torch.no_grad()
def wrong_ask__where_x_is(model, x):
    """Bring x to the device of the model's parameters"""
    return model.to(x.device)(x) if next(model.parameters(), x).device.type == "cpu" else x


@torch.no_grad()
def wrong_ask__a_parameter_is_taken_for_granted(model, x):
    """StopIteration at"""
    return model(x.to(next(model.parameters()).device))


@torch.no_grad()
def wrong_ask__the_model_says_where_it_is(model, x):
    """AttributeError at"""
    return model(x.to(model.device))


@torch.no_grad()
def wrong_ask__back_to_the_cpu(model, x):
    p = next(model.parameters(), None)
    return model(x if p is None else x.to(p.device)).to(x.device)


def wrong_ask__gradients_off_for_ever(model, x):
    """Gradients are off for all that follows"""
    torch.set_grad_enabled(False)
    try:
        return right_ask__stop_iteration(model, x)
    finally:
        torch.set_grad_enabled(not isinstance(model, nn.Linear))


def right_batch_to__by_kind(batch, device):
    match batch:
        case torch.Tensor():
            return batch.to(device)
        case list():
            return [right_batch_to__by_kind(b, device) for b in batch]
        case tuple():
            return tuple(right_batch_to__by_kind(b, device) for b in batch)
        case dict():
            return {k: right_batch_to__by_kind(b, device) for k, b in batch.items()}
    return batch


def right_batch_to__asks_for_to(batch, device):
    if hasattr(batch, "to"):
        return batch.to(device=device)
    if isinstance(batch, dict):
        new = dict(batch)
        for key in new:
            new[key] = right_batch_to__asks_for_to(new[key], device)
        return new
    if type(batch) in (list, tuple):
        kind = type(batch)
        return kind([right_batch_to__asks_for_to(b, device) for b in batch])
    return batch


def right_batch_to__tree_map(batch, device):
    from torch.utils._pytree import tree_map

    return tree_map(lambda b: b.to(device) if isinstance(b, torch.Tensor) else b, batch)


def wrong_batch_to__tensors_alone(batch, device):
    """the tensor in a tuple"""
    return batch.to(device) if isinstance(batch, torch.Tensor) else batch


def wrong_batch_to__one_level(batch, device):
    """call batch_to on them"""

    def move(b):
        return b.to(device) if isinstance(b, torch.Tensor) else b

    if isinstance(batch, dict):
        return {k: move(b) for k, b in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(move(b) for b in batch)
    return move(batch)


def wrong_batch_to__all_become_lists(batch, device):
    """A tuple stays a tuple"""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: wrong_batch_to__all_become_lists(b, device) for k, b in batch.items()}
    if isinstance(batch, (list, tuple)):
        return [wrong_batch_to__all_become_lists(b, device) for b in batch]
    return batch


def wrong_batch_to__in_place(batch, device):
    """Leave the batch that comes in as it is"""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        for k in batch:
            batch[k] = wrong_batch_to__in_place(batch[k], device)
        return batch
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_batch_to__in_place(b, device) for b in batch)
    return batch


def wrong_batch_to__lists_in_place(batch, device):
    """Leave the lists in the batch as they are"""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: wrong_batch_to__lists_in_place(b, device) for k, b in batch.items()}
    if isinstance(batch, list):
        batch[:] = [wrong_batch_to__lists_in_place(b, device) for b in batch]
        return batch
    if isinstance(batch, tuple):
        return tuple(wrong_batch_to__lists_in_place(b, device) for b in batch)
    return batch


def wrong_batch_to__all_can_be_moved(batch, device):
    """AttributeError at"""
    if isinstance(batch, dict):
        return {k: wrong_batch_to__all_can_be_moved(b, device) for k, b in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_batch_to__all_can_be_moved(b, device) for b in batch)
    return batch.to(device)


def wrong_batch_to__values_alone(batch, device):
    """A dict stays a dict"""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return [wrong_batch_to__values_alone(b, device) for b in batch.values()]
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_batch_to__values_alone(b, device) for b in batch)
    return batch


def wrong_batch_to__no_return_at_the_end(batch, device):
    """A number stays a number"""
    if isinstance(batch, torch.Tensor):
        return batch.to(device)
    if isinstance(batch, dict):
        return {k: wrong_batch_to__no_return_at_the_end(b, device) for k, b in batch.items()}
    if isinstance(batch, (list, tuple)):
        return type(batch)(wrong_batch_to__no_return_at_the_end(b, device) for b in batch)
    return None


def right_strays__joined(model):
    names = []
    for path, module in model.named_modules():
        for name in module.__dict__:
            if isinstance(module.__dict__[name], torch.Tensor):
                names.append(".".join([path, name]).lstrip("."))
    return names


def right_strays__by_itself(model):
    found = [name for name, value in vars(model).items() if torch.is_tensor(value)]
    for child, module in model.named_children():
        found += [f"{child}.{name}" for name in right_strays__by_itself(module)]
    return found


def right_strays__what_is_not_registered(model):
    known = {id(t) for t in [*model.parameters(), *model.buffers()]}
    found = []
    for path, module in model.named_modules():
        for name, value in vars(module).items():
            if isinstance(value, torch.Tensor) and id(value) not in known:
                found.append((path and path + ".") + name)
    return found


def wrong_strays__the_top_alone(model):
    """Go through model.named_modules()"""
    return [name for name, value in vars(model).items() if isinstance(value, torch.Tensor)]


def wrong_strays__a_dot_in_front(model):
    """Look into vars(module)"""
    return [
        f"{path}.{name}"
        for path, module in model.named_modules()
        for name, value in vars(module).items()
        if isinstance(value, torch.Tensor)
    ]


def wrong_strays__no_path(model):
    """Go through model.named_modules()"""
    return [
        name
        for module in model.modules()
        for name, value in vars(module).items()
        if isinstance(value, torch.Tensor)
    ]


def wrong_strays__the_state(model):
    """Parameters and buffers are no strays"""
    return list(model.state_dict())


def wrong_strays__all_attributes(model):
    """Parameters and buffers are no strays"""
    return [name for name in dir(model) if isinstance(getattr(model, name), torch.Tensor)]


def wrong_strays__a_set(model):
    """expected a list"""
    return set(right_strays__joined(model))


def wrong_strays__the_tensors(model):
    return [value for value in vars(model).values() if isinstance(value, torch.Tensor)]


def right_plan__no_grad(make, shape):
    with torch.no_grad(), torch.device("meta"):
        net = make()
        y = net(torch.zeros(*shape))
    return tuple(y.shape), sum(p.numel() * p.element_size() for p in net.parameters())


def right_plan__an_input_on_meta(make, shape):
    with torch.device("meta"):
        net = make()
    result = net(torch.empty(shape, device="meta"))
    return (tuple(result.size()), sum([p.nbytes for p in net.parameters()]))


def right_plan__set_for_a_while(make, shape):
    before = torch.get_default_device()
    torch.set_default_device("meta")
    try:
        net = make()
        size = net(torch.ones(shape)).shape
    finally:
        torch.set_default_device(before)
    return size, sum(p.numel() * p.dtype.itemsize for p in net.parameters())


def wrong_plan__really_made(make, shape):
    """RuntimeError at"""
    net = make()
    return tuple(net(torch.zeros(shape)).shape), sum(p.nbytes for p in net.parameters())


def wrong_plan__moved_afterwards(make, shape):
    """RuntimeError at"""
    net = make().to("meta")
    y = net(torch.empty(shape, device="meta"))
    return tuple(y.shape), sum(p.nbytes for p in net.parameters())


def wrong_plan__four_bytes_each(make, shape):
    """ask for nbytes"""
    size, _ = right_plan__no_grad(make, shape)
    with torch.device("meta"):
        return size, 4 * sum(p.numel() for p in make().parameters())


def wrong_plan__numbers(make, shape):
    """Four bytes for each float32"""
    size, _ = right_plan__no_grad(make, shape)
    with torch.device("meta"):
        return size, sum(p.numel() for p in make().parameters())


def wrong_plan__the_whole_state(make, shape):
    """Buffers are no parameters"""
    size, _ = right_plan__no_grad(make, shape)
    with torch.device("meta"):
        return size, sum(t.nbytes for t in make().state_dict().values())


def wrong_plan__the_output(make, shape):
    with torch.device("meta"):
        net = make()
        return net(torch.empty(shape)), sum(p.nbytes for p in net.parameters())


def wrong_plan__a_list(make, shape):
    """expected a tuple, got a list"""
    size, count = right_plan__no_grad(make, shape)
    return list(size), count


def right_clock__sorted(work, wait, now, repeat):
    work()
    wait()
    times = []
    for _ in range(repeat):
        start = now()
        work()
        wait()
        times.append(now() - start)
    times.sort()
    middle = repeat // 2
    return times[middle] if repeat % 2 else (times[middle - 1] + times[middle]) / 2


def right_clock__numpy(work, wait, now, repeat):
    import numpy as np

    times = np.zeros(repeat + 1)
    for n in range(repeat + 1):
        wait()
        times[n] = -now()
        work()
        wait()
        times[n] += now()
    return float(np.median(times[1:]))


def right_clock__tensors(work, wait, now, repeat):
    def once():
        wait()
        start = now()
        work()
        wait()
        return now() - start

    once()
    return torch.tensor([once() for _ in range(repeat)], dtype=torch.float64).quantile(0.5).item()


def _timed(work, wait, now, repeat, *, first=True, before=True, after=True):
    if first:
        work()
    times = []
    for _ in range(repeat):
        if before:
            wait()
        start = now()
        work()
        if after:
            wait()
        times.append(now() - start)
    return times


def wrong_clock__nobody_waits(work, wait, now, repeat):
    """Wait before the start"""
    return statistics.median(_timed(work, wait, now, repeat, before=False, after=False))


def wrong_clock__waits_at_the_end_alone(work, wait, now, repeat):
    """what was ordered before does not count"""
    work()
    return statistics.median(_timed(work, wait, now, repeat, first=False, before=False))


def wrong_clock__mean(work, wait, now, repeat):
    """The median of the calls"""
    return statistics.mean(_timed(work, wait, now, repeat))


def wrong_clock__least(work, wait, now, repeat):
    """the middle two"""
    return min(_timed(work, wait, now, repeat))


def wrong_clock__the_upper_of_two(work, wait, now, repeat):
    """the middle two"""
    return statistics.median_high(_timed(work, wait, now, repeat))


def wrong_clock__the_first_counts(work, wait, now, repeat):
    """One call that does not count"""
    return statistics.median_low(_timed(work, wait, now, repeat, first=False))


def wrong_clock__once_too_often(work, wait, now, repeat):
    """IndexError"""
    return statistics.median(_timed(work, wait, now, repeat + 1))


def wrong_clock__all_together(work, wait, now, repeat):
    """The median of the calls"""
    work()
    wait()
    start = now()
    for _ in range(repeat):
        work()
    wait()
    return (now() - start) / repeat


def wrong_clock__a_tensor(work, wait, now, repeat):
    """expected a float, got a tensor"""
    return torch.tensor(_timed(work, wait, now, repeat)).median()
