"""What a chapter imported is known, whatever it did to the list of modules."""

from __future__ import annotations

import subprocess
import sys

import pytest

FORKED = """
import sys
from bookproof.worker.origins import ORIGINS

ORIGINS.look(engine=False)
ORIGINS.mark()  # here chapters are forked
seen = set(ORIGINS.tops)
{code}
ORIGINS.look()
print(*sorted(ORIGINS.tops - seen))
"""


@pytest.mark.parametrize(
    "code",
    [
        "import colorsys",
        "import colorsys; sys.modules['json'] = sys.modules.pop('json', sys)",
        "import colorsys, importlib, re; importlib.reload(re)",
        "import colorsys\nold = dict(sys.modules); sys.modules.clear(); sys.modules.update(old)",
        "import colorsys\nfor name in ('argparse', 're', 'os'): sys.modules.pop(name, None)",
        "import colorsys\nsys.modules.pop('bookproof.worker.origins')",
        "import colorsys, unittest.mock\nwith unittest.mock.patch.dict(sys.modules): import json",
    ],
)
def test_what_a_block_imports_is_known_however_the_list_is_changed(code: str) -> None:
    """Names are taken from the list, put back at its end, all at once, or while it is patched."""
    done = subprocess.run(
        [sys.executable, "-c", FORKED.format(code=code)], capture_output=True, text=True, check=True
    )
    assert "colorsys" in done.stdout.split()


def test_only_what_was_imported_since_is_looked_at() -> None:
    """A look at a name of what all share would make each forked process copy its memory."""
    code = "import colorsys; found = ORIGINS._since(); print('re' in found, 'colorsys' in found)"
    done = subprocess.run(
        [sys.executable, "-c", FORKED.format(code=code)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0] == "False True"
