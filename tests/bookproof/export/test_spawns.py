"""The script of a page whose code starts processes, where these are spawned."""

from __future__ import annotations

import subprocess
import sys

from bookproof.export.script import script
from bookproof.settings import load
from tests.bookproof.small import Book, judged

SPAWN = """\
import multiprocessing

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")  # as on Windows and macOS

"""


def test_a_script_that_starts_processes_runs_where_they_are_spawned(small_book: Book) -> None:
    """What they import again is its definitions; the rest stands under a guard.

    What reads at once what is under a guard is no definition.
    """
    small_book.page(
        """
        import multiprocessing
        import tempfile
        from pathlib import Path

        SIZE = 2
        folder = Path(tempfile.gettempdir())

        def twice(x):
            return SIZE * x

        print("once")
        """,
        '''
        file = folder / "a.txt"

        class Reads:
            default = file

            def name(self, of=None):
                return (of or self.default).name

        text = """a
          string"""  # whose inside stays
        with multiprocessing.Pool(2) as pool:
            print(pool.map(twice, [1, 2]), len(text), Reads().name())
        ''',
    )
    small_book.write(
        "mkdocs.yml",
        """
        site_name: A book
        plugins: [markdown-exec, bookproof]
        markdown_extensions: [pymdownx.superfences]
        """,
    )
    assert small_book.record().rc == 0
    code, said = small_book.mkdocs("--strict")
    assert code == 0, said
    script = SPAWN + small_book.read("site/a/a.py")
    file = small_book.write("downloaded.py", script)
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=60)
    assert done.stdout.split("\n") == ["once", "[2, 4] 10 a.txt", ""], done.stderr


def test_a_script_that_starts_none_is_as_it_is_on_the_page(small_book: Book) -> None:
    """No guard where nobody needs it."""
    small_book.page("x = 1\nprint(x)")
    assert "__main__" not in script(load(small_book.root), judged(small_book))
