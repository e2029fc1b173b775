"""Make both files of the whole book, and link them from the pages that offer the book.

    python3 book.py volumes            both, from the folder site/
    python3 book.py volumes epub       one of them: epub, or pdf

The site is built if it is not there; `SITE_DIR` names another folder. The PDF needs Chromium, and
some minutes. The links are put into the boxes that offer the exercises, once the files are there:
a site without them shows no link to them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from booksite import take_along
from booksite.volumes import epub, pages, pdf

MADE = {"epub": epub, "pdf": pdf}
_OFFER = re.compile(
    rf'(<p>(?:(?!</p>).)*?<a href="([./]*){re.escape(take_along.NAME)}"(?:(?!</p>).)*</p>)'
    r'(?:\n?<p class="bp-volumes">.*?</p>)?',
    re.DOTALL,
)


def main(words: Sequence[str] = ()) -> int:
    """Make what is named, or both."""
    wrong = [word for word in words if word not in MADE]
    if wrong:
        print(f"Which is it, {' or '.join(MADE)}? There is no {wrong[0]!r}.", file=sys.stderr)
        return 2
    site = Path(os.environ.get("SITE_DIR", "site")).resolve()
    if not (site / "index.html").exists():
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
        if status := subprocess.run(command, check=False).returncode:
            return status
    for word in words or MADE:
        began = time.monotonic()
        file = site / MADE[word].NAME
        MADE[word].write(pages.read(site), file)
        took = time.monotonic() - began
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB, in {took:.0f} s", flush=True)
    offer(site)
    return 0


def offer(site: Path) -> None:
    """Link the files that there are from the pages that offer the exercises."""
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        if take_along.NAME in text:
            page.write_text(_OFFER.sub(lambda box: box[1] + _links(site, box[2]), text), "utf-8")


def _links(site: Path, up: str) -> str:
    """Return the sentence with the links; nothing where there is no file."""
    there = {word: site / made.NAME for word, made in reversed(MADE.items())}
    links = [
        f'<a href="{up}{file.name}" download>{word.upper()}</a> '
        f"({file.stat().st_size / 1e6:.0f} MB)"
        for word, file in there.items()
        if file.exists()
    ]
    text = " or ".join(links)
    return f'\n<p class="bp-volumes">The whole book in one file: {text}.</p>' if links else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
