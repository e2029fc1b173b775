"""Every link within the site leads somewhere."""

from __future__ import annotations

import os
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key in ("id", "name") and value and (key == "id" or tag == "a"):
                self.ids.append(value)
            if key in ("href", "src", "poster", "data") and value is not None:
                self.links.append(value)


@pytest.fixture(scope="session")
def parsed(site: Path) -> dict[Path, _Page]:
    """Every page of the site, by its file."""
    return {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_link_leads_to_a_file_and_an_anchor(site: Path, parsed: dict[Path, _Page]) -> None:
    """Pages, anchors, downloads, styles and scripts are where the links say."""
    broken = defaultdict(set)
    for path, page in parsed.items():
        if path.name == "404.html":  # its links begin at the host's root
            continue
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            if not target.is_relative_to(site):
                broken[path].add(f"{link} leaves the site")
            elif target.is_dir():
                broken[path].add(f"{link} is a folder, which does not open without a server")
            elif not target.is_file():
                broken[path].add(f"{link} is missing")
            elif url.fragment and target in parsed:
                known = parsed[target].ids
                if url.fragment not in known and unquote(url.fragment) not in known:
                    broken[path].add(f"{link} has no such anchor")
    assert not broken, "\n".join(
        f"{path.relative_to(site)}: {problem}"
        for path, problems in broken.items()
        for problem in sorted(problems)
    )


def test_no_id_is_used_twice_on_a_page(parsed: dict[Path, _Page]) -> None:
    """A link to one of two would lead to the first."""
    twice = {
        path.name: repeated
        for path, page in parsed.items()
        if (repeated := {name for name in page.ids if page.ids.count(name) > 1})
    }
    assert not twice


def test_no_page_claims_an_address_that_was_not_given(parsed: dict[Path, _Page]) -> None:
    """The placeholder of the settings must reach no reader."""
    if os.environ.get("SITE_URL"):
        pytest.skip("an address was given")
    for path, page in parsed.items():
        assert not [link for link in page.links if "pytorch-executed.example" in link], path
