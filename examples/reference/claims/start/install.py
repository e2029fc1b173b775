"""Claims that the chapter `docs/start/install.md` checks."""

from __future__ import annotations

from examples.reference.claims import Claims, Finding, judge
from examples.reference.claims.start.first_ten_minutes import seed_42
from examples.start.first_ten_minutes import X, Y

CLAIMS = Claims()
_INSTALL = "start/install"


@CLAIMS.on(_INSTALL)
def cpu_is_enough() -> Finding:
    """The package for the CPU is enough for everything at the start."""
    devices = {tensor.device.type for tensor in (X, Y, seed_42()[1])}
    return judge(devices == {"cpu"}, f"XOR was learned on: {', '.join(sorted(devices))}")
