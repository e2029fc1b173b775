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
        '<svg id="a" viewBox="0 0 400 300"><path d="M 1.0 2.0"/></svg>',
        '<svg id="b" viewBox="0 0 400 300"><path d="M 1.4 2.0"/></svg>',
        "",
    ),
    "padding in another row than the wider number": (
        "tensor([[ 9.9999],\n        [ 1.0000]])",
        "tensor([[10.0000],\n        [ 1.0000]])",
        "",
    ),
    "a warning's place in a library's source": (
        "(Triggered internally at /pytorch/x.cpp:822.)",
        "(Triggered internally at /build/pytorch/x.cpp:835.)",
        "",
    ),
    "a large float32": ("16777.2168", "16777.2148", ""),
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
        '<svg viewBox="0 0 400 300"><path d="M 1.0 2.0"/></svg>',
        '<svg viewBox="0 0 400 300"><path d="M 3.0 2.0"/></svg>',
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
    "a zero in exponents": ("0.0000e+00", "1.4000e-04", ""),
    "a zero in exponents, in a tensor": (
        "tensor([0.0000e+00, 2.0000e-04])",
        "tensor([1.4000e-04, 2.0000e-04])",
        "",
    ),
    "a number in base 16": ("0x3f800000", "0x40000000", ""),
    "a pointer that is a result": ("hash 0x3f800000aa", "hash 0x40000000aa", ""),
    "an indentation of JSON": ('{\n  "a": 1\n}', '{\n        "a": 1\n}', ""),
    "an indentation before a number": ("[\n  1,\n  2\n]", "[\n        1,\n        2\n]", ""),
    "an indentation of code": ("    return 1", "        return 1", ""),
    "an indentation beside a number that grew": (
        "x 9.9999\n    return 1.000",
        "x 10.0000\n        return 1.000",
        "",
    ),
    "blanks between words": ("a  b 1", "a b 1", ""),
    "cents of a large sum": ("1999999.99", "1999998.01", ""),
    "thousandths of a large sum": ("1999999.990", "1999998.010", ""),
    "a small fraction": ("0.99", "0.98", ""),
    "too large for a float": ("1e400", "2.5", ""),
    "too large for a float, either way": ("-1e400", "1e400", ""),
    "an exponent beyond floats": ("1.2345e-5", "1.2345e905", ""),
    "an exponent at their end": ("1.000e+400", "1.001e+400", ""),
    "exponents of another size": ("1.500e-05", "1.500e-04", ""),
    "a place in a small drawing": (
        '<svg viewBox="0 0 1 1"><rect x="0" y="0" width="0.2" height="1"/></svg>',
        '<svg viewBox="0 0 1 1"><rect x="0.5" y="0" width="0.5" height="0.1"/></svg>',
        "",
    ),
    "a scale": (
        '<svg viewBox="0 0 9 9"><g transform="translate(1 2) scale(0.5)"/></svg>',
        '<svg viewBox="0 0 9 9"><g transform="translate(1 2) scale(1.5)"/></svg>',
        "",
    ),
    "a turn": (
        '<svg viewBox="0 0 999 9"><g transform="rotate(-90)"/></svg>',
        '<svg viewBox="0 0 999 9"><g transform="rotate(-91)"/></svg>',
        "",
    ),
    "which part is referred to": (
        '<svg><g id="red"/><g id="blue"/><rect fill="url(#red)"/></svg>',
        '<svg><g id="red"/><g id="blue"/><rect fill="url(#blue)"/></svg>',
        "",
    ),
    "a drawing's size": (
        '<svg viewBox="0 0 10 10"/></svg>',
        '<svg viewBox="0 0 20 10"/></svg>',
        "",
    ),
    "a point more": (
        '<svg><path d="M 1 2 L 3 4"/></svg>',
        '<svg><path d="M 1 2 L 3 4 L 3 4"/></svg>',
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
