"""The sessions: `nox -l` lists them, `book.py` makes their environment and runs them."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "none"  # one environment for all: torch is large
nox.options.sessions = ["docs", "tests"]

ROOT = Path(__file__).resolve().parent
ENV = {
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    "OMP_NUM_THREADS": "1",  # two threads on a busy machine are slower, and change last digits
    "NO_MKDOCS_2_WARNING": "1",  # known, and prepared for: see the head of mkdocs.yml
}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@nox.session
def docs(session: nox.Session) -> None:
    """Run every block, compare with the recordings, and build the site."""
    page = ROOT / "site" / "index.html"
    page.unlink(missing_ok=True)
    gate = ["bookproof", "check", *session.posargs]
    failed = attempt(session, gate, ["mkdocs", "build", "--strict"])
    if page.exists():
        session.log("the book is built: open %s", page.as_uri())
    if failed:
        session.error(failed)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, and the examples in docstrings."""
    everything = ["tests", "examples", "src", "--ignore=tests/site", "--ignore=tests/zensical"]
    chosen = any("/" in word or word.endswith(".py") for word in session.posargs)
    where = [] if chosen else everything
    run(session, ["pytest", "--doctest-modules", *where, *session.posargs])


@nox.session
def serve(session: nox.Session) -> None:
    """Show the book while you write it; save, and the page is rebuilt."""
    run(session, ["mkdocs", "serve", "--dirty", *session.posargs])


@nox.session
def record(session: nox.Session) -> None:
    """Accept the outputs, of all chapters or `-- CHAPTER…`, or `-- --needs cuda`."""
    run(session, ["bookproof", "record", *session.posargs])


@nox.session
def data(session: nox.Session) -> None:
    """Download MNIST and Fashion-MNIST, and check them."""
    run(session, ["bookparts.datasets", *session.posargs])


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and spelling."""
    run(
        session,
        ["ruff", "check", "--output-format=concise"],
        ["ruff", "format", "--check", "--output-format=concise"],
        ["mypy"],
        ["codespell_lib"],
    )


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what the gate, the build and `serve` cost."""
    run(session, ["bench", *session.posargs])


@nox.session
def site(session: nox.Session) -> None:
    """Check the built site in a browser (needs Chromium)."""
    if not any(shutil.which(name) for name in CHROMIUMS):
        session.error(
            "no Chromium here; on Debian and Ubuntu `sudo apt-get install chromium` brings it, "
            "elsewhere Google Chrome does as well"
        )
    alone = "tests/site/test_lighthouse.py"  # it measures speed
    run(
        session,
        ["pytest", "tests/site", "-n", "2", f"--ignore={alone}", *session.posargs],
        ["pytest", alone, *session.posargs],
        env={"CI": "true"},
    )


@nox.session
def zensical(session: nox.Session) -> None:
    """Build the book with Zensical as well, and compare what its pages show."""
    run(session, ["pytest", "tests/zensical", *session.posargs])


def run(session: nox.Session, *commands: list[str], env: Mapping[str, str] | None = None) -> None:
    """Run Python modules in the shared environment, all of them, and fail if one failed."""
    if failed := attempt(session, *commands, env=env):
        session.error(failed)


def attempt(
    session: nox.Session, *commands: list[str], env: Mapping[str, str] | None = None
) -> str:
    """Run Python modules in the shared environment, all of them; name those that failed."""
    session.run(sys.executable, "book.py", "prepare", session.name, log=False)
    python = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    failed = []
    for command in commands:
        try:
            session.run(str(python), "-m", *command, env={**ENV, **(env or {})})
        except CommandFailed:
            failed.append(" ".join(command))
    return f"failed: {', '.join(failed)}" if failed else ""
