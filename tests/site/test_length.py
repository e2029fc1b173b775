"""No page is longer than a reader sits."""

from __future__ import annotations

import re
from pathlib import Path

LONGEST = 25  # minutes


def test_no_page_takes_longer_than_twenty_five_minutes(site: Path) -> None:
    """A page says under its title how long it takes."""
    found = {
        page.relative_to(site).as_posix(): int(said[1])
        for page in site.rglob("*.html")
        if (said := re.search(r'class="bp-facts">(\d+) min to read', page.read_text("utf-8")))
    }
    assert len(found) > 20
    assert {page: minutes for page, minutes in found.items() if minutes > LONGEST} == {}
