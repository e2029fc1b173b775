"""When a live output is the recorded one."""

from __future__ import annotations

import time

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
    "a measurement that grew beyond a thousand": ("824.1 a second", "1,967.5 a second", "any"),
    "an imaginary part": ("0.1234+0.5678j", "0.1235+0.5679j", ""),
    "a dot's size, a little": (
        '<svg viewBox="0 0 400 400"><circle r="3.00"/><rect width="100" height="90.0"/></svg>',
        '<svg viewBox="0 0 400 400"><circle r="3.04"/><rect width="100" height="90.8"/></svg>',
        "",
    ),
    "a dot's size, as far as a fence says": (
        '<svg viewBox="0 0 400 400"><circle r="1"/></svg>',
        '<svg viewBox="0 0 400 400"><circle r="3"/></svg>',
        "2",
    ),
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
    "how dense a part is": (
        '<svg viewBox="0 0 9 9"><g fill-opacity="8.1e-05" style="opacity: 0.121"/></svg>',
        '<svg viewBox="0 0 9 9"><g fill-opacity="8.2e-05" style="opacity: 0.122"/></svg>',
        "",
    ),
    "a part of a drawing with dashes": (
        '<svg viewBox="0 0 400 400"><path style="stroke-dashoffset: 0" d="M 1 2"/></svg>',
        '<svg viewBox="0 0 400 400"><path style="stroke-dashoffset: 0" d="M 1.2 2"/></svg>',
        "",
    ),
    "a part after one that is drawn enlarged": (
        '<svg viewBox="0 0 400 400"><g transform="scale(0.5)"/><rect x="1" y="2"/></svg>',
        '<svg viewBox="0 0 400 400"><g transform="scale(0.5)"/><rect x="1.9" y="2"/></svg>',
        "",
    ),
    "zeros that are not printed": ("0.124", "0.1241", ""),
    "a float that steps over a power of ten": ("9.9999e-05", "1.0000e-04", ""),
    "a float32 with all its digits": ("0.10000000149011612", "0.10000000894069672", ""),
    "a float32 of many digits": ("123456.7891", "123456.7969", ""),
    "a float64 with all its digits": ("9.887510598012987", "9.887510598012989", ""),
    "a float64 with a digit fewer": ("0.30000000000000004", "0.3000000000000001", ""),
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
    "the sign of a short 0": ("-0.0", "0.0", ""),
    "the sign of a tensor's 0": ("tensor([-0., 1.])", "tensor([0., 1.])", ""),
    "zeros of other exponents, in a tensor": ("tensor([0.e+00])", "tensor([0.e+05])", ""),
    "a name that reads as a number": ("00e1234", "00e5678", ""),
    "another way to write a whole float": ("10e5", "1e6", ""),
    "numbers that no float is as small as": ("1.000e-400", "2.000e-400", ""),
    "the sign of an imaginary part": ("0.1234+0.5678j", "0.1234-0.5678j", ""),
    "a word that begins as an imaginary part": ("0.1234jx", "0.1235jx", ""),
    "what git left, where words may be any": (
        "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other",
        "two",
        "words",
    ),
    "a dot that is gone": (
        '<svg viewBox="0 0 400 400"><circle r="0.9"/></svg>',
        '<svg viewBox="0 0 400 400"><circle r="0"/></svg>',
        "",
    ),
    "a line that is gone": (
        '<svg viewBox="0 0 400 400"><rect width="1" height="100"/></svg>',
        '<svg viewBox="0 0 400 400"><rect width="0" height="100"/></svg>',
        "",
    ),
    "a marker's size": (
        '<svg viewBox="0 0 400 400"><defs><path d="M 0 3 L 3 0"/></defs></svg>',
        '<svg viewBox="0 0 400 400"><defs><path d="M 0 4 L 4 0"/></defs></svg>',
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
    "digits that are gone": ("2.71828182845", "2.718", ""),
    "digits that are gone, of a small number": ("1.2345678e-05", "1.235e-05", ""),
    "which way an arc goes": (
        '<svg viewBox="0 0 400 400"><path d="M 1 2 A 50 50 0 0 1 60 60"/></svg>',
        '<svg viewBox="0 0 400 400"><path d="M 1 2 A 50 50 0 1 0 60 60"/></svg>',
        "",
    ),
    "where a gradient begins": (
        '<svg viewBox="0 0 400 400"><linearGradient id="g" x1="0" y1="0" x2="1" y2="0"/></svg>',
        '<svg viewBox="0 0 400 400"><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"/></svg>',
        "",
    ),
    "a drawing inside a drawing": (
        '<svg viewBox="0 0 400 400"><svg viewBox="0 0 1 1"><rect width="0.2"/></svg></svg>',
        '<svg viewBox="0 0 400 400"><svg viewBox="0 0 1 1"><rect width="0.9"/></svg></svg>',
        "",
    ),
    "a share of a drawing": (
        '<svg viewBox="0 0 4000 4000"><rect width="10%" height="1em"/></svg>',
        '<svg viewBox="0 0 4000 4000"><rect width="12%" height="3em"/></svg>',
        "",
    ),
    "a part that is drawn enlarged": (
        '<svg viewBox="0 0 400 400"><g transform="scale(10)"><g style="transform: scaleX(10)">'
        '<rect x="0.2"/></g></g></svg>',
        '<svg viewBox="0 0 400 400"><g transform="scale(10)"><g style="transform: scaleX(10)">'
        '<rect x="0.9"/></g></g></svg>',
        "",
    ),
    "data that a script reads": (
        '<svg viewBox="0 0 9 9"><g data-id="cat"/></svg>',
        '<svg viewBox="0 0 9 9"><g data-id="dog"/></svg>',
        "",
    ),
    "an integer for a float, whatever the tolerance": ("7 cats", "7.5 cats", "1"),
    "digits of another script": ("\u0663.\u0661\u0664\u0661", "3.141", ""),
    "a plus": ("+0.500", "0.500", ""),
    "a plus, and a digit": ("+1.000", "1.001", ""),
    "zeros before a number": ("007.123", "7.123", ""),
    "a zero before the point": (".123", "0.123", ""),
    "how an exponent is written": ("1.2345E-05", "1.2345e-05", ""),
    "zeros of an exponent": ("1.2345e-5", "1.2345e-05", ""),
    "digits of pi": ("3.141592653589793", "3.141592999999999", ""),
    "more digits than a float has": ("1.41421356237309504880", "1.41421359990000000000", ""),
    "a float32 and its neighbor among others": ("0.10000000149011612", "0.10000000000000001", ""),
    "a moment": ("1700000000.123", "1700000250.456", ""),
    "a sum that is no float32": ("123456789.123", "123456769.500", ""),
    "cents of a sum beyond floats": ("123456789012345678.25", "123456789012345678.26", ""),
    "a whole float beyond floats": ("9007199254740993.0", "9007199254740992.0", ""),
    "zeros of other exponents": ("0.000e+00", "0.000e+05", ""),
    "a number without its exponent": ("1.000e5", "100000.000", ""),
    "two steps of a float32": ("131000.000", "131000.016", ""),
    "eleven steps of a float64": ("1.9999999999999998", "1.9999999999999973", ""),
    "a blank of another kind at the end": ("a\u00a0\nb", "a\nb", ""),
    "an exponent of many digits": (f"1.000e-{'9' * 5000}", f"2.000e-{'9' * 5000}", ""),
    "an exponent beyond all numbers": (f"1.00e-{'9' * 20}", f"2.00e-{'9' * 20}", ""),
    "a drawing's place in the text": (
        '<svg viewBox="0 0 9 9"/> [drawing 1]',
        '[drawing 1] <svg viewBox="0 0 9 9"/>',
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


def test_a_drawings_source_that_is_shown_as_text_is_text() -> None:
    """Where the page shows the numbers themselves, each counts."""
    old, new = (f'<svg viewBox="0 0 400 400"><rect x="{x}"/></svg>' for x in (10, 11))
    assert same(old, new) and not same(old, new, drawn=False)


def test_a_line_break_of_markdown_is_seen() -> None:
    """Two blanks at the end of a line make two lines of one; in text they are nothing."""
    assert same("rain  \nsun", "rain\nsun")
    assert not same("rain  \nsun", "rain\nsun", breaks=True)
    assert same("rain   \nsun  ", "rain  \nsun", breaks=True)  # as many as break it, and the end


MOVED = {  # what stands in a drawing of 400 by 400, before and after
    "in a drawing that holds another": (
        '<svg viewBox="0 0 1 1"><svg></svg><rect width="0.2"/></svg>',
        '<svg viewBox="0 0 1 1"><svg></svg><rect width="0.9"/></svg>',
    ),
    "a gradient in small letters": (
        '<lineargradient id="g" x1="0" x2="1"/>',
        '<lineargradient id="g" x1="0" x2="0"/>',
    ),
    "in a drawing in capitals": (
        '<SVG viewBox="0 0 1 1"><rect width="0.2"/></SVG>',
        '<SVG viewBox="0 0 1 1"><rect width="0.9"/></SVG>',
    ),
    "a path of steps": (
        f'<path d="m 0 0 {"l 0.0 1 " * 200}"/>',
        f'<path d="m 0 0 {"l 0.9 1 " * 200}"/>',
    ),
    "letters that move each other": (
        f'<text dx="{"0 " * 99}">x</text>',
        f'<text dx="{"0.9 " * 99}">x</text>',
    ),
    "what a style enlarges": (
        '<style>g{transform:scale(100)}</style><g><rect x="1"/></g>',
        '<style>g{transform:scale(100)}</style><g><rect x="1.9"/></g>',
    ),
    "what its own style enlarges": (
        '<g style="scale: 100"><rect x="1"/></g>',
        '<g style="scale: 100"><rect x="1.9"/></g>',
    ),
    "a number in a label": (
        '<text>set x="5" here</text>',
        '<text>set x="5.9" here</text>',
    ),
    "a name in a label": ("<text>id=1, url(#cat)</text>", "<text>id=1, url(#dog)</text>"),
    "where a link leads": ('<a href="#intro"/>', '<a href="#outro"/>'),
    "a color from elsewhere": ('<g fill="url(#red)"/>', '<g fill="url(#blue)"/>'),
    "a name that a style knows": (
        '<style>#red{fill:red}</style><g id="red"/>',
        '<style>#red{fill:red}</style><g id="blue"/>',
    ),
    "a small scale": ('<g transform="scale(0.001)"/>', '<g transform="scale(0.002)"/>'),
    "an opacity": ('<g opacity="0.01"/>', '<g opacity="0.02"/>'),
    "an opacity of a style": (
        '<g style="fill: red; fill-opacity: 0.10"/>',
        '<g style="fill: red; fill-opacity: 0.11"/>',
    ),
    "an opacity of another kind": ('<g opacity="0.01"/>', '<g opacity="0.01%"/>'),
}


@pytest.mark.parametrize(("old", "new"), MOVED.values(), ids=MOVED)
def test_what_can_be_seen_of_a_drawing_is_compared(old: str, new: str) -> None:
    """And held alike from both sides."""
    one, other = (f'<svg viewBox="0 0 400 400">{inside}</svg>' for inside in (old, new))
    assert same(one, one) and same(other, other)
    assert not same(one, other) and not same(other, one)


SIZES = {
    "in small letters": 'viewbox="0 0 1 1" width="400" height="400"',
    "in single quotes": "viewBox='0 0 1 1' width='400'",
    "with blanks": 'viewBox = "0 0 1 1" width="400"',
}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_drawings_size_is_found_however_it_is_written(size: str) -> None:
    """It says how far an eye sees."""
    assert not same(
        f'<svg {size}><rect width="0.1"/></svg>', f'<svg {size}><rect width="0.9"/></svg>'
    )


def test_a_drawing_inside_does_not_say_the_size() -> None:
    """Nor what is written in quite another way."""
    inside = '<svg viewBox="0 0 4000 4000"/>'
    old, new = (f'<svg width="10"><rect x="{x}"/>{inside}</svg>' for x in (1, 9))
    assert not same(old, new)
    assert not same(
        '<svg width="1.2.3"><rect x="1"/></svg>', '<svg width="1.2.3"><rect x="2"/></svg>'
    )


def test_which_drawing_was_first_does_not_matter() -> None:
    """Where it says no size, and where one is enlarged more."""
    for old, new in (
        ('<svg><rect x="1" y="400"/></svg>', '<svg><rect x="1" y="401.002"/></svg>'),
        (
            '<svg viewBox="0 0 9 9"><g transform="scale(1000)"><i x="1"/></g></svg>',
            '<svg viewBox="0 0 9 9"><g transform="scale(1000.01)"><i x="1.00002"/></g></svg>',
        ),
    ):
        assert same(old, new) == same(new, old)


LONG = {
    "drawings that begin": "<svg ",
    "drawings that open": "<svg",
    "moves": '<svg><g transform="translate(',
    "scales": '<svg><g transform="scale(',
    "clips": "<svg><clipPath ",
    "tags": "<svg><g>",
    "tags that close": "</g>",
    "letters": "a",
    "quotes": '<svg><g a="',
    "digits": "1",
    "points": "1.",
    "exponents": "1e",
    "signs": "+-",
    "commas": "1,234",
    "blanks": " ",
    "hidden places": "(Triggered internally at ",
    "addresses": " at 0x",
}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
@pytest.mark.parametrize("tolerance", ["", "0.1", "any"])
@pytest.mark.timeout(20)
def test_a_long_output_is_compared_in_no_time(piece: str, tolerance: str) -> None:
    """Whatever it consists of: a gate that compares for an hour is none."""
    text = piece * 20_000
    assert not same(f"{text}a", f"{text}b", tolerance)
    assert not same(f"a{text}", f"b{text}", tolerance)
    for drawing in ("<svg>{}</svg>", "<svg><g {}/></svg>", '<svg><g transform="{}"/></svg>'):
        assert same(drawing.format(text), drawing.format(text + " "), tolerance) in (True, False)


def test_elements_that_are_not_closed_cost_no_time() -> None:
    """Nor do those that close what was never opened."""
    text = "<svg>" + "<g>" * 20_000 + "</i>" * 20_000
    began = time.process_time()
    assert not same(f"{text}</svg>", f"{text}a</svg>")
    assert time.process_time() - began < 5
