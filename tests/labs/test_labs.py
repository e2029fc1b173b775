"""The labs run alone, and their checks say in words what is wrong and what is right."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from bookparts import figures
from bookproof.parse.percent import Cell, read_cells

FOLDER = Path(__file__).parents[2] / "docs" / "labs"
LABS = sorted(file.stem for file in FOLDER.glob("*.py"))
TASKS = {
    "batch_norm": ["with_norm", "first_at"],
    "fashion_dataset": ["read_idx", "Pictures"],
    "learning_rate_finder": ["rates", "smooth"],
    "mixed_precision": ["mixed_step"],
    "momentum_and_adam": ["momentum_step", "cosine"],
}
WRONG = [
    ("batch_norm", "def with_norm():\n    return plain()", "has 0 BatchNorm1d layers"),
    (
        "batch_norm",
        "def with_norm():\n"
        "    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.BatchNorm1d(128),"
        " nn.Linear(128, 64), nn.ReLU(), nn.BatchNorm1d(64), nn.Linear(64, 10))",
        "The layers are Linear, ReLU",
    ),
    (
        "batch_norm",
        "def first_at(a, goal):\n"
        "    return next((n for n, value in enumerate(a) if value >= goal), None)",
        "Epochs count from 1",
    ),
    ("batch_norm", "def first_at(a, goal):\n    return a[9]", "raised IndexError"),
    (
        "learning_rate_finder",
        "def rates(low, high, n):\n    return [low + (high - low) * k / (n - 1) for k in range(n)]",
        "multiply by the same factor",
    ),
    (
        "learning_rate_finder",
        "def smooth(losses, beta):\n"
        "    a, found = 0.0, []\n"
        "    for loss in losses:\n"
        "        a = beta * a + (1 - beta) * loss\n"
        "        found.append(a)\n"
        "    return found",
        "the start at 0 is not repaired",
    ),
    (
        "mixed_precision",
        "def mixed_step(model, x, y, optimizer):\n"
        "    loss = F.cross_entropy(model(x), y)\n"
        "    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n"
        "    return loss.detach()",
        "put it inside torch.autocast",
    ),
    (
        "mixed_precision",
        "def mixed_step(model, x, y, optimizer):\n"
        "    with torch.autocast('cpu', dtype=torch.bfloat16):\n"
        "        loss = F.cross_entropy(model(x), y)\n"
        "        optimizer.zero_grad()\n        loss.backward()\n        optimizer.step()\n"
        "    return loss.detach()",
        "end the `with` before it",
    ),
    (
        "mixed_precision",
        "def mixed_step(model, x, y, optimizer):\n"
        "    with torch.autocast('cpu', dtype=torch.bfloat16):\n"
        "        loss = F.cross_entropy(model(x), y)\n"
        "    loss.backward()\n    optimizer.step()\n"
        "    return loss.detach()",
        "is zero_grad() missing?",
    ),
    (
        "momentum_and_adam",
        "def momentum_step(w, g, v, lr, mu):\n    return w - lr * g, v",
        "keep 0.9 of its past",
    ),
    (
        "momentum_and_adam",
        "def momentum_step(w, g, v, lr, mu):\n    v = mu * v + lr * g\n    return w - v, v",
        "must not contain the rate",
    ),
    (
        "momentum_and_adam",
        "def momentum_step(w, g, v, lr, mu):\n    v.mul_(mu).add_(g)\n    return w - lr * v, v",
        "velocity that was passed in has changed",
    ),
    (
        "momentum_and_adam",
        "def cosine(k, n):\n    return 1 - k / n",
        "At step 1 of 10 torch has",
    ),
    (
        "fashion_dataset",
        "def read_idx(file):\n"
        "    c = gzip.decompress(file.read_bytes())\n"
        "    shape = struct.unpack(f'>{c[3]}I', c[4 : 4 + 4 * c[3]])\n"
        "    c = bytearray(c[4 + 4 * c[3] :])\n"
        "    return torch.frombuffer(c, dtype=torch.uint8)[: torch.Size(shape).numel()]"
        ".reshape(shape)",
        "begins with other bytes",
    ),
    (
        "fashion_dataset",
        "def read_idx(file):\n"
        "    c = gzip.decompress(file.read_bytes())\n"
        "    return torch.frombuffer(bytearray(c[16:]), dtype=torch.uint8)",
        "promises the shape (2, 3, 4)",
    ),
]


def cells(lab: str) -> list[Cell]:
    """Return the cells of code of a lab."""
    text = (FOLDER / f"{lab}.py").read_text(encoding="utf-8")
    return [cell for cell in read_cells(text) if not cell.markdown]


def defined(source: str) -> list[str]:
    """Return the functions and classes that a piece of code defines."""
    kinds = ast.FunctionDef | ast.ClassDef
    return [part.name for part in ast.parse(source).body if isinstance(part, kinds)]


def parts(lab: str) -> tuple[str, str, str, str]:
    """Return what stands before the starter cell, the starter, the check and the solution."""
    sources = ["\n".join(cell.lines) for cell in cells(lab)]
    at = next(n for n, source in enumerate(sources) if "# TODO" in source)
    wanted = set(TASKS[lab])
    solution = next(source for source in sources[at + 1 :] if wanted <= set(defined(source)))
    return "\n".join(sources[:at]), sources[at], sources[at + 1], solution


@functools.cache
def begun(lab: str) -> dict[str, Any]:
    """Return what a lab has defined when it comes to the starter cell, some trainings later."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(parts(lab)[0], lab, "exec"), namespace)
    return namespace


def verdicts(lab: str, answers: str) -> str:
    """Return what the first check of a lab prints of these answers in place of the starter's."""
    _, starter, check, _ = parts(lab)
    namespace = dict(begun(lab))
    exec(compile(f"{starter}\n{answers}", lab, "exec"), namespace)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(check, lab, "exec"), namespace)
    return printed.getvalue()


def test_all_five_are_here() -> None:
    """A lab without a test, or a test without its lab, would go unnoticed."""
    assert sorted(TASKS) == LABS


@pytest.mark.slow
@pytest.mark.parametrize("lab", LABS)
def test_a_lab_runs_alone_in_an_empty_folder(lab: str, tmp_path: Path) -> None:
    """Without the book and without data; the starter is said to be not done."""
    here = {key: value for key, value in os.environ.items() if key != "PYTORCH_EXECUTED_DATA"}
    (tmp_path / "lab.py").write_bytes((FOLDER / f"{lab}.py").read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error::DeprecationWarning:__main__", "lab.py"],
        cwd=tmp_path,
        env=here | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for task in TASKS[lab]:
        assert f"{task}: not done yet\n" in done.stdout
        assert f"{task}: right\n" in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["lab.py"]


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_imports_only_what_everybody_has(lab: str) -> None:
    """The standard library, torch, NumPy, scikit-learn, matplotlib; IPython in notebooks only."""
    allowed = {"torch", "numpy", "sklearn", "matplotlib", "IPython", *sys.stdlib_module_names}
    names = set()
    for node in ast.walk(ast.parse((FOLDER / f"{lab}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    assert names <= allowed


@pytest.mark.parametrize("name", ["report", "show", "split"])
def test_what_several_labs_define_is_the_same_to_the_letter(name: str) -> None:
    """A lab runs alone, so each has its own copy; what is mended in one is mended in all."""
    found = {
        ast.unparse(part)
        for lab in LABS
        for part in ast.parse((FOLDER / f"{lab}.py").read_text(encoding="utf-8")).body
        if isinstance(part, ast.FunctionDef) and part.name == name
    }
    assert len(found) == 1


def test_the_colors_of_the_labs_are_the_books() -> None:
    """On a page they follow its light and dark scheme, as those of the chapters' figures do."""
    kept: dict[str, dict[str, Any]] = {}
    for lab in LABS:
        for part in ast.parse((FOLDER / f"{lab}.py").read_text(encoding="utf-8")).body:
            if isinstance(part, ast.Assign) and "INK" in ast.unparse(part.targets[0]):
                exec(ast.unparse(part), kept.setdefault(lab, {}))
    assert {lab["INK"] for lab in kept.values()} == {figures.INK}
    drawn = [lab["COLORS"] for lab in kept.values() if "COLORS" in lab]
    assert len(drawn) == 3
    assert all(colors == list(figures.COLORS[: len(colors)]) for colors in drawn)


@pytest.mark.parametrize("lab", LABS)
def test_the_solution_in_place_of_the_starter_is_right(lab: str) -> None:
    """What the worked solution shows is what the check asks for."""
    assert verdicts(lab, parts(lab)[3].partition("\nreport(")[0]) == "".join(
        f"{task}: right\n" for task in TASKS[lab]
    )


@pytest.mark.parametrize(("lab", "answer", "words"), WRONG)
def test_a_wrong_answer_is_told_what_is_wrong(lab: str, answer: str, words: str) -> None:
    """Each of these is a mistake that a reader is likely to make."""
    line = next(
        line for line in verdicts(lab, answer).splitlines() if line.startswith(defined(answer)[0])
    )
    assert words in line


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_asks_checks_solves_and_goes_on(lab: str) -> None:
    """The order of every lab: your turn, the solution, and what to try next."""
    text = (FOLDER / f"{lab}.py").read_text(encoding="utf-8")
    places = [text.index(f"\n# ## {title}") for title in ("Your turn", "A worked sol", "Now try")]
    assert places == sorted(places)
    assert text.startswith("# %% [markdown]\n# # Lab: ")


def test_the_gpu_half_of_mixed_precision_does_its_sums_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the CPU in the GPU's place it trains, each way from the same start to the same loss."""
    sources = ["\n".join(cell.lines) for cell in cells("mixed_precision")]
    solution = parts("mixed_precision")[3].partition("\nreport(")[0]
    functions = next(source for source in sources if "def gpu_training" in source)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    split = next(source for source in sources if "def split(" in source).partition("\n\n\ndef ")[0]
    exec(f"{sources[0]}\n{solution}\n{split}\n", namespace)
    exec(functions.replace('"cuda"', '"cpu"'), namespace)
    for name in ("synchronize", "reset_peak_memory_stats"):
        monkeypatch.setattr(torch.cuda, name, lambda: None)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 2**20)
    torch.manual_seed(0)
    found = {way: namespace["gpu_training"](way, 32, 64, 20) for way in namespace["WAYS_16"]}
    assert all(speed > 0 and peak == 1 for speed, peak, _ in found.values())
    losses = [loss for *_, loss in found.values()]
    assert max(losses) - min(losses) < 0.02 and max(losses) < 2.3


def test_figures_show_themselves_where_they_are_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As HTML with a text to read, into a pipe; at a terminal as a file."""
    source = next(
        "\n".join(c.lines) for c in cells("batch_norm") if "def show(" in "\n".join(c.lines)
    )
    before = parts("batch_norm")[0]
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(before, namespace)
    exec(source.partition("\nfig = Figure(")[0], namespace)
    figure = namespace["Figure"](figsize=(2, 1))
    figure.subplots().plot([1, 2])
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        namespace["show"](figure, "small", 'a "line"')
        namespace["show"](figure, "small", 'a "line"')
    first = printed.getvalue()[: len(printed.getvalue()) // 2]
    assert first * 2 == printed.getvalue()
    assert first.startswith('<figure role="img" aria-label="a &quot;line&quot;">\n<svg aria-hidden')
    assert "#000000" not in first and "<style" not in first and "currentColor" in first
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    terminal = SimpleNamespace(isatty=lambda: True, write=said.append, flush=lambda: None)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        namespace["show"](figure, "small", "a line")
    assert "".join(said) == "small.svg: a line\n"
    assert (tmp_path / "small.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")
