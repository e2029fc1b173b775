"""The digit classifiers learn, and what reads their mistakes agrees with counting by hand."""

from __future__ import annotations

import itertools

import pytest
import torch
from sklearn.metrics import confusion_matrix

from examples.models.digit_recipes import RECIPES, loaded, saved, trained
from examples.models.digits import (
    Batches,
    accuracy,
    cnn,
    confusion,
    mistakes,
    net,
    predict,
    shifted,
    small,
    train,
)
from examples.models.xor_to_digits import difference, digits, xor


def test_no_image_is_both_for_training_and_for_testing() -> None:
    """All 1,797 are used, each once."""
    data = small()
    assert len(data.x) + len(data.x_test) == 1797
    assert torch.equal(small().x, data.x)
    assert not torch.equal(small(seed=1).x_test, data.x_test)


def test_an_epoch_of_batches_holds_each_sample_once() -> None:
    """Shuffled, with the right label beside each, and a shorter batch at the end."""
    x = torch.arange(10.0)[:, None]
    torch.manual_seed(0)
    batches = list(Batches(x, torch.arange(10), size=4))
    assert [len(xb) for xb, _ in batches] == [4, 4, 2]
    assert all(torch.equal(xb[:, 0].long(), yb) for xb, yb in batches)
    assert sorted(torch.cat([yb for _, yb in batches]).tolist()) == list(range(10))


@pytest.mark.parametrize("make", [lambda: net(64), cnn])
def test_a_network_learns_digits(make) -> None:  # type: ignore[no-untyped-def]
    """Ten epochs bring the loss down and most test images right."""
    data = small()
    torch.manual_seed(0)
    model = make()
    losses = train(model, data, epochs=10)
    assert losses[-1] < losses[0] / 5
    assert accuracy(model, data.x_test, data.y_test) > 85


def test_predicting_switches_dropout_off_and_takes_no_notes() -> None:
    """Twice the same answer, which has no graph."""
    model = net(64).train()
    x = torch.rand(5, 64)
    first = predict(model, x)
    assert torch.equal(first, predict(model, x))
    assert not first.requires_grad


def test_the_confusion_matrix_is_scikit_learns() -> None:
    """Rows are labels, columns are answers."""
    generator = torch.Generator().manual_seed(0)
    predicted = torch.randint(0, 10, (500,), generator=generator)
    labels = torch.randint(0, 10, (500,), generator=generator)
    want = confusion_matrix(labels.numpy(), predicted.numpy(), labels=range(10))
    assert confusion(predicted, labels).tolist() == want.tolist()


def test_mistakes_are_wrong_and_come_surest_first() -> None:
    """Every wrong answer is listed, and no right one."""
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(200, 10, generator=generator)
    labels = torch.randint(0, 10, (200,), generator=generator)
    wrong, said, sure = mistakes(scores, labels)
    assert len(wrong) == int((scores.argmax(dim=1) != labels).sum())
    assert not (said == labels[wrong]).any()
    assert all(a >= b for a, b in itertools.pairwise(sure.tolist()))


@pytest.mark.parametrize(("right", "down"), [(0, 0), (1, 0), (-1, 0), (0, 2), (0, -3), (2, -1)])
def test_shifting_moves_every_pixel(right: int, down: int) -> None:
    """Pixel by pixel; what comes in at the border is blank."""
    x = torch.arange(1.0, 65.0)[None]
    got, before = shifted(x, right, down).reshape(8, 8), x.reshape(8, 8)
    for row, column in itertools.product(range(8), range(8)):
        r, c = row - down, column - right
        want = before[r, c].item() if 0 <= r < 8 and 0 <= c < 8 else 0.0
        assert got[row, column].item() == want


def test_a_loaded_network_answers_as_the_saved_one() -> None:
    """Bit for bit, batch norm's buffers included."""
    data = small()
    torch.manual_seed(0)
    model = trained("norm", data, epochs=1)
    torch.manual_seed(1)
    fresh = loaded(trained("norm", data, epochs=0), saved(model))
    assert torch.equal(predict(fresh, data.x_test), predict(model, data.x_test))


@pytest.mark.parametrize("recipe", RECIPES.values())
def test_each_recipe_beats_guessing_after_two_epochs(recipe: str) -> None:
    """Guessing is right one time in ten."""
    data = small()
    torch.manual_seed(0)
    assert accuracy(trained(recipe, data, epochs=2), data.x_test, data.y_test) > 20


def test_an_unknown_recipe_is_refused() -> None:
    """The error names it."""
    with pytest.raises(ValueError, match="adamant"):
        trained("adamant", small(), epochs=1)


def test_the_five_steps_are_common_to_xor_and_digits() -> None:
    """They stand in the diff without a sign, in their order."""
    kept = [line.strip() for line in difference(xor, digits) if line.startswith(" ")]
    steps = ["output = model(xb)", "loss = loss_fn(output, yb)", "optimizer.zero_grad()",
             "loss.backward()", "optimizer.step()"]  # fmt: skip
    assert [line for line in kept if line in steps] == steps


def test_xor_is_learned() -> None:
    """All four answers."""
    torch.manual_seed(0)
    assert xor() == 100
