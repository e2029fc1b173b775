"""How long a page takes to read."""

from types import SimpleNamespace
from typing import Any

from bookproof.page.render import facts


def test_the_head_of_a_page_is_not_read() -> None:
    """What stands there is for the builder and the search."""
    text = f"---\nasked: {'word ' * 5000}\n---\n# Title\n\nA rule:\n\n---\n\n{'word ' * 1000}\n"
    judged: Any = SimpleNamespace(chapter=SimpleNamespace(text=text, blocks=[]), result=None)
    shorter: Any = SimpleNamespace(
        chapter=SimpleNamespace(text=text.partition("---\n# ")[2], blocks=[]), result=None
    )
    assert facts(judged) == facts(shorter)
