"""What a reader sees who checks answers to exercises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from bookparts import practice
from bookparts.practice import same
from exercises.check import main

ROOT = Path(__file__).resolve().parents[2]
CHECKS = '''"""Checks."""
from bookparts.practice import same

def check_double(answer):
    same(answer(2), 4, "Twice two is four.")

def check_third(answer):
    assert answer(3) == 1
'''


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A book with one chapter of exercises, whose folder is returned."""
    package = tmp_path / "exercises" / "part" / "first_steps"
    package.mkdir(parents=True)
    for folder in (package, package.parent, package.parent.parent):
        (folder / "__init__.py").touch()
    (package / "checks.py").write_text(CHECKS)
    monkeypatch.setattr(practice, "ROOT", tmp_path)
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_exercise(name)}
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for name in [name for name in sys.modules if _is_exercise(name)]:
        del sys.modules[name]
    sys.modules.update(kept)


def _is_exercise(name: str) -> bool:
    return name.split(".")[0] == "exercises"


def _read(book: Path, tasks: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    (book / "tasks.py").write_text(tasks)
    code = main(["first-steps"])
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("got", "want", "message"),
    [
        (None, 3, "got None (is a `return` missing?)"),
        (3, "3", "expected a str, got an int: 3"),
        (1, True, "expected a bool, got an int: 1"),
        (2.0, 2, "expected an int, got a float: 2.0"),
        (0.1 + 0.3, 0.3, "expected 0.3, got 0.4"),
        ([1, 2], [1, 3], "item 1: expected 3, got 2"),
        ([1], [1, 3], "expected 2 items, got 1"),
        ({"a": 1}, {"a": 1, "b": 2}, "the key 'b' is missing"),
        ([1.0], torch.ones(1), "expected a tensor, got a list: [1.0]"),
        (np.ones(1), torch.ones(1), "expected a tensor, got a NumPy array"),
        (torch.ones(3, 1), torch.ones(3), "expected shape (3,), got shape (3, 1)"),
        (torch.ones(2, dtype=torch.int64), torch.ones(2), "expected dtype torch.float32"),
        (torch.ones(2, device="meta"), torch.ones(2), "expected device cpu"),
        (torch.tensor(1.0), torch.tensor(2.0), "expected the value 2, got 1"),
        (torch.eye(2), torch.ones(2, 2), "2 of 4 values are not; the first at [0, 1]"),
        (torch.tensor([1.0]), torch.tensor([float("nan")]), "expected nan, got 1"),
        (np.zeros(2), np.ones(2), "the first at [0]: expected 1, got 0"),
    ],
)
def test_same_says_what_differs(got: object, want: object, message: str) -> None:
    """The message names the part that differs: the type, the shape, the dtype, or a value."""
    with pytest.raises(AssertionError) as caught:
        same(got, want, "Think again.")
    assert message in str(caught.value)
    assert str(caught.value).endswith("\nThink again.")


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (0.1 + 0.2, 0.3),
        (torch.tensor([1.0 + 1e-7]), torch.tensor([1.0])),
        (torch.tensor([float("nan"), float("inf")]), torch.tensor([float("nan"), float("inf")])),
        (torch.ones(2, requires_grad=True), torch.ones(2)),
        (torch.zeros(2, 3).shape, (2, 3)),
        (torch.float32, torch.float32),
        ({"a": [torch.ones(1), None]}, {"a": [torch.ones(1), None]}),
        (torch.empty(0, 2), torch.empty(0, 2)),
    ],
)
def test_same_lets_equal_answers_pass(got: object, want: object) -> None:
    """Rounding, NaN in the same place, and a gradient do not make an answer wrong."""
    same(got, want)


def test_a_wider_tolerance_can_be_asked_for() -> None:
    """`rtol` and `atol` replace what the dtype allows."""
    same(torch.tensor(1.01), torch.tensor(1.0), rtol=0.02)
    same(0.01, 0.0, atol=0.1)
    with pytest.raises(AssertionError):
        same(torch.tensor(1.0), torch.tensor(1.000001), rtol=0, atol=0)


def test_right_answers_end_with_zero(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every task is listed, and the exit status is 0."""
    code, text = _read(book, "def double(n): return 2 * n\ndef third(n): return n // 3\n", capsys)
    assert code == 0
    assert text == "part/first-steps\n  double  right\n  third   right\n2 of 2 right.\n"


def test_stubs_are_not_started(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A body that raises NotImplementedError is not called wrong."""
    stub = "    raise NotImplementedError\n"
    code, text = _read(book, f"def double(n):\n{stub}def third(n):\n{stub}", capsys)
    assert code == 1
    assert text.count("not started\n") == 2
    assert "0 of 2 right. Your answers are in exercises/part/first_steps/tasks.py." in text


def test_a_wrong_answer_is_explained(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check's own words are shown with its hint, or the assertion if it has none."""
    code, text = _read(book, "def double(n): return n\ndef third(n): return n\n", capsys)
    assert code == 1
    assert "double  wrong: expected 4, got 2\n    Twice two is four.\n" in text
    assert "third   wrong: `assert answer(3) == 1` does not hold\n" in text


def test_an_error_names_the_readers_line(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of tasks.py is named, also if the error came up deeper, and the rest goes on."""
    tasks = "import json\ndef double(n):\n    return json.loads('{')\ndef third(n): exit(3)\n"
    code, text = _read(book, tasks, capsys)
    assert code == 1
    assert "double  raised JSONDecodeError at exercises/part/first_steps/tasks.py:3: " in text
    assert "third   raised SystemExit at exercises/part/first_steps/tasks.py:4: 3\n" in text


def test_the_readers_own_assertion_is_an_error(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An assertion that fails in tasks.py is not taken for the check's verdict."""
    code, text = _read(book, "def double(n): assert n > 5, 'small'\nthird = len\n", capsys)
    assert code == 1
    assert "raised AssertionError at exercises/part/first_steps/tasks.py:1: small" in text
    assert "third   raised TypeError: object of type 'int' has no len()" in text


def test_a_missing_function_is_named(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A task that was deleted or renamed is wrong, not a crash."""
    _, text = _read(book, "def twice(n): return 2 * n\n", capsys)
    assert "exercises/part/first_steps/tasks.py has no function of this name" in text


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ("x = 1\ndef double(n:\n", "tasks.py:2 is not valid Python: '(' was never closed"),
        ("import no_such_module\n", "ModuleNotFoundError at exercises/part/first_steps/tasks.py:1"),
        ("1 / 0\n", "ZeroDivisionError at exercises/part/first_steps/tasks.py:1: division by zero"),
        ("x = 1\nexit(3)\n", "SystemExit at exercises/part/first_steps/tasks.py:2: 3"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_explained(
    book: Path, tasks: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing mistake in tasks.py gets its line and no long traceback."""
    code, text = _read(book, tasks, capsys)
    assert code == 1
    assert message in text


def test_no_name_lists_the_chapters(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says how many answers of each chapter are right."""
    (book / "tasks.py").write_text("def double(n): return 2 * n\ndef third(n): return n\n")
    assert main([]) == 1
    text = capsys.readouterr().out
    assert text.startswith("part\n  first-steps  1 of 2  #x\n\n1 of 2 right")


def test_the_list_is_in_reading_order() -> None:
    """What the book's navigation has first comes first, not what the alphabet has."""
    known = practice.in_reading_order(practice.chapters())
    assert known[0] == "start/install"
    assert known.index("tensors/create") < known.index("autograd/graph")
    assert known.index("models/modules") < known.index("models/digits") < known.index("work/ship")


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["heard", "ignored"])
def interrupts(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a terminal starts hears Ctrl-C; what a shell starts in the background is deaf to it."""
    before = signal.signal(signal.SIGINT, request.param)
    yield
    assert signal.signal(signal.SIGINT, before) == request.param


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize(
    "tasks", ["def double(n):\n    while True:\n        pass\n", "while True: 1\n"]
)
def test_an_endless_loop_is_stopped(
    book: Path, tasks: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task and the line are named, and the tasks after it are checked; also while loading."""
    monkeypatch.setattr(practice, "SECONDS", 0.3)
    code, text = _read(book, tasks + "def third(n): return n // 3\n", capsys)
    assert code == 1
    assert "0.3 seconds" in text and "is there a loop without end?" in text
    if "double" in tasks:
        assert "double  stopped after 0.3 seconds at exercises/part/first_steps/tasks.py:" in text
        assert "third   right\n" in text
    else:
        assert "exercises/part/first_steps/tasks.py:1 was still being loaded" in text


def test_what_cannot_be_interrupted_ends_with_the_process(book: Path) -> None:
    """Also then the task is named."""
    waits = "import time\ndef double(n): time.sleep(1000)\ndef third(n): return n // 3\n"
    (book / "tasks.py").write_text(waits)
    code = (
        "from pathlib import Path; from bookparts import practice, watchdog\n"
        f"practice.ROOT = Path({str(book.parents[2])!r})\n"
        "practice.SECONDS, watchdog._GRACE = 0.3, 0.3\n"
        "print(list(practice.verdicts('first-steps', limited=True)))"
    )
    path = os.pathsep.join([str(book.parents[2]), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=book.parents[2],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    where = "exercises/part/first_steps/tasks.py:2"
    assert f"double  stopped after 1.8 seconds of waiting at {where}" in done.stdout
    assert "what follows was not checked" in done.stdout


def test_a_slow_answer_gets_the_time_that_its_check_names(
    book: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`SECONDS` in `checks.py` names tasks that may take longer."""
    monkeypatch.setattr(practice, "SECONDS", 0.1)
    (book / "checks.py").write_text(CHECKS + "SECONDS = {'double': 60.0}\n")
    slow = "import time\ndef double(n):\n    end = time.process_time() + 0.4\n"
    slow += "    while time.process_time() < end: pass\n    return 2 * n\n"
    _, text = _read(book, slow + "def third(n): return n // 3\n", capsys)
    assert "double  right\n" in text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("print(2 * n)", "`print` only shows a value, `return` gives it to the caller"),
        ("return", "got None (is a `return` missing?)"),
        ("import torch; return torch.tensor(4)", "`.item()` gets the number out"),
        ("return str(4)", "expected an int, got a str: '4'"),
        ("return n.x", "raised AttributeError at exercises/part/first_steps/tasks.py:1"),
    ],
)
def test_what_beginners_return_gets_a_sentence(
    book: Path, body: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A print, nothing, a tensor, a text, an error: each is told in words that help."""
    _, text = _read(book, f"def double(n): {body}\ndef third(n): return n // 3\n", capsys)
    assert words in text


def test_an_answer_of_no_use_to_its_check_is_shown(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check's own stumble is not what a reader is told."""
    (book / "checks.py").write_text("def check_double(answer):\n    assert answer(2) + 0 == 4\n")
    for returned, words in (
        ("None", "returned None (is a `return`"),
        ("'4'", "returned: a str: '4'"),
    ):
        _, text = _read(book, f"def double(n): return {returned}\n", capsys)
        assert words in text and "checks.py" not in text
        sys.modules.pop("exercises.part.first_steps.tasks")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_console_can_show_a_hint(encoding: str) -> None:
    """Signs that a console lacks are written with letters."""
    code = "from exercises import check\nimport sys\nprint(end='')\ntry: check.main(['--help'])\n"
    code += "except SystemExit: print('θ ← θ − γ·g, and 漢')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": "src"},
        capture_output=True, check=True,
    )  # fmt: skip
    last = done.stdout.decode(encoding).splitlines()[-1]
    want = {
        "ascii": "theta <- theta - gamma*g, and ?",
        "cp1252": "theta <- theta - gamma·g, and ?",
        "utf-8": "θ ← θ − γ·g, and 漢",
    }
    assert last == want[encoding]


@pytest.mark.parametrize(
    "name", ["first-steps", "first_steps", "part/first-steps", "exercises/part/first_steps/"]
)
def test_a_chapter_is_found_by_any_of_its_names(book: Path, name: str) -> None:
    """The last part, the page's path and the folder's path all do."""
    assert practice.find(name) == "part/first-steps"


def test_an_unknown_name_offers_near_ones(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A typing mistake in the name is answered with what it may have meant."""
    assert main(["frist-steps"]) == 2
    assert (
        "no chapter is called 'frist-steps'; did you mean first-steps?" in capsys.readouterr().err
    )


def test_mark_prints_a_line_for_each_answer(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page's solution is judged by the same check as the reader's answer."""

    def double(n: int) -> int:
        return 2 * n

    def third(n: int) -> int:
        return n

    practice.mark("part/first-steps", double, third)
    expected = "double: right\nthird: wrong: `assert answer(3) == 1` does not hold\n"
    assert capsys.readouterr().out == expected
    with pytest.raises(LookupError, match="no check for 'len' in part/first-steps"):
        practice.mark("part/first-steps", len)


@pytest.mark.parametrize(
    "env",
    [{"PYTHONOPTIMIZE": "1"}, {"PYTHONOPTIMIZE": "2"}, {"PYTHONIOENCODING": "cp1252"}],
    ids=lambda env: "-".join(env),
)
def test_no_variable_of_the_caller_changes_a_verdict(env: dict[str, str]) -> None:
    """Assertions that are off would call every answer right, and a hint must be printable."""
    code = (
        "import runpy, sys\n"
        "sys.argv = ['exercises', 'first-ten-minutes']\n"
        "runpy.run_module('exercises', run_name='__main__')"
    )
    usual, changed = (
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env={**os.environ, **more}, capture_output=True, check=False,
        )
        for more in ({}, env)
    )  # fmt: skip
    assert changed.stdout == usual.stdout
    assert changed.returncode == usual.returncode == 1
    assert changed.stderr == b""


def test_a_check_holds_though_python_optimizes() -> None:
    """The checks themselves run with their assertions."""
    code = (
        "import os; from bookproof import environment, load_settings; "
        "print(sorted(n for n in environment(load_settings()) if n.startswith('PYTHON')))"
    )
    env = {**os.environ, "PYTHONOPTIMIZE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['PYTHONHASHSEED', 'PYTHONPATH', 'PYTHONUTF8']"
