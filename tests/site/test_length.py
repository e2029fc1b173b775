"""No chapter is longer than a reader sits."""

from __future__ import annotations

import re
from pathlib import Path

LONGEST = 25  # minutes


def test_no_chapter_takes_longer_than_twenty_five_minutes(site: Path) -> None:
    """A page says under its title how long it takes; what is looked up is not read through."""
    found = {
        page.relative_to(site).as_posix(): int(said[1])
        for page in site.rglob("*.html")
        if (said := re.search(r'class="bp-facts">(\d+) min to read', page.read_text("utf-8")))
    }
    assert len(found) > 20
    long = {page: minutes for page, minutes in found.items() if minutes > LONGEST}
    assert {page for page in long if not page.startswith("reference/")} == set()
