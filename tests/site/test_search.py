"""Whoever types a question, a name, a number or a whole message into the search finds the place.

`asked.toml` holds questions as learners type them and messages as they are pasted, each with where
it was seen and the places that answer it.
"""

from __future__ import annotations

import json
import random
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ASKED = tomllib.loads(Path(__file__).with_name("asked.toml").read_text("utf-8"))
NAME = re.compile(r"[^\W\d_][\w.]*\w")
# The page's own worker of the search tells what it answered; another like it can be asked without
# the page, which would spend most of the time on lists of thousands of results.
OVERHEAR = """{
  const Theirs = Worker;
  window.Worker = class extends Theirs {
    constructor(url) {
      super(url);
      this.addEventListener("message", ({ data }) => data.type === 3 && window.told?.(data.data));
      window.another = () => new Theirs(url);
    }
    postMessage(message) {
      if (message.type === 0) window.setup = message;
      super.postMessage(message);
    }
  };
}"""
ASK = """async (queries) => {
  const worker = window.another();
  const answer = (message, type) => new Promise((told) => {
    worker.onmessage = ({ data }) => data.type === type && told(data.data);
    worker.postMessage(message);
  });
  await answer(window.setup, 1);
  const answers = [];
  for (const data of queries) {
    const { items } = await answer({ type: 2, data }, 3);
    const shown = (page) => page.filter(({ score }) => score === page[0].score);
    answers.push(items.map((page) => shown(page).map(({ location }) => location)));
  }
  worker.terminate();
  return answers;
}"""
TYPE = """async (queries) => {
  const input = document.querySelector(".md-search__input");
  const answers = [];
  for (const query of queries) {
    const answer = new Promise((told) => (window.told = told));
    input.value = query;
    input.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
    const { items } = await answer;
    const shown = (page) => page.filter(({ score }) => score === page[0].score);
    answers.push(items.map((page) => shown(page).map(({ location }) => location)));
  }
  return answers;
}"""
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text", text);
  const input = document.querySelector(".md-search__input");
  input.select();
  input.dispatchEvent(new ClipboardEvent(
    "paste", {clipboardData: data, bubbles: true, cancelable: true}
  ));
}"""
FIRST = """section => {
  const links = [...document.querySelectorAll(".md-search-result__link")].slice(0, 2);
  return links.some(({ href }) => href.endsWith(section));
}"""


@pytest.fixture(scope="module")
def box(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose box for queries has the cursor; it may complain of nothing."""
    page = browser.new_context().new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script(OVERHEAR)
    page.goto(address + "index.html")
    page.locator(".md-search__input").click()
    page.wait_for_function("window.setup")
    yield page
    page.context.close()
    assert said == []


def answers(box: Page, queries: list[str], typed: bool = True) -> list[list[list[str]]]:
    """Type queries one after the other, or ask what is behind the box; return what is found.

    The places come page by page, without what the theme folds.
    """
    found: list[list[list[str]]] = box.evaluate(TYPE if typed else ASK, queries)
    return found


@pytest.fixture(scope="module")
def around(site: Path) -> dict[str, str]:
    """For each box and question to the reader, the section in which it stands."""
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    found, section = {}, ""
    for doc in index["docs"]:
        if re.search("#(box|question)-", doc["location"]):
            found[doc["location"]] = section
        else:
            section = doc["location"]
    return found


def texts(site: Path) -> str:
    """Return all that the search has read."""
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    return "\n".join(f"{doc['title']}\n{doc['text']}" for doc in index["docs"])


def test_no_sign_and_no_gibberish_stops_the_search(box: Page) -> None:
    """Every printable sign by itself and beside a word, and strings of any of them."""
    rng = random.Random(0)
    signs = sorted(set(string.printable) - set(string.whitespace)) + list("²°…→é“")
    beside = [f"tensor{sign}" for sign in signs] + [f"{sign}tensor 1" for sign in signs]
    strings = ["".join(rng.choices(signs + [" "] * 9, k=rng.randrange(1, 30))) for _ in range(300)]
    long = ["12" * 20 + "ж", "0d74d0b1" * 8, "ab" * 200]  # many ways to read them as several words
    queries = [*signs, *beside, *strings, *long]
    found = answers(box, [*queries, "tensor"])
    assert found[-1], "after all that, a word is still found"
    assert all(places for query, places in zip(queries, found, strict=False) if query in beside)


def test_every_name_in_a_listing_is_found(box: Page, site: Path) -> None:
    """As it is written there, and in lower case."""
    code = re.findall(r"<code>(.*?)</code>", texts(site), re.DOTALL)
    names = {name for listing in code for name in NAME.findall(unescape(listing))}
    queries = sorted(names | {name.lower() for name in names})
    assert len(queries) > 3_000
    found = answers(box, queries, typed=False)
    assert [query for query, places in zip(queries, found, strict=True) if not places] == []


def test_every_number_in_a_heading_is_found(box: Page, site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    titles = " ".join(re.sub(r"<[^>]+>", "", doc["title"]) for doc in index["docs"])
    queries = sorted(set(re.findall(r"\d[\d.,]*\d|\d", titles)))
    assert len(queries) > 30
    found = answers(box, queries)
    assert [query for query, places in zip(queries, found, strict=True) if not places] == []


def share(
    box: Page, around: dict[str, str], entries: list[dict[str, Any]], key: str, most: int
) -> tuple[float, str]:
    """Return the share of entries that the first results answer, and what was found of the others.

    A result is a page with the sections that a reader sees below it, or the first section alone
    where one result counts. What stands in the section that answers, such as a box, leads there.
    """
    asked = [entry for entry in entries if entry["answers"]]
    # a box for one line holds a message as one
    queries = [re.sub(r"\s+", " ", entry[key]) for entry in asked]
    missed = []
    for entry, pages in zip(asked, answers(box, queries), strict=True):
        best = [place for page in pages[:most] for place in (page if most > 1 else page[:1])]
        places = best + [around[place] for place in best if place in around]
        wanted = {answer.replace("/#", ".html#") for answer in entry["answers"]}
        if not wanted & set(places):
            missed.append(f"{entry[key]!r}: {places[:2]} and not {sorted(wanted)}")
    return 1 - len(missed) / len(asked), "\n".join(missed)


def test_what_learners_ask_is_among_the_first_three_results(
    box: Page, around: dict[str, str]
) -> None:
    """Of the questions that the book answers, in their words: nine of ten and more."""
    part, missed = share(box, around, ASKED["question"], "asked", most=3)
    assert part >= 0.9, missed


def test_a_message_leads_to_its_explanation_at_once(box: Page, around: dict[str, str]) -> None:
    """With other numbers and names than the page shows, alone or below a traceback."""
    part, missed = share(box, around, ASKED["message"], "pasted", most=1)
    assert part >= 0.98, missed


@pytest.mark.parametrize("source", ["a server", "a folder"])
def test_a_message_may_be_pasted(
    visit: Callable[..., Visit], site: Path, address: str, source: str
) -> None:
    """All its lines; also where the site is a folder, in which browsers allow no worker."""
    visited = visit()
    base = address if source == "a server" else site.as_uri() + "/"
    page = visited.open(base + "index.html")
    page.locator(".md-search__input").click()
    page.evaluate(
        PASTE,
        "Traceback (most recent call last):\n"
        '  File "train.py", line 12, in <module>\n    model.load_state_dict(state)\n'
        "RuntimeError: Error(s) in loading state_dict for Net:\n"
        '\tMissing key(s) in state_dict: "fc1.weight", "fc1.bias".\n'
        '\tUnexpected key(s) in state_dict: "module.fc1.weight", "module.fc1.bias".',
    )
    section = (
        "#errors-in-loading-state_dict-missing-keys-in-state_dict-unexpected-keys-in-state_dict"
    )
    page.wait_for_function(FIRST, arg=section, timeout=15_000)
    assert not visited.complaints
