"""Answers to *By hand, then torch* as readers write them, right and wrong."""

import math

import torch
from torch import nn


def right_five_steps__zero_grad_first(model, loss_fn, optimizer, X, T):
    optimizer.zero_grad()
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.step()
    return loss.item()


def right_five_steps__float(model, loss_fn, optimizer, X, T):
    Y = model(X)
    loss = loss_fn(Y, T)
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return float(loss)


def right_five_steps__of_the_model(model, loss_fn, optimizer, X, T):
    loss = loss_fn(model(X), T)
    model.zero_grad()
    torch.autograd.backward([loss])
    optimizer.step()
    return loss.detach().numpy().item()


def wrong_five_steps__without_zero_grad(model, loss_fn, optimizer, X, T):
    """Is the order"""
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_five_steps__zero_grad_too_late(model, loss_fn, optimizer, X, T):
    """Is the order"""
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def wrong_five_steps__a_tensor(model, loss_fn, optimizer, X, T):
    """`.item()` gets the number out"""
    optimizer.zero_grad()
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.step()
    return loss


def wrong_five_steps__no_return(model, loss_fn, optimizer, X, T):
    """is a `return` missing?"""
    optimizer.zero_grad()
    loss = loss_fn(model(X), T)
    loss.backward()
    optimizer.step()


def wrong_five_steps__loss_afterwards(model, loss_fn, optimizer, X, T):
    """before the step"""
    optimizer.zero_grad()
    loss_fn(model(X), T).backward()
    optimizer.step()
    return loss_fn(model(X), T).item()


def wrong_five_steps__no_backward(model, loss_fn, optimizer, X, T):
    optimizer.zero_grad()
    loss = loss_fn(model(X), T)
    optimizer.step()
    return loss.item()


def right_step_by_hand__data(parameters, lr):
    for p in parameters:
        if p.grad is not None:
            p.data -= lr * p.grad.data


def right_step_by_hand__sub(parameters, lr):
    for p in parameters:
        if p.grad is None:
            continue
        with torch.no_grad():
            p.sub_(p.grad, alpha=lr)


@torch.no_grad()
def right_step_by_hand__decorated(parameters, lr):
    for p in parameters:
        if p.grad is not None:
            p.copy_(p - lr * p.grad)


def right_step_by_hand__new_data(parameters, lr):
    for n in range(len(parameters)):
        g = parameters[n].grad
        if g is not None:
            parameters[n].data = parameters[n].data.add(g, alpha=-lr)


def wrong_step_by_hand__ready_made(parameters, lr):
    """no optimizer is to be used, and this makes: `SGD`"""
    torch.optim.SGD(parameters, lr=lr).step()


def wrong_step_by_hand__recorded(parameters, lr):
    """RuntimeError at"""
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad


def wrong_step_by_hand__upwards(parameters, lr):
    """That was parameter 0, with lr=1.0"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += lr * p.grad


def wrong_step_by_hand__new_tensors(parameters, lr):
    """in place"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p = p - lr * p.grad


def wrong_step_by_hand__new_entries(parameters, lr):
    """in place"""
    with torch.no_grad():
        for n, p in enumerate(parameters):
            if p.grad is not None:
                parameters[n] = nn.Parameter(p - lr * p.grad)


def wrong_step_by_hand__without_the_rate(parameters, lr):
    """with lr=0.1"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= p.grad


def wrong_step_by_hand__needs_every_gradient(parameters, lr):
    """TypeError at"""
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad


def wrong_step_by_hand__forgets_the_gradient(parameters, lr):
    """that is the job of `zero_grad`"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None


def wrong_step_by_hand__stops_at_the_gap(parameters, lr):
    """nothing is returned"""
    with torch.no_grad():
        for p in parameters:
            if p.grad is None:
                return parameters
            p -= lr * p.grad


def wrong_step_by_hand__freezes(parameters, lr):
    """no longer requires a gradient"""
    for p in parameters:
        if p.grad is not None:
            p.requires_grad_(False)
            p -= lr * p.grad


def _sigmoid(z):
    return 1 / (1 + math.exp(-z))


def right_neuron_slopes__with_a_helper(w, b, x, t):
    y = _sigmoid(w * x + b)
    slope = 2 * (y - t) * y * (1 - y)
    return slope * x, slope


def right_neuron_slopes__slope_of_the_sigmoid(w, b, x, t):
    z = w * x + b
    off = 2 * (_sigmoid(z) - t)
    steep = math.exp(-z) / (1 + math.exp(-z)) ** 2
    return (off * steep * x, off * steep)


def right_neuron_slopes__tanh(w, b, x, t):
    y = (math.tanh((w * x + b) / 2) + 1) / 2
    d = 2 * (y - t) * (y - y**2)
    return d * x, d * 1.0


def wrong_neuron_slopes__torch(w, b, x, t):
    """torch is not allowed here"""
    p = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    ((torch.sigmoid(p[0] * x + p[1]) - t) ** 2).backward()
    return tuple(p.grad.tolist())


def wrong_neuron_slopes__torch_for_the_sigmoid(w, b, x, t):
    """torch is not allowed here"""
    y = torch.sigmoid(torch.tensor(w * x + b, dtype=torch.float64)).item()
    d = 2 * (y - t) * y * (1 - y)
    return d * x, d


def wrong_neuron_slopes__nudged(w, b, x, t):
    """was it found by nudging?"""

    def loss(w, b):
        return (_sigmoid(w * x + b) - t) ** 2

    h = 1e-6
    return (
        (loss(w + h, b) - loss(w - h, b)) / (2 * h),
        (loss(w, b + h) - loss(w, b - h)) / (2 * h),
    )


def wrong_neuron_slopes__no_sigmoid(w, b, x, t):
    """That was w=0.5"""
    d = 2 * (w * x + b - t)
    return d * x, d


def wrong_neuron_slopes__slope_of_the_sigmoid_forgotten(w, b, x, t):
    d = 2 * (_sigmoid(w * x + b) - t)
    return d * x, d


def wrong_neuron_slopes__two_forgotten(w, b, x, t):
    y = _sigmoid(w * x + b)
    d = (y - t) * y * (1 - y)
    return d * x, d


def wrong_neuron_slopes__turned(w, b, x, t):
    y = _sigmoid(w * x + b)
    d = 2 * (y - t) * y * (1 - y)
    return d, d * x


def wrong_neuron_slopes__only_one(w, b, x, t):
    """expected a tuple, got a float"""
    y = _sigmoid(w * x + b)
    return 2 * (y - t) * y * (1 - y) * x


def wrong_neuron_slopes__a_list(w, b, x, t):
    """expected a tuple, got a list"""
    y = _sigmoid(w * x + b)
    d = 2 * (y - t) * y * (1 - y)
    return [d * x, d]
