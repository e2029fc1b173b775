"""Tests of the dial over twenty trainings."""

from __future__ import annotations

import json
import re

import pytest
import torch

from examples.start.twenty_starts import stack_starts, train_stack
from examples.start.twenty_starts_dial import Record, record, starts_dial


@pytest.fixture(scope="module")
def found() -> Record:
    """Three short trainings."""
    return record([0, 1, 5], epochs=300, every=100)


def test_what_is_noted_is_what_one_training_in_a_go_would_give(found: Record) -> None:
    """Stopping to look changes nothing."""
    losses, _ = train_stack(stack_starts([0, 1, 5]), epochs=300)
    assert torch.equal(found.losses, losses)


def test_each_start_and_moment_shows_its_own_numbers(found: Record) -> None:
    """The last control's stops stand next to each other: start by start, moment by moment."""
    made = starts_dial(found)
    held = re.search(r"<template>(.*?)</template>", made, re.DOTALL)
    assert held
    slots = json.loads(held[1])["slots"]
    steps, losses = slots["loss"]
    assert steps == [4, 1]
    assert losses[2 * 4 + 3] == f"{found.losses[3, 2]:.4f}"
    answers = slots["a"][1][1 * 4 + 2].split()
    assert answers == [f"{value:.2f}" for value in found.answers[2, 1].tolist()]
    dashes = slots["d"][1][0].split()
    assert [dash != "none" for dash in dashes] == (found.lines[0, 0] < 0).tolist()


def test_the_curve_follows_the_start_alone(found: Record) -> None:
    """A page holds a start's curve once, not once a moment."""
    steps, curves = json.loads(
        re.search(r"<template>(.*?)</template>", starts_dial(found), re.DOTALL)[1]  # type: ignore[index]
    )["slots"]["curve"]
    assert steps == [1, 0] and len(curves) == 3
