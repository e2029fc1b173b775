"""Claims that the chapter `docs/work/performance.md` checks."""

from __future__ import annotations

import warnings

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from examples.reference.claims import HALF, Claims, Finding, judge
from examples.work.performance import arithmetic, blocks, thrifty, watched

CLAIMS = Claims()
_PAGE = "work/performance"


@CLAIMS.on(
    _PAGE,
    of="5.1",
    at="Gradient checkpointing: compute it again",
    shows="y = checkpoint(model[0], x)",
)
def checkpoint_raises() -> Finding:
    """Since PyTorch 2.9, `checkpoint` without `use_reentrant` raises an error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            checkpoint(torch.sin, torch.ones(2, requires_grad=True))
        except (TypeError, ValueError, RuntimeError) as error:
            return judge(True, f"`{error}`")
    return judge(False, f"it returns a result, and warns {len(caught)} time")


@CLAIMS.on(
    _PAGE,
    of="5.2",
    at="Gradient checkpointing: compute it again",
    shows="work = arithmetic(lambda: run().sum().backward())",
)
def checkpoint_costs_a_third() -> Finding:
    """Checkpointing a whole network costs about a third more arithmetic."""
    model, x = blocks(4, 16), torch.ones(2, 16, requires_grad=True)
    plain = arithmetic(lambda: model(x).sum().backward())
    again = arithmetic(lambda: thrifty(model, x).sum().backward())
    return judge(3 * again == 4 * plain, f"products of matrices: × {again / plain:.2f}")


@CLAIMS.on(_PAGE, of="5.3", at="Recompilation", shows="assert made == 5")
def every_size_recompiles() -> Finding:
    """A compiled function is compiled again for each new batch size."""
    torch._dynamo.reset()
    double, graphs = watched(lambda x: x * 2)
    made = []
    for rows in (3, 4, 5, 6):
        double(torch.ones(rows))
        made.append(len(graphs))
    text = "graphs after each of four sizes: " + ", ".join(map(str, made))
    return judge(made == [1, 2, 3, 4], text, HALF)


@CLAIMS.on(_PAGE, of="5.4", at="Graph breaks", shows="return x * x.sum().item()")
def item_breaks() -> Finding:
    """A tensor's `.item()` in a compiled function breaks its graph."""

    def scaled(x: Tensor) -> Tensor:
        return x * x.sum().item()

    torch._dynamo.reset()
    torch._logging.set_logs(dynamo=40)  # type: ignore[attr-defined]
    function, graphs = watched(scaled)
    function(torch.ones(2))
    torch._logging.set_logs()  # type: ignore[attr-defined]
    try:
        torch.compile(scaled, backend="eager", fullgraph=True)(torch.ones(2))
        whole = True
    except RuntimeError:
        whole = False
    text = f"{len(graphs)} graphs; with `fullgraph=True`, one is possible: {whole}"
    return judge(len(graphs) > 1 and not whole, text, HALF)
