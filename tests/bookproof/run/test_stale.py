"""Whatever a chapter asked of the world: when the answer is another, the chapter runs again.

Each of these was green once: recorded, changed, checked without a run.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.bookproof.small import Book
from tests.together import shared_folder

Change = Callable[[Book], object]


def write(name: str, text: str) -> Change:
    """Return what writes a file of the book."""
    return lambda book: book.write(name, text)


def remove(name: str) -> Change:
    """Return what removes a file of the book."""
    return lambda book: (book.root / name).unlink()


def link(name: str, to: str) -> Change:
    """Return what makes a link of the book lead elsewhere."""

    def change(book: Book) -> None:
        (book.root / name).unlink(missing_ok=True)
        (book.root / name).symlink_to(to)

    return change


def append(name: str) -> Change:
    """Return what makes a file of the book a line longer."""
    return lambda book: book.write(name, book.read(name) + "# more\n")


PYTHON = (
    f"import subprocess, sys\nrun = lambda *w, **k: subprocess.run([{sys.executable!r}, *w], **k)\n"
)
ASKS: dict[str, tuple[str, Change]] = {
    # data that native code reads
    "a word that names a file": ("print('data/d.csv')", append("data/d.csv")),
    "a word inside a query": ("q = \"select * from 'data/d.csv' where 1\"", append("data/d.csv")),
    "a variable that names a file": (
        "a, b = 'data', 'd.csv'\np = a + '/' + b",
        append("data/d.csv"),
    ),
    "a path object": ("from pathlib import Path\np = Path('data') / 'd.csv'", append("data/d.csv")),
    "a database by its address": (
        "import sqlite3\nsqlite3.connect('file:data/d.db?mode=ro', uri=True).close()",
        append("data/d.db"),
    ),
    "a library of the book": ("import helper", append("data/d.csv")),
    # programs
    "a script": (PYTHON + "run('data/s.py')", append("data/s.py")),
    "what a script imports": (PYTHON + "run('data/s.py')", append("helper.py")),
    "what a script reads": (
        PYTHON + "run('-c', 'open(\"data/\" + \"d.csv\").read()')",
        append("data/d.csv"),
    ),
    "a script of the shell": ("import subprocess\nsubprocess.run(['sh', 's.sh'])", append("s.sh")),
    "what it names": ("import subprocess\nsubprocess.run(['sh', 's.sh'])", append("data/d.csv")),
    "many files": ("import os\nos.system('cat data/*.csv > /dev/null')", append("data/d.csv")),
    "one more of them": (
        "import os\nos.system('cat data/*.csv > /dev/null')",
        write("data/e.csv", "1"),
    ),
    "an input": ("import os\nos.system('cat <data/d.csv >/dev/null')", append("data/d.csv")),
    "another folder": (
        "import subprocess\nsubprocess.run(['cat', 'd.csv'], cwd='data', stdout=-3)",
        append("data/d.csv"),
    ),
    "a folder that a shell goes to": (
        "import os\nos.system('cd data && cat d.csv > /dev/null')",
        append("data/d.csv"),
    ),
    "a folder as a word": (
        "import os\nos.system('ls data >/dev/null 2>&1')",
        write("data/e.csv", "1"),
    ),
    # imports
    "a module that is not there": (
        "try:\n    import extra\nexcept ImportError:\n    pass",
        write("extra.py", ""),
    ),
    "a module that may be there": (
        "import importlib.util\nimportlib.util.find_spec('extra')",
        write("extra/__init__.py", ""),
    ),
    "a module that is shadowed": ("import helper", write("first/helper.py", "")),
    "a package beside a module": ("import helper", write("helper/__init__.py", "")),
    "a module of Python": ("import colorsys", write("colorsys.py", "")),
    "a module that all share": ("import shared\nprint(shared)", append("shared.py")),
    # questions
    "whether it is there": ("import os\nos.path.exists('data/e.csv')", write("data/e.csv", "1")),
    "whether it is still there": (
        "import os.path\nos.path.isfile('data' + '/d.csv')",
        remove("data/d.csv"),
    ),
    "how large it is": ("import os\nos.path.getsize('data' + '/d.csv')", append("data/d.csv")),
    "a path's own question": (
        "from pathlib import Path\nPath('data', 'e.csv').exists()",
        write("data/e.csv", "1"),
    ),
    "whether one may": (
        "import os\nos.access('data' + '/e.csv', os.R_OK)",
        write("data/e.csv", "1"),
    ),
    # elsewhere
    "the built site": ("open('site/index.html').read()", append("site/index.html")),
    "outside the book": (
        "open('../outside.txt').read()",
        lambda book: (book.root.parent / "outside.txt").write_text("other"),
    ),
    "a folder outside": (
        "import os\nos.listdir('../around')",
        lambda book: (book.root.parent / "around" / "new").write_text("other"),
    ),
    "a hidden file": ("open('.hidden/key').read()", append(".hidden/key")),
    "what a fence says": ("x = 'da' + 'ta'", append("data/d.csv")),
    # by other ways
    "a place in an open folder": (
        "import os\nfolder = os.open('data', os.O_RDONLY)\n"
        "os.read(os.open('d' + '.csv', os.O_RDONLY, dir_fd=folder), 9)",
        append("data/d.csv"),
    ),
    "a question in an open folder": (
        "import os\nfolder = os.open('data', os.O_RDONLY)\nos.stat('d' + '.csv', dir_fd=folder)",
        append("data/d.csv"),
    ),
    "the names in an open folder": (
        "import os\nos.listdir(os.open('data', os.O_RDONLY))",
        write("data/e.csv", "1"),
    ),
    "what an entry of a folder is": (
        "import os\n[entry.stat().st_size for entry in os.scandir('data')]",
        append("data/d.csv"),
    ),
    "a file that becomes a folder": (
        "import os\n[folders for _, folders, _ in os.walk('data')]",
        lambda book: (
            (book.root / "data/d.csv").rename(book.root / "gone")
            and book.write("data/d.csv/inside", "1")
        ),
    ),
    "a hidden name in a folder": ("import os\nos.listdir('data')", write("data/.e", "1")),
    "a call that fails": (
        "import os\ntry:\n    os.chdir('da' + 'ta2')\nexcept OSError:\n    pass",
        write("data2/e.csv", "1"),
    ),
    "a file that must not be there": (
        "try:\n    open('data' + '/d.csv', 'x')\nexcept FileExistsError:\n    pass",
        remove("data/d.csv"),
    ),
    "a database that is not there": (
        "import sqlite3\ntry:\n    sqlite3.connect('file:ex' + 'tra.db?mode=ro', uri=True)\n"
        "except sqlite3.OperationalError:\n    pass",
        write("extra.db", ""),
    ),
    "whether it is a program": (
        "import os\nos.access('s' + '.sh', os.X_OK)",
        lambda book: (book.root / "s.sh").chmod(0o755),
    ),
    "what it made in an earlier run": (
        "from pathlib import Path\nmade = Path('model' + '.txt')\nif not made.exists():\n"
        "    made.write_text('1')\nmade.read_text()",
        append("model.txt"),
    ),
    "what a link in a temporary folder leads to": (
        "import os, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
        "    os.symlink(os.path.abspath('data'), folder + '/input')\n"
        "    open(folder + '/input/' + 'd.csv').read()",
        append("data/d.csv"),
    ),
    "a second name of a file": (
        "import os, tempfile\nwith tempfile.TemporaryDirectory(dir='.') as folder:\n"
        "    os.link('data' + '/d.csv', folder + '/x')\n    open(folder + '/x').read()",
        append("data/d.csv"),
    ),
    "a name that begins with a sign": ("open('@d' + 'ata').read()", append("@data")),
    "what a command reads and the page writes elsewhere": (
        "import os, tempfile\nwith tempfile.TemporaryDirectory() as folder:\n"
        "    open(folder + '/s.sh', 'w').close()\n    os.system('cat s.sh > /dev/null')",
        append("s.sh"),
    ),
    "what a script reads that nobody watches": (
        PYTHON + "run('-I', 'data/alone.py')",
        append("data/d.csv"),
    ),
    "what a preloaded module asks": ("import shared\nprint(shared.FILES)", write("data/f.csv", "")),
    "the names in a folder that it would make": (
        "from pathlib import Path\nPath('data').mkdir(exist_ok=True)\nlist(Path('data').iterdir())",
        write("data/e.csv", ""),
    ),
    "a folder that it cannot make": (
        "import os\ntry:\n    os.mkdir('da' + 'tum')\n    os.rmdir('da' + 'tum')\n"
        "except OSError:\n    pass",
        write("datum/x", ""),
    ),
    "a folder that it would write": (
        "import os\ntry:\n    open('data', 'w')\nexcept OSError:\n    os.listdir('data')",
        write("data/e.csv", ""),
    ),
    "where a link leads": (
        "import os\nos.path.realpath('cur' + 'rent')",
        link("current", "data"),
    ),
    "a link that leads nowhere": (
        "import os\nos.path.lexists('dang' + 'ling')",
        link("dangling", "nothing"),
    ),
    "a file under another name": (
        "import os\nos.rename('data/d.csv', 'e' + '.csv')\nopen('e' + '.csv').read()\n"
        "os.rename('e' + '.csv', 'data/d.csv')",
        append("data/d.csv"),
    ),
    "the names behind a link of its own": (
        "import os\nos.symlink('da' + 'ta', 'l' + 'n')\nos.listdir('l' + 'n')\n"
        "os.unlink('l' + 'n')",
        write("data/e.csv", ""),
    ),
    "a module from elsewhere that is not there": (
        "import sys\nsys.path.insert(0, '../around')\ntry:\n    import extra\n"
        "except ImportError:\n    pass",
        write("../around/extra.py", ""),
    ),
    "a compiled module that is not there": (
        "try:\n    import compiled\nexcept ImportError:\n    pass",
        write("compiled.pyc", ""),
    ),
    "what stands beside a database": (
        "import sqlite3\nsqlite3.connect('data/' + 'd.db').close()",
        write("data/d.db-wal", "1"),
    ),
    "a database by its address in signs": (
        "import sqlite3\nsqlite3.connect('file:data/%64.db?mode=ro', uri=True).close()",
        append("data/d.db"),
    ),
    "after all descriptors were closed": (
        "import os\nos.closerange(3, 200)\n"
        "keep = [os.open(os.devnull, os.O_RDWR) for _ in range(12)]\n"
        "open('data' + '/d.csv').read()",
        append("data/d.csv"),
    ),
}

NATIVE = (
    "import ctypes, os\nfrom pathlib import Path\n"
    "def native(path):\n    ctypes.CDLL(None).access(os.fsencode(path), 4)\n"
)
WORKERS = f"""
import multiprocessing
{NATIVE}
def work(name):
    native(Path('data') / (name + '.csv'))


def nested():
    with multiprocessing.get_context('fork').Pool(1) as pool:
        pool.map(work, ['d'])
"""
ASKS |= {
    # a path that code puts together and hands to what is not Python
    "a path object that no name keeps": (
        NATIVE + "native(Path('data') / ('d' + '.csv'))",
        append("data/d.csv"),
    ),
    "each path of a loop": (
        NATIVE + "for n in 'dx':\n    path = Path('data', n + '.csv')\n    native(path)",
        append("data/d.csv"),
    ),
    "a path joined by os.path": (
        NATIVE + "native(os.path.join('data', 'd' + '.csv'))",
        append("data/d.csv"),
    ),
    "a path that a script puts together": (
        PYTHON + f'run(\'-c\', {NATIVE!r} + \'native(Path("data") / ("d" + ".csv"))\')',
        append("data/d.csv"),
    ),
    "a path from a folder that the block goes to": (
        NATIVE
        + "import contextlib\nwith contextlib.chdir('data'):\n    native(Path('d' + '.csv'))",
        append("data/d.csv"),
    ),
    "a word from a folder that the block leaves": (
        NATIVE + "native('data/d.csv')\nos.chdir('data')",
        append("data/d.csv"),
    ),
    "a database by its path": (
        "import sqlite3\nfrom pathlib import Path\n"
        "sqlite3.connect(Path('data') / ('d' + '.db')).close()",
        append("data/d.db"),
    ),
    # programs that are looked for by their name
    "a program of the book": (
        "import os, subprocess\n"
        "subprocess.run(['tool'], env={'PATH': os.path.abspath('bin') + ':/usr/bin:/bin'})",
        append("bin/tool"),
    ),
    "a program that a shell looks for": (
        "import os\nos.environ['PATH'] = os.getcwd() + '/bin:' + os.environ['PATH']\n"
        "os.system('tool | cat')",
        append("bin/tool"),
    ),
    "what such a program names": (
        "import os, subprocess\n"
        "subprocess.run(['tool'], env={'PATH': os.path.abspath('bin') + ':/usr/bin:/bin'})",
        append("data/d.csv"),
    ),
    "another program of that name": (
        "import os, subprocess\n"
        "path = ':'.join(map(os.path.abspath, ('data', 'bin'))) + ':/usr/bin:/bin'\n"
        "subprocess.run(['tool'], env={'PATH': path})",
        lambda book: book.write("data/tool", "#!/bin/sh\n").chmod(0o755),
    ),
    "a program that is not there": (
        "import os, subprocess\ntry:\n"
        "    subprocess.run(['tool'], env={'PATH': os.path.abspath('data')})\n"
        "except FileNotFoundError:\n    pass",
        lambda book: book.write("data/tool", "#!/bin/sh\n").chmod(0o755),
    ),
    "a program by its path": (
        "import subprocess\nfrom pathlib import Path\n"
        "subprocess.run([Path('bin').resolve() / 'tool'])",
        append("data/d.csv"),
    ),
    # what programs read without a word
    "what make makes": (
        "import subprocess\nsubprocess.run(['sh', '-c', 'make -s || true'], stderr=-3)",
        write("Makefile", "all:\n\techo 2\n"),
    ),
    "what stands below the folder that a program looks at": (
        "import os\nos.system('find data -name \"*.csv\" > /dev/null')",
        write("data/deep/e.csv", "1"),
    ),
    "what stands below the book's own folder": (
        "import os\nos.system('grep -rc x . > /dev/null')",
        append("data/d.csv"),
    ),
    "the names in all folders": (
        "import os\nos.system('find . -name \"*.csv\" > /dev/null')",
        write("data/e.csv", "1"),
    ),
    "a file that a command asks for in vain": (
        "import os\nos.system('test -f data/e.csv')",
        write("data/e.csv", "1"),
    ),
    "a file beside the script that names it": (
        "import os\nos.system('sh data/beside.sh')",
        append("data/d.csv"),
    ),
    "a file that follows the letter of an option": (
        "import subprocess\nsubprocess.run(['awk', '-fs.awk', '/dev/null'])",
        append("s.awk"),
    ),
    "the home of a shell": (
        "import os\nos.system('echo ~ > /dev/null')",
        lambda _: os.environ.update(HOME="/tmp"),
    ),
    # workers that put a path together, and end without a word
    **{
        f"a path that a worker puts together, {how}": (
            "import multiprocessing\nfrom workers import work\n"
            f"with multiprocessing.get_context('{how}').Pool(1) as pool:\n"
            "    pool.map(work, ['d'])",
            append("data/d.csv"),
        )
        for how in ("fork", "spawn")
    },
    "a path that a worker of a worker puts together": (
        "import multiprocessing\nfrom workers import nested\n"
        "p = multiprocessing.get_context('fork').Process(target=nested)\np.start()\np.join()",
        append("data/d.csv"),
    ),
    # texts with a blank, or with neither dot nor slash
    "a text with a blank that names a file": (
        NATIVE + "native('data/my file.csv')",
        append("data/my file.csv"),
    ),
    "a text without a dot that names a file": (NATIVE + "native('weights')", append("weights")),
    "what native code reads and the page makes elsewhere in the book": (
        NATIVE + "native('e.csv')\nos.makedirs('out', exist_ok=True)\n"
        "with open('out/e.csv', 'w') as file:\n    file.write('1')",
        append("e.csv"),
    ),
    # commands that tell more of a folder than the names in it
    **{
        command: (
            f"import subprocess\nsubprocess.run({command!r}, shell=True, stdout=-3, stderr=-3)",
            append("data/d.csv"),
        )
        for command in (
            "find data -type f -exec cat {} +",
            "ls data; grep -r x data",
            "ls data\ngrep -r x data",
            "du -ab data",
            "ls -l data",
            "ls -lR .",
            "find data -size -2c",
            "find . -newer s.sh",
            "ls -d data/d.csv data | xargs grep -r x",
            "ls data | grep -r x data",
            "tree -s data || ls -s data",
        )
    },
    "a file in a folder that is linked into one": (
        "import os\nos.system('grep -R x data > /dev/null')",
        append("first/l.csv"),
    ),
    "a new folder that a pattern of a shell finds": (
        "import os\nos.system('cat data/*/d.csv 2> /dev/null')",
        write("data/new/d.csv", "1"),
    ),
    "a new file in a folder that a pattern of a shell finds": (
        "import os\nos.system('cat data/*/d.csv 2> /dev/null')",
        write("data/deep/d.csv", "1"),
    ),
    "a script that a script that a script calls calls": (
        "import os\nos.system('sh 1.sh')",
        append("data/d.csv"),
    ),
    "what a script names from the folder that a shell goes to": (
        "import os\nhere = os.getcwd()\nos.system(f'sh {here}/t.sh; cd data && sh {here}/t.sh')",
        append("data/my.csv"),
    ),
    # what a fence says
    "a file in a folder that is linked into it": ("x = 1", append("first/l.csv")),
    "a folder that a fence names": ("x = 1", append("data/d.csv")),
    "one more file in such a folder": ("x = 1", write("data/deep/e.csv", "1")),
    "the first file of such a kind": ("x = 1", write("first/e.csv", "1")),
    "a file of such a kind in another folder": ("x = 1", write("first/deep/e.csv", "1")),
}
READS = {
    "what a fence says": "data/*.csv",
    "a file in a folder that is linked into it": "data",
    "a folder that a fence names": "data/",
    "one more file in such a folder": "data",
    "the first file of such a kind": "first/*.csv",
    "a file of such a kind in another folder": "**/*.csv",
}

LOOKS_AROUND = {  # at the recordings, too, of which this one was not there yet
    "what stands below the book's own folder",
    "the names in all folders",
    "a file of such a kind in another folder",
    "ls -lR .",
    "find . -newer s.sh",
}


@pytest.fixture
def asking(small_book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book with files to ask of."""
    monkeypatch.setenv("HOME", os.environ["HOME"])  # it may be changed, and is put back
    for name in ("data/d.csv", "data/d.db", "site/index.html", ".hidden/key", "@data"):
        small_book.write(name, "")
    small_book.write("data/alone.py", "open('data/d.csv').read()\n")
    small_book.write("data/s.py", "import sys\nsys.path.insert(0, '.')\nimport helper\n")
    small_book.write("s.sh", "cat data/d.csv\n")
    small_book.write("helper.py", "FILE = 'data/d.csv'\n#\n")
    small_book.write("shared.py", "import os\nFILES = len(os.listdir('data'))\n#\n")
    small_book.write("bin/tool", "#!/bin/sh\ncat data/d.csv\n").chmod(0o755)
    small_book.write("data/beside.sh", "cat d.csv 2> /dev/null\n")
    small_book.write("s.awk", "1\n")
    small_book.write("tests/outputs/notes.toml", "")  # the folder is there before the first record
    for name in (
        "data/my file.csv",
        "weights",
        "e.csv",
        "first/l.csv",
        "data/deep/x.txt",
        "data/my.csv",
    ):
        small_book.write(name, "")
    small_book.write("workers.py", WORKERS)
    for number in range(1, 6):
        small_book.write(f"{number}.sh", f"sh {number + 1}.sh\n")
    small_book.write("t.sh", "cat my.csv 2> /dev/null\n")
    small_book.write("6.sh", "cat data/d.csv\n")
    (small_book.root / "current").symlink_to("first")
    (small_book.root / "data" / "linked").symlink_to("../first")
    (small_book.root / "first" / "back").symlink_to("../data")  # and round again
    (small_book.root.parent / "outside.txt").write_text("first")
    (small_book.root.parent / "around").mkdir()
    os.utime(small_book.root.parent / "outside.txt", (0, 0))
    small_book.edit("pyproject.toml", '["json"]', '["json", "shared"]\npath = ["first", "."]')
    return small_book


@pytest.mark.parametrize("name", ASKS)
def test_another_answer_runs_the_chapter_again(asking: Book, name: str) -> None:
    """And the same answer does not."""
    code, change = ASKS[name]
    more = f' reads="{READS[name]}"' if name in READS else ""
    asking.page(f"{code}\nprint('done')", options=f'source="above"{more}')
    assert asking.record().rc == 0, asking.check().out
    if name in LOOKS_AROUND:
        asking.check()
    assert asking.check().summary["cached"] == 1
    change(asking)
    assert asking.check().summary["run"] == 1


def test_what_a_chapter_makes_itself_does_not_run_it_again(asking: Book) -> None:
    """It follows from the code, whether somebody asked before or not."""
    asking.page(
        """
        import os
        if os.path.exists("made/note.txt"):
            os.remove("made/note.txt")
        os.makedirs("made", exist_ok=True)
        with open("made/note.txt", "w") as file:
            file.write(str(os.getpid()))
        print(len(os.listdir("made")))
        """
    )
    assert asking.record().rc == 0
    assert asking.check().summary["cached"] == 1


@pytest.mark.parametrize(
    "command",
    ["cp d.txt e.txt; cat e.txt", "mkdir -p build && cp d.txt build/ && wc -c build/d.txt"],
)
def test_what_a_command_writes_anew_as_it_was_does_not_run_the_chapter_again(
    asking: Book, command: str
) -> None:
    """Its time is another then, and its content is not."""
    asking.write("d.txt", "1\n")
    asking.page(f"import os\nos.system({command + ' > /dev/null'!r})\nprint('done')")
    assert asking.record().rc == 0
    assert asking.check("--fresh").rc == 0
    asking.check()
    assert asking.check().summary["cached"] == 1
    append("d.txt")(asking)
    assert asking.check().summary["run"] == 1


@pytest.mark.parametrize(
    "command", ["ls data", "ls -a data 2>&1 | wc -l", "find data -name '*.csv' | sort"]
)
def test_names_alone_do_not_depend_on_what_is_in_the_files(asking: Book, command: str) -> None:
    """A listing is another when a name comes or goes."""
    asking.page(f"import os\nos.system({command + ' > /dev/null'!r})\nprint('done')")
    assert asking.record().rc == 0
    append("data/d.csv")(asking)
    assert asking.check().summary["cached"] == 1
    write("data/f.csv", "1")(asking)
    assert asking.check().summary["run"] == 1


@pytest.mark.parametrize("reads", ["nothere.csv", "dta/*.csv", "data/d.csv dta"])
def test_a_fence_that_says_it_reads_what_is_not_there_is_told(asking: Book, reads: str) -> None:
    """It would hold nothing."""
    asking.page("print('done')", options=f'reads="{reads}"')
    ran = asking.record()
    assert ran.rc == 1
    wrong = reads.split()[-1]
    assert f"docs/a.md:3: reads={wrong!r} names no file" in ran.out, ran.out


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="a folder of Linux")
def test_a_file_in_memory_is_a_file_like_others(asking: Book) -> None:
    """What the chapter makes there itself is its own, and what stood there is read."""
    with tempfile.NamedTemporaryFile("w", dir="/dev/shm") as file:
        os.utime(file.name, (0, 0))
        asking.page(
            f"""
            import tempfile
            with tempfile.NamedTemporaryFile("w+", dir="/dev/shm") as own:
                own.write("first")
                print(open("/dev/shm" + "/{Path(file.name).name}").read())
            """
        )
        assert asking.record().rc == 0
        assert asking.check().summary["cached"] == 1
        file.write("second")
        file.flush()
        assert asking.check().summary["run"] == 1


@pytest.mark.parametrize(
    ("asking_first", "change"),
    [
        ("import os\nos.path.exists('settings.ini')", write("settings.ini", "")),
        ("open('data' + '/d.csv').close()", append("data/d.csv")),
        ("import os\nos.listdir('data')", write("data/e.csv", "")),
    ],
    ids=["a question", "a file", "a folder"],
)
def test_what_a_library_asks_when_all_share_its_import_counts(
    asking: Book, asking_first: str, change: Change
) -> None:
    """No chapter was there to hear it."""
    library = asking.root.parent / "library"
    library.mkdir()
    (library / "styled.py").write_text(asking_first)
    asking.edit(
        "pyproject.toml",
        '["json", "shared"]',
        f'["styled"]\nenv = {{ PYTHONPATH = "{library}" }}',
    )
    asking.page("print(1)")
    assert asking.record().rc == 0
    assert asking.check().summary["cached"] == 1
    change(asking)
    assert asking.check().summary["run"] == 1


def test_what_a_tool_marks_as_its_cache_is_nothing_that_a_chapter_asked_of(asking: Book) -> None:
    """It is another after each run of the tool."""
    asking.page(
        """
        import os, time
        os.makedirs(".tool/deep", exist_ok=True)
        open(".tool/CACHEDIR.TAG", "w").close()
        os.path.exists(".tool/deep/state")
        with open(".tool/deep/state", "a+") as file:
            file.write(str(time.time_ns()))
        print(1)
        """
    )
    assert asking.record().rc == 0
    asking.check()
    asking.write(".tool/deep/state", "another")
    assert asking.check().summary["cached"] == 1


def test_a_folder_for_temporary_files_in_the_book_runs_nothing_again(asking: Book) -> None:
    """The engine's own files stand there, too."""
    asking.write("tmp/x", "")
    asking.page("import glob, tempfile\nglob.glob(tempfile.gettempdir() + '/nothing-*')\nprint(1)")
    folder = str(asking.root / "tmp")
    assert asking.record(TMPDIR=folder).rc == 0
    assert asking.check(TMPDIR=folder).summary["cached"] == 1
    assert asking.check(TMPDIR=folder).summary["cached"] == 1


def test_what_comes_and_goes_in_the_folder_for_temporary_files_does_not_matter(
    asking: Book,
) -> None:
    """Its own names are of everybody, and never the same."""
    asking.page(
        """
        import os, tempfile
        with tempfile.TemporaryDirectory() as folder:
            open(os.path.join(folder, "a"), "w").close()
            os.listdir(os.path.dirname(folder))
            print(os.listdir(folder))
        """
    )
    assert asking.record().rc == 0
    (asking.root.parent / "more").mkdir()
    assert asking.check().summary["cached"] == 1


def test_an_edit_of_a_book_reaches_only_the_pythons_that_import_it(asking: Book) -> None:
    """A Python that a block starts is watched: it does not depend on all there is."""
    asking.write("other.py", "")
    asking.page(PYTHON + "run('data/s.py')\nprint('done')")
    asking.record()
    asking.write("other.py", "x = 1\n")
    assert asking.check().summary["cached"] == 1


def test_the_code_that_a_python_is_given_is_no_pattern_of_files(asking: Book) -> None:
    """Its stars and brackets ask for nothing; what it names may be read."""
    asking.page(PYTHON + "print(run('-c', 'a = [2 * 3]; print(len(\\'data/d.csv\\'))').returncode)")
    asking.record()
    asking.check()
    asking.write("another.txt", "")
    assert asking.check().summary["cached"] == 1
    append("data/d.csv")(asking)
    assert asking.check().summary["run"] == 1


def test_a_python_that_cannot_be_watched_depends_on_every_module(asking: Book) -> None:
    """Nobody saw what it imports."""
    asking.write("other.py", "")
    asking.page(PYTHON + "run('-I', 'data/s.py', env={}, stderr=-3)\nprint('done')")
    asking.record()
    asking.write("other.py", "x = 1\n")
    assert asking.check().summary["run"] == 1


def test_a_python_that_is_watched_has_nothing_to_say_of_it(asking: Book) -> None:
    """Neither a word on its error stream, nor a folder on its path, nor a module more."""
    asking.page(
        PYTHON + "code = 'import sys; print([p for p in sys.path if p.endswith(\"inside\")])'\n"
        "run('-c', code)\n"
        "run('-W', 'error', '-X', 'dev', '-c', 'print(3)')",
        options='source="above" stderr="1"',
    )
    assert asking.record().rc == 0
    assert asking.outputs() == ["[]\n3"]


@pytest.fixture
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder for packages of this Python, in which no other test puts one meanwhile."""
    with FileLock(shared_folder(tmp_path_factory) / "packages.lock"):
        yield Path(sysconfig.get_path("purelib"))


@pytest.fixture
def installed(packages: Path) -> Iterator[Path]:
    """A package in this Python's own folder for packages, and away again."""
    folder = packages
    name = f"bookproof_probe_{os.getpid()}"
    info = folder / f"{name}-1.0.dist-info"
    module = folder / f"{name}_module.py"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "RECORD").write_text(f"{module.name},,\n{info.name}/METADATA,,\n")
    module.write_text("VALUE = 1\n")
    yield module
    for found in folder.glob(f"{name}*.dist-info"):
        for file in found.iterdir():
            file.unlink()
        found.rmdir()
    module.unlink()


def upgrade(module: Path) -> None:
    """Install the next version of the package of a module."""
    name = module.stem.removesuffix("_module")
    old = module.parent / f"{name}-1.0.dist-info"
    text = (old / "METADATA").read_text()
    (old / "METADATA").write_text(text.replace("Version: 1.0", "Version: 1.1"))
    old.rename(module.parent / f"{name}-1.1.dist-info")


@pytest.mark.parametrize(
    "code",
    [
        "import {module}",
        "import importlib.metadata\nimportlib.metadata.version('{name}')",
        "import importlib.metadata\nsorted(d.name for d in importlib.metadata.distributions())",
        PYTHON + "run('-c', 'import {module}')",
    ],
    ids=["imported", "asked for", "listed", "imported in another Python"],
)
def test_an_upgrade_of_what_a_chapter_uses_runs_it(
    small_book: Book, installed: Path, code: str
) -> None:
    """The packages are found, not listed; those that it does not use do not matter."""
    name = installed.stem.removesuffix("_module")
    code = code.replace("{module}", installed.stem).replace("{name}", name)
    small_book.page(f"{code}\nprint('done')", name="uses")
    small_book.page("print('done')", name="plain")
    assert small_book.record().rc == 0, small_book.check().out
    assert small_book.check().summary["cached"] == 2
    upgrade(installed)
    before = small_book.results()
    assert small_book.check().rc == 0
    assert small_book.ran_since(before) == {"uses"}


@pytest.mark.parametrize(
    ("command", "again"),
    [
        ("['{name}']", True),
        ("[sys.executable, '-m', 'pip', 'list']", True),
        ("[sys.executable, '-m', 'pip', '--version']", False),
    ],
    ids=["a program of its own", "a list of all", "nothing of all"],
)
def test_an_upgrade_runs_what_starts_a_program_that_asks(
    small_book: Book, installed: Path, command: str, again: bool
) -> None:
    """A program that is no Python is taken for that of the package with its name."""
    name = installed.stem.removesuffix("_module")
    program = Path(sys.executable).parent / name
    try:
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        small_book.write("tests/outputs/notes.toml", "")  # pip looks around where it is started
        code = command.replace("{name}", name)
        small_book.page(f"import subprocess, sys\nsubprocess.run({code}, stdout=-3)\nprint(1)")
        assert small_book.record().rc == 0
        assert small_book.check().summary["cached"] == 1
        upgrade(installed)
        assert small_book.check().summary["run"] == again
    finally:
        program.unlink()


def test_another_build_of_the_same_version_runs_it(small_book: Book, installed: Path) -> None:
    """Whoever installs a library of their own again does not always count up."""
    small_book.page(f"import {installed.stem}\nprint('done')")
    record = installed.parent / f"{installed.stem.removesuffix('_module')}-1.0.dist-info/RECORD"
    record.write_text(f"{installed.name},sha256=first,9\n")
    assert small_book.record().rc == 0
    assert small_book.check().summary["cached"] == 1
    record.write_text(f"{installed.name},sha256=other,9\n")
    assert small_book.check().summary["run"] == 1


OPTIONAL = f"bookproof_optional_{os.getpid()}"
LOOKS = f"try:\n    import {OPTIONAL}\nexcept ImportError:\n    pass\n"


@contextlib.contextmanager
def optional_package(packages: Path) -> Iterator[None]:
    """A package of that name is installed, and away again."""
    info = packages / f"{OPTIONAL}-1.0.dist-info"
    info.mkdir()
    try:
        (info / "RECORD").write_text(f"{OPTIONAL}/__init__.py,,\n")
        yield
    finally:
        shutil.rmtree(info)


def test_a_package_that_comes_runs_what_had_looked_for_it(small_book: Book, packages: Path) -> None:
    """`try: import extra` prints something else then."""
    small_book.page(f"{LOOKS}print('done')")
    assert small_book.record().rc == 0
    assert small_book.check().summary["cached"] == 1
    with optional_package(packages):
        assert small_book.check().summary["run"] == 1


def test_a_package_that_a_library_looks_for_runs_nothing_when_it_comes(
    small_book: Book, packages: Path, installed: Path
) -> None:
    """It helps the library, as a faster loop would; torch looks for dozens."""
    installed.write_text(LOOKS)
    small_book.page(f"import {installed.stem}\nprint('done')")
    assert small_book.record().rc == 0
    with optional_package(packages):
        assert small_book.check().summary["cached"] == 1


def test_what_another_chapter_makes_is_read_anew_in_the_same_gate(small_book: Book) -> None:
    """The one that made it ran; the other had been found in the cache before that."""
    small_book.page("open('shared.txt', 'w').write('1')\nprint('ok')", name="a")
    small_book.page(
        "import os, time\nwhile not os.path.exists('shared.txt'):\n    time.sleep(0.01)\n"
        "time.sleep(0.2)\nprint(open('shared.txt').read())",
        name="b",
    )
    assert small_book.record().rc == 0
    assert small_book.check().rc == 0
    small_book.edit("docs/a.md", "write('1')", "write('2')")
    assert small_book.check().rc == 1


def test_a_closed_stream_does_not_stop_the_watch(asking: Book) -> None:
    """As some supervisors start programs."""
    asking.page("print(len(open('data' + '/d.csv').read()))")
    command = f"{sys.executable} -m bookproof"
    for said, status in (("record", 0), ("check", 0), ("check", 1)):
        done = subprocess.run(
            ["sh", "-c", f"{command} {said} <&- 2>&-"],
            cwd=asking.root,
            env=asking.environment(),
            stdout=subprocess.DEVNULL,
        )
        assert done.returncode == status
        if said == "check":
            append("data/d.csv")(asking)


def test_a_library_that_looks_for_plugins_makes_no_page_depend_on_all_packages(
    small_book: Book, installed: Path
) -> None:
    """As torch does at its import: another tool in the environment changes nothing it prints."""
    installed.write_text("import importlib.metadata\nFOUND = importlib.metadata.entry_points()\n")
    small_book.page(PYTHON + f"run('-c', 'import {installed.stem}')\nprint('done')")
    assert small_book.record().rc == 0
    other = installed.parent / f"{installed.stem.removesuffix('_module')}_tool-1.0.dist-info"
    other.mkdir()
    assert small_book.check().summary["cached"] == 1


def test_a_library_that_looks_up_code_makes_no_page_depend_on_its_prose(
    small_book: Book, installed: Path
) -> None:
    """As torch.compile does: it opens the file that a function says it is from, which is a page."""
    installed.write_text(
        "import tokenize\ndef lines(function):\n"
        "    with tokenize.open(function.__code__.co_filename) as file:\n"
        "        return len(file.readlines())\n"
    )
    call = f"import {installed.stem} as library\nprint(library.lines(lambda: 1) > 0)"
    small_book.write(
        "docs/a.md", f"# A\n\n```python exec='1' source='above'\n{call}\n```\n\nProse.\n"
    )
    assert small_book.record().rc == 0, small_book.check().out
    small_book.edit("docs/a.md", "Prose.", "Better prose.")
    assert small_book.check().summary["cached"] == 1


def test_a_page_that_reads_itself_runs_again_for_an_edit_of_its_prose(small_book: Book) -> None:
    """What the page's own code opens counts, whichever file it is."""
    call = "from pathlib import Path\nprint(len(Path('docs/a.md').read_text()) > 0)"
    small_book.write(
        "docs/a.md", f"# A\n\n```python exec='1' source='above'\n{call}\n```\n\nProse.\n"
    )
    assert small_book.record().rc == 0, small_book.check().out
    small_book.edit("docs/a.md", "Prose.", "Better prose.")
    assert small_book.check().summary["run"] == 1


GPU = {"HAS_GPU": "1"}


@pytest.mark.parametrize("file", ["helper.py", "data/d.csv"])
def test_a_replay_names_what_it_read_that_changed(asking: Book, file: str) -> None:
    """A machine that lacks a need cannot run the block again, and says that it ought to be."""
    asking.page("import helper\nprint(open('data/d.csv').read(), 'x')", options='needs="gpu"')
    assert asking.record(**GPU).rc == 0
    assert asking.check(HAS_GPU="").rc == 0
    append(file)(asking)
    ran = asking.check(HAS_GPU="")
    assert ran.rc == 1
    assert f"and {file}, which it read, has changed since it was recorded" in ran.out
    assert asking.check(**GPU).rc == 1  # where it runs, too: others could not replay it
    asking.record(**GPU)
    assert asking.check(HAS_GPU="").rc == 0


def test_a_replay_names_no_file_that_is_only_spoken_of(asking: Book) -> None:
    """A Python file that code names, or looks for, is not read by it; a traceback reads none."""
    asking.write("other.py", "")
    asking.page(
        "import os\nprint('see other.py', os.path.exists('other.py'))\nraise ValueError",
        options='needs="gpu" raises="ValueError"',
    )
    assert asking.record(**GPU).rc == 0
    read = [line for line in asking.recording().splitlines() if line.startswith("--- read")]
    assert [line.split()[2] for line in read] == ["?other.py", "data/", "parts.py", "shared.py"]


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        ("import os\nprint(os.listdir('first'))", write("first/one", "1"), "first/"),
        (
            "import os\nprint(os.path.exists('data/e.csv'))",
            write("data/e.csv", ""),
            "whether there is data/e.csv",
        ),
        (
            "import os\nprint(os.path.getsize('data/d.csv'))",
            append("data/d.csv"),
            "data/d.csv",
        ),
    ],
    ids=["names", "a question", "a size"],
)
def test_a_replay_names_what_it_asked_for(
    asking: Book, code: str, change: Change, said: str
) -> None:
    """The names in a folder and what is there are answers as a file's content is."""
    asking.page(code, options='needs="gpu"')
    asking.edit("shared.py", "len(os.listdir('data'))", "0")
    assert asking.record(**GPU).rc == 0
    assert asking.check(HAS_GPU="").rc == 0
    change(asking)
    ran = asking.check(HAS_GPU="")
    assert ran.rc == 1
    assert f"{said}, which it " in ran.out


@pytest.mark.parametrize("option", ['width="40"', 'workdir="data"'])
def test_a_replay_that_would_run_otherwise_is_stale(asking: Book, option: str) -> None:
    """In a narrower terminal, or in another folder, it may print something else."""
    asking.page("print('on the gpu')", options='needs="gpu"')
    asking.record(**GPU)
    asking.edit("docs/a.md", 'needs="gpu"', f'needs="gpu" {option}')
    assert "stale" in asking.check(HAS_GPU="").out


def test_a_replay_does_not_depend_on_what_is_read_below_it(asking: Book) -> None:
    """Only what had been read when the block ended."""
    asking.write(
        "docs/a.md",
        '```python exec="1" needs="gpu"\nprint("on it")\n```\n\n'
        "```python exec=\"1\"\nprint(open('data/d.csv').read(), 'x')\n```\n",
    )
    assert asking.record(**GPU).rc == 0
    append("data/d.csv")(asking)
    assert asking.check(HAS_GPU="").summary["replayed"] == 1


def test_a_built_site_is_nothing_that_a_chapter_asked_of(asking: Book) -> None:
    """Another builder may put it elsewhere; whoever lists the root does not mean it."""
    asking.page("import os\nos.listdir('.')\nprint('done')")
    assert asking.record().rc == 0
    assert asking.check().rc == 0  # the recordings have a folder since
    asking.write("public/sitemap.xml", "<urlset/>")
    assert asking.check().summary["cached"] == 1
    asking.write("more/index.html", "")
    assert asking.check().summary["run"] == 1


def test_what_python_leaves_is_nothing_that_a_chapter_asked_of(asking: Book) -> None:
    """Whoever looks through all folders does not mean it, and the next machine has another."""
    asking.write("helped/__init__.py", "")
    asking.page("from pathlib import Path\nprint(len([*Path('.').glob('*/__init__.py')]))")
    asking.record()
    asking.check()
    asking.write("helped/__pycache__/x.pyc", "")
    asking.write("__pycache__/y.pyc", "")
    assert asking.check().summary["cached"] == 1


COMES_AND_GOES = {
    "a database": "import sqlite3\nc = sqlite3.connect('sm.db')\nc.execute('create table t(x)')\n"
    "c.commit()\nc.close()\nos.remove('sm.db')",
    "a lock": "os.close(os.open('lock', os.O_CREAT | os.O_EXCL | os.O_WRONLY))\nos.remove('lock')",
    "a link": "os.symlink('data', 'ln')\nprint(open('ln/d.csv').read())\nos.remove('ln')",
    "a folder": "os.makedirs('mine/deep')\nopen('mine/deep/x', 'w').close()\n"
    "print(os.listdir('mine/deep'))\nimport shutil\nshutil.rmtree('mine')",
}


@pytest.mark.parametrize("code", COMES_AND_GOES.values(), ids=COMES_AND_GOES)
def test_what_comes_and_goes_with_the_chapter_does_not_run_it_again(
    asking: Book, code: str
) -> None:
    """It is the chapter's own, whoever made it."""
    asking.page(f"import os\n{code}\nprint('done')")
    assert asking.record().rc == 0
    assert asking.check().summary["cached"] == 1


@pytest.mark.parametrize("above", [".", ".."])
def test_what_a_repository_says_runs_a_chapter_again(asking: Book, above: str) -> None:
    """Wherever above the page it stands: its last commit, its branches, its settings."""
    place = asking.root / above

    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x", *words], cwd=place, check=True
        )

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "--message=one")
    asking.page("import subprocess\nprint(subprocess.run(['git', 'branch']).returncode)")
    asking.record()
    for words in (
        ["commit", "-q", "--allow-empty", "--message=two"],
        ["tag", "v1"],
        ["branch", "other"],
    ):
        asking.check()
        assert asking.check().summary["cached"] == 1
        git(*words)
        assert asking.check().summary["run"] == 1


def test_a_replay_keeps_a_name_of_two_lines(asking: Book) -> None:
    """A file may be called so."""
    asking.write("a\nb.csv", "1\n")
    asking.page("print(open('a' + chr(10) + 'b.csv').read())", options='needs="gpu"')
    assert asking.record(**GPU).rc == 0
    assert asking.check(**GPU).rc == 0
    assert asking.outputs() == ["1"]
    assert asking.check(HAS_GPU="").rc == 0
    append("a\nb.csv")(asking)
    assert "stale" in asking.check(HAS_GPU="").out


def test_a_folder_that_is_removed_is_not_looked_for_in_the_book(asking: Book) -> None:
    """What is in it is opened by a name that counts from it, and not from where Python stands."""
    asking.page(
        """
        import os, tempfile
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "data", "inner"))
            os.mkdir(os.path.join(folder, "later"))
        print("done")
        """
    )
    assert asking.record().rc == 0
    (asking.root / "later").mkdir()
    assert asking.check().summary["cached"] == 1


def test_a_word_is_of_what_the_chapter_makes_and_not_of_the_books_file(asking: Book) -> None:
    """A page that writes a `pyproject.toml` of its own has nothing to do with the book's."""
    asking.page(
        """
        import os, tempfile
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "pyproject.toml"), "w") as file:
                file.write("[project]")
            print(len(open(os.path.join(folder, "pyproject.toml")).read()))
        """
    )
    assert asking.record().rc == 0
    append("pyproject.toml")(asking)
    assert asking.check().summary["cached"] == 1
