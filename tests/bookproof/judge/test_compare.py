"""When a live output is the recorded one."""

from __future__ import annotations

import pytest

from bookproof.judge.compare import same

SAME = {
    "equal": ("a 1 2.5", "a 1 2.5", ""),
    "last digit by one": ("loss 0.1234", "loss 0.1235", ""),
    "last digit by one, in exponents": ("1.2345e-05", "1.2346e-05", ""),
    "last digit by one below zero": ("-0.0000", "0.0000", ""),
    "trailing space and lines": ("a \nb", "a\nb\n\n", ""),
    "a wider number beside padding": ("tensor([ 9.9999, 1.0000])", "tensor([10.0000, 1.0000])", ""),
    "an address": ("<f at 0x7f00aa00bb00>", "<f at 0x55dd00112233>", ""),
    "within a number": ("0.51 s", "0.52 s", "0.02"),
    "exactly at the number": ("0.50", "0.52", "0.02"),
    "within a share": ("100.0", "104.9", "5%"),
    "integers of a timing": ("12 ms, 3 runs", "9 ms, 4 runs", "any"),
    "numbers with their units": ("12ms 0.5s 1.5x", "9ms 0.25s 10.5x", "any"),
    "a float that became whole, in a timing": ("2.5 s", "3 s", "any"),
    "a count that grew beyond a thousand": ("824 a second", "1,967 a second", "any"),
    "any words": ("NVIDIA H200", "Apple M4", "words"),
    "a drawing's places": (
        '<svg id="a"><path d="M 1.0 2.0"/></svg>',
        '<svg id="b"><path d="M 1.4 2.0"/></svg>',
        "",
    ),
    "a drawing's references": (
        '<svg><g id="p1"/><use href="#p1" clip-path="url(#p1)"/></svg>',
        '<svg><g id="p2"/><use href="#p2" clip-path="url(#p2)"/></svg>',
        "",
    ),
}
DIFFERENT = {
    "a word": ("cat 1", "dog 1", ""),
    "an integer": ("7 blocks", "8 blocks", ""),
    "a large integer's last digit": ("9223372036854775807", "9223372036854775806", ""),
    "an integer, whatever the tolerance": ("7", "8", "2"),
    "the last digit of a whole float": ("16777216.0", "16777217.0", ""),
    "the last digit of a whole tensor": ("tensor([1048576., 2.])", "tensor([1048577., 2.])", ""),
    "a float for an integer": ("tensor([1, 2])", "tensor([1., 2.])", ""),
    "the last digit by two": ("0.1234", "0.1236", ""),
    "a chosen float": ("0.10", "0.11", ""),
    "a float that somebody chose, by one step": ("0.5", "0.6", ""),
    "another count of numbers": ("1.000 2.000", "1.000", ""),
    "not a number": ("0.123", "nan", ""),
    "a sign": ("-0.500", "0.500", ""),
    "a name with a digit": ("conv1", "conv2", ""),
    "a version": ("torch 2.13.0", "torch 2.14.0", ""),
    "a line more": ("a", "a\nb", ""),
    "nothing": ("a", "", ""),
    "beyond the number": ("0.50", "0.53", "0.02"),
    "beyond the share": ("100.0", "105.2", "5%"),
    "a word of a timing": ("12 ms", "12 s", "any"),
    "a number for a name in a timing": ("took 3 s", "took long s", "any"),
    "a version in a timing": ("2.13.0 took 3 s", "2.14.0 took 3 s", "any"),
    "nothing for any words": ("something", "", "words"),
    "a drawing's place": (
        '<svg><path d="M 1.0 2.0"/></svg>',
        '<svg><path d="M 3.0 2.0"/></svg>',
        "",
    ),
    "a drawing's label": (
        '<svg><text x="1">loss 0.25</text></svg>',
        '<svg><text x="1">loss 0.75</text></svg>',
        "",
    ),
    "a drawing's color": (
        '<svg><path style="stroke: #ff0000"/></svg>',
        '<svg><path style="stroke: #0000ff"/></svg>',
        "",
    ),
    "a drawing's opacity": ('<svg><g opacity="1"/></svg>', '<svg><g opacity="0"/></svg>', ""),
    "values beside a drawing": (
        '<div data-values="[0.1, 0.2]"></div><svg><path d="M 1 2"/></svg>',
        '<div data-values="[0.9, 0.2]"></div><svg><path d="M 1 2"/></svg>',
        "",
    ),
    "a drawing gone": ('<svg><path d="M 1 2"/></svg>', "no figure", ""),
}


@pytest.mark.parametrize(("recorded", "live", "tolerance"), SAME.values(), ids=SAME)
def test_these_outputs_are_the_same(recorded: str, live: str, tolerance: str) -> None:
    """What only a processor's rounding, an address or a declared tolerance moves is no drift."""
    assert same(recorded, live, tolerance)


@pytest.mark.parametrize(("recorded", "live", "tolerance"), DIFFERENT.values(), ids=DIFFERENT)
def test_these_outputs_differ(recorded: str, live: str, tolerance: str) -> None:
    """Anything that a reader would read as another answer is drift, in both directions."""
    assert not same(recorded, live, tolerance)
    assert tolerance.endswith("%") or not same(live, recorded, tolerance)
