"""What the copy button gives, in a browser: code that runs where the book is not installed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

from tests.site.conftest import Visit

COPIED = """listing => {
  const button = document.createElement("button");
  button.dataset.clipboardTarget = "#none";
  listing.append(button);
  button.click();
  button.remove();
  return listing.dataset.copy;
}"""


def test_a_copied_block_brings_what_it_needs(visit: Callable[..., Visit], site: Path) -> None:
    """Each of the page's: Python, without the import, with the function."""
    page = visit().open(f"{site.as_uri()}/models/digits.html")
    listings = page.locator("[data-cut]").all()
    assert len(listings) > 5
    texts = [listing.evaluate(COPIED) for listing in listings]
    for text in texts:
        ast.parse(text)
        assert "undefined" not in text and "from examples" not in text
    assert "def small(" in texts[0] and texts[0].rstrip().endswith("reshape(8, 8))")


def test_a_heavy_page_fetches_what_is_copied_along_when_it_is_near(
    visit: Callable[..., Visit], site: Path
) -> None:
    """From a folder, too: before its listing is reached, the fold below it is filled."""
    page = visit().open(f"{site.as_uri()}/models/optimizers.html")
    fold = page.locator(".bp-along").first
    assert fold.get_attribute("data-src") == "optimizers.along.js"
    fold.scroll_into_view_if_needed()
    page.wait_for_selector(".bp-along pre", state="attached")
    assert page.locator(".bp-along[data-src]").count() == 0
    text = page.locator("[data-cut]:has(~ .bp-along)").first.evaluate(COPIED)
    ast.parse(text)
    assert "def arrival(" in text
