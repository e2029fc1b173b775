"""Answers to *The training loop* as readers write them, right and wrong."""

import torch
import torch.nn.functional as F


def right_step_by_hand__sums(weight, bias, x, y, lr):
    p = 1 / (1 + torch.exp(-(x @ weight + bias)))
    return weight - lr * ((p - y) * x).mean(0)[:, None], bias - lr * (p - y).mean().reshape(1)


def right_step_by_hand__a_loop(weight, bias, x, y, lr):
    new_weight, new_bias = weight.clone(), bias.clone()
    for row, target in zip(x, y, strict=True):
        error = torch.sigmoid(row @ weight + bias) - target
        new_weight -= lr * (error * row)[:, None] / len(x)
        new_bias -= lr * error / len(x)
    return new_weight, new_bias


def right_step_by_hand__no_grad(weight, bias, x, y, lr):
    with torch.no_grad():
        delta = (F.sigmoid(x.mm(weight) + bias) - y) / x.shape[0]
        return weight.sub(x.T.mm(delta), alpha=lr), bias.sub(delta.sum(dim=0), alpha=lr)


def wrong_step_by_hand__autograd(weight, bias, x, y, lr):
    """autograd is not allowed here"""
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    F.binary_cross_entropy_with_logits(x @ w + b, y).backward()
    return w.detach() - lr * w.grad, b.detach() - lr * b.grad


def wrong_step_by_hand__torch_autograd_grad(weight, bias, x, y, lr):
    """autograd is not allowed here"""
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    loss = F.binary_cross_entropy_with_logits(x @ w + b, y)
    gw, gb = torch.autograd.grad(loss, [w, b])
    return weight - lr * gw, bias - lr * gb


def wrong_step_by_hand__an_optimizer(weight, bias, x, y, lr):
    """no optimizer is to be used"""
    w, b = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    error = torch.sigmoid(x @ weight + bias) - y
    w.grad, b.grad = x.T @ error / len(x), error.mean(0)
    torch.optim.SGD([w, b], lr=lr).step()
    return w.detach(), b.detach()


def wrong_step_by_hand__in_place(weight, bias, x, y, lr):
    """changed `weight`"""
    error = torch.sigmoid(x @ weight + bias) - y
    weight -= lr * x.T @ error / len(x)
    bias -= lr * error.mean(0)
    return weight, bias


def wrong_step_by_hand__bias_in_place(weight, bias, x, y, lr):
    """changed `bias`"""
    error = torch.sigmoid(x @ weight + bias) - y
    bias -= lr * error.mean(0)
    return weight - lr * x.T @ error / len(x), bias


def wrong_step_by_hand__no_mean(weight, bias, x, y, lr):
    """the mean of (p − y) · x"""
    error = torch.sigmoid(x @ weight + bias) - y
    return weight - lr * x.T @ error, bias - lr * error.sum(0)


def wrong_step_by_hand__uphill(weight, bias, x, y, lr):
    error = torch.sigmoid(x @ weight + bias) - y
    return weight + lr * x.T @ error / len(x), bias + lr * error.mean(0)


def wrong_step_by_hand__squared_error(weight, bias, x, y, lr):
    p = torch.sigmoid(x @ weight + bias)
    error = (p - y) * p * (1 - p)
    return weight - lr * x.T @ error / len(x), bias - lr * error.mean(0)


def wrong_step_by_hand__bias_without_dimension(weight, bias, x, y, lr):
    """expected shape (1,), got shape ()"""
    error = torch.sigmoid(x @ weight + bias) - y
    return weight - lr * x.T @ error / len(x), (bias - lr * error.mean())[0]


def wrong_step_by_hand__a_list(weight, bias, x, y, lr):
    """expected a tuple, got a list"""
    error = torch.sigmoid(x @ weight + bias) - y
    return [weight - lr * x.T @ error / len(x), bias - lr * error.mean(0)]


def wrong_step_by_hand__four_rows(weight, bias, x, y, lr):
    error = torch.sigmoid(x @ weight + bias) - y
    return weight - lr * x.T @ error / 4, bias - lr * error.mean(0)


def right_train_one_epoch__zero_first(model, batches, loss_fn, optimizer):
    model.train()
    losses, sizes = [], []
    for x, y in batches:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        sizes.append(x.shape[0])
    return sum(a * n for a, n in zip(losses, sizes, strict=True)) / sum(sizes)


def right_train_one_epoch__train_true(model, batches, loss_fn, optimizer):
    total, count = 0, 0
    for x, y in batches:
        model.train(True)
        for p in model.parameters():
            p.grad = None
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total = total + loss.detach() * y.size(0)
        count += y.size(0)
    return (total / count).item()


def right_train_one_epoch__a_weighted_mean(model, batches, loss_fn, optimizer):
    model.train()
    pairs = []
    for batch in list(batches):
        inputs, targets = batch
        model.zero_grad(set_to_none=False)
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        pairs.append((float(loss), len(targets)))
    return sum(loss * n for loss, n in pairs) / sum(n for _, n in pairs)


def _epoch(model, batches, loss_fn, optimizer, *, zero=True, step=True):
    found = []
    for x, y in batches:
        if zero:
            optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        if step:
            optimizer.step()
        found.append((loss.item(), len(x)))
    return found


def wrong_train_one_epoch__mean_of_batches(model, batches, loss_fn, optimizer):
    """a batch of four counts four times"""
    model.train()
    found = _epoch(model, batches, loss_fn, optimizer)
    return sum(loss for loss, _ in found) / len(found)


def wrong_train_one_epoch__the_sum(model, batches, loss_fn, optimizer):
    """a batch of four counts four times"""
    model.train()
    return sum(loss * n for loss, n in _epoch(model, batches, loss_fn, optimizer))


def wrong_train_one_epoch__the_last_loss(model, batches, loss_fn, optimizer):
    model.train()
    return _epoch(model, batches, loss_fn, optimizer)[-1][0]


def wrong_train_one_epoch__no_zero_grad(model, batches, loss_fn, optimizer):
    """no old gradient is left"""
    model.train()
    found = _epoch(model, batches, loss_fn, optimizer, zero=False)
    return sum(loss * n for loss, n in found) / sum(n for _, n in found)


def wrong_train_one_epoch__zero_after_the_step(model, batches, loss_fn, optimizer):
    """no old gradient is left"""
    model.train()
    total, count = 0.0, 0
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total, count = total + loss.item() * len(x), count + len(x)
    return total / count


def wrong_train_one_epoch__zero_before_the_step(model, batches, loss_fn, optimizer):
    """are all five steps taken"""
    model.train()
    total, count = 0.0, 0
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total, count = total + loss.item() * len(x), count + len(x)
    return total / count


def wrong_train_one_epoch__no_step(model, batches, loss_fn, optimizer):
    """are all five steps taken"""
    model.train()
    found = _epoch(model, batches, loss_fn, optimizer, step=False)
    return sum(loss * n for loss, n in found) / sum(n for _, n in found)


def wrong_train_one_epoch__no_mode(model, batches, loss_fn, optimizer):
    """call model.train() first"""
    found = _epoch(model, batches, loss_fn, optimizer)
    return sum(loss * n for loss, n in found) / sum(n for _, n in found)


def wrong_train_one_epoch__a_tensor(model, batches, loss_fn, optimizer):
    """`.item()` gets the number out"""
    model.train()
    found = _epoch(model, batches, loss_fn, optimizer)
    return torch.tensor(sum(loss * n for loss, n in found) / sum(n for _, n in found))


def wrong_train_one_epoch__its_own_loss(model, batches, loss_fn, optimizer):
    """squared errors"""
    model.train()
    found = _epoch(model, batches, F.binary_cross_entropy_with_logits, optimizer)
    return sum(loss * n for loss, n in found) / sum(n for _, n in found)


def wrong_train_one_epoch__its_own_rate(model, batches, loss_fn, optimizer):
    """lr=0.02"""
    model.train()
    found = _epoch(model, batches, loss_fn, torch.optim.SGD(model.parameters(), lr=0.1))
    return sum(loss * n for loss, n in found) / sum(n for _, n in found)


def _asked(model, batches, loss_fn, said):
    """Ask without notes; the model's mode is left to the caller."""
    total, right, count = 0.0, 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            z = model(x)
            total += loss_fn(z, y).item() * len(x)
            right += (said(z) == y).sum().item()
            count += len(x)
    return total / count, right / count


def _in_evaluation(model, batches, loss_fn, said):
    mode = model.training
    model.eval()
    result = _asked(model, batches, loss_fn, said)
    model.train(mode)
    return result


def right_evaluate__sigmoid_above_a_half(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: (torch.sigmoid(z) > 0.5).float())


def right_evaluate__not_below_zero(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: z >= 0)


def right_evaluate__rounded(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: z.sigmoid().round())


def right_evaluate__heaviside(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: torch.heaviside(z, torch.ones(())))


@torch.inference_mode()
def right_evaluate__inference_mode(model, batches, loss_fn):
    was_training = model.training
    model.eval()
    try:
        rows = [(model(x), y) for x, y in batches]
    finally:
        if was_training:
            model.train()
    z, y = torch.cat([z for z, _ in rows]), torch.cat([y for _, y in rows])
    return float(loss_fn(z, y)), ((z > 0) == y.bool()).float().mean().item()


def wrong_evaluate__logits_above_a_half(model, batches, loss_fn):
    """the share of right answers"""
    return _in_evaluation(model, batches, loss_fn, lambda z: z > 0.5)


def wrong_evaluate__sigmoid_above_zero(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: torch.sigmoid(z) > 0)


def wrong_evaluate__rounded_logits(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: z.round())


def wrong_evaluate__argmax(model, batches, loss_fn):
    return _in_evaluation(model, batches, loss_fn, lambda z: z.argmax(1, keepdim=True))


def wrong_evaluate__mean_of_batches(model, batches, loss_fn):
    """the mean loss of a sample"""
    mode = model.training
    model.eval()
    with torch.no_grad():
        found = [
            (loss_fn(model(x), y).item(), ((model(x) > 0) == (y > 0)).float().mean().item())
            for x, y in batches
        ]
    model.train(mode)
    return sum(a for a, _ in found) / len(found), sum(b for _, b in found) / len(found)


def wrong_evaluate__percent(model, batches, loss_fn):
    loss, share = right_evaluate__rounded(model, batches, loss_fn)
    return loss, 100 * share


def wrong_evaluate__stays_in_evaluation(model, batches, loss_fn):
    """give it back with model.train(…)"""
    model.eval()
    return _asked(model, batches, loss_fn, lambda z: z > 0)


def wrong_evaluate__always_back_to_training(model, batches, loss_fn):
    """give it back with model.train(…)"""
    model.eval()
    result = _asked(model, batches, loss_fn, lambda z: z > 0)
    model.train()
    return result


def wrong_evaluate__in_training_mode(model, batches, loss_fn):
    """call model.eval()"""
    return _asked(model, batches, loss_fn, lambda z: z > 0)


def wrong_evaluate__with_notes(model, batches, loss_fn):
    """ask under torch.no_grad()"""
    mode = model.training
    model.eval()
    rows = [(model(x), y) for x, y in batches]
    model.train(mode)
    z, y = torch.cat([z for z, _ in rows]), torch.cat([y for _, y in rows])
    return loss_fn(z, y).item(), ((z > 0) == y.bool()).float().mean().item()


def wrong_evaluate__tensors(model, batches, loss_fn):
    """`.item()` gets the number out"""
    loss, share = right_evaluate__rounded(model, batches, loss_fn)
    return torch.tensor(loss), torch.tensor(share)
