"""What a copy button has to give beside the code that it stands at."""

from __future__ import annotations

from bookproof.export.alone import Alone
from bookproof.page.render import with_copy
from bookproof.parse.block import Block

LISTING = '<div class="language-python highlight"><pre><code>…</code></pre></div>'


def block(code: str, **options: str) -> Block:
    """Return a block of a page."""
    origins = tuple(("docs/a.md", n) for n, _ in enumerate(code.split("\n"), 1))
    return Block(1, 1, code, origins, options)


def test_a_block_that_needs_nothing_is_as_it_was() -> None:
    """Most blocks: no attribute, no fold."""
    assert with_copy(LISTING, Alone("", "x = 1"), block("x = 1")) == LISTING
    assert with_copy(LISTING, None, block("x = 1")) == LISTING


def test_a_function_of_the_books_own_stands_in_a_fold() -> None:
    """And the listing names the line that is left out, in the code that is shown."""
    code = 'def g():\n    """Say.\n\n    More.\n    """\n\nfrom own import f\nf()'
    along = Alone("def f():\n    pass", "f()", names=("f",), cut=(7,))
    html = with_copy(LISTING, along, block(code))
    assert html.startswith('<div data-cut="4" class="language-python highlight">')
    assert "<summary>Copied along: <code>f</code></summary>" in html


def test_imports_alone_need_no_fold() -> None:
    """They stand in an attribute."""
    html = with_copy(LISTING, Alone("import torch", "torch.e", names=("torch",)), block("torch.e"))
    assert 'data-before="import torch"' in html and "<details" not in html


def test_what_a_function_of_the_book_shows_is_given_whole() -> None:
    """Its listing is no text that could be put together."""
    one = Alone("import torch", "torch.e", names=("torch",))
    html = with_copy(LISTING, one, block("torch.e", **{"as": "walk"}))
    assert 'data-copy="import torch\n\ntorch.e"' in html
