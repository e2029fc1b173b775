"""Claims that the chapter `docs/start/install.md` checks."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from examples.reference.claims import OPEN, Claims, Finding, judge
from examples.start.first_ten_minutes import X, XorMLP, Y, train

CLAIMS = Claims()
_INSTALL = "start/install"


class _Devices(TorchDispatchMode):
    """Notes on which devices the operations of a program put their results."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: set[str] = set()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        self.count += 1
        self.seen |= {part.device.type for part in tree_leaves(out) if isinstance(part, Tensor)}
        return out


@CLAIMS.on(_INSTALL, of="0.08", at="CPU wheel or CUDA wheel", shows="print(torch.version.cuda)")
def cpu_is_enough() -> Finding:
    """The package for the CPU is enough for everything at the start."""
    torch.manual_seed(42)
    model = XorMLP()
    with _Devices() as devices, contextlib.redirect_stdout(io.StringIO()):
        train(model, epochs=500)
    right = int(((model(X) > 0.5) == (Y > 0.5)).sum())
    cpu_only = torch.version.cuda is None and torch.version.hip is None
    where = ", ".join(sorted(devices.seen))
    text = f"{right} of 4 answers learned in {devices.count:,} operations, all on: {where}"
    if not cpu_only:
        return OPEN, "needs the package for the CPU: this one was built for GPUs"
    return judge(right == 4 and devices.seen == {"cpu"}, text)
