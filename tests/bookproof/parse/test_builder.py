"""What the pages are, and how they are read, is what the site's own configuration says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import markdown_exec
import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import get_files

from bookproof.builder import read_builder
from bookproof.errors import SettingsError
from bookproof.parse.fences import LANGUAGES
from bookproof.settings import load
from tests.bookproof.small import Book

FILES = [
    "index.md",
    "README.md",
    "a.md",
    "v1.2.md",
    "b.markdown",
    "c.mkd",
    "d.txt",
    "deep/e.md",
    "deep/README.md",
    ".hidden/f.md",
    ".g.md",
    "templates/h.md",
    "deep/templates/i.md",
    "drafts/j.md",
    "k.draft.md",
]


def test_the_languages_are_those_of_markdown_exec() -> None:
    """They are listed by hand, so that importing them costs nothing; here is who decides."""
    assert set(LANGUAGES) == set(markdown_exec.formatters)


@pytest.mark.parametrize("excluded", ["", "drafts/\n*.draft.md\n!.g.md"], ids=["", "excluded"])
def test_the_pages_are_those_that_mkdocs_builds(tmp_path: Path, excluded: str) -> None:
    """Suffixes, hidden names, readmes, `exclude_docs` and linked folders count as they do there."""
    docs = tmp_path / "docs"
    for name in FILES:
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text("# A\n", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/l.md").write_text("# A\n", "utf-8")
    (docs / "linked").symlink_to(tmp_path / "elsewhere")
    lines = "".join(f"  {line}\n" for line in excluded.split("\n"))
    text = f"site_name: A\nexclude_docs: |\n{lines}" if excluded else "site_name: A\n"
    (tmp_path / "mkdocs.yml").write_text(text, "utf-8")
    config = MkDocsConfig()
    config.load_dict({"docs_dir": str(docs), "site_name": "A", "exclude_docs": excluded})
    assert config.validate() == ([], [])
    pages = get_files(config).documentation_pages()
    theirs = {f.src_uri for f in pages if f.inclusion.is_included()}  # type: ignore[no-untyped-call]
    found = read_builder(tmp_path, "mkdocs.yml").pages(docs)
    assert {path.relative_to(docs).as_posix() for path in found} == theirs


MKDOCS = """
INHERIT: parts/base.yml
site_dir: !ENV [NOWHERE_SET, public]
theme: {name: material, custom_dir: !relative $config_dir/theme}
plugins:
  - markdown-exec: {languages: [python]}
markdown_extensions:
  - pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji ''}
  - pymdownx.snippets:
      base_path: [parts, more]
"""


def test_tags_parents_and_variables_are_understood(small_book: Book) -> None:
    """Nothing that the file names is imported, so that a machine without them can record."""
    small_book.write("parts/base.yml", "docs_dir: pages\nsite_dir: never\nplugins: [search]\n")
    small_book.write("mkdocs.yml", MKDOCS)
    builder = load(small_book.root).builder
    assert (builder.docs, builder.site) == ("pages", "public")
    assert builder.languages == ["python"]
    assert (builder.snippets or {})["base_path"] == ["parts", "more"]
    assert load(small_book.root).docs == "pages"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [("plugins: [search\nx: 1\n", 2, "not valid YAML"), ("- a\n", 0, "holds no settings")],
)
def test_a_configuration_that_cannot_be_read_is_named(
    small_book: Book, text: str, line: int, said: str
) -> None:
    """With its line, and the status of wrong settings."""
    small_book.write("mkdocs.yml", text)
    with pytest.raises(SettingsError) as caught:
        read_builder(small_book.root, "mkdocs.yml")
    assert caught.value.line == line
    assert said in str(caught.value)
    ran = small_book.check()
    assert ran.rc == 2
    assert "mkdocs.yml" in ran.err


FENCES = "markdown_extensions: [pymdownx.superfences: {custom_fences: %s}]\n"
SNIPPETS = "markdown_extensions: [pymdownx.snippets: {%s}]\n"
WRONG = {
    "fences that are no list": (FENCES % "5", "custom_fences must be a list of fences, not 5"),
    "fences that are a table": (FENCES % "{name: a}", "custom_fences must be a list of fences"),
    "folders that are none": (SNIPPETS % "base_path: 5", "base_path must be a folder or a list"),
    "folders that are nothing": (SNIPPETS % "base_path: ", "base_path must be a folder or a list"),
    "an encoding that is none": (SNIPPETS % "encoding: none-such", "none-such"),
    "a switch that is none": (SNIPPETS % "check_paths: perhaps", "perhaps"),
    "a block that all pages would get": (
        SNIPPETS % "auto_append: [parts/all.md]",
        "auto_append 'parts/all.md' holds a block to execute",
    ),
    "what is appended as a text": (SNIPPETS % "auto_append: a.md", "must be a list of files"),
    "what is appended as a number": (SNIPPETS % "auto_append: 5", "must be a list of files, not 5"),
    "languages that are no list": (
        "plugins: [markdown-exec: {languages: python}]\n",
        "languages must be a list of names, not 'python'",
    ),
    "a pattern that is none": ("exclude_docs: '!'\n", "exclude_docs holds a pattern"),
    "a file that inherits from itself": ("INHERIT: mkdocs.yml\n", "INHERIT names 'mkdocs.yml'"),
    "two files that inherit from each other": (
        "INHERIT: parts/base.yml\n",
        "INHERIT names '../mkdocs.yml'",
    ),
    "a folder to inherit from": ("INHERIT: parts\n", "cannot be read"),
    "a device to inherit from": ("INHERIT: /dev/zero\n", "it is no regular file"),
    "a date that no calendar has": (
        "a: 1\nd: 2026-99-99\n",
        "mkdocs.yml:2: not valid YAML: 2026-99-99 cannot be read",
    ),
    "a number that is none": ("d: !!int x\n", "mkdocs.yml:1: not valid YAML: x cannot be read"),
    "a number of too many digits": (f"d: {'9' * 5000}\n", "cannot be read"),
    "a time that is none": ("d: !!timestamp x\n", "cannot be read"),
    "many brackets": ("[" * 3000, "nested too deep"),
    "a table that holds itself": ("plugins: &a {pymdownx: *a}\n", "nested too deep"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_of_the_builder_is_a_sentence(
    small_book: Book, text: str, said: str
) -> None:
    """With the file, and the status of wrong settings; never a traceback, and never no end."""
    small_book.write("parts/base.yml", "INHERIT: ../mkdocs.yml\n")
    small_book.write("parts/all.md", '```python exec="1"\nprint(1)\n```\n')
    small_book.write("mkdocs.yml", text)
    small_book.page("print(1)")
    ran = small_book.run("check")
    assert ran.rc == 2, ran.out
    assert said in ran.err
    assert "mkdocs.yml:" in ran.err or "INHERIT" in text


@pytest.mark.parametrize("text", ["project = 5\n", f"a = {'9' * 5000}\n", "a = " + "[" * 3000])
def test_a_wrong_setting_in_toml_is_one_too(small_book: Book, text: str) -> None:
    """Of Zensical's own file."""
    small_book.write("zensical.toml", text)
    ran = small_book.run("check")
    assert ran.rc == 2, ran.out
    assert "zensical.toml: " in ran.err


def test_includes_are_looked_for_where_the_site_looks(small_book: Book) -> None:
    """`base_path`, one or several; a site without the extension has no includes at all."""
    small_book.write("more/tools.py", "print('inc' + 'luded')\n")
    small_book.page('--8<-- "tools.py"')
    extension = "markdown_extensions:\n  - pymdownx.snippets: {base_path: [parts, more]}\n"
    small_book.write("mkdocs.yml", f"site_name: A\n{extension}")
    assert small_book.record().rc == 0
    assert small_book.outputs() == ["included"]
    small_book.write("mkdocs.yml", "site_name: A\n")
    assert "TypeError" in small_book.check().out  # as Python reads that line


NESTED = "".join(f"{'    ' * depth}- item\n" for depth in range(400))
NO_PAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (os.mkfifo, "it is no regular file"),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), "it is no regular file"),
    "lists in lists": (
        lambda path: path.write_text(f'{NESTED}\n```python exec="1"\nprint(1)\n```\n', "utf-8"),
        "nested too deep",
    ),
}


@pytest.mark.parametrize("name", NO_PAGES)
def test_a_page_that_cannot_be_read_is_named_and_the_others_are_judged(
    small_book: Book, name: str
) -> None:
    """Neither a traceback, nor no end; and nothing of it is left when the next page is read."""
    make, said = NO_PAGES[name]
    small_book.write("docs/b.md", '- One\n\n    ```python exec="1"\n    print("well")\n    ```\n')
    make(small_book.root / "docs/a.md")
    ran = small_book.run("record")
    assert ran.rc == 1
    assert ran.said[0].startswith("docs/a.md:1: ")
    assert said in ran.said[0]
    assert small_book.outputs("b") == ["well"]


def test_a_page_and_a_script_of_one_place_are_named(small_book: Book) -> None:
    """They would share an address on the site, and a recording."""
    small_book.page("print(1)", name="a")
    small_book.write("docs/a.py", "# %%\nprint(2)\n")
    ran = small_book.check()
    assert ran.rc == 1
    assert "docs/a.py:1: it has the place of docs/a.md among the pages; rename one" in ran.out


def test_a_dot_in_a_name_is_no_suffix(small_book: Book) -> None:
    """`v1.2.md` and `v1.3.md` have recordings of their own."""
    small_book.page("print('two')", name="v1.2")
    small_book.page("print('three')", name="v1.3")
    assert small_book.record().rc == 0
    assert small_book.outputs("v1.2") == ["two"]
    assert small_book.outputs("v1.3") == ["three"]
    assert small_book.check("v1.2").rc == 0


def test_what_is_not_held_is_said(small_book: Book) -> None:
    """Notebooks, Quarto pages and docstrings never pass in silence."""
    small_book.write("mkdocs.yml", "site_name: A\nplugins: [search, markdown-exec, mkdocstrings]\n")
    small_book.write("docs/index.md", "# A\n")
    small_book.write("docs/n.ipynb", "{}")
    small_book.write("docs/q.qmd", "# Q\n")
    small_book.write(
        "code.py",
        'def f():\n    """Do.\n\n    ```python exec="1"\n    print(1)\n    ```\n    """\n',
    )
    out = small_book.check().out
    assert "note: 1 executed block in docstrings are not held" in out
    assert "note: 1 notebook (.ipynb) are not held, as docs/n.ipynb" in out
    assert "note: 1 Quarto page (.qmd) are not held" in out
    assert "note: nothing to hold: no page under docs/ has a python fence" in out


def test_a_cell_shows_its_last_value_as_a_notebook_does(small_book: Book) -> None:
    """Text as `repr`; nothing for None; and a sentence where a notebook would draw."""
    small_book.write(
        "docs/lab.py",
        """
        # %%
        x = [1, 2]
        x

        # %%
        None

        # %%
        print("printed")
        "re" + "turned"
        """,
    )
    assert small_book.record().rc == 0
    assert small_book.outputs("lab") == ["[1, 2]", "printed\n'returned'"]
    small_book.write(
        "docs/lab.py",
        "# %%\nclass Table:\n    def _repr_html_(self): return '<table>'\nTable()\n",
    )
    said = small_book.check().about("docs/lab.py")
    assert "the last line of this cell is a Table, which a notebook shows as more than text" in said
