"""Answers to *Twenty starts* as readers write them, right and wrong."""

import math

import torch
from torch import nn

_X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
_T = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def _net(hidden):
    return nn.Sequential(nn.Linear(2, hidden), nn.Sigmoid(), nn.Linear(hidden, 1), nn.Sigmoid())


def right_final_loss__a_loop(seed, hidden, epochs):
    torch.manual_seed(seed)
    model = _net(hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.MSELoss()(model(_X), _T).backward()
        optimizer.step()
    return nn.MSELoss()(model(_X), _T).item()


def right_final_loss__one_loss_more(seed, hidden, epochs):
    torch.manual_seed(seed)
    model = _net(hidden)
    optimizer = torch.optim.SGD(model.parameters(), 1.0)
    for epoch in range(epochs + 1):
        loss = nn.functional.mse_loss(model(_X), _T)
        if epoch < epochs:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return float(loss)


class _Xor(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.a, self.b = nn.Linear(2, hidden), nn.Linear(hidden, 1)

    def forward(self, x):
        return torch.sigmoid(self.b(torch.sigmoid(self.a(x))))


def right_final_loss__a_class(seed, hidden, epochs):
    torch.manual_seed(seed)
    model, loss_fn = _Xor(hidden), nn.MSELoss()
    for _ in range(epochs):
        model.zero_grad()
        loss_fn(model(_X), _T).backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= p.grad
    with torch.no_grad():
        return loss_fn(model(_X), _T).item()


def wrong_final_loss__before_the_last_step(seed, hidden, epochs):
    """That was seed=1, hidden=2, epochs=1"""
    return right_final_loss__a_loop(seed, hidden, max(epochs - 1, 0))


def wrong_final_loss__seeded_too_late(seed, hidden, epochs):
    """That was seed=0"""
    torch.manual_seed(seed + 99)
    model = _net(hidden)
    torch.manual_seed(seed)
    return nn.MSELoss()(model(_X), _T).item()


def wrong_final_loss__always_two(seed, hidden, epochs):
    """hidden=3"""
    return right_final_loss__a_loop(seed, 2, epochs)


def wrong_final_loss__no_loss_without_epochs(seed, hidden, epochs):
    """UnboundLocalError at"""
    torch.manual_seed(seed)
    model = _net(hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    for _ in range(epochs):
        loss = nn.MSELoss()(model(_X), _T)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def wrong_final_loss__a_tensor(seed, hidden, epochs):
    """`.item()` gets the number out"""
    torch.manual_seed(seed)
    return nn.MSELoss()(_net(hidden)(_X), _T)


def wrong_final_loss__flat_targets(seed, hidden, epochs):
    torch.manual_seed(seed)
    return nn.functional.mse_loss(_net(hidden)(_X), torch.stack([_T.flatten()] * 4)).item()


def wrong_final_loss__another_rate(seed, hidden, epochs):
    torch.manual_seed(seed)
    model = _net(hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.MSELoss()(model(_X), _T).backward()
        optimizer.step()
    return nn.MSELoss()(model(_X), _T).item()


def right_gradient_length__one_long_vector(parameters):
    slopes = [p.grad.flatten() for p in parameters if p.grad is not None]
    return torch.cat(slopes).norm().item() if slopes else 0.0


def right_gradient_length__a_length_of_lengths(parameters):
    lengths = [p.grad.norm().item() for p in parameters if p.grad is not None]
    return math.hypot(*lengths)


def right_gradient_length__as_clipping_does(parameters):
    kept = [p.grad for p in parameters if p.grad is not None]
    return float(torch.nn.utils.get_total_norm(kept))


def wrong_gradient_length__a_sum_of_lengths(parameters):
    """4 + 9 + 36 is 49"""
    return float(sum(p.grad.norm().item() for p in parameters if p.grad is not None))


def wrong_gradient_length__no_root(parameters):
    """4 + 9 + 36 is 49"""
    return float(sum((p.grad**2).sum().item() for p in parameters if p.grad is not None))


def wrong_gradient_length__without_squares(parameters):
    """4 + 9 + 36 is 49"""
    return float(sum(p.grad.abs().sum().item() for p in parameters if p.grad is not None))


def wrong_gradient_length__a_tensor(parameters):
    """`.item()` gets the number out"""
    return torch.cat([p.grad.flatten() for p in parameters if p.grad is not None]).norm()


def wrong_gradient_length__all_have_a_slope(parameters):
    """TypeError at"""
    return math.sqrt(sum((p.grad**2).sum().item() for p in parameters))


def wrong_gradient_length__the_parameters_themselves(parameters):
    """4 + 9 + 36 is 49"""
    return math.sqrt(sum((p**2).sum().item() for p in parameters))


def right_arrived__from_the_end(losses, limit):
    for epoch in reversed(range(len(losses))):
        if losses[epoch] >= limit:
            return epoch + 1 if epoch + 1 < len(losses) else None
    return 0


def right_arrived__every_start(losses, limit):
    for epoch in range(len(losses)):
        if all(loss < limit for loss in losses[epoch:]):
            return epoch
    return None


def right_arrived__the_last_too_high(losses, limit):
    high = [epoch for epoch, loss in enumerate(losses) if not loss < limit]
    first = high[-1] + 1 if high else 0
    return None if first == len(losses) else first


def wrong_arrived__the_first_below(losses, limit):
    """It dips at epoch 1"""
    return next((epoch for epoch, loss in enumerate(losses) if loss < limit), None)


def wrong_arrived__at_the_limit(losses, limit):
    """exactly 0.1"""
    for epoch in range(len(losses)):
        if all(loss <= limit for loss in losses[epoch:]):
            return epoch
    return None


def wrong_arrived__counted_from_one(losses, limit):
    """from epoch 2 on"""
    found = right_arrived__every_start(losses, limit)
    return None if found is None else found + 1


def wrong_arrived__minus_one_for_never(losses, limit):
    """the last loss is not below"""
    found = right_arrived__every_start(losses, limit)
    return -1 if found is None else found


def wrong_arrived__never_at_once(losses, limit):
    """from the beginning"""
    return right_arrived__every_start(losses, limit) or None
