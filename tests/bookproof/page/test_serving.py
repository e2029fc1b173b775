"""While a book is served, an edit builds the pages that it concerns, and those alone."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bookproof.small import Book

MKDOCS = """
site_name: A small book
site_url: https://book.test/
use_directory_urls: false
theme: {name: material, font: false}
plugins: [search, markdown-exec, bookproof]
markdown_extensions: [pymdownx.superfences, pymdownx.snippets]
"""

PROGRAM = """
import json, shutil, sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config

def again():
    config = load_config("mkdocs.yml", site_dir="served")
    if first:
        config.plugins.on_startup(command="serve", dirty=True)
    build(config, serve_url=config.site_url, dirty=True)

def pages():
    return {str(p.relative_to("served")): p.read_text() for p in Path("served").rglob("*.html")}

shutil.rmtree("served", ignore_errors=True)
first = True
again()
first = False
before = {name: (Path("served") / name).stat().st_mtime_ns for name in pages()}
for file, old, new in json.loads(sys.argv[1]):
    path = Path(file)
    path.write_text(path.read_text().replace(old, new))
again()
made = sorted(n for n in pages() if (Path("served") / n).stat().st_mtime_ns != before.get(n))
print(json.dumps({"made": made, "pages": pages()}))
"""


@pytest.fixture
def served(small_book: Book) -> Book:
    """A recorded book: one page shares a module with another, one lists a part of it."""
    small_book.write("mkdocs.yml", MKDOCS)
    small_book.write(
        "examples/shared.py", "# --8<-- [start:unit]\nUNIT = 'm'\n# --8<-- [end:unit]\n"
    )
    use = "from examples.shared import UNIT\nprint('in ' + UNIT)"
    small_book.page("print('home')", name="index")
    for name, code in {"one": use, "two": use, "other": "print('alone')"}.items():
        small_book.page(code, name=name)
        small_book.edit(f"docs/{name}.md", "# A title", f"# The page {name}\n\nSome *words*.")
    small_book.write(
        "docs/listing.md", '# A listing\n\n```python\n--8<-- "examples/shared.py:unit"\n```\n'
    )
    small_book.write("docs/lab.py", "# %% [markdown]\n# # A lab\n\n# %%\nprint('in a lab')\n")
    assert small_book.record().rc == 0
    return small_book


def after(book: Book, *edits: tuple[str, str, str]) -> tuple[set[str], dict[str, str]]:
    """Serve a book, edit it; return the pages that were made again, and all pages."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(edits)],
        cwd=book.root,
        env=book.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "A 'dirty' build" not in done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return set(found["made"]) - {"404.html"}, found["pages"]


def test_an_edit_of_prose_builds_its_page_alone(served: Book) -> None:
    """And that page still calls the others what they are called."""
    made, pages = after(served, ("docs/one.md", "Some *words*", "Other *words*"))
    assert made == {"one.html"}
    assert "Other <em>words</em>" in pages["one.html"]
    assert "The page two" in pages["one.html"] and "A listing" in pages["one.html"]


def test_an_edited_module_reaches_every_page_that_shows_it(served: Book) -> None:
    """The pages that import it, and the one that lists it; their own files are as old as ever."""
    made, pages = after(served, ("examples/shared.py", "'m'", "'km'"))
    assert made == {"one.html", "two.html", "listing.html"}
    assert "in km" in pages["one.html"] and "in km" in pages["two.html"]
    assert "km" in pages["listing.html"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("docs/two.md", "# The page two", "# Another name"),
        ("mkdocs.yml", "A small book", "A renamed book"),
    ],
)
def test_what_every_page_shows_builds_them_all(served: Book, file: str, old: str, new: str) -> None:
    """The title of a page stands in the navigation of all; so does what the book is called."""
    made, pages = after(served, (file, old, new))
    assert made == set(pages) - {"404.html"}
    assert all(new.removeprefix("# ").split(": ")[-1] in page for page in pages.values())


def test_the_name_of_a_lab_stands_on_every_page_too(served: Book) -> None:
    """It is the first heading of a script, where `#` begins every line of text."""
    made, pages = after(served, ("docs/lab.py", "# # A lab", "# # Another lab"))
    assert made == set(pages) - {"404.html"}


def test_nothing_is_lost_from_the_search(served: Book) -> None:
    """Neither after an edit of one page nor where no page had to be built."""
    for edits in ([("docs/one.md", "Some", "Other")], [("examples/shared.py", "'m'", "'m'")]):
        after(served, *edits)
        index = json.loads(served.read("served/search/search_index.json"))
        found = {entry["location"].partition("#")[0] for entry in index["docs"]}
        assert found >= {"one.html", "two.html", "other.html", "listing.html"}


def _answer(address: str, words: str, seconds: float = 60) -> str:
    """Return a served page once it holds these words, or as it is when the time is over."""
    until = time.monotonic() + seconds
    text = ""
    while words not in text and time.monotonic() < until:
        time.sleep(0.1)
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            text = answer.read().decode()
    return text


@contextlib.contextmanager
def serving(book: Book, log: Path) -> Iterator[str]:
    """Serve a book as its author does; hand out the address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with log.open("w") as stream:
        command = [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}"]
        server = subprocess.Popen(command, cwd=book.root, stdout=stream, stderr=subprocess.STDOUT)
    try:
        yield f"http://127.0.0.1:{port}"
        assert "\nTraceback" not in log.read_text()
    finally:
        server.terminate()
        server.wait(20)


def test_mkdocs_serve_by_itself_builds_what_an_edit_concerns(served: Book, tmp_path: Path) -> None:
    """`rebuild = "changed"` is enough: prose and code reach the page, and other pages stay."""
    served.edit_line("pyproject.toml", "rebuild", 'rebuild = "changed"')
    with serving(served, tmp_path / "log") as address:
        assert "in m" in _answer(f"{address}/one.html", "in m")
        served.edit("docs/one.md", "Some *words*", "Other *words*")
        assert "Other <em>words</em>" in _answer(f"{address}/one.html", "Other")
        served.edit("examples/shared.py", "UNIT = 'm'", "UNIT = 'km'")
        assert "in km" in _answer(f"{address}/two.html", "in km")


def test_an_edited_page_does_not_wait_for_one_that_reads_it(served: Book, tmp_path: Path) -> None:
    """It is there at once; the other one follows by itself, and a failure of it is told once."""
    served.edit_line("pyproject.toml", "rebuild", 'rebuild = "changed"')
    served.page(
        """
        import time
        from pathlib import Path
        found = Path("docs/one.md").read_text()
        time.sleep(6)
        print("one says", found.split("*")[1])
        assert "wrong" not in found
        """,
        name="reader",
    )
    served.record()
    log = tmp_path / "log"
    with serving(served, log) as address:
        assert "one says words" in _answer(f"{address}/reader.html", "one says words")
        for word in ("sentences", "wrong"):
            before = re.findall(r"\*(\w+)\*", served.read("docs/one.md"))[0]
            served.edit("docs/one.md", f"*{before}*", f"*{word}*")
            assert f"<em>{word}</em>" in _answer(f"{address}/one.html", f"<em>{word}</em>")
            assert f"one says {before}" in _answer(f"{address}/reader.html", "one says")
            assert f"one says {word}" in _answer(f"{address}/reader.html", f"one says {word}")
        time.sleep(8)
        assert log.read_text().count("docs/reader.md:9: AssertionError") == 1


def test_nothing_runs_on_when_the_server_ends(served: Book, tmp_path: Path) -> None:
    """What ran beside the builds is ended with them."""
    served.edit_line("pyproject.toml", "rebuild", 'rebuild = "changed"')
    served.page(
        f"""
        import subprocess
        from pathlib import Path
        if "Other" in Path("docs/one.md").read_text():
            subprocess.run(["sleep", "{served.nap}"])
        print("read")
        """,
        name="reader",
    )
    served.record()
    with serving(served, tmp_path / "log") as address:
        assert "read" in _answer(f"{address}/reader.html", "read")
        served.edit("docs/one.md", "Some *words*", "Other *words*")
        assert "Other" in _answer(f"{address}/one.html", "Other")
        until = time.monotonic() + 30
        while not served.leaves(f"sleep {served.nap}"):
            assert time.monotonic() < until, "it was never begun"
    assert not served.leaves(f"sleep {served.nap}")
