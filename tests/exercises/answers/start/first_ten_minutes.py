"""Answers to *The first ten minutes* as readers write them, right and wrong."""

import torch
from torch import nn


def right_describe__its_size(tensor):
    return tensor.size(), tensor.dtype, tensor.to(torch.float32).mean().item()


def right_describe__mean_dtype(tensor):
    return tuple(tensor.shape), tensor.dtype, float(tensor.mean(dtype=torch.float32))


def right_describe__sum_by_count(tensor):
    mean = tensor.sum().item() / tensor.numel()
    return tensor.shape, tensor.dtype, mean


def wrong_describe__mean_of_whole_numbers(tensor):
    """RuntimeError at"""
    return tuple(tensor.shape), tensor.dtype, tensor.mean().item()


def wrong_describe__converted_first(tensor):
    """report its own dtype"""
    tensor = tensor.float()
    return tuple(tensor.shape), tensor.dtype, tensor.mean().item()


def wrong_describe__mean_as_a_tensor(tensor):
    """`.item()` gets the number out"""
    return tuple(tensor.shape), tensor.dtype, tensor.float().mean()


def wrong_describe__whole_mean(tensor):
    mean = tensor.sum() // tensor.numel()
    return tuple(tensor.shape), tensor.dtype, float(mean)


def wrong_describe__dtype_as_a_text(tensor):
    """expected a dtype, got a str"""
    return tuple(tensor.shape), str(tensor.dtype), tensor.float().mean().item()


def wrong_describe__shape_as_a_list(tensor):
    """expected a tuple, got a list"""
    return list(tensor.shape), tensor.dtype, tensor.float().mean().item()


def wrong_describe__two_of_three(tensor):
    """expected 3 items, got 2"""
    return tuple(tensor.shape), tensor.float().mean().item()


def right_slope__grad(x):
    leaf = torch.tensor(x, requires_grad=True)
    (gradient,) = torch.autograd.grad(leaf**3 - 2 * leaf, leaf)
    return gradient.item()


def right_slope__func_grad(x):
    return torch.func.grad(lambda t: t**3 - 2 * t)(torch.tensor(x)).item()


def right_slope__double(x):
    x = torch.tensor([x], dtype=torch.float64).requires_grad_()
    y = x * x * x - x - x
    y.backward()
    return float(x.grad)


def right_slope__jacobian(x):
    return torch.autograd.functional.jacobian(lambda t: t**3 - 2 * t, torch.tensor(x)).item()


def wrong_slope__formula(x):
    """autograd is to find this"""
    return 3 * x**2 - 2


def wrong_slope__nudged(x):
    """autograd is to find this"""
    h = 1e-6
    return ((x + h) ** 3 - 2 * (x + h) - (x - h) ** 3 + 2 * (x - h)) / (2 * h)


def wrong_slope__value(x):
    """by hand the slope is 3x² − 2"""
    leaf = torch.tensor(x, requires_grad=True)
    y = leaf**3 - 2 * leaf
    y.backward()
    return y.item()


def wrong_slope__a_tensor(x):
    """`.item()` gets the number out"""
    leaf = torch.tensor(x, requires_grad=True)
    (leaf**3 - 2 * leaf).backward()
    return leaf.grad


def wrong_slope__what_backward_returns(x):
    """is a `return` missing?"""
    leaf = torch.tensor(x, requires_grad=True)
    return (leaf**3 - 2 * leaf).backward()


def wrong_slope__no_leaf(x):
    """RuntimeError at"""
    leaf = torch.tensor(x)
    (leaf**3 - 2 * leaf).backward()
    return leaf.grad.item()


def wrong_slope__another_function(x):
    leaf = torch.tensor(x, requires_grad=True)
    (leaf**3 + 2 * leaf).backward()
    return leaf.grad.item()


def right_count__one_line(inputs, hidden, outputs):
    return (inputs + 1) * hidden + (hidden + 1) * outputs


def right_count__a_loop(inputs, hidden, outputs):
    total = 0
    for before, after in ((inputs, hidden), (hidden, outputs)):
        total += before * after + after
    return total


def right_count__by_tensors(inputs, hidden, outputs):
    shapes = (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)
    return sum(torch.Size(shape).numel() for shape in shapes)


def wrong_count__modules(inputs, hidden, outputs):
    """no module is to be built"""
    net = nn.Sequential(nn.Linear(inputs, hidden), nn.Linear(hidden, outputs))
    return sum(p.numel() for p in net.parameters())


def wrong_count__one_module(inputs, hidden, outputs):
    """no module is to be built, and this builds: `Linear`"""
    first = nn.Linear(inputs, hidden)
    return first.weight.numel() + hidden + (hidden + 1) * outputs


def wrong_count__without_biases(inputs, hidden, outputs):
    """weights and biases"""
    return inputs * hidden + hidden * outputs


def wrong_count__one_bias_a_layer(inputs, hidden, outputs):
    return inputs * hidden + 1 + hidden * outputs + 1


def wrong_count__biases_of_the_inputs(inputs, hidden, outputs):
    return inputs * hidden + inputs + hidden * outputs + hidden


def wrong_count__one_product(inputs, hidden, outputs):
    return inputs * hidden * outputs


def wrong_count__a_float(inputs, hidden, outputs):
    """expected an int, got a float"""
    return float((inputs + 1) * hidden + (hidden + 1) * outputs)


def right_one_round__zero_grad_first(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def right_one_round__zero_grad_last(model, x, y, loss_fn, optimizer):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss)


def right_one_round__of_the_model(model, x, y, loss_fn, optimizer):
    loss = loss_fn(model.forward(x), y)
    number = loss.detach().item()
    model.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()
    return number


def wrong_one_round__without_zero_grad(model, x, y, loss_fn, optimizer):
    """forgotten"""
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def wrong_one_round__zero_grad_between(model, x, y, loss_fn, optimizer):
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


def wrong_one_round__two_steps(model, x, y, loss_fn, optimizer):
    """once"""
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    optimizer.step()
    return loss.item()


def wrong_one_round__no_step(model, x, y, loss_fn, optimizer):
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


def wrong_one_round__loss_afterwards(model, x, y, loss_fn, optimizer):
    """the loss of the first round"""
    optimizer.zero_grad()
    loss_fn(model(x), y).backward()
    optimizer.step()
    return loss_fn(model(x), y).item()


def wrong_one_round__a_tensor(model, x, y, loss_fn, optimizer):
    """`.item()` gets the number out"""
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


def wrong_one_round__no_return(model, x, y, loss_fn, optimizer):
    """is a `return` missing?"""
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def wrong_one_round__another_loss(model, x, y, loss_fn, optimizer):
    loss = ((model(x) - y) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
