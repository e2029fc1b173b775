"""Answers to *Generalization* as readers write them, right and wrong."""

import copy
import math

import torch
from torch import nn


def right_stop__waiting(losses, patience):
    best, lowest, waited = 1, losses[0], 0
    for epoch, loss in enumerate(losses[1:], 2):
        if loss < lowest:
            best, lowest, waited = epoch, loss, 0
        else:
            waited += 1
        if waited == patience:
            return best, epoch
    return best, len(losses)


def right_stop__a_while(losses, patience):
    best = last = 0
    while last < len(losses) - 1 and last - best < patience:
        last += 1
        if losses[last] < losses[best]:
            best = last
    return best + 1, last + 1


def right_stop__each_beginning(losses, patience):
    for n in range(1, len(losses) + 1):
        seen = list(losses[:n])
        best = seen.index(min(seen)) + 1
        if n - best == patience or n == len(losses):
            return best, n
    return 1, 1


def wrong_stop__counted_from_zero(losses, patience):
    best, last = right_stop__waiting(losses, patience)
    return best - 1, last - 1


def wrong_stop__one_too_patient(losses, patience):
    """Two epochs without a new lowest loss"""
    return right_stop__waiting(losses, patience + 1)


def wrong_stop__equal_is_better(losses, patience):
    """An equal loss is not a new lowest one"""
    best, lowest = 0, math.inf
    for epoch, loss in enumerate(losses, 1):
        if loss <= lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses)


def wrong_stop__the_best_of_all(losses, patience):
    return losses.index(min(losses)) + 1, right_stop__waiting(losses, patience)[1]


def wrong_stop__compared_with_the_one_before(losses, patience):
    best, waited = 1, 0
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 1] < losses[epoch - 2]:
            waited = 0
            if losses[epoch - 1] < losses[best - 1]:
                best = epoch
        else:
            waited += 1
        if waited == patience:
            return best, epoch
    return best, len(losses)


def wrong_stop__never_reset(losses, patience):
    best, waited = 1, 0
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            return best, epoch
    return best, len(losses)


def wrong_stop__the_losses(losses, patience):
    best, last = right_stop__waiting(losses, patience)
    return losses[best - 1], losses[last - 1]


def wrong_stop__nothing_at_the_end(losses, patience):
    """None (is a `return` missing?)"""
    best, lowest = 0, math.inf
    for epoch, loss in enumerate(losses, 1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            return best, epoch
    return None


def wrong_stop__a_list(losses, patience):
    """expected a tuple, got a list"""
    return list(right_stop__waiting(losses, patience))


def right_dropped__where(x, mask, p):
    return torch.where(mask, x / (1 - p), torch.zeros_like(x)) if p < 1 else torch.zeros_like(x)


def right_dropped__a_scale(x, mask, p):
    scale = 0.0 if p == 1.0 else 1 / (1 - p)
    return x * mask * scale


def right_dropped__on_a_copy(x, mask, p):
    result = x.clone()
    result[~mask] = 0
    if p == 1:
        return result * 0
    return result.div_(1 - p)


def right_dropped__masked_fill(x, mask, p):
    return x.masked_fill(~mask, 0.0) / max(1 - p, 1e-12)


def wrong_dropped__not_scaled(x, mask, p):
    """Divide by 1 - p"""
    return x * mask


def wrong_dropped__divided_by_p(x, mask, p):
    """p is the share that goes"""
    return x * mask / p


def wrong_dropped__multiplied(x, mask, p):
    return x * mask * (1 - p)


def wrong_dropped__what_goes(x, mask, p):
    return x * ~mask / (1 - p)


def wrong_dropped__zero_by_zero(x, mask, p):
    """With p = 1, 1 - p is 0: all zeros"""
    return x * (mask / (1 - p))


def wrong_dropped__those_that_stay(x, mask, p):
    """expected shape (4,), got shape (2,)"""
    return x[mask] / (1 - p)


def wrong_dropped__in_place(x, mask, p):
    """changed `x`"""
    x[~mask] = 0
    return x / (1 - p)


def wrong_dropped__zeros_of_its_own(x, mask, p):
    """shape and dtype stay"""
    return torch.zeros(x.shape) if p == 1 else x * mask / (1 - p)


def wrong_dropped__by_the_mask(x, mask, p):
    return x * mask / mask.float().mean()


def right_normalized__batch_norm(x, mean, var, training):
    mean, var = mean.clone(), var.clone()
    return nn.functional.batch_norm(x, mean, var, training=training, momentum=0.1), mean, var


def right_normalized__correction(x, mean, var, training):
    m, v = (x.mean(0), x.var(0, correction=0)) if training else (mean, var)
    out = (x - m) * torch.rsqrt(v + 1e-5)
    if training:
        mean = mean + 0.1 * (m - mean)
        var = var + 0.1 * (x.var(0) - var)
    return out, mean, var


def right_normalized__lerp(x, mean, var, training):
    if training:
        spread, center = torch.var_mean(x, dim=0, correction=0)
        n = len(x)
        result = (x - center) / (spread + 1e-5).sqrt()
        return result, mean.lerp(center, 0.1), var.lerp(spread * n / (n - 1), 0.1)
    return (x - mean) / (var + 1e-5).sqrt(), mean.clone(), var.clone()


def wrong_normalized__by_n_less_one(x, mean, var, training):
    """the variance that divides by n"""
    if not training:
        return (x - mean) / torch.sqrt(var + 1e-5), mean, var
    out = (x - x.mean(0)) / torch.sqrt(x.var(0) + 1e-5)
    return out, 0.9 * mean + 0.1 * x.mean(0), 0.9 * var + 0.1 * x.var(0)


def wrong_normalized__running_by_n(x, mean, var, training):
    """the new variance divides by n - 1"""
    if not training:
        return (x - mean) / torch.sqrt(var + 1e-5), mean, var
    m, v = x.mean(0), x.var(0, correction=0)
    return (x - m) / torch.sqrt(v + 1e-5), 0.9 * mean + 0.1 * m, 0.9 * var + 0.1 * v


def wrong_normalized__the_wrong_tenth(x, mean, var, training):
    """0.9 of the old, 0.1 of the new"""
    out, m, v = right_normalized__correction(x, mean, var, training)
    return out, (0.1 * mean + 0.9 * x.mean(0) if training else m), v


def wrong_normalized__in_place(x, mean, var, training):
    """changed `mean`"""
    out = nn.functional.batch_norm(x, mean, var, training=training, momentum=0.1)
    return out, mean, var


def wrong_normalized__the_variance_in_place(x, mean, var, training):
    """changed `var`"""
    out, m, v = right_normalized__correction(x, mean, var, training)
    var.copy_(v)
    return out, m, var


def wrong_normalized__running_in_training(x, mean, var, training):
    """the batch's own mean"""
    out = (x - mean) / torch.sqrt(var + 1e-5)
    _, mean, var = right_normalized__correction(x, mean, var, training)
    return out, mean, var


def wrong_normalized__always_training(x, mean, var, training):
    return right_normalized__correction(x, mean, var, True)


def wrong_normalized__the_batch_alone(x, mean, var, training):
    """expected a tuple of the batch, the mean and the variance, got a tensor"""
    return right_normalized__correction(x, mean, var, training)[0]


def wrong_normalized__no_running_ones(x, mean, var, training):
    return right_normalized__correction(x, mean, var, training)[0], mean, var


def wrong_normalized__over_all_columns(x, mean, var, training):
    out = (x - x.mean()) / torch.sqrt(x.var(correction=0) + 1e-5)
    _, mean, var = right_normalized__correction(x, mean, var, training)
    return out, mean, var


def right_decay_step__no_grad(parameters, lr, weight_decay):
    with torch.no_grad():
        for p in parameters:
            if p.grad is None:
                continue
            p -= lr * (p.grad + weight_decay * p)


def right_decay_step__data(parameters, lr, weight_decay):
    for p in parameters:
        if p.grad is not None:
            p.data = p.data.mul_(1 - lr * weight_decay).sub_(p.grad, alpha=lr)


def right_decay_step__torch_does_it(parameters, lr, weight_decay):
    torch.optim.SGD(parameters, lr=lr, weight_decay=weight_decay).step()


def right_decay_step__copied_back(parameters, lr, weight_decay):
    for p in list(parameters):
        if p.grad is not None:
            with torch.no_grad():
                p.copy_(p - lr * p.grad - lr * weight_decay * p)


def wrong_decay_step__recorded(parameters, lr, weight_decay):
    """RuntimeError at"""
    for p in parameters:
        if p.grad is not None:
            p -= lr * (p.grad + weight_decay * p)


def wrong_decay_step__a_name_for_another(parameters, lr, weight_decay):
    """in place"""
    for p in parameters:
        if p.grad is not None:
            p = p - lr * (p.grad + weight_decay * p)


@torch.no_grad()
def wrong_decay_step__no_decay(parameters, lr, weight_decay):
    """weight_decay * w"""
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad


@torch.no_grad()
def wrong_decay_step__decay_for_all(parameters, lr, weight_decay):
    """not even decay"""
    for p in parameters:
        p -= lr * ((0 if p.grad is None else p.grad) + weight_decay * p)


@torch.no_grad()
def wrong_decay_step__decay_without_rate(parameters, lr, weight_decay):
    for p in parameters:
        if p.grad is not None:
            p -= lr * p.grad + weight_decay * p


@torch.no_grad()
def wrong_decay_step__ends_at_the_first_without(parameters, lr, weight_decay):
    """Parameters after one without a gradient, too"""
    for p in parameters:
        if p.grad is None:
            return
        p -= lr * (p.grad + weight_decay * p)


@torch.no_grad()
def wrong_decay_step__other_memory(parameters, lr, weight_decay):
    """in place"""
    for p in parameters:
        if p.grad is not None:
            p.data = p.data - lr * (p.grad + weight_decay * p.data)


@torch.no_grad()
def wrong_decay_step__the_sign_of_the_weight(parameters, lr, weight_decay):
    for p in parameters:
        if p.grad is not None:
            p -= lr * (p.grad + weight_decay * p.sign())


def right_with_batch_norm__count_down(model):
    left = sum(isinstance(layer, nn.Linear) for layer in model)
    new = nn.Sequential()
    for layer in model:
        new.append(layer)
        if isinstance(layer, nn.Linear):
            left -= 1
            if left:
                new.append(nn.BatchNorm1d(layer.out_features))
    return new


def right_with_batch_norm__inserted(model):
    layers = list(model)
    at = [n for n, layer in enumerate(layers) if isinstance(layer, nn.Linear)]
    for n in reversed(at[:-1]):
        layers.insert(n + 1, nn.BatchNorm1d(layers[n].weight.shape[0]))
    return nn.Sequential(*layers)


def right_with_batch_norm__a_later_one(model):
    layers = list(model.children())
    new = []
    for n, layer in enumerate(layers):
        later = any(isinstance(other, nn.Linear) for other in layers[n + 1 :])
        new += [layer]
        if type(layer) is nn.Linear and later:
            new += [nn.BatchNorm1d(layer.out_features)]
    return nn.Sequential(*new)


def wrong_with_batch_norm__the_last_too(model):
    """each linear layer but the last"""
    new = []
    for layer in model:
        new.append(layer)
        if isinstance(layer, nn.Linear):
            new.append(nn.BatchNorm1d(layer.out_features))
    return nn.Sequential(*new)


def wrong_with_batch_norm__after_the_activation(model):
    """before its activation"""
    layers, new = list(model), []
    for n, layer in enumerate(layers):
        new.append(layer)
        if n and isinstance(layers[n - 1], nn.Linear) and n < len(layers) - 2:
            new.append(nn.BatchNorm1d(layers[n - 1].out_features))
    return nn.Sequential(*new)


def wrong_with_batch_norm__as_wide_as_the_input(model):
    """A norm is as wide as the layer before it"""
    new = right_with_batch_norm__count_down(model)
    return nn.Sequential(
        *[
            nn.BatchNorm1d(new[n - 1].in_features) if isinstance(layer, nn.BatchNorm1d) else layer
            for n, layer in enumerate(new)
        ]
    )


def wrong_with_batch_norm__copies(model):
    """Use the layers of the model themselves"""
    return right_with_batch_norm__count_down(copy.deepcopy(model))


def wrong_with_batch_norm__the_model_itself(model):
    """Leave the model as it is"""
    at = [n for n, layer in enumerate(model) if isinstance(layer, nn.Linear)]
    for n in reversed(at[:-1]):
        model.insert(n + 1, nn.BatchNorm1d(model[n].out_features))
    return nn.Sequential(*[layer for layer in model])


def wrong_with_batch_norm__a_list(model):
    """Return an nn.Sequential, not a list"""
    return list(right_with_batch_norm__count_down(model))


def wrong_with_batch_norm__the_last_layer_of_all(model):
    new = []
    for layer in model:
        new.append(layer)
        if isinstance(layer, nn.Linear) and layer is not model[-1]:
            new.append(nn.BatchNorm1d(layer.out_features))
    return nn.Sequential(*new)


def wrong_with_batch_norm__two_at_most(model):
    """Four linear layers in a row have three norms"""
    new, norms = [], 0
    linear = sum(isinstance(layer, nn.Linear) for layer in model)
    for layer in model:
        new.append(layer)
        if isinstance(layer, nn.Linear) and norms < min(2, linear - 1):
            norms += 1
            new.append(nn.BatchNorm1d(layer.out_features))
    return nn.Sequential(*new)
