"""Answers to *Digits* as readers write them, right and wrong."""

import torch
import torch.nn.functional as F


def right_accuracy__counted(scores, labels):
    return (scores.argmax(1) == labels).sum().item() / len(labels) * 100


def right_accuracy__max(scores, labels):
    _, found = torch.max(scores, dim=1)
    return float((found == labels).float().mean() * 100)


def right_accuracy__a_loop(scores, labels):
    right = 0
    for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
        right += row.index(max(row)) == label
    return 100.0 * right / len(labels)


def right_accuracy__softmax_first(scores, labels):
    return 100 * scores.softmax(-1).argmax(-1).eq(labels).double().mean().item()


def wrong_accuracy__a_share(scores, labels):
    """Of 100"""
    return (scores.argmax(1) == labels).float().mean().item()


def wrong_accuracy__a_tensor(scores, labels):
    """`.item()` gets the number out"""
    return 100 * (scores.argmax(1) == labels).float().mean()


def wrong_accuracy__over_the_rows(scores, labels):
    return 100 * (scores.argmax(0) == labels[:1]).float().mean().item()


def wrong_accuracy__a_count(scores, labels):
    """expected a float, got an int"""
    return int((scores.argmax(1) == labels).sum())


def wrong_accuracy__above_a_half(scores, labels):
    return 100 * ((scores[:, 1] > 0.5).long() == labels).float().mean().item()


def wrong_accuracy__the_lowest(scores, labels):
    return 100 * (scores.argmin(1) == labels).float().mean().item()


def wrong_accuracy__of_four(scores, labels):
    """each row has one answer"""
    return 25.0 * (scores.argmax(1) == labels).sum().item()


def right_recall__where(counts):
    total = counts.sum(1)
    return torch.where(total > 0, counts.diagonal() / total, 0.0)


def right_recall__nan_to_num(counts):
    return torch.nan_to_num(torch.diag(counts) / counts.sum(dim=1), nan=0.0)


def right_recall__a_loop(counts):
    shares = []
    for n, row in enumerate(counts.tolist()):
        shares.append(row[n] / sum(row) if sum(row) else 0.0)
    return torch.tensor(shares)


def right_recall__filled(counts):
    total = counts.sum(1)
    result = torch.zeros(len(counts))
    result[total > 0] = counts.diag()[total > 0] / total[total > 0]
    return result


def wrong_recall__precision(counts):
    """Rows are what the images show"""
    return counts.diag() / counts.sum(dim=0).clamp(min=1)


def wrong_recall__nan(counts):
    return counts.diag() / counts.sum(dim=1)


def wrong_recall__of_all(counts):
    return counts.diag() / counts.sum()


def wrong_recall__whole_numbers(counts):
    """expected dtype torch.float32, got dtype torch.int64"""
    return counts.diag() // counts.sum(dim=1).clamp(min=1)


def wrong_recall__double(counts):
    """expected dtype torch.float32, got dtype torch.float64"""
    return counts.diag().double() / counts.sum(dim=1).clamp(min=1)


def wrong_recall__one_more(counts):
    return counts.diag() / (counts.sum(dim=1) + 1)


def wrong_recall__in_place(counts):
    """changed `counts`"""
    counts[counts.sum(1) == 0] += torch.eye(len(counts), dtype=torch.int64)[0] * 0 + 1
    return counts.diag() / counts.sum(1) * (counts.sum(1) != len(counts))


def wrong_recall__a_list(counts):
    """expected a tensor, got a list"""
    return right_recall__where(counts).tolist()


def right_least_sure__topk(scores, k):
    return torch.topk(F.softmax(scores, dim=1).amax(dim=1), k, largest=False).indices


def right_least_sure__sort(scores, k):
    values, order = torch.sort(scores.softmax(-1).max(-1)[0])
    return order[:k]


def right_least_sure__logarithms(scores, k):
    return scores.log_softmax(1).amax(1).argsort()[:k]


def right_least_sure__by_python(scores, k):
    sure = scores.softmax(1).max(1).values.tolist()
    return torch.tensor(sorted(range(len(sure)), key=sure.__getitem__)[:k])


def wrong_least_sure__raw_scores(scores, k):
    """after softmax"""
    return scores.amax(1).argsort()[:k]


def wrong_least_sure__entropy(scores, k):
    """With several classes"""
    p = scores.softmax(1)
    return (-(p * p.log()).sum(1)).argsort(descending=True)[:k]


def wrong_least_sure__the_smallest_probability(scores, k):
    """With several classes neither the smallest probability nor the spread will do"""
    return scores.softmax(1).amin(1).argsort(descending=True)[:k]


def wrong_least_sure__the_spread(scores, k):
    """With several classes"""
    return scores.std(1).argsort()[:k]


def wrong_least_sure__the_range(scores, k):
    """With several classes"""
    return (scores.amax(1) - scores.amin(1)).argsort()[:k]


def wrong_least_sure__the_first_two(scores, k):
    """With several classes"""
    first = scores.softmax(1).topk(2, dim=1).values
    return (first[:, 0] - first[:, 1]).argsort()[:k]


def wrong_least_sure__the_surest(scores, k):
    return scores.softmax(1).amax(1).argsort(descending=True)[:k]


def wrong_least_sure__probabilities(scores, k):
    """expected dtype torch.int64"""
    return scores.softmax(1).amax(1).sort().values[:k]


def wrong_least_sure__over_the_rows(scores, k):
    return scores.softmax(0).amax(1).argsort()[:k]


def wrong_least_sure__all(scores, k):
    """expected shape (2,), got shape (4,)"""
    return scores.softmax(1).amax(1).argsort()


def right_flat_size__power(side, channels, rounds):
    return channels * (side // 2**rounds) ** 2


def right_flat_size__shift(side, channels, rounds):
    small = side >> rounds
    return channels * small * small


def right_flat_size__by_layers(side, channels, rounds):
    image = torch.zeros(1, channels, side, side)
    for _ in range(rounds):
        image = F.max_pool2d(image, 2)
    return image.numel()


def wrong_flat_size__a_float(side, channels, rounds):
    """expected an int, got a float"""
    return channels * (side / 2**rounds) ** 2


def wrong_flat_size__rounded_up(side, channels, rounds):
    """side 28, 16 channels, 3 rounds"""
    for _ in range(rounds):
        side = (side + 1) // 2
    return channels * side * side


def wrong_flat_size__no_channels(side, channels, rounds):
    return (side // 2**rounds) ** 2


def wrong_flat_size__one_round(side, channels, rounds):
    return channels * (side // 2) ** 2


def wrong_flat_size__no_padding(side, channels, rounds):
    for _ in range(rounds):
        side = (side - 2) // 2
    return channels * side * side


def wrong_flat_size__channels_each_round(side, channels, rounds):
    return channels**rounds * (side // 2**rounds) ** 2


def wrong_flat_size__pixels_halved(side, channels, rounds):
    return channels * side * side // 2**rounds


def right_vote__added_up(models, x):
    total = 0
    with torch.no_grad():
        for model in models:
            model.eval()
            total = total + F.softmax(model(x), dim=1)
    return total.argmax(1)


@torch.inference_mode()
def right_vote__inference_mode(models, x):
    for model in models:
        model.eval()
    return torch.stack([m(x).softmax(-1) for m in models]).mean(0).max(-1).indices


def right_vote__modes_given_back(models, x):
    modes = [model.training for model in models]
    with torch.no_grad():
        parts = [model.eval()(x).log_softmax(1) for model in models]
    for model, mode in zip(models, modes, strict=True):
        model.train(mode)
    return torch.logsumexp(torch.stack(parts), dim=0).argmax(dim=1)


@torch.no_grad()
def wrong_vote__majority(models, x):
    """Heads are not counted"""
    return torch.stack([model.eval()(x).argmax(1) for model in models]).mode(0).values


@torch.no_grad()
def wrong_vote__mean_of_scores(models, x):
    """The mean of probabilities"""
    return torch.stack([model.eval()(x) for model in models]).mean(0).argmax(1)


@torch.no_grad()
def wrong_vote__product_of_probabilities(models, x):
    """every model in eval()"""
    return torch.stack([model.eval()(x).log_softmax(1) for model in models]).mean(0).argmax(1)


@torch.no_grad()
def wrong_vote__clamped_logarithms(models, x):
    """not of their logarithms"""
    parts = [model.eval()(x).softmax(1).clamp(min=1e-3).log() for model in models]
    return torch.stack(parts).mean(0).argmax(1)


@torch.no_grad()
def wrong_vote__the_surest(models, x):
    return torch.stack([model.eval()(x).softmax(1) for model in models]).amax(0).argmax(1)


@torch.no_grad()
def wrong_vote__with_dropout(models, x):
    """every model in eval()"""
    torch.manual_seed(1)
    return torch.stack([model(x).softmax(1) for model in models]).mean(0).argmax(1)


def wrong_vote__with_notes(models, x):
    """use torch.no_grad()"""
    return torch.stack([model.eval()(x).softmax(1) for model in models]).mean(0).argmax(1)


@torch.no_grad()
def wrong_vote__probabilities(models, x):
    """got shape (3, 2)"""
    return torch.stack([model.eval()(x).softmax(1) for model in models]).mean(0)


@torch.no_grad()
def wrong_vote__the_first_alone(models, x):
    return models[0].eval()(x).argmax(1)
