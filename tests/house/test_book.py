"""`book.py` makes, completes and repairs the environment; a small package stands for torch."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

BOOK = Path(__file__).parents[2] / "book.py"
OLD = "import runpy, sys; sys.version_info = (3, 9, 1); runpy.run_path('book.py')"


class House:
    """A project with `book.py`, and the packages `pebble` and `grain` to install."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        shutil.copy(BOOK, folder)
        for name, version in (("pebble", "1.0"), ("pebble", "2.0"), ("grain", "1.0")):
            _wheel(folder, name, version)
        self.wants("pebble==1.0")

    def wants(self, *book: str) -> None:
        """Set what the group `book` asks for."""
        groups = {"book": list(book), "tests": ["grain==1.0", {"include-group": "extra"}]}
        lines = [f"{name} = {json.dumps(items)}" for name, items in groups.items()]
        text = "\n".join(["[dependency-groups]", *lines, "extra = []", "volumes = []"])
        (self.folder / "pyproject.toml").write_text(
            text.replace('{"include-group":', "{include-group =")
        )

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run a command of `book.py` without an index; return its status and what it said."""
        everything = {
            **os.environ,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.folder),
            "PYTHONPATH": "",
            **(env or {}),
        }
        done = subprocess.run(
            [sys.executable, "book.py", *words],
            cwd=self.folder, env=everything, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def packages(self) -> set[str]:
        """List what is installed, without pip and what it brings."""
        found = self.venv.rglob("*.dist-info")
        return {item.stem for item in found if item.stem.startswith(("pebble", "grain"))}


def _wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{file},,{len(text)}\n" for file, text in files.items())
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a project in which nothing has run yet."""
    return House(tmp_path)


class Index:
    """Stands for PyTorch's index of builds without CUDA; counts what was asked."""

    def __init__(self, answers: bool) -> None:
        self.answers = answers
        self.asked = 0

    def open(self, *_: object, **__: object) -> contextlib.AbstractContextManager[None]:
        """Answer, or be out of reach."""
        self.asked += 1
        if not self.answers:
            raise OSError
        return contextlib.nullcontext()


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`book.py` on a Linux without an NVIDIA driver, whose owner has told pip nothing."""
    spec = importlib.util.spec_from_file_location("book", BOOK)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in module.SOURCES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module.os.path, "exists", lambda path: False)
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    return module


def test_without_an_nvidia_driver_torch_comes_without_cuda(
    book: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked for where it is to be had, and what was taken is said."""
    monkeypatch.setattr(book.urllib.request, "urlopen", Index(answers=True).open)
    assert book._small(["numpy==2.4.6", "torch==2.13.0"]) == {"PIP_EXTRA_INDEX_URL": book.SMALL}
    assert "without CUDA" in capsys.readouterr().out


def test_where_the_index_does_not_answer_the_installation_goes_on(
    book: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Behind a wall, torch comes from where the other packages do."""
    monkeypatch.setattr(book.urllib.request, "urlopen", Index(answers=False).open)
    assert book._small(["torch==2.13.0"]) == {}
    assert "does not answer" in capsys.readouterr().out


@pytest.mark.parametrize("reason", ["driver", "variable", "file", "macOS", "no torch"])
def test_who_has_a_reason_for_another_torch_is_not_asked(
    book: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reason: str
) -> None:
    """A driver, a setting of pip's, or a system whose torch is small anyway."""
    index = Index(answers=True)
    monkeypatch.setattr(book.urllib.request, "urlopen", index.open)
    items = ["torchao==1.0", "torch-other==2.0"] if reason == "no torch" else ["torch==2.13.0"]
    if reason == "driver":
        monkeypatch.setattr(book.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    elif reason == "variable":
        monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    elif reason == "file":
        (tmp_path / "pip.conf").write_text(
            "[global]\nindex-url = https://packages.example/simple\n"
        )
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    elif reason == "macOS":
        monkeypatch.setattr(sys, "platform", "darwin")
    assert book._small(items) == {}
    assert index.asked == 0


def test_the_flag_is_for_the_installation_and_reaches_no_command(house: House) -> None:
    """`--cuda` means the same before and after the command."""
    assert house.run("prepare", "docs", "--cuda")[0] == 0
    assert house.packages() == {"pebble-1.0"}


def test_the_first_run_installs_and_the_second_does_nothing(house: House) -> None:
    """One environment is made; a command that needs more adds to it; then nothing is said."""
    code, text = house.run("prepare", "docs")
    assert (code, house.packages()) == (0, {"pebble-1.0"}), text
    code, text = house.run("prepare", "tests")
    assert (code, house.packages()) == (0, {"pebble-1.0", "grain-1.0"}), text
    assert "making an environment" not in text
    assert house.run("prepare", "tests") == (0, "")
    assert house.run("prepare", "docs") == (0, "")


def test_a_changed_pin_is_installed(house: House) -> None:
    """An upgrade in pyproject.toml reaches the environment at the next command."""
    house.run("prepare", "docs")
    house.wants("pebble==2.0")
    code, text = house.run("prepare", "docs")
    assert (code, house.packages()) == (0, {"pebble-2.0"}), text


def test_a_half_made_environment_is_repaired(house: House) -> None:
    """What an interrupted installation left is made again; what is whole is kept."""
    house.run("prepare", "docs")
    busy = house.venv / "book.installing"
    busy.touch()
    assert house.run("prepare", "docs") == (0, "")
    assert not busy.exists()
    next(house.venv.rglob("pebble.py")).unlink()
    busy.touch()
    code, text = house.run("prepare", "docs")
    assert code == 0
    assert "making an environment" in text
    assert next(house.venv.rglob("pebble.py")).exists()


def test_an_environment_without_a_working_python_is_made_again(house: House) -> None:
    """A folder that a failed `python3 -m venv` left behind does not stop anything."""
    house.venv.mkdir()
    (house.venv / "pyvenv.cfg").touch()
    code, text = house.run("prepare", "docs")
    assert (code, house.packages()) == (0, {"pebble-1.0"}), text


def test_what_cannot_be_installed_leaves_the_rest_usable(house: House) -> None:
    """Without a network a new group fails with a sentence, and the commands before it go on."""
    house.run("prepare", "docs")
    house.wants("pebble==1.0")
    (house.folder / "grain-1.0-py3-none-any.whl").unlink()
    code, text = house.run("prepare", "tests")
    assert code == 1
    assert "the installation is not complete" in text
    assert house.run("prepare", "docs") == (0, "")


def test_another_version_gets_an_environment_of_its_own(house: House) -> None:
    """The book's own stays as it is, the report is asked for there, and `--remove` ends it."""
    source = (house.folder / "book.py").read_text("utf-8")
    source = source.replace('UPGRADED = "torch"', 'UPGRADED = "pebble"')
    source = source.replace("bookproof report EXTRA", "reporter EXTRA")
    (house.folder / "book.py").write_text(source, "utf-8")
    (house.folder / "reporter.py").write_text(
        "import sys, pebble, pathlib\npathlib.Path(sys.argv[1]).write_text(pebble.VERSION)\n"
    )
    house.run("prepare", "docs")
    code, text = house.run("drift", "2.0")
    assert code == 0, text
    assert (house.folder / ".cache/drift-2.0.md").read_text("utf-8") == "2.0"
    assert house.packages() == {"pebble-1.0"}
    assert house.run("drift", "1.0", "other.txt")[0] == 0
    assert (house.folder / "other.txt").read_text("utf-8") == "1.0"
    assert house.run("drift", "--remove") == (0, "")
    assert not (house.folder / ".venv-drift").exists()
    assert house.packages() == {"pebble-1.0"}
    code, text = house.run("drift")
    assert code == 2 and "which version?" in text


def test_ensurepip_may_be_missing(house: House) -> None:
    """Debian without python3-venv: pip comes from the Python outside, or it is asked for."""
    book = house.folder / "book.py"
    book.write_text(book.read_text("utf-8").replace('"ensurepip"', '"no_ensurepip"'), "utf-8")
    code, text = house.run("prepare", "docs")
    assert code == 1  # the outer pip runs, and finds no pip among the wheels of this test
    assert "No module named no_ensurepip" in text
    assert "No matching distribution found for pip" in text
    assert "sudo apt-get install python3-pip" in text


def test_variables_of_pip_and_python_change_nothing(house: House) -> None:
    """Wherever the caller sends packages otherwise, the book's go into the book's environment."""
    names = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_NO_DEPS", "PYTHONOPTIMIZE")
    status, said = house.run("prepare", "docs", env=dict.fromkeys(names, "1"))
    assert status == 0, said
    assert house.packages() == {"pebble-1.0"}


def test_a_setting_of_pip_that_sends_packages_elsewhere_is_named(house: House) -> None:
    """An environment is complete when the packages are there, and not when pip says so."""
    settings = house.folder / "pip.conf"
    settings.write_text(f"[install]\ntarget = {house.folder / 'elsewhere'}\n")
    env = {"PIP_CONFIG_FILE": str(settings)}
    status, said = house.run("prepare", "docs", env=env)
    assert status == 1
    assert "pebble==1.0 is not in" in said
    assert "pip config list" in said
    assert house.run("prepare", "docs")[0] == 0
    assert house.packages() == {"pebble-1.0"}


def test_a_package_that_was_taken_away_by_hand_comes_back(house: House) -> None:
    """The note of what is installed is held to what is there."""
    house.run("prepare", "docs")
    [info] = house.venv.rglob("pebble-1.0.dist-info")
    shutil.rmtree(info)
    (info.parent / "pebble.py").unlink()
    status, said = house.run("prepare", "docs")
    assert status == 0, said
    assert house.packages() == {"pebble-1.0"}


def test_an_unknown_command_offers_a_near_one(house: House) -> None:
    """A typing mistake costs nothing."""
    assert house.run("test") == (2, "book.py: no command 'test'; did you mean tests?\n")
    assert not house.venv.exists()


def test_an_old_python_is_told_so() -> None:
    """Python 3.9 can read the file far enough to say what it needs."""
    ast.parse(BOOK.read_text("utf-8"), feature_version=(3, 7))
    done = subprocess.run(
        [sys.executable, "-c", OLD], cwd=BOOK.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The book needs Python 3.11 or newer, and ")
    assert " is Python 3.9.\n" in done.stderr


def test_the_help_names_every_session() -> None:
    """What `book.py help` lists is what it can run, and the noxfile has a session for each."""
    source = BOOK.read_text("utf-8")
    tables = {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    }
    listed = {
        line.split()[2] for line in source.splitlines() if line.startswith("    python3 book")
    }
    noxfile = ast.parse((BOOK.parent / "noxfile.py").read_text("utf-8"))
    sessions = {
        node.name
        for node in noxfile.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    assert listed == set(tables["GROUPS"]) == set(tables["STEPS"]) == sessions
