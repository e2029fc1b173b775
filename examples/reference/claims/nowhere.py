"""Claims that no chapter checks yet, and what no run on one machine can settle."""

from __future__ import annotations

from examples.reference.claims import OPEN, Claims, Finding

CLAIMS = Claims()
_PAGE = ""


@CLAIMS.on(_PAGE, of="3.06")
def resnet_hours() -> Finding:
    """ResNet-50 learns ImageNet in 6 hours on one A100, and in 3,000 hours by hand."""
    return OPEN, "needs an A100 and 1.28 million images"


@CLAIMS.on(_PAGE, of="3.11")
def share_of_papers() -> Finding:
    """Three of four research papers used PyTorch in 2022, after 7 % in 2017."""
    return OPEN, "needs a count of papers; no source is given"


@CLAIMS.on(_PAGE, of="3.11 3.40")
def one_lab() -> Finding:
    """A well-known laboratory works in PyTorch first of all."""
    return OPEN, "nothing to run; the same text names another framework for the same laboratory"
