"""Answers to *Losses* as readers write them, right and wrong."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def right_cross_entropy__by_index(logits, labels):
    return -logits.log_softmax(1)[torch.arange(len(labels)), labels]


def right_cross_entropy__ready_made(logits, labels):
    return nn.CrossEntropyLoss(reduction="none")(logits, labels)


def right_cross_entropy__logsumexp(logits, labels):
    return logits.logsumexp(dim=1) - logits.gather(1, labels.unsqueeze(1)).squeeze(1)


def right_cross_entropy__one_hot(logits, labels):
    which = F.one_hot(labels, logits.shape[1])
    return -(F.log_softmax(logits, dim=1) * which).sum(1)


def right_cross_entropy__a_loop(logits, labels):
    rows = [-F.log_softmax(row, 0)[label] for row, label in zip(logits, labels, strict=True)]
    return torch.stack(rows)


def wrong_cross_entropy__the_mean(logits, labels):
    """expected shape (5,), got shape ()"""
    return F.cross_entropy(logits, labels)


def wrong_cross_entropy__log_of_softmax(logits, labels):
    """log_softmax keeps it finite"""
    return -logits.softmax(1).log().gather(1, labels[:, None])[:, 0]


def wrong_cross_entropy__no_sign(logits, labels):
    """turn the sign"""
    return logits.log_softmax(1).gather(1, labels[:, None])[:, 0]


def wrong_cross_entropy__over_the_rows(logits, labels):
    return -logits.log_softmax(0).gather(1, labels[:, None])[:, 0]


def wrong_cross_entropy__still_a_column(logits, labels):
    """got shape (5, 1)"""
    return -logits.log_softmax(1).gather(1, labels[:, None])


def wrong_cross_entropy__all_columns(logits, labels):
    return -logits.log_softmax(1)[:, labels]


def wrong_cross_entropy__the_likeliest(logits, labels):
    return -logits.log_softmax(1).amax(1)


def wrong_cross_entropy__centered_in_place(logits, labels):
    """changed `logits`"""
    logits -= logits.amax(1, keepdim=True)
    return logits.logsumexp(1) - logits.gather(1, labels[:, None])[:, 0]


def right_yes_or_no_loss__targets_as_a_column(outputs, targets):
    return nn.BCEWithLogitsLoss()(outputs, targets.unsqueeze(1).to(outputs.dtype))


def right_yes_or_no_loss__by_hand(outputs, targets):
    z = outputs.squeeze(1)
    return (F.softplus(z) - z * targets).mean()


def right_yes_or_no_loss__view(outputs, targets):
    return F.binary_cross_entropy_with_logits(outputs.view(-1), 1.0 * targets)


def right_yes_or_no_loss__by_cases(outputs, targets):
    z = outputs.flatten()
    return F.softplus(torch.where(targets == 1, -z, z)).sum() / len(z)


def wrong_yes_or_no_loss__as_it_comes(outputs, targets):
    """ValueError at"""
    return F.binary_cross_entropy_with_logits(outputs, targets.float())


def wrong_yes_or_no_loss__whole_numbers(outputs, targets):
    return F.binary_cross_entropy_with_logits(outputs[:, 0], targets)


def wrong_yes_or_no_loss__each_with_each(outputs, targets):
    return (F.softplus(outputs) - outputs * targets).mean()


def wrong_yes_or_no_loss__sigmoid_first(outputs, targets):
    """A sigmoid before the loss saturates"""
    return F.binary_cross_entropy(torch.sigmoid(outputs[:, 0]), targets.float())


def wrong_yes_or_no_loss__sigmoid_twice(outputs, targets):
    """logits into the loss"""
    p = torch.sigmoid(outputs[:, 0])
    return F.binary_cross_entropy_with_logits(p, targets.float())


def wrong_yes_or_no_loss__the_sum(outputs, targets):
    z = outputs[:, 0]
    return F.binary_cross_entropy_with_logits(z, targets.float(), reduction="sum")


def wrong_yes_or_no_loss__a_number(outputs, targets):
    """expected a tensor"""
    return F.binary_cross_entropy_with_logits(outputs[:, 0], targets.float()).item()


def wrong_yes_or_no_loss__squeezed_to_nothing(outputs, targets):
    return F.binary_cross_entropy_with_logits(outputs.squeeze(), targets.float())


def right_lowest__log_of_a_sum(classes):
    return math.log(1 + (classes - 1) / math.e)


def right_lowest__by_torch(classes):
    perfect = torch.zeros(1, classes)
    perfect[0, 0] = 1
    return nn.CrossEntropyLoss()(perfect, torch.tensor([0])).item()


def right_lowest__logsumexp(classes):
    return math.log(math.e + classes - 1) - 1


def wrong_lowest__zero(classes):
    """these are logits"""
    return 0.0


def wrong_lowest__as_by_chance(classes):
    return math.log(classes)


def wrong_lowest__a_tensor(classes):
    """`.item()` gets the number out"""
    return torch.tensor(math.log(1 + (classes - 1) / math.e))


def wrong_lowest__two_classes(classes):
    return math.log(1 + 1 / math.e)


def wrong_lowest__the_probability(classes):
    return math.e / (math.e + classes - 1)


def wrong_lowest__one_class_too_many(classes):
    return math.log(math.e + classes) - 1


def right_bce_with_logits__stable_by_hand(logits, targets):
    z = logits
    return (z.clamp(min=0) - z * targets + torch.log1p(torch.exp(-z.abs()))).mean()


def right_bce_with_logits__logsigmoid(logits, targets):
    yes, no = F.logsigmoid(logits), F.logsigmoid(-logits)
    return -(targets * yes + (1 - targets) * no).mean()


def right_bce_with_logits__logaddexp(logits, targets):
    return (torch.logaddexp(logits, torch.zeros_like(logits)) - logits * targets).mean()


def right_bce_with_logits__by_module(logits, targets):
    each = nn.Softplus()(logits) - targets * logits
    return each.sum() / each.numel()


def wrong_bce_with_logits__ready_made(logits, targets):
    """is not allowed here"""
    return F.binary_cross_entropy_with_logits(logits, targets)


def wrong_bce_with_logits__by_its_class(logits, targets):
    """Use no ready-made loss"""
    return nn.BCEWithLogitsLoss()(logits, targets)


def wrong_bce_with_logits__after_a_sigmoid(logits, targets):
    """Use no ready-made loss"""
    return nn.BCELoss()(torch.sigmoid(logits), targets)


def wrong_bce_with_logits__ready_made_and_caught(logits, targets):
    """Use no ready-made loss"""
    try:
        return F.binary_cross_entropy_with_logits(logits, targets)
    except AssertionError:
        return (F.softplus(logits) - logits * targets).mean()


def wrong_bce_with_logits__textbook(logits, targets):
    """does not fit into float32"""
    p = torch.sigmoid(logits)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


def wrong_bce_with_logits__clamped(logits, targets):
    """does not fit into float32"""
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()


def wrong_bce_with_logits__log_of_exp(logits, targets):
    """does not fit into float32"""
    return (torch.log(1 + torch.exp(logits)) - logits * targets).mean()


def wrong_bce_with_logits__the_sum(logits, targets):
    return (F.softplus(logits) - logits * targets).sum()


def wrong_bce_with_logits__of_the_first_dimension(logits, targets):
    return (F.softplus(logits) - logits * targets).mean(0)


def wrong_bce_with_logits__detached(logits, targets):
    """is there a `detach`?"""
    return (F.softplus(logits) - logits * targets).mean().detach()


def wrong_bce_with_logits__no_targets(logits, targets):
    return F.softplus(logits).mean()


def right_known_mse__ready_made_where_known(predictions, targets):
    known = ~torch.isnan(targets)
    if not known.any():
        return predictions.sum() * 0
    return F.mse_loss(predictions[known], targets[known])


def right_known_mse__filled(predictions, targets):
    known = torch.isfinite(targets)
    filled = torch.where(known, targets, predictions.detach())
    return ((predictions - filled) ** 2).sum() / max(1, int(known.sum()))


def right_known_mse__a_weight(predictions, targets):
    known = (targets == targets).float()  # nan is the one that does not equal itself
    errors = predictions - targets.nan_to_num(0.0)
    return (known * errors.square()).sum() / known.sum().clamp(min=1)


def wrong_known_mse__plain(predictions, targets):
    return F.mse_loss(predictions, targets)


def wrong_known_mse__nan_times_zero(predictions, targets):
    """Only the first and the last are known"""
    known = (~targets.isnan()).float()
    return (known * (predictions - targets) ** 2).sum() / known.sum()


def wrong_known_mse__nansum(predictions, targets):
    """nan · 0 is nan"""
    known = ~targets.isnan()
    return (predictions - targets).square()[known].mean()


def wrong_known_mse__mean_of_nothing(predictions, targets):
    """Nothing is known: 0, not nan"""
    known = ~targets.isnan()
    return F.mse_loss(predictions[known], targets[known])


def wrong_known_mse__where_after_the_square(predictions, targets):
    """nan · 0 is nan"""
    known = ~targets.isnan()
    squares = torch.where(known, (predictions - targets) ** 2 * 1.0, 0.0)
    squares = squares + 0 * torch.where(known, predictions, (predictions * targets))
    return squares.nansum() / known.sum().clamp(min=1)


def wrong_known_mse__divided_by_all(predictions, targets):
    """Only the first and the last are known"""
    known = ~targets.isnan()
    return (predictions[known] - targets[known]).square().sum() / len(targets)


def wrong_known_mse__detached(predictions, targets):
    """The result should lead back to the predictions"""
    known = ~targets.isnan()
    return torch.tensor(F.mse_loss(predictions[known], targets[known]).item())


def wrong_known_mse__no_way_back_from_nothing(predictions, targets):
    """cannot be sent backward"""
    known = ~targets.isnan()
    if not known.any():
        return torch.tensor(0.0)
    return F.mse_loss(predictions[known], targets[known])


def wrong_known_mse__a_number(predictions, targets):
    """expected a tensor"""
    known = ~targets.isnan()
    return F.mse_loss(predictions[known], targets[known]).item()


def wrong_known_mse__filled_in_place(predictions, targets):
    """changed `targets`"""
    known = ~targets.isnan()
    targets[~known] = 0.0
    return ((predictions - targets).square() * known).sum() / known.sum().clamp(min=1)


def wrong_known_mse__zeros_for_unknown(predictions, targets):
    return F.mse_loss(predictions, targets.nan_to_num(0.0))
