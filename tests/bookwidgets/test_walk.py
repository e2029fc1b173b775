"""A walk shows what each line did, and the code does what it would have done without it."""

from __future__ import annotations

import ast
import contextlib
import html
import io
import random
import re
import textwrap
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from bookproof import Code
from bookwidgets.walk import show as walk
from bookwidgets.walk.trace import Step, trace
from bookwidgets.walk.values import look, number


class _Screen:
    """What is printed, as the engine hands it to a widget."""

    def __init__(self, file: io.StringIO) -> None:
        self.file = file
        self.taken = 0

    def take(self) -> str:
        new = self.file.getvalue()[self.taken :]
        self.taken += len(new)
        return new


def _names() -> dict[str, Any]:
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    return {"torch": torch, "nn": nn, "np": np, "__name__": "page"}


def _code(text: str, names: dict[str, Any], file: io.StringIO, below: int = 0) -> Code:
    text = textwrap.dedent(text).strip("\n")
    tree = ast.parse(text)
    for statement in tree.body:
        ast.increment_lineno(statement, below)
    screen = _Screen(file)
    return Code(text, [("page.md", tree)], 0, names, {}, "docs/a/page.md:1", screen.take)


def _walked(text: str, **names: Any) -> tuple[list[Step], dict[str, Any], str]:
    """Return the steps, the names afterwards, and what was printed."""
    held = _names() | names
    with contextlib.redirect_stdout(io.StringIO()) as file:
        steps = trace(_code(text, held, file))[1]
    return steps, held, file.getvalue()


def _shown(text: str, **options: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as file:
        code = _code(text, _names(), file)
        code.options = {"title": "A walk"} | options
        return walk.show(code)


def _plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def _state() -> list[Any]:
    """Return what the next random numbers would be."""
    return [torch.rand(3).tolist(), np.random.rand(3).tolist(), random.random()]


def _bits(tensor: torch.Tensor) -> bytes:
    """Return a tensor's numbers as they lie in memory."""
    if tensor.is_meta:
        return b""
    plain = tensor.detach().to_dense().resolve_conj().contiguous().view(-1)
    return plain.view(torch.uint8).numpy().tobytes()


def _same(a: Any, b: Any) -> bool:
    """Say whether two values are equal to the bit, gradients too."""
    if type(a).__name__ != type(b).__name__:
        return False
    if isinstance(a, torch.Tensor):
        if a.is_inference() or a.is_sparse:
            return _bits(a) == _bits(b)
        facts = [(t.shape, t.dtype, t.requires_grad, type(t.grad_fn), t._version) for t in (a, b)]
        grads = [t.grad if t.is_leaf else None for t in (a, b)]
        return (
            facts[0] == facts[1]
            and _bits(a) == _bits(b)
            and (grads[0] is grads[1] or _same(*grads))
        )
    if isinstance(a, np.ndarray):
        return bool(a.dtype == b.dtype and a.tobytes() == b.tobytes())
    if isinstance(a, nn.Module):
        return all(map(_same, a.state_dict().values(), b.state_dict().values())) and all(
            map(_same, a.parameters(), b.parameters())
        )
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(_same, a.values(), b.values()))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return repr(a) == repr(b) if isinstance(a, int | float | str | range | set | complex) else True


SNIPPETS = {
    "tensors": "a = torch.rand(2, 3)\nb = a @ a.T + 1\nprint(b.shape, (b > 1).all().item())",
    "gradients": """
        w = torch.rand(3, requires_grad=True)
        y = (w**2).sum()
        y.backward(retain_graph=True)
        y.backward()
        w.grad.zero_()
        with torch.no_grad():
            w -= 0.1
        z = w * 2
        z.retain_grad()
        z.sum().backward()
    """,
    "a gradient that nobody keeps": """
        a = torch.ones(2, requires_grad=True)
        b = a * 2
        b.sum().backward()
    """,
    "training": """
        x, t = torch.rand(5, 2), torch.rand(5, 1)
        model = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
        opt = torch.optim.Adam(model.parameters(), lr=0.1)
        for epoch in range(7):
            loss = nn.functional.mse_loss(model(x), t)
            opt.zero_grad()
            loss.backward()
            opt.step()
            if epoch % 2 == 0:
                print(epoch, f"{loss.item():.9f}")
        model.eval()
    """,
    "comprehensions": """
        squares = [n * n for n in range(5) if n % 2]
        table = {k: v for k, v in zip("ab", torch.rand(2).tolist())}
        kinds = {type(v).__name__ for v in table.values()}
        total = sum(float(torch.rand(1)) for _ in range(3))
        nested = [[m + n for m in range(2)] for n in range(2)]
    """,
    "lambdas": """
        f = lambda n, m=torch.rand(1).item(): n * m
        print(f(2), (lambda: 3)(), f(2) == f(2))
    """,
    "with": """
        with torch.no_grad() as nothing, contextlib.suppress(ValueError):
            a = torch.rand(2, requires_grad=True) * 2
            raise ValueError("gone")
        with contextlib.suppress(KeyError):
            {}["x"]
        print(a.requires_grad)
    """,
    "try": """
        try:
            before = 1
            torch.rand(2, 3) @ torch.rand(2, 3)
            never = 1
        except (RuntimeError, ValueError) as error:
            print(str(error)[:20])
        else:
            print("not here")
        finally:
            print("at last")
        try:
            1 + 1
        except KeyError:
            pass
        else:
            print("else")
    """,
    "groups": """
        try:
            raise ExceptionGroup("two", [ValueError(1), KeyError(2)])
        except* ValueError as group:
            print(len(group.exceptions))
        except* KeyError:
            print("key")
    """,
    "augmented": """
        a = torch.ones(3)
        b = a
        a += torch.rand(3)
        n = 3
        n **= 2 + n
        b[0] *= 2
        n //= 2
    """,
    "targets": """
        a, (b, *c) = 1, (2, 3, 4)
        [d, e] = torch.rand(2)
        f = g = [1, 2]
        a, b = b, a
        i = 0
        i, f[i] = 1, 9
    """,
    "attributes and items": """
        class Box:
            count = 0
        box = Box()
        box.count = len("abc") + box.count
        x = torch.zeros(3, 3)
        x[0, :] = torch.arange(3) * 2
        x[1:, ::2] += 1
        x[x > 3], y = 7, x[..., None].shape
        print(box.count, x[-1, 0:2].tolist(), x[[0, 1]].sum(), x[int(x[0, 1]) :].shape)
    """,
    "walrus": """
        if (n := len("abc")) > 2 and (m := n + 1):
            print(n, m)
        print([last := k for k in range(3)])
    """,
    "strings": """
        v = torch.rand(1).item()
        s = f"{v:.3f} {'a' + 'b'!r:>{3 + 3}} {[n for n in range(2)]}"
        print(s, f"{(lambda: 1)()}", "%d" % (1 + 2), sep="|", end="\\n\\n")
    """,
    "stars": """
        def f(*args, **kwargs):
            return args, kwargs
        rest, more = [1, 2], {"a": torch.rand(1)}
        print(f(*rest, *range(2), 5, **more, b=1), [*rest, *(3, 4)], {**more, "c": 3})
    """,
    "short circuits": """
        seen = []
        def see(n):
            seen.append(n)
            return n
        see(0) and see(1) or see(2) or see(3)
        1 < see(4) < see(3) < see(9)
        see(5) if see(0) else see(6)
        not see(7)
        print(seen)
    """,
    "loops": """
        for n in range(9):
            if n == 1:
                continue
            if n == 6:
                break
            for m in range(n):
                if m == 5: break
            else:
                print("whole", n)
        else:
            print("never")
        while n > 0: n -= 1
        else:
            print("done", n)
        while True:
            n += 1
            if n > 4:
                break
        for nothing in []:
            print("never")
        for a, b in zip([1, 2], [3, 4]): print(a, b)
    """,
    "a generator used after a break": """
        g = iter(range(5))
        for n in g:
            if n == 1:
                break
        rest = list(g)
    """,
    "several lines": """
        x = torch.tensor(
            [1.0, 2.0],  # with a comment
            dtype=torch.float64,
        )
        y = (
            x
            + x.mul(2)
        ).sum(); z = 3
    """,
    "functions": """
        import functools
        @functools.lru_cache(maxsize=None)
        def f(n: int, *, k: int = len("ab")) -> int:
            '''Count.'''
            global calls
            calls = globals().get("calls", 0) + 1
            return n if n < 2 else f(n - 1) + f(n - 2) * k
        print(f(9), calls, f.__doc__, f.__wrapped__.__code__.co_firstlineno)
        class A(nn.Module):
            def __init__(self):
                super().__init__()
                self.p = nn.Parameter(torch.rand(2))
            def forward(self, x):
                return x * self.p
        a = A()
        print(a(torch.ones(2)).tolist())
    """,
    "names of the frame": """
        x = 1
        print(sorted(n for n in globals() if n[0] != "_"), "x" in dir(), locals() is globals())
    """,
    "deleting": "a = [1, 2, 3]\ndel a[0], a[len(a) - 1]\nb = 2\ndel b\nprint(a)",
    "match": """
        match (1, torch.rand(1).item()):
            case (int(k), float(v)) if v < 2:
                print(k)
            case _:
                print("else")
    """,
    "annotations": "n: int = 2 + len('a')\nm: str\nprint(__annotations__)",
    "a docstring": "'''About.'''\nprint(__doc__)",
    "the future": "from __future__ import annotations\nx: Nothing = 1\nprint(__annotations__)",
    "asserts": "n = 2\nassert n == 1 + 1, print('never')",
    "warnings": """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.warn("here")
            b = torch.ones(2, requires_grad=True) * 2
        print([(str(w.message), w.lineno) for w in caught])
    """,
    "memory that is shared": """
        array = np.array([1.0, 2.0])
        shared = torch.from_numpy(array)
        array[0] = 99
        shared.mul_(2)
        print(array, shared)
    """,
    "kinds of tensors": """
        meta = torch.empty(2, 3, device="meta")
        half = torch.rand(2).bfloat16()
        turned = torch.complex(torch.rand(2), torch.rand(2)).conj()
        sparse = torch.eye(3).to_sparse()
        empty = torch.zeros(0, 3)
        deep = torch.rand(2, 3, 4, 5)
        with torch.inference_mode():
            quick = torch.rand(2) * 2
        flags = deep > 0.5
    """,
    "a mode that counts": """
        from torch.utils._python_dispatch import TorchDispatchMode
        class Counter(TorchDispatchMode):
            count = 0
            def __torch_dispatch__(self, f, types, args=(), kwargs=None):
                Counter.count += 1
                return f(*args, **(kwargs or {}))
        with Counter():
            a = torch.ones(2) + 1
            b = a * 2
        print(Counter.count)
    """,
    "who holds it": """
        import sys, weakref
        class Thing: pass
        thing = Thing()
        look = weakref.ref(thing)
        print(sys.getrefcount(thing), sys.getrefcount([1]))
        thing = torch.rand(2)
        print(look() is None)
    """,
    "a function that looks up its caller": """
        import inspect
        def where():
            frame = inspect.currentframe().f_back
            return frame.f_lineno, frame.f_code.co_name
        print(where(), 1 +
              where()[0])
    """,
    "numbers that are none": """
        a = float("nan")
        b = torch.tensor([a, float("inf")])
        c = b != b
        print(c)
    """,
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_walk_changes_nothing(name: str) -> None:
    """The same prints, names, bits, and random numbers afterwards."""
    text = textwrap.dedent(SNIPPETS[name]).strip("\n")
    plain = _names() | {"contextlib": contextlib}
    with contextlib.redirect_stdout(io.StringIO()) as file:
        exec(compile(text, "page.md", "exec", dont_inherit=True), plain)
    draws = _state()
    steps, names, printed = _walked(text, contextlib=contextlib)
    assert steps and printed == file.getvalue()
    assert _state() == draws
    for held in (plain, names):
        del held["__builtins__"]
        held.pop("__warningregistry__", None)  # it counts filters
    assert list(names) == list(plain)
    assert [key for key in plain if not _same(plain[key], names[key])] == []


def test_each_expression_is_evaluated_once() -> None:
    """Also the truth of a condition, and the item of an assignment's target."""
    text = """
        class Yes:
            asked = 0
            def __bool__(self):
                Yes.asked += 1
                return Yes.asked < 3
        yes, calls, box = Yes(), [], {}
        if yes:
            calls.append("if")
        while yes:
            calls.append("while")
        box[calls.append("key")] = calls.append("value")
        box[calls.append("key")] = 1
    """
    _, names, _ = _walked(text)
    assert names["Yes"].asked == 3
    assert names["calls"] == ["if", "while", "value", "key", "key"]


def test_an_error_names_its_own_line_and_nothing_between() -> None:
    """The traceback leads from the place of the exec into the block's line, and no further."""
    file = io.StringIO()
    code = _code("a = 1\nb = (a +\n     a / 0)\n", _names(), file, below=40)
    with pytest.raises(ZeroDivisionError) as raised:
        trace(code)
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno) == ("page.md", 43)
    import builtins

    assert not [name for name in vars(builtins) if "walk" in name]


# What is seen


def _computed(step: Step) -> list[tuple[str, str]]:
    return [(source, state.text) for source, state in step.computed]


def test_expressions_stand_as_the_author_wrote_them() -> None:
    """With their values, from the inside out; plain names and constants are left out."""
    steps, _, _ = _walked(
        "x = torch.tensor([1., 2.])\ny = 2*x  +  x.sum() ** 2 - 1\nprint( y[0], y )"
    )
    assert _computed(steps[1]) == [
        ("2*x", "[2., 4.]"),
        ("x.sum()", "3."),
        ("x.sum() ** 2", "9."),
        ("2*x  +  x.sum() ** 2", "[11., 13.]"),
    ]
    assert _computed(steps[2]) == [("y[0]", "10.")]
    assert steps[2].printed == "tensor(10.) tensor([10., 12.])\n"


def test_an_expression_of_several_lines_is_shown_on_one() -> None:
    """Without the comments in it."""
    steps, _, _ = _walked("n = len(\n    [1, 2],  # two\n) + len(  #: Once more.\n    'é'\n)")
    assert _computed(steps[0]) == [("len([1, 2])", "2"), ("len('é')", "1")]


def test_a_line_that_sets_a_name_shows_all_of_it() -> None:
    """Kind, shape, dtype, device, value, and the gradient, which is not there yet."""
    steps, _, _ = _walked("w = torch.ones(2, 3, requires_grad=True)\nz = w * 2")
    new = steps[0].changes[0].new
    assert new is not None
    assert (new.text, new.grad) == ("[[1., 1., 1.],\n [1., 1., 1.]]", "None")
    assert new.facts == "tensor (2, 3) float32, cpu, requires grad"
    behind = steps[1].changes[0].new
    assert behind is not None and behind.grad is None
    assert behind.facts == "tensor (2, 3) float32, cpu, grad_fn MulBackward0"


def test_backward_changes_a_gradient_and_no_value() -> None:
    """The name was not set by the line, and is shown all the same."""
    steps, _, _ = _walked("w = torch.tensor(3., requires_grad=True)\ny = w**2\ny.backward()")
    (change,) = steps[2].changes
    assert change.old and change.new
    assert (change.name, change.old.grad, change.new.grad) == ("w", "None", "6.")
    page = _plain(_shown("w = torch.tensor(3., requires_grad=True)\n(w**2).backward()"))
    assert "Changed" in page and re.search(r"\.grad\s+None\s+→\s+6\.", page)


def test_memory_that_is_shared_changes_both_names() -> None:
    """Torch does not count what NumPy writes, so the numbers are compared."""
    steps, _, _ = _walked("a = np.zeros(2)\nt = torch.from_numpy(a)\na[0] = 99")
    assert [c.name for c in steps[2].changes] == ["a", "t"]


def test_a_model_shows_what_moved() -> None:
    """The sizes before and after are those that torch computes."""
    text = """
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        loss = model(torch.ones(1, 2)).sum()
        loss.backward()
        optimizer.step()
    """
    steps, names, _ = _walked(text)
    model = names["model"]
    moved = [
        [(part, *_sizes(old, new)) for part, old, new, _ in m.rows] for s in steps for m in s.models
    ]
    assert [len(step.models) for step in steps] == [1, 0, 0, 1, 1]
    now = number(model.weight.detach().double().norm().item())
    grad = number(model.weight.grad.double().norm().item())
    assert moved[1][0][:4:2] == ("weight", moved[0][0][2])  # backward moves nothing
    assert moved[1][0][3:] == ("None", grad)
    assert moved[2][0][2] == now and moved[2][0][3:] == (grad, grad)
    step = 0.1 * model.weight.grad.double().norm().item()
    assert float(steps[-1].models[0].rows[0][3]) == pytest.approx(step, rel=1e-3)


def _sizes(old: Any, new: Any) -> tuple[str, str, str, str]:
    return (old.size if old else "", new.size, old.grad if old else "", new.grad)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("nn.MSELoss()", "nn.BCELoss()", "BCELoss()"),
        ("torch.optim.SGD([w], lr=0.1)", "torch.optim.Adam([w], lr=0.1)", "Adam"),
        ("w + 1", "w - 1 + 2", "AddBackward0"),
        ("w + 1", "(w.detach() + 1).requires_grad_()", "requires grad"),
    ],
)
def test_a_name_that_is_set_again_shows_the_new(first: str, second: str, said: str) -> None:
    """Although the two are alike in what is compared most often."""
    text = f"w = torch.zeros(2, requires_grad=True)\nx = {first}\nx = {second}"
    new = _walked(text)[0][2].changes[0].new
    assert new is not None and said in f"{new.text} {new.facts}"


def test_another_model_of_the_same_name_did_not_move_there() -> None:
    """Its sizes are its own, without an arrow from those of the model before it."""
    steps, _, _ = _walked("model = nn.Linear(2, 1)\nmodel = nn.Linear(2, 1)")
    assert [row[1] for row in steps[1].models[0].rows] == [None, None]


def test_eval_is_a_change_of_the_model() -> None:
    """Also where no number moves."""
    assert "train → eval" in _shown("model = nn.Dropout(0.5)\nmodel.eval()")
    assert "train → eval" in _shown("model = nn.Linear(1, 1)\nmodel.eval()")


def test_a_loop_keeps_the_first_passes_and_the_last() -> None:
    """Each step says which pass it is, and of how many."""
    steps, _, _ = _walked("for n in range(20):\n    m = n * n\nprint(m)")
    passes = [[number for _, number in step.passes] for step in steps]
    assert passes == [[1], [1], [2], [2], [3], [3], [20], [20], []]
    assert {loop.count for step in steps for loop, _ in step.passes} == {20}
    assert _computed(steps[7]) == [] and steps[7].changes[0].new.text == "361"  # type: ignore[union-attr]
    page = _shown("for n in range(20):\n    m = n * n\nprint(m)")
    assert page.count('data-pass="20 of 20"') == 2


def test_loops_in_loops_keep_the_same_of_each() -> None:
    """Two numbers name a pass."""
    steps, _, _ = _walked("for n in range(5):\n    for m in range(n):\n        k = m + n")
    inner = [tuple(number for _, number in s.passes) for s in steps if s.line == 2]
    assert inner == [(2, 1), (3, 1), (3, 2), (5, 1), (5, 2), (5, 3), (5, 4)]


def test_a_while_ends_with_the_test_that_failed() -> None:
    """It belongs to no pass."""
    steps, _, _ = _walked("n = 3\nwhile n > 1:\n    n -= 1\nprint(n)")
    assert [(s.line, [k for _, k in s.passes]) for s in steps] == [
        (0, []), (1, [1]), (2, [1]), (1, [2]), (2, [2]), (1, []), (3, []),
    ]  # fmt: skip
    assert _computed(steps[5]) == [("n > 1", "False")]


def test_what_a_line_raised_is_shown_where_it_is_caught() -> None:
    """The line has a step, although it never came to its end."""
    steps, _, _ = _walked(
        "try:\n    torch.ones(2) @ torch.ones(3)\nexcept RuntimeError as e:\n    pass"
    )
    assert steps[0].raised.startswith("RuntimeError: ") and steps[1].changes[0].name == "e"


def test_a_remark_is_shown_beside_its_line_and_not_in_the_code() -> None:
    """With code in backticks, over several lines if need be."""
    page = _shown("x = 1  #: A `number`,\n#: and *no* more.\ny = '#: no'  # and this stays\nz = x")
    assert page.count("A <code>number</code>, and <em>no</em> more.") == 1
    listing = page[page.index("<pre") : page.index("</pre>")]
    assert "number" not in listing and "and this stays" in listing and "#: no" in listing
    assert "Line 3</b> <code>z = x" in page  # the remark's own line has no number


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("x = 1", {"title": ""}, "title="),
        ("#: first\nx = 1", {}, "has no line"),
        ("try:  #: here\n    x = 1\nfinally:\n    y = 2", {}, "where no statement is"),
        ("if 1 > 2:\n    x = 1  #: here", {}, "never ran"),
        ("'text'", {}, "needs a line that runs"),
        ("\n".join(f"x{n} = torch.rand(6, 6)" for n in range(80)), {}, "bytes"),
    ],
)
def test_what_makes_no_walk_is_refused(text: str, options: dict[str, str], said: str) -> None:
    """With a sentence that says why; the gate adds the place."""
    with pytest.raises(ValueError, match=said):
        _shown(text, **options)


def test_the_page_is_whole_and_safe() -> None:
    """No blank line, at which Markdown would end it, no id twice, no tag that a value brought."""
    page = _shown('s = "<b>&"\n\n\nprint(s + "\\n\\n\\n" + s)\nx = torch.zeros(2, 2, 2)')
    assert "\n\n" not in page and not re.search(r"\n\s*\n", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert ids == ["walk-a-walk-1", "walk-a-walk-2", "walk-a-walk-3"]
    assert sorted(re.findall(r'href="#([^"]+)"', page)) == ids
    assert "<b>&" not in page and "&lt;b&gt;&amp;" in page
    assert page.startswith("<bp-walk data-search-exclude>")


def test_no_two_walks_of_the_book_have_one_name() -> None:
    """Their names begin the ids of their steps, and pages can be put together."""
    docs = Path(__file__).resolve().parents[2] / "docs"
    fences = [
        line
        for page in docs.rglob("*.md")
        for line in page.read_text("utf-8").split("\n")
        if re.search(r'^ *```python .*as="walk"', line)
    ]
    names = [re.search(r'\b(?:id|title)="([^"]+)"', line) for line in fences]
    assert len({name and name[1] for name in names}) == len(fences) >= 8


# What is said of a value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor(7.0), "7."),
        (torch.tensor(0.123456), "0.1235"),
        (torch.arange(10), "[0, 1, 2, …, 8, 9]"),
        (torch.tensor([[1.0, 2.5], [-10.0, 3.0]]), "[[  1.,  2.5],\n [-10.,   3.]]"),
        (torch.zeros(0, 3), "[]"),
        (torch.zeros(2, 0), "[[],\n []]"),
        (torch.tensor([True, False]), "[True, False]"),
        (torch.empty(2, device="meta"), "shape only, no numbers"),
        (torch.tensor(16777216.0), "16777216."),
        (torch.tensor([float("nan"), float("inf")]), "[nan, inf]"),
        (np.array([1.5, 2.0]), "[1.5, 2.]"),
        (2.0, "2.0"),
        (1e-9, "1e-09"),
        (3 + 1j, "3.0+1.0j"),
        (np.float32(0.5), "0.5"),
        ([1, (2.0,), {"a": torch.ones(2)}], "[1, (2.0,), {'a': [1., 1.]}]"),
        ("x" * 100, repr("x" * 30 + " … " + "x" * 20)),
        (torch.Size([2, 3]), "torch.Size([2, 3])"),
        (list(range(20)), "[0, 1, 2, …, 18, 19]"),
    ],
)  # fmt: skip
def test_a_value_is_told_in_few_characters(value: Any, text: str) -> None:
    """Four significant digits; long rows show their ends."""
    assert look(value).text == text


def test_the_text_of_a_tensor_agrees_with_its_numbers() -> None:
    """Whatever is shown of a grid, read again, is the tensor to four digits."""
    torch.manual_seed(0)
    for shape in [(6,), (3, 4), (2, 2, 3)]:
        values = torch.randn(shape)
        read = torch.tensor(ast.literal_eval(look(values).text))
        torch.testing.assert_close(read, values, rtol=1e-3, atol=1e-6)
