"""Claims that the chapter `docs/models/data.md` checks."""

from __future__ import annotations

import inspect
import re
import warnings

from torch.utils.data import Dataset

from bookparts.datasets import DATA_SETS
from examples.models.data import Memory, Waiting, second_pass
from examples.reference.claims import FALSE, HALF, Claims, Finding, judge
from examples.reference.claims.sources import recorded

CLAIMS = Claims()
_PAGE = "models/data"


@CLAIMS.on(_PAGE, of="3.35", at="Workers: when they help, and when they hurt", shows="second_pass")
def four_workers() -> Finding:
    """Four loader workers alone can double the speed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of more workers than cores
        faster = {
            kind: second_pass(data, 0) > factor * second_pass(data, 4)
            for kind, data, factor in (("wait", Waiting(), 1.5), ("lie in memory", Memory(), 1.0))
        }
    text = f"faster where samples wait: {faster['wait']}; in memory: {faster['lie in memory']}"
    return judge(all(faster.values()), text, HALF)


@CLAIMS.on(_PAGE, of="0.35 3.44", at="MNIST itself", shows='x, y = real("mnist", part)')
def mnist_files() -> Finding:
    """MNIST is four files: 60,000 images of 28 × 28 with labels to learn, 10,000 to test."""
    files = DATA_SETS["mnist"].files
    sizes = [
        [int(number) for number in re.findall(r"\d+", shape)]
        for shape in re.findall(
            r"\(([\d, ]+)\)", recorded(_PAGE, "from examples.models.idx import real")
        )
    ]
    (train, pixels), (labels,), (test, _), (test_labels,) = sizes
    text = (
        f"{len(files)} files; as recorded, {train:,} rows of {pixels} pixels "
        f"with {labels:,} labels, and {test:,} with {test_labels:,}"
    )
    holds = sizes == [[60_000, 28 * 28], [60_000], [10_000, 28 * 28], [10_000]]
    return judge(len(files) == 4 and holds, text)


@CLAIMS.on(_PAGE, of="3.34 3.64")
def dataset_is_abstract() -> Finding:
    """`Dataset` is an abstract class with `__len__` and `__getitem__`."""
    made, has = Dataset[object](), hasattr(Dataset, "__len__")
    try:
        made[0]
        said = "gives a sample"
    except NotImplementedError as error:
        said = f"raises {type(error).__name__}"
    abstract = inspect.isabstract(Dataset)
    text = f"it can be made: {not abstract}; `[0]` {said}; it has `__len__`: {has}"
    return judge(abstract and has, text, HALF if said.startswith("raises") else FALSE)
