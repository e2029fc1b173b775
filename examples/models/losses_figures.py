"""The drawings of the chapter *Losses*."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from bookparts.figures import INK, MUTED
from examples.models.losses import Training, at, floor


def draw_surprise(ax: Any) -> None:
    """Draw −log p for probabilities p from 0.01 to 1, with the coin marked."""
    p = torch.linspace(0.01, 1, 100)
    ax.plot(p, -p.log(), marker="")
    ax.plot([0.5], [-torch.tensor(0.5).log()], color=INK, marker="o")
    ax.annotate("one half: 0.69", (0.5, 0.69), (0.56, 1.2))
    ax.set(xlabel="probability given to the right answer", ylabel="surprise, −log p")


def draw_saturation(axes: Any) -> None:
    """Draw loss and gradient against the logit, when the right answer is no."""
    logits = [z / 2 for z in range(-20, 61)]
    for way, dash in (("BCEWithLogitsLoss", "-"), ("sigmoid, BCELoss", "--")):
        found = [at(z, 0.0, way) for z in logits]
        axes[0].plot(logits, [f.loss for f in found], linestyle=dash, marker="", label=way)
        axes[1].plot(logits, [f.gradient for f in found], linestyle=dash, marker="", label=way)
    axes[0].set(xlabel="logit", ylabel="loss")
    axes[1].set(xlabel="logit", ylabel="gradient")
    axes[0].legend(loc="upper left", fontsize=9)


def draw_trainings(ax: Any, right: Training, wrong: Training) -> None:
    """Draw the loss curves with and without softmax first, and the floor of the latter."""
    epochs = range(1, len(right.losses) + 1)
    ax.plot(epochs, wrong.losses, label="softmax first")
    ax.plot(epochs, right.losses, label="logits")
    ax.axhline(floor(10), color=MUTED, linestyle=":", marker="")
    ax.text(10, floor(10) - 0.06, f"floor {floor(10):.2f}", ha="center", va="top")
    ax.set(xlabel="epoch", ylabel="mean loss", ylim=(0, None))
    ax.set_xticks([1, 5, 10, 15, 20])
    ax.legend(loc="upper right")


def draw_three(axes: Any) -> None:
    """Draw MSE, L1 and Huber, and their gradients, against the error of one prediction."""
    losses = {"MSE": nn.MSELoss(), "L1": nn.L1Loss(), "Huber": nn.HuberLoss()}
    errors = torch.arange(-30, 31) / 10  # with a true 0, which the bend of L1 needs
    for (name, loss_fn), dash in zip(losses.items(), ("-", "--", ":"), strict=True):
        z = errors.clone().requires_grad_()
        values = torch.stack([loss_fn(e, torch.tensor(0.0)) for e in z])
        (slopes,) = torch.autograd.grad(values.sum(), z)
        axes[0].plot(errors, values.detach(), linestyle=dash, marker="", label=name)
        axes[1].plot(errors, slopes, linestyle=dash, marker="", label=name)
    axes[0].set(xlabel="prediction − target", ylabel="loss", ylim=(0, 5))
    axes[1].set(xlabel="prediction − target", ylabel="gradient")
    axes[0].legend(loc="upper center", fontsize=9)
