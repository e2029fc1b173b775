"""A stranger's book: one plugin, markdown-exec beside it, and nothing more on its pages."""

from __future__ import annotations

import html as html_module
import re
from types import SimpleNamespace
from typing import cast
from xml.etree.ElementTree import Element

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from bookproof.page import safe
from bookproof.parse.block import Block
from tests.bookproof.small import Book
from tests.bookproof.tricks import TRICKS

MKDOCS = """
site_name: A small book
theme: {name: mkdocs, highlightjs: false}
plugins: [search, markdown-exec, bookproof]
markdown_extensions: [attr_list, md_in_html, tables, pymdownx.superfences]
"""


@pytest.fixture
def book(small_book: Book) -> Book:
    """A book with the smallest settings that there are."""
    small_book.write("pyproject.toml", "[tool.bookproof]\n")
    small_book.write("mkdocs.yml", MKDOCS)
    return small_book


def page(book: Book, name: str) -> str:
    """Return a built page, from its first heading on."""
    text = book.read(f"site/{name}")
    return text[text.index("<h1") :]


def test_empty_settings_and_one_plugin_are_enough(book: Book) -> None:
    """The gate is green, the page shows the output, and has nothing that nobody asked for."""
    book.page("print('he' + 're')", name="index", options='source="above" result="text"')
    assert book.record().rc == 0
    rc, text = book.mkdocs("--strict")
    assert rc == 0, text
    html = page(book, "index.html")
    assert "here" in html
    assert '<div class="bp-block" id="block-1">' in html
    assert 'href="assets/bookproof.css"' in book.read("site/index.html")
    assert ".bp-block" in book.read("site/assets/bookproof.css")
    assert "min to read" not in html
    assert "bp-provenance" not in html
    assert not [f for f in book.files() if f.startswith("site/") and f.endswith((".ipynb", ".py"))]


FURNITURE = {
    "facts": ("min to read", "bp-facts"),
    "footer": ("Where these outputs come from", "<dt>Python</dt>"),
    "notebooks": ('href="index.ipynb"', "This page as a notebook"),
    "scripts": ('href="index.py"', "Its code as a script"),
}


@pytest.mark.parametrize("setting", FURNITURE)
def test_what_stands_around_a_page_is_a_setting_each(book: Book, setting: str) -> None:
    """What one setting brings, no other does."""
    book.write("pyproject.toml", f"[tool.bookproof]\n{setting} = true\n")
    book.page("print(1)", name="index")
    book.record()
    assert book.mkdocs("--strict")[0] == 0
    html = page(book, "index.html")
    for name, words in FURNITURE.items():
        assert all((word in html) is (name == setting) for word in words), name


def test_two_pages_of_one_text_are_two_pages(book: Book) -> None:
    """A page is its path: each shows its own output, and each is held to its own recording."""
    for name in ("one", "two"):
        book.page("print(__file__)", name=name)
    assert book.record().rc == 0
    rc, text = book.mkdocs("--strict")
    assert rc == 0, text
    assert "docs/one.md" in page(book, "one/index.html")
    assert "docs/two.md" in page(book, "two/index.html")


def test_a_plugin_that_edits_the_text_takes_no_output_away(book: Book) -> None:
    """Macros and the like run before the page is rendered; its path is still the builder's."""
    book.write(
        "macros.py",
        "def on_page_markdown(markdown, **_):\n    return markdown.replace('{{ name }}', 'Ada')\n",
    )
    book.write("mkdocs.yml", f"{MKDOCS}hooks: [macros.py]\n")
    book.write(
        "docs/index.md",
        '# For {{ name }}\n\n```python exec="1" result="text"\nprint("he" + "re")\n```\n',
    )
    assert book.record().rc == 0
    rc, text = book.mkdocs("--strict")
    assert rc == 0, text
    assert "For Ada" in page(book, "index.html")
    assert "here" in page(book, "index.html")
    book.edit("docs/index.md", 'print("he"', 'print("{{ name }}", "he"')
    assert book.record().rc == 0
    rc, text = book.mkdocs("--strict")
    assert rc == 1
    assert "the page shows an executed block that the engine did not find in the file" in text
    assert "another plugin may have changed or added it" in text


@pytest.mark.parametrize("name", ["block-1", "block-2", "bp-unknown-0"])
def test_what_a_block_prints_is_no_block(book: Book, name: str) -> None:
    """Nor is it taken for one that the engine did not find, whatever it is called."""
    printed = f'<div class="bp-block" id="{name}">printed</div>'
    book.page(f"print({printed!r})", "print(2)", name="index", options='html="1"')
    book.record()
    rc, text = book.mkdocs("--strict")
    assert rc == 0, text
    assert printed in page(book, "index.html")
    assert "data-bp-mark" not in book.read("site/index.html")


def test_a_block_that_does_not_show_is_named_though_another_prints_its_name(book: Book) -> None:
    """What is printed does not stand for it."""
    last = "markdown.rindex('```python')"
    hook = f"def on_page_markdown(markdown, **_):\n    return markdown[: {last}]\n"
    book.write("cut.py", hook)
    book.write("mkdocs.yml", f"{MKDOCS}hooks: [cut.py]\n")
    first = """print('<p id="block-2">printed</p>')"""
    book.page(first, "print(2)", name="index", options='html="1"')
    book.record()
    rc, text = book.mkdocs("--strict")
    assert rc == 1
    assert "this block ran and does not show on the page" in text


def test_blocks_have_their_own_names_unless_a_session_or_the_page_is_shared(book: Book) -> None:
    """As in markdown-exec, and as the setting says."""
    book.page("x = 1", "print('x' in globals())", name="index")
    book.record()
    assert book.outputs_of("recordings/index.txt") == ["False"]
    book.page("x = 1", "print('x' in globals())", name="index", options='session="s"')
    book.record()
    assert book.outputs_of("recordings/index.txt") == ["True"]
    book.page("x = 1", "print('x' in globals())", name="index")
    book.write("pyproject.toml", '[tool.bookproof]\nsession = "page"\n')
    book.record()
    assert book.outputs_of("recordings/index.txt") == ["True"]


def test_other_languages_are_markdown_execs_own(book: Book) -> None:
    """They run when the site is built, beside ours and inside of Markdown that one made."""
    book.write(
        "docs/index.md",
        '# A\n\n```bash exec="1" result="text"\necho from-$((1 + 1))-bash\n```\n\n'
        '````md exec="1"\n```python exec="1" result="text"\nprint("in" + "side")\n```\n````\n\n'
        '```python exec="1" result="text"\nprint("ou" + "rs")\n```\n',
    )
    ran = book.record()
    assert ran.rc == 0
    assert "note: 2 blocks of other kinds are not held (1 bash, 1 md)" in ran.out
    rc, text = book.mkdocs("--strict")
    assert rc == 0, text
    html = page(book, "index.html")
    assert "from-2-bash" in html
    assert "inside" in html
    assert "ours" in html


DIAGRAMS = """
  - pymdownx.superfences:
      custom_fences:
        - {name: mermaid, class: mermaid}
        - {name: "*", class: diagram}
  - pymdownx.inlinehilite:
      custom_inline: [{name: mermaid, class: mermaid, format: !!python/name:diagrams.inline }]
"""
LIVE = (
    *("script", "iframe", "object", "embed", "form", "style", "base", "meta", "div[markdown]"),
    *("svg", "animate", "set", ".mermaid", ".diagram"),
)
ELEMENTS = """
    animate set animateTransform ANIMATE svg:set {http://www.w3.org/2000/svg}animateMotion use
    foreignObject math maction portal frame frameset applet isindex button select my-widget noscript
    iframe object embed form style base meta link template textarea title xmp plaintext
"""
ATTRIBUTES = {
    "onload": "hit()",
    "{http://www.w3.org/1999/xlink}href": "javascript:hit()",
    "xlink:href": "data:image/svg+xml,<svg/>",
    "x:OnLoad": "hit()",
    "formaction": "https://example.com",
    "ping": "javascript:hit()",
    "background": "javascript:hit()",
    "lowsrc": "javascript:hit()",
    "srcdoc": "<script>",
    "http-equiv": "refresh",
    "autofocus": "",
    "is": "my-widget",
    "style": r"background: \75rl(javascript:hit())",
}


@pytest.fixture(scope="module")
def tricked(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A built book with a page for each trick, printed as Markdown."""
    book = Book(tmp_path_factory.mktemp("tricks") / "book")
    book.write("pyproject.toml", "[tool.bookproof]\n")
    extensions = "attr_list md_in_html tables pymdownx.blocks.html pymdownx.blocks.details meta"
    listed = "".join(f"\n  - {name}" for name in extensions.split())
    before = MKDOCS[: MKDOCS.index(" [attr_list")]
    book.write("mkdocs.yml", f"{before}{listed}{DIAGRAMS}")
    book.write(
        "diagrams.py",
        "from xml.etree.ElementTree import Element\n\n\n"
        "def inline(src, language, class_name, md):\n"
        "    return Element('b', {'class': class_name})\n",
    )
    for number, text in enumerate(TRICKS.values()):
        for place, options in (("m", ""), ("b", 'source="block"'), ("c", 'source="console"')):
            book.page(f"print({text!r})", name=f"{place}{number}", options=options)
    assert book.record().rc == 0
    rc, text = book.mkdocs()
    assert rc == 0, text
    return book


@pytest.mark.parametrize("name", TRICKS)
@pytest.mark.parametrize("place", "mbc")
def test_nothing_that_is_printed_runs(tricked: Book, place: str, name: str) -> None:
    """HTML, attributes and addresses in printed Markdown do nothing in a reader's browser."""
    html = tricked.read(f"site/{place}{list(TRICKS).index(name)}/index.html")
    block = BeautifulSoup(html, "html.parser").select_one("#block-1")
    assert block is not None
    assert block.select(", ".join(LIVE)) == []
    for element in block.find_all(True):
        for attribute, value in element.attrs.items():
            assert not attribute.startswith("on"), element
            text = html_module.unescape(str(value)).lower()
            assert not re.match(r"(javascript|data):", re.sub(r"[\x00-\x20]", "", text)), element
            assert "url(" not in text, element
    assert "tool.bookproof" not in block.get_text()
    assert not (tricked.root / "hit").exists()


SHOWN = {
    "what looks like front matter": ("Accuracy: 0.93", "<p>Accuracy: 0.93</p>"),
    "front matter": ("---\na: 0.93\n---", "a: 0.93"),
    "marks of an editor": ("a {--b--} {>>c<<}", "<p>a {--b--} {&gt;&gt;c&lt;&lt;}</p>"),
    "a fence of a diagram": ("```mermaid\nA-->B\n```", "A--&gt;B\n</code></pre>"),
    "code of a diagram": ("`#!mermaid A-->B`", '<code class="highlight">A--&gt;B</code>'),
    "a title": ('```python title="a < b"\n```', '<span class="filename">a ‹ b</span>'),
    "a title that would be HTML": (
        '```python title="<b>x</b>" title_mode="html"\n```',
        "‹b&gt;x‹/b&gt;",
    ),
    "the title of the block itself": (
        '```python title="<b>own</b>" title_mode="html"\n```',
        '<span class="filename"><b>own</b></span>',
    ),
    "marked lines": ('```python hl_lines="1" exec="1"\nx\n```', 'class="hll"'),
    "cells that are aligned": ("|a|\n|-:|\n|1|", '<td style="text-align: right;">1</td>'),
    "a formula": ("$x$", '<span class="arithmatex">'),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_what_is_printed_is_shown_whatever_the_book_has(text: str, shown: str) -> None:
    """Extensions that read signs of an author's own, or draw a fence, leave printed text alone."""
    named = ["meta", "attr_list", "tables", "pymdownx.superfences", "pymdownx.inlinehilite"]
    fences = [{"name": name, "class": name} for name in ("mermaid", "arithmatex")]
    md = Markdown(
        extensions=[*named, "pymdownx.critic", "pymdownx.arithmatex"],
        extension_configs={
            "pymdownx.critic": {"mode": "accept"},
            "pymdownx.superfences": {"custom_fences": fences},
            "pymdownx.inlinehilite": {"custom_inline": [{"name": "mermaid", "class": "mermaid"}]},
        },
    )
    options = {"title": "<b>own</b>"}
    safe.secure(md, cast(Block, SimpleNamespace(source="", options=options)))
    assert shown in md.convert(text)


STYLES = {
    "color: red;": "color: red;",
    "COLOR:Red ; width:50%": "COLOR: Red; width: 50%;",
    "border: 1px solid #ccc; padding: .5em 1em": "border: 1px solid #ccc; padding: .5em 1em;",
    "background: rgb(1, 2, 3); color: var(--md-accent)": (
        "background: rgb(1, 2, 3); color: var(--md-accent);"
    ),
    "position:fixed;top:0;left:0;width:100%;height:100%;z-index:9": "width: 100%;",
    "POSITION: absolute; color: red": "color: red;",
    "pos/**/ition: fixed; position/**/: fixed; color: r/**/ed": None,
    r"p\6fsition: fixed; color: \72 ed": None,
    "position&colon;fixed; color&#58; red": None,
    "margin: -99px; margin-left: calc(0px - 99px); padding: 1px": "padding: 1px;",
    "margin: 0 auto !important": None,
    "width: 100vw; width: 4000px; width: 101%": None,
    "--x: -99px; margin: var(--x, -99px)": None,
    "background: url(x.png); background: image-set('x.png' 1x)": None,
    "color: red}*{position:fixed": None,
    "font-family: 'a; position: fixed'; transform: scale(9)": None,
    "inset: 0; float: right; display: none; line-height: 0; height: 0": None,
}


@pytest.mark.parametrize("style", STYLES)
def test_a_style_stays_in_its_own_box(style: str) -> None:
    """However it is written, nothing lies over the rest of the page."""
    kept = STYLES[style]
    expected = f'<p style="{kept}">text</p>' if kept else "<p>text</p>"
    assert secured(Element("p", {"style": style})) == expected


def test_a_picture_may_have_a_height() -> None:
    """Nothing in it runs out of its box."""
    picture = Element("img", {"style": "height: 20px; position: fixed"})
    assert secured(picture).startswith('<img style="height: 20px;"')


@pytest.mark.parametrize("tag", ELEMENTS.split())
def test_an_element_that_does_more_than_show_text_is_none(tag: str) -> None:
    """Whatever extension makes it, in any spelling; what stands in it is shown."""
    assert secured(Element(tag, href="#")) == "<div>text</div>"


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_that_does_something_is_dropped(name: str) -> None:
    """In any spelling and any namespace, and what is harmless beside it stays."""
    element = Element("a", {name: ATTRIBUTES[name], "href": "b.md", "title": "b"})
    assert secured(element) == '<a href="b.md" title="b">text</a>'


def secured(element: Element) -> str:
    """Return a text in an element that an extension made of printed Markdown."""

    class Making(Treeprocessor):
        def run(self, root: Element) -> None:
            element.text = "text"
            root[:] = [element]

    md = Markdown()
    md.treeprocessors.register(Making(md), "making", 5)
    safe.secure(md, cast(Block, SimpleNamespace(source="", options={})))
    html: str = md.convert("text")
    return html


@pytest.mark.parametrize("options", [["--strict"], ["--strict", "--quiet"]], ids=" ".join)
def test_a_drift_stops_a_strict_build_however_quiet(book: Book, options: list[str]) -> None:
    """An author who types `mkdocs build --strict -q` asks for it as well."""
    book.page("print('one')", name="index")
    book.record()
    assert book.mkdocs(*options)[0] == 0
    book.edit("docs/index.md", "'one'", "'two'")
    rc, text = book.mkdocs(*options)
    assert rc == 1
    assert "docs/index.md:3: the output drifted" in text


def test_html_is_obeyed_where_the_book_says_so(book: Book) -> None:
    """Its own author's word."""
    book.write("pyproject.toml", "[tool.bookproof]\nraw_html = true\n")
    book.page("print('<b id=\"bold\">he' + 're</b>')", name="index", options="")
    book.record()
    assert book.mkdocs("--strict")[0] == 0
    assert '<b id="bold">here</b>' in page(book, "index.html")


def test_without_markdown_exec_the_plugin_says_what_it_wants(book: Book) -> None:
    """One sentence, and no page."""
    book.write("mkdocs.yml", MKDOCS.replace("markdown-exec, ", ""))
    book.page("print(1)", name="index")
    rc, text = book.mkdocs()
    assert rc == 1
    assert "list `markdown-exec` before it in `plugins:` of mkdocs.yml" in text
    assert "Traceback" not in text


def test_wrong_settings_stop_the_build_with_a_sentence(book: Book) -> None:
    """With the file, and no traceback."""
    book.write("pyproject.toml", "[tool.bookproof]\nlimits = 3\n")
    book.page("print(1)", name="index")
    rc, text = book.mkdocs()
    assert rc == 1
    assert "[tool.bookproof] has no setting 'limits'" in text
    assert "Traceback" not in text


def test_what_a_block_printed_is_rendered_anew_when_an_extension_is_another(book: Book) -> None:
    """The book's own extension of Markdown is part of the page, as its text is."""
    extension = """
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor


class Loud(Postprocessor):
    def run(self, text):
        return text.replace("MARK", "first")


class Marks(Extension):
    def extendMarkdown(self, md):
        md.postprocessors.register(Loud(md), "loud", 1)


def makeExtension(**options):
    return Marks(**options)
"""
    book.write("marks.py", extension)
    book.write("mkdocs.yml", MKDOCS.replace("[attr_list,", "[marks, attr_list,"))
    book.page("print('*MARK*')", name="index", options="")
    assert book.record().rc == 0
    for said in ("first", "second"):
        book.write("marks.py", extension.replace("first", said))
        rc, text = book.mkdocs("--strict")
        assert rc == 0, text
        assert f"<em>{said}</em>" in page(book, "index.html")
