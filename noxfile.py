"""The sessions, for those who have nox: `nox -l` lists them. Each is a command of `book.py`.

The environment is the book's own (`.venv`, made by `book.py`), one for all: torch is large.
"""

import sys

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["docs", "tests"]


def book(session: nox.Session) -> None:
    """Run the command of the session's name with what follows `--`."""
    session.run(sys.executable, "book.py", session.name, *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Run every block, compare with the recordings, and build the site."""
    book(session)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, and the examples in docstrings."""
    book(session)


@nox.session
def serve(session: nox.Session) -> None:
    """Show the book while you write it; save, and the page is rebuilt."""
    book(session)


@nox.session
def record(session: nox.Session) -> None:
    """Accept the outputs, of all chapters or `-- CHAPTER…`, or `-- --needs cuda`."""
    book(session)


@nox.session
def margin(session: nox.Session) -> None:
    """List digits that another processor may flip, of all chapters or `-- CHAPTER…`."""
    book(session)


@nox.session
def drift(session: nox.Session) -> None:
    """See what another version of torch changes: `-- 2.14.1`, or `-- --remove`."""
    book(session)


@nox.session
def check(session: nox.Session) -> None:
    """Check your answers to the exercises of `-- CHAPTER`."""
    book(session)


@nox.session
def data(session: nox.Session) -> None:
    """Download MNIST and Fashion-MNIST, and check them."""
    book(session)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and spelling."""
    book(session)


@nox.session
def links(session: nox.Session) -> None:
    """Ask the links to other sites whether they still answer; never part of the build."""
    book(session)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the gate, the build and `serve` cost."""
    book(session)


@nox.session
def volumes(session: nox.Session) -> None:
    """Make one PDF and one EPUB of the built site (the PDF needs Chromium)."""
    book(session)


@nox.session
def site(session: nox.Session) -> None:
    """Check the built site in a browser (needs Chromium)."""
    book(session)


@nox.session
def zensical(session: nox.Session) -> None:
    """Build the book with Zensical as well, and compare what its pages show."""
    book(session)
