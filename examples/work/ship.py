"""Take a model from a notebook to something that others can ask: a file, a command, a service.

Used by the chapter *Ship it* (`docs/work/ship.md`). Run it alone for a short tour:
`python -m examples.work.ship`.
"""

import argparse
import ast
import copy
import hashlib
import inspect
import json
import linecache
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI
from PIL import Image
from pydantic import BaseModel, Field
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

Answer = tuple[str, float]
Split = tuple[torch.Tensor, torch.Tensor]
Test = Callable[[nn.Module], None]

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


# --8<-- [start:data]
def pictures() -> tuple[Split, Split, Split]:
    """Return the 8×8 digits as a camera has them: uint8 from 0 to 255, white ink on black.

    >>> [tuple(x.shape) for x, y in pictures()]  # to train, to tune, to test
    [(397, 8, 8), (400, 8, 8), (1000, 8, 8)]
    """
    table = load_digits()
    x = torch.tensor(table.images / 16 * 255).round().to(torch.uint8)
    y = torch.tensor(table.target)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    train, tune, test = order.split([397, 400, 1000])
    return (x[train], y[train]), (x[tune], y[tune]), (x[test], y[test])


# --8<-- [end:data]


# --8<-- [start:reader]
class Reader(nn.Module):
    """Read digits: uint8 images of shape (n, 8, 8) in, scores of shape (n, 10) out."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(0.0))
        self.register_buffer("std", torch.tensor(1.0))
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(64, width), nn.ReLU(), nn.Dropout(0.3), nn.Linear(width, 10)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Do the preprocessing, then ask the layers."""
        scores: torch.Tensor = self.layers((images / 255 - self.mean) / self.std)
        return scores


# --8<-- [end:reader]


# --8<-- [start:fit]
def fit(model: Reader, x: torch.Tensor, y: torch.Tensor, epochs: int = 60) -> Reader:
    """Measure mean and spread of the pixels, train, and return the model ready to be asked."""
    model.mean, model.std = (x / 255).mean(), (x / 255).std()
    model.double().train()  # sixteen digits while it learns, so that machines agree
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(64):
            loss = cross_entropy(model(x[rows].double()), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model.float().eval()


# --8<-- [end:fit]


# --8<-- [start:save]
def save(model: Reader, names: Sequence[str], path: Path) -> None:
    """Write what an answer needs: the numbers, the pixels' mean and spread, the names."""
    torch.save({"model": model.state_dict(), "names": list(names)}, path)


def load(path: Path) -> tuple[Reader, list[str]]:
    """Return a saved model, in evaluation mode, and the names of its classes."""
    file = torch.load(path, map_location="cpu")
    model = Reader()
    model.load_state_dict(file["model"])
    return model.eval(), file["names"]


# --8<-- [end:save]


# --8<-- [start:predict]
def predict(model: nn.Module, names: Sequence[str], path: Path) -> Answer:
    """Return the name of the digit in an image file, and the model's probability for it.

    Raises:
        OSError: the file is missing, or is no image.
    """
    picture = Image.open(path).convert("L").resize((8, 8))
    images = torch.from_numpy(np.array(picture))[None]  # a batch of one
    with torch.inference_mode():
        chances = model(images)[0].softmax(dim=0)
    best = int(chances.argmax())
    return names[best], chances[best].item()


# --8<-- [end:predict]


# --8<-- [start:right]
def right(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """Return how many percent of the images are read rightly."""
    with torch.inference_mode():
        return 100 * float((model(x).argmax(dim=1) == y).float().mean())


# --8<-- [end:right]


# --8<-- [start:bins]
def bins(chances: torch.Tensor, y: torch.Tensor) -> list[tuple[int, float, float]]:
    """Sort answers into ten bins by their probability.

    Args:
        chances: probabilities, shape (n, classes).
        y: right classes, int64 of shape (n,).

    Returns:
        For each bin that is not empty: how many answers, their mean probability, and the share of
        them that is right.
    """
    top, label = chances.max(dim=1)
    hit = (label == y).double()
    place = (top * 10).long().clamp(max=9)
    found = []
    for k in place.unique().tolist():
        inside = place == k
        row = int(inside.sum()), top[inside].mean().item(), hit[inside].mean().item()
        found.append(row)
    return found


# --8<-- [end:bins]


# --8<-- [start:cli]
def main(words: Sequence[str] | None = None) -> int:
    """Read the image files that the command line names, one line of output for each."""
    parser = argparse.ArgumentParser(prog="reader")
    parser.add_argument("images", nargs="+", type=Path)
    parser.add_argument("--weights", type=Path, default=Path(__file__).with_name("reader.pt"))
    chosen = parser.parse_args(words)
    model, names = load(chosen.weights)
    status = 0
    for path in chosen.images:
        try:
            name, chance = predict(model, names, path)
            print(f"{path.name}: {name}, probability {chance:.2f}")
        except OSError:
            print(f"{path.name}: not an image that I can read", file=sys.stderr)
            status = 1
    return status


# --8<-- [end:cli]


# --8<-- [start:asked]
Pixel = Annotated[int, Field(ge=0, le=255)]
Row = Annotated[list[Pixel], Field(min_length=8, max_length=8)]
Picture = Annotated[list[Row], Field(min_length=8, max_length=8)]


class Asked(BaseModel):
    """What a client sends: one to 256 images, eight rows of eight whole numbers each."""

    images: Annotated[list[Picture], Field(min_length=1, max_length=256)]


# --8<-- [end:asked]


# --8<-- [start:service]
def service(model: nn.Module, names: Sequence[str]) -> FastAPI:
    """Return a service that reads images for whoever asks."""
    app = FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/predict")
    def answer(asked: Asked) -> dict[str, list[Any]]:
        images = torch.tensor(asked.images, dtype=torch.uint8)
        with torch.inference_mode():
            top, label = model(images).softmax(dim=1).max(dim=1)
        return {"names": [names[k] for k in label.tolist()], "chances": top.tolist()}

    return app


# --8<-- [end:service]


# --8<-- [start:serving]
@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an app on a free port of this machine, yield its address, and stop."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


# --8<-- [end:serving]


# --8<-- [start:ask]
def ask(address: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, Any]:
    """Send a request, and return the status and what the JSON of the response holds."""
    request = urllib.request.Request(address, data=body, headers={"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode()
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, text


# --8<-- [end:ask]


# --8<-- [start:checks]
def keeps_shapes(model: nn.Module) -> None:
    """Any number of images gives as many rows of ten finite scores."""
    for n in (1, 3, 64):
        scores = model(torch.zeros(n, 8, 8, dtype=torch.uint8))
        assert scores.shape == (n, 10) and scores.isfinite().all()


def same_twice(model: nn.Module) -> None:
    """The same images get the same scores."""
    images = pictures()[1][0][:20]
    assert torch.equal(model(images), model(images))


def alone_or_together(model: nn.Module) -> None:
    """An image gets the same scores alone as among others."""
    images = pictures()[1][0][:20]
    alone = torch.cat([model(images[k : k + 1]) for k in range(20)])
    assert torch.allclose(model(images), alone, atol=1e-4)


def good_enough(model: nn.Module) -> None:
    """At least nine of ten images are read rightly, and of each digit at least seven."""
    x, y = pictures()[1]
    hits = model(x).argmax(dim=1) == y
    assert hits.float().mean() >= 0.9
    assert min(hits[y == k].float().mean() for k in range(10)) >= 0.7


def paler_ink(model: nn.Module) -> None:
    """Ink that is a tenth paler is still read as the same digit, nearly always."""
    x = pictures()[1][0]
    paler = (x * 0.9).to(torch.uint8)
    same = model(paler).argmax(dim=1) == model(x).argmax(dim=1)
    assert same.float().mean() >= 0.98


def can_learn(model: nn.Module) -> None:
    """A copy learns eight images by heart, whatever their labels are."""
    learner = copy.deepcopy(model).eval()  # without dropout, so that it gets there
    images, labels = pictures()[1][0][:8], torch.arange(8)
    optimizer = torch.optim.Adam(learner.parameters(), lr=0.02)
    for _ in range(100):
        loss = cross_entropy(learner(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.1


# --8<-- [end:checks]


# --8<-- [start:golden]
def golden(scores: torch.Tensor) -> Test:
    """Return a test for these scores, float of shape (20, 10), of the first images to tune with."""

    def as_recorded(model: nn.Module) -> None:
        """The scores are those that were recorded, up to a thousandth."""
        torch.testing.assert_close(model(pictures()[1][0][:20]), scores, rtol=0, atol=1e-3)

    return as_recorded


# --8<-- [end:golden]

CHECKS: tuple[Test, ...] = (
    keeps_shapes,
    same_twice,
    alone_or_together,
    good_enough,
    paler_ink,
    can_learn,
)


# --8<-- [start:failing]
def failing(model: nn.Module, tests: Sequence[Test]) -> list[str]:
    """Return the names of the tests that a model does not pass."""
    names = []
    for test in tests:
        try:
            test(model)
        except Exception:
            names.append(test.__name__)
    return names


# --8<-- [end:failing]


# --8<-- [start:temperature]
def temperature(scores: torch.Tensor, y: torch.Tensor) -> float:
    """Return the number, in steps of 0.05 from 0.5 to 4, by which to divide the scores."""
    tried = torch.linspace(0.5, 4.0, 71)
    return float(min(tried, key=lambda t: cross_entropy(scores / t, y).item()))


# --8<-- [end:temperature]


# --8<-- [start:squeeze]
def squeeze(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return a matrix as int8 of the same shape, and a scale for each of its rows.

    >>> numbers, scale = squeeze(torch.tensor([[0.5, -1.0]]))
    >>> numbers.tolist()
    [[64, -127]]
    """
    scale = weight.abs().amax(dim=1, keepdim=True) / 127
    return (weight / scale).round().to(torch.int8), scale


def squeezed(model: nn.Module) -> tuple[nn.Module, int]:
    """Return a copy whose matrices were int8 for a moment, and the bytes that they then took."""
    small, room = copy.deepcopy(model), 0
    with torch.no_grad():
        for weight in small.parameters():
            if weight.dim() == 2:
                numbers, scale = squeeze(weight)
                room += numbers.nbytes + scale.nbytes
                weight.copy_(numbers * scale)
    return small, room


# --8<-- [end:squeeze]


# --8<-- [start:fingerprint]
def fingerprint(model: nn.Module) -> str:
    """Return twelve letters and digits that change when a number of the model does."""
    digest = hashlib.sha256()
    for name, tensor in model.state_dict().items():
        digest.update(name.encode() + tensor.numpy().tobytes())
    return digest.hexdigest()[:12]


# --8<-- [end:fingerprint]


# --8<-- [start:ink]
def ink(images: torch.Tensor) -> torch.Tensor:
    """Return the mean of each image's pixels, float of shape (n,)."""
    return images.float().mean(dim=(1, 2))


def off(usual: torch.Tensor, batch: torch.Tensor) -> float:
    """Return how far a batch's mean is from the usual one, in standard errors."""
    error = usual.std() / len(batch) ** 0.5
    return float((batch.mean() - usual.mean()) / error)


# --8<-- [end:ink]


# --8<-- [start:card]
def card(model: Reader, test: Split, used: int) -> str:
    """Return a model card in Markdown, every number measured.

    Args:
        model: ready to be asked.
        test: images and labels that it has never seen.
        used: how many images it was trained with.
    """
    x, y = test
    share = {k: right(model, x[y == k], y[y == k]) for k in range(10)}
    worst = min(share, key=lambda k: share[k])
    noise = torch.randint(0, 256, (1000, 8, 8), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        sure = (model(noise).softmax(dim=1).amax(dim=1) > 0.8).float().mean().item()
    numbers = sum(p.numel() for p in model.parameters())
    return "\n".join(
        [
            "| | |",
            "|---|---|",
            "| takes | uint8 images, 8×8, white ink on black, one digit each |",
            "| gives | ten scores an image; their softmax is a probability only for such images |",
            f"| trained with | {used} scanned digits, nothing else |",
            f"| right | {right(model, x, y):.0f} % of {len(y):,} others of the same kind |",
            f"| weakest at | {NAMES[worst]}: {share[worst]:.0f} % |",
            f"| not for | letters, photographs, several digits: it answers in any case, and gave "
            f"{sure:.0%} of pure noise more than 80 % |",
            f"| size | {numbers:,} numbers |",
        ]
    )


# --8<-- [end:card]


PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "reader"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["torch", "numpy", "pillow"]

[project.scripts]
reader = "reader:main"
"""


def source_of(part: Callable[..., Any]) -> str:
    """Return the text of a function, or of a module's class, wherever it was typed.

    `inspect.getsource` finds no class that was typed in a notebook.
    """
    made: Any = part.forward if isinstance(part, type) and issubclass(part, nn.Module) else part
    code = inspect.unwrap(made).__code__
    lines = linecache.getlines(code.co_filename)
    kinds = (ast.ClassDef, ast.FunctionDef)
    found = (node for node in ast.parse("".join(lines)).body if isinstance(node, kinds))
    node = next(node for node in found if node.name == part.__name__)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "".join(lines[first - 1 : node.end_lineno])


def write_package(folder: Path, model: Reader, names: Sequence[str]) -> None:
    """Write the package of the chapter: its project file, its code, and the weights beside it."""
    code = "\n\n".join(source_of(part) for part in (Reader, load, predict, main))
    head = """\
import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

Answer = tuple[str, float]


"""
    inside = folder / "reader"
    inside.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT)
    (inside / "__init__.py").write_text(head + code)
    (inside / "__main__.py").write_text("from reader import main\n\nraise SystemExit(main())\n")
    save(model, names, inside / "reader.pt")


@cache
def _trained() -> Reader:
    torch.manual_seed(0)
    with torch.inference_mode(mode=False):  # whatever the caller is in
        return fit(Reader(), *pictures()[0])


def trained() -> Reader:
    """Return the chapter's model, trained from seed 0 on the images to train with."""
    return copy.deepcopy(_trained())


def tour() -> None:
    """Train, save, load, test, and ask over a socket."""
    model = trained()
    with tempfile.TemporaryDirectory() as folder:
        save(model, NAMES, Path(folder) / "reader.pt")
        model, names = load(Path(folder) / "reader.pt")
    print("tests that fail:", failing(model, CHECKS))
    images = pictures()[2][0][:3]
    with serving(service(model, names)) as address:
        body = json.dumps({"images": images.tolist()}).encode()
        status, told = ask(address + "/predict", body)
    print(status, told["names"])


if __name__ == "__main__":
    tour()
