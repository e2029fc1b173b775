"""What a reader sees: each block once, in its place, with its real output or the truth about it."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from markdown import Markdown
from markdown_exec import formatter, markdown_config, validator

from bookproof.page.book import close_book, open_book
from tests.bookproof.small import Book

FENCES = [
    {"name": "python", "class": "python", "validator": validator, "format": formatter},
]
EXTENSIONS = [
    "admonition",
    "attr_list",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.snippets",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "bookproof",
]


@dataclass
class Site:
    """A book rendered by Python-Markdown alone, one page at a time."""

    book: Book
    warnings: list[str] = field(default_factory=list)

    def page(self, name: str = "a") -> str:
        """Render a page as it is now."""
        options: dict[str, dict[str, Any]] = {
            "pymdownx.superfences": {"custom_fences": FENCES},
            "pymdownx.snippets": {"base_path": [str(self.book.root)], "check_paths": True},
            "pymdownx.tabbed": {"alternate_style": True},
        }
        markdown_config.save(EXTENSIONS, options)
        open_book().refresh()
        with contextlib.chdir(self.book.root):
            md = Markdown(extensions=EXTENSIONS, extension_configs=options)
            md.page_source = f"{name}.md"  # as a builder says which page it is
            return str(md.convert(self.book.read(f"docs/{name}.md")))


@pytest.fixture
def site(small_book: Book, caplog: pytest.LogCaptureFixture) -> Iterator[Site]:
    """A book without a page, and what a builder in strict mode would count against it."""
    close_book()
    with contextlib.chdir(small_book.root):
        made = Site(small_book)
        open_book()
    try:
        with caplog.at_level(logging.WARNING):
            yield made
    finally:
        close_book()


def output(html: str, block: int = 1) -> str:
    """Return the HTML of one block, up to the next or the end."""
    assert html.count(f'id="block-{block}"') == 1, html
    return html.split(f'id="block-{block}"')[1].split('id="block-')[0].split("<footer")[0]


PLACES = {
    "a list": (
        '1. One\n\n    ```python exec="1" result="text"\n    print("here")\n    ```\n\n2. Two\n',
        r"<ol>\s*<li>.*here.*</li>\s*<li>.*Two",
    ),
    "an admonition": (
        '!!! note\n\n    ```python exec="1" result="text"\n    print("here")\n    ```\n\nend\n',
        r'<div class="admonition note">.*here.*</div>.*end',
    ),
    "details": (
        '??? note\n\n    ```python exec="1" result="text"\n    print("here")\n    ```\n\nend\n',
        r"<details.*here.*</details>.*end",
    ),
    "a tab": (
        '=== "A"\n\n    ```python exec="1" result="text"\n    print("here")\n    ```\n\nend\n',
        r'class="tabbed-block">.*here.*</div>.*end',
    ),
    "an admonition in a list": (
        '- a\n\n    !!! note\n\n        ```python exec="1" result="text"\n'
        '        print("here")\n        ```\n',
        r'<li>.*<div class="admonition note">.*here.*</li>',
    ),
    "tab characters": (
        '!!! note\n\n\t```python exec="1" result="text"\n\tif 1:\n\t\tprint("here")\n\t```\n',
        r'<div class="admonition note">.*here',
    ),
    "a title with a backtick": (
        '```python exec="1" source="above" result="text" title="The `x`"\nprint("here")\n```\n',
        "here",
    ),
    "a form feed above": (
        'a\x0cb\n\n```python exec="1" result="text"\nprint("here")\n```\n',
        "here",
    ),
}


@pytest.mark.parametrize(("text", "shown"), PLACES.values(), ids=PLACES)
def test_a_block_shows_in_its_place(site: Site, text: str, shown: str) -> None:
    """What runs in a list, an admonition or a tab shows there, once."""
    site.book.write("docs/a.md", f"# A\n\n{text}")
    site.book.record()
    html = site.page()
    assert "here" in output(html)
    assert re.search(shown, html, re.DOTALL), html
    assert "This page has problems" not in html


def test_a_fence_in_an_indented_listing_is_text(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """Four spaces in no container make a listing: it is shown as it stands, and does not run."""
    site.book.write(
        "docs/a.md",
        '# A\n\ntext\n\n    ```python exec="1"\n    print("x" + "y")\n    ```\n\n'
        '```python exec="1" result="text"\nprint("he" + "re")\n```\n',
    )
    assert site.book.check().summary["blocks"] == 1
    assert site.book.record().rc == 0
    html = site.page()
    assert "```python" in html
    assert "xy" not in html
    assert "here" in output(html)
    assert "not run" not in html
    assert caplog.text == ""


OUTPUTS = {
    "a script": ("print('<script>alert(1)</script>')", "&lt;script&gt;"),
    "an event": ("print('<img src=x onerror=alert(1)>')", "&lt;img src=x"),
    "an entity": ("print('&lt;b&gt; &amp;')", "&amp;lt;b&amp;gt;"),
    "an end of its own box": ("print('</code></pre></div><b>out</b>')", "&lt;/code"),
    "colors": ("print('\\x1b[31mred\\x1b[0m')", "red"),
    "a cursor's move": ("print('\\x1b[2J\\x1b[1Ahome')", "home"),
    "a title of the terminal": ("print('\\x1b]0;title\\x07text')", "text"),
    "bytes that are not UTF-8": (
        "import sys\nsys.stdout.buffer.write(b'Gr\\xfc \\x00\\n')",
        "Gr\\xfc \\x00",
    ),
    "10,000 lines": ("for i in range(10_000): print('line', i)", "line 9999"),
    "Markdown": ("print('# no heading\\n* no list\\n`x` <b>')", "# no heading\n* no list\n`x`"),
    "a fence": ("print('```\\n````\\n~~~')", "```\n````\n~~~"),
    "an include": ("print('--8<-- \"pyproject.toml\"')", '--8&lt;-- "pyproject.toml"'),
    "a placeholder": ("print('\\x02wzxhzdk:0\\x03 end')", "end"),
}


@pytest.mark.parametrize(("code", "shown"), OUTPUTS.values(), ids=OUTPUTS)
def test_any_output_is_shown_safely(site: Site, code: str, shown: str) -> None:
    """Text is text: no markup of an output is obeyed, no control character reaches the page."""
    site.book.page(code, options='result="text"')
    site.book.record()
    html = site.page()
    text = output(html)
    assert shown in text, text[:2000]
    assert not re.search(r"<(script|img|b|h1)\b", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    assert "[tool.bookproof]" not in text
    assert "where these outputs come from" in html.lower()


def test_printed_markdown_is_rendered_and_its_html_is_not(site: Site) -> None:
    """A sentence with a measured number is Markdown, and no way in for markup."""
    site.book.page(
        "print('A **bold** `<b>` sum: 3 <script>alert(1)</script> <!-- x -->')", options=""
    )
    site.book.record()
    text = output(site.page())
    assert "<strong>bold</strong>" in text
    assert "<code>&lt;b&gt;</code>" in text
    assert "<script" not in text
    assert "<!--" not in text


@pytest.mark.parametrize("options", ["", 'html="1"', 'source="console"'])
def test_no_control_character_reaches_the_page(site: Site, options: str) -> None:
    """Neither in Markdown, nor in HTML, nor in a console: it would break the page for a parser."""
    site.book.page(r"print('a\x07b \x1b[31mred\x1b[0m \x0c \x02 end')", options=options)
    site.book.record()
    text = output(site.page())
    assert r"a\x07b red" in re.sub(r"<[^>]*>", "", text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)


@pytest.mark.parametrize(
    ("code", "options", "shown"),
    [
        ("print('<b>' + 'he' + 're</b>')", 'html="1"', "<b>here</b>"),
        ("raise ValueError('he' + 're')", 'raises="ValueError"', "ValueError: here"),
    ],
)
def test_what_no_console_can_hold_stands_under_it(
    site: Site, code: str, options: str, shown: str
) -> None:
    """A console is one listing; HTML, or a traceback's box, comes after it and is not lost."""
    site.book.page(code, options=f'source="console" {options}')
    site.book.record()
    assert shown in output(site.page())


def test_a_listing_may_hold_the_code_of_a_block_below_it(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """A page that shows how a block is written, and then the block, shows both."""
    fence = '```python exec="1" result="text"\nprint("he" + "re")\n```\n'
    listing = "".join(f"    {line}\n" for line in fence.splitlines())
    site.book.write("docs/a.md", f"# A\n\nSo it is written:\n\n{listing}\nAnd so shown:\n\n{fence}")
    assert site.book.record().summary["blocks"] == 1
    html = site.page()
    assert "here" in output(html)
    assert "not run" not in html
    assert caplog.text == ""


def test_html_is_shown_as_it_is(site: Site) -> None:
    """A block that says so prints a figure."""
    site.book.page("print('<svg><text>7</text></svg>')", options='html="1"')
    site.book.record()
    assert "<svg><text>7</text></svg>" in output(site.page())


def test_a_block_without_output_shows_its_source_alone(site: Site) -> None:
    """Nothing printed is nothing shown, not an empty box."""
    site.book.page("x = 1", "assert x == 1")
    site.book.edit("docs/a.md", 'source="above"\nassert', "\nassert")
    html = site.page()
    assert "bp-output" not in html
    assert "hidden" in output(html, 2)[:20]


def test_a_live_output_is_shown_rather_than_its_recording(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """On drift the page shows what was printed, says so, and a strict build fails."""
    site.book.page("print(6 * 7)", options='result="text"')
    site.book.record()
    site.book.edit("tests/outputs/a.txt", "\n42", "\n41")
    text = output(site.page())
    assert ">42\n" in text
    assert "the output drifted from its recording" in text
    assert "docs/a.md:3: the output drifted" in caplog.text


def test_a_failure_is_shown_and_the_rest_of_the_page_is_there(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """The block that failed, those after it that did not run, and all the prose."""
    site.book.page("print('one')", "import os\nos._exit(3)", "print('three')")
    (site.book.root / "docs/a.md").open("a").write("\nThe end.\n")
    html = site.page()
    assert "one" in output(html, 1)
    assert "exit status 3" in output(html, 2)
    assert "did not run" in output(html, 3)
    assert "The end." in html
    assert "docs/a.md:7: its process ended by itself" in caplog.text


def test_an_expected_error_is_shown_with_its_line(site: Site) -> None:
    """A reader sees the short traceback, with the line of the page, also after an edit of prose."""
    site.book.page("def f():\n    1 / 0\n\nf()", options='raises="ZeroDivisionError"')
    site.book.record()
    site.book.edit("docs/a.md", "# A title\n", "# A title\n\nMore.\n")
    text = output(site.page())
    assert "bp-raises" in text
    assert "  docs/a.md:9\n    f()\n  docs/a.md:7, in f\n    1 / 0\n" in text


def test_a_typo_stands_on_the_page(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """What the gate names, the page and a strict build name, too."""
    site.book.page("print(1)")
    (site.book.root / "docs/a.md").open("a").write('\n```python exec="1" sauce="x"\n2\n```\n')
    html = site.page()
    assert "docs/a.md:7: unknown option &#x27;sauce&#x27;" in html
    assert "docs/a.md:7" in caplog.text


def test_an_orphan_recording_warns(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A strict build is no greener than the gate."""
    site.book.page("print(1)", "print(2)")
    site.book.record()
    site.book.page("print(1)")
    site.page()
    assert "no block owns this output" in caplog.text


def test_a_replay_is_labelled_with_its_provenance(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not run here says where it ran, under the block and at the end of the page."""
    site.book.page("print('from afar')", options='result="text" needs="gpu"')
    site.book.record(HAS_GPU="1", DEVICE="NVIDIA <H200>")
    text = site.page()
    assert "from afar" in output(text)
    assert "Recorded with Python" in output(text)
    assert "NVIDIA &lt;H200&gt; · threads 1 · 20" in output(text)
    assert "NVIDIA &lt;H200&gt;" in text.split("<footer")[1]


def test_a_section_says_once_where_its_replays_come_from(site: Site) -> None:
    """Each of the others says that it is one."""
    fence = '```python exec="1" result="text" needs="gpu"\nprint({})\n```\n'
    blocks = [fence.format(n) for n in range(4)]
    site.book.write("docs/a.md", "# A\n\n" + "\n".join([*blocks[:3], "## B\n", blocks[3]]))
    site.book.record(HAS_GPU="1")
    site.page()
    said = [output(site.page(), n).count("Recorded with Python") for n in (1, 2, 3, 4)]
    assert said == [1, 0, 0, 1]
    assert all("Replayed, as above." in output(site.page(), n) for n in (2, 3))


def test_a_stale_replay_is_not_shown_as_truth(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """The page says that it is stale, what to do, and a strict build fails."""
    site.book.page("x = 1", "print('from afar', x)", options='result="text" needs="gpu"')
    site.book.edit("docs/a.md", ' needs="gpu"\nx', "\nx")
    site.book.record(HAS_GPU="1")
    site.book.edit("docs/a.md", "x = 1", "x = 2")
    text = output(site.page(), 2)
    assert "stale" in text
    assert "bookproof record --needs gpu" in text
    assert "docs/a.md:7: stale" in caplog.text


def test_every_page_ends_with_its_provenance(site: Site) -> None:
    """Versions, device, threads, seconds, what was replayed, the date."""
    site.book.page("print(1)")
    site.book.record()
    footer = site.page().split("<footer")[1]
    for words in ("Python", "plain machine", "Threads", "1 block, ran in", "Replayed", "nothing"):
        assert words in footer
    assert re.search(r"<dd>20\d\d-\d\d-\d\d</dd>", footer)


def test_a_deleted_definition_is_missed_at_once(site: Site) -> None:
    """No state of an earlier build survives in a page that is built again."""
    site.book.page("def f():\n    return 'old'", "print(f())")
    site.book.record()
    assert "old" in output(site.page(), 2)
    site.book.page("pass", "print(f())")
    assert "NameError: name &#x27;f&#x27; is not defined" in output(site.page(), 2)


def test_an_edited_or_renamed_example_shows_at_once(site: Site) -> None:
    """A second build in the same process sees the modules as they are now."""
    site.book.write("examples/one.py", "VALUE = 'old'\n")
    site.book.page("from examples.one import VALUE\nprint(VALUE)", options='result="text"')
    site.book.record()
    assert ">old\n" in output(site.page())
    site.book.write("examples/one.py", "VALUE = 'new'\n")
    assert ">new\n" in output(site.page())
    (site.book.root / "examples/one.py").rename(site.book.root / "examples/two.py")
    assert "ModuleNotFoundError" in output(site.page())
    site.book.edit("docs/a.md", "examples.one", "examples.two")
    assert ">new\n" in output(site.page())


MKDOCS = """
site_name: A small book
strict: true
theme: {name: mkdocs, highlightjs: false}
plugins: [markdown-exec, bookproof]
markdown_extensions: [admonition, pymdownx.superfences]
"""


@pytest.fixture
def built(small_book: Book) -> Book:
    """A recorded book of two chapters that MkDocs can build."""
    small_book.write("mkdocs.yml", MKDOCS)
    small_book.page("print('first ' + 'page')", name="index")
    small_book.page("print('second ' + 'page')", name="b")
    assert small_book.record().rc == 0
    return small_book


def test_mkdocs_builds_what_the_gate_found_green(built: Book) -> None:
    """Both pages, their outputs, and each chapter's code to take along."""
    rc, text = built.mkdocs()
    assert rc == 0, text
    assert "first page" in built.read("site/index.html")
    assert "second page" in built.read("site/b/index.html")
    assert "print('second ' + 'page')" in built.read("site/b/b.py")


def test_code_that_no_machine_has_run_is_an_invitation(site: Site) -> None:
    """One line says where to run it and what to look for; the page says once what is to come."""
    site.book.write(
        "docs/a.md",
        """# A

```python exec="1" source="above" result="text" needs="gpu" title="how fast?"
print("far")
```

```python exec="1" source="above" result="text" needs="gpu"
print("away")
```

```python exec="1" needs="gpu"
assert True
```
""",
    )
    site.book.record(HAS_GPU="")
    page = site.page()
    assert page.count("<summary>") == 2
    assert "Here would stand" not in page
    assert "<summary>Run this on your GPU: how fast?</summary>" in page
    assert (
        page.count("2 blocks of this page no machine has recorded yet: run them on your GPU.") == 1
    )
    assert "bp-output" not in page
    assert page.count("how fast?") == 1
    site.book.record(HAS_GPU="1")
    page = site.page()
    assert "<summary>" not in page
    assert "no machine has recorded" not in page
    assert page.count("how fast?") == 1


BREAKS = {
    "drift": ("tests/outputs/b.txt", "\nsecond page", "\nother page", "drifted"),
    "a failure": ("docs/b.md", "print(", "import sys\nsys.exit(0)\nprint(", "SystemExit: 0"),
    "death": ("docs/b.md", "print(", "import os\nos._exit(0)\nprint(", "exit status 0"),
    "a typo": ("docs/b.md", 'source="above"', 'source="abvoe"', "is no place"),
    "an unknown option": ("docs/b.md", 'source="above"', 'sauce="above"', "unknown option"),
    "a block that is new": (
        "docs/b.md",
        "```python",
        "```python exec='1'\nprint(3)\n```\n\n```python",
        "not recorded yet",
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "said"), BREAKS.values(), ids=BREAKS)
def test_mkdocs_fails_where_the_gate_does(
    built: Book, file: str, old: str, new: str, said: str
) -> None:
    """A strict build ends with 1 and names the line; the other page is there."""
    built.edit(file, old, new)
    rc, text = built.mkdocs()
    assert rc == 1
    assert said in text
    assert "docs/b.md:" in text
    assert "first page" in built.read("site/index.html")
    assert built.check().rc == 1
