"""What holds of the comparison for any output, not for chosen ones alone."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bookproof import same

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
LINES = st.lists(WORDS, max_size=6).map("\n".join)
FLOATS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: f"{x:.4f}")
WHOLE = st.integers(-(10**9), 10**9).map(str)
TOLERANCES = st.sampled_from(["", "0.02", "5%", "any", "words"])


@given(LINES, TOLERANCES)
def test_an_output_is_itself(text: str, tolerance: str) -> None:
    """Whatever it holds, and however much it may move."""
    assert same(text, text, tolerance)


@given(LINES, LINES, st.sampled_from(["", "0.02", "any", "words"]))
def test_it_does_not_matter_which_was_first(a: str, b: str, tolerance: str) -> None:
    """But for a share, which is one of the recorded number."""
    assert same(a, b, tolerance) == same(b, a, tolerance)


@given(WHOLE, WHOLE)
@example("0", "-0")
def test_a_whole_number_never_moves(a: str, b: str) -> None:
    """Another one is another output, by however little."""
    assume(int(a) != int(b))
    assert not same(f"epoch {a} done", f"epoch {b} done")


@given(FLOATS, st.integers(2, 9), st.sampled_from([-1, 1]))
def test_a_digit_beyond_the_freedom_is_seen(number: str, steps: int, sign: int) -> None:
    """Two steps of the last printed place are too many, as far as a millionth is less than that."""
    assume(abs(float(number)) < 100)
    moved = f"{float(number) + sign * steps * 1e-4:.4f}"
    assert not same(f"loss {number}", f"loss {moved}")


@given(FLOATS)
def test_one_step_of_the_last_place_is_rounding(number: str) -> None:
    """Which another processor may do."""
    moved = f"{float(number) + 1e-4:.4f}"
    assert same(f"loss {number}", f"loss {moved}")


@given(FLOATS)
def test_a_sign_is_seen(number: str) -> None:
    """Unless the number is nothing but rounding."""
    assume(abs(float(number)) > 0.001)
    other = number.removeprefix("-") if number.startswith("-") else f"-{number}"
    assert not same(f"loss {number}", f"loss {other}")


@given(st.lists(st.text("abcdefgh", min_size=1), min_size=1, max_size=8), st.data())
def test_a_word_and_the_order_of_lines_are_seen(words: list[str], data: st.DataObject) -> None:
    """A word changed, a line left out, two lines exchanged."""
    at = data.draw(st.integers(0, len(words) - 1))
    text = "\n".join(words)
    changed = [*words[:at], f"{words[at]}x", *words[at + 1 :]]
    assert not same(text, "\n".join(changed))
    assert not same(text, "\n".join(words[:at] + words[at + 1 :]))
    turned = words[::-1]
    assert same(text, "\n".join(turned)) == (turned == words)


NUMBERS = st.one_of(
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{0,6})?(e[-+]?[0-9]{1,4})?", fullmatch=True),
    st.sampled_from(["1e400", "-1e400", "1.2345e905", "0.0000e+00", "nan", "inf", "0x3f800000"]),
)
PIECES = st.lists(st.one_of(NUMBERS, WORDS, st.sampled_from(['<svg viewBox="0 0 1 1">', "</svg>"])))


@given(PIECES, PIECES, TOLERANCES)
def test_no_two_outputs_of_any_kind_raise(a: list[str], b: list[str], tolerance: str) -> None:
    """A gate that dies over one output judges none."""
    first, second = " ".join(a), " ".join(b)
    assert same(first, second, tolerance) in (True, False)
    assert same(first, first, tolerance)


@given(NUMBERS, NUMBERS)
def test_what_is_close_is_close_from_both_sides(a: str, b: str) -> None:
    """Whatever the two numbers are."""
    assert same(f"x {a}", f"x {b}") == same(f"x {b}", f"x {a}")


@given(st.integers(-(10**8), 10**8), st.integers(-(10**8), 10**8), st.integers(1, 2))
def test_a_chosen_number_of_decimals_is_exact(a: int, b: int, places: int) -> None:
    """A price or a percentage is what it is."""
    assume(a != b)
    first, second = (f"{x / 10**places:.{places}f}" for x in (a, b))
    assert same(f"sum {first}", f"sum {second}") == (first == second)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.data())
def test_indentation_is_seen(depths: list[int], data: st.DataObject) -> None:
    """In printed code and Markdown it is meaning."""
    at = data.draw(st.integers(0, len(depths) - 1))
    other = [*depths[:at], depths[at] + data.draw(st.integers(1, 4)), *depths[at + 1 :]]
    first, second = ("|\n" + "\n".join(f"{' ' * n}return 1" for n in d) for d in (depths, other))
    assert not same(first, second)
