"""Answers to *Reusing a trained network* as readers write them, right and wrong."""

import torch
from torch import nn


def right_swap_head__frozen_first(model, name, classes):
    for p in model.parameters():
        p.requires_grad = False
    old = model.get_submodule(name)
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None)
    setattr(model, name, new)
    return list(new.parameters())


def right_swap_head__frozen_afterwards(model, name, classes):
    old = getattr(model, name)
    setattr(model, name, nn.Linear(old.weight.shape[1], classes, old.bias is not None))
    new = getattr(model, name)
    mine = [p for p in new.parameters()]
    for p in model.parameters():
        p.requires_grad_(any(p is q for q in mine))
    return mine


def right_swap_head__set_submodule(model, name, classes):
    old = model.get_submodule(name)
    head = nn.Linear(old.in_features, classes, bias=False if old.bias is None else True)
    model.requires_grad_(False)
    model.set_submodule(name, head)
    return [head.weight] if head.bias is None else [head.weight, head.bias]


def _swapped(model, name, classes, *, bias=None):
    old = getattr(model, name)
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None if bias is None else bias)
    setattr(model, name, new)
    return new


def wrong_swap_head__always_a_bias(model, name, classes):
    """a bias if the old one had"""
    model.requires_grad_(False)
    return list(_swapped(model, name, classes, bias=True).parameters())


def wrong_swap_head__all_frozen(model, name, classes):
    """should want a gradient"""
    new = _swapped(model, name, classes)
    model.requires_grad_(False)
    return list(new.parameters())


def wrong_swap_head__nothing_frozen(model, name, classes):
    """should want a gradient"""
    return list(_swapped(model, name, classes).parameters())


def wrong_swap_head__the_layer(model, name, classes):
    """return a list of parameters"""
    model.requires_grad_(False)
    return _swapped(model, name, classes)


def wrong_swap_head__all_parameters(model, name, classes):
    """and no others"""
    model.requires_grad_(False)
    _swapped(model, name, classes)
    return list(model.parameters())


def wrong_swap_head__in_evaluation(model, name, classes):
    """freezing is not `eval()`"""
    model.requires_grad_(False)
    new = _swapped(model, name, classes)
    model.eval()
    return list(new.parameters())


def wrong_swap_head__always_top(model, name, classes):
    """is still the old layer"""
    getattr(model, name)
    model.requires_grad_(False)
    return list(_swapped(model, "top", classes).parameters())


def wrong_swap_head__adds_what_is_not_there(model, name, classes):
    """no AttributeError was raised"""
    old = getattr(model, name, model.top)
    new = nn.Linear(old.in_features, classes, bias=old.bias is not None)
    model.requires_grad_(False)
    setattr(model, name, new)
    return list(new.parameters())


def wrong_swap_head__the_old_weight_cut(model, name, classes):
    """is still the old layer"""
    old = getattr(model, name)
    old.weight = nn.Parameter(old.weight[:1].repeat(classes, 1))
    old.out_features = classes
    return list(old.parameters())


def right_train_mode__all(model):
    model.train()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            if module.weight is not None and not (
                module.weight.requires_grad or module.bias.requires_grad
            ):
                module.train(False)


def right_train_mode__each(model):
    kinds = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
    for module in model.modules():
        wants = [p.requires_grad for p in module.parameters(recurse=False)]
        frozen = isinstance(module, kinds) and len(wants) > 0 and True not in wants
        module.training = not frozen


def right_train_mode__by_itself(model):
    model.training = True
    if type(model).__name__.startswith("BatchNorm"):
        wants = {p.requires_grad for p in model.parameters()}
        model.training = wants != {False}
    for child in model.children():
        right_train_mode__by_itself(child)


def wrong_train_mode__plain(model):
    """is a frozen batch norm, and is in training mode"""
    model.train()


def wrong_train_mode__all_batch_norms(model):
    """should be in training mode"""
    model.train()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.eval()


def wrong_train_mode__all_that_is_frozen(model):
    """`calm` (LayerNorm) should be in training mode"""
    model.train()
    for module in model.modules():
        own = list(module.parameters(recurse=False))
        if own and not any(p.requires_grad for p in own) and not isinstance(module, nn.Conv2d):
            module.eval()


def wrong_train_mode__children_alone(model):
    """is a frozen batch norm"""
    model.train()
    for module in [model, *model.children()]:
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            if not any(p.requires_grad for p in module.parameters()):
                module.eval()


def wrong_train_mode__the_weight_decides(model):
    """AttributeError at"""
    model.train()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            if not module.weight.requires_grad:
                module.eval()


def wrong_train_mode__none_is_frozen(model):
    """`bare` (BatchNorm2d) should be in training mode"""
    model.train()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            if all(not p.requires_grad for p in module.parameters()):
                module.eval()


def wrong_train_mode__half_frozen(model):
    """`partly` (BatchNorm1d) should be in training mode"""
    model.train()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            if module.bias is not None and not module.bias.requires_grad:
                module.eval()


def wrong_train_mode__of_two_dimensions(model):
    """the model may itself be a frozen batch norm"""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d) and list(module.parameters()):
            if not any(p.requires_grad for p in module.parameters()):
                module.eval()


def wrong_train_mode__thaws(model):
    """is a frozen batch norm"""
    model.train().requires_grad_(True)


def right_groups__powers(model, lr, factor):
    parts = [[p for p in part.parameters() if p.requires_grad] for part in model]
    parts = [part for part in parts if part]
    last = len(parts) - 1
    return [{"params": p, "lr": lr * factor ** (last - n)} for n, p in enumerate(parts)]


def right_groups__turned_around(model, lr, factor):
    result = []
    for part in list(model.children())[::-1]:
        wanted = list(filter(lambda p: p.requires_grad, part.parameters()))
        if not wanted:
            continue
        result.append(dict(params=wanted, lr=lr))
        lr = lr * factor
    result.reverse()
    return result


def right_groups__rates_first(model, lr, factor):
    trains = [m for m in model if any(p.requires_grad for p in m.parameters())]
    rates = [lr]
    while len(rates) < len(trains):
        rates.insert(0, rates[0] * factor)
    return [
        {"lr": rate, "params": [p for p in m.parameters() if p.requires_grad]}
        for m, rate in zip(trains, rates, strict=False)
    ]


def wrong_groups__output_first(model, lr, factor):
    """groups from input to output"""
    return right_groups__powers(model, lr, factor)[::-1]


def wrong_groups__frozen_parts_count(model, lr, factor):
    """should have the rate"""
    found = []
    for part in reversed(model):
        wanted = [p for p in part.parameters() if p.requires_grad]
        if wanted:
            found.insert(0, {"params": wanted, "lr": lr})
        lr *= factor
    return found


def wrong_groups__empty_groups(model, lr, factor):
    """expected 3 groups, got 4"""
    found = []
    for part in reversed(model):
        wanted = [p for p in part.parameters() if p.requires_grad]
        found.insert(0, {"params": wanted, "lr": lr})
        lr *= factor if wanted else 1
    return found


def wrong_groups__frozen_parameters_too(model, lr, factor):
    """expected 2 groups, got 3"""
    parts = [list(part.parameters()) for part in model]
    parts = [part for part in parts if part]
    last = len(parts) - 1
    return [{"params": p, "lr": lr * factor ** (last - n)} for n, p in enumerate(parts)]


def wrong_groups__an_iterator(model, lr, factor):
    """an iterator is empty after the first look"""
    found = []
    for part in reversed(model):
        if any(p.requires_grad for p in part.parameters()):
            found.insert(0, {"params": part.parameters(), "lr": lr})
            lr *= factor
    return found


def wrong_groups__the_first_has_the_rate(model, lr, factor):
    """should have the rate"""
    groups = right_groups__powers(model, lr, factor)
    for n, group in enumerate(groups):
        group["lr"] = lr * factor**n
    return groups


def wrong_groups__one_group(model, lr, factor):
    """expected 3 groups, got 1"""
    return [{"params": [p for p in model.parameters() if p.requires_grad], "lr": lr}]


def wrong_groups__a_dictionary(model, lr, factor):
    """expected a list, got dict"""
    return dict(enumerate(right_groups__powers(model, lr, factor)))


def wrong_groups__other_keys(model, lr, factor):
    """the keys of a group"""
    return [{**g, "momentum": 0.9} for g in right_groups__powers(model, lr, factor)]


def right_row_means__a_mask(table, ids, empty):
    there = ids != empty
    rows = table[ids].masked_fill(~there[..., None], 0)
    return rows.sum(1) / there.sum(1, keepdim=True).clamp(min=1)


def right_row_means__a_loop(table, ids, empty):
    means = []
    for sentence in ids:
        words = sentence[sentence != empty]
        means.append(table[words].mean(0) if len(words) else torch.zeros(table.shape[1]))
    return torch.stack(means)


def right_row_means__a_bag(table, ids, empty):
    return nn.functional.embedding_bag(ids, table, mode="mean", padding_idx=empty)


def wrong_row_means__all_averaged(table, ids, empty):
    """where 0 is empty"""
    return table[ids].mean(1)


def wrong_row_means__divided_by_the_length(table, ids, empty):
    seen = (ids != empty)[..., None]
    return torch.where(seen, table[ids], 0.0).sum(1) / ids.shape[1]


def wrong_row_means__zero_by_zero(table, ids, empty):
    """for [[0, 0], [0, 1]]"""
    seen = (ids != empty)[..., None]
    return torch.where(seen, table[ids], 0.0).sum(1) / seen.sum(1)


def wrong_row_means__the_row_is_cleared(table, ids, empty):
    """the table has changed"""
    with torch.no_grad():
        table[empty] = 0
    return table[ids].sum(1) / (ids != empty).sum(1, keepdim=True).clamp(min=1)


def wrong_row_means__times_zero(table, ids, empty):
    """the row of `empty` should not count"""
    seen = (ids != empty)[..., None]
    return (table[ids] * seen).sum(1) / seen.sum(1).clamp(min=1)


def wrong_row_means__zero_is_empty(table, ids, empty):
    """where 3 is empty"""
    return right_row_means__a_mask(table, ids, 0)


def wrong_row_means__detached(table, ids, empty):
    """no gradient comes back"""
    return right_row_means__a_mask(table.detach().clone().requires_grad_(), ids, empty)


def wrong_row_means__a_list(table, ids, empty):
    """expected a tensor, got a list"""
    return right_row_means__a_mask(table, ids, empty).tolist()


def wrong_row_means__the_numbers_themselves(table, ids, empty):
    return ids.float().mean(1, keepdim=True).expand(-1, table.shape[1])
