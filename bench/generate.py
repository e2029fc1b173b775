"""Write a book of the measured kind: chapters of eight blocks, such as an introduction has.

Tensors, prints, a training or two with an optimizer in each chapter; a figure or the digits of
scikit-learn in some, and in every fourth a module of the book that is imported.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from .books import Book
from .variants import configure

IMPORTED_EVERY = 4
MODULE = "examples/shared.py"
FIRST_UNIT = 'UNIT = "meters"'

_PROSE = """\
A model is only as good as the numbers that go into it, and they come in a *shape*. Before the next
lines run, say to yourself how many rows there will be, how many columns, and of which type:
`float32` or `int64`. Then read the output, and compare. Most mistakes of beginners, and a good
part of those of experts, are mistakes about shapes, so the habit pays.

- A row is one case, a column is one quantity that was measured of it.
- The first dimension counts the cases of a **batch**; see [the end of this page](#in-short-{n}).
"""

_TENSORS = """\
import torch
from torch import nn

torch.manual_seed({seed})
x = torch.randn({rows}, 8)
print(x.shape, x.dtype)
print(x[:3, :4])"""

_VIEWS = """\
columns = x.mean(dim=0)
centered = x - columns
print(centered.mean(dim=0).abs().max() < 1e-5)
print(torch.cat([columns, columns]).reshape(4, 4))"""

_GRADIENT = """\
w = torch.zeros(8, requires_grad=True)
loss = ((x @ w - x[:, 0]) ** 2).mean()
loss.backward()
print(w.grad)"""

_LINE = """\
target = x @ torch.arange(8.0) + 1
line = nn.Linear(8, 1)
optimizer = torch.optim.SGD(line.parameters(), lr=0.05)
for step in range({steps}):
    loss = nn.functional.mse_loss(line(x).squeeze(1), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % ({steps} // 4) == 0:
        print(f"{{step:4d}}  {{loss.item():.4f}}")"""

_NET = """\
net = nn.Sequential(nn.Linear(8, {width}), nn.Tanh(), nn.Linear({width}, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
losses = []
for step in range({steps}):
    loss = nn.functional.mse_loss(net(x).squeeze(1), target.sin())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(f"from {{losses[0]:.3f}} to {{losses[-1]:.3f}}")"""

_PARAMETERS = """\
for name, parameter in net.named_parameters():
    print(f"{name:10} {tuple(parameter.shape)!s:10} {parameter.numel():4d}")"""

_COMPARE = """\
with torch.no_grad():
    errors = (net(x).squeeze(1) - target.sin()).abs()
print(f"largest {errors.max().item():.3f}, median {errors.median().item():.3f}")"""

_IMPORTED = """\
from examples.shared import UNIT, scaled

print(f"{scaled(2.5):.1f} {UNIT}")"""

_DIGITS = """\
from sklearn.datasets import load_digits

digits = load_digits()
print(digits.data.shape, torch.tensor(digits.target).bincount())"""

_FIGURE = """\
from bookparts.figures import figure, svg

fig, ax = figure(width=6, height=3)
ax.plot(range(len(losses[::5])), losses[::5])
print(svg(fig, alt="The loss falls, fast at first."))"""

_SHARED = f'''\
"""What some chapters share."""

{FIRST_UNIT}


def scaled(value: float) -> float:
    """Return twice the value."""
    return 2 * value
'''


def generate(like: Book, root: Path, chapters: int, steps: int) -> Book:
    """Write a book with the settings, the theme and the engine of another, not recorded yet.

    Args:
        like: The book whose settings it has.
        root: Where to write it.
        chapters: How many chapters.
        steps: Steps of each of a chapter's two trainings.
    """
    book = Book(f"{chapters} × 8", like.clone(root).root)
    settings = book.settings
    for chapter in book.chapters:
        (root / chapter.path).unlink()
    for folder in (settings.recordings_dir, root / "examples", root / "exercises"):
        shutil.rmtree(folder, ignore_errors=True)
    book.forget()
    configure(book, _of_its_own)
    (root / "examples").mkdir()
    (root / "examples" / "__init__.py").write_text('"""Shared code."""\n', "utf-8")
    (root / MODULE).write_text(_SHARED, "utf-8")
    (settings.docs_dir / "index.md").write_text("# A generated book\n\nIt is measured.\n", "utf-8")
    for number in range(1, chapters + 1):
        page = settings.docs_dir / f"part-{(number - 1) // 5 + 1}" / f"chapter-{number:02}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(_chapter(number, steps), "utf-8")
    return book


def _of_its_own(settings: dict[str, Any]) -> None:
    settings.pop("nav", None)
    settings["watch"] = ["examples"]


def _chapter(number: int, steps: int) -> str:
    values = {"seed": number, "rows": 64 + 8 * number, "steps": steps, "width": 16 + number}
    last = _IMPORTED if number % IMPORTED_EVERY == 0 else _FIGURE if number % 2 else _DIGITS
    codes = [
        *(text.format(**values) for text in (_TENSORS, _VIEWS, _GRADIENT, _LINE, _NET)),
        _PARAMETERS,
        _COMPARE,
        last,
    ]
    parts = [f"# Chapter {number}\n\n*Say the shape first.*\n"]
    for n, code in enumerate(codes, 1):
        shown = 'html="1"' if code is _FIGURE else 'source="above" result="text"'
        parts.append(f"## Step {n}\n\n{_PROSE.format(n=number)}")
        parts.append(f'```python exec="1" {shown}\n{code}\n```\n')
    parts.append(f"## In short {{#in-short-{number}}}\n\n| step | what |\n|---|---|\n")
    return "\n".join(parts) + "".join(f"| {n} | see above |\n" for n in range(1, 9))
