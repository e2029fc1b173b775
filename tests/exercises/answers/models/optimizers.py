"""Answers to *Optimizers* as readers write them, right and wrong."""

import math

import torch
from torch import nn


def right_momentum_steps__rate_inside(w, gradients, lr, momentum):
    step = torch.zeros_like(w)
    for g in gradients:
        step = momentum * step + lr * g
        w = w - step
    return w


def right_momentum_steps__on_a_copy(w, gradients, lr, momentum):
    result, v = w.clone(), 0
    for g in gradients:
        v = v * momentum + g
        result -= lr * v
    return result


def right_momentum_steps__in_place_on_its_own(w, gradients, lr, momentum):
    w, v = w.detach().clone(), torch.zeros(w.shape)
    for g in gradients:
        v.mul_(momentum).add_(g)
        w.sub_(v, alpha=lr)
    return w


def right_momentum_steps__torch_does_it(w, gradients, lr, momentum):
    leaf = w.clone().requires_grad_()
    optimizer = torch.optim.SGD([leaf], lr=lr, momentum=momentum)
    for g in gradients:
        leaf.grad = g
        optimizer.step()
    return leaf.detach()


def wrong_momentum_steps__w_itself(w, gradients, lr, momentum):
    """changed `w`"""
    v = torch.zeros_like(w)
    for g in gradients:
        v = momentum * v + g
        w -= lr * v
    return w


def wrong_momentum_steps__the_first_gradient_as_velocity(w, gradients, lr, momentum):
    """changed `gradients_0`"""
    v = gradients[0]
    w = w - lr * v
    for g in gradients[1:]:
        v.mul_(momentum).add_(g)
        w = w - lr * v
    return w


def wrong_momentum_steps__a_mean(w, gradients, lr, momentum):
    """velocity ← momentum · velocity + g"""
    v = torch.zeros_like(w)
    for g in gradients:
        v = momentum * v + (1 - momentum) * g
        w = w - lr * v
    return w


def wrong_momentum_steps__nesterov(w, gradients, lr, momentum):
    v = torch.zeros_like(w)
    for g in gradients:
        v = momentum * v + g
        w = w - lr * (g + momentum * v)
    return w


def wrong_momentum_steps__no_momentum(w, gradients, lr, momentum):
    """with momentum 0.9"""
    for g in gradients:
        w = w - lr * g
    return w


def wrong_momentum_steps__always_nine_tenths(w, gradients, lr, momentum):
    """with momentum 0.0"""
    return right_momentum_steps__rate_inside(w, gradients, lr, 0.9)


def wrong_momentum_steps__uphill(w, gradients, lr, momentum):
    return 2 * w - right_momentum_steps__rate_inside(w, gradients, lr, momentum)


def wrong_momentum_steps__all_weights(w, gradients, lr, momentum):
    """expected a tensor, got a list"""
    return [right_momentum_steps__rate_inside(w, gradients, lr, momentum)]


def right_adam_first_step__where(w, g, lr):
    return torch.where(g > 0, w - lr, torch.where(g < 0, w + lr, w))


def right_adam_first_step__torch_sign(w, g, lr):
    return torch.sub(w, torch.sign(g), alpha=lr)


def right_adam_first_step__masks(w, g, lr):
    result = w.clone()
    result[g > 0] -= lr
    result[g < 0] += lr
    return result


def right_adam_first_step__divided_by_its_size(w, g, lr):
    return w - lr * torch.nan_to_num(g / g.abs(), nan=0.0)


def wrong_adam_first_step__zero_by_zero(w, g, lr):
    """for the gradients 1000, -0.002, 0 and 3"""
    return w - lr * g / g.abs()


def wrong_adam_first_step__with_eps(w, g, lr):
    """without eps the size does not matter"""
    return w - lr * g / (g.abs() + 1e-8)


def wrong_adam_first_step__torch_does_it(w, g, lr):
    """without eps"""
    leaf = w.clone().requires_grad_()
    leaf.grad = g.clone()
    torch.optim.Adam([leaf], lr=lr).step()
    return leaf.detach()


def wrong_adam_first_step__plain_sgd(w, g, lr):
    return w - lr * g


def wrong_adam_first_step__no_correction(w, g, lr):
    m, v = 0.1 * g, 0.001 * g * g
    return w - lr * torch.nan_to_num(m / v.sqrt(), nan=0.0)


def wrong_adam_first_step__in_place(w, g, lr):
    """changed `w`"""
    return w.sub_(lr * g.sign())


def wrong_adam_first_step__uphill(w, g, lr):
    return w + lr * g.sign()


def wrong_adam_first_step__zero_moves(w, g, lr):
    return torch.where(g >= 0, w - lr, w + lr)


def right_largest_rate__two_by_the_bend(a):
    return 2 / (2 * a)


def right_largest_rate__power(a):
    return a**-1


def right_largest_rate__by_halving(a):
    low, high = 0.0, 10.0 / a
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if abs(1 - 2 * a * middle) <= 1 else (low, middle)
    return low


def wrong_largest_rate__nothing(a):
    """expected a number, got None (is a `return` missing?)"""


def wrong_largest_rate__a_text(a):
    """expected a number, got a str"""
    return f"1/{a}"


def wrong_largest_rate__one(a):
    """for a = 4.0 your rate is 1.0"""
    return 1.0


def wrong_largest_rate__two_by_a(a):
    """and it does diverge"""
    return 2 / a


def wrong_largest_rate__half(a):
    """and it does arrive"""
    return 1 / (2 * a)


def wrong_largest_rate__a_itself(a):
    return a


def wrong_largest_rate__a_little_less(a):
    """w should bounce, and it does arrive"""
    return 0.999 / a


def wrong_largest_rate__infinite(a):
    return math.inf


def right_scaled__a_mask(train, test):
    mean, spread = train.mean(dim=0), train.std(dim=0).clone()
    spread[spread == 0] = 1
    return (train - mean) / spread, (test - mean) / spread


def right_scaled__std_mean(train, test):
    spread, mean = torch.std_mean(train, 0)
    spread = spread + (spread == 0)
    return tuple((table - mean).div(spread) for table in (train, test))


def right_scaled__column_by_column(train, test):
    new = [train.clone(), test.clone()]
    for column in range(train.shape[1]):
        mean, spread = train[:, column].mean(), train[:, column].std()
        for table in new:
            table[:, column] -= mean
            if spread > 0:
                table[:, column] /= spread
    return new[0], new[1]


def wrong_scaled__each_by_itself(train, test):
    """item 1"""
    tables = []
    for table in (train, test):
        spread = table.std(0).nan_to_num(0.0)
        tables.append((table - table.mean(0)) / torch.where(spread == 0, 1.0, spread))
    return tuple(tables)


def wrong_scaled__zero_by_zero(train, test):
    mean, spread = train.mean(0), train.std(0)
    return (train - mean) / spread, (test - mean) / spread


def wrong_scaled__a_little_more(train, test):
    """item 1"""
    mean, spread = train.mean(0), train.std(0) + 1e-8
    return (train - mean) / spread, (test - mean) / spread


def wrong_scaled__at_least_one(train, test):
    """by the mean and spread of `train`"""
    mean, spread = train.mean(0), train.std(0).clamp(min=1.0)
    return (train - mean) / spread, (test - mean) / spread


def wrong_scaled__by_n(train, test):
    mean, spread = train.mean(0), train.std(0, correction=0)
    spread = torch.where(spread == 0, 1.0, spread)
    return (train - mean) / spread, (test - mean) / spread


def wrong_scaled__one_for_all(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()


def wrong_scaled__in_place(train, test):
    """changed `train`"""
    mean, spread = train.mean(0), train.std(0)
    spread = torch.where(spread == 0, 1.0, spread)
    train -= mean
    train /= spread
    return train, (test - mean) / spread


def wrong_scaled__the_test_table_in_place(train, test):
    """changed `test`"""
    mean, spread = train.mean(0), train.std(0)
    spread = torch.where(spread == 0, 1.0, spread)
    return (train - mean) / spread, test.sub_(mean).div_(spread)


def wrong_scaled__a_list(train, test):
    """expected a tuple, got a list"""
    return list(right_scaled__a_mask(train, test))


def wrong_scaled__the_training_table_alone(train, test):
    """expected a tuple, got a tensor"""
    return right_scaled__a_mask(train, test)[0]


def right_clip__one_vector(parameters, limit):
    grads = [p.grad for p in parameters if p.grad is not None]
    length = torch.cat([g.flatten() for g in grads]).norm().item()
    if length > limit:
        for g in grads:
            g.mul_(limit / length)
    return length


def right_clip__torch_does_it(parameters, limit):
    return nn.utils.clip_grad_norm_(parameters, limit).item()


def right_clip__hypot(parameters, limit):
    parameters = [p for p in parameters if p.grad is not None]
    length = math.hypot(*[p.grad.norm().item() for p in parameters])
    factor = min(1.0, limit / (length + 1e-6))
    for p in parameters:
        p.grad *= factor
    return length


def wrong_clip__walks_through_it_twice(parameters, limit):
    """A generator is empty after the first time"""
    length = sum(p.grad.square().sum().item() for p in parameters if p.grad is not None) ** 0.5
    if length > limit:
        for p in parameters:
            if p.grad is not None:
                p.grad *= limit / length
    return length


def wrong_clip__always_shortened(parameters, limit):
    """with limit 100"""
    grads = [p.grad for p in parameters if p.grad is not None]
    length = sum(g.square().sum().item() for g in grads) ** 0.5
    for g in grads:
        g *= limit / length
    return length


def wrong_clip__each_by_itself(parameters, limit):
    total = 0.0
    for p in parameters:
        if p.grad is not None:
            length = p.grad.norm()
            total += length.item() ** 2
            p.grad *= (limit / length).clamp(max=1.0)
    return total**0.5


def wrong_clip__each_number(parameters, limit):
    grads = [p.grad for p in parameters if p.grad is not None]
    length = sum(g.square().sum().item() for g in grads) ** 0.5
    for g in grads:
        g.clamp_(-limit, limit)
    return length


def wrong_clip__the_length_afterwards(parameters, limit):
    """from before"""
    return min(right_clip__one_vector(parameters, limit), limit)


def wrong_clip__a_tensor(parameters, limit):
    """`.item()` gets the number out"""
    return nn.utils.clip_grad_norm_(parameters, limit)


def wrong_clip__no_gradient_no_luck(parameters, limit):
    """AttributeError at"""
    return sum(p.grad.square().sum().item() for p in parameters) ** 0.5


def wrong_clip__another_tensor(parameters, limit):
    """shorten it in place"""
    parameters = [p for p in parameters if p.grad is not None]
    length = sum(p.grad.square().sum().item() for p in parameters) ** 0.5
    if length > limit:
        for p in parameters:
            p.grad = p.grad * limit / length
    return length


def wrong_clip__no_root(parameters, limit):
    """from before"""
    return right_clip__one_vector(parameters, limit) ** 2


def wrong_clip__divides_by_zero(parameters, limit):
    """all slopes are 0"""
    grads = [p.grad for p in parameters if p.grad is not None]
    length = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g *= torch.where(limit > length, length / length, limit / length)
    return length.item()


def right_hold_then_fall__clamped(step, hold, total):
    return min(1.0, max(0.0, (total - step) / (total - hold)))


def right_hold_then_fall__three_cases(step, hold, total):
    if step <= hold:
        return 1
    if step >= total:
        return 0
    return 1 - (step - hold) / (total - hold)


def right_hold_then_fall__interpolated(step, hold, total):
    inside = max(hold, min(step, total)) - hold
    return 1.0 - inside / (total - hold)


def wrong_hold_then_fall__a_table(step, hold, total):
    """for hold=0, total=4"""
    return {2: 1.0, 3: 0.75, 4: 0.5, 5: 0.25}.get(step, float(step < 2))


def wrong_hold_then_fall__below_zero(step, hold, total):
    return 1.0 if step < hold else (total - step) / (total - hold)


def wrong_hold_then_fall__begins_at_once(step, hold, total):
    return max(0.0, 1 - step / total)


def wrong_hold_then_fall__from_the_beginning_of_all(step, hold, total):
    return 1.0 if step < hold else max(0.0, (total - step) / total)


def wrong_hold_then_fall__one_step_late(step, hold, total):
    return min(1.0, max(0.0, (total - step + 1) / (total - hold)))


def wrong_hold_then_fall__jumps(step, hold, total):
    return float(step < hold)


def wrong_hold_then_fall__whole_numbers(step, hold, total):
    return min(1, max(0, (total - step) // (total - hold)))


def wrong_hold_then_fall__no_end(step, hold, total):
    """expected a number, got None (is a `return` missing?)"""
    if step < hold:
        return 1.0
    if step < total:
        return (total - step) / (total - hold)
    return None
