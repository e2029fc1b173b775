"""Answers to *The rules* as readers write them, right and wrong."""

import torch
from torch.autograd import Function


def right_slope__backward(f, x):
    leaf = x.detach().clone()
    leaf.requires_grad = True
    f(leaf).backward()
    return leaf.grad


def right_slope__detached(f, x):
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(f(leaf), [leaf])[0]


def right_slope__func(f, x):
    return torch.func.grad(f)(x.detach())


def right_slope__jacobian(f, x):
    return torch.autograd.functional.jacobian(f, x.detach())


def right_slope__a_new_tensor(f, x):
    leaf = torch.tensor(x.tolist(), requires_grad=True)
    f(leaf).backward()
    return leaf.grad.clone()


def wrong_slope__on_the_argument(f, x):
    """`requires_grad` of `x` has changed"""
    x.requires_grad_()
    f(x).backward()
    return x.grad


def wrong_slope__switched_back(f, x):
    """`x.grad` has changed"""
    if not x.is_leaf:
        return right_slope__backward(f, x)
    before = x.requires_grad
    x.requires_grad_()
    if x.grad is not None:
        x.grad = None
    f(x).backward()
    x.requires_grad_(before)
    return x.grad


def wrong_slope__added_to_the_old(f, x):
    leaf = x.clone()
    leaf.retain_grad() if leaf.requires_grad else leaf.requires_grad_()
    f(leaf).backward()
    return leaf.grad


def wrong_slope__a_graph_of_it(f, x):
    """still part of a graph"""
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf, create_graph=True)[0]


def wrong_slope__a_tuple(f, x):
    """expected a tensor, got a tuple"""
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf)


def wrong_slope__no_leaf(f, x):
    """RuntimeError at"""
    leaf = x.detach()
    f(leaf).backward()
    return leaf.grad


def wrong_slope__rough_trial(f, x):
    h = 1e-2
    return (f(x.detach() + h) - f(x.detach() - h)) / (2 * h) * torch.ones_like(x.detach())


def wrong_slope__what_backward_returns(f, x):
    """is a `return` missing?"""
    leaf = x.detach().clone().requires_grad_()
    return f(leaf).backward()


def right_accumulate_uneven__one_batch(model, loss_fn, batches):
    inputs = torch.cat([x for x, _ in batches])
    targets = torch.cat([y for _, y in batches])
    model.zero_grad()
    loss_fn(model(inputs), targets).backward()


def right_accumulate_uneven__sums_then_divided(model, loss_fn, batches):
    for p in model.parameters():
        p.grad = None
    count = 0
    for x, y in batches:
        (loss_fn(model(x), y) * len(x)).backward()
        count += len(x)
    for p in model.parameters():
        p.grad /= count


def right_accumulate_uneven__one_backward(model, loss_fn, batches):
    model.zero_grad(set_to_none=False)
    total = sum(loss_fn(model(x), y) * x.shape[0] for x, y in batches)
    (total / sum(x.shape[0] for x, _ in batches)).backward()


def wrong_accumulate_uneven__mean_of_means(model, loss_fn, batches):
    """for batches of [4, 4, 2]"""
    model.zero_grad()
    for x, y in batches:
        (loss_fn(model(x), y) / len(batches)).backward()


def wrong_accumulate_uneven__old_gradients(model, loss_fn, batches):
    """for batches of [10]"""
    samples = sum(len(x) for x, _ in batches)
    for x, y in batches:
        (loss_fn(model(x), y) * len(x) / samples).backward()


def wrong_accumulate_uneven__clears_one_parameter(model, loss_fn, batches):
    """the gradient of 0.bias"""
    next(model.parameters()).grad = None
    wrong_accumulate_uneven__old_gradients(model, loss_fn, batches)


def wrong_accumulate_uneven__clears_each_time(model, loss_fn, batches):
    samples = sum(len(x) for x, _ in batches)
    for x, y in batches:
        model.zero_grad()
        (loss_fn(model(x), y) * len(x) / samples).backward()


def wrong_accumulate_uneven__sum(model, loss_fn, batches):
    model.zero_grad()
    for x, y in batches:
        (loss_fn(model(x), y) * len(x)).backward()


def wrong_accumulate_uneven__takes_a_step(model, loss_fn, batches):
    """0.weight itself has moved"""
    right_accumulate_uneven__one_batch(model, loss_fn, batches)
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.1 * p.grad


def wrong_accumulate_uneven__returns_it(model, loss_fn, batches):
    """there is none"""
    model.zero_grad()
    samples = sum(len(x) for x, _ in batches)
    loss = sum(loss_fn(model(x), y) * len(x) for x, y in batches) / samples
    return torch.autograd.grad(loss, list(model.parameters()))


def right_step__data(parameters, lr):
    for p in parameters:
        if p.grad is not None:
            p.data -= lr * p.grad
            p.grad = None


@torch.no_grad()
def right_step__decorated(parameters, lr):
    for p in parameters:
        if p.grad is None:
            continue
        p.sub_(lr * p.grad)
        p.grad = None


def right_step__listed_first(parameters, lr):
    parameters = [p for p in parameters if p.grad is not None]
    with torch.no_grad():
        for p in parameters:
            p.add_(p.grad, alpha=-lr)
    for p in parameters:
        p.grad = None


def wrong_step__recorded(parameters, lr):
    """RuntimeError at"""
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad
            p.grad = None


def wrong_step__keeps_gradients(parameters, lr):
    """was not forgotten"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad


def wrong_step__reads_an_iterator_twice(parameters, lr):
    """an iterator, which can be read once"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
    for p in parameters:
        p.grad = None


def wrong_step__a_new_place(parameters, lr):
    """change the parameter in place"""
    for p in parameters:
        if p.grad is not None:
            p.data = p.data - lr * p.grad
            p.grad = None


def wrong_step__a_new_name(parameters, lr):
    """w - lr * 2w"""
    for p in parameters:
        if p.grad is not None:
            p = p - lr * p.grad


def wrong_step__upwards(parameters, lr):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += lr * p.grad
                p.grad = None


def wrong_step__needs_every_gradient(parameters, lr):
    """TypeError at"""
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad
            p.grad = None


def wrong_step__freezes(parameters, lr):
    """no longer a leaf that learns"""
    for p in parameters:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad
            p.grad = None


def wrong_step__ends_at_the_gap(parameters, lr):
    """b - lr * 5"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is None:
                break
            p -= lr * p.grad
            p.grad = None


class right_Swish__silu_s_rule(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + torch.exp(-x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return g * s * (1 + x * (1 - s))


class right_Swish__a_tuple(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.nn.functional.silu(x)

    @staticmethod
    def backward(ctx, g):
        x = ctx.saved_tensors[0]
        s = x.sigmoid()
        y = x * s
        return ((s + y * (1 - s)) * g,)


class right_Swish__set_up_apart(Function):
    @staticmethod
    def forward(x):
        return x * torch.sigmoid(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = 1 / (1 + (-x).exp())
        return g * (s + x * s * (1 - s))


class wrong_Swish__keeps_two(Function):
    """2 tensors were kept for backward"""

    @staticmethod
    def forward(ctx, x):
        s = x.sigmoid()
        ctx.save_for_backward(x, s)
        return x * s

    @staticmethod
    def backward(ctx, g):
        x, s = ctx.saved_tensors
        return g * (s + x * s * (1 - s))


class wrong_Swish__as_an_attribute(Function):
    """0 tensors were kept for backward; keep x alone, by `ctx.save_for_backward(x)`"""

    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        s = ctx.x.sigmoid()
        return g * (s + ctx.x * s * (1 - s))


class wrong_Swish__half_the_rule(Function):
    """backward, for a tensor of shape (4,): g · (s + x · s · (1 - s))"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x.sigmoid()


class wrong_Swish__forgets_g(Function):
    """backward, for a tensor of shape (4,)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = x.sigmoid()
        return s + x * s * (1 - s)


class wrong_Swish__no_return(Function):
    """backward returned None (is a `return` missing?)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = x.sigmoid()
        g * (s + x * s * (1 - s))


class wrong_Swish__no_return_forward(Function):
    """forward, for a tensor of shape (4,)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        x * x.sigmoid()


class wrong_Swish__keeps_the_result(Function):
    """another one than x"""

    @staticmethod
    def forward(ctx, x):
        y = x * x.sigmoid()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = x.sigmoid()
        return g * (s + x * s * (1 - s))


class wrong_Swish__a_gradient_too_many(Function):
    """backward is to return one tensor, for x"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = x.sigmoid()
        return g * (s + x * s * (1 - s)), g


class wrong_Swish__only_the_sigmoid(Function):
    """x · sigmoid(x)"""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = x.sigmoid()
        return g * s * (1 - s)


def wrong_Swish__a_function(x):
    """a class is asked for"""
    return x * x.sigmoid()
