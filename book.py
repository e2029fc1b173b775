"""Everything that this book's readers and authors run, from a fresh clone on.

    python3 book.py docs               run every block, compare, and build the site
    python3 book.py tests              run the tests
    python3 book.py serve              write with the page beside you: save, and it is rebuilt
    python3 book.py record [CHAPTER]   accept new outputs; their review is the git diff
    python3 book.py margin [CHAPTER]   list digits that another processor may flip
    python3 book.py drift VERSION      see what another version of torch changes; --remove ends it
    python3 book.py check [CHAPTER]    check your answers to a chapter's exercises
    python3 book.py data               download MNIST and Fashion-MNIST
    python3 book.py lint               style, types, spelling, the sentences' numbers
    python3 book.py links              ask the links to other sites whether they answer
    python3 book.py bench              measure the speed
    python3 book.py volumes            make one PDF and one EPUB of the built site (needs Chromium)
    python3 book.py site               check the built site in a browser
    python3 book.py zensical           build with Zensical too, and compare the pages

What follows the command is passed on: `python3 book.py tests -k shapes`. The first use of a command
makes one environment, `.venv`, shared by all; later ones add to it what they need. On Linux without
an NVIDIA driver torch comes without CUDA, which is gigabytes less; with `--cuda` it comes with it.
"""

import contextlib
import difflib
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

if sys.version_info < (3, 11):  # noqa: UP036 an older Python gets so far, and says so
    sys.exit(
        "The book needs Python 3.11 or newer, and {} is Python {}.{}.\nInstall a newer one "
        "(https://www.python.org/downloads) and name it: python3.13 book.py docs".format(
            sys.executable, *sys.version_info[:2]
        )
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "book.json"  # the groups that are installed, for which Python, with what packages
BUSY = VENV / "book.installing"  # there while pip runs; if it stays, the environment is half-made
OWN = ("packages/bookproof", ".")  # what of the project itself is installed, as it stands here
UPGRADED = "torch"  # what `drift` takes another version of
SMALL = "https://download.pytorch.org/whl/cpu"  # where torch without CUDA is to be had
GROUPS = {  # command: groups of pyproject.toml
    "docs": ["book"],
    "tests": ["book", "tests", "volumes"],
    "serve": ["book"],
    "record": ["book"],
    "margin": ["book"],
    "drift": ["book"],
    "check": ["book"],
    "data": ["book"],
    "lint": ["book", "tests", "site", "volumes", "lint"],  # types of all that the code imports
    "links": ["book"],
    "bench": ["book"],
    "volumes": ["book", "site", "volumes"],
    "site": ["book", "tests", "site", "volumes"],
    "zensical": ["book", "tests", "zensical"],
}
STEPS = {  # command: what it runs, with what follows it on the command line in place of EXTRA
    "docs": ["bookproof check EXTRA", "mkdocs build --strict"],
    "tests": ["pytest --doctest-modules EXTRA"],
    "serve": ["mkdocs serve EXTRA"],
    "record": ["bookproof record EXTRA"],
    "margin": ["bookproof margin EXTRA"],
    "drift": ["bookproof report EXTRA"],
    "check": ["exercises EXTRA"],
    "data": ["bookparts.datasets EXTRA"],
    "lint": [
        "ruff check --output-format=concise",
        "ruff format --check --output-format=concise",
        "mypy",
        "codespell_lib",
        "bookproof numbers",
    ],
    "links": ["booksite.outside_links EXTRA"],
    "bench": ["bench EXTRA"],
    "volumes": ["booksite.volumes EXTRA"],
    "site": ["pytest tests/site -n 2 --dist worksteal EXTRA"],
    "zensical": ["pytest tests/zensical EXTRA"],
}
ENV = {
    "OMP_NUM_THREADS": "1",  # two threads on a busy machine are slower, and change last digits
    "NO_MKDOCS_2_WARNING": "1",  # known, and prepared for: see the head of mkdocs.yml
}
WHOLE = [  # all tests: two at a time, and how much they reach, in lines, child processes apart
    *("-n", "2", "--dist", "loadfile"),
    *("--cov=bookproof", "--cov-report=", "--cov-fail-under=75"),
]
PIP = {  # variables of pip that say where packages come from, and how
    *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS"),
    *("PIP_CONFIG_FILE", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY"),
    *("PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT", "PIP_RETRIES"),
}
SOURCES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Prepare the environment for the command and run it there; return its exit status."""
    words = sys.argv[1:]
    cuda = "--cuda" in words
    command, *extra = [word for word in words if word != "--cuda"] or ["help"]
    extra = extra[1:] if extra[:1] == ["--"] else extra
    if command in ("help", "-h", "--help"):
        print(__doc__)
        return 0
    if command == "prepare":  # the environment alone
        prepare(extra[0], cuda=cuda)
        return 0
    if command not in GROUPS:
        near = difflib.get_close_matches(command, GROUPS, 1) or sorted(GROUPS)
        print(f"book.py: no command {command!r}; did you mean {', '.join(near)}?", file=sys.stderr)
        return 2
    if command == "drift":
        return drift(extra, cuda)
    prepare(command, cuda=cuda)
    if command == "docs":
        return docs(extra)
    if command == "site" and not any(shutil.which(name) for name in CHROMIUMS):
        sys.exit(
            "book.py: no Chromium here; on Debian and Ubuntu `sudo apt-get install chromium` "
            "brings it, elsewhere Google Chrome does as well"
        )
    if command == "tests" and not any("/" in word or word.endswith(".py") for word in extra):
        everything = ["tests", "examples", "src", "packages"]
        everything += ["--ignore=tests/site", "--ignore=tests/zensical"]
        extra = [*everything, *(extra or WHOLE)]
    return perform(command, extra)


def docs(extra: list[str]) -> int:
    """Run the gate and build the site, and say what to open."""
    page = ROOT / "site" / "index.html"
    page.unlink(missing_ok=True)
    status = perform("docs", extra)
    if page.exists():
        print(f"book.py: the book is built: open {page.as_uri()}", flush=True)
    return status


def drift(extra: list[str], cuda: bool = False) -> int:
    """Run the book with another version of torch, in an environment of its own; write a report.

    Neither the book's environment nor its recordings or cache are touched.
    """
    _use(ROOT / ".venv-drift")
    if extra == ["--remove"]:
        shutil.rmtree(VENV, ignore_errors=True)
        return 0
    if not extra or not re.fullmatch(r"\d[\w.+]*", extra[0]):
        print("book.py: which version? python3 book.py drift 2.14.1 [FILE]", file=sys.stderr)
        return 2
    version, *rest = extra
    file = rest or [f".cache/drift-{version}.md"]
    prepare("drift", {UPGRADED: version}, cuda)
    return perform("drift", file)


def _use(folder: Path) -> None:
    """Let all that follows happen in another environment than `.venv`."""
    global VENV, PYTHON, STAMP, BUSY
    inside = PYTHON.relative_to(VENV)
    VENV, PYTHON = folder, folder / inside
    STAMP, BUSY = folder / STAMP.name, folder / BUSY.name


def perform(command: str, extra: list[str]) -> int:
    """Run all steps of a command, though one fails; return the status, and name what failed."""
    env = {**ENV, "CI": "true"} if command == "site" else ENV
    failed: list[str] = []
    status = 0
    for step in STEPS[command]:
        words = [word for w in step.split() for word in (extra if w == "EXTRA" else [w])]
        code = run(PYTHON, "-m", *words, env=env)
        if code == 130:
            return code
        if code:
            failed, status = [*failed, words[0]], status or code
    if len(STEPS[command]) > 1 and failed:
        print(f"book.py: failed: {', '.join(failed)}", file=sys.stderr, flush=True)
    return status


def prepare(command: str, others: Mapping[str, str] | None = None, cuda: bool = False) -> None:
    """Make the environment hold what a command needs, and do nothing if it does.

    Args:
        command: The command.
        others: For some packages, the version to install in place of the one that is pinned.
        cuda: Whether torch shall come with CUDA, whatever this machine has.
    """
    import tomllib

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    wanted = {name: requirements(groups, name) for name in GROUPS[command]}
    for package, version in (others or {}).items():
        wanted = {
            name: [re.sub(rf"^{package}==[^;\s]+", f"{package}=={version}", item) for item in items]
            for name, items in wanted.items()
        }
    own = [json.dumps(table) for name in OWN for table in _built(ROOT / name)]
    wanted.update({"own": own} if own else {})
    if not _missing(wanted):
        return
    with _alone():
        if not _works():
            _create()
        if _missing(wanted):  # unless another process was faster
            _install(_missing(wanted), cuda)


def _built(folder: Path) -> list[dict[str, Any]]:
    """Return what decides how a folder is installed; nothing where it is not to be."""
    import tomllib

    file = folder / "pyproject.toml"
    values = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    parts = [values.get("project"), values.get("tool", {}).get("hatch")]
    return [{"folder": folder.name, "parts": parts}] if "build-system" in values else []


def requirements(groups: dict[str, list[Any]], name: str) -> list[str]:
    """List the requirements of a dependency group, those of the groups it includes among them."""
    found = []
    for item in groups[name]:
        found += [item] if isinstance(item, str) else requirements(groups, item["include-group"])
    return found


def run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder, and return its exit status."""
    words = [str(word) for word in command]
    interrupted = False
    with subprocess.Popen(words, cwd=ROOT, env={**_environment(), **(env or {})}) as process:
        while process.returncode is None:
            try:
                process.wait()
            except KeyboardInterrupt:  # the terminal told the process, too: let it end in order
                interrupted = True
    return 130 if interrupted else process.returncode


def _missing(wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the groups that are not installed as they are wanted."""
    stamp = _stamp()
    if BUSY.exists() or stamp["python"] != _version() or set(stamp["packages"]) - _packages():
        return wanted
    return {
        name: items for name, items in wanted.items() if stamp["groups"].get(name) != _hash(items)
    }


def _stamp() -> dict[str, Any]:
    """Return what is noted of the environment: its Python, its groups with hashes, its packages."""
    empty: dict[str, Any] = {"python": "", "groups": {}, "packages": []}
    try:
        return {**empty, **json.loads(STAMP.read_text("utf-8"))}
    except (OSError, ValueError):
        return empty


def _note(python: str, groups: dict[str, str]) -> None:
    written = STAMP.with_suffix(".new")
    noted = {"python": python, "groups": groups, "packages": sorted(_packages())}
    written.write_text(json.dumps(noted, indent=2), "utf-8")
    written.replace(STAMP)


def _packages() -> set[str]:
    """List what is installed, as `numpy-2.4.6`."""
    folders = [*VENV.glob("lib/python*/site-packages"), VENV / "Lib" / "site-packages"]
    return {info.stem for folder in folders for info in folder.glob("*.dist-info")}


def _hash(items: list[str]) -> str:
    return hashlib.sha256("\n".join(items).encode()).hexdigest()[:16]


def _version() -> str:
    """Return the version of the environment's Python; empty if it does not run, or is too old."""
    code = "import sys, pip; print(sys.version.split()[0] if sys.version_info >= (3, 11) else '')"
    try:
        found = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return found.stdout.strip()


def _works() -> bool:
    """Say whether there is an environment, made by us or by hand, that can be completed."""
    version = _version()
    if not version or _stamp()["python"] not in ("", version) or (BUSY.exists() and not _whole()):
        return False
    BUSY.unlink(missing_ok=True)
    return True


def _whole() -> bool:
    """Say whether each file of each installed package is there, of the size that it should be."""
    code = """
import sys
from importlib.metadata import distributions
for package in distributions():
    for file in package.files or [None]:
        if file is None or file.size and file.locate().stat().st_size != file.size:
            sys.exit(1)
"""
    return subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0


def _create() -> None:
    """Make an empty environment with pip, where `python3 -m venv` alone may not do."""
    print(f"book.py: making an environment in {VENV.name}", flush=True)
    if subprocess.run(
        [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], check=False
    ).returncode:
        sys.exit(f"book.py: {sys.executable} could not make an environment in {VENV}: see above.")
    BUSY.touch()
    # A Debian without python3-venv has no ensurepip; one with it may have no pip of its own.
    tries: tuple[list[str | Path], ...] = (
        [PYTHON, "-m", "ensurepip", "--default-pip"],
        [sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip"],
    )
    said = ""
    for command in tries:
        found = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment()
        )
        if found.returncode == 0:
            return
        said += found.stdout + found.stderr
    sys.exit(
        f"{said}\nbook.py: this Python has no pip. Install it first, on Debian and Ubuntu with:\n"
        "    sudo apt-get install python3-pip"
    )


def _install(groups: dict[str, list[str]], cuda: bool) -> None:
    """Install groups of requirements, and note it when they are complete."""
    print(f"book.py: installing into {VENV.name}, once: {', '.join(groups)}", flush=True)
    index = {} if cuda else _small([item for group in groups.values() for item in group])
    kept = {name: done for name, done in _stamp()["groups"].items() if name not in groups}
    BUSY.touch()
    _note(_version(), kept)
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    items = [item for name, group in groups.items() if name != "own" for item in group]
    if "own" in groups:
        items += [word for name in OWN if _built(ROOT / name) for word in ("-e", name)]
    if run(PYTHON, "-m", "pip", "install", *quiet, *items, env=index):
        sys.exit("book.py: the installation is not complete; the next run goes on with it")
    lacks = ", ".join(_lacks(items))
    if lacks:
        sys.exit(
            f"book.py: pip says that all went well, and {lacks} is not in {VENV}.\nA setting "
            "of pip sends packages elsewhere, or leaves some out. Take target, prefix, root,\n"
            f"dry-run or no-deps out of what `{PYTHON} -m pip config list` shows, and go on."
        )
    _note(_version(), kept | {name: _hash(items) for name, items in groups.items()})
    BUSY.unlink()


def _small(items: list[str]) -> dict[str, str]:
    """Return the variables with which pip finds torch without CUDA; none where it need not.

    PyPI's torch for Linux brings CUDA. Who has said where packages come from has decided, too.
    """
    torch = any(re.match(rf"{UPGRADED}(?![\w.-])", item) for item in items)
    driver = os.path.exists("/proc/driver/nvidia/version") or shutil.which("nvidia-smi")
    if not torch or driver or not sys.platform.startswith("linux") or _sources():
        return {}
    try:
        with urllib.request.urlopen(f"{SMALL}/{UPGRADED}/", timeout=5):
            print(
                "book.py: torch without CUDA, as no NVIDIA driver is here; --cuda takes the other"
            )
            return {"PIP_EXTRA_INDEX_URL": SMALL}
    except (OSError, http.client.HTTPException):
        print(f"book.py: {SMALL} does not answer; torch comes from where pip finds the others")
        return {}


def _sources() -> bool:
    """Whether the caller has told pip where packages come from, in a variable or in its files."""
    if any(name in os.environ for name in SOURCES):
        return True
    words: list[str | Path] = [PYTHON, "-m", "pip", "config", "list"]
    found = subprocess.run(words, capture_output=True, text=True, check=False, env=_environment())
    told = ("index-url", "extra-index-url", "no-index", "find-links")
    return any(row.partition("=")[0].rpartition(".")[2] in told for row in found.stdout.split())


def _lacks(items: list[str]) -> list[str]:
    """Name what was to be installed and is not, or what that needs."""
    there = {name.partition("+")[0].lower() for name in _packages()}
    pinned = (re.fullmatch(r"([\w.-]+)(?:\[.*\])?==([\w.]+)", item) for item in items)
    wanted = [(pin[0], re.sub(r"[-_.]+", "_", pin[1]).lower(), pin[2]) for pin in pinned if pin]
    lacks = [item for item, name, version in wanted if f"{name}-{version}" not in there]
    if lacks:
        return lacks
    words: list[str | Path] = [PYTHON, "-m", "pip", "check"]
    found = subprocess.run(words, capture_output=True, text=True, check=False, env=_environment())
    return re.findall(r"requires (.*), which is not installed", found.stdout)


def _environment() -> dict[str, str]:
    """Return the caller's variables without those that change what Python or pip does.

    `PYTHONOPTIMIZE` would turn every assertion off, and `PIP_TARGET` send all packages elsewhere;
    where pip finds packages, and how it reaches them, is the caller's.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("PYTHON")
        and (not name.upper().startswith("PIP_") or name.upper() in PIP)
    }
    return {**kept, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time change the environment; a second waits."""
    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    with (folder / "book.lock").open("w") as file:
        if os.name == "nt":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # it gives up after ten seconds; we do not
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
                    break
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
