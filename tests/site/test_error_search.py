"""Whoever pastes an error message into the search finds what it means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.site.conftest import Visit

MESSAGES = {
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x100 and 784x10)": (
        "mat1-and-mat2-shapes-cannot-be-multiplied"
    ),
    "RuntimeError: The size of tensor a (7) must match the size of tensor b (2)"
    " at non-singleton dimension 1": (
        "the-size-of-tensor-a-must-match-the-size-of-tensor-b-at-non-singleton-dimension"
    ),
    "RuntimeError: Error(s) in loading state_dict for Net:\n"
    '\tMissing key(s) in state_dict: "fc1.weight", "fc1.bias".\n'
    '\tUnexpected key(s) in state_dict: "module.fc1.weight", "module.fc1.bias".': (
        "errors-in-loading-state_dict-missing-keys-in-state_dict-unexpected-keys-in-state_dict"
    ),
    "element 0 of tensors does not require grad and does not have a grad_fn": (
        "element-0-of-tensors-does-not-require-grad-and-does-not-have-a-grad_fn"
    ),
    "train-labels-idx1-ubyte.gz: not a whole gzip file (Not a gzipped file (b'<!'))": (
        "not-a-whole-gzip-file-not-a-gzipped-file"
    ),
}
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text", text);
  const input = document.querySelector(".md-search__input");
  input.select();
  input.dispatchEvent(new ClipboardEvent(
    "paste", {clipboardData: data, bubbles: true, cancelable: true}
  ));
}"""

AMONG_THE_FIRST = """section => {
  const links = [...document.querySelectorAll(".md-search-result__link")].slice(0, 10);
  return links.some(({ href }) => href.includes("reference/errors.html") && href.endsWith(section));
}"""


@pytest.fixture(params=["a server", "a folder"])
def base(request: pytest.FixtureRequest, site: Path, address: str) -> str:
    """Where the site is read from."""
    return address if request.param == "a server" else site.as_uri() + "/"


def test_a_pasted_message_leads_to_its_explanation(visit: Callable[..., Visit], base: str) -> None:
    """Among the first ten links, with numbers and names that the page does not show."""
    visited = visit()
    page = visited.open(base + "index.html")
    page.locator(".md-search__input").click()
    for message, section in MESSAGES.items():
        page.evaluate(PASTE, message)
        page.wait_for_function(AMONG_THE_FIRST, arg=f"#{section}", timeout=15_000)
    assert not visited.complaints
