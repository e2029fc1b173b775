"""Answers to *Shapes* as readers write them, right and wrong."""

import torch


def right_picked__by_indices(scores, labels):
    return scores[torch.arange(len(labels)), labels]


def wrong_picked__maximum(scores, labels):
    return scores.max(dim=1).values
