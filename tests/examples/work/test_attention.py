"""The code of the chapter *Attention*."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bookparts.figures import figure
from examples.work.attention import (
    REST,
    SIGNS,
    VOWELS,
    Attention,
    Block,
    Open,
    Writer,
    attend,
    encode,
    leaks,
    main,
    train,
    trained,
    words,
    write,
)
from examples.work.attention_figures import (
    draw_losses,
    draw_sharpness,
    look_dial,
    looks,
    sharpness,
)


@pytest.mark.parametrize("shape", [(5, 8), (2, 5, 8), (2, 3, 5, 8)])
def test_attention_by_hand_equals_pytorch(shape: tuple[int, ...]) -> None:
    """With a mask and without, in any number of dimensions."""
    torch.manual_seed(0)
    q, k, v = torch.randn(3, *shape).unbind(0)
    torch.testing.assert_close(attend(q, k, v)[0], F.scaled_dot_product_attention(q, k, v))
    seen = torch.ones(5, 5, dtype=torch.bool).tril()
    mixed, weights = attend(q, k, v, seen)
    torch.testing.assert_close(mixed, F.scaled_dot_product_attention(q, k, v, is_causal=True))
    assert (weights[..., ~seen] == 0).all()
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(shape[:-1]))


def test_leaks_are_found_behind_a_layer_norm() -> None:
    """One number changes, so that no mean hides it; x is left as it was."""
    torch.manual_seed(0)
    x = torch.randn(2, 5, 8)
    kept = x.clone()
    layer = nn.TransformerEncoderLayer(8, 2, 8, 0.0, batch_first=True, norm_first=True)
    assert leaks(layer, x) and torch.equal(x, kept)
    assert not leaks(Block(8, 2), x) and not leaks(Block(8, 2, before=False), x)
    assert leaks(Open(8, 2), x) and not leaks(Attention(8, 2), x)


def test_a_cache_changes_nothing() -> None:
    """One sign at a time, or several, the scores are those of the whole."""
    torch.manual_seed(0)
    model = Writer(width=16, heads=4, blocks=3)
    index = torch.randint(18, (2, 12))
    want = model(index)
    for pieces in ([12], [1] * 12, [5, 1, 3, 3]):
        past: list[list[Tensor]] = [[] for _ in model.blocks]
        got = torch.cat([model(part, past) for part in index.split(pieces, dim=1)], dim=1)
        torch.testing.assert_close(got, want)


def test_words_take_turns_and_repeat() -> None:
    """Of 4 to 8 letters, vowels and others in turn, and the same for the same seed."""
    made = words(500, seed=3)
    assert made == words(500, seed=3) != words(500, seed=4)
    assert {len(word) for word in made} == {4, 5, 6, 7, 8}
    for word in made:
        kinds = [letter in VOWELS for letter in word]
        assert all(a != b for a, b in itertools.pairwise(kinds))
        assert all(letter in VOWELS + REST for letter in word)


def test_a_line_is_a_word_and_its_reverse() -> None:
    """Filled up with dots to one length, and the longest word still ends in one."""
    lines = encode(["sona", "obafutem"])
    assert lines.shape == (2, 19) and lines.dtype == torch.int64
    assert ["".join(SIGNS[n] for n in line) for line in lines] == [
        ".sona>anos.........",
        ".obafutem>metufabo.",
    ]


def test_training_returns_a_loss_for_each_step() -> None:
    """The first is about ln(18), and they fall."""
    torch.manual_seed(0)
    model = Writer()
    lines = encode(words(32 * 20, seed=0)).view(20, 32, 19)
    losses = train(model, torch.optim.AdamW(model.parameters(), lr=0.003), lines)
    assert len(losses) == 20 and abs(losses[0] - math.log(18)) < 0.3 and losses[-1] < 2.5


def test_training_is_remembered_and_leaves_the_dtype() -> None:
    """The same model comes back, in float64, and the default is what it was."""
    model, losses = trained(2)
    assert trained(2)[0] is model and len(losses) == 2
    assert next(model.parameters()).dtype == torch.float64
    assert torch.get_default_dtype() == torch.float32
    open_ = trained(2, masked=False)[0]
    assert isinstance(open_.blocks[0].get_submodule("look"), Open)


def test_writing_stops_at_a_dot_or_at_the_end() -> None:
    """Whatever is written, it begins with what was given."""

    class Always(nn.Module):
        def __init__(self, sign: int) -> None:
            super().__init__()
            self.sign = sign

        def forward(self, index: Tensor) -> Tensor:
            return F.one_hot(torch.full_like(index, self.sign), 18).float()

    assert write(Always(0), ".so") == ".so."
    assert write(Always(2), ".so", most=6) == ".soaaa"


def test_the_figures_draw_what_they_are_given() -> None:
    """A line for each curve, and thin ones to compare with."""
    _, axes = figure(ncols=2)
    draw_sharpness(axes, [1, 4])
    assert [len(ax.lines) for ax in axes] == [2, 2]
    plain, scaled = sharpness([256], scaled=False), sharpness([256], scaled=True)
    assert plain[0] > scaled[0] and plain[1] < scaled[1]
    _, ax = figure()
    draw_losses(ax, {"a": [1.0] * 20, "b": [2.0] * 40}, {"floor": 0.5})
    assert len(ax.lines) == 3 and ax.get_xlim() == (0, 40)


def test_the_dial_has_a_stop_for_each_sign() -> None:
    """Stages times signs, and the weights of a row add up to 1."""
    torch.manual_seed(0)
    model = Writer()
    weights, best = looks(model, "so")
    assert weights.shape == (4, 6, 6) and len(best) == 6
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(4, 6))
    made = look_dial({"0": model, "9": model}, "so", start=(1, 3))
    assert made.count("<option") == 2 and 'max="5"' in made and made.count("<rect") == 4 * 6 + 1


@pytest.mark.timeout(120)
def test_the_tour_writes_backward(capsys: pytest.CaptureFixture[str]) -> None:
    """Run alone, the module trains a model and shows what it has learned."""
    main()
    assert ".kamilo>olimak.\n.sona>anos.\n.obafutem>metufabo\n" in capsys.readouterr().out
