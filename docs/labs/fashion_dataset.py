# %% [markdown]
# # Lab: a Dataset for Fashion-MNIST
#
# *Same format, same size, same ten classes as MNIST. As easy?*
#
# Nearly every network learns MNIST's handwritten digits well, so the researchers of a fashion
# store made a harder set in files of the very same form: 70,000 gray pictures of clothes, 28 × 28
# pixels, ten kinds. You will read the file format yourself, wrap it in a `Dataset`, train on it,
# and find out how much harder clothes are than digits, and for which pairs.
#
# The download is about 30 MB. Without it the lab runs all the same: it writes scikit-learn's
# small digits into files of the same format, and your code reads those. It will not notice the
# difference, and that is the point of a `Dataset`.
#
# Run the cells from the top. Where a cell says `TODO` it is your turn, and the check below it
# says in words what is still missing. The worked solution follows.

# %%
import gzip
import html
import io
import os
import re
import statistics
import struct
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)


def report(check: Callable[[Any], None], answer: Any) -> None:
    """Print in words what a check found out about an answer."""
    try:
        check(answer)
    except NotImplementedError:
        print(f"{answer.__name__}: not done yet")
    except AssertionError as error:
        print(f"{answer.__name__}: not right yet. {error}")
    except Exception as error:
        print(f"{answer.__name__}: raised {type(error).__name__}: {error}")
    else:
        print(f"{answer.__name__}: right")


# %% [markdown]
# ## The files
#
# Four files: pictures and labels, to learn from (`train`) and to test with (`t10k`). Each is
# compressed by gzip, and holds, in this order:
#
# | bytes | meaning |
# |---|---|
# | 2 | zeros |
# | 1 | 8, the code for whole numbers from 0 to 255 |
# | 1 | the number of dimensions $d$: 3 for pictures, 1 for labels |
# | 4 · $d$ | the sizes in four bytes each, the most significant first: how many, height, width |
# | the rest | the values, one byte each |
#
# Set `DOWNLOAD = True` to fetch them once into the folder `data/fashion-mnist`.

# %%
DOWNLOAD = False
FASHION = Path(os.environ.get("PYTORCH_EXECUTED_DATA", "data")) / "fashion-mnist"
SOURCE = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion"
FILES = [
    f"{part}-{kind}-ubyte.gz"
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
]

if DOWNLOAD:
    FASHION.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if not (FASHION / name).exists():
            print("fetching", name)
            urllib.request.urlretrieve(f"{SOURCE}/{name}", FASHION / name)


def write_idx(file: Path, values: np.ndarray) -> None:
    """Write numbers from 0 to 255 in the format of the table."""
    head = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    file.write_bytes(gzip.compress(head + values.astype(np.uint8).tobytes()))


def write_digits(folder: Path) -> Path:
    """Write scikit-learn's digits as the four files: 1,000 to learn from, 797 to test with."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = (images * 255 / 16).round().reshape(-1, 8, 8)[order], labels[order]
    for part, rows in {"train": slice(0, 1000), "t10k": slice(1000, None)}.items():
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", images[rows])
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels[rows])
    return folder


DIGITS = write_digits(Path(tempfile.mkdtemp()))
print(*sorted(file.name for file in DIGITS.iterdir()), sep="\n")
with gzip.open(DIGITS / "train-images-idx3-ubyte.gz") as stream:
    print(stream.read(16).hex(" "))

# %% [markdown]
# The last line shows the first 16 bytes of a file, each as two hexadecimal digits. Can you read
# them? Three dimensions, and `00 00 03 e8` is 3 · 256 + 232, which is 1,000.
#
# ## Your turn
#
# 1. `read_idx(file)` returns the values of a file as a uint8 tensor in the shape that its head
#    promises. It raises a `ValueError` if the first three bytes are not 0, 0, 8, or if there are
#    more or fewer values than promised. `struct.unpack(">3I", twelve_bytes)` turns twelve bytes
#    into three whole numbers.
# 2. `Pictures(folder, part)` is the dataset. `len(pictures)` says how many there are, and
#    `pictures[i]` returns one: the picture, float32, shape (1, height, width), values from 0 to
#    1; and its label as an `int`. The 1 stands for the one channel, gray.


# %%
def read_idx(file: Path) -> Tensor:
    """Return the values of an IDX file as a uint8 tensor; raise ValueError if it is not one."""
    raise NotImplementedError  # TODO


class Pictures(Dataset[tuple[Tensor, int]]):
    """Pictures (1, height, width) float32 from 0 to 1 and their labels, from a folder."""

    def __init__(self, folder: Path, part: str) -> None:
        raise NotImplementedError  # TODO


# %%
def check_read_idx(answer: Callable[[Path], Tensor]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "small.gz"
        values = np.arange(24).reshape(2, 3, 4) * 10
        write_idx(file, values)
        got = answer(file)
        assert isinstance(got, Tensor), f"Return a tensor, not {type(got).__name__}."
        assert got.dtype == torch.uint8, (
            f"The values are bytes: the dtype is uint8, not {got.dtype}."
        )
        assert tuple(got.shape) == (2, 3, 4), (
            f"The head promises the shape (2, 3, 4), you return {tuple(got.shape)}."
        )
        assert got.tolist() == values.tolist(), (
            "The values are not those in the file. Where does the head end?"
        )
        write_idx(file, np.array([7, 2, 1]))
        got = answer(file).tolist()
        assert got == [7, 2, 1], f"A file of labels has one dimension: 7, 2, 1, not {got}."
        good = gzip.decompress(file.read_bytes())
        bad = {
            "begins with other bytes than 0, 0, 8": b"\x01" + good[1:],
            "has a value less than promised": good[:-1],
            "has a value more than promised": good + b"\x00",
        }
        for fault, content in bad.items():
            file.write_bytes(gzip.compress(content))
            try:
                answer(file)
            except ValueError:
                continue
            raise AssertionError(f"A file that {fault} must raise a ValueError.")


def check_pictures(answer: Callable[[Path, str], Any]) -> None:
    train, test = answer(DIGITS, "train"), answer(DIGITS, "t10k")
    assert (len(train), len(test)) == (1000, 797), (
        f"The lengths are 1000 and 797, not {len(train)} and {len(test)}."
    )
    item = train[3]
    assert isinstance(item, tuple) and len(item) == 2, (
        "One item is a pair: the picture and its label."
    )
    picture, label = item
    assert isinstance(picture, Tensor) and picture.dtype == torch.float32, (
        "The picture must be a float32 tensor."
    )
    assert tuple(picture.shape) == (1, 8, 8), (
        f"The shape of a picture is (1, 8, 8), not {tuple(picture.shape)}."
    )
    assert float(picture.max()) <= 1.0, (
        f"The values go up to {float(picture.max()):g}; divide by 255."
    )
    assert float(picture.max()) > 0.5, "The values are too small: divide by 255 once."
    assert type(label) is int, f"The label must be an int, not {type(label).__name__}."
    labels = [train[i][1] for i in range(5)]
    with gzip.open(DIGITS / "train-labels-idx1-ubyte.gz") as stream:
        want = list(stream.read()[8:13])
    assert labels == want, f"The first five labels are {want}, you have {labels}."
    inputs, targets = next(iter(DataLoader(train, batch_size=4)))
    assert inputs.shape == (4, 1, 8, 8) and targets.dtype == torch.int64, (
        "A DataLoader cannot make a batch of it."
    )


report(check_read_idx, read_idx)
report(check_pictures, Pictures)

# %% [markdown]
# ## A worked solution
#
# If both of yours are right, skip this cell and the lab goes on with them.


# %%
def read_idx(file: Path) -> Tensor:
    """Return the values of an IDX file as a uint8 tensor; raise ValueError if it is not one."""
    content = gzip.decompress(file.read_bytes())
    if content[:3] != bytes([0, 0, 8]):
        raise ValueError(f"{file.name} begins with {content[:3].hex(' ')}, not with 00 00 08")
    start = 4 + 4 * content[3]
    shape = struct.unpack(f">{content[3]}I", content[4:start])
    values = torch.frombuffer(bytearray(content[start:]), dtype=torch.uint8)
    if len(values) != torch.Size(shape).numel():
        raise ValueError(f"{file.name} promises the shape {shape} and holds {len(values)} values")
    return values.reshape(shape)


class Pictures(Dataset[tuple[Tensor, int]]):
    """Pictures (1, height, width) float32 from 0 to 1 and their labels, from a folder."""

    def __init__(self, folder: Path, part: str) -> None:
        self.images = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
        self.labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
        if len(self.images) != len(self.labels):
            raise ValueError(f"{len(self.images)} pictures and {len(self.labels)} labels")

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.images[index][None].float() / 255, int(self.labels[index])


report(check_read_idx, read_idx)
report(check_pictures, Pictures)

# %% [markdown]
# The pictures stay bytes in memory, and become floats one by one when they are asked for: four
# times less memory, for a division each time.
#
# ## Train on the digits
#
# The network does not know what it will see: `nn.LazyLinear` takes its number of inputs from the
# first batch. Everything else is the five steps.


# %%
def network() -> nn.Sequential:
    """Make a network for pictures of any size and ten classes, with two hidden layers."""
    return nn.Sequential(
        nn.Flatten(),
        nn.LazyLinear(256),
        nn.ReLU(),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def train(data: Dataset[tuple[Tensor, int]], seed: int, epochs: int) -> nn.Module:
    """Train a network on a dataset, from a seed, in batches of 64."""
    torch.manual_seed(seed)
    model = network()
    model(data[0][0][None])  # the lazy layer learns its size
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(epochs):
        for inputs, labels in DataLoader(data, batch_size=64, shuffle=True):
            output = model(inputs)
            loss = loss_fn(output, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def answers(model: nn.Module, data: Dataset[tuple[Tensor, int]]) -> tuple[Tensor, Tensor]:
    """Return what the model says about each picture, and the labels."""
    model.eval()
    with torch.no_grad():
        pairs = [
            (model(inputs).argmax(dim=1), labels)
            for inputs, labels in DataLoader(data, batch_size=500)
        ]
    return torch.cat([said for said, _ in pairs]), torch.cat([labels for _, labels in pairs])


def percent_right(said: Tensor, labels: Tensor) -> float:
    """Return the share of right answers in percent."""
    return 100 * (said == labels).float().mean().item()


# %% tol="1.5"
digits, digits_test = Pictures(DIGITS, "train"), Pictures(DIGITS, "t10k")
found = [percent_right(*answers(train(digits, seed, epochs=20), digits_test)) for seed in range(3)]
digits_accuracy = statistics.fmean(found)
each = "  ".join(f"{value:.1f}" for value in found)
print(f"digits, 8 × 8: {digits_accuracy:.1f} %, each start: {each}")

# %% [markdown]
# ## The real thing
#
# Now the same classes and functions, another folder. First, what is in it?

# %% needs="fashion-mnist"
CLOTHES = "T-shirt trousers pullover dress coat sandal shirt sneaker bag boot".split()
have_fashion = all((FASHION / name).is_file() for name in FILES)
if have_fashion:
    fashion, fashion_test = Pictures(FASHION, "train"), Pictures(FASHION, "t10k")
    picture, label = fashion[0]
    print(len(fashion), "to learn from,", len(fashion_test), "to test with")
    print(tuple(picture.shape), picture.dtype, "the first is a", CLOTHES[label])
    print("pictures of each kind:", torch.bincount(fashion.labels).tolist())
else:
    print("not here: set DOWNLOAD = True above, and run again")

# %% html="1" needs="fashion-mnist" tol="any"
INK, ON_A_PAGE = "#1c1b1a", {}
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "lab", "text.color": INK})


def show(fig: Figure, name: str, alt: str) -> None:
    """Show a figure in a notebook, save it for a reader at a terminal, or print it as HTML."""
    file = io.StringIO()
    fig.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = file.getvalue()[file.getvalue().index("<svg") :]
    for color, name_on_a_page in ({INK: "currentColor"} | ON_A_PAGE).items():
        drawing = drawing.replace(color, name_on_a_page)
    drawing = re.sub(
        r'<metadata>.*?</metadata>|<style.*?</style>| id="[\w.]+_\d+"', "", drawing, flags=re.S
    )
    drawing = drawing.replace(
        "<svg", '<svg aria-hidden="true" style="max-width:100%;height:auto"', 1
    )
    page = f'<figure role="img" aria-label="{html.escape(alt)}">\n{drawing}</figure>'
    if type(sys.stdout).__module__.startswith("ipykernel"):
        from IPython.display import HTML, display

        display(HTML(page))
    elif sys.stdout.isatty():
        Path(f"{name}.svg").write_text(file.getvalue(), encoding="utf-8")
        print(f"{name}.svg: {alt}")
    else:
        print(page)


if have_fashion:
    fig = Figure(figsize=(6, 2.9), layout="constrained")
    for kind, ax in enumerate(fig.subplots(nrows=2, ncols=5).flat):
        first = int((fashion.labels == kind).nonzero()[0])
        ax.imshow(fashion.images[first], cmap="gray", interpolation="none")
        ax.set_title(CLOTHES[kind], fontsize=10)
        ax.set_axis_off()
    show(
        fig,
        "fashion_dataset",
        "Ten small gray pictures on black, one of each kind: T-shirt, trousers, pullover, dress, "
        "coat, sandal, shirt, sneaker, bag and boot.",
    )
else:
    print("<p>not here</p>")

# %% [markdown]
# *The first picture of each kind. Which pairs would you mix up at this size?*
#
# Two epochs over 60,000 pictures, from two starts:

# %% needs="fashion-mnist" tol="1.5" limit="300"
if have_fashion:
    models = [train(fashion, seed, epochs=2) for seed in range(2)]
    results = [answers(model, fashion_test) for model in models]
    found = [percent_right(*result) for result in results]
    each = "  ".join(f"{value:.1f}" for value in found)
    print(f"Fashion-MNIST: {statistics.fmean(found):.1f} %, each start: {each}")
    assert max(found) < digits_accuracy - 5
else:
    print("not here")

# %% [markdown]
# It learned from sixty times as many pictures, with twelve times as many pixels each, and makes
# far more mistakes than on the small digits. Which mistakes? Count what was said against what was
# true, and ask for the kind that is recognized worst:

# %% needs="fashion-mnist" tol="30%"
if have_fashion:
    table = torch.zeros(10, 10, dtype=torch.int64)
    for said, labels in results:
        table += torch.bincount(10 * labels + said, minlength=100).reshape(10, 10)
    right = (100 * table.diagonal() / table.sum(dim=1)).tolist()
    worst = int(np.argmin(right))
    print(f"recognized worst: the {CLOTHES[worst]}, {right[worst]:.1f} % of them")
    wrong = 100 * (table - table.diag().diag()) / (table - table.diag().diag()).sum()
    for kind in ("T-shirt", "pullover", "coat", "dress"):
        other = CLOTHES.index(kind)
        share = (wrong[worst, other] + wrong[other, worst]).item()
        print(f"taken for a {kind}, or the other way round: {share:.1f} % of all mistakes")
    assert CLOTHES[worst] == "shirt" and wrong[worst].sum() + wrong[:, worst].sum() > 35
else:
    print("not here")

# %% [markdown]
# The shirts. More than a third of all mistakes have a shirt on one side. Look at the pictures
# again: at 28 × 28 pixels there is not much between a shirt, a T-shirt, a pullover and a coat.
#
# ## Now try
#
# - Add a `transform` argument to `Pictures`: a function that is called on each picture. Use it to
#   mirror pictures left to right, at random. For which of the two sets is that a good idea?
# - Compute the mean and the spread of all training pixels, and bring the inputs to mean 0 and
#   spread 1. Measure from several starts whether it helps.
# - Convert all pictures to floats once, in `__init__`. How much faster is an epoch, and how much
#   memory does it cost?
# - Put two `nn.Conv2d` layers before the linear ones. Which of the pairs become easier, and which
#   do not?
# - Give `read_idx` a file that is cut in the middle. Which error do you get, and would a reader
#   understand it?
