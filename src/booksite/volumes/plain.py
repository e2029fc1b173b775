"""An article of the site as it can stand on paper: nothing to press, nothing folded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from string import ascii_uppercase

from bs4 import BeautifulSoup, Tag

_COLORS = Path(__file__).resolve().parents[3] / "docs/assets/stylesheets/colors.css"
_GONE = (  # what is pressed, copied or downloaded, and what a script fills
    *(".headerlink", ".bp-controls", ".bp-along", ".bp-said", ".bp-pick"),
    *(".bp-provenance > ul", ".bp-volumes"),
    *("template", "script", "style", "button", "input", "select", "output", "[hidden]"),
)
_ATTRIBUTES = {  # of no use without a script, or beyond the page
    *("tabindex", "download", "autocomplete", "aria-live", "aria-current", "target", "rel"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML cannot hold
_soup = BeautifulSoup("", "html.parser")


def plain(article: Tag) -> Tag:
    """Change an article, and return it.

    Folds are open, each tab stands under its name, a question has letters at its choices and its
    answer at the end of the page, a walk shows all steps, and colors are those of the day.
    """
    _ask(article)
    for gone in article.select(", ".join(_GONE)):
        gone.decompose()
    for tabs in article.select(".tabbed-set"):
        _untab(tabs)
    for walk in article.select("bp-walk pre > code"):
        _write(walk)
    for fold in article.find_all("details"):
        fold.name = "div"
        fold.attrs.pop("open", None)
        _mark(fold, "fold")
    for title in article.find_all("summary"):
        title.name = "p"
        _mark(title, "fold-title")
    for wrap in article.select(".md-typeset__scrollwrap, .md-typeset__table"):
        wrap.unwrap()
    for table in article.find_all("table"):
        columns = max(len(row.find_all(["td", "th"])) for row in table.find_all("tr"))
        if columns > 6:
            _mark(table, *(("wide", "wider") if columns > 10 else ("wide",)))
    for foot in article.select("footer.bp-provenance"):
        foot.name = "div"
        if foot.h2 is not None:
            foot.h2.name = "p"
    for tag in article.find_all(True):
        _dress(tag)
    for text in article.find_all(string=_CONTROL):
        text.replace_with(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))
    return article


def new(name: str, *inside: Tag | str, **attributes: str) -> Tag:
    """Make an element; `class_` is its class."""
    tag = _soup.new_tag(name, attrs={key.rstrip("_"): value for key, value in attributes.items()})
    tag.extend(inside)
    return tag


@cache
def colors() -> dict[str, str]:
    """Return the colors of the site by day, by the names of their variables."""
    day = _COLORS.read_text("utf-8").partition("@media")[0]
    return dict(re.findall(r"(--bp-[\w-]+):\s*([^;]+);", day))


def resolved(style: str) -> str:
    """Put colors and sizes in the place of variables, which a reading device may not know.

    >>> resolved("fill:var(--bp-muted,#000);font-size:calc(11px*var(--bp-type,1))")
    'fill:#5c5a57;font-size:11px'
    """
    known = colors()
    variable = r"var\((--[\w-]+)(?:,\s*([^()]*))?\)"
    style = re.sub(variable, lambda found: known.get(found[1], found[2] or "inherit"), style)
    return re.sub(r"calc\(([\d.]+px)\*1\)", r"\1", style)


def _mark(tag: Tag, *names: str) -> None:
    """Add classes."""
    tag["class"] = " ".join([*tag.get_attribute_list("class"), *names])


def _dress(tag: Tag) -> None:
    """Leave an element what it needs."""
    if "-" in tag.name:  # an element of our own
        _mark(tag, tag.name)
        tag.name = "div"
    for name in [*tag.attrs]:
        if name in _ATTRIBUTES or name.startswith("data-"):
            del tag[name]
        elif name in ("style", "fill", "stroke"):
            tag[name] = resolved(str(tag[name]))
    if tag.name == "path" and not tag.get("d"):  # a script would draw it
        tag.decompose()
    elif tag.name == "figure" and "role" in tag.attrs:
        tag["role"] = "group"
    elif tag.name == "svg":
        tag["xmlns"] = "http://www.w3.org/2000/svg"
        tag["xmlns:xlink"] = "http://www.w3.org/1999/xlink"
    elif tag.name == "math":
        tag["xmlns"] = "http://www.w3.org/1998/Math/MathML"


def _untab(tabs: Tag) -> None:
    """Set each tab under its name."""
    names = [label.get_text() for label in tabs.select(".tabbed-labels > label")]
    for name, tab in zip(names, tabs.select(".tabbed-content > .tabbed-block"), strict=True):
        tab.insert(0, new("p", name, class_="tab-title"))
    for labels in tabs.select(".tabbed-labels"):
        labels.decompose()


def _write(code: Tag) -> None:
    """Turn the lines of a walk, which are links, into a listing."""
    for anchor in code.find_all("a"):
        anchor.unwrap()
    for line in code.find_all("span", recursive=False):
        line.append("\n")
        line.unwrap()


def _ask(article: Tag) -> None:
    """Give choices letters, and set the answers at the end of the page."""
    answers = []
    for number, quiz in enumerate(article.find_all("bp-quiz"), 1):
        answers.append(_asked(quiz, number))
    if answers:
        title = new("h2", "Answers to the questions", id="answers-to-the-questions")
        place = article.select_one("footer.bp-provenance")
        for part in (title, *answers):
            place.insert_before(part) if place else article.append(part)


def _asked(quiz: Tag, number: int) -> Tag:
    """Change a question, and return its answer."""
    id = str(quiz["id"])
    there = f"answer-{id}"
    form, fold, asked = quiz.form, quiz.details, quiz.fieldset
    assert form and fold and asked and asked.legend and fold.summary
    letters = {}
    choices = new("ol", class_="choices", type="A")
    for letter, label in zip(ascii_uppercase, asked.find_all("label"), strict=False):
        assert label.input is not None
        letters[int(str(label.input["value"]))] = letter
        label.input.decompose()
        choices.append(new("li", *_inside(label)))
        label.decompose()
    way = new("a", "Answer", href=f"#{there}", class_="way")
    said = new("p", new("b", f"Question {number}."), " ", *_inside(asked.legend), " ", way)
    asked.legend.decompose()
    whole = [said, *_inside(asked), choices]
    quiz.clear()
    quiz.name = "div"
    quiz["class"] = "asked"
    quiz.extend(whole)

    fold.summary.decompose()
    first = fold.find("p", recursive=False)
    reasons = fold.find("ul", recursive=False)
    assert isinstance(first, Tag) and isinstance(reasons, Tag)
    first.decompose()  # "The first is right:"
    for value, reason in enumerate(reasons.find_all("li", recursive=False)):
        inner = reason.p or reason
        inner.insert(0, new("b", f"{letters[value]}{' is right.' if value == 0 else '.'}"))
        inner.insert(1, " ")
    reasons["class"] = "reasons"
    back = new("p", new("a", f"Question {number}", href=f"#{id}"), class_="of")
    return new("div", back, *_inside(fold), class_="answer", id=there)


def _inside(tag: Tag) -> Iterable[Tag]:
    """Take out what an element holds."""
    return [child.extract() for child in list(tag.contents)]  # type: ignore[misc]
