"""Answers to *Debugging* as readers write them, right and wrong."""

import torch
import torch.nn.functional as F
from torch import nn


def _loop(model, x, y, steps, lr, *, mode=True, softmax=False, zero=True, step=True):
    if mode is not None:
        model.train(mode)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        output = model(x)
        loss = F.cross_entropy(output.softmax(1) if softmax else output, y)
        if zero:
            optimizer.zero_grad()
        loss.backward()
        if step:
            optimizer.step()
        losses.append(loss.item())
    return losses


def right_train__zero_first(model, x, y, steps, lr=0.01):
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr)
    loss_fn = nn.CrossEntropyLoss()
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def right_train__zero_at_the_end(model, x, y, steps, lr=0.01):
    model.train(True)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.zero_grad()
    losses = [0.0] * steps
    for n in range(steps):
        loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)
        losses[n] = loss.item()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return losses


def right_train__kept_until_the_end(model, x, y, steps, lr=0.01):
    optimizer = torch.optim.Adam(model.train().parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        for p in model.parameters():
            p.grad = None
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).tolist() if losses else []


def wrong_train__softmax_twice(model, x, y, steps, lr=0.01):
    """are these logits?"""
    return _loop(model, x, y, steps, lr, softmax=True)


def wrong_train__no_zero_grad(model, x, y, steps, lr=0.01):
    return _loop(model, x, y, steps, lr, zero=False)


def wrong_train__no_step(model, x, y, steps, lr=0.01):
    """nothing moves"""
    return _loop(model, x, y, steps, lr, step=False)


def wrong_train__mode_as_it_came(model, x, y, steps, lr=0.01):
    """is the model in training mode"""
    mode = model.training
    losses = _loop(model, x, y, steps, lr, mode=None)
    model.train(mode or steps == 0)
    return losses


def wrong_train__back_in_evaluation(model, x, y, steps, lr=0.01):
    """the model is not in training mode"""
    losses = _loop(model, x, y, steps, lr)
    model.eval()
    return losses


def wrong_train__always_one_hundredth(model, x, y, steps, lr=0.01):
    """another rate"""
    return _loop(model, x, y, steps, 0.01)


def wrong_train__tensors(model, x, y, steps, lr=0.01):
    """`.item()` gives the number"""
    return [torch.tensor(loss) for loss in _loop(model, x, y, steps, lr)]


def wrong_train__a_new_optimizer_each_step(model, x, y, steps, lr=0.01):
    return [_loop(model, x, y, 1, lr)[0] for _ in range(steps)]


def wrong_train__the_last_loss(model, x, y, steps, lr=0.01):
    """expected a list"""
    return _loop(model, x, y, steps, lr)[-1]


def wrong_train__sgd(model, x, y, steps, lr=0.01):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def wrong_train__zero_between(model, x, y, steps, lr=0.01):
    """nothing moves"""
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


def right_stuck__is(model, optimizer):
    reasons = {}
    for name, p in model.named_parameters():
        if not any(p is q for group in optimizer.param_groups for q in group["params"]):
            reasons[name] = "not in the optimizer"
        elif p.requires_grad is False:
            reasons[name] = "frozen"
        elif p.grad is None:
            reasons[name] = "no gradient"
        elif (p.grad == 0).all():
            reasons[name] = "gradient is 0"
    return reasons


def right_stuck__a_set(model, optimizer):
    held = set()  # tensors are hashed by what they are, not by their numbers
    for group in optimizer.param_groups:
        held.update(group["params"])

    def why(p):
        if p not in held:
            return "not in the optimizer"
        if not p.requires_grad:
            return "frozen"
        if p.grad is None:
            return "no gradient"
        return None if p.grad.count_nonzero() else "gradient is 0"

    found = {name: why(p) for name, p in model.named_parameters()}
    return {name: reason for name, reason in found.items() if reason}


def right_stuck__greatest(model, optimizer):
    ids = [id(p) for group in optimizer.param_groups for p in group["params"]]
    reasons = {}
    for name, p in model.named_parameters():
        if id(p) not in ids:
            reasons[name] = "not in the optimizer"
            continue
        if not p.requires_grad:
            reasons[name] = "frozen"
            continue
        if p.grad is None:
            reasons[name] = "no gradient"
            continue
        if p.grad.abs().max().item() == 0.0:
            reasons[name] = "gradient is 0"
    return reasons


def wrong_stuck__the_first_group(model, optimizer):
    """instead of"""
    ids = [id(p) for p in optimizer.param_groups[0]["params"]]
    reasons = right_stuck__is(model, optimizer)
    for name, p in model.named_parameters():
        if id(p) not in ids:
            reasons[name] = "not in the optimizer"
    return reasons


def wrong_stuck__by_equal_numbers(model, optimizer):
    """ask for the object itself"""
    held = [q for group in optimizer.param_groups for q in group["params"]]
    reasons = right_stuck__is(model, optimizer)
    for name, p in model.named_parameters():
        if any(p.shape == q.shape and torch.equal(p, q) for q in held):
            if reasons.get(name) == "not in the optimizer":
                del reasons[name]
    return reasons


def wrong_stuck__in(model, optimizer):
    """RuntimeError at"""
    held = [q for group in optimizer.param_groups for q in group["params"]]
    return {n: "not in the optimizer" for n, p in model.named_parameters() if p not in held}


def wrong_stuck__another_order(model, optimizer):
    """cold.weight"""
    reasons = right_stuck__is(model, optimizer)
    for name, p in model.named_parameters():
        if p.grad is None and reasons.get(name) == "frozen":
            reasons[name] = "no gradient"
    return reasons


def wrong_stuck__one_zero_is_enough(model, optimizer):
    """one slope that is not 0 moves a parameter"""
    reasons = right_stuck__is(model, optimizer)
    for name, p in model.named_parameters():
        if name not in reasons and p.grad is not None and (p.grad == 0).any():
            reasons[name] = "gradient is 0"
    return reasons


def wrong_stuck__no_zero(model, optimizer):
    """dead.weight"""
    reasons = right_stuck__is(model, optimizer)
    return {n: reason for n, reason in reasons.items() if reason != "gradient is 0"}


def wrong_stuck__names_alone(model, optimizer):
    """a dictionary was expected"""
    return list(right_stuck__is(model, optimizer))


def wrong_stuck__all_are_named(model, optimizer):
    """these will move"""
    reasons = right_stuck__is(model, optimizer)
    return {name: reasons.get(name, "fine") for name, _ in model.named_parameters()}


def wrong_stuck__looks_by_a_step(model, optimizer):
    """was changed; only look"""
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    reasons = right_stuck__is(model, optimizer)
    optimizer.step()
    return reasons if before else {}


def wrong_stuck__clears_the_gradients(model, optimizer):
    """the gradients are gone; only look"""
    reasons = right_stuck__is(model, optimizer)
    optimizer.zero_grad()
    return reasons


def wrong_stuck__zeroes_the_gradients(model, optimizer):
    """only look"""
    reasons = right_stuck__is(model, optimizer)
    optimizer.zero_grad(set_to_none=False)
    return reasons


def right_standardize__where(x):
    x = x.to(torch.float32)
    still = (x == x[:1]).all(dim=0)
    if len(x) < 2:
        return x * 0
    spread = torch.where(still, torch.ones(x.shape[1]), x.std(0))
    return torch.where(still, torch.zeros(()), (x - x.mean(0)) / spread)


def right_standardize__a_loop(x):
    x = x.float()
    columns = []
    for column in x.T:
        if column.max() == column.min():
            columns.append(torch.zeros_like(column))
        else:
            columns.append((column - column.mean()) / column.std())
    return torch.stack(columns, dim=1)


def right_standardize__double(x):
    z = x.double()
    mean = z.mean(0, keepdim=True)
    spread = ((z - mean) ** 2).sum(0).div(max(1, len(z) - 1)).sqrt()
    moves = z.amax(0) > z.amin(0)
    result = torch.zeros_like(z)
    result[:, moves] = (z - mean)[:, moves] / spread[moves]
    return result.float()


def wrong_standardize__zero_by_zero(x):
    """not finite"""
    x = x.float()
    return (x - x.mean(0)) / x.std(0)


def wrong_standardize__a_little_more(x):
    """a spread of 1e-4"""
    x = x.float()
    spread = x.std(0) if len(x) > 1 else torch.zeros(x.shape[1])
    return (x - x.mean(0)) / (spread + 1e-5) * (x != x[0]).any(0)


def wrong_standardize__whole_numbers(x):
    """RuntimeError at"""
    spread = x.std(0) if len(x) > 1 else torch.ones(x.shape[1])
    return (x - x.mean(0)) / torch.where((x == x[0]).all(0), 1.0, spread) * (x != x[0]).any(0)


def wrong_standardize__in_place(x):
    """your function changed `x`"""
    result = right_standardize__a_loop(x)
    if x.is_floating_point():
        x -= x.mean(0)
    return result


def wrong_standardize__by_n(x):
    x = x.float()
    spread = x.std(0, correction=0)
    return (x - x.mean(0)) / torch.where(spread == 0, 1.0, spread) * (x != x[0]).any(0)


def wrong_standardize__rows(x):
    return right_standardize__a_loop(x.T).T


def wrong_standardize__the_whole_table(x):
    x = x.float()
    return torch.nan_to_num((x - x.mean()) / x.std())


def wrong_standardize__by_its_deviation(x):
    """a constant that float32 cannot hold exactly"""
    x = x.float()
    if len(x) == 1:
        return torch.zeros_like(x)
    spread = x.std(0)
    mean = torch.stack([sum(column) / len(x) for column in x.T])  # is a little off for seven 0.1
    return (x - mean) / torch.where(spread == 0, 1e-9, spread)


def wrong_standardize__double(x):
    """not torch.float32"""
    return right_standardize__double(x).double()


def wrong_standardize__a_list(x):
    """a tensor was expected"""
    return right_standardize__a_loop(x).tolist()


@torch.no_grad()
def right_accuracy__each_mode(model, x, y):
    before = [(module, module.training) for module in model.modules()]
    output = model.eval()(x)
    for module, mode in before:
        module.training = mode
    said = output.argmax(1) if output.shape[1] > 1 else (output.squeeze(1) > 0).int()
    return (said == y).sum().item() / len(y) * 100


def right_accuracy__finally(model, x, y):
    training = {name for name, module in model.named_modules() if module.training}
    try:
        model.eval()
        with torch.inference_mode():
            z = model(x)
    finally:
        for name, module in model.named_modules():
            module.training = name in training
    said = (z[:, 0] > 0).float() if z.size(1) == 1 else z.max(dim=1).indices
    return 100.0 * sum(int(a == b) for a, b in zip(said, y, strict=True)) / len(y)


def right_accuracy__a_copy(model, x, y):
    import copy

    asked = copy.deepcopy(model).eval()
    with torch.no_grad():
        z = asked(x)
        model_output = z if z.shape[1] > 1 else torch.cat([torch.zeros_like(z), z], dim=1)
        for hook in model._forward_hooks.values():
            hook(model, (x,), z)
    return 100 * (model_output.argmax(1) == y).double().mean().item()


def _share(model, x, y, said):
    before = [(module, module.training) for module in model.modules()]
    with torch.no_grad():
        z = model.eval()(x)
    for module, mode in before:
        module.training = mode
    return 100 * (said(z) == y).float().mean().item()


def wrong_accuracy__argmax_of_one(model, x, y):
    """one output"""
    return _share(model, x, y, lambda z: z.argmax(1))


def wrong_accuracy__each_with_each(model, x, y):
    """one output"""
    return _share(model, x, y, lambda z: (z > 0).long() if z.shape[1] == 1 else z.argmax(1))


def wrong_accuracy__above_a_half(model, x, y):
    return _share(model, x, y, lambda z: (z[:, 0] > 0.5) if z.shape[1] == 1 else z.argmax(1))


def wrong_accuracy__a_share(model, x, y):
    return right_accuracy__each_mode(model, x, y) / 100


def wrong_accuracy__in_training(model, x, y):
    """is dropout off?"""
    torch.manual_seed(0)
    with torch.no_grad():
        z = model(x)
    said = z.argmax(1) if z.shape[1] > 1 else (z[:, 0] > 0).long()
    return 100 * (said == y).float().mean().item()


def wrong_accuracy__all_back_to_training(model, x, y):
    """the modes were train, train, eval, train"""
    result = right_accuracy__each_mode(model, x, y)
    model.train()
    return result


def wrong_accuracy__stays_in_evaluation(model, x, y):
    """the modes were train, train, eval, train"""
    result = right_accuracy__each_mode(model, x, y)
    model.eval()
    return result


def wrong_accuracy__the_mode_of_the_whole(model, x, y):
    """the modes were train, train, eval, train"""
    mode = model.training
    result = right_accuracy__each_mode(model, x, y)
    model.train(mode)
    return result


def wrong_accuracy__recorded(model, x, y):
    """`torch.no_grad()`"""
    before = [(module, module.training) for module in model.modules()]
    z = model.eval()(x)
    for module, mode in before:
        module.training = mode
    said = z.argmax(1) if z.shape[1] > 1 else (z[:, 0] > 0).long()
    return 100 * (said == y).float().mean().item()


def wrong_accuracy__a_tensor(model, x, y):
    """a float was expected"""
    return torch.tensor(right_accuracy__each_mode(model, x, y))
