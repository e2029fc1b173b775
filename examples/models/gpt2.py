"""Count GPT-2 small twice: by arithmetic, and as modules on the meta device."""

from __future__ import annotations

import torch
from torch import nn


# --8<-- [start:arithmetic]
def gpt2_small(
    words: int = 50257, places: int = 1024, width: int = 768, blocks: int = 12
) -> dict[str, int]:
    """Return how many parameters each part of GPT-2 small has.

    The sizes are those that OpenAI published with the model in 2019.

    >>> sum(gpt2_small().values())
    124439808
    """
    norm = 2 * width
    attention = (width * 3 * width + 3 * width) + (width * width + width)
    two_layers = (width * 4 * width + 4 * width) + (4 * width * width + width)
    return {
        "a row for each word": words * width,
        "a row for each place": places * width,
        "attention": blocks * attention,
        "two linear layers": blocks * two_layers,
        "norms": blocks * 2 * norm + norm,
    }


# --8<-- [end:arithmetic]


# --8<-- [start:modules]
class Block(nn.Module):
    """The layers of one block; how they are joined does not matter for counting."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.attend = nn.ModuleList([nn.Linear(width, 3 * width), nn.Linear(width, width)])
        self.think = nn.ModuleList([nn.Linear(width, 4 * width), nn.Linear(4 * width, width)])


class GPT2Parts(nn.Module):
    """The layers of GPT-2 small, on a device that stores no numbers.

    >>> sum(p.numel() for p in GPT2Parts().parameters())
    124439808
    """

    def __init__(self) -> None:
        super().__init__()
        with torch.device("meta"):
            self.words = nn.Embedding(50257, 768)
            self.places = nn.Embedding(1024, 768)
            self.blocks = nn.ModuleList([Block(768) for _ in range(12)])
            self.norm = nn.LayerNorm(768)
            self.output = nn.Linear(768, 50257, bias=False)
        self.output.weight = self.words.weight  # one matrix in two roles


# --8<-- [end:modules]
