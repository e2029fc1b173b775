"""Answers to *Shapes* as readers write them, right and wrong."""

import torch
import torch.nn.functional as F


def right_ages_of_tall__two_steps(x, limit):
    tall = x[x[:, 0] > limit]
    return tall[:, 2]


def right_ages_of_tall__by_nonzero(x, limit):
    rows = torch.nonzero(x[:, 0] > limit).flatten()
    return x[rows, 2]


def right_ages_of_tall__masked_select(x, limit):
    return torch.masked_select(x[:, 2], torch.gt(x[:, 0], limit))


def right_ages_of_tall__by_a_loop(x, limit):
    return torch.tensor([row[2] for row in x if row[0] > limit])


def wrong_ages_of_tall__as_tall_too(x, limit):
    """Taller than the limit"""
    return x[x[:, 0] >= limit, 2]


def wrong_ages_of_tall__whole_rows(x, limit):
    """expected shape (2,), got shape (2, 3)"""
    return x[x[:, 0] > limit]


def wrong_ages_of_tall__kept_dimension(x, limit):
    """expected shape (2,), got shape (2, 1)"""
    return x[x[:, 0] > limit, 2:]


def wrong_ages_of_tall__the_weights(x, limit):
    return x[x[:, 0] > limit, 1]


def wrong_ages_of_tall__a_list(x, limit):
    """expected a tensor, got a list"""
    return [row[2].item() for row in x if row[0] > limit]


def wrong_ages_of_tall__a_mask_of_all(x, limit):
    return x[x > limit]


def right_shares__unsqueeze(x):
    return x / x.sum(1).unsqueeze(1)


def right_shares__transposed(x):
    return (x.T / x.sum(dim=-1)).T


def right_shares__by_none(x):
    total = torch.sum(x, 1)
    return torch.div(x, total[:, None])


def right_shares__by_einsum(x):
    return torch.einsum("nf,n->nf", x, 1 / torch.einsum("nf->n", x))


def right_shares__by_rows(x):
    return torch.stack([row / row.sum() for row in x])


def right_shares__on_a_copy(x):
    x = x.clone()
    x /= x.sum(dim=1, keepdim=True)
    return x


def wrong_shares__in_place(x):
    """changed `x`"""
    x /= x.sum(dim=1, keepdim=True)
    return x


def wrong_shares__by_the_norm(x):
    """signs count"""
    return F.normalize(x, p=1, dim=1)


def wrong_shares__by_length(x):
    """sums to 4"""
    return F.normalize(x, dim=1)


def wrong_shares__softmax(x):
    """sums to 4"""
    return torch.softmax(x, dim=1)


def wrong_shares__columns(x):
    return x / x.sum(dim=0)


def wrong_shares__without_keepdim(x):
    return x / x.sum(dim=1)


def wrong_shares__of_everything(x):
    """keep the summed dimension"""
    return x / x.sum()


def wrong_shares__printed(x):
    """`return` gives it"""
    print(x / x.sum(dim=1, keepdim=True))


def right_picked__by_indices(scores, labels):
    return scores[torch.arange(len(labels)), labels]


def right_picked__gather_squeezed(scores, labels):
    return torch.gather(scores, 1, labels.unsqueeze(1)).squeeze(1)


def right_picked__a_list_of_numbers(scores, labels):
    return torch.stack([row[label] for row, label in zip(scores, labels)])


def right_picked__one_hot(scores, labels):
    return (scores * F.one_hot(labels, scores.shape[1])).sum(dim=1)


def right_picked__take_along_dim(scores, labels):
    return torch.take_along_dim(scores, labels[:, None], dim=1).flatten()


def right_picked__as_a_loss(scores, labels):
    return -F.nll_loss(scores, labels, reduction="none")


def wrong_picked__maximum(scores, labels):
    """One number a row"""
    return scores.max(dim=1).values


def wrong_picked__whole_columns(scores, labels):
    return scores[:, labels]


def wrong_picked__kept_dimension(scores, labels):
    """expected shape (4,), got shape (4, 1)"""
    return scores.gather(1, labels[:, None])


def wrong_picked__squeezed_too_far(scores, labels):
    """one row gives shape (1,)"""
    return scores.gather(1, labels[:, None]).squeeze()


def wrong_picked__rows_for_columns(scores, labels):
    return scores[labels, torch.arange(len(labels)) % scores.shape[1]]


def wrong_picked__index_without_a_dimension(scores, labels):
    """RuntimeError at"""
    return scores.gather(1, labels)


def right_mean_squared_error__torch_own_after_a_check(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
    return F.mse_loss(predictions, targets)


def right_mean_squared_error__lists_in_the_message(predictions, targets):
    if list(predictions.shape) != list(targets.shape):
        raise ValueError(f"{list(predictions.shape)} != {list(targets.shape)}")
    return (predictions - targets).pow(2).mean()


def right_mean_squared_error__by_times_and_sum(predictions, targets):
    if predictions.size() != targets.size():
        one, other = ("x".join(map(str, t.shape)) for t in (targets, predictions))
        raise ValueError("targets are " + one + ", predictions are " + other)
    off = torch.sub(predictions, targets)
    return torch.sum(off * off) / off.numel()


def wrong_mean_squared_error__without_a_check(predictions, targets):
    """should raise a ValueError"""
    return ((predictions - targets) ** 2).mean()


def wrong_mean_squared_error__an_assertion(predictions, targets):
    """should raise a ValueError, and this is of another kind: AssertionError"""
    assert predictions.shape == targets.shape, f"{predictions.shape} {targets.shape}"
    return ((predictions - targets) ** 2).mean()


def wrong_mean_squared_error__no_shape_is_named(predictions, targets):
    """the message should name both"""
    if predictions.shape != targets.shape:
        raise ValueError("the shapes differ")
    return ((predictions - targets) ** 2).mean()


def wrong_mean_squared_error__one_shape_is_named(predictions, targets):
    """the message should name both"""
    if predictions.shape != targets.shape:
        raise ValueError(f"not {tuple(targets.shape)}")
    return ((predictions - targets) ** 2).mean()


def wrong_mean_squared_error__lengths_only(predictions, targets):
    """should raise a ValueError"""
    if len(predictions.shape) and len(predictions) != len(targets):
        raise ValueError(f"{tuple(predictions.shape)} against {tuple(targets.shape)}")
    return ((predictions - targets) ** 2).mean()


def wrong_mean_squared_error__sum(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError(f"{predictions.shape} {targets.shape}")
    return ((predictions - targets) ** 2).sum()


def wrong_mean_squared_error__a_number(predictions, targets):
    """expected a tensor, got a float"""
    if predictions.shape != targets.shape:
        raise ValueError(f"{predictions.shape} {targets.shape}")
    return ((predictions - targets) ** 2).mean().item()


def wrong_mean_squared_error__squared_mean(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError(f"{predictions.shape} {targets.shape}")
    return (predictions - targets).mean() ** 2


def right_distances__ready_made(a, b):
    return torch.cdist(a, b)


def right_distances__norm(a, b):
    return (a.unsqueeze(1) - b).norm(dim=2)


def right_distances__linalg(a, b):
    return torch.linalg.vector_norm(a[:, None] - b[None], dim=-1)


def right_distances__by_a_helper(a, b):
    return _length(a[:, None, :] - b)


def right_distances__vmap(a, b):
    return torch.vmap(lambda row: torch.linalg.vector_norm(row - b, dim=1))(a)


def _length(x):
    return x.square().sum(-1).sqrt()


def wrong_distances__two_loops(a, b):
    """no loop is allowed"""
    result = torch.empty(len(a), len(b))
    for i in range(len(a)):
        for j in range(len(b)):
            result[i, j] = ((a[i] - b[j]) ** 2).sum().sqrt()
    return result


def wrong_distances__a_comprehension(a, b):
    """a comprehension, which is a loop"""
    return torch.stack([((row - b) ** 2).sum(dim=1).sqrt() for row in a])


def wrong_distances__a_loop_in_a_helper(a, b):
    """no loop is allowed"""
    return _in_a_loop(a, b)


def _in_a_loop(a, b):
    rows = []
    for row in a:
        rows.append((row - b).norm(dim=1))
    return torch.stack(rows)


def wrong_distances__squared(a, b):
    return ((a[:, None] - b) ** 2).sum(dim=-1)


def wrong_distances__city_blocks(a, b):
    return (a[:, None] - b).abs().sum(dim=-1)


def wrong_distances__turned(a, b):
    """expected shape (2, 3), got shape (3, 2)"""
    return torch.cdist(b, a)


def wrong_distances__row_by_row(a, b):
    """must match"""
    return ((a - b) ** 2).sum(dim=1).sqrt()


def right_mended__unsqueeze(x, weights, extra):
    return x @ weights.t() + extra.unsqueeze(1)


def right_mended__turned_around(x, weights, extra):
    return (weights @ x.T + extra).T


def right_mended__einsum(x, weights, extra):
    return torch.einsum("nf,mf->nm", x, weights) + extra.reshape(-1, 1)


def right_mended__linear(x, weights, extra):
    return F.linear(x, weights) + extra.view(len(extra), 1)


def wrong_mended__as_it_was(x, weights, extra):
    """RuntimeError at"""
    return x @ weights + extra


def wrong_mended__extra_a_row(x, weights, extra):
    """must match"""
    return x @ weights.T + extra


def wrong_mended__weights_not_turned(x, weights, extra):
    return x @ weights + extra[:, None]


def wrong_mended__reshaped_instead_of_turned(x, weights, extra):
    return x @ weights.reshape(x.shape[1], -1) + extra[:, None]


def wrong_mended__in_place(x, weights, extra):
    """changed `extra`"""
    result = x @ weights.T + extra[:, None]
    extra += 1
    return result
