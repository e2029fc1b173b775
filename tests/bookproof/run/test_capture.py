"""What a block prints, from wherever, lands in its output; tracebacks name the page."""

from __future__ import annotations

import pytest

from tests.bookproof.small import Book

HELPERS = '''
"""Code of the book."""


def say(text):
    print("example says", text)


def fail(depth=0):
    if depth:
        fail(depth - 1)
    raise ValueError("from an example")
'''

PRINTS = {
    "sep and end": ("print(1, 2, sep='-', end='!\\n')", "1-2!"),
    "the standard output": ("import sys\nsys.stdout.write('written\\n')", "written"),
    "the first standard output": ("import sys\nprint('first', file=sys.__stdout__)", "first"),
    "bytes": ("import sys\nsys.stdout.buffer.write(b'bytes\\n')", "bytes"),
    "a descriptor": ("import os\nos.write(1, b'descriptor\\n')", "descriptor"),
    "C code": (
        "import ctypes\nC = ctypes.CDLL(None)\nprint('a', end=' ')\nC.printf(b'b ')\nprint('c')",
        "a b c",
    ),
    "a command": (
        "import subprocess\nprint('a')\nsubprocess.run(['echo', 'b'])\nprint('c')",
        "a\nb\nc",
    ),
    "an example": ("from examples.tools import say\nsay('hello')", "example says hello"),
    "a thread": (
        "from threading import Thread\nt = Thread(target=print, args='t')\nt.start()\nt.join()",
        "t",
    ),
    "a log": (
        "import logging, sys\nlogging.basicConfig(stream=sys.stdout, format='%(message)s')\n"
        "logging.warning('logged')",
        "logged",
    ),
    "bytes that are not UTF-8": (
        "import sys\nsys.stdout.buffer.write(b'Gr\\xfc\\xdfe \\x00\\n')",
        "Gr\\xfc\\xdfe \\x00",
    ),
    "half a surrogate": ("print('\\ud800')", "\\ud800"),
    "a progress bar": ("print('10 %', end='\\r')\nprint('99 %', end='\\r')\nprint('done')", "done"),
    "a progress bar's end": ("print('10 %', end='\\r')\nprint('99 %', end='\\r')", "99 %"),
    "Windows line ends": ("print('a', end='\\r\\n')\nprint('b')", "a\nb"),
    "colors": ("print('\\x1b[31mred\\x1b[0m')", "\x1b[31mred\x1b[0m"),
    "10,000 lines": ("for i in range(10_000): print(i)", "\n".join(map(str, range(10_000)))),
    "no line end": ("print('end', end='')", "end"),
    "HTML": ("print('<script>alert(1)</script> &amp;')", "<script>alert(1)</script> &amp;"),
    "an answer to no question": (
        "try: input('Name? ')\nexcept EOFError: print('none')",
        "Name? none",
    ),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A recorded book with one chapter for each way to print, between two other blocks."""
    book = Book(tmp_path_factory.mktemp("prints") / "book")
    book.write("examples/tools.py", HELPERS)
    for name, (code, _) in PRINTS.items():
        book.page("print('before')", code, "print('after')", name=name)
    assert book.record().rc == 0
    return book


@pytest.mark.parametrize("name", PRINTS)
def test_what_is_printed_lands_in_its_block(printed: Book, name: str) -> None:
    """Prints of Python, of C, of imported code and of commands are one output, in their order."""
    assert printed.outputs(name) == ["before", PRINTS[name][1], "after"]


def test_outputs_of_every_kind_are_the_same_again(printed: Book) -> None:
    """What was recorded compares with itself in a new run."""
    printed.clean()
    assert printed.check().rc == 0


def test_standard_error_is_no_output_unless_asked(small_book: Book) -> None:
    """Warnings stay off the page; with `stderr="1"` they are part of the output, in order."""
    code = "import sys, warnings\nprint('out')\nwarnings.warn('careful')\nprint('more')"
    small_book.page(code, name="a")
    small_book.page(code, name="b", options='stderr="1"')
    small_book.record()
    assert small_book.outputs("a") == ["out\nmore"]
    assert small_book.outputs("b") == [
        "out\ndocs/b.md:{+3}: UserWarning: careful\n  warnings.warn('careful')\nmore"
    ]


def test_standard_error_is_shown_when_a_block_fails(small_book: Book) -> None:
    """What a failing block complained of helps to mend it."""
    small_book.page("import sys\nprint('a hint', file=sys.stderr)\n1 / 0")
    ran = small_book.check()
    assert "standard error:\n    a hint" in ran.out


def test_a_block_that_hides_the_output_hides_its_own_alone(small_book: Book) -> None:
    """A redirection that ends with the block takes nothing from the next."""
    small_book.page(
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as caught:\n"
        "    print('caught')\nprint(repr(caught.getvalue()))",
        "import os\nos.close(1)",
        "print('next')",
    )
    small_book.record()
    assert small_book.outputs() == [r"'caught\n'", "next"]


def test_blocks_share_a_page_and_pages_share_nothing(small_book: Book) -> None:
    """Names, imports and settings of one page are unknown to the next."""
    small_book.page("import json\nx = 1\njson.mine = 1", "x += 1\nprint(x)", name="a")
    small_book.page("import json\nprint('x' in globals(), hasattr(json, 'mine'))", name="b")
    small_book.record()
    assert small_book.outputs("a") == ["2"]
    assert small_book.outputs("b") == ["False False"]


def test_a_session_of_its_own_shares_no_names(small_book: Book) -> None:
    """`session=` keeps an aside from the chapter's names."""
    small_book.write(
        "docs/a.md",
        """
        ```python exec="1"
        x = 1
        ```

        ```python exec="1" session="aside"
        print("x" in globals())
        ```

        ```python exec="1"
        print(x)
        ```
        """,
    )
    small_book.record()
    assert small_book.outputs() == ["False", "1"]


def test_a_traceback_is_short_and_names_the_page(small_book: Book) -> None:
    """Frames of the book alone: the page with its line, an example with its name."""
    small_book.write("examples/tools.py", HELPERS)
    small_book.page(
        "from examples.tools import fail\nimport json\n\n\ndef outer():\n    fail(1)",
        "outer()",
        options='raises="ValueError"',
    )
    small_book.edit("docs/a.md", 'raises="ValueError"\nfrom', "\nfrom")
    ran = small_book.check()
    assert ran.said == [
        "docs/a.md:12: not recorded yet; it printed:",
        "    Traceback (most recent call last):",
        "      docs/a.md:13",
        "        outer()",
        "      docs/a.md:9, in outer",
        "        fail(1)",
        "      examples/tools.py, in fail",
        "        fail(depth - 1)",
        "      examples/tools.py, in fail",
        '        raise ValueError("from an example")',
        "    ValueError: from an example",
    ]


def test_a_traceback_leaves_libraries_out(small_book: Book) -> None:
    """The frames of the standard library tell a reader nothing."""
    small_book.page("import json\njson.loads('{')", options='raises="JSONDecodeError"')
    small_book.record()
    assert small_book.outputs()[0].count("\n") == 3
    assert "docs/a.md:{+2}" in small_book.outputs()[0]


def test_a_deep_recursion_makes_a_short_traceback(small_book: Book) -> None:
    """The same call a thousand times over is said once."""
    small_book.page("def f():\n    f()\nf()", options='raises="RecursionError"')
    small_book.record()
    (output,) = small_book.outputs()
    assert output.count("\n") < 14
    assert "again and again" in output


def test_prose_above_moves_the_lines_of_a_traceback(small_book: Book) -> None:
    """Line numbers follow an edit of prose, without a run and without drift."""
    small_book.page("def f():\n    1 / 0", "f()", "print(1)", options='raises="ZeroDivisionError"')
    for clean in ("\ndef f", "\nprint(1)"):
        small_book.edit("docs/a.md", f' raises="ZeroDivisionError"{clean}', clean)
    small_book.record()
    before = small_book.recording()
    small_book.edit("docs/a.md", "# A title\n", "# A title\n\nMore prose.\n\nAnd more.\n")
    ran = small_book.check()
    assert ran.rc == 0
    assert ran.summary["cached"] == 1
    small_book.edit("tests/outputs/a.txt", "division by zero", "a division")
    ran = small_book.check()
    assert "   docs/a.md:9, in f" in ran.out
    small_book.clean()
    assert small_book.record().rc == 0
    assert small_book.recording() == before


def test_a_session_of_python_works_as_in_a_file(small_book: Book) -> None:
    """Sources can be inspected and the page's classes pickled, also from included code."""
    small_book.write(
        "examples/shown.py", "# --8<-- [start:f]\ndef f():\n    return 'f'\n# --8<-- [end:f]\n"
    )
    small_book.page(
        "import inspect, pickle\n\n\nclass Point:\n    x = 3\n\n\ndef g(p):\n    return p.x\n"
        '--8<-- "examples/shown.py:f"',
        "print(inspect.getsource(g), inspect.getsource(Point), inspect.getsource(f))",
        "print(pickle.loads(pickle.dumps(Point())).x, __name__, Point.__module__)",
        "print(inspect.getsourcelines(g)[1], g.__code__.co_filename)",
    )
    small_book.record()
    assert small_book.outputs() == [
        "def g(p):\n    return p.x\n class Point:\n    x = 3\n def f():\n    return 'f'",
        "3 __main__ __main__",
        "11 docs/a.md",
    ]


def test_what_nobody_holds_is_collected_in_blocks_as_in_a_file(small_book: Book) -> None:
    """A chapter's process comes from one that has put the collector aside for its imports."""
    small_book.page(
        """
        import gc

        print(gc.isenabled(), gc.get_threshold()[0] > 0)
        """
    )
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["True True"]


def test_the_future_and_postponed_names_work(small_book: Book) -> None:
    """A future statement holds for its block, and dataclasses find the page's names."""
    small_book.page(
        "from __future__ import annotations\nfrom dataclasses import dataclass, fields\n\n\n"
        "@dataclass\nclass A:\n    b: B | None = None\n\n\nclass B:\n    pass\n\n"
        "print(fields(A)[0].type)"
    )
    small_book.record()
    assert small_book.outputs() == ["B | None"]


def test_torch_works_in_blocks(small_book: Book) -> None:
    """TorchScript reads the page's source, workers see its classes, its modules can be saved."""
    pytest.importorskip("torch")
    small_book.edit("pyproject.toml", '"json"', '"torch"')
    small_book.page(
        "import io, warnings\nimport torch\nwarnings.simplefilter('ignore')\n\n\n"
        "class Squares(torch.utils.data.Dataset):\n    def __len__(self):\n        return 4\n\n"
        "    def __getitem__(self, i):\n        return i * i",
        "loader = torch.utils.data.DataLoader(Squares(), batch_size=2, num_workers=2)\n"
        "print([batch.tolist() for batch in loader])",
        "@torch.jit.script\ndef double(x: torch.Tensor) -> torch.Tensor:\n    return 2 * x\n\n"
        "print(double(torch.ones(2)))",
        "file = io.BytesIO()\ntorch.save(Squares(), file)\nfile.seek(0)\n"
        "print(len(torch.load(file, weights_only=False)))",
    )
    ran = small_book.record()
    assert ran.rc == 0, ran.out
    assert small_book.outputs() == ["[[0, 1], [4, 9]]", "tensor([2., 2.])", "4"]
